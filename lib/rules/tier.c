/* The walk along one ladder, day by day where something can change: see tier.h.
 *
 * On one day, in this order: a tier that has run out is decided on; grants that ran out end;
 * purchases (and a new version of the programme) lift; grants begin. */
#include "lib/rules/tier.h"

#include "lib/base/text.h"
#include "lib/rules/tier_parts.h"
#include <string.h>

const char *vip_tier_word(enum vip_tier_word word)
{
    static const char *const words[] = {
        [VIP_TIER_ENROLMENT] = "enrolment",   [VIP_TIER_UPGRADE] = "upgrade",
        [VIP_TIER_RENEWAL] = "renewal",       [VIP_TIER_GRACE] = "grace",
        [VIP_TIER_DOWNGRADE] = "downgrade",   [VIP_TIER_LAPSE] = "lapse",
        [VIP_TIER_GRANT] = "grant",           [VIP_TIER_REVOCATION] = "revocation",
        [VIP_TIER_CORRECTION] = "correction",
    };
    return words[word];
}

/* Why something changed; the word is chosen when it is seen what it changes. */
struct cause {
    enum vip_tier_word word; /* ENROLMENT, GRACE and GRANT stand; any other is judged by rank */
    struct vip_tier_figure figure;
    const struct vip_tier_grant *grant;
};

static vip_day months_on(vip_day day, int months)
{
    return months ? vip_day_add_months(day, months) : VIP_DAY_NONE;
}

static vip_day earlier(vip_day a, vip_day b)
{
    return a < b ? a : b;
}

static const char *name_of(const struct vip_tier *tier)
{
    return tier ? tier->tier : "";
}

static bool above(const struct vip_tier *tier, const struct vip_tier *other)
{
    return tier && (!other || tier->rank > other->rank);
}

const struct tier_ladder *tier_ladder_now(const struct tier_walk *walk)
{
    return &walk->view->plan->versions[walk->version].ladders[walk->ladder];
}

const struct tier_step *tier_step_of(const struct tier_ladder *ladder, const struct vip_tier *tier)
{
    for (size_t i = 0; tier && i < ladder->count; i++)
        if (strcmp(ladder->steps[i].tier->tier, tier->tier) == 0)
            return &ladder->steps[i];
    return NULL;
}

bool tier_from_fits(const struct tier_walk *walk, const struct tier_rule *rule)
{
    return vip_list_has(rule->row->from_tier, name_of(walk->earned.tier)) ||
           vip_list_has(rule->row->from_tier, name_of(walk->shown));
}

/* ---- windows ---- */

/* A card's year begins with the card; of a card without an end, on each anniversary. */
static vip_day card_year(const struct tier_walk *walk, vip_day day)
{
    vip_day since = walk->earned.tier ? walk->earned.since : walk->view->history->enrolled;
    if (walk->earned.tier && walk->earned.end != VIP_DAY_NONE)
        return since;
    vip_day start = since;
    for (int years = 1; vip_day_add_months(since, 12 * years) <= day; years++)
        start = vip_day_add_months(since, 12 * years);
    return start;
}

static struct tier_window window_to(const struct tier_walk *walk, const struct tier_rule *rule,
                                    vip_day day)
{
    struct tier_window window = {VIP_DAY_NONE, day, SIZE_MAX};
    if (rule->row->basis == VIP_BASIS_CARD_YEAR)
        window.from = card_year(walk, day);
    else if (rule->row->months) /* twelve months that end on 21 November begin on 22 November */
        window.from = vip_day_add_months(day, -rule->row->months) + 1;
    return window;
}

struct tier_window tier_lift_window(const struct tier_walk *walk, const struct tier_rule *rule,
                                    vip_day day, size_t limit)
{
    struct tier_window window = window_to(walk, rule, day);
    if (rule->row->basis == VIP_BASIS_SINGLE && !rule->row->months)
        window.from = day;
    window.limit = limit;
    return window;
}

/* The receipt that brought the tier does not keep it as well. */
struct tier_window tier_keep_window(const struct tier_walk *walk, const struct tier_rule *rule,
                                    vip_day last)
{
    struct tier_window window = window_to(walk, rule, last);
    if (rule->row->basis == VIP_BASIS_SINGLE && !rule->row->months)
        window.from = walk->earned.counts_from;
    return window;
}

/* ---- what is shown ---- */

