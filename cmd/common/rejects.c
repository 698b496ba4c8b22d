/* The rows of --rejects: as they were read, with line, reason and detail behind them.
 *
 * Several FILEs may have different columns and the heading of a CSV file stands first, so rows are
 * kept in an unnamed temporary file, as numbers and NUL-ended texts, until all columns are known.
 */
#include "cmd/common/frame.h"
#include "lib/base/memory.h"
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { OWN_COLUMNS = 3 };
#define PASSED_OVER SIZE_MAX /* the place of a cell that is not kept */

struct vip_rejects {
    FILE *rows; /* for each: line, reason, detail, cells, then column and text of each */
    size_t row_count;
    int error_number; /* the first failure of rows */
    struct vip_arena arena;
    const char **keys;     /* canonical column, for columns of several files under one heading */
    const char **headings; /* as typed where it was first seen */
    size_t count, key_capacity, heading_capacity;
    size_t *places; /* column of each cell of the file being read */
    size_t place_count, place_capacity;
};

static int add_column(struct vip_rejects *rejects, const char *key, const char *heading,
                      size_t *place)
{
    for (*place = 0; *place < rejects->count; ++*place) {
        if (strcmp(rejects->keys[*place], key) == 0)
            return VIP_OK;
    }
    if (vip_array_grow((void **)&rejects->keys, &rejects->key_capacity, rejects->count + 1,
                       sizeof *rejects->keys) ||
        vip_array_grow((void **)&rejects->headings, &rejects->heading_capacity, rejects->count + 1,
                       sizeof *rejects->headings))
        return VIP_EMEMORY;
    rejects->keys[rejects->count] = vip_arena_text(&rejects->arena, key);
    rejects->headings[rejects->count] = vip_arena_text(&rejects->arena, heading);
    if (!rejects->keys[rejects->count] || !rejects->headings[rejects->count])
        return VIP_EMEMORY;
    rejects->count++;
    return VIP_OK;
}

static int add_place(struct vip_rejects *rejects, const char *key, const char *heading)
{
    size_t place;

    if (vip_array_grow((void **)&rejects->places, &rejects->place_capacity,
                       rejects->place_count + 1, sizeof *rejects->places) ||
        add_column(rejects, key, heading, &place))
        return VIP_EMEMORY;
    rejects->places[rejects->place_count++] = place;
    return VIP_OK;
}

static int open_rejects(struct vip_context *context)
{
    if (context->rejects)
        return VIP_OK;
    context->rejects = calloc(1, sizeof *context->rejects);
    if (!context->rejects)
        return vip_fail_memory(&context->diag);
    context->rejects->rows = tmpfile();
    if (!context->rejects->rows)
        return vip_fail_errno(&context->diag, errno, "cannot make a temporary file for --rejects");
    return VIP_OK;
}

/* A cell that is not kept. */
static int add_passed_over(struct vip_rejects *rejects)
{
    if (vip_array_grow((void **)&rejects->places, &rejects->place_capacity,
                       rejects->place_count + 1, sizeof *rejects->places))
        return VIP_EMEMORY;
    rejects->places[rejects->place_count++] = PASSED_OVER;
    return VIP_OK;
}

int vip_rejects_columns(struct vip_context *context, const struct vip_reader *reader, size_t keep)
{
    size_t count = vip_reader_column_count(reader);
    int rc = VIP_OK;

    if (!context->rejects_path)
        return VIP_OK;
    if (open_rejects(context))
        return context->diag.code;
    context->rejects->place_count = 0;
    for (size_t i = 0; !rc && i < count; i++) {
        if (i < keep)
            rc = add_place(context->rejects, vip_reader_column(reader, i),
                           vip_reader_header(reader, i));
        else
            rc = add_passed_over(context->rejects);
    }
    return rc ? vip_fail_memory(&context->diag) : VIP_OK;
}

/* ---- keeping -----------------------------------------------------------------------------------
 */

static void put(struct vip_rejects *rejects, const void *data, size_t size)
{
    if (!rejects->error_number && size && fwrite(data, size, 1, rejects->rows) != 1)
        rejects->error_number = errno ? errno : EIO;
}

static void put_number(struct vip_rejects *rejects, size_t number)
{
    put(rejects, &number, sizeof number);
}

static void put_text(struct vip_rejects *rejects, const char *text)
{
    size_t size = strlen(text) + 1;

    put_number(rejects, size);
    put(rejects, text, size);
}

/* A row with too many cells: what has no heading of its own is not lost. */
static void name_surplus(struct vip_rejects *rejects, size_t cells)
{
    while (!rejects->error_number && rejects->place_count < cells) {
        char name[32];
        snprintf(name, sizeof name, "surplus_%zu", rejects->place_count + 1);
        if (add_place(rejects, name, name))
            rejects->error_number = ENOMEM;
    }
}

void vip_rejects_add(struct vip_context *context, const struct vip_row *row,
                     const struct vip_diag *diag)
{
    struct vip_rejects *rejects = context->rejects;
    struct vip_diag unplaced = *diag;
    char detail[1024];

    if (!rejects || rejects->error_number)
        return;
    unplaced.file[0] = '\0';
    unplaced.line = 0;
    name_surplus(rejects, row->count);
    put_number(rejects, diag->line);
    put_text(rejects, diag->reason);
    put_text(rejects, vip_diag_format(&unplaced, detail, sizeof detail));
    put_number(rejects, row->count);
    for (size_t i = 0; !rejects->error_number && i < row->count; i++) {
        put_number(rejects, rejects->places[i]);
        put_text(rejects, row->cells[i]);
    }
    rejects->row_count++;
}

