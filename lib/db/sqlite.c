/* The engine behind engine.h: SQLite. Nothing else in the project knows its interface. */
#include "lib/db/engine.h"

#include "lib/base/embedded.h"
#include "lib/base/memory.h"
#include "lib/base/money.h"
#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    APPLICATION_ID = 0x76697001, /* "vip", 1 */
    SCHEMA_VERSION = 1,
    BUSY_TIMEOUT_MS = 15000,
};

struct vip_statement {
    struct vip_db *db;
    sqlite3_stmt *handle;
};

struct vip_db {
    sqlite3 *handle;
    char *path;
    bool held;   /* one transaction around everything: --dry-run, --atomic */
    bool inside; /* a transaction (or savepoint) of ours is open */
    struct vip_statement statements[VIP_SQL_COUNT + 1];
};

/* ---- errors ---- */

static enum vip_error error_code(int result)
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

static const char *advice(int result)
{
    switch (result & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return ": another command holds it; nothing was changed, try again";
    case SQLITE_FULL:
        return ": make room on the disk and run the command again";
    case SQLITE_READONLY:
        return ": the file and its folder must be writable by you";
    case SQLITE_CORRUPT:
        return ": run 'vip-db check' and restore a backup";
    default:
        return "";
    }
}

static int fail(struct vip_db *db, int result, const char *doing, struct vip_diag *diag)
{
    if (result == SQLITE_NOTADB)
        return vip_fail(diag, VIP_EDATABASE, "%s is not a vip database (not a database at all)",
                        db->path);
    return vip_fail(diag, error_code(result), "database %s: %s: %s%s", db->path, doing,
                    sqlite3_errmsg(db->handle), advice(result));
}

static int execute(struct vip_db *db, const char *sql, const char *doing, struct vip_diag *diag)
{
    int result = sqlite3_exec(db->handle, sql, NULL, NULL, NULL);
    return result == SQLITE_OK ? VIP_OK : fail(db, result, doing, diag);
}

static int pragma_number(struct vip_db *db, const char *sql, int64_t *number, struct vip_diag *diag)
{
    sqlite3_stmt *handle = NULL;
    int result = sqlite3_prepare_v2(db->handle, sql, -1, &handle, NULL);
    if (result == SQLITE_OK)
        result = sqlite3_step(handle);
    if (result == SQLITE_ROW)
        *number = sqlite3_column_int64(handle, 0);
    sqlite3_finalize(handle);
    return result == SQLITE_ROW ? VIP_OK : fail(db, result, "opening", diag);
}

/* ---- functions that reports may use: days as people write them, exact shares ---- */

static void function_date(sqlite3_context *context, int count, sqlite3_value **values)
{
    (void)count;
    if (sqlite3_value_type(values[0]) == SQLITE_NULL)
        return;
    char text[VIP_DATE_TEXT];
    size_t size = vip_day_format((vip_day)sqlite3_value_int(values[0]), text);
    /* vip_month and vip_year are the first 7 and 4 characters of the date. */
    size_t keep = (size_t)(intptr_t)sqlite3_user_data(context);
    sqlite3_result_text(context, text, (int)(keep < size ? keep : size), SQLITE_TRANSIENT);
}

static void function_day(sqlite3_context *context, int count, sqlite3_value **values)
{
    (void)count;
    const char *text = (const char *)sqlite3_value_text(values[0]);
    vip_day day;
    const char *why;
    if (!text)
        return;
    if (vip_day_parse(text, &day, NULL, &why) == 0)
        sqlite3_result_int(context, day);
    else
        sqlite3_result_error(context, "vip_day: not a date", -1);
}

/* vip_add_months(day, n): with the clamp at the month's end. */
static void function_add_months(sqlite3_context *context, int count, sqlite3_value **values)
{
    (void)count;
    if (sqlite3_value_type(values[0]) == SQLITE_NULL)
        return;
    sqlite3_result_int(context, vip_day_add_months((vip_day)sqlite3_value_int(values[0]),
                                                   sqlite3_value_int(values[1])));
}

