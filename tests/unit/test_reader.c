/* The reader: what each input gives, told as a text of events, and given again whatever the chunks
 * are in which the bytes arrive. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lib/table/reader.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- a source that gives its bytes in chosen chunks ---- */

struct source {
    const char *data;
    size_t size, at;
    size_t first; /* bytes in the first chunk */
    size_t chunk; /* in each later one */
};

static long read_source(void *context, char *to, size_t size)
{
    struct source *source = context;
    size_t part = source->at == 0 && source->first ? source->first : source->chunk;
    if (part > size)
        part = size;
    if (part > source->size - source->at)
        part = source->size - source->at;
    memcpy(to, source->data + source->at, part);
    source->at += part;
    return (long)part;
}

/* ---- events: "[姓名→name|x]" header, "2[a|b]" row, "3?[a]" ragged row, "4!EINPUT a quote…" ----
 */

static void note_cell(struct vip_buffer *events, const char *cell)
{
    for (; *cell; cell++)
        switch (*cell) {
        case '\n':
            vip_buffer_text(events, "\\n");
            break;
        case '\r':
            vip_buffer_text(events, "\\r");
            break;
        case '\t':
            vip_buffer_text(events, "\\t");
            break;
        default:
            vip_buffer_byte(events, *cell);
        }
}

static void note_cells(struct vip_buffer *events, const char *const *cells, size_t count)
{
    vip_buffer_byte(events, '[');
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            vip_buffer_byte(events, '|');
        note_cell(events, cells[i]);
    }
    vip_buffer_byte(events, ']');
}

static void note_header(struct vip_buffer *events, const struct vip_reader *reader)
{
    vip_buffer_byte(events, '[');
    for (size_t i = 0; i < vip_reader_column_count(reader); i++) {
        if (i > 0)
            vip_buffer_byte(events, '|');
        note_cell(events, vip_reader_column(reader, i));
    }
    vip_buffer_byte(events, ']');
}

static const char *code_name(int code)
{
    switch (code) {
    case VIP_EINPUT:
        return "EINPUT";
    case VIP_EUSAGE:
        return "EUSAGE";
    case VIP_EIO:
        return "EIO";
    case VIP_EMEMORY:
        return "EMEMORY";
    default:
        return "?";
    }
}

static void note_error(struct vip_buffer *events, int code, const struct vip_diag *diag)
{
    assert_int_equal(code, diag->code);
    assert_string_equal(diag->file, "the file");
    vip_buffer_format(events, "%zu!%s %s%s%s", diag->line, code_name(code), diag->column,
                      diag->column[0] ? ": " : "", diag->text);
}

static void note_rows(struct vip_buffer *events, struct vip_reader *reader)
{
    struct vip_diag diag;
    struct vip_row row;
    int got;
    memset(&diag, 'x', sizeof diag); /* a diag of the caller's, not emptied */
    while ((got = vip_reader_next(reader, &row, &diag)) == 1 || got == VIP_EREFUSED) {
        vip_buffer_format(events, "%zu%s", row.line, got == 1 ? "" : "?");
        note_cells(events, row.cells, row.count);
        if (got == VIP_EREFUSED) {
            assert_int_equal(diag.line, row.line);
            assert_string_equal(diag.reason, row.count < vip_reader_column_count(reader)
                                                 ? "too-few-cells"
                                                 : "too-many-cells");
        }
    }
    if (got < 0)
        note_error(events, got, &diag);
}

/* All that happens when the source is read. The caller frees. */
static char *replay(struct source source, const struct vip_reader_options *options)
{
    struct vip_buffer events = {0};
    struct vip_reader *reader;
    struct vip_diag diag;
    memset(&diag, 'x', sizeof diag);
    vip_buffer_reserve(&events, 1);
    int code = vip_reader_open_function(&reader, "the file", read_source, &source, options, &diag);
    if (code < 0) {
        assert_null(reader);
        note_error(&events, code, &diag);
        return events.data;
    }
    note_header(&events, reader);
    note_rows(&events, reader);
    vip_reader_close(reader);
    return events.data;
}

/* The events of the bytes, the same for one chunk, for each chunk size, and for each split in two.
 */
static char *events_of(const char *data, size_t size, const struct vip_reader_options *options)
{
    char *whole = replay((struct source){data, size, 0, 0, size + 1}, options);
    for (size_t chunk = 1; chunk <= size && chunk <= 80; chunk++) {
        char *again = replay((struct source){data, size, 0, 0, chunk}, options);
        assert_string_equal(again, whole);
        free(again);
    }
    for (size_t first = 1; first < size; first++) {
        char *again = replay((struct source){data, size, 0, first, size}, options);
        assert_string_equal(again, whole);
        free(again);
    }
    return whole;
}

/* ---- the table of inputs ---- */

struct event_case {
    const char *what;
    const char *input;
    size_t size;        /* 0: strlen(input) */
    const char *events; /* whole; or, ending in "…", how they begin */
    enum vip_input_format format;
    const char *encoding;
};

#define BYTES(text) text, sizeof(text) - 1

static void check(const struct event_case *c, const struct vip_names *names)
{
    struct vip_reader_options options = {c->format, c->encoding, names};
    char *events = events_of(c->input, c->size ? c->size : strlen(c->input), &options);
    size_t size = strlen(c->events);
    size_t mark = strlen("…");
    bool begins = size >= mark && strcmp(c->events + size - mark, "…") == 0;
    if (begins ? strncmp(events, c->events, size - mark) != 0 : strcmp(events, c->events) != 0)
        fail_msg("%s:\n  expected %s\n  got      %s", c->what, c->events, events);
    free(events);
}

#define CHECK_ALL(cases, names)                                                                    \
    for (size_t at = 0; at < sizeof(cases) / sizeof *(cases); at++)                                \
    check(&(cases)[at], names)

