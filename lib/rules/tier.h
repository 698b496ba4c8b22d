/* Tiers: which tier a member holds is a pure function of what he bought and of the programme.
 *
 * The replay walks the days on which something can change, in order: enrolment, days with
 * purchases, the first day of a new version of the programme, the day after a tier's last good day,
 * the first and last days of grants. Nothing that was recorded comes in, so that any run of any
 * night tells the same story, and a purchase that was returned was never made.
 *
 * Each ladder stands for itself. On it there is the tier that was earned and, beside it, the floor
 * of grants; what the member holds is the higher of the two. */
#ifndef VIP_RULES_TIER_H
#define VIP_RULES_TIER_H

#include "lib/base/date.h"
#include "lib/base/error.h"
#include "lib/base/memory.h"
#include "lib/base/money.h"
#include "lib/rules/program.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct vip_tier_event {             /* a posting that counts towards tiers */
    vip_day day;                    /* on which it counts: of a return, the day of the original */
    vip_day dated;                  /* its own: of a return, the day on which it came back */
    vip_day posted;                 /* known from this day on */
    vip_fen amount;                 /* signed */
    vip_points points;              /* earned, or taken back */
    int64_t store, category, brand; /* codes; 0: none */
    const char *receipt;            /* "" of a bonus that hangs on no receipt */
    const char *original;           /* of a return: "receipt" or "receipt/line"; "" otherwise */
};

struct vip_tier_grant { /* a floor, both days included */
    const char *tier;
    vip_day day, until; /* VIP_DAY_NONE: without end */
    const char *reason, *by;
};

struct vip_tier_history { /* all that a replay knows of a member */
    vip_day enrolled;
    const char *qualifying; /* receipt that made him a member, "" none; counts on that day */
    vip_fen spent; /* its amount as the application says: what the ledger lacks of it counts */
    int64_t store; /* where he enrolled */
    int64_t category, brand;             /* of what the application says was bought */
    const struct vip_tier_event *events; /* in any order */
    size_t event_count;
    const struct vip_tier_grant *grants; /* in order of day */
    size_t grant_count;
};

/* How far a rule is met: the evidence of a change, and a line of --explain. */
struct vip_tier_figure {
    const char *ladder, *tier;
    const struct vip_tier_rule *rule; /* NULL: no rule */
    bool keep;                        /* of keep.csv, else of entry.csv */
    bool from_fits;                   /* from_tier holds */
    vip_day from, to;                 /* the window; VIP_DAY_NONE: open */
    int64_t reached;                  /* fen, receipts or points, as rule->threshold */
    bool met;                         /* reached ≥ threshold, and from_tier holds */
    const char *receipt;              /* the last (or the single) one that counted; NULL: none */
    int64_t store;
    vip_day receipt_day;
    vip_day first_day; /* of the first receipt that counted, asked for by vip_tier_explain */
    vip_day by; /* through this day all that is reached still counts; VIP_DAY_NONE: it always does,
                 * or nothing is reached yet. Of vip_tier_explain */
};

enum vip_tier_word {
    VIP_TIER_ENROLMENT,
    VIP_TIER_UPGRADE,
    VIP_TIER_RENEWAL,
    VIP_TIER_GRACE, /* not kept at its end: it lasts through the months of grace */
    VIP_TIER_DOWNGRADE,
    VIP_TIER_LAPSE,
    VIP_TIER_GRANT,
    VIP_TIER_REVOCATION, /* what was recorded is no longer met: not of a replay */
    VIP_TIER_CORRECTION, /* the same tier with other dates: not of a replay */
};
const char *vip_tier_word(enum vip_tier_word word); /* "upgrade" */
const char *vip_basis_word(enum vip_basis basis);   /* "card-year" */

struct vip_tier_change {
    const char *ladder, *from, *to; /* "" is no tier; in the plan's memory */
    enum vip_tier_word word;
    vip_day effective;
    vip_day expires;                    /* the last good day; VIP_DAY_NONE: no end */
    struct vip_tier_figure figure;      /* the rule that was met, or that was nearest */
    const struct vip_tier_grant *grant; /* that began, or ended; NULL */
};

