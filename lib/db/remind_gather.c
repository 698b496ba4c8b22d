/* Gathering what is due: for each rule of reminders.csv the events that its window can hold are
 * asked for by an index, so that a night costs what is due. See remind.h. */
#include "lib/db/remind_items.h"

#include "lib/base/lunar.h"
#include "lib/base/text.h"
#include "lib/db/redeem.h"
#include "lib/db/tier.h"
#include "lib/rules/contact.h"
#include <stdlib.h>
#include <string.h>

struct gather {
    struct vip_db *db;
    const struct vip_remind_query *query;
    const struct vip_program *program;
    struct vip_arena *arena;
    struct vip_diag *diag;
    struct vip_remind_items list;

    struct vip_tier_engine *tiers; /* made ready when near-tier is first asked for */
    struct vip_desk *desk;         /* likewise, of rebates */

    /* of the rule at work */
    const struct vip_reminder *rule;
    struct vip_remind_window due;  /* since the last run, until as_of + ahead */
    struct vip_remind_window late; /* before that: only what was posted since the last run */
    vip_day since;                 /* the last run, VIP_DAY_NONE: none */
    int64_t batch;                 /* of the last run */
};

static int add(struct gather *gather, struct vip_remind_item item)
{
    item.rule = gather->rule;
    item.ready = item.due;
    return vip_remind_items_add(&gather->list, &item, gather->diag);
}

static struct vip_remind_item item_of(const struct gather *gather, int64_t member, vip_day event)
{
    return (struct vip_remind_item){.member = member,
                                    .event = event,
                                    .due = vip_remind_due(gather->rule, event),
                                    .from = VIP_DAY_NONE,
                                    .to = VIP_DAY_NONE};
}

/* The events of the rule's window, those that may be late included. */
static struct vip_remind_window events(const struct gather *gather)
{
    bool late = gather->late.from <= gather->late.to;

    return vip_remind_events(
        gather->rule,
        (struct vip_remind_window){late ? gather->late.from : gather->due.from, gather->due.to});
}

/* ---- collecting rows before other statements run ---- */

struct row {
    int64_t member;
    vip_day day;
};

struct rows {
    struct row *items;
    size_t count, capacity;
};

static int keep_row(struct rows *rows, int64_t member, vip_day day, struct vip_diag *diag)
{
    void *items = rows->items;

    if (vip_array_grow(&items, &rows->capacity, rows->count + 1, sizeof *rows->items))
        return vip_fail_memory(diag);
    rows->items = items;
    rows->items[rows->count++] = (struct row){member, day};
    return VIP_OK;
}

static int collect(struct gather *gather, enum vip_sql sql, struct vip_remind_window window,
                   struct rows *rows)
{
    struct vip_statement *row = NULL;
    int more =
        vip_db_query(gather->db, sql, &row, gather->diag, vip_int(window.from), vip_int(window.to));

    for (; more > 0; more = vip_step(row, gather->diag)) {
        int error =
            keep_row(rows, vip_column_integer(row, 0), vip_column_day(row, 1), gather->diag);
        if (error) {
            vip_reset(row);
            return error;
        }
    }
    return more;
}

/* ---- purchases ---- */

/* 1 when the purchase was posted after the last run. */
static int is_fresh(struct gather *gather, int64_t member, vip_day day)
{
    struct vip_statement *row = NULL;
    int found = vip_db_query(gather->db, VIP_SQL_remind_posted_since, &row, gather->diag,
                             vip_int(member), vip_int(day), vip_int(gather->batch));

    if (found > 0)
        vip_reset(row);
    return found;
}

/* Adds a contact about a purchase if it is due; of points-posted only if there were points. */
static int add_purchase(struct gather *gather, int64_t member, vip_day day)
{
    struct vip_remind_item item = item_of(gather, member, day);
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
    return add(gather, item);
}

static int by_member_and_day(const void *a, const void *b)
{
    const struct row *left = a, *right = b;

    if (left->member != right->member)
        return left->member < right->member ? -1 : 1;
    return left->day < right->day ? -1 : left->day > right->day;
}

/* Adds the days that the ledger knows of one member; what earned nothing and counts for nothing is
 * not in it. */
static int add_days(struct gather *gather, int64_t member, vip_day first, struct rows *days)
{
    struct vip_statement *row = NULL;
    int more = vip_db_query(gather->db, VIP_SQL_remind_days, &row, gather->diag, vip_int(member),
                            vip_int(first));

    for (; more > 0; more = vip_step(row, gather->diag)) {
        int error = keep_row(days, member, vip_column_day(row, 0), gather->diag);
        if (error) {
            vip_reset(row);
            return error;
        }
    }
    return more;
}

