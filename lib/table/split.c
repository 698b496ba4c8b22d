/* Cutting lines that hold no quotes: plain lines of CSV, and TSV with its escapes. Cells stay where
 * they lie, with a NUL in the place of the delimiter. */
#include "lib/table/split.h"

#include <stdlib.h>
#include <string.h>

void vip_cells_free(struct vip_cells *cells)
{
    free(cells->cells);
    free(cells->offsets);
    vip_buffer_free(&cells->text);
    *cells = (struct vip_cells){0};
}

int vip_cells_add(struct vip_cells *cells, const char *cell, struct vip_diag *diag)
{
    if (cells->count == cells->capacity) {
        void *grown = cells->cells;
        if (vip_array_grow(&grown, &cells->capacity, cells->count + 1, sizeof *cells->cells) < 0) {
            vip_diag_clear(diag);
            return vip_fail_memory(diag);
        }
        cells->cells = grown;
    }
    cells->cells[cells->count++] = cell;
    return VIP_OK;
}

static int check(const struct vip_cells *cells, size_t cell_size, size_t number,
                 struct vip_diag *diag)
{
    if (cell_size > VIP_CELL_MAX)
        return vip_input_fail(diag, number, "cell %zu is longer than %zu MiB", cells->count + 1,
                              VIP_CELL_MAX >> 20);
    if (cells->count == VIP_CELLS_MAX)
        return vip_input_fail(diag, number, "has more than %zu cells", VIP_CELLS_MAX);
    return VIP_OK;
}

int vip_split_plain(struct vip_cells *cells, const struct vip_line *line, char delimiter,
                    size_t number, struct vip_diag *diag)
{
    char *end = line->text + line->size;
    char *start = line->text;
    *end = '\0';
    cells->count = 0;
    for (;;) {
        char *stop = memchr(start, delimiter, (size_t)(end - start));
        char *cell_end = stop ? stop : end;
        int code = check(cells, (size_t)(cell_end - start), number, diag);
        if (code == VIP_OK)
            code = vip_cells_add(cells, start, diag);
        if (code < 0)
            return code;
        if (!stop)
            return VIP_OK;
        *stop = '\0';
        start = stop + 1;
    }
}

static char unescaped(char letter)
{
    switch (letter) {
    case 't':
        return '\t';
    case 'n':
        return '\n';
    case 'r':
        return '\r';
    case '\\':
        return '\\';
    default:
        return '\0';
    }
}

/* Undoes the escapes of one cell in place: it only gets shorter. */
static void unescape(char *cell)
{
    char *to = strchr(cell, '\\');
    if (!to)
        return;
    for (const char *from = to; *from; from++) {
        char meant = *from == '\\' ? unescaped(from[1]) : '\0';
        if (meant)
            from++;
        *to++ = meant ? meant : *from;
    }
    *to = '\0';
}

int vip_split_tsv(struct vip_cells *cells, struct vip_line *line, size_t number,
                  struct vip_diag *diag)
{
    int code = vip_line_trim_cr(line, number, diag);
    if (code < 0)
        return code;
    bool escaped = memchr(line->text, '\\', line->size) != NULL;
    code = vip_split_plain(cells, line, '\t', number, diag);
    if (code < 0 || !escaped)
        return code;
    /* The cells are in the line, which is ours to write in. */
    for (size_t i = 0; i < cells->count; i++)
        unescape(line->text + (cells->cells[i] - line->text));
    return VIP_OK;
}
