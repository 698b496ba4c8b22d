/* The order in which a batch of requests is dealt with: by member, so that each page of the ledger
 * is met once, where nobody could tell. Rewards and benefits of different members have nothing to
 * do with each other, unless they share a key or a stock that does not last for all. */
#include "lib/db/desk.h"

#include <stdlib.h>
#include <string.h>

struct place { /* a request by its member, then as it came */
    int64_t member;
    size_t index;
};

struct order {
    struct vip_desk *desk;
    struct vip_map keys;  /* requests of the batch */
    struct vip_map asked; /* reward with a stock → how many are asked for */
    struct vip_diag *diag;
};

/* 1 yes, 0 no, negative. */
static int stock_lasts(struct order *order, const struct vip_request *request)
{
    struct vip_desk *desk = order->desk;
    struct desk_visit visit;
    int64_t asked = 0;
    vip_day day = request->day == VIP_DAY_NONE ? desk->batch.as_of : request->day;
    const struct vip_program *program = vip_programs_on(desk->programs, day);
    const struct vip_reward *reward = vip_program_reward(program, request->item);
    if (request->kind != VIP_REQUEST_REWARD || !reward || reward->stock < 0)
        return 1;
    desk_visit_begin(&visit, desk, day, order->diag);
    int error = desk_load_taken(&visit, reward->reward);
    if (error != VIP_OK)
        return error;
    vip_map_find(&order->asked, reward->reward, &asked);
    if (!vip_add(asked, request->quantity ? request->quantity : 1, &asked) ||
        asked > reward->stock - visit.who.taken)
        return 0;
    return vip_map_put(&order->asked, reward->reward, asked) == VIP_OK
               ? 1
               : vip_fail_memory(order->diag);
}

/* Whether the request may be dealt with before or after any other member's: 1, 0 or negative. */
static int is_independent(struct order *order, const struct vip_request *request)
{
    int64_t ignored;
    if (request->kind != VIP_REQUEST_REWARD && request->kind != VIP_REQUEST_BENEFIT)
        return 0;
    if (vip_map_find(&order->keys, request->request, &ignored))
        return 0;
    if (vip_map_put(&order->keys, request->request, 0) != VIP_OK)
        return vip_fail_memory(order->diag);
    return stock_lasts(order, request);
}

/* Who is not found is refused in his turn; 0 stands for all of them. */
static int find_member(struct order *order, const struct vip_request *request, int64_t *member)
{
    struct vip_diag refused;
    *member = 0;
    vip_diag_clear(&refused);
    int error = desk_identify(order->desk, &request->identity, member, &refused);
    if (error == VIP_OK || error == VIP_EREFUSED)
        return VIP_OK;
    *order->diag = refused;
    return error;
}

static int by_member(const void *left, const void *right)
{
    const struct place *a = left, *b = right;
    if (a->member != b->member)
        return a->member < b->member ? -1 : 1;
    return (a->index > b->index) - (a->index < b->index);
}

/* Keys most often rise from day to day: those behind the last one need not be looked for. */
static int find_highest(struct vip_desk *desk, struct vip_diag *diag)
{
    struct vip_statement *row = NULL;
    int found = vip_db_query_values(desk->batch.db, VIP_SQL_redemption_last, &row, diag, NULL, 0);
    if (found <= 0)
        return found;
    desk->highest = strdup(vip_column_text(row, 0));
    vip_reset(row);
    return desk->highest ? VIP_OK : vip_fail_memory(diag);
}

static int place_all(struct order *order, const struct vip_request *const *requests, size_t count,
                     struct place *places)
{
    int independent = 1;
    for (size_t i = 0; i < count && independent > 0; i++) {
        places[i] = (struct place){0, i};
        independent = is_independent(order, requests[i]);
    }
    for (size_t i = 0; i < count && independent > 0; i++) {
        int error = find_member(order, requests[i], &places[i].member);
        if (error != VIP_OK)
            return error;
    }
    order->desk->together = independent > 0;
    if (independent > 0) {
        qsort(places, count, sizeof *places, by_member);
        return find_highest(order->desk, order->diag);
    }
    for (size_t i = 0; i < count; i++)
        places[i].index = i;
    return independent;
}

int vip_desk_order(struct vip_desk *desk, const struct vip_request *const *requests, size_t count,
                   size_t *order, struct vip_diag *diag)
{
    struct order work = {.desk = desk, .diag = diag};
    struct place *places = calloc(count + 1, sizeof *places);
    int error = places ? VIP_OK : vip_fail_memory(diag);
    if (error == VIP_OK)
        error = place_all(&work, requests, count, places);
    for (size_t i = 0; error == VIP_OK && i < count; i++)
        order[i] = places[i].index;
    free(places);
    vip_map_free(&work.keys);
    vip_map_free(&work.asked);
    return error;
}
