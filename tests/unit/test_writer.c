/* The writer: exact bytes of every format, files that appear whole or not at all, and what is
 * written read back as it was. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lib/base/memory.h"
#include "lib/table/reader.h"
#include "lib/table/writer.h"
#include <dirent.h>
#include <fcntl.h>
#include <locale.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- a folder for each run ---- */

static char folder[] = "/tmp/vip-test-writer-XXXXXX";

static const char *in_folder(const char *name)
{
    static char path[512];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static int make_folder(void **state)
{
    (void)state;
    return mkdtemp(folder) ? 0 : -1;
}

/* Counts the files in the folder, hidden ones too; removes them when told so. */
static int files_left(bool removing)
{
    DIR *directory = opendir(folder);
    assert_non_null(directory);
    int count = 0;
    struct dirent *entry;
    while ((entry = readdir(directory))) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        count++;
        if (removing)
            unlink(in_folder(entry->d_name));
    }
    closedir(directory);
    return count;
}

static int empty_folder(void **state)
{
    (void)state;
    files_left(true);
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    files_left(true);
    return rmdir(folder);
}

static void write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
}

/* The file's bytes; the caller frees the buffer. */
static struct vip_buffer file_bytes(const char *path)
{
    struct vip_buffer bytes = {0};
    char part[4096];
    size_t got;
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    vip_buffer_reserve(&bytes, 1);
    while ((got = fread(part, 1, sizeof part, file)) > 0)
        vip_buffer_add(&bytes, part, got);
    fclose(file);
    return bytes;
}

/* ---- rows for all formats ---- */

static const struct vip_column columns[] = {
    {"name", VIP_TEXT},      {"points", VIP_INTEGER}, {"amount", VIP_FEN},
    {"average", VIP_RATIO},  {"share", VIP_PERCENT},  {"date", VIP_DAY},
    {"value", VIP_FLOATING},
};

enum { COLUMNS = sizeof columns / sizeof *columns };

static struct vip_value ratio(enum vip_type type, int64_t number)
{
    return (struct vip_value){.type = type, .number = number};
}

static struct vip_value floating(double number)
{
    return (struct vip_value){.type = VIP_FLOATING, .floating = number};
}

/* Writes three rows: full, empty but for the name, negative. */
static void write_sample(const struct vip_writer_options *options)
{
    struct vip_writer *writer;
    struct vip_diag diag;
    const struct vip_value full[COLUMNS] = {
        vip_text("王\"小\",明"),  vip_int(1234567), vip_money(123456789), ratio(VIP_RATIO, 185),
        ratio(VIP_PERCENT, 1234), vip_date(20778),  floating(0.1)};
    const struct vip_value bare[COLUMNS] = {vip_text("=1+1")};
    const struct vip_value minus[COLUMNS] = {
        vip_null(), vip_int(-1234),         vip_money(-5),   ratio(VIP_RATIO, -10),
        vip_null(), vip_date(VIP_DAY_NONE), floating(-1e300)};
    assert_int_equal(vip_writer_open(&writer, options, columns, COLUMNS, &diag), 0);
    assert_int_equal(vip_writer_row(writer, full, &diag), 0);
    assert_int_equal(vip_writer_row(writer, bare, &diag), 0);
    assert_int_equal(vip_writer_row(writer, minus, &diag), 0);
    assert_int_equal(vip_writer_close(writer, &diag), 0);
}

static void check_sample(struct vip_writer_options options, const char *name, const char *expected)
{
    options.path = in_folder(name);
    write_sample(&options);
    struct vip_buffer bytes = file_bytes(in_folder(name));
    assert_string_equal(bytes.data, expected);
    vip_buffer_free(&bytes);
    assert_int_equal(files_left(true), 1);
}

static void csv_is_exact(void **state)
{
    (void)state;
    check_sample((struct vip_writer_options){0}, "x.csv",
                 "name,points,amount,average,share,date,value\n"
                 "\"王\"\"小\"\",明\",1234567,1234567.89,1.85,12.34,2026-11-21,0.1\n"
                 "=1+1,,,,,,\n"
                 ",-1234,-0.05,-0.10,,,-1e+300\n");
}

