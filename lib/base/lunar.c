/* The Chinese lunar calendar: two binary searches in the table of months. The table is in order
 * both of start and of (year, month, leap), since a leap month follows the month of its number. */
#include "lib/base/lunar.h"

static int compare_month(const struct vip_lunar_month *entry, int year, int month, int leap)
{
    int have = (entry->year * 16 + entry->month) * 2 + entry->leap;
    int want = (year * 16 + month) * 2 + leap;
    return (have > want) - (have < want);
}

static const struct vip_lunar_month *find_month(int year, int month, int leap)
{
    size_t low = 0;
    size_t high = vip_lunar_month_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = compare_month(&vip_lunar_months[middle], year, month, leap);
        if (order == 0)
            return &vip_lunar_months[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

vip_day vip_lunar_day(int year, int month, int leap, int day)
{
    /* The ranges also keep the numbers small enough to be compared as one. */
    if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1 || day > 30)
        return VIP_DAY_NONE;
    const struct vip_lunar_month *entry = NULL;
    if (leap)
        entry = find_month(year, month, 1);
    if (!entry)
        entry = find_month(year, month, 0);
    if (!entry)
        return VIP_DAY_NONE;
    if (day > entry->days)
        day = entry->days;
    return entry->start + day - 1;
}

const struct vip_lunar_month *vip_lunar_find(vip_day day, int *lunar_day)
{
    size_t low = 0; /* the first month that starts after day */
    size_t high = vip_lunar_month_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (vip_lunar_months[middle].start <= day)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == 0)
        return NULL;
    const struct vip_lunar_month *entry = &vip_lunar_months[low - 1];
    if (day - entry->start >= entry->days)
        return NULL;
    if (lunar_day)
        *lunar_day = day - entry->start + 1;
    return entry;
}
