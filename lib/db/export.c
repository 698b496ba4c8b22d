/* Every table as CSV: see export.h. The schema says what there is, exchange.c how it is written. */
#include "lib/db/export.h"

#include "lib/db/exchange.h"
#include "lib/table/writer.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct export
{
    struct vip_exchange exchange;
    struct vip_writer *list;
    const char *folder;
    bool reveal;
};

/* ---- one table ---- */

/* What stands in the database: the schema is STRICT, so that the column's type is the value's. */
static struct vip_value stored_value(struct vip_statement *row, int index, enum vip_type type)
{
    if (vip_column_is_null(row, index))
        return vip_null();
    if (type == VIP_INTEGER)
        return vip_int(vip_column_integer(row, index));
    if (type == VIP_TEXT)
        return (struct vip_value){.type = VIP_TEXT, .text = vip_column_text(row, index)};
    size_t size;
    const void *bytes = vip_column_bytes(row, index, &size);
    return vip_bytes(bytes ? bytes : "", size);
}

static int write_row(struct export *export, const struct vip_table *table,
                     struct vip_statement *row, struct vip_writer *writer)
{
    struct vip_value cells[VIP_BULK_COLUMNS];
    struct vip_exchange *exchange = &export->exchange;
    int error = VIP_OK;
    vip_arena_reset(&exchange->row);
    for (size_t i = 0; i < table->count && error == VIP_OK; i++) {
        struct vip_exchange_column *column = &exchange->columns[i];
        struct vip_value value = stored_value(row, (int)i, column->column->type);
        vip_exchange_add(column, &value);
        error = vip_exchange_write(exchange, column, &value, export->reveal, &cells[i]);
    }
    if (error == VIP_OK)
        error = vip_writer_row(writer, cells, exchange->diag);
    vip_exchange_count(exchange, table->name);
    return error;
}

static int write_rows(struct export *export, const struct vip_table *table,
                      struct vip_writer *writer)
{
    struct vip_exchange *exchange = &export->exchange;
    struct vip_statement *row = NULL;
    int error = vip_db_table_scan(exchange->db, table, &row, exchange->diag);
    if (error != VIP_OK)
        return error;
    int more = vip_step(row, exchange->diag);
    for (; more > 0 && error == VIP_OK; more = vip_step(row, exchange->diag))
        error = write_row(export, table, row, writer);
    vip_statement_finish(row);
    return error != VIP_OK ? error : more;
}

/* A line of the list for each column. What is masked cannot be known again. */
static int list_table(struct export *export, const struct vip_table *table, int64_t rows)
{
    struct vip_exchange *exchange = &export->exchange;
    int error = VIP_OK;
    for (size_t i = 0; i < table->count && error == VIP_OK; i++) {
        struct vip_exchange_column *column = &exchange->columns[i];
        bool masked = vip_exchange_is_mask(column) && !export->reveal;
        char digest[VIP_DIGEST_TEXT];
        vip_exchange_digest(column, digest);
        const struct vip_value values[VIP_LIST_COLUMNS] = {
            [VIP_LIST_SCHEMA] = vip_int(exchange->schema),
            [VIP_LIST_TABLE] = vip_text(table->name),
            [VIP_LIST_COLUMN] = vip_text(column->column->name),
            [VIP_LIST_FORM] = vip_text(masked ? "masked" : vip_exchange_form(column)),
            [VIP_LIST_ROWS] = vip_int(rows),
            [VIP_LIST_DIGEST] = masked ? vip_null() : vip_text(digest)};
        error = vip_writer_row(export->list, values, exchange->diag);
    }
    return error;
}

/* The path lives as long as the writer. */
static int open_file(struct export *export, const char *file, const char *const *names,
                     size_t count, struct vip_writer **writer)
{
    struct vip_column headings[VIP_BULK_COLUMNS];
    struct vip_arena *arena = &export->exchange.arena;
    const char *path = vip_arena_format(arena, "%s/%s", export->folder, file);
    const struct vip_writer_options options = {.path = path, .format = VIP_OUTPUT_CSV};
    if (!path)
        return vip_fail_memory(export->exchange.diag);
    for (size_t i = 0; i < count; i++)
        headings[i] = (struct vip_column){names[i], VIP_TEXT};
    return vip_writer_open(writer, &options, headings, count, export->exchange.diag);
}

