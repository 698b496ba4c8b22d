/* The desk: requests for rewards, benefits, vouchers and their cancellation. See redeem.h. */
#include "lib/db/desk.h"

#include "lib/base/text.h"
#include "lib/db/voucher.h"
#include <stdlib.h>
#include <string.h>

enum { VOUCHERS_MOST = 100 }; /* issued by one request */

const char *vip_request_word(enum vip_request_kind kind)
{
    static const char *const words[] = {"reward", "voucher", "benefit",  "cancel",
                                        "stored", "adjust",  "transfer", "topup"};
    return words[kind];
}

/* ---- open, begin, commit ---- */

int vip_desk_open(struct vip_desk **desk, const struct vip_desk_options *options,
                  struct vip_diag *diag)
{
    *desk = calloc(1, sizeof **desk);
    if (!*desk)
        return vip_fail_memory(diag);
    (*desk)->batch = options->batch;
    (*desk)->programs = options->programs;
    (*desk)->clamp = options->clamp;
    (*desk)->rebate_cost = desk_rebate_cost(options->programs);
    (*desk)->cards_end = desk_cards_end(options->programs);
    return vip_ledger_buffer_open(&(*desk)->batch, diag);
}

void vip_desk_close(struct vip_desk *desk)
{
    if (!desk)
        return;
    vip_ledger_buffer_close(&desk->batch);
    free(desk->rows);
    free(desk->highest);
    vip_arena_free(&desk->scratch);
    vip_arena_free(&desk->held.arena);
    vip_codes_free(&desk->codes);
    vip_map_free(&desk->members);
    desk_forget_taken(desk);
    free(desk->taken);
    vip_tier_engine_close(desk->tiers);
    free(desk);
}

int vip_desk_begin(struct vip_desk *desk, const char *file, struct vip_diag *diag)
{
    desk->batch.file = file;
    desk->pending = 0;
    desk->together = false;
    desk->held.account.member = 0;
    free(desk->highest);
    desk->highest = NULL;
    desk_forget_taken(desk); /* others may have worked in between */
    return vip_batch_begin(&desk->batch, diag);
}

int vip_desk_commit(struct vip_desk *desk, struct vip_diag *diag)
{
    int error = desk_write_rows(desk, diag);
    if (error == VIP_OK)
        error = desk_write_taken(desk, diag);
    if (error == VIP_OK)
        return vip_batch_commit(&desk->batch, diag);
    vip_batch_rollback(&desk->batch);
    return error;
}

void vip_desk_rollback(struct vip_desk *desk)
{
    vip_ledger_buffer_drop(&desk->batch);
    desk->row_count = 0;
    vip_batch_rollback(&desk->batch);
}

/* ---- what is there ---- */

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

static struct vip_value number_or_null(int64_t number)
{
    return number ? vip_int(number) : vip_null();
}

/* ---- rows that wait to be written together ---- */

static int keep_row(struct desk_visit *visit, const struct vip_value values[VIP_REQUEST_COLUMNS])
{
    struct vip_desk *desk = visit->desk;
    void *rows = desk->rows;
    if (vip_array_grow(&rows, &desk->row_capacity, desk->row_count + 1, sizeof *desk->rows) !=
        VIP_OK)
        return vip_fail_memory(visit->diag);
    desk->rows = rows;
    memcpy(desk->rows[desk->row_count++].values, values, sizeof desk->rows->values);
    if (desk->pending < visit->account.member)
        desk->pending = visit->account.member;
    return VIP_OK;
}

static int by_request(const void *left, const void *right)
{
    const struct desk_row *a = left, *b = right;
    return strcmp(a->values[0].text, b->values[0].text);
}

static bool next_row(void *context, struct vip_value *values)
{
    struct vip_desk *desk = context;
    if (desk->row_next == desk->row_count)
        return false;
    memcpy(values, desk->rows[desk->row_next++].values, sizeof desk->rows->values);
    return true;
}

int desk_write_rows(struct vip_desk *desk, struct vip_diag *diag)
{
    struct vip_bulk bulk = {next_row, desk};
    int error = vip_ledger_flush(&desk->batch, diag);
    desk->pending = 0;
    if (error != VIP_OK || !desk->row_count)
        return error;
    qsort(desk->rows, desk->row_count, sizeof *desk->rows, by_request);
    desk->row_next = 0;
    error = vip_db_bulk(desk->batch.db, VIP_SQL_redemption_bulk, &bulk, diag);
    desk->row_count = 0;
    return error;
}

