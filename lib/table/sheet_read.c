/* A small table read whole: one of a programme's files. */
#include "lib/base/sheet.h"

#include "lib/table/reader.h"
#include <stdlib.h>
#include <string.h>

/* What is collected while the number of rows is not known; malloc'ed. */
struct pile {
    const char **cells;
    size_t cell_count, cell_capacity;
    size_t *lines;
    size_t line_count, line_capacity;
};

static int push_row(struct pile *pile, const struct vip_row *row, struct vip_arena *arena)
{
    void *cells = pile->cells;
    void *lines = pile->lines;
    if (vip_array_grow(&cells, &pile->cell_capacity, pile->cell_count + row->count,
                       sizeof *pile->cells) < 0)
        return VIP_EMEMORY;
    pile->cells = cells;
    if (vip_array_grow(&lines, &pile->line_capacity, pile->line_count + 1, sizeof *pile->lines) < 0)
        return VIP_EMEMORY;
    pile->lines = lines;
    for (size_t i = 0; i < row->count; i++) {
        const char *cell = vip_arena_text(arena, row->cells[i]);
        if (!cell)
            return VIP_EMEMORY;
        pile->cells[pile->cell_count++] = cell;
    }
    pile->lines[pile->line_count++] = row->line;
    return VIP_OK;
}

static int read_rows(struct vip_reader *reader, struct pile *pile, struct vip_arena *arena,
                     struct vip_diag *diag)
{
    struct vip_row row;
    int got;
    while ((got = vip_reader_next(reader, &row, diag)) > 0)
        if (push_row(pile, &row, arena) < 0) {
            vip_diag_clear(diag);
            return vip_fail_memory(diag);
        }
    /* No row of a table of rules can be left out. */
    if (got == VIP_EREFUSED)
        diag->code = VIP_EINPUT;
    return got == VIP_EREFUSED ? VIP_EINPUT : got;
}

static void *keep(struct vip_arena *arena, const void *items, size_t count, size_t size)
{
    void *copy = vip_arena_zero(arena, count ? count : 1, size);
    if (copy && count)
        memcpy(copy, items, count * size);
    return copy;
}

static int fill_sheet(struct vip_sheet *sheet, const struct vip_reader *reader,
                      const struct pile *pile, struct vip_arena *arena)
{
    size_t count = vip_reader_column_count(reader);
    const char **columns = vip_arena_zero(arena, count, sizeof *columns);
    for (size_t i = 0; columns && i < count; i++)
        if (!(columns[i] = vip_arena_text(arena, vip_reader_column(reader, i))))
            return VIP_EMEMORY;
    sheet->columns = columns;
    sheet->column_count = count;
    sheet->cells = keep(arena, pile->cells, pile->cell_count, sizeof *pile->cells);
    sheet->lines = keep(arena, pile->lines, pile->line_count, sizeof *pile->lines);
    sheet->row_count = pile->line_count;
    return columns && sheet->cells && sheet->lines ? VIP_OK : VIP_EMEMORY;
}

/* Reads all of the reader, which it closes. */
static int read_sheet(struct vip_sheet *sheet, struct vip_reader *reader, const char *path,
                      const char *name, struct vip_arena *arena, struct vip_diag *diag)
{
    struct pile pile = {0};
    int code = read_rows(reader, &pile, arena, diag);
    if (code < 0)
        goto out;
    sheet->name = vip_arena_text(arena, name);
    sheet->path = vip_arena_text(arena, path);
    code = fill_sheet(sheet, reader, &pile, arena);
    if (code < 0 || !sheet->name || !sheet->path) {
        vip_diag_clear(diag);
        code = vip_fail_memory(diag);
    }
out:
    free(pile.cells);
    free(pile.lines);
    vip_reader_close(reader);
    return code;
}

int vip_sheet_read(struct vip_sheet *sheet, const char *path, const char *name,
                   const char *encoding, struct vip_arena *arena, struct vip_diag *diag)
{
    const struct vip_reader_options options = {.format = VIP_INPUT_AUTO, .encoding = encoding};
    struct vip_reader *reader;
    *sheet = (struct vip_sheet){0};
    int code = vip_reader_open(&reader, path, &options, diag);
    return code < 0 ? code : read_sheet(sheet, reader, path, name, arena, diag);
}

int vip_sheet_read_function(struct vip_sheet *sheet, const char *path, const char *name,
                            vip_read_function read, void *context, struct vip_arena *arena,
                            struct vip_diag *diag)
{
    struct vip_reader *reader;
    *sheet = (struct vip_sheet){0};
    int code = vip_reader_open_function(&reader, path, read, context, NULL, diag);
    return code < 0 ? code : read_sheet(sheet, reader, path, name, arena, diag);
}
