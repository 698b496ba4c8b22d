/* Rows in: decoder → lines → cells → rows under canonical column names. Plain lines, which are most
 * of any file, are cut where they lie; libcsv gets those with quotes. */
#include "lib/table/reader.h"

#include "lib/base/map.h"
#include "lib/base/text.h"
#include "lib/table/decode.h"
#include "lib/table/lines.h"
#include "lib/table/split.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

struct column {
    const char *header; /* as typed */
    const char *name;   /* canonical */
    bool known;
};

struct vip_reader {
    char *name;
    int file;                      /* read_file's descriptor */
    bool owns_file;                /* it is not standard input */
    const struct vip_names *names; /* borrowed */

    struct vip_decoder *decoder;
    struct vip_lines lines;
    struct vip_csv csv;
    struct vip_cells cells;
    bool tsv;
    size_t row_line; /* where the row began */
    int over;        /* the error that ended the reading, or 0 */

    struct vip_arena arena; /* columns and their texts */
    struct column *columns;
    size_t column_count;
};

/* ---- sources ---- */

static long read_file(void *context, char *to, size_t size)
{
    const struct vip_reader *reader = context;
    ssize_t got;
    do
        got = read(reader->file, to, size);
    while (got < 0 && errno == EINTR);
    return (long)got;
}

static int fail_open(struct vip_diag *diag, int error_number)
{
    vip_diag_clear(diag);
    if (error_number == EISDIR)
        return vip_fail(diag, VIP_EIO, "is a directory: name the files in it");
    return vip_fail_errno(diag, error_number, "cannot open");
}

/* Opens path or takes standard input. *whole is the descriptor if it is a regular file, else -1. */
static int open_file(struct vip_reader *reader, const char *path, int *whole, struct vip_diag *diag)
{
    struct stat status;
    if (strcmp(path, "-") != 0) {
        reader->file = open(path, O_RDONLY | O_CLOEXEC);
        if (reader->file < 0)
            return fail_open(diag, errno);
        reader->owns_file = true;
    }
    if (fstat(reader->file, &status) < 0)
        return fail_open(diag, errno);
    if (S_ISDIR(status.st_mode))
        return fail_open(diag, EISDIR);
    *whole = S_ISREG(status.st_mode) ? reader->file : -1;
    return VIP_OK;
}

/* ---- the shape of the file, from its first line ---- */

/* How often each byte that may separate cells stands outside quotes. */
struct separators {
    size_t commas, tabs, semicolons;
};

static struct separators count_separators(const struct vip_line *line)
{
    struct separators count = {0};
    bool quoted = false;
    for (size_t i = 0; i < line->size; i++) {
        char byte = line->text[i];
        quoted ^= byte == '"';
        count.commas += !quoted && byte == ',';
        count.tabs += !quoted && byte == '\t';
        count.semicolons += !quoted && byte == ';';
    }
    return count;
}

/* What Excel saves as "Unicode text" is UTF-16 with tabs, but quoted like CSV, without escapes. */
static bool is_unicode_text(const struct vip_reader *reader)
{
    return strncmp(vip_decoder_encoding(reader->decoder, NULL), "UTF-16", 6) == 0;
}

static void choose_format(struct vip_reader *reader, enum vip_input_format format,
                          const struct vip_line *line)
{
    struct separators count = count_separators(line);
    reader->csv.delimiter = ',';
    reader->tsv = format == VIP_INPUT_TSV;
    if (reader->tsv || count.commas > 0)
        return;
    if (count.tabs > 0 && format == VIP_INPUT_AUTO) {
        reader->tsv = !is_unicode_text(reader);
        reader->csv.delimiter = '\t';
    } else if (count.tabs == 0 && count.semicolons > 0) {
        reader->csv.delimiter = ';';
    }
}

/* Excel's first line "sep=;": 1 when it is one. */
static int take_separator_line(struct vip_reader *reader, enum vip_input_format format,
                               const struct vip_line *line, struct vip_diag *diag)
{
    size_t size = line->size;
    if (line->complete && size > 0 && line->text[size - 1] == '\r')
        size--;
    if (format == VIP_INPUT_TSV || size < 4 || strncasecmp(line->text, "sep=", 4) != 0)
        return 0;
    char delimiter = size == 5 ? line->text[4] : '\0';
    if (delimiter <= ' ' && delimiter != '\t' && delimiter != ' ')
        delimiter = '\0';
    if (!delimiter || delimiter == '"' || delimiter & '\x80')
        return vip_input_fail(diag, reader->lines.number,
                              "'sep=' must name one character, such as 'sep=;'");
    reader->csv.delimiter = delimiter;
    return 1;
}

static bool is_blank(const struct vip_line *line)
{
    size_t size = line->size;
    if (line->complete && size > 0 && line->text[size - 1] == '\r')
        size--;
    for (size_t i = 0; i < size; i++)
        if (line->text[i] != ' ' && line->text[i] != '\t')
            return false;
    return true;
}