/* vip_divide(a, b): a ÷ b to the nearest whole number, halves away from zero; NULL when b is 0. */
static void function_divide(sqlite3_context *context, int count, sqlite3_value **values)
{
    (void)count;
    if (sqlite3_value_type(values[0]) == SQLITE_NULL || sqlite3_value_int64(values[1]) == 0)
        return;
    int64_t a = sqlite3_value_int64(values[0]), b = sqlite3_value_int64(values[1]), twice = 0;
    if (a == INT64_MIN || b == INT64_MIN || !vip_multiply(2, a % b, &twice)) {
        sqlite3_result_error(context, "vip_divide: out of range", -1);
        return;
    }
    int64_t rest = twice < 0 ? -twice : twice, size = b < 0 ? -b : b;
    int64_t up = rest >= size ? ((a < 0) == (b < 0) ? 1 : -1) : 0;
    sqlite3_result_int64(context, a / b + up);
}

static int define_functions(struct vip_db *db, struct vip_diag *diag)
{
    static const struct {
        const char *name;
        int arguments;
        intptr_t keep;
        void (*call)(sqlite3_context *, int, sqlite3_value **);
    } functions[] = {
        {"vip_date", 1, 10, function_date},
        {"vip_month", 1, 7, function_date},
        {"vip_year", 1, 4, function_date},
        {"vip_day", 1, 0, function_day},
        {"vip_add_months", 2, 0, function_add_months},
        {"vip_divide", 2, 0, function_divide},
    };
    for (size_t i = 0; i < sizeof functions / sizeof functions[0]; i++) {
        int result = sqlite3_create_function_v2(
            db->handle, functions[i].name, functions[i].arguments,
            SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS, (void *)functions[i].keep,
            functions[i].call, NULL, NULL, NULL);
        if (result != SQLITE_OK)
            return fail(db, result, "opening", diag);
    }
    return VIP_OK;
}

/* ---- opening ---- */

static int refuse_absent(const char *path, struct vip_diag *diag)
{
    struct stat info;
    if (stat(path, &info) != 0) {
        if (errno == ENOENT)
            return vip_fail(diag, VIP_EDATABASE,
                            "no database at %s: make one with 'vip-db init', or name it with --db",
                            path);
        return vip_fail(diag, VIP_EDATABASE, "cannot open database %s: %s", path, strerror(errno));
    }
    if (S_ISDIR(info.st_mode))
        return vip_fail(diag, VIP_EDATABASE, "%s is a folder, not a database file", path);
    if (access(path, R_OK) != 0)
        return vip_fail(diag, VIP_EDATABASE, "cannot read database %s: %s", path, strerror(errno));
    return VIP_OK;
}

static int create_file(const char *path, struct vip_diag *diag)
{
    int file = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file < 0 && errno == EEXIST)
        return vip_fail(diag, VIP_EDATABASE, "%s exists already: nothing was changed", path);
    if (file < 0)
        return vip_fail(diag, VIP_EDATABASE, "cannot create database %s: %s", path,
                        strerror(errno));
    close(file);
    return VIP_OK;
}

static int check_identity(struct vip_db *db, struct vip_diag *diag)
{
    int64_t application = 0, version = 0;
    int error = pragma_number(db, "PRAGMA application_id", &application, diag);
    if (error == VIP_OK)
        error = pragma_number(db, "PRAGMA user_version", &version, diag);
    if (error != VIP_OK)
        return error;
    if (application != APPLICATION_ID)
        return vip_fail(diag, VIP_EDATABASE,
                        "%s is not a vip database: it belongs to another program", db->path);
    if (version > SCHEMA_VERSION)
        return vip_fail(diag, VIP_EDATABASE,
                        "%s was written by a newer version of vip (schema %lld, this one knows %d): "
                        "install that version",
                        db->path, (long long)version, SCHEMA_VERSION);
    if (version < SCHEMA_VERSION)
        return vip_fail(diag, VIP_EDATABASE, "%s has the old schema %lld: run 'vip-db migrate'",
                        db->path, (long long)version);
    return VIP_OK;
}

