/* The lunar calendar: every row of the table, and pairs of dates checked by others. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lib/base/lunar.h"
#include <stdio.h>

static void months_follow_each_other(void **state)
{
    (void)state;
    assert_int_equal(vip_lunar_months[0].start, vip_day_from_civil(1900, 1, 31));
    assert_int_equal(vip_lunar_months[vip_lunar_month_count - 1].year, 2100);
    for (size_t i = 0; i < vip_lunar_month_count; i++) {
        const struct vip_lunar_month *month = &vip_lunar_months[i];
        assert_in_range(month->days, 29, 30);
        if (i == 0)
            continue;
        const struct vip_lunar_month *before = month - 1;
        assert_int_equal(month->start, before->start + before->days);
        if (month->leap) {
            assert_int_equal(month->month, before->month);
            assert_int_equal(before->leap, 0);
            assert_int_equal(month->year, before->year);
        } else {
            assert_int_equal(month->month, before->month % 12 + 1);
            assert_int_equal(month->year, before->year + (month->month == 1));
        }
    }
}

static void find_is(vip_day day, const struct vip_lunar_month *want, int want_day)
{
    int lunar_day = 0;
    assert_ptr_equal(vip_lunar_find(day, &lunar_day), want);
    assert_int_equal(lunar_day, want_day);
}

static void every_month_comes_back(void **state)
{
    (void)state;
    for (size_t i = 0; i < vip_lunar_month_count; i++) {
        const struct vip_lunar_month *month = &vip_lunar_months[i];
        vip_day last = month->start + month->days - 1;
        assert_int_equal(vip_lunar_day(month->year, month->month, month->leap, 1), month->start);
        assert_int_equal(vip_lunar_day(month->year, month->month, month->leap, month->days), last);
        assert_int_equal(vip_lunar_day(month->year, month->month, month->leap, 30), last);
        find_is(month->start, month, 1);
        find_is(last, month, month->days);
    }
}

static void a_leap_month_that_is_not_there_is_the_ordinary_one(void **state)
{
    (void)state;
    assert_int_equal(vip_lunar_day(2025, 6, 1, 1), vip_day_from_civil(2025, 7, 25));
    assert_int_equal(vip_lunar_day(2025, 6, 0, 1), vip_day_from_civil(2025, 6, 25));
    assert_int_equal(vip_lunar_day(2026, 6, 1, 1), vip_lunar_day(2026, 6, 0, 1));
    assert_int_equal(vip_lunar_day(2026, 6, 1, 1), vip_day_from_civil(2026, 7, 14));
}

static void outside_the_table_there_is_nothing(void **state)
{
    (void)state;
    const struct vip_lunar_month *last = &vip_lunar_months[vip_lunar_month_count - 1];
    assert_null(vip_lunar_find(vip_lunar_months[0].start - 1, NULL));
    assert_null(vip_lunar_find(last->start + last->days, NULL));
    assert_null(vip_lunar_find(INT32_MIN, NULL));
    assert_null(vip_lunar_find(VIP_DAY_NONE, NULL));
    assert_ptr_equal(vip_lunar_find(last->start, NULL), last);
    assert_int_equal(vip_lunar_day(1899, 12, 0, 1), VIP_DAY_NONE);
    assert_int_equal(vip_lunar_day(2101, 1, 0, 1), VIP_DAY_NONE);
    assert_int_equal(vip_lunar_day(2026, 0, 0, 1), VIP_DAY_NONE);
    assert_int_equal(vip_lunar_day(2026, 13, 0, 1), VIP_DAY_NONE);
    assert_int_equal(vip_lunar_day(2026, 1, 0, 0), VIP_DAY_NONE);
    assert_int_equal(vip_lunar_day(2026, 1, 0, 31), VIP_DAY_NONE);
    assert_int_equal(vip_lunar_day(INT32_MAX, 1, 0, 1), VIP_DAY_NONE);
    assert_int_equal(vip_lunar_day(INT32_MIN, 1, 0, 1), VIP_DAY_NONE);
}

/* Years in which tables in the wild, or ICU, are wrong. */
static void disputed_new_years_are_the_published_ones(void **state)
{
    (void)state;
    static const struct vip_civil new_years[] = {{1933, 1, 26}, {1954, 2, 3},  {1956, 2, 12},
                                                 {1996, 2, 19}, {2026, 2, 17}, {2027, 2, 6},
                                                 {2030, 2, 3},  {2034, 2, 19}};
    for (size_t i = 0; i < sizeof new_years / sizeof *new_years; i++)
        assert_int_equal(
            vip_lunar_day(new_years[i].year, 1, 0, 1),
            vip_day_from_civil(new_years[i].year, new_years[i].month, new_years[i].day));
}

static FILE *open_rows(const char *path)
{
    FILE *file = fopen(path, "r");
    if (!file) {
        print_message("%s is not here: skipped\n", path);
        skip();
    }
    assert_int_not_equal(fscanf(file, "%*[^\n]"), EOF); /* the header */
    return file;
}

static void the_table_is_that_of_the_file(void **state)
{
    (void)state;
    struct vip_civil start;
    int year;
    int month;
    int leap;
    int days;
    size_t count = 0;
    FILE *file = open_rows("share/calendar/lunar.csv");
    while (fscanf(file, "%d-%d-%d,%d,%d,%d,%d", &start.year, &start.month, &start.day, &year,
                  &month, &leap, &days) == 7) {
        assert_true(count < vip_lunar_month_count);
        const struct vip_lunar_month *entry = &vip_lunar_months[count++];
        assert_int_equal(entry->start, vip_day_from_civil(start.year, start.month, start.day));
        assert_int_equal(entry->year, year);
        assert_int_equal(entry->month, month);
        assert_int_equal(entry->leap, leap);
        assert_int_equal(entry->days, days);
    }
    fclose(file);
    assert_int_equal(count, vip_lunar_month_count);
}

static void checked_pairs_agree(void **state)
{
    (void)state;
    struct vip_civil solar;
    int year;
    int month;
    int leap;
    int day;
    int checked = 0;
    FILE *file = open_rows("../shared/data/lunar/pairs.csv");
    while (fscanf(file, "%d-%d-%d,%d,%d,%d,%d%*[^\n]", &solar.year, &solar.month, &solar.day, &year,
                  &month, &leap, &day) == 7) {
        if (year < 1900 || year > 2100) /* beyond the table */
            continue;
        int lunar_day;
        vip_day want = vip_day_from_civil(solar.year, solar.month, solar.day);
        const struct vip_lunar_month *found = vip_lunar_find(want, &lunar_day);
        assert_int_equal(vip_lunar_day(year, month, leap, day), want);
        assert_non_null(found);
        assert_int_equal(found->year, year);
        assert_int_equal(found->month, month);
        assert_int_equal(found->leap, leap);
        assert_int_equal(lunar_day, day);
        checked++;
    }
    fclose(file);
    assert_true(checked >= 8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(months_follow_each_other),
        cmocka_unit_test(every_month_comes_back),
        cmocka_unit_test(a_leap_month_that_is_not_there_is_the_ordinary_one),
        cmocka_unit_test(outside_the_table_there_is_nothing),
        cmocka_unit_test(disputed_new_years_are_the_published_ones),
        cmocka_unit_test(the_table_is_that_of_the_file),
        cmocka_unit_test(checked_pairs_agree),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
