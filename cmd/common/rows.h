/* Rows in batches: what most commands do that write row by row. Some thousands of rows are kept,
 * acted on in one transaction, and printed or refused after it, in the order of the input, so that
 * what stands on standard output is on disk. A command says only what one row does. */
#ifndef VIP_CMD_ROWS_H
#define VIP_CMD_ROWS_H

#include "cmd/common/command.h"
#include "lib/base/memory.h"
#include "lib/db/batch.h"

enum { VIP_ROW_KNOWN = 1 }; /* act: it was there already */

struct vip_row_out { /* what is printed of a row: `rows` times the columns of the output */
    struct vip_value *values;
    size_t rows;
};

struct vip_row_in {           /* a row as read and act get it */
    const char *const *cells; /* under the columns of the input, "" when absent */
    size_t line;
    struct vip_batch *batch; /* begun when act is called; its file is the row's */
    struct vip_arena *arena; /* for texts: lives, as the cells do, until the batch is printed */
    void *item;              /* item_size zeroed bytes, for read to fill */
    struct vip_row_out *out; /* act may put its own in the place of what it got, none even */
};

struct vip_rows {
    struct vip_input input; /* columns and required; the rest is filled in here */
    const struct vip_column *output;
    size_t output_count;
    size_t output_rows; /* for each row of the input; 0: one */

    /* Does the row and fills in the values of its output (all empty before). VIP_OK: it took
     * effect. VIP_ROW_KNOWN: nothing was changed. VIP_EREFUSED with context->diag filled: the
     * others go on. Another error ends the run, and nothing of the batch is kept. */
    int (*act)(struct vip_context *context, void *state, const struct vip_row_in *row,
               struct vip_value *values);
    /* Called when all rows of a batch are done, before its commit; may be NULL. */
    int (*end_batch)(struct vip_context *context, void *state, struct vip_batch *batch);
    void *state;

    /* The rest may be NULL or 0. */
    struct vip_batch *batch; /* the command's own, set up here */
    size_t batch_rows;       /* most rows of a batch, where some thousands will not do */
    size_t item_size;
    /* Reads the cells into row->item when the row comes in; refuses as act does. */
    int (*read)(struct vip_context *context, void *state, const struct vip_row_in *row);
    /* The order in which to act on the rows of a batch that could be read: places among them. */
    int (*order)(struct vip_context *context, void *state, const struct vip_row_in *const *rows,
                 size_t count, size_t *order);
    /* The transaction, where it is more than that of a batch: all three. commit may fail; then, and
     * in place of it, rollback leaves nothing. */
    int (*begin)(struct vip_context *context, void *state);
    int (*commit)(struct vip_context *context, void *state);
    void (*rollback)(struct vip_context *context, void *state);
};

/* Opens the sink and goes through the input from operand `first` on. */
int vip_rows_run(struct vip_context *context, int first, const struct vip_rows *rows);

#endif
