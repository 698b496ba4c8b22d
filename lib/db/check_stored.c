/* Stored value: the ledger and its accounts side by side in the order of members, each entry into
 * the chain; what was given back against what was spent; requests against their entries. */
#include "lib/db/checker.h"
#include "lib/db/stored.h"

#include <inttypes.h>

struct walk {
    struct check *check;
    struct vip_statement *accounts, *ledger;
    int64_t account, entry; /* members on which they stand; INT64_MAX: at the end */
    int64_t entries, with_value;
};

static int64_t standing(struct vip_statement *row, int more)
{
    return more > 0 ? vip_column_integer(row, 0) : INT64_MAX;
}

static int open_walk(struct walk *walk)
{
    struct check *check = walk->check;
    int more = vip_db_query_values(check->db, VIP_SQL_check_stored_accounts, &walk->accounts,
                                   check->diag, NULL, 0);
    if (more < 0)
        return more;
    walk->account = standing(walk->accounts, more);
    more = vip_db_query_values(check->db, VIP_SQL_check_stored_ledger, &walk->ledger, check->diag,
                               NULL, 0);
    walk->entry = standing(walk->ledger, more);
    return more < 0 ? more : VIP_OK;
}

static struct vip_stored_entry read_entry(struct vip_statement *row)
{
    return (struct vip_stored_entry){
        .entry = vip_column_integer(row, 1),
        .kind = (enum vip_stored_kind)vip_column_integer(row, 2),
        .day = vip_column_day(row, 3),
        .principal = vip_column_integer(row, 4),
        .bonus = vip_column_integer(row, 5),
        .undoes = vip_column_integer(row, 6),
        .store = vip_column_integer(row, 7),
        .receipt = vip_column_text(row, 8),
        .request = vip_column_text(row, 9),
    };
}

/* Into the chain, and into the sums of the member. */
static int add_entry(struct walk *walk, int64_t member, struct vip_stored_account *sums)
{
    struct vip_stored_entry entry = read_entry(walk->ledger);
    struct check *check = walk->check;
    int64_t batch = vip_column_integer(walk->ledger, 10);
    struct vip_sum *sum = check_batch_entry(check, batch);
    char who[64];
    walk->entries++;
    if (!sum)
        return check_found(check, CHECK_CHAIN,
                           "member %s: entry %" PRId64 " of stored value names batch %" PRId64
                           ", which is not there",
                           check_member_name(check, member, who, sizeof who), entry.entry, batch);
    vip_stored_sum(sum, member, &entry, batch);
    if (!vip_add(sums->balance.principal, entry.principal, &sums->balance.principal) ||
        !vip_add(sums->balance.bonus, entry.bonus, &sums->balance.bonus))
        return check_found(check, CHECK_STORED, "member %s: the sum of stored value overflows",
                           check_member_name(check, member, who, sizeof who));
    if (entry.entry != ++sums->entries)
        return check_found(check, CHECK_STORED,
                           "member %s: entry %" PRId64 " of stored value is missing",
                           check_member_name(check, member, who, sizeof who), sums->entries);
    if (sums->balance.principal < 0 || sums->balance.bonus < 0)
        return check_found(check, CHECK_STORED,
                           "member %s: entry %" PRId64 " spends more than was stored",
                           check_member_name(check, member, who, sizeof who), entry.entry);
    return VIP_OK;
}

static int check_account(struct walk *walk, int64_t member, const struct vip_stored_account *sums)
{
    struct check *check = walk->check;
    bool known = walk->account == member;
    int64_t principal = known ? vip_column_integer(walk->accounts, 1) : 0;
    int64_t bonus = known ? vip_column_integer(walk->accounts, 2) : 0;
    int64_t entries = known ? vip_column_integer(walk->accounts, 3) : 0;
    char who[64];
    walk->with_value += principal + bonus > 0;
    if (principal == sums->balance.principal && bonus == sums->balance.bonus &&
        entries == sums->entries)
        return VIP_OK;
    return check_found(check, CHECK_STORED,
                       "member %s: %" PRId64 " + %" PRId64
                       " fen are stored, the ledger gives %" PRId64 " + %" PRId64,
                       check_member_name(check, member, who, sizeof who), principal, bonus,
                       sums->balance.principal, sums->balance.bonus);
}

static int walk_member(struct walk *walk)
{
    struct check *check = walk->check;
    int64_t member = walk->entry < walk->account ? walk->entry : walk->account;
    struct vip_stored_account sums = {.member = member};
    int error = VIP_OK, more;
    while (walk->entry == member && error == VIP_OK) {
        error = add_entry(walk, member, &sums);
        if (error != VIP_OK)
            return error;
        more = vip_step(walk->ledger, check->diag);
        walk->entry = standing(walk->ledger, more);
        error = more < 0 ? more : VIP_OK;
    }
    if (error == VIP_OK)
        error = check_account(walk, member, &sums);
    if (error != VIP_OK || walk->account != member)
        return error;
    more = vip_step(walk->accounts, check->diag);
    walk->account = standing(walk->accounts, more);
    return more < 0 ? more : VIP_OK;
}

/* What a statement finds wrong, one row each; member and number or name are in its columns. */
static int name_rows(struct check *check, enum vip_sql sql, const char *what)
{
    struct vip_statement *row = NULL;
    int error = VIP_OK;
    int more = vip_db_query_values(check->db, sql, &row, check->diag, NULL, 0);
    for (; more > 0 && error == VIP_OK; more = vip_step(row, check->diag))
        error = check_found(check, CHECK_STORED, "%s: %s, %s", what, vip_column_text(row, 0),
                            vip_column_text(row, 1));
    return error != VIP_OK ? error : more;
}

int check_stored(struct check *check)
{
    struct walk walk = {.check = check};
    int error = open_walk(&walk);
    while (error == VIP_OK && (walk.account != INT64_MAX || walk.entry != INT64_MAX))
        error = walk_member(&walk);
    if (error == VIP_OK)
        error = name_rows(check, VIP_SQL_check_stored_undone,
                          "more was given back than spent (member, entry)");
    if (error == VIP_OK)
        error = name_rows(check, VIP_SQL_check_moved,
                          "a request moved something else than its entries (request, member)");
    if (error != VIP_OK)
        return error;
    return check_conclude(check, CHECK_STORED,
                          "%" PRId64 " entries of stored value; %" PRId64 " members have some",
                          walk.entries, walk.with_value);
}