static void csv_in_all_its_shapes(void **state)
{
    (void)state;
    static const struct event_case cases[] = {
        {"line feeds", BYTES("a,b\n1,2\n3,4\n"), "[a|b]2[1|2]3[3|4]", 0, 0},
        {"CRLF", BYTES("a,b\r\n1,2\r\n3,4\r\n"), "[a|b]2[1|2]3[3|4]", 0, 0},
        {"mixed line ends", BYTES("a,b\n1,2\r\n3,4\n"), "[a|b]2[1|2]3[3|4]", 0, 0},
        {"no last line end", BYTES("a,b\n1,2"), "[a|b]2[1|2]", 0, 0},
        {"header only", BYTES("a,b\n"), "[a|b]", 0, 0},
        {"header only, no line end", BYTES("a,b"), "[a|b]", 0, 0},
        {"one column", BYTES("a\n1\n2\n"), "[a]2[1]3[2]", 0, 0},
        {"empty cells", BYTES("a,b,c\n,,1\n1,,\n"), "[a|b|c]2[||1]3[1||]", 0, 0},
        {"quoted", BYTES("\"a\",\"b\"\n\"1\",\"2\"\n"), "[a|b]2[1|2]", 0, 0},
        {"quoted, CRLF", BYTES("\"a\",\"b\"\r\n\"1\",\"2\"\r\n"), "[a|b]2[1|2]", 0, 0},
        {"quoted, no last line end", BYTES("a,b\n1,\"2\""), "[a|b]2[1|2]", 0, 0},
        {"delimiter in quotes", BYTES("a,b\n\"1,5\",2\n"), "[a|b]2[1,5|2]", 0, 0},
        {"doubled quotes", BYTES("a,b\n\"say \"\"hi\"\"\",\"\"\"\"\n"), "[a|b]2[say \"hi\"|\"]", 0,
         0},
        {"empty quoted cells", BYTES("a,b\n\"\",\"\"\n"), "[a|b]2[|]", 0, 0},
        {"one empty quoted cell", BYTES("a\n\"\"\nx\n"), "[a]2[]3[x]", 0, 0},
        {"LF in quotes, and the lines after it", BYTES("a,b\n\"1\n2\n3\",x\n4,5\n"),
         "[a|b]2[1\\n2\\n3|x]5[4|5]", 0, 0},
        {"CRLF in quotes is kept", BYTES("a,b\r\n\"1\r\n2\",x\r\n4,5\r\n"),
         "[a|b]2[1\\r\\n2|x]4[4|5]", 0, 0},
        {"CR in quotes is kept", BYTES("a,b\n\"1\r2\",\"\r\"\n"), "[a|b]2[1\\r2|\\r]", 0, 0},
        {"a blank line in quotes is text", BYTES("a,b\n\"\n\n\",1\n2,3\n"),
         "[a|b]2[\\n\\n|1]5[2|3]", 0, 0},
        {"a quoted newline in the header", BYTES("\"a\nx\",b\n1,2\n"), "[a\\nx|b]3[1|2]", 0, 0},
        {"blank lines", BYTES("\n \na,b\n\n1,2\n\r\n  \t\n3,4\n\n"), "[a|b]5[1|2]8[3|4]", 0, 0},
        {"rows of nothing but commas", BYTES("a,b\n,\n1,2\n,,,,\n"), "[a|b]3[1|2]", 0, 0},
        {"blanks around cells are kept", BYTES("a , b\n 1 ,\t2\n"), "[a|b]2[ 1 |\\t2]", 0, 0},
        {"ragged rows", BYTES("a,b\n1\n1,2,3\n4,5\n\"x\"\n"), "[a|b]2?[1]3?[1|2|3]4[4|5]5?[x]", 0,
         0},
        {"empty column names", BYTES("a,,\n1,,\n"), "[a||]2[1||]", 0, 0},
        {"tab in a csv cell", BYTES("a,b\n1\t2,3\n"), "[a|b]2[1\\t2|3]", 0, 0},
        {"backslashes mean nothing", BYTES("a,b\n1\\n2,\\\\\n"), "[a|b]2[1\\n2|\\\\]", 0, 0},
        {"quoted and plain rows by turns", BYTES("a,b\n1,2\n\"3\",4\n5,6\n7,\"8\"\n"),
         "[a|b]2[1|2]3[3|4]4[5|6]5[7|8]", 0, 0},
    };
    CHECK_ALL(cases, NULL);
}

