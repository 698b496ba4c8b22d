/* Periods as analysts write them: "2026-11", "2026Q3", "last-month", "2026-03..today". */
#ifndef VIP_RULES_PERIOD_H
#define VIP_RULES_PERIOD_H

#include "lib/base/date.h"
#include "lib/base/error.h"

/* A range of days, both ends included; VIP_DAY_NONE: open at that end. */
struct vip_period {
    vip_day from, to;
};

enum { VIP_PERIOD_TEXT = 64 };

/* Understood: 2026 · 2026-11 (2026/11, 2026年11月) · 2026Q3 (2026-Q3) · 2026H1 · a date ·
 * today, yesterday · this-, last- or next- with week (from Monday), month, quarter, half, year ·
 * A..B, A.., ..B, where A and B are any of these: A counts from its first day, B to its last.
 * Letters in either case. Anything else is VIP_EUSAGE with a text that says what was expected. */
int vip_period_parse(const char *text, vip_day today, struct vip_period *period,
                     struct vip_diag *diag);

/* "2026-11-01..2026-11-30", "2026-11-01..", "..2026-11-30", ".." into to (VIP_PERIOD_TEXT bytes).
 */
const char *vip_period_format(const struct vip_period *period, char *to);

#endif