static void tsv_is_exact(void **state)
{
    (void)state;
    check_sample((struct vip_writer_options){0}, "x.tsv",
                 "name\tpoints\tamount\taverage\tshare\tdate\tvalue\n"
                 "王\"小\",明\t1234567\t1234567.89\t1.85\t12.34\t2026-11-21\t0.1\n"
                 "=1+1\t\t\t\t\t\t\n"
                 "\t-1234\t-0.05\t-0.10\t\t\t-1e+300\n");
}

static void json_is_exact(void **state)
{
    struct vip_writer_options zh = {.names = *state, .lang = "zh"}; /* keys do not follow it */
    check_sample(zh, "x.json",
                 "{\"name\":\"王\\\"小\\\",明\",\"points\":1234567,\"amount\":1234567.89,"
                 "\"average\":1.85,\"share\":12.34,\"date\":\"2026-11-21\",\"value\":0.1}\n"
                 "{\"name\":\"=1+1\",\"points\":null,\"amount\":null,\"average\":null,"
                 "\"share\":null,\"date\":null,\"value\":null}\n"
                 "{\"name\":null,\"points\":-1234,\"amount\":-0.05,\"average\":-0.10,"
                 "\"share\":null,\"date\":null,\"value\":-1e+300}\n");
}

static void tables_are_aligned(void **state)
{
    (void)state;
    check_sample((struct vip_writer_options){.format = VIP_OUTPUT_TABLE, .title = "积分"}, "x",
                 "积分\n"
                 "\n"
                 "name          points        amount  average  share  date          value\n"
                 "王\"小\",明  1,234,567  1,234,567.89     1.85  12.34  2026-11-21      0.1\n"
                 "=1+1\n"
                 "              -1,234         -0.05    -0.10                     -1e+300\n");
}

static void excel_is_exact(void **state)
{
    struct vip_writer_options options = {.excel = true, .names = *state, .lang = "zh"};
    check_sample(options, "x.csv",
                 "\xEF\xBB\xBF\"姓名\",\"积分\",\"金额\",\"平均\",\"占比\",\"日期\",\"价值\"\r\n"
                 "\"王\"\"小\"\",明\",1234567,1234567.89,1.85,12.34,2026-11-21,0.1\r\n"
                 "\"\t=1+1\",,,,,,\r\n"
                 ",-1234,-0.05,-0.10,,,-1e+300\r\n");
}

/* ---- one text in each format ---- */

static void check_text(struct vip_writer_options options, const char *text, const char *expected)
{
    static const struct vip_column two[] = {{"a", VIP_TEXT}, {"b", VIP_TEXT}};
    const struct vip_value values[] = {vip_text(text), vip_text("z")};
    struct vip_writer *writer;
    struct vip_diag diag;
    options.path = in_folder("text");
    assert_int_equal(vip_writer_open(&writer, &options, two, 2, &diag), 0);
    assert_int_equal(vip_writer_row(writer, values, &diag), 0);
    assert_int_equal(vip_writer_close(writer, &diag), 0);
    struct vip_buffer bytes = file_bytes(in_folder("text"));
    const char *row = strchr(bytes.data, '\n');
    assert_non_null(row);
    assert_string_equal(options.format == VIP_OUTPUT_JSON ? bytes.data : row + 1, expected);
    vip_buffer_free(&bytes);
}

