/* A real file through the reader and out again: 10,037 order lines of a restaurant in GBK, with
 * CRLF and line breaks inside quotes. Every cell must be what Python's csv module finds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lib/table/reader.h"
#include "lib/table/writer.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define INPUT "../shared/data/meal-orders/detail.gbk.csv"

enum { COLUMNS = 19, ROWS = 10037, NOT_FOUND = 127 };

static const char compare[] =
    "import csv, sys\n"
    "def rows(path, encoding):\n"
    "    with open(path, encoding=encoding, newline='') as file:\n"
    "        return list(csv.reader(file))\n"
    "sys.exit(0 if rows(sys.argv[1], 'gb18030') == rows(sys.argv[2], 'utf-8') else 1)\n";

static struct vip_writer *open_output(const struct vip_reader *reader, const char *path)
{
    struct vip_column columns[COLUMNS];
    struct vip_writer_options options = {.path = path, .format = VIP_OUTPUT_CSV};
    struct vip_writer *writer;
    struct vip_diag diag;
    for (size_t i = 0; i < COLUMNS; i++)
        columns[i] = (struct vip_column){vip_reader_header(reader, i), VIP_TEXT};
    assert_int_equal(vip_writer_open(&writer, &options, columns, COLUMNS, &diag), 0);
    return writer;
}

static void copy_rows(struct vip_reader *reader, struct vip_writer *writer)
{
    struct vip_diag diag;
    struct vip_row row;
    size_t rows = 0;
    int got;
    for (; (got = vip_reader_next(reader, &row, &diag)) == 1; rows++) {
        struct vip_value values[COLUMNS];
        for (size_t i = 0; i < COLUMNS; i++)
            values[i] = vip_text(row.cells[i]);
        assert_int_equal(vip_writer_row(writer, values, &diag), 0);
    }
    assert_int_equal(got, 0);
    assert_int_equal(rows, ROWS);
}

/* Its exit status: 0 when all cells are the same, NOT_FOUND without Python. */
static int run_python(const char *path)
{
    int status;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        execlp("python3", "python3", "-c", compare, INPUT, path, (char *)NULL);
        _exit(NOT_FOUND);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void every_cell_is_what_python_finds(void **state)
{
    (void)state;
    struct vip_reader *reader;
    struct vip_diag diag;
    bool guessed;
    char path[] = "/tmp/vip-test-meals-XXXXXX";
    if (access(INPUT, R_OK) < 0) {
        print_message("%s is not here\n", INPUT);
        skip();
    }
    assert_true(mkstemp(path) >= 0);
    assert_int_equal(vip_reader_open(&reader, INPUT, NULL, &diag), 0);
    assert_string_equal(vip_reader_encoding(reader, &guessed), "GB18030");
    assert_true(guessed);
    assert_int_equal(vip_reader_column_count(reader), COLUMNS);
    struct vip_writer *writer = open_output(reader, path);
    copy_rows(reader, writer);
    vip_reader_close(reader);
    assert_int_equal(vip_writer_close(writer, &diag), 0);
    int status = run_python(path);
    remove(path);
    if (status == NOT_FOUND) {
        print_message("python3 is not here\n");
        skip();
    }
    assert_int_equal(status, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_cell_is_what_python_finds),
    };
    return cmocka_run_group_tests_name("meal orders", tests, NULL, NULL);
}
