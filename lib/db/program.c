/* Programme versions in the database: see program.h. Cells are kept as they were typed and judged
 * again at every load, so that a newer vip reads an old programme by its own rules. */
#include "lib/db/program.h"

#include <stdlib.h>
#include <string.h>

struct cell {
    vip_day effective;
    const char *sheet; /* NULL: a version without cells */
    int64_t line;
    const char *heading, *value;
};

struct cells {
    struct cell *items;
    size_t count, capacity;
};

/* As vip_text, but "" stays a text: no column of program_cell may be NULL. */
static struct vip_value exact_text(const char *text)
{
    return (struct vip_value){.type = VIP_TEXT, .text = text};
}

/* ---- saving ---- */

static int refuse_past(struct vip_db *db, vip_day effective, struct vip_diag *diag)
{
    int64_t posted;
    int error = vip_db_number(db, VIP_SQL_program_posted, &posted, INT64_MIN, diag, NULL, 0);
    if (error != VIP_OK || posted < effective)
        return error;
    char wanted[VIP_DATE_TEXT], last[VIP_DATE_TEXT];
    vip_day_format(effective, wanted);
    vip_day_format((vip_day)posted, last);
    return vip_fail(diag, VIP_EUSAGE,
                    "%s is in the past of what was already posted (the last on %s): a programme "
                    "takes effect after it, and what was earned stays as it was earned",
                    wanted, last);
}

static int save_sheet(struct vip_db *db, const struct vip_sheet *sheet, vip_day effective,
                      struct vip_diag *diag)
{
    for (size_t row = 0; row < sheet->row_count; row++) {
        for (size_t column = 0; column < sheet->column_count; column++) {
            int error = vip_db_run(db, VIP_SQL_program_cell_insert, diag, vip_int(effective),
                                   exact_text(sheet->name), vip_int((int64_t)sheet->lines[row]),
                                   vip_int((int64_t)column), exact_text(sheet->columns[column]),
                                   exact_text(sheet->cells[row * sheet->column_count + column]));
            if (error != VIP_OK)
                return error;
        }
    }
    return VIP_OK;
}

static int by_name(const void *left, const void *right)
{
    const struct vip_sheet *const *a = left, *const *b = right;
    return strcmp((*a)->name, (*b)->name);
}

/* Takes the stored cells of a version one after the other and compares them with the sheet's. */
static bool same_sheet(struct vip_statement *row, int *more, const struct vip_sheet *sheet,
                       struct vip_diag *diag)
{
    for (size_t i = 0; i < sheet->row_count * sheet->column_count; i++) {
        size_t column = i % sheet->column_count;
        if (*more <= 0 || strcmp(vip_column_text(row, 1), sheet->name) != 0 ||
            vip_column_integer(row, 2) != (int64_t)sheet->lines[i / sheet->column_count] ||
            vip_column_integer(row, 3) != (int64_t)column ||
            strcmp(vip_column_text(row, 4), sheet->columns[column]) != 0 ||
            strcmp(vip_column_text(row, 5), sheet->cells[i]) != 0)
            return false;
        *more = vip_step(row, diag);
    }
    return true;
}

/* Whether the version of that day is this very one: loading it again then changes nothing. */
static int is_known(struct vip_db *db, const char *name, const struct vip_sheet *sheets,
                    size_t count, vip_day effective, bool *known, struct vip_diag *diag)
{
    struct vip_statement *row = NULL;
    const struct vip_sheet **sorted = calloc(count + 1, sizeof(*sorted));
    if (!sorted)
        return vip_fail_memory(diag);
    for (size_t i = 0; i < count; i++)
        sorted[i] = &sheets[i];
    qsort(sorted, count, sizeof(*sorted), by_name);
    int more = vip_db_query(db, VIP_SQL_program_version_cells, &row, diag, vip_int(effective));
    *known = more > 0 && strcmp(vip_column_text(row, 0), name) == 0;
    for (size_t i = 0; i < count && *known; i++)
        *known = same_sheet(row, &more, sorted[i], diag);
    *known = *known && more == 0; /* and nothing is left */
    if (more > 0)
        vip_reset(row);
    free(sorted);
    return more < 0 ? more : VIP_OK;
}

static int save_version(struct vip_batch *batch, const char *name, vip_day effective,
                        struct vip_diag *diag)
{
    struct vip_db *db = batch->db;
    int error = vip_batch_need(batch, diag);
    if (error == VIP_OK)
        error = vip_db_run(db, VIP_SQL_program_forget_cells, diag, vip_int(effective));
    if (error == VIP_OK)
        error = vip_db_run(db, VIP_SQL_program_forget, diag, vip_int(effective));
    if (error == VIP_OK)
        error = vip_db_run(db, VIP_SQL_program_insert, diag, vip_int(effective), exact_text(name),
                           vip_int(batch->number));
    return error == VIP_OK ? vip_db_run(db, VIP_SQL_program_unseen, diag, vip_int(effective))
                           : error;
}

int vip_program_save(struct vip_batch *batch, const char *name, const struct vip_sheet *sheets,
                     size_t count, vip_day effective, struct vip_diag *diag)
{
    bool known = false;
    int error = is_known(batch->db, name, sheets, count, effective, &known, diag);
    if (error != VIP_OK || known)
        return error;
    error = refuse_past(batch->db, effective, diag);
    if (error == VIP_OK)
        error = save_version(batch, name, effective, diag);
    for (size_t i = 0; i < count && error == VIP_OK; i++)
        error = save_sheet(batch->db, &sheets[i], effective, diag);
    return error;
}

/* ---- loading ---- */

