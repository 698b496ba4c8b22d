/* Connections and transactions: opening what is ours and nothing else. */
#include "lib/db/sqlite.h"

#include "lib/base/embedded.h"
#include "lib/base/memory.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int vip_sqlite_timeout = 15000;

/* ---- opening ---- */

int vip_sqlite_refuse_absent(const char *path, struct vip_diag *diag)
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
void vip_sqlite_remove_companions(const char *path)
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

int vip_sqlite_create_file(const char *path, struct vip_diag *diag)
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

int vip_sqlite_check_application(struct vip_db *db, struct vip_diag *diag)
{
    int64_t application = 0;
    int error = vip_sqlite_number(db, "PRAGMA application_id", &application, diag);
    if (error == VIP_OK && application != VIP_APPLICATION_ID)
        error = vip_fail(diag, VIP_EDATABASE,
                         "%s is not a vip database: it belongs to another program", db->path);
    return error;
}

int vip_sqlite_refuse_newer(struct vip_db *db, int64_t version, int newest, struct vip_diag *diag)
{
    return vip_fail(diag, VIP_EDATABASE,
                    "%s was written by a newer version of vip (schema %lld, this one knows %d): "
                    "install that version",
                    db->path, (long long)version, newest);
}

static int check_identity(struct vip_db *db, struct vip_diag *diag)
{
    int64_t version = 0;
    int error = vip_sqlite_check_application(db, diag);
    if (error == VIP_OK)
        error = vip_sqlite_number(db, "PRAGMA user_version", &version, diag);
    if (error != VIP_OK)
        return error;
    if (version > VIP_SCHEMA_VERSION)
        return vip_sqlite_refuse_newer(db, version, VIP_SCHEMA_VERSION, diag);
    if (version < VIP_SCHEMA_VERSION)
        return vip_fail(diag, VIP_EDATABASE, "%s has the old schema %lld: run 'vip-db migrate'",
                        db->path, (long long)version);
    return VIP_OK;
}

static int set_up_connection(struct vip_db *db, enum vip_db_mode mode, struct vip_diag *diag)
{
    sqlite3_busy_timeout(db->handle, vip_sqlite_timeout);
    sqlite3_extended_result_codes(db->handle, 1);
    int error = vip_sqlite_define_functions(db, diag);
    if (error == VIP_OK)
        error = vip_sqlite_define_bulk(db, diag);
    if (error != VIP_OK)
        return error;
    if (mode == VIP_DB_READ)
        return vip_sqlite_execute(db, "PRAGMA query_only = ON; PRAGMA cache_size = -65536;",
                                  "opening", diag);
    /* 48 MiB of pages: batches are sorted, so that more would be read through and not read again;
     * the rest of the 256 MiB that a command may take is the batch's. */
    return vip_sqlite_execute(db,
                              "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;"
                              "PRAGMA cache_size = -49152;",
                              "opening", diag);
}

const char *vip_sqlite_embedded_schema(int version)
{
    char path[32];
    sqlite3_snprintf(sizeof path, path, "schema/%d.sql", version);
    const struct vip_embedded *schema = vip_embedded_find(path);
    return schema ? schema->data : NULL;
}

/* Inside a transaction: one file after the other, from a schema of one version to another's. */
int vip_sqlite_apply_schema(struct vip_db *db, vip_schema_text *text, int from, int to,
                            struct vip_diag *diag)
{
    for (int version = from + 1; version <= to; version++) {
        const char *schema = text(version);
        if (!schema)
            return vip_fail(diag, VIP_EDATABASE, "schema/%d.sql is missing from this build",
                            version);
        int error = vip_sqlite_execute(db, schema, "changing the schema", diag);
        if (error != VIP_OK)
            return error;
    }
    char identity[96];
    sqlite3_snprintf(sizeof identity, identity,
                     "PRAGMA application_id = %d; PRAGMA user_version = %d;",
                     (int)VIP_APPLICATION_ID, to);
    return vip_sqlite_execute(db, identity, "changing the schema", diag);
}

