/* Accounts and the ledger: see account.h. */
#include "lib/db/account.h"

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
        .listed = vip_column_day(row, 6),
    };
    vip_reset(row);
    return 1;
}

/* A new last purchase goes to the end of the list of them by day: an index would be changed in two
 * places for each. */
static int list_purchase(struct vip_batch *batch, struct vip_account *account,
                         struct vip_diag *diag)
{
    if (account->listed == account->last_purchase)
        return VIP_OK;
    account->listed = account->last_purchase;
    return vip_db_run(batch->db, VIP_SQL_bought_insert, diag, vip_int(account->last_purchase),
                      vip_int(account->member));
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
    int error = vip_step(update, diag);
    if (error == VIP_OK)
        error = list_purchase(batch, account, diag);
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

enum { LEDGER_COLUMNS = 15, LEDGER_BUFFER_ROWS = 8192 };

struct vip_ledger_buffer {
    size_t count, next; /* rows kept; the next one to be written */
    size_t use_count, use_next;
    int64_t batch;
    struct {
        int64_t member;
        struct vip_entry entry;
    } rows[LEDGER_BUFFER_ROWS];
    struct {
        int64_t member, entry;
        struct vip_lot_use use;
    } uses[LEDGER_BUFFER_ROWS];
};

static struct vip_value code_value(int64_t code)
{
    return code ? vip_int(code) : vip_null();
}

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
    values[9] = code_value(entry->store);
    values[10] = vip_text(entry->ref);
    values[11] = code_value(entry->line);
    values[12] = code_value(entry->category);
    values[13] = code_value(entry->brand);
    values[14] = vip_int(batch);
}

static bool next_kept(void *context, struct vip_value *values)
{
    struct vip_ledger_buffer *buffer = context;
    if (buffer->next == buffer->count)
        return false;
    entry_values(buffer->rows[buffer->next].member, &buffer->rows[buffer->next].entry,
                 buffer->batch, values);
    buffer->next++;
    return true;
}

static bool next_use(void *context, struct vip_value *values)
{
    struct vip_ledger_buffer *buffer = context;
    if (buffer->use_next == buffer->use_count)
        return false;
    size_t next = buffer->use_next++;
    values[0] = vip_int(buffer->uses[next].member);
    values[1] = vip_int(buffer->uses[next].use.lot);
    values[2] = vip_int(buffer->uses[next].entry);
    values[3] = vip_int(buffer->uses[next].use.points);
    return true;
}

int vip_ledger_buffer_open(struct vip_batch *batch, struct vip_diag *diag)
{
    batch->pending = calloc(1, sizeof *batch->pending);
    return batch->pending ? VIP_OK : vip_fail_memory(diag);
}

void vip_ledger_buffer_drop(struct vip_batch *batch)
{
    if (batch->pending)
        batch->pending->count = batch->pending->use_count = 0;
}

void vip_ledger_buffer_close(struct vip_batch *batch)
{
    free(batch->pending);
    batch->pending = NULL;
}

static int write_uses(struct vip_batch *batch, struct vip_diag *diag)
{
    struct vip_ledger_buffer *buffer = batch->pending;
    struct vip_bulk bulk = {next_use, buffer};
    if (buffer->use_count == 0)
        return VIP_OK;
    buffer->use_next = 0;
    int error = vip_db_bulk(batch->db, VIP_SQL_lot_use_bulk, &bulk, diag);
    buffer->use_count = 0;
    return error;
}

int vip_ledger_flush(struct vip_batch *batch, struct vip_diag *diag)
{
    struct vip_ledger_buffer *buffer = batch->pending;
    int error = VIP_OK;
    if (!buffer)
        return VIP_OK;
    if (buffer->count) {
        struct vip_bulk bulk = {next_kept, buffer};
        buffer->next = 0;
        buffer->batch = batch->number;
        error = vip_db_bulk(batch->db, VIP_SQL_ledger_bulk, &bulk, diag);
        buffer->count = 0;
    }
    return error == VIP_OK ? write_uses(batch, diag) : error;
}

static int insert_entry(struct vip_batch *batch, int64_t member, const struct vip_entry *entry,
                        struct vip_diag *diag)
{
    struct vip_ledger_buffer *buffer = batch->pending;
    struct vip_value values[LEDGER_COLUMNS];
    if (!buffer) {
        entry_values(member, entry, batch->number, values);
        return vip_db_run_values(batch->db, VIP_SQL_ledger_insert, diag, values, LEDGER_COLUMNS);
    }
    int error = buffer->count == LEDGER_BUFFER_ROWS ? vip_ledger_flush(batch, diag) : VIP_OK;
    buffer->rows[buffer->count].member = member;
    buffer->rows[buffer->count++].entry = *entry;
    return error;
}

static int insert_use(struct vip_batch *batch, int64_t member, int64_t entry,
                      const struct vip_lot_use *use, struct vip_diag *diag)
{
    struct vip_ledger_buffer *buffer = batch->pending;
    if (!buffer)
        return vip_db_run(batch->db, VIP_SQL_lot_use_insert, diag, vip_int(member),
                          vip_int(use->lot), vip_int(entry), vip_int(use->points));
    int error = buffer->use_count == LEDGER_BUFFER_ROWS ? vip_ledger_flush(batch, diag) : VIP_OK;
    buffer->uses[buffer->use_count].member = member;
    buffer->uses[buffer->use_count].entry = entry;
    buffer->uses[buffer->use_count++].use = *use;
    return error;
}

int vip_ledger_use(struct vip_batch *batch, struct vip_account *account, int64_t entry,
                   const struct vip_lot_use *uses, size_t count, struct vip_diag *diag)
{
    for (size_t i = 0; i < count; i++) {
        if (!uses[i].points)
            continue;
        int error = insert_use(batch, account->member, entry, &uses[i], diag);
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
