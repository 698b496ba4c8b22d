/* Requests that were granted, as table redemption has them: found again, hashed for the chain, and
 * written at once or with many others. See desk.h. */
#include "lib/base/fetch.h"
#include "lib/base/sort.h"
#include "lib/db/desk.h"

#include <stdlib.h>
#include <string.h>

static int64_t column_or(struct vip_statement *row, int index, int64_t none)
{
    return vip_column_is_null(row, index) ? none : vip_column_integer(row, index);
}

int desk_find_posted(struct vip_db *db, const char *request, struct vip_arena *arena,
                     struct desk_posted *stored, struct vip_diag *diag)
{
    struct vip_statement *row = NULL;
    int found = vip_db_query(db, VIP_SQL_redemption_get, &row, diag, vip_text(request));
    if (found <= 0)
        return found;
    *stored = (struct desk_posted){
        .member = vip_column_integer(row, 0),
        .kind = vip_arena_text(arena, vip_column_text(row, 1)),
        .item = vip_arena_text(arena, vip_column_text(row, 2)),
        .quantity = vip_column_integer(row, 3),
        .amount = column_or(row, 4, VIP_AMOUNT_NONE),
        .guests = column_or(row, 5, -1),
        .points = vip_column_integer(row, 6),
        .value = vip_column_integer(row, 7),
        .day = vip_column_day(row, 8),
        .store = vip_column_integer(row, 9),
        .receipt = vip_arena_text(arena, vip_column_text(row, 10)),
        .by = vip_arena_text(arena, vip_column_text(row, 11)),
        .witness = vip_arena_text(arena, vip_column_text(row, 12)),
        .voucher = vip_arena_text(arena, vip_column_text(row, 13)),
        .entry = vip_column_integer(row, 14),
        .cancelled = vip_column_integer(row, 15) != 0,
        .reason = vip_arena_text(arena, vip_column_text(row, 16)),
        .receiver = vip_column_integer(row, 17),
    };
    vip_reset(row);
    if (!stored->kind || !stored->item || !stored->receipt || !stored->by || !stored->witness ||
        !stored->voucher || !stored->reason)
        return vip_fail_memory(diag);
    return 1;
}

enum { ROW_VALUE_MOST = 128 };

struct hashed_row { /* what of a row goes into the chain */
    unsigned char bytes[VIP_REQUEST_COLUMNS * (ROW_VALUE_MOST + 1)];
    size_t size;
};

/* Each value as its kind and what it is; one that is too long for the row is hashed apart. An empty
 * text is read back as none. */
static void put_value(struct vip_sum *sum, struct hashed_row *row, struct vip_value value)
{
    if (value.type == VIP_TEXT)
        value = vip_text(value.text);
    bool text = value.type == VIP_TEXT;
    const void *data = text ? (const void *)value.text : (const void *)&value.number;
    size_t size = text ? strlen(value.text) + 1 : value.type == VIP_NULL ? 0 : sizeof value.number;
    row->bytes[row->size++] = value.type == VIP_NULL ? 0 : text ? 2 : 1;
    if (size <= ROW_VALUE_MOST) {
        memcpy(row->bytes + row->size, data, size);
        row->size += size;
    } else
        vip_sum_add(sum, data, size);
}

void vip_request_sum(struct vip_sum *sum, const struct vip_value values[VIP_REQUEST_COLUMNS])
{
    struct hashed_row row;
    row.size = 0;
    for (int i = 0; i < VIP_REQUEST_COLUMNS; i++)
        if (i != VIP_REQUEST_MEMBER && i != VIP_REQUEST_ENTRY && i != VIP_REQUEST_REASON &&
            i != VIP_REQUEST_RECEIVER)
            put_value(sum, &row, values[i]);
    vip_sum_add(sum, row.bytes, row.size);
}

static void row_values(const struct desk_row *row, int64_t batch,
                       struct vip_value values[VIP_REQUEST_COLUMNS])
{
    const struct vip_request *request = row->request;
    values[0] = vip_text(request->request);
    values[VIP_REQUEST_MEMBER] = vip_int(row->member);
    values[2] = vip_text(vip_request_word(request->kind));
    values[3] = (struct vip_value){.type = VIP_TEXT, .text = row->item};
    values[4] = vip_int(row->quantity);
    values[5] = request->amount == VIP_AMOUNT_NONE ? vip_null() : vip_money(request->amount);
    values[6] = request->guests < 0 ? vip_null() : vip_int(request->guests);
    values[7] = vip_int(row->points);
    values[8] = vip_money(row->value);
    values[9] = vip_date(row->day);
    values[10] = vip_int_or_null(row->store);
    values[11] = vip_text(request->receipt);
    values[12] = vip_text(request->by);
    values[13] = vip_text(request->witness);
    values[14] = vip_text(row->voucher);
    values[VIP_REQUEST_ENTRY] = vip_int_or_null(row->entry);
    values[16] = vip_int(batch);
    values[17] = vip_int((int64_t)request->source_line);
    values[VIP_REQUEST_REASON] = vip_text(request->reason);
    values[VIP_REQUEST_RECEIVER] = vip_int_or_null(row->receiver);
}

