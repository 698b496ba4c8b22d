/* Accounts and the ledger: see account.h. */
#include "lib/db/account.h"

#include <string.h>

const char *vip_status_word(enum vip_status status)
{
    static const char *const words[] = {"pending",   "active",    "suspended",
                                        "cancelled", "forgotten", "merged"};
    return words[status];
}

const char *vip_entry_word(enum vip_entry_kind kind)
{
    static const char *const words[] = {"earn",   "return", "bonus",    "redeem", "cancel",
                                        "expire", "adjust", "transfer", "opening"};
    return words[kind];
}

/* ---- the account row ---- */

int vip_account_load(struct vip_db *db, int64_t member, struct vip_account *account,
                     struct vip_diag *diag)
{
    struct vip_statement *row = vip_db_prepare(db, VIP_SQL_account_get, diag);
    if (!row)
        return VIP_EDATABASE;
    vip_bind_integer(row, 1, member);
    int found = vip_step(row, diag);
    if (found <= 0)
        return found;
    *account = (struct vip_account){
        .member = member,
        .status = (enum vip_status)vip_column_integer(row, 0),
        .enrolled = vip_column_day(row, 1),
        .balance = vip_column_integer(row, 2),
        .entries = vip_column_integer(row, 3),
        .spent = vip_column_integer(row, 4),
        .first_purchase = vip_column_day(row, 5),
        .last_purchase = vip_column_day(row, 6),
        .next_expiry = vip_column_day(row, 7),
        .touched = vip_column_integer(row, 8) != 0,
    };
    vip_reset(row);
    return 1;
}

int vip_account_save(struct vip_batch *batch, struct vip_account *account, struct vip_diag *diag)
{
    if (!account->changed)
        return VIP_OK;
    struct vip_statement *update = vip_db_prepare(batch->db, VIP_SQL_account_update, diag);
    if (!update)
        return VIP_EDATABASE;
    vip_bind_integer(update, 1, account->member);
    vip_bind_integer(update, 2, account->balance);
    vip_bind_integer(update, 3, account->entries);
    vip_bind_integer(update, 4, account->spent);
    vip_bind(update, 5, vip_date(account->first_purchase));
    vip_bind(update, 6, vip_date(account->last_purchase));
    account->changed = false;
    account->touched = true;
    return vip_step(update, diag);
}

/* Only when it moves: the column has an index of its own. */
static int set_next_expiry(struct vip_batch *batch, struct vip_account *account, vip_day next,
                           struct vip_diag *diag)
{
    if (next == account->next_expiry)
        return VIP_OK;
    account->next_expiry = next;
    return vip_db_run(batch->db, VIP_SQL_account_set_expiry, diag, vip_int(account->member),
                      vip_date(next));
}

/* ---- the chain ---- */

void vip_ledger_sum(struct vip_sum *sum, int64_t member, const struct vip_entry *entry,
                    int64_t batch)
{
    struct {
        int64_t numbers[14];
        char ref[144];
    } row = {.numbers = {member, entry->entry, entry->kind, entry->day, entry->points,
                         entry->amount, entry->spend_day, entry->available, entry->expires,
                         entry->store, entry->line, entry->category, entry->brand, batch}};
    size_t size = entry->ref ? strlen(entry->ref) : 0;
    if (size <= sizeof row.ref) {
        memcpy(row.ref, entry->ref ? entry->ref : "", size);
        vip_sum_add(sum, &row, sizeof row.numbers + size);
    } else { /* a reference longer than any till prints: hashed apart */
        vip_sum_add(sum, row.numbers, sizeof row.numbers);
        vip_sum_add(sum, entry->ref, size);
    }
}

void vip_lot_use_sum(struct vip_sum *sum, int64_t member, int64_t lot, int64_t entry,
                     vip_points points)
{
    int64_t row[] = {member, lot, entry, points};
    vip_sum_add(sum, row, sizeof row);
}

/* ---- the ledger ---- */

static void bind_code(struct vip_statement *statement, int index, int64_t code)
{
    if (code)
        vip_bind_integer(statement, index, code);
    else
        vip_bind_null(statement, index);
}

