/* Lots are read in two walks along the ledger's key: see lot_list.h. */
#include "lib/db/lot_list.h"

#include <string.h>

struct reading {
    struct lot_list *asked, *at, *end; /* whose member is fed next, whose rows come, behind all */
    size_t lot;                        /* of at, which the next use is not before */
    bool failed;                       /* out of memory */
};

static int grow(struct lot_list *list)
{
    size_t capacity = list->capacity ? list->capacity * 2 : 32;
    struct vip_lot *larger = vip_arena_zero(list->arena, capacity, sizeof *larger);
    if (!larger)
        return VIP_EMEMORY;
    if (list->count)
        memcpy(larger, list->lots, list->count * sizeof *larger);
    list->lots = larger;
    list->capacity = capacity;
    return VIP_OK;
}

static int add(struct lot_list *list, const struct vip_lot *lot)
{
    if (list->count == list->capacity && grow(list) != VIP_OK)
        return VIP_EMEMORY;
    list->lots[list->count++] = *lot;
    return VIP_OK;
}

/* Rows come member by member, in the order in which these were fed. */
static struct lot_list *list_of(struct reading *reading, int64_t member)
{
    for (; reading->at->member != member; reading->at++)
        reading->lot = 0;
    return reading->at;
}

/* What a cancellation put back is in the lots that it came from; what was received by a transfer
 * keeps the day on which it was earned. */
static bool take_credit(void *context, const struct vip_scan_row *row)
{
    struct reading *reading = context;
    struct lot_list *list = list_of(reading, vip_scan_integer(row, 0));
    const struct vip_entry entry = {.kind = (enum vip_entry_kind)vip_scan_integer(row, 2),
                                    .points = vip_scan_integer(row, 3),
                                    .day = vip_scan_day(row, 4)};
    if (entry.kind == VIP_ENTRY_EXPIRE && entry.day > list->last_end)
        list->last_end = entry.day;
    if (!vip_entry_opens_lot(&entry))
        return true;
    vip_day earned = entry.kind == VIP_ENTRY_TRANSFER ? vip_scan_day(row, 5) : entry.day;
    vip_day available = vip_scan_day(row, 6);
    reading->failed = add(list, &(struct vip_lot){
                                    .entry = vip_scan_integer(row, 1),
                                    .earned = earned,
                                    .available = available == VIP_DAY_NONE ? earned : available,
                                    .expires = vip_scan_day(row, 7),
                                    .left = entry.points,
                                }) != VIP_OK;
    return !reading->failed;
}

/* Lots and uses come in the order of entries: one walk takes off what was used. */
static bool take_use(void *context, const struct vip_scan_row *row)
{
    struct reading *reading = context;
    const struct lot_list *list = list_of(reading, vip_scan_integer(row, 0));
    int64_t entry = vip_scan_integer(row, 1);
    while (reading->lot < list->count && list->lots[reading->lot].entry < entry)
        reading->lot++;
    if (reading->lot < list->count && list->lots[reading->lot].entry == entry)
        list->lots[reading->lot].left -= vip_scan_integer(row, 2);
    return true;
}

static bool next_member(void *context, struct vip_value *values)
{
    struct reading *reading = context;
    if (reading->asked == reading->end)
        return false;
    values[0] = vip_int(reading->asked++->member);
    return true;
}

static bool was_used(const struct lot_list *list)
{
    vip_points came = 0;
    for (size_t i = 0; i < list->count; i++)
        came += list->lots[i].left;
    return list->count && came != list->balance;
}

static void pass_unused(struct reading *reading)
{
    while (reading->asked < reading->end && !was_used(reading->asked))
        reading->asked++;
}

static bool next_user(void *context, struct vip_value *values)
{
    pass_unused(context);
    return next_member(context, values);
}

int lot_lists_read(struct vip_db *db, struct lot_list *lists, size_t count, struct vip_diag *diag)
{
    struct reading reading = {.asked = lists, .at = lists, .end = lists + count};
    const struct vip_scan credits = {take_credit, &reading}, uses = {take_use, &reading};
    const struct vip_bulk members = {next_member, &reading}, users = {next_user, &reading};
    int error = vip_db_scan_bulk(db, VIP_SQL_lot_credits, &credits, &members, diag);
    if (reading.failed)
        return vip_fail_memory(diag);
    reading.at = reading.asked = lists;
    pass_unused(&reading);
    if (error != VIP_OK || reading.asked == reading.end)
        return error;
    return vip_db_scan_bulk(db, VIP_SQL_lot_taken, &uses, &users, diag);
}

void lot_list_open(const struct lot_list *list, struct vip_lot **lots, size_t *count)
{
    *lots = list->lots;
    *count = 0;
    for (size_t i = 0; i < list->count; i++)
        if (list->lots[i].left > 0)
            list->lots[(*count)++] = list->lots[i];
    vip_lots_sort(list->lots, *count);
}
