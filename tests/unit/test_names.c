/* Header names: the built-in table, and what a user adds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lib/base/embedded.h"
#include "lib/base/text.h"
#include "lib/table/names.h"
#include "lib/table/reader.h"
#include <stdio.h>
#include <string.h>
#include <unistd.h>

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

static void both_languages_and_aliases(void **state)
{
    static const struct {
        const char *header, *column;
    } cases[] = {
        {"member", "member"},     {"会员号", "member"},      {"姓名", "name"},
        {" 姓　名 ", "name"},     {"*姓名：", "name"},       {"手机", "phone"},
        {"手机号", "phone"},      {"电话", "phone"},         {"出生日期", "birthday"},
        {"身份证号", "id_no"},    {"ID No.", "id_no"},       {"住址", "address"},
        {"邮箱", "email"},        {"E-Mail", "email"},       {"专柜", "store"},
        {"门店", "store"},        {"VIP顾问", "consultant"}, {"ｖｉｐ顾问", "consultant"},
        {"开卡日期", "enrolled"}, {"小票", "receipt"},       {"RECEIPT-NO", "receipt"},
        {"销售日期", "date"},     {"实收金额", "amount"},    {"金额（元）", "amount"},
        {"件数", "quantity"},     {"吊牌价", "list_price"},  {"list price", "list_price"},
        {"营业员", "seller"},     {"支付方式", "pay"},       {"经办人", "by"},
        {"复核人", "witness"},    {"等级", "tier"},          {"积分", "points"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *column = vip_names_canonical(*state, cases[i].header);
        if (!column || strcmp(column, cases[i].column) != 0)
            fail_msg("%s is %s, not %s", cases[i].header, column ? column : "not known",
                     cases[i].column);
    }
    assert_null(vip_names_canonical(*state, "血型"));
    assert_null(vip_names_canonical(*state, ""));
    assert_null(vip_names_canonical(*state, " * "));
}

static void titles(void **state)
{
    assert_string_equal(vip_names_title(*state, "phone", "zh"), "手机号");
    assert_string_equal(vip_names_title(*state, "phone", "en"), "phone");
    assert_string_equal(vip_names_title(*state, "phone", NULL), "phone");
    assert_string_equal(vip_names_title(*state, "blood", "zh"), "blood");
    assert_string_equal(vip_names_title(NULL, "phone", "zh"), "phone");
}

/* What needs no table is answered without it, and with it in the same way. */
static void a_columns_own_name_is_known_at_once(void **state)
{
    struct vip_names *fresh;
    struct vip_diag diag;
    (void)state;
    assert_int_equal(vip_names_open(&fresh, NULL, &diag), 0);
    assert_string_equal(vip_names_canonical(fresh, "member"), "member");
    assert_null(vip_names_canonical(fresh, "membe"));
    assert_null(vip_names_canonical(fresh, "member,member"));
    assert_string_equal(vip_names_canonical(fresh, "member"), "member");
    assert_string_equal(vip_names_canonical(fresh, "Member No"), "member");
    vip_names_close(fresh);
}

struct memory {
    const char *data;
    size_t left;
};

static long read_memory(void *context, char *to, size_t size)
{
    struct memory *memory = context;
    if (size > memory->left)
        size = memory->left;
    memcpy(to, memory->data, size);
    memory->data += size;
    memory->left -= size;
    return (long)size;
}

static struct vip_reader *open_table(struct memory *memory)
{
    const struct vip_embedded *file = vip_embedded_find("headers.csv");
    struct vip_reader *reader;
    struct vip_diag diag;
    assert_non_null(file);
    *memory = (struct memory){file->data, (size_t)(file->end - file->data) - 1};
    assert_int_equal(
        vip_reader_open_function(&reader, "headers.csv", read_memory, memory, NULL, &diag), 0);
    return reader;
}

static void check_leads_to(const struct vip_names *names, const char *header, const char *column)
{
    const char *found = vip_names_canonical(names, header);
    if (!found || strcmp(found, column) != 0)
        fail_msg("'%s' of %s leads to %s", header, column, found ? found : "nothing");
}

