/* From replays to recorded changes, and the run over many members: see tier.h.
 *
 * A batch of members is loaded and replayed first, with statements open on the tables; then its
 * changes are written; then, committed, they are told. */
#include "lib/db/tier_engine.h"
#include <stdlib.h>
#include <string.h>

enum {
    BATCH_MEMBERS = 4096,
    DENSE = 8, /* when every eighth member of a range is wanted, the range is read in one pass */
};

static struct vip_value plain(const char *text)
{
    return (struct vip_value){.type = VIP_TEXT, .text = text};
}

/* ---- from the replay to what is to be written ---- */

struct judgement { /* one ladder of one member, as of one day */
    struct vip_tier_engine *engine;
    const struct tier_member *member;
    struct tier_recorded *recorded;
    const struct vip_tier_change *changes;
    size_t count;
    vip_day day;
    struct vip_diag *diag;
};

static int add_row(struct judgement *at, const char *to, enum vip_tier_word word,
                   const char *evidence, vip_day effective, vip_day expires)
{
    struct vip_tier_engine *engine = at->engine;
    if (!evidence ||
        vip_array_grow((void **)&engine->rows, &engine->row_capacity, engine->row_count + 1,
                       sizeof *engine->rows) != VIP_OK ||
        vip_array_grow((void **)&engine->row_numbers, &engine->number_capacity,
                       engine->row_count + 1, sizeof *engine->row_numbers) != VIP_OK)
        return vip_fail_memory(at->diag);
    const char *from = vip_arena_text(&engine->row_memory, at->recorded->tier);
    if (!from)
        return vip_fail_memory(at->diag);
    engine->row_numbers[engine->row_count] = at->recorded->number + 1;
    engine->rows[engine->row_count++] = (struct vip_tier_row){
        .member = at->member->id,
        .ladder = at->recorded->ladder,
        .from = from,
        .to = to,
        .rule = vip_tier_word(word),
        .evidence = evidence,
        .effective = effective,
        .expires = expires,
    };
    at->recorded->tier = to;
    at->recorded->expires = expires;
    at->recorded->number++;
    at->recorded->run = at->day; /* in which a nightly run would have found it */
    return VIP_OK;
}

static bool stands(const struct tier_recorded *recorded, const struct vip_tier_change *change)
{
    return change->effective == recorded->since && change->expires == recorded->expires &&
           strcmp(change->to, recorded->tier) == 0;
}

/* The first change behind the recorded state; false when the replay does not know that state. */
static bool find_place(const struct tier_recorded *recorded, const struct vip_tier_change *changes,
                       size_t count, vip_day enrolled, size_t *place)
{
    for (*place = count; *place > 0; --*place)
        if (stands(recorded, &changes[*place - 1]))
            return true;
    return !*recorded->tier && recorded->expires == VIP_DAY_NONE &&
           (recorded->number == 0 || recorded->since == enrolled);
}

bool tier_state_stands(const struct tier_recorded *recorded, const struct vip_tier_change *changes,
                       size_t count, vip_day enrolled)
{
    size_t place;
    return find_place(recorded, changes, count, enrolled, &place) && place == count;
}

static int go_on(struct judgement *at, size_t place)
{
    struct vip_tier_engine *engine = at->engine;
    for (; place < at->count; place++) {
        const struct vip_tier_change *change = &at->changes[place];
        const char *evidence = vip_tier_evidence(engine->plan, change, &engine->row_memory);
        int error =
            add_row(at, change->to, change->word, evidence, change->effective, change->expires);
        if (error != VIP_OK)
            return error;
        at->recorded->since = change->effective;
    }
    return VIP_OK;
}

static int rank_of(const struct judgement *at, const char *tier)
{
    const struct vip_programs *programs = at->engine->programs;
    const struct vip_tier *found = vip_program_tier(vip_programs_on(programs, at->day), tier);
    for (size_t i = programs->count; !found && i-- > 0;)
        found = vip_program_tier(programs->versions[i], tier);
    return found ? found->rank : -1;
}

