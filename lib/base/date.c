/* Dates and birthdays. The calendar arithmetic follows Howard Hinnant's chrono-compatible
 * algorithms: a year is taken to begin in March, so that the leap day comes last, and days are
 * counted within eras of 400 years, each 146,097 days long. */
#include "lib/base/date.h"

#include "lib/base/error.h"
#include "lib/base/lunar.h"
#include "lib/base/text.h"
#include <stdio.h>
#include <string.h>

enum {
    ERA_YEARS = 400,
    ERA_DAYS = 146097,
    EPOCH = 719468, /* days from 1 March of year 0 to 1 January 1970 */
    FIRST_YEAR = 1900,
    LAST_YEAR = 2199,
    LONGEST_DATE = 64, /* bytes; anything longer is no date */
};

static const char no_date[] = "is not a date (2026-11-21)";
static const char no_such_day[] = "does not exist";
static const char other_century[] = "is not between 1900 and 2199";
static const char no_birthday[] = "is not a birthday (1980-11-21, 11-21 or, lunar, L08-15)";

static int refuse(const char **why, const char *text)
{
    if (why)
        *why = text;
    return VIP_EREFUSED;
}

/* ---- calendar ---------------------------------------------------------------------------- */

static bool leap_year(int year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

int vip_month_length(int year, int month)
{
    static const signed char length[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (month < 1 || month > 12)
        return 0;
    return month == 2 && leap_year(year) ? 29 : length[month - 1];
}

bool vip_civil_exists(int year, int month, int day)
{
    return year >= 1 && year <= 9999 && day >= 1 && day <= vip_month_length(year, month);
}

vip_day vip_day_from_civil(int year, int month, int day)
{
    int shifted = month > 2 ? year : year - 1;
    int era = (shifted >= 0 ? shifted : shifted - (ERA_YEARS - 1)) / ERA_YEARS;
    int year_of_era = shifted - era * ERA_YEARS;
    int month_from_march = month > 2 ? month - 3 : month + 9;
    /* From March on, months run 31 30 31 30 31 twice and a bit: 153 days in five months. */
    int day_of_year = (153 * month_from_march + 2) / 5 + day - 1;
    int day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * ERA_DAYS + day_of_era - EPOCH;
}

struct vip_civil vip_day_civil(vip_day day)
{
    int64_t shifted = (int64_t)day + EPOCH;
    int era = (int)((shifted >= 0 ? shifted : shifted - (ERA_DAYS - 1)) / ERA_DAYS);
    int day_of_era = (int)(shifted - (int64_t)era * ERA_DAYS);
    /* Takes out the leap days: one in 4 years (1460 days), none in 100 (36,524), one in 400. */
    int year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / (ERA_DAYS - 1)) / 365;
    int day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int month_from_march = (5 * day_of_year + 2) / 153;
    struct vip_civil civil;
    civil.day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    civil.month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;
    civil.year = year_of_era + era * ERA_YEARS + (civil.month <= 2);
    return civil;
}

int vip_day_weekday(vip_day day)
{
    int from_monday = (int)(((int64_t)day + 3) % 7); /* 1 January 1970 was a Thursday */
    return (from_monday < 0 ? from_monday + 7 : from_monday) + 1;
}

vip_day vip_day_add_months(vip_day day, int months)
{
    if (day == VIP_DAY_NONE)
        return VIP_DAY_NONE;
    struct vip_civil civil = vip_day_civil(day);
    int64_t total = (int64_t)civil.year * 12 + (civil.month - 1) + months;
    if (total < 12 || total >= INT64_C(10000) * 12)
        return VIP_DAY_NONE;
    int year = (int)(total / 12);
    int month = (int)(total % 12) + 1;
    int last = vip_month_length(year, month);
    return vip_day_from_civil(year, month, civil.day < last ? civil.day : last);
}

/* ---- reading ----------------------------------------------------------------------------- */

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

static bool take(const char **at, const char *word)
{
    size_t size = strlen(word);
    if (strncmp(*at, word, size) != 0)
        return false;
    *at += size;
    return true;
}

static void skip_blanks(const char **at)
{
    while (**at == ' ')
        (*at)++;
}

/* Between least and most digits. */
static bool take_number(const char **at, int least, int most, int *value)
{
    int number = 0;
    int count = 0;
    for (; count < most && is_digit((*at)[count]); count++)
        number = number * 10 + ((*at)[count] - '0');
    if (count < least)
        return false;
    *at += count;
    *value = number;
    return true;
}

/* "-" or "/", the same one each time: *separator is NUL before the first. */
static bool take_separator(const char **at, char *separator)
{
    if ((**at != '-' && **at != '/') || (*separator && **at != *separator))
        return false;
    *separator = *(*at)++;
    return true;
}

static bool take_day_sign(const char **at)
{
    return take(at, "日") || take(at, "号") || take(at, "號");
}

static bool take_compact(const char **at, struct vip_civil *civil)
{
    const char *now = *at;
    if (!take_number(&now, 4, 4, &civil->year) || !take_number(&now, 2, 2, &civil->month) ||
        !take_number(&now, 2, 2, &civil->day) || is_digit(*now))
        return false;
    *at = now;
    return true;
}

static bool take_date(const char **at, struct vip_civil *civil)
{
    const char *now = *at;
    char separator = '\0';
    if (take_compact(at, civil))
        return true;
    if (!take_number(&now, 4, 4, &civil->year))
        return false;
    bool signs = take(&now, "年");
    if (!signs && !take_separator(&now, &separator))
        return false;
    if (!take_number(&now, 1, 2, &civil->month) ||
        !(signs ? take(&now, "月") : take_separator(&now, &separator)) ||
        !take_number(&now, 1, 2, &civil->day))
        return false;
    if (signs)
        take_day_sign(&now);
    if (is_digit(*now))
        return false;
    *at = now;
    return true;
}

/* "Z", "+08:00", "+0800", "+08" or nothing: shops' clocks show local time, which is what counts. */
static bool skip_zone(const char **at)
{
    int ignored;
    skip_blanks(at);
    if (take(at, "Z") || take(at, "z"))
        return true;
    if (!take(at, "+") && !take(at, "-"))
        return true;
    if (!take_number(at, 2, 2, &ignored))
        return false;
    bool colon = take(at, ":");
    return take_number(at, 2, 2, &ignored) || !colon;
}

static bool take_time(const char **at, int *minute)
{
    int hour;
    int minutes;
    int seconds = 0;
    if (!take_number(at, 1, 2, &hour) || !take(at, ":") || !take_number(at, 2, 2, &minutes))
        return false;
    if (take(at, ":")) {
        if (!take_number(at, 2, 2, &seconds))
            return false;
        if (take(at, ".") || take(at, ",")) {
            if (!is_digit(**at))
                return false;
            while (is_digit(**at))
                (*at)++;
        }
    }
    if (hour > 23 || minutes > 59 || seconds > 60)
        return false;
    *minute = hour * 60 + minutes;
    return skip_zone(at);
}

/* Behind the date: nothing, or a blank or T and a time. */
static bool take_rest(const char *at, int *minute)
{
    *minute = -1;
    if (!*at)
        return true;
    if (!take(&at, "T")) {
        if (*at != ' ')
            return false;
        skip_blanks(&at);
    }
    return take_time(&at, minute) && !*at;
}

static bool read_date(const char *text, struct vip_civil *civil, int *minute)
{
    return take_date(&text, civil) && take_rest(text, minute);
}

int vip_day_parse(const char *text, vip_day *day, int *minute, const char **why)
{
    struct vip_civil civil;
    int minute_of_day;
    /* As it stands first: only what people type needs the copy without full-width digits. */
    if (!read_date(text, &civil, &minute_of_day)) {
        char plain[LONGEST_DATE];
        if (!vip_text_narrow(text, plain, sizeof plain) ||
            !read_date(plain, &civil, &minute_of_day))
            return refuse(why, no_date);
    }
    if (civil.year < FIRST_YEAR || civil.year > LAST_YEAR)
        return refuse(why, other_century);
    if (!vip_civil_exists(civil.year, civil.month, civil.day))
        return refuse(why, no_such_day);
    *day = vip_day_from_civil(civil.year, civil.month, civil.day);
    if (minute)
        *minute = minute_of_day;
    return VIP_OK;
}

/* ---- writing ----------------------------------------------------------------------------- */

static char *put_two(char *to, int number)
{
    *to++ = (char)('0' + number / 10 % 10);
    *to++ = (char)('0' + number % 10);
    return to;
}

static char *put_month_day(char *to, int month, int day)
{
    to = put_two(to, month);
    *to++ = '-';
    return put_two(to, day);
}

static char *put_year(char *to, int year)
{
    to = put_two(to, year / 100);
    to = put_two(to, year);
    *to++ = '-';
    return to;
}

size_t vip_day_format(vip_day day, char *to)
{
    *to = '\0';
    if (day == VIP_DAY_NONE)
        return 0;
    struct vip_civil civil = vip_day_civil(day);
    if (civil.year < 0 || civil.year > 9999) /* not ours, but a message may show it */
        return (size_t)snprintf(to, VIP_DATE_TEXT, "%d-%02d-%02d", civil.year, civil.month,
                                civil.day);
    char *end = put_month_day(put_year(to, civil.year), civil.month, civil.day);
    *end = '\0';
    return (size_t)(end - to);
}

/* ---- spans ------------------------------------------------------------------------------- */

static const struct span_sign {
    const char *sign;
    int factor;
    enum vip_span_unit unit;
} span_signs[] = {
    {"min", 1, VIP_SPAN_MINUTES},
    {"d", 1, VIP_SPAN_DAYS},
    {"w", 7, VIP_SPAN_DAYS},
    {"m", 1, VIP_SPAN_MONTHS},
};

/* Cuts the words off that make a span one before: a spreadsheet runs "-7d" as a formula. */
static bool cut_before(char *text)
{
    static const char *const words[] = {" before", " 前", "前"};
    size_t size = strlen(text);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        size_t word = strlen(words[i]);
        if (size > word && strcmp(text + size - word, words[i]) == 0) {
            text[size - word] = '\0';
            return true;
        }
    }
    return false;
}