static void texts_are_quoted_where_they_must_be(void **state)
{
    (void)state;
    const struct vip_writer_options csv = {.format = VIP_OUTPUT_CSV};
    check_text(csv, " a b ", " a b ,z\n");
    check_text(csv, "a;b\tc", "a;b\tc,z\n");
    check_text(csv, "a\nb", "\"a\nb\",z\n");
    check_text(csv, "a\rb", "\"a\rb\",z\n");
    check_text(csv, "\"", "\"\"\"\",z\n");
    check_text(csv, "\t=1", "\t=1,z\n");
    check_text(csv, "\t=1,2", "\"\t\t=1,2\",z\n"); /* quoted, it would lose its TAB */
    const struct vip_writer_options tsv = {.format = VIP_OUTPUT_TSV};
    check_text(tsv, "a\tb\nc\rd\\e\"f", "a\\tb\\nc\\rd\\\\e\"f\tz\n");
    const struct vip_writer_options json = {.format = VIP_OUTPUT_JSON};
    check_text(json, "a\tb\nc\rd\\e\"f\b\f\x01\x1f\x7f王/",
               "{\"a\":\"a\\tb\\nc\\rd\\\\e\\\"f\\b\\f\\u0001\\u001f\x7f王/\",\"b\":\"z\"}\n");
    const struct vip_writer_options table = {.format = VIP_OUTPUT_TABLE};
    check_text(table, "a\tb\nc\x1b[2Jd\xC2\x9B", "a b c?[2Jd??  z\n");
}

static void texts_for_spreadsheets_are_guarded(void **state)
{
    (void)state;
    const struct vip_writer_options excel = {.excel = true};
    static const char *const guarded[] = {"=1",
                                          "+1",
                                          "-1",
                                          "@x",
                                          "＝1",
                                          "＋1",
                                          "－1",
                                          "＠x",
                                          "\tx",
                                          "\rx",
                                          "\nx",
                                          "+8613800138000",
                                          "00",
                                          "007",
                                          "123456789012",
                                          "510322199001011234",
                                          "-",
                                          "0571-8",
                                          "51032219900101123X"};
    static const char *const plain[] = {"x",  "0",   "13800138000", "12345678901", "王", "a=1",
                                        "1-", "0.5", "K000123",     "1.5",         "、", "￥5"};
    char expected[64];
    for (size_t i = 0; i < sizeof guarded / sizeof *guarded; i++) {
        snprintf(expected, sizeof expected, "\"\t%s\",\"z\"\r\n", guarded[i]);
        check_text(excel, guarded[i], expected);
    }
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++) {
        snprintf(expected, sizeof expected, "\"%s\",\"z\"\r\n", plain[i]);
        check_text(excel, plain[i], expected);
    }
}

static void values_as_text(void **state)
{
    (void)state;
    char to[48];
    struct vip_value third = floating(1.0 / 3);
    assert_string_equal(vip_value_text(&third, to, sizeof to), "0.3333333333333333");
    third = floating(3);
    assert_string_equal(vip_value_text(&third, to, sizeof to), "3");
    third = floating((double)INFINITY);
    assert_string_equal(vip_value_text(&third, to, sizeof to), "");
    third = ratio(VIP_INTEGER, INT64_MIN);
    assert_string_equal(vip_value_text(&third, to, sizeof to), "-9223372036854775808");
    third = vip_text("x");
    assert_string_equal(vip_value_text(&third, to, sizeof to), "x");
}

/* ---- tables of many rows ---- */

static void tables_come_in_pages(void **state)
{
    (void)state;
    static const struct vip_column two[] = {{"a", VIP_TEXT}, {"n", VIP_INTEGER}};
    struct vip_writer_options options = {.path = in_folder("t"), .format = VIP_OUTPUT_TABLE};
    struct vip_writer *writer;
    struct vip_diag diag;
    assert_int_equal(vip_writer_open(&writer, &options, two, 2, &diag), 0);
    for (int i = 0; i < 2500; i++) {
        const struct vip_value values[] = {vip_text("王"), vip_int(i)};
        assert_int_equal(vip_writer_row(writer, values, &diag), 0);
    }
    assert_int_equal(vip_writer_close(writer, &diag), 0);
    struct vip_buffer bytes = file_bytes(in_folder("t"));
    size_t lines = 0;
    for (size_t i = 0; i < bytes.size; i++)
        lines += bytes.data[i] == '\n';
    assert_int_equal(lines, 2501); /* one heading for all pages */
    assert_non_null(strstr(bytes.data, "\n王  999\n王  1,000\n"));
    vip_buffer_free(&bytes);
}