static int add_change(struct tier_walk *walk, const struct vip_tier_change *change)
{
    struct vip_tier_timeline *timeline = walk->timeline;
    if (timeline->count == walk->capacity) {
        size_t capacity = walk->capacity ? walk->capacity * 2 : 4;
        struct vip_tier_change *room = vip_arena_take(walk->view->arena, capacity * sizeof *room);
        if (!room)
            return vip_fail_memory(walk->view->diag);
        if (timeline->count)
            memcpy(room, timeline->changes, timeline->count * sizeof *room);
        timeline->changes = room;
        walk->capacity = capacity;
    }
    timeline->changes[timeline->count++] = *change;
    return VIP_OK;
}

static enum vip_tier_word word_for(const struct tier_walk *walk, const struct vip_tier *to,
                                   enum vip_tier_word hint)
{
    if (hint == VIP_TIER_ENROLMENT || hint == VIP_TIER_GRANT)
        return hint;
    if (!to)
        return VIP_TIER_LAPSE;
    if (walk->shown && strcmp(walk->shown->tier, to->tier) == 0)
        return hint == VIP_TIER_GRACE ? hint : VIP_TIER_RENEWAL;
    return above(to, walk->shown) ? VIP_TIER_UPGRADE : VIP_TIER_DOWNGRADE;
}

/* The higher of what was earned and the floor is what the member holds; when that is news, or a
 * grant begins, it is a change. */
static int show(struct tier_walk *walk, vip_day day, const struct cause *cause)
{
    bool by_floor = above(walk->floor_tier, walk->earned.tier);
    const struct vip_tier *tier = by_floor ? walk->floor_tier : walk->earned.tier;
    vip_day expires = VIP_DAY_NONE;
    if (tier)
        expires = by_floor ? walk->floor->until : walk->earned.expires;
    bool same = strcmp(name_of(tier), name_of(walk->shown)) == 0 && expires == walk->shown_expires;
    if (same && cause->word != VIP_TIER_GRANT)
        return VIP_OK;
    struct vip_tier_change change = {
        .ladder = walk->view->plan->ladders[walk->ladder],
        .from = name_of(walk->shown),
        .to = name_of(tier),
        .word = word_for(walk, tier, cause->word),
        .effective = day,
        .expires = expires,
        .figure = cause->figure,
        .grant = cause->grant,
    };
    if (by_floor && !change.grant) /* what was earned ended, and the floor holds */
        change.grant = walk->floor;
    if (by_floor && change.word == VIP_TIER_RENEWAL)
        change.word = VIP_TIER_GRANT;
    walk->shown = tier;
    walk->shown_expires = expires;
    return add_change(walk, &change);
}

/* ---- rules ---- */

/* Is one of the entry rules met that lift to this step? */
static int entry_met(struct tier_walk *walk, const struct tier_step *step, vip_day day,
                     size_t limit, bool enrolment, struct vip_tier_figure *figure, bool *met)
{
    *met = false;
    for (size_t i = 0; i < step->entry_count && !*met; i++) {
        const struct tier_rule *rule = &step->entries[i];
        if (rule->row->basis == VIP_BASIS_ENROLMENT) {
            *met = enrolment;
            *figure = (struct vip_tier_figure){
                .tier = rule->row->tier, .rule = rule->row, .from = day, .to = day, .met = true};
            continue;
        }
        if (!tier_from_fits(walk, rule))
            continue;
        struct tier_window window = tier_lift_window(walk, rule, day, limit);
        int error = tier_figure(walk->view, rule, window, false, figure);
        if (error != VIP_OK)
            return error;
        *met = figure->met;
    }
    return VIP_OK;
}

/* As entry_met on the day after `last`, when a tier has run out: is the tier still met? The way
 * that once led to it does not matter. */
static int still_met(struct tier_walk *walk, const struct tier_step *step, vip_day last,
                     struct vip_tier_figure *figure, bool *met)
{
    *met = false;
    for (size_t i = 0; i < step->entry_count && !*met; i++) {
        const struct tier_rule *rule = &step->entries[i];
        if (rule->row->basis == VIP_BASIS_ENROLMENT) {
            *met = true;
            *figure = (struct vip_tier_figure){
                .tier = rule->row->tier, .rule = rule->row, .from = last, .to = last, .met = true};
            continue;
        }
        struct tier_window window = tier_keep_window(walk, rule, last);
        int error = tier_figure(walk->view, rule, window, false, figure);
        if (error != VIP_OK)
            return error;
        *met = figure->met;
    }
    return VIP_OK;
}

