/* Members' histories out of the tables: four statements in the order of members, walked side by
 * side, and each member's ledger in one step. */
#include "lib/db/tier_engine.h"
#include <string.h>

/* ---- cursors ---- */

static int see(struct tier_cursor *cursor, int more)
{
    cursor->member = more > 0 ? vip_column_integer(cursor->statement, 0) : INT64_MAX;
    if (more <= 0)
        cursor->statement = NULL; /* done, and reset by the step */
    return more < 0 ? more : VIP_OK;
}

static int next(struct tier_source *source, struct tier_cursor *cursor)
{
    return see(cursor, vip_step(cursor->statement, source->diag));
}

static int open_cursor(struct tier_source *source, struct tier_cursor *cursor, enum vip_sql sql,
                       int64_t first, int64_t last)
{
    return see(cursor, vip_db_query(source->engine->db, sql, &cursor->statement, source->diag,
                                    vip_int(first), vip_int(last)));
}

/* Passes over members before id. 1: a row of id stands ready; 0: none; negative. */
static int reach(struct tier_source *source, struct tier_cursor *cursor, int64_t id)
{
    while (cursor->member < id) {
        int error = next(source, cursor);
        if (error != VIP_OK)
            return error;
    }
    return cursor->member == id;
}

static void close_cursor(struct tier_cursor *cursor)
{
    if (cursor->statement)
        vip_reset(cursor->statement);
    cursor->statement = NULL;
}

int tier_source_open(struct tier_source *source, struct vip_tier_engine *engine, int64_t first,
                     int64_t last, struct vip_diag *diag)
{
    const struct tier_cursor none = {NULL, INT64_MAX};
    *source = (struct tier_source){engine, diag, none, none, none, none};
    int error = open_cursor(source, &source->accounts, VIP_SQL_tier_accounts, first, last);
    if (error == VIP_OK)
        error = open_cursor(source, &source->states, VIP_SQL_tier_states, first, last);
    if (error == VIP_OK)
        error = open_cursor(source, &source->grants, VIP_SQL_tier_grants, first, last);
    if (error != VIP_OK || !vip_tier_plan_needs_events(engine->plan))
        return error;
    return open_cursor(source, &source->applications, VIP_SQL_tier_applications, first, last);
}

void tier_source_close(struct tier_source *source)
{
    close_cursor(&source->accounts);
    close_cursor(&source->applications);
    close_cursor(&source->states);
    close_cursor(&source->grants);
}

int tier_source_next(struct tier_source *source, int64_t after, int64_t *id)
{
    int there = reach(source, &source->accounts, after + 1);
    *id = source->accounts.member;
    return there < 0 ? there : VIP_OK;
}

/* ---- one member ---- */

/* A text of the row that stands ready, in the member's memory. */
static const char *keep_text(struct tier_source *source, const struct tier_cursor *cursor,
                             int index)
{
    const char *text = vip_column_text(cursor->statement, index);
    return *text ? vip_arena_text(&source->engine->member_memory, text) : "";
}

/* Codes that are newer than the plan's texts have them read again. */
static int know_code(struct tier_source *source, int64_t code)
{
    struct vip_tier_engine *engine = source->engine;
    if (code <= 0 || (uint64_t)code < engine->text_count)
        return VIP_OK;
    int error = tier_engine_refresh(engine, source->diag);
    if (error == VIP_OK && (uint64_t)code >= engine->text_count)
        engine->text_count = (size_t)code + 1; /* it has none: do not ask again */
    return error;
}

static int load_batch_days(struct tier_source *source)
{
    struct vip_tier_engine *engine = source->engine;
    struct vip_statement *row = NULL;
    int64_t last = (int64_t)engine->batch_count - 1;
    int more = vip_db_query(engine->db, VIP_SQL_tier_batch_days, &row, source->diag, vip_int(last));
    for (; more > 0; more = vip_step(row, source->diag)) {
        size_t batch = (size_t)vip_column_integer(row, 0);
        if (vip_array_grow((void **)&engine->batch_days, &engine->batch_capacity, batch + 1,
                           sizeof *engine->batch_days) != VIP_OK) {
            vip_reset(row);
            return vip_fail_memory(source->diag);
        }
        while (engine->batch_count < batch)
            engine->batch_days[engine->batch_count++] = VIP_DAY_NONE;
        engine->batch_days[engine->batch_count++] = vip_column_day(row, 1);
    }
    return more;
}