/* The purchase days of one member before the last one that still stand, or each for itself; some of
 * his days, the last among them, are known. */
static int add_earlier(struct gather *gather, const struct row *known, size_t count, vip_day first,
                       bool each)
{
    struct rows days = {0};
    int error = add_days(gather, known->member, first, &days);

    for (size_t i = 0; !error && i < count; i++)
        error = keep_row(&days, known->member, known[i].day, gather->diag);
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
static int gather_earlier(struct gather *gather, struct rows *rows, bool each)
{
    struct vip_remind_window window = events(gather);
    struct vip_remind_window buyers = {1 + (each ? window.from : gather->due.from), VIP_DAY_NONE};
    int error = collect(gather, VIP_SQL_remind_purchased, buyers, rows);

    if (!error && rows->count)
        qsort(rows->items, rows->count, sizeof *rows->items, by_member_and_day);
    for (size_t i = 0, end; !error && i < rows->count; i = end) {
        for (end = i + 1; end < rows->count && rows->items[end].member == rows->items[i].member;)
            end++;
        error = add_earlier(gather, &rows->items[i], end - i, window.from, each);
    }
    return error;
}

static int gather_overtaken(struct gather *gather, bool each)
{
    struct vip_remind_window window = events(gather);
    struct vip_statement *row = NULL;
    struct rows rows = {0};
    int error = VIP_OK;
    int more = vip_db_query(gather->db, VIP_SQL_remind_overtaken, &row, gather->diag,
                            vip_int(window.from), vip_int(window.to), vip_int(gather->due.from));

    for (; !error && more > 0; more = vip_step(row, gather->diag))
        if ((error = keep_row(&rows, vip_column_integer(row, 0), vip_column_day(row, 1),
                              gather->diag))) {
            vip_reset(row);
            break;
        }
    if (!error)
        error = more ? more : gather_earlier(gather, &rows, each);
    free(rows.items);
    return error;
}

static int gather_purchases(struct gather *gather)
{
    struct rows rows = {0};
    enum vip_remind_kind kind = vip_remind_kind(gather->rule);
    int error = collect(gather, VIP_SQL_remind_purchased, events(gather), &rows);

    for (size_t i = 0; !error && i < rows.count; i++)
        error = add_purchase(gather, rows.items[i].member, rows.items[i].day);
    free(rows.items);
    if (!error && (kind == VIP_REMIND_FOLLOW_UP || kind == VIP_REMIND_POINTS_POSTED ||
                   kind == VIP_REMIND_STATEMENT))
        error = gather_overtaken(gather, kind == VIP_REMIND_POINTS_POSTED);
    return error;
}

/* ---- who is near a tier ---- */

static int add_near(struct gather *gather, struct vip_remind_item item,
                    const struct vip_tier_figure *figures, size_t count)
{
    const struct vip_tier_figure *nearest = vip_tier_nearest(figures, count, gather->rule->lacks);

    if (!nearest)
        return VIP_OK;
    item.number = nearest->rule->threshold - nearest->reached;
    item.basis = nearest->rule->basis;
    item.detail = vip_arena_text(gather->arena, nearest->tier);
    return item.detail ? add(gather, item) : vip_fail_memory(gather->diag);
}

/* Looks at those whose purchases made them due, and keeps who lacks little. */
static int gather_near(struct gather *gather, size_t first)
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

static int gather_near_tiers(struct gather *gather)
{
    size_t first = gather->list.count;
    int error = gather_purchases(gather);

    return error ? error : gather_near(gather, first);
}

/* ---- birthdays ---- */

/* Who was born on a month and day, if the birthday falls on `day` by the calendar's own rules. */
static int add_born(struct gather *gather, int month, int day_of_month, vip_day day)
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
        int error = add(gather, item_of(gather, vip_column_integer(row, 0), day));
        if (error) {
            vip_reset(row);
            return error;
        }
    }
    return more;
}

static int gather_birthdays_on(struct gather *gather, vip_day day)
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

static int gather_birthdays(struct gather *gather)
{
    struct vip_remind_window window = vip_remind_events(gather->rule, gather->due);
    int error = VIP_OK;

    for (vip_day day = window.from; !error && day <= window.to; day++)
        if (vip_remind_within(gather->due, vip_remind_due(gather->rule, day)))
            error = gather_birthdays_on(gather, day);
    return error;
}

/* ---- what runs out ---- */

