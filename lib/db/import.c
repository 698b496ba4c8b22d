/* A database from what vip-db export wrote: see export.h. Each table is one INSERT that draws its
 * rows from the file; the digests of the list prove that they are those that were written. */
#include "lib/db/export.h"

#include "lib/db/exchange.h"
#include "lib/rules/identity.h"
#include "lib/table/reader.h"

#include <inttypes.h>
#include <string.h>

struct import {
    struct vip_exchange exchange;
    const char *folder, *encoding;
    struct vip_sheet list;
    size_t listed; /* lines of the list that were dealt with */

    /* Of the table at hand. */
    const struct vip_table *table;
    struct vip_reader *reader;
    int places[VIP_BULK_COLUMNS];    /* of its columns in the file */
    size_t spoilt[VIP_BULK_COLUMNS]; /* the first line whose text looks so */
    struct vip_row row;
    int64_t rows;
    int error;
};

static const char *path_of(struct import *import, const char *table)
{
    const char *ending = table ? ".csv" : "";
    return vip_arena_format(&import->exchange.arena, "%s/%s%s", import->folder,
                            table ? table : VIP_EXCHANGE_LIST, ending);
}

/* ---- the list ---- */

static int read_list(struct import *import)
{
    struct vip_exchange *exchange = &import->exchange;
    const char *path = path_of(import, NULL);
    if (!path)
        return vip_fail_memory(exchange->diag);
    int error = vip_sheet_read(&import->list, path, VIP_EXCHANGE_LIST, import->encoding,
                               &exchange->arena, exchange->diag);
    if (error != VIP_OK)
        return error;
    for (size_t i = 0; i < VIP_LIST_COLUMNS; i++)
        if (vip_sheet_column(&import->list, vip_list_columns[i]) < 0) {
            vip_diag_place(exchange->diag, path, 1, vip_list_columns[i]);
            return vip_fail(exchange->diag, VIP_EINPUT,
                            "there is no such column: this is not what vip-db export wrote");
        }
    return VIP_OK;
}

static const char *listed(const struct import *import, size_t line, int column)
{
    return vip_sheet_cell(&import->list, line, vip_list_columns[column]);
}

static int fail_list(struct import *import, size_t line, int column, const char *why)
{
    struct vip_diag *diag = import->exchange.diag;
    vip_diag_place(diag, import->list.path,
                   line < import->list.row_count ? import->list.lines[line] : 0,
                   vip_list_columns[column]);
    return vip_fail(diag, VIP_EINPUT, "%s", why);
}

/* The same schema, and nothing masked: said of the whole folder before a row is read. */
static int check_list(struct import *import)
{
    char schema[32];
    snprintf(schema, sizeof schema, "%" PRId64, import->exchange.schema);
    for (size_t i = 0; i < import->list.row_count; i++) {
        if (strcmp(listed(import, i, VIP_LIST_SCHEMA), schema) != 0)
            return fail_list(import, i, VIP_LIST_SCHEMA,
                             "another version of vip wrote this, with another schema: import it "
                             "with that version, then run 'vip-db migrate'");
        if (strcmp(listed(import, i, VIP_LIST_FORM), "masked") == 0)
            return fail_list(import, i, VIP_LIST_FORM,
                             "phones and addresses are masked and cannot be brought back: export "
                             "again with --reveal");
    }
    return VIP_OK;
}

/* ---- the columns of a file ---- */

static int bind_columns(struct import *import)
{
    for (size_t i = 0; i < import->table->count; i++) {
        const char *name = import->table->columns[i].name;
        import->spoilt[i] = 0;
        import->places[i] = vip_reader_find(import->reader, name);
        if (import->places[i] < 0) {
            vip_diag_place(import->exchange.diag, vip_reader_name(import->reader), 1, name);
            return vip_fail(import->exchange.diag, VIP_EINPUT,
                            "this column is missing: the file was changed");
        }
    }
    return VIP_OK;
}

/* ---- rows ---- */

/* Leaves where and why in diag, and ends the INSERT. */
static bool stop(struct import *import, int error)
{
    struct vip_diag *diag = import->exchange.diag;
    vip_diag_place(diag, vip_reader_name(import->reader), import->row.line, NULL);
    import->error = error == VIP_EREFUSED ? VIP_EINPUT : error;
    diag->code = (enum vip_error)import->error;
    return false;
}

static bool next_row(void *context, struct vip_value *values)
{
    struct import *import = context;
    struct vip_exchange *exchange = &import->exchange;
    int got = vip_reader_next(import->reader, &import->row, exchange->diag);
    if (got == 0)
        return false;
    if (got < 0)
        return stop(import, got);
    vip_arena_reset(&exchange->row);
    for (size_t i = 0; i < import->table->count; i++) {
        const char *cell = import->row.cells[import->places[i]];
        int error = vip_exchange_read(exchange, &exchange->columns[i], cell, &values[i]);
        if (error != VIP_OK)
            return stop(import, error);
        vip_exchange_add(&exchange->columns[i], &values[i]);
        if (values[i].type == VIP_TEXT && !import->spoilt[i] && vip_number_spoilt(cell))
            import->spoilt[i] = import->row.line;
    }
    import->rows++;
    vip_exchange_count(exchange, import->table->name);
    return true;
}

