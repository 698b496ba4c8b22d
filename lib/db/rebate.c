/* What fell due at the end of a card year and was not claimed in time: the points that it would
 * have cleared lapse with it (SPEC 6). The same rules decide as at the desk: see
 * lib/rules/redeem.h. */
#include "lib/db/desk.h"

vip_points desk_rebate_cost(const struct vip_programs *programs)
{
    vip_points least = INT64_MAX;
    for (size_t v = 0; v < programs->count; v++)
        for (size_t i = 0; i < programs->versions[v]->reward_count; i++) {
            const struct vip_reward *reward = &programs->versions[v]->rewards[i];
            if (reward->due_card_year && reward->cost < least)
                least = reward->cost;
        }
    return least;
}

/* Whether what was not claimed of it by then was posted before: each is judged once. */
static int was_posted(struct desk_visit *visit, const struct vip_window *claim,
                      const struct vip_reward *reward, bool *posted)
{
    int64_t points;
    int error = vip_db_number(visit->desk->batch.db, VIP_SQL_rebate_posted, &points, 0, visit->diag,
                              VIP_VALUES(vip_int(visit->account.member), vip_int(claim->to + 1),
                                         vip_text(reward->reward)));
    *posted = points != 0;
    return error;
}

static bool is_dearer(const struct vip_reward *a, const struct vip_reward *b)
{
    return a->cost != b->cost ? a->cost > b->cost : a > b;
}

/* The dearest but for `last` and those before it (NULL: none) of what the member could have had to
 * the last day of the claim. NULL: nothing. */
static int find_unclaimed(struct desk_visit *visit, const struct vip_window *claim,
                          const struct vip_reward *last, const struct vip_reward **unclaimed)
{
    const struct vip_program *program = visit->program;
    *unclaimed = NULL;
    for (size_t i = 0; i < program->reward_count; i++) {
        const struct vip_reward *reward = &program->rewards[i];
        bool posted = false;
        if (!reward->due_card_year || (last && !is_dearer(last, reward)) ||
            (*unclaimed && is_dearer(*unclaimed, reward)))
            continue;
        int error = desk_load_reward(visit, reward);
        if (error != VIP_OK)
            return error;
        if (vip_redeem_most(program, reward, &visit->who, claim->to) < 1)
            continue;
        error = was_posted(visit, claim, reward, &posted);
        if (error != VIP_OK)
            return error;
        if (!posted)
            *unclaimed = reward;
    }
    return VIP_OK;
}

static int take_off(struct desk_visit *visit, const struct vip_window *claim,
                    const struct vip_reward *reward, struct desk_unclaimed *found)
{
    *found = (struct desk_unclaimed){.reward = reward, .last = claim->to};
    found->uses = vip_arena_zero(&visit->desk->scratch, visit->lot_count + 1, sizeof *found->uses);
    if (!found->uses)
        return vip_fail_memory(visit->diag);
    found->points = vip_redeem_unclaimed(visit->program, reward, &visit->who, claim, visit->lots,
                                         found->uses, &found->use_count);
    return VIP_OK;
}

/* Takes out of the lots what came into them after the claim: it could not be claimed. */
static int hide_later(struct desk_visit *visit, vip_day day, struct vip_lot_use *hidden,
                      size_t *count)
{
    struct vip_statement *row = NULL;
    *count = 0;
    int more = vip_db_query(visit->desk->batch.db, VIP_SQL_lot_later, &row, visit->diag,
                            vip_int(visit->account.member), vip_int(day));
    for (; more > 0; more = vip_step(row, visit->diag)) {
        struct vip_lot *lot =
            vip_lots_find(visit->lots, visit->lot_count, vip_column_integer(row, 0));
        vip_points points = vip_column_integer(row, 1);
        if (!lot)
            continue;
        points = points < lot->left ? points : lot->left;
        lot->left -= points;
        hidden[(*count)++] = (struct vip_lot_use){lot->entry, points};
    }
    return more;
}

/* The dearest first, until nothing is left within reach: one run finds what many would find. */
static int take_all(struct desk_visit *visit, const struct vip_window *claim,
                    struct desk_unclaimed *found, size_t *count)
{
    const struct vip_reward *reward = NULL;
    int error;
    do {
        error = find_unclaimed(visit, claim, reward, &reward);
        if (error == VIP_OK && reward)
            error = take_off(visit, claim, reward, &found[(*count)++]);
    } while (error == VIP_OK && reward && *count < DESK_CLAIMS_MOST);
    return error;
}

/* As of the last day of the claim: tiers and limits are read for it. Most often nothing is within
 * reach even with all that there is now. */
