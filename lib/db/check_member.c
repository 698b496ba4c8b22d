/* Accounts, the ledger and the lot uses are walked side by side in the order of members; each entry
 * goes into the sums of its account, of its lots and of its batch. */
#include "lib/db/checker.h"

#include <inttypes.h>
#include <stdlib.h>

struct check_entry { /* of the member being walked */
    int64_t entry, batch;
    vip_points points, used;
    vip_day expires;
    bool lot, bonus;
};

struct cursor { /* a scan in the order of members */
    struct vip_statement *row;
    int64_t member; /* on which it stands; INT64_MAX: at its end */
};

static int found_at(struct check *check, enum check_name name, int64_t member, const char *what,
                    int64_t stored, int64_t computed)
{
    char who[64];
    return check_found(check, name, "member %s: %s is %" PRId64 ", the ledger gives %" PRId64,
                       check_member_name(check, member, who, sizeof who), what, stored, computed);
}

static int open_cursor(struct check *check, struct cursor *cursor, enum vip_sql sql)
{
    int more = vip_db_query_values(check->db, sql, &cursor->row, check->diag, NULL, 0);
    cursor->member = more > 0 ? vip_column_integer(cursor->row, 0) : INT64_MAX;
    return more < 0 ? more : VIP_OK;
}

static int advance(struct check *check, struct cursor *cursor)
{
    int more = vip_step(cursor->row, check->diag);
    cursor->member = more > 0 ? vip_column_integer(cursor->row, 0) : INT64_MAX;
    return more < 0 ? more : VIP_OK;
}

/* The ledger row that the cursor stands on. */
static struct vip_entry read_entry(struct vip_statement *row)
{
    return (struct vip_entry){
        .entry = vip_column_integer(row, 1),
        .kind = (enum vip_entry_kind)vip_column_integer(row, 2),
        .day = vip_column_day(row, 3),
        .points = vip_column_integer(row, 4),
        .amount = vip_column_integer(row, 5),
        .spend_day = vip_column_day(row, 6),
        .available = vip_column_day(row, 7),
        .expires = vip_column_day(row, 8),
        .store = vip_column_integer(row, 9),
        .ref = vip_column_text(row, 10),
        .line = vip_column_integer(row, 11),
        .category = vip_column_integer(row, 12),
        .brand = vip_column_integer(row, 13),
    };
}

static int keep_entry(struct check *check, const struct vip_entry *entry, int64_t batch)
{
    void *entries = check->entries;
    if (vip_array_grow(&entries, &check->entry_capacity, check->entry_count + 1,
                       sizeof *check->entries) != VIP_OK)
        return vip_fail_memory(check->diag);
    check->entries = entries;
    check->entries[check->entry_count++] =
        (struct check_entry){.entry = entry->entry,
                             .batch = batch,
                             .points = entry->points,
                             .expires = entry->expires,
                             .bonus = entry->kind == VIP_ENTRY_BONUS,
                             .lot = vip_entry_opens_lot(entry)};
    return VIP_OK;
}

/* What the ledger says of a member, to be held against the account. */
struct sums {
    vip_points balance;
    int64_t entries;
    vip_fen spent;
    vip_day first, last, next_expiry;
};

static int add_entry(struct check *check, int64_t member, const struct vip_entry *entry,
                     struct sums *sums)
{
    char who[64];
    int64_t expected = sums->entries + 1;
    if (!vip_add(sums->balance, entry->points, &sums->balance) ||
        !vip_add(sums->spent, entry->amount, &sums->spent))
        return check_found(check, CHECK_ACCOUNTS, "member %s: the sum of the ledger overflows",
                           check_member_name(check, member, who, sizeof who));
    sums->entries = entry->entry;
    if (entry->kind == VIP_ENTRY_EARN) {
        if (sums->first == VIP_DAY_NONE || entry->day < sums->first)
            sums->first = entry->day;
        if (sums->last == VIP_DAY_NONE || entry->day > sums->last)
            sums->last = entry->day;
    }
    if (!check->closed)
        check_add_entry(check, member, entry);
    if (entry->entry == expected)
        return VIP_OK;
    return check_found(check, CHECK_ACCOUNTS, "member %s: ledger entry %" PRId64 " is missing",
                       check_member_name(check, member, who, sizeof who), expected);
}

static int add_to_batch(struct check *check, int64_t member, const struct vip_entry *entry,
                        int64_t number)
{
    struct vip_sum *sum = check_batch_entry(check, number);
    char who[64];
    if (!sum)
        return check_found(check, CHECK_CHAIN,
                           "member %s: ledger entry %" PRId64 " names batch %" PRId64
                           ", which is not there",
                           check_member_name(check, member, who, sizeof who), entry->entry, number);
    vip_ledger_sum(sum, member, entry, number);
    return VIP_OK;
}