static void the_header_tells_the_shape(void **state)
{
    (void)state;
    static const struct event_case cases[] = {
        {"sep= line", BYTES("sep=;\na;b\n1,5;2\n"), "[a|b]3[1,5|2]", 0, 0},
        {"sep= line, CRLF", BYTES("SEP=|\r\na|b\r\n1|2\r\n"), "[a|b]3[1|2]", 0, 0},
        {"sep= with a tab is quoted like csv", BYTES("sep=\t\na\tb\n\"1\t2\"\t\\n\n"),
         "[a|b]3[1\\t2|\\n]", 0, 0},
        {"sep= behind a byte-order mark", BYTES("\xEF\xBB\xBFsep=;\na;b\n1;2\n"), "[a|b]3[1|2]", 0,
         0},
        {"sep= and nothing", BYTES("sep=\na,b\n"), "1!EINPUT 'sep=' must name…", 0, 0},
        {"sep= and a quote", BYTES("sep=\"\na\n"), "1!EINPUT 'sep=' must name…", 0, 0},
        {"sep= and too much", BYTES("sep=;;\na\n"), "1!EINPUT 'sep=' must name…", 0, 0},
        {"sep= alone", BYTES("sep=;\n"), "0!EINPUT is empty…", 0, 0},
        {"semicolons", BYTES("a;b\n1,5;2\n"), "[a|b]2[1,5|2]", 0, 0},
        {"semicolons and a comma", BYTES("a;b,c\n1,2\n"), "[a;b|c]2[1|2]", 0, 0},
        {"a comma in quotes does not count", BYTES("\"a,x\";b\n1;2\n"), "[a,x|b]2[1|2]", 0, 0},
        {"tabs", BYTES("a\tb\n1,5\t2\n"), "[a|b]2[1,5|2]", 0, 0},
        {"tabs and commas", BYTES("a\tb,c\n1,2\n"), "[a\\tb|c]2[1|2]", 0, 0},
        {"tabs, told csv", BYTES("a\tb\n1\n"), "[a\\tb]2[1]", VIP_INPUT_CSV, 0},
        {"commas, told tsv", BYTES("a,b\n1,2\n"), "[a,b]2[1,2]", VIP_INPUT_TSV, 0},
        {"sep= in tsv is a name", BYTES("sep=;\n1\n"), "[sep=;]2[1]", VIP_INPUT_TSV, 0},
        {"escapes of tsv", BYTES("a\tb\n1\\t2\\n3\tx\\ry\\\\z\n"), "[a|b]2[1\\t2\\n3|x\\ry\\z]", 0,
         0},
        {"an escaped backslash before n", BYTES("a\tb\n\\\\n\t1\n"), "[a|b]2[\\n|1]", 0, 0},
        {"other backslashes stand for themselves", BYTES("a\tb\nC:\\x\tx\\\n"), "[a|b]2[C:\\x|x\\]",
         0, 0},
        {"quotes mean nothing in tsv", BYTES("a\tb\n\"1\t2\"\n"), "[a|b]2[\"1|2\"]", 0, 0},
        {"tsv with CRLF", BYTES("a\tb\r\n1\t2\r\n"), "[a|b]2[1|2]", 0, 0},
        {"tsv, ragged and blank", BYTES("a\tb\n1\n\n\t\n1\t2\t3\n1\t2"),
         "[a|b]2?[1]5?[1|2|3]6[1|2]", 0, 0},
    };
    CHECK_ALL(cases, NULL);
}

static void errors_name_their_line(void **state)
{
    (void)state;
    static const struct event_case cases[] = {
        {"empty", BYTES(""), "0!EINPUT is empty: expected a line of column names", 0, 0},
        {"only blank lines", BYTES("\n\r\n \n"), "0!EINPUT is empty…", 0, 0},
        {"only a byte-order mark", BYTES("\xEF\xBB\xBF"), "0!EINPUT is empty…", 0, 0},
        {"unterminated quote", BYTES("a,b\n1,2\n3,\"4\n5,6\n7,8\n"),
         "[a|b]2[1|2]3!EINPUT the quote opened here is never closed", 0, 0},
        {"unterminated quote at the very end", BYTES("a,b\n1,\""),
         "[a|b]2!EINPUT the quote opened…", 0, 0},
        {"unterminated quote, opened in a later line of its row", BYTES("a,b\n\"1\n2\",\"x\ny"),
         "[a|b]3!EINPUT the quote opened…", 0, 0},
        {"unterminated quote in the header", BYTES("\"a,b\n1,2\n"), "1!EINPUT the quote opened…", 0,
         0},
        {"text behind a closing quote", BYTES("a,b\n1,2\n\"3\"x,4\n"),
         "[a|b]2[1|2]3!EINPUT text follows the closing quote of cell 1…", 0, 0},
        {"a blank behind a closing quote", BYTES("a,b\n1,\"2\" \n"),
         "[a|b]2!EINPUT text follows the closing quote of cell 2…", 0, 0},
        {"text behind a quote in a later line", BYTES("a,b\n1,\"2\n3\"x\n"),
         "[a|b]3!EINPUT text follows…", 0, 0},
        {"a quote inside a plain cell", BYTES("a,b\n1,2\"3\n"),
         "[a|b]2!EINPUT a quote stands inside cell 2…", 0, 0},
        {"a blank before a quote", BYTES("a,b\n1, \"2\"\n"),
         "[a|b]2!EINPUT a quote stands inside cell 2…", 0, 0},
        {"NUL", BYTES("a,b\n1,2\n3\0,4\n"), "[a|b]2[1|2]3!EINPUT holds a NUL byte…", 0, 0},
        {"NUL in quotes", BYTES("a,b\n\"1\n\0\",2\n"), "[a|b]3!EINPUT holds a NUL byte…", 0, 0},
        {"NUL in tsv", BYTES("a\tb\n1\t\0\n"), "[a|b]2!EINPUT holds a NUL byte…", 0, 0},
        {"CR alone", BYTES("a,b\n1,2\n3\r4,5\n"),
         "[a|b]2[1|2]3!EINPUT a carriage return without a line feed…", 0, 0},
        {"CR alone at the end", BYTES("a,b\n1,2\r"), "[a|b]2!EINPUT a carriage return…", 0, 0},
        {"CR CR LF", BYTES("a,b\n1,2\r\r\n"), "[a|b]2!EINPUT a carriage return…", 0, 0},
        {"CR as the only line end", BYTES("a,b\r1,2\r"), "1!EINPUT a carriage return…", 0, 0},
        {"CR in a quoted row, outside the quotes", BYTES("a,b\n\"1\"\r,2\n"),
         "[a|b]2!EINPUT a carriage return…", 0, 0},
        {"CR in tsv", BYTES("a\tb\n1\r\t2\n"), "[a|b]2!EINPUT a carriage return…", 0, 0},
        {"doubled column", BYTES("a,b,a\n1,2,3\n"),
         "1!EINPUT a: two columns have this name: 'a' (column 1) and 'a' (column 3)", 0, 0},
        {"doubled column behind a blank line", BYTES("\na,b, b \n"), "2!EINPUT b: two columns…", 0,
         0},
    };
    CHECK_ALL(cases, NULL);
}

