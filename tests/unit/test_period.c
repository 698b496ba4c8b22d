/* Periods: what is understood, to the day, and what is refused. */
#include "lib/rules/period.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* A Wednesday. */
static vip_day today(void)
{
    return vip_day_from_civil(2026, 2, 25);
}

static void assert_period(const char *text, const char *expected)
{
    struct vip_period period;
    struct vip_diag diag = {0};
    char got[VIP_PERIOD_TEXT];

    if (vip_period_parse(text, today(), &period, &diag))
        fail_msg("'%s' was refused: %s", text, diag.text);
    assert_string_equal(vip_period_format(&period, got), expected);
}

static void assert_refused(const char *text, const char *part)
{
    struct vip_period period;
    struct vip_diag diag = {0};

    assert_int_equal(vip_period_parse(text, today(), &period, &diag), VIP_EUSAGE);
    if (!strstr(diag.text, part))
        fail_msg("'%s': the message '%s' lacks '%s'", text, diag.text, part);
}

static void calendar_periods(void **state)
{
    (void)state;
    assert_period("2026", "2026-01-01..2026-12-31");
    assert_period("2026年", "2026-01-01..2026-12-31");
    assert_period("2026-11", "2026-11-01..2026-11-30");
    assert_period("2026/2", "2026-02-01..2026-02-28");
    assert_period("2024-02", "2024-02-01..2024-02-29");
    assert_period("2026年11月", "2026-11-01..2026-11-30");
    assert_period("2026Q3", "2026-07-01..2026-09-30");
    assert_period("2026-q4", "2026-10-01..2026-12-31");
    assert_period("2026H1", "2026-01-01..2026-06-30");
    assert_period("2026-11-21", "2026-11-21..2026-11-21");
    assert_period("20261121", "2026-11-21..2026-11-21");
    assert_period("２０２６－１１", "2026-11-01..2026-11-30");
}

static void words(void **state)
{
    (void)state;
    assert_period("today", "2026-02-25..2026-02-25");
    assert_period("yesterday", "2026-02-24..2026-02-24");
    assert_period("this-week", "2026-02-23..2026-03-01");
    assert_period("next-week", "2026-03-02..2026-03-08");
    assert_period("last-week", "2026-02-16..2026-02-22");
    assert_period("this-month", "2026-02-01..2026-02-28");
    assert_period("Last-Month", "2026-01-01..2026-01-31");
    assert_period("last-quarter", "2025-10-01..2025-12-31");
    assert_period("this-half", "2026-01-01..2026-06-30");
    assert_period("last-half", "2025-07-01..2025-12-31");
    assert_period("last-year", "2025-01-01..2025-12-31");
}

static void ranges(void **state)
{
    (void)state;
    assert_period("2026-01..2026-03", "2026-01-01..2026-03-31");
    assert_period("2026-01-15..today", "2026-01-15..2026-02-25");
    assert_period("2025Q4..2026", "2025-10-01..2026-12-31");
    assert_period("2026-01..", "2026-01-01..");
    assert_period("..yesterday", "..2026-02-24");
    assert_period("today..today", "2026-02-25..2026-02-25");
}

static void nonsense(void **state)
{
    (void)state;
    static const char *const texts[] = {"",           "..",
                                        "2026-13",    "2026-00",
                                        "2026Q5",     "2026Q0",
                                        "2026H3",     "26-11",
                                        "202611",     "1899",
                                        "2200",       "next-moon",
                                        "last-",      "last-day",
                                        "2026-11-",   "2026-11x",
                                        "november",   "2026..2026..2026",
                                        "2026...",    "-2026",
                                        "2026年13月", "2026年1",
                                        "2026Q",      "2026-Q12",
                                        "1e3",        "2026-11-21 10:30"};

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        assert_refused(texts[i], "is not a period");
    assert_refused("2026-02-30", "does not exist");
    assert_refused("2026-03..2026-02", "ends before it begins");
    assert_refused("this-month..2026-02-30", "does not exist");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(calendar_periods),
        cmocka_unit_test(words),
        cmocka_unit_test(ranges),
        cmocka_unit_test(nonsense),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
