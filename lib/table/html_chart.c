/* What is drawn on a page: lines and bars as SVG, heat maps as coloured cells. See html.h. */
#include "lib/table/html.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

enum {
    WIDTH = 720,
    HEIGHT = 240,
    LEFT = 78,   /* room for the figures of the scale */
    BOTTOM = 40, /* for labels and names */
    TOP = 12,
    RIGHT = 12,
    STEPS = 4,
    MOST_ROWS = 400,
    MOST_LABELS = 14,
};

static const char *const colours[] = {"#2f6db3", "#c8553d", "#4f9d69", "#8a6fb0", "#c79a2b"};

static const char *colour_of(size_t series)
{
    return colours[series % (sizeof colours / sizeof colours[0])];
}

__attribute__((format(printf, 2, 3))) static void put(struct vip_sink *sink, const char *format,
                                                      ...)
{
    char text[256];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    vip_sink_text(sink, text);
}

/* ---- heat maps ---- */

static int64_t largest_cell(const struct vip_matrix *matrix)
{
    int64_t largest = 0;

    for (size_t i = 0; i < matrix->cell_count; i++)
        if (matrix->cells[i].value.number > largest)
            largest = matrix->cells[i].value.number;
    return largest;
}

/* From white to green, by the part of the largest. */
static void put_heat(struct vip_sink *sink, const struct vip_matrix_cell *cell, int64_t largest)
{
    double part =
        largest > 0 && cell->value.number > 0 ? (double)cell->value.number / (double)largest : 0;

    put(sink, "<td class=\"n\" style=\"background:#%02x%02x%02x\">", 255 - (int)(156 * part),
        255 - (int)(65 * part), 255 - (int)(132 * part));
    vip_html_value(sink, &cell->value);
    vip_sink_text(sink, "</td>");
}

static void put_matrix_row(struct vip_sink *sink, const struct vip_matrix *matrix, size_t row,
                           size_t *next, int64_t largest)
{
    vip_sink_text(sink, "<tr><td>");
    vip_html_text(sink, matrix->rows[row]);
    vip_sink_text(sink, "</td>");
    for (size_t column = 0; column < matrix->column_count; column++) {
        const struct vip_matrix_cell *cell = &matrix->cells[*next];
        if (*next < matrix->cell_count && cell->row == row && cell->column == column) {
            put_heat(sink, cell, largest);
            ++*next;
        } else {
            vip_sink_text(sink, "<td></td>");
        }
    }
    vip_sink_text(sink, "</tr>\n");
}

void vip_html_matrix(struct vip_writer *writer)
{
    struct vip_sink *sink = &writer->sink;
    struct vip_matrix *matrix = &writer->html->matrix;
    size_t next = 0;

    if (!vip_matrix_sort(matrix))
        return;
    vip_sink_text(sink, "<thead><tr><th>");
    vip_html_text(sink, writer->headings[writer->chart->columns[writer->chart->count - 1]]);
    vip_sink_text(sink, "</th>");
    for (size_t i = 0; i < matrix->column_count; i++) {
        vip_sink_text(sink, "<th class=\"n\">");
        vip_html_text(sink, matrix->columns[i]);
        vip_sink_text(sink, "</th>");
    }
    vip_sink_text(sink, "</tr></thead>\n");
    for (size_t row = 0; row < matrix->row_count; row++)
        put_matrix_row(sink, matrix, row, &next, largest_cell(matrix));
}

/* ---- lines and bars ---- */

int vip_html_note(struct vip_writer *writer, const struct vip_value *values)
{
    struct vip_html *html = writer->html;
    const struct vip_chart *chart = writer->chart;
    void *labels = html->labels, *points = html->points;
    char text[VIP_HTML_VALUE];

    if (!chart || html->label_count > MOST_ROWS)
        return VIP_OK;
    if (vip_array_grow(&labels, &html->label_capacity, html->label_count + 1,
                       sizeof *html->labels) < 0)
        return VIP_EMEMORY;
    html->labels = labels;
    if (vip_array_grow(&points, &html->point_capacity, html->point_count + chart->count,
                       sizeof *html->points) < 0)
        return VIP_EMEMORY;
    html->points = points;
    const char *label =
        vip_arena_text(&html->arena, vip_value_text(&values[chart->columns[0]], text, sizeof text));
    if (!label)
        return VIP_EMEMORY;
    html->labels[html->label_count++] = label;
    for (size_t i = 1; i < chart->count; i++) {
        const struct vip_value *value = &values[chart->columns[i]];
        bool whole = vip_type_is_number(value->type) && value->type != VIP_FLOATING;
        html->points[html->point_count++] = whole ? value->number : 0;
    }
    return VIP_OK;
}

