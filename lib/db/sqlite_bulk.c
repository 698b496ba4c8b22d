/* vip_bulk: a table of the rows that the caller of vip_db_bulk hands over. */
#include "lib/db/sqlite.h"

#include <stdlib.h>

struct bulk_cursor {
    sqlite3_vtab_cursor base;
    bool more;
    struct vip_value values[VIP_BULK_COLUMNS];
};

struct bulk_table {
    sqlite3_vtab base;
    struct vip_db *db;
};

static int bulk_connect(sqlite3 *handle, void *db, int count, const char *const *arguments,
                        sqlite3_vtab **table, char **message)
{
    (void)count, (void)arguments, (void)message;
    struct bulk_table *made = calloc(1, sizeof *made);
    if (!made)
        return SQLITE_NOMEM;
    made->db = db;
    *table = &made->base;
    return sqlite3_declare_vtab(handle, "CREATE TABLE x (c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, "
                                        "c11, c12, c13, c14, c15, c16, c17, c18, c19, c20, c21, "
                                        "c22, c23, c24, c25, c26, c27, c28, c29, c30, c31, c32)");
}

static int bulk_disconnect(sqlite3_vtab *table)
{
    free(table);
    return SQLITE_OK;
}

static int bulk_best_index(sqlite3_vtab *table, sqlite3_index_info *info)
{
    (void)table;
    info->estimatedCost = 1;
    return SQLITE_OK;
}

static int bulk_open(sqlite3_vtab *table, sqlite3_vtab_cursor **cursor)
{
    (void)table;
    struct bulk_cursor *made = calloc(1, sizeof *made);
    if (!made)
        return SQLITE_NOMEM;
    *cursor = &made->base;
    return SQLITE_OK;
}

static int bulk_close(sqlite3_vtab_cursor *cursor)
{
    free(cursor);
    return SQLITE_OK;
}

static int bulk_next(sqlite3_vtab_cursor *base)
{
    struct bulk_cursor *cursor = (struct bulk_cursor *)base;
    const struct vip_bulk *bulk = ((struct bulk_table *)base->pVtab)->db->bulk;
    cursor->more = bulk && bulk->next(bulk->context, cursor->values);
    return SQLITE_OK;
}

static int bulk_filter(sqlite3_vtab_cursor *cursor, int index, const char *text, int count,
                       sqlite3_value **values)
{
    (void)index, (void)text, (void)count, (void)values;
    return bulk_next(cursor);
}

static int bulk_eof(sqlite3_vtab_cursor *cursor)
{
    return !((struct bulk_cursor *)cursor)->more;
}

static int bulk_column(sqlite3_vtab_cursor *cursor, sqlite3_context *context, int index)
{
    const struct vip_value *value = &((struct bulk_cursor *)cursor)->values[index];
    if (value->type == VIP_TEXT)
        sqlite3_result_text(context, value->text, -1, SQLITE_STATIC);
    else if (value->type == VIP_BYTES)
        sqlite3_result_blob(context, value->text, (int)value->size, SQLITE_STATIC);
    else if (value->type != VIP_NULL)
        sqlite3_result_int64(context, value->number);
    return SQLITE_OK;
}

static int bulk_rowid(sqlite3_vtab_cursor *cursor, sqlite3_int64 *rowid)
{
    (void)cursor;
    *rowid = 0;
    return SQLITE_OK;
}

static const sqlite3_module bulk_module = {
    .xConnect = bulk_connect,
    .xBestIndex = bulk_best_index,
    .xDisconnect = bulk_disconnect,
    .xOpen = bulk_open,
    .xClose = bulk_close,
    .xFilter = bulk_filter,
    .xNext = bulk_next,
    .xEof = bulk_eof,
    .xColumn = bulk_column,
    .xRowid = bulk_rowid,
};

int vip_sqlite_define_bulk(struct vip_db *db, struct vip_diag *diag)
{
    int result = sqlite3_create_module(db->handle, "vip_bulk", &bulk_module, db);
    return result == SQLITE_OK ? VIP_OK : vip_sqlite_fail(db, result, "opening", diag);
}

int vip_db_bulk(struct vip_db *db, enum vip_sql sql, const struct vip_bulk *bulk,
                struct vip_diag *diag)
{
    struct vip_statement *statement = vip_db_prepare(db, sql, diag);
    if (!statement)
        return VIP_EDATABASE;
    db->bulk = bulk;
    int error = vip_step(statement, diag);
    db->bulk = NULL;
    return error;
}

/* The table is connected when it is first named, and that is more than a report may do itself. */
int vip_db_open_feed(struct vip_db *db, struct vip_diag *diag)
{
    return vip_sqlite_execute(db, "SELECT c1 FROM vip_bulk LIMIT 0", "opening", diag);
}

void vip_db_feed(struct vip_db *db, const struct vip_bulk *bulk)
{
    db->bulk = bulk;
}
