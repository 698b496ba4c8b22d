/* The engine's dealings with whole files: schemas that move on, copies, and files that are replaced
 * while somebody has them open. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lib/db/batch.h"
#include "lib/db/engine.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct world {
    char folder[64], path[80], other[80];
    struct vip_diag diag;
};

static int open_world(void **state)
{
    struct world *world = calloc(1, sizeof *world);
    struct vip_db *db;
    assert_non_null(world);
    snprintf(world->folder, sizeof world->folder, "/tmp/vip-whole-XXXXXX");
    assert_non_null(mkdtemp(world->folder));
    snprintf(world->path, sizeof world->path, "%s/vip.db", world->folder);
    snprintf(world->other, sizeof world->other, "%s/other.db", world->folder);
    assert_int_equal(vip_db_open(&db, world->path, VIP_DB_CREATE, &world->diag), VIP_OK);
    vip_db_close(db);
    *state = world;
    return 0;
}

static int close_world(void **state)
{
    static const char *const endings[] = {"", "-wal", "-shm", "-journal"};
    struct world *world = *state;
    char path[96];
    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++) {
        snprintf(path, sizeof path, "%s%s", world->path, endings[i]);
        unlink(path);
        snprintf(path, sizeof path, "%s%s", world->other, endings[i]);
        unlink(path);
    }
    assert_int_equal(rmdir(world->folder), 0);
    free(world);
    return 0;
}

/* A note in the audit log: something small that can be counted again. */
static int note(struct vip_db *db, const char *what, struct vip_diag *diag)
{
    struct vip_batch batch = {.db = db, .command = "test", .login = "test"};
    int error = vip_batch_begin(&batch, diag);
    if (error != VIP_OK)
        return error;
    assert_int_equal(vip_batch_event(&batch, 0, what, NULL, diag), VIP_OK);
    return vip_batch_commit(&batch, diag);
}

/* One number by a query of the test's own. */
static int64_t ask(const char *path, const char *sql)
{
    struct vip_db *db;
    struct vip_statement *row;
    struct vip_diag diag;
    assert_int_equal(vip_db_open(&db, path, VIP_DB_READ, &diag), VIP_OK);
    assert_int_equal(vip_db_prepare_report(db, sql, &row, &diag), VIP_OK);
    assert_int_equal(vip_step(row, &diag), 1);
    int64_t number = vip_column_integer(row, 0);
    vip_statement_finish(row);
    vip_db_close(db);
    return number;
}

/* ---- migrations ---- */

static const char *planted(int version)
{
    switch (version) {
    case 2:
        return "CREATE TABLE second (x INTEGER) STRICT; INSERT INTO second VALUES (2);";
    case 3: /* needs what 2 made */
        return "ALTER TABLE second ADD COLUMN y TEXT; UPDATE second SET x = x + 1;";
    case 4:
        return "INSERT INTO second VALUES (4, 'four'); INSERT INTO nowhere VALUES (1);";
    case 5: /* nothing wrong with it but a reference into nothing */
        return "CREATE TABLE event2 (b INTEGER REFERENCES batch); INSERT INTO event2 VALUES (99);";
    default:
        return NULL;
    }
}

static const char *only_fifth(int version)
{
    return version == 2 ? planted(5) : NULL;
}

static void nothing_to_do_is_no_error(void **state)
{
    struct world *world = *state;
    int from = 0;
    assert_int_equal(vip_db_migrate(world->path, NULL, 0, true, &from, &world->diag), 0);
    assert_int_equal(from, 1);
    assert_int_equal(vip_db_migrate(world->path, planted, 1, true, &from, &world->diag), 0);
}

static void versions_are_applied_in_order(void **state)
{
    struct world *world = *state;
    int from = 0;
    assert_int_equal(vip_db_migrate(world->path, planted, 3, true, &from, &world->diag), 1);
    assert_int_equal(from, 1);
    assert_int_equal(vip_db_migrate(world->path, planted, 3, true, &from, &world->diag), 0);
    assert_int_equal(from, 3);
    /* this version's own door is closed now */
    struct vip_db *db;
    assert_int_equal(vip_db_open(&db, world->path, VIP_DB_READ, &world->diag), VIP_EDATABASE);
    assert_non_null(strstr(world->diag.text, "newer version"));
    assert_int_equal(vip_db_migrate(world->path, planted, 2, true, &from, &world->diag),
                     VIP_EDATABASE);
    assert_non_null(strstr(world->diag.text, "newer version"));
}

static void one_that_fails_takes_all_back(void **state)
{
    struct world *world = *state;
    int from = 0;
    assert_int_equal(vip_db_migrate(world->path, planted, 4, true, &from, &world->diag),
                     VIP_EDATABASE);
    assert_non_null(strstr(world->diag.text, "nowhere"));
    assert_int_equal(ask(world->path, "SELECT count(*) FROM sqlite_schema WHERE name = 'second'"),
                     0);
    assert_int_equal(vip_db_migrate(world->path, planted, 3, true, &from, &world->diag), 1);
    assert_int_equal(from, 1);
}