static int fill_table(struct import *import)
{
    const struct vip_bulk bulk = {next_row, import};
    struct vip_exchange *exchange = &import->exchange;
    int error = bind_columns(import);
    if (error != VIP_OK)
        return error;
    import->rows = 0;
    import->error = VIP_OK;
    import->row.line = 0;
    error = vip_db_table_fill(exchange->db, import->table, &bulk, exchange->diag);
    if (import->error != VIP_OK)
        return import->error;
    if (error == VIP_EINPUT)
        stop(import, error);
    return error;
}

/* ---- proof ---- */

static int fail_digest(struct import *import, size_t column)
{
    struct vip_diag *diag = import->exchange.diag;
    vip_diag_place(diag, vip_reader_name(import->reader), import->spoilt[column],
                   import->table->columns[column].name);
    if (import->spoilt[column])
        return vip_fail(diag, VIP_EINPUT,
                        "a spreadsheet took a text for a number and rounded it: "
                        "export again and leave the files as they are");
    return vip_fail(diag, VIP_EINPUT,
                    "what stands in this column, or its order, is not what was exported (a "
                    "spreadsheet drops leading zeros): export again and leave the files as they "
                    "are");
}

/* The lines of the list that are the table's: its columns, its rows, its digests. */
static int prove_table(struct import *import)
{
    struct vip_exchange *exchange = &import->exchange;
    char rows[32], digest[VIP_DIGEST_TEXT];
    snprintf(rows, sizeof rows, "%" PRId64, import->rows);
    for (size_t i = 0; i < import->table->count; i++) {
        size_t line = import->listed++;
        if (strcmp(listed(import, line, VIP_LIST_ROWS), rows) != 0) {
            vip_diag_place(exchange->diag, vip_reader_name(import->reader), 0, NULL);
            return vip_fail(exchange->diag, VIP_EINPUT,
                            "has %s rows, %s were exported: the file was changed or cut short",
                            rows, listed(import, line, VIP_LIST_ROWS));
        }
        vip_exchange_digest(&exchange->columns[i], digest);
        if (strcmp(listed(import, line, VIP_LIST_DIGEST), digest) != 0)
            return fail_digest(import, i);
    }
    return VIP_OK;
}

/* Whether the list goes on with this table, column by column. */
static int check_listed(struct import *import)
{
    for (size_t i = 0; i < import->table->count; i++) {
        size_t line = import->listed + i;
        if (line >= import->list.row_count ||
            strcmp(listed(import, line, VIP_LIST_TABLE), import->table->name) != 0 ||
            strcmp(listed(import, line, VIP_LIST_COLUMN), import->table->columns[i].name) != 0)
            return fail_list(import, line, VIP_LIST_TABLE,
                             "the list does not name the tables and columns of this version in "
                             "their order: it was changed, or another version wrote it");
    }
    return VIP_OK;
}

static int import_table(struct import *import, const struct vip_table *table)
{
    struct vip_exchange *exchange = &import->exchange;
    const struct vip_reader_options options = {.format = VIP_INPUT_AUTO,
                                               .encoding = import->encoding};
    import->table = table;
    int error = check_listed(import);
    const char *path = path_of(import, table->name);
    if (error == VIP_OK && !path)
        error = vip_fail_memory(exchange->diag);
    if (error == VIP_OK)
        error = vip_reader_open(&import->reader, path, &options, exchange->diag);
    if (error != VIP_OK)
        return error;
    vip_exchange_begin(exchange, table);
    error = fill_table(import);
    if (error == VIP_OK)
        error = prove_table(import);
    vip_reader_close(import->reader);
    import->reader = NULL;
    return error;
}

/* Codes stand in the tables behind their own: they are learnt as soon as they are there. */
static int import_tables(struct import *import)
{
    struct vip_exchange *exchange = &import->exchange;
    int error = VIP_OK;
    for (size_t i = 0; i < exchange->tables.count && error == VIP_OK; i++) {
        error = import_table(import, &exchange->tables.tables[i]);
        if (error == VIP_OK && strcmp(exchange->tables.tables[i].name, "code") == 0)
            error = vip_exchange_read_codes(exchange);
    }
    if (error == VIP_OK && import->listed < import->list.row_count)
        error = fail_list(import, import->listed, VIP_LIST_TABLE,
                          "this version has no such table: another one wrote it");
    return error;
}

int vip_import(const char *path, const char *folder, const char *encoding,
               const struct vip_progress *progress, int64_t *rows, struct vip_diag *diag)
{
    struct import import = {
        .exchange = {.progress = progress, .diag = diag}, .folder = folder, .encoding = encoding};
    struct vip_exchange *exchange = &import.exchange;
    int error = vip_db_open(&exchange->db, path, VIP_DB_CREATE, diag);
    if (error != VIP_OK)
        return error;
    error = vip_db_loosen(exchange->db, diag);
    if (error == VIP_OK)
        error = vip_exchange_open(exchange);
    if (error == VIP_OK)
        error = read_list(&import);
    if (error == VIP_OK)
        error = check_list(&import);
    if (error == VIP_OK)
        error = import_tables(&import);
    *rows = exchange->rows;
    vip_db_close(exchange->db);
    vip_exchange_close(exchange);
    if (error != VIP_OK)
        vip_db_remove(path);
    return error;
}
