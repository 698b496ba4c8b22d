/* The Chinese lunar calendar, 1900 to 2100, as a table of month starts
 * (share/calendar/lunar.csv, embedded at build time). */
#ifndef VIP_BASE_LUNAR_H
#define VIP_BASE_LUNAR_H

#include "lib/base/date.h"
#include <stddef.h>

struct vip_lunar_month {
    vip_day start;
    short year;          /* lunar year */
    unsigned char month; /* 1..12 */
    unsigned char leap;  /* 1: the leap month of that number */
    unsigned char days;  /* 29 or 30 */
};

/* The table, in order of start. Made by tools/embed-lunar at build time. */
extern const struct vip_lunar_month vip_lunar_months[];
extern const size_t vip_lunar_month_count;

/* The solar day of a lunar date; day 30 is clamped in a short month; a leap month that the year
 * does not have is read as the ordinary one. VIP_DAY_NONE outside the table. */
vip_day vip_lunar_day(int year, int month, int leap, int day);

/* The lunar month that holds day (its 1-based lunar day in *lunar_day), NULL outside the table. */
const struct vip_lunar_month *vip_lunar_find(vip_day day, int *lunar_day);

#endif