/* reached/threshold, compared without division or overflow. */
static bool nearer(const struct vip_tier_figure *a, const struct vip_tier_figure *b)
{
    if (!b->rule)
        return true;
    return (long double)a->reached * (long double)b->rule->threshold >
           (long double)b->reached * (long double)a->rule->threshold;
}

/* Is one of the keep rules met? *best is the one that is, or the nearest. */
static int kept(struct tier_walk *walk, vip_day last, struct vip_tier_figure *best, bool *met)
{
    const struct tier_step *step = tier_step_of(tier_ladder_now(walk), walk->earned.tier);
    *best = (struct vip_tier_figure){0};
    *met = false;
    for (size_t i = 0; step && i < step->keep_count && !*met; i++) {
        const struct tier_rule *rule = &step->keeps[i];
        struct vip_tier_figure figure;
        struct tier_window window = tier_keep_window(walk, rule, last);
        int error = tier_figure(walk->view, rule, window, false, &figure);
        if (error != VIP_OK)
            return error;
        *met = figure.met;
        if (*met || nearer(&figure, best))
            *best = figure;
    }
    return VIP_OK;
}

/* ---- what was earned ---- */

static void begin(struct tier_walk *walk, const struct vip_tier *tier, vip_day day, vip_day base,
                  bool counts_today)
{
    vip_day end = tier ? months_on(base, tier->valid_months) : VIP_DAY_NONE;
    if (end < day) /* a grace longer than the term itself */
        end = months_on(day - 1, tier->valid_months);
    walk->earned = (struct tier_term){
        .tier = tier,
        .since = day,
        .counts_from = counts_today ? day : day + 1,
        .end = end,
        .expires = end,
    };
    walk->ever |= tier != NULL;
}

/* The highest tier above the one that was earned whose entry rules are met. */
static int lift(struct tier_walk *walk, vip_day day, size_t limit, bool enrolment, bool *lifted,
                struct cause *cause)
{
    const struct tier_ladder *ladder = tier_ladder_now(walk);
    *lifted = false;
    for (size_t i = ladder->count; i-- > 0 && above(ladder->steps[i].tier, walk->earned.tier);) {
        int error =
            entry_met(walk, &ladder->steps[i], day, limit, enrolment, &cause->figure, lifted);
        if (error != VIP_OK)
            return error;
        if (!*lifted)
            continue;
        bool used_up = cause->figure.rule->basis != VIP_BASIS_ENROLMENT;
        begin(walk, ladder->steps[i].tier, day, day, !used_up);
        break;
    }
    return VIP_OK;
}

/* The highest tier, from the one that ran out downwards, that is still met. */
static int requalify(struct tier_walk *walk, vip_day day, struct cause *cause)
{
    const struct tier_ladder *ladder = tier_ladder_now(walk);
    for (size_t i = ladder->count; i-- > 0;) {
        const struct tier_step *step = &ladder->steps[i];
        struct vip_tier_figure figure;
        bool met;
        if (above(step->tier, walk->earned.tier))
            continue;
        int error = still_met(walk, step, day - 1, &figure, &met);
        if (error != VIP_OK)
            return error;
        if (!met)
            continue;
        cause->figure = figure;
        begin(walk, step->tier, day, day - 1, true);
        return VIP_OK;
    }
    begin(walk, NULL, day, day, true);
    return VIP_OK;
}

static void step_down(struct tier_walk *walk, vip_day day)
{
    const struct tier_ladder *ladder = tier_ladder_now(walk);
    const struct vip_tier *lower = NULL;
    for (size_t i = 0; i < ladder->count; i++)
        if (above(walk->earned.tier, ladder->steps[i].tier))
            lower = ladder->steps[i].tier;
    begin(walk, lower, day, day - 1, true);
}

static int lapse(struct tier_walk *walk, vip_day day, struct cause *cause)
{
    switch (walk->earned.tier->on_lapse) {
    case VIP_LAPSE_REQUALIFY:
        return requalify(walk, day, cause);
    case VIP_LAPSE_STEP_DOWN:
        step_down(walk, day);
        break;
    case VIP_LAPSE_CLOSE:
        begin(walk, NULL, day, day, true);
        break;
    }
    return VIP_OK;
}

