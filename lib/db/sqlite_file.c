/* Whole database files: copies, replacement, migration. */
#include "lib/db/sqlite.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

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
    int error = vip_sqlite_create_file(path, diag);
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
        error = vip_fail(diag, vip_sqlite_code(result), "copy to %s failed: %s%s", path,
                         sqlite3_errmsg(target), vip_sqlite_advice(result));
    else
        error = verify_pages(target, path, diag);
    sqlite3_close(target);
    if (error == VIP_OK)
        error = sync_path(path, diag);
    if (error != VIP_OK)
        vip_db_remove(path);
    return error;
}

int vip_db_scrub(struct vip_db *db, struct vip_diag *diag)
{
    int64_t busy = 0;
    int error = vip_sqlite_execute(db, "VACUUM;", "writing the file anew", diag);
    vip_sqlite_await_log(db);
    if (error == VIP_OK)
        error = vip_sqlite_number(db, "PRAGMA wal_checkpoint(TRUNCATE)", &busy, diag);
    db->log_pages = 0;
    if (error == VIP_OK && busy)
        error = vip_fail(diag, VIP_EBUSY, "database %s is in use: its log could not be emptied",
                         db->path);
    return error;
}

/* Holds the database at path so that nobody else has it open, and its log is empty. One that cannot
 * be read is held by nobody: *old is then NULL. */
static int lock_out(const char *path, sqlite3 **old, struct vip_diag *diag)
{
    int result = sqlite3_open_v2(path, old, SQLITE_OPEN_READWRITE, NULL);
    if (result == SQLITE_OK) {
        sqlite3_busy_timeout(*old, vip_sqlite_timeout);
        result = sqlite3_exec(*old,
                              "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = DELETE;"
                              "BEGIN EXCLUSIVE;",
                              NULL, NULL, NULL);
    }
    if (result == SQLITE_OK)
        return VIP_OK;
    sqlite3_close(*old);
    *old = NULL;
    if (vip_sqlite_code(result) == VIP_EBUSY)
        return vip_fail(diag, VIP_EBUSY, "database %s is in use%s", path,
                        vip_sqlite_advice(result));
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
        error = vip_fail(diag, vip_sqlite_code(result), "database %s: %s%s", path,
                         sqlite3_errmsg(handle), vip_sqlite_advice(result));
    sqlite3_close(handle);
    return error == VIP_OK ? sync_path(path, diag) : error;
}

void vip_db_remove(const char *path)
{
    unlink(path);
    vip_sqlite_remove_companions(path);
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
        vip_sqlite_remove_companions(path);
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
    int error = vip_sqlite_check_application(db, diag);
    if (error == VIP_OK)
        /* Tables may be rebuilt on the way: references are checked at the end, all of them. */
        error =
            vip_sqlite_execute(db, "PRAGMA foreign_keys = OFF; BEGIN IMMEDIATE", "beginning", diag);
    if (error == VIP_OK)
        error = vip_sqlite_number(db, "PRAGMA user_version", &version, diag);
    if (error != VIP_OK)
        return error;
    *from = (int)version;
    if (version > newest)
        return vip_sqlite_refuse_newer(db, version, newest, diag);
    if (version == newest)
        return VIP_OK;
    error = vip_sqlite_apply_schema(db, text, (int)version, newest, diag);
    if (error == VIP_OK)
        error =
            vip_sqlite_number(db, "SELECT count(*) FROM pragma_foreign_key_check", &loose, diag);
    if (error == VIP_OK && loose)
        error = vip_fail(diag, VIP_EDATABASE, "migrating %s: %lld rows refer to rows that are %s",
                         db->path, (long long)loose, "not there: run 'vip-db check'");
    if (error == VIP_OK && keep)
        error = vip_sqlite_execute(db, "COMMIT", "committing", diag);
    return error == VIP_OK ? 1 : error;
}

int vip_db_migrate(const char *path, vip_schema_text *text, int newest, bool keep, int *from,
                   struct vip_diag *diag)
{
    int error = vip_sqlite_refuse_absent(path, diag);
    if (error != VIP_OK)
        return error;
    struct vip_db *db = vip_sqlite_connect(path, VIP_DB_WRITE, diag, &error);
    if (error == VIP_OK)
        error = migrate(db, text ? text : vip_sqlite_embedded_schema,
                        text ? newest : VIP_SCHEMA_VERSION, keep, from, diag);
    vip_db_close(db); /* what was not committed goes */
    return error;
}
