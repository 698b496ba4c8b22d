/* Records joined: see merge.h. */
#include "lib/db/merge.h"

#include "lib/db/card.h"
#include "lib/db/member.h"
#include "lib/db/store_day.h"
#include "lib/db/stored.h"
#include <stdlib.h>
#include <string.h>

struct merge {
    struct vip_batch *batch;
    struct vip_db *db;
    struct vip_codes *codes;
    struct vip_account *from, *to;
    int64_t before;        /* entries of `to` before: a copy's number is so much more */
    int64_t stored_before; /* likewise of stored value */
    const char *from_number, *to_number; /* that people see */
    const char *detail;
    vip_day day;
    struct vip_arena *scratch;
    struct vip_diag *diag;
};

static int run(struct merge *merge, enum vip_sql sql)
{
    return vip_db_run(merge->db, sql, merge->diag, vip_int(merge->from->member),
                      vip_int(merge->to->member));
}

/* ---- the ledger ---- */

/* The copies are written by one statement; the chain needs each of them. */
static int chain_entries(struct merge *merge)
{
    struct vip_statement *row = NULL;
    int more = vip_db_query(merge->db, VIP_SQL_merge_copied, &row, merge->diag,
                            vip_int(merge->to->member), vip_int(merge->before));
    for (; more > 0; more = vip_step(row, merge->diag)) {
        const struct vip_entry entry = {
            .entry = vip_column_integer(row, 0),
            .kind = (enum vip_entry_kind)vip_column_integer(row, 1),
            .day = vip_column_day(row, 2),
            .points = vip_column_integer(row, 3),
            .amount = vip_column_integer(row, 4),
            .spend_day = vip_column_day(row, 5),
            .available = vip_column_day(row, 6),
            .expires = vip_column_day(row, 7),
            .store = vip_column_integer(row, 8),
            .ref = vip_column_text(row, 9),
            .line = vip_column_integer(row, 10),
            .category = vip_column_integer(row, 11),
            .brand = vip_column_integer(row, 12),
        };
        vip_ledger_sum(&merge->batch->sum, merge->to->member, &entry, merge->batch->number);
        merge->batch->entries++;
    }
    return more;
}

static int chain_uses(struct merge *merge)
{
    struct vip_statement *row = NULL;
    int more = vip_db_query(merge->db, VIP_SQL_merge_copied_uses, &row, merge->diag,
                            vip_int(merge->to->member), vip_int(merge->before));
    for (; more > 0; more = vip_step(row, merge->diag))
        vip_lot_use_sum(&merge->batch->sum, merge->to->member, vip_column_integer(row, 0),
                        vip_column_integer(row, 1), vip_column_integer(row, 2));
    return more;
}

static vip_day earlier(vip_day a, vip_day b)
{
    return a < b ? a : b; /* VIP_DAY_NONE is the largest */
}

static vip_day later(vip_day a, vip_day b)
{
    if (a == VIP_DAY_NONE || b == VIP_DAY_NONE)
        return earlier(a, b);
    return a > b ? a : b;
}

static int add_sums(struct merge *merge)
{
    struct vip_account *to = merge->to;
    const struct vip_account *from = merge->from;
    if (!vip_add(to->balance, from->balance, &to->balance) ||
        !vip_add(to->spent, from->spent, &to->spent))
        return vip_fail(merge->diag, VIP_EDATABASE, "the sum of two members' postings overflows");
    to->entries += from->entries;
    to->first_purchase = earlier(to->first_purchase, from->first_purchase);
    to->last_purchase = later(to->last_purchase, from->last_purchase);
    to->enrolled = earlier(to->enrolled, from->enrolled);
    to->changed = to->matters = true;
    return VIP_OK;
}

static int copy_ledger(struct merge *merge)
{
    const struct vip_value values[] = {vip_int(merge->from->member), vip_int(merge->to->member),
                                       vip_int(merge->before), vip_int(merge->batch->number)};
    int error = vip_db_run_values(merge->db, VIP_SQL_merge_copy, merge->diag, values, 4);
    if (error == VIP_OK)
        error = vip_db_run_values(merge->db, VIP_SQL_merge_copy_uses, merge->diag, values, 3);
    if (error == VIP_OK)
        error = chain_entries(merge);
    if (error == VIP_OK)
        error = chain_uses(merge);
    return error == VIP_OK ? add_sums(merge) : error;
}

