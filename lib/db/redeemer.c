/* Who asks: what the rules want to know of a member, read when they want it. See desk.h. */
#include "lib/db/desk.h"

#include "lib/db/card.h"
#include "lib/db/tier.h"
#include <string.h>

void desk_visit_begin(struct desk_visit *visit, struct vip_desk *desk, vip_day day,
                      struct vip_diag *diag)
{
    vip_arena_reset(&desk->scratch);
    *visit = (struct desk_visit){
        .desk = desk,
        .day = day,
        .program = vip_programs_on(desk->programs, day),
        .who = {.card_end = VIP_DAY_NONE},
        .diag = diag,
    };
}

int desk_identify(struct vip_desk *desk, const struct vip_identity *identity, int64_t *member,
                  struct vip_diag *diag)
{
    const char *identify = vip_programs_on(desk->programs, desk->batch.as_of)->identify;
    if (vip_identity_empty(identity))
        return vip_refuse(diag, "missing-field", "member", "is empty: whose request is it?");
    return vip_member_identify(desk->batch.db, identity, identify, &desk->members, member, diag);
}

int desk_check_owner(struct vip_desk *desk, const struct vip_request *request, int64_t owner,
                     struct vip_diag *diag)
{
    int64_t member = owner;
    int error = VIP_OK;
    if (!vip_identity_empty(&request->identity))
        error = desk_identify(desk, &request->identity, &member, diag);
    if (error == VIP_OK && member != owner)
        error =
            vip_refuse(diag, "disagree", "item", "'%s' belongs to another member", request->item);
    return error;
}

int desk_member_number(struct vip_db *db, int64_t member, struct vip_arena *arena,
                       const char **number, struct vip_diag *diag)
{
    struct vip_statement *row = NULL;
    int found = vip_db_query(db, VIP_SQL_desk_member, &row, diag, vip_int(member));
    if (found < 0)
        return found;
    *number = vip_arena_text(arena, found ? vip_column_text(row, 0) : "");
    if (found)
        vip_reset(row);
    return *number ? VIP_OK : vip_fail_memory(diag);
}

bool desk_cards_end(const struct vip_programs *programs)
{
    for (size_t i = 0; i < programs->count; i++) {
        const struct vip_program *program = programs->versions[i];
        if (program->card_valid.unit != VIP_SPAN_NEVER)
            return true;
        for (size_t tier = 0; tier < program->tier_count; tier++)
            if (program->tiers[tier].card_virtual && program->tiers[tier].valid_months)
                return true;
    }
    return false;
}

/* The current card, or the one that ran out; a card that was lost or replaced says nothing. Not
 * read where no card ever ends and nothing is counted by cards. */
int desk_load_card(struct desk_visit *visit, const char *per)
{
    struct vip_db *db = visit->desk->batch.db;
    struct vip_arena *scratch = &visit->desk->scratch;
    struct vip_redeemer *who = &visit->who;
    struct vip_card card;
    if (who->has_card || (!visit->desk->cards_end && strcmp(per, "card") != 0))
        return VIP_OK;
    int found = vip_card_current(db, visit->account.member, scratch, &card, visit->diag);
    if (found == 0) {
        found = vip_card_latest(db, visit->account.member, scratch, &card, visit->diag);
        if (found > 0 && card.state != VIP_CARD_EXPIRED)
            return VIP_OK;
    }
    if (found <= 0)
        return found;
    who->has_card = true;
    who->card_issued = who->card_since = card.issued;
    who->card_end = card.expires;
    return VIP_OK;
}

int desk_write_pending(struct desk_visit *visit, int64_t member)
{
    if (member > visit->desk->pending)
        return VIP_OK;
    return desk_write_rows(visit->desk, visit->diag);
}

/* 1 found, 0 no account, negative. */
static int load_account(struct desk_visit *visit, int64_t member)
{
    const struct desk_held *held = &visit->desk->held;
    if (held->account.member == member && member && held->account.last_end <= visit->day) {
        visit->account = held->account;
        visit->lots = held->lots;
        visit->lot_count = held->lot_count;
        visit->lots_read = held->lots_read;
        return 1;
    }
    int found = vip_ahead_account(&visit->desk->ahead, member, &visit->account, visit->diag);
    if (found != 0)
        return found;
    int error = desk_write_pending(visit, member);
    return error != VIP_OK
               ? error
               : vip_account_load(visit->desk->batch.db, member, &visit->account, visit->diag);
}

int desk_load_member(struct desk_visit *visit, int64_t member)
{
    int found = load_account(visit, member);
    if (found < 0)
        return found;
    if (found == 0)
        return vip_fail(visit->diag, VIP_EDATABASE, "a member has no account: see vip-db check");
    visit->who.status = vip_status_word(visit->account.status);
    visit->who.enrolled = visit->account.enrolled;
    return VIP_OK;
}

/* Who came late has lots that are right for his day only. */
void desk_hold(const struct desk_visit *visit)
{
    struct desk_held *held = &visit->desk->held;
    if (visit->account.last_end > visit->day) {
        held->account.member = 0;
        return;
    }
    held->account = visit->account;
    held->lots = visit->lots;
    held->lot_count = visit->lot_count;
    held->lots_read = visit->lots_read;
}

