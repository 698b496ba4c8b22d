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

/* Where all points live equally long, the order of entries is most often that of use. */
static bool in_order(const struct vip_lot *lots, size_t count)
{
    for (size_t i = 1; i < count; i++)
        if (by_use(&lots[i - 1], &lots[i]) > 0)
            return false;
    return true;
}

void vip_lots_sort(struct vip_lot *lots, size_t count)
{
    if (!in_order(lots, count))
        qsort(lots, count, sizeof *lots, by_use);
}

struct vip_lot *vip_lots_find(struct vip_lot *lots, size_t count, int64_t entry)
{
    for (size_t i = 0; i < count; i++)
        if (lots[i].entry == entry)
            return &lots[i];
    return NULL;
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

static bool takes(const struct vip_lot *lot, vip_day day, bool pending)
{
    return lot->left > 0 && lot->expires >= day && (pending || lot->available <= day);
}

vip_points vip_lots_take(struct vip_lot *lots, size_t count, vip_points points, vip_day day,
                         bool pending, struct vip_lot_use *uses, size_t *use_count)
{
    return vip_lots_debit(lots, count, points, day, 0, pending, uses, use_count);
}

vip_points vip_lots_debit(struct vip_lot *lots, size_t count, vip_points points, vip_day day,
                          int64_t own, bool pending, struct vip_lot_use *uses, size_t *use_count)
{
    *use_count = 0;
    for (size_t i = 0; own && i < count && points > 0; i++)
        if (lots[i].entry == own && takes(&lots[i], day, pending))
            points = take(&lots[i], points, &uses[(*use_count)++]);
    /* The own lot was either emptied or enough: it is not met again. */
    for (size_t i = 0; i < count && points > 0; i++)
        if (takes(&lots[i], day, pending))
            points = take(&lots[i], points, &uses[(*use_count)++]);
    return points;
}

vip_points vip_credit_pays(vip_points balance, vip_points points)
{
    if (balance >= 0)
        return 0;
    return -balance < points ? -balance : points;
}

static struct vip_lot_use *find_use(struct vip_lot_use *uses, size_t count, int64_t lot)
{
    for (size_t i = 0; i < count; i++)
        if (uses[i].lot == lot)
            return &uses[i];
    return NULL;
}

vip_points vip_lots_put_back(struct vip_lot *lots, size_t count, struct vip_lot_use *uses,
                             size_t use_count, vip_points debt, vip_day day)
{
    for (size_t i = 0; i < use_count; i++) {
        struct vip_lot *lot = vip_lots_find(lots, count, uses[i].lot);
        if (lot)
            lot->left += uses[i].points;
        uses[i].points = -uses[i].points;
    }
    for (size_t i = 0; i < count && debt > 0; i++) {
        struct vip_lot_use *use = NULL, paid;
        if (takes(&lots[i], day, true))
            use = find_use(uses, use_count, lots[i].entry);
        if (!use)
            continue;
        debt = take(&lots[i], debt, &paid);
        use->points += paid.points;
    }
    return debt;
}

size_t vip_lots_lapse(struct vip_lot *lots, size_t count, vip_day day, struct vip_lapse *lapses)
{
    size_t found = 0;
    for (size_t i = 0; i < count; i++) {
        struct vip_lot *lot = &lots[i];
        if (lot->expires >= day || lot->left <= 0)
            continue;
        lapses[found++] = (struct vip_lapse){lot->entry, lot->left, lot->expires, lot->expires + 1};
        lot->left = 0;
    }
    return found;
}

size_t vip_lapse_part(const struct vip_lapse *lapse, const struct vip_put_back *backs,
                      size_t back_count, struct vip_lapse *parts)
{
    vip_points rest = lapse->points;
    size_t count = 0;
    for (size_t i = 0; i < back_count && rest > 0 && backs[i].day > lapse->day; i++) {
        parts[count] = *lapse;
        parts[count].day = backs[i].day;
        parts[count].points = backs[i].points < rest ? backs[i].points : rest;
        rest -= parts[count++].points;
    }
    if (rest > 0) {
        parts[count] = *lapse;
        parts[count++].points = rest;
    }
    return count;
}

static int by_day(const void *left, const void *right)
{
    const struct vip_lapse *a = left, *b = right;
    if (a->day != b->day)
        return a->day < b->day ? -1 : 1;
    if (a->expires != b->expires)
        return a->expires < b->expires ? -1 : 1;
    return (a->lot > b->lot) - (a->lot < b->lot);
}

void vip_lapses_sort(struct vip_lapse *lapses, size_t count)
{
    if (count > 1)
        qsort(lapses, count, sizeof *lapses, by_day);
}

/* For what was taken of one lot, the first ends first. */
static void back_for_use(const struct vip_lot_use *use, struct vip_end *ends, size_t end_count)
{
    vip_points need = use->points;
    for (size_t i = 0; i < end_count && need > 0; i++) {
        if (ends[i].lot != use->lot)
            continue;
        ends[i].back = need < ends[i].points ? need : ends[i].points;
        need -= ends[i].back;
    }
}

/* Rebates are judged one after the other, by what those before them left. */
static bool rebates_come_back(const struct vip_end *ends, size_t end_count)
{
    for (size_t i = 0; i < end_count; i++)
        if (*ends[i].ref && ends[i].back)
            return true;
    return false;
}

void vip_lots_revive(struct vip_lot *lots, size_t count, const struct vip_lot_use *uses,
                     size_t use_count, struct vip_end *ends, size_t end_count, vip_points debt)
{
    for (size_t i = 0; i < end_count; i++)
        ends[i].back = ends[i].paid = 0;
    for (size_t i = 0; i < use_count; i++)
        back_for_use(&uses[i], ends, end_count);
    bool rebates = rebates_come_back(ends, end_count), owed = debt > 0;
    for (size_t i = 0; i < end_count; i++) {
        struct vip_end *end = &ends[i];
        struct vip_lot *lot = vip_lots_find(lots, count, end->lot);
        if (rebates && (*end->ref || !owed)) {
            vip_points rest = end->points - end->back;
            end->back = end->points;
            end->paid = debt < rest ? debt : rest;
            debt -= end->paid;
        }
        if (lot)
            lot->left -= end->points - end->back + end->paid;
    }
}

vip_day vip_lots_next_expiry(const struct vip_lot *lots, size_t count)
{
    vip_day next = VIP_DAY_NONE;
    for (size_t i = 0; i < count; i++)
        if (lots[i].left > 0 && lots[i].expires < next)
            next = lots[i].expires;
    return next;
}
