/* Requests for the desk, in batches: see requests.h. */
#include "cmd/common/requests.h"

#include <stdlib.h>

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

int vip_request_need(struct vip_context *context, const char *column, const char *cell,
                     const char *why)
{
    if (!*cell)
        return vip_refuse(&context->diag, "missing-field", column, "is empty: %s", why);
    return VIP_OK;
}

/* ---- batches ---- */

static int read_request(struct vip_context *context, void *state, const struct vip_row_in *row)
{
    const struct vip_requests *requests = state;
    struct vip_request *request = row->item;
    *request = vip_request_empty(VIP_REQUEST_REWARD, row->line);
    return requests->parse(context, row->cells, request);
}

static int order_requests(struct vip_context *context, void *state,
                          const struct vip_row_in *const *rows, size_t count, size_t *order)
{
    const struct vip_requests *requests = state;
    const struct vip_request **asked = calloc(count + 1, sizeof *asked);
    if (!asked)
        return vip_fail_memory(&context->diag);
    for (size_t i = 0; i < count; i++)
        asked[i] = rows[i]->item;
    int error = vip_desk_order(requests->desk, asked, count, order, &context->diag);
    free(asked);
    return error;
}

static int hand_in(struct vip_context *context, void *state, const struct vip_row_in *row,
                   struct vip_value *values)
{
    struct vip_requests *requests = state;
    struct vip_redemption done = {0};
    vip_diag_clear(&context->diag);
    int error = vip_desk_redeem(requests->desk, row->item, row->arena, &done, &context->diag);
    if (error == VIP_OK)
        error = requests->fill(context, requests, row->item, &done, row->arena, values);
    return error == VIP_OK && done.known ? VIP_ROW_KNOWN : error;
}

static int begin(struct vip_context *context, void *state)
{
    const struct vip_requests *requests = state;
    return vip_desk_begin(requests->desk, vip_input_file(context), &context->diag);
}

static int commit(struct vip_context *context, void *state)
{
    const struct vip_requests *requests = state;
    return vip_desk_commit(requests->desk, &context->diag);
}

static void roll_back(struct vip_context *context, void *state)
{
    const struct vip_requests *requests = state;
    (void)context;
    vip_desk_rollback(requests->desk);
}

int vip_requests_run(struct vip_context *context, struct vip_requests *requests)
{
    const struct vip_rows rows = {
        .input = {.columns = requests->columns, .required = requests->required},
        .output = requests->output,
        .output_count = requests->output_count,
        .output_rows = requests->output_rows,
        .act = hand_in,
        .state = requests,
        .batch_rows = BATCH_ROWS,
        .item_size = sizeof(struct vip_request),
        .read = read_request,
        .order = order_requests,
        .begin = begin,
        .commit = commit,
        .rollback = roll_back,
    };
    return vip_rows_run(context, 0, &rows);
}

/* ---- open and close ---- */

int vip_requests_open(struct vip_context *context, struct vip_requests *requests)
{
    struct vip_desk_options desk = {.programs = &requests->programs, .clamp = requests->clamp};
    vip_context_batch(context, &desk.batch);
    int error = vip_programs_load(context->db, &requests->programs_arena, &requests->programs,
                                  &context->diag);
    return error == VIP_OK ? vip_desk_open(&requests->desk, &desk, &context->diag) : error;
}

void vip_requests_close(struct vip_requests *requests)
{
    vip_desk_close(requests->desk);
    vip_arena_free(&requests->programs_arena);
}
