/* Stored value at the desk: top-ups, spendings, refunds, and spendings taken back. See desk.h. */
#include "lib/db/desk.h"

#include <string.h>

static const char *money(vip_fen fen, char to[VIP_MONEY_TEXT])
{
    vip_fen_format(fen, to);
    return to;
}

/* Posts the entry and keeps what it changed for whoever reads the row. */
static int post(struct desk_visit *visit, struct vip_stored_account *account,
                struct vip_stored_entry *entry, struct vip_redemption *done)
{
    int error = vip_stored_post(&visit->desk->batch, account, entry, visit->diag);
    if (error != VIP_OK)
        return error;
    done->change.principal += entry->principal;
    done->change.bonus += entry->bonus;
    done->stored = vip_stored_total(&account->balance);
    return VIP_OK;
}

static int entry_of(struct desk_visit *visit, const struct vip_request *request,
                    enum vip_stored_kind kind, struct vip_stored_entry *entry)
{
    struct vip_desk *desk = visit->desk;
    *entry = (struct vip_stored_entry){
        .kind = kind,
        .day = visit->day,
        .receipt = request->receipt,
        .request = request->request,
    };
    return vip_code_find(desk->batch.db, &desk->codes, request->store, true, &entry->store,
                         visit->diag);
}

/* ---- top-ups ---- */

static int find_row(struct desk_visit *visit, const struct vip_request *request,
                    const struct vip_topup **row)
{
    const struct vip_program *program = visit->program;
    vip_fen least = VIP_FEN_MAX;
    char text[VIP_MONEY_TEXT];
    *row = vip_topup_row(program, request->amount);
    if (*row)
        return VIP_OK;
    for (size_t i = 0; i < program->topup_count; i++)
        if (program->topups[i].amount < least)
            least = program->topups[i].amount;
    if (!program->topup_count)
        return vip_refuse(visit->diag, "no-such-topup", "amount",
                          "the programme has no stored value (topups.csv is empty)");
    return vip_refuse(visit->diag, "no-such-topup", "amount", "the least that is paid in is %s",
                      money(least, text));
}

/* The tier that the row grants, for as long as the tier is valid. Whoever was granted it today has
 * it. */
static int grant_tier(struct desk_visit *visit, const struct vip_request *request, const char *name)
{
    struct vip_desk *desk = visit->desk;
    const struct vip_tier *tier = vip_program_tier(visit->program, name);
    struct vip_statement *row = NULL;
    struct vip_tier_grant grant = {
        .tier = name,
        .day = visit->day,
        .until = tier && tier->valid_months ? vip_day_add_months(visit->day, tier->valid_months)
                                            : VIP_DAY_NONE,
        .reason = vip_arena_format(&desk->scratch, "top-up %s", request->request),
        .by = request->by,
    };
    if (!grant.reason)
        return vip_fail_memory(visit->diag);
    int found = vip_db_query(desk->batch.db, VIP_SQL_tier_grant_get, &row, visit->diag,
                             vip_int(visit->account.member), vip_text(name), vip_date(visit->day));
    if (found > 0)
        vip_reset(row);
    if (found != 0)
        return found < 0 ? found : VIP_OK;
    int error = desk->tiers ? VIP_OK
                            : vip_tier_engine_open(&desk->tiers, desk->batch.db, desk->programs,
                                                   visit->diag);
    if (error == VIP_OK)
        error = vip_tier_grant_add(&desk->batch, desk->tiers, visit->account.member, &grant,
                                   visit->diag);
    if (error >= 0) /* the replay reads the ledger */
        error = vip_ledger_flush(&desk->batch, visit->diag);
    if (error < 0)
        return error;
    return vip_tier_update_member(&desk->batch, desk->tiers, visit->account.member,
                                  desk->batch.as_of, NULL, NULL, visit->diag);
}

