/* Physical lines of UTF-8, whole and writable in place. Private to lib/table. */
#ifndef VIP_TABLE_LINES_H
#define VIP_TABLE_LINES_H

#include "lib/table/decode.h"
#include <stdbool.h>
#include <stddef.h>

/* Limits that keep memory from following a quote that is never closed, or a file that is no table.
 * A spreadsheet stops at 32 Ki characters a cell and at 16 Ki columns. */
#define VIP_CELL_MAX  ((size_t)16 << 20)
#define VIP_ROW_MAX   ((size_t)32 << 20)
#define VIP_CELLS_MAX ((size_t)16 << 10)

struct vip_lines {
    struct vip_decoder *decoder; /* owned by the caller */
    char *data;                  /* start..end are not given out yet */
    size_t start, end, capacity;
    bool over;     /* the decoder has nothing more */
    size_t number; /* of the line given out last, 1-based */
};

struct vip_line {
    char *text;    /* size bytes and a writable one behind them; until the next call */
    size_t size;   /* without the line feed */
    bool complete; /* there was a line feed (the last line may have none) */
};

/* 1, 0 at the end, or an error. A line with a NUL is VIP_EINPUT. */
int vip_lines_next(struct vip_lines *lines, struct vip_line *line, struct vip_diag *diag);
void vip_lines_free(struct vip_lines *lines);

/* For unquoted text: drops the CR of a CRLF; VIP_EINPUT at any other CR. */
int vip_line_trim_cr(struct vip_line *line, size_t number, struct vip_diag *diag);
int vip_line_fail_cr(size_t number, struct vip_diag *diag);

#endif
