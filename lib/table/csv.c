/* CSV with quotes, by libcsv made strict. libcsv is fed whole physical lines of UTF-8, so that the
 * line of every mistake is known. What it does not see itself is looked for in the line before:
 * a CR that is not part of a CRLF, and a TAB that opens a quoted cell (the spreadsheet guard),
 * which is marked with a byte that UTF-8 never uses, because libcsv does not say which cells were
 * quoted. */
#include "lib/table/guard.h"
#include "lib/table/split.h"

#include <stdlib.h>
#include <string.h>

enum {
    BLOCK = 16 * 1024, /* by which libcsv's buffer grows */
    QUOTED_TAB = 0xFF, /* stands for a TAB right behind an opening quote */
};

/* libcsv cuts off what this calls a space: nothing. */
static int is_space(unsigned char byte)
{
    (void)byte;
    return 0;
}

static int prepare(struct vip_csv *csv, struct vip_diag *diag)
{
    if (csv->ready)
        return VIP_OK;
    if (csv_init(&csv->parser, CSV_STRICT) != 0)
        return vip_input_fail(diag, 0, "libcsv cannot be started");
    csv_set_space_func(&csv->parser, is_space);
    csv_set_delim(&csv->parser, (unsigned char)csv->delimiter);
    csv_set_blk_size(&csv->parser, BLOCK);
    csv->ready = true;
    return VIP_OK;
}

/* ---- callbacks ---- */

static int add_cell(struct vip_cells *cells, const char *data, size_t size)
{
    if (size > VIP_CELL_MAX || cells->count == VIP_CELLS_MAX ||
        cells->text.size + size > VIP_ROW_MAX)
        return VIP_EINPUT;
    void *offsets = cells->offsets;
    if (vip_array_grow(&offsets, &cells->offset_capacity, cells->count + 1,
                       sizeof *cells->offsets) < 0)
        return VIP_EMEMORY;
    cells->offsets = offsets;
    cells->offsets[cells->count] = cells->text.size;
    /* With its NUL, which the next cell does not overwrite. */
    if (vip_buffer_add(&cells->text, data, size) < 0 || vip_buffer_byte(&cells->text, '\0') < 0)
        return VIP_EMEMORY;
    cells->count++;
    return VIP_OK;
}

static void on_cell(void *data, size_t size, void *context)
{
    struct vip_csv *csv = context;
    if (csv->error)
        return;
    struct vip_cells *cells = csv->cells;
    size_t start = cells->text.size;
    csv->error = add_cell(cells, data, size);
    if (csv->error || size == 0 || (unsigned char)cells->text.data[start] != QUOTED_TAB)
        return;
    if (vip_guard_needed(cells->text.data + start + 1))
        cells->offsets[cells->count - 1]++;
    else
        cells->text.data[start] = '\t';
}

static void on_row(int byte, void *context)
{
    (void)byte;
    struct vip_csv *csv = context;
    csv->row_done = true;
}

/* ---- lines ---- */

/* Walks over a line's quotes: notes whether one stays open, marks guards, finds a lone CR. */
static int look_over(struct vip_csv *csv, struct vip_line *line, size_t number,
                     struct vip_diag *diag)
{
    char *text = line->text;
    bool quoted = csv->in_quotes;
    bool continued = quoted; /* then the line does not begin with a cell */
    for (size_t i = 0; i < line->size; i++) {
        if (text[i] == '"') {
            bool opens = !quoted && (i == 0 ? !continued : text[i - 1] == csv->delimiter);
            quoted = !quoted;
            if (opens)
                csv->quote_line = number;
            if (opens && i + 1 < line->size && text[i + 1] == '\t')
                text[i + 1] = (char)QUOTED_TAB;
        } else if (text[i] == '\r' && !quoted && !(line->complete && i + 1 == line->size)) {
            return vip_line_fail_cr(number, diag);
        }
    }
    csv->in_quotes = quoted;
    return VIP_OK;
}

