/* The tables of computed.h as virtual tables of SQLite: a query opens one, its arguments come as
 * conditions on hidden columns, and all rows are worked out before the first is given. */
#include "lib/base/memory.h"
#include "lib/db/computed.h"
#include "lib/db/sqlite.h"

#include <stdlib.h>
#include <string.h>

static const struct vip_computed *const tables[] = {&vip_computed_store_sales, &vip_computed_rfm};

enum { TABLES = sizeof tables / sizeof tables[0] };

struct computed_table {
    sqlite3_vtab base;
    struct vip_db *db;
    const struct vip_computed *computed;
};

struct computed_cursor {
    sqlite3_vtab_cursor base;
    struct vip_computed_rows cells;
    size_t at; /* of the row in cells */
};

struct binding { /* what the module is given */
    struct vip_db *db;
    const struct vip_computed *computed;
};

int vip_computed_add(struct vip_computed_rows *cells, const int64_t *row, size_t columns,
                     struct vip_diag *diag)
{
    if (vip_array_grow((void **)&cells->numbers, &cells->capacity, cells->count + columns,
                       sizeof *cells->numbers) != VIP_OK)
        return vip_fail_memory(diag);
    memcpy(cells->numbers + cells->count, row, columns * sizeof *row);
    cells->count += columns;
    return VIP_OK;
}

static const struct vip_computed *computed_of(const sqlite3_vtab *table)
{
    return ((const struct computed_table *)table)->computed;
}

static int computed_connect(sqlite3 *handle, void *context, int count, const char *const *arguments,
                            sqlite3_vtab **table, char **message)
{
    const struct binding *binding = context;
    struct computed_table *made = calloc(1, sizeof *made);
    (void)count, (void)arguments, (void)message;
    if (!made)
        return SQLITE_NOMEM;
    made->db = binding->db;
    made->computed = binding->computed;
    *table = &made->base;
    return sqlite3_declare_vtab(handle, binding->computed->declaration);
}

static int computed_disconnect(sqlite3_vtab *table)
{
    free(table);
    return SQLITE_OK;
}

/* An argument that is not given is NULL; idxNum says which are. */
static int computed_best_index(sqlite3_vtab *table, sqlite3_index_info *info)
{
    const struct vip_computed *computed = computed_of(table);
    int given[VIP_COMPUTED_ARGUMENTS] = {0}, next = 1;
    for (int i = 0; i < info->nConstraint; i++) {
        int argument = info->aConstraint[i].iColumn - computed->columns;
        if (argument < 0 || info->aConstraint[i].op != SQLITE_INDEX_CONSTRAINT_EQ)
            continue;
        if (!info->aConstraint[i].usable)
            return SQLITE_CONSTRAINT;
        given[argument] = i + 1;
    }
    for (int i = 0; i < computed->arguments; i++) {
        if (!given[i])
            continue;
        info->aConstraintUsage[given[i] - 1].argvIndex = next++;
        info->aConstraintUsage[given[i] - 1].omit = 1;
        info->idxNum |= 1 << i;
    }
    info->estimatedCost = 1e6;
    info->estimatedRows = 1000;
    return SQLITE_OK;
}

static int computed_open(sqlite3_vtab *table, sqlite3_vtab_cursor **cursor)
{
    (void)table;
    struct computed_cursor *made = calloc(1, sizeof *made);
    if (!made)
        return SQLITE_NOMEM;
    *cursor = &made->base;
    return SQLITE_OK;
}

static int computed_close(sqlite3_vtab_cursor *cursor)
{
    free(((struct computed_cursor *)cursor)->cells.numbers);
    free(cursor);
    return SQLITE_OK;
}

static struct vip_value argument_of(sqlite3_value *value)
{
    switch (sqlite3_value_type(value)) {
    case SQLITE_NULL:
        return vip_null();
    case SQLITE_TEXT:
        return vip_text((const char *)sqlite3_value_text(value));
    default:
        return vip_int(sqlite3_value_int64(value));
    }
}

static int computed_filter(sqlite3_vtab_cursor *base, int given, const char *text, int count,
                           sqlite3_value **values)
{
    struct computed_cursor *cursor = (struct computed_cursor *)base;
    const struct computed_table *table = (struct computed_table *)base->pVtab;
    struct vip_value arguments[VIP_COMPUTED_ARGUMENTS] = {{0}};
    struct vip_diag diag = {0};
    (void)text, (void)count;
    for (int i = 0, next = 0; i < table->computed->arguments; i++)
        arguments[i] = given >> i & 1 ? argument_of(values[next++]) : vip_null();
    cursor->at = cursor->cells.count = 0;
    int error = table->computed->fill(table->db, arguments, &cursor->cells, &diag);
    if (error == VIP_OK)
        return SQLITE_OK;
    sqlite3_free(base->pVtab->zErrMsg);
    base->pVtab->zErrMsg = sqlite3_mprintf("%s", diag.text);
    return error == VIP_EMEMORY ? SQLITE_NOMEM : SQLITE_ERROR;
}

static int computed_next(sqlite3_vtab_cursor *base)
{
    struct computed_cursor *cursor = (struct computed_cursor *)base;
    cursor->at += (size_t)computed_of(base->pVtab)->columns;
    return SQLITE_OK;
}

static int computed_eof(sqlite3_vtab_cursor *base)
{
    const struct computed_cursor *cursor = (struct computed_cursor *)base;
    return cursor->at >= cursor->cells.count;
}

static int computed_column(sqlite3_vtab_cursor *base, sqlite3_context *context, int index)
{
    const struct computed_cursor *cursor = (struct computed_cursor *)base;
    if (index >= computed_of(base->pVtab)->columns)
        return SQLITE_OK; /* an argument: nobody reads it back */
    int64_t number = cursor->cells.numbers[cursor->at + (size_t)index];
    if (number != VIP_NOTHING)
        sqlite3_result_int64(context, number);
    return SQLITE_OK;
}

static int computed_rowid(sqlite3_vtab_cursor *cursor, sqlite3_int64 *rowid)
{
    *rowid = (sqlite3_int64)((struct computed_cursor *)cursor)->at;
    return SQLITE_OK;
}

static const sqlite3_module computed_module = {
    .xConnect = computed_connect,
    .xBestIndex = computed_best_index,
    .xDisconnect = computed_disconnect,
    .xOpen = computed_open,
    .xClose = computed_close,
    .xFilter = computed_filter,
    .xNext = computed_next,
    .xEof = computed_eof,
    .xColumn = computed_column,
    .xRowid = computed_rowid,
};

/* They are connected when they are first named, and that is more than a report may do itself. */
static int connect(struct vip_db *db, const struct vip_computed *computed, struct vip_diag *diag)
{
    char sql[64];
    struct binding *binding = malloc(sizeof *binding);
    if (!binding)
        return vip_fail_memory(diag);
    *binding = (struct binding){db, computed};
    int result =
        sqlite3_create_module_v2(db->handle, computed->name, &computed_module, binding, free);
    if (result != SQLITE_OK)
        return vip_sqlite_fail(db, result, "opening", diag);
    sqlite3_snprintf(sizeof sql, sql, "SELECT 1 FROM %s LIMIT 0", computed->name);
    return vip_sqlite_execute(db, sql, "opening", diag);
}

int vip_sqlite_open_computed(struct vip_db *db, struct vip_diag *diag)
{
    int error = VIP_OK;
    if (db->computed)
        return VIP_OK;
    for (int i = 0; i < TABLES && error == VIP_OK; i++)
        error = connect(db, tables[i], diag);
    db->computed = error == VIP_OK;
    return error;
}
