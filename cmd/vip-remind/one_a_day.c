/* One marketing message a day and member: which of those that are due goes before the others. */
#include "cmd/vip-remind/parts.h"

#include <stdlib.h>

static int by_member(const void *a, const void *b)
{
    const struct vip_night_rival *left = a, *right = b;

    return left->member < right->member ? -1 : left->member > right->member;
}

int vip_night_find_rivals(struct vip_night *night, const struct vip_remind_item *items,
                          size_t count)
{
    night->rivals = vip_arena_zero(&night->keep, count + 1, sizeof *night->rivals);
    if (!night->rivals)
        return vip_fail_memory(&night->context->diag);
    for (size_t i = 0; i < count; i++)
        if (vip_remind_is_marketing(items[i].rule))
            night->rivals[night->rival_count++] =
                (struct vip_night_rival){items[i].member, &items[i]};
    qsort(night->rivals, night->rival_count, sizeof *night->rivals, by_member);
    return VIP_OK;
}

/* The first rival of the member, or where it would be. */
static size_t first_rival(const struct vip_night *night, int64_t member)
{
    size_t low = 0, high = night->rival_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (night->rivals[middle].member < member)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

int vip_night_is_outranked(struct vip_night *night, const struct vip_remind_item *item,
                           const struct vip_remind_member *member)
{
    char made[VIP_REMIND_KEY];

    if (!vip_remind_is_marketing(item->rule))
        return 0;
    for (size_t i = first_rival(night, item->member);
         i < night->rival_count && night->rivals[i].member == item->member; i++) {
        const struct vip_remind_item *other = night->rivals[i].item;
        if (!vip_remind_outranks(night->program, other->rule, other->due, item->rule, item->due) ||
            !vip_night_is_for(night, other->rule, member) ||
            vip_remind_obstacle(other->rule, &member->person))
            continue;
        int done = vip_night_is_done(night, other, vip_night_key(night, other, made));
        if (done <= 0)
            return done < 0 ? done : 1;
    }
    return 0;
}