int vip_span_parse(const char *text, struct vip_span *span)
{
    char plain[24];
    int count;
    if (!vip_text_narrow(text, plain, sizeof plain))
        return VIP_EREFUSED;
    if (strcmp(plain, "never") == 0) {
        *span = (struct vip_span){0, VIP_SPAN_NEVER};
        return VIP_OK;
    }
    const char *at = plain;
    bool before = cut_before(plain), negative = before || take(&at, "-");
    if (!negative)
        take(&at, "+");
    if (!take_number(&at, 1, 7, &count))
        return VIP_EREFUSED;
    for (size_t i = 0; i < sizeof span_signs / sizeof *span_signs; i++) {
        if (strcmp(at, span_signs[i].sign) != 0)
            continue;
        count *= span_signs[i].factor;
        *span = (struct vip_span){negative ? -count : count, span_signs[i].unit};
        return VIP_OK;
    }
    return VIP_EREFUSED;
}

vip_day vip_day_add_span(vip_day day, struct vip_span span)
{
    enum { MINUTES_A_DAY = 24 * 60 };
    if (span.unit == VIP_SPAN_NEVER || day == VIP_DAY_NONE)
        return VIP_DAY_NONE;
    if (span.unit == VIP_SPAN_MONTHS)
        return vip_day_add_months(day, span.count);
    int days = span.count;
    if (span.unit == VIP_SPAN_MINUTES) {
        days = span.count / MINUTES_A_DAY;
        if (span.count % MINUTES_A_DAY < 0)
            days--;
    }
    vip_day sum;
    return __builtin_add_overflow(day, days, &sum) ? VIP_DAY_NONE : sum;
}

