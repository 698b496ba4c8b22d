/* The one door to the database engine: open, transactions, named statements, typed values.
 * sqlite.c stands behind it today; another engine can come behind the same door.
 * SQL is in lib/db/sql, *.sql, embedded by name: enum vip_sql has VIP_SQL_<name> for each. */
#ifndef VIP_DB_ENGINE_H
#define VIP_DB_ENGINE_H

#include "lib/base/error.h"
#include "lib/base/value.h"
#include "sql.h" /* generated: enum vip_sql, vip_sql_text[], vip_sql_name[] */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct vip_db;        /* a connection with its prepared statements */
struct vip_statement; /* a prepared statement, owned by its connection */

enum vip_db_mode { VIP_DB_READ, VIP_DB_WRITE, VIP_DB_CREATE };

/* Opens path. READ and WRITE refuse what is absent, not ours (application_id), or of a newer schema
 * (VIP_EDATABASE, each with its own advice); CREATE makes a new file of mode 0600 with the schema
 * and refuses one that exists. *db is NULL on failure. */
int vip_db_open(struct vip_db **db, const char *path, enum vip_db_mode mode, struct vip_diag *diag);
void vip_db_close(struct vip_db *db); /* nothing but the one file stays */

/* Closes as the commands of every day do: what the write-ahead log holds is on disk and may stay in
 * it, for the next command to read or to go on with: up to 8 MB, of a large database up to a 32nd of
 * it or 64 MB. After nothing was written, nothing but the one file stays. */
void vip_db_leave(struct vip_db *db);
const char *vip_db_path(const struct vip_db *db);

/* A connection of a thread of its own to the database that db has open, for reading one thing
 * through: it sees what is committed, and keeps few pages. Threads never share a connection. */
int vip_db_twin(const struct vip_db *db, struct vip_db **twin, struct vip_diag *diag);

/* Transactions. begin is BEGIN IMMEDIATE; a lock that stays past the timeout is VIP_EBUSY.
 * After hold(), commits become savepoint releases and nothing is kept until vip_db_release:
 * --dry-run and --atomic. */
int vip_db_begin(struct vip_db *db, struct vip_diag *diag);
int vip_db_commit(struct vip_db *db, struct vip_diag *diag);
void vip_db_rollback(struct vip_db *db);
int vip_db_hold(struct vip_db *db, struct vip_diag *diag);
int vip_db_release(struct vip_db *db, bool keep, struct vip_diag *diag);

/* A read transaction, so that several queries see one state. */
int vip_db_snapshot(struct vip_db *db, struct vip_diag *diag);

/* The named statement, prepared at first use, reset and without bindings. NULL: see diag. */
struct vip_statement *vip_db_prepare(struct vip_db *db, enum vip_sql sql, struct vip_diag *diag);

/* A statement from text that is no part of libvip (a user's report): read-only SELECT or refused,
 * with the line of the text in diag. The caller finishes it. */
int vip_db_prepare_report(struct vip_db *db, const char *text, struct vip_statement **statement,
                          struct vip_diag *diag);
void vip_statement_finish(struct vip_statement *statement);

/* Bindings: 1-based. Text and bytes are borrowed until the statement is reset. */
void vip_bind(struct vip_statement *statement, int index, struct vip_value value);
void vip_bind_integer(struct vip_statement *statement, int index, int64_t number);
void vip_bind_text(struct vip_statement *statement, int index, const char *text);
void vip_bind_null(struct vip_statement *statement, int index);

/* The parameter's name without its colon (reports), NULL past the last. */
const char *vip_statement_parameter(struct vip_statement *statement, int index);

/* 1: a row stands ready. 0: done (and the statement is reset). Negative: failed (and reset). */
int vip_step(struct vip_statement *statement, struct vip_diag *diag);
void vip_reset(struct vip_statement *statement);

/* Columns: 0-based, of the row that stands ready. Text is "" for NULL, valid until the next step.
 */
int vip_column_count(struct vip_statement *statement);
const char *vip_column_name(struct vip_statement *statement, int index);
bool vip_column_is_null(struct vip_statement *statement, int index);
int64_t vip_column_integer(struct vip_statement *statement, int index);
vip_day vip_column_day(struct vip_statement *statement, int index); /* NULL: VIP_DAY_NONE */
const char *vip_column_text(struct vip_statement *statement, int index);
const void *vip_column_bytes(struct vip_statement *statement, int index, size_t *size);
struct vip_value vip_column_value(struct vip_statement *statement, int index);

/* Prepare, bind in order, and: run to the end / step to the first row (1, 0 or negative). */
int vip_db_run_values(struct vip_db *db, enum vip_sql sql, struct vip_diag *diag,
                      const struct vip_value *values, size_t count);