static int gather_points(struct gather *gather)
{
    struct vip_remind_window window = events(gather);
    struct vip_statement *row = NULL;
    int more = vip_db_query(gather->db, VIP_SQL_remind_points_end, &row, gather->diag,
                            vip_int(window.from), vip_int(window.to));
    int error = VIP_OK;

    for (; more > 0; more = vip_step(row, gather->diag)) {
        struct vip_remind_item item =
            item_of(gather, vip_column_integer(row, 0), vip_column_day(row, 1));
        item.number = vip_column_integer(row, 2);
        if (vip_remind_within(gather->due, item.due) ||
            (vip_remind_within(gather->late, item.due) &&
             vip_column_integer(row, 3) > gather->batch))
            error = add(gather, item);
        if (error) {
            vip_reset(row);
            break;
        }
    }
    return error ? error : more;
}

/* Vouchers and cards: member, last day, code, value. */
static int gather_codes(struct gather *gather, enum vip_sql sql)
{
    struct vip_remind_window window = vip_remind_events(gather->rule, gather->due);
    struct vip_statement *row = NULL;
    int more =
        vip_db_query(gather->db, sql, &row, gather->diag, vip_int(window.from), vip_int(window.to));
    int error = VIP_OK;

    for (; more > 0; more = vip_step(row, gather->diag)) {
        struct vip_remind_item item =
            item_of(gather, vip_column_integer(row, 0), vip_column_day(row, 1));
        item.detail = vip_arena_text(gather->arena, vip_column_text(row, 2));
        item.number = vip_column_count(row) > 3 ? vip_column_integer(row, 3) : 0;
        if (!item.detail)
            error = vip_fail_memory(gather->diag);
        else if (vip_remind_within(gather->due, item.due))
            error = add(gather, item);
        if (error) {
            vip_reset(row);
            break;
        }
    }
    return error ? error : more;
}

/* ---- tiers, enrolments, everyone ---- */

static int add_tier_change(struct gather *gather, struct vip_statement *row)
{
    vip_day run = vip_column_day(row, 1), due = vip_remind_due(gather->rule, run);
    bool fresh = vip_column_integer(row, 6) > gather->batch;

    if (!vip_remind_within(gather->due, due) && !(fresh && vip_remind_within(gather->late, due)))
        return VIP_OK;
    struct vip_remind_item item =
        item_of(gather, vip_column_integer(row, 0), vip_column_day(row, 4));
    item.due = due;
    item.from_tier = vip_arena_text(gather->arena, vip_column_text(row, 2));
    item.detail = vip_arena_text(gather->arena, vip_column_text(row, 3));
    item.to = vip_column_day(row, 5);
    if (!item.from_tier || !item.detail)
        return vip_fail_memory(gather->diag);
    return add(gather, item);
}

static int gather_tier_changes(struct gather *gather)
{
    struct vip_remind_window window = events(gather);
    struct vip_statement *row = NULL;
    int more = vip_db_query(gather->db, VIP_SQL_remind_tiers_changed, &row, gather->diag,
                            vip_int(window.from), vip_int(window.to));
    int error = VIP_OK;

    for (; more > 0; more = vip_step(row, gather->diag))
        if ((error = add_tier_change(gather, row))) {
            vip_reset(row);
            break;
        }
    return error ? error : more;
}

static int gather_enrolments(struct gather *gather, enum vip_sql sql)
{
    struct rows rows = {0};
    int error = collect(gather, sql, vip_remind_events(gather->rule, gather->due), &rows);

    for (size_t i = 0; !error && i < rows.count; i++) {
        struct vip_remind_item item = item_of(gather, rows.items[i].member, rows.items[i].day);
        if (vip_remind_within(gather->due, item.due))
            error = add(gather, item);
    }
    free(rows.items);
    return error;
}

/* Who has a wrong number is asked for the right one as soon as that is known. */
static int gather_unreached(struct gather *gather)
{
    struct vip_statement *row = NULL;
    bool late = gather->late.from <= gather->late.to;
    int more = vip_db_query(gather->db, VIP_SQL_remind_unreached, &row, gather->diag,
                            vip_int(late ? gather->late.from : gather->due.from),
                            vip_int(gather->due.to), vip_int(gather->program->contact_tries));

    for (; more > 0; more = vip_step(row, gather->diag)) {
        struct vip_remind_item item =
            item_of(gather, vip_column_integer(row, 0), vip_column_day(row, 1));
        item.due = item.event;
        item.detail = "phone";
        int error = add(gather, item);
        if (error) {
            vip_reset(row);
            return error;
        }
    }
    return more;
}

