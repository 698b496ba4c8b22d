/* Accounts and the ledger: see account.h. */
#include "lib/db/account.h"
#include "lib/db/ledger_buffer.h"

#include <stdlib.h>
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

struct loading {
    const int64_t *members;
    struct vip_account *accounts;
    size_t count, asked, at;
};

static bool next_member(void *context, struct vip_value *values)
{
    struct loading *loading = context;
    if (loading->asked == loading->count)
        return false;
    values[0] = vip_int(loading->members[loading->asked++]);
    return true;
}

/* One that is not there has no row. */
static bool take_account(void *context, const struct vip_scan_row *row)
{
    struct loading *loading = context;
    int64_t member = vip_scan_integer(row, 0);
    while (loading->members[loading->at] != member)
        loading->at++;
    loading->accounts[loading->at++] = (struct vip_account){
        .member = member,
        .status = (enum vip_status)vip_scan_integer(row, 1),
        .enrolled = vip_scan_day(row, 2),
        .balance = vip_scan_integer(row, 3),
        .entries = vip_scan_integer(row, 4),
        .spent = vip_scan_integer(row, 5),
        .first_purchase = vip_scan_day(row, 6),
        .last_purchase = vip_scan_day(row, 7),
        .next_expiry = vip_scan_day(row, 8),
        .listed = vip_scan_day(row, 7),
    };
    return true;
}

int vip_accounts_load(struct vip_db *db, const int64_t *members, size_t count,
                      struct vip_account *accounts, struct vip_diag *diag)
{
    struct loading loading = {.members = members, .accounts = accounts, .count = count};
    const struct vip_scan scan = {take_account, &loading};
    const struct vip_bulk keys = {next_member, &loading};
    for (size_t i = 0; i < count; i++)
        accounts[i].member = 0;
    return vip_db_scan_bulk(db, VIP_SQL_account_get, &scan, &keys, diag);
}

int vip_account_load(struct vip_db *db, int64_t member, struct vip_account *account,
                     struct vip_diag *diag)
{
    int error = vip_accounts_load(db, &member, 1, account, diag);
    return error == VIP_OK ? account->member != 0 : error;
}

int vip_account_save(struct vip_batch *batch, struct vip_account *account, struct vip_diag *diag)
{
    if (!account->changed)
        return VIP_OK;
    account->changed = false;
    if (batch->pending)
        return vip_ledger_write_account(batch, account, diag);
    int error =
        vip_db_run(batch->db, VIP_SQL_account_update, diag, vip_int(account->member),
                   vip_int(account->balance), vip_int(account->entries), vip_int(account->spent),
                   vip_date(account->first_purchase), vip_date(account->last_purchase));
    if (error == VIP_OK && account->listed != account->last_purchase) {
        account->listed = account->last_purchase;
        error = vip_db_run(batch->db, VIP_SQL_bought_insert, diag, vip_int(account->last_purchase),
                           vip_int(account->member));
    }
    if (error != VIP_OK || account->touched || !account->matters)
        return error;
    account->touched = true;
    return vip_db_run(batch->db, VIP_SQL_account_touch, diag, vip_int(account->member));
}

/* Only when it moves: the column has an index of its own. */
int vip_account_set_expiry(struct vip_batch *batch, struct vip_account *account, vip_day next,
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

int vip_ledger_use(struct vip_batch *batch, struct vip_account *account, int64_t entry,
                   const struct vip_lot_use *uses, size_t count, struct vip_diag *diag)
{
    for (size_t i = 0; i < count; i++) {
        if (!uses[i].points)
            continue;
        int error = vip_ledger_write_use(batch, account->member, entry, &uses[i], diag);
        if (error != VIP_OK)
            return error;
        vip_lot_use_sum(&batch->sum, account->member, uses[i].lot, entry, uses[i].points);
    }
    return VIP_OK;
}

/* What a cancellation puts back, or an end that is taken back, goes into the old lots. */
bool vip_entry_opens_lot(const struct vip_entry *entry)
{
    return entry->points > 0 && entry->kind != VIP_ENTRY_CANCEL && entry->kind != VIP_ENTRY_EXPIRE;
}

/* A credit that meets a debt pays it first; only the rest is a lot that can be spent. */
static int open_lot(struct vip_batch *batch, struct vip_account *account,
                    const struct vip_entry *entry, vip_points before, struct vip_diag *diag)
{
    vip_points paid = vip_credit_pays(before, entry->points);
    if (paid > 0) {
        struct vip_lot_use use = {entry->entry, paid};
        int error = vip_ledger_use(batch, account, entry->entry, &use, 1, diag);
        if (error != VIP_OK)
            return error;
    }
    if (paid < entry->points && entry->expires < account->next_expiry)
        return vip_account_set_expiry(batch, account, entry->expires, diag);
    return VIP_OK;
}

int vip_ledger_post(struct vip_batch *batch, struct vip_account *account, struct vip_entry *entry,
                    struct vip_diag *diag)
{
    vip_points before = account->balance, balance;
    vip_fen spent;
    if (!vip_add(account->balance, entry->points, &balance) ||
        !vip_add(account->spent, entry->amount, &spent))
        return vip_refuse(diag, "overflow", "amount", "the sum of the member's postings overflows");
    account->balance = balance;
    account->spent = spent;
    entry->entry = ++account->entries;
    account->changed = true;
    if (entry->amount || entry->kind <= VIP_ENTRY_BONUS)
        account->matters = true;
    if (entry->kind == VIP_ENTRY_EXPIRE && entry->day > account->last_end)
        account->last_end = entry->day;
    int error = vip_batch_need(batch, diag);
    if (error == VIP_OK)
        error = vip_ledger_write_entry(batch, account->member, entry, diag);
    if (error != VIP_OK)
        return error;
    batch->entries++;
    vip_ledger_sum(&batch->sum, account->member, entry, batch->number);
    if (vip_entry_opens_lot(entry))
        return open_lot(batch, account, entry, before, diag);
    return VIP_OK;
}

/* ---- the dates of a credit ---- */

static int card_end(struct vip_db *db, const struct vip_program *program, int64_t member,
                    vip_day *end, struct vip_diag *diag)
{
    *end = VIP_DAY_NONE;
    if (program->points_expire.mode != VIP_EXPIRE_CARD)
        return VIP_OK;
    int64_t day;
    int error = vip_db_number(db, VIP_SQL_card_end_of_member, &day, VIP_DAY_NONE, diag,
                              VIP_VALUES(vip_int(member)));
    *end = (vip_day)day;
    return error;
}

int vip_entry_date(struct vip_db *db, const struct vip_program *program, int64_t member,
                   struct vip_entry *entry, struct vip_diag *diag)
{
    vip_day end;
    int error = card_end(db, program, member, &end, diag);
    entry->expires = vip_points_expiry(program, entry->day, end);
    if (program->redeemable_after.unit == VIP_SPAN_DAYS && program->redeemable_after.count > 0)
        entry->available = vip_day_add_span(entry->day, program->redeemable_after);
    return error;
}