static enum vip_tier_word correcting_word(const struct judgement *at, const char *to)
{
    if (strcmp(to, at->recorded->tier) == 0)
        return VIP_TIER_CORRECTION;
    return rank_of(at, to) > rank_of(at, at->recorded->tier) ? VIP_TIER_UPGRADE
                                                             : VIP_TIER_REVOCATION;
}

/* The replay contradicts what was recorded: one change, from the day on which that was found. */
static int correct(struct judgement *at)
{
    const struct vip_tier_change *last = at->count ? &at->changes[at->count - 1] : NULL;
    struct vip_tier_engine *engine = at->engine;
    const char *to = last ? last->to : "";
    vip_day expires = last ? last->expires : VIP_DAY_NONE;
    vip_day since = last ? last->effective : at->member->history.enrolled;
    int error = VIP_OK;
    if (strcmp(to, at->recorded->tier) != 0 || expires != at->recorded->expires) {
        enum vip_tier_word word = correcting_word(at, to);
        const char *evidence = word == VIP_TIER_REVOCATION || !last
                                   ? vip_tier_return_text(engine->plan, &at->member->history,
                                                          at->day, &engine->row_memory)
                                   : vip_tier_evidence(engine->plan, last, &engine->row_memory);
        error = add_row(at, to, word, evidence, at->day, expires);
    }
    at->recorded->since = since;
    return error;
}

/* Does the replay come back to the recorded state by changes that an earlier run saw already? A
 * return had taken them away since, and a later line gave them back. They are not told twice. */
static bool told_already(const struct judgement *at, size_t place)
{
    const struct vip_tier_change *last = at->count ? &at->changes[at->count - 1] : NULL;
    return last && place < at->count && last->expires == at->recorded->expires &&
           strcmp(last->to, at->recorded->tier) == 0 && at->recorded->run >= last->effective;
}

/* A run for a day before the recorded one knows less, and undoes nothing: the member is left alone.
 */
static int judge(struct judgement *at, bool *left)
{
    size_t place;
    bool known =
        find_place(at->recorded, at->changes, at->count, at->member->history.enrolled, &place);
    *left = at->recorded->run > at->day && (!known || place < at->count);
    if (*left)
        return VIP_OK;
    if (!known)
        return correct(at);
    if (!told_already(at, place))
        return go_on(at, place);
    at->recorded->since = at->changes[at->count - 1].effective;
    return VIP_OK;
}

/* As of one day; the timeline is in order of ladders, as the plan has them. */
static int replay_day(struct vip_tier_engine *engine, struct tier_member *member, vip_day day,
                      bool *left, bool *later, struct vip_diag *diag)
{
    const char *const *ladders;
    size_t ladder_count = vip_tier_plan_ladders(engine->plan, &ladders), next = 0;
    struct vip_tier_timeline timeline;
    vip_arena_reset(&engine->replay_memory);
    int error = vip_tier_replay(engine->plan, &member->history, day, &engine->replay_memory,
                                &timeline, diag);
    *later = timeline.later;
    *left = false;
    for (size_t i = 0; error == VIP_OK && i < ladder_count; i++) {
        size_t first = next;
        bool alone;
        while (next < timeline.count && timeline.changes[next].ladder == ladders[i])
            next++;
        struct judgement at = {
            engine, member, &member->recorded[i], timeline.changes + first, next - first,
            day,    diag};
        error = judge(&at, &alone);
        *left |= alone;
    }
    return error;
}

/* Returns and late lines: the days on which nightly runs would have found what they changed. */
static int replay_turns(struct vip_tier_engine *engine, struct tier_member *member, vip_day as_of,
                        struct vip_diag *diag)
{
    const char *const *ladders;
    size_t ladder_count = vip_tier_plan_ladders(engine->plan, &ladders), count;
    vip_day after = INT32_MIN, *days;
    bool left, later;
    for (size_t i = 0; i < ladder_count; i++)
        if (member->recorded[i].run > after)
            after = member->recorded[i].run;
    int error =
        vip_tier_turns(&member->history, after, as_of, &engine->member_memory, &days, &count, diag);
    for (size_t i = 0; error == VIP_OK && i < count; i++)
        error = replay_day(engine, member, days[i], &left, &later, diag);
    return error;
}

