/* Private to the files behind engine.h: SQLite's handles and what those files share. */
#ifndef VIP_DB_SQLITE_H
#define VIP_DB_SQLITE_H

#include "lib/db/engine.h"
#include <pthread.h>
#include <sqlite3.h>

enum {
    VIP_APPLICATION_ID = 0x76697001, /* "vip", 1 */
    VIP_SCHEMA_VERSION = 1,
};

struct vip_statement {
    struct vip_db *db;
    sqlite3_stmt *handle;
};

struct vip_db {
    sqlite3 *handle;
    char *path;
    const struct vip_bulk *bulk; /* the rows of the table vip_bulk while vip_db_bulk runs */
    struct scan *scan;           /* who gets the rows of vip_scan() while vip_db_scan runs */
    void (*tick)(void *context); /* see vip_db_watch */
    void *tick_context;
    bool computed; /* the tables of computed.h can be read */
    bool writer;   /* opened for writing */
    int log_pages; /* of the write-ahead log after the last commit */
    bool copying;  /* copier is copying it */
    pthread_t copier;
    bool held;     /* one transaction around everything: --dry-run, --atomic */
    bool inside;   /* a transaction (or savepoint) of ours is open */
    struct vip_statement statements[VIP_SQL_COUNT + 1];
};

extern int vip_sqlite_timeout; /* for locks, in milliseconds */

/* sqlite_log.c: from now on a log that has grown long is copied into the database, by a thread, while
 * the command goes on to read; and whoever wants to write or to close waits for it. */
void vip_sqlite_watch_log(struct vip_db *db);
void vip_sqlite_await_log(struct vip_db *db);

int vip_sqlite_define_scan(struct vip_db *db, struct vip_diag *diag); /* vip_scan() */

/* Errors: what a result code means, what can be done about it (": …" or ""), and a whole diag. */
enum vip_error vip_sqlite_code(int result);
const char *vip_sqlite_advice(int result);
int vip_sqlite_fail(struct vip_db *db, int result, const char *doing, struct vip_diag *diag);

/* Fixed statements without rows, and the number that one gives. */
int vip_sqlite_execute(struct vip_db *db, const char *sql, const char *doing,
                       struct vip_diag *diag);
int vip_sqlite_number(struct vip_db *db, const char *sql, int64_t *number, struct vip_diag *diag);

/* What each connection is given: vip_date() and its kin; the table vip_bulk. */
int vip_sqlite_define_functions(struct vip_db *db, struct vip_diag *diag);
int vip_sqlite_define_bulk(struct vip_db *db, struct vip_diag *diag);

/* The tables of computed.h, for reports; does nothing when they are there. */
int vip_sqlite_open_computed(struct vip_db *db, struct vip_diag *diag);

/* A connection to the file at path, whatever it holds. NULL, or to be closed by the caller even
 * when *error is set. */
struct vip_db *vip_sqlite_connect(const char *path, enum vip_db_mode mode, struct vip_diag *diag,
                                  int *error);

/* Files and what they are. */
int vip_sqlite_refuse_absent(const char *path, struct vip_diag *diag);
int vip_sqlite_create_file(const char *path, struct vip_diag *diag);
void vip_sqlite_remove_companions(const char *path);
int vip_sqlite_check_application(struct vip_db *db, struct vip_diag *diag);
int vip_sqlite_refuse_newer(struct vip_db *db, int64_t version, int newest, struct vip_diag *diag);

/* Inside a transaction: one schema file after the other, from one version to another. */
const char *vip_sqlite_embedded_schema(int version);
int vip_sqlite_apply_schema(struct vip_db *db, vip_schema_text *text, int from, int to,
                            struct vip_diag *diag);

#endif