/* No name of the table stands for two columns, and English output is what scripts depend on. */
static void every_name_leads_to_its_column(void **state)
{
    struct memory memory;
    struct vip_reader *reader = open_table(&memory);
    struct vip_diag diag;
    struct vip_row row;
    size_t rows = 0;
    int got;
    for (; (got = vip_reader_next(reader, &row, &diag)) == 1; rows++) {
        const char *rest = row.cells[3];
        const char *part;
        size_t size;
        assert_string_equal(row.cells[1], row.cells[0]);
        check_leads_to(*state, row.cells[0], row.cells[0]);
        check_leads_to(*state, row.cells[2], row.cells[0]);
        while (vip_text_split(&rest, '|', &part, &size)) {
            char alias[128];
            snprintf(alias, sizeof alias, "%.*s", (int)size, part);
            check_leads_to(*state, alias, row.cells[0]);
        }
    }
    assert_int_equal(got, 0);
    assert_true(rows > 100);
    vip_reader_close(reader);
}

/* ---- a user's own file ---- */

static const char *write_extra(const char *text)
{
    static char path[64];
    snprintf(path, sizeof path, "/tmp/vip-test-names-%ld", (long)getpid());
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
    return path;
}

static void a_file_adds_to_the_table(void **state)
{
    (void)state;
    struct vip_diag diag;
    struct vip_names *names;
    const char *path = write_extra("column,zh,aliases\n"
                                   "blood,血型,ABO|blood group\n"
                                   "phone,联络号码,座机\n"
                                   "member,,姓名代码|电话\n");
    assert_int_equal(vip_names_open(&names, path, &diag), 0);
    remove(path);
    assert_string_equal(vip_names_canonical(names, "Blood Group"), "blood");
    assert_string_equal(vip_names_canonical(names, "血型"), "blood");
    assert_string_equal(vip_names_title(names, "blood", "zh"), "血型");
    assert_string_equal(vip_names_title(names, "blood", "en"), "blood");
    assert_string_equal(vip_names_canonical(names, "座机"), "phone");
    assert_string_equal(vip_names_canonical(names, "手机号"), "phone"); /* still */
    assert_string_equal(vip_names_title(names, "phone", "zh"), "联络号码");
    assert_string_equal(vip_names_title(names, "member", "zh"), "会员号");
    assert_string_equal(vip_names_canonical(names, "电话"), "member"); /* the user's word counts */
    vip_names_close(names);
}

static void check_refused(const char *text, int code, size_t line, const char *says)
{
    struct vip_diag diag;
    struct vip_names *names;
    const char *path = write_extra(text);
    assert_int_equal(vip_names_open(&names, path, &diag), code);
    assert_null(names);
    assert_string_equal(diag.file, path);
    assert_int_equal(diag.line, line);
    assert_int_equal(diag.code, code);
    assert_non_null(strstr(diag.text, says));
    remove(path);
}

static void a_file_that_is_wrong_is_refused(void **state)
{
    (void)state;
    check_refused("name,zh\nx,y\n", VIP_EINPUT, 1, "expected the columns");
    check_refused("column,zh\nx,y\n,z\n", VIP_EINPUT, 3, "is empty");
    check_refused("column,zh\nx,y,z\n", VIP_EINPUT, 2, "has 3 cells, expected 2");
    check_refused("", VIP_EINPUT, 0, "is empty");
    struct vip_diag diag;
    struct vip_names *names;
    assert_int_equal(vip_names_open(&names, "/nowhere/headers.csv", &diag), VIP_EIO);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_languages_and_aliases),
        cmocka_unit_test(titles),
        cmocka_unit_test(a_columns_own_name_is_known_at_once),
        cmocka_unit_test(every_name_leads_to_its_column),
        cmocka_unit_test(a_file_adds_to_the_table),
        cmocka_unit_test(a_file_that_is_wrong_is_refused),
    };
    return cmocka_run_group_tests_name("names", tests, open_names, close_names);
}