static void the_guard_comes_off(void **state)
{
    (void)state;
    static const struct event_case cases[] = {
        {"formulas", BYTES("a,b\n\"\t=1+1\",\"\t@x\"\n\"\t+86\",\"\t-x\"\n"),
         "[a|b]2[=1+1|@x]3[+86|-x]", 0, 0},
        {"full-width forms", BYTES("a,b\n\"\t＝1\",\"\t＋\"\n\"\t－\",\"\t＠\"\n"),
         "[a|b]2[＝1|＋]3[－|＠]", 0, 0},
        {"white space", BYTES("a,b\n\"\t\tx\",\"\t\rx\"\n\"\t\nx\",1\n"),
         "[a|b]2[\\tx|\\rx]3[\\nx|1]", 0, 0},
        {"digits", BYTES("a,b\n\"\t0571\",\"\t510322199001011234\"\n"),
         "[a|b]2[0571|510322199001011234]", 0, 0},
        {"one TAB only", BYTES("a,b\n\"\t\t=1\",2\n"), "[a|b]2[\\t=1|2]", 0, 0},
        {"not before other text", BYTES("a,b\n\"\tx\",\"\t12345678901\"\n\"\t0\",\"\t\"\n"),
         "[a|b]2[\\tx|\\t12345678901]3[\\t0|\\t]", 0, 0},
        {"not in plain cells", BYTES("a,b\n\t=1,2\n\t=1,\"2\"\n"), "[a|b]2[\\t=1|2]3[\\t=1|2]", 0,
         0},
        {"not inside a cell", BYTES("a,b\n\"x\t=1\",\"\"\"\t=1\"\n\"\n\t=1\",1\n"),
         "[a|b]2[x\\t=1|\"\\t=1]3[\\n\\t=1|1]", 0, 0},
        {"in the header", BYTES("\"\t0571\",b\n1,2\n"), "[0571|b]2[1|2]", 0, 0},
        {"behind another delimiter", BYTES("sep=;\na;b\n1;\"\t=1\"\n"), "[a|b]3[1|=1]", 0, 0},
        {"not in tsv", BYTES("a\tb\n\"\\t=1\"\t2\n"), "[a|b]2[\"\\t=1\"|2]", 0, 0},
    };
    CHECK_ALL(cases, NULL);
}

static void columns_have_names_in_both_languages(void **state)
{
    struct vip_names *names = *state;
    static const struct event_case cases[] = {
        {"Chinese", BYTES("姓名,手机号,入会日期\n王,1,2\n"), "[name|phone|enrolled]2[王|1|2]", 0,
         0},
        {"English", BYTES("Name,MOBILE NO.,joined_on\n王,1,2\n"), "[name|phone|enrolled]2[王|1|2]",
         0, 0},
        {"blanks, width, marks", BYTES(" 姓 名 ,*手机号：,ＣＡＲＤ　ＮＯ\n1,2,3\n"),
         "[name|phone|card]2[1|2|3]", 0, 0},
        {"not known: trimmed", BYTES("姓名, 血型 \n王,B\n"), "[name|血型]2[王|B]", 0, 0},
        {"doubled in one language", BYTES("姓名,手机,电话\n"),
         "1!EINPUT phone: two columns have this name: '手机' (column 2) and '电话' (column 3)", 0,
         0},
        {"doubled in two languages", BYTES("name,卡号,姓名\n"),
         "1!EINPUT name: two columns have this name: 'name' (column 1) and '姓名' (column 3)", 0,
         0},
        {"doubled and not known", BYTES("x,name,x\n"), "1!EINPUT x: two columns…", 0, 0},
    };
    CHECK_ALL(cases, names);
}

static void encodings_are_told_apart(void **state)
{
    (void)state;
    static const struct event_case cases[] = {
        {"UTF-8", BYTES("名,b\n王,1\n"), "[名|b]2[王|1]", 0, 0},
        {"UTF-8 with a mark", BYTES("\xEF\xBB\xBF名,b\n王,1\n"), "[名|b]2[王|1]", 0, 0},
        {"a mark and a quoted header", BYTES("\xEF\xBB\xBF\"名\",b\n王,1\n"), "[名|b]2[王|1]", 0,
         0},
        {"only the first mark goes", BYTES("a,b\n\xEF\xBB\xBFx,1\n"), "[a|b]2[\xEF\xBB\xBFx|1]", 0,
         0},
        {"UTF-8, told so, with a mark", BYTES("\xEF\xBB\xBF名,b\n王,1\n"), "[名|b]2[王|1]", 0,
         "utf-8"},
        {"four bytes", BYTES("名,b\n𠮷,1\n"), "[名|b]2[𠮷|1]", 0, 0},
        {"GBK", BYTES("\xD0\xD5\xC3\xFB,b\n\xCD\xF5,1\n"), "[姓名|b]2[王|1]", 0, 0},
        {"GBK, told so", BYTES("\xD0\xD5\xC3\xFB,b\n\xCD\xF5,1\n"), "[姓名|b]2[王|1]", 0, "GBK"},
        /* 0x5C and 0x7C as second bytes: a backslash and a bar to those who parse before decoding;
         * 㐀 and 𠮷 have four bytes, two of them ASCII digits. */
        {"GB18030 trail bytes", BYTES("a\tb\n\x81\x5C\x81\x7C\t\x81\x39\xEE\x39\x95\x34\xB2\x35\n"),
         "[a|b]2[乗亅|㐀𠮷]", 0, 0},
        {"UTF-16LE",
         BYTES("\xFF\xFE"
               "a\0,\0\x0D\x54\n\0"
               "1\0,\0\x8B\x73\n\0"),
         "[a|名]2[1|王]", 0, 0},
        {"UTF-16BE",
         BYTES("\xFE\xFF\0a\0,\x54\x0D\0\n\0"
               "1\0,\x73\x8B\0\r\0\n"),
         "[a|名]2[1|王]", 0, 0},
        {"UTF-16LE without a mark, told so",
         BYTES("a\0,\0\x0D\x54\n\0"
               "1\0,\0\x8B\x73\n\0"),
         "[a|名]2[1|王]", 0, "UTF-16LE"},
        {"UTF-16 without a mark", BYTES("a\0,\0b\0\n\0"), "1!EINPUT holds a NUL byte…", 0, 0},
        {"UTF-16 with a pair of surrogates",
         BYTES("\xFF\xFE"
               "a\0\n\0\x42\xD8\xB7\xDF\n\0"),
         "[a]2[𠮷]", 0, 0},
        {"Unicode text of a spreadsheet is quoted",
         BYTES("\xFF\xFE"
               "a\0\t\0b\0\r\0\n\0\"\0"
               "1\0\t\0"
               "2\0\"\0\t\0\\\0n\0\r\0\n\0"),
         "[a|b]2[1\\t2|\\n]", 0, 0},
        {"BIG5, told so", BYTES("\xA9\x6D\xA6\x57,b\n1,2\n"), "[姓名|b]2[1|2]", 0, "BIG5"},
        {"held back for a combining mark: flushed at the end", BYTES("a,b\n1,\x88\x66"),
         "[a|b]2[1|Ê]", 0, "BIG5-HKSCS"},
    };
    CHECK_ALL(cases, NULL);
}

