/* What a sheet shows beside its rows: a line or bars over one of its columns, drawn by the
 * spreadsheet itself; or a heat map, the rows laid out as a coloured matrix on a sheet of its own.
 */
#include "lib/table/xlsx.h"

enum { CHART_WIDTH = 720, CHART_HEIGHT = 320, ROWS_ABOVE = 40 };

/* ---- lines and bars ---- */

static void add_series(struct vip_writer *writer, lxw_chart *chart, size_t column)
{
    const struct vip_workbook *workbook = writer->workbook;
    const struct vip_xlsx_library *library = workbook->library;
    lxw_row_t first = workbook->heading + 1, last = workbook->row - workbook->totals - 1;
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
    if (writer->columns[drawn->columns[0]].type == VIP_DAY)
        library->chart_axis_set_num_format(chart->x_axis, "yyyy\\-mm\\-dd");
    if (!workbook->below_zero)
        library->chart_axis_set_min(chart->y_axis, 0);
    place_chart(writer, chart);
}

/* ---- heat maps ---- */

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

/* Row by row, since what is written is on its way to the file. */
static void fill_matrix(struct vip_writer *writer, lxw_worksheet *sheet, const char *corner)
{
    const struct vip_matrix *matrix = &writer->workbook->matrix;
    size_t next = 0;

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
    else if (vip_matrix_sort(&workbook->matrix))
        draw_matrix(writer);
    vip_matrix_clear(&workbook->matrix);
}
