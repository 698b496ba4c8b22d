/* Who of everyone has to be replayed: whom a rule may concern by the coarse look of the rules (see
 * vip_tier_screen_build), and of whom something else is recorded than the story of somebody who
 * bought nothing. Only numbers and tiers are read, range by range; nobody's evidence. */
#include "lib/db/tier_engine.h"
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { RANGE = 65536 }; /* members */

struct seen_account {
    int64_t member;
    enum vip_status status;
    vip_day enrolled;
};

/* The story of who bought nothing and enrolled on that day. */
struct blank {
    bool known;
    vip_day enrolled;
    struct vip_tier_timeline timeline;
    struct vip_arena memory;
};

/* The ledger of one range, which a thread reads while the range before is worked on: the ledger is
 * by far the most that there is to read. */
struct purchases {
    struct vip_db *db; /* a twin; NULL: the engine's own, without a thread */
    pthread_t thread;
    bool running;
    enum vip_sql sql;
    struct vip_tier_screen *rules;
    bool points;
    int64_t first, last;
    int64_t member; /* of the row before; 0: of none */
    struct tier_numbers suspects;
    int error;
    struct vip_diag diag;
};

struct tier_screen {
    struct vip_tier_engine *engine;
    vip_day as_of;
    struct vip_diag *diag;
    struct vip_arena arena; /* of the rules' screen */
    struct purchases purchases;
    int64_t last, bound;      /* the last member there is; that of the range at hand */
    struct tier_numbers *ids; /* of the range at hand */
    int error;
    struct seen_account *accounts;
    size_t account_count, account; /* the next one to be judged */
    bool *ladder_seen, stands;     /* of that one */
    struct blank blank;
};

static void suspect(struct tier_screen *screen, int64_t member)
{
    if (tier_numbers_add(screen->ids, member) != VIP_OK)
        screen->error = vip_fail_memory(screen->diag);
}

/* ---- what was bought ---- */

static void end_member(struct purchases *purchases)
{
    if (vip_tier_screen_end(purchases->rules) && purchases->member &&
        tier_numbers_add(&purchases->suspects, purchases->member) != VIP_OK)
        purchases->error = vip_fail_memory(&purchases->diag);
}

static bool see_entry(void *context, const struct vip_scan_row *row)
{
    struct purchases *purchases = context;
    int64_t member = vip_scan_integer(row, 0);
    if (member != purchases->member) {
        if (member > purchases->last)
            return false;
        end_member(purchases);
        purchases->member = member;
    }
    vip_tier_screen_add(purchases->rules, (vip_day)vip_scan_integer(row, 1),
                        vip_scan_integer(row, 2), purchases->points ? vip_scan_integer(row, 3) : 0);
    return true;
}

static void read_purchases(struct purchases *purchases, struct vip_db *db)
{
    const struct vip_scan each = {see_entry, purchases};
    purchases->member = 0;
    purchases->suspects.count = 0;
    int error = vip_db_scan(db, purchases->sql, &each, purchases->first, &purchases->diag);
    end_member(purchases);
    if (error != VIP_OK)
        purchases->error = error;
}

static void *read_aside(void *context)
{
    struct purchases *purchases = context;
    read_purchases(purchases, purchases->db);
    return NULL;
}

/* Begins with the range behind bound, if there is one. */
static void begin_purchases(struct tier_screen *screen)
{
    struct purchases *purchases = &screen->purchases;
    purchases->first = screen->bound + 1;
    purchases->last = screen->bound + RANGE;
    if (screen->bound >= screen->last || !vip_tier_plan_needs_events(screen->engine->plan))
        return;
    purchases->running =
        purchases->db && pthread_create(&purchases->thread, NULL, read_aside, purchases) == 0;
    if (!purchases->running)
        read_purchases(purchases, screen->engine->db);
}

static void await_purchases(struct purchases *purchases)
{
    if (purchases->running)
        pthread_join(purchases->thread, NULL);
    purchases->running = false;
}