int desk_store(struct desk_visit *visit, const struct vip_request *request,
               const struct vip_redemption *done, int64_t entry, int64_t receiver)
{
    struct vip_batch *batch = &visit->desk->batch;
    int64_t shop = 0;
    int error = vip_batch_need(batch, visit->diag);
    if (error == VIP_OK)
        error =
            vip_code_find(batch->db, &visit->desk->codes, request->store, true, &shop, visit->diag);
    if (error != VIP_OK)
        return error;
    const struct vip_value values[VIP_REQUEST_COLUMNS] = {
        vip_text(request->request),
        vip_int(visit->account.member),
        vip_text(vip_request_word(request->kind)),
        (struct vip_value){.type = VIP_TEXT, .text = done->item},
        vip_int(done->quantity),
        request->amount == VIP_AMOUNT_NONE ? vip_null() : vip_money(request->amount),
        request->guests < 0 ? vip_null() : vip_int(request->guests),
        vip_int(done->points),
        vip_money(done->value),
        vip_date(visit->day),
        number_or_null(shop),
        vip_text(request->receipt),
        vip_text(request->by),
        vip_text(request->witness),
        vip_text(done->voucher),
        number_or_null(entry),
        vip_int(batch->number),
        vip_int((int64_t)request->source_line),
        vip_text(request->reason),
        number_or_null(receiver),
    };
    vip_request_sum(&batch->sum, values);
    if (visit->desk->together)
        return keep_row(visit, values);
    return vip_db_run_values(batch->db, VIP_SQL_redemption_insert, visit->diag, values,
                             VIP_REQUEST_COLUMNS);
}

static bool is_kind(const struct desk_posted *stored, enum vip_request_kind kind)
{
    return strcmp(stored->kind, vip_request_word(kind)) == 0;
}

/* ---- the same request again ---- */

static int conflict(const char *column, const char *request, struct vip_diag *diag)
{
    return vip_refuse(diag, "conflict", column, "the request '%s' is there with another %s",
                      request, column);
}

/* Of an adjustment and a transfer the points were asked for; of all else they follow. */
static bool other_points(const struct vip_request *request, const struct desk_posted *stored)
{
    if (request->kind == VIP_REQUEST_TRANSFER)
        return stored->points != -request->points;
    return request->kind == VIP_REQUEST_ADJUST && stored->points != request->points;
}

/* With --clamp less may have been granted than was asked for. A date that is left out is the
 * business day, which was another when the request was first made. */
static const char *differing(const struct vip_desk *desk, const struct vip_request *request,
                             const char *item, const struct desk_posted *stored)
{
    int64_t asked = request->quantity ? request->quantity : 1;
    bool cut = desk->clamp && stored->quantity < asked;
    if (strcmp(vip_request_word(request->kind), stored->kind) != 0)
        return "kind";
    if (strcmp(item, stored->item) != 0 && request->kind != VIP_REQUEST_TOPUP)
        return "item";
    if (request->kind != VIP_REQUEST_CANCEL && asked != stored->quantity && !cut)
        return "quantity";
    if (other_points(request, stored))
        return "points";
    if (request->amount != stored->amount)
        return "amount";
    if (request->guests != stored->guests)
        return "guests";
    if (request->day != VIP_DAY_NONE && request->day != stored->day)
        return "date";
    if (strcmp(request->receipt, stored->receipt) != 0)
        return "receipt";
    if (strcmp(request->by, stored->by) != 0)
        return "by";
    if (strcmp(request->reason, stored->reason) != 0)
        return "reason";
    return strcmp(request->witness, stored->witness) != 0 ? "witness" : NULL;
}

