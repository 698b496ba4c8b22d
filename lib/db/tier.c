/* What members hold, grants, and the engine that runs share: see tier.h. */
#include "lib/db/tier.h"

#include "lib/db/tier_engine.h"
#include <stdlib.h>
#include <string.h>

/* Unlike vip_text, "" stays a text: these columns are never NULL. */
static struct vip_value plain(const char *text)
{
    return (struct vip_value){.type = VIP_TEXT, .text = text ? text : ""};
}

/* ---- what members hold ---- */

/* Rows are ladder, tier, since, expires, in order of ladder; of each ladder the last one counts. */
static int collect_held(struct vip_statement *row, int more, struct vip_arena *arena,
                        struct vip_held_tier **held, size_t *count, struct vip_diag *diag)
{
    size_t capacity = 4, ladders = 0;
    struct vip_held_tier *list = vip_arena_take(arena, capacity * sizeof *list);
    for (; more > 0 && list; more = vip_step(row, diag)) {
        const char *ladder = vip_column_text(row, 0);
        if (!ladders || strcmp(list[ladders - 1].ladder, ladder) != 0) {
            if (ladders == capacity) {
                struct vip_held_tier *room = vip_arena_take(arena, 2 * capacity * sizeof *room);
                if (room)
                    memcpy(room, list, ladders * sizeof *room);
                list = room;
                capacity *= 2;
            }
            if (!list || !(list[ladders++].ladder = vip_arena_text(arena, ladder)))
                break;
        }
        struct vip_held_tier *last = &list[ladders - 1];
        last->since = vip_column_day(row, 2);
        last->expires = vip_column_day(row, 3);
        if (!(last->tier = vip_arena_text(arena, vip_column_text(row, 1))))
            break;
    }
    if (more > 0) {
        vip_reset(row);
        return vip_fail_memory(diag);
    }
    *held = list;
    *count = 0;
    for (size_t i = 0; more == 0 && i < ladders; i++)
        if (*list[i].tier)
            list[(*count)++] = list[i];
    return !list ? vip_fail_memory(diag) : more;
}

int vip_tiers_on(struct vip_db *db, int64_t member, vip_day day, struct vip_arena *arena,
                 struct vip_held_tier **held, size_t *count, struct vip_diag *diag)
{
    struct vip_statement *row = NULL;
    int more = vip_db_query(db, VIP_SQL_tiers_on, &row, diag, vip_int(member), vip_int(day));
    return more < 0 ? more : collect_held(row, more, arena, held, count, diag);
}

int vip_tiers_now(struct vip_db *db, int64_t member, struct vip_arena *arena,
                  struct vip_held_tier **held, size_t *count, struct vip_diag *diag)
{
    struct vip_statement *row = NULL;
    int more = vip_db_query(db, VIP_SQL_tiers_now, &row, diag, vip_int(member));
    return more < 0 ? more : collect_held(row, more, arena, held, count, diag);
}

/* ---- the engine ---- */

int tier_engine_refresh(struct vip_tier_engine *engine, struct vip_diag *diag)
{
    struct vip_statement *row = NULL;
    const char **texts = NULL;
    size_t count = 0, capacity = 0;
    vip_arena_reset(&engine->plan_memory);
    int more = vip_db_query_values(engine->db, VIP_SQL_code_all, &row, diag, NULL, 0);
    for (; more > 0; more = vip_step(row, diag)) {
        size_t code = (size_t)vip_column_integer(row, 0);
        if (vip_array_grow((void **)&texts, &capacity, code + 1, sizeof *texts) != VIP_OK)
            break;
        while (count < code)
            texts[count++] = NULL;
        texts[count++] = vip_arena_text(&engine->plan_memory, vip_column_text(row, 1));
    }
    if (more > 0)
        vip_reset(row);
    const char **kept = vip_arena_zero(&engine->plan_memory, count + 1, sizeof *kept);
    if (kept && count)
        memcpy(kept, texts, count * sizeof *kept);
    free(texts);
    if (more > 0 || !kept)
        return vip_fail_memory(diag);
    engine->text_count = count;
    return more < 0 ? more
                    : vip_tier_plan_build(&engine->plan, engine->programs, kept, count,
                                          &engine->plan_memory, diag);
}

