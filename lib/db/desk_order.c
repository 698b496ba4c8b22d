/* The order in which a batch of requests is dealt with: by member, so that each page of the ledger
 * is met once, where nobody could tell. Rewards and benefits of different members have nothing to
 * do with each other, unless they share a key or a stock that does not last for all. */
#include "lib/base/fetch.h"
#include "lib/base/sort.h"
#include "lib/db/desk.h"

#include <stdlib.h>
#include <string.h>

struct order {
    struct vip_desk *desk;
    const struct vip_request *const *requests;
    size_t count;
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

static const char *key_at(const void *context, size_t index)
{
    const struct order *order = context;
    return order->requests[index]->request;
}

/* The second of two that share a key is known, or says something else. There is room for two turns
 * of each request. */
static bool keys_differ(const struct order *order, uint64_t *turns)
{
    const struct vip_sort_texts keys = {key_at, order, order->count};
    vip_sort_texts(&keys, turns);
    for (size_t i = 1; i < order->count; i++)
        if (strcmp(key_at(order, turns[i - 1]), key_at(order, turns[i])) == 0)
            return false;
    return true;
}

/* Whether each may be dealt with before or after any other member's: 1, 0 or negative. */
static int are_independent(struct order *order, uint64_t *turns)
{
    int independent = 1;
    for (size_t i = 0; i < order->count; i++)
        if (order->requests[i]->kind != VIP_REQUEST_REWARD &&
            order->requests[i]->kind != VIP_REQUEST_BENEFIT)
            return 0;
    for (size_t i = 0; i < order->count && independent > 0; i++)
        independent = stock_lasts(order, order->requests[i]);
    return independent > 0 ? keys_differ(order, turns) : independent;
}

/* What of a request is looked up; "" when it takes more than one number. */
static const char *number_at(const void *context, size_t index)
{
    const struct order *order = context;
    const struct vip_identity *identity = &order->requests[index]->identity;
    const char *const numbers[] = {identity->member, identity->card, identity->phone};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        if (numbers[i] && *numbers[i])
            return numbers[i];
    return "";
}

/* Who is not found is refused in his turn; 0 stands for all of them. */
static int find_member(struct order *order, size_t index, int64_t *member)
{
    struct vip_diag refused;
    vip_diag_clear(&refused);
    int error = desk_identify(order->desk, &order->requests[index]->identity, member, &refused);
    if (error == VIP_EREFUSED) {
        *member = 0;
        return VIP_OK;
    }
    if (error != VIP_OK)
        *order->diag = refused;
    return error;
}

/* Makes turns by member of indexes; identities and members have room for one of each. */
static int find_each(struct order *order, uint64_t *turns, size_t count,
                     struct vip_identity *identities, int64_t *members)
{
    for (size_t i = 0; i < count; i++) {
        if (i + VIP_SOON < count)
            vip_fetch(&order->requests[turns[i + VIP_SOON]]->identity, sizeof *identities);
        identities[i] = order->requests[turns[i]]->identity;
    }
    int error =
        vip_members_identify(order->desk->batch.db, identities, count, members, order->diag);
    for (size_t i = 0; i < count && error == VIP_OK; i++) {
        if (!members[i])
            error = find_member(order, turns[i], &members[i]);
        turns[i] = vip_turn(members[i], turns[i]);
    }
    return error;
}

/* In the order of their numbers: those that are asked for together lie side by side. There is room
 * for two turns of each request. */
static int find_members(struct order *order, uint64_t *turns)
{
    const struct vip_sort_texts numbers = {number_at, order, order->count};
    size_t count = vip_sort_texts(&numbers, turns);
    struct vip_identity *identities = calloc(count + 1, sizeof *identities);
    int64_t *members = calloc(count + 1, sizeof *members);
    int error = identities && members ? find_each(order, turns, count, identities, members)
                                      : vip_fail_memory(order->diag);
    free(identities);
    free(members);
    vip_sort_numbers(turns, turns + count, count);
    return error;
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

/* Lots are read ahead for rewards, which cost points. */
static bool any_reward(const struct order *order)
{
    for (size_t i = 0; i < order->count; i++)
        if (order->requests[i]->kind == VIP_REQUEST_REWARD)
            return true;
    return false;
}

static int order_by_member(struct order *order, size_t *places)
{
    struct vip_desk *desk = order->desk;
    int error = find_members(order, desk->turns);
    if (error != VIP_OK)
        return error;
    desk->together = true;
    desk->turn_count = order->count;
    for (size_t i = 0; i < order->count; i++)
        places[i] = vip_turn_index(desk->turns[i]);
    vip_ahead_begin(&desk->ahead, desk->batch.db, desk->turns, order->count, any_reward(order));
    return find_highest(desk, order->diag);
}

void desk_forget_order(struct vip_desk *desk)
{
    desk->together = false;
    desk->held.account.member = 0;
    free(desk->highest);
    desk->highest = NULL;
    vip_ahead_end(&desk->ahead);
    free(desk->turns);
    desk->turns = NULL;
    desk->turn_count = desk->turn_at = 0;
}

int vip_desk_order(struct vip_desk *desk, const struct vip_request *const *requests, size_t count,
                   size_t *places, struct vip_diag *diag)
{
    struct order order = {.desk = desk, .requests = requests, .count = count, .diag = diag};
    desk->turns = calloc(2 * count + 1, sizeof *desk->turns);
    int independent = desk->turns ? are_independent(&order, desk->turns) : vip_fail_memory(diag);
    vip_map_free(&order.asked);
    if (independent > 0)
        return order_by_member(&order, places);
    for (size_t i = 0; i < count; i++)
        places[i] = i;
    return independent;
}