static int check_same(struct vip_desk *desk, const struct vip_request *request, const char *item,
                      const struct desk_posted *stored, struct vip_diag *diag)
{
    int64_t member = stored->member, receiver = stored->receiver, shop = 0;
    const char *column = differing(desk, request, item, stored);
    bool transfer = request->kind == VIP_REQUEST_TRANSFER;
    int error = VIP_OK;
    if (transfer)
        error = desk_identify_party(desk, request->identity.member, "from", &member, diag);
    else if (!vip_identity_empty(&request->identity))
        error = desk_identify(desk, &request->identity, &member, diag);
    if (error == VIP_OK && transfer)
        error = desk_identify_party(desk, request->to, "to", &receiver, diag);
    if (error == VIP_OK)
        error = vip_code_find(desk->batch.db, &desk->codes, request->store, false, &shop, diag);
    if (error != VIP_OK)
        return error;
    if (member != stored->member)
        column = transfer ? "from" : "member";
    else if (receiver != stored->receiver)
        column = column ? column : "to";
    else if (!column && shop != stored->store)
        column = "store";
    return column ? conflict(column, request->request, diag) : VIP_OK;
}

static int answer_known(struct vip_desk *desk, const struct vip_request *request, const char *item,
                        const struct desk_posted *stored, struct vip_arena *arena,
                        struct vip_redemption *done, struct vip_diag *diag)
{
    int error = check_same(desk, request, item, stored, diag);
    if (error != VIP_OK)
        return error;
    *done = (struct vip_redemption){
        .known = true,
        .item = vip_arena_text(arena, stored->item),
        .quantity = stored->quantity,
        .points = stored->points,
        .value = stored->value,
        .voucher = vip_arena_text(arena, stored->voucher),
        .to = "",
        .tier = "",
        .reason = stored->cancelled ? "cancelled" : "",
    };
    if (!done->item || !done->voucher)
        return vip_fail_memory(diag);
    if (request->kind == VIP_REQUEST_TOPUP)
        done->tier = done->item;
    error = desk_member_number(desk->batch.db, stored->member, arena, &done->member, diag);
    if (error == VIP_OK && stored->receiver)
        error = desk_member_number(desk->batch.db, stored->receiver, arena, &done->to, diag);
    if (error == VIP_OK && request->kind == VIP_REQUEST_TOPUP)
        error = vip_stored_of_request(desk->batch.db, stored->member, request->request,
                                      &done->change, diag);
    return error;
}

/* ---- rewards ---- */

static struct vip_redeem_ask ask_of(const struct desk_visit *visit,
                                    const struct vip_request *request)
{
    return (struct vip_redeem_ask){
        .day = visit->day,
        .quantity = request->quantity ? request->quantity : 1,
        .guests = request->guests > 0 ? request->guests : 0,
        .by = request->by,
        .witness = request->witness,
        .exception = request->exception,
        .clamp = visit->desk->clamp,
    };
}

static int take_points(struct desk_visit *visit, const struct vip_request *request,
                       vip_points points, int64_t *number)
{
    struct vip_desk *desk = visit->desk;
    struct vip_entry entry = {
        .kind = VIP_ENTRY_REDEEM,
        .day = visit->day,
        .points = -points,
        .available = VIP_DAY_NONE,
        .expires = VIP_DAY_NONE,
        .ref = request->request,
    };
    *number = 0;
    if (!points)
        return VIP_OK;
    int error = vip_code_find(desk->batch.db, &desk->codes, request->store, true, &entry.store,
                              visit->diag);
    if (error == VIP_OK)
        error = vip_ledger_take_lots(&desk->batch, &visit->account, &entry, visit->lots,
                                     visit->lot_count, 0, false, &desk->scratch, visit->diag);
    if (error == VIP_OK)
        error = vip_account_save(&desk->batch, &visit->account, visit->diag);
    *number = entry.entry;
    desk_note_pending(desk, visit->account.member);
    return error;
}

static int issue_vouchers(struct desk_visit *visit, const struct vip_request *request,
                          const struct vip_reward *reward, const struct vip_redeem_answer *answer,
                          struct vip_arena *arena, const char **codes)
{
    struct vip_voucher voucher = {
        .member = visit->account.member,
        .reward = reward->reward,
        .value = reward->value,
        .issued = visit->day,
        .expires = answer->expires,
        .request = request->request,
    };
    for (int64_t i = 0; i < answer->quantity; i++) {
        char code[VIP_VOUCHER_TEXT];
        int error = vip_voucher_issue(&visit->desk->batch, &voucher, code, visit->diag);
        if (error != VIP_OK)
            return error;
        *codes = vip_arena_format(arena, "%s%s%s", *codes, i ? "|" : "", code);
        if (!*codes)
            return vip_fail_memory(visit->diag);
    }
    return VIP_OK;
}

