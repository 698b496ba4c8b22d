/* Stored value: money paid in advance (principal) and what the shop gave with it (bonus), kept
 * apart (SPEC 5, 6). Pure. */
#ifndef VIP_RULES_STORED_H
#define VIP_RULES_STORED_H

#include "lib/base/money.h"
#include "lib/rules/program.h"

struct vip_stored {
    vip_fen principal, bonus; /* never negative */
};

static inline vip_fen vip_stored_total(const struct vip_stored *stored)
{
    return stored->principal + stored->bonus;
}

/* What a spending of `amount` takes: principal first, then bonus. amount is at most the total. */
struct vip_stored vip_stored_spend(const struct vip_stored *balance, vip_fen amount);

/* What a refund of `amount` gives back of a spending of which `left` was not given back yet: what
 * was spent last, the bonus, first. amount is at most the total. */
struct vip_stored vip_stored_refund(const struct vip_stored *left, vip_fen amount);

/* The row of topups.csv that a top-up of `amount` is given: the largest that it reaches. NULL: it
 * reaches none. */
const struct vip_topup *vip_topup_row(const struct vip_program *program, vip_fen amount);

#endif
