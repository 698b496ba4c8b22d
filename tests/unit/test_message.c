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

/* A text of `count` times `unit`. */
static const char *times(const char *unit, int count)
{
    const char *text = "";

    while (count--)
        text = vip_arena_format(&arena, "%s%s", text, unit);
    return text;
}

static void assert_parts(const char *text, int expected)
{
    assert_int_equal(vip_message_parts(text), expected);
}

/* 70 and 67 characters where one is not of the 7-bit alphabet, 160 and 153 else. */
static void parts(void **state)
{
    (void)state;
    assert_parts("", 0);
    assert_parts("a", 1);
    assert_parts(times("a", 160), 1);
    assert_parts(times("a", 161), 2);
    assert_parts(times("a", 306), 2);
    assert_parts(times("a", 307), 3);
    assert_parts(times("王", 70), 1);
    assert_parts(times("王", 71), 2);
    assert_parts(times("王", 134), 2);
    assert_parts(times("王", 135), 3);
    assert_parts(vip_arena_format(&arena, "%s王", times("a", 69)), 1);
    assert_parts(vip_arena_format(&arena, "%s王", times("a", 70)), 2);
}

static void parts_of_wide_characters(void **state)
{
    (void)state;
    assert_parts(times("é", 160), 1); /* in the alphabet */
    assert_parts(times("ê", 71), 2);  /* not in it */
    assert_parts(times("`", 71), 2);
    assert_parts(times("€", 80), 1); /* two of the alphabet each */
    assert_parts(times("€", 81), 2);
    assert_parts(times("€", 152), 2);
    assert_parts(times("€", 153), 3); /* none is cut: 76 in a part */
    assert_parts(times("😀", 35), 1);  /* two units each */
    assert_parts(times("😀", 36), 2);
    assert_parts(times("😀", 67), 3);
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
        cmocka_unit_test(parts),
        cmocka_unit_test(parts_of_wide_characters),
    };
    return cmocka_run_group_tests(tests, NULL, teardown);
}