int vip_tier_engine_open(struct vip_tier_engine **engine, struct vip_db *db,
                         const struct vip_programs *programs, struct vip_diag *diag)
{
    *engine = calloc(1, sizeof **engine);
    if (!*engine)
        return vip_fail_memory(diag);
    (*engine)->db = db;
    (*engine)->programs = programs;
    int error = tier_engine_refresh(*engine, diag);
    if (error == VIP_OK)
        return VIP_OK;
    vip_tier_engine_close(*engine);
    *engine = NULL;
    return error;
}

void vip_tier_engine_close(struct vip_tier_engine *engine)
{
    if (!engine)
        return;
    vip_arena_free(&engine->plan_memory);
    vip_arena_free(&engine->member_memory);
    vip_arena_free(&engine->replay_memory);
    vip_arena_free(&engine->row_memory);
    free(engine->batch_days);
    free(engine->events);
    free(engine->grants);
    free(engine->rows);
    free(engine->row_numbers);
    free(engine->saves);
    free(engine->done.items);
    free(engine);
}

int tier_numbers_add(struct tier_numbers *numbers, int64_t number)
{
    int error = vip_array_grow((void **)&numbers->items, &numbers->capacity, numbers->count + 1,
                               sizeof *numbers->items);
    if (error == VIP_OK)
        numbers->items[numbers->count++] = number;
    return error;
}

static int by_number(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;
    return left < right ? -1 : left > right;
}

void tier_numbers_sort(struct tier_numbers *numbers)
{
    size_t kept = 0;
    if (!numbers->count)
        return;
    qsort(numbers->items, numbers->count, sizeof *numbers->items, by_number);
    for (size_t i = 0; i < numbers->count; i++)
        if (kept == 0 || numbers->items[kept - 1] != numbers->items[i])
            numbers->items[kept++] = numbers->items[i];
    numbers->count = kept;
}

/* ---- grants ---- */

static int refuse_grant(const struct vip_programs *programs, const struct vip_tier_grant *grant,
                        struct vip_diag *diag)
{
    char until[VIP_DATE_TEXT], day[VIP_DATE_TEXT];
    if (!vip_program_tier(vip_programs_on(programs, grant->day), grant->tier))
        return vip_refuse(diag, "no-such-tier", "tier", "'%s' is not a tier of the programme",
                          grant->tier);
    if (grant->until >= grant->day)
        return VIP_OK;
    vip_day_format(grant->until, until);
    vip_day_format(grant->day, day);
    return vip_refuse(diag, "until-past", "until", "%s is before the day of the grant, %s", until,
                      day);
}

/* 1: none of the tier and day is there; 0: this very one is; negative. */
static int find_grant(struct vip_db *db, int64_t member, const struct vip_tier_grant *grant,
                      struct vip_diag *diag)
{
    struct vip_statement *row = NULL;
    int found = vip_db_query(db, VIP_SQL_tier_grant_get, &row, diag, vip_int(member),
                             plain(grant->tier), vip_int(grant->day));
    if (found <= 0)
        return found < 0 ? found : 1;
    bool same = vip_column_day(row, 0) == grant->until &&
                strcmp(vip_column_text(row, 1), grant->reason) == 0 &&
                strcmp(vip_column_text(row, 2), grant->by) == 0;
    vip_reset(row);
    if (same)
        return 0;
    return vip_refuse(
        diag, "conflict", "tier",
        "'%s' was granted to the member on this day already, with another end, reason "
        "or name",
        grant->tier);
}

