/* Workbooks out: typed cells, bold headings that stay in sight, a filter, columns as wide as what
 * is in them, a sheet for each set of rows. The library writes to a file of its own, row by row; at
 * the end that goes through the sink like everything else. */
#include "lib/table/xlsx.h"

#include "lib/base/text.h"
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum {
    VALUE_TEXT = 48,
    ROW_LIMIT = 1048576,
    WIDEST = 60,        /* wider texts are wrapped */
    UNIX_EPOCH = 25569, /* 1970-01-01 as a spreadsheet counts days */
    FIRST_DAY = -25508, /* 1900-03-01: before it spreadsheets disagree */
    SHEET_NAME_UNITS = 31,
    PAPER_A4 = 9,
};

static const int64_t exact_limit = 999999999999999; /* spreadsheets keep 15 digits */

void vip_xlsx_check(struct vip_writer *writer, lxw_error error)
{
    if (error == LXW_NO_ERROR || writer->sink.error)
        return;
    writer->sink.error = error == LXW_ERROR_MEMORY_MALLOC_FAILED         ? ENOMEM
                         : error == LXW_ERROR_MAX_STRING_LENGTH_EXCEEDED ? EOVERFLOW
                         : errno                                         ? errno
                                                                         : EIO;
}

/* ---- sheets ---- */

/* Leaves out what Excel does not take in a name, and cuts it to its length in UTF-16. */
static void fit_name(const char *name, size_t room, char *to)
{
    size_t size = strlen(name), used = 0, units = 0;

    for (size_t at = 0, length; at < size; at += length) {
        uint32_t point;
        length = vip_utf8_decode(name + at, size - at, &point);
        if (!length)
            break;
        units += point > 0xFFFF ? 2 : 1;
        if (units > room || used + length + 1 > VIP_SHEET_NAME)
            break;
        bool fits = point >= ' ' && !(point < 0x80 && strchr("[]:*?/\\'", (int)point));
        if (fits)
            memcpy(to + used, name + at, length);
        else
            to[used] = ' ';
        used += fits ? length : 1;
    }
    to[used] = '\0';
    if (!used)
        memcpy(to, "-", 2);
}

/* The name, or with a number behind it when another sheet has it. */
static void free_name(const struct vip_workbook *workbook, const char *name, char *to)
{
    fit_name(name, SHEET_NAME_UNITS, to);
    for (int number = 2;
         workbook->library->workbook_get_worksheet_by_name(workbook->book, to) && number < 1000;
         number++) {
        fit_name(name, SHEET_NAME_UNITS - 4, to);
        snprintf(to + strlen(to), 8, " %d", number % 1000); /* three digits, as gcc cannot see */
    }
}

lxw_worksheet *vip_xlsx_add_sheet(struct vip_writer *writer, const char *name, char *made)
{
    struct vip_workbook *workbook = writer->workbook;
    const struct vip_xlsx_library *library = workbook->library;

    free_name(workbook, name, made);
    lxw_worksheet *sheet = library->workbook_add_worksheet(workbook->book, made);
    if (!sheet) {
        vip_xlsx_check(writer, LXW_ERROR_CREATING_TMPFILE);
        return NULL;
    }
    library->worksheet_set_landscape(sheet);
    library->worksheet_set_paper(sheet, PAPER_A4);
    library->worksheet_fit_to_pages(sheet, 1, 0);
    vip_xlsx_check(writer, library->worksheet_set_footer(sheet, "&C&P / &N"));
    return sheet;
}

/* A Chinese character is a little wider than two digits. */
size_t vip_xlsx_width(const char *text)
{
    size_t width = vip_text_width(text);

    return (width * 11 + 9) / 10 + 2;
}

static void widen(struct vip_writer *writer, size_t column, size_t width)
{
    if (width > writer->page.widths[column])
        writer->page.widths[column] = width < WIDEST ? width : WIDEST;
}

static void put_string(struct vip_writer *writer, lxw_row_t row, size_t column, const char *text,
                       lxw_format *format)
{
    struct vip_workbook *workbook = writer->workbook;

    vip_xlsx_check(writer, workbook->library->worksheet_write_string(
                               workbook->sheet, row, (lxw_col_t)column, text, format));
}

