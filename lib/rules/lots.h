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

/* The lot that this entry opened; NULL: it is none of them. */
struct vip_lot *vip_lots_find(struct vip_lot *lots, size_t count, int64_t entry);

/* What could be spent on day: neither pending nor run out. */
vip_points vip_lots_spendable(const struct vip_lot *lots, size_t count, vip_day day);

/* Takes up to points from the sorted lots that can be spent on day; with `pending`, also from those
 * that cannot yet (a return takes those too). A lot that ended before day is not there any more,
 * whether its end was posted or not. Lowers left, writes a use for each lot touched (uses has room
 * for count), *use_count how many. Returns what could not be taken. */
vip_points vip_lots_take(struct vip_lot *lots, size_t count, vip_points points, vip_day day,
                         bool pending, struct vip_lot_use *uses, size_t *use_count);

/* The same, from the lot of the entry `own` before all others (0: none). What could not be taken is
 * debt: what has run out must then be posted (vip_lots_lapse) before the debit is, since a balance
 * below zero and points in a lot exclude each other. */
vip_points vip_lots_debit(struct vip_lot *lots, size_t count, vip_points points, vip_day day,
                          int64_t own, bool pending, struct vip_lot_use *uses, size_t *use_count);

/* What of a credit pays the debt of a balance below zero: its lot opens with the rest. */
vip_points vip_credit_pays(vip_points balance, vip_points points);

/* Cancels a debit dated day that took `uses`: what it took goes back into lots, which hold all that
 * were ever opened, and a debt that arose meanwhile takes its part of it, from lots that are good
 * on day. uses then says what each lot got (negative, or 0). Returns the debt that is left: with
 * one, what has run out must be posted next. */
vip_points vip_lots_put_back(struct vip_lot *lots, size_t count, struct vip_lot_use *uses,
                             size_t use_count, vip_points debt, vip_day day);

struct vip_lapse { /* the rest of a lot that has run out */
    int64_t lot;
    vip_points points;
    vip_day expires; /* its last good day */
    vip_day day;     /* the day on which it is gone */
};

/* Takes all that is left of the lots that ended before day. lapses has room for count; returns how
 * many. Gone is each on the day after its end: see vip_lapse_part. */
size_t vip_lots_lapse(struct vip_lot *lots, size_t count, vip_day day, struct vip_lapse *lapses);

struct vip_put_back { /* points that came back into a lot */
    vip_day day;
    vip_points points;
};

/* What came back into a lot that was over is gone on the day on which it came. Parts a lapse by its
 * lot's put-backs, the newest first, into parts (room for back_count + 1); returns how many. */
size_t vip_lapse_part(const struct vip_lapse *lapse, const struct vip_put_back *backs,
                      size_t back_count, struct vip_lapse *parts);

/* By the day on which they are gone, then as they ended. */
void vip_lapses_sort(struct vip_lapse *lapses, size_t count);

struct vip_end { /* points of a lot that were posted as gone after the day of a debit that comes
                    late */
    int64_t lot;
    vip_day day;     /* on which they were gone */
    const char *ref; /* "": the lot ran out; else the reward that was not claimed: see below */
    vip_points points;
    vip_points back; /* set: so many come back */
    vip_points paid; /* set: so many of these pay a debt */
};

/* A debit whose day is before ends that were posted already takes what was good on its day. It took
 * `uses` from lots whose left had the points of `ends` (in the order of days) in it. Says how much
 * of each end comes back for that: before what is left otherwise, which came into the lot after its
 * end. Lowers left by what stays gone. What was gone with rewards that were not claimed comes back
 * as a whole, and what ran out with it, where nothing is owed: whether they fall due is then judged
 * anew, of all that was there; a debt takes its part of what the debit leaves of it. */
void vip_lots_revive(struct vip_lot *lots, size_t count, const struct vip_lot_use *uses,
                     size_t use_count, struct vip_end *ends, size_t end_count, vip_points debt);

/* The first day on which one of the lots ends; VIP_DAY_NONE: none does. */
vip_day vip_lots_next_expiry(const struct vip_lot *lots, size_t count);

#endif
