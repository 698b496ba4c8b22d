/* The screen: a coarse look at a member's purchases that costs a few additions a line and tells
 * whom no rule can concern. It sees less than a replay (no conditions, no returns, no receipts but
 * whole days), so that what it adds up is never less than what a rule would: below the least
 * threshold of all, the story of the member is that of one who bought nothing. */
#include "lib/rules/tier_parts.h"
#include <string.h>

enum { SEEN_MOST = 1024 }; /* whoever has more lines is looked at */

struct gauge {
    enum tier_unit unit;
    int days; /* as many as the longest window has; 0: without end */
    int64_t threshold;
};

struct seen {
    vip_day day;
    int64_t values[TIER_UNITS];
};

struct vip_tier_screen {
    struct gauge *gauges;
    size_t gauge_count;
    bool points;
    struct seen seen[SEEN_MOST]; /* of the member at hand */
    size_t count;
    int64_t totals[TIER_UNITS];
    bool unsure; /* too many lines, or too much */
};

/* No month has more than 31 days. */
static int longest_window(const struct vip_tier_rule *rule)
{
    if (rule->basis == VIP_BASIS_SINGLE)
        return 1;
    return rule->basis == VIP_BASIS_CARD_YEAR ? 0 : 31 * rule->months;
}

static void add_gauge(struct vip_tier_screen *screen, const struct vip_tier_rule *rule)
{
    const struct gauge made = {tier_unit_of(rule->basis), longest_window(rule), rule->threshold};
    size_t at = 0;
    while (at < screen->gauge_count &&
           (screen->gauges[at].unit != made.unit || screen->gauges[at].days != made.days))
        at++;
    if (at == screen->gauge_count)
        screen->gauges[screen->gauge_count++] = made;
    else if (made.threshold < screen->gauges[at].threshold)
        screen->gauges[at].threshold = made.threshold;
    screen->points |= made.unit == TIER_POINTS;
}

static void add_rules(struct vip_tier_screen *screen, const struct vip_tier_rule *rules,
                      size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (rules[i].basis != VIP_BASIS_ENROLMENT)
            add_gauge(screen, &rules[i]);
}

int vip_tier_screen_build(struct vip_tier_screen **screen, const struct vip_tier_plan *plan,
                          struct vip_arena *arena, struct vip_diag *diag)
{
    size_t rules = 0;
    for (size_t v = 0; v < plan->version_count; v++)
        rules += plan->versions[v].program->entry_count + plan->versions[v].program->keep_count;
    *screen = vip_arena_zero(arena, 1, sizeof **screen);
    struct gauge *gauges = vip_arena_zero(arena, rules + 1, sizeof *gauges);
    if (!*screen || !gauges)
        return vip_fail_memory(diag);
    (*screen)->gauges = gauges;
    for (size_t v = 0; v < plan->version_count; v++) {
        const struct vip_program *program = plan->versions[v].program;
        add_rules(*screen, program->entries, program->entry_count);
        add_rules(*screen, program->keeps, program->keep_count);
    }
    return VIP_OK;
}

bool vip_tier_screen_points(const struct vip_tier_screen *screen)
{
    return screen->points;
}

void vip_tier_screen_add(struct vip_tier_screen *screen, vip_day day, vip_fen amount,
                         vip_points points)
{
    if (amount <= 0 && points <= 0)
        return;
    if (screen->count == SEEN_MOST) {
        screen->unsure = true;
        return;
    }
    amount = amount > 0 ? amount : 0;
    points = points > 0 ? points : 0;
    screen->seen[screen->count++] = (struct seen){
        day, {[TIER_FEN] = amount, [TIER_VISITS] = amount > 0, [TIER_POINTS] = points}};
    screen->totals[TIER_VISITS] += amount > 0;
    if (!vip_add(screen->totals[TIER_FEN], amount, &screen->totals[TIER_FEN]) ||
        !vip_add(screen->totals[TIER_POINTS], points, &screen->totals[TIER_POINTS]))
        screen->unsure = true;
}

/* Is there a window in which as much comes together? A line that came late stands behind later
 * ones: then there may be. */
static bool may_reach(const struct vip_tier_screen *screen, const struct gauge *gauge)
{
    const struct seen *seen = screen->seen;
    int64_t sum = 0;
    if (screen->totals[gauge->unit] < gauge->threshold)
        return false;
    if (!gauge->days || gauge->threshold <= 0) /* a return is enough for a rule that asks nothing */
        return true;
    for (size_t first = 0, i = 0; i < screen->count; i++) {
        if (i > 0 && seen[i].day < seen[i - 1].day)
            return true;
        sum += seen[i].values[gauge->unit];
        for (; seen[i].day - seen[first].day >= gauge->days; first++)
            sum -= seen[first].values[gauge->unit];
        if (sum >= gauge->threshold)
            return true;
    }
    return false;
}

bool vip_tier_screen_end(struct vip_tier_screen *screen)
{
    bool may = screen->unsure;
    for (size_t i = 0; i < screen->gauge_count && !may; i++)
        may = may_reach(screen, &screen->gauges[i]);
    screen->count = 0;
    screen->unsure = false;
    memset(screen->totals, 0, sizeof screen->totals);
    return may;
}