static void bytes_that_do_not_fit_are_refused(void **state)
{
    (void)state;
    static const struct event_case cases[] = {
        {"Latin-1", BYTES("name,b\nX,1\nAndr\xE9,2\n"),
         "[name|b]2[X|1]3!EINPUT is neither UTF-8 (see line 3, byte 16 of the input) nor GB18030 "
         "(line 3, byte 16): name the encoding with --input-encoding",
         0, 0},
        {"Latin-1 in the header", BYTES("pr\xE9nom,b\n\xE9 ,1\n"),
         "2!EINPUT is neither UTF-8 (see line 1, byte 3 of the input) nor GB18030 (line 2, byte "
         "10)…",
         0, 0},
        {"UTF-8 cut short", BYTES("a,b\n1,\xE7"), "[a|b]2!EINPUT is neither…", 0, 0},
        {"UTF-8, told so, and Latin-1", BYTES("a,b\n王,1\n\xE9,2\n"),
         "[a|b]2[王|1]3!EINPUT byte 0xE9 (byte 11 of the input) is not UTF-8: …", 0, "UTF-8"},
        {"overlong", BYTES("a,b\n\xC0\xAF,1\n"), "[a|b]2!EINPUT byte 0xC0 (byte 5…", 0, "UTF-8"},
        {"a surrogate in UTF-8", BYTES("a,b\n\xED\xA0\x80,1\n"), "[a|b]2!EINPUT byte 0xED…", 0,
         "UTF-8"},
        {"in a quoted cell, at its own line", BYTES("a,b\n\"1\n\xFF\",2\n"),
         "[a|b]3!EINPUT byte 0xFF (byte 8…", 0, "UTF-8"},
        {"behind a mark",
         BYTES("\xEF\xBB\xBF"
               "a,b\n1,\xD6\xD0\n"),
         "[a|b]2!EINPUT byte 0xD6 (byte 10 of the input) is not UTF-8…", 0, 0},
        {"GBK, told so, with a bad second byte", BYTES("a,b\n\xCD\xF5,1\n\xCD\x20,2\n"),
         "[a|b]2[王|1]3!EINPUT byte 0xCD (byte 10 of the input) is not GBK…", 0, "GBK"},
        {"GB18030 cut short", BYTES("a,b\n\xCD\xF5,1\n2,\x82\x30\xF6"),
         "[a|b]2[王|1]3!EINPUT byte 0x82…", 0, "GB18030"},
        {"UTF-16 of an odd length",
         BYTES("\xFF\xFE"
               "a\0\n\0"
               "1"),
         "[a]2!EINPUT byte 0x31 (byte 7 of the input) is not UTF-16LE…", 0, 0},
        {"an encoding that nobody knows", BYTES("a,b\n"),
         "0!EUSAGE 'klingon' is no encoding that iconv knows: see iconv --list for the names", 0,
         "klingon"},
    };
    CHECK_ALL(cases, NULL);
}

/* All 256 files of one byte. */
static void files_of_one_byte(void **state)
{
    (void)state;
    for (int byte = 0; byte < 256; byte++) {
        char input[1] = {(char)byte};
        char *events = events_of(input, 1, NULL);
        char expected[8] = "[x]";
        expected[1] = (char)byte;
        if (byte == 0)
            assert_non_null(strstr(events, "1!EINPUT holds a NUL byte"));
        else if (byte == '\n' || byte == ' ' || byte == '\t')
            assert_string_equal(events, "0!EINPUT is empty: expected a line of column names");
        else if (byte == '\r')
            assert_non_null(strstr(events, "1!EINPUT a carriage return without a line feed"));
        else if (byte == '"')
            assert_string_equal(events, "1!EINPUT the quote opened here is never closed");
        else if (byte == '\v' || byte == '\f') /* no blank line, but a blank name */
            assert_string_equal(events, "[]");
        else if (byte == ',' || byte == ';')
            assert_string_equal(events, "[|]");
        else if (byte >= 0x80)
            assert_non_null(strstr(events, "1!EINPUT is neither UTF-8"));
        else
            assert_string_equal(events, expected);
        free(events);
    }
}