static int set_up_connection(struct vip_db *db, enum vip_db_mode mode, struct vip_diag *diag)
{
    sqlite3_busy_timeout(db->handle, BUSY_TIMEOUT_MS);
    sqlite3_extended_result_codes(db->handle, 1);
    int error = define_functions(db, diag);
    if (error != VIP_OK)
        return error;
    if (mode == VIP_DB_READ)
        return execute(db, "PRAGMA query_only = ON; PRAGMA cache_size = -65536;", "opening", diag);
    /* 128 MiB of pages: random pages are what costs, and the whole command stays below 256 MiB. */
    return execute(db,
                   "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;"
                   "PRAGMA cache_size = -131072; PRAGMA wal_autocheckpoint = 16384;",
                   "opening", diag);
}

static int create_schema(struct vip_db *db, struct vip_diag *diag)
{
    const struct vip_embedded *schema = vip_embedded_find("schema/1.sql");
    if (!schema)
        return vip_fail(diag, VIP_EDATABASE, "schema/1.sql is missing from this build");
    char identity[96];
    sqlite3_snprintf(sizeof identity, identity, "PRAGMA application_id = %d; PRAGMA user_version = %d;",
                     (int)APPLICATION_ID, (int)SCHEMA_VERSION);
    int error = execute(db, "PRAGMA journal_mode = WAL;", "creating", diag);
    if (error == VIP_OK)
        error = execute(db, "BEGIN IMMEDIATE;", "creating", diag);
    if (error == VIP_OK)
        error = execute(db, schema->data, "creating", diag);
    if (error == VIP_OK)
        error = execute(db, identity, "creating", diag);
    if (error == VIP_OK)
        error = execute(db, "COMMIT;", "creating", diag);
    return error;
}

int vip_db_open(struct vip_db **out, const char *path, enum vip_db_mode mode, struct vip_diag *diag)
{
    *out = NULL;
    /* One thread a process: SQLite without mutexes is a tenth faster. */
    sqlite3_config(SQLITE_CONFIG_SINGLETHREAD);
    int error = mode == VIP_DB_CREATE ? create_file(path, diag) : refuse_absent(path, diag);
    if (error != VIP_OK)
        return error;
    struct vip_db *db = calloc(1, sizeof *db);
    char *copy = strdup(path);
    if (!db || !copy) {
        free(db);
        free(copy);
        return vip_fail_memory(diag);
    }
    db->path = copy;
    int flags = mode == VIP_DB_READ ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
    int result = sqlite3_open_v2(path, &db->handle, flags, NULL);
    error = result == SQLITE_OK ? set_up_connection(db, mode, diag)
                                : fail(db, result, "opening", diag);
    if (error == VIP_OK)
        error = mode == VIP_DB_CREATE ? create_schema(db, diag) : check_identity(db, diag);
    if (error == VIP_OK && mode == VIP_DB_WRITE && sqlite3_db_readonly(db->handle, "main"))
        error = vip_fail(diag, VIP_EDATABASE, "cannot write database %s: it is read-only for you",
                         path);
    if (error != VIP_OK) {
        vip_db_close(db);
        if (mode == VIP_DB_CREATE)
            unlink(path);
        return error;
    }
    *out = db;
    return VIP_OK;
}

void vip_db_close(struct vip_db *db)
{
    if (!db)
        return;
    for (int i = 0; i < VIP_SQL_COUNT; i++)
        sqlite3_finalize(db->statements[i].handle);
    sqlite3_close(db->handle);
    free(db->path);
    free(db);
}

const char *vip_db_path(const struct vip_db *db)
{
    return db->path;
}