/* The first line that is not blank, without a byte-order mark. 1, 0 or an error. */
static int first_line(struct vip_reader *reader, struct vip_line *line, struct vip_diag *diag)
{
    static const char mark[] = "\xEF\xBB\xBF";
    int got;
    do {
        got = vip_lines_next(&reader->lines, line, diag);
        if (got > 0 && reader->lines.number == 1 && line->size >= 3 &&
            memcmp(line->text, mark, 3) == 0) {
            line->text += 3;
            line->size -= 3;
        }
    } while (got > 0 && is_blank(line));
    return got;
}

/* ---- rows ---- */

/* Cuts the row that begins with line; takes further lines while a quote is open. 0 or an error. */
static int split(struct vip_reader *reader, struct vip_line *line, struct vip_diag *diag)
{
    reader->row_line = reader->lines.number;
    if (reader->tsv)
        return vip_split_tsv(&reader->cells, line, reader->row_line, diag);
    for (;;) {
        int done = vip_csv_line(&reader->csv, line, reader->lines.number, diag);
        if (done != 0)
            return done < 0 ? done : VIP_OK;
        int got = vip_lines_next(&reader->lines, line, diag);
        if (got < 0)
            return got;
        if (got == 0)
            return vip_csv_unfinished(&reader->csv, diag);
    }
}

/* A line of nothing but delimiters, as a spreadsheet leaves below a table. A quoted row never looks
 * like one: its cells are not in the line. */
static bool is_empty_row(const struct vip_reader *reader)
{
    if (reader->csv.quote_line > 0)
        return false;
    for (size_t i = 0; i < reader->cells.count; i++)
        if (reader->cells.cells[i][0] != '\0')
            return false;
    return true;
}

/* 1: the next row's cells are there. 0: the end. */
static int next_cells(struct vip_reader *reader, struct vip_diag *diag)
{
    struct vip_line line;
    for (;;) {
        int got = vip_lines_next(&reader->lines, &line, diag);
        if (got <= 0)
            return got;
        if (is_blank(&line))
            continue;
        got = split(reader, &line, diag);
        if (got < 0)
            return got;
        if (!is_empty_row(reader))
            return 1;
    }
}

/* ---- the header ---- */

/* Looks the name of one column up. 0 or VIP_EMEMORY. */
static int name_column(struct vip_reader *reader, const char *cell, struct column *column)
{
    column->header = vip_arena_text(&reader->arena, cell);
    const char *name = reader->names ? vip_names_canonical(reader->names, cell) : NULL;
    column->known = name || !reader->names;
    column->name = name ? name : vip_text_trim(&reader->arena, cell);
    return column->header && column->name ? VIP_OK : VIP_EMEMORY;
}

static int fail_doubled(struct vip_reader *reader, size_t first, size_t second,
                        struct vip_diag *diag)
{
    const struct column *columns = reader->columns;
    int code = vip_input_fail(diag, reader->row_line,
                              "two columns have this name: '%.80s' (column %zu) and '%.80s' "
                              "(column %zu)",
                              columns[first].header, first + 1, columns[second].header, second + 1);
    vip_diag_place(diag, NULL, 0, columns[first].name);
    return code;
}

static int name_columns(struct vip_reader *reader, struct vip_map *seen, struct vip_diag *diag)
{
    size_t count = reader->cells.count;
    reader->columns = vip_arena_zero(&reader->arena, count, sizeof *reader->columns);
    if (!reader->columns)
        return VIP_EMEMORY;
    reader->column_count = count;
    for (size_t i = 0; i < count; i++) {
        struct column *column = &reader->columns[i];
        if (name_column(reader, reader->cells.cells[i], column) < 0)
            return VIP_EMEMORY;
        int64_t first;
        if (column->name[0] == '\0')
            continue; /* an empty column: a spreadsheet leaves them, and no one can mean it */
        if (vip_map_find(seen, column->name, &first))
            return fail_doubled(reader, (size_t)first, i, diag);
        if (vip_map_put(seen, column->name, (int64_t)i) < 0)
            return VIP_EMEMORY;
    }
    return VIP_OK;
}

static int read_header(struct vip_reader *reader, enum vip_input_format format,
                       struct vip_diag *diag)
{
    struct vip_line line;
    int got = first_line(reader, &line, diag);
    int separator = got > 0 ? take_separator_line(reader, format, &line, diag) : 0;
    if (separator < 0)
        return separator;
    if (separator > 0)
        do
            got = vip_lines_next(&reader->lines, &line, diag);
        while (got > 0 && is_blank(&line));
    if (got < 0)
        return got;
    if (got == 0)
        return vip_input_fail(diag, 0, "is empty: expected a line of column names");
    if (!separator)
        choose_format(reader, format, &line);
    got = split(reader, &line, diag);
    if (got < 0)
        return got;
    struct vip_map seen = {0};
    got = name_columns(reader, &seen, diag);
    vip_map_free(&seen);
    if (got == VIP_EMEMORY) {
        vip_diag_clear(diag);
        return vip_fail_memory(diag);
    }
    return got;
}

