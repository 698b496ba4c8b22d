/* A page in the making, as html_out.c and html_chart.c share it. Private to lib/table. */
#ifndef VIP_TABLE_HTML_H
#define VIP_TABLE_HTML_H

#include "lib/table/back_end.h"
#include "lib/table/matrix.h"

enum { VIP_HTML_VALUE = 48 };

struct vip_html {
    bool begun; /* the head of the page is out */
    struct vip_matrix matrix;
    /* The rows of a chart: a label each, and a point for each of its series. */
    struct vip_arena arena;
    const char **labels;
    size_t label_count, label_capacity;
    int64_t *points;
    size_t point_count, point_capacity;
};

/* Text with what HTML means by <, &, > and " taken from it. */
void vip_html_text(struct vip_sink *sink, const char *text);
void vip_html_value(struct vip_sink *sink, const struct vip_value *value);

/* Keeps a row for the chart. 0 or VIP_EMEMORY. */
int vip_html_note(struct vip_writer *writer, const struct vip_value *values);

/* Draws the chart of the rows that were noted, where there is one. */
void vip_html_chart(struct vip_writer *writer);

/* The body of the table of a heat map. */
void vip_html_matrix(struct vip_writer *writer);

#endif
