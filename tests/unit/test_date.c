/* Dates: the arithmetic against a calendar that is counted day by day, month ends, every way to
 * write a date, spans, and birthdays. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lib/base/date.h"
#include "lib/base/error.h"
#include "lib/base/lunar.h"
#include <stdio.h>
#include <string.h>

/* ---- arithmetic -------------------------------------------------------------------------- */

/* Counts from 1 January 1900, a Monday, 25,567 days before 1970, by the rules one learns at
 * school. */
static void days_agree_with_a_counted_calendar(void **state)
{
    (void)state;
    static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    vip_day day = -25567;
    int weekday = 1;
    for (int year = 1900; year <= 2200; year++) {
        bool leap = (year % 4 == 0 && year % 100 != 0) || year == 2000;
        for (int month = 1; month <= 12; month++) {
            int length = lengths[month - 1] + (month == 2 && leap);
            assert_int_equal(vip_month_length(year, month), length);
            assert_false(vip_civil_exists(year, month, length + 1));
            for (int i = 1; i <= length; i++, day++, weekday = weekday % 7 + 1) {
                struct vip_civil civil = vip_day_civil(day);
                assert_int_equal(vip_day_from_civil(year, month, i), day);
                assert_int_equal(civil.year, year);
                assert_int_equal(civil.month, month);
                assert_int_equal(civil.day, i);
                assert_int_equal(vip_day_weekday(day), weekday);
                assert_true(vip_civil_exists(year, month, i));
            }
        }
    }
}

static void the_far_ends_come_back(void **state)
{
    (void)state;
    static const struct vip_civil ends[] = {{1, 1, 1}, {1600, 2, 29}, {9999, 12, 31}};
    for (size_t i = 0; i < 3; i++) {
        struct vip_civil back =
            vip_day_civil(vip_day_from_civil(ends[i].year, ends[i].month, ends[i].day));
        assert_int_equal(back.year, ends[i].year);
        assert_int_equal(back.month, ends[i].month);
        assert_int_equal(back.day, ends[i].day);
    }
    assert_int_equal(vip_day_from_civil(1970, 1, 1), 0);
    assert_int_equal(vip_day_from_civil(1, 1, 1), -719162);
    assert_false(vip_civil_exists(0, 1, 1));
    assert_false(vip_civil_exists(10000, 1, 1));
    assert_false(vip_civil_exists(2026, 13, 1));
    assert_false(vip_civil_exists(2026, 0, 1));
    assert_false(vip_civil_exists(2026, 1, 0));
    assert_int_equal(vip_day_weekday(vip_day_from_civil(1, 1, 1)), 1);
}