/* ---- opening ---- */

static struct vip_reader *make_reader(const char *name, const struct vip_reader_options *options)
{
    struct vip_reader *reader = calloc(1, sizeof *reader);
    if (!reader)
        return NULL;
    reader->name = strdup(name);
    reader->names = options->names;
    reader->csv.cells = &reader->cells;
    if (reader->name)
        return reader;
    free(reader);
    return NULL;
}

static int start(struct vip_reader *reader, vip_read_function read_function, void *context,
                 int whole, const struct vip_reader_options *options, struct vip_diag *diag)
{
    int code =
        vip_decoder_open(&reader->decoder, read_function, context, whole, options->encoding, diag);
    if (code < 0)
        return code;
    reader->lines.decoder = reader->decoder;
    return read_header(reader, options->format, diag);
}

/* Gives the reader out, or closes it and says in which file things went wrong. */
static int opened(struct vip_reader *made, int code, struct vip_reader **reader,
                  struct vip_diag *diag)
{
    if (code < 0) {
        vip_diag_place(diag, made->name, 0, NULL);
        vip_reader_close(made);
        return code;
    }
    *reader = made;
    return VIP_OK;
}

static const struct vip_reader_options default_options;

int vip_reader_open(struct vip_reader **reader, const char *path,
                    const struct vip_reader_options *options, struct vip_diag *diag)
{
    *reader = NULL;
    if (!options)
        options = &default_options;
    bool standard = strcmp(path, "-") == 0;
    struct vip_reader *made = make_reader(standard ? "standard input" : path, options);
    if (!made)
        return vip_fail_memory(diag);
    int whole = -1;
    int code = open_file(made, path, &whole, diag);
    if (code == VIP_OK)
        code = start(made, read_file, made, whole, options, diag);
    return opened(made, code, reader, diag);
}

int vip_reader_open_function(struct vip_reader **reader, const char *name, vip_read_function read,
                             void *context, const struct vip_reader_options *options,
                             struct vip_diag *diag)
{
    *reader = NULL;
    if (!options)
        options = &default_options;
    struct vip_reader *made = make_reader(name, options);
    if (!made)
        return vip_fail_memory(diag);
    return opened(made, start(made, read, context, -1, options, diag), reader, diag);
}

void vip_reader_close(struct vip_reader *reader)
{
    if (!reader)
        return;
    if (reader->owns_file)
        close(reader->file);
    vip_decoder_close(reader->decoder);
    vip_lines_free(&reader->lines);
    vip_csv_free(&reader->csv);
    vip_cells_free(&reader->cells);
    vip_arena_free(&reader->arena);
    free(reader->name);
    free(reader);
}

/* ---- reading ---- */

static int refuse_count(const struct vip_reader *reader, struct vip_diag *diag)
{
    size_t count = reader->cells.count;
    bool few = count < reader->column_count;
    vip_diag_clear(diag);
    vip_diag_place(diag, reader->name, reader->row_line, NULL);
    return vip_refuse(diag, few ? "too-few-cells" : "too-many-cells", NULL,
                      "has %zu cell%s, expected %zu as in the header", count, count == 1 ? "" : "s",
                      reader->column_count);
}

int vip_reader_next(struct vip_reader *reader, struct vip_row *row, struct vip_diag *diag)
{
    int got = reader->over ? vip_input_fail(diag, 0, "reading ended with an error before")
                           : next_cells(reader, diag);
    if (got < 0) {
        reader->over = got;
        vip_diag_place(diag, reader->name, 0, NULL);
    }
    if (got <= 0)
        return got;
    row->line = reader->row_line;
    row->count = reader->cells.count;
    row->cells = reader->cells.cells;
    if (row->count != reader->column_count)
        return refuse_count(reader, diag);
    return 1;
}

size_t vip_reader_column_count(const struct vip_reader *reader)
{
    return reader->column_count;
}

const char *vip_reader_header(const struct vip_reader *reader, size_t index)
{
    return reader->columns[index].header;
}

const char *vip_reader_column(const struct vip_reader *reader, size_t index)
{
    return reader->columns[index].name;
}

bool vip_reader_column_known(const struct vip_reader *reader, size_t index)
{
    return reader->columns[index].known;
}

int vip_reader_find(const struct vip_reader *reader, const char *column)
{
    for (size_t i = 0; i < reader->column_count; i++)
        if (strcmp(reader->columns[i].name, column) == 0)
            return (int)i;
    return -1;
}

const char *vip_reader_encoding(const struct vip_reader *reader, bool *guessed)
{
    return vip_decoder_encoding(reader->decoder, guessed);
}

const char *vip_reader_name(const struct vip_reader *reader)
{
    return reader->name;
}