struct granting { /* what the rules say of a reward */
    struct vip_redeem_answer answer;
    struct desk_unclaimed unclaimed[DESK_CLAIMS_MOST];
    size_t unclaimed_count;
};

/* What could be claimed before this day and was not is gone, whether vip-expire has been run since
 * or not: it buys nothing else. It is posted with what is granted. */
static int find_unclaimed(struct desk_visit *visit, struct granting *granting)
{
    granting->unclaimed_count = 0;
    if (visit->account.balance < visit->desk->rebate_cost)
        return VIP_OK;
    return desk_find_unclaimed(visit, granting->unclaimed, &granting->unclaimed_count);
}

static int decide_reward(struct desk_visit *visit, const struct vip_request *request,
                         const struct vip_reward *reward, struct granting *granting)
{
    struct vip_redeem_ask ask = ask_of(visit, request);
    struct vip_redeem_answer *answer = &granting->answer;
    int error = VIP_OK;
    if (!reward)
        return vip_refuse(visit->diag, "no-such-reward", "item",
                          "'%s' is no reward of the programme", request->item);
    error = desk_load_lots(visit);
    if (error == VIP_OK)
        error = find_unclaimed(visit, granting);
    if (error == VIP_OK)
        error = desk_load_reward(visit, reward);
    if (error == VIP_OK)
        error = vip_redeem_reward(visit->program, reward, &visit->who, &ask, answer, visit->diag);
    if (error == VIP_OK && answer->voucher && answer->quantity > VOUCHERS_MOST)
        error = vip_refuse(visit->diag, "too-many-items", "quantity",
                           "one request issues at most %d vouchers", (int)VOUCHERS_MOST);
    return error;
}

static int do_reward(struct desk_visit *visit, const struct vip_request *request,
                     struct vip_arena *arena, struct vip_redemption *done)
{
    const struct vip_reward *reward = vip_program_reward(visit->program, request->item);
    struct granting granting;
    const struct vip_redeem_answer *answer = &granting.answer;
    int64_t entry = 0;
    int error = decide_reward(visit, request, reward, &granting);
    if (error != VIP_OK)
        return error;
    if (granting.unclaimed_count)
        error = desk_post_unclaimed(visit, granting.unclaimed, granting.unclaimed_count);
    if (error == VIP_OK)
        error = take_points(visit, request, answer->points, &entry);
    if (error == VIP_OK && answer->voucher)
        error = issue_vouchers(visit, request, reward, answer, arena, &done->voucher);
    done->quantity = answer->quantity;
    done->points = -answer->points;
    done->value = answer->value;
    if (request->quantity > answer->quantity)
        done->reason = "clamped";
    if (error == VIP_OK)
        error = desk_store(visit, request, done, entry, 0);
    return error == VIP_OK
               ? desk_note_taken(visit->desk, request->item, answer->quantity, visit->diag)
               : error;
}

/* ---- benefits ---- */

/* Who allowed what the rules do not: in the audit log. */
static int note_exception(struct desk_visit *visit, const struct vip_request *request)
{
    if (!*request->exception)
        return VIP_OK;
    const char *detail = vip_arena_format(&visit->desk->scratch, "request %s: %s, allowed by %s",
                                          request->request, request->item, request->exception);
    if (!detail)
        return vip_fail_memory(visit->diag);
    return vip_batch_event(&visit->desk->batch, visit->account.member, "exception", detail,
                           visit->diag);
}

static int do_benefit(struct desk_visit *visit, const struct vip_request *request,
                      struct vip_redemption *done)
{
    struct vip_redeem_ask ask = ask_of(visit, request);
    struct vip_redeem_answer answer;
    const struct vip_benefit *row = NULL;
    int error = desk_load_benefit(visit, request->item, &row);
    if (error == VIP_OK)
        error = vip_redeem_benefit(visit->program, request->item, row, &visit->who, &ask, &answer,
                                   visit->diag);
    if (error != VIP_OK)
        return error;
    done->quantity = answer.quantity;
    if (request->quantity > answer.quantity)
        done->reason = "clamped";
    error = desk_store(visit, request, done, 0, 0);
    return error == VIP_OK ? note_exception(visit, request) : error;
}