static int gather_dossiers(struct gather *gather)
{
    int error = strcmp(gather->rule->anchor, "purchase") == 0
                    ? gather_purchases(gather)
                    : gather_enrolments(gather, VIP_SQL_remind_enrolled);

    return error ? error : gather_unreached(gather);
}

/* Who has bought nothing since, and who never has: of him it counts from the enrolment. */
static int gather_dormant(struct gather *gather)
{
    int error = gather_purchases(gather);

    return error ? error : gather_enrolments(gather, VIP_SQL_remind_never_bought);
}

/* A complaint that was closed and not looked at since; it may have been written down late. */
static int gather_complaints(struct gather *gather)
{
    struct vip_remind_window window = events(gather);
    struct vip_statement *row = NULL;
    int more = vip_db_query(gather->db, VIP_SQL_remind_complaints, &row, gather->diag,
                            vip_int(window.from), vip_int(window.to), vip_int(VIP_STEP_CLOSED));
    int error = VIP_OK;

    for (; more > 0; more = vip_step(row, gather->diag)) {
        struct vip_remind_item item =
            item_of(gather, vip_column_integer(row, 0), vip_column_day(row, 1));
        item.detail = vip_arena_text(gather->arena, vip_column_text(row, 2));
        if (!item.detail)
            error = vip_fail_memory(gather->diag);
        else if (vip_remind_within(gather->due, item.due) ||
                 vip_remind_within(gather->late, item.due))
            error = add(gather, item);
        if (error) {
            vip_reset(row);
            break;
        }
    }
    return error ? error : more;
}

/* ---- rebates ---- */

static int open_desk(struct gather *gather)
{
    const struct vip_desk_options options = {
        .batch = {.db = gather->db, .as_of = gather->query->as_of},
        .programs = gather->query->programs};

    return gather->desk ? VIP_OK : vip_desk_open(&gather->desk, &options, gather->diag);
}

/* The largest of the rebates of a card year that the member could have, if there is one. */
static int add_rebate(struct gather *gather, struct vip_remind_item item, struct vip_arena *scratch)
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
    return add(gather, item);
}

/* Cards that ended in the window, and those that were renewed for some years since. */
static int collect_card_years(struct gather *gather, struct vip_remind_window window,
                              struct rows *rows)
{
    enum { YEAR = 12, RENEWED_YEARS = 5 };
    int error = VIP_OK;

    for (int years = 0; !error && years <= RENEWED_YEARS; years++) {
        struct vip_remind_window ends = {vip_day_add_months(window.from, years * YEAR),
                                         vip_day_add_months(window.to, years * YEAR)};
        size_t first = rows->count;
        error = collect(gather, VIP_SQL_remind_card_years, ends, rows);
        for (size_t i = first; i < rows->count; i++)
            rows->items[i].day = vip_day_add_months(rows->items[i].day, -years * YEAR);
    }
    return error;
}

static int gather_rebates(struct gather *gather)
{
    struct vip_arena scratch = {0};
    struct rows rows = {0};
    int error = collect_card_years(gather, vip_remind_events(gather->rule, gather->due), &rows);

    if (!error && rows.count)
        error = open_desk(gather);
    for (size_t i = 0; !error && i < rows.count; i++) {
        struct vip_remind_item item = item_of(gather, rows.items[i].member, rows.items[i].day);
        vip_arena_reset(&scratch);
        if (vip_remind_within(gather->due, item.due))
            error = add_rebate(gather, item, &scratch);
    }
    free(rows.items);
    vip_arena_free(&scratch);
    return error;
}

