/* How a line was paid: "stored", or split, "stored:100.00|cash:28.00". Pure. */
#ifndef VIP_RULES_PAY_H
#define VIP_RULES_PAY_H

#include "lib/base/error.h"
#include "lib/base/memory.h"
#include "lib/base/money.h"
#include <stddef.h>

enum { VIP_PAY_PARTS = 8 };

struct vip_pay_part {
    const char *method;
    vip_fen amount;
};

/* The parts of a line of `amount` (never negative), at most VIP_PAY_PARTS; *count is 0 when pay is
 * "". A method without an amount paid all of it. Signs do not matter: of a return many tills write
 * what was paid back as negative. VIP_EREFUSED: bad-cell; split-sum, when the parts are not the
 * whole. A text that is not split is borrowed, else the methods are in arena. */
int vip_pay_parse(const char *pay, vip_fen amount, struct vip_arena *arena,
                  struct vip_pay_part *parts, size_t *count, struct vip_diag *diag);

#endif
