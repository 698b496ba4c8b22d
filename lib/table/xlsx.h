/* A workbook in the making, as the files xlsx_*.c share it. Private to lib/table.
 *
 * libxlsxwriter is loaded when the first workbook is opened: linked, it and what it needs would
 * more than double the start-up of every command, and a till waits for that of vip-find. */
#ifndef VIP_TABLE_XLSX_H
#define VIP_TABLE_XLSX_H

#include "lib/table/back_end.h"
#include "lib/table/matrix.h"
#include <xlsxwriter.h>

#define VIP_XLSX_FUNCTIONS(X)                                                                      \
    X(workbook_new_opt)                                                                            \
    X(workbook_add_worksheet)                                                                      \
    X(workbook_get_worksheet_by_name)                                                              \
    X(workbook_add_format)                                                                         \
    X(workbook_add_chart)                                                                          \
    X(workbook_set_properties)                                                                     \
    X(workbook_close)                                                                              \
    X(format_set_bold)                                                                             \
    X(format_set_font_size)                                                                        \
    X(format_set_num_format)                                                                       \
    X(format_set_align)                                                                            \
    X(format_set_bg_color)                                                                         \
    X(format_set_bottom)                                                                           \
    X(format_set_text_wrap)                                                                        \
    X(format_set_indent)                                                                           \
    X(worksheet_write_number)                                                                      \
    X(worksheet_write_string)                                                                      \
    X(worksheet_set_column)                                                                        \
    X(worksheet_freeze_panes)                                                                      \
    X(worksheet_autofilter)                                                                        \
    X(worksheet_set_landscape)                                                                     \
    X(worksheet_set_paper)                                                                         \
    X(worksheet_fit_to_pages)                                                                      \
    X(worksheet_print_area)                                                                        \
    X(worksheet_repeat_rows)                                                                       \
    X(worksheet_set_footer)                                                                        \
    X(worksheet_insert_chart_opt)                                                                  \
    X(worksheet_conditional_format_range)                                                          \
    X(chart_add_series)                                                                            \
    X(chart_series_set_name)                                                                       \
    X(chart_series_set_categories)                                                                 \
    X(chart_series_set_values)                                                                     \
    X(chart_axis_set_num_format)                                                                   \
    X(chart_axis_set_min)                                                                          \
    X(chart_title_set_name)                                                                        \
    X(chart_legend_set_position)

struct vip_xlsx_library {
/* NOLINTNEXTLINE(bugprone-macro-parentheses): a name that is declared */
#define VIP_XLSX_POINTER(name) __typeof__(name) *name;
    VIP_XLSX_FUNCTIONS(VIP_XLSX_POINTER)
#undef VIP_XLSX_POINTER
};

/* The library's functions, loaded at the first call; NULL: it is not there (see *why). */
const struct vip_xlsx_library *vip_xlsx_load(const char **why);

enum { VIP_SHEET_NAME = 128 }; /* 31 characters in UTF-8 */

struct vip_workbook {
    const struct vip_xlsx_library *library;
    lxw_workbook *book;
    lxw_worksheet *sheet;
    lxw_format *formats[VIP_BYTES + 1]; /* by type of the value */
    lxw_format *wrapped, *title, *heading_left, *heading_right;
    lxw_format *text_after, *day_after, *heading_after; /* behind a column of numbers: indented */
    char *path; /* of the file that the library writes, in the folder for such files */
    char name[VIP_SHEET_NAME];
    lxw_row_t heading, row; /* where the headings stand; the next free row */
    lxw_row_t totals;       /* rows for all rows together, at the end */
    bool below_zero;        /* something in the chart is */
    unsigned part;          /* sheets of these rows so far: one holds about a million */
    struct vip_matrix matrix;
};

/* Keeps the first failure in the writer's sink. */
void vip_xlsx_check(struct vip_writer *writer, lxw_error error);

/* A worksheet of a name that fits Excel and is not taken, with the page set up for print; NULL:
 * failed, and kept. */
lxw_worksheet *vip_xlsx_add_sheet(struct vip_writer *writer, const char *name, char *made);

/* One cell. A number that a spreadsheet would round is a text. */
void vip_xlsx_cell(struct vip_writer *writer, lxw_worksheet *sheet, lxw_row_t row, lxw_col_t column,
                   const struct vip_value *value);

/* How wide a column must be for a text, in the spreadsheet's unit. */
size_t vip_xlsx_width(const char *text);

/* Draws the chart of the sheet, whose rows are complete. */
void vip_xlsx_chart_end(struct vip_writer *writer);

#endif