/* ---- encodings of long inputs ---- */

/* `size` bytes or a little more of ASCII rows behind a header. */
static void add_rows(struct vip_buffer *text, size_t size)
{
    size_t end = text->size + size;
    while (text->size < end)
        assert_int_equal(vip_buffer_text(text, "0123456789,0123456789\n"), 0);
}

static size_t lines_in(const struct vip_buffer *text)
{
    size_t lines = 0;
    for (size_t i = 0; i < text->size; i++)
        lines += text->data[i] == '\n';
    return lines;
}

/* Reads all. Returns the last result; *rows counts, *diag has the error. */
static int read_all(struct vip_reader *reader, size_t *rows, struct vip_diag *diag)
{
    struct vip_row row;
    int got;
    *rows = 0;
    while ((got = vip_reader_next(reader, &row, diag)) == 1)
        ++*rows;
    return got;
}

static struct vip_reader *open_pipe(struct source *source, const struct vip_buffer *text)
{
    struct vip_reader *reader;
    struct vip_diag diag;
    *source = (struct source){text->data, text->size, 0, 0, 4096};
    assert_int_equal(
        vip_reader_open_function(&reader, "the file", read_source, source, NULL, &diag), 0);
    return reader;
}

static void a_pipe_is_judged_by_its_first_mebibyte_beyond_ascii(void **state)
{
    (void)state;
    struct vip_buffer text = {0};
    struct source source;
    struct vip_diag diag;
    bool guessed;
    size_t rows;
    vip_buffer_text(&text, "a,b\n");
    add_rows(&text, 3 << 20);
    vip_buffer_text(&text, "\xCD\xF5,1\n");
    add_rows(&text, 3 << 20);
    struct vip_reader *reader = open_pipe(&source, &text);
    assert_string_equal(vip_reader_encoding(reader, &guessed), "UTF-8");
    assert_false(guessed);
    assert_true(source.at < 1 << 20); /* not held while it is ASCII */
    assert_int_equal(read_all(reader, &rows, &diag), 0);
    assert_int_equal(rows, lines_in(&text) - 1);
    assert_string_equal(vip_reader_encoding(reader, &guessed), "GB18030");
    assert_true(guessed);
    vip_reader_close(reader);
    vip_buffer_free(&text);
}

static void a_pipe_keeps_its_encoding(void **state)
{
    (void)state;
    struct vip_buffer text = {0};
    struct source source;
    struct vip_diag diag;
    size_t rows;
    vip_buffer_text(&text, "a,b\n王,1\n");
    add_rows(&text, 2 << 20);
    size_t line = lines_in(&text) + 1;
    vip_buffer_text(&text, "\xCD\xF5,1\n");
    add_rows(&text, 1 << 20);
    struct vip_reader *reader = open_pipe(&source, &text);
    assert_int_equal(read_all(reader, &rows, &diag), VIP_EINPUT);
    assert_int_equal(rows, line - 2);
    assert_int_equal(diag.line, line);
    assert_non_null(strstr(diag.text, "byte 0xCD"));
    /* Reading is over. */
    struct vip_row row;
    assert_int_equal(vip_reader_next(reader, &row, &diag), VIP_EINPUT);
    vip_reader_close(reader);
    vip_buffer_free(&text);
}

/* Each offset of a character of `bytes` against the end of the mebibyte. */
static void check_window_end(const char *bytes, const char *encoding)
{
    for (size_t shift = 0; shift < 6; shift++) {
        struct vip_buffer text = {0};
        struct source source;
        struct vip_diag diag;
        size_t rows;
        vip_buffer_text(&text, "a,b\n");
        for (size_t i = 0; i < shift; i++)
            vip_buffer_byte(&text, 'x');
        while (text.size < (1 << 20) + 4096) {
            for (int i = 0; i < 4; i++)
                vip_buffer_text(&text, bytes);
            vip_buffer_text(&text, ",1\n");
        }
        struct vip_reader *reader = open_pipe(&source, &text);
        assert_int_equal(read_all(reader, &rows, &diag), 0);
        assert_int_equal(rows, lines_in(&text) - 1);
        assert_string_equal(vip_reader_encoding(reader, NULL), encoding);
        vip_reader_close(reader);
        vip_buffer_free(&text);
    }
}

static void the_mebibyte_may_end_within_a_character(void **state)
{
    (void)state;
    check_window_end("王", "UTF-8");
    check_window_end("𠮷", "UTF-8");
    check_window_end("\xCD\xF5", "GB18030");
    check_window_end("\x95\x34\x8F\x32\xCD\xF5", "GB18030");
}

/* ---- files ---- */

