/* Tables for reports that are worked out in C when a query asks for them: rows of numbers, made of
 * the arguments that stand behind the name, as in vip_store_sales(:from, :to, …). What they hold is
 * said in vip-reports(5). */
#ifndef VIP_DB_COMPUTED_H
#define VIP_DB_COMPUTED_H

#include "lib/db/engine.h"

#define VIP_NOTHING INT64_MIN /* NULL in a cell */

struct vip_computed_rows { /* the rows, one after the other */
    int64_t *numbers;
    size_t count, capacity; /* of numbers */
};

/* Adds a row. VIP_EMEMORY when there is no room. */
int vip_computed_add(struct vip_computed_rows *cells, const int64_t *row, size_t columns,
                     struct vip_diag *diag);

enum { VIP_COMPUTED_ARGUMENTS = 8 };

struct vip_computed {
    const char *name, *declaration; /* the columns, then the arguments as HIDDEN ones */
    int columns, arguments;
    int (*fill)(struct vip_db *db, const struct vip_value *arguments,
                struct vip_computed_rows *cells, struct vip_diag *diag);
};

extern const struct vip_computed vip_computed_store_sales; /* store_sales.c */
extern const struct vip_computed vip_computed_rfm;         /* rfm.c */

#endif
