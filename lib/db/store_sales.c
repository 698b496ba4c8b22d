/* vip_store_sales: sales and buyers by store, month and week, added up from the days that are kept
 * (store_day.h). Days are read in their order, so that the groups of a month or a week end with it,
 * and only their buyers are held. */
#include "lib/base/date.h"
#include "lib/base/map.h"
#include "lib/base/sort.h"
#include "lib/db/computed.h"
#include "lib/db/store_day.h"

#include <stdlib.h>

enum { DAY_BITS = 20 }; /* of a purchase: member, day, kept */

struct group {
    int64_t store; /* or VIP_NOTHING */
    int64_t net, member_net, receipts, member_receipts;
    uint64_t *purchases; /* a buyer's day each */
    size_t count, capacity;
};

struct sales {
    struct vip_computed_rows *cells;
    bool by_store, by_month, by_week;
    vip_day first;       /* of all: days are counted from it */
    vip_day month, week; /* of the groups that are open; VIP_DAY_NONE: not asked for */
    bool overflow;
    struct vip_map places; /* of stores in groups */
    struct group *groups;
    size_t count, capacity;
    uint64_t *scratch;
    size_t scratch_capacity;
};

/* ---- a group ends: how many bought, how often ---- */

struct buyer_counts {
    int64_t customers, buyers, repeat_buyers, days;
};

/* Sorted, the purchases of a member stand together, day by day. */
static struct buyer_counts count_buyers(const uint64_t *purchases, size_t count)
{
    struct buyer_counts sum = {0};
    for (size_t i = 0; i < count;) {
        uint64_t member = purchases[i] >> DAY_BITS, last = UINT64_MAX;
        int64_t days = 0;
        for (; i < count && purchases[i] >> DAY_BITS == member; i++) {
            if (!(purchases[i] & 1) || purchases[i] == last)
                continue;
            last = purchases[i];
            days++;
        }
        sum.customers++;
        sum.buyers += days > 0;
        sum.repeat_buyers += days > 1;
        sum.days += days;
    }
    return sum;
}

static int end_group(struct sales *sales, struct group *group, struct vip_diag *diag)
{
    if (vip_array_grow((void **)&sales->scratch, &sales->scratch_capacity, group->count + 1,
                       sizeof *sales->scratch) != VIP_OK)
        return vip_fail_memory(diag);
    vip_sort_numbers(group->purchases, sales->scratch, group->count);
    struct buyer_counts counts = count_buyers(group->purchases, group->count);
    const int64_t row[] = {
        group->store,
        sales->month == VIP_DAY_NONE ? VIP_NOTHING : sales->month,
        sales->week == VIP_DAY_NONE ? VIP_NOTHING : sales->week,
        group->net,
        group->member_net,
        group->receipts,
        group->member_receipts,
        counts.customers,
        counts.buyers,
        counts.repeat_buyers,
        counts.days,
    };
    return vip_computed_add(sales->cells, row, sizeof row / sizeof row[0], diag);
}

/* The memory of the groups is kept for the next period's. */
static int end_groups(struct sales *sales, struct vip_diag *diag)
{
    int error = VIP_OK;
    for (size_t i = 0; i < sales->count && error == VIP_OK; i++)
        error = end_group(sales, &sales->groups[i], diag);
    sales->count = 0;
    vip_map_clear(&sales->places);
    return error;
}

/* ---- days ---- */

static vip_day month_of(vip_day day)
{
    return day - vip_day_civil(day).day + 1;
}

static int enter_period(struct sales *sales, vip_day day, struct vip_diag *diag)
{
    vip_day month = sales->by_month ? month_of(day) : VIP_DAY_NONE;
    vip_day week = sales->by_week ? day - (day + 3) % 7 : VIP_DAY_NONE;
    int error = VIP_OK;
    if (month != sales->month || week != sales->week)
        error = end_groups(sales, diag);
    sales->month = month;
    sales->week = week;
    return error;
}