static int end_purchases(struct tier_screen *screen)
{
    struct purchases *purchases = &screen->purchases;
    await_purchases(purchases);
    for (size_t i = 0; i < purchases->suspects.count; i++)
        suspect(screen, purchases->suspects.items[i]);
    if (purchases->error != VIP_OK)
        *screen->diag = purchases->diag;
    return purchases->error;
}

/* ---- what is recorded ---- */

static bool see_account(void *context, const struct vip_scan_row *row)
{
    struct tier_screen *screen = context;
    if (vip_scan_integer(row, 0) > screen->bound)
        return false;
    screen->accounts[screen->account_count++] = (struct seen_account){
        vip_scan_integer(row, 0), (enum vip_status)vip_scan_integer(row, 1), vip_scan_day(row, 2)};
    return true;
}

/* Members of one enrolment day, who mostly stand together, have one story. */
static const struct vip_tier_timeline *blank_story(struct tier_screen *screen, vip_day enrolled)
{
    const struct vip_tier_history history = {.enrolled = enrolled, .qualifying = ""};
    struct blank *blank = &screen->blank;
    if (blank->known && blank->enrolled == enrolled)
        return &blank->timeline;
    vip_arena_reset(&blank->memory);
    int error = vip_tier_replay(screen->engine->plan, &history, screen->as_of, &blank->memory,
                                &blank->timeline, screen->diag);
    if (error != VIP_OK) {
        blank->timeline.count = 0;
        screen->error = error;
    }
    blank->known = true;
    blank->enrolled = enrolled;
    return &blank->timeline;
}

/* Does what is recorded on a ladder stand at the end of the story? */
static bool ladder_stands(struct tier_screen *screen, const struct tier_recorded *recorded)
{
    vip_day enrolled = screen->accounts[screen->account].enrolled;
    const struct vip_tier_timeline *story = blank_story(screen, enrolled);
    size_t first = 0;
    while (first < story->count && story->changes[first].ladder != recorded->ladder)
        first++;
    size_t next = first;
    while (next < story->count && story->changes[next].ladder == recorded->ladder)
        next++;
    return tier_state_stands(recorded, story->changes + first, next - first, enrolled);
}

/* All of the account's rows were seen: what of the ladders that have none? */
static void end_account(struct tier_screen *screen)
{
    const struct seen_account *account = &screen->accounts[screen->account];
    const char *const *ladders;
    size_t count = vip_tier_plan_ladders(screen->engine->plan, &ladders);
    for (size_t i = 0; i < count; i++) {
        const struct tier_recorded none = {
            .ladder = ladders[i], .tier = "", .since = account->enrolled, .expires = VIP_DAY_NONE};
        if (!screen->ladder_seen[i] && screen->stands)
            screen->stands = ladder_stands(screen, &none);
        screen->ladder_seen[i] = false;
    }
    if (!screen->stands && tier_status_counts(account->status))
        suspect(screen, account->member);
    screen->stands = true;
    screen->account++;
}

static bool see_state(void *context, const struct vip_scan_row *row)
{
    struct tier_screen *screen = context;
    int64_t member = vip_scan_integer(row, 0);
    const char *const *ladders, *ladder = vip_scan_text(row, 1);
    size_t count = vip_tier_plan_ladders(screen->engine->plan, &ladders), at = 0;
    if (member > screen->bound)
        return false;
    while (screen->account < screen->account_count &&
           screen->accounts[screen->account].member < member)
        end_account(screen);
    while (at < count && strcmp(ladders[at], ladder) != 0)
        at++;
    if (at == count || screen->account == screen->account_count ||
        screen->accounts[screen->account].member != member)
        return true; /* no version has this ladder any more */
    const struct tier_recorded recorded = {.ladder = ladders[at],
                                           .tier = vip_scan_text(row, 2),
                                           .since = vip_scan_day(row, 3),
                                           .expires = vip_scan_day(row, 4),
                                           .number = 1};
    screen->ladder_seen[at] = true;
    screen->stands = screen->stands && ladder_stands(screen, &recorded);
    return true;
}