/* ---- vouchers ---- */

static int check_voucher(struct desk_visit *visit, const struct vip_voucher *voucher)
{
    char text[VIP_DATE_TEXT];
    if (strcmp(visit->who.status, "active") != 0)
        return vip_refuse(visit->diag, visit->who.status, "member", "the membership is %s",
                          visit->who.status);
    if (voucher->state == VIP_VOUCHER_USED)
        return vip_refuse(visit->diag, "voucher-used", "item", "was used by the request '%s'",
                          voucher->used);
    if (voucher->state == VIP_VOUCHER_VOID)
        return vip_refuse(visit->diag, "voucher-void", "item", "is void: '%s' was cancelled",
                          voucher->request);
    if (voucher->expires < visit->day) { /* by days alone: a use that comes late was in time */
        vip_day_format(voucher->expires, text);
        return vip_refuse(visit->diag, "voucher-expired", "item", "was good until %s", text);
    }
    if (visit->day < voucher->issued)
        return vip_refuse(visit->diag, "before-request", "date",
                          "is before the day on which the voucher was issued");
    return VIP_OK;
}

/* A voucher needs no member beside it; one that is named must be its own. */
static int owner_of(struct vip_desk *desk, const struct vip_request *request, int64_t owner,
                    struct vip_diag *diag)
{
    int64_t member = owner;
    int error = VIP_OK;
    if (!vip_identity_empty(&request->identity))
        error = desk_identify(desk, &request->identity, &member, diag);
    if (error == VIP_OK && member != owner)
        error =
            vip_refuse(diag, "disagree", "item", "'%s' belongs to another member", request->item);
    return error;
}

static int do_voucher(struct desk_visit *visit, const struct vip_request *request, const char *code,
                      struct vip_redemption *done)
{
    struct vip_desk *desk = visit->desk;
    struct vip_voucher voucher;
    if (request->quantity > 1)
        return vip_refuse(visit->diag, "too-many-items", "quantity", "a voucher is used once");
    int found = vip_voucher_load(desk->batch.db, code, &desk->scratch, &voucher, visit->diag);
    if (found == 0)
        return vip_refuse(visit->diag, "no-such-voucher", "item", "no voucher has the code '%s'",
                          code);
    int error = found < 0 ? found : owner_of(desk, request, voucher.member, visit->diag);
    if (error == VIP_OK)
        error = desk_load_member(visit, voucher.member);
    if (error == VIP_OK)
        error = desk_check_card(visit, request->identity.card);
    if (error == VIP_OK)
        error = check_voucher(visit, &voucher);
    if (error == VIP_OK)
        error =
            vip_voucher_set(&desk->batch, code, VIP_VOUCHER_USED, request->request, visit->diag);
    done->value = voucher.value;
    return error == VIP_OK ? desk_store(visit, request, done, 0, 0) : error;
}

/* ---- cancelling ---- */

/* The codes of a request that issued vouchers, one after the other. */
typedef int voucher_visitor(struct desk_visit *visit, const char *code);

static int each_voucher(struct desk_visit *visit, const char *codes, voucher_visitor *visitor)
{
    const char *part, *rest = codes;
    size_t size;
    int error = VIP_OK;
    while (error == VIP_OK && vip_text_split(&rest, '|', &part, &size)) {
        const char *code = vip_arena_copy(&visit->desk->scratch, part, size);
        error = code ? visitor(visit, code) : vip_fail_memory(visit->diag);
    }
    return error;
}

static int check_unused(struct desk_visit *visit, const char *code)
{
    struct vip_voucher voucher;
    int found =
        vip_voucher_load(visit->desk->batch.db, code, &visit->desk->scratch, &voucher, visit->diag);
    if (found < 0)
        return found;
    if (found && voucher.state == VIP_VOUCHER_USED)
        return vip_refuse(visit->diag, "voucher-used", "item", "its voucher %s was used by '%s'",
                          code, voucher.used);
    if (found && voucher.expires < visit->day)
        return vip_refuse(visit->diag, "voucher-expired", "item", "its voucher %s has run out",
                          code);
    return VIP_OK;
}