/* ---- writing -----------------------------------------------------------------------------------
 */

static bool get(struct vip_rejects *rejects, void *data, size_t size)
{
    return !size || fread(data, size, 1, rejects->rows) == 1;
}

static const char *get_text(struct vip_rejects *rejects, struct vip_arena *arena)
{
    size_t size = 0;
    char *text;

    if (!get(rejects, &size, sizeof size) || !(text = vip_arena_take(arena, size)))
        return NULL;
    return get(rejects, text, size) ? text : NULL;
}

/* One kept row into values; false when it cannot be read back. */
static bool get_row(struct vip_rejects *rejects, struct vip_arena *arena, struct vip_value *values)
{
    size_t line = 0, cells = 0, place = 0;
    const char *reason, *detail, *text;

    for (size_t i = 0; i < rejects->count; i++)
        values[i] = vip_null();
    if (!get(rejects, &line, sizeof line) || !(reason = get_text(rejects, arena)) ||
        !(detail = get_text(rejects, arena)) || !get(rejects, &cells, sizeof cells))
        return false;
    for (size_t i = 0; i < cells; i++) {
        if (!get(rejects, &place, sizeof place) || !(text = get_text(rejects, arena)))
            return false;
        if (place < rejects->count)
            values[place] = vip_text(text);
    }
    values[rejects->count] = vip_int((int64_t)line);
    values[rejects->count + 1] = vip_text(reason);
    values[rejects->count + 2] = vip_text(detail);
    return true;
}

/* Our own columns stand aside where the input has one of that name (a receipt's `line`). */
static void name_columns(const struct vip_rejects *rejects, struct vip_column *columns)
{
    static const char *const plain[OWN_COLUMNS] = {"line", "reason", "detail"};
    static const char *const other[OWN_COLUMNS] = {"rejected_line", "rejected_reason",
                                                   "rejected_detail"};

    for (size_t i = 0; i < rejects->count; i++)
        columns[i] = (struct vip_column){rejects->headings[i], VIP_TEXT};
    for (size_t own = 0; own < OWN_COLUMNS; own++) {
        const char *name = plain[own];
        for (size_t i = 0; i < rejects->count; i++) {
            if (strcmp(rejects->keys[i], name) == 0 || strcmp(rejects->headings[i], name) == 0)
                name = other[own];
        }
        columns[rejects->count + own] = (struct vip_column){name, own ? VIP_TEXT : VIP_INTEGER};
    }
}

static int write_rows(struct vip_rejects *rejects, struct vip_writer *writer,
                      struct vip_value *values, struct vip_diag *diag)
{
    struct vip_arena arena = {0};
    int rc = VIP_OK;

    if (fflush(rejects->rows) || fseek(rejects->rows, 0, SEEK_SET))
        return vip_fail_errno(diag, errno, "cannot read back the refused rows");
    for (size_t i = 0; !rc && i < rejects->row_count; i++) {
        vip_arena_reset(&arena);
        if (get_row(rejects, &arena, values))
            rc = vip_writer_row(writer, values, diag);
        else
            rc = vip_fail(diag, VIP_EIO, "cannot read back the refused rows");
    }
    vip_arena_free(&arena);
    return rc;
}

static int write_file(const struct vip_context *context, struct vip_diag *diag)
{
    struct vip_rejects *rejects = context->rejects;
    const struct vip_writer_options options = {.path = context->rejects_path,
                                               .format = VIP_OUTPUT_CSV,
                                               .encoding = context->output_encoding,
                                               .excel = context->excel};
    size_t count = rejects->count + OWN_COLUMNS;
    struct vip_column *columns = calloc(count, sizeof *columns);
    struct vip_value *values = calloc(count, sizeof *values);
    struct vip_writer *writer = NULL;
    int rc;

    if (!columns || !values) {
        rc = vip_fail_memory(diag);
        goto out;
    }
    name_columns(rejects, columns);
    rc = vip_writer_open(&writer, &options, columns, count, diag);
    if (!rc && (rc = write_rows(rejects, writer, values, diag)))
        vip_writer_abandon(writer);
    else if (!rc)
        rc = vip_writer_close(writer, diag);
out:
    free(columns);
    free(values);
    return rc;
}

int vip_rejects_close(struct vip_context *context, struct vip_diag *diag)
{
    struct vip_rejects *rejects = context->rejects;
    int rc = VIP_OK;

    if (!rejects)
        return VIP_OK;
    if (rejects->error_number)
        rc = vip_fail_errno(diag, rejects->error_number, "cannot keep the rows for --rejects");
    else if (rejects->rows)
        rc = write_file(context, diag);
    if (rejects->rows)
        fclose(rejects->rows);
    vip_arena_free(&rejects->arena);
    free(rejects->keys);
    free(rejects->headings);
    free(rejects->places);
    free(rejects);
    context->rejects = NULL;
    return rc;
}