/* The day after the last good day: kept, or given months of grace, or lapsed. */
static int decide(struct tier_walk *walk, vip_day day, struct cause *cause)
{
    const struct vip_tier *tier = walk->earned.tier;
    bool met;
    int error = kept(walk, day - 1, &cause->figure, &met);
    if (error != VIP_OK)
        return error;
    if (met) {
        begin(walk, tier, day, walk->earned.end, true);
        return VIP_OK;
    }
    if (!walk->earned.grace && tier->grace_months) {
        walk->earned.grace = true;
        walk->earned.expires = months_on(walk->earned.end, tier->grace_months);
        cause->word = VIP_TIER_GRACE;
        return VIP_OK;
    }
    return lapse(walk, day, cause);
}

/* ---- grants ---- */

static const struct vip_tier *granted_tier(const struct tier_walk *walk,
                                           const struct vip_tier_grant *grant)
{
    const struct vip_tier *tier = tier_named(walk->view->plan, walk->version, grant->tier);
    const char *ladder = walk->view->plan->ladders[walk->ladder];
    return tier && strcmp(tier->ladder, ladder) == 0 ? tier : NULL;
}

/* Grants from before he was a member begin with him. */
static vip_day grant_begins(const struct tier_walk *walk, const struct vip_tier_grant *grant)
{
    vip_day enrolled = walk->view->history->enrolled;
    return grant->day < enrolled ? enrolled : grant->day;
}

/* Finds the highest floor of the day; of two of one rank the one that lasts longer. `begin` says
 * whether grants that begin on that day count yet. */
static void find_floor(struct tier_walk *walk, vip_day day, bool begun)
{
    const struct vip_tier_history *history = walk->view->history;
    walk->floor = NULL;
    walk->floor_tier = NULL;
    for (size_t i = 0; i < history->grant_count; i++) {
        const struct vip_tier_grant *grant = &history->grants[i];
        const struct vip_tier *tier = granted_tier(walk, grant);
        vip_day first = grant_begins(walk, grant);
        if (!tier || first > day || (first == day && !begun) || grant->until < day)
            continue;
        if (walk->floor && !above(tier, walk->floor_tier) &&
            (above(walk->floor_tier, tier) || grant->until <= walk->floor->until))
            continue;
        walk->floor = grant;
        walk->floor_tier = tier;
    }
}

static int begin_grants(struct tier_walk *walk, vip_day day)
{
    const struct vip_tier_history *history = walk->view->history;
    for (size_t i = 0; i < history->grant_count; i++) {
        const struct vip_tier_grant *grant = &history->grants[i];
        if (grant_begins(walk, grant) != day || !granted_tier(walk, grant))
            continue;
        find_floor(walk, day, true);
        struct cause cause = {.word = VIP_TIER_GRANT, .grant = grant};
        int error = show(walk, day, &cause);
        if (error != VIP_OK)
            return error;
    }
    return VIP_OK;
}

static const struct vip_tier_grant *ended_grant(const struct tier_walk *walk, vip_day day)
{
    bool ended = walk->floor && walk->floor->until != VIP_DAY_NONE && walk->floor->until < day;
    return ended ? walk->floor : NULL;
}

/* ---- days ---- */

static vip_day next_grant_day(const struct tier_walk *walk, vip_day after)
{
    const struct vip_tier_history *history = walk->view->history;
    vip_day next = VIP_DAY_NONE;
    for (size_t i = 0; i < history->grant_count; i++) {
        const struct vip_tier_grant *grant = &history->grants[i];
        vip_day first = grant_begins(walk, grant);
        if (first > after)
            next = earlier(next, first);
        if (grant->until >= after && grant->until != VIP_DAY_NONE)
            next = earlier(next, grant->until + 1);
    }
    return next;
}

/* The next day after `after` on which something can change. */
static vip_day next_day(const struct tier_walk *walk, vip_day after)
{
    const struct tier_view *view = walk->view;
    vip_day next = next_grant_day(walk, after);
    size_t receipt = tier_view_from(view, after + 1);
    if (receipt < view->receipt_count)
        next = earlier(next, view->receipts[receipt].day);
    if (walk->version + 1 < view->plan->version_count)
        next = earlier(next, view->plan->versions[walk->version + 1].program->effective);
    if (walk->earned.expires != VIP_DAY_NONE)
        next = earlier(next, walk->earned.expires + 1);
    return next;
}