static int add_members(struct gather *gather, vip_day event, struct vip_statement *row, int more)
{
    for (; more > 0; more = vip_step(row, gather->diag)) {
        int error = add(gather, item_of(gather, vip_column_integer(row, 0), event));
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
static int add_holders(struct gather *gather, vip_day event)
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
static int add_everyone(struct gather *gather, vip_day event)
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

static int gather_holidays(struct gather *gather)
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
static int is_version_due(struct gather *gather, vip_day effective)
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
static int gather_versions(struct gather *gather)
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

static int add_announcements(struct gather *gather, vip_day event, vip_day from, vip_day to)
{
    struct vip_statement *row = NULL;
    int more = vip_db_query(gather->db, VIP_SQL_remind_earned, &row, gather->diag, vip_int(from),
                            vip_int(to));
    int error = VIP_OK;

    for (; more > 0; more = vip_step(row, gather->diag)) {
        struct vip_remind_item item = item_of(gather, vip_column_integer(row, 0), event);
        item.number = vip_column_integer(row, 1);
        item.from = from;
        item.to = to;
        if ((error = add(gather, item))) {
            vip_reset(row);
            break;
        }
    }
    return error ? error : more;
}

static int gather_announcements(struct gather *gather)
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

/* ---- all rules ---- */

static int gather_rule(struct gather *gather)
{
    switch (vip_remind_kind(gather->rule)) {
    case VIP_REMIND_BIRTHDAY:
        return gather_birthdays(gather);
    case VIP_REMIND_FOLLOW_UP:
    case VIP_REMIND_POINTS_POSTED:
    case VIP_REMIND_STATEMENT:
        return gather_purchases(gather);
    case VIP_REMIND_DORMANT:
        return gather_dormant(gather);
    case VIP_REMIND_NEAR_TIER:
        return gather_near_tiers(gather);
    case VIP_REMIND_ANNOUNCEMENT:
        return gather_announcements(gather);
    case VIP_REMIND_POINTS_EXPIRING:
        return gather_points(gather);
    case VIP_REMIND_VOUCHER_EXPIRING:
        return gather_codes(gather, VIP_SQL_remind_vouchers_end);
    case VIP_REMIND_CARD_EXPIRING:
        return gather_codes(gather, VIP_SQL_remind_cards_end);
    case VIP_REMIND_TIER_CHANGE:
        return gather_tier_changes(gather);
    case VIP_REMIND_HOLIDAY:
        return gather_holidays(gather);
    case VIP_REMIND_DOSSIER:
        return gather_dossiers(gather);
    case VIP_REMIND_COMPLAINT:
        return gather_complaints(gather);
    case VIP_REMIND_REBATE:
        return gather_rebates(gather);
    case VIP_REMIND_PROGRAMME_CHANGE:
        return gather_versions(gather);
    case VIP_REMIND_OTHER:
        break;
    }
    return VIP_OK;
}

/* Whether an event can come to be due on the very day of a run after it, and nothing but its key
 * tells: who enrols on his birthday, a voucher that is good for a month. */
static bool comes_by_day(const struct vip_reminder *rule)
{
    enum vip_remind_kind kind = vip_remind_kind(rule);

    return kind == VIP_REMIND_BIRTHDAY || kind == VIP_REMIND_VOUCHER_EXPIRING ||
           kind == VIP_REMIND_CARD_EXPIRING || kind == VIP_REMIND_REBATE ||
           kind == VIP_REMIND_DOSSIER;
}

static int set_window(struct gather *gather)
{
    vip_day as_of = gather->query->as_of;
    int error = vip_remind_last_run(gather->db, gather->rule->kind, &gather->since, &gather->batch,
                                    gather->diag);

    gather->due = (struct vip_remind_window){as_of, as_of + gather->query->ahead};
    gather->late = (struct vip_remind_window){0, -1};
    if (error || gather->since == VIP_DAY_NONE)
        return error;
    gather->due.from = gather->since + !comes_by_day(gather->rule);
    gather->late = (struct vip_remind_window){gather->since + 1 - VIP_REMIND_LATE, gather->since};
    return VIP_OK;
}

bool vip_remind_is_asked(const char *kinds, const char *kind)
{
    const char *rest = kinds, *part;
    size_t size;

    if (!kinds)
        return true;
    while (vip_text_split(&rest, ',', &part, &size))
        if (strlen(kind) == size && memcmp(kind, part, size) == 0)
            return true;
    return false;
}

int vip_remind_gather(struct vip_db *db, const struct vip_remind_query *query,
                      struct vip_arena *arena, struct vip_remind_item **items, size_t *count,
                      struct vip_diag *diag)
{
    struct gather gather = {.db = db,
                            .query = query,
                            .arena = arena,
                            .diag = diag,
                            .program = vip_programs_on(query->programs, query->as_of)};
    int error = vip_remind_items_kept(&gather.list, db, query, arena, diag);

    for (size_t i = 0; !error && i < gather.program->reminder_count; i++) {
        gather.rule = &gather.program->reminders[i];
        if (!vip_remind_is_asked(query->kinds, gather.rule->kind))
            continue;
        error = set_window(&gather);
        if (!error)
            error = gather_rule(&gather);
    }
    if (!error)
        vip_remind_items_sort(&gather.list, gather.program);
    vip_tier_engine_close(gather.tiers);
    vip_desk_close(gather.desk);
    return vip_remind_items_end(&gather.list, error, arena, items, count, diag);
}
