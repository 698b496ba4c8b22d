/* Lots and how debits take from them: see lots.h. */
#include "lib/rules/lots.h"

#include <stdlib.h>

static int by_use(const void *left, const void *right)
{
    const struct vip_lot *a = left, *b = right;
    if (a->expires != b->expires) /* VIP_DAY_NONE is the largest day: never comes last */
        return a->expires < b->expires ? -1 : 1;
    if (a->earned != b->earned)
        return a->earned < b->earned ? -1 : 1;
    return (a->entry > b->entry) - (a->entry < b->entry);
}

void vip_lots_sort(struct vip_lot *lots, size_t count)
{
    if (count > 1)
        qsort(lots, count, sizeof *lots, by_use);
}

static bool spendable(const struct vip_lot *lot, vip_day day)
{
    return lot->available <= day && lot->expires >= day;
}

vip_points vip_lots_spendable(const struct vip_lot *lots, size_t count, vip_day day)
{
    vip_points sum = 0;
    for (size_t i = 0; i < count; i++)
        if (spendable(&lots[i], day))
            sum += lots[i].left;
    return sum;
}

static vip_points take(struct vip_lot *lot, vip_points points, struct vip_lot_use *use)
{
    vip_points part = points < lot->left ? points : lot->left;
    lot->left -= part;
    *use = (struct vip_lot_use){lot->entry, part};
    return points - part;
}

vip_points vip_lots_take(struct vip_lot *lots, size_t count, vip_points points, vip_day day,
                         bool pending, struct vip_lot_use *uses, size_t *use_count)
{
    *use_count = 0;
    for (size_t i = 0; i < count && points > 0; i++)
        if (lots[i].left > 0 && (pending || spendable(&lots[i], day)))
            points = take(&lots[i], points, &uses[(*use_count)++]);
    return points;
}

vip_points vip_lots_take_from(struct vip_lot *lots, size_t count, int64_t entry, vip_points points,
                              struct vip_lot_use *use)
{
    for (size_t i = 0; i < count && points > 0; i++)
        if (lots[i].entry == entry && lots[i].left > 0)
            return take(&lots[i], points, use);
    return points;
}

vip_day vip_lots_next_expiry(const struct vip_lot *lots, size_t count)
{
    vip_day next = VIP_DAY_NONE;
    for (size_t i = 0; i < count; i++)
        if (lots[i].left > 0 && lots[i].expires < next)
            next = lots[i].expires;
    return next;
}