/* Principal and bonus are entries of their own. */
static int post_topup(struct desk_visit *visit, const struct vip_request *request,
                      const struct vip_topup *row, struct vip_redemption *done, int64_t *number)
{
    struct vip_stored_account account;
    struct vip_stored_entry entry;
    vip_fen sum;
    int error =
        vip_stored_load(visit->desk->batch.db, visit->account.member, &account, visit->diag);
    if (error == VIP_OK)
        error = entry_of(visit, request, VIP_STORED_TOPUP, &entry);
    if (error == VIP_OK && (!vip_add(request->amount, row->bonus, &sum) ||
                            !vip_add(sum, vip_stored_total(&account.balance), &sum)))
        error =
            vip_refuse(visit->diag, "overflow", "amount", "the member's stored value overflows");
    if (error != VIP_OK)
        return error;
    entry.principal = request->amount;
    error = post(visit, &account, &entry, done);
    *number = entry.entry;
    if (error == VIP_OK && row->bonus) {
        entry.kind = VIP_STORED_BONUS;
        entry.principal = 0;
        entry.bonus = row->bonus;
        error = post(visit, &account, &entry, done);
    }
    return error == VIP_OK ? vip_stored_save(&visit->desk->batch, &account, visit->diag) : error;
}

int desk_topup(struct desk_visit *visit, const struct vip_request *request,
               struct vip_redemption *done)
{
    const struct vip_topup *row = NULL;
    int64_t entry = 0;
    int error = desk_check_status(visit, "member", false);
    if (error == VIP_OK)
        error = desk_check_signatures(visit, request);
    if (error == VIP_OK)
        error = find_row(visit, request, &row);
    if (error == VIP_OK)
        error = post_topup(visit, request, row, done, &entry);
    if (error == VIP_OK && *row->tier)
        error = grant_tier(visit, request, row->tier);
    if (error != VIP_OK)
        return error;
    done->tier = done->item = row->tier; /* so that a repetition can say it */
    done->value = request->amount;
    return desk_store(visit, request, done, entry, 0);
}

/* ---- spending ---- */

static int check_spender(struct desk_visit *visit)
{
    char text[VIP_DATE_TEXT];
    int error = desk_check_status(visit, "member", false);
    if (error == VIP_OK && visit->day < visit->account.enrolled) {
        vip_day_format(visit->account.enrolled, text);
        return vip_refuse(visit->diag, "before-enrolment", "date",
                          "is before the member enrolled on %s", text);
    }
    if (error == VIP_OK)
        error = desk_load_card(visit, "");
    if (error == VIP_OK && visit->who.has_card && visit->who.card_end < visit->day) {
        vip_day_format(visit->who.card_end, text);
        return vip_refuse(visit->diag, "card-expired", "card",
                          "the member's card was good until %s", text);
    }
    return error;
}

static int note_left(struct vip_arena *arena, struct desk_visit *visit, struct vip_redemption *done,
                     bool clamped)
{
    char text[VIP_MONEY_TEXT];
    done->reason = vip_arena_format(arena, "%sleft %s yuan", clamped ? "clamped, " : "",
                                    money(done->stored, text));
    return done->reason ? VIP_OK : vip_fail_memory(visit->diag);
}

static int spend(struct desk_visit *visit, const struct vip_request *request,
                 struct vip_arena *arena, struct vip_redemption *done)
{
    struct vip_stored_account account;
    struct vip_stored_entry entry;
    char want[VIP_MONEY_TEXT], have[VIP_MONEY_TEXT];
    int error = check_spender(visit);
    if (error == VIP_OK)
        error =
            vip_stored_load(visit->desk->batch.db, visit->account.member, &account, visit->diag);
    if (error != VIP_OK)
        return error;
    vip_fen total = vip_stored_total(&account.balance), amount = request->amount;
    if (visit->desk->clamp && amount > total && total > 0)
        amount = total;
    if (amount > total)
        return vip_refuse(visit->diag, "too-little-stored", "amount",
                          "%s is to be paid, %s is stored", money(amount, want),
                          money(total, have));
    struct vip_stored parts = vip_stored_spend(&account.balance, amount);
    error = entry_of(visit, request, VIP_STORED_SPEND, &entry);
    entry.principal = -parts.principal;
    entry.bonus = -parts.bonus;
    if (error == VIP_OK)
        error = post(visit, &account, &entry, done);
    if (error == VIP_OK)
        error = vip_stored_save(&visit->desk->batch, &account, visit->diag);
    if (error == VIP_OK)
        error = note_left(arena, visit, done, amount < request->amount);
    done->value = amount;
    return error == VIP_OK ? desk_store(visit, request, done, entry.entry, 0) : error;
}