static void a_reference_into_nothing_takes_all_back(void **state)
{
    struct world *world = *state;
    int from = 0;
    assert_int_equal(vip_db_migrate(world->path, only_fifth, 2, true, &from, &world->diag),
                     VIP_EDATABASE);
    assert_non_null(strstr(world->diag.text, "1 rows refer to rows"));
    assert_int_equal(ask(world->path, "SELECT count(*) FROM sqlite_schema WHERE name = 'event2'"),
                     0);
}

static void a_dry_run_keeps_nothing(void **state)
{
    struct world *world = *state;
    int from = 0;
    assert_int_equal(vip_db_migrate(world->path, planted, 3, false, &from, &world->diag), 1);
    assert_int_equal(ask(world->path, "SELECT count(*) FROM sqlite_schema WHERE name = 'second'"),
                     0);
}

static void a_version_that_is_not_shipped_is_said(void **state)
{
    struct world *world = *state;
    int from = 0;
    assert_int_equal(vip_db_migrate(world->path, planted, 9, true, &from, &world->diag),
                     VIP_EDATABASE);
}

/* ---- copies and replacements ---- */

static void a_copy_is_private_and_never_over_another_file(void **state)
{
    struct world *world = *state;
    struct vip_db *db;
    struct stat info;
    assert_int_equal(vip_db_open(&db, world->path, VIP_DB_WRITE, &world->diag), VIP_OK);
    assert_int_equal(note(db, "one", &world->diag), VIP_OK);
    assert_int_equal(vip_db_backup(db, world->other, &world->diag), VIP_OK);
    assert_int_equal(note(db, "two", &world->diag), VIP_OK);
    assert_int_equal(vip_db_backup(db, world->other, &world->diag), VIP_EDATABASE);
    vip_db_close(db);
    assert_int_equal(stat(world->other, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
    assert_int_equal(ask(world->other, "SELECT count(*) FROM event"), 1);
    assert_int_equal(ask(world->path, "SELECT count(*) FROM event"), 2);
}

static void a_name_is_not_taken_twice(void **state)
{
    struct world *world = *state;
    struct vip_db *db;
    assert_int_equal(vip_db_open(&db, world->other, VIP_DB_CREATE, &world->diag), VIP_OK);
    assert_int_equal(note(db, "other", &world->diag), VIP_OK);
    vip_db_close(db);
    assert_int_equal(vip_db_replace(world->path, world->other, false, &world->diag), VIP_EDATABASE);
    assert_int_equal(ask(world->path, "SELECT count(*) FROM event"), 0);
    assert_int_equal(vip_db_replace(world->path, world->other, true, &world->diag), VIP_OK);
    assert_int_equal(ask(world->path, "SELECT count(*) FROM event"), 1);
    assert_int_equal(access(world->other, F_OK), -1);
}

static void what_is_open_is_not_replaced(void **state)
{
    struct world *world = *state;
    struct vip_db *db, *reader;
    vip_db_set_timeout(10);
    assert_int_equal(vip_db_open(&db, world->other, VIP_DB_CREATE, &world->diag), VIP_OK);
    vip_db_close(db);
    assert_int_equal(vip_db_open(&reader, world->path, VIP_DB_WRITE, &world->diag), VIP_OK);
    assert_int_equal(note(reader, "one", &world->diag), VIP_OK);
    assert_int_equal(vip_db_replace(world->path, world->other, true, &world->diag), VIP_EBUSY);
    assert_int_equal(note(reader, "two", &world->diag), VIP_OK);
    vip_db_close(reader);
    assert_int_equal(ask(world->path, "SELECT count(*) FROM event"), 2);
}

/* Moved away by hand: what would be written is not written into a file that nobody sees. */
static void a_writer_notices_that_its_file_was_replaced(void **state)
{
    struct world *world = *state;
    struct vip_db *db, *writer;
    assert_int_equal(vip_db_open(&db, world->other, VIP_DB_CREATE, &world->diag), VIP_OK);
    vip_db_close(db);
    assert_int_equal(vip_db_open(&writer, world->path, VIP_DB_WRITE, &world->diag), VIP_OK);
    assert_int_equal(rename(world->other, world->path), 0);
    assert_int_equal(note(writer, "lost", &world->diag), VIP_EBUSY);
    assert_non_null(strstr(world->diag.text, "was replaced meanwhile"));
    assert_int_equal(vip_db_hold(writer, &world->diag), VIP_EBUSY);
    vip_db_close(writer);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_world, close_world)
    const struct CMUnitTest tests[] = {
        TEST(nothing_to_do_is_no_error),
        TEST(versions_are_applied_in_order),
        TEST(one_that_fails_takes_all_back),
        TEST(a_reference_into_nothing_takes_all_back),
        TEST(a_dry_run_keeps_nothing),
        TEST(a_version_that_is_not_shipped_is_said),
        TEST(a_copy_is_private_and_never_over_another_file),
        TEST(a_name_is_not_taken_twice),
        TEST(what_is_open_is_not_replaced),
        TEST(a_writer_notices_that_its_file_was_replaced),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
