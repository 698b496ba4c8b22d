/* Stored value: see stored.h. */
#include "lib/rules/stored.h"

static vip_fen least(vip_fen a, vip_fen b)
{
    return a < b ? a : b;
}

struct vip_stored vip_stored_spend(const struct vip_stored *balance, vip_fen amount)
{
    vip_fen principal = least(balance->principal, amount);
    return (struct vip_stored){principal, amount - principal};
}

struct vip_stored vip_stored_refund(const struct vip_stored *left, vip_fen amount)
{
    vip_fen bonus = least(left->bonus, amount);
    return (struct vip_stored){amount - bonus, bonus};
}

const struct vip_topup *vip_topup_row(const struct vip_program *program, vip_fen amount)
{
    const struct vip_topup *best = NULL;
    for (size_t i = 0; i < program->topup_count; i++) {
        const struct vip_topup *row = &program->topups[i];
        if (row->amount <= amount && (!best || row->amount > best->amount))
            best = row;
    }
    return best;
}