static int put_down(struct vip_tier_engine *engine, const struct tier_member *member, bool done,
                    bool *same, struct vip_diag *diag)
{
    const char *const *ladders;
    size_t ladder_count = vip_tier_plan_ladders(engine->plan, &ladders);
    *same = true;
    for (size_t i = 0; i < ladder_count; i++) {
        const struct tier_recorded *recorded = &member->recorded[i];
        if (recorded->number == recorded->loaded_number &&
            recorded->since == recorded->loaded_since)
            continue;
        *same = false;
        if (vip_array_grow((void **)&engine->saves, &engine->save_capacity, engine->save_count + 1,
                           sizeof *engine->saves) != VIP_OK)
            return vip_fail_memory(diag);
        struct tier_save *save = &engine->saves[engine->save_count++];
        *save = (struct tier_save){member->id, *recorded};
        save->recorded.tier = vip_arena_text(&engine->row_memory, save->recorded.tier);
        if (!save->recorded.tier)
            return vip_fail_memory(diag);
    }
    if (done && member->touched && tier_numbers_add(&engine->done, member->id) != VIP_OK)
        return vip_fail_memory(diag);
    return VIP_OK;
}

bool tier_status_counts(enum vip_status status)
{
    return status == VIP_STATUS_ACTIVE || status == VIP_STATUS_SUSPENDED;
}

int tier_member_replay(struct vip_tier_engine *engine, struct tier_member *member, vip_day as_of,
                       bool *same, struct vip_diag *diag)
{
    bool left = false, later = false;
    int error = VIP_OK;
    if (tier_status_counts(member->status)) {
        error = replay_turns(engine, member, as_of, diag);
        if (error == VIP_OK)
            error = replay_day(engine, member, as_of, &left, &later, diag);
    }
    if (error != VIP_OK)
        return error;
    engine->later += left;
    bool waits = member->status == VIP_STATUS_PENDING;
    return put_down(engine, member, !left && !later && !waits, same, diag);
}

/* ---- writing ---- */

static void forget(struct vip_tier_engine *engine)
{
    vip_arena_reset(&engine->row_memory);
    engine->row_count = engine->save_count = engine->done.count = 0;
}

static int write_rows(struct vip_batch *batch, struct vip_tier_engine *engine, vip_day as_of,
                      struct vip_diag *diag)
{
    int error = VIP_OK;
    for (size_t i = 0; error == VIP_OK && i < engine->row_count; i++) {
        const struct vip_tier_row *row = &engine->rows[i];
        error = vip_db_run(engine->db, VIP_SQL_tier_change_insert, diag, vip_int(row->member),
                           plain(row->ladder), vip_int(engine->row_numbers[i]), plain(row->from),
                           plain(row->to), plain(row->rule), plain(row->evidence),
                           vip_int(row->effective), vip_date(row->expires), vip_int(as_of),
                           vip_int(batch->number));
    }
    return error;
}

static int write_down(struct vip_batch *batch, struct vip_tier_engine *engine, vip_day as_of,
                      struct vip_diag *diag)
{
    if (!engine->row_count && !engine->save_count && !engine->done.count)
        return VIP_OK;
    int error = vip_batch_need(batch, diag);
    if (error == VIP_OK)
        error = write_rows(batch, engine, as_of, diag);
    for (size_t i = 0; error == VIP_OK && i < engine->save_count; i++) {
        const struct tier_recorded *state = &engine->saves[i].recorded;
        error =
            vip_db_run(engine->db, VIP_SQL_tier_state_save, diag, vip_int(engine->saves[i].member),
                       plain(state->ladder), plain(state->tier), vip_int(state->since),
                       vip_date(state->expires), vip_int(state->number),
                       vip_int(state->number == state->loaded_number ? state->run : as_of));
    }
    for (size_t i = 0; error == VIP_OK && i < engine->done.count; i++)
        error = vip_db_run(engine->db, VIP_SQL_tier_untouch, diag, vip_int(engine->done.items[i]));
    return error;
}

