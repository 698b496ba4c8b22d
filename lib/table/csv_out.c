/* CSV and TSV out. Plain csv is RFC 4180 with LF, cells quoted where they must be; the Excel
 * profile quotes every text and puts the guard before what a spreadsheet would not take as text.
 * Whatever is written here, the reader reads back as it was. */
#include "lib/table/back_end.h"
#include "lib/table/guard.h"
#include <strings.h>

enum { VALUE_TEXT = 48 };

/* Bytes for which a cell is quoted. In a heading those by which the reader guesses the shape of the
 * file are among them. */
enum { IN_CELL = 1, IN_HEADING = 2 };

static const unsigned char special[256] = {['"'] = IN_CELL | IN_HEADING,
                                           [','] = IN_CELL | IN_HEADING,
                                           ['\n'] = IN_CELL | IN_HEADING,
                                           ['\r'] = IN_CELL | IN_HEADING,
                                           ['\t'] = IN_HEADING,
                                           [';'] = IN_HEADING,
                                           ['='] = IN_HEADING};

/* The reader takes one TAB off a quoted cell when a trigger follows it. So a text that must be
 * quoted and looks like that itself gets one, in plain csv too. */
static bool looks_guarded(const char *text)
{
    return text[0] == '\t' && vip_guard_needed(text + 1);
}

static void put_quoted(struct vip_sink *sink, const char *text, size_t size, bool guard)
{
    vip_sink_put(sink, "\"\t", guard ? 2 : 1);
    for (;;) {
        const char *quote = memchr(text, '"', size);
        if (!quote)
            break;
        size_t part = (size_t)(quote - text) + 1;
        vip_sink_put(sink, text, part);
        vip_sink_byte(sink, '"');
        text += part;
        size -= part;
    }
    vip_sink_put(sink, text, size);
    vip_sink_byte(sink, '"');
}

/* alone: the only cell of its row, which must not look like a blank line. */
static void put_text(struct vip_writer *writer, const char *text, unsigned char where, bool alone)
{
    struct vip_sink *sink = &writer->sink;
    unsigned found = 0;
    size_t size = 0;
    for (; text[size]; size++)
        found |= special[(unsigned char)text[size]];
    if (writer->excel)
        put_quoted(sink, text, size, vip_guard_needed(text));
    else if ((found & where) || (alone && strspn(text, " \t") == size))
        put_quoted(sink, text, size, looks_guarded(text));
    else
        vip_sink_put(sink, text, size);
}

static void end_line(struct vip_writer *writer)
{
    if (writer->excel)
        vip_sink_byte(&writer->sink, '\r');
    vip_sink_byte(&writer->sink, '\n');
}

/* A byte-order mark, where the encoding has one and iconv does not write its own. */
static void put_mark(struct vip_writer *writer)
{
    const char *encoding = writer->sink.encoding;
    if (!encoding || strcasecmp(encoding, "UTF-16LE") == 0 || strcasecmp(encoding, "UTF-16BE") == 0)
        vip_sink_put(&writer->sink, "\xEF\xBB\xBF", 3);
}

static void csv_heading(struct vip_writer *writer)
{
    if (writer->excel)
        put_mark(writer);
    for (size_t i = 0; i < writer->column_count; i++) {
        const char *heading = writer->headings[i];
        bool mark = strncmp(heading, "\xEF\xBB\xBF", 3) == 0;
        if (i > 0)
            vip_sink_byte(&writer->sink, ',');
        /* A mark in the text itself must not become the file's. */
        if (mark && !writer->excel)
            put_quoted(&writer->sink, heading, strlen(heading), false);
        else
            put_text(writer, heading, IN_HEADING, writer->column_count == 1);
    }
    end_line(writer);
}

static bool all_empty(const struct vip_value *values, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!vip_value_is_empty(&values[i]))
            return false;
    return true;
}

static int csv_row(struct vip_writer *writer, const struct vip_value *values)
{
    struct vip_sink *sink = &writer->sink;
    char text[VALUE_TEXT];
    /* A row of nothing would be passed over as blank. */
    if (vip_value_is_empty(&values[0]) && all_empty(values, writer->column_count))
        vip_sink_put(sink, "\"\"", 2);
    for (size_t i = 0; i < writer->column_count; i++) {
        if (i > 0)
            vip_sink_byte(sink, ',');
        if (vip_value_is_empty(&values[i]))
            continue;
        if (values[i].type == VIP_TEXT)
            put_text(writer, values[i].text, IN_CELL, writer->column_count == 1);
        else
            vip_sink_text(sink, vip_value_text(&values[i], text, sizeof text));
    }
    end_line(writer);
    return VIP_OK;
}

const struct vip_back_end vip_back_end_csv = {.heading = csv_heading, .row = csv_row};

/* ---- tsv ---- */

static void put_escaped(struct vip_sink *sink, const char *text)
{
    for (;;) {
        size_t plain = strcspn(text, "\t\n\r\\");
        vip_sink_put(sink, text, plain);
        text += plain;
        if (!*text)
            return;
        vip_sink_byte(sink, '\\');
        vip_sink_byte(sink, *text == '\t' ? 't' : *text == '\n' ? 'n' : *text == '\r' ? 'r' : '\\');
        text++;
    }
}

static void tsv_heading(struct vip_writer *writer)
{
    for (size_t i = 0; i < writer->column_count; i++) {
        if (i > 0)
            vip_sink_byte(&writer->sink, '\t');
        put_escaped(&writer->sink, writer->headings[i]);
    }
    vip_sink_byte(&writer->sink, '\n');
}

static int tsv_row(struct vip_writer *writer, const struct vip_value *values)
{
    char text[VALUE_TEXT];
    for (size_t i = 0; i < writer->column_count; i++) {
        if (i > 0)
            vip_sink_byte(&writer->sink, '\t');
        if (!vip_value_is_empty(&values[i]))
            put_escaped(&writer->sink, vip_value_text(&values[i], text, sizeof text));
    }
    vip_sink_byte(&writer->sink, '\n');
    return VIP_OK;
}

const struct vip_back_end vip_back_end_tsv = {.heading = tsv_heading, .row = tsv_row};
