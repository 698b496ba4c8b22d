/* Rows into a matrix: labels down and across in the order in which they came. See matrix.h. */
#include "lib/table/matrix.h"

#include "lib/table/back_end.h"
#include <stdlib.h>

enum { MATRIX_CELLS = 20000, LABEL_TEXT = 48 };

static void label_of(const struct vip_value *value, struct vip_buffer *to)
{
    char text[LABEL_TEXT];

    if (to->size && !vip_value_is_empty(value))
        vip_buffer_text(to, " ");
    if (!vip_value_is_empty(value))
        vip_buffer_text(to, vip_value_text(value, text, sizeof text));
}

/* The place of a label among those seen; a new one comes last. SIZE_MAX: out of memory. */
static size_t place_of(struct vip_matrix *matrix, const char ***labels, size_t *count,
                       size_t *capacity, const char *label)
{
    void *items = *labels;

    for (size_t i = *count; i > 0; i--) /* rows come in order: it is mostly the last */
        if (strcmp((*labels)[i - 1], label) == 0)
            return i - 1;
    const char *copy = vip_arena_text(&matrix->arena, label);
    if (!copy || vip_array_grow(&items, capacity, *count + 1, sizeof **labels) < 0)
        return SIZE_MAX;
    *labels = items;
    (*labels)[(*count)++] = copy;
    return *count - 1;
}

static int add_cell(struct vip_matrix *matrix, const char *row, const char *column,
                    const struct vip_value *value)
{
    void *cells = matrix->cells;
    size_t across =
        place_of(matrix, &matrix->columns, &matrix->column_count, &matrix->column_capacity, column);
    size_t down = place_of(matrix, &matrix->rows, &matrix->row_count, &matrix->row_capacity, row);

    if (across == SIZE_MAX || down == SIZE_MAX ||
        vip_array_grow(&cells, &matrix->cell_capacity, matrix->cell_count + 1,
                       sizeof *matrix->cells) < 0)
        return VIP_EMEMORY;
    matrix->cells = cells;
    matrix->cells[matrix->cell_count++] = (struct vip_matrix_cell){down, across, *value};
    return VIP_OK;
}

int vip_matrix_note(struct vip_matrix *matrix, const struct vip_chart *chart,
                    const struct vip_value *values)
{
    struct vip_buffer row = {0}, column = {0};

    if (!chart || chart->kind != VIP_CHART_HEAT || matrix->cell_count >= MATRIX_CELLS)
        return VIP_OK;
    for (size_t i = 0; i + 2 < chart->count; i++)
        label_of(&values[chart->columns[i]], &row);
    label_of(&values[chart->columns[chart->count - 2]], &column);
    int error = add_cell(matrix, row.size ? row.data : "-", column.size ? column.data : "-",
                         &values[chart->columns[chart->count - 1]]);
    vip_buffer_free(&row);
    vip_buffer_free(&column);
    return error;
}

static int by_place(const void *a, const void *b)
{
    const struct vip_matrix_cell *one = a, *two = b;

    if (one->row != two->row)
        return one->row < two->row ? -1 : 1;
    return (one->column > two->column) - (one->column < two->column);
}

bool vip_matrix_sort(struct vip_matrix *matrix)
{
    if (!matrix->cell_count || matrix->cell_count >= MATRIX_CELLS)
        return false;
    qsort(matrix->cells, matrix->cell_count, sizeof *matrix->cells, by_place);
    return true;
}

void vip_matrix_clear(struct vip_matrix *matrix)
{
    matrix->row_count = matrix->column_count = matrix->cell_count = 0;
    vip_arena_reset(&matrix->arena);
}

void vip_matrix_free(struct vip_matrix *matrix)
{
    vip_arena_free(&matrix->arena);
    free(matrix->rows);
    free(matrix->columns);
    free(matrix->cells);
    *matrix = (struct vip_matrix){0};
}