/* ---- one member ---- */

int vip_tier_update_member(struct vip_batch *batch, struct vip_tier_engine *engine, int64_t member,
                           vip_day as_of, const struct vip_tier_row **rows, size_t *row_count,
                           struct vip_diag *diag)
{
    struct tier_source source;
    struct tier_member loaded = {.id = member};
    bool same;
    forget(engine);
    int error = tier_source_open(&source, engine, member, member, diag);
    int found = error == VIP_OK ? tier_source_load(&source, member, &loaded) : error;
    tier_source_close(&source);
    if (found > 0)
        error = tier_member_replay(engine, &loaded, as_of, &same, diag);
    else
        error = found < 0 ? found : vip_fail(diag, VIP_EDATABASE, "there is no such account");
    engine->done.count = 0;
    if (error == VIP_OK)
        error = write_down(batch, engine, as_of, diag);
    if (rows) {
        *rows = engine->rows;
        *row_count = engine->row_count;
    }
    return error;
}

/* ---- many members ---- */

struct walk { /* over members in their order */
    struct vip_tier_engine *engine;
    int (*visit)(void *context, struct tier_member *member, struct vip_diag *diag);
    void *context;
};

/* Loads those of the ids that one pass over their range meets. */
static int walk_range(const struct walk *walk, const int64_t *ids, size_t count,
                      struct vip_diag *diag)
{
    struct tier_source source;
    int error = tier_source_open(&source, walk->engine, ids[0], ids[count - 1], diag);
    for (size_t i = 0; error == VIP_OK && i < count; i++) {
        struct tier_member member;
        int found = tier_source_load(&source, ids[i], &member);
        error = found > 0 ? walk->visit(walk->context, &member, diag) : found;
    }
    tier_source_close(&source);
    return error;
}

static int walk_ids(const struct walk *walk, const int64_t *ids, size_t count,
                    struct vip_diag *diag)
{
    int error = VIP_OK;
    if ((ids[count - 1] - ids[0]) / DENSE < (int64_t)count)
        return walk_range(walk, ids, count, diag);
    for (size_t i = 0; error == VIP_OK && i < count; i++)
        error = walk_range(walk, &ids[i], 1, diag);
    return error;
}

static int replay_member(void *context, struct tier_member *member, struct vip_diag *diag)
{
    const struct vip_tier_run *run = context;
    bool same;
    return tier_member_replay(run->engine, member, run->as_of, &same, diag);
}

static int name_rows(struct vip_tier_engine *engine, struct vip_diag *diag)
{
    for (size_t i = 0; i < engine->row_count; i++) {
        struct vip_tier_row *row = &engine->rows[i];
        struct vip_statement *found = NULL;
        if (i && engine->rows[i - 1].member == row->member) {
            row->number = engine->rows[i - 1].number;
            continue;
        }
        int there =
            vip_db_query(engine->db, VIP_SQL_member_number, &found, diag, vip_int(row->member));
        if (there < 0)
            return there;
        row->number = vip_arena_text(&engine->row_memory, there ? vip_column_text(found, 0) : "");
        if (there)
            vip_reset(found);
        if (!row->number)
            return vip_fail_memory(diag);
    }
    return VIP_OK;
}

