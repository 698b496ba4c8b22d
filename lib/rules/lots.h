/* Lots: the credits of one member that are not used up, and how debits take from them (SPEC 5, 6).
 * Earliest end first, then the oldest; those that never end last. Good through the whole last day.
 */
#ifndef VIP_RULES_LOTS_H
#define VIP_RULES_LOTS_H

#include "lib/base/date.h"
#include "lib/base/money.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct vip_lot {
    int64_t entry; /* the ledger entry that opened it */
    vip_day earned;
    vip_day available; /* first day on which it can be spent */
    vip_day expires;   /* last good day; VIP_DAY_NONE: never */
    vip_points left;   /* > 0 */
};

struct vip_lot_use {
    int64_t lot;
    vip_points points; /* > 0 taken; < 0 put back */
};

/* Puts lots into the order in which they are used. */
void vip_lots_sort(struct vip_lot *lots, size_t count);

/* What could be spent on day: neither pending nor run out. */
vip_points vip_lots_spendable(const struct vip_lot *lots, size_t count, vip_day day);

/* Takes up to points from the sorted lots that can be spent on day; with `pending`, also from those
 * that cannot yet (a return takes those too). Lowers left, writes a use for each lot touched (uses
 * has room for count), *use_count how many. Returns what could not be taken. */
vip_points vip_lots_take(struct vip_lot *lots, size_t count, vip_points points, vip_day day,
                         bool pending, struct vip_lot_use *uses, size_t *use_count);

/* Takes up to points from the lot of that entry alone, whatever its dates. Returns what could not
 * be taken; *use is set when something was. */
vip_points vip_lots_take_from(struct vip_lot *lots, size_t count, int64_t entry, vip_points points,
                              struct vip_lot_use *use);

/* The first day on which one of the lots ends; VIP_DAY_NONE: none does. */
vip_day vip_lots_next_expiry(const struct vip_lot *lots, size_t count);

#endif