/* NULL: out of memory. */
static struct group *find_group(struct sales *sales, int64_t store)
{
    int64_t place;
    if (vip_map_find_number(&sales->places, store, &place))
        return &sales->groups[place];
    size_t before = sales->capacity;
    if (vip_array_grow((void **)&sales->groups, &sales->capacity, sales->count + 1,
                       sizeof *sales->groups) != VIP_OK ||
        vip_map_put_number(&sales->places, store, (int64_t)sales->count) != VIP_OK)
        return NULL;
    for (size_t i = before; i < sales->capacity; i++)
        sales->groups[i] = (struct group){0};
    struct group *group = &sales->groups[sales->count++];
    *group =
        (struct group){.store = store, .purchases = group->purchases, .capacity = group->capacity};
    return group;
}

static int add_buyers(struct sales *sales, struct group *group, vip_day day,
                      struct vip_buyers buyers, struct vip_diag *diag)
{
    uint64_t low = (uint64_t)(day - sales->first) << 1;
    while (vip_buyers_next(&buyers)) {
        if (group->count == group->capacity &&
            vip_array_grow((void **)&group->purchases, &group->capacity, group->count + 1,
                           sizeof *group->purchases) != VIP_OK)
            return vip_fail_memory(diag);
        group->purchases[group->count++] =
            (uint64_t)(buyers.who / 2) << DAY_BITS | low | (buyers.kept > 0);
    }
    return VIP_OK;
}

static int add_day(struct sales *sales, struct vip_statement *row, struct vip_diag *diag)
{
    vip_day day = vip_column_day(row, 0);
    size_t size;
    const void *bytes = vip_column_bytes(row, 6, &size);
    if (sales->first == VIP_DAY_NONE)
        sales->first = day;
    if (day - sales->first >= 1 << (DAY_BITS - 1))
        return vip_fail(diag, VIP_EDATABASE, "the days of the sales are too far apart");
    int error = enter_period(sales, day, diag);
    if (error != VIP_OK)
        return error;
    struct group *group =
        find_group(sales, sales->by_store ? vip_column_integer(row, 1) : VIP_NOTHING);
    if (!group)
        return vip_fail_memory(diag);
    int64_t *const sums[] = {&group->net, &group->member_net, &group->receipts,
                             &group->member_receipts};
    for (int i = 0; i < 4; i++)
        if (!vip_add(*sums[i], vip_column_integer(row, 2 + i), sums[i]))
            return vip_fail(diag, VIP_EDATABASE, "the sum of the sales does not fit");
    return add_buyers(sales, group, day, vip_buyers_of(bytes, size), diag);
}

static void free_sales(struct sales *sales)
{
    for (size_t i = 0; i < sales->capacity; i++)
        free(sales->groups[i].purchases);
    free(sales->groups);
    free(sales->scratch);
    vip_map_free(&sales->places);
}

/* Arguments: from, to, store, by_store, by_month, by_week. */
static int fill(struct vip_db *db, const struct vip_value *arguments,
                struct vip_computed_rows *cells, struct vip_diag *diag)
{
    struct sales sales = {
        .cells = cells,
        .by_store = arguments[3].type != VIP_NULL && arguments[3].number != 0,
        .by_month = arguments[4].type != VIP_NULL && arguments[4].number != 0,
        .by_week = arguments[5].type != VIP_NULL && arguments[5].number != 0,
        .first = VIP_DAY_NONE,
        .month = VIP_DAY_NONE,
        .week = VIP_DAY_NONE,
    };
    struct vip_statement *row = NULL;
    int error = VIP_OK;
    int more = vip_db_query(db, VIP_SQL_store_day_scan, &row, diag, arguments[0], arguments[1],
                            arguments[2]);
    for (; more > 0 && error == VIP_OK; more = vip_step(row, diag))
        error = add_day(&sales, row, diag);
    if (error != VIP_OK && more > 0)
        vip_reset(row);
    if (error == VIP_OK)
        error = more;
    if (error == VIP_OK)
        error = end_groups(&sales, diag);
    free_sales(&sales);
    return error;
}

const struct vip_computed vip_computed_store_sales = {
    .name = "vip_store_sales",
    .declaration = "CREATE TABLE x (store, month, week, net, member_net, receipts, member_receipts,"
                   " customers, buyers, repeat_buyers, purchase_days, from_day HIDDEN,"
                   " to_day HIDDEN, of_store HIDDEN, by_store HIDDEN, by_month HIDDEN,"
                   " by_week HIDDEN)",
    .columns = 11,
    .arguments = 6,
    .fill = fill,
};