/* Steps into the version of the day. What is held stays, judged by the new version's words. */
static bool enter_version(struct tier_walk *walk, vip_day day)
{
    const struct vip_tier_plan *plan = walk->view->plan;
    size_t before = walk->version;
    walk->version = tier_version_on(plan, day);
    if (walk->version == before)
        return false;
    if (walk->earned.tier)
        walk->earned.tier = tier_named(plan, walk->version, walk->earned.tier->tier);
    if (walk->shown)
        walk->shown = tier_named(plan, walk->version, walk->shown->tier);
    if (walk->floor_tier)
        walk->floor_tier = tier_named(plan, walk->version, walk->floor_tier->tier);
    return true;
}

static int end_terms(struct tier_walk *walk, vip_day day)
{
    struct cause cause = {.word = VIP_TIER_RENEWAL};
    bool shown_floor = above(walk->floor_tier, walk->earned.tier);
    if (walk->earned.expires != VIP_DAY_NONE && walk->earned.expires < day) {
        int error = decide(walk, day, &cause);
        if (error != VIP_OK)
            return error;
    }
    if (shown_floor)
        cause.grant = ended_grant(walk, day);
    find_floor(walk, day, false);
    return show(walk, day, &cause);
}

/* In the months of grace any day's purchases may still keep the tier. */
static int keep_in_grace(struct tier_walk *walk, vip_day day, struct cause *cause)
{
    bool met = false;
    if (!walk->earned.grace)
        return VIP_OK;
    int error = kept(walk, day, &cause->figure, &met);
    if (error == VIP_OK && met)
        begin(walk, walk->earned.tier, day, walk->earned.end, false);
    return error;
}

static int buy(struct tier_walk *walk, vip_day day, bool new_version)
{
    struct cause cause = {.word = VIP_TIER_UPGRADE};
    bool lifted;
    int error = lift(walk, day, SIZE_MAX, new_version && !walk->ever, &lifted, &cause);
    if (error == VIP_OK && !lifted)
        error = keep_in_grace(walk, day, &cause);
    return error == VIP_OK ? show(walk, day, &cause) : error;
}

static int visit(struct tier_walk *walk, vip_day day)
{
    const struct tier_view *view = walk->view;
    bool new_version = enter_version(walk, day);
    size_t receipt = tier_view_from(view, day);
    bool bought = receipt < view->receipt_count && view->receipts[receipt].day == day;
    int error = end_terms(walk, day);
    if (error == VIP_OK && (bought || new_version))
        error = buy(walk, day, new_version);
    return error == VIP_OK ? begin_grants(walk, day) : error;
}

/* What he enrolled with: tiers of whoever enrols, and what the qualifying purchase brings. */
static int enrol(struct tier_walk *walk)
{
    struct cause cause = {.word = VIP_TIER_ENROLMENT};
    vip_day day = walk->view->history->enrolled;
    bool lifted;
    int error = lift(walk, day, walk->view->enrolment_limit, true, &lifted, &cause);
    return error == VIP_OK ? show(walk, day, &cause) : error;
}

int tier_walk_ladder(struct tier_walk *walk)
{
    const struct tier_view *view = walk->view;
    vip_day day = view->history->enrolled;
    walk->shown_expires = VIP_DAY_NONE;
    walk->earned = (struct tier_term){.end = VIP_DAY_NONE, .expires = VIP_DAY_NONE};
    if (day > view->as_of)
        return VIP_OK;
    walk->version = tier_version_on(view->plan, day);
    int error = enrol(walk);
    for (; error == VIP_OK && day <= view->as_of; day = next_day(walk, day))
        error = visit(walk, day);
    return error;
}

/* ---- the face ---- */

int vip_tier_replay(struct vip_tier_plan *plan, const struct vip_tier_history *history,
                    vip_day as_of, struct vip_arena *arena, struct vip_tier_timeline *timeline,
                    struct vip_diag *diag)
{
    struct tier_view view = {
        .plan = plan, .history = history, .as_of = as_of, .arena = arena, .diag = diag};
    struct tier_walk walk = {.view = &view, .timeline = timeline};
    *timeline = (struct vip_tier_timeline){0};
    int error = tier_view_open(&view);
    timeline->later = view.later || history->enrolled > as_of;
    for (size_t i = 0; error == VIP_OK && i < plan->ladder_count; i++) {
        size_t capacity = walk.capacity;
        walk = (struct tier_walk){
            .view = &view, .ladder = i, .timeline = timeline, .capacity = capacity};
        error = tier_walk_ladder(&walk);
    }
    return error;
}
