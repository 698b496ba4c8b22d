/* What a sheet shows beside its rows: a line or bars over one of its columns, drawn by the
 * spreadsheet itself; or a heat map, the rows laid out as a coloured matrix on a sheet of its own.
 */
#include "lib/table/xlsx.h"

#include <stdlib.h>

enum {
    MATRIX_CELLS = 20000,
    CHART_WIDTH = 720,
    CHART_HEIGHT = 320,
    ROWS_ABOVE = 40,
    LABEL_TEXT = 48
};

/* ---- lines and bars ---- */

static void add_series(struct vip_writer *writer, lxw_chart *chart, size_t column)
{
    const struct vip_workbook *workbook = writer->workbook;
    const struct vip_xlsx_library *library = workbook->library;
    lxw_row_t first = workbook->heading + 1, last = workbook->row - 1;
    lxw_col_t across = (lxw_col_t)writer->chart->columns[0];
    lxw_chart_series *series = library->chart_add_series(chart, NULL, NULL);

    if (!series) {
        vip_xlsx_check(writer, LXW_ERROR_MEMORY_MALLOC_FAILED);
        return;
    }
    library->chart_series_set_name(series, writer->headings[column]);
    library->chart_series_set_categories(series, workbook->name, first, across, last, across);
    library->chart_series_set_values(series, workbook->name, first, (lxw_col_t)column, last,
                                     (lxw_col_t)column);
}

static const char *axis_format(enum vip_type type)
{
    return type == VIP_FEN ? "\"¥\"#,##0" : type == VIP_PERCENT ? "0%" : "#,##0";
}

/* Under the rows, where it is printed with them; beside them when they are many. */
static void place_chart(struct vip_writer *writer, lxw_chart *chart)
{
    struct vip_workbook *workbook = writer->workbook;
    bool under = workbook->row <= ROWS_ABOVE;
    /* Filtering the rows must not squeeze it. */
    lxw_chart_options options = {.x_scale = CHART_WIDTH / 480.0,
                                 .y_scale = CHART_HEIGHT / 288.0,
                                 .object_position = LXW_OBJECT_DONT_MOVE_DONT_SIZE};

    vip_xlsx_check(writer, workbook->library->worksheet_insert_chart_opt(
                               workbook->sheet, under ? workbook->row + 1 : workbook->heading + 1,
                               under ? 0 : (lxw_col_t)(writer->column_count + 1), chart, &options));
    if (!under)
        vip_xlsx_check(writer, workbook->library->worksheet_print_area(
                                   workbook->sheet, 0, 0, workbook->row - 1,
                                   (lxw_col_t)(writer->column_count - 1)));
}

static void draw_chart(struct vip_writer *writer)
{
    struct vip_workbook *workbook = writer->workbook;
    const struct vip_xlsx_library *library = workbook->library;
    const struct vip_chart *drawn = writer->chart;
    bool is_line = drawn->kind == VIP_CHART_LINE;
    lxw_chart *chart =
        library->workbook_add_chart(workbook->book, is_line ? LXW_CHART_LINE : LXW_CHART_COLUMN);

    if (!chart) {
        vip_xlsx_check(writer, LXW_ERROR_MEMORY_MALLOC_FAILED);
        return;
    }
    for (size_t i = 1; i < drawn->count; i++)
        add_series(writer, chart, drawn->columns[i]);
    if (drawn->count == 2) {
        library->chart_title_set_name(chart, writer->headings[drawn->columns[1]]);
        library->chart_legend_set_position(chart, LXW_CHART_LEGEND_NONE);
    } else {
        library->chart_legend_set_position(chart, LXW_CHART_LEGEND_BOTTOM);
    }
    library->chart_axis_set_num_format(chart->y_axis,
                                       axis_format(writer->columns[drawn->columns[1]].type));
    place_chart(writer, chart);
}

/* ---- heat maps ---- */

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