static int judge_claim(struct desk_visit *visit, const struct vip_window *claim,
                       struct desk_unclaimed *found, size_t *count)
{
    const struct vip_reward *reward = NULL;
    size_t hidden_count = 0;
    visit->day = claim->to;
    visit->program = vip_programs_on(visit->desk->programs, claim->to);
    visit->who.tiers = NULL;
    int error = find_unclaimed(visit, claim, NULL, &reward);
    if (error != VIP_OK || !reward || *count == DESK_CLAIMS_MOST)
        return error;
    struct vip_lot_use *hidden =
        vip_arena_zero(&visit->desk->scratch, 2 * visit->lot_count + 1, sizeof *hidden);
    if (!hidden)
        return vip_fail_memory(visit->diag);
    error = hide_later(visit, claim->to, hidden, &hidden_count);
    if (error == VIP_OK)
        error = take_all(visit, claim, found, count);
    for (size_t i = 0; i < hidden_count; i++)
        vip_lots_find(visit->lots, visit->lot_count, hidden[i].lot)->left += hidden[i].points;
    return error;
}

int desk_find_unclaimed(struct desk_visit *visit, struct desk_unclaimed found[DESK_CLAIMS_MOST],
                        size_t *count)
{
    struct vip_window claims[DESK_CLAIMS_MOST];
    vip_day day = visit->day;
    size_t ended = 0;
    *count = 0;
    int error = desk_load_card_years(visit);
    if (error == VIP_OK)
        ended = vip_redeem_ended(visit->program, &visit->who, day, claims, DESK_CLAIMS_MOST);
    if (error == VIP_OK && ended)
        error = desk_write_pending(visit, visit->account.member);
    for (size_t i = 0; error == VIP_OK && i < ended; i++)
        error = judge_claim(visit, &claims[i], found, count);
    visit->day = day;
    visit->program = vip_programs_on(visit->desk->programs, day);
    visit->who.tiers = NULL;
    return error;
}

static int post_unclaimed(struct desk_visit *visit, const struct desk_unclaimed *found)
{
    struct vip_batch *batch = &visit->desk->batch;
    struct vip_entry entry = {
        .kind = VIP_ENTRY_EXPIRE,
        .day = found->last + 1,
        .points = -found->points,
        .available = VIP_DAY_NONE,
        .expires = VIP_DAY_NONE,
        .ref = found->reward->reward,
    };
    int error = vip_ledger_post(batch, &visit->account, &entry, visit->diag);
    desk_note_pending(visit->desk, visit->account.member);
    if (error != VIP_OK)
        return error;
    return vip_ledger_use(batch, &visit->account, entry.entry, found->uses, found->use_count,
                          visit->diag);
}

int desk_post_unclaimed(struct desk_visit *visit, const struct desk_unclaimed *found, size_t count)
{
    struct vip_batch *batch = &visit->desk->batch;
    int error = VIP_OK;
    for (size_t i = 0; error == VIP_OK && i < count; i++)
        error = post_unclaimed(visit, &found[i]);
    if (error == VIP_OK && count)
        error = vip_account_set_expiry(batch, &visit->account,
                                       vip_lots_next_expiry(visit->lots, visit->lot_count),
                                       visit->diag);
    return error == VIP_OK ? vip_account_save(batch, &visit->account, visit->diag) : error;
}

int desk_settle(struct desk_visit *visit)
{
    struct desk_unclaimed found[DESK_CLAIMS_MOST];
    size_t count = 0;
    if (visit->account.balance < visit->desk->rebate_cost)
        return VIP_OK;
    int error = desk_load_lots(visit);
    if (error == VIP_OK)
        error = desk_find_unclaimed(visit, found, &count);
    return error == VIP_OK && count ? desk_post_unclaimed(visit, found, count) : error;
}

/* The desk is lent the batch: what it posts is part of that. */
int vip_rebates_settle(struct vip_batch *batch, const struct vip_programs *programs,
                       struct vip_account *account, vip_day day, struct vip_diag *diag)
{
    struct vip_desk desk = {.programs = programs, .rebate_cost = desk_rebate_cost(programs)};
    struct desk_visit visit;
    if (account->balance < desk.rebate_cost)
        return VIP_OK;
    int error = vip_ledger_flush(batch, diag);
    if (error != VIP_OK)
        return error;
    desk.batch = *batch;
    desk.cards_end = desk_cards_end(programs);
    desk_visit_begin(&visit, &desk, day, diag);
    visit.account = *account;
    visit.who.status = vip_status_word(account->status);
    visit.who.enrolled = account->enrolled;
    error = desk_settle(&visit);
    *account = visit.account;
    *batch = desk.batch;
    vip_arena_free(&desk.scratch);
    return error;
}
