/* What counts from purchases: the plan after the last one, points posted, who is near a tier. See
 * remind.h. */
#include "lib/db/remind_gather.h"

#include "lib/db/tier.h"
#include <stdlib.h>
#include <string.h>

/* 1 when the purchase was posted after the last run. */
static int is_fresh(struct vip_gather *gather, int64_t member, vip_day day)
{
    struct vip_statement *row = NULL;
    int found = vip_db_query(gather->db, VIP_SQL_remind_posted_since, &row, gather->diag,
                             vip_int(member), vip_int(day), vip_int(gather->batch));

    if (found > 0)
        vip_reset(row);
    return found;
}

/* Adds a contact about a purchase if it is due; of points-posted only if there were points. */
static int add_purchase(struct vip_gather *gather, int64_t member, vip_day day)
{
    struct vip_remind_item item = vip_gather_item(gather, member, day);
    int error = VIP_OK;

    if (!vip_remind_within(gather->due, item.due)) {
        if (!vip_remind_within(gather->late, item.due))
            return VIP_OK;
        int fresh = is_fresh(gather, member, day);
        if (fresh <= 0)
            return fresh;
    }
    if (vip_remind_kind(gather->rule) == VIP_REMIND_POINTS_POSTED) {
        error = vip_db_number(gather->db, VIP_SQL_remind_points_on, &item.number, 0, gather->diag,
                              VIP_VALUES(vip_int(member), vip_int(day)));
        if (error || item.number == 0)
            return error;
    }
    return vip_gather_add(gather, item);
}

static int by_member_and_day(const void *a, const void *b)
{
    const struct vip_gather_row *left = a, *right = b;

    if (left->member != right->member)
        return left->member < right->member ? -1 : 1;
    return left->day < right->day ? -1 : left->day > right->day;
}

/* Adds the days that the ledger knows of one member; what earned nothing and counts for nothing is
 * not in it. */
static int add_days(struct vip_gather *gather, int64_t member, vip_day first,
                    struct vip_gather_rows *days)
{
    struct vip_statement *row = NULL;
    int more = vip_db_query(gather->db, VIP_SQL_remind_days, &row, gather->diag, vip_int(member),
                            vip_int(first));

    for (; more > 0; more = vip_step(row, gather->diag)) {
        int error = vip_gather_keep(days, member, vip_column_day(row, 0), gather->diag);
        if (error) {
            vip_reset(row);
            return error;
        }
    }
    return more;
}

/* The purchase days of one member before the last one that still stand, or each for itself; some of
 * his days, the last among them, are known. */
static int add_earlier(struct vip_gather *gather, const struct vip_gather_row *known, size_t count,
                       vip_day first, bool each)
{
    struct vip_gather_rows days = {0};
    int error = add_days(gather, known->member, first, &days);

    for (size_t i = 0; !error && i < count; i++)
        error = vip_gather_keep(&days, known->member, known[i].day, gather->diag);
    if (!error && days.count)
        qsort(days.items, days.count, sizeof *days.items, by_member_and_day);
    for (size_t i = 0; !error && days.items && i + 1 < days.count; i++) {
        vip_day day = days.items[i].day, next = days.items[i + 1].day;
        if (day != next && (each || vip_remind_stands(gather->rule, day, next)))
            error = add_purchase(gather, known->member, day);
    }
    free(days.items);
    return error;
}

/* Contacts about purchases that a later one has overtaken: of a plan, those that were due before
 * it, when nights were missed or the run is for a day that is over. Only who bought behind the
 * first day of the window can have them. `rows` has days of the window that were overtaken. */
