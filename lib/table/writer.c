/* The writer: chooses the format, opens the sink, and hands rows to the back end. */
#include "lib/table/writer.h"

#include "lib/table/back_end.h"
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

static bool is_standard(const char *path)
{
    return !path || strcmp(path, "-") == 0;
}

static bool ends_with(const char *path, const char *ending)
{
    size_t size = strlen(path);
    size_t length = strlen(ending);
    return size > length && strcasecmp(path + size - length, ending) == 0;
}

static enum vip_output_format format_of_path(const char *path)
{
    if (ends_with(path, ".tsv") || ends_with(path, ".tab"))
        return VIP_OUTPUT_TSV;
    if (ends_with(path, ".json") || ends_with(path, ".jsonl") || ends_with(path, ".ndjson"))
        return VIP_OUTPUT_JSON;
    if (ends_with(path, ".xlsx"))
        return VIP_OUTPUT_XLSX;
    if (ends_with(path, ".html") || ends_with(path, ".htm"))
        return VIP_OUTPUT_HTML;
    if (ends_with(path, ".ics"))
        return VIP_OUTPUT_ICS;
    return VIP_OUTPUT_CSV;
}

enum vip_output_format vip_writer_format(const struct vip_writer_options *options)
{
    if (options->format != VIP_OUTPUT_AUTO)
        return options->format;
    if (!is_standard(options->path))
        return format_of_path(options->path);
    if (!options->excel && isatty(STDOUT_FILENO))
        return VIP_OUTPUT_TABLE;
    return VIP_OUTPUT_CSV;
}

static const struct vip_back_end *back_end_of(enum vip_output_format format)
{
    switch (format) {
    case VIP_OUTPUT_TSV:
        return &vip_back_end_tsv;
    case VIP_OUTPUT_JSON:
        return &vip_back_end_json;
    case VIP_OUTPUT_TABLE:
        return &vip_back_end_table;
    case VIP_OUTPUT_XLSX:
        return &vip_back_end_xlsx;
    case VIP_OUTPUT_HTML:
        return &vip_back_end_html;
    case VIP_OUTPUT_ICS:
        return &vip_back_end_ics;
    case VIP_OUTPUT_AUTO:
    case VIP_OUTPUT_CSV:
        break;
    }
    return &vip_back_end_csv;
}

static int check_options(const struct vip_writer_options *options, enum vip_output_format format,
                         struct vip_diag *diag)
{
    vip_diag_clear(diag);
    if (options->excel && format != VIP_OUTPUT_CSV)
        return vip_fail(diag, VIP_EUSAGE,
                        "--excel is a profile of csv and goes with no other "
                        "format");
    if (options->encoding && format == VIP_OUTPUT_ICS)
        return vip_fail(diag, VIP_EUSAGE, "a calendar has no --output-encoding: it is UTF-8");
    if (format != VIP_OUTPUT_XLSX && format != VIP_OUTPUT_HTML)
        return VIP_OK;
    if (options->encoding)
        return vip_fail(diag, VIP_EUSAGE, "a %s has no --output-encoding",
                        format == VIP_OUTPUT_XLSX ? "workbook" : "page");
    if (format == VIP_OUTPUT_XLSX && is_standard(options->path) && isatty(STDOUT_FILENO))
        return vip_fail(diag, VIP_EUSAGE, "a workbook is not for a terminal: name a file with -o");
    return VIP_OK;
}

static void free_columns(struct vip_writer *writer)
{
    free(writer->page.widths);
    free(writer->columns);
    free(writer->headings);
    writer->page.widths = NULL;
    writer->columns = NULL;
    writer->headings = NULL;
}