int vip_tier_grant_add(struct vip_batch *batch, struct vip_tier_engine *engine, int64_t member,
                       const struct vip_tier_grant *grant, struct vip_diag *diag)
{
    int error = refuse_grant(engine->programs, grant, diag);
    if (error != VIP_OK)
        return error;
    int fresh = find_grant(engine->db, member, grant, diag);
    if (fresh <= 0)
        return fresh;
    error = vip_batch_need(batch, diag);
    if (error == VIP_OK)
        error = vip_db_run(engine->db, VIP_SQL_tier_grant_insert, diag, vip_int(member),
                           plain(grant->tier), vip_int(grant->day), vip_date(grant->until),
                           plain(grant->reason), plain(grant->by), vip_int(batch->number));
    return error == VIP_OK ? 1 : error;
}

/* ---- explain ---- */

int vip_tier_explain_member(struct vip_db *db, struct vip_tier_engine *engine, int64_t member,
                            vip_day as_of, struct vip_arena *arena,
                            struct vip_tier_figure **figures, size_t *count, struct vip_diag *diag)
{
    struct tier_source source;
    struct tier_member loaded = {.id = member};
    (void)db;
    *count = 0;
    int error = tier_source_open(&source, engine, member, member, diag);
    int found = error == VIP_OK ? tier_source_load(&source, member, &loaded) : error;
    tier_source_close(&source);
    if (found <= 0)
        return found;
    return vip_tier_explain(engine->plan, &loaded.history, as_of, arena, figures, count, diag);
}

const char *vip_tier_words(const struct vip_tier_engine *engine,
                           const struct vip_tier_figure *figure, bool chinese,
                           struct vip_arena *arena)
{
    return vip_tier_figure_words(engine->plan, figure, chinese, arena);
}

/* ---- who is near a tier ---- */

/* Figures come ladder by ladder. */
static int tell_near(const struct vip_tier_near *near, const char *number,
                     const struct vip_tier_figure *figures, size_t count)
{
    int error = VIP_OK;
    for (size_t first = 0, next; error == VIP_OK && first < count; first = next) {
        for (next = first + 1; next < count && figures[next].ladder == figures[first].ladder;)
            next++;
        const struct vip_tier_figure *figure =
            vip_tier_nearest(figures + first, next - first, near->lacks);
        if (figure)
            error = near->row(near->context, number, figure);
    }
    return error;
}

static int member_near(const struct vip_tier_near *near, struct tier_source *source, int64_t id,
                       struct vip_arena *arena)
{
    struct vip_tier_figure *figures = NULL;
    struct vip_statement *row = NULL;
    struct tier_member member;
    size_t count = 0;
    int found = tier_source_load(source, id, &member);
    if (found <= 0 || member.status != VIP_STATUS_ACTIVE)
        return found < 0 ? found : VIP_OK;
    int error = vip_tier_explain(near->engine->plan, &member.history, near->as_of, arena, &figures,
                                 &count, source->diag);
    if (error != VIP_OK || !vip_tier_nearest(figures, count, near->lacks))
        return error;
    found = vip_db_query(near->engine->db, VIP_SQL_member_number, &row, source->diag, vip_int(id));
    if (found < 0)
        return found;
    const char *number = vip_arena_text(arena, found ? vip_column_text(row, 0) : "");
    if (found)
        vip_reset(row);
    return number ? tell_near(near, number, figures, count) : vip_fail_memory(source->diag);
}

int vip_tier_near_each(const struct vip_tier_near *near, struct vip_diag *diag)
{
    struct tier_source source;
    struct vip_arena arena = {0};
    int64_t id = 0;
    int error = tier_source_open(&source, near->engine, 1, INT64_MAX, diag);
    if (error == VIP_OK)
        error = tier_source_next(&source, 0, &id);
    while (error == VIP_OK && id != INT64_MAX) {
        vip_arena_reset(&arena);
        error = member_near(near, &source, id, &arena);
        if (error == VIP_OK)
            error = tier_source_next(&source, id, &id);
    }
    tier_source_close(&source);
    vip_arena_free(&arena);
    return error;
}
