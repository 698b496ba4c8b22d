/* Private to the tier files: the engine as tier.c (what members hold, grants, the engine itself),
 * tier_load.c (histories out of the tables), tier_screen.c (whose histories can be left there) and
 * tier_run.c (replays into changes) share it. */
#ifndef VIP_DB_TIER_ENGINE_H
#define VIP_DB_TIER_ENGINE_H

#include "lib/db/account.h"
#include "lib/db/tier.h"

struct tier_recorded {         /* a row of tier_state */
    const char *ladder, *tier; /* "" when there is none */
    vip_day since, expires;
    int64_t number;
    vip_day run;          /* in which that change was found; INT32_MIN: there is none */
    vip_day loaded_since; /* since and number as they were loaded: what differs is saved */
    int64_t loaded_number;
};

struct tier_member { /* one member as loaded */
    int64_t id;
    enum vip_status status;
    bool touched;
    struct vip_tier_history history;
    struct tier_recorded *recorded; /* one for each ladder of the plan, in its order */
};

struct tier_save { /* a row of tier_state to write */
    int64_t member;
    struct tier_recorded recorded;
};

struct tier_numbers { /* a growing run of numbers */
    int64_t *items;
    size_t count, capacity;
};

struct vip_tier_engine {
    struct vip_db *db;
    const struct vip_programs *programs;
    struct vip_tier_plan *plan;
    struct vip_arena plan_memory; /* the plan and the texts of codes */
    size_t text_count;

    vip_day *batch_days; /* of each batch, its business day; VIP_DAY_NONE: there is no such batch */
    size_t batch_count, batch_capacity;

    struct vip_arena member_memory; /* of the member at hand */
    struct vip_arena replay_memory; /* of one replay */
    struct vip_tier_event *events;  /* of the member at hand */
    size_t event_capacity;
    struct vip_tier_grant *grants;
    size_t grant_capacity;

    /* What is to be written, until it is: */
    struct vip_arena row_memory;
    struct vip_tier_row *rows;
    int64_t *row_numbers; /* of each row: its number in the history */
    size_t row_count, row_capacity, number_capacity;
    struct tier_save *saves;
    size_t save_count, save_capacity;
    struct tier_numbers done; /* members whose touched mark goes */
    int64_t later;            /* members left alone: see struct vip_tier_run */
};

/* Reads the texts of codes and builds the plan over them; again when a code is newer than that. */
int tier_engine_refresh(struct vip_tier_engine *engine, struct vip_diag *diag);

int tier_numbers_add(struct tier_numbers *numbers, int64_t number);
void tier_numbers_sort(struct tier_numbers *numbers); /* each once */

/* ---- tier_load.c: one pass over a range of members, in their order ---- */

struct tier_cursor {
    struct vip_statement *statement; /* NULL: not asked for, or at its end */
    int64_t member;                  /* of the row that stands ready; INT64_MAX: none */
};

struct tier_source {
    struct vip_tier_engine *engine;
    struct vip_diag *diag;
    struct tier_cursor accounts, applications, states, grants;
};

int tier_source_open(struct tier_source *source, struct vip_tier_engine *engine, int64_t first,
                     int64_t last, struct vip_diag *diag);
void tier_source_close(struct tier_source *source);

/* The first member after that one; INT64_MAX: none. */
int tier_source_next(struct tier_source *source, int64_t after, int64_t *id);

/* The member of that id, which is beyond the one loaded before. 1, 0 (no such member) or negative.
 * Lives until the next one. */
int tier_source_load(struct tier_source *source, int64_t id, struct tier_member *member);

/* ---- tier_screen.c: who of everyone has to be replayed ---- */

struct tier_screen; /* for one look at everyone as of one day */

int tier_screen_open(struct tier_screen **screen, struct vip_tier_engine *engine, vip_day as_of,
                     struct vip_diag *diag);
void tier_screen_close(struct tier_screen *screen);

/* The next range of members (some ten thousand): *seen of them, and the ids of those of whom a
 * replay may give something else than is recorded. 1, 0 (there is no further range) or negative. */
int tier_screen_next(struct tier_screen *screen, struct tier_numbers *ids, int64_t *seen,
                     struct vip_diag *diag);

/* ---- tier_run.c ---- */

/* Do tiers of a member of that status move? */
bool tier_status_counts(enum vip_status status);

/* Is that the state in which the changes of a ladder, told to their end, leave the member? */
bool tier_state_stands(const struct tier_recorded *recorded, const struct vip_tier_change *changes,
                       size_t count, vip_day enrolled);

/* Replays the member and puts down what is to be written. *same: the recorded state is what the
 * replay gives. */
int tier_member_replay(struct vip_tier_engine *engine, struct tier_member *member, vip_day as_of,
                       bool *same, struct vip_diag *diag);

#endif