/* ---- refunds ---- */

struct spent { /* what was spent, as far as it was not given back; the last first */
    struct {
        int64_t entry;
        vip_day day;
        struct vip_stored left;
    } spendings[64];
    size_t count;
    vip_fen left; /* of all */
};

/* Of one spending (entry), or of a receipt. */
static int read_spent(struct desk_visit *visit, int64_t entry, int64_t store, const char *receipt,
                      struct spent *spent)
{
    struct vip_statement *row = NULL;
    int more = vip_db_query(visit->desk->batch.db, VIP_SQL_stored_spent, &row, visit->diag,
                            vip_int(visit->account.member), vip_int_or_null(entry),
                            vip_int_or_null(store), vip_text(receipt));
    *spent = (struct spent){.count = 0};
    for (; more > 0; more = vip_step(row, visit->diag)) {
        if (spent->count == sizeof spent->spendings / sizeof *spent->spendings) {
            vip_reset(row);
            return vip_refuse(visit->diag, "not-refundable", "receipt",
                              "was paid in more than 64 parts: name the request in item");
        }
        struct vip_stored left = {vip_column_integer(row, 2), vip_column_integer(row, 3)};
        spent->spendings[spent->count].entry = vip_column_integer(row, 0);
        spent->spendings[spent->count].day = vip_column_day(row, 1);
        spent->spendings[spent->count++].left = left;
        spent->left += vip_stored_total(&left);
    }
    return more;
}

/* What the request that is named as item spent: only the same member's can come back to him. */
static int spent_by_request(struct desk_visit *visit, const struct vip_request *request,
                            struct spent *spent)
{
    struct desk_posted posted;
    int found = desk_find_posted(visit->desk->batch.db, request->item, &visit->desk->scratch,
                                 &posted, visit->diag);
    if (found < 0)
        return found;
    if (!found)
        return vip_refuse(visit->diag, "no-such-request", "item", "no request '%s' was posted",
                          request->item);
    if (strcmp(posted.kind, "stored") != 0 || posted.value <= 0)
        return vip_refuse(visit->diag, "not-refundable", "item",
                          "'%s' spent no stored value: it is a request of the kind %s",
                          request->item, posted.value < 0 ? "refund" : posted.kind);
    if (posted.member != visit->account.member)
        return vip_refuse(visit->diag, "other-member", "member",
                          "'%s' was another member's: its money goes back to him alone",
                          request->item);
    return read_spent(visit, posted.entry, 0, NULL, spent);
}

static int spent_on_receipt(struct desk_visit *visit, const struct vip_request *request,
                            struct spent *spent)
{
    struct vip_desk *desk = visit->desk;
    int64_t store = 0;
    if (!*request->receipt)
        return vip_refuse(visit->diag, "missing-field", "item",
                          "is empty: a refund names the request that spent it, or the receipt");
    int error =
        vip_code_find(desk->batch.db, &desk->codes, request->store, false, &store, visit->diag);
    if (error == VIP_OK)
        error = read_spent(visit, 0, store, request->receipt, spent);
    if (error == VIP_OK && !spent->count)
        error = vip_refuse(visit->diag, "not-spent", "receipt",
                           "the member spent no stored value on receipt '%s'", request->receipt);
    return error;
}

