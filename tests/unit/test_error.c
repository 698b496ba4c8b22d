/* Errors: what is kept, what is replaced, how long texts are cut, how a place is printed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lib/base/error.h"
#include "lib/base/text.h"
#include <errno.h>
#include <string.h>

static void fail_keeps_the_place(void **state)
{
    (void)state;
    struct vip_diag diag = {0};
    vip_diag_place(&diag, "pos.csv", 12, "amount");
    assert_int_equal(vip_fail(&diag, VIP_EINPUT, "'%s' has %d", "x", 3), VIP_EINPUT);
    assert_int_equal(diag.code, VIP_EINPUT);
    assert_string_equal(diag.text, "'x' has 3");
    assert_string_equal(diag.file, "pos.csv");
    assert_int_equal(diag.line, 12);
    assert_string_equal(diag.column, "amount");
    assert_string_equal(diag.reason, "");
}

static void refuse_names_reason_and_column(void **state)
{
    (void)state;
    struct vip_diag diag = {0};
    assert_int_equal(vip_refuse(&diag, "too-few-points", "points", "has %d", 5), VIP_EREFUSED);
    assert_string_equal(diag.reason, "too-few-points");
    assert_string_equal(diag.column, "points");
    assert_int_equal(vip_refuse(&diag, "limit", NULL, "again"), VIP_EREFUSED);
    assert_string_equal(diag.reason, "limit");
    assert_string_equal(diag.column, "");
    vip_fail(&diag, VIP_EIO, "later");
    assert_string_equal(diag.reason, "");
}

static void errno_is_appended_even_to_a_long_text(void **state)
{
    (void)state;
    char name[600];
    struct vip_diag diag = {0};
    assert_int_equal(vip_fail_errno(&diag, ENOENT, "cannot open %s", "a.csv"), VIP_EIO);
    assert_string_equal(diag.text, "cannot open a.csv: No such file or directory");
    memset(name, 'n', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    vip_fail_errno(&diag, ENOENT, "%s", name);
    assert_int_equal(strlen(diag.text), sizeof diag.text - 1);
    assert_non_null(strstr(diag.text, "nn: No such file or directory"));
}

static void a_cut_text_stays_whole_utf8(void **state)
{
    (void)state;
    static const char *const fillers[] = {"额", "é", "😀"};
    for (size_t f = 0; f < 3; f++) {
        for (size_t shift = 0; shift < 4; shift++) {
            char text[2000] = "";
            struct vip_diag diag = {0};
            memset(text, 'x', shift);
            while (strlen(text) < 1900)
                strcat(text, fillers[f]);
            vip_fail(&diag, VIP_EINPUT, "%s", text);
            size_t size = strlen(diag.text);
            assert_int_equal(vip_utf8_valid(diag.text, size), size);
            assert_true(size > sizeof diag.text - 5);
            vip_diag_place(&diag, text, 0, text);
            assert_int_equal(vip_utf8_valid(diag.file, strlen(diag.file)), strlen(diag.file));
            assert_int_equal(vip_utf8_valid(diag.column, strlen(diag.column)), strlen(diag.column));
            assert_true(strlen(diag.file) > sizeof diag.file - 5);
        }
    }
}

static void arguments_may_come_from_the_diag(void **state)
{
    (void)state;
    struct vip_diag diag = {0};
    vip_fail(&diag, VIP_EINPUT, "first");
    vip_fail(&diag, VIP_EINPUT, "second after %s", diag.text);
    assert_string_equal(diag.text, "second after first");
}

static void place_keeps_what_is_not_given(void **state)
{
    (void)state;
    struct vip_diag diag = {0};
    vip_diag_place(&diag, "a.csv", 3, "name");
    vip_diag_place(&diag, NULL, 4, NULL);
    assert_string_equal(diag.file, "a.csv");
    assert_int_equal(diag.line, 4);
    vip_diag_place(&diag, "b.csv", 0, "phone");
    assert_int_equal(diag.line, 4);
    assert_string_equal(diag.column, "phone");
    vip_diag_clear(&diag);
    assert_int_equal(diag.line, 0);
    assert_string_equal(diag.file, "");
    assert_int_equal(diag.code, VIP_OK);
}

static void format_leaves_out_what_is_empty(void **state)
{
    (void)state;
    static const struct {
        const char *file;
        size_t line;
        const char *column;
        const char *want;
    } cases[] = {
        {"pos.csv", 12, "amount", "pos.csv:12: amount: bad"},
        {"pos.csv", 12, "", "pos.csv:12: bad"},
        {"pos.csv", 0, "", "pos.csv: bad"},
        {"pos.csv", 0, "amount", "pos.csv: amount: bad"},
        {"", 0, "amount", "amount: bad"},
        {"", 0, "", "bad"},
        {"", 7, "", "7: bad"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char to[100];
        struct vip_diag diag = {0};
        vip_fail(&diag, VIP_EINPUT, "bad");
        vip_diag_place(&diag, cases[i].file, cases[i].line, cases[i].column);
        assert_string_equal(vip_diag_format(&diag, to, sizeof to), cases[i].want);
    }
}

static void format_is_cut_at_size(void **state)
{
    (void)state;
    char to[8];
    struct vip_diag diag = {0};
    vip_fail(&diag, VIP_EINPUT, "金额错误");
    assert_string_equal(vip_diag_format(&diag, to, sizeof to), "金额");
}

static void memory_has_its_own_code(void **state)
{
    (void)state;
    struct vip_diag diag = {0};
    assert_int_equal(vip_fail_memory(&diag), VIP_EMEMORY);
    assert_int_equal(diag.code, VIP_EMEMORY);
    assert_string_equal(diag.text, "out of memory");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fail_keeps_the_place),
        cmocka_unit_test(refuse_names_reason_and_column),
        cmocka_unit_test(errno_is_appended_even_to_a_long_text),
        cmocka_unit_test(a_cut_text_stays_whole_utf8),
        cmocka_unit_test(arguments_may_come_from_the_diag),
        cmocka_unit_test(place_keeps_what_is_not_given),
        cmocka_unit_test(format_leaves_out_what_is_empty),
        cmocka_unit_test(format_is_cut_at_size),
        cmocka_unit_test(memory_has_its_own_code),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
