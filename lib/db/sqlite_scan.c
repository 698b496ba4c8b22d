/* vip_scan(?1, a, b, …): an aggregate that gives nothing and hands each row to the caller of
 * vip_db_scan, inside the one step that runs the statement. */
#include "lib/db/sqlite.h"

static const char scan_type[] = "vip_scan";

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
    /* What is bound is compared with its type's name: once is enough. */
    struct scan **known = sqlite3_aggregate_context(context, sizeof *known);
    const struct vip_scan_row row = {values + 1};
    (void)count;
    if (known && !*known)
        *known = sqlite3_value_pointer(values[0], scan_type);
    if (!known || !*known || (*known)->scan->row((*known)->scan->context, &row))
        return;
    (*known)->enough = true;
    sqlite3_result_error(context, "enough", -1); /* there is no other way to end a statement */
}

static void give_nothing(sqlite3_context *context)
{
    sqlite3_result_null(context);
}

int vip_sqlite_define_scan(struct vip_db *db, struct vip_diag *diag)
{
    int result = sqlite3_create_function_v2(db->handle, "vip_scan", -1, SQLITE_UTF8, NULL, NULL,
                                            hand_over, give_nothing, NULL);
    return result == SQLITE_OK ? VIP_OK : vip_sqlite_fail(db, result, "opening", diag);
}

int vip_db_scan(struct vip_db *db, enum vip_sql sql, const struct vip_scan *scan, int64_t first,
                struct vip_diag *diag)
{
    struct scan at = {.scan = scan};
    struct vip_diag found = {0};
    struct vip_statement *statement = vip_db_prepare(db, sql, diag);
    if (!statement)
        return VIP_EDATABASE;
    sqlite3_bind_pointer(statement->handle, 1, &at, scan_type, NULL);
    vip_bind_integer(statement, 2, first);
    int more = vip_step(statement, &found);
    if (more > 0) /* the one row of an aggregate */
        vip_reset(statement);
    sqlite3_bind_null(statement->handle, 1);
    if (more >= 0 || at.enough)
        return VIP_OK;
    if (diag)
        *diag = found;
    return more;
}
