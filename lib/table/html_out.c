/* A page out: self-contained HTML that prints on A4, a section for each set of rows, charts drawn
 * in it (SVG), heat maps as coloured matrices. No script, nothing loaded from elsewhere. */
#include "lib/table/html.h"

#include <stdio.h>
#include <stdlib.h>

static const char head[] =
    "<meta charset=\"utf-8\">\n"
    "<meta name=\"viewport\" content=\"width=device-width\">\n"
    "<style>\n"
    "@page { size: A4; margin: 14mm }\n"
    "body { font: 10pt/1.35 \"Helvetica Neue\", Arial, \"PingFang SC\", \"Microsoft YaHei\", "
    "\"Noto Sans CJK SC\", sans-serif; color: #1b2733; max-width: 182mm; margin: 8mm auto }\n"
    "h2 { font-size: 13pt; margin: 0 0 3mm; break-after: avoid }\n"
    "section { margin-bottom: 10mm; break-inside: avoid }\n"
    "table { border-collapse: collapse; width: 100%; font-size: 8.5pt }\n"
    "thead { display: table-header-group }\n"
    "tr { break-inside: avoid }\n"
    "th, td { padding: 1mm 1.5mm; text-align: left; vertical-align: top }\n"
    "th { border-bottom: .4mm solid #5a7184; background: #e8eef4 }\n"
    "td { border-bottom: .1mm solid #d5dde4; overflow-wrap: break-word }\n"
    ".all td { font-weight: bold; border-top: .2mm solid #5a7184 }\n"
    ".n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap }\n"
    "svg { width: 100%; height: auto; margin-top: 4mm; break-inside: avoid }\n"
    "svg text { font-size: 11px; fill: #46586a }\n"
    "@media print { body { margin: 0; -webkit-print-color-adjust: exact; "
    "print-color-adjust: exact } }\n"
    "</style>\n";

void vip_html_text(struct vip_sink *sink, const char *text)
{
    for (; *text; text++) {
        unsigned char byte = (unsigned char)*text;
        if (byte == '&')
            vip_sink_text(sink, "&amp;");
        else if (byte == '<')
            vip_sink_text(sink, "&lt;");
        else if (byte == '>')
            vip_sink_text(sink, "&gt;");
        else if (byte == '"')
            vip_sink_text(sink, "&quot;");
        else if (byte >= ' ' || byte == '\n' || byte == '\t')
            vip_sink_byte(sink, *text);
    }
}

/* As a reader wants to see it: thousands grouped, with the sign of the unit. */
void vip_html_value(struct vip_sink *sink, const struct vip_value *value)
{
    char text[VIP_HTML_VALUE], grouped[VIP_GROUPED_TEXT];

    if (vip_value_is_empty(value))
        return;
    const char *printed = vip_value_text(value, text, sizeof text);
    if (value->type == VIP_INTEGER || value->type == VIP_FEN || value->type == VIP_RATIO)
        printed = vip_number_group(printed, grouped);
    if (value->type == VIP_FEN) {
        vip_sink_text(sink, *printed == '-' ? "-¥" : "¥");
        printed += *printed == '-';
    }
    vip_html_text(sink, printed);
    if (value->type == VIP_PERCENT)
        vip_sink_byte(sink, '%');
}

static void put_page_head(struct vip_writer *writer)
{
    struct vip_sink *sink = &writer->sink;

    vip_sink_text(sink, "<!DOCTYPE html>\n<html lang=\"");
    vip_html_text(sink, writer->lang ? writer->lang : "en");
    vip_sink_text(sink, "\">\n<head>\n<title>");
    vip_html_text(sink, writer->title ? writer->title : writer->sheet ? writer->sheet : "vip");
    vip_sink_text(sink, "</title>\n");
    vip_sink_text(sink, head);
    vip_sink_text(sink, "</head>\n<body>\n");
}

static bool is_heat(const struct vip_writer *writer)
{
    return writer->chart && writer->chart->kind == VIP_CHART_HEAT;
}

