/* The write-ahead log: copied into the database while the next batch is read, and left to the next
 * command while it is short. */
#include "lib/db/sqlite.h"

enum {
    PAGES_MOST = 16384, /* 64 MB: read in fifteen milliseconds, which a look-up at the till may take */
    PAGES_LEFT = 2048,  /* 8 MB: in two */
    PART_LEFT = 32,     /* of a database between: a day there is more pages, too */
};

/* ---- copying ---- */

/* A thread has a connection of its own. What it cannot copy now, the next one will. */
static void *copy_log(void *context)
{
    const struct vip_db *db = context;
    sqlite3 *handle = NULL;
    if (sqlite3_open_v2(db->path, &handle, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK &&
        sqlite3_exec(handle, "PRAGMA schema_version", NULL, NULL, NULL) == SQLITE_OK)
        sqlite3_wal_checkpoint_v2(handle, "main", SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
    sqlite3_close(handle);
    return NULL;
}

void vip_sqlite_await_log(struct vip_db *db)
{
    if (db->copying)
        pthread_join(db->copier, NULL);
    db->copying = false;
}

/* After each commit: how long the log is. While it grows, it is copied now and then. */
static int note_log(void *context, sqlite3 *handle, const char *name, int pages)
{
    struct vip_db *db = context;
    (void)handle, (void)name;
    db->log_pages = pages;
    if (pages < PAGES_MOST)
        return SQLITE_OK;
    vip_sqlite_await_log(db);
    db->copying = pthread_create(&db->copier, NULL, copy_log, db) == 0;
    if (!db->copying)
        copy_log(db);
    return SQLITE_OK;
}

void vip_sqlite_watch_log(struct vip_db *db)
{
    sqlite3_wal_hook(db->handle, note_log, db);
}

/* ---- leaving ---- */

static int64_t pages_left(struct vip_db *db)
{
    int64_t pages = 0;
    if (vip_sqlite_number(db, "PRAGMA page_count", &pages, NULL) != VIP_OK)
        return PAGES_LEFT;
    pages /= PART_LEFT;
    return pages < PAGES_LEFT ? PAGES_LEFT : pages > PAGES_MOST ? PAGES_MOST : pages;
}

/* The last to close copies the log into the database and deletes it, if it is left to SQLite.
 * Random pages are what costs, so a short log stays where it is (it is on disk, and whoever opens
 * the database reads it) and only a long one is copied, for the days in it at once. Who found
 * nothing to write has the time for a short one, too: the next are then spared reading it. */
void vip_db_leave(struct vip_db *db)
{
    if (!db || !db->writer) {
        vip_db_close(db);
        return;
    }
    vip_sqlite_await_log(db);
    sqlite3_busy_timeout(db->handle, 0);
    if (sqlite3_total_changes(db->handle) > 0) {
        if (db->log_pages > pages_left(db))
            sqlite3_wal_checkpoint_v2(db->handle, "main", SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
        sqlite3_db_config(db->handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    }
    vip_db_close(db);
}