struct vip_tier_timeline {
    struct vip_tier_change *changes; /* by ladder, in order of date */
    size_t count;
    bool later; /* some events were not yet known, or lie ahead, on that day */
};

/* The programme made ready for many replays. */
struct vip_tier_plan;

/* In arena. texts[code] are the texts of codes (texts[0] is not looked at); they are borrowed, as
 * are programs. */
int vip_tier_plan_build(struct vip_tier_plan **plan, const struct vip_programs *programs,
                        const char *const *texts, size_t text_count, struct vip_arena *arena,
                        struct vip_diag *diag);

/* False when no rule of any version looks at purchases: then a history needs no events. */
bool vip_tier_plan_needs_events(const struct vip_tier_plan *plan);

/* The ladders of all versions, in order of name. */
size_t vip_tier_plan_ladders(const struct vip_tier_plan *plan, const char *const **ladders);

/* All changes up to and including as_of, with what was posted by then. In arena. */
int vip_tier_replay(struct vip_tier_plan *plan, const struct vip_tier_history *history,
                    vip_day as_of, struct vip_arena *arena, struct vip_tier_timeline *timeline,
                    struct vip_diag *diag);

/* Whom no rule can concern, told by a coarse look at his purchases (tier_screen.c). In arena. */
struct vip_tier_screen;
int vip_tier_screen_build(struct vip_tier_screen **screen, const struct vip_tier_plan *plan,
                          struct vip_arena *arena, struct vip_diag *diag);

bool vip_tier_screen_points(const struct vip_tier_screen *screen); /* do rules ask for points? */

/* One posting of the member at hand, as in struct vip_tier_event. */
void vip_tier_screen_add(struct vip_tier_screen *screen, vip_day day, vip_fen amount,
                         vip_points points);

/* That was all of his. False: whatever the day, a replay gives what it gives without any events
 * (but for the member's application). True: it may give more. The next one begins. */
bool vip_tier_screen_end(struct vip_tier_screen *screen);

/* What a change rests on, in words: which receipt, what sum, which window, which line of which
 * table. In arena; NULL out of memory. */
const char *vip_tier_evidence(const struct vip_tier_plan *plan,
                              const struct vip_tier_change *change, struct vip_arena *arena);

/* Why something that was recorded is no longer met, as far as it is known on that day: the last
 * return, in words. In arena; NULL out of memory. */
const char *vip_tier_return_text(const struct vip_tier_plan *plan,
                                 const struct vip_tier_history *history, vip_day as_of,
                                 struct vip_arena *arena);

/* The figures as of that day of every rule of the tiers above the one held, and of the rules that
 * keep the one held (their window ends with the tier). In arena. */
int vip_tier_explain(struct vip_tier_plan *plan, const struct vip_tier_history *history,
                     vip_day as_of, struct vip_arena *arena, struct vip_tier_figure **figures,
                     size_t *count, struct vip_diag *diag);

/* The figure in a sentence that a clerk can read out. In arena; NULL out of memory. */
const char *vip_tier_figure_words(const struct vip_tier_plan *plan,
                                  const struct vip_tier_figure *figure, bool chinese,
                                  struct vip_arena *arena);

/* The share of the threshold that is missing, in hundredths of a per cent; -1 when the rule is none
 * that the member can still come up to little by little, or has not begun to. */
int64_t vip_tier_missing_share(const struct vip_tier_figure *figure);

/* The figure of which the least is missing, if that is no more than `lacks`; the first of several.
 * NULL: none. */
const struct vip_tier_figure *vip_tier_nearest(const struct vip_tier_figure *figures, size_t count,
                                               int64_t lacks);

/* The days after `after` and up to as_of on which a run that looks back must stand still, because
 * what was posted then changed the past: the day before and the day of each return and of each line
 * that came late. In order, in arena. */
int vip_tier_turns(const struct vip_tier_history *history, vip_day after, vip_day as_of,
                   struct vip_arena *arena, vip_day **days, size_t *count, struct vip_diag *diag);

#endif