/* The debt of the one is paid from the lots of the other. */
static vip_points owed(vip_points a, vip_points b)
{
    vip_points debt = a < b ? -a : -b, credit = a < b ? b : a;
    if (debt <= 0 || credit <= 0)
        return 0;
    return debt < credit ? debt : credit;
}

/* The entry that says in the statement what happened; it carries the uses that settle a debt. */
static int post_mark(struct merge *merge, vip_points debt)
{
    struct vip_account *to = merge->to;
    struct vip_entry mark = {
        .kind = VIP_ENTRY_TRANSFER,
        .day = merge->day,
        .available = VIP_DAY_NONE,
        .expires = VIP_DAY_NONE,
        .ref = vip_arena_format(merge->scratch, "merge of %s", merge->from_number)};
    struct vip_lot *lots = NULL;
    size_t count = 0, used = 0;
    if (!mark.ref)
        return vip_fail_memory(merge->diag);
    int error = vip_ledger_post(merge->batch, to, &mark, merge->diag);
    if (error == VIP_OK)
        error = vip_ledger_lots(merge->db, to->member, merge->scratch, &lots, &count, merge->diag);
    if (error != VIP_OK)
        return error;
    struct vip_lot_use *uses = vip_arena_zero(merge->scratch, count + 1, sizeof *uses);
    if (!uses)
        return vip_fail_memory(merge->diag);
    vip_lots_take(lots, count, debt, merge->day, true, uses, &used);
    error = vip_ledger_use(merge->batch, to, mark.entry, uses, used, merge->diag);
    to->next_expiry = vip_lots_next_expiry(lots, count);
    if (error == VIP_OK)
        error = vip_db_run(merge->db, VIP_SQL_account_set_expiry, merge->diag, vip_int(to->member),
                           vip_date(to->next_expiry));
    return error;
}

static int merge_stored(struct merge *merge)
{
    const char *text = vip_arena_format(merge->scratch, "merged into %s", merge->to_number);
    return text ? vip_stored_merge(merge->batch, merge->from->member, merge->to->member, merge->day,
                                   text, &merge->stored_before, merge->diag)
                : vip_fail_memory(merge->diag);
}

/* The record that goes ends with nothing. */
static int close_ledger(struct merge *merge)
{
    struct vip_account *from = merge->from;
    struct vip_entry end = {
        .kind = VIP_ENTRY_TRANSFER,
        .day = merge->day,
        .points = -from->balance,
        .amount = -from->spent,
        .spend_day = from->spent ? merge->day : 0,
        .available = VIP_DAY_NONE,
        .expires = VIP_DAY_NONE,
        .ref = vip_arena_format(merge->scratch, "merged into %s", merge->to_number)};
    int error = end.ref ? VIP_OK : vip_fail_memory(merge->diag);
    if (error == VIP_OK && from->balance > 0)
        error = vip_ledger_take(merge->batch, from, &end, 0, true, merge->scratch, merge->diag);
    else if (error == VIP_OK && from->entries)
        error = vip_ledger_post(merge->batch, from, &end, merge->diag);
    return error == VIP_OK ? vip_account_save(merge->batch, from, merge->diag) : error;
}

/* Points that are past their end pay nobody's debt. */
static int lapse_first(struct merge *merge, struct vip_account *account)
{
    struct vip_lot *lots = NULL;
    struct vip_lapse *posted;
    size_t count = 0, posted_count;
    int error =
        vip_ledger_lots(merge->db, account->member, merge->scratch, &lots, &count, merge->diag);
    return error == VIP_OK ? vip_ledger_lapse(merge->batch, account, lots, count, merge->day,
                                              &posted, &posted_count, merge->scratch, merge->diag)
                           : error;
}

