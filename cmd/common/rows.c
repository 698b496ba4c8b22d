/* Rows in batches: see rows.h. */
#include "cmd/common/rows.h"

#include <stdlib.h>

enum { BATCH_ROWS = 4096 };

struct kept { /* a row of the batch and what became of it */
    const char *const *cells;
    const struct vip_row *raw; /* as it came, for --rejects; NULL without */
    size_t line;
    bool known;
    const struct vip_diag *refused; /* NULL: it took effect, or was known */
    struct vip_value *values;
};

struct run {
    const struct vip_rows *rows;
    struct vip_batch batch;
    struct vip_arena arena;
    size_t columns, count;
    struct kept kept[BATCH_ROWS];
};

/* ---- keeping ---- */

static int keep_cells(struct run *run, const char *const *cells, struct kept *kept,
                      struct vip_diag *diag)
{
    const char **copy = vip_arena_zero(&run->arena, run->columns + 1, sizeof *copy);
    if (!copy)
        return vip_fail_memory(diag);
    for (size_t i = 0; i < run->columns; i++) {
        copy[i] = *cells[i] ? vip_arena_text(&run->arena, cells[i]) : "";
        if (!copy[i])
            return vip_fail_memory(diag);
    }
    kept->cells = copy;
    return VIP_OK;
}

static int keep_refusal(struct run *run, struct kept *kept, struct vip_diag *diag)
{
    struct vip_diag *copy = vip_arena_take(&run->arena, sizeof *copy);
    if (!copy)
        return vip_fail_memory(diag);
    *copy = *diag;
    kept->refused = copy;
    vip_diag_clear(diag);
    return VIP_OK;
}

/* ---- acting ---- */

static int act(struct vip_context *context, struct run *run, struct kept *kept)
{
    const struct vip_row_in row = {kept->cells, kept->line, &run->batch, &run->arena};
    kept->values = vip_arena_zero(&run->arena, run->rows->output_count, sizeof *kept->values);
    if (!kept->values)
        return vip_fail_memory(&context->diag);
    int result = run->rows->act(context, run->rows->state, &row, kept->values);
    if (result == VIP_EREFUSED) {
        vip_diag_place(&context->diag, vip_input_file(context), kept->line, NULL);
        return keep_refusal(run, kept, &context->diag);
    }
    kept->known = result == VIP_ROW_KNOWN;
    return kept->known ? VIP_OK : result;
}

static int act_on_all(struct vip_context *context, struct run *run)
{
    vip_context_batch(context, &run->batch);
    int error = vip_batch_begin(&run->batch, &context->diag);
    if (error != VIP_OK)
        return error;
    for (size_t i = 0; i < run->count && error == VIP_OK; i++)
        error = act(context, run, &run->kept[i]);
    if (error == VIP_OK && run->rows->end_batch)
        error = run->rows->end_batch(context, run->rows->state, &run->batch);
    if (error == VIP_OK)
        return vip_batch_commit(&run->batch, &context->diag);
    vip_batch_rollback(&run->batch);
    return error;
}

/* ---- printing ---- */

static int print(struct vip_context *context, const struct kept *kept)
{
    if (kept->refused) {
        vip_row_refused(context, kept->refused, kept->raw);
        return VIP_OK;
    }
    if (kept->known)
        context->count.known++;
    else
        context->count.accepted++;
    return vip_output_row(context, kept->values);
}

static int finish_batch(struct vip_context *context, void *state)
{
    struct run *run = state;
    int error = run->count ? act_on_all(context, run) : VIP_OK;
    for (size_t i = 0; i < run->count && error == VIP_OK; i++)
        error = print(context, &run->kept[i]);
    run->count = 0;
    vip_arena_reset(&run->arena);
    return error == VIP_OK ? vip_output_flush(context) : error;
}

static int take_row(struct vip_context *context, void *state, const char *const *cells, size_t line)
{
    struct run *run = state;
    struct kept *kept = &run->kept[run->count];
    *kept = (struct kept){.line = line};
    int error = keep_cells(run, cells, kept, &context->diag);
    if (error == VIP_OK && context->rejects_path)
        error = vip_row_copy(vip_input_raw(context), &run->arena, &kept->raw, &context->diag);
    if (error != VIP_OK)
        return error;
    run->count++;
    return run->count == BATCH_ROWS ? finish_batch(context, run) : VIP_OK;
}

int vip_rows_run(struct vip_context *context, int first, const struct vip_rows *rows)
{
    struct run *run = calloc(1, sizeof *run);
    if (!run)
        return vip_fail_memory(&context->diag);
    run->rows = rows;
    while (rows->input.columns[run->columns])
        run->columns++;
    struct vip_input input = rows->input;
    input.row = take_row;
    input.file_end = finish_batch;
    input.state = run;
    int error = vip_output_open(context, rows->output, rows->output_count, NULL);
    if (error == VIP_OK)
        error = vip_input_each(context, first, &input);
    vip_arena_free(&run->arena);
    free(run);
    return error;
}
