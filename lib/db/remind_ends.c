/* What runs out: points, vouchers, cards; and rebates that wait to be claimed. See remind.h. */
#include "lib/db/remind_gather.h"

#include "lib/db/redeem.h"
#include <stdlib.h>

/* ---- what runs out ---- */

int vip_gather_points(struct vip_gather *gather)
{
    struct vip_remind_window window = vip_gather_events(gather);
    struct vip_statement *row = NULL;
    int more = vip_db_query(gather->db, VIP_SQL_remind_points_end, &row, gather->diag,
                            vip_int(window.from), vip_int(window.to));
    int error = VIP_OK;

    for (; more > 0; more = vip_step(row, gather->diag)) {
        struct vip_remind_item item =
            vip_gather_item(gather, vip_column_integer(row, 0), vip_column_day(row, 1));
        item.number = vip_column_integer(row, 2);
        if (vip_remind_within(gather->due, item.due) ||
            (vip_remind_within(gather->late, item.due) &&
             vip_column_integer(row, 3) > gather->batch))
            error = vip_gather_add(gather, item);
        if (error) {
            vip_reset(row);
            break;
        }
    }
    return error ? error : more;
}

/* Vouchers and cards: member, last day, code, value. */
int vip_gather_codes(struct vip_gather *gather, enum vip_sql sql)
{
    struct vip_remind_window window = vip_remind_events(gather->rule, gather->due);
    struct vip_statement *row = NULL;
    int more =
        vip_db_query(gather->db, sql, &row, gather->diag, vip_int(window.from), vip_int(window.to));
    int error = VIP_OK;

    for (; more > 0; more = vip_step(row, gather->diag)) {
        struct vip_remind_item item =
            vip_gather_item(gather, vip_column_integer(row, 0), vip_column_day(row, 1));
        item.detail = vip_arena_text(gather->arena, vip_column_text(row, 2));
        item.number = vip_column_count(row) > 3 ? vip_column_integer(row, 3) : 0;
        if (!item.detail)
            error = vip_fail_memory(gather->diag);
        else if (vip_remind_within(gather->due, item.due))
            error = vip_gather_add(gather, item);
        if (error) {
            vip_reset(row);
            break;
        }
    }
    return error ? error : more;
}

/* ---- rebates ---- */

static int open_desk(struct vip_gather *gather)
{
    const struct vip_desk_options options = {
        .batch = {.db = gather->db, .as_of = gather->query->as_of},
        .programs = gather->query->programs};

    return gather->desk ? VIP_OK : vip_desk_open(&gather->desk, &options, gather->diag);
}

/* The largest of the rebates of a card year that the member could have, if there is one. */
static int add_rebate(struct vip_gather *gather, struct vip_remind_item item,
                      struct vip_arena *scratch)
{
    const struct vip_reward *best = NULL;
    struct vip_statement *row = NULL;
    struct vip_offer *offers;
    const char *number;
    vip_points balance;
    size_t count;
    int found =
        vip_db_query(gather->db, VIP_SQL_desk_member, &row, gather->diag, vip_int(item.member));

    if (found <= 0)
        return found;
    const struct vip_identity identity = {.member =
                                              vip_arena_text(scratch, vip_column_text(row, 0))};
    vip_reset(row);
    int error = vip_desk_offers(gather->desk, &identity, scratch, &number, &balance, &offers,
                                &count, gather->diag);
    if (error == VIP_EREFUSED) { /* he could have nothing at all */
        vip_diag_clear(gather->diag);
        return VIP_OK;
    }
    for (size_t i = 0; !error && i < count; i++) {
        const struct vip_reward *reward = vip_program_reward(gather->program, offers[i].item);
        if (reward && reward->due_card_year && (!best || reward->cost > best->cost))
            best = reward;
    }
    if (error || !best)
        return error;
    item.number = best->value;
    item.to = vip_redeem_claim_end(gather->program, item.event);
    return vip_gather_add(gather, item);
}

/* Cards that ended in the window, and those that were renewed for some years since. */
static int collect_card_years(struct vip_gather *gather, struct vip_remind_window window,
                              struct vip_gather_rows *rows)
{
    enum { YEAR = 12, RENEWED_YEARS = 5 };
    int error = VIP_OK;

    for (int years = 0; !error && years <= RENEWED_YEARS; years++) {
        struct vip_remind_window ends = {vip_day_add_months(window.from, years * YEAR),
                                         vip_day_add_months(window.to, years * YEAR)};
        size_t first = rows->count;
        error = vip_gather_collect(gather, VIP_SQL_remind_card_years, ends, rows);
        for (size_t i = first; i < rows->count; i++)
            rows->items[i].day = vip_day_add_months(rows->items[i].day, -years * YEAR);
    }
    return error;
}

int vip_gather_rebates(struct vip_gather *gather)
{
    struct vip_arena scratch = {0};
    struct vip_gather_rows rows = {0};
    int error = collect_card_years(gather, vip_remind_events(gather->rule, gather->due), &rows);

    if (!error && rows.count)
        error = open_desk(gather);
    for (size_t i = 0; !error && i < rows.count; i++) {
        struct vip_remind_item item =
            vip_gather_item(gather, rows.items[i].member, rows.items[i].day);
        vip_arena_reset(&scratch);
        if (vip_remind_within(gather->due, item.due))
            error = add_rebate(gather, item, &scratch);
    }
    free(rows.items);
    vip_arena_free(&scratch);
    return error;
}