static void months_end_at_the_last_day(void **state)
{
    (void)state;
    static const struct {
        struct vip_civil from;
        int months;
        struct vip_civil to;
    } cases[] = {
        {{2026, 8, 31}, 6, {2027, 2, 28}},    {{2027, 8, 31}, 6, {2028, 2, 29}},
        {{2024, 3, 10}, 24, {2026, 3, 10}},   {{2024, 2, 29}, 12, {2025, 2, 28}},
        {{2024, 2, 29}, 48, {2028, 2, 29}},   {{2026, 1, 31}, 1, {2026, 2, 28}},
        {{2026, 3, 31}, -1, {2026, 2, 28}},   {{2026, 1, 15}, -1, {2025, 12, 15}},
        {{2026, 12, 31}, 0, {2026, 12, 31}},  {{2026, 1, 1}, -24, {2024, 1, 1}},
        {{2026, 10, 31}, 13, {2027, 11, 30}}, {{2026, 1, 31}, -13, {2024, 12, 31}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        vip_day from =
            vip_day_from_civil(cases[i].from.year, cases[i].from.month, cases[i].from.day);
        vip_day to = vip_day_from_civil(cases[i].to.year, cases[i].to.month, cases[i].to.day);
        assert_int_equal(vip_day_add_months(from, cases[i].months), to);
    }
    assert_int_equal(vip_day_add_months(VIP_DAY_NONE, 1), VIP_DAY_NONE);
    assert_int_equal(vip_day_add_months(0, INT32_MAX), VIP_DAY_NONE);
    assert_int_equal(vip_day_add_months(0, INT32_MIN), VIP_DAY_NONE);
}

/* ---- reading and writing ----------------------------------------------------------------- */

static void dates_read(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        struct vip_civil want;
        int minute;
    } cases[] = {
        {"2026-11-21", {2026, 11, 21}, -1},
        {"2026/11/21", {2026, 11, 21}, -1},
        {"2026/1/5", {2026, 1, 5}, -1},
        {"2026-1-5", {2026, 1, 5}, -1},
        {"20261121", {2026, 11, 21}, -1},
        {"2026年11月21日", {2026, 11, 21}, -1},
        {"2026年1月5日", {2026, 1, 5}, -1},
        {"２０２６－１１－２１", {2026, 11, 21}, -1},
        {"２０２６年１月５日", {2026, 1, 5}, -1},
        {" 2026-11-21 ", {2026, 11, 21}, -1},
        {"2026-11-21 10:30", {2026, 11, 21}, 630},
        {"2026-11-21 10:30:59", {2026, 11, 21}, 630},
        {"2026-11-21T10:30:59.123456", {2026, 11, 21}, 630},
        {"2026-11-21T10:30:59Z", {2026, 11, 21}, 630},
        {"2026-11-21T10:30:59+08:00", {2026, 11, 21}, 630},
        {"2026-11-21 10:30:59 +0800", {2026, 11, 21}, 630},
        {"2026-11-21T10:30-08", {2026, 11, 21}, 630},
        {"2026/1/5 0:00", {2026, 1, 5}, 0},
        {"2026/1/5  23:59:60", {2026, 1, 5}, 1439},
        {"20261121 10:30", {2026, 11, 21}, 630},
        {"2026年11月21日 10:30", {2026, 11, 21}, 630},
        {"2024-02-29", {2024, 2, 29}, -1},
        {"1900-01-01", {1900, 1, 1}, -1},
        {"2199-12-31", {2199, 12, 31}, -1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        vip_day day = 1;
        int minute = 99;
        const char *why = "";
        struct vip_civil want = cases[i].want;
        if (vip_day_parse(cases[i].text, &day, &minute, &why) != VIP_OK ||
            day != vip_day_from_civil(want.year, want.month, want.day) || minute != cases[i].minute)
            fail_msg("'%s' gives day %d minute %d %s", cases[i].text, day, minute, why);
        assert_int_equal(vip_day_parse(cases[i].text, &day, NULL, NULL), VIP_OK);
    }
}

static void dates_refuse(void **state)
{
    (void)state;
    static const char no_date[] = "is not a date (2026-11-21)";
    static const struct {
        const char *text;
        const char *why;
    } cases[] = {
        {"2026-02-30", "does not exist"},
        {"2025-02-29", "does not exist"},
        {"1900-02-29", "does not exist"},
        {"2026-13-01", "does not exist"},
        {"2026-00-10", "does not exist"},
        {"2026-01-00", "does not exist"},
        {"20260230", "does not exist"},
        {"2026年2月30日", "does not exist"},
        {"1899-12-31", "is not between 1900 and 2199"},
        {"2200-01-01", "is not between 1900 and 2199"},
        {"", no_date},
        {"2026", no_date},
        {"2026-11", no_date},
        {"2026-11/21", no_date},
        {"2026-11-211", no_date},
        {"26-11-21", no_date},
        {"21/11/2026", no_date},
        {"2026 11 21", no_date},
        {"202611210", no_date},
        {"2026-11-21x", no_date},
        {"2026-11-21T", no_date},
        {"2026-11-21 24:00", no_date},
        {"2026-11-21 10:60", no_date},
        {"2026-11-21 10", no_date},
        {"2026-11-21 10:30:5", no_date},
        {"2026-11-21 10:30:59.", no_date},
        {"2026-11-21 10:30 +08:", no_date},
        {"2026-11-21 10:30 PM", no_date},
        {"2026年11-21", no_date},
        {"-2026-11-21", no_date},
        {"yesterday", no_date},
        {"2026-11-21 10:30 and a long text that no date would ever have behind it", no_date},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        vip_day day = 1;
        const char *why = "";
        if (vip_day_parse(cases[i].text, &day, NULL, &why) != VIP_EREFUSED || day != 1 ||
            strcmp(why, cases[i].why) != 0)
            fail_msg("'%s' gives day %d '%s'", cases[i].text, day, why);
    }
}

static void dates_come_back(void **state)
{
    (void)state;
    char to[VIP_DATE_TEXT];
    char printed[VIP_DATE_TEXT + 40];
    vip_day back;
    for (vip_day day = vip_day_from_civil(1900, 1, 1); day < vip_day_from_civil(2200, 1, 1);
         day += 11) {
        struct vip_civil civil = vip_day_civil(day);
        snprintf(printed, sizeof printed, "%04d-%02d-%02d", civil.year, civil.month, civil.day);
        assert_int_equal(vip_day_format(day, to), 10);
        assert_string_equal(to, printed);
        assert_int_equal(vip_day_parse(to, &back, NULL, NULL), VIP_OK);
        assert_int_equal(back, day);
    }
    assert_int_equal(vip_day_format(VIP_DAY_NONE, to), 0);
    assert_string_equal(to, "");
    vip_day_format(vip_day_from_civil(33, 4, 3), to);
    assert_string_equal(to, "0033-04-03");
    size_t length = vip_day_format(INT32_MIN, to);
    assert_string_equal(to, "-5877641-06-23");
    assert_int_equal(length, strlen(to));
    vip_day_format(INT32_MAX - 1, to);
    assert_string_equal(to, "5881580-07-10"); /* a day before the last that 32 bits hold */
}

static void spans_read_and_refuse(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        struct vip_span want;
    } cases[] = {
        {"0d", {0, VIP_SPAN_DAYS}},      {"30d", {30, VIP_SPAN_DAYS}},
        {"2w", {14, VIP_SPAN_DAYS}},     {"24m", {24, VIP_SPAN_MONTHS}},
        {"3min", {3, VIP_SPAN_MINUTES}}, {"-1m", {-1, VIP_SPAN_MONTHS}},
        {"+3m", {3, VIP_SPAN_MONTHS}},   {"never", {0, VIP_SPAN_NEVER}},
        {" 7d ", {7, VIP_SPAN_DAYS}},    {"7d before", {-7, VIP_SPAN_DAYS}},
        {"1m前", {-1, VIP_SPAN_MONTHS}},
    };
    static const char *const wrong[] = {
        "",      "d",      "7",          "7x",        "7 d",          "d7",
        "1.5m",  "--1m",   "7D",         "12345678d", "nevermore",    "7dd",
        "24m x", "-never", "-7d before", "before",    "never before", "7dbefore"};
    struct vip_span span;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(vip_span_parse(cases[i].text, &span), VIP_OK);
        assert_int_equal(span.count, cases[i].want.count);
        assert_int_equal(span.unit, cases[i].want.unit);
    }
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_int_equal(vip_span_parse(wrong[i], &span), VIP_EREFUSED);
}