static int take_columns(struct vip_writer *writer, const struct vip_writer_options *options,
                        const struct vip_column *columns, size_t count)
{
    writer->columns = calloc(count, sizeof *writer->columns);
    writer->headings = calloc(count, sizeof *writer->headings);
    writer->page.widths = calloc(count, sizeof *writer->page.widths);
    if (!writer->columns || !writer->headings || !writer->page.widths)
        return VIP_EMEMORY;
    writer->column_count = count;
    for (size_t i = 0; i < count; i++) {
        writer->columns[i] = columns[i];
        writer->headings[i] = options->headings
                                  ? options->headings[i]
                                  : vip_names_title(options->names, columns[i].name, options->lang);
    }
    writer->title = options->title;
    writer->sheet = options->sheet;
    writer->chart = options->chart;
    writer->lang = options->lang;
    return VIP_OK;
}

static void free_writer(struct vip_writer *writer)
{
    if (writer->back_end && writer->back_end->free)
        writer->back_end->free(writer);
    vip_arena_free(&writer->page.arena);
    free(writer->page.cells);
    free(writer->page.bars);
    free_columns(writer);
    free(writer);
}

static int open_sink(struct vip_writer *writer, const struct vip_writer_options *options,
                     struct vip_diag *diag)
{
    int code = vip_sink_open(&writer->sink, options->path, options->encoding, diag);

    if (code == VIP_OK && writer->back_end->open) {
        code = writer->back_end->open(writer, diag);
        if (code < 0)
            vip_sink_abandon(&writer->sink);
    }
    return code;
}

int vip_writer_open(struct vip_writer **writer, const struct vip_writer_options *options,
                    const struct vip_column *columns, size_t column_count, struct vip_diag *diag)
{
    *writer = NULL;
    enum vip_output_format format = vip_writer_format(options);
    int code = check_options(options, format, diag);
    if (code < 0)
        return code;
    struct vip_writer *made = calloc(1, sizeof *made);
    if (!made || take_columns(made, options, columns, column_count) < 0) {
        if (made)
            free_writer(made);
        return vip_fail_memory(diag);
    }
    made->back_end = back_end_of(format);
    made->excel = options->excel;
    code = open_sink(made, options, diag);
    if (code < 0) {
        free_writer(made);
        return code;
    }
    made->bold = options->color && isatty(made->sink.file);
    *writer = made;
    return VIP_OK;
}

static void need_heading(struct vip_writer *writer)
{
    if (!writer->heading_done)
        writer->back_end->heading(writer);
    writer->heading_done = true;
}

int vip_writer_sheet(struct vip_writer *writer, const struct vip_writer_options *options,
                     const struct vip_column *columns, size_t column_count, struct vip_diag *diag)
{
    if (!writer->back_end->end_sheet)
        return vip_fail(diag, VIP_EUSAGE, "only workbooks and pages have several sheets");
    need_heading(writer);
    writer->back_end->end_sheet(writer);
    writer->heading_done = false;
    free_columns(writer);
    return take_columns(writer, options, columns, column_count) < 0 ? vip_fail_memory(diag)
                                                                    : VIP_OK;
}

int vip_writer_row(struct vip_writer *writer, const struct vip_value *values, struct vip_diag *diag)
{
    need_heading(writer);
    if (writer->back_end->row(writer, values) < 0) {
        vip_diag_clear(diag);
        return vip_fail_memory(diag);
    }
    return writer->sink.error ? vip_sink_status(&writer->sink, diag) : VIP_OK;
}

int vip_writer_total(struct vip_writer *writer, const struct vip_value *values,
                     struct vip_diag *diag)
{
    writer->total = true;
    int code = vip_writer_row(writer, values, diag);
    writer->total = false;
    return code;
}

int vip_writer_flush(struct vip_writer *writer, struct vip_diag *diag)
{
    return vip_sink_flush(&writer->sink, diag);
}

int vip_writer_close(struct vip_writer *writer, struct vip_diag *diag)
{
    need_heading(writer);
    if (writer->back_end->finish)
        writer->back_end->finish(writer);
    int code = vip_sink_close(&writer->sink, diag);
    free_writer(writer);
    return code;
}

void vip_writer_abandon(struct vip_writer *writer)
{
    if (!writer)
        return;
    vip_sink_abandon(&writer->sink);
    free_writer(writer);
}
