/* Rows in batches: see rows.h. */
#include "cmd/common/rows.h"
#include "lib/base/fetch.h"

#include <stdlib.h>

/* A batch ends with either. */
enum { BATCH_ROWS = 4096, BATCH_BYTES = 64 << 20 };

struct kept { /* a row of the batch and what became of it */
    struct vip_row_in in;
    const struct vip_row *raw; /* as it came, for --rejects; NULL without */
    bool known;
    const struct vip_diag *refused; /* NULL: it took effect, or was known */
    struct vip_row_out out;
};

struct run {
    const struct vip_rows *rows;
    struct vip_batch own, *batch;
    struct vip_arena arena;
    size_t columns, output_rows;
    size_t count, most;
    struct kept *kept; /* `most` of them */
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
    kept->in.cells = copy;
    return VIP_OK;
}

static int keep_refusal(struct vip_context *context, struct run *run, struct kept *kept)
{
    struct vip_diag *copy = vip_arena_take(&run->arena, sizeof *copy);
    if (!copy)
        return vip_fail_memory(&context->diag);
    vip_diag_place(&context->diag, vip_input_file(context), kept->in.line, NULL);
    *copy = context->diag;
    kept->refused = copy;
    vip_diag_clear(&context->diag);
    return VIP_OK;
}

static int read_row(struct vip_context *context, struct run *run, const char *const *cells,
                    struct kept *kept)
{
    const struct vip_rows *rows = run->rows;
    int error = vip_cells_judge(context, rows->input.columns, cells, VIP_CELL_BYTES);
    if (error == VIP_OK)
        error = keep_cells(run, cells, kept, &context->diag);
    if (error != VIP_OK || !rows->read)
        return error;
    kept->in.item = vip_arena_zero(&run->arena, 1, rows->item_size);
    if (!kept->in.item)
        return vip_fail_memory(&context->diag);
    return rows->read(context, rows->state, &kept->in);
}

/* ---- acting ---- */

static int begin(struct vip_context *context, struct run *run)
{
    if (run->rows->begin)
        return run->rows->begin(context, run->rows->state);
    vip_context_batch(context, run->batch);
    return vip_batch_begin(run->batch, &context->diag);
}

static int commit(struct vip_context *context, struct run *run)
{
    if (run->rows->commit)
        return run->rows->commit(context, run->rows->state);
    return vip_batch_commit(run->batch, &context->diag);
}

static void roll_back(struct vip_context *context, struct run *run)
{
    if (run->rows->rollback)
        run->rows->rollback(context, run->rows->state);
    else
        vip_batch_rollback(run->batch);
}

static int act(struct vip_context *context, struct run *run, struct kept *kept)
{
    const struct vip_rows *rows = run->rows;
    kept->out.rows = run->output_rows;
    kept->out.values = vip_arena_zero(&run->arena, run->output_rows * rows->output_count,
                                      sizeof *kept->out.values);
    kept->in.out = &kept->out;
    if (!kept->out.values)
        return vip_fail_memory(&context->diag);
    int result = rows->act(context, rows->state, &kept->in, kept->out.values);
    if (result == VIP_EREFUSED)
        return keep_refusal(context, run, kept);
    kept->known = result == VIP_ROW_KNOWN;
    return kept->known ? VIP_OK : result;
}

/* The rows that could be read, in the order of the command. */
static int put_in_order(struct vip_context *context, struct run *run, struct kept **readable,
                        size_t count)
{
    const struct vip_rows *rows = run->rows;
    const struct vip_row_in **in = vip_arena_zero(&run->arena, count + 1, sizeof *in);
    struct kept **as_read = vip_arena_zero(&run->arena, count + 1, sizeof *as_read);
    size_t *order = vip_arena_zero(&run->arena, count + 1, sizeof *order);
    if (!in || !as_read || !order)
        return vip_fail_memory(&context->diag);
    for (size_t i = 0; i < count; i++) {
        as_read[i] = readable[i];
        in[i] = &readable[i]->in;
    }
    int error = rows->order(context, rows->state, in, count, order);
    for (size_t i = 0; i < count && error == VIP_OK; i++)
        readable[i] = as_read[order[i]];
    return error;
}