static void no_rows_still_have_a_heading(void **state)
{
    (void)state;
    static const char *const expected[] = {"name,points", "name\tpoints", "", "name  points"};
    for (int format = VIP_OUTPUT_CSV; format <= VIP_OUTPUT_TABLE; format++) {
        struct vip_writer_options options = {.path = in_folder("t"),
                                             .format = (enum vip_output_format)format};
        struct vip_writer *writer;
        struct vip_diag diag;
        assert_int_equal(vip_writer_open(&writer, &options, columns, 2, &diag), 0);
        assert_int_equal(vip_writer_close(writer, &diag), 0);
        struct vip_buffer bytes = file_bytes(in_folder("t"));
        bytes.data[strcspn(bytes.data, "\n")] = '\0';
        assert_string_equal(bytes.data, expected[format - VIP_OUTPUT_CSV]);
        vip_buffer_free(&bytes);
    }
}

/* The heading on a terminal, which is a device: written to as it is. */
static void headings_are_bold_on_terminals_only(void **state)
{
    (void)state;
    int terminal = posix_openpt(O_RDWR | O_NOCTTY);
    if (terminal < 0 || grantpt(terminal) < 0 || unlockpt(terminal) < 0)
        skip();
    const char *path = ptsname(terminal);
    int slave = open(path, O_RDWR | O_NOCTTY); /* keeps what was written until it is read */
    for (int color = 0; color < 2; color++) {
        struct vip_writer_options options = {
            .path = path, .format = VIP_OUTPUT_TABLE, .color = color};
        struct vip_writer *writer;
        struct vip_diag diag;
        char seen[128] = "";
        assert_int_equal(vip_writer_open(&writer, &options, columns, 2, &diag), 0);
        assert_int_equal(vip_writer_close(writer, &diag), 0);
        ssize_t got = read(terminal, seen, sizeof seen - 1);
        assert_true(got > 0);
        assert_string_equal(seen, color ? "\033[1mname  points\r\n\033[0m" : "name  points\r\n");
    }
    close(slave);
    close(terminal);
    struct vip_writer_options options = {
        .path = in_folder("t"), .format = VIP_OUTPUT_TABLE, .color = true};
    struct vip_writer *writer;
    struct vip_diag diag;
    assert_int_equal(vip_writer_open(&writer, &options, columns, 2, &diag), 0);
    assert_int_equal(vip_writer_close(writer, &diag), 0);
    struct vip_buffer bytes = file_bytes(in_folder("t"));
    assert_string_equal(bytes.data, "name  points\n");
    vip_buffer_free(&bytes);
}

/* ---- options ---- */

static void options_that_do_not_go_together(void **state)
{
    (void)state;
    static const struct {
        enum vip_output_format format;
        const char *path;
        bool excel;
    } cases[] = {{VIP_OUTPUT_TSV, "x", true},       {VIP_OUTPUT_JSON, "x", true},
                 {VIP_OUTPUT_TABLE, "x", true},     {VIP_OUTPUT_AUTO, "x.tsv", true},
                 {VIP_OUTPUT_AUTO, "x.json", true}, {VIP_OUTPUT_AUTO, "x.xlsx", true}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct vip_writer_options options = {
            .path = in_folder(cases[i].path), .format = cases[i].format, .excel = cases[i].excel};
        struct vip_writer *writer;
        struct vip_diag diag;
        assert_int_equal(vip_writer_open(&writer, &options, columns, 2, &diag), VIP_EUSAGE);
        assert_null(writer);
        assert_int_equal(files_left(false), 0);
    }
}

/* ---- encodings ---- */

static void check_encoding(const char *encoding, bool excel, const char *bytes, size_t size)
{
    static const struct vip_column one[] = {{"a", VIP_TEXT}};
    const struct vip_value value = vip_text("王");
    struct vip_writer_options options = {
        .path = in_folder("e"), .format = VIP_OUTPUT_CSV, .encoding = encoding, .excel = excel};
    struct vip_writer *writer;
    struct vip_diag diag;
    assert_int_equal(vip_writer_open(&writer, &options, one, 1, &diag), 0);
    assert_int_equal(vip_writer_row(writer, &value, &diag), 0);
    assert_int_equal(vip_writer_close(writer, &diag), 0);
    struct vip_buffer found = file_bytes(in_folder("e"));
    assert_int_equal(found.size, size);
    assert_memory_equal(found.data, bytes, size);
    vip_buffer_free(&found);
}