static int check_refund(struct desk_visit *visit, const struct spent *spent, vip_fen amount)
{
    char want[VIP_MONEY_TEXT], have[VIP_MONEY_TEXT];
    if (amount > spent->left)
        return vip_refuse(visit->diag, "exceeds-spent", "amount",
                          "%s is to go back, %s of what was spent is left", money(amount, want),
                          money(spent->left, have));
    for (size_t i = 0; i < spent->count; i++)
        if (visit->day < spent->spendings[i].day)
            return vip_refuse(visit->diag, "before-request", "date",
                              "is before the day on which it was spent");
    return VIP_OK;
}

static int give_back(struct desk_visit *visit, const struct vip_request *request,
                     const struct spent *spent, struct vip_redemption *done, int64_t *number)
{
    struct vip_stored_account account;
    struct vip_stored_entry entry;
    vip_fen amount = -request->amount;
    int error =
        vip_stored_load(visit->desk->batch.db, visit->account.member, &account, visit->diag);
    if (error == VIP_OK)
        error = entry_of(visit, request, VIP_STORED_REFUND, &entry);
    for (size_t i = 0; i < spent->count && amount && error == VIP_OK; i++) {
        vip_fen left = vip_stored_total(&spent->spendings[i].left);
        struct vip_stored parts =
            vip_stored_refund(&spent->spendings[i].left, amount < left ? amount : left);
        amount -= vip_stored_total(&parts);
        if (!left)
            continue;
        entry.principal = parts.principal;
        entry.bonus = parts.bonus;
        entry.undoes = spent->spendings[i].entry;
        error = post(visit, &account, &entry, done);
        *number = entry.entry;
    }
    return error == VIP_OK ? vip_stored_save(&visit->desk->batch, &account, visit->diag) : error;
}

static int refund(struct desk_visit *visit, const struct vip_request *request,
                  struct vip_arena *arena, struct vip_redemption *done)
{
    struct spent spent;
    int64_t entry = 0;
    int error = desk_check_status(visit, "member", true);
    if (error == VIP_OK)
        error = *request->item ? spent_by_request(visit, request, &spent)
                               : spent_on_receipt(visit, request, &spent);
    if (error == VIP_OK)
        error = check_refund(visit, &spent, -request->amount);
    if (error == VIP_OK)
        error = give_back(visit, request, &spent, done, &entry);
    if (error == VIP_OK)
        error = note_left(arena, visit, done, false);
    done->value = request->amount;
    return error == VIP_OK ? desk_store(visit, request, done, entry, 0) : error;
}

int desk_spend_stored(struct desk_visit *visit, const struct vip_request *request,
                      struct vip_arena *arena, struct vip_redemption *done)
{
    if (request->amount == VIP_AMOUNT_NONE || request->amount == 0)
        return vip_refuse(visit->diag, "missing-field", "amount",
                          "is empty: how much is spent, or, below zero, goes back?");
    return request->amount > 0 ? spend(visit, request, arena, done)
                               : refund(visit, request, arena, done);
}

/* ---- taking a spending back ---- */

int desk_cancel_stored(struct desk_visit *visit, const struct vip_request *request,
                       const struct desk_posted *undone, struct vip_redemption *done,
                       int64_t *number)
{
    struct vip_stored_account account;
    struct vip_stored_entry entry;
    struct spent spent;
    int error = read_spent(visit, undone->entry, 0, NULL, &spent);
    if (error == VIP_OK && spent.left != undone->value)
        error = vip_refuse(visit->diag, "already-refunded", "item",
                           "some of '%s' went back before: refund the rest", request->item);
    if (error == VIP_OK)
        error =
            vip_stored_load(visit->desk->batch.db, visit->account.member, &account, visit->diag);
    if (error == VIP_OK)
        error = entry_of(visit, request, VIP_STORED_CANCEL, &entry);
    if (error != VIP_OK)
        return error;
    entry.principal = spent.spendings[0].left.principal;
    entry.bonus = spent.spendings[0].left.bonus;
    entry.undoes = undone->entry;
    error = post(visit, &account, &entry, done);
    *number = entry.entry;
    return error == VIP_OK ? vip_stored_save(&visit->desk->batch, &account, visit->diag) : error;
}
