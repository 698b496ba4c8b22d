/* A small table held whole in memory: one of the programme's CSV files. Read by lib/table or
 * fetched by lib/db, judged by lib/rules, which thereby needs neither. */
#ifndef VIP_BASE_SHEET_H
#define VIP_BASE_SHEET_H

#include <stddef.h>

struct vip_sheet {
    const char *name;           /* "tiers.csv" or "templates/birthday.zh.txt" */
    const char *path;           /* for messages: as the user named it */
    const char *const *columns; /* column_count names, canonical */
    size_t column_count;
    const char *const *cells;   /* row_count × column_count, never NULL */
    const size_t *lines;        /* row_count physical line numbers */
    size_t row_count;
};

/* The cell of row in the column of that name; "" when there is no such column. */
const char *vip_sheet_cell(const struct vip_sheet *sheet, size_t row, const char *column);

/* The index of the column, or -1. */
int vip_sheet_column(const struct vip_sheet *sheet, const char *column);

#endif