/* All entries of the member that the cursor stands on. */
static int walk_entries(struct check *check, struct cursor *ledger, struct sums *sums)
{
    int64_t member = ledger->member;
    int error = VIP_OK;
    check->entry_count = 0;
    while (ledger->member == member && error == VIP_OK) {
        struct vip_entry entry = read_entry(ledger->row);
        int64_t batch = vip_column_integer(ledger->row, 14);
        check->ledger_rows++;
        error = keep_entry(check, &entry, batch);
        if (error == VIP_OK)
            error = add_entry(check, member, &entry, sums);
        if (error == VIP_OK)
            error = add_to_batch(check, member, &entry, batch);
        if (error == VIP_OK)
            error = advance(check, ledger);
    }
    return error;
}

static int by_entry(const void *left, const void *right)
{
    const struct check_entry *a = left, *b = right;
    return (a->entry > b->entry) - (a->entry < b->entry);
}

static struct check_entry *find_entry(struct check *check, int64_t entry)
{
    struct check_entry key = {.entry = entry};
    if (!check->entry_count)
        return NULL;
    return bsearch(&key, check->entries, check->entry_count, sizeof key, by_entry);
}

/* A use belongs to the batch of the entry that made it. */
static int walk_uses(struct check *check, struct cursor *uses, int64_t member)
{
    int error = VIP_OK;
    char who[64];
    while (uses->member == member && error == VIP_OK) {
        int64_t lot = vip_column_integer(uses->row, 1), entry = vip_column_integer(uses->row, 2);
        vip_points points = vip_column_integer(uses->row, 3);
        struct check_entry *from = find_entry(check, lot);
        struct check_entry *by = find_entry(check, entry);
        struct vip_sum *sum = by ? check_batch_sum(check, by->batch) : NULL;
        if (!from || !from->lot || !by)
            error =
                check_found(check, CHECK_LOTS,
                            "member %s: entry %" PRId64 " uses lot %" PRId64 ", which is not there",
                            check_member_name(check, member, who, sizeof who), entry, lot);
        else if (!vip_add(from->used, points, &from->used))
            error =
                check_found(check, CHECK_LOTS, "member %s: the uses of lot %" PRId64 " overflow",
                            check_member_name(check, member, who, sizeof who), lot);
        if (sum)
            vip_lot_use_sum(sum, member, lot, entry, points);
        if (error == VIP_OK)
            error = advance(check, uses);
    }
    return error;
}

/* What is left in the lots is the balance, or there is a debt and nothing is left. */
static int check_lots(struct check *check, int64_t member, struct sums *sums)
{
    vip_points left = 0;
    char who[64];
    for (size_t i = 0; i < check->entry_count; i++) {
        const struct check_entry *lot = &check->entries[i];
        if (!lot->lot)
            continue;
        if (lot->used < 0 || lot->used > lot->points)
            return check_found(check, CHECK_LOTS,
                               "member %s: %" PRId64 " points of lot %" PRId64
                               " are used, it had %" PRId64,
                               check_member_name(check, member, who, sizeof who), lot->used,
                               lot->entry, lot->points);
        if (!vip_add(left, lot->points - lot->used, &left))
            left = INT64_MAX;
        if (lot->used < lot->points && lot->expires < sums->next_expiry)
            sums->next_expiry = lot->expires;
    }
    if (left == (sums->balance > 0 ? sums->balance : 0))
        return VIP_OK;
    return check_found(check, CHECK_LOTS,
                       "member %s: the lots have %" PRId64 " points left, the balance is %" PRId64,
                       check_member_name(check, member, who, sizeof who), left, sums->balance);
}

static int check_day(struct check *check, int64_t member, const char *what, vip_day stored,
                     vip_day computed)
{
    if (stored == computed)
        return VIP_OK;
    char who[64], is[VIP_DATE_TEXT], should[VIP_DATE_TEXT];
    vip_day_format(stored, is);
    vip_day_format(computed, should);
    return check_found(check, CHECK_ACCOUNTS, "member %s: %s is %s, the ledger gives %s",
                       check_member_name(check, member, who, sizeof who), what, *is ? is : "none",
                       *should ? should : "none");
}

