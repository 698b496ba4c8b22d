/* The reader against any bytes, in each format and several encodings and chunk sizes: it must not
 * crash, must say the same whatever the chunks are, and what it read must come back the same after
 * it was written as csv, plain and for spreadsheets. The first byte of the data chooses. */
#include "lib/table/reader.h"
#include "lib/table/writer.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct source {
    const uint8_t *data;
    size_t size, chunk;
};

static long read_source(void *context, char *to, size_t size)
{
    struct source *source = context;
    size_t part = source->chunk < size ? source->chunk : size;
    if (part > source->size)
        part = source->size;
    memcpy(to, source->data, part);
    source->data += part;
    source->size -= part;
    return (long)part;
}

static void need(bool holds, const char *what)
{
    if (holds)
        return;
    fprintf(stderr, "fuzz_reader: %s\n", what);
    abort();
}

/* All cells in a row, with their lines: what two readings are compared by. */
struct reading {
    struct vip_buffer text;
    size_t columns, rows;
    int result;
};

static void add_text(struct vip_buffer *to, const char *text)
{
    need(vip_buffer_add(to, text, strlen(text) + 1) == 0, "memory");
}

static void read_rows(struct vip_reader *reader, struct reading *reading, bool with_lines)
{
    struct vip_diag diag;
    struct vip_row row;
    int got;
    reading->columns = vip_reader_column_count(reader);
    for (size_t i = 0; i < reading->columns; i++)
        add_text(&reading->text, vip_reader_header(reader, i));
    size_t line = 0;
    while ((got = vip_reader_next(reader, &row, &diag)) == 1 || got == VIP_EREFUSED) {
        need(row.line > line, "lines do not rise");
        need((got == 1) == (row.count == reading->columns), "ragged rows");
        line = row.line;
        if (with_lines)
            vip_buffer_format(&reading->text, "%zu:%zu", row.line, row.count);
        if (got != 1 && !with_lines)
            continue;
        reading->rows++;
        for (size_t i = 0; i < row.count; i++)
            add_text(&reading->text, row.cells[i]);
    }
    reading->result = got;
    if (got < 0 && with_lines)
        vip_buffer_format(&reading->text, "%zu:%s", diag.line, diag.text);
}

static struct reading read_all(struct source source, const struct vip_reader_options *options,
                               bool with_lines)
{
    struct reading reading = {0};
    struct vip_reader *reader;
    struct vip_diag diag;
    reading.result =
        vip_reader_open_function(&reader, "data", read_source, &source, options, &diag);
    if (reading.result < 0) {
        need(reader == NULL && diag.code == reading.result && diag.text[0], "a failed open");
        if (with_lines)
            vip_buffer_format(&reading.text, "%zu:%s", diag.line, diag.text);
        return reading;
    }
    read_rows(reader, &reading, with_lines);
    vip_reader_close(reader);
    return reading;
}

static bool same(const struct reading *a, const struct reading *b)
{
    return a->result == b->result && a->columns == b->columns && a->rows == b->rows &&
           a->text.size == b->text.size &&
           (a->text.size == 0 || memcmp(a->text.data, b->text.data, a->text.size) == 0);
}

/* Writes what was read to the path. */
static void write_rows(const struct reading *reading, const char *path, bool excel)
{
    struct vip_writer_options options = {.path = path, .format = VIP_OUTPUT_CSV, .excel = excel};
    struct vip_column *columns = calloc(reading->columns, sizeof *columns);
    struct vip_value *values = calloc(reading->columns, sizeof *values);
    struct vip_writer *writer;
    struct vip_diag diag;
    need(columns && values, "memory");
    const char *cell = reading->text.data;
    for (size_t i = 0; i < reading->columns; i++, cell += strlen(cell) + 1)
        columns[i] = (struct vip_column){cell, VIP_TEXT};
    need(vip_writer_open(&writer, &options, columns, reading->columns, &diag) == 0, "open");
    for (size_t row = 0; row < reading->rows; row++) {
        for (size_t i = 0; i < reading->columns; i++, cell += strlen(cell) + 1)
            values[i] = vip_text(cell);
        need(vip_writer_row(writer, values, &diag) == 0, "row");
    }
    need(vip_writer_close(writer, &diag) == 0, "close");
    free(columns);
    free(values);
}

static char fifo_path[64];

static void remove_fifo(void)
{
    unlink(fifo_path);
}

/* Through a FIFO, which is written to directly and never touches a disk; what does not fit into it
 * is left out. */
static void check_round_trip(const struct reading *reading, bool excel)
{
    static int fifo = -1;
    static uint8_t bytes[1 << 16];
    if (reading->text.size > sizeof bytes / 8 || reading->columns == 0)
        return;
    if (fifo < 0) {
        snprintf(fifo_path, sizeof fifo_path, "/tmp/vip-fuzz-%ld", (long)getpid());
        need(mkfifo(fifo_path, 0600) == 0, "mkfifo");
        fifo = open(fifo_path, O_RDONLY | O_NONBLOCK);
        need(fifo >= 0 && atexit(remove_fifo) == 0, "open fifo");
    }
    write_rows(reading, fifo_path, excel);
    size_t size = 0;
    ssize_t got;
    while ((got = read(fifo, bytes + size, sizeof bytes - size)) > 0)
        size += (size_t)got;
    struct reading back = read_all((struct source){bytes, size, sizeof bytes}, NULL, false);
    need(same(reading, &back), excel ? "excel csv came back changed" : "csv came back changed");
    vip_buffer_free(&back.text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const encodings[] = {NULL,      NULL,       NULL,  "UTF-8",
                                            "GB18030", "UTF-16LE", "GBK", "BIG5-HKSCS"};
    if (size == 0)
        return 0;
    unsigned choice = data[0];
    struct vip_reader_options options = {.format = (enum vip_input_format)(choice % 3),
                                         .encoding = encodings[choice / 3 % 8]};
    struct source source = {data + 1, size - 1, size};
    struct reading whole = read_all(source, &options, true);
    source.chunk = 1 + choice % 7;
    struct reading chunks = read_all(source, &options, true);
    need(same(&whole, &chunks), "chunks matter");
    vip_buffer_free(&whole.text);
    vip_buffer_free(&chunks.text);

    struct reading rows = read_all(source, &options, false);
    /* What was read up to an error is sound as well. */
    if (rows.columns > 0) {
        rows.result = 0;
        check_round_trip(&rows, choice & 0x80);
    }
    vip_buffer_free(&rows.text);
    return 0;
}
