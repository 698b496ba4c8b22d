/* Values as text, in the C locale whatever the process has set. */
#include "lib/table/back_end.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The shortest of 15 to 17 digits that reads back as the same number. */
static void format_floating(double number, char *to, size_t size)
{
    *to = '\0';
    if (!isfinite(number))
        return;
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(to, size, "%.*g", digits, number);
        if (strtod(to, NULL) == number)
            break;
    }
    char *comma = strchr(to, ',');
    if (comma)
        *comma = '.';
}

const char *vip_value_text(const struct vip_value *value, char *to, size_t size)
{
    *to = '\0';
    switch (value->type) {
    case VIP_TEXT:
        return value->text ? value->text : "";
    case VIP_INTEGER:
        vip_integer_format(value->number, to);
        break;
    case VIP_FEN:
    case VIP_RATIO:
    case VIP_PERCENT:
        vip_fen_format(value->number, to);
        break;
    case VIP_DAY:
        vip_day_format((vip_day)value->number, to);
        break;
    case VIP_FLOATING:
        format_floating(value->floating, to, size);
        break;
    case VIP_NULL:
    case VIP_BYTES:
        break;
    }
    return to;
}

const char *vip_number_group(const char *number, char *to)
{
    char *end = to;
    if (*number == '-')
        *end++ = *number++;
    size_t whole = strcspn(number, ".");
    for (size_t i = 0; i < whole; i++) {
        if (i > 0 && (whole - i) % 3 == 0)
            *end++ = ',';
        *end++ = number[i];
    }
    memcpy(end, number + whole, strlen(number + whole) + 1);
    return to;
}
