/* Rows of the ledger, uses of lots and accounts that are kept and written together: a statement for
 * each would cost about as much again as the rows themselves. */
#include "lib/base/fetch.h"
#include "lib/db/ledger_buffer.h"

#include <stdlib.h>

/* Few enough that the pages which were read for these members are still near when they are written
 * to. */
enum { ENTRY_COLUMNS = 15, ROWS = 2048, ACCOUNTS = 256 };

/* A new last purchase, for `bought`. */
struct listing {
    vip_day day;
    int64_t member;
};

struct vip_ledger_buffer {
    int64_t batch;
    size_t next; /* of what is being written */
    size_t entry_count, use_count, account_count, listing_count;
    struct {
        int64_t member;
        struct vip_entry entry;
    } entries[ROWS];
    struct {
        int64_t member, entry;
        struct vip_lot_use use;
    } uses[ROWS];
    struct vip_account accounts[ACCOUNTS];
    struct listing listings[ACCOUNTS];
};

int vip_ledger_buffer_open(struct vip_batch *batch, struct vip_diag *diag)
{
    batch->pending = calloc(1, sizeof *batch->pending);
    return batch->pending ? VIP_OK : vip_fail_memory(diag);
}

static void empty(struct vip_ledger_buffer *buffer)
{
    buffer->entry_count = buffer->use_count = buffer->account_count = buffer->listing_count = 0;
}

void vip_ledger_buffer_drop(struct vip_batch *batch)
{
    if (batch->pending)
        empty(batch->pending);
}

void vip_ledger_buffer_close(struct vip_batch *batch)
{
    free(batch->pending);
    batch->pending = NULL;
}

/* ---- the rows as the statements take them ---- */

static void entry_values(int64_t member, const struct vip_entry *entry, int64_t batch,
                         struct vip_value *values)
{
    values[0] = vip_int(member);
    values[1] = vip_int(entry->entry);
    values[2] = vip_int(entry->kind);
    values[3] = vip_int(entry->day);
    values[4] = vip_int(entry->points);
    values[5] = vip_int(entry->amount);
    values[6] = vip_int(entry->spend_day);
    values[7] = vip_date(entry->available);
    values[8] = vip_date(entry->expires);
    values[9] = vip_int_or_null(entry->store);
    values[10] = vip_text(entry->ref);
    values[11] = vip_int_or_null(entry->line);
    values[12] = vip_int_or_null(entry->category);
    values[13] = vip_int_or_null(entry->brand);
    values[14] = vip_int(batch);
}

static bool next_entry(void *context, struct vip_value *values)
{
    struct vip_ledger_buffer *buffer = context;
    if (buffer->next == buffer->entry_count)
        return false;
    size_t next = buffer->next++;
    if (next + VIP_SOON < buffer->entry_count)
        vip_fetch(buffer->entries[next + VIP_SOON].entry.ref, 1);
    entry_values(buffer->entries[next].member, &buffer->entries[next].entry, buffer->batch, values);
    return true;
}

static bool next_use(void *context, struct vip_value *values)
{
    struct vip_ledger_buffer *buffer = context;
    if (buffer->next == buffer->use_count)
        return false;
    size_t next = buffer->next++;
    values[0] = vip_int(buffer->uses[next].member);
    values[1] = vip_int(buffer->uses[next].use.lot);
    values[2] = vip_int(buffer->uses[next].entry);
    values[3] = vip_int(buffer->uses[next].use.points);
    return true;
}

static bool next_account(void *context, struct vip_value *values)
{
    struct vip_ledger_buffer *buffer = context;
    if (buffer->next == buffer->account_count)
        return false;
    const struct vip_account *account = &buffer->accounts[buffer->next++];
    values[0] = vip_int(account->member);
    values[1] = vip_int(account->balance);
    values[2] = vip_int(account->entries);
    values[3] = vip_int(account->spent);
    values[4] = vip_date(account->first_purchase);
    values[5] = vip_date(account->last_purchase);
    return true;
}

static bool next_touched(void *context, struct vip_value *values)
{
    struct vip_ledger_buffer *buffer = context;
    while (buffer->next < buffer->account_count && !buffer->accounts[buffer->next].matters)
        buffer->next++;
    if (buffer->next == buffer->account_count)
        return false;
    values[0] = vip_int(buffer->accounts[buffer->next++].member);
    return true;
}