/* From which day on an entry is known: that of its batch, and never before its own. */
static int find_posted(struct tier_source *source, int64_t batch, struct vip_tier_event *event)
{
    struct vip_tier_engine *engine = source->engine;
    if (batch >= (int64_t)engine->batch_count) {
        int error = load_batch_days(source);
        if (error != VIP_OK)
            return error;
    }
    vip_day day = batch >= 0 && batch < (int64_t)engine->batch_count ? engine->batch_days[batch]
                                                                     : VIP_DAY_NONE;
    event->posted = day != VIP_DAY_NONE && day > event->dated ? day : event->dated;
    return VIP_OK;
}

static const char *scanned_text(struct tier_source *source, const struct vip_scan_row *row,
                                int index)
{
    const char *text = vip_scan_text(row, index);
    return *text ? vip_arena_text(&source->engine->member_memory, text) : "";
}

static int read_event(struct tier_source *source, const struct vip_scan_row *row,
                      struct vip_tier_event *event)
{
    *event = (struct vip_tier_event){
        .day = vip_scan_day(row, 0),
        .dated = vip_scan_day(row, 1),
        .amount = vip_scan_integer(row, 3),
        .points = vip_scan_integer(row, 4),
        .store = vip_scan_integer(row, 5),
        .category = vip_scan_integer(row, 6),
        .brand = vip_scan_integer(row, 7),
        .receipt = scanned_text(source, row, 8),
        .original = scanned_text(source, row, 9),
    };
    if (!event->receipt || !event->original)
        return vip_fail_memory(source->diag);
    int error = find_posted(source, vip_scan_integer(row, 2), event);
    if (error == VIP_OK)
        error = know_code(source, event->store);
    if (error == VIP_OK)
        error = know_code(source, event->category);
    return error == VIP_OK ? know_code(source, event->brand) : error;
}

struct event_list {
    struct tier_source *source;
    size_t count;
    int error;
};

static bool add_event(void *context, const struct vip_scan_row *row)
{
    struct event_list *list = context;
    struct vip_tier_engine *engine = list->source->engine;
    if (vip_array_grow((void **)&engine->events, &engine->event_capacity, list->count + 1,
                       sizeof *engine->events) != VIP_OK)
        list->error = vip_fail_memory(list->source->diag);
    else
        list->error = read_event(list->source, row, &engine->events[list->count++]);
    return list->error == VIP_OK;
}

static int load_events(struct tier_source *source, int64_t id, struct vip_tier_history *history)
{
    struct vip_tier_engine *engine = source->engine;
    struct event_list list = {.source = source};
    if (!vip_tier_plan_needs_events(engine->plan))
        return VIP_OK;
    int error = vip_db_scan(engine->db, VIP_SQL_tier_entries, &(struct vip_scan){add_event, &list},
                            id, source->diag);
    history->events = engine->events;
    history->event_count = list.count;
    return list.error != VIP_OK ? list.error : error;
}

static int load_grants(struct tier_source *source, int64_t id, struct vip_tier_history *history)
{
    struct vip_tier_engine *engine = source->engine;
    const struct tier_cursor *grants = &source->grants;
    int there = reach(source, &source->grants, id);
    for (; there > 0; there = reach(source, &source->grants, id)) {
        if (vip_array_grow((void **)&engine->grants, &engine->grant_capacity,
                           history->grant_count + 1, sizeof *engine->grants) != VIP_OK)
            return vip_fail_memory(source->diag);
        struct vip_tier_grant *grant = &engine->grants[history->grant_count++];
        grant->tier = keep_text(source, grants, 1);
        grant->day = vip_column_day(grants->statement, 2);
        grant->until = vip_column_day(grants->statement, 3);
        grant->reason = keep_text(source, grants, 4);
        grant->by = keep_text(source, grants, 5);
        if (!grant->tier || !grant->reason || !grant->by)
            return vip_fail_memory(source->diag);
        int error = next(source, &source->grants);
        if (error != VIP_OK)
            return error;
    }
    history->grants = engine->grants;
    return there;
}

