/* Tiers in the database: what members hold, and the run that brings it up to date (SPEC 7).
 *
 * What a member holds is a pure function of his ledger, his grants and the programme (lib/rules/
 * tier.h). A run replays that function and notes the difference to what is recorded: when the
 * replay goes on from the recorded state, the new changes; when it contradicts it (a late line, a
 * return), one correcting change. So a run that is repeated finds nothing, and nights that were
 * missed give the rows that they would have given. */
#ifndef VIP_DB_TIER_H
#define VIP_DB_TIER_H

#include "lib/base/memory.h"
#include "lib/db/batch.h"
#include "lib/rules/tier.h"

/* ---- what members hold ---- */

struct vip_held_tier {
    const char *ladder, *tier; /* in the arena; tier is never "" */
    vip_day since, expires;    /* VIP_DAY_NONE: no end */
};

/* The tiers that the member held on day by the recorded history, one a ladder, in order of ladder.
 * A tier past its end is held until a run has decided on it. */
int vip_tiers_on(struct vip_db *db, int64_t member, vip_day day, struct vip_arena *arena,
                 struct vip_held_tier **held, size_t *count, struct vip_diag *diag);

/* The tiers that the member holds now. */
int vip_tiers_now(struct vip_db *db, int64_t member, struct vip_arena *arena,
                  struct vip_held_tier **held, size_t *count, struct vip_diag *diag);

/* ---- bringing them up to date ---- */

struct vip_tier_engine; /* the programme made ready, code texts, memory that is used again */

/* programs is borrowed for the engine's life. */
int vip_tier_engine_open(struct vip_tier_engine **engine, struct vip_db *db,
                         const struct vip_programs *programs, struct vip_diag *diag);
void vip_tier_engine_close(struct vip_tier_engine *engine);

struct vip_tier_row { /* a change that was written: a row of vip-tier's output */
    int64_t member;
    const char *number; /* the member as people see it; NULL from vip_tier_update_member */
    const char *ladder, *from, *to; /* "" is no tier */
    const char *rule; /* upgrade, renewal, downgrade, lapse, enrolment, grant, grace, revocation,
                       * correction */
    const char *evidence;
    vip_day effective, expires; /* VIP_DAY_NONE: no end */
};

/* Brings one member's tiers up to date inside the caller's batch: for vip-enroll, right after the
 * member and his account were inserted (enrolment tiers; the qualifying purchase given with the
 * application counts as one receipt of the enrolment day). Does not look at or change `touched`.
 * *rows (may be NULL) lives until the next call with this engine. */
int vip_tier_update_member(struct vip_batch *batch, struct vip_tier_engine *engine, int64_t member,
                           vip_day as_of, const struct vip_tier_row **rows, size_t *row_count,
                           struct vip_diag *diag);

/* A grant: the member holds at least this tier until (VIP_DAY_NONE: without end). Returns 1 noted,
 * 0 already known, VIP_EREFUSED (no such tier, until in the past, another grant of the tier on this
 * day). The caller brings the member up to date. */
int vip_tier_grant_add(struct vip_batch *batch, struct vip_tier_engine *engine, int64_t member,
                       const struct vip_tier_grant *grant, struct vip_diag *diag);

struct vip_tier_run {
    struct vip_batch *batch; /* begun and committed by the run, some thousands of members a time */
    struct vip_tier_engine *engine;
    vip_day as_of;
    bool full; /* everyone, not only whom something happened to */
    /* Called with the rows of each committed batch; they live until it returns. 0 or an error,
     * which ends the run. */
    int (*rows)(void *context, const struct vip_tier_row *rows, size_t count);
    void (*looked)(void *context, int64_t members); /* so far, now and then; NULL: nobody asks */
    void *context;

    int64_t replayed; /* members that were looked at */
    int64_t changes;  /* rows */
    int64_t later;    /* members left alone: a later run has already changed their tiers */
};

/* The nightly run: members with new entries, tiers that ran out; once after a new version of the
 * programme took effect, and with `full`, everyone in one pass over the ledger. */
int vip_tier_run(struct vip_tier_run *run, struct vip_diag *diag);

/* How far the member is from each tier: the figures of the rules, in arena (see vip_tier_explain).
 */
int vip_tier_explain_member(struct vip_db *db, struct vip_tier_engine *engine, int64_t member,
                            vip_day as_of, struct vip_arena *arena,
                            struct vip_tier_figure **figures, size_t *count, struct vip_diag *diag);

/* Who is near a tier: of each active member and ladder the rule of which the least is missing, as
 * far as that is no more than `lacks` (hundredths of a per cent) of its threshold. */
struct vip_tier_near {
    struct vip_tier_engine *engine;
    vip_day as_of;
    int64_t lacks;
    /* Called in the order of members; what it gets lives until it returns. 0 or an error. */
    int (*row)(void *context, const char *number, const struct vip_tier_figure *figure);
    void *context;
};
int vip_tier_near_each(const struct vip_tier_near *near, struct vip_diag *diag);

/* The sentence for a figure: see vip_tier_figure_words. */
const char *vip_tier_words(const struct vip_tier_engine *engine,
                           const struct vip_tier_figure *figure, bool chinese,
                           struct vip_arena *arena);

/* For vip-db check: how many members' recorded tiers differ from a replay as of that day; members
 * that wait for a run (touched, or a tier that ran out) are not looked at. *first: one of them. */
int vip_tier_count_wrong(struct vip_db *db, struct vip_tier_engine *engine, vip_day as_of,
                         int64_t *wrong, int64_t *first, struct vip_diag *diag);

#endif