static int merge_ledgers(struct merge *merge)
{
    int error = VIP_OK;
    if (owed(merge->from->balance, merge->to->balance))
        error = lapse_first(merge, merge->from->balance > 0 ? merge->from : merge->to);
    vip_points debt = owed(merge->from->balance, merge->to->balance);
    merge->before = merge->to->entries;
    if (error == VIP_OK)
        error = copy_ledger(merge);
    if (error == VIP_OK)
        error = post_mark(merge, debt);
    if (error == VIP_OK)
        error = vip_account_save(merge->batch, merge->to, merge->diag);
    if (error == VIP_OK)
        error = vip_db_run(merge->db, VIP_SQL_account_set_enrolled, merge->diag,
                           vip_int(merge->to->member), vip_int(merge->to->enrolled));
    return error == VIP_OK ? close_ledger(merge) : error;
}

/* ---- who the person is ---- */

static bool take_text(const char **to, const char *from)
{
    if (**to || !*from)
        return false;
    *to = from;
    return true;
}

/* What belongs to one member only is let go of before the other takes it. */
static int join_persons(struct merge *merge, struct vip_member *from, struct vip_member *to)
{
    int error = run(merge, VIP_SQL_merge_consultants);
    if (error == VIP_OK && take_text(&to->phone, from->phone))
        error = run(merge, VIP_SQL_member_release_phone);
    if (error == VIP_OK && take_text(&to->id_no, from->id_no))
        error = run(merge, VIP_SQL_member_release_id_no);
    take_text(&to->name, from->name);
    take_text(&to->gender, from->gender);
    take_text(&to->address, from->address);
    take_text(&to->email, from->email);
    take_text(&to->store, from->store);
    take_text(&to->consultant, from->consultant);
    if (!to->birthday.month)
        to->birthday = from->birthday;
    if (error == VIP_OK && from->spent > to->spent)
        error = run(merge, VIP_SQL_merge_qualifying);
    return error == VIP_OK
               ? vip_member_update(merge->batch, merge->codes, to, merge->scratch, merge->diag)
               : error;
}

static int load_persons(struct merge *merge, struct vip_member *from, struct vip_member *to)
{
    int found = vip_member_load(merge->db, merge->from->member, merge->scratch, from, merge->diag);
    if (found > 0)
        found = vip_member_load(merge->db, merge->to->member, merge->scratch, to, merge->diag);
    if (found <= 0)
        return found < 0 ? found : vip_fail(merge->diag, VIP_EDATABASE, "a member has no record");
    merge->from_number = from->member;
    merge->to_number = to->member;
    return VIP_OK;
}

/* ---- what hangs on the record ---- */

/* Of several cards one is current: the physical one, the newest. */
static int join_cards(struct merge *merge)
{
    struct vip_card card;
    int error = run(merge, VIP_SQL_merge_cards);
    if (error != VIP_OK)
        return error;
    int found = vip_card_current(merge->db, merge->to->member, merge->scratch, &card, merge->diag);
    if (found <= 0)
        return found;
    return vip_card_close_all(merge->batch, merge->to->member, card.card, VIP_CARD_REPLACED,
                              merge->diag);
}

static int end_tiers(struct merge *merge)
{
    const struct vip_value values[] = {
        vip_int(merge->from->member), vip_int(merge->day),
        vip_text(vip_arena_format(merge->scratch, "merged into %s", merge->to_number)),
        vip_int(merge->batch->number)};
    int error = vip_db_run_values(merge->db, VIP_SQL_merge_tier_end, merge->diag, values, 4);
    return error == VIP_OK
               ? vip_db_run_values(merge->db, VIP_SQL_merge_tier_state, merge->diag, values, 2)
               : error;
}