static int create_schema(struct vip_db *db, struct vip_diag *diag)
{
    int error = vip_sqlite_execute(db, "PRAGMA journal_mode = WAL;", "creating", diag);
    if (error == VIP_OK)
        error = vip_sqlite_execute(db, "BEGIN IMMEDIATE;", "creating", diag);
    if (error == VIP_OK)
        error =
            vip_sqlite_apply_schema(db, vip_sqlite_embedded_schema, 0, VIP_SCHEMA_VERSION, diag);
    if (error == VIP_OK)
        error = vip_sqlite_execute(db, "COMMIT;", "creating", diag);
    return error;
}

/* A backup that was put in place by hand has no log yet. Only done when the file is known as ours.
 */
static int set_up_writing(struct vip_db *db, struct vip_diag *diag)
{
    if (sqlite3_db_readonly(db->handle, "main"))
        return vip_fail(diag, VIP_EDATABASE, "cannot write database %s: it is read-only for you",
                        db->path);
    vip_sqlite_watch_log(db);
    return vip_sqlite_execute(db, "PRAGMA journal_mode = WAL;", "opening", diag);
}

void vip_db_set_timeout(int milliseconds)
{
    vip_sqlite_timeout = milliseconds;
}

/* A connection to the file at path, whatever it holds. NULL, or to be closed by the caller even
 * when *error is set. */
struct vip_db *vip_sqlite_connect(const char *path, enum vip_db_mode mode, struct vip_diag *diag,
                                  int *error)
{
    /* Threads have connections of their own. SQLite without mutexes is a tenth faster: what is left
     * of them is that of the memory statistics, which nobody asks for. */
    sqlite3_config(SQLITE_CONFIG_MULTITHREAD);
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    sqlite3_config(SQLITE_CONFIG_URI, 0); /* a path is a path, were it called file:x.db */
    struct vip_db *db = calloc(1, sizeof *db);
    if (!db || !(db->path = strdup(path))) {
        free(db);
        *error = vip_fail_memory(diag);
        return NULL;
    }
    db->writer = mode == VIP_DB_WRITE;
    int flags = mode == VIP_DB_READ ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
    int result = sqlite3_open_v2(path, &db->handle, flags, NULL);
    *error = result == SQLITE_OK ? set_up_connection(db, mode, diag)
                                 : vip_sqlite_fail(db, result, "opening", diag);
    return db;
}

int vip_db_open(struct vip_db **out, const char *path, enum vip_db_mode mode, struct vip_diag *diag)
{
    *out = NULL;
    int error = mode == VIP_DB_CREATE ? vip_sqlite_create_file(path, diag)
                                      : vip_sqlite_refuse_absent(path, diag);
    if (error != VIP_OK)
        return error;
    struct vip_db *db = vip_sqlite_connect(path, mode, diag, &error);
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

int vip_db_twin(const struct vip_db *db, struct vip_db **twin, struct vip_diag *diag)
{
    int error = VIP_OK;
    *twin = vip_sqlite_connect(db->path, VIP_DB_READ, diag, &error);
    if (error == VIP_OK)
        error = vip_sqlite_execute(*twin, "PRAGMA cache_size = -2048", "opening", diag);
    if (error == VIP_OK)
        return VIP_OK;
    vip_db_close(*twin);
    *twin = NULL;
    return error;
}

void vip_db_close(struct vip_db *db)
{
    if (!db)
        return;
    vip_sqlite_await_log(db);
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

/* With the lock in hand: is this still the file that others see? A restore may have put another one
 * in its place, and what is written here would be lost. */
static int lock(struct vip_db *db, struct vip_diag *diag)
{
    vip_sqlite_await_log(db); /* copied wholly, it is begun anew */
    int error = vip_sqlite_execute(db, "BEGIN IMMEDIATE", "beginning", diag);
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
    int error =
        db->held ? vip_sqlite_execute(db, "SAVEPOINT vip", "beginning", diag) : lock(db, diag);
    db->inside = error == VIP_OK;
    return error;
}

int vip_db_commit(struct vip_db *db, struct vip_diag *diag)
{
    int error = vip_sqlite_execute(db, db->held ? "RELEASE vip" : "COMMIT", "committing", diag);
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
        return vip_sqlite_execute(db, "COMMIT", "committing", diag);
    sqlite3_exec(db->handle, "ROLLBACK", NULL, NULL, NULL);
    return VIP_OK;
}

int vip_db_snapshot(struct vip_db *db, struct vip_diag *diag)
{
    return vip_sqlite_execute(db, "BEGIN", "reading", diag);
}