int desk_check_card(struct desk_visit *visit, const char *card)
{
    static const struct {
        enum vip_card_state state;
        const char *reason, *text;
    } blocked[] = {
        {VIP_CARD_LOST, "card-lost", "this card was reported lost"},
        {VIP_CARD_REPLACED, "card-replaced", "this card was replaced by another"},
        {VIP_CARD_CANCELLED, "card-cancelled", "this card was cancelled"},
    };
    struct vip_card shown;
    if (!card || !*card)
        return VIP_OK;
    int found =
        vip_card_load(visit->desk->batch.db, card, &visit->desk->scratch, &shown, visit->diag);
    for (size_t i = 0; found > 0 && i < sizeof blocked / sizeof blocked[0]; i++)
        if (shown.state == blocked[i].state)
            return vip_refuse(visit->diag, blocked[i].reason, "card", "%s", blocked[i].text);
    return found < 0 ? found : VIP_OK;
}

/* ---- what a reward or a benefit asks for ---- */

static int read_lots(struct desk_visit *visit)
{
    struct vip_desk *desk = visit->desk;
    struct vip_arena *arena = desk->together ? &desk->held.arena : &desk->scratch;
    if (visit->lots_read)
        return VIP_OK;
    if (desk->together)
        vip_arena_reset(arena);
    visit->lots_read = true;
    int found = vip_ahead_lots(&desk->ahead, &visit->account, visit->day, &visit->lots,
                               &visit->lot_count, visit->diag);
    if (found != 0)
        return found < 0 ? found : VIP_OK;
    int error = desk_write_pending(visit, visit->account.member);
    return error != VIP_OK ? error
                           : vip_account_lots(desk->batch.db, &visit->account, visit->day, arena,
                                              &visit->lots, &visit->lot_count, visit->diag);
}

int desk_load_lots(struct desk_visit *visit)
{
    int error = read_lots(visit);
    visit->who.lots = visit->lots;
    visit->who.lot_count = visit->lot_count;
    return error;
}

int desk_load_tiers(struct desk_visit *visit)
{
    struct vip_held_tier *held = NULL;
    size_t count = 0;
    if (visit->who.tiers)
        return VIP_OK;
    int error = vip_tiers_on(visit->desk->batch.db, visit->account.member, visit->day,
                             &visit->desk->scratch, &held, &count, visit->diag);
    if (error < 0)
        return error;
    const char **tiers = vip_arena_zero(&visit->desk->scratch, count + 1, sizeof *tiers);
    if (!tiers)
        return vip_fail_memory(visit->diag);
    for (size_t i = 0; i < count; i++)
        tiers[i] = held[i].tier;
    visit->who.tiers = tiers;
    visit->who.tier_count = count;
    return VIP_OK;
}

int desk_load_birthday(struct desk_visit *visit)
{
    struct vip_member member;
    int found = vip_member_load(visit->desk->batch.db, visit->account.member, &visit->desk->scratch,
                                &member, visit->diag);
    if (found > 0)
        visit->who.birthday = member.birthday;
    return found < 0 ? found : VIP_OK;
}

/* When the first real card was issued: the first card year begins with it. */
static int load_card_since(struct desk_visit *visit)
{
    int64_t since;
    struct vip_value member = vip_int(visit->account.member);
    int error = vip_db_number(visit->desk->batch.db, VIP_SQL_card_since, &since,
                              visit->who.card_issued, visit->diag, &member, 1);
    visit->who.card_since = (vip_day)since;
    return error;
}

int desk_load_card_years(struct desk_visit *visit)
{
    int error = desk_load_card(visit, "card");
    return error == VIP_OK && visit->who.has_card ? load_card_since(visit) : error;
}

static int load_times(struct desk_visit *visit, enum vip_sql sql, const char *item, const char *per)
{
    struct vip_window window = vip_redeem_window(visit->program, per, &visit->who, visit->day);
    const struct vip_value values[] = {vip_int(visit->account.member), vip_text(item),
                                       vip_int(window.from), vip_int(window.to)};
    int error = desk_write_pending(visit, visit->account.member);
    return error != VIP_OK ? error
                           : vip_db_number(visit->desk->batch.db, sql, &visit->who.used, 0,
                                           visit->diag, values, 4);
}

int desk_load_reward(struct desk_visit *visit, const struct vip_reward *reward)
{
    int error = desk_load_card(visit, reward->per);
    if (error == VIP_OK && *reward->tier)
        error = desk_load_tiers(visit);
    if (error == VIP_OK && reward->due_card_year)
        error = load_card_since(visit);
    if (error == VIP_OK && reward->limit >= 0)
        error = load_times(visit, VIP_SQL_reward_times, reward->reward, reward->per);
    if (error == VIP_OK && reward->stock >= 0)
        error = desk_load_taken(visit, reward->reward);
    return error;
}

int desk_load_benefit(struct desk_visit *visit, const char *benefit, const struct vip_benefit **row)
{
    int error = desk_load_tiers(visit);
    *row = NULL;
    if (error == VIP_OK)
        *row = vip_redeem_benefit_row(visit->program, benefit, &visit->who);
    if (error != VIP_OK)
        return error;
    error = desk_load_card(visit, *row ? (*row)->per : "");
    if (error != VIP_OK || !*row)
        return error;
    if (strncmp((*row)->per, "birthday", 8) == 0)
        error = desk_load_birthday(visit);
    if (error == VIP_OK && (*row)->quota >= 0)
        error = load_times(visit, VIP_SQL_benefit_times, benefit, (*row)->per);
    return error;
}