/* A row's cells, their texts and its item stand behind each other. */
enum { ROW_BYTES = 512 };

__attribute__((always_inline)) static inline void fetch(struct kept *const *readable, size_t at,
                                                        size_t count)
{
    if (at + VIP_SOON >= count)
        return;
    vip_fetch(readable[at + VIP_SOON], sizeof **readable);
    vip_fetch(readable[at + VIP_NEXT]->in.cells, ROW_BYTES);
}

static int act_on_readable(struct vip_context *context, struct run *run)
{
    struct kept **readable = vip_arena_zero(&run->arena, run->count, sizeof *readable);
    size_t count = 0;
    int error = VIP_OK;
    if (!readable)
        return vip_fail_memory(&context->diag);
    for (size_t i = 0; i < run->count; i++)
        if (!run->kept[i].refused)
            readable[count++] = &run->kept[i];
    if (run->rows->order)
        error = put_in_order(context, run, readable, count);
    for (size_t i = 0; i < count && error == VIP_OK; i++) {
        fetch(readable, i, count);
        error = act(context, run, readable[i]);
    }
    return error;
}

static int act_on_all(struct vip_context *context, struct run *run)
{
    int error = begin(context, run);
    if (error != VIP_OK)
        return error;
    error = act_on_readable(context, run);
    if (error == VIP_OK && run->rows->end_batch)
        error = run->rows->end_batch(context, run->rows->state, run->batch);
    if (error == VIP_OK)
        return commit(context, run);
    roll_back(context, run);
    return error;
}

/* ---- printing ---- */

static int print(struct vip_context *context, const struct run *run, const struct kept *kept)
{
    int error = VIP_OK;
    if (kept->refused) {
        vip_row_refused(context, kept->refused, kept->raw);
        return VIP_OK;
    }
    if (kept->known)
        context->count.known++;
    else
        context->count.accepted++;
    for (size_t i = 0; i < kept->out.rows && error == VIP_OK; i++)
        error = vip_output_row(context, kept->out.values + i * run->rows->output_count);
    return error;
}

static int finish_batch(struct vip_context *context, void *state)
{
    struct run *run = state;
    int error = run->count ? act_on_all(context, run) : VIP_OK;
    for (size_t i = 0; i < run->count && error == VIP_OK; i++)
        error = print(context, run, &run->kept[i]);
    run->count = 0;
    vip_arena_reset(&run->arena);
    return error == VIP_OK ? vip_output_flush(context) : error;
}

/* A row that cannot be read is refused in its turn, so that messages come in the order of rows. */
static int take_row(struct vip_context *context, void *state, const char *const *cells, size_t line)
{
    struct run *run = state;
    struct kept *kept = &run->kept[run->count];
    *kept = (struct kept){.in = {.line = line, .batch = run->batch, .arena = &run->arena}};
    int error = read_row(context, run, cells, kept);
    if (error == VIP_EREFUSED)
        error = keep_refusal(context, run, kept);
    if (error == VIP_OK && context->rejects_path)
        error = vip_row_copy(vip_input_raw(context), &run->arena, &kept->raw, &context->diag);
    if (error != VIP_OK)
        return error;
    run->count++;
    if (run->count == run->most || run->arena.used > BATCH_BYTES)
        return finish_batch(context, run);
    return VIP_OK;
}

int vip_rows_run(struct vip_context *context, int first, const struct vip_rows *rows)
{
    struct run run = {.rows = rows,
                      .batch = rows->batch,
                      .output_rows = rows->output_rows ? rows->output_rows : 1,
                      .most = rows->batch_rows ? rows->batch_rows : BATCH_ROWS};
    struct vip_input input = rows->input;
    if (!run.batch)
        run.batch = &run.own;
    run.kept = calloc(run.most, sizeof *run.kept);
    if (!run.kept)
        return vip_fail_memory(&context->diag);
    while (rows->input.columns[run.columns])
        run.columns++;
    input.row = take_row;
    input.file_end = finish_batch;
    input.state = &run;
    int error = vip_output_open(context, rows->output, rows->output_count, NULL);
    if (error == VIP_OK)
        error = vip_input_each(context, first, &input);
    vip_arena_free(&run.arena);
    free(run.kept);
    return error;
}
