/* Statements over SQLite: errors, bindings, steps, columns. Behind engine.h; nothing outside the
 * files that include sqlite.h knows its interface. */
#include "lib/db/sqlite.h"

#include <stdlib.h>
#include <string.h>

/* ---- errors ---- */

enum vip_error vip_sqlite_code(int result)
{
    switch (result & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return VIP_EBUSY;
    case SQLITE_NOMEM:
        return VIP_EMEMORY;
    case SQLITE_FULL:
    case SQLITE_IOERR:
        return VIP_EIO;
    default:
        return VIP_EDATABASE;
    }
}

const char *vip_sqlite_advice(int result)
{
    switch (result & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return ": another command holds it; nothing was changed, try again";
    case SQLITE_FULL:
        return ": make room on the disk and run the command again";
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
        return ": the file and its folder must be writable by you";
    case SQLITE_CORRUPT:
        return ": run 'vip-db check' and restore a backup";
    default:
        return "";
    }
}

int vip_sqlite_fail(struct vip_db *db, int result, const char *doing, struct vip_diag *diag)
{
    if (result == SQLITE_NOTADB)
        return vip_fail(diag, VIP_EDATABASE, "%s is not a vip database (not a database at all)",
                        db->path);
    return vip_fail(diag, vip_sqlite_code(result), "database %s: %s: %s%s", db->path, doing,
                    sqlite3_errmsg(db->handle), vip_sqlite_advice(result));
}

int vip_sqlite_execute(struct vip_db *db, const char *sql, const char *doing, struct vip_diag *diag)
{
    int result = sqlite3_exec(db->handle, sql, NULL, NULL, NULL);
    return result == SQLITE_OK ? VIP_OK : vip_sqlite_fail(db, result, doing, diag);
}

int vip_sqlite_number(struct vip_db *db, const char *sql, int64_t *number, struct vip_diag *diag)
{
    sqlite3_stmt *handle = NULL;
    int result = sqlite3_prepare_v2(db->handle, sql, -1, &handle, NULL);
    if (result == SQLITE_OK)
        result = sqlite3_step(handle);
    if (result == SQLITE_ROW)
        *number = sqlite3_column_int64(handle, 0);
    sqlite3_finalize(handle);
    return result == SQLITE_ROW ? VIP_OK : vip_sqlite_fail(db, result, "opening", diag);
}

/* ---- statements ---- */

struct vip_statement *vip_db_prepare(struct vip_db *db, enum vip_sql sql, struct vip_diag *diag)
{
    struct vip_statement *statement = &db->statements[sql];
    if (statement->handle) {
        sqlite3_reset(statement->handle);
        return statement;
    }
    statement->db = db;
    int result = sqlite3_prepare_v3(db->handle, vip_sql_text[sql], -1, SQLITE_PREPARE_PERSISTENT,
                                    &statement->handle, NULL);
    if (result != SQLITE_OK) {
        vip_sqlite_fail(db, result, vip_sql_name[sql], diag);
        return NULL;
    }
    return statement;
}

static int allow_reading_only(void *context, int action, const char *a, const char *b,
                              const char *c, const char *d)
{
    (void)context, (void)a, (void)c, (void)d;
    if (action == SQLITE_FUNCTION && b && strcmp(b, "load_extension") == 0)
        return SQLITE_DENY;
    return action == SQLITE_SELECT || action == SQLITE_READ || action == SQLITE_FUNCTION ||
                   action == SQLITE_RECURSIVE
               ? SQLITE_OK
               : SQLITE_DENY;
}

/* The line of text on which the byte at offset stands. */
static size_t line_at(const char *text, int offset)
{
    size_t line = 1;
    for (int i = 0; i < offset && text[i]; i++)
        line += text[i] == '\n';
    return line;
}

/* Where preparing failed; a name that does not exist has no offset, but is in the text. */
static int error_offset(struct vip_db *db, const char *text)
{
    int offset = sqlite3_error_offset(db->handle);
    const char *name = strrchr(sqlite3_errmsg(db->handle), ' ');
    const char *found = offset < 0 && name && name[1] ? strstr(text, name + 1) : NULL;
    return found ? (int)(found - text) : offset;
}

int vip_db_prepare_report(struct vip_db *db, const char *text, struct vip_statement **out,
                          struct vip_diag *diag)
{
    *out = NULL;
    int error = vip_sqlite_open_computed(db, diag);
    if (error != VIP_OK)
        return error;
    struct vip_statement *statement = calloc(1, sizeof *statement);
    if (!statement)
        return vip_fail_memory(diag);
    statement->db = db;
    const char *tail = NULL;
    sqlite3_set_authorizer(db->handle, allow_reading_only, NULL);
    int result = sqlite3_prepare_v3(db->handle, text, -1, 0, &statement->handle, &tail);
    sqlite3_set_authorizer(db->handle, NULL, NULL);
    if (result != SQLITE_OK) {
        vip_diag_place(diag, NULL, line_at(text, error_offset(db, text)), NULL);
        vip_fail(diag, VIP_EUSAGE, "%s",
                 result == SQLITE_AUTH ? "a report can only SELECT" : sqlite3_errmsg(db->handle));
        free(statement);
        return VIP_EUSAGE;
    }
    while (tail && *tail && strchr(" \t\r\n;", *tail))
        tail++;
    if (!statement->handle || (tail && *tail)) {
        sqlite3_finalize(statement->handle);
        free(statement);
        return vip_fail(diag, VIP_EUSAGE, "a report is exactly one SELECT");
    }
    *out = statement;
    return VIP_OK;
}

void vip_statement_finish(struct vip_statement *statement)
{
    if (!statement)
        return;
    sqlite3_finalize(statement->handle);
    free(statement);
}