/* A column of numbers ends where the next begins: what begins there keeps a distance. */
static bool is_after_number(const struct vip_writer *writer, size_t column)
{
    return column > 0 && vip_type_is_number(writer->columns[column - 1].type);
}

static void put_headings(struct vip_writer *writer)
{
    struct vip_workbook *workbook = writer->workbook;

    if (writer->title) {
        put_string(writer, 0, 0, writer->title, workbook->title);
        workbook->heading = 1;
    }
    for (size_t i = 0; i < writer->column_count; i++) {
        bool right = vip_type_is_number(writer->columns[i].type);
        put_string(writer, workbook->heading, i, writer->headings[i],
                   right                        ? workbook->heading_right
                   : is_after_number(writer, i) ? workbook->heading_after
                                                : workbook->heading_left);
        widen(writer, i, vip_xlsx_width(writer->headings[i]) + 3); /* the filter's button */
    }
    workbook->row = workbook->heading + 1;
}

static void begin_sheet(struct vip_writer *writer)
{
    struct vip_workbook *workbook = writer->workbook;
    const struct vip_xlsx_library *library = workbook->library;

    workbook->heading = workbook->row = workbook->totals = 0;
    workbook->below_zero = false;
    workbook->part++;
    memset(writer->page.widths, 0, writer->column_count * sizeof *writer->page.widths);
    workbook->sheet =
        vip_xlsx_add_sheet(writer, writer->sheet ? writer->sheet : "vip", workbook->name);
    if (!workbook->sheet)
        return;
    put_headings(writer);
    library->worksheet_freeze_panes(workbook->sheet, workbook->heading + 1, 0);
    vip_xlsx_check(writer, library->worksheet_repeat_rows(workbook->sheet, 0, workbook->heading));
}

/* Over the rows so far; the library takes no other once a later row is on its way. */
static void set_filter(struct vip_writer *writer)
{
    struct vip_workbook *workbook = writer->workbook;

    if (workbook->row > workbook->heading + 1)
        vip_xlsx_check(writer, workbook->library->worksheet_autofilter(
                                   workbook->sheet, workbook->heading, 0, workbook->row - 1,
                                   (lxw_col_t)(writer->column_count - 1)));
}

static void end_sheet(struct vip_writer *writer)
{
    struct vip_workbook *workbook = writer->workbook;
    const struct vip_xlsx_library *library = workbook->library;

    if (!workbook->sheet)
        return;
    for (size_t i = 0; i < writer->column_count; i++)
        vip_xlsx_check(writer,
                       library->worksheet_set_column(workbook->sheet, (lxw_col_t)i, (lxw_col_t)i,
                                                     (double)writer->page.widths[i], NULL));
    if (!workbook->totals)
        set_filter(writer);
    vip_xlsx_chart_end(writer);
    workbook->sheet = NULL;
}

static void xlsx_heading(struct vip_writer *writer)
{
    writer->workbook->part = 0;
    begin_sheet(writer);
}

/* ---- cells ---- */

static bool as_number(const struct vip_value *value, double *number)
{
    if (value->type == VIP_FLOATING) {
        *number = value->floating;
        return *number - *number == 0; /* neither infinite nor no number */
    }
    if (value->number > exact_limit || value->number < -exact_limit)
        return false;
    *number = (double)value->number;
    if (value->type == VIP_DAY)
        *number += UNIX_EPOCH;
    else if (value->type == VIP_FEN || value->type == VIP_RATIO)
        *number /= 100;
    else if (value->type == VIP_PERCENT)
        *number /= 10000;
    return value->type != VIP_DAY || value->number >= FIRST_DAY;
}

/* Texts and dates stand to the left. */
static lxw_format *format_of(const struct vip_writer *writer, const lxw_worksheet *sheet,
                             lxw_col_t column, enum vip_type type)
{
    const struct vip_workbook *workbook = writer->workbook;
    bool after = sheet == workbook->sheet && is_after_number(writer, column);

    if (after && type == VIP_TEXT)
        return workbook->text_after;
    return after && type == VIP_DAY ? workbook->day_after : workbook->formats[type];
}

