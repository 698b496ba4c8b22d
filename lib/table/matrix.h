/* What a heat map shows: kept while the rows go by, laid out as a matrix at the end. Private to
 * lib/table. */
#ifndef VIP_TABLE_MATRIX_H
#define VIP_TABLE_MATRIX_H

#include "lib/base/memory.h"
#include "lib/table/writer.h"

/* A zeroed struct is an empty matrix. */
struct vip_matrix {
    struct vip_arena arena;
    const char **rows, **columns; /* labels, in the order in which they came */
    size_t row_count, row_capacity, column_count, column_capacity;
    struct vip_matrix_cell {
        size_t row, column;
        struct vip_value value; /* a number, or nothing */
    } * cells;
    size_t cell_count, cell_capacity;
};

/* Notes a row of a heat map; nothing without one. 0 or VIP_EMEMORY. */
int vip_matrix_note(struct vip_matrix *matrix, const struct vip_chart *chart,
                    const struct vip_value *values);

/* Brings the cells into the order of rows and columns. False: there are none, or too many. */
bool vip_matrix_sort(struct vip_matrix *matrix);

void vip_matrix_clear(struct vip_matrix *matrix);
void vip_matrix_free(struct vip_matrix *matrix);

#endif