static int move_rest(struct merge *merge)
{
    static const enum vip_sql moves[] = {
        VIP_SQL_merge_redemptions, VIP_SQL_merge_vouchers, VIP_SQL_merge_dossier,
        VIP_SQL_merge_bonuses,     VIP_SQL_merge_grants,   VIP_SQL_merge_reminders,
        VIP_SQL_merge_receivers,   VIP_SQL_merge_contacts, VIP_SQL_merge_complaints};
    int error = VIP_OK;
    for (size_t i = 0; i < sizeof moves / sizeof *moves && error == VIP_OK; i++)
        error = moves[i] == VIP_SQL_merge_redemptions
                    ? vip_db_run(merge->db, moves[i], merge->diag, vip_int(merge->from->member),
                                 vip_int(merge->to->member), vip_int(merge->before),
                                 vip_int(merge->stored_before))
                    : run(merge, moves[i]);
    return error;
}

static int note(struct merge *merge)
{
    int64_t from = merge->from->member, to = merge->to->member;
    const char *into =
        vip_arena_format(merge->scratch, "into %s; %s", merge->to_number, merge->detail);
    const char *of = vip_arena_format(merge->scratch, "%s; %s", merge->from_number, merge->detail);
    if (!into || !of)
        return vip_fail_memory(merge->diag);
    int error = vip_db_run(merge->db, VIP_SQL_merged_follow, merge->diag, vip_int(from),
                           vip_int(to), vip_int(merge->before));
    if (error == VIP_OK)
        error = vip_db_run(merge->db, VIP_SQL_merged_insert, merge->diag, vip_int(from),
                           vip_int(to), vip_int(merge->before), vip_int(merge->batch->number));
    if (error == VIP_OK)
        error = vip_member_set_status(merge->batch, from, VIP_STATUS_MERGED, "merged", into,
                                      merge->diag);
    if (error == VIP_OK && merge->from->status == VIP_STATUS_SUSPENDED &&
        merge->to->status == VIP_STATUS_ACTIVE) /* a merge lifts no suspension */
        error = vip_member_set_status(merge->batch, to, VIP_STATUS_SUSPENDED, "suspend",
                                      "with the record that was merged", merge->diag);
    return error == VIP_OK ? vip_batch_event(merge->batch, to, "merge", of, merge->diag) : error;
}

int vip_member_merge(struct vip_batch *batch, struct vip_codes *codes, struct vip_account *from,
                     struct vip_account *to, const char *detail, vip_day day,
                     struct vip_arena *scratch, struct vip_diag *diag)
{
    struct merge merge = {.batch = batch,
                          .db = batch->db,
                          .codes = codes,
                          .from = from,
                          .to = to,
                          .detail = detail,
                          .day = day,
                          .scratch = scratch,
                          .diag = diag};
    struct vip_member goes, stays;
    int error = vip_batch_need(batch, diag);
    if (error == VIP_OK)
        error = load_persons(&merge, &goes, &stays);
    if (error == VIP_OK)
        error = merge_ledgers(&merge);
    if (error == VIP_OK)
        error = merge_stored(&merge);
    if (error == VIP_OK)
        error = join_persons(&merge, &goes, &stays);
    if (error == VIP_OK)
        error = join_cards(&merge);
    if (error == VIP_OK)
        error = move_rest(&merge);
    if (error == VIP_OK)
        error = end_tiers(&merge);
    return error == VIP_OK ? note(&merge) : error;
}

int vip_merge_purchases(struct vip_batch *batch, struct vip_diag *diag)
{
    if (!batch->number)
        return VIP_OK;
    int error = vip_db_run(batch->db, VIP_SQL_merge_purchases, diag, vip_int(batch->number));
    return error == VIP_OK ? vip_store_days_merge(batch->db, batch->number, diag) : error;
}

int vip_member_stays(struct vip_db *db, int64_t member, int64_t *stays, struct vip_diag *diag)
{
    struct vip_value value = vip_int(member);
    return vip_db_number(db, VIP_SQL_merged_stays, stays, member, diag, &value, 1);
}

int vip_member_joined(struct vip_db *db, int64_t member, bool *joined, struct vip_diag *diag)
{
    struct vip_value value = vip_int(member);
    int64_t found = 0;
    int error = vip_db_number(db, VIP_SQL_merged_into, &found, 0, diag, &value, 1);
    *joined = found != 0;
    return error;
}
