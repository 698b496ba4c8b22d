/* What has run out is posted: points, vouchers, cards, rebates that were not claimed (SPEC 6). The
 * cost is what runs out, not what is stored: accounts by the first end of an open lot, cards and
 * vouchers by their end, each over an index.
 *
 * An expiry is dated the day after the last good day, whenever the run takes place, and each
 * member's days are posted in order: nights that were missed give what they would have given.
 * Points that a cancellation put back into a lot that had run out are dated the day on which they
 * came.
 *
 * An end that was posted does not shut out who comes late: a debit of a day on which the lot was
 * good takes so much of it back (vip_ledger_take), and a voucher is judged by its days alone. A
 * rebate is judged by what had been posted by the last day of its claim: points that come later,
 * whatever their own day, could not be claimed, and stay. */
#ifndef VIP_DB_EXPIRE_H
#define VIP_DB_EXPIRE_H

#include "lib/base/memory.h"
#include "lib/db/batch.h"
#include "lib/rules/program.h"

struct vip_expired {    /* something that ran out; texts live until the callback returns */
    const char *member; /* as people see it */
    const char *kind;   /* "points", "voucher", "card", "accumulation", "rebate" */
    const char *item;   /* the voucher's code, the card's number, the reward; "" of points */
    vip_points points;  /* change of the balance: negative, 0 of vouchers and cards */
    vip_fen value;      /* what the points or the voucher were worth */
    vip_day expires;    /* the last good day */
};

struct vip_expiry_run {
    struct vip_batch *batch; /* begun and committed by the run, some thousands of items a time;
                              * its as_of is the business day: what ended before it has run out */
    const struct vip_programs *programs;
    /* Called with the rows of each committed batch. 0 or an error, which ends the run. */
    int (*rows)(void *context, const struct vip_expired *rows, size_t count);
    void *context;
};

int vip_expire(struct vip_expiry_run *run, struct vip_diag *diag);

#endif
