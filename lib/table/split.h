/* A line cut into cells: plain, CSV (libcsv made strict) and TSV. Private to lib/table. */
#ifndef VIP_TABLE_SPLIT_H
#define VIP_TABLE_SPLIT_H

#include "lib/base/memory.h"
#include "lib/table/lines.h"
#include <csv.h>
#include <stdbool.h>
#include <stddef.h>

/* The cells of one row. They lie in the line itself when nothing had to be undone, else in text. */
struct vip_cells {
    const char **cells;
    size_t count, capacity;
    struct vip_buffer text; /* NUL-terminated cells, one behind the other */
    size_t *offsets;        /* of cells in text */
    size_t offset_capacity;
};

void vip_cells_free(struct vip_cells *cells);
int vip_cells_add(struct vip_cells *cells, const char *cell, struct vip_diag *diag);

/* Cuts a line without quotes and escapes at each delimiter, in place. 0 or an error. */
int vip_split_plain(struct vip_cells *cells, const struct vip_line *line, char delimiter,
                    size_t number, struct vip_diag *diag);

/* The same for TSV: undoes \t \n \r \\ in place; any other backslash stands for itself. */
int vip_split_tsv(struct vip_cells *cells, struct vip_line *line, size_t number,
                  struct vip_diag *diag);

struct vip_csv {
    struct csv_parser parser;
    bool ready;           /* the parser is made */
    char delimiter;       /* set before the first line */
    bool in_quotes;       /* a quote stays open at the end of the lines so far */
    size_t quote_line;    /* where it was opened */
    bool row_done;        /* libcsv has seen the row's end */
    enum vip_error error; /* in a callback */
    struct vip_cells *cells;
};

/* Takes one line more of a row. 1: the row is complete in csv->cells. 0: a quoted cell goes on in
 * the next line. VIP_EINPUT: a lone CR, a quote where none may stand, or a cell that is too long.
 */
int vip_csv_line(struct vip_csv *csv, struct vip_line *line, size_t number, struct vip_diag *diag);

/* The input ended after vip_csv_line returned 0. Returns VIP_EINPUT. */
int vip_csv_unfinished(const struct vip_csv *csv, struct vip_diag *diag);
void vip_csv_free(struct vip_csv *csv);

#endif
