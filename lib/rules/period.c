/* Periods: see period.h. Whatever is not understood whole is refused: a report over a range that
 * was guessed is worse than none. */
#include "lib/rules/period.h"

#include "lib/base/text.h"
#include <stdio.h>
#include <string.h>

enum { LONGEST_PERIOD = 64, FIRST_YEAR = 1900, LAST_YEAR = 2199 };

/* `months` months from the first of that month on. */
static struct vip_period months_from(int year, int month, int months)
{
    vip_day from = vip_day_from_civil(year, month, 1);
    return (struct vip_period){from, vip_day_add_months(from, months) - 1};
}

/* The block of `months` months that holds day, moved by `blocks` of them. */
static struct vip_period block_of(vip_day day, int months, int blocks)
{
    struct vip_civil civil = vip_day_civil(day);
    int month = (civil.month - 1) / months * months + 1;
    vip_day from = vip_day_add_months(vip_day_from_civil(civil.year, month, 1), months * blocks);
    return (struct vip_period){from, vip_day_add_months(from, months) - 1};
}

static struct vip_period week_of(vip_day day, int weeks)
{
    vip_day from = day - (vip_day_weekday(day) - 1) + 7 * weeks;
    return (struct vip_period){from, from + 6};
}

/* Which block is meant, counted from today's: "last-" −1, "this-" 0, "next-" 1. False: none. */
static bool read_which(const char *text, int *which)
{
    static const char *const words[] = {"last-", "this-", "next-"};

    for (int i = 0; i < 3; i++) {
        if (strncmp(text, words[i], 5) != 0)
            continue;
        *which = i - 1;
        return true;
    }
    return false;
}

/* "this-month", "last-quarter", "today", "yesterday". */
static bool read_word(const char *text, vip_day today, struct vip_period *period)
{
    static const struct {
        const char *name;
        int months; /* 0: a week */
    } units[] = {{"week", 0}, {"month", 1}, {"quarter", 3}, {"half", 6}, {"year", 12}};
    int which;

    if (strcmp(text, "today") == 0 || strcmp(text, "yesterday") == 0) {
        vip_day day = *text == 't' ? today : today - 1;
        *period = (struct vip_period){day, day};
        return true;
    }
    if (!read_which(text, &which))
        return false;
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        if (strcmp(text + 5, units[i].name) != 0)
            continue;
        *period = units[i].months ? block_of(today, units[i].months, which) : week_of(today, which);
        return true;
    }
    return false;
}

/* least to most digits; the number, or -1. */
static int take_digits(const char **at, int least, int most)
{
    int number = 0, count = 0;

    for (; count < most && (*at)[count] >= '0' && (*at)[count] <= '9'; count++)
        number = number * 10 + ((*at)[count] - '0');
    *at += count;
    return count < least ? -1 : number;
}

static bool take(const char **at, const char *word)
{
    size_t size = strlen(word);

    if (strncmp(*at, word, size) != 0)
        return false;
    *at += size;
    return true;
}

/* "2026q3", "2026-q3", "2026h1": a year cut into parts of `months` months. */
static bool read_part(const char *at, int year, const char *letter, int months,
                      struct vip_period *period)
{
    take(&at, "-");
    if (!take(&at, letter))
        return false;
    int part = take_digits(&at, 1, 1);
    if (*at || part < 1 || part > 12 / months)
        return false;
    *period = months_from(year, (part - 1) * months + 1, months);
    return true;
}

/* "2026", "2026-11", "2026/11", "2026年11月", "2026q3", "2026h1". */
static bool read_calendar(const char *text, struct vip_period *period)
{
    const char *at = text;
    int year = take_digits(&at, 4, 4);

    if (year < FIRST_YEAR || year > LAST_YEAR)
        return false;
    if (!*at || strcmp(at, "年") == 0) {
        *period = months_from(year, 1, 12);
        return true;
    }
    if (read_part(at, year, "q", 3, period) || read_part(at, year, "h", 6, period))
        return true;
    bool chinese = take(&at, "年");
    if (!chinese && !take(&at, "-") && !take(&at, "/"))
        return false;
    int month = take_digits(&at, 1, 2);
    if (chinese && !take(&at, "月"))
        return false;
    if (*at || month < 1 || month > 12)
        return false;
    *period = months_from(year, month, 1);
    return true;
}

static int fail(const char *text, struct vip_diag *diag)
{
    return vip_fail(diag, VIP_EUSAGE,
                    "'%.80s' is not a period: expected 2026-11, 2026Q3, 2026, last-month, today, "
                    "a date or A..B",
                    text);
}

static int read_one(const char *text, vip_day today, struct vip_period *period,
                    struct vip_diag *diag)
{
    vip_day day;
    int minute;
    const char *why = NULL;

    if (read_word(text, today, period) || read_calendar(text, period))
        return VIP_OK;
    if (vip_day_parse(text, &day, &minute, &why) || minute >= 0)
        return why && strcmp(why, "does not exist") == 0
                   ? vip_fail(diag, VIP_EUSAGE, "'%.80s' is not a period: the date %s", text, why)
                   : fail(text, diag);
    *period = (struct vip_period){day, day};
    return VIP_OK;
}

/* "a..b", either end may be empty. */
static int read_range(char *text, char *dots, vip_day today, struct vip_period *period,
                      struct vip_diag *diag)
{
    struct vip_period first = {VIP_DAY_NONE, VIP_DAY_NONE}, last = first;
    int error = VIP_OK;

    *dots = '\0';
    if (*text)
        error = read_one(text, today, &first, diag);
    if (!error && dots[2])
        error = read_one(dots + 2, today, &last, diag);
    if (error)
        return error;
    *period = (struct vip_period){first.from, last.to};
    if (first.from != VIP_DAY_NONE && last.to != VIP_DAY_NONE && first.from > last.to)
        return vip_fail(diag, VIP_EUSAGE, "the period '%s..%s' ends before it begins", text,
                        dots + 2);
    return VIP_OK;
}

int vip_period_parse(const char *text, vip_day today, struct vip_period *period,
                     struct vip_diag *diag)
{
    char narrow[LONGEST_PERIOD];

    if (!vip_text_narrow(text, narrow, sizeof narrow) || !*narrow)
        return fail(text, diag);
    for (char *c = narrow; *c; c++)
        if (*c >= 'A' && *c <= 'Z')
            *c = (char)(*c - 'A' + 'a');
    char *dots = strstr(narrow, "..");
    if (!dots)
        return read_one(narrow, today, period, diag);
    if (!narrow[2] && dots == narrow)
        return fail(text, diag);
    return read_range(narrow, dots, today, period, diag);
}

const char *vip_period_format(const struct vip_period *period, char *to)
{
    char from[VIP_DATE_TEXT], until[VIP_DATE_TEXT];

    vip_day_format(period->from, from);
    vip_day_format(period->to, until);
    snprintf(to, VIP_PERIOD_TEXT, "%s..%s", from, until);
    return to;
}