static void output_encodings(void **state)
{
    (void)state;
    check_encoding("utf-8", false, "a\n王\n", 6);
    check_encoding("GBK", false, "a\n\xCD\xF5\n", 5);
    check_encoding("GB18030", true, "\"a\"\r\n\"\xCD\xF5\"\r\n", 11);
    check_encoding("UTF-16LE", false, "a\0\n\0\x8B\x73\n\0", 8);
    check_encoding("UTF-16BE", true, "\xFE\xFF\0\"\0a\0\"\0\r\0\n\0\"\x73\x8B\0\"\0\r\0\n", 22);
}

static void a_text_that_the_encoding_cannot_hold(void **state)
{
    (void)state;
    static const struct vip_column one[] = {{"a", VIP_TEXT}};
    const struct vip_value value = vip_text("王€😀");
    struct vip_writer_options options = {.path = in_folder("e"), .encoding = "GB2312"};
    struct vip_writer *writer;
    struct vip_diag diag;
    assert_int_equal(vip_writer_open(&writer, &options, one, 1, &diag), 0);
    int row = vip_writer_row(writer, &value, &diag);
    assert_true(row == 0 || row == VIP_EIO);
    assert_int_equal(vip_writer_close(writer, &diag), VIP_EIO);
    assert_non_null(strstr(diag.text, "GB2312 has no characters for"));
    assert_int_equal(files_left(false), 0);
    options.encoding = "klingon";
    assert_int_equal(vip_writer_open(&writer, &options, one, 1, &diag), VIP_EUSAGE);
    assert_int_equal(files_left(false), 0);
}

/* Chinese that straddles the buffer's end at every offset. */
static void long_output_is_converted_whole(void **state)
{
    (void)state;
    static const struct vip_column one[] = {{"a", VIP_TEXT}};
    for (int shift = 0; shift < 4; shift++) {
        struct vip_writer_options options = {.path = in_folder("e"), .encoding = "GB18030"};
        struct vip_writer *writer;
        struct vip_reader *reader;
        struct vip_diag diag;
        struct vip_row row;
        assert_int_equal(vip_writer_open(&writer, &options, one, 1, &diag), 0);
        struct vip_value value = vip_text(&"xxx"[3 - shift]);
        if (shift > 0)
            assert_int_equal(vip_writer_row(writer, &value, &diag), 0);
        value = vip_text("王小明𠮷");
        for (int i = 0; i < 20000; i++)
            assert_int_equal(vip_writer_row(writer, &value, &diag), 0);
        assert_int_equal(vip_writer_close(writer, &diag), 0);
        assert_int_equal(vip_reader_open(&reader, in_folder("e"), NULL, &diag), 0);
        if (shift > 0)
            assert_int_equal(vip_reader_next(reader, &row, &diag), 1);
        for (int i = 0; i < 20000; i++) {
            assert_int_equal(vip_reader_next(reader, &row, &diag), 1);
            assert_string_equal(row.cells[0], "王小明𠮷");
        }
        assert_int_equal(vip_reader_next(reader, &row, &diag), 0);
        vip_reader_close(reader);
    }
}

/* ---- whole or not at all ---- */

static struct vip_writer *open_at(const char *path)
{
    struct vip_writer_options options = {.path = path};
    struct vip_writer *writer;
    struct vip_diag diag;
    assert_int_equal(vip_writer_open(&writer, &options, columns, 2, &diag), 0);
    return writer;
}