/* ---- rows that wait to be written together ---- */

static int keep_row(struct desk_visit *visit, const struct desk_row *row)
{
    struct vip_desk *desk = visit->desk;
    void *rows = desk->rows;
    if (vip_array_grow(&rows, &desk->row_capacity, desk->row_count + 1, sizeof *desk->rows) !=
        VIP_OK)
        return vip_fail_memory(visit->diag);
    desk->rows = rows;
    desk->rows[desk->row_count++] = *row;
    desk_note_pending(desk, row->member);
    return VIP_OK;
}

/* In the order of their keys. */
struct writing {
    const struct vip_desk *desk;
    uint64_t *order;
    size_t next;
};

static const char *key_at(const void *context, size_t index)
{
    const struct vip_desk *desk = context;
    return desk->rows[index].request->request;
}

static bool next_row(void *context, struct vip_value *values)
{
    struct writing *writing = context;
    const struct vip_desk *desk = writing->desk;
    size_t next = writing->next++;
    if (next == desk->row_count)
        return false;
    if (next + VIP_SOON < desk->row_count)
        vip_fetch(&desk->rows[writing->order[next + VIP_SOON]], sizeof *desk->rows);
    row_values(&desk->rows[writing->order[next]], desk->batch.number, values);
    return true;
}

static int write_requests(struct vip_desk *desk, struct vip_diag *diag)
{
    struct writing writing = {.desk = desk};
    const struct vip_bulk bulk = {next_row, &writing};
    const struct vip_sort_texts keys = {key_at, desk, desk->row_count};
    if (!desk->row_count)
        return VIP_OK;
    writing.order = calloc(2 * desk->row_count, sizeof *writing.order);
    if (!writing.order)
        return vip_fail_memory(diag);
    vip_sort_texts(&keys, writing.order);
    int error = vip_db_bulk(desk->batch.db, VIP_SQL_redemption_bulk, &bulk, diag);
    free(writing.order);
    desk->row_count = 0;
    if (error == VIP_OK && desk->voucher_count)
        error = vip_vouchers_write(&desk->batch, desk->vouchers, desk->voucher_count, diag);
    desk->voucher_count = 0;
    return error;
}

int desk_write_rows(struct vip_desk *desk, struct vip_diag *diag)
{
    int error = vip_ledger_flush(&desk->batch, diag);
    desk->pending = 0;
    return error == VIP_OK ? write_requests(desk, diag) : error;
}

int desk_keep_voucher(struct desk_visit *visit, const struct vip_voucher *voucher)
{
    struct vip_desk *desk = visit->desk;
    void *vouchers = desk->vouchers;
    if (vip_array_grow(&vouchers, &desk->voucher_capacity, desk->voucher_count + 1,
                       sizeof *desk->vouchers) != VIP_OK)
        return vip_fail_memory(visit->diag);
    desk->vouchers = vouchers;
    desk->vouchers[desk->voucher_count++] = *voucher;
    return VIP_OK;
}

int desk_store(struct desk_visit *visit, const struct vip_request *request,
               const struct vip_redemption *done, int64_t entry, int64_t receiver)
{
    struct vip_desk *desk = visit->desk;
    struct vip_batch *batch = &desk->batch;
    struct vip_value values[VIP_REQUEST_COLUMNS];
    struct desk_row row = {
        .request = request,
        .item = done->item,
        .voucher = done->voucher,
        .member = visit->account.member,
        .quantity = done->quantity,
        .entry = entry,
        .receiver = receiver,
        .points = done->points,
        .value = done->value,
        .day = visit->day,
    };
    int error = vip_batch_need(batch, visit->diag);
    if (error == VIP_OK)
        error =
            vip_code_find(batch->db, &desk->codes, request->store, true, &row.store, visit->diag);
    if (error != VIP_OK)
        return error;
    row_values(&row, batch->number, values);
    vip_request_sum(&batch->sum, values);
    error = keep_row(visit, &row);
    return error == VIP_OK && !desk->together ? write_requests(desk, visit->diag) : error;
}