static int export_table(struct export *export, const struct vip_table *table)
{
    const char *names[VIP_BULK_COLUMNS];
    struct vip_exchange *exchange = &export->exchange;
    struct vip_writer *writer = NULL;
    int64_t before = exchange->rows;
    const char *file = vip_arena_format(&exchange->arena, "%s.csv", table->name);
    if (!file)
        return vip_fail_memory(exchange->diag);
    for (size_t i = 0; i < table->count; i++)
        names[i] = table->columns[i].name;
    vip_exchange_begin(exchange, table);
    int error = open_file(export, file, names, table->count, &writer);
    if (error == VIP_OK)
        error = write_rows(export, table, writer);
    if (error == VIP_OK)
        error = vip_writer_close(writer, exchange->diag);
    else if (writer)
        vip_writer_abandon(writer);
    return error == VIP_OK ? list_table(export, table, exchange->rows - before) : error;
}

/* ---- the folder ---- */

static bool is_used(const char *folder)
{
    DIR *directory = opendir(folder);
    if (!directory)
        return errno != ENOENT;
    int entries = 0;
    while (entries <= 2 && readdir(directory))
        entries++;
    closedir(directory);
    return entries > 2; /* . and .. */
}

static void remove_folder(const struct export *export)
{
    const struct vip_tables *tables = &export->exchange.tables;
    char path[4096];
    for (size_t i = 0; i < tables->count; i++) {
        snprintf(path, sizeof path, "%s/%s.csv", export->folder, tables->tables[i].name);
        unlink(path);
    }
    snprintf(path, sizeof path, "%s/" VIP_EXCHANGE_LIST, export->folder);
    unlink(path);
    rmdir(export->folder);
}

static int export_all(struct export *export)
{
    struct vip_exchange *exchange = &export->exchange;
    if (mkdir(export->folder, 0700) != 0)
        return vip_fail_errno(exchange->diag, errno, "cannot make the folder %s", export->folder);
    int error = vip_db_snapshot(exchange->db, exchange->diag);
    if (error == VIP_OK)
        error = vip_exchange_open(exchange);
    if (error == VIP_OK)
        error = vip_exchange_read_codes(exchange);
    if (error == VIP_OK)
        error =
            open_file(export, VIP_EXCHANGE_LIST, vip_list_columns, VIP_LIST_COLUMNS, &export->list);
    for (size_t i = 0; i < exchange->tables.count && error == VIP_OK; i++)
        error = export_table(export, &exchange->tables.tables[i]);
    if (error == VIP_OK)
        return vip_writer_close(export->list, exchange->diag);
    if (export->list)
        vip_writer_abandon(export->list);
    return error;
}

int vip_export(struct vip_db *db, const char *folder, bool reveal,
               const struct vip_progress *progress, int64_t *rows, struct vip_diag *diag)
{
    size_t size = strlen(folder);
    while (size > 1 && folder[size - 1] == '/')
        size--;
    if (is_used(folder))
        return vip_fail(diag, VIP_EUSAGE,
                        "%s is there already and not an empty folder: name a new one", folder);
    struct export export = {.exchange = {.db = db, .progress = progress, .diag = diag},
                            .reveal = reveal};
    struct vip_arena arena = {0};
    char *part = vip_arena_format(&arena, "%.*s.part-%ld", (int)size, folder, (long)getpid());
    int error = part ? VIP_OK : vip_fail_memory(diag);
    export.folder = part;
    if (error == VIP_OK)
        error = export_all(&export);
    if (error == VIP_OK && rename(part, folder) != 0)
        error = vip_fail_errno(diag, errno, "cannot rename %s to %s", part, folder);
    if (error != VIP_OK && part)
        remove_folder(&export);
    *rows = export.exchange.rows;
    vip_exchange_close(&export.exchange);
    vip_arena_free(&arena);
    return error;
}
