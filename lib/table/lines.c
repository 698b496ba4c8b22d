/* Physical lines: one buffer that slides over the input, so that a line can be cut into cells where
 * it lies. */
#include "lib/table/lines.h"

#include <stdlib.h>
#include <string.h>

enum { CHUNK = 64 * 1024 };

static int fail_memory(struct vip_diag *diag)
{
    vip_diag_clear(diag);
    return vip_fail_memory(diag);
}

/* Gets more bytes behind those that are held. 0 or an error, at the line that is being read. */
static int fill(struct vip_lines *lines, struct vip_diag *diag)
{
    if (lines->start > 0) {
        memmove(lines->data, lines->data + lines->start, lines->end - lines->start);
        lines->end -= lines->start;
        lines->start = 0;
    }
    if (lines->end > VIP_ROW_MAX)
        return vip_input_fail(diag, lines->number + 1, "is longer than %zu MiB: not a table",
                              VIP_ROW_MAX >> 20);
    void *data = lines->data;
    /* One byte more than is read: the last line must be writable behind its end. */
    if (vip_array_grow(&data, &lines->capacity, lines->end + CHUNK + 1, 1) < 0)
        return fail_memory(diag);
    lines->data = data;
    size_t room = lines->capacity - lines->end - 1;
    long got = vip_decoder_read(lines->decoder, lines->data + lines->end, room, diag);
    if (got < 0) {
        if (diag->line == 0)
            vip_diag_place(diag, NULL, lines->number + 1, NULL);
        return (int)got;
    }
    lines->over = got == 0;
    lines->end += (size_t)got;
    return VIP_OK;
}

/* Gives out what lies before the line feed at `feed` (NULL: before the end). */
static int give(struct vip_lines *lines, char *feed, struct vip_line *line, struct vip_diag *diag)
{
    line->text = lines->data + lines->start;
    line->complete = feed != NULL;
    line->size = feed ? (size_t)(feed - line->text) : lines->end - lines->start;
    lines->start += line->size + line->complete;
    lines->number++;
    if (memchr(line->text, '\0', line->size))
        return vip_input_fail(diag, lines->number,
                              "holds a NUL byte: the input is no text, or UTF-16 without a "
                              "byte-order mark (then --input-encoding=UTF-16LE)");
    return 1;
}

int vip_lines_next(struct vip_lines *lines, struct vip_line *line, struct vip_diag *diag)
{
    size_t seen = 0; /* bytes behind start in which there is no line feed */
    for (;;) {
        size_t size = lines->end - lines->start;
        char *feed =
            size > seen ? memchr(lines->data + lines->start + seen, '\n', size - seen) : NULL;
        if (feed || (lines->over && size > 0))
            return give(lines, feed, line, diag);
        if (lines->over)
            return 0;
        seen = size;
        int code = fill(lines, diag);
        if (code < 0)
            return code;
    }
}

void vip_lines_free(struct vip_lines *lines)
{
    free(lines->data);
    *lines = (struct vip_lines){0};
}

int vip_line_fail_cr(size_t number, struct vip_diag *diag)
{
    return vip_input_fail(diag, number,
                          "a carriage return without a line feed stands outside quotes: lines end "
                          "with LF or CRLF");
}

int vip_line_trim_cr(struct vip_line *line, size_t number, struct vip_diag *diag)
{
    if (line->complete && line->size > 0 && line->text[line->size - 1] == '\r')
        line->size--;
    if (memchr(line->text, '\r', line->size))
        return vip_line_fail_cr(number, diag);
    return VIP_OK;
}