void vip_xlsx_cell(struct vip_writer *writer, lxw_worksheet *sheet, lxw_row_t row, lxw_col_t column,
                   const struct vip_value *value)
{
    struct vip_workbook *workbook = writer->workbook;
    const struct vip_xlsx_library *library = workbook->library;
    char space[VALUE_TEXT];
    double number;

    if (vip_value_is_empty(value))
        return;
    if (value->type != VIP_TEXT && as_number(value, &number)) {
        vip_xlsx_check(
            writer, library->worksheet_write_number(sheet, row, column, number,
                                                    format_of(writer, sheet, column, value->type)));
        return;
    }
    const char *text = vip_value_text(value, space, sizeof space);
    lxw_format *format = vip_xlsx_width(text) > WIDEST ? workbook->wrapped
                                                       : format_of(writer, sheet, column, VIP_TEXT);
    if (*text)
        vip_xlsx_check(writer, library->worksheet_write_string(sheet, row, column, text, format));
}

/* Of what is shown: grouped thousands and a sign of the unit are more than the value's text. */
static size_t width_of(const struct vip_value *value)
{
    char space[VALUE_TEXT];

    if (vip_value_is_empty(value))
        return 0;
    const char *text = vip_value_text(value, space, sizeof space);
    size_t extra = vip_type_is_number(value->type) ? strlen(text) / 3 + 1 : 0;
    return vip_xlsx_width(text) + extra;
}

/* A chart begins at zero, unless something in it is below. */
static void note_below_zero(struct vip_writer *writer, const struct vip_value *values)
{
    const struct vip_chart *chart = writer->chart;

    for (size_t i = 1; chart && !writer->total && i < chart->count; i++) {
        const struct vip_value *value = &values[chart->columns[i]];
        bool below = value->type == VIP_FLOATING
                         ? value->floating < 0
                         : vip_type_is_number(value->type) && value->number < 0;
        writer->workbook->below_zero = writer->workbook->below_zero || below;
    }
}

static int xlsx_row(struct vip_writer *writer, const struct vip_value *values)
{
    struct vip_workbook *workbook = writer->workbook;

    if (workbook->row == ROW_LIMIT) {
        end_sheet(writer);
        begin_sheet(writer);
    }
    if (!workbook->sheet || writer->sink.error)
        return VIP_OK;
    if (writer->total)
        set_filter(writer);
    note_below_zero(writer, values);
    for (size_t i = 0; i < writer->column_count; i++) {
        vip_xlsx_cell(writer, workbook->sheet, workbook->row, (lxw_col_t)i, &values[i]);
        widen(writer, i, width_of(&values[i]));
    }
    workbook->row++;
    workbook->totals += writer->total;
    return writer->total ? VIP_OK : vip_matrix_note(&workbook->matrix, writer->chart, values);
}

/* ---- the workbook ---- */

static lxw_format *make_format(struct vip_workbook *workbook, const char *number)
{
    lxw_format *format = workbook->library->workbook_add_format(workbook->book);

    if (format && number)
        workbook->library->format_set_num_format(format, number);
    return format;
}

static lxw_format *make_heading(struct vip_workbook *workbook, uint8_t align)
{
    const struct vip_xlsx_library *library = workbook->library;
    lxw_format *format = make_format(workbook, NULL);

    if (!format)
        return NULL;
    library->format_set_bold(format);
    library->format_set_align(format, align);
    library->format_set_bg_color(format, 0xE8EEF4);
    library->format_set_bottom(format, LXW_BORDER_THIN);
    return format;
}

static bool make_formats(struct vip_workbook *workbook)
{
    static const char *const numbers[VIP_BYTES + 1] = {
        [VIP_TEXT] = "@",
        [VIP_INTEGER] = "#,##0",
        [VIP_FEN] = "\"¥\"#,##0.00;-\"¥\"#,##0.00",
        [VIP_RATIO] = "#,##0.00",
        [VIP_PERCENT] = "0.00%",
        [VIP_DAY] = "yyyy\\-mm\\-dd",
    };
    const struct vip_xlsx_library *library = workbook->library;
    bool all = true;

    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        all = (workbook->formats[i] = make_format(workbook, numbers[i])) && all;
    workbook->wrapped = make_format(workbook, "@");
    workbook->title = make_format(workbook, NULL);
    workbook->heading_left = make_heading(workbook, LXW_ALIGN_LEFT);
    workbook->heading_right = make_heading(workbook, LXW_ALIGN_RIGHT);
    workbook->heading_after = make_heading(workbook, LXW_ALIGN_LEFT);
    workbook->text_after = make_format(workbook, numbers[VIP_TEXT]);
    workbook->day_after = make_format(workbook, numbers[VIP_DAY]);
    if (!workbook->heading_after || !workbook->text_after || !workbook->day_after)
        return false;
    if (!all || !workbook->wrapped || !workbook->title || !workbook->heading_left ||
        !workbook->heading_right)
        return false;
    library->format_set_text_wrap(workbook->wrapped);
    library->format_set_bold(workbook->title);
    library->format_set_font_size(workbook->title, 14);
    library->format_set_align(workbook->formats[VIP_DAY], LXW_ALIGN_LEFT);
    library->format_set_align(workbook->day_after, LXW_ALIGN_LEFT);
    library->format_set_indent(workbook->heading_after, 1);
    library->format_set_indent(workbook->text_after, 1);
    library->format_set_indent(workbook->day_after, 1);
    return true;
}

