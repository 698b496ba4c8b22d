/* An aligned table for people: widths as a terminal shows them (Chinese takes two columns), numbers
 * to the right with their thousands grouped, nothing cut. Rows wait for a page, whose widths are
 * those of everything so far. */
#include "lib/table/back_end.h"

#include "lib/base/text.h"
#include <stdlib.h>

enum { VALUE_TEXT = 48, PAGE_ROWS = 1000, GAP = 2, BAR_WIDTH = 12 };

/* Line breaks and tabs would break the table, other control characters the terminal. */
static void make_printable(char *text)
{
    for (unsigned char *byte = (unsigned char *)text; *byte; byte++) {
        if (*byte == '\t' || *byte == '\n' || *byte == '\r')
            *byte = ' ';
        else if (*byte < 32 || *byte == 127)
            *byte = '?';
        else if (*byte == 0xC2 && byte[1] >= 0x80 && byte[1] < 0xA0)
            byte[0] = byte[1] = '?'; /* the C1 controls, U+0080 to U+009F */
    }
}

static const char *cell_text(struct vip_arena *arena, const struct vip_value *value)
{
    char text[VALUE_TEXT];
    char grouped[VIP_GROUPED_TEXT];
    if (vip_value_is_empty(value))
        return "";
    const char *printed = vip_value_text(value, text, sizeof text);
    if (value->type == VIP_INTEGER || value->type == VIP_FEN || value->type == VIP_RATIO)
        printed = vip_number_group(printed, grouped);
    char *copy = vip_arena_text(arena, printed);
    if (copy)
        make_printable(copy);
    return copy;
}

/* Puts size blanks. */
static void put_blanks(struct vip_sink *sink, size_t size)
{
    for (; size > 0; size--)
        vip_sink_byte(sink, ' ');
}

static bool is_right(const struct vip_writer *writer, size_t column)
{
    return vip_type_is_number(writer->columns[column].type);
}

/* ---- bars ---- */

/* Rows that a workbook would draw have a bar behind each, where the encoding has blocks. */
static bool has_bars(const struct vip_writer *writer)
{
    return writer->chart && writer->chart->kind != VIP_CHART_HEAT && !writer->sink.encoding;
}

static int note_bar(struct vip_writer *writer, const struct vip_value *values)
{
    struct vip_page *page = &writer->page;
    void *bars = page->bars;
    const struct vip_value *shown = &values[writer->chart->columns[1]];

    if (vip_array_grow(&bars, &page->bar_capacity, page->row_count + 1, sizeof *page->bars) < 0)
        return VIP_EMEMORY;
    page->bars = bars;
    bool drawn = !writer->total && vip_type_is_number(shown->type) && shown->type != VIP_FLOATING;
    page->bars[page->row_count] = drawn ? shown->number : 0;
    return VIP_OK;
}

static int64_t longest_bar(const struct vip_page *page)
{
    int64_t longest = 0;

    for (size_t i = 0; i < page->row_count; i++)
        if (page->bars[i] > longest)
            longest = page->bars[i];
    return longest;
}

/* In eighths of a character: "███▌". */
static const char *draw_bar(int64_t number, int64_t longest, char *to)
{
    char *end = to;

    if (number > 0) {
        int eighths = (int)(8 * BAR_WIDTH * ((double)number / (double)longest) + 0.5);
        for (; eighths >= 8; eighths -= 8) {
            memcpy(end, "\xE2\x96\x88", 3);
            end += 3;
        }
        if (eighths) { /* U+2589 is seven eighths, U+258F is one */
            memcpy(end, "\xE2\x96", 2);
            end[2] = (char)(0x90 - eighths);
            end += 3;
        }
    }
    *end = '\0';
    return to;
}

/* ---- lines ---- */

/* One line; blanks are owed until something follows them, so that no line ends in blanks. */
static void put_line(struct vip_writer *writer, const char *const *cells, const char *bar)
{
    size_t owed = 0;
    for (size_t i = 0; i < writer->column_count; i++) {
        size_t padding = writer->page.widths[i] - vip_text_width(cells[i]);
        bool right = is_right(writer, i);
        if (right)
            owed += padding;
        if (cells[i][0]) {
            put_blanks(&writer->sink, owed);
            vip_sink_text(&writer->sink, cells[i]);
            owed = 0;
        }
        owed += (right ? 0 : padding) + GAP;
    }
    if (*bar) {
        put_blanks(&writer->sink, owed);
        vip_sink_text(&writer->sink, bar);
    }
    vip_sink_byte(&writer->sink, '\n');
}

static void widen(struct vip_page *page, size_t column, const char *text)
{
    size_t width = vip_text_width(text);
    if (width > page->widths[column])
        page->widths[column] = width;
}

static void put_heading(struct vip_writer *writer)
{
    if (writer->title) {
        vip_sink_text(&writer->sink, writer->title);
        vip_sink_text(&writer->sink, "\n\n");
    }
    if (writer->bold)
        vip_sink_text(&writer->sink, "\033[1m");
    put_line(writer, writer->headings, "");
    if (writer->bold)
        vip_sink_text(&writer->sink, "\033[0m");
}

static void put_page(struct vip_writer *writer)
{
    struct vip_page *page = &writer->page;
    if (!page->begun)
        put_heading(writer);
    page->begun = true;
    int64_t longest = has_bars(writer) && page->row_count > 1 ? longest_bar(page) : 0;
    for (size_t i = 0; i < page->row_count; i++) {
        char bar[3 * BAR_WIDTH + 1] = "";
        if (longest)
            draw_bar(page->bars[i], longest, bar);
        put_line(writer, page->cells + i * writer->column_count, bar);
    }
    page->row_count = page->cell_count = 0;
    vip_arena_reset(&page->arena);
}

static void table_heading(struct vip_writer *writer)
{
    for (size_t i = 0; i < writer->column_count; i++)
        widen(&writer->page, i, writer->headings[i]);
}

static int table_row(struct vip_writer *writer, const struct vip_value *values)
{
    struct vip_page *page = &writer->page;
    void *cells = page->cells;
    if (has_bars(writer) && note_bar(writer, values) < 0)
        return VIP_EMEMORY;
    if (vip_array_grow(&cells, &page->cell_capacity, page->cell_count + writer->column_count,
                       sizeof *page->cells) < 0)
        return VIP_EMEMORY;
    page->cells = cells;
    for (size_t i = 0; i < writer->column_count; i++) {
        const char *text = cell_text(&page->arena, &values[i]);
        if (!text)
            return VIP_EMEMORY;
        page->cells[page->cell_count + i] = text;
        widen(page, i, text);
    }
    page->cell_count += writer->column_count;
    if (++page->row_count == PAGE_ROWS)
        put_page(writer);
    return VIP_OK;
}

const struct vip_back_end vip_back_end_table = {
    .heading = table_heading, .row = table_row, .finish = put_page};
