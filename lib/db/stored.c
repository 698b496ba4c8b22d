/* The ledger of stored value: see stored.h. */
#include "lib/db/stored.h"

#include <string.h>

const char *vip_stored_word(enum vip_stored_kind kind)
{
    static const char *const words[] = {"topup", "bonus", "spend", "refund", "cancel", "merge"};
    return words[kind];
}

int vip_stored_load(struct vip_db *db, int64_t member, struct vip_stored_account *account,
                    struct vip_diag *diag)
{
    struct vip_statement *row = NULL;
    *account = (struct vip_stored_account){.member = member};
    int found = vip_db_query(db, VIP_SQL_stored_get, &row, diag, vip_int(member));
    if (found <= 0)
        return found;
    account->balance.principal = vip_column_integer(row, 0);
    account->balance.bonus = vip_column_integer(row, 1);
    account->entries = vip_column_integer(row, 2);
    vip_reset(row);
    return VIP_OK;
}

int vip_stored_save(struct vip_batch *batch, const struct vip_stored_account *account,
                    struct vip_diag *diag)
{
    return vip_db_run(batch->db, VIP_SQL_stored_save, diag, vip_int(account->member),
                      vip_int(account->balance.principal), vip_int(account->balance.bonus),
                      vip_int(account->entries));
}

static struct vip_sum text_sum(const char *text)
{
    struct vip_sum sum = {0, 0};
    vip_sum_add(&sum, text ? text : "", text ? strlen(text) : 0);
    return sum;
}

void vip_stored_sum(struct vip_sum *sum, int64_t member, const struct vip_stored_entry *entry,
                    int64_t batch)
{
    struct vip_sum texts[] = {text_sum(entry->receipt), text_sum(entry->request)};
    const int64_t row[] = {member,
                           entry->entry,
                           entry->kind,
                           entry->day,
                           entry->principal,
                           entry->bonus,
                           entry->undoes,
                           entry->store,
                           (int64_t)texts[0].low,
                           (int64_t)texts[0].high,
                           (int64_t)texts[1].low,
                           (int64_t)texts[1].high,
                           batch};
    vip_sum_add(sum, row, sizeof row);
}

static bool add_up(const struct vip_stored *balance, const struct vip_stored_entry *entry,
                   struct vip_stored *to)
{
    vip_fen total;
    return vip_add(balance->principal, entry->principal, &to->principal) &&
           vip_add(balance->bonus, entry->bonus, &to->bonus) &&
           vip_add(to->principal, to->bonus, &total);
}

int vip_stored_post(struct vip_batch *batch, struct vip_stored_account *account,
                    struct vip_stored_entry *entry, struct vip_diag *diag)
{
    struct vip_stored balance;
    if (!add_up(&account->balance, entry, &balance))
        return vip_refuse(diag, "overflow", "amount", "the member's stored value overflows");
    int error = vip_batch_need(batch, diag);
    if (error != VIP_OK)
        return error;
    account->balance = balance;
    entry->entry = ++account->entries;
    batch->entries++;
    vip_stored_sum(&batch->sum, account->member, entry, batch->number);
    return vip_db_run(batch->db, VIP_SQL_stored_insert, diag, vip_int(account->member),
                      vip_int(entry->entry), vip_int(entry->kind), vip_int(entry->day),
                      vip_int(entry->principal), vip_int(entry->bonus),
                      vip_int_or_null(entry->undoes), vip_int_or_null(entry->store),
                      vip_text(entry->receipt), vip_text(entry->request), vip_int(batch->number));
}

int vip_stored_of_request(struct vip_db *db, int64_t member, const char *request,
                          struct vip_stored *sum, struct vip_diag *diag)
{
    struct vip_statement *row = NULL;
    int found =
        vip_db_query(db, VIP_SQL_stored_of_request, &row, diag, vip_int(member), vip_text(request));
    *sum = (struct vip_stored){0, 0};
    if (found <= 0)
        return found;
    *sum = (struct vip_stored){vip_column_integer(row, 0), vip_column_integer(row, 1)};
    vip_reset(row);
    return VIP_OK;
}

/* ---- two records of one person ---- */

/* The copies are written by one statement; the chain needs each of them. */
static int chain_copies(struct vip_batch *batch, const struct vip_stored_account *to,
                        int64_t before, struct vip_diag *diag)
{
    struct vip_statement *row = NULL;
    int more = vip_db_query(batch->db, VIP_SQL_stored_copied, &row, diag, vip_int(to->member),
                            vip_int(before));
    for (; more > 0; more = vip_step(row, diag)) {
        const struct vip_stored_entry entry = {
            .entry = vip_column_integer(row, 0),
            .kind = (enum vip_stored_kind)vip_column_integer(row, 1),
            .day = vip_column_day(row, 2),
            .principal = vip_column_integer(row, 3),
            .bonus = vip_column_integer(row, 4),
            .undoes = vip_column_integer(row, 5),
            .store = vip_column_integer(row, 6),
            .receipt = vip_column_text(row, 7),
            .request = vip_column_text(row, 8),
        };
        vip_stored_sum(&batch->sum, to->member, &entry, batch->number);
        batch->entries++;
    }
    return more;
}

static int copy_entries(struct vip_batch *batch, const struct vip_stored_account *from,
                        struct vip_stored_account *to, struct vip_diag *diag)
{
    int64_t before = to->entries;
    if (!vip_add(to->balance.principal, from->balance.principal, &to->balance.principal) ||
        !vip_add(to->balance.bonus, from->balance.bonus, &to->balance.bonus))
        return vip_fail(diag, VIP_EDATABASE, "the sum of two members' stored value overflows");
    to->entries += from->entries;
    int error = vip_db_run(batch->db, VIP_SQL_stored_copy, diag, vip_int(from->member),
                           vip_int(to->member), vip_int(before), vip_int(batch->number));
    if (error == VIP_OK)
        error = chain_copies(batch, to, before, diag);
    return error == VIP_OK ? vip_stored_save(batch, to, diag) : error;
}

int vip_stored_merge(struct vip_batch *batch, int64_t from, int64_t to, vip_day day,
                     const char *text, int64_t *before, struct vip_diag *diag)
{
    struct vip_stored_account goes, stays;
    int error = vip_stored_load(batch->db, from, &goes, diag);
    if (error == VIP_OK)
        error = vip_stored_load(batch->db, to, &stays, diag);
    if (error != VIP_OK)
        return error;
    *before = stays.entries;
    if (!goes.entries)
        return VIP_OK;
    struct vip_stored_entry end = {
        .kind = VIP_STORED_MERGE,
        .day = day,
        .principal = -goes.balance.principal,
        .bonus = -goes.balance.bonus,
        .request = text,
    };
    error = copy_entries(batch, &goes, &stays, diag);
    if (error == VIP_OK)
        error = vip_stored_post(batch, &goes, &end, diag);
    return error == VIP_OK ? vip_stored_save(batch, &goes, diag) : error;
}