static void nothing_appears_before_the_close(void **state)
{
    (void)state;
    struct vip_diag diag;
    const struct vip_value values[] = {vip_text("x"), vip_int(1)};
    write_file(in_folder("x.csv"), "old");
    struct vip_writer *writer = open_at(in_folder("x.csv"));
    for (int i = 0; i < 100000; i++)
        assert_int_equal(vip_writer_row(writer, values, &diag), 0);
    assert_int_equal(vip_writer_flush(writer, &diag), 0);
    struct vip_buffer bytes = file_bytes(in_folder("x.csv"));
    assert_string_equal(bytes.data, "old");
    vip_buffer_free(&bytes);
    assert_int_equal(files_left(false), 2);
    assert_int_equal(vip_writer_close(writer, &diag), 0);
    bytes = file_bytes(in_folder("x.csv"));
    assert_int_equal(bytes.size, strlen("name,points\n") + 400000);
    vip_buffer_free(&bytes);
    assert_int_equal(files_left(false), 1);
}

static void giving_up_leaves_the_old_file(void **state)
{
    (void)state;
    write_file(in_folder("x.csv"), "old");
    vip_writer_abandon(open_at(in_folder("x.csv")));
    vip_writer_abandon(NULL);
    struct vip_buffer bytes = file_bytes(in_folder("x.csv"));
    assert_string_equal(bytes.data, "old");
    vip_buffer_free(&bytes);
    assert_int_equal(files_left(false), 1);
}

static mode_t mode_of(const char *path)
{
    struct stat status;
    assert_int_equal(stat(path, &status), 0);
    return status.st_mode & 0777;
}

static void files_keep_their_mode_and_their_links(void **state)
{
    (void)state;
    struct vip_diag diag;
    char link[256];
    mode_t old = umask(027);
    assert_int_equal(vip_writer_close(open_at(in_folder("new.csv")), &diag), 0);
    umask(old);
    assert_int_equal(mode_of(in_folder("new.csv")), 0640);
    assert_int_equal(chmod(in_folder("new.csv"), 0604), 0);
    snprintf(link, sizeof link, "%s/link.csv", folder);
    assert_int_equal(symlink("new.csv", link), 0);
    assert_int_equal(vip_writer_close(open_at(link), &diag), 0);
    assert_int_equal(mode_of(in_folder("new.csv")), 0604);
    struct stat status;
    assert_int_equal(lstat(link, &status), 0);
    assert_true(S_ISLNK(status.st_mode));
}

static void places_that_cannot_be_written(void **state)
{
    (void)state;
    struct vip_writer_options options = {.path = folder};
    struct vip_writer *writer;
    struct vip_diag diag;
    assert_int_equal(vip_writer_open(&writer, &options, columns, 2, &diag), VIP_EIO);
    assert_null(writer);
    assert_string_equal(diag.text, "cannot write: Is a directory");
    assert_string_equal(diag.file, folder);
    options.path = in_folder("nowhere/x.csv");
    assert_int_equal(vip_writer_open(&writer, &options, columns, 2, &diag), VIP_EIO);
    assert_string_equal(diag.text, "cannot write: No such file or directory");
}

static void a_full_device_is_an_error(void **state)
{
    (void)state;
    struct vip_diag diag;
    if (access("/dev/full", W_OK) < 0)
        skip();
    assert_int_equal(vip_writer_close(open_at("/dev/full"), &diag), VIP_EIO);
    assert_string_equal(diag.text, "cannot write: No space left on device");
    assert_string_equal(diag.file, "/dev/full");
    struct vip_writer *writer = open_at("/dev/full");
    const struct vip_value values[] = {vip_text("x"), vip_int(1)};
    int code = 0;
    for (int i = 0; i < 100000 && code == 0; i++)
        code = vip_writer_row(writer, values, &diag);
    assert_int_equal(code, VIP_EIO);
    assert_int_equal(vip_writer_flush(writer, &diag), VIP_EIO);
    assert_int_equal(vip_writer_close(writer, &diag), VIP_EIO);
}

/* A limit on file sizes stands for a disk that fills while a file grows. */
static void a_disk_that_fills_leaves_no_file(void **state)
{
    (void)state;
    struct rlimit limit;
    struct rlimit small;
    struct vip_diag diag;
    const struct vip_value values[] = {vip_text("x"), vip_int(1)};
    void (*old)(int) = signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    small = limit;
    small.rlim_cur = 100000;
    struct vip_writer *writer = open_at(in_folder("x.csv"));
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    for (int i = 0; i < 100000; i++)
        vip_writer_row(writer, values, &diag);
    int code = vip_writer_close(writer, &diag);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
    signal(SIGXFSZ, old);
    assert_int_equal(code, VIP_EIO);
    assert_int_equal(files_left(false), 0);
}

