/* The engine behind engine.h: SQLite. Nothing else in the project knows its interface. */
#include "lib/db/engine.h"

#include "lib/base/embedded.h"
#include "lib/base/memory.h"
#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    APPLICATION_ID = 0x76697001, /* "vip", 1 */
    SCHEMA_VERSION = 1,
    LOG_PAGES_LEFT = 2048,  /* 8 MB: read in a few milliseconds */
    LOG_PAGES_MOST = 16384, /* 64 MB */
};

static int busy_timeout = 15000; /* milliseconds */

struct vip_statement {
    struct vip_db *db;
    sqlite3_stmt *handle;
};

struct vip_db {
    sqlite3 *handle;
    char *path;
    const struct vip_bulk *bulk; /* the rows of the table vip_bulk while vip_db_bulk runs */
    bool writer;                 /* opened for writing */
    int log_pages;               /* of the write-ahead log after the last commit */
    bool held;                   /* one transaction around everything: --dry-run, --atomic */
    bool inside;                 /* a transaction (or savepoint) of ours is open */
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
    case SQLITE_CANTOPEN:
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

/* vip_ratio(part, whole, scale): part ÷ whole × scale to the nearest whole number, halves away from
 * zero; NULL when there is no whole to be a part of. With scale 10000 hundredths of a per cent. */
static void function_ratio(sqlite3_context *context, int count, sqlite3_value **values)
{
    __extension__ typedef __int128 wide;
    (void)count;
    wide part = sqlite3_value_int64(values[0]), whole = sqlite3_value_int64(values[1]);
    wide product = part * sqlite3_value_int(values[2]);
    if (sqlite3_value_type(values[0]) == SQLITE_NULL || whole <= 0)
        return;
    /* 96 bits at most, so that it can be doubled: a half is then one whole. */
    wide result = (2 * product + (product < 0 ? -whole : whole)) / (2 * whole);
    if (result > INT64_MAX || result < -INT64_MAX)
        sqlite3_result_error(context, "vip_ratio: out of range", -1);
    else
        sqlite3_result_int64(context, (int64_t)result);
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
        {"vip_ratio", 3, 0, function_ratio},
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

/* ---- vip_bulk: a table of the rows that the caller hands over ---- */

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
                                        "c22, c23, c24)");
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

/* The files that SQLite keeps beside a database: without it they are nobody's, and beside another
 * one they would do harm. */
static void remove_companions(const char *path)
{
    static const char *const endings[] = {"-wal", "-shm", "-journal"};
    struct vip_buffer name = {0};
    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++) {
        vip_buffer_clear(&name);
        if (vip_buffer_format(&name, "%s%s", path, endings[i]) == VIP_OK)
            unlink(name.data);
    }
    vip_buffer_free(&name);
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

static int check_application(struct vip_db *db, struct vip_diag *diag)
{
    int64_t application = 0;
    int error = pragma_number(db, "PRAGMA application_id", &application, diag);
    if (error == VIP_OK && application != APPLICATION_ID)
        error = vip_fail(diag, VIP_EDATABASE,
                         "%s is not a vip database: it belongs to another program", db->path);
    return error;
}

static int refuse_newer(struct vip_db *db, int64_t version, int newest, struct vip_diag *diag)
{
    return vip_fail(diag, VIP_EDATABASE,
                    "%s was written by a newer version of vip (schema %lld, this one knows %d): "
                    "install that version",
                    db->path, (long long)version, newest);
}

static int check_identity(struct vip_db *db, struct vip_diag *diag)
{
    int64_t version = 0;
    int error = check_application(db, diag);
    if (error == VIP_OK)
        error = pragma_number(db, "PRAGMA user_version", &version, diag);
    if (error != VIP_OK)
        return error;
    if (version > SCHEMA_VERSION)
        return refuse_newer(db, version, SCHEMA_VERSION, diag);
    if (version < SCHEMA_VERSION)
        return vip_fail(diag, VIP_EDATABASE, "%s has the old schema %lld: run 'vip-db migrate'",
                        db->path, (long long)version);
    return VIP_OK;
}

static int set_up_connection(struct vip_db *db, enum vip_db_mode mode, struct vip_diag *diag)
{
    sqlite3_busy_timeout(db->handle, busy_timeout);
    sqlite3_extended_result_codes(db->handle, 1);
    int error = define_functions(db, diag);
    if (error == VIP_OK &&
        sqlite3_create_module(db->handle, "vip_bulk", &bulk_module, db) != SQLITE_OK)
        error = fail(db, sqlite3_errcode(db->handle), "opening", diag);
    if (error != VIP_OK)
        return error;
    if (mode == VIP_DB_READ)
        return execute(db, "PRAGMA query_only = ON; PRAGMA cache_size = -65536;", "opening", diag);
    /* 64 MiB of pages: batches are sorted, so that more would be read through and not read again;
     * the rest of the 256 MiB that a command may take is the batch's. */
    return execute(db,
                   "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;"
                   "PRAGMA cache_size = -65536;",
                   "opening", diag);
}

static const char *embedded_schema(int version)
{
    char path[32];
    sqlite3_snprintf(sizeof path, path, "schema/%d.sql", version);
    const struct vip_embedded *schema = vip_embedded_find(path);
    return schema ? schema->data : NULL;
}

/* Inside a transaction: one file after the other, from a schema of one version to another's. */
static int apply_schema(struct vip_db *db, vip_schema_text *text, int from, int to,
                        struct vip_diag *diag)
{
    for (int version = from + 1; version <= to; version++) {
        const char *schema = text(version);
        if (!schema)
            return vip_fail(diag, VIP_EDATABASE, "schema/%d.sql is missing from this build",
                            version);
        int error = execute(db, schema, "changing the schema", diag);
        if (error != VIP_OK)
            return error;
    }
    char identity[96];
    sqlite3_snprintf(sizeof identity, identity,
                     "PRAGMA application_id = %d; PRAGMA user_version = %d;", (int)APPLICATION_ID,
                     to);
    return execute(db, identity, "changing the schema", diag);
}

static int create_schema(struct vip_db *db, struct vip_diag *diag)
{
    int error = execute(db, "PRAGMA journal_mode = WAL;", "creating", diag);
    if (error == VIP_OK)
        error = execute(db, "BEGIN IMMEDIATE;", "creating", diag);
    if (error == VIP_OK)
        error = apply_schema(db, embedded_schema, 0, SCHEMA_VERSION, diag);
    if (error == VIP_OK)
        error = execute(db, "COMMIT;", "creating", diag);
    return error;
}

/* After each commit: how long the log is. While it grows, it is copied now and then. */
static int note_log(void *context, sqlite3 *handle, const char *name, int pages)
{
    struct vip_db *db = context;
    db->log_pages = pages;
    if (pages >= LOG_PAGES_MOST)
        sqlite3_wal_checkpoint_v2(handle, name, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
    return SQLITE_OK;
}

/* A backup that was put in place by hand has no log yet. Only done when the file is known as ours.
 */
static int set_up_writing(struct vip_db *db, struct vip_diag *diag)
{
    if (sqlite3_db_readonly(db->handle, "main"))
        return vip_fail(diag, VIP_EDATABASE, "cannot write database %s: it is read-only for you",
                        db->path);
    sqlite3_wal_hook(db->handle, note_log, db);
    return execute(db, "PRAGMA journal_mode = WAL;", "opening", diag);
}

void vip_db_set_timeout(int milliseconds)
{
    busy_timeout = milliseconds;
}

/* A connection to the file at path, whatever it holds. NULL, or to be closed by the caller even
 * when *error is set. */
static struct vip_db *new_connection(const char *path, enum vip_db_mode mode, struct vip_diag *diag,
                                     int *error)
{
    /* One thread a process: SQLite without mutexes is a tenth faster. */
    sqlite3_config(SQLITE_CONFIG_SINGLETHREAD);
    struct vip_db *db = calloc(1, sizeof *db);
    if (!db || !(db->path = strdup(path))) {
        free(db);
        *error = vip_fail_memory(diag);
        return NULL;
    }
    db->writer = mode == VIP_DB_WRITE;
    int flags = mode == VIP_DB_READ ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
    int result = sqlite3_open_v2(path, &db->handle, flags, NULL);
    *error =
        result == SQLITE_OK ? set_up_connection(db, mode, diag) : fail(db, result, "opening", diag);
    return db;
}

int vip_db_open(struct vip_db **out, const char *path, enum vip_db_mode mode, struct vip_diag *diag)
{
    *out = NULL;
    int error = mode == VIP_DB_CREATE ? create_file(path, diag) : refuse_absent(path, diag);
    if (error != VIP_OK)
        return error;
    struct vip_db *db = new_connection(path, mode, diag, &error);
    if (error == VIP_OK)
        error = mode == VIP_DB_CREATE ? create_schema(db, diag) : check_identity(db, diag);
    if (error == VIP_OK && mode == VIP_DB_WRITE)
        error = set_up_writing(db, diag);
    if (error == VIP_OK) {
        *out = db;
        return VIP_OK;
    }
    vip_db_close(db);
    if (mode == VIP_DB_CREATE)
        vip_db_remove(path);
    return error;
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

/* The last to close copies the log into the database and deletes it, if it is left to SQLite.
 * Random pages are what costs, so a short log stays where it is (it is on disk, and whoever opens
 * the database reads it) and only a long one is copied, for the days in it at once. */
void vip_db_leave(struct vip_db *db)
{
    if (db && db->writer) {
        sqlite3_busy_timeout(db->handle, 0);
        if (db->log_pages > LOG_PAGES_LEFT)
            sqlite3_wal_checkpoint_v2(db->handle, "main", SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
        sqlite3_db_config(db->handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    }
    vip_db_close(db);
}

const char *vip_db_path(const struct vip_db *db)
{
    return db->path;
}

/* ---- transactions ---- */

/* With the lock in hand: is this still the file that others see? A restore may have put another one
 * in its place, and what is written here would be lost. */
static int lock(struct vip_db *db, struct vip_diag *diag)
{
    int error = execute(db, "BEGIN IMMEDIATE", "beginning", diag);
    int moved = 0;
    if (error == VIP_OK)
        sqlite3_file_control(db->handle, "main", SQLITE_FCNTL_HAS_MOVED, &moved);
    if (!moved)
        return error;
    sqlite3_exec(db->handle, "ROLLBACK", NULL, NULL, NULL);
    return vip_fail(diag, VIP_EBUSY, "database %s was replaced meanwhile: nothing was changed, %s",
                    db->path, "run the command again");
}

int vip_db_begin(struct vip_db *db, struct vip_diag *diag)
{
    int error = db->held ? execute(db, "SAVEPOINT vip", "beginning", diag) : lock(db, diag);
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
    int error = lock(db, diag);
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

/* ---- whole files: backup, replacement, migration ---- */

static int sync_path(const char *path, struct vip_diag *diag)
{
    int file = open(path, O_RDONLY | O_CLOEXEC);
    int failed = file < 0 || fsync(file) != 0 ? errno : 0;
    if (file >= 0)
        close(file);
    return failed ? vip_fail_errno(diag, failed, "cannot sync %s", path) : VIP_OK;
}

/* Folders of some file systems cannot be synced: the file itself was. */
static void sync_folder_of(const char *path)
{
    char *copy = strdup(path);
    if (!copy)
        return;
    char *slash = strrchr(copy, '/');
    struct vip_diag diag;
    if (slash)
        slash[slash == copy] = '\0';
    sync_path(slash ? copy : ".", &diag);
    free(copy);
}

static int copy_pages(sqlite3 *from, sqlite3 *to)
{
    sqlite3_backup *backup = sqlite3_backup_init(to, "main", from, "main");
    if (!backup)
        return sqlite3_errcode(to);
    sqlite3_backup_step(backup, -1); /* in one go: others may write meanwhile */
    return sqlite3_backup_finish(backup);
}

/* "ok", or the first thing that is wrong. */
static int verify_pages(sqlite3 *copy, const char *path, struct vip_diag *diag)
{
    sqlite3_stmt *check = NULL;
    int result = sqlite3_prepare_v2(copy, "PRAGMA integrity_check(1)", -1, &check, NULL);
    if (result == SQLITE_OK)
        result = sqlite3_step(check);
    const char *text = result == SQLITE_ROW ? (const char *)sqlite3_column_text(check, 0) : NULL;
    int error = VIP_OK;
    if (!text || strcmp(text, "ok") != 0)
        error = vip_fail(diag, VIP_EDATABASE, "the copy %s is damaged as what it was made from: %s",
                         path, text ? text : sqlite3_errmsg(copy));
    sqlite3_finalize(check);
    return error;
}

int vip_db_backup(struct vip_db *db, const char *path, struct vip_diag *diag)
{
    int error = create_file(path, diag);
    if (error != VIP_OK)
        return error;
    sqlite3 *target = NULL;
    int result = sqlite3_open_v2(path, &target, SQLITE_OPEN_READWRITE, NULL);
    if (result == SQLITE_OK)
        result = copy_pages(db->handle, target);
    /* One file that can be read from anywhere, without a log beside it. */
    if (result == SQLITE_OK)
        result = sqlite3_exec(target, "PRAGMA journal_mode = DELETE;", NULL, NULL, NULL);
    if (result != SQLITE_OK)
        error = vip_fail(diag, error_code(result), "copy to %s failed: %s%s", path,
                         sqlite3_errmsg(target), advice(result));
    else
        error = verify_pages(target, path, diag);
    sqlite3_close(target);
    if (error == VIP_OK)
        error = sync_path(path, diag);
    if (error != VIP_OK)
        vip_db_remove(path);
    return error;
}

/* Holds the database at path so that nobody else has it open, and its log is empty. One that cannot
 * be read is held by nobody: *old is then NULL. */
static int lock_out(const char *path, sqlite3 **old, struct vip_diag *diag)
{
    int result = sqlite3_open_v2(path, old, SQLITE_OPEN_READWRITE, NULL);
    if (result == SQLITE_OK) {
        sqlite3_busy_timeout(*old, busy_timeout);
        result = sqlite3_exec(*old,
                              "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = DELETE;"
                              "BEGIN EXCLUSIVE;",
                              NULL, NULL, NULL);
    }
    if (result == SQLITE_OK)
        return VIP_OK;
    sqlite3_close(*old);
    *old = NULL;
    if (error_code(result) == VIP_EBUSY)
        return vip_fail(diag, VIP_EBUSY, "database %s is in use%s", path, advice(result));
    return VIP_OK;
}

/* The name appears only if nobody took it meanwhile. Some file systems have no links. */
static int give_name(const char *path, const char *with)
{
    if (link(with, path) == 0)
        return unlink(with);
    return errno == EEXIST ? -1 : rename(with, path);
}

/* A rename takes no log along: what stands in it goes into the file first. The last connection to
 * close sees to that. */
static int fold_log(const char *path, struct vip_diag *diag)
{
    sqlite3 *handle = NULL;
    int result = sqlite3_open_v2(path, &handle, SQLITE_OPEN_READWRITE, NULL);
    int error = VIP_OK;
    if (result == SQLITE_OK)
        result = sqlite3_exec(handle, "PRAGMA wal_checkpoint(TRUNCATE); PRAGMA schema_version;",
                              NULL, NULL, NULL);
    if (result != SQLITE_OK)
        error = vip_fail(diag, error_code(result), "database %s: %s%s", path,
                         sqlite3_errmsg(handle), advice(result));
    sqlite3_close(handle);
    return error == VIP_OK ? sync_path(path, diag) : error;
}

void vip_db_remove(const char *path)
{
    unlink(path);
    remove_companions(path);
}

int vip_db_replace(const char *path, const char *with, bool force, struct vip_diag *diag)
{
    sqlite3 *old = NULL;
    struct stat info;
    bool there = force && stat(path, &info) == 0;
    int error = fold_log(with, diag);
    if (error == VIP_OK && there)
        error = lock_out(path, &old, diag);
    if (error != VIP_OK)
        return error;
    if (there)
        remove_companions(path);
    if ((force ? rename(with, path) : give_name(path, with)) != 0)
        error = vip_fail(diag, VIP_EDATABASE, "cannot rename %s to %s: %s", with, path,
                         strerror(errno));
    else
        sync_folder_of(path);
    sqlite3_close(old);
    return error;
}

static int migrate(struct vip_db *db, vip_schema_text *text, int newest, bool keep, int *from,
                   struct vip_diag *diag)
{
    int64_t version = 0, loose = 0;
    int error = check_application(db, diag);
    if (error == VIP_OK)
        /* Tables may be rebuilt on the way: references are checked at the end, all of them. */
        error = execute(db, "PRAGMA foreign_keys = OFF; BEGIN IMMEDIATE", "beginning", diag);
    if (error == VIP_OK)
        error = pragma_number(db, "PRAGMA user_version", &version, diag);
    if (error != VIP_OK)
        return error;
    *from = (int)version;
    if (version > newest)
        return refuse_newer(db, version, newest, diag);
    if (version == newest)
        return VIP_OK;
    error = apply_schema(db, text, (int)version, newest, diag);
    if (error == VIP_OK)
        error = pragma_number(db, "SELECT count(*) FROM pragma_foreign_key_check", &loose, diag);
    if (error == VIP_OK && loose)
        error = vip_fail(diag, VIP_EDATABASE, "migrating %s: %lld rows refer to rows that are %s",
                         db->path, (long long)loose, "not there: run 'vip-db check'");
    if (error == VIP_OK && keep)
        error = execute(db, "COMMIT", "committing", diag);
    return error == VIP_OK ? 1 : error;
}

int vip_db_migrate(const char *path, vip_schema_text *text, int newest, bool keep, int *from,
                   struct vip_diag *diag)
{
    int error = refuse_absent(path, diag);
    if (error != VIP_OK)
        return error;
    struct vip_db *db = new_connection(path, VIP_DB_WRITE, diag, &error);
    if (error == VIP_OK)
        error = migrate(db, text ? text : embedded_schema, text ? newest : SCHEMA_VERSION, keep,
                        from, diag);
    vip_db_close(db); /* what was not committed goes */
    return error;
}