int vip_db_query_values(struct vip_db *db, enum vip_sql sql, struct vip_statement **statement,
                        struct vip_diag *diag, const struct vip_value *values, size_t count);
#define VIP_VALUES(...)                                                                            \
    (const struct vip_value[]){__VA_ARGS__},                                                       \
        sizeof((const struct vip_value[]){__VA_ARGS__}) / sizeof(struct vip_value)
#define vip_db_run(db, sql, diag, ...) vip_db_run_values(db, sql, diag, VIP_VALUES(__VA_ARGS__))
#define vip_db_query(db, sql, statement, diag, ...)                                                \
    vip_db_query_values(db, sql, statement, diag, VIP_VALUES(__VA_ARGS__))

/* One number from a query of one row, fallback when there is no row or it is NULL. */
int vip_db_number(struct vip_db *db, enum vip_sql sql, int64_t *number, int64_t fallback,
                  struct vip_diag *diag, const struct vip_value *values, size_t count);

/* Bulk write: runs a statement that reads its rows from the table vip_bulk (columns c1, c2, …),
 * which asks `next` for each: it fills up to VIP_BULK_COLUMNS values (they must live until the next
 * call) and returns true, or false at the end. About half the cost of a statement a row. */
enum { VIP_BULK_COLUMNS = 32 };
struct vip_bulk {
    bool (*next)(void *context, struct vip_value *values);
    void *context;
};
int vip_db_bulk(struct vip_db *db, enum vip_sql sql, const struct vip_bulk *bulk,
                struct vip_diag *diag);

/* Rows without a step for each, at half its cost: runs a SELECT vip_scan(a, b, …) FROM …, which
 * hands over each row that it reads, in the order in which it reads them, until `row` says false. */
struct vip_scan_row; /* lives while `row` runs; 0-based, NULL is 0, VIP_DAY_NONE, "" */
int64_t vip_scan_integer(const struct vip_scan_row *row, int index);
vip_day vip_scan_day(const struct vip_scan_row *row, int index);
const char *vip_scan_text(const struct vip_scan_row *row, int index);
struct vip_scan {
    bool (*row)(void *context, const struct vip_scan_row *row);
    void *context;
};
/* first is ?1. */
int vip_db_scan(struct vip_db *db, enum vip_sql sql, const struct vip_scan *scan, int64_t first,
                struct vip_diag *diag);
/* The same of a SELECT that has its keys from vip_bulk: a look-up by a key costs a third of what a
 * statement of its own would. */
int vip_db_scan_bulk(struct vip_db *db, enum vip_sql sql, const struct vip_scan *scan,
                     const struct vip_bulk *keys, struct vip_diag *diag);

/* Lets reports read from vip_bulk: call it before one is prepared. */
int vip_db_open_feed(struct vip_db *db, struct vip_diag *diag);
/* The rows that they find there, once; NULL: none any more. */
void vip_db_feed(struct vip_db *db, const struct vip_bulk *bulk);

int64_t vip_db_last_id(struct vip_db *db); /* of the last insert */
int64_t vip_db_changes(struct vip_db *db); /* rows changed by the last statement */

/* Has tick called every few milliseconds while a statement works, until it is called with NULL. */
void vip_db_watch(struct vip_db *db, void (*tick)(void *context), void *context);

/* How long to wait for a lock, for connections opened from now on (15 s when not called). */
void vip_db_set_timeout(int milliseconds);

/* A full copy to a new file of mode 0600 while others write (vip-db backup): read back, found whole
 * and synced, or not there. */
int vip_db_backup(struct vip_db *db, const char *path, struct vip_diag *diag);

/* Writes the whole file anew and empties its log, so that nothing of what was deleted stays in free
 * pages (vip-enroll --forget). Outside transactions. VIP_EBUSY while another command reads. */
int vip_db_scrub(struct vip_db *db, struct vip_diag *diag);

/* Gives the database file `with` the name path. With force it takes the place of one that is there
 * (VIP_EBUSY while another command has that open; the log beside it goes too). What is in the log
 * of `with` is written into it before. */
int vip_db_replace(const char *path, const char *with, bool force, struct vip_diag *diag);

/* Removes a database file that nobody has open, and the log beside it. */
void vip_db_remove(const char *path);

/* Applies the schema's later versions in order, in one transaction, up to `newest`; without `keep`
 * takes it back. *from is the version that was found. text gives the SQL of a version; NULL: the
 * schema of this build. Returns 1 when there was something to do, else 0. */
typedef const char *vip_schema_text(int version);
int vip_db_migrate(const char *path, vip_schema_text *text, int newest, bool keep, int *from,
                   struct vip_diag *diag);

#endif