/* ---- birthdays --------------------------------------------------------------------------- */

/* A Chinese digit, with the forms of nought that stand in years. */
static bool take_han_digit(const char **at, int *value)
{
    static const char *const digits[] = {"〇", "一", "二", "三", "四", "五",
                                         "六", "七", "八", "九", "零", "○"};
    for (int i = 0; i < 12; i++) {
        if (take(at, digits[i])) {
            *value = i < 10 ? i : 0;
            return true;
        }
    }
    return false;
}

/* 一 … 三十, 初一 … 初十, 廿一, 卅. */
static bool take_han_number(const char **at, int *value)
{
    int units = 0;
    int tens = 0;
    if (take(at, "初")) {
        *value = 10;
        return take(at, "十") || take_han_digit(at, value);
    }
    if (take(at, "廿")) {
        tens = 2;
    } else if (take(at, "卅")) {
        tens = 3;
    } else if (take(at, "十")) {
        tens = 1;
    } else {
        if (!take_han_digit(at, value))
            return false;
        if (!take(at, "十"))
            return true;
        tens = *value;
    }
    take_han_digit(at, &units);
    *value = tens * 10 + units;
    return true;
}

static bool take_any_number(const char **at, int *value)
{
    return take_number(at, 1, 2, value) || take_han_number(at, value);
}

/* "1980-", "1980/", "1980年", "一九八〇年", or nothing. */
static void take_lunar_year(const char **at, int *year)
{
    const char *now = *at;
    int value = 0;
    int digit;
    int count = 0;
    if (take_number(&now, 4, 4, &value)) {
        if (take(&now, "年") || take(&now, "-") || take(&now, "/")) {
            *at = now;
            *year = value;
        }
        return;
    }
    for (; count < 4 && take_han_digit(&now, &digit); count++)
        value = value * 10 + digit;
    if (count == 4 && take(&now, "年")) {
        *at = now;
        *year = value;
    }
}

static bool take_lunar_month(const char **at, int *month)
{
    if (take(at, "正"))
        *month = 1;
    else if (take(at, "冬"))
        *month = 11;
    else if (take(at, "腊") || take(at, "臘"))
        *month = 12;
    else if (!take_any_number(at, month))
        return false;
    return take(at, "月") || take(at, "-") || take(at, "/");
}