/* One transaction: load and replay, then write, then tell. */
static int run_batch(struct vip_tier_run *run, const int64_t *ids, size_t count,
                     struct vip_diag *diag)
{
    struct vip_tier_engine *engine = run->engine;
    forget(engine);
    int error = vip_batch_begin(run->batch, diag);
    if (error != VIP_OK)
        return error;
    error = walk_ids(&(struct walk){engine, replay_member, run}, ids, count, diag);
    if (error == VIP_OK)
        error = write_down(run->batch, engine, run->as_of, diag);
    if (error == VIP_OK)
        error = name_rows(engine, diag);
    if (error != VIP_OK) {
        vip_batch_rollback(run->batch);
        return error;
    }
    error = vip_batch_commit(run->batch, diag);
    if (error != VIP_OK || !engine->row_count)
        return error;
    run->changes += (int64_t)engine->row_count;
    return run->rows ? run->rows(run->context, engine->rows, engine->row_count) : VIP_OK;
}

static int run_batches(struct vip_tier_run *run, const struct tier_numbers *ids,
                       struct vip_diag *diag)
{
    int error = VIP_OK;
    for (size_t i = 0; error == VIP_OK && i < ids->count; i += BATCH_MEMBERS) {
        size_t rest = ids->count - i;
        error = run_batch(run, ids->items + i, rest < BATCH_MEMBERS ? rest : BATCH_MEMBERS, diag);
    }
    return error;
}

/* ---- who is looked at ---- */

static int collect(struct vip_statement *row, int more, struct tier_numbers *numbers,
                   struct vip_diag *diag)
{
    for (; more > 0; more = vip_step(row, diag))
        if (tier_numbers_add(numbers, vip_column_integer(row, 0)) != VIP_OK) {
            vip_reset(row);
            return vip_fail_memory(diag);
        }
    return more;
}

/* The next touched members in order; *bound is the last number for which the list is whole. */
static int next_touched(struct vip_tier_run *run, struct tier_numbers *ids, int64_t *bound,
                        struct vip_diag *diag)
{
    struct vip_statement *row = NULL;
    ids->count = 0;
    int more = vip_db_query(run->engine->db, VIP_SQL_tier_touched_ids, &row, diag, vip_int(*bound),
                            vip_int(BATCH_MEMBERS));
    int error = collect(row, more, ids, diag);
    *bound = ids->count == BATCH_MEMBERS ? ids->items[ids->count - 1] : INT64_MAX;
    return error;
}

static void look(struct vip_tier_run *run, int64_t members)
{
    run->replayed += members;
    if (run->looked)
        run->looked(run->context, run->replayed);
}

/* Touched members, and those whose tier ran out. */
static int run_news(struct vip_tier_run *run, struct vip_diag *diag)
{
    struct tier_numbers ids = {0}, expired = {0};
    struct vip_statement *row = NULL;
    int64_t bound = 0;
    size_t next = 0;
    int more =
        vip_db_query(run->engine->db, VIP_SQL_tier_expired_ids, &row, diag, vip_int(run->as_of));
    int error = collect(row, more, &expired, diag);
    tier_numbers_sort(&expired);
    while (error == VIP_OK && bound != INT64_MAX) {
        error = next_touched(run, &ids, &bound, diag);
        for (; error == VIP_OK && next < expired.count && expired.items[next] <= bound; next++)
            if (tier_numbers_add(&ids, expired.items[next]) != VIP_OK)
                error = vip_fail_memory(diag);
        tier_numbers_sort(&ids);
        if (error == VIP_OK)
            error = run_batches(run, &ids, diag);
        look(run, (int64_t)ids.count);
    }
    free(ids.items);
    free(expired.items);
    return error;
}

static int run_everyone(struct vip_tier_run *run, struct vip_diag *diag)
{
    struct tier_screen *screen;
    struct tier_numbers ids = {0};
    int more = tier_screen_open(&screen, run->engine, run->as_of, diag) == VIP_OK ? 1 : VIP_EMEMORY;
    while (more > 0) {
        int64_t seen = 0;
        more = tier_screen_next(screen, &ids, &seen, diag);
        int error = more > 0 ? run_batches(run, &ids, diag) : VIP_OK;
        if (more > 0)
            look(run, seen);
        more = error == VIP_OK ? more : error;
    }
    tier_screen_close(screen);
    free(ids.items);
    return more;
}

