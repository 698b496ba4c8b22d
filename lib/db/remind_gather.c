/* Gathering what is due: for each rule of reminders.csv the events that its window can hold are
 * asked for by an index, so that a night costs what is due. Here are the window, what the files of
 * the rules share, and the rules that need no file of their own. See remind.h. */
#include "lib/db/remind_gather.h"

#include "lib/base/text.h"
#include "lib/db/redeem.h"
#include "lib/db/tier.h"
#include "lib/rules/contact.h"
#include <stdlib.h>
#include <string.h>

int vip_gather_add(struct vip_gather *gather, struct vip_remind_item item)
{
    item.rule = gather->rule;
    item.ready = item.due;
    return vip_remind_items_add(&gather->list, &item, gather->diag);
}

struct vip_remind_item vip_gather_item(const struct vip_gather *gather, int64_t member,
                                       vip_day event)
{
    return (struct vip_remind_item){.member = member,
                                    .event = event,
                                    .due = vip_remind_due(gather->rule, event),
                                    .from = VIP_DAY_NONE,
                                    .to = VIP_DAY_NONE};
}

struct vip_remind_window vip_gather_events(const struct vip_gather *gather)
{
    bool late = gather->late.from <= gather->late.to;

    return vip_remind_events(
        gather->rule,
        (struct vip_remind_window){late ? gather->late.from : gather->due.from, gather->due.to});
}

int vip_gather_keep(struct vip_gather_rows *rows, int64_t member, vip_day day,
                    struct vip_diag *diag)
{
    void *items = rows->items;

    if (vip_array_grow(&items, &rows->capacity, rows->count + 1, sizeof *rows->items))
        return vip_fail_memory(diag);
    rows->items = items;
    rows->items[rows->count++] = (struct vip_gather_row){member, day};
    return VIP_OK;
}

int vip_gather_collect(struct vip_gather *gather, enum vip_sql sql, struct vip_remind_window window,
                       struct vip_gather_rows *rows)
{
    struct vip_statement *row = NULL;
    int more =
        vip_db_query(gather->db, sql, &row, gather->diag, vip_int(window.from), vip_int(window.to));

    for (; more > 0; more = vip_step(row, gather->diag)) {
        int error =
            vip_gather_keep(rows, vip_column_integer(row, 0), vip_column_day(row, 1), gather->diag);
        if (error) {
            vip_reset(row);
            return error;
        }
    }
    return more;
}

/* ---- tiers, enrolments, complaints ---- */

static int add_tier_change(struct vip_gather *gather, struct vip_statement *row)
{
    vip_day run = vip_column_day(row, 1), due = vip_remind_due(gather->rule, run);
    bool fresh = vip_column_integer(row, 6) > gather->batch;

    if (!vip_remind_within(gather->due, due) && !(fresh && vip_remind_within(gather->late, due)))
        return VIP_OK;
    struct vip_remind_item item =
        vip_gather_item(gather, vip_column_integer(row, 0), vip_column_day(row, 4));
    item.due = due;
    item.from_tier = vip_arena_text(gather->arena, vip_column_text(row, 2));
    item.detail = vip_arena_text(gather->arena, vip_column_text(row, 3));
    item.to = vip_column_day(row, 5);
    if (!item.from_tier || !item.detail)
        return vip_fail_memory(gather->diag);
    return vip_gather_add(gather, item);
}