void vip_bind(struct vip_statement *statement, int index, struct vip_value value)
{
    switch (value.type) {
    case VIP_NULL:
        vip_bind_null(statement, index);
        return;
    case VIP_TEXT:
        vip_bind_text(statement, index, value.text);
        return;
    case VIP_BYTES:
        sqlite3_bind_blob64(statement->handle, index, value.text, value.size, SQLITE_STATIC);
        return;
    case VIP_FLOATING:
        sqlite3_bind_double(statement->handle, index, value.floating);
        return;
    case VIP_INTEGER:
    case VIP_FEN:
    case VIP_RATIO:
    case VIP_PERCENT:
    case VIP_DAY:
        vip_bind_integer(statement, index, value.number);
        return;
    }
}

void vip_bind_integer(struct vip_statement *statement, int index, int64_t number)
{
    sqlite3_bind_int64(statement->handle, index, number);
}

void vip_bind_text(struct vip_statement *statement, int index, const char *text)
{
    sqlite3_bind_text(statement->handle, index, text, -1, SQLITE_STATIC);
}

void vip_bind_null(struct vip_statement *statement, int index)
{
    sqlite3_bind_null(statement->handle, index);
}

const char *vip_statement_parameter(struct vip_statement *statement, int index)
{
    const char *name = sqlite3_bind_parameter_name(statement->handle, index);
    return name ? name + 1 : NULL;
}

int vip_step(struct vip_statement *statement, struct vip_diag *diag)
{
    int result = sqlite3_step(statement->handle);
    if (result == SQLITE_ROW)
        return 1;
    int error = VIP_OK;
    if (result != SQLITE_DONE)
        error = vip_sqlite_fail(statement->db, result, "working", diag);
    sqlite3_reset(statement->handle);
    return error;
}

void vip_reset(struct vip_statement *statement)
{
    sqlite3_reset(statement->handle);
}

/* ---- long work ---- */

static int tick(void *context)
{
    const struct vip_db *db = context;
    db->tick(db->tick_context);
    return 0; /* go on */
}

void vip_db_watch(struct vip_db *db, void (*call)(void *context), void *context)
{
    enum { INSTRUCTIONS = 200000 }; /* of SQLite's machine: a few milliseconds */
    db->tick = call;
    db->tick_context = context;
    sqlite3_progress_handler(db->handle, call ? INSTRUCTIONS : 0, call ? tick : NULL, db);
}

/* ---- columns ---- */

int vip_column_count(struct vip_statement *statement)
{
    return sqlite3_column_count(statement->handle);
}

const char *vip_column_name(struct vip_statement *statement, int index)
{
    return sqlite3_column_name(statement->handle, index);
}

bool vip_column_is_null(struct vip_statement *statement, int index)
{
    return sqlite3_column_type(statement->handle, index) == SQLITE_NULL;
}

int64_t vip_column_integer(struct vip_statement *statement, int index)
{
    return sqlite3_column_int64(statement->handle, index);
}

vip_day vip_column_day(struct vip_statement *statement, int index)
{
    return vip_column_is_null(statement, index) ? VIP_DAY_NONE
                                                : (vip_day)vip_column_integer(statement, index);
}

const char *vip_column_text(struct vip_statement *statement, int index)
{
    const char *text = (const char *)sqlite3_column_text(statement->handle, index);
    return text ? text : "";
}

const void *vip_column_bytes(struct vip_statement *statement, int index, size_t *size)
{
    const void *bytes = sqlite3_column_blob(statement->handle, index);
    *size = (size_t)sqlite3_column_bytes(statement->handle, index);
    return bytes;
}

struct vip_value vip_column_value(struct vip_statement *statement, int index)
{
    switch (sqlite3_column_type(statement->handle, index)) {
    case SQLITE_INTEGER:
        return vip_int(vip_column_integer(statement, index));
    case SQLITE_FLOAT:
        return (struct vip_value){.type = VIP_FLOATING,
                                  .floating = sqlite3_column_double(statement->handle, index)};
    case SQLITE_TEXT:
        return vip_text(vip_column_text(statement, index));
    default:
        return vip_null();
    }
}

/* ---- in one call ---- */

int vip_db_query_values(struct vip_db *db, enum vip_sql sql, struct vip_statement **out,
                        struct vip_diag *diag, const struct vip_value *values, size_t count)
{
    struct vip_statement *statement = vip_db_prepare(db, sql, diag);
    if (out)
        *out = statement;
    if (!statement)
        return VIP_EDATABASE;
    for (size_t i = 0; i < count; i++)
        vip_bind(statement, (int)i + 1, values[i]);
    return vip_step(statement, diag);
}

int vip_db_run_values(struct vip_db *db, enum vip_sql sql, struct vip_diag *diag,
                      const struct vip_value *values, size_t count)
{
    struct vip_statement *statement = NULL;
    int result = vip_db_query_values(db, sql, &statement, diag, values, count);
    while (result > 0)
        result = vip_step(statement, diag);
    return result;
}

int vip_db_number(struct vip_db *db, enum vip_sql sql, int64_t *number, int64_t fallback,
                  struct vip_diag *diag, const struct vip_value *values, size_t count)
{
    struct vip_statement *statement = NULL;
    *number = fallback;
    int result = vip_db_query_values(db, sql, &statement, diag, values, count);
    if (result <= 0)
        return result;
    if (!vip_column_is_null(statement, 0))
        *number = vip_column_integer(statement, 0);
    vip_reset(statement);
    return VIP_OK;
}

int64_t vip_db_last_id(struct vip_db *db)
{
    return sqlite3_last_insert_rowid(db->handle);
}

int64_t vip_db_changes(struct vip_db *db)
{
    return sqlite3_changes64(db->handle);
}
