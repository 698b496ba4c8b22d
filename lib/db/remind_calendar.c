/* What the calendar brings: birthdays, and what is for everyone (holidays, new versions of the
 * programme, announcements). See remind.h. */
#include "lib/db/remind_gather.h"

#include "lib/base/lunar.h"
#include "lib/base/text.h"
#include <stdlib.h>

/* ---- birthdays ---- */

/* Who was born on a month and day, if the birthday falls on `day` by the calendar's own rules. */
static int add_born(struct vip_gather *gather, int month, int day_of_month, vip_day day)
{
    struct vip_statement *row = NULL;
    int more = vip_db_query(gather->db, VIP_SQL_remind_born, &row, gather->diag, vip_int(month),
                            vip_int(day_of_month));

    for (; more > 0; more = vip_step(row, gather->diag)) {
        struct vip_birthday birthday;
        const char *why;
        if (vip_birthday_parse(vip_column_text(row, 1), &birthday, &why) ||
            vip_birthday_next(&birthday, day) != day)
            continue;
        int error =
            vip_gather_add(gather, vip_gather_item(gather, vip_column_integer(row, 0), day));
        if (error) {
            vip_reset(row);
            return error;
        }
    }
    return more;
}

static int gather_birthdays_on(struct vip_gather *gather, vip_day day)
{
    enum { LUNAR = 100, SHORT_MONTH = 29 };
    struct vip_civil civil = vip_day_civil(day);
    int lunar_day = 0;
    const struct vip_lunar_month *lunar = vip_lunar_find(day, &lunar_day);
    int error = add_born(gather, civil.month, civil.day, day);

    if (!error && civil.month == 2 && civil.day == 28 && vip_month_length(civil.year, 2) == 28)
        error = add_born(gather, 2, 29, day);
    if (!error && lunar)
        error = add_born(gather, lunar->month + LUNAR, lunar_day, day);
    if (!error && lunar && lunar_day == SHORT_MONTH && lunar->days == SHORT_MONTH)
        error = add_born(gather, lunar->month + LUNAR, SHORT_MONTH + 1, day);
    return error;
}

int vip_gather_birthdays(struct vip_gather *gather)
{
    struct vip_remind_window window = vip_remind_events(gather->rule, gather->due);
    int error = VIP_OK;

    for (vip_day day = window.from; !error && day <= window.to; day++)
        if (vip_remind_within(gather->due, vip_remind_due(gather->rule, day)))
            error = gather_birthdays_on(gather, day);
    return error;
}

/* ---- everyone ---- */

static int add_members(struct vip_gather *gather, vip_day event, struct vip_statement *row,
                       int more)
{
    for (; more > 0; more = vip_step(row, gather->diag)) {
        int error =
            vip_gather_add(gather, vip_gather_item(gather, vip_column_integer(row, 0), event));
        if (error) {
            vip_reset(row);
            return error;
        }
    }
    return more;
}

static int by_member(const void *a, const void *b)
{
    const struct vip_remind_item *left = a, *right = b;

    return left->member < right->member ? -1 : left->member > right->member;
}

/* Who holds one of the rule's tiers; on two ladders he is found twice. */
static int add_holders(struct vip_gather *gather, vip_day event)
{
    struct vip_remind_items *list = &gather->list;
    size_t first = list->count, kept = first;
    int error = VIP_OK;

    for (size_t i = 0; !error && i < gather->program->tier_count; i++) {
        const char *tier = gather->program->tiers[i].tier;
        struct vip_statement *row = NULL;
        if (!vip_list_has(gather->rule->tier, tier))
            continue;
        int more =
            vip_db_query(gather->db, VIP_SQL_remind_holders, &row, gather->diag, vip_text(tier));
        error = add_members(gather, event, row, more);
    }
    if (error || list->count == first)
        return error;
    qsort(list->items + first, list->count - first, sizeof *list->items, by_member);
    for (size_t i = first; i < list->count; i++)
        if (kept == first || list->items[i].member != list->items[kept - 1].member)
            list->items[kept++] = list->items[i];
    list->count = kept;
    return VIP_OK;
}

/* All members that the rule is for: of a rule for some tiers those who hold one, by an index. */
static int add_everyone(struct vip_gather *gather, vip_day event)
{
    struct vip_statement *row = NULL;

    if (!vip_list_has(gather->rule->tier, ""))
        return add_holders(gather, event);
    int more =
        vip_db_query_values(gather->db, VIP_SQL_remind_everyone, &row, gather->diag, NULL, 0);
    return add_members(gather, event, row, more);
}

static bool is_holiday(const struct vip_program *program, vip_day day)
{
    for (size_t i = 0; i < program->holiday_count; i++)
        if (vip_birthday_next(&program->holidays[i].date, day) == day)
            return true;
    return false;
}

int vip_gather_holidays(struct vip_gather *gather)
{
    struct vip_remind_window window = vip_remind_events(gather->rule, gather->due);
    int error = VIP_OK;

    for (vip_day day = window.from; !error && day <= window.to; day++)
        if (vip_remind_within(gather->due, vip_remind_due(gather->rule, day)) &&
            is_holiday(gather->program, day))
            error = add_everyone(gather, day);
    return error;
}

/* Whether a version is due: it may have been loaded too late for its day, but not for its use. */
static int is_version_due(struct vip_gather *gather, vip_day effective)
{
    vip_day due = vip_remind_due(gather->rule, effective);
    int64_t loaded;

    if (vip_remind_within(gather->due, due))
        return 1;
    if (gather->since == VIP_DAY_NONE || due > gather->since || effective <= gather->query->as_of)
        return 0;
    int error = vip_db_number(gather->db, VIP_SQL_remind_loaded, &loaded, 0, gather->diag,
                              VIP_VALUES(vip_int(effective)));
    return error ? error : loaded > gather->batch;
}

/* The first version is the beginning, not a change. */
int vip_gather_versions(struct vip_gather *gather)
{
    const struct vip_programs *programs = gather->query->programs;
    int error = VIP_OK;

    for (size_t i = 1; !error && i < programs->count; i++) {
        vip_day effective = programs->versions[i]->effective;
        int due = is_version_due(gather, effective);
        error = due > 0 ? add_everyone(gather, effective) : due;
    }
    return error;
}

static int add_announcements(struct vip_gather *gather, vip_day event, vip_day from, vip_day to)
{
    struct vip_statement *row = NULL;
    int more = vip_db_query(gather->db, VIP_SQL_remind_earned, &row, gather->diag, vip_int(from),
                            vip_int(to));
    int error = VIP_OK;

    for (; more > 0; more = vip_step(row, gather->diag)) {
        struct vip_remind_item item = vip_gather_item(gather, vip_column_integer(row, 0), event);
        item.number = vip_column_integer(row, 1);
        item.from = from;
        item.to = to;
        if ((error = vip_gather_add(gather, item))) {
            vip_reset(row);
            break;
        }
    }
    return error ? error : more;
}

int vip_gather_announcements(struct vip_gather *gather)
{
    struct vip_remind_window window = vip_remind_events(gather->rule, gather->due);
    vip_day from, to;
    int error = VIP_OK;

    for (vip_day day = window.from; !error && day <= window.to; day++)
        if (vip_day_civil(day).day == 1 &&
            vip_remind_within(gather->due, vip_remind_due(gather->rule, day)) &&
            vip_remind_announced(gather->program, day, &from, &to))
            error = add_announcements(gather, day, from, to);
    return error;
}