/* A file for the library to write, in $TMPDIR. False: errno says why. */
static bool make_path(struct vip_workbook *workbook)
{
    const char *folder = getenv("TMPDIR");
    struct vip_buffer path = {0};

    if (!folder || !*folder)
        folder = "/tmp";
    if (vip_buffer_format(&path, "%s/vip-XXXXXX", folder) < 0) {
        errno = ENOMEM;
        return false;
    }
    int file = mkstemp(path.data);
    if (file < 0) {
        int why = errno;
        vip_buffer_free(&path);
        errno = why;
        return false;
    }
    close(file);
    workbook->path = path.data;
    return true;
}

static int open_book(struct vip_workbook *workbook, struct vip_diag *diag)
{
    lxw_workbook_options options = {.constant_memory = LXW_TRUE, .tmpdir = getenv("TMPDIR")};

    if (!make_path(workbook))
        return vip_fail_errno(diag, errno, "cannot make a temporary file for the workbook");
    workbook->book = workbook->library->workbook_new_opt(workbook->path, &options);
    if (!workbook->book || !make_formats(workbook))
        return vip_fail_memory(diag);
    return VIP_OK;
}

static int xlsx_open(struct vip_writer *writer, struct vip_diag *diag)
{
    const char *why = NULL;

    writer->workbook = calloc(1, sizeof *writer->workbook);
    if (!writer->workbook)
        return vip_fail_memory(diag);
    writer->workbook->library = vip_xlsx_load(&why);
    if (!writer->workbook->library)
        return vip_fail(diag, VIP_EIO,
                        "workbooks need libxlsxwriter " LXW_SOVERSION
                        ": %s (csv and --excel do not)",
                        why ? why : "it is not installed");
    return open_book(writer->workbook, diag);
}

static void copy_to_sink(struct vip_writer *writer)
{
    char block[8192];
    size_t got;
    FILE *file = fopen(writer->workbook->path, "rb");

    while (file && (got = fread(block, 1, sizeof block, file)) > 0)
        vip_sink_put(&writer->sink, block, got);
    if ((!file || ferror(file)) && !writer->sink.error)
        writer->sink.error = errno ? errno : EIO;
    if (file)
        fclose(file);
}

static void xlsx_finish(struct vip_writer *writer)
{
    struct vip_workbook *workbook = writer->workbook;
    lxw_doc_properties properties = {.title = (char *)(uintptr_t)writer->title};

    end_sheet(writer);
    vip_xlsx_check(writer, workbook->library->workbook_set_properties(workbook->book, &properties));
    errno = 0;
    vip_xlsx_check(writer, workbook->library->workbook_close(workbook->book));
    workbook->book = NULL;
    if (!writer->sink.error)
        copy_to_sink(writer);
}

/* Closing is the library's only way to give its memory back. */
static void xlsx_free(struct vip_writer *writer)
{
    struct vip_workbook *workbook = writer->workbook;

    if (!workbook)
        return;
    if (workbook->book)
        workbook->library->workbook_close(workbook->book);
    if (workbook->path)
        unlink(workbook->path);
    free(workbook->path);
    vip_matrix_free(&workbook->matrix);
    free(workbook);
    writer->workbook = NULL;
}

const struct vip_back_end vip_back_end_xlsx = {.open = xlsx_open,
                                               .heading = xlsx_heading,
                                               .row = xlsx_row,
                                               .end_sheet = end_sheet,
                                               .finish = xlsx_finish,
                                               .free = xlsx_free};