/* ---- a new version of the programme concerns everyone, once ---- */

static int version_pending(struct vip_tier_engine *engine, vip_day as_of, bool *pending,
                           struct vip_diag *diag)
{
    const struct vip_program *now = vip_programs_on(engine->programs, as_of);
    int64_t seen = 0;
    *pending = false;
    if (now == engine->programs->versions[0])
        return VIP_OK;
    int error =
        vip_db_number(engine->db, VIP_SQL_tier_version_seen, &seen, INT32_MIN, diag, NULL, 0);
    *pending = seen < now->effective;
    return error;
}

static int note_version(struct vip_tier_run *run, struct vip_diag *diag)
{
    const struct vip_program *now = vip_programs_on(run->engine->programs, run->as_of);
    int error = vip_batch_begin(run->batch, diag);
    if (error != VIP_OK)
        return error;
    error = vip_batch_need(run->batch, diag);
    if (error == VIP_OK)
        error =
            vip_db_run(run->engine->db, VIP_SQL_tier_version_note, diag, vip_int(now->effective));
    if (error == VIP_OK)
        return vip_batch_commit(run->batch, diag);
    vip_batch_rollback(run->batch);
    return error;
}

int vip_tier_run(struct vip_tier_run *run, struct vip_diag *diag)
{
    bool pending;
    run->engine->later = 0;
    int error = version_pending(run->engine, run->as_of, &pending, diag);
    if (error == VIP_OK)
        error = run->full || pending ? run_everyone(run, diag) : run_news(run, diag);
    if (error == VIP_OK && pending)
        error = note_version(run, diag);
    run->later = run->engine->later;
    return error;
}

/* ---- for vip-db check ---- */

static bool waits(const struct vip_tier_engine *engine, const struct tier_member *member,
                  vip_day as_of)
{
    const char *const *ladders;
    size_t count = vip_tier_plan_ladders(engine->plan, &ladders);
    for (size_t i = 0; i < count; i++)
        if (member->recorded[i].expires < as_of)
            return true;
    return member->touched;
}

struct wrong {
    struct vip_tier_engine *engine;
    vip_day as_of;
    int64_t count, first;
};

static int count_member(void *context, struct tier_member *member, struct vip_diag *diag)
{
    struct wrong *wrong = context;
    bool same = true;
    if (waits(wrong->engine, member, wrong->as_of))
        return VIP_OK;
    int error = tier_member_replay(wrong->engine, member, wrong->as_of, &same, diag);
    forget(wrong->engine);
    if (!same && !wrong->count++)
        wrong->first = member->id;
    return error;
}

static int count_everyone(struct wrong *wrong, struct vip_diag *diag)
{
    const struct walk walk = {wrong->engine, count_member, wrong};
    struct tier_screen *screen;
    struct tier_numbers ids = {0};
    int64_t seen;
    int more =
        tier_screen_open(&screen, wrong->engine, wrong->as_of, diag) == VIP_OK ? 1 : VIP_EMEMORY;
    while (more > 0) {
        more = tier_screen_next(screen, &ids, &seen, diag);
        int error = more > 0 && ids.count ? walk_ids(&walk, ids.items, ids.count, diag) : VIP_OK;
        more = error == VIP_OK ? more : error;
    }
    tier_screen_close(screen);
    free(ids.items);
    return more;
}

int vip_tier_count_wrong(struct vip_db *db, struct vip_tier_engine *engine, vip_day as_of,
                         int64_t *wrong, int64_t *first, struct vip_diag *diag)
{
    struct wrong found = {.engine = engine, .as_of = as_of};
    bool pending;
    (void)db;
    forget(engine);
    int error = version_pending(engine, as_of, &pending, diag);
    if (error == VIP_OK && !pending)
        error = count_everyone(&found, diag);
    *wrong = found.count;
    *first = found.first;
    return error;
}