/* ---- out and in ---- */

static uint64_t seed;

static unsigned next_random(unsigned below)
{
    seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407;
    return (unsigned)(seed >> 33) % below;
}

/* A text of what makes trouble. */
static const char *nasty(char *to, size_t size)
{
    static const char *const bits[] = {
        "\t",   "\t",   "\n",   "\r",
        "\r\n", "\"",   "\"\"", ",",
        ";",    "=",    "+",    "-",
        "@",    "＝",   "＠",   " ",
        "　",   "0",    "1",    "王",
        "\\",   "\\n",  "\\",   "\xEF\xBB\xBF",
        "'",    "a",    "sep=", "138001380001",
        "\x01", "\x7f", "𠮷",   "é",
        "|",
    };
    *to = '\0';
    size_t used = 0;
    for (unsigned n = next_random(6); n > 0; n--) {
        const char *bit = bits[next_random(sizeof bits / sizeof *bits)];
        size_t length = strlen(bit);
        if (used + length >= size)
            break;
        memcpy(to + used, bit, length + 1);
        used += length;
    }
    return to;
}

enum { MOST_COLUMNS = 3, CELL = 64, ROWS = 12 };

struct table {
    size_t columns, rows;
    char names[MOST_COLUMNS][CELL];
    char cells[ROWS][MOST_COLUMNS][CELL];
};

/* Names stay apart and are not blank; the reader cuts blanks off their ends. */
static void make_table(struct table *table)
{
    table->columns = 1 + next_random(MOST_COLUMNS);
    table->rows = next_random(ROWS + 1);
    for (size_t i = 0; i < table->columns; i++) {
        char name[CELL / 2];
        nasty(name, sizeof name);
        snprintf(table->names[i], CELL, "%s%u", name, (unsigned)i);
    }
    for (size_t row = 0; row < table->rows; row++)
        for (size_t i = 0; i < table->columns; i++)
            nasty(table->cells[row][i], CELL);
}

static void write_table(const struct table *table, const struct vip_writer_options *options)
{
    struct vip_column named[MOST_COLUMNS];
    struct vip_writer *writer;
    struct vip_diag diag;
    for (size_t i = 0; i < table->columns; i++)
        named[i] = (struct vip_column){table->names[i], VIP_TEXT};
    assert_int_equal(vip_writer_open(&writer, options, named, table->columns, &diag), 0);
    for (size_t row = 0; row < table->rows; row++) {
        struct vip_value values[MOST_COLUMNS];
        for (size_t i = 0; i < table->columns; i++)
            values[i] = vip_text(table->cells[row][i]);
        assert_int_equal(vip_writer_row(writer, values, &diag), 0);
    }
    assert_int_equal(vip_writer_close(writer, &diag), 0);
}

/* Through a FIFO: nothing of these thousands of tables need reach a disk. */
static long read_fifo(void *context, char *to, size_t size)
{
    const int *fifo = context;
    return (long)read(*fifo, to, size);
}

static void expect_table(const struct table *table, int fifo, enum vip_input_format format)
{
    struct vip_reader_options options = {.format = format};
    struct vip_reader *reader;
    struct vip_diag diag;
    struct vip_row row;
    if (vip_reader_open_function(&reader, "fifo", read_fifo, &fifo, &options, &diag) < 0)
        fail_msg("%s", diag.text);
    assert_int_equal(vip_reader_column_count(reader), table->columns);
    for (size_t i = 0; i < table->columns; i++)
        assert_string_equal(vip_reader_header(reader, i), table->names[i]);
    for (size_t at = 0; at < table->rows; at++) {
        int got = vip_reader_next(reader, &row, &diag);
        if (got != 1)
            fail_msg("row %zu: %s", at, got < 0 ? diag.text : "is missing");
        for (size_t i = 0; i < table->columns; i++)
            assert_string_equal(row.cells[i], table->cells[at][i]);
    }
    assert_int_equal(vip_reader_next(reader, &row, &diag), 0);
    vip_reader_close(reader);
}