static void spans_add(void **state)
{
    (void)state;
    vip_day day = vip_day_from_civil(2026, 8, 31);
    assert_int_equal(vip_day_add_span(day, (struct vip_span){0, VIP_SPAN_NEVER}), VIP_DAY_NONE);
    assert_int_equal(vip_day_add_span(day, (struct vip_span){14, VIP_SPAN_DAYS}), day + 14);
    assert_int_equal(vip_day_add_span(day, (struct vip_span){-3, VIP_SPAN_DAYS}), day - 3);
    assert_int_equal(vip_day_add_span(day, (struct vip_span){6, VIP_SPAN_MONTHS}),
                     vip_day_from_civil(2027, 2, 28));
    assert_int_equal(vip_day_add_span(day, (struct vip_span){3, VIP_SPAN_MINUTES}), day);
    assert_int_equal(vip_day_add_span(day, (struct vip_span){1440, VIP_SPAN_MINUTES}), day + 1);
    assert_int_equal(vip_day_add_span(day, (struct vip_span){-1, VIP_SPAN_MINUTES}), day - 1);
    assert_int_equal(vip_day_add_span(VIP_DAY_NONE, (struct vip_span){1, VIP_SPAN_DAYS}),
                     VIP_DAY_NONE);
    assert_int_equal(vip_day_add_span(INT32_MAX - 1, (struct vip_span){5, VIP_SPAN_DAYS}),
                     VIP_DAY_NONE);
}