static int gather_tier_changes(struct vip_gather *gather)
{
    struct vip_remind_window window = vip_gather_events(gather);
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

static int gather_enrolments(struct vip_gather *gather, enum vip_sql sql)
{
    struct vip_gather_rows rows = {0};
    int error =
        vip_gather_collect(gather, sql, vip_remind_events(gather->rule, gather->due), &rows);

    for (size_t i = 0; !error && i < rows.count; i++) {
        struct vip_remind_item item =
            vip_gather_item(gather, rows.items[i].member, rows.items[i].day);
        if (vip_remind_within(gather->due, item.due))
            error = vip_gather_add(gather, item);
    }
    free(rows.items);
    return error;
}

/* Who has a wrong number is asked for the right one as soon as that is known. */
static int gather_unreached(struct vip_gather *gather)
{
    struct vip_statement *row = NULL;
    bool late = gather->late.from <= gather->late.to;
    int more = vip_db_query(gather->db, VIP_SQL_remind_unreached, &row, gather->diag,
                            vip_int(late ? gather->late.from : gather->due.from),
                            vip_int(gather->due.to), vip_int(gather->program->contact_tries));

    for (; more > 0; more = vip_step(row, gather->diag)) {
        struct vip_remind_item item =
            vip_gather_item(gather, vip_column_integer(row, 0), vip_column_day(row, 1));
        item.due = item.event;
        item.detail = "phone";
        int error = vip_gather_add(gather, item);
        if (error) {
            vip_reset(row);
            return error;
        }
    }
    return more;
}

static int gather_dossiers(struct vip_gather *gather)
{
    int error = strcmp(gather->rule->anchor, "purchase") == 0
                    ? vip_gather_purchases(gather)
                    : gather_enrolments(gather, VIP_SQL_remind_enrolled);

    return error ? error : gather_unreached(gather);
}

/* Who has bought nothing since, and who never has: of him it counts from the enrolment. */
static int gather_dormant(struct vip_gather *gather)
{
    int error = vip_gather_purchases(gather);

    return error ? error : gather_enrolments(gather, VIP_SQL_remind_never_bought);
}

/* A complaint that was closed and not looked at since; it may have been written down late. */
static int gather_complaints(struct vip_gather *gather)
{
    struct vip_remind_window window = vip_gather_events(gather);
    struct vip_statement *row = NULL;
    int more = vip_db_query(gather->db, VIP_SQL_remind_complaints, &row, gather->diag,
                            vip_int(window.from), vip_int(window.to), vip_int(VIP_STEP_CLOSED));
    int error = VIP_OK;

    for (; more > 0; more = vip_step(row, gather->diag)) {
        struct vip_remind_item item =
            vip_gather_item(gather, vip_column_integer(row, 0), vip_column_day(row, 1));
        item.detail = vip_arena_text(gather->arena, vip_column_text(row, 2));
        if (!item.detail)
            error = vip_fail_memory(gather->diag);
        else if (vip_remind_within(gather->due, item.due) ||
                 vip_remind_within(gather->late, item.due))
            error = vip_gather_add(gather, item);
        if (error) {
            vip_reset(row);
            break;
        }
    }
    return error ? error : more;
}

/* ---- all rules ---- */

static int gather_rule(struct vip_gather *gather)
{
    switch (vip_remind_kind(gather->rule)) {
    case VIP_REMIND_BIRTHDAY:
        return vip_gather_birthdays(gather);
    case VIP_REMIND_FOLLOW_UP:
    case VIP_REMIND_POINTS_POSTED:
    case VIP_REMIND_STATEMENT:
        return vip_gather_purchases(gather);
    case VIP_REMIND_DORMANT:
        return gather_dormant(gather);
    case VIP_REMIND_NEAR_TIER:
        return vip_gather_near_tiers(gather);
    case VIP_REMIND_ANNOUNCEMENT:
        return vip_gather_announcements(gather);
    case VIP_REMIND_POINTS_EXPIRING:
        return vip_gather_points(gather);
    case VIP_REMIND_VOUCHER_EXPIRING:
        return vip_gather_codes(gather, VIP_SQL_remind_vouchers_end);
    case VIP_REMIND_CARD_EXPIRING:
        return vip_gather_codes(gather, VIP_SQL_remind_cards_end);
    case VIP_REMIND_TIER_CHANGE:
        return gather_tier_changes(gather);
    case VIP_REMIND_HOLIDAY:
        return vip_gather_holidays(gather);
    case VIP_REMIND_DOSSIER:
        return gather_dossiers(gather);
    case VIP_REMIND_COMPLAINT:
        return gather_complaints(gather);
    case VIP_REMIND_REBATE:
        return vip_gather_rebates(gather);
    case VIP_REMIND_PROGRAMME_CHANGE:
        return vip_gather_versions(gather);
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

static int set_window(struct vip_gather *gather)
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
    struct vip_gather gather = {.db = db,
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
