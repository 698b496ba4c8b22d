/* What the output formats share: the writer as they see it, and what each of them does. Private to
 * lib/table. */
#ifndef VIP_TABLE_BACK_END_H
#define VIP_TABLE_BACK_END_H

#include "lib/base/memory.h"
#include "lib/table/sink.h"
#include "lib/table/writer.h"

struct vip_writer;
struct vip_workbook;
struct vip_html;

struct vip_back_end {
    /* Before anything else, when the sink is open; may be NULL. 0 or an error with diag filled. */
    int (*open)(struct vip_writer *writer, struct vip_diag *diag);
    void (*heading)(struct vip_writer *writer);
    /* 0 or VIP_EMEMORY; a failure to write is kept by the sink. */
    int (*row)(struct vip_writer *writer, const struct vip_value *values);
    /* The rows of this sheet are complete, others follow; NULL: it has no sheets. */
    void (*end_sheet)(struct vip_writer *writer);
    /* What is still to be put before the sink is closed; may be NULL. */
    void (*finish)(struct vip_writer *writer);
    void (*free)(struct vip_writer *writer); /* may be NULL */
};

extern const struct vip_back_end vip_back_end_csv, vip_back_end_tsv, vip_back_end_json,
    vip_back_end_table, vip_back_end_xlsx, vip_back_end_ics, vip_back_end_html;

/* The rows of a table that wait for their widths. */
struct vip_page {
    struct vip_arena arena;
    const char **cells; /* row_count × column_count, in arena */
    size_t cell_count, cell_capacity;
    size_t row_count;
    size_t *widths; /* one a column: of everything so far */
    int64_t *bars;  /* what is drawn behind each row, where the rows have a chart */
    size_t bar_capacity;
    bool begun; /* heading and title are out */
};

struct vip_writer {
    const struct vip_back_end *back_end;
    struct vip_column *columns; /* a copy; the names are borrowed */
    const char **headings;      /* borrowed from names */
    size_t column_count;
    bool heading_done;
    bool total; /* the row that is put now is that of all rows together */
    bool excel;
    bool bold;
    const char *title, *sheet;
    const struct vip_chart *chart; /* NULL: none */
    struct vip_page page;
    const char *lang;
    struct vip_workbook *workbook; /* of xlsx */
    struct vip_html *html;         /* of html */
    struct vip_sink sink;
};

static inline bool vip_type_is_number(enum vip_type type)
{
    return type == VIP_INTEGER || type == VIP_FEN || type == VIP_RATIO || type == VIP_PERCENT ||
           type == VIP_FLOATING;
}

enum { VIP_GROUPED_TEXT = 64 };

/* "-1234567.00" → "-1,234,567.00", in to (VIP_GROUPED_TEXT bytes). */
const char *vip_number_group(const char *number, char *to);

/* True when the value is an empty cell. */
static inline bool vip_value_is_empty(const struct vip_value *value)
{
    return value->type == VIP_NULL || value->type == VIP_BYTES ||
           (value->type == VIP_TEXT && (!value->text || !*value->text)) ||
           (value->type == VIP_DAY && value->number == VIP_DAY_NONE);
}

#endif