/* ---- birthdays --------------------------------------------------------------------------- */

static void birthdays_read(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        struct vip_birthday want;
        const char *formatted;
    } cases[] = {
        {"1980-11-21", {1980, 11, 21, false, false}, "1980-11-21"},
        {"1980/1/5", {1980, 1, 5, false, false}, "1980-01-05"},
        {"19801121", {1980, 11, 21, false, false}, "1980-11-21"},
        {"1980年11月21日", {1980, 11, 21, false, false}, "1980-11-21"},
        {"11-21", {0, 11, 21, false, false}, "11-21"},
        {"1/5", {0, 1, 5, false, false}, "01-05"},
        {"02-29", {0, 2, 29, false, false}, "02-29"},
        {"11月21日", {0, 11, 21, false, false}, "11-21"},
        {"１１月２１日", {0, 11, 21, false, false}, "11-21"},
        {"L08-15", {0, 8, 15, true, false}, "L08-15"},
        {"l8-15", {0, 8, 15, true, false}, "L08-15"},
        {"L1980-08-15", {1980, 8, 15, true, false}, "L1980-08-15"},
        {"L1980-+04-03", {1980, 4, 3, true, true}, "L1980-+04-03"},
        {"L+04-03", {0, 4, 3, true, true}, "L+04-03"},
        {"农历八月十五", {0, 8, 15, true, false}, "L08-15"},
        {"农历八月十五日", {0, 8, 15, true, false}, "L08-15"},
        {"农历8月15", {0, 8, 15, true, false}, "L08-15"},
        {"阴历 ８月１５日", {0, 8, 15, true, false}, "L08-15"},
        {"农历1980年八月十五", {1980, 8, 15, true, false}, "L1980-08-15"},
        {"农历一九八〇年八月十五", {1980, 8, 15, true, false}, "L1980-08-15"},
        {"農曆二零零三年臘月廿三", {2003, 12, 23, true, false}, "L2003-12-23"},
        {"农历闰四月初三", {0, 4, 3, true, true}, "L+04-03"},
        {"农历2020年闰四月初三", {2020, 4, 3, true, true}, "L2020-+04-03"},
        {"农历正月初一", {0, 1, 1, true, false}, "L01-01"},
        {"农历冬月廿九", {0, 11, 29, true, false}, "L11-29"},
        {"农历腊月三十", {0, 12, 30, true, false}, "L12-30"},
        {"农历十一月卅", {0, 11, 30, true, false}, "L11-30"},
        {"农历十二月二十", {0, 12, 20, true, false}, "L12-20"},
        {"农历十月廿", {0, 10, 20, true, false}, "L10-20"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct vip_birthday read = {0};
        const struct vip_birthday *want = &cases[i].want;
        char to[VIP_DATE_TEXT];
        const char *why = "";
        if (vip_birthday_parse(cases[i].text, &read, &why) != VIP_OK || read.year != want->year ||
            read.month != want->month || read.day != want->day || read.lunar != want->lunar ||
            read.leap != want->leap)
            fail_msg("'%s' gives %d %d %d %d %d %s", cases[i].text, read.year, read.month, read.day,
                     read.lunar, read.leap, why);
        assert_int_equal(vip_birthday_format(&read, to), strlen(cases[i].formatted));
        assert_string_equal(to, cases[i].formatted);
    }
}