static bool next_listing(void *context, struct vip_value *values)
{
    struct vip_ledger_buffer *buffer = context;
    if (buffer->next == buffer->listing_count)
        return false;
    const struct listing *listing = &buffer->listings[buffer->next++];
    values[0] = vip_date(listing->day);
    values[1] = vip_int(listing->member);
    return true;
}

/* ---- writing ---- */

/* In the order of the table: the days of a batch would otherwise be visited in turn. */
static int by_day(const void *left, const void *right)
{
    const struct listing *a = left, *b = right;
    if (a->day != b->day)
        return a->day < b->day ? -1 : 1;
    return (a->member > b->member) - (a->member < b->member);
}

typedef bool next_row(void *context, struct vip_value *values);

static int flush(struct vip_batch *batch, enum vip_sql sql, size_t count, next_row *next,
                 struct vip_diag *diag)
{
    struct vip_bulk bulk = {next, batch->pending};
    batch->pending->next = 0;
    return count ? vip_db_bulk(batch->db, sql, &bulk, diag) : VIP_OK;
}

int vip_ledger_flush(struct vip_batch *batch, struct vip_diag *diag)
{
    struct vip_ledger_buffer *buffer = batch->pending;
    if (!buffer)
        return VIP_OK;
    size_t accounts = buffer->account_count, listings = buffer->listing_count;
    buffer->batch = batch->number;
    qsort(buffer->listings, listings, sizeof *buffer->listings, by_day);
    int error = flush(batch, VIP_SQL_ledger_bulk, buffer->entry_count, next_entry, diag);
    if (error == VIP_OK)
        error = flush(batch, VIP_SQL_lot_use_bulk, buffer->use_count, next_use, diag);
    if (error == VIP_OK)
        error = flush(batch, VIP_SQL_account_bulk, accounts, next_account, diag);
    if (error == VIP_OK)
        error = flush(batch, VIP_SQL_account_touch_bulk, accounts, next_touched, diag);
    if (error == VIP_OK)
        error = flush(batch, VIP_SQL_bought_bulk, listings, next_listing, diag);
    empty(buffer);
    return error;
}

/* ---- keeping ---- */

int vip_ledger_write_entry(struct vip_batch *batch, int64_t member, const struct vip_entry *entry,
                           struct vip_diag *diag)
{
    struct vip_ledger_buffer *buffer = batch->pending;
    if (!buffer) {
        struct vip_value values[ENTRY_COLUMNS];
        entry_values(member, entry, batch->number, values);
        return vip_db_run_values(batch->db, VIP_SQL_ledger_insert, diag, values, ENTRY_COLUMNS);
    }
    int error = buffer->entry_count == ROWS ? vip_ledger_flush(batch, diag) : VIP_OK;
    buffer->entries[buffer->entry_count].member = member;
    buffer->entries[buffer->entry_count++].entry = *entry;
    return error;
}

int vip_ledger_write_use(struct vip_batch *batch, int64_t member, int64_t entry,
                         const struct vip_lot_use *use, struct vip_diag *diag)
{
    struct vip_ledger_buffer *buffer = batch->pending;
    if (!buffer)
        return vip_db_run(batch->db, VIP_SQL_lot_use_insert, diag, vip_int(member),
                          vip_int(use->lot), vip_int(entry), vip_int(use->points));
    int error = buffer->use_count == ROWS ? vip_ledger_flush(batch, diag) : VIP_OK;
    buffer->uses[buffer->use_count].member = member;
    buffer->uses[buffer->use_count].entry = entry;
    buffer->uses[buffer->use_count++].use = *use;
    return error;
}

int vip_ledger_write_account(struct vip_batch *batch, struct vip_account *account,
                             struct vip_diag *diag)
{
    struct vip_ledger_buffer *buffer = batch->pending;
    int error = buffer->account_count == ACCOUNTS ? vip_ledger_flush(batch, diag) : VIP_OK;
    buffer->accounts[buffer->account_count++] = *account;
    if (account->listed != account->last_purchase)
        buffer->listings[buffer->listing_count++] =
            (struct listing){account->last_purchase, account->member};
    account->listed = account->last_purchase;
    return error;
}
