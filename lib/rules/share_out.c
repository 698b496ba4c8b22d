/* Sharing members out: see share_out.h. */
#include "lib/rules/share_out.h"

#include <stdbool.h>

static bool is_one_of(int holder, size_t people)
{
    return holder >= 0 && (size_t)holder < people;
}

static void count_held(const int *holders, size_t members, size_t people, size_t *held)
{
    for (size_t i = 0; i < people; i++)
        held[i] = 0;
    for (size_t i = 0; i < members; i++)
        if (is_one_of(holders[i], people))
            held[holders[i]]++;
}

/* How many others come before this person when the members that are one too many are given out. */
static size_t place_of(const size_t *held, size_t people, size_t person)
{
    size_t place = 0;
    for (size_t i = 0; i < people; i++)
        place += held[i] > held[person] || (i < person && held[i] == held[person]);
    return place;
}

/* Keeps what is within each one's share, and lowers the share by it. */
static void keep_own(int *holders, size_t members, size_t people, size_t *share)
{
    for (size_t i = 0; i < members; i++) {
        if (is_one_of(holders[i], people) && share[holders[i]] > 0)
            share[holders[i]]--;
        else
            holders[i] = VIP_NOBODY;
    }
}

void vip_share_out(int *holders, size_t members, size_t people, size_t *room)
{
    size_t *share = room, *held = room + people, turn = 0;
    if (people == 0)
        return;
    count_held(holders, members, people, held);
    for (size_t i = 0; i < people; i++)
        share[i] = members / people + (place_of(held, people, i) < members % people);
    keep_own(holders, members, people, share);
    for (size_t i = 0; i < members; i++) {
        if (holders[i] != VIP_NOBODY)
            continue;
        while (!share[turn % people]) /* the shares add up to the members: somebody lacks one */
            turn++;
        holders[i] = (int)(turn % people);
        share[turn++ % people]--;
    }
}