static char *write_file(const void *data, size_t size)
{
    static char path[64];
    snprintf(path, sizeof path, "/tmp/vip-test-reader-%ld", (long)getpid());
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    if (size > 0)
        assert_int_equal(fwrite(data, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
    return path;
}

static void a_file_is_looked_at_whole(void **state)
{
    (void)state;
    struct vip_buffer text = {0};
    struct vip_reader *reader;
    struct vip_diag diag;
    bool guessed;
    size_t rows;
    vip_buffer_text(&text, "a,b\n");
    add_rows(&text, 3 << 20);
    vip_buffer_text(&text, "\xCD\xF5,1\n");
    char *path = write_file(text.data, text.size);
    assert_int_equal(vip_reader_open(&reader, path, NULL, &diag), 0);
    assert_string_equal(vip_reader_encoding(reader, &guessed), "GB18030"); /* before any row */
    assert_true(guessed);
    assert_string_equal(vip_reader_name(reader), path);
    assert_int_equal(read_all(reader, &rows, &diag), 0);
    assert_int_equal(rows, lines_in(&text) - 1);
    vip_reader_close(reader);
    remove(path);
    vip_buffer_free(&text);
}

static void a_file_that_is_neither_gives_no_row(void **state)
{
    (void)state;
    struct vip_buffer text = {0};
    struct vip_reader *reader;
    struct vip_diag diag;
    vip_buffer_text(&text, "a,b\n王,1\n");
    add_rows(&text, 1 << 20);
    size_t line = lines_in(&text) + 1;
    vip_buffer_text(&text, "Andr\xE9,1\n");
    char *path = write_file(text.data, text.size);
    assert_int_equal(vip_reader_open(&reader, path, NULL, &diag), VIP_EINPUT);
    assert_null(reader);
    assert_int_equal(diag.line, line);
    assert_string_equal(diag.file, path);
    assert_non_null(strstr(diag.text, "--input-encoding"));
    remove(path);
    vip_buffer_free(&text);
}

static void files_that_cannot_be_opened(void **state)
{
    (void)state;
    struct vip_reader *reader;
    struct vip_diag diag;
    assert_int_equal(vip_reader_open(&reader, "/tmp", NULL, &diag), VIP_EIO);
    assert_null(reader);
    assert_string_equal(diag.file, "/tmp");
    assert_string_equal(diag.text, "is a directory: name the files in it");
    assert_int_equal(vip_reader_open(&reader, "/nowhere/at all", NULL, &diag), VIP_EIO);
    assert_string_equal(diag.text, "cannot open: No such file or directory");
    char *path = write_file("", 0);
    assert_int_equal(vip_reader_open(&reader, path, NULL, &diag), VIP_EINPUT);
    assert_string_equal(diag.text, "is empty: expected a line of column names");
    remove(path);
}

static long read_nothing(void *context, char *to, size_t size)
{
    (void)context;
    (void)to;
    (void)size;
    return -1;
}

static void a_source_that_fails(void **state)
{
    (void)state;
    struct vip_reader *reader;
    struct vip_diag diag;
    assert_int_equal(vip_reader_open_function(&reader, "the file", read_nothing, NULL, NULL, &diag),
                     VIP_EIO);
    assert_non_null(strstr(diag.text, "cannot read"));
    assert_string_equal(diag.file, "the file");
}

/* ---- limits ---- */

/* Gives head, then filler without end. */
struct endless {
    const char *head;
    char filler;
    size_t given;
};

static long read_endless(void *context, char *to, size_t size)
{
    struct endless *endless = context;
    size_t head = strlen(endless->head);
    if (head > 0) {
        memcpy(to, endless->head, head);
        endless->head = "";
        return (long)head;
    }
    memset(to, endless->filler, size);
    endless->given += size;
    return (long)size;
}

static void check_endless(const char *head, char filler, size_t line, const char *says)
{
    struct endless endless = {head, filler, 0};
    struct vip_reader *reader;
    struct vip_diag diag;
    size_t rows;
    assert_int_equal(
        vip_reader_open_function(&reader, "the file", read_endless, &endless, NULL, &diag), 0);
    assert_int_equal(read_all(reader, &rows, &diag), VIP_EINPUT);
    assert_int_equal(diag.line, line);
    assert_non_null(strstr(diag.text, says));
    assert_true(endless.given < 64 << 20);
    vip_reader_close(reader);
}

static void memory_does_not_follow_a_broken_file(void **state)
{
    (void)state;
    check_endless("a,b\n1,2\n", 'x', 3, "is longer than 32 MiB");
    check_endless("a,b\n1,2\n1,\"", '\n', 3, "is a quote never closed?");
    check_endless("a,b\n1,2\n1,\"", 'x', 3, "is longer than 32 MiB");
}

static void long_cells(void **state)
{
    (void)state;
    static const size_t sizes[] = {1 << 20, 16 << 20, (16 << 20) + 1};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        for (int quoted = 0; quoted < 2; quoted++) {
            struct vip_buffer text = {0};
            struct source source;
            struct vip_diag diag;
            struct vip_row row;
            vip_buffer_text(&text, quoted ? "a,b\n\"" : "a,b\n");
            assert_int_equal(vip_buffer_reserve(&text, sizes[i] + 8), 0);
            memset(text.data + text.size, 'x', sizes[i]);
            text.size += sizes[i];
            vip_buffer_text(&text, quoted ? "\",1\n" : ",1\n");
            struct vip_reader *reader = open_pipe(&source, &text);
            int got = vip_reader_next(reader, &row, &diag);
            if (sizes[i] > 16 << 20) {
                assert_int_equal(got, VIP_EINPUT);
                assert_int_equal(diag.line, 2);
                assert_non_null(strstr(diag.text, "cell 1 is longer than 16 MiB"));
            } else {
                assert_int_equal(got, 1);
                assert_int_equal(strlen(row.cells[0]), sizes[i]);
                assert_string_equal(row.cells[1], "1");
            }
            vip_reader_close(reader);
            vip_buffer_free(&text);
        }
}

static void too_many_cells(void **state)
{
    (void)state;
    for (int quoted = 0; quoted < 2; quoted++) {
        struct vip_buffer text = {0};
        struct source source;
        struct vip_diag diag;
        struct vip_row row;
        vip_buffer_text(&text, quoted ? "a,b\n\"x\"" : "a,b\nx");
        for (int i = 0; i < 16 << 10; i++)
            vip_buffer_byte(&text, ',');
        vip_buffer_byte(&text, '\n');
        struct vip_reader *reader = open_pipe(&source, &text);
        assert_int_equal(vip_reader_next(reader, &row, &diag), VIP_EINPUT);
        assert_string_equal(diag.text, "has more than 16384 cells");
        assert_int_equal(diag.line, 2);
        vip_reader_close(reader);
        vip_buffer_free(&text);
    }
}

/* ---- what is asked of a reader ---- */

static void columns_can_be_asked_for(void **state)
{
    struct vip_names *names = *state;
    const char *input = "姓名, 血型 ,card no\n";
    struct source source = {input, strlen(input), 0, 0, 100};
    struct vip_reader_options options = {.names = names};
    struct vip_reader *reader;
    struct vip_diag diag;
    assert_int_equal(
        vip_reader_open_function(&reader, "the file", read_source, &source, &options, &diag), 0);
    assert_int_equal(vip_reader_column_count(reader), 3);
    assert_string_equal(vip_reader_header(reader, 1), " 血型 ");
    assert_string_equal(vip_reader_column(reader, 1), "血型");
    assert_true(vip_reader_column_known(reader, 0));
    assert_false(vip_reader_column_known(reader, 1));
    assert_int_equal(vip_reader_find(reader, "card"), 2);
    assert_int_equal(vip_reader_find(reader, "phone"), -1);
    assert_string_equal(vip_reader_name(reader), "the file");
    vip_reader_close(reader);
}

static void a_sheet_is_read_whole(void **state)
{
    (void)state;
    struct vip_arena arena = {0};
    struct vip_sheet sheet;
    struct vip_diag diag;
    const char *input = "tier,rank\ngold,1\n\n\"a\nb\",2\n";
    char *path = write_file(input, strlen(input));
    assert_int_equal(vip_sheet_read(&sheet, path, "tiers.csv", NULL, &arena, &diag), 0);
    assert_string_equal(sheet.name, "tiers.csv");
    assert_string_equal(sheet.path, path);
    assert_int_equal(sheet.row_count, 2);
    assert_int_equal(sheet.column_count, 2);
    assert_string_equal(vip_sheet_cell(&sheet, 1, "tier"), "a\nb");
    assert_string_equal(vip_sheet_cell(&sheet, 1, "rank"), "2");
    assert_int_equal(sheet.lines[1], 4);
    write_file("tier,rank\ngold\n", 15);
    assert_int_equal(vip_sheet_read(&sheet, path, "tiers.csv", NULL, &arena, &diag), VIP_EINPUT);
    assert_int_equal(diag.code, VIP_EINPUT);
    assert_int_equal(diag.line, 2);
    write_file("tier,rank\n", 10);
    assert_int_equal(vip_sheet_read(&sheet, path, "tiers.csv", NULL, &arena, &diag), 0);
    assert_int_equal(sheet.row_count, 0);
    remove(path);
    vip_arena_free(&arena);
}

/* ---- cells that libcsv splits and cells that we split are the same ---- */

static uint64_t seed = 20261121;

static unsigned next_random(unsigned below)
{
    seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407;
    return (unsigned)(seed >> 33) % below;
}

static void plain_and_quoted_lines_are_split_alike(void **state)
{
    (void)state;
    static const char *const bits[] = {"a", " ", ",", "\t", "王", "\\", ";", "=", "0"};
    for (int round = 0; round < 2000; round++) {
        struct vip_buffer plain = {0};
        struct vip_buffer quoted = {0};
        vip_buffer_text(&plain, "h,i\n");
        vip_buffer_text(&quoted, "h,i\n\"");
        for (unsigned n = next_random(12); n > 0; n--) {
            const char *bit = bits[next_random(sizeof bits / sizeof *bits)];
            vip_buffer_text(&plain, bit);
            vip_buffer_text(&quoted, strcmp(bit, ",") == 0 ? "\",\"" : bit);
        }
        vip_buffer_text(&plain, "z\n");
        vip_buffer_text(&quoted, "z\"\n");
        /* A guard may come off the quoted one: keep it out of this comparison. */
        if (!strstr(quoted.data, "\"\t")) {
            char *a = replay((struct source){plain.data, plain.size, 0, 0, 4096}, NULL);
            char *b = replay((struct source){quoted.data, quoted.size, 0, 0, 4096}, NULL);
            assert_string_equal(a, b);
            free(a);
            free(b);
        }
        vip_buffer_free(&plain);
        vip_buffer_free(&quoted);
    }
}

static int open_names(void **state)
{
    struct vip_diag diag;
    struct vip_names *names;
    if (vip_names_open(&names, NULL, &diag) < 0)
        return -1;
    *state = names;
    return 0;
}

static int close_names(void **state)
{
    vip_names_close(*state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(csv_in_all_its_shapes),
        cmocka_unit_test(the_header_tells_the_shape),
        cmocka_unit_test(errors_name_their_line),
        cmocka_unit_test(the_guard_comes_off),
        cmocka_unit_test(columns_have_names_in_both_languages),
        cmocka_unit_test(encodings_are_told_apart),
        cmocka_unit_test(bytes_that_do_not_fit_are_refused),
        cmocka_unit_test(files_of_one_byte),
        cmocka_unit_test(a_pipe_is_judged_by_its_first_mebibyte_beyond_ascii),
        cmocka_unit_test(a_pipe_keeps_its_encoding),
        cmocka_unit_test(the_mebibyte_may_end_within_a_character),
        cmocka_unit_test(a_file_is_looked_at_whole),
        cmocka_unit_test(a_file_that_is_neither_gives_no_row),
        cmocka_unit_test(files_that_cannot_be_opened),
        cmocka_unit_test(a_source_that_fails),
        cmocka_unit_test(memory_does_not_follow_a_broken_file),
        cmocka_unit_test(long_cells),
        cmocka_unit_test(too_many_cells),
        cmocka_unit_test(columns_can_be_asked_for),
        cmocka_unit_test(a_sheet_is_read_whole),
        cmocka_unit_test(plain_and_quoted_lines_are_split_alike),
    };
    return cmocka_run_group_tests_name("reader", tests, open_names, close_names);
}
