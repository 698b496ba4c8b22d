/* Requests for the desk, in batches: see requests.h. */
#include "cmd/common/requests.h"

#include "lib/rules/identity.h"
#include <stdlib.h>
#include <string.h>

/* A batch goes once over the pages of the ledger: the larger, the fewer pages are met twice. Some
 * 50 MiB of memory at most. */
enum { BATCH_ROWS = 65536 };

/* ---- one request ---- */

struct vip_request vip_request_empty(enum vip_request_kind kind, size_t line)
{
    return (struct vip_request){
        .request = "",
        .kind = kind,
        .identity = {"", "", "", "", "", ""},
        .item = "",
        .amount = VIP_AMOUNT_NONE,
        .guests = -1,
        .day = VIP_DAY_NONE,
        .store = "",
        .receipt = "",
        .by = "",
        .witness = "",
        .exception = "",
        .to = "",
        .reason = "",
        .source_line = line,
    };
}

int vip_request_key(struct vip_context *context, const char *column, const char *cell,
                    const char *why)
{
    if (!*cell)
        return vip_refuse(&context->diag, "missing-field", column, "is empty: %s", why);
    if (vip_number_spoilt(cell))
        return vip_refuse(&context->diag, "spoilt-number", column,
                          "'%s' was a number to a spreadsheet: export the column as text", cell);
    return VIP_OK;
}

/* The cells live until the next row: the batch keeps copies. */
static int keep_texts(struct vip_context *context, struct vip_requests *requests,
                      struct vip_request *request)
{
    const char **texts[] = {&request->request,
                            &request->item,
                            &request->store,
                            &request->receipt,
                            &request->by,
                            &request->witness,
                            &request->exception,
                            &request->to,
                            &request->reason,
                            &request->identity.member,
                            &request->identity.card,
                            &request->identity.phone,
                            &request->identity.id_no,
                            &request->identity.name,
                            &request->identity.birthday};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        if (!**texts[i])
            *texts[i] = "";
        else if (!(*texts[i] = vip_arena_text(&requests->arena, *texts[i])))
            return vip_fail_memory(&context->diag);
    }
    return VIP_OK;
}

/* ---- batches ---- */

/* Keeps what was said of a row until the batch is through. */
static int keep_refusal(struct vip_context *context, struct vip_requests *requests,
                        struct vip_request_row *row)
{
    struct vip_diag *copy = vip_arena_take(&requests->arena, sizeof *copy);
    if (!copy)
        return vip_fail_memory(&context->diag);
    *copy = context->diag;
    row->refused = copy;
    vip_diag_clear(&context->diag);
    return VIP_OK;
}

/* The rows that could be read, in the order in which they are dealt with. */
static int order_rows(struct vip_context *context, struct vip_requests *requests,
                      struct vip_request_row ***rows, size_t *count)
{
    struct vip_arena *arena = &requests->arena;
    const struct vip_request **asked = vip_arena_zero(arena, requests->count, sizeof *asked);
    size_t *order = vip_arena_zero(arena, requests->count, sizeof *order);
    struct vip_request_row **read = vip_arena_zero(arena, requests->count, sizeof *read);
    *rows = vip_arena_zero(arena, requests->count, sizeof **rows);
    *count = 0;
    if (!asked || !order || !read || !*rows)
        return vip_fail_memory(&context->diag);
    for (size_t i = 0; i < requests->count; i++) {
        if (requests->rows[i].refused)
            continue;
        asked[*count] = &requests->rows[i].request;
        read[(*count)++] = &requests->rows[i];
    }
    int error = vip_desk_order(requests->desk, asked, *count, order, &context->diag);
    for (size_t i = 0; error == VIP_OK && i < *count; i++)
        (*rows)[i] = read[order[i]];
    return error;
}

