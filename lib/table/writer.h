/* Rows out: one sink for every command. csv, tsv, json (one object a line), an aligned table for a
 * terminal, a workbook; the Excel profile of csv; to standard output or to a file that appears
 * whole or not at all. Numbers and dates are written in the C locale; only tables group thousands.
 */
#ifndef VIP_TABLE_WRITER_H
#define VIP_TABLE_WRITER_H

#include "lib/base/error.h"
#include "lib/base/value.h"
#include "lib/table/names.h"
#include <stdbool.h>
#include <stddef.h>

enum vip_output_format {
    VIP_OUTPUT_AUTO, /* by the ending of path, else csv, or a table when it is a terminal */
    VIP_OUTPUT_CSV,
    VIP_OUTPUT_TSV,
    VIP_OUTPUT_JSON,
    VIP_OUTPUT_TABLE,
    VIP_OUTPUT_XLSX,
    VIP_OUTPUT_ICS,  /* only for rows with the columns due, key and member */
    VIP_OUTPUT_HTML, /* a page for print, with the charts drawn in it */
};

/* What a workbook draws beside the rows. The columns are places among those of the rows: of a line
 * and of bars what goes across, then what is shown; of a heat map what makes the label of a row
 * (one or more), of a column, and what is shown. */
enum vip_chart_kind { VIP_CHART_LINE, VIP_CHART_BARS, VIP_CHART_HEAT };
enum { VIP_CHART_COLUMNS = 8 };

struct vip_chart {
    enum vip_chart_kind kind;
    size_t columns[VIP_CHART_COLUMNS];
    size_t count; /* 2 or more; 3 of a heat map */
};

struct vip_column {
    const char *name;   /* canonical; borrowed for the writer's life */
    enum vip_type type; /* what its values are: alignment, JSON, spreadsheets */
};

struct vip_writer_options {
    const char *path; /* NULL or "-": standard output */
    enum vip_output_format format;
    const char *encoding;          /* iconv name; NULL: UTF-8 */
    const char *lang;              /* "en" (or NULL) or "zh": headings */
    bool excel;                    /* --excel: a profile of csv, which AUTO then means */
    bool color;                    /* the heading of a table may be bold, on a terminal */
    const char *title;             /* above tables and in workbooks only; NULL: none */
    const struct vip_names *names; /* for headings; NULL: column names as they are */
    const char *const *headings;   /* in place of what names says, one a column; NULL: none */
    const char *sheet;             /* the name of a workbook's sheet; NULL: "vip" */
    const struct vip_chart *chart; /* NULL: none */
};

struct vip_writer;

/* Opens the sink; the heading is written with the first row or at close, so that an empty result
 * still has its heading. A table is laid out at close (or in pages of 1000 rows). A file appears
 * under its name at close, with the mode of the one it replaces; what is not a regular file
 * (/dev/null, a FIFO) is written to directly. */
int vip_writer_open(struct vip_writer **writer, const struct vip_writer_options *options,
                    const struct vip_column *columns, size_t column_count, struct vip_diag *diag);

/* Ends the sheet of a workbook and begins the next: title, headings, sheet and chart are taken from
 * options. VIP_EUSAGE where the format has no sheets. */
int vip_writer_sheet(struct vip_writer *writer, const struct vip_writer_options *options,
                     const struct vip_column *columns, size_t column_count, struct vip_diag *diag);

/* The format that the options come to: never AUTO. */
enum vip_output_format vip_writer_format(const struct vip_writer_options *options);

/* One row: exactly column_count values. A text that the output encoding cannot hold is VIP_EIO. */
int vip_writer_row(struct vip_writer *writer, const struct vip_value *values,
                   struct vip_diag *diag);

/* The row for all rows together, the last one: no chart and no filter takes it in. */
int vip_writer_total(struct vip_writer *writer, const struct vip_value *values,
                     struct vip_diag *diag);

/* Pushes what is buffered to the stream now (a pipe's reader sees the rows of a committed batch).
 * The rows of a table wait for their page, since its widths depend on all of them. */
int vip_writer_flush(struct vip_writer *writer, struct vip_diag *diag);

/* Finishes: flush, checked close, rename. Frees the writer in every case. VIP_EIO when anything
 * failed, and then no file appears. */
int vip_writer_close(struct vip_writer *writer, struct vip_diag *diag);

/* Gives up: removes the temporary file, frees. */
void vip_writer_abandon(struct vip_writer *writer);

/* The value as text in the C locale, as csv writes it without quotes; in to (at least 48 bytes) or
 * the value's own text. */
const char *vip_value_text(const struct vip_value *value, char *to, size_t size);

#endif