static int load_application(struct tier_source *source, int64_t id,
                            struct vip_tier_history *history)
{
    const struct tier_cursor *applications = &source->applications;
    int there = reach(source, &source->applications, id);
    history->qualifying = "";
    if (there <= 0)
        return there;
    history->qualifying = keep_text(source, applications, 1);
    history->spent = vip_column_integer(applications->statement, 2);
    history->store = vip_column_integer(applications->statement, 3);
    history->category = vip_column_integer(applications->statement, 4);
    history->brand = vip_column_integer(applications->statement, 5);
    if (!history->qualifying)
        return vip_fail_memory(source->diag);
    int error = know_code(source, history->store);
    if (error == VIP_OK)
        error = know_code(source, history->category);
    return error == VIP_OK ? know_code(source, history->brand) : error;
}

static int load_account(struct tier_source *source, int64_t id, struct tier_member *member)
{
    int there = reach(source, &source->accounts, id);
    if (there <= 0)
        return there;
    struct vip_statement *row = source->accounts.statement;
    member->status = (enum vip_status)vip_column_integer(row, 1);
    member->history.enrolled = vip_column_day(row, 2);
    member->touched = vip_column_integer(row, 3) != 0;
    return 1;
}

static struct tier_recorded *recorded_on(const struct tier_source *source,
                                         const struct tier_member *member, const char *ladder)
{
    const char *const *ladders;
    size_t count = vip_tier_plan_ladders(source->engine->plan, &ladders);
    for (size_t i = 0; i < count; i++)
        if (strcmp(ladders[i], ladder) == 0)
            return &member->recorded[i];
    return NULL; /* no version has this ladder any more */
}

static int load_recorded(struct tier_source *source, int64_t id, struct tier_member *member)
{
    const char *const *ladders;
    size_t count = vip_tier_plan_ladders(source->engine->plan, &ladders);
    const struct tier_cursor *states = &source->states;
    member->recorded =
        vip_arena_zero(&source->engine->member_memory, count + 1, sizeof *member->recorded);
    if (!member->recorded)
        return vip_fail_memory(source->diag);
    for (size_t i = 0; i < count; i++)
        member->recorded[i] = (struct tier_recorded){.ladder = ladders[i],
                                                     .tier = "",
                                                     .since = member->history.enrolled,
                                                     .loaded_since = member->history.enrolled,
                                                     .expires = VIP_DAY_NONE,
                                                     .run = INT32_MIN};
    int there = reach(source, &source->states, id);
    for (; there > 0; there = reach(source, &source->states, id)) {
        struct vip_statement *row = states->statement;
        struct tier_recorded *recorded = recorded_on(source, member, vip_column_text(row, 1));
        if (recorded) {
            recorded->tier = keep_text(source, states, 2);
            recorded->since = recorded->loaded_since = vip_column_day(row, 3);
            recorded->expires = vip_column_day(row, 4);
            recorded->number = recorded->loaded_number = vip_column_integer(row, 5);
            recorded->run = vip_column_day(row, 6);
            if (!recorded->tier)
                return vip_fail_memory(source->diag);
        }
        int error = next(source, &source->states);
        if (error != VIP_OK)
            return error;
    }
    return there;
}

int tier_source_load(struct tier_source *source, int64_t id, struct tier_member *member)
{
    vip_arena_reset(&source->engine->member_memory);
    *member = (struct tier_member){.id = id};
    int found = load_account(source, id, member);
    if (found <= 0)
        return found;
    int error = load_application(source, id, &member->history);
    if (error == VIP_OK)
        error = load_events(source, id, &member->history);
    if (error == VIP_OK)
        error = load_grants(source, id, &member->history);
    if (error == VIP_OK)
        error = load_recorded(source, id, member);
    return error == VIP_OK ? 1 : error;
}
