/* Rows in batches: what most commands do that write row by row. Some thousands of rows are kept,
 * acted on in one transaction, and printed or refused after it, in the order of the input, so that
 * what stands on standard output is on disk. A command says only what one row does. */
#ifndef VIP_CMD_ROWS_H
#define VIP_CMD_ROWS_H

#include "cmd/common/command.h"
#include "lib/base/memory.h"
#include "lib/db/batch.h"

enum { VIP_ROW_KNOWN = 1 }; /* act: it was there already */

struct vip_row_in {           /* a row as act gets it */
    const char *const *cells; /* under the columns of the input, "" when absent */
    size_t line;
    struct vip_batch *batch; /* begun; its file is the row's */
    struct vip_arena *arena; /* for texts of the output: lives until the batch is printed */
};

struct vip_rows {
    struct vip_input input; /* columns and required; the rest is filled in here */
    const struct vip_column *output;
    size_t output_count;

    /* Does the row and fills in the values of its output (all empty before). VIP_OK: it took
     * effect. VIP_ROW_KNOWN: nothing was changed. VIP_EREFUSED with context->diag filled: the
     * others go on. Another error ends the run, and nothing of the batch is kept. */
    int (*act)(struct vip_context *context, void *state, const struct vip_row_in *row,
               struct vip_value *values);
    /* Called when all rows of a batch are done, before its commit; may be NULL. */
    int (*end_batch)(struct vip_context *context, void *state, struct vip_batch *batch);
    void *state;
};

/* Opens the sink and goes through the input from operand `first` on. */
int vip_rows_run(struct vip_context *context, int first, const struct vip_rows *rows);

#endif
