/* Dates: day numbers (days since 1970-01-01, proleptic Gregorian), months with end-of-month clamp,
 * birthdays solar and lunar. No clock here: today comes in as an argument. */
#ifndef VIP_BASE_DATE_H
#define VIP_BASE_DATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef int32_t vip_day; /* days since 1970-01-01 */

#define VIP_DAY_NONE INT32_MAX /* no date: never, or not known */

enum { VIP_DATE_TEXT = 24 };

struct vip_civil {
    int year;  /* 1..9999 */
    int month; /* 1..12 */
    int day;   /* 1..31 */
};

struct vip_civil vip_day_civil(vip_day day);
vip_day vip_day_from_civil(int year, int month, int day); /* the date must exist */
bool vip_civil_exists(int year, int month, int day);
int vip_month_length(int year, int month);
int vip_day_weekday(vip_day day); /* 1 Monday … 7 Sunday (ISO 8601) */

/* The same day n months on (or back); the month's last day where it has no such day. */
vip_day vip_day_add_months(vip_day day, int months);

/* "2026-11-21", "2026/11/21", "2026/1/5", "20261121", "2026年11月21日", each with or without a time
 * behind a blank or T ("10:30", "10:30:59", with fraction or zone, which is dropped).
 * *minute, when not NULL, gets the minute of the day or -1. Years 1900..2199 only.
 * Returns 0 or VIP_EREFUSED with *why ("is not a date (2026-11-21)", "does not exist"). */
int vip_day_parse(const char *text, vip_day *day, int *minute, const char **why);

/* ISO 8601; "" for VIP_DAY_NONE. to holds VIP_DATE_TEXT bytes. Returns the length. */
size_t vip_day_format(vip_day day, char *to);

/* A span as programmes write it: "0d", "30d", "2w", "24m", "3min", "-1m" or "1m before", "never".
 */
struct vip_span {
    int count; /* may be negative */
    enum vip_span_unit { VIP_SPAN_NEVER, VIP_SPAN_MINUTES, VIP_SPAN_DAYS, VIP_SPAN_MONTHS } unit;
};
int vip_span_parse(const char *text, struct vip_span *span); /* 0 or VIP_EREFUSED */
vip_day vip_day_add_span(vip_day day, struct vip_span span); /* never: VIP_DAY_NONE */

/* A birthday: year may be missing; may be lunar; leap says a lunar leap month. */
struct vip_birthday {
    int year;  /* 0: not given. For a lunar birthday the lunar year */
    int month; /* 0: no birthday known */
    int day;
    bool lunar;
    bool leap;
};

/* A date as above, "11-21", "11月21日", "L08-15", "L1980-08-15", "农历八月十五",
 * "农历1980年八月十五", "农历闰四月初三". Returns 0 or VIP_EREFUSED with *why. Does not need the
 * lunar table. */
int vip_birthday_parse(const char *text, struct vip_birthday *birthday, const char **why);

/* "1980-11-21", "11-21", "L08-15", "L1980-L04-03" for a leap month: "L1980-+04-03". */
size_t vip_birthday_format(const struct vip_birthday *birthday, char *to);

/* The day on which the birthday falls in the solar year; 29 February on 28 February in common
 * years. A lunar birthday can fall twice or never in a solar year: the first; a leap month is kept
 * in the ordinary month of a year without that leap month, day 30 on the month's last day.
 * VIP_DAY_NONE when it does not fall in the year (or the lunar table does not reach it). */
vip_day vip_birthday_in_year(const struct vip_birthday *birthday, int year);

/* The first birthday on or after from; VIP_DAY_NONE if none is found in the three years after. */
vip_day vip_birthday_next(const struct vip_birthday *birthday, vip_day from);

#endif
