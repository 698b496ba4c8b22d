/* Whole tables, known by the schema alone: what vip-db export and import go over. The statements
 * are made by SQL of the schema's own names; nothing else ever gets into them. */
#include "lib/db/sqlite.h"
#include "lib/db/tables.h"

#include <stdlib.h>
#include <string.h>

static enum vip_type declared_type(const char *type)
{
    if (strcmp(type, "INTEGER") == 0)
        return VIP_INTEGER;
    return strcmp(type, "BLOB") == 0 ? VIP_BYTES : VIP_TEXT;
}

/* ---- the tables ---- */

static int add_column(struct vip_tables *tables, struct vip_statement *row, struct vip_arena *arena,
                      struct vip_diag *diag)
{
    const char *name = vip_column_text(row, 0);
    struct vip_table *table = &tables->tables[tables->count - (tables->count > 0)];
    if (!tables->count || strcmp(table->name, name) != 0) {
        if (tables->count == VIP_TABLES_MAX)
            return vip_fail(diag, VIP_EDATABASE, "more tables than this build knows");
        table = &tables->tables[tables->count++];
        table->name = vip_arena_text(arena, name);
        table->columns = vip_arena_zero(arena, VIP_BULK_COLUMNS, sizeof *table->columns);
    }
    if (table->count == VIP_BULK_COLUMNS)
        return vip_fail(diag, VIP_EDATABASE, "table %s has more columns than this build knows",
                        name);
    if (!table->name || !table->columns)
        return vip_fail_memory(diag);
    struct vip_table_column *column = &table->columns[table->count++];
    column->name = vip_arena_text(arena, vip_column_text(row, 1));
    column->type = declared_type(vip_column_text(row, 2));
    column->required = vip_column_integer(row, 3) != 0;
    return column->name ? VIP_OK : vip_fail_memory(diag);
}

int vip_db_tables(struct vip_db *db, struct vip_tables *tables, struct vip_arena *arena,
                  struct vip_diag *diag)
{
    struct vip_statement *row = NULL;
    int error = VIP_OK;
    int more = vip_db_query_values(db, VIP_SQL_table_columns, &row, diag, NULL, 0);
    *tables = (struct vip_tables){0};
    for (; more > 0 && error == VIP_OK; more = vip_step(row, diag))
        error = add_column(tables, row, arena, diag);
    if (error == VIP_OK)
        return more;
    vip_reset(row);
    return error;
}

/* ---- statements over one ---- */

static int prepare(struct vip_db *db, enum vip_sql maker, const struct vip_table *table,
                   struct vip_statement **out, struct vip_diag *diag)
{
    struct vip_statement *text = NULL;
    int result = vip_db_query(db, maker, &text, diag, vip_text(table->name));
    if (result <= 0)
        return result < 0 ? result : vip_fail(diag, VIP_EDATABASE, "no table %s", table->name);
    struct vip_statement *made = calloc(1, sizeof *made);
    if (!made) {
        vip_reset(text);
        return vip_fail_memory(diag);
    }
    made->db = db;
    result = sqlite3_prepare_v2(db->handle, vip_column_text(text, 0), -1, &made->handle, NULL);
    vip_reset(text);
    if (result == SQLITE_OK) {
        *out = made;
        return VIP_OK;
    }
    free(made);
    return vip_sqlite_fail(db, result, table->name, diag);
}

int vip_db_table_scan(struct vip_db *db, const struct vip_table *table,
                      struct vip_statement **statement, struct vip_diag *diag)
{
    return prepare(db, VIP_SQL_table_scan, table, statement, diag);
}

int vip_db_table_fill(struct vip_db *db, const struct vip_table *table, const struct vip_bulk *bulk,
                      struct vip_diag *diag)
{
    struct vip_statement *statement = NULL;
    int error = prepare(db, VIP_SQL_table_fill, table, &statement, diag);
    if (!statement)
        return error;
    db->bulk = bulk;
    int result = sqlite3_step(statement->handle);
    db->bulk = NULL;
    if ((result & 0xff) == SQLITE_CONSTRAINT)
        error = vip_fail(diag, VIP_EINPUT, "%s does not take this row: %s", table->name,
                         sqlite3_errmsg(db->handle));
    else if (result != SQLITE_DONE)
        error = vip_sqlite_fail(db, result, table->name, diag);
    vip_statement_finish(statement);
    return error;
}

int vip_db_loosen(struct vip_db *db, struct vip_diag *diag)
{
    return vip_sqlite_execute(db,
                              "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;"
                              "PRAGMA foreign_keys = OFF;",
                              "opening", diag);
}