static void chinese_days_of_the_month_all_read(void **state)
{
    (void)state;
    static const char *const days[] = {
        "初一", "初二", "初三", "初四", "初五", "初六", "初七", "初八", "初九", "初十",
        "十一", "十二", "十三", "十四", "十五", "十六", "十七", "十八", "十九", "二十",
        "廿一", "廿二", "廿三", "廿四", "廿五", "廿六", "廿七", "廿八", "廿九", "三十",
    };
    static const char *const months[] = {"正", "二", "三", "四", "五",   "六",
                                         "七", "八", "九", "十", "十一", "十二"};
    for (int month = 1; month <= 12; month++) {
        for (int day = 1; day <= 30; day++) {
            char text[60];
            struct vip_birthday read = {0};
            snprintf(text, sizeof text, "农历%s月%s", months[month - 1], days[day - 1]);
            assert_int_equal(vip_birthday_parse(text, &read, NULL), VIP_OK);
            assert_int_equal(read.month, month);
            assert_int_equal(read.day, day);
        }
    }
}

static void birthdays_refuse(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *why;
    } cases[] = {
        {"", "is not a birthday"},
        {"1980", "is not a birthday"},
        {"11", "is not a birthday"},
        {"八月十五", "is not a birthday"},
        {"农历", "is not a birthday"},
        {"农历八月", "is not a birthday"},
        {"农历八月十五x", "is not a birthday"},
        {"L", "is not a birthday"},
        {"L08", "is not a birthday"},
        {"L80-08-15", "is not a birthday"},
        {"11-21x", "is not a birthday"},
        {"11-211", "is not a birthday"},
        {"02-30", "does not exist"},
        {"13-01", "does not exist"},
        {"1981-02-29", "does not exist"},
        {"00-10", "does not exist"},
        {"农历八月卅一", "does not exist"},
        {"L13-01", "does not exist"},
        {"L08-31", "does not exist"},
        {"L08-00", "does not exist"},
        {"农历八月初", "is not a birthday"},
        {"L1880-08-15", "is not between"},
        {"1880-08-15", "is not between"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct vip_birthday read = {.month = 77};
        const char *why = "";
        if (vip_birthday_parse(cases[i].text, &read, &why) != VIP_EREFUSED || read.month != 77 ||
            strncmp(why, cases[i].why, strlen(cases[i].why)) != 0)
            fail_msg("'%s' gives month %d '%s'", cases[i].text, read.month, why);
    }
}

static void no_birthday_formats_empty_and_never_falls(void **state)
{
    (void)state;
    struct vip_birthday none = {0};
    char to[VIP_DATE_TEXT];
    assert_int_equal(vip_birthday_format(&none, to), 0);
    assert_string_equal(to, "");
    assert_int_equal(vip_birthday_in_year(&none, 2026), VIP_DAY_NONE);
    assert_int_equal(vip_birthday_next(&none, 0), VIP_DAY_NONE);
    none.lunar = true;
    assert_int_equal(vip_birthday_in_year(&none, 2026), VIP_DAY_NONE);
}

static void a_leap_day_is_kept_on_the_28th(void **state)
{
    (void)state;
    struct vip_birthday birthday = {1988, 2, 29, false, false};
    assert_int_equal(vip_birthday_in_year(&birthday, 2024), vip_day_from_civil(2024, 2, 29));
    assert_int_equal(vip_birthday_in_year(&birthday, 2025), vip_day_from_civil(2025, 2, 28));
    assert_int_equal(vip_birthday_in_year(&birthday, 2100), vip_day_from_civil(2100, 2, 28));
    assert_int_equal(vip_birthday_next(&birthday, vip_day_from_civil(2025, 3, 1)),
                     vip_day_from_civil(2026, 2, 28));
    assert_int_equal(vip_birthday_next(&birthday, vip_day_from_civil(2028, 2, 29)),
                     vip_day_from_civil(2028, 2, 29));
}