int vip_xlsx_chart_row(struct vip_writer *writer, const struct vip_value *values)
{
    const struct vip_chart *chart = writer->chart;
    struct vip_matrix *matrix = &writer->workbook->matrix;
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

static void put_label(struct vip_writer *writer, lxw_worksheet *sheet, size_t row, size_t column,
                      const char *label)
{
    struct vip_workbook *workbook = writer->workbook;

    vip_xlsx_check(writer, workbook->library->worksheet_write_string(
                               sheet, (lxw_row_t)row, (lxw_col_t)column, label,
                               row      ? workbook->formats[VIP_TEXT]
                               : column ? workbook->heading_right
                                        : workbook->heading_left));
}

static size_t widest(const char *const *labels, size_t count, size_t least)
{
    size_t width = least;

    for (size_t i = 0; i < count; i++)
        if (vip_xlsx_width(labels[i]) > width)
            width = vip_xlsx_width(labels[i]);
    return width;
}

static int by_place(const void *a, const void *b)
{
    const struct vip_matrix_cell *one = a, *two = b;

    if (one->row != two->row)
        return one->row < two->row ? -1 : 1;
    return (one->column > two->column) - (one->column < two->column);
}

/* Row by row, since what is written is on its way to the file. */
static void fill_matrix(struct vip_writer *writer, lxw_worksheet *sheet, const char *corner)
{
    const struct vip_matrix *matrix = &writer->workbook->matrix;
    size_t next = 0;

    qsort(matrix->cells, matrix->cell_count, sizeof *matrix->cells, by_place);
    put_label(writer, sheet, 0, 0, corner);
    for (size_t i = 0; i < matrix->column_count; i++)
        put_label(writer, sheet, 0, i + 1, matrix->columns[i]);
    for (size_t row = 0; row < matrix->row_count; row++) {
        put_label(writer, sheet, row + 1, 0, matrix->rows[row]);
        for (; next < matrix->cell_count && matrix->cells[next].row == row; next++)
            vip_xlsx_cell(writer, sheet, (lxw_row_t)(row + 1),
                          (lxw_col_t)(matrix->cells[next].column + 1), &matrix->cells[next].value);
    }
}

static void colour_matrix(struct vip_writer *writer, lxw_worksheet *sheet)
{
    const struct vip_matrix *matrix = &writer->workbook->matrix;
    lxw_conditional_format scale = {
        .type = LXW_CONDITIONAL_2_COLOR_SCALE, .min_color = 0xFFFFFF, .max_color = 0x63BE7B};

    vip_xlsx_check(writer, writer->workbook->library->worksheet_conditional_format_range(
                               sheet, 1, 1, (lxw_row_t)matrix->row_count,
                               (lxw_col_t)matrix->column_count, &scale));
}

static void draw_matrix(struct vip_writer *writer)
{
    struct vip_workbook *workbook = writer->workbook;
    const struct vip_xlsx_library *library = workbook->library;
    const struct vip_matrix *matrix = &workbook->matrix;
    const struct vip_chart *chart = writer->chart;
    const char *corner = writer->headings[chart->columns[chart->count - 1]];
    char name[VIP_SHEET_NAME];
    lxw_worksheet *sheet = vip_xlsx_add_sheet(writer, corner, name);

    if (!sheet)
        return;
    fill_matrix(writer, sheet, corner);
    colour_matrix(writer, sheet);
    size_t left = widest(matrix->rows, matrix->row_count, vip_xlsx_width(corner));
    size_t cell = widest(matrix->columns, matrix->column_count, 9);
    vip_xlsx_check(writer, library->worksheet_set_column(sheet, 0, 0, (double)left, NULL));
    vip_xlsx_check(writer, library->worksheet_set_column(sheet, 1, (lxw_col_t)matrix->column_count,
                                                         (double)cell, NULL));
    library->worksheet_freeze_panes(sheet, 1, 1);
}

void vip_xlsx_chart_end(struct vip_writer *writer)
{
    struct vip_workbook *workbook = writer->workbook;

    if (!writer->chart || writer->sink.error || workbook->row <= workbook->heading + 1)
        return;
    if (writer->chart->kind != VIP_CHART_HEAT)
        draw_chart(writer);
    else if (workbook->matrix.cell_count && workbook->matrix.cell_count < MATRIX_CELLS)
        draw_matrix(writer);
    vip_xlsx_matrix_clear(&workbook->matrix);
}

void vip_xlsx_matrix_clear(struct vip_matrix *matrix)
{
    matrix->row_count = matrix->column_count = matrix->cell_count = 0;
    vip_arena_reset(&matrix->arena);
}

void vip_xlsx_matrix_free(struct vip_matrix *matrix)
{
    vip_arena_free(&matrix->arena);
    free(matrix->rows);
    free(matrix->columns);
    free(matrix->cells);
    *matrix = (struct vip_matrix){0};
}
