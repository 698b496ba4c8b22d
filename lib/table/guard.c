/* When a text needs the spreadsheet guard. */
#include "lib/table/guard.h"

#include <string.h>

enum { LONG_NUMBER = 12 }; /* digits from which on a spreadsheet shows 1.38E+11 */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool begins_wide(const char *text)
{
    static const char *const wide[] = {"＝", "＋", "－", "＠"};
    for (size_t i = 0; i < sizeof wide / sizeof *wide; i++)
        if (strncmp(text, wide[i], strlen(wide[i])) == 0)
            return true;
    return false;
}

bool vip_guard_needed(const char *text)
{
    if (!*text)
        return false;
    if (strchr("=+-@\t\r\n", *text))
        return true;
    if (*text == '0' && is_digit(text[1]))
        return true;
    if (*text == '\xEF')
        return begins_wide(text);
    int digits = 0;
    while (digits < LONG_NUMBER && is_digit(text[digits]))
        digits++;
    return digits == LONG_NUMBER;
}
