/* Messages: placeholders, and figures as people read them. */
#include "lib/rules/message.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct vip_arena arena;

static int teardown(void **state)
{
    (void)state;
    vip_arena_free(&arena);
    return 0;
}

static void assert_message(const char *text, bool one_line, const char *expected)
{
    static const struct vip_message_value values[] = {
        {"name", "王芳"}, {"points", "120"}, {"shop", "{name}"}, {"store", NULL}};

    assert_string_equal(vip_message_render(text, values, 4, one_line, &arena), expected);
}

static void placeholders(void **state)
{
    (void)state;
    assert_message("", false, "");
    assert_message("您好", false, "您好");
    assert_message("{name}，您有{points}分", false, "王芳，您有120分");
    assert_message("{name}{name}", false, "王芳王芳");
    assert_message("[{store}]", false, "[]");
    assert_message("[{unheard-of}]", false, "[]");
}

static void values_are_not_searched(void **state)
{
    (void)state;
    assert_message("{shop}", false, "{name}");
}

static void braces_that_open_nothing(void **state)
{
    (void)state;
    assert_message("a { b", false, "a { b");
    assert_message("{na{name}", false, "{na王芳");
    assert_message("{", false, "{");
    assert_message("}", false, "}");
}

static void lines(void **state)
{
    (void)state;
    assert_message("a\nb\n\n", false, "a\nb");
    assert_message("a\r\nb\n", true, "a  b");
    assert_message("\n \n", true, "");
}

static void days(void **state)
{
    (void)state;
    vip_day day = vip_day_from_civil(2026, 1, 5);

    assert_string_equal(vip_message_day(day, "zh", &arena), "2026年1月5日");
    assert_string_equal(vip_message_day(day, "en", &arena), "2026-01-05");
    assert_string_equal(vip_message_day(VIP_DAY_NONE, "zh", &arena), "");
}

static void birthdays(void **state)
{
    static const struct {
        const char *text, *zh, *en;
    } cases[] = {
        {"1980-11-21", "11月21日", "11-21"},
        {"02-29", "2月29日", "02-29"},
        {"L08-15", "农历八月十五", "lunar 08-15"},
        {"L01-01", "农历正月初一", "lunar 01-01"},
        {"L12-30", "农历腊月三十", "lunar 12-30"},
        {"L11-10", "农历十一月初十", "lunar 11-10"},
        {"L10-20", "农历十月二十", "lunar 10-20"},
        {"L05-29", "农历五月廿九", "lunar 05-29"},
        {"农历闰四月初三", "农历闰四月初三", "lunar 04-03"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct vip_birthday birthday;
        const char *why;
        assert_int_equal(vip_birthday_parse(cases[i].text, &birthday, &why), 0);
        assert_string_equal(vip_message_birthday(&birthday, "zh", &arena), cases[i].zh);
        assert_string_equal(vip_message_birthday(&birthday, "en", &arena), cases[i].en);
    }
    struct vip_birthday none = {0};
    assert_string_equal(vip_message_birthday(&none, "zh", &arena), "");
}

static void yuan(void **state)
{
    (void)state;
    assert_string_equal(vip_message_yuan(20000, &arena), "200");
    assert_string_equal(vip_message_yuan(19950, &arena), "199.50");
    assert_string_equal(vip_message_yuan(0, &arena), "0");
    assert_string_equal(vip_message_yuan(-5, &arena), "-0.05");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(placeholders),
        cmocka_unit_test(values_are_not_searched),
        cmocka_unit_test(braces_that_open_nothing),
        cmocka_unit_test(lines),
        cmocka_unit_test(days),
        cmocka_unit_test(birthdays),
        cmocka_unit_test(yuan),
    };
    return cmocka_run_group_tests(tests, NULL, teardown);
}