static int insert_entry(struct vip_batch *batch, int64_t member, const struct vip_entry *entry,
                        struct vip_diag *diag)
{
    struct vip_statement *insert = vip_db_prepare(batch->db, VIP_SQL_ledger_insert, diag);
    if (!insert)
        return VIP_EDATABASE;
    vip_bind_integer(insert, 1, member);
    vip_bind_integer(insert, 2, entry->entry);
    vip_bind_integer(insert, 3, entry->kind);
    vip_bind_integer(insert, 4, entry->day);
    vip_bind_integer(insert, 5, entry->points);
    vip_bind_integer(insert, 6, entry->amount);
    vip_bind_integer(insert, 7, entry->spend_day);
    vip_bind(insert, 8, vip_date(entry->available));
    vip_bind(insert, 9, vip_date(entry->expires));
    bind_code(insert, 10, entry->store);
    vip_bind(insert, 11, vip_text(entry->ref));
    bind_code(insert, 12, entry->line);
    bind_code(insert, 13, entry->category);
    bind_code(insert, 14, entry->brand);
    vip_bind_integer(insert, 15, batch->number);
    return vip_step(insert, diag);
}

int vip_ledger_use(struct vip_batch *batch, struct vip_account *account, int64_t entry,
                   const struct vip_lot_use *uses, size_t count, struct vip_diag *diag)
{
    for (size_t i = 0; i < count; i++) {
        int error = vip_db_run(batch->db, VIP_SQL_lot_use_insert, diag, vip_int(account->member),
                               vip_int(uses[i].lot), vip_int(entry), vip_int(uses[i].points));
        if (error != VIP_OK)
            return error;
        vip_lot_use_sum(&batch->sum, account->member, uses[i].lot, entry, uses[i].points);
    }
    return VIP_OK;
}

/* A credit that meets a debt pays it first; only the rest is a lot that can be spent. */
static int open_lot(struct vip_batch *batch, struct vip_account *account,
                    const struct vip_entry *entry, vip_points before, struct vip_diag *diag)
{
    vip_points paid = before >= 0 ? 0 : -before < entry->points ? -before : entry->points;
    if (paid > 0) {
        struct vip_lot_use use = {entry->entry, paid};
        int error = vip_ledger_use(batch, account, entry->entry, &use, 1, diag);
        if (error != VIP_OK)
            return error;
    }
    if (paid < entry->points && entry->expires < account->next_expiry)
        return set_next_expiry(batch, account, entry->expires, diag);
    return VIP_OK;
}

int vip_ledger_post(struct vip_batch *batch, struct vip_account *account, struct vip_entry *entry,
                    struct vip_diag *diag)
{
    vip_points before = account->balance;
    if (!vip_add(account->balance, entry->points, &account->balance) ||
        !vip_add(account->spent, entry->amount, &account->spent))
        return vip_refuse(diag, "overflow", "amount", "the sum of the member's postings overflows");
    entry->entry = ++account->entries;
    account->changed = true;
    int error = vip_batch_need(batch, diag);
    if (error == VIP_OK)
        error = insert_entry(batch, account->member, entry, diag);
    if (error != VIP_OK)
        return error;
    batch->entries++;
    vip_ledger_sum(&batch->sum, account->member, entry, batch->number);
    /* What a cancellation puts back goes into the old lots and opens none. */
    if (entry->points > 0 && entry->kind != VIP_ENTRY_CANCEL)
        return open_lot(batch, account, entry, before, diag);
    return VIP_OK;
}

/* ---- lots ---- */

int vip_ledger_lots(struct vip_db *db, int64_t member, struct vip_arena *arena,
                    struct vip_lot **lots, size_t *count, struct vip_diag *diag)
{
    struct vip_statement *row = NULL;
    size_t capacity = 0;
    *lots = NULL;
    *count = 0;
    int more = vip_db_query(db, VIP_SQL_lot_credits, &row, diag, vip_int(member));
    for (; more > 0; more = vip_step(row, diag)) {
        vip_points rest = vip_column_integer(row, 4);
        if (rest <= 0)
            continue;
        if (*count == capacity) { /* in an arena growing is taking anew */
            capacity = capacity ? capacity * 2 : 32;
            struct vip_lot *larger = vip_arena_zero(arena, capacity, sizeof *larger);
            if (!larger) {
                vip_reset(row);
                return vip_fail_memory(diag);
            }
            if (*count)
                memcpy(larger, *lots, *count * sizeof *larger);
            *lots = larger;
        }
        vip_day earned = vip_column_day(row, 1), available = vip_column_day(row, 2);
        (*lots)[(*count)++] = (struct vip_lot){
            .entry = vip_column_integer(row, 0),
            .earned = earned,
            .available = available == VIP_DAY_NONE ? earned : available,
            .expires = vip_column_day(row, 3),
            .left = rest,
        };
    }
    vip_lots_sort(*lots, *count);
    return more;
}