static int read_cells(struct vip_db *db, struct vip_arena *arena, struct cells *cells,
                      struct vip_diag *diag)
{
    struct vip_statement *row = vip_db_prepare(db, VIP_SQL_program_cells, diag);
    if (!row)
        return VIP_EDATABASE;
    int found;
    while ((found = vip_step(row, diag)) > 0) {
        if (vip_array_grow((void **)&cells->items, &cells->capacity, cells->count + 1,
                           sizeof *cells->items) != VIP_OK)
            goto memory;
        struct cell *cell = &cells->items[cells->count++];
        *cell = (struct cell){.effective = vip_column_day(row, 0)};
        if (vip_column_is_null(row, 1))
            continue;
        cell->sheet = vip_arena_text(arena, vip_column_text(row, 1));
        cell->line = vip_column_integer(row, 2);
        cell->heading = vip_arena_text(arena, vip_column_text(row, 4));
        cell->value = vip_arena_text(arena, vip_column_text(row, 5));
        if (!cell->sheet || !cell->heading || !cell->value)
            goto memory;
    }
    return found;
memory:
    vip_reset(row);
    return vip_fail_memory(diag);
}

/* How many cells from the first on belong to the same sheet, and to the same line of it. */
static size_t sheet_size(const struct cell *cell, const struct cell *end)
{
    const struct cell *at = cell;
    while (at < end && strcmp(at->sheet, cell->sheet) == 0)
        at++;
    return (size_t)(at - cell);
}

static size_t line_size(const struct cell *cell, size_t count)
{
    size_t size = 0;
    while (size < count && cell[size].line == cell->line)
        size++;
    return size;
}

/* Puts the cells of one sheet together again: they come line by line, each line as wide as the
 * first. */
static int make_sheet(struct vip_sheet *sheet, const struct cell *cells, size_t count,
                      struct vip_arena *arena, struct vip_diag *diag)
{
    size_t width = line_size(cells, count);
    size_t rows = width ? count / width : 0;
    if (rows * width != count)
        return vip_fail(diag, VIP_EDATABASE, "the stored table %s has lines of unequal width: %s",
                        cells->sheet, "run 'vip-db check' and restore a backup");
    const char **columns = vip_arena_zero(arena, width, sizeof *columns);
    const char **values = vip_arena_zero(arena, count, sizeof *values);
    size_t *lines = vip_arena_zero(arena, rows, sizeof *lines);
    if (!columns || !values || !lines)
        return vip_fail_memory(diag);
    for (size_t i = 0; i < width; i++)
        columns[i] = cells[i].heading;
    for (size_t i = 0; i < count; i++)
        values[i] = cells[i].value;
    for (size_t i = 0; i < rows; i++)
        lines[i] = (size_t)cells[i * width].line;
    *sheet = (struct vip_sheet){.name = cells->sheet,
                                .path = cells->sheet,
                                .columns = columns,
                                .column_count = width,
                                .cells = values,
                                .lines = lines,
                                .row_count = rows};
    return VIP_OK;
}

/* A programme that was sound when it was loaded and is not now: the database is at fault. */
static int refuse_stored(vip_day effective, struct vip_diag *diag)
{
    char date[VIP_DATE_TEXT];
    struct vip_diag why = *diag;
    vip_day_format(effective, date);
    return vip_fail(diag, VIP_EDATABASE, "the programme stored for %s cannot be used: %s", date,
                    why.text);
}

/* Builds the version that the cells [first, end) hold. */
static int build_version(const struct vip_program **program, const struct cell *first,
                         const struct cell *end, struct vip_arena *arena, struct vip_diag *diag)
{
    size_t count = 0;
    if (first->sheet)
        for (const struct cell *cell = first; cell < end; cell += sheet_size(cell, end))
            count++;
    struct vip_sheet *sheets = vip_arena_zero(arena, count + 1, sizeof *sheets);
    if (!sheets)
        return vip_fail_memory(diag);
    const struct cell *cell = first;
    for (size_t i = 0; i < count; i++) {
        size_t size = sheet_size(cell, end);
        int error = make_sheet(&sheets[i], cell, size, arena, diag);
        if (error != VIP_OK)
            return error;
        cell += size;
    }
    int error = vip_program_build(program, sheets, count, first->effective, arena, diag);
    return error == VIP_EUSAGE ? refuse_stored(first->effective, diag) : error;
}

static size_t version_size(const struct cell *cell, const struct cell *end)
{
    const struct cell *at = cell;
    while (at < end && at->effective == cell->effective)
        at++;
    return (size_t)(at - cell);
}

static int build_versions(const struct cells *cells, struct vip_arena *arena,
                          struct vip_programs *programs, struct vip_diag *diag)
{
    const struct cell *end = cells->items + cells->count;
    size_t count = 0;
    for (const struct cell *cell = cells->items; cell < end; cell += version_size(cell, end))
        count++;
    const struct vip_program **versions = vip_arena_zero(arena, count, sizeof(*versions));
    if (!versions)
        return vip_fail_memory(diag);
    const struct cell *cell = cells->items;
    for (size_t i = 0; i < count; i++) {
        size_t size = version_size(cell, end);
        int error = build_version(&versions[i], cell, cell + size, arena, diag);
        if (error != VIP_OK)
            return error;
        cell += size;
    }
    *programs = (struct vip_programs){.versions = versions, .count = count};
    return VIP_OK;
}

int vip_programs_load(struct vip_db *db, struct vip_arena *arena, struct vip_programs *programs,
                      struct vip_diag *diag)
{
    struct cells cells = {0};
    int error = read_cells(db, arena, &cells, diag);
    if (error == VIP_OK && cells.count == 0)
        error = vip_fail(diag, VIP_EDATABASE, "%s has no programme: load one with 'vip-db load'",
                         vip_db_path(db));
    if (error == VIP_OK)
        error = build_versions(&cells, arena, programs, diag);
    free(cells.items);
    return error;
}