/* A row of blanks is a blank line to TSV, which cannot say it otherwise; and without quotes a
 * mark at the very beginning cannot be told from the file's. */
static void keep_to_tsv(struct table *table)
{
    for (size_t row = 0; row < table->rows; row++)
        if (table->cells[row][0][strspn(table->cells[row][0], " ")] == '\0')
            snprintf(table->cells[row][0], CELL, "x");
    if (strncmp(table->names[0], "\xEF\xBB\xBF", 3) == 0)
        memset(table->names[0], 'x', 3);
}

static void out_and_in_gives_the_same(struct vip_writer_options options,
                                      enum vip_input_format format)
{
    static struct table table;
    char path[256];
    snprintf(path, sizeof path, "%s/fifo", folder);
    assert_int_equal(mkfifo(path, 0600), 0);
    int fifo = open(path, O_RDONLY | O_NONBLOCK);
    assert_true(fifo >= 0);
    options.path = path;
    for (unsigned round = 0; round < 2000; round++) {
        seed = round * UINT64_C(7919) + 1;
        make_table(&table);
        if (format == VIP_INPUT_TSV)
            keep_to_tsv(&table);
        write_table(&table, &options);
        expect_table(&table, fifo, format);
    }
    close(fifo);
}

static void plain_csv_comes_back(void **state)
{
    (void)state;
    out_and_in_gives_the_same((struct vip_writer_options){.format = VIP_OUTPUT_CSV},
                              VIP_INPUT_AUTO);
}

static void excel_csv_comes_back(void **state)
{
    (void)state;
    out_and_in_gives_the_same((struct vip_writer_options){.excel = true}, VIP_INPUT_AUTO);
}

static void excel_csv_in_utf16_comes_back(void **state)
{
    (void)state;
    out_and_in_gives_the_same((struct vip_writer_options){.excel = true, .encoding = "UTF-16LE"},
                              VIP_INPUT_AUTO);
}

static void tsv_comes_back(void **state)
{
    (void)state;
    out_and_in_gives_the_same((struct vip_writer_options){.format = VIP_OUTPUT_TSV}, VIP_INPUT_TSV);
}

/* ---- the names for headings ---- */

static int open_all(void **state)
{
    struct vip_diag diag;
    struct vip_names *names;
    setlocale(LC_ALL, ""); /* whatever it is, the output must not follow it */
    if (make_folder(state) < 0 || vip_names_open(&names, NULL, &diag) < 0)
        return -1;
    *state = names;
    return 0;
}

static int close_all(void **state)
{
    vip_names_close(*state);
    return remove_folder(state);
}

#define test(function) cmocka_unit_test_setup(function, empty_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(csv_is_exact),
        test(tsv_is_exact),
        test(json_is_exact),
        test(tables_are_aligned),
        test(excel_is_exact),
        test(texts_are_quoted_where_they_must_be),
        test(texts_for_spreadsheets_are_guarded),
        test(values_as_text),
        test(tables_come_in_pages),
        test(no_rows_still_have_a_heading),
        test(headings_are_bold_on_terminals_only),
        test(options_that_do_not_go_together),
        test(output_encodings),
        test(a_text_that_the_encoding_cannot_hold),
        test(long_output_is_converted_whole),
        test(nothing_appears_before_the_close),
        test(giving_up_leaves_the_old_file),
        test(files_keep_their_mode_and_their_links),
        test(places_that_cannot_be_written),
        test(a_full_device_is_an_error),
        test(a_disk_that_fills_leaves_no_file),
        test(plain_csv_comes_back),
        test(excel_csv_comes_back),
        test(excel_csv_in_utf16_comes_back),
        test(tsv_comes_back),
    };
    return cmocka_run_group_tests_name("writer", tests, open_all, close_all);
}
