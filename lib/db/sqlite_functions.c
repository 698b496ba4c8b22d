/* Functions that reports may use: days as people write them, exact shares. */
#include "lib/db/sqlite.h"

#include <string.h>

static void function_date(sqlite3_context *context, int count, sqlite3_value **values)
{
    (void)count;
    if (sqlite3_value_type(values[0]) == SQLITE_NULL)
        return;
    char text[VIP_DATE_TEXT];
    size_t size = vip_day_format((vip_day)sqlite3_value_int(values[0]), text);
    /* vip_month and vip_year are the first 7 and 4 characters of the date. */
    size_t keep = (size_t)(intptr_t)sqlite3_user_data(context);
    sqlite3_result_text(context, text, (int)(keep < size ? keep : size), SQLITE_TRANSIENT);
}

static void function_day(sqlite3_context *context, int count, sqlite3_value **values)
{
    (void)count;
    const char *text = (const char *)sqlite3_value_text(values[0]);
    vip_day day;
    const char *why;
    if (!text)
        return;
    if (vip_day_parse(text, &day, NULL, &why) == 0)
        sqlite3_result_int(context, day);
    else
        sqlite3_result_error(context, "vip_day: not a date", -1);
}

/* vip_add_months(day, n): with the clamp at the month's end. */
static void function_add_months(sqlite3_context *context, int count, sqlite3_value **values)
{
    (void)count;
    if (sqlite3_value_type(values[0]) == SQLITE_NULL)
        return;
    sqlite3_result_int(context, vip_day_add_months((vip_day)sqlite3_value_int(values[0]),
                                                   sqlite3_value_int(values[1])));
}

/* vip_ratio(part, whole, scale): part ÷ whole × scale to the nearest whole number, halves away from
 * zero; NULL when there is no whole to be a part of. With scale 10000 hundredths of a per cent. */
static void function_ratio(sqlite3_context *context, int count, sqlite3_value **values)
{
    __extension__ typedef __int128 wide;
    (void)count;
    wide part = sqlite3_value_int64(values[0]), whole = sqlite3_value_int64(values[1]);
    wide product = part * sqlite3_value_int(values[2]);
    if (sqlite3_value_type(values[0]) == SQLITE_NULL || whole <= 0)
        return;
    /* 96 bits at most, so that it can be doubled: a half is then one whole. */
    wide result = (2 * product + (product < 0 ? -whole : whole)) / (2 * whole);
    if (result > INT64_MAX || result < -INT64_MAX)
        sqlite3_result_error(context, "vip_ratio: out of range", -1);
    else
        sqlite3_result_int64(context, (int64_t)result);
}

/* vip_birthday(text, year): the day on which it falls in that year; NULL: on none. */
static void function_birthday(sqlite3_context *context, int count, sqlite3_value **values)
{
    (void)count;
    const char *text = (const char *)sqlite3_value_text(values[0]), *why;
    struct vip_birthday birthday;
    if (!text || vip_birthday_parse(text, &birthday, &why))
        return;
    vip_day day = vip_birthday_in_year(&birthday, sqlite3_value_int(values[1]));
    if (day != VIP_DAY_NONE)
        sqlite3_result_int(context, day);
}

int vip_sqlite_define_functions(struct vip_db *db, struct vip_diag *diag)
{
    static const struct {
        const char *name;
        int arguments;
        intptr_t keep;
        void (*call)(sqlite3_context *, int, sqlite3_value **);
    } functions[] = {
        {"vip_date", 1, 10, function_date},
        {"vip_month", 1, 7, function_date},
        {"vip_year", 1, 4, function_date},
        {"vip_day", 1, 0, function_day},
        {"vip_add_months", 2, 0, function_add_months},
        {"vip_birthday", 2, 0, function_birthday},
        {"vip_ratio", 3, 0, function_ratio},
    };
    for (size_t i = 0; i < sizeof functions / sizeof functions[0]; i++) {
        int result = sqlite3_create_function_v2(
            db->handle, functions[i].name, functions[i].arguments,
            SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS, (void *)functions[i].keep,
            functions[i].call, NULL, NULL, NULL);
        if (result != SQLITE_OK)
            return vip_sqlite_fail(db, result, "opening", diag);
    }
    return vip_sqlite_define_scan(db, diag);
}