int vip_ledger_take_lots(struct vip_batch *batch, struct vip_account *account,
                         struct vip_entry *entry, struct vip_lot *lots, size_t count, int64_t own,
                         bool pending, struct vip_arena *scratch, struct vip_diag *diag)
{
    int error = vip_ledger_post(batch, account, entry, diag);
    if (error != VIP_OK || count == 0)
        return error;
    struct vip_lot_use *uses = vip_arena_zero(scratch, count + 1, sizeof *uses);
    if (!uses)
        return vip_fail_memory(diag);
    size_t used = 0;
    vip_points missing = -entry->points;
    if (own) {
        missing = vip_lots_take_from(lots, count, own, missing, uses);
        if (uses->points) {
            error = vip_ledger_use(batch, account, entry->entry, uses, 1, diag);
            if (error != VIP_OK)
                return error;
        }
    }
    /* The own lot was either emptied or enough: the order below never meets it again. */
    vip_lots_take(lots, count, missing, entry->day, pending, uses, &used);
    error = vip_ledger_use(batch, account, entry->entry, uses, used, diag);
    if (error != VIP_OK)
        return error;
    return set_next_expiry(batch, account, vip_lots_next_expiry(lots, count), diag);
}

int vip_ledger_take(struct vip_batch *batch, struct vip_account *account, struct vip_entry *entry,
                    int64_t own, bool pending, struct vip_arena *scratch, struct vip_diag *diag)
{
    struct vip_lot *lots = NULL;
    size_t count = 0;
    int error = vip_ledger_lots(batch->db, account->member, scratch, &lots, &count, diag);
    if (error != VIP_OK)
        return error;
    return vip_ledger_take_lots(batch, account, entry, lots, count, own, pending, scratch, diag);
}

static int uses_of(struct vip_db *db, int64_t member, int64_t entry, struct vip_arena *scratch,
                   struct vip_lot_use **uses, size_t *count, struct vip_diag *diag)
{
    struct vip_statement *row = NULL;
    size_t capacity = 0;
    *uses = NULL;
    *count = 0;
    int more = vip_db_query(db, VIP_SQL_lot_uses_of, &row, diag, vip_int(member), vip_int(entry));
    for (; more > 0; more = vip_step(row, diag)) {
        if (*count == capacity) {
            capacity = capacity ? capacity * 2 : 16;
            struct vip_lot_use *larger = vip_arena_zero(scratch, capacity, sizeof *larger);
            if (!larger) {
                vip_reset(row);
                return vip_fail_memory(diag);
            }
            if (*count)
                memcpy(larger, *uses, *count * sizeof *larger);
            *uses = larger;
        }
        (*uses)[(*count)++] =
            (struct vip_lot_use){vip_column_integer(row, 0), -vip_column_integer(row, 1)};
    }
    return more;
}

/* The debt that arose since the redemption takes its part of what a cancellation put back. The use
 * carries the entry's number negated: the entry itself put points into those lots. */
static int settle_debt(struct vip_batch *batch, struct vip_account *account,
                       const struct vip_entry *entry, vip_points debt, struct vip_arena *scratch,
                       struct vip_diag *diag)
{
    struct vip_lot *lots = NULL;
    size_t count = 0, used = 0;
    int error = vip_ledger_lots(batch->db, account->member, scratch, &lots, &count, diag);
    if (error != VIP_OK)
        return error;
    struct vip_lot_use *uses = vip_arena_zero(scratch, count + 1, sizeof *uses);
    if (!uses)
        return vip_fail_memory(diag);
    vip_points owed = debt < entry->points ? debt : entry->points;
    vip_lots_take(lots, count, owed, entry->day, true, uses, &used);
    return vip_ledger_use(batch, account, -entry->entry, uses, used, diag);
}

int vip_ledger_put_back(struct vip_batch *batch, struct vip_account *account,
                        struct vip_entry *entry, int64_t undone, struct vip_arena *scratch,
                        struct vip_diag *diag)
{
    struct vip_lot_use *uses = NULL;
    struct vip_lot *lots = NULL;
    size_t count = 0;
    int error = uses_of(batch->db, account->member, undone, scratch, &uses, &count, diag);
    vip_points before = account->balance;
    if (error == VIP_OK)
        error = vip_ledger_post(batch, account, entry, diag);
    if (error == VIP_OK)
        error = vip_ledger_use(batch, account, entry->entry, uses, count, diag);
    if (error == VIP_OK && before < 0)
        error = settle_debt(batch, account, entry, -before, scratch, diag);
    if (error == VIP_OK)
        error = vip_ledger_lots(batch->db, account->member, scratch, &lots, &count, diag);
    if (error == VIP_OK)
        error = set_next_expiry(batch, account, vip_lots_next_expiry(lots, count), diag);
    return error;
}