static bool take_lunar_sign(const char **at)
{
    static const char *const signs[] = {"L", "l", "农历", "農曆", "阴历", "陰曆"};
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
        if (take(at, signs[i]))
            return true;
    return false;
}

static int read_lunar(const char *at, struct vip_birthday *birthday, const char **why)
{
    birthday->lunar = true;
    skip_blanks(&at);
    take_lunar_year(&at, &birthday->year);
    birthday->leap = take(&at, "+") || take(&at, "闰") || take(&at, "閏");
    if (!take_lunar_month(&at, &birthday->month) || !take_any_number(&at, &birthday->day))
        return refuse(why, no_birthday);
    take_day_sign(&at);
    if (*at)
        return refuse(why, no_birthday);
    if (birthday->year && (birthday->year < FIRST_YEAR || birthday->year > LAST_YEAR))
        return refuse(why, other_century);
    if (birthday->month < 1 || birthday->month > 12 || birthday->day < 1 || birthday->day > 30)
        return refuse(why, no_such_day);
    return VIP_OK;
}

/* "11-21", "11/21", "11月21日". */
static bool take_month_day(const char *at, struct vip_birthday *birthday)
{
    char separator = '\0';
    if (!take_number(&at, 1, 2, &birthday->month))
        return false;
    bool signs = take(&at, "月");
    if (!signs && !take_separator(&at, &separator))
        return false;
    if (!take_number(&at, 1, 2, &birthday->day))
        return false;
    if (signs)
        take_day_sign(&at);
    return !*at;
}

static int read_solar(const char *text, struct vip_birthday *birthday, const char **why)
{
    enum { SOME_LEAP_YEAR = 2000 }; /* without a year, 29 February may be meant */
    vip_day day;
    const char *wrong;
    if (take_month_day(text, birthday)) {
        if (!vip_civil_exists(SOME_LEAP_YEAR, birthday->month, birthday->day))
            return refuse(why, no_such_day);
        return VIP_OK;
    }
    if (vip_day_parse(text, &day, NULL, &wrong) < 0)
        return refuse(why, wrong == no_date ? no_birthday : wrong);
    struct vip_civil civil = vip_day_civil(day);
    birthday->year = civil.year;
    birthday->month = civil.month;
    birthday->day = civil.day;
    return VIP_OK;
}

int vip_birthday_parse(const char *text, struct vip_birthday *birthday, const char **why)
{
    char plain[LONGEST_DATE];
    struct vip_birthday read = {0};
    if (!vip_text_narrow(text, plain, sizeof plain))
        return refuse(why, no_birthday);
    const char *at = plain;
    bool lunar = take_lunar_sign(&at);
    int code = lunar ? read_lunar(at, &read, why) : read_solar(plain, &read, why);
    if (code == VIP_OK)
        *birthday = read;
    return code;
}

size_t vip_birthday_format(const struct vip_birthday *birthday, char *to)
{
    char *end = to;
    if (birthday->month) {
        if (birthday->lunar)
            *end++ = 'L';
        if (birthday->year)
            end = put_year(end, birthday->year);
        if (birthday->lunar && birthday->leap)
            *end++ = '+';
        end = put_month_day(end, birthday->month, birthday->day);
    }
    *end = '\0';
    return (size_t)(end - to);
}

/* The birthday of a lunar or solar year, which is the year of its own calendar. */
static vip_day birthday_of(const struct vip_birthday *birthday, int year)
{
    if (birthday->month == 0)
        return VIP_DAY_NONE;
    if (birthday->lunar)
        return vip_lunar_day(year, birthday->month, birthday->leap, birthday->day);
    if (year < 1 || year > 9999)
        return VIP_DAY_NONE;
    int last = vip_month_length(year, birthday->month);
    return vip_day_from_civil(year, birthday->month, birthday->day < last ? birthday->day : last);
}

vip_day vip_birthday_in_year(const struct vip_birthday *birthday, int year)
{
    /* A lunar year ends in January or February of the solar year after. */
    for (int own = birthday->lunar ? year - 1 : year; own <= year; own++) {
        vip_day day = birthday_of(birthday, own);
        if (day != VIP_DAY_NONE && vip_day_civil(day).year == year)
            return day;
    }
    return VIP_DAY_NONE;
}

vip_day vip_birthday_next(const struct vip_birthday *birthday, vip_day from)
{
    enum { YEARS_AHEAD = 3 };
    if (from == VIP_DAY_NONE)
        return VIP_DAY_NONE;
    int year = vip_day_civil(from).year;
    /* Year by year of its own calendar, so that the second of two in one solar year is met too. */
    for (int own = year - 1; own <= year + YEARS_AHEAD; own++) {
        vip_day day = birthday_of(birthday, own);
        if (day != VIP_DAY_NONE && day >= from)
            return day;
    }
    return VIP_DAY_NONE;
}
