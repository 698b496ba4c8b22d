/* One marketing message a day and member: on which day each of those that are due is given. The
 * most important goes first, and none goes on quiet days; a night that marks plans for its own day,
 * a list for all the days that it shows. */
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
            night->rivals[night->rival_count++] = (struct vip_night_rival){
                .member = items[i].member, .item = &items[i], .day = VIP_DAY_NONE};
    qsort(night->rivals, night->rival_count, sizeof *night->rivals, by_member);
    return VIP_OK;
}

/* The rivals of one member. */
struct group {
    struct vip_night_rival *first;
    size_t count;
};

static struct group find_group(const struct vip_night *night, int64_t member)
{
    size_t low = 0, high = night->rival_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (night->rivals[middle].member < member)
            low = middle + 1;
        else
            high = middle;
    }
    while (high < night->rival_count && night->rivals[high].member == member)
        high++;
    return (struct group){night->rivals + low, high - low};
}

/* Whether a rival can be given at all. */
static int open_rival(struct vip_night *night, const struct vip_remind_member *member,
                      struct vip_night_rival *rival)
{
    const struct vip_remind_item *item = rival->item;
    struct vip_night_facts facts = {0};
    char made[VIP_REMIND_KEY];

    if (item->given)
        rival->day = night->context->as_of;
    if (item->given || !vip_night_is_for(night, item->rule, member) ||
        vip_remind_obstacle(item->rule, &member->person))
        return VIP_OK;
    int done = vip_night_is_done(night, item, vip_night_key(night, item, made));
    if (done)
        return done < 0 ? done : VIP_OK;
    int says = vip_night_fill(night, item, member, &facts);
    rival->open = says > 0;
    return says < 0 ? says : VIP_OK;
}

static struct vip_night_rival *find_best(const struct vip_night *night, struct group group,
                                         vip_day day)
{
    struct vip_night_rival *best = NULL;

    for (struct vip_night_rival *rival = group.first; rival < group.first + group.count; rival++) {
        const struct vip_remind_item *item = rival->item;
        bool ready = night->asked->mark || item->ready <= day;
        if (!rival->open || !ready || vip_remind_is_stale(item->rule, item->event, day))
            continue;
        if (!best || vip_remind_outranks(night->program, item->rule, item->due, best->item->rule,
                                         best->item->due))
            best = rival;
    }
    return best;
}

/* 1 when the member can be given marketing on the day. */
static int is_free(struct vip_night *night, int64_t member, vip_day day)
{
    struct vip_context *context = night->context;

    if (vip_remind_open_day(night->program, day) != day)
        return 0;
    int had = day == context->as_of
                  ? vip_remind_had_marketing(context->db, member, day, "", &context->diag)
                  : 0;
    return had < 0 ? had : !had;
}

static int plan_group(struct vip_night *night, const struct vip_remind_member *member,
                      struct group group)
{
    vip_day today = night->context->as_of;
    vip_day last = night->asked->mark ? today : today + (vip_day)night->asked->ahead;
    int error = VIP_OK, free = 1;

    for (size_t i = 0; !error && i < group.count; i++) {
        group.first[i].planned = true;
        error = open_rival(night, member, &group.first[i]);
    }
    for (vip_day day = today; !error && free >= 0 && day <= last; day++) {
        struct vip_night_rival *best = find_best(night, group, day);
        free = best ? is_free(night, member->id, day) : 0;
        if (free > 0) {
            best->day = day;
            best->open = false;
        }
    }
    return error ? error : free < 0 ? free : VIP_OK;
}

int vip_night_plan(struct vip_night *night, const struct vip_remind_item *item,
                   const struct vip_remind_member *member, vip_day *day)
{
    *day = night->context->as_of;
    if (!vip_remind_is_marketing(item->rule))
        return VIP_OK;
    struct group group = find_group(night, item->member);
    int error = group.first->planned ? VIP_OK : plan_group(night, member, group);
    for (size_t i = 0; !error && i < group.count; i++)
        if (group.first[i].item == item)
            *day = group.first[i].day;
    return error;
}
