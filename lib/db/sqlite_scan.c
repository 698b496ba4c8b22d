/* vip_scan(a, b, …): an aggregate that gives nothing and hands each row to the caller of
 * vip_db_scan, inside the one step that runs the statement. */
#include "lib/db/sqlite.h"

struct vip_scan_row {
    sqlite3_value **values;
};

struct scan {
    const struct vip_scan *scan;
    bool enough;
};

int64_t vip_scan_integer(const struct vip_scan_row *row, int index)
{
    return sqlite3_value_int64(row->values[index]);
}

vip_day vip_scan_day(const struct vip_scan_row *row, int index)
{
    bool none = sqlite3_value_type(row->values[index]) == SQLITE_NULL;
    return none ? VIP_DAY_NONE : (vip_day)sqlite3_value_int64(row->values[index]);
}

const char *vip_scan_text(const struct vip_scan_row *row, int index)
{
    const unsigned char *text = sqlite3_value_text(row->values[index]);
    return text ? (const char *)text : "";
}

static void hand_over(sqlite3_context *context, int count, sqlite3_value **values)
{
    struct scan *at = ((struct vip_db *)sqlite3_user_data(context))->scan;
    const struct vip_scan_row row = {values};
    (void)count;
    if (!at || at->scan->row(at->scan->context, &row))
        return;
    at->enough = true;
    sqlite3_result_error(context, "enough", -1); /* there is no other way to end a statement */
}

static void give_nothing(sqlite3_context *context)
{
    sqlite3_result_null(context);
}

int vip_sqlite_define_scan(struct vip_db *db, struct vip_diag *diag)
{
    int result = sqlite3_create_function_v2(db->handle, "vip_scan", -1, SQLITE_UTF8, db, NULL,
                                            hand_over, give_nothing, NULL);
    return result == SQLITE_OK ? VIP_OK : vip_sqlite_fail(db, result, "opening", diag);
}

static int scan_all(struct vip_db *db, struct vip_statement *statement, const struct vip_scan *scan,
                    struct vip_diag *diag)
{
    struct scan at = {.scan = scan}, *outer = db->scan;
    struct vip_diag found = {0};
    db->scan = &at;
    int more = vip_step(statement, &found);
    db->scan = outer;
    if (more > 0) /* the one row of an aggregate */
        vip_reset(statement);
    if (more >= 0 || at.enough)
        return VIP_OK;
    if (diag)
        *diag = found;
    return more;
}

int vip_db_scan(struct vip_db *db, enum vip_sql sql, const struct vip_scan *scan, int64_t first,
                struct vip_diag *diag)
{
    struct vip_statement *statement = vip_db_prepare(db, sql, diag);
    if (!statement)
        return VIP_EDATABASE;
    vip_bind_integer(statement, 1, first);
    return scan_all(db, statement, scan, diag);
}

int vip_db_scan_bulk(struct vip_db *db, enum vip_sql sql, const struct vip_scan *scan,
                     const struct vip_bulk *keys, struct vip_diag *diag)
{
    struct vip_statement *statement = vip_db_prepare(db, sql, diag);
    if (!statement)
        return VIP_EDATABASE;
    db->bulk = keys;
    int error = scan_all(db, statement, scan, diag);
    db->bulk = NULL;
    return error;
}