static void the_next_birthday_counts_today(void **state)
{
    (void)state;
    struct vip_birthday birthday = {0, 11, 21, false, false};
    vip_day day = vip_day_from_civil(2026, 11, 21);
    assert_int_equal(vip_birthday_next(&birthday, day), day);
    assert_int_equal(vip_birthday_next(&birthday, day - 1), day);
    assert_int_equal(vip_birthday_next(&birthday, day + 1), vip_day_from_civil(2027, 11, 21));
    assert_int_equal(vip_birthday_next(&birthday, VIP_DAY_NONE), VIP_DAY_NONE);
}

static void lunar_birthdays_fall_where_they_are_known_to(void **state)
{
    (void)state;
    static const struct {
        struct vip_birthday birthday;
        int year;
        struct vip_civil want;
    } cases[] = {
        {{0, 8, 15, true, false}, 2026, {2026, 9, 25}},   /* mid-autumn */
        {{1980, 1, 1, true, false}, 2026, {2026, 2, 17}}, /* new year */
        {{0, 1, 1, true, false}, 2027, {2027, 2, 6}},
        {{0, 5, 5, true, false}, 2026, {2026, 6, 19}},  /* dragon boats */
        {{0, 12, 8, true, false}, 2026, {2026, 1, 26}}, /* of lunar 2025 */
        {{0, 6, 3, true, true}, 2025, {2025, 7, 27}},   /* in the leap month itself */
        {{0, 6, 3, true, false}, 2025, {2025, 6, 27}},
        {{0, 6, 3, true, true}, 2026, {2026, 7, 16}}, /* a year without it */
        {{0, 11, 1, true, true}, 2033, {2033, 12, 22}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        vip_day want =
            vip_day_from_civil(cases[i].want.year, cases[i].want.month, cases[i].want.day);
        assert_int_equal(vip_birthday_in_year(&cases[i].birthday, cases[i].year), want);
    }
}

/* Every day of every year is looked up in the calendar; the first that is the birthday (or the
 * last of a short month, for one born on the 30th) must be the one that was computed. */
static void lunar_birthdays_agree_with_a_search(void **state)
{
    (void)state;
    static const int days[] = {1, 2, 11, 29, 30};
    int missing = 0;
    for (int year = 1902; year <= 2099; year++) {
        vip_day first[13][31];
        for (int month = 0; month < 13; month++)
            for (int day = 0; day < 31; day++)
                first[month][day] = VIP_DAY_NONE;
        vip_day end = vip_day_from_civil(year + 1, 1, 1);
        for (vip_day day = vip_day_from_civil(year, 1, 1); day < end; day++) {
            int lunar_day;
            const struct vip_lunar_month *month = vip_lunar_find(day, &lunar_day);
            assert_non_null(month);
            if (month->leap)
                continue;
            if (first[month->month][lunar_day] == VIP_DAY_NONE)
                first[month->month][lunar_day] = day;
            if (lunar_day == 29 && month->days == 29 && first[month->month][30] == VIP_DAY_NONE)
                first[month->month][30] = day;
        }
        for (int month = 1; month <= 12; month++) {
            for (size_t i = 0; i < sizeof days / sizeof *days; i++) {
                struct vip_birthday birthday = {0, month, days[i], true, false};
                assert_int_equal(vip_birthday_in_year(&birthday, year), first[month][days[i]]);
                missing += first[month][days[i]] == VIP_DAY_NONE;
            }
        }
    }
    assert_true(missing > 0); /* else the case of a year without the birthday was not met */
}

/* Who was born in a leap month: in that leap month in the lunar years that have it, else in the
 * ordinary one; each row of the table is passed over day by day. */
static void birthdays_in_leap_months_agree_with_a_search(void **state)
{
    (void)state;
    static int leap_of[2102]; /* the leap month of a lunar year; 0: none */
    const vip_day from = vip_day_from_civil(1902, 1, 1), end = vip_day_from_civil(2100, 1, 1);
    int in_leap = 0, day_of_month;
    for (vip_day day = vip_day_from_civil(1901, 3, 1); day < end + 60; day++) {
        const struct vip_lunar_month *month = vip_lunar_find(day, &day_of_month);
        if (month->leap)
            leap_of[month->year] = month->month;
    }
    for (int number = 1; number <= 12; number++)
        for (int born = 29; born <= 30; born++) {
            vip_day first[2101] = {0};
            const struct vip_birthday birthday = {0, number, born, true, true};
            for (vip_day day = from; day < end; day++) {
                const struct vip_lunar_month *month = vip_lunar_find(day, &day_of_month);
                int wanted = born < month->days ? born : month->days, year;
                if (month->month != number || day_of_month != wanted ||
                    month->leap != (leap_of[month->year] == number))
                    continue;
                year = vip_day_civil(day).year;
                in_leap += month->leap;
                if (!first[year])
                    first[year] = day;
            }
            for (int year = 1902; year < 2100; year++)
                assert_int_equal(vip_birthday_in_year(&birthday, year),
                                 first[year] ? first[year] : VIP_DAY_NONE);
        }
    assert_true(in_leap > 100);
}

static void the_next_lunar_birthday_agrees_with_a_search(void **state)
{
    (void)state;
    static const struct vip_birthday birthdays[] = {
        {0, 12, 2, true, false}, {0, 12, 30, true, false}, {0, 11, 20, true, false},
        {0, 8, 15, true, false}, {0, 1, 1, true, false},
    };
    vip_day end = vip_day_from_civil(2045, 1, 1);
    for (size_t i = 0; i < sizeof birthdays / sizeof *birthdays; i++) {
        for (vip_day from = vip_day_from_civil(2025, 1, 1); from < end; from += 7) {
            vip_day want = from;
            for (;; want++) {
                int day;
                const struct vip_lunar_month *month = vip_lunar_find(want, &day);
                int wanted = birthdays[i].day < month->days ? birthdays[i].day : month->days;
                if (month->month == birthdays[i].month && !month->leap && day == wanted)
                    break;
            }
            assert_int_equal(vip_birthday_next(&birthdays[i], from), want);
        }
    }
}

static void beyond_the_table_there_is_no_lunar_birthday(void **state)
{
    (void)state;
    struct vip_birthday birthday = {0, 8, 15, true, false};
    assert_int_equal(vip_birthday_in_year(&birthday, 2101), VIP_DAY_NONE);
    assert_int_equal(vip_birthday_in_year(&birthday, 1899), VIP_DAY_NONE);
    assert_int_equal(vip_birthday_next(&birthday, vip_day_from_civil(2101, 3, 1)), VIP_DAY_NONE);
    assert_int_not_equal(vip_birthday_in_year(&birthday, 2100), VIP_DAY_NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(days_agree_with_a_counted_calendar),
        cmocka_unit_test(the_far_ends_come_back),
        cmocka_unit_test(months_end_at_the_last_day),
        cmocka_unit_test(dates_read),
        cmocka_unit_test(dates_refuse),
        cmocka_unit_test(dates_come_back),
        cmocka_unit_test(spans_read_and_refuse),
        cmocka_unit_test(spans_add),
        cmocka_unit_test(birthdays_read),
        cmocka_unit_test(chinese_days_of_the_month_all_read),
        cmocka_unit_test(birthdays_refuse),
        cmocka_unit_test(no_birthday_formats_empty_and_never_falls),
        cmocka_unit_test(a_leap_day_is_kept_on_the_28th),
        cmocka_unit_test(the_next_birthday_counts_today),
        cmocka_unit_test(lunar_birthdays_fall_where_they_are_known_to),
        cmocka_unit_test(lunar_birthdays_agree_with_a_search),
        cmocka_unit_test(birthdays_in_leap_months_agree_with_a_search),
        cmocka_unit_test(the_next_lunar_birthday_agrees_with_a_search),
        cmocka_unit_test(beyond_the_table_there_is_no_lunar_birthday),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