static int fail_too_long(const struct vip_csv *csv, size_t number, struct vip_diag *diag)
{
    if (csv->cells->count == VIP_CELLS_MAX)
        return vip_input_fail(diag, number, "has more than %zu cells", VIP_CELLS_MAX);
    return vip_input_fail(diag, csv->quote_line ? csv->quote_line : number,
                          "cell %zu is longer than %zu MiB, or its row than %zu: is a quote never "
                          "closed?",
                          csv->cells->count + 1, VIP_CELL_MAX >> 20, VIP_ROW_MAX >> 20);
}

/* What went wrong after libcsv stopped within a line. */
static int fail_parse(struct vip_csv *csv, size_t number, struct vip_diag *diag)
{
    if (csv_error(&csv->parser) != CSV_EPARSE) {
        vip_diag_clear(diag);
        return vip_fail_memory(diag);
    }
    if (csv->parser.quoted)
        return vip_input_fail(diag, number,
                              "text follows the closing quote of cell %zu: a quote inside a quoted "
                              "cell is written twice",
                              csv->cells->count + 1);
    return vip_input_fail(diag, number,
                          "a quote stands inside cell %zu, which is not quoted: quote the whole "
                          "cell and write the quote twice",
                          csv->cells->count + 1);
}

static int parse(struct vip_csv *csv, const char *text, size_t size, size_t number,
                 struct vip_diag *diag)
{
    size_t taken = csv_parse(&csv->parser, text, size, on_cell, on_row, csv);
    if (csv->error == VIP_EMEMORY) {
        vip_diag_clear(diag);
        return vip_fail_memory(diag);
    }
    if (csv->error || csv->parser.entry_pos > VIP_CELL_MAX)
        return fail_too_long(csv, number, diag);
    if (taken != size)
        return fail_parse(csv, number, diag);
    return VIP_OK;
}

/* The text may have moved while it grew, so cells are pointed at when the row is complete. */
static int point_at_cells(struct vip_cells *cells, struct vip_diag *diag)
{
    size_t count = cells->count;
    cells->count = 0;
    for (size_t i = 0; i < count; i++) {
        int code = vip_cells_add(cells, cells->text.data + cells->offsets[i], diag);
        if (code < 0)
            return code;
    }
    return VIP_OK;
}

static void begin_row(struct vip_csv *csv)
{
    csv->cells->count = 0;
    csv->quote_line = 0;
    csv->row_done = false;
    vip_buffer_clear(&csv->cells->text);
}

int vip_csv_line(struct vip_csv *csv, struct vip_line *line, size_t number, struct vip_diag *diag)
{
    if (!csv->in_quotes) {
        begin_row(csv);
        if (!memchr(line->text, '"', line->size)) {
            int plain = vip_line_trim_cr(line, number, diag);
            if (plain == VIP_OK)
                plain = vip_split_plain(csv->cells, line, csv->delimiter, number, diag);
            return plain < 0 ? plain : 1;
        }
    }
    int code = prepare(csv, diag);
    if (code == VIP_OK)
        code = look_over(csv, line, number, diag);
    if (code < 0)
        return code;
    if (line->complete && !csv->in_quotes && line->size > 0 && line->text[line->size - 1] == '\r')
        line->size--;
    code = parse(csv, line->text, line->size, number, diag);
    /* A last line without a line feed ends its row too, unless a quote is open. */
    if (code == VIP_OK && (line->complete || !csv->in_quotes))
        code = parse(csv, "\n", 1, number, diag);
    if (code == VIP_OK && csv->row_done)
        code = point_at_cells(csv->cells, diag);
    return code < 0 ? code : csv->row_done;
}

int vip_csv_unfinished(const struct vip_csv *csv, struct vip_diag *diag)
{
    return vip_input_fail(diag, csv->quote_line, "the quote opened here is never closed");
}

void vip_csv_free(struct vip_csv *csv)
{
    if (csv->ready)
        csv_free(&csv->parser);
    csv->ready = false;
}