static int hand_in(struct vip_context *context, struct vip_requests *requests)
{
    struct vip_request_row **rows = NULL;
    size_t count = 0;
    int error = vip_desk_begin(requests->desk, vip_input_file(context), &context->diag);
    if (error != VIP_OK)
        return error;
    error = order_rows(context, requests, &rows, &count);
    for (size_t i = 0; error == VIP_OK && i < count; i++) {
        vip_diag_clear(&context->diag);
        error = vip_desk_redeem(requests->desk, &rows[i]->request, &requests->arena, &rows[i]->done,
                                &context->diag);
        if (error == VIP_EREFUSED)
            error = keep_refusal(context, requests, rows[i]);
    }
    if (error == VIP_OK)
        return vip_desk_commit(requests->desk, &context->diag);
    vip_desk_rollback(requests->desk);
    return error;
}

static void report_refused(struct vip_context *context, const struct vip_request_row *row)
{
    struct vip_diag diag = *row->refused;
    vip_diag_place(&diag, vip_input_file(context), row->request.source_line, NULL);
    vip_row_refused(context, &diag, row->raw);
}

static int print_row(struct vip_context *context, struct vip_requests *requests,
                     const struct vip_request_row *row)
{
    if (row->done.known)
        context->count.known++;
    else
        context->count.accepted++;
    return requests->print(context, requests, row);
}

/* Posts the batch; what is printed then is on disk. */
static int post_batch(struct vip_context *context, struct vip_requests *requests)
{
    int error = requests->count ? hand_in(context, requests) : VIP_OK;
    for (size_t i = 0; error == VIP_OK && i < requests->count; i++) {
        if (requests->rows[i].refused)
            report_refused(context, &requests->rows[i]);
        else
            error = print_row(context, requests, &requests->rows[i]);
    }
    requests->count = 0;
    vip_arena_reset(&requests->arena);
    return error == VIP_OK ? vip_output_flush(context) : error;
}

/* A row that cannot be read is refused in its turn, so that messages come in the order of rows. */
static int take_row(struct vip_context *context, void *state, const char *const *cells, size_t line)
{
    struct vip_requests *requests = state;
    struct vip_request_row *row = &requests->rows[requests->count];
    *row = (struct vip_request_row){.request = vip_request_empty(VIP_REQUEST_REWARD, line)};
    int error = requests->parse(context, cells, line, &row->request);
    if (error == VIP_EREFUSED)
        error = keep_refusal(context, requests, row);
    if (error == VIP_OK)
        error = keep_texts(context, requests, &row->request);
    if (error == VIP_OK && context->rejects_path)
        error = vip_row_copy(vip_input_raw(context), &requests->arena, &row->raw, &context->diag);
    if (error != VIP_OK)
        return error;
    requests->count++;
    return requests->count == BATCH_ROWS ? post_batch(context, requests) : VIP_OK;
}

static int end_file(struct vip_context *context, void *state)
{
    return post_batch(context, state);
}

int vip_requests_run(struct vip_context *context, struct vip_requests *requests,
                     const char *const *columns, const char *const *required)
{
    const struct vip_input input = {.columns = columns,
                                    .required = required,
                                    .row = take_row,
                                    .file_end = end_file,
                                    .state = requests};
    requests->rows = calloc(BATCH_ROWS, sizeof *requests->rows);
    return requests->rows ? vip_input_each(context, 0, &input) : vip_fail_memory(&context->diag);
}

/* ---- open and close ---- */

int vip_requests_open(struct vip_context *context, struct vip_requests *requests, bool clamp)
{
    struct vip_desk_options desk = {.programs = &requests->programs, .clamp = clamp};
    vip_context_batch(context, &desk.batch);
    int error = vip_programs_load(context->db, &requests->programs_arena, &requests->programs,
                                  &context->diag);
    return error == VIP_OK ? vip_desk_open(&requests->desk, &desk, &context->diag) : error;
}

void vip_requests_close(struct vip_requests *requests)
{
    vip_desk_close(requests->desk);
    free(requests->rows);
    vip_arena_free(&requests->arena);
    vip_arena_free(&requests->programs_arena);
}