/* ---- transactions ---- */

int vip_db_begin(struct vip_db *db, struct vip_diag *diag)
{
    int error = execute(db, db->held ? "SAVEPOINT vip" : "BEGIN IMMEDIATE", "beginning", diag);
    db->inside = error == VIP_OK;
    return error;
}

int vip_db_commit(struct vip_db *db, struct vip_diag *diag)
{
    int error = execute(db, db->held ? "RELEASE vip" : "COMMIT", "committing", diag);
    if (error == VIP_OK)
        db->inside = false;
    else
        vip_db_rollback(db);
    return error;
}

void vip_db_rollback(struct vip_db *db)
{
    if (!db->inside)
        return;
    for (int i = 0; i < VIP_SQL_COUNT; i++)
        if (db->statements[i].handle)
            sqlite3_reset(db->statements[i].handle);
    sqlite3_exec(db->handle, db->held ? "ROLLBACK TO vip; RELEASE vip" : "ROLLBACK", NULL, NULL,
                 NULL);
    db->inside = false;
}

int vip_db_hold(struct vip_db *db, struct vip_diag *diag)
{
    int error = execute(db, "BEGIN IMMEDIATE", "beginning", diag);
    db->held = error == VIP_OK;
    return error;
}

int vip_db_release(struct vip_db *db, bool keep, struct vip_diag *diag)
{
    if (!db->held)
        return VIP_OK;
    vip_db_rollback(db);
    db->held = false;
    if (keep)
        return execute(db, "COMMIT", "committing", diag);
    sqlite3_exec(db->handle, "ROLLBACK", NULL, NULL, NULL);
    return VIP_OK;
}

int vip_db_snapshot(struct vip_db *db, struct vip_diag *diag)
{
    return execute(db, "BEGIN", "reading", diag);
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
        fail(db, result, vip_sql_name[sql], diag);
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

int vip_db_prepare_report(struct vip_db *db, const char *text, struct vip_statement **out,
                          struct vip_diag *diag)
{
    *out = NULL;
    struct vip_statement *statement = calloc(1, sizeof *statement);
    if (!statement)
        return vip_fail_memory(diag);
    statement->db = db;
    const char *tail = NULL;
    sqlite3_set_authorizer(db->handle, allow_reading_only, NULL);
    int result = sqlite3_prepare_v3(db->handle, text, -1, 0, &statement->handle, &tail);
    sqlite3_set_authorizer(db->handle, NULL, NULL);
    if (result != SQLITE_OK) {
        int offset = sqlite3_error_offset(db->handle);
        vip_diag_place(diag, NULL, line_at(text, offset), NULL);
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
        sqlite3_bind_blob64(statement->handle, index, value.text, (sqlite3_uint64)value.number,
                            SQLITE_STATIC);
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
        error = fail(statement->db, result, "working", diag);
    sqlite3_reset(statement->handle);
    return error;
}

void vip_reset(struct vip_statement *statement)
{
    sqlite3_reset(statement->handle);
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

/* ---- backup ---- */

int vip_db_backup(struct vip_db *db, const char *path, struct vip_diag *diag)
{
    int error = create_file(path, diag);
    if (error != VIP_OK)
        return error;
    sqlite3 *target = NULL;
    sqlite3_backup *backup = NULL;
    int result = sqlite3_open_v2(path, &target, SQLITE_OPEN_READWRITE, NULL);
    if (result == SQLITE_OK) {
        backup = sqlite3_backup_init(target, "main", db->handle, "main");
        if (backup)
            sqlite3_backup_step(backup, -1);
        result = backup ? sqlite3_backup_finish(backup) : sqlite3_errcode(target);
    }
    if (result != SQLITE_OK) {
        error = vip_fail(diag, error_code(result), "backup to %s failed: %s", path,
                         sqlite3_errmsg(target));
        unlink(path);
    }
    sqlite3_close(target);
    return error;
}