/* The scale: from 0 to STEPS times the least round step that holds the largest point. */
static int64_t step_of(const struct vip_html *html)
{
    static const int64_t round[] = {1, 2, 5};
    int64_t largest = 1, step = 1;

    for (size_t i = 0; i < html->point_count; i++)
        if (html->points[i] > largest)
            largest = html->points[i];
    for (int64_t power = 1; power < INT64_MAX / 100; power *= 10)
        for (int i = 0; i < 3; i++) {
            step = round[i] * power;
            if (step >= (largest + STEPS - 1) / STEPS)
                return step;
        }
    return step;
}

static double height_of(int64_t number, int64_t step)
{
    double part = number > 0 ? (double)number / ((double)step * STEPS) : 0;

    return HEIGHT - BOTTOM - part * (HEIGHT - BOTTOM - TOP);
}

static void put_scale(struct vip_writer *writer, int64_t step)
{
    struct vip_sink *sink = &writer->sink;

    for (int i = 0; i <= STEPS; i++) {
        struct vip_value value = {.type = writer->columns[writer->chart->columns[1]].type,
                                  .number = i * step};
        double y = height_of(value.number, step);
        put(sink, "<line x1=\"%d\" y1=\"%.1f\" x2=\"%d\" y2=\"%.1f\" stroke=\"#d5dde4\"/>", LEFT, y,
            WIDTH - RIGHT, y);
        put(sink, "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">", LEFT - 6, y + 4);
        vip_html_value(sink, &value);
        vip_sink_text(sink, "</text>\n");
    }
}

/* The middle of a row's place across. */
static double place_of(const struct vip_html *html, size_t row)
{
    return LEFT + (WIDTH - LEFT - RIGHT) * ((double)row + 0.5) / (double)html->label_count;
}

static void put_labels(struct vip_writer *writer)
{
    const struct vip_html *html = writer->html;
    size_t every = (html->label_count + MOST_LABELS - 1) / MOST_LABELS;

    for (size_t i = 0; i < html->label_count; i += every) {
        put(&writer->sink, "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">", place_of(html, i),
            HEIGHT - BOTTOM + 15);
        vip_html_text(&writer->sink, html->labels[i]);
        vip_sink_text(&writer->sink, "</text>\n");
    }
}

static void put_names(struct vip_writer *writer)
{
    for (size_t i = 1; i < writer->chart->count; i++) {
        double x = LEFT + 160.0 * (double)(i - 1);
        put(&writer->sink, "<rect x=\"%.1f\" y=\"%d\" width=\"10\" height=\"10\" fill=\"%s\"/>", x,
            HEIGHT - 14, colour_of(i - 1));
        put(&writer->sink, "<text x=\"%.1f\" y=\"%d\">", x + 15, HEIGHT - 5);
        vip_html_text(&writer->sink, writer->headings[writer->chart->columns[i]]);
        vip_sink_text(&writer->sink, "</text>\n");
    }
}

static void put_line(struct vip_writer *writer, size_t series, int64_t step)
{
    const struct vip_html *html = writer->html;
    size_t count = writer->chart->count - 1;

    put(&writer->sink, "<polyline fill=\"none\" stroke=\"%s\" stroke-width=\"2\" points=\"",
        colour_of(series));
    for (size_t i = 0; i < html->label_count; i++)
        put(&writer->sink, "%.1f,%.1f ", place_of(html, i),
            height_of(html->points[i * count + series], step));
    vip_sink_text(&writer->sink, "\"/>\n");
}

static void put_bars(struct vip_writer *writer, size_t series, int64_t step)
{
    const struct vip_html *html = writer->html;
    size_t count = writer->chart->count - 1;
    double place = (WIDTH - LEFT - RIGHT) / (double)html->label_count;
    double width = place * 0.7 / (double)count < 60 ? place * 0.7 / (double)count : 60;

    for (size_t i = 0; i < html->label_count; i++) {
        double y = height_of(html->points[i * count + series], step);
        double x = place_of(html, i) + width * ((double)series - (double)count / 2);
        put(&writer->sink,
            "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"%s\"/>\n", x, y,
            width * 0.92, HEIGHT - BOTTOM - y, colour_of(series));
    }
}

void vip_html_chart(struct vip_writer *writer)
{
    const struct vip_html *html = writer->html;

    if (!writer->chart || html->label_count < 2 || html->label_count > MOST_ROWS)
        return;
    int64_t step = step_of(html);
    put(&writer->sink, "<svg viewBox=\"0 0 %d %d\" role=\"img\">\n", WIDTH, HEIGHT);
    put_scale(writer, step);
    for (size_t i = 0; i + 1 < writer->chart->count; i++) {
        if (writer->chart->kind == VIP_CHART_LINE)
            put_line(writer, i, step);
        else
            put_bars(writer, i, step);
    }
    put_labels(writer);
    put_names(writer);
    vip_sink_text(&writer->sink, "</svg>\n");
}
