/* The parts of the replay of tiers, shared by its files and by nobody else: the programme made
 * ready (plan), one member's purchases as receipts with running sums (view), the figure that a rule
 * reaches in a window, and the walk along one ladder. */
#ifndef VIP_RULES_TIER_PARTS_H
#define VIP_RULES_TIER_PARTS_H

#include "lib/rules/tier.h"

/* ---- the plan ---- */

enum tier_unit { TIER_FEN, TIER_VISITS, TIER_POINTS, TIER_UNITS };
enum tier_unit tier_unit_of(enum vip_basis basis);

struct tier_condition {
    vip_list list;
    unsigned char *fits; /* by code: 0 not asked yet, 1 no, 2 yes; NULL: any code fits */
};

/* What rules add up: rules of the same unit and conditions share one. */
struct tier_measure {
    enum tier_unit unit;
    struct tier_condition category, brand, store;
};

struct tier_rule {
    const struct vip_tier_rule *row;
    size_t measure;
    bool keep;
};

struct tier_step { /* one tier of a ladder */
    const struct vip_tier *tier;
    const struct tier_rule *entries, *keeps;
    size_t entry_count, keep_count;
};

struct tier_ladder { /* in one version; lowest step first */
    const struct tier_step *steps;
    size_t count;
};

struct tier_version {
    const struct vip_program *program;
    struct tier_ladder *ladders; /* as many as the plan has; empty where the version lacks it */
};

struct vip_tier_plan {
    struct tier_version *versions;
    size_t version_count;
    const char **ladders;
    size_t ladder_count;
    struct tier_measure *measures;
    size_t measure_count;
    const char *const *texts;
    size_t text_count;
    bool needs_events;
};

/* The tier of that name as the version has it, else as any other version had it; NULL: none did. */
const struct vip_tier *tier_named(const struct vip_tier_plan *plan, size_t version,
                                  const char *name);

/* The version in force on day. */
size_t tier_version_on(const struct vip_tier_plan *plan, vip_day day);

bool tier_condition_fits(const struct vip_tier_plan *plan, struct tier_condition *condition,
                         int64_t code);

/* ---- one member's purchases ---- */

struct tier_receipt {
    vip_day day;
    int64_t store;
    const char *receipt;
    bool qualifying;
};

struct tier_sums { /* of one measure, by receipt */
    int64_t *values;
    int64_t *before; /* sum of the values before; one more than there are receipts */
};

struct tier_view {
    struct vip_tier_plan *plan;
    const struct vip_tier_history *history;
    vip_day as_of;
    struct vip_arena *arena;
    struct vip_diag *diag;
    const struct vip_tier_event **events;
    size_t *receipt_of; /* of each event */
    size_t event_count;
    struct tier_receipt *receipts; /* by day; on the day of enrolment the qualifying one first */
    size_t receipt_count;
    size_t enrolment_limit; /* receipts that were there when he enrolled */
    struct tier_sums *sums; /* by measure, filled when first asked for */
    bool later;
};

int tier_view_open(struct tier_view *view);

/* The first receipt on or after day. */
size_t tier_view_from(const struct tier_view *view, vip_day day);

/* ---- figures ---- */

struct tier_window {
    vip_day from, to; /* VIP_DAY_NONE: open */
    size_t limit;     /* receipts from this one on are not looked at */
};

/* What the rule reaches in the window. The receipt is named only when the rule is met or `whole`.
 */
int tier_figure(struct tier_view *view, const struct tier_rule *rule, struct tier_window window,
                bool whole, struct vip_tier_figure *figure);

/* ---- the walk along one ladder ---- */

struct tier_term {               /* what was earned, and for how long */
    const struct vip_tier *tier; /* NULL: nothing */
    vip_day since;
    vip_day counts_from; /* first day whose single receipts count towards keeping it */
    vip_day end;         /* without grace */
    vip_day expires;     /* with it */
    bool grace;
};

struct tier_walk {
    struct tier_view *view;
    size_t ladder, version;
    struct tier_term earned;
    bool ever; /* something was earned before */
    const struct vip_tier_grant *floor;
    const struct vip_tier *floor_tier;
    const struct vip_tier *shown; /* NULL: no tier */
    vip_day shown_expires;
    struct vip_tier_timeline *timeline;
    size_t capacity;
};

/* Walks to the end of as_of; the changes are added to the timeline. */
int tier_walk_ladder(struct tier_walk *walk);

/* The windows in which rules look when they lift, and when they keep what was earned. */
struct tier_window tier_lift_window(const struct tier_walk *walk, const struct tier_rule *rule,
                                    vip_day day, size_t limit);
struct tier_window tier_keep_window(const struct tier_walk *walk, const struct tier_rule *rule,
                                    vip_day last);

/* Does from_tier allow what the member holds? */
bool tier_from_fits(const struct tier_walk *walk, const struct tier_rule *rule);

/* The ladder as the version in force has it. */
const struct tier_ladder *tier_ladder_now(const struct tier_walk *walk);
const struct tier_step *tier_step_of(const struct tier_ladder *ladder, const struct vip_tier *tier);

#endif