static int screen_states(struct tier_screen *screen, int64_t first)
{
    struct vip_db *db = screen->engine->db;
    screen->account = screen->account_count = 0;
    int error = vip_db_scan(db, VIP_SQL_tier_screen_accounts,
                            &(struct vip_scan){see_account, screen}, first, screen->diag);
    if (error == VIP_OK)
        error = vip_db_scan(db, VIP_SQL_tier_screen_states, &(struct vip_scan){see_state, screen},
                            first, screen->diag);
    while (error == VIP_OK && screen->account < screen->account_count)
        end_account(screen);
    return error;
}

/* ---- what else there is ---- */

static int screen_marked(struct tier_screen *screen, int64_t first)
{
    struct vip_statement *row = NULL;
    int more = vip_db_query(screen->engine->db, VIP_SQL_tier_screen_marked, &row, screen->diag,
                            vip_int(first), vip_int(screen->bound));
    for (; more > 0; more = vip_step(row, screen->diag))
        suspect(screen, vip_column_integer(row, 0));
    return more;
}

/* ---- the screen ---- */

static int set_up_purchases(struct tier_screen *screen)
{
    struct purchases *purchases = &screen->purchases;
    struct vip_diag none = {0};
    int error = vip_tier_screen_build(&purchases->rules, screen->engine->plan, &screen->arena,
                                      screen->diag);
    if (error != VIP_OK)
        return error;
    purchases->points = vip_tier_screen_points(purchases->rules);
    purchases->sql = purchases->points ? VIP_SQL_tier_screen_points : VIP_SQL_tier_screen_spent;
    if (screen->last > RANGE) /* else there is nothing to be done beside it */
        vip_db_twin(screen->engine->db, &purchases->db, &none);
    begin_purchases(screen);
    return VIP_OK;
}

static int set_up(struct tier_screen *screen)
{
    struct vip_tier_engine *engine = screen->engine;
    const char *const *ladders;
    size_t count = vip_tier_plan_ladders(engine->plan, &ladders);
    screen->stands = true;
    screen->accounts = malloc(RANGE * sizeof *screen->accounts);
    screen->ladder_seen = vip_arena_zero(&screen->arena, count + 1, sizeof *screen->ladder_seen);
    if (!screen->accounts || !screen->ladder_seen)
        return vip_fail_memory(screen->diag);
    int error =
        vip_db_number(engine->db, VIP_SQL_tier_last_id, &screen->last, 0, screen->diag, NULL, 0);
    return error == VIP_OK ? set_up_purchases(screen) : error;
}

int tier_screen_open(struct tier_screen **screen, struct vip_tier_engine *engine, vip_day as_of,
                     struct vip_diag *diag)
{
    *screen = calloc(1, sizeof **screen);
    if (!*screen)
        return vip_fail_memory(diag);
    (*screen)->engine = engine;
    (*screen)->as_of = as_of;
    (*screen)->diag = diag;
    return set_up(*screen);
}

void tier_screen_close(struct tier_screen *screen)
{
    if (!screen)
        return;
    await_purchases(&screen->purchases);
    vip_db_close(screen->purchases.db);
    free(screen->purchases.suspects.items);
    free(screen->accounts);
    vip_arena_free(&screen->arena);
    vip_arena_free(&screen->blank.memory);
    free(screen);
}

int tier_screen_next(struct tier_screen *screen, struct tier_numbers *ids, int64_t *seen,
                     struct vip_diag *diag)
{
    int64_t first = screen->bound + 1;
    ids->count = 0;
    if (screen->bound >= screen->last)
        return 0;
    screen->diag = diag;
    screen->ids = ids;
    screen->bound += RANGE;
    int error = end_purchases(screen);
    if (error == VIP_OK) {
        begin_purchases(screen);
        error = screen_states(screen, first);
    }
    if (error == VIP_OK)
        error = screen_marked(screen, first);
    if (error == VIP_OK)
        error = screen->error;
    tier_numbers_sort(ids);
    *seen = (int64_t)screen->account_count;
    return error == VIP_OK ? 1 : error;
}