static int gather_earlier(struct vip_gather *gather, struct vip_gather_rows *rows, bool each)
{
    struct vip_remind_window window = vip_gather_events(gather);
    struct vip_remind_window buyers = {1 + (each ? window.from : gather->due.from), VIP_DAY_NONE};
    int error = vip_gather_collect(gather, VIP_SQL_remind_purchased, buyers, rows);

    if (!error && rows->count)
        qsort(rows->items, rows->count, sizeof *rows->items, by_member_and_day);
    for (size_t i = 0, end; !error && i < rows->count; i = end) {
        for (end = i + 1; end < rows->count && rows->items[end].member == rows->items[i].member;)
            end++;
        error = add_earlier(gather, &rows->items[i], end - i, window.from, each);
    }
    return error;
}

static int gather_overtaken(struct vip_gather *gather, bool each)
{
    struct vip_remind_window window = vip_gather_events(gather);
    struct vip_statement *row = NULL;
    struct vip_gather_rows rows = {0};
    int error = VIP_OK;
    int more = vip_db_query(gather->db, VIP_SQL_remind_overtaken, &row, gather->diag,
                            vip_int(window.from), vip_int(window.to), vip_int(gather->due.from));

    for (; !error && more > 0; more = vip_step(row, gather->diag))
        if ((error = vip_gather_keep(&rows, vip_column_integer(row, 0), vip_column_day(row, 1),
                                     gather->diag))) {
            vip_reset(row);
            break;
        }
    if (!error)
        error = more ? more : gather_earlier(gather, &rows, each);
    free(rows.items);
    return error;
}

int vip_gather_purchases(struct vip_gather *gather)
{
    struct vip_gather_rows rows = {0};
    enum vip_remind_kind kind = vip_remind_kind(gather->rule);
    int error =
        vip_gather_collect(gather, VIP_SQL_remind_purchased, vip_gather_events(gather), &rows);

    for (size_t i = 0; !error && i < rows.count; i++)
        error = add_purchase(gather, rows.items[i].member, rows.items[i].day);
    free(rows.items);
    if (!error && (kind == VIP_REMIND_FOLLOW_UP || kind == VIP_REMIND_POINTS_POSTED ||
                   kind == VIP_REMIND_STATEMENT))
        error = gather_overtaken(gather, kind == VIP_REMIND_POINTS_POSTED);
    return error;
}

/* ---- who is near a tier ---- */

static int add_near(struct vip_gather *gather, struct vip_remind_item item,
                    const struct vip_tier_figure *figures, size_t count)
{
    const struct vip_tier_figure *nearest = vip_tier_nearest(figures, count, gather->rule->lacks);

    if (!nearest)
        return VIP_OK;
    item.number = nearest->rule->threshold - nearest->reached;
    item.basis = nearest->rule->basis;
    item.detail = vip_arena_text(gather->arena, nearest->tier);
    return item.detail ? vip_gather_add(gather, item) : vip_fail_memory(gather->diag);
}

/* Looks at those whose purchases made them due, and keeps who lacks little. */
static int gather_near(struct vip_gather *gather, size_t first)
{
    struct vip_arena scratch = {0};
    struct vip_tier_figure *figures;
    size_t last = gather->list.count, count, kept;
    int error = VIP_OK;

    if (!gather->tiers && last > first)
        error =
            vip_tier_engine_open(&gather->tiers, gather->db, gather->query->programs, gather->diag);
    for (size_t i = first; !error && i < last; i++) {
        vip_arena_reset(&scratch);
        error =
            vip_tier_explain_member(gather->db, gather->tiers, gather->list.items[i].member,
                                    gather->query->as_of, &scratch, &figures, &count, gather->diag);
        if (!error)
            error = add_near(gather, gather->list.items[i], figures, count);
    }
    kept = gather->list.count - last;
    if (kept)
        memmove(gather->list.items + first, gather->list.items + last,
                kept * sizeof *gather->list.items);
    gather->list.count = first + kept;
    vip_arena_free(&scratch);
    return error;
}

int vip_gather_near_tiers(struct vip_gather *gather)
{
    size_t first = gather->list.count;
    int error = vip_gather_purchases(gather);

    return error ? error : gather_near(gather, first);
}