static int check_account(struct check *check, struct vip_statement *row, const struct sums *sums)
{
    int64_t member = vip_column_integer(row, 0), balance = vip_column_integer(row, 1);
    int64_t entries = vip_column_integer(row, 2), spent = vip_column_integer(row, 3);
    vip_day first = vip_column_day(row, 4), last = vip_column_day(row, 5);
    vip_day next_expiry = vip_column_day(row, 6);
    int error = VIP_OK;
    check->accounts++;
    if (balance != sums->balance)
        error = found_at(check, CHECK_ACCOUNTS, member, "the balance", balance, sums->balance);
    if (error == VIP_OK && entries != sums->entries)
        error = found_at(check, CHECK_ACCOUNTS, member, "the last entry", entries, sums->entries);
    if (error == VIP_OK && spent != sums->spent)
        error = found_at(check, CHECK_ACCOUNTS, member, "what was spent (fen)", spent, sums->spent);
    if (error == VIP_OK)
        error = check_day(check, member, "the first purchase", first, sums->first);
    if (error == VIP_OK)
        error = check_day(check, member, "the last purchase", last, sums->last);
    if (error == VIP_OK)
        error = check_day(check, member, "the last purchase in bought", vip_column_day(row, 8),
                          sums->last);
    if (error == VIP_OK)
        error = check_day(check, member, "the next end of points", next_expiry, sums->next_expiry);
    return error;
}

/* Bonuses that are given once, each with an entry of its own. Of two records that were merged both
 * may have had the same one. */
static int check_bonuses(struct check *check, int64_t member, int64_t noted)
{
    int64_t posted = 0, merged = 0;
    char who[64];
    struct vip_value value = vip_int(member);
    int error = VIP_OK;
    for (size_t i = 0; i < check->entry_count; i++)
        posted += check->entries[i].bonus;
    check->bonuses += posted;
    if (posted > noted)
        error = vip_db_number(check->db, VIP_SQL_check_merged, &merged, 0, check->diag, &value, 1);
    if (error != VIP_OK || posted == noted || merged)
        return error;
    return check_found(check, CHECK_BONUSES,
                       "member %s: %" PRId64 " bonuses are noted as given, %" PRId64
                       " are in the ledger",
                       check_member_name(check, member, who, sizeof who), noted, posted);
}

static int walk_bonuses(struct check *check, struct cursor *bonuses, int64_t member)
{
    int64_t noted = 0;
    if (bonuses->member == member) {
        noted = vip_column_integer(bonuses->row, 1);
        int error = advance(check, bonuses);
        if (error != VIP_OK)
            return error;
    }
    return check_bonuses(check, member, noted);
}

static int walk_member(struct check *check, struct cursor *accounts, struct cursor *ledger,
                       struct cursor *uses, struct cursor *bonuses)
{
    struct sums sums = {.first = VIP_DAY_NONE, .last = VIP_DAY_NONE, .next_expiry = VIP_DAY_NONE};
    int64_t member = ledger->member < accounts->member ? ledger->member : accounts->member;
    member = uses->member < member ? uses->member : member;
    member = bonuses->member < member ? bonuses->member : member;
    bool known = accounts->member == member;
    char who[64];
    int error = VIP_OK;
    check->entry_count = 0;
    check->closed = known && vip_column_integer(accounts->row, 7) == VIP_STATUS_MERGED;
    if (ledger->member == member)
        error = walk_entries(check, ledger, &sums);
    if (error == VIP_OK && uses->member == member)
        error = walk_uses(check, uses, member);
    if (error == VIP_OK)
        error = check_lots(check, member, &sums);
    if (error == VIP_OK)
        error = walk_bonuses(check, bonuses, member);
    if (error == VIP_OK && known)
        error = check_account(check, accounts->row, &sums);
    if (error == VIP_OK && known)
        error = advance(check, accounts);
    else if (error == VIP_OK)
        error = check_found(check, CHECK_ACCOUNTS, "member %s has a ledger and no account",
                            check_member_name(check, member, who, sizeof who));
    return error;
}

int check_members(struct check *check)
{
    struct cursor accounts = {0}, ledger = {0}, uses = {0}, bonuses = {0};
    int error = open_cursor(check, &accounts, VIP_SQL_check_accounts);
    if (error == VIP_OK)
        error = open_cursor(check, &ledger, VIP_SQL_check_ledger);
    if (error == VIP_OK)
        error = open_cursor(check, &uses, VIP_SQL_check_lot_uses);
    if (error == VIP_OK)
        error = open_cursor(check, &bonuses, VIP_SQL_check_bonuses);
    while (error == VIP_OK && (accounts.member != INT64_MAX || ledger.member != INT64_MAX ||
                               uses.member != INT64_MAX || bonuses.member != INT64_MAX))
        error = walk_member(check, &accounts, &ledger, &uses, &bonuses);
    if (error == VIP_OK)
        error = check_conclude(check, CHECK_ACCOUNTS, "%" PRId64 " accounts agree with the ledger",
                               check->accounts);
    if (error == VIP_OK)
        error = check_conclude(check, CHECK_LOTS,
                               "what is left of the lots is the balance of each account");
    return error;
}