/* Many columns have smaller letters, so that they go on a page side by side. */
static void put_table(struct vip_writer *writer)
{
    enum { COLUMNS = 9, TENTHS = 85, LEAST = 50 }; /* of a point, as in the style */
    int tenths = (int)(TENTHS * COLUMNS / (writer->column_count ? writer->column_count : 1));
    char tag[64];

    if (is_heat(writer) || tenths >= TENTHS) {
        vip_sink_text(&writer->sink, "<table>\n");
        return;
    }
    tenths = tenths > LEAST ? tenths : LEAST;
    snprintf(tag, sizeof tag, "<table style=\"font-size: %d.%dpt\">\n", tenths / 10, tenths % 10);
    vip_sink_text(&writer->sink, tag);
}

static void html_heading(struct vip_writer *writer)
{
    struct vip_sink *sink = &writer->sink;

    if (!writer->html->begun)
        put_page_head(writer);
    writer->html->begun = true;
    vip_sink_text(sink, "<section>\n");
    if (writer->title) {
        vip_sink_text(sink, "<h2>");
        vip_html_text(sink, writer->title);
        vip_sink_text(sink, "</h2>\n");
    }
    put_table(writer);
    if (is_heat(writer)) /* its matrix stands for its rows */
        return;
    vip_sink_text(sink, "<thead><tr>");
    for (size_t i = 0; i < writer->column_count; i++) {
        bool right = vip_type_is_number(writer->columns[i].type);
        vip_sink_text(sink, right ? "<th class=\"n\">" : "<th>");
        vip_html_text(sink, writer->headings[i]);
        vip_sink_text(sink, "</th>");
    }
    vip_sink_text(sink, "</tr></thead>\n");
}

static int html_row(struct vip_writer *writer, const struct vip_value *values)
{
    struct vip_sink *sink = &writer->sink;

    if (is_heat(writer))
        return writer->total ? VIP_OK
                             : vip_matrix_note(&writer->html->matrix, writer->chart, values);
    vip_sink_text(sink, writer->total ? "<tr class=\"all\">" : "<tr>");
    for (size_t i = 0; i < writer->column_count; i++) {
        bool right = vip_type_is_number(writer->columns[i].type);
        vip_sink_text(sink, right ? "<td class=\"n\">" : "<td>");
        vip_html_value(sink, &values[i]);
        vip_sink_text(sink, "</td>");
    }
    vip_sink_text(sink, "</tr>\n");
    return writer->total ? VIP_OK : vip_html_note(writer, values);
}

static void html_end_sheet(struct vip_writer *writer)
{
    if (is_heat(writer))
        vip_html_matrix(writer);
    vip_sink_text(&writer->sink, "</table>\n");
    if (!is_heat(writer))
        vip_html_chart(writer);
    vip_sink_text(&writer->sink, "</section>\n");
    vip_matrix_clear(&writer->html->matrix);
    writer->html->point_count = writer->html->label_count = 0;
    vip_arena_reset(&writer->html->arena);
}

static void html_finish(struct vip_writer *writer)
{
    html_end_sheet(writer);
    vip_sink_text(&writer->sink, "</body>\n</html>\n");
}

static int html_open(struct vip_writer *writer, struct vip_diag *diag)
{
    writer->html = calloc(1, sizeof *writer->html);
    return writer->html ? VIP_OK : vip_fail_memory(diag);
}

static void html_free(struct vip_writer *writer)
{
    struct vip_html *html = writer->html;

    if (!html)
        return;
    vip_matrix_free(&html->matrix);
    vip_arena_free(&html->arena);
    free(html->labels);
    free(html->points);
    free(html);
}

const struct vip_back_end vip_back_end_html = {.open = html_open,
                                               .heading = html_heading,
                                               .row = html_row,
                                               .end_sheet = html_end_sheet,
                                               .finish = html_finish,
                                               .free = html_free};