static int make_void(struct desk_visit *visit, const char *code)
{
    return vip_voucher_set(&visit->desk->batch, code, VIP_VOUCHER_VOID, NULL, visit->diag);
}

static int check_cancel(struct desk_visit *visit, const struct vip_request *request,
                        const struct desk_posted *stored)
{
    bool spending = is_kind(stored, VIP_REQUEST_STORED) && stored->value > 0;
    if (!is_kind(stored, VIP_REQUEST_REWARD) && !is_kind(stored, VIP_REQUEST_VOUCHER) &&
        !is_kind(stored, VIP_REQUEST_BENEFIT) && !spending)
        return vip_refuse(visit->diag, "not-cancellable", "item",
                          "'%s' is a request of the kind %s: a reward, a voucher, a benefit or a "
                          "spending of stored value is cancelled here",
                          request->item, stored->kind);
    if (stored->cancelled)
        return vip_refuse(visit->diag, "already-cancelled", "item", "'%s' was cancelled before",
                          request->item);
    if (visit->day < stored->day)
        return vip_refuse(visit->diag, "before-request", "date", "is before the day of '%s'",
                          request->item);
    int error = desk_check_status(visit, "member", true);
    return error != VIP_OK ? error : each_voucher(visit, stored->voucher, check_unused);
}

/* The points go back into the lots that they came from; those may have run out meanwhile, and then
 * the next vip-expire takes them. */
static int put_points_back(struct desk_visit *visit, const struct vip_request *request,
                           const struct desk_posted *stored, int64_t *number)
{
    struct vip_desk *desk = visit->desk;
    struct vip_entry entry = {
        .kind = VIP_ENTRY_CANCEL,
        .day = visit->day,
        .points = -stored->points,
        .available = VIP_DAY_NONE,
        .expires = VIP_DAY_NONE,
        .ref = request->request,
    };
    *number = 0;
    if (!stored->entry)
        return VIP_OK;
    int error = desk_settle(visit);
    if (error == VIP_OK)
        error = vip_code_find(desk->batch.db, &desk->codes, request->store, true, &entry.store,
                              visit->diag);
    if (error == VIP_OK)
        error = vip_ledger_put_back(&desk->batch, &visit->account, &entry, stored->entry,
                                    &desk->scratch, visit->diag);
    if (error == VIP_OK)
        error = vip_account_save(&desk->batch, &visit->account, visit->diag);
    *number = entry.entry;
    desk_note_pending(desk, visit->account.member);
    return error;
}

static int undo(struct desk_visit *visit, const struct vip_request *request,
                const struct desk_posted *stored, struct vip_redemption *done, int64_t *entry)
{
    struct vip_batch *batch = &visit->desk->batch;
    int error = is_kind(stored, VIP_REQUEST_STORED)
                    ? desk_cancel_stored(visit, request, stored, done, entry)
                    : put_points_back(visit, request, stored, entry);
    if (error == VIP_OK && is_kind(stored, VIP_REQUEST_VOUCHER))
        error = vip_voucher_set(batch, stored->item, VIP_VOUCHER_OPEN, NULL, visit->diag);
    else if (error == VIP_OK)
        error = each_voucher(visit, stored->voucher, make_void);
    if (error == VIP_OK)
        error =
            vip_db_run(batch->db, VIP_SQL_redemption_cancel, visit->diag, vip_text(request->item));
    if (error == VIP_OK && is_kind(stored, VIP_REQUEST_REWARD))
        error = desk_note_taken(visit->desk, stored->item, -stored->quantity, visit->diag);
    return error;
}

static int do_cancel(struct desk_visit *visit, const struct vip_request *request,
                     struct vip_redemption *done)
{
    struct desk_posted stored;
    int64_t entry = 0;
    int found = desk_find_posted(visit->desk->batch.db, request->item, &visit->desk->scratch,
                                 &stored, visit->diag);
    if (found == 0)
        return vip_refuse(visit->diag, "no-such-request", "item", "no request '%s' was posted",
                          request->item);
    int error = found < 0 ? found : owner_of(visit->desk, request, stored.member, visit->diag);
    if (error == VIP_OK)
        error = desk_load_member(visit, stored.member);
    if (error == VIP_OK)
        error = check_cancel(visit, request, &stored);
    if (error == VIP_OK)
        error = undo(visit, request, &stored, done, &entry);
    if (error != VIP_OK)
        return error;
    done->quantity = stored.quantity;
    done->points = -stored.points;
    done->value = -stored.value;
    return desk_store(visit, request, done, entry, 0);
}

/* ---- one request ---- */

/* Somebody must have been named. */
static int do_for_member(struct desk_visit *visit, const struct vip_request *request,
                         struct vip_arena *arena, struct vip_redemption *done)
{
    int64_t member;
    int error = request->kind == VIP_REQUEST_TRANSFER
                    ? desk_identify_party(visit->desk, request->identity.member, "from", &member,
                                          visit->diag)
                    : desk_identify(visit->desk, &request->identity, &member, visit->diag);
    if (error == VIP_OK)
        error = desk_load_member(visit, member);
    if (error == VIP_OK)
        error = desk_check_card(visit, request->identity.card);
    if (error != VIP_OK)
        return error;
    switch (request->kind) {
    case VIP_REQUEST_BENEFIT:
        return do_benefit(visit, request, done);
    case VIP_REQUEST_STORED:
        return desk_spend_stored(visit, request, arena, done);
    case VIP_REQUEST_ADJUST:
        return desk_adjust(visit, request, done);
    case VIP_REQUEST_TRANSFER:
        return desk_transfer(visit, request, arena, done);
    case VIP_REQUEST_TOPUP:
        return desk_topup(visit, request, done);
    default:
        return do_reward(visit, request, arena, done);
    }
}

static int do_new(struct desk_visit *visit, const struct vip_request *request,
                  struct vip_arena *arena, struct vip_redemption *done)
{
    int error;
    if (request->kind == VIP_REQUEST_VOUCHER)
        error = do_voucher(visit, request, done->item, done);
    else if (request->kind == VIP_REQUEST_CANCEL)
        error = do_cancel(visit, request, done);
    else
        error = do_for_member(visit, request, arena, done);
    if (error != VIP_OK)
        return error;
    done->balance = visit->account.balance;
    const char *named = request->kind == VIP_REQUEST_TRANSFER ? NULL : request->identity.member;
    if (named && *named) {
        done->member = named; /* lives as long as the request */
        return VIP_OK;
    }
    return desk_member_number(visit->desk->batch.db, visit->account.member, arena, &done->member,
                              visit->diag);
}

/* 1 posted before, 0 not, negative. */
static int find_known(struct vip_desk *desk, const char *request, struct desk_posted *stored,
                      struct vip_diag *diag)
{
    if (desk->highest && strcmp(request, desk->highest) > 0)
        return 0;
    return desk_find_posted(desk->batch.db, request, &desk->scratch, stored, diag);
}

/* What a request that was refused had changed of its visit was not posted: he is read anew. */
static void hold(struct vip_desk *desk, const struct desk_visit *visit, int error)
{
    if (desk->together && error == VIP_OK)
        desk_hold(visit);
    else
        desk->held.account.member = 0;
}

int vip_desk_redeem(struct vip_desk *desk, const struct vip_request *request,
                    struct vip_arena *arena, struct vip_redemption *redemption,
                    struct vip_diag *diag)
{
    struct desk_visit visit;
    struct desk_posted stored;
    char code[VIP_VOUCHER_TEXT];
    const char *item = request->item;
    vip_day day = request->day == VIP_DAY_NONE ? desk->batch.as_of : request->day;
    if (request->kind == VIP_REQUEST_VOUCHER) {
        if (!vip_voucher_read(item, code))
            return vip_refuse(diag, "bad-code", "item",
                              "'%s' is no voucher code: a character is wrong or missing", item);
        item = code;
    }
    desk_visit_begin(&visit, desk, day, diag);
    int found = find_known(desk, request->request, &stored, diag);
    if (found < 0)
        return found;
    if (found)
        return answer_known(desk, request, item, &stored, arena, redemption, diag);
    *redemption =
        (struct vip_redemption){.quantity = 1, .voucher = "", .reason = "", .to = "", .tier = ""};
    redemption->item = vip_arena_text(arena, item);
    if (!redemption->item)
        return vip_fail_memory(diag);
    int error = do_new(&visit, request, arena, redemption);
    hold(desk, &visit, error);
    return error;
}
