/* How far a member is from each tier, by the same windows and sums that the replay judges with; and
 * the days on which a run that looks back must stand still. */
#include "lib/rules/tier_parts.h"
#include <stdlib.h>

const char *vip_basis_word(enum vip_basis basis)
{
    static const char *const words[] = {
        [VIP_BASIS_ENROLMENT] = "enrolment", [VIP_BASIS_SINGLE] = "single",
        [VIP_BASIS_PERIOD] = "period",       [VIP_BASIS_CARD_YEAR] = "card-year",
        [VIP_BASIS_LIFETIME] = "lifetime",   [VIP_BASIS_VISITS] = "visits",
        [VIP_BASIS_POINTS] = "points",
    };
    return words[basis];
}

struct explanation {
    struct tier_walk *walk;
    struct vip_tier_figure *figures;
    size_t count;
};

/* Until when does all that is reached count? A tier is kept by what is bought until its end; from a
 * rolling window the first receipt is the first to go. */
static vip_day deadline(const struct tier_walk *walk, const struct tier_rule *rule,
                        const struct vip_tier_figure *figure)
{
    if (rule->keep)
        return figure->to;
    if (rule->row->basis == VIP_BASIS_CARD_YEAR)
        return walk->earned.tier && walk->earned.end != VIP_DAY_NONE
                   ? walk->earned.end
                   : vip_day_add_months(figure->from, 12) - 1;
    if (!rule->row->months || figure->first_day == VIP_DAY_NONE)
        return VIP_DAY_NONE;
    vip_day day = vip_day_add_months(figure->first_day, rule->row->months) - 1;
    while (vip_day_add_months(day + 1, -rule->row->months) < figure->first_day)
        day++;
    return day;
}

int64_t vip_tier_missing_share(const struct vip_tier_figure *figure)
{
    const struct vip_tier_rule *rule = figure->rule;
    int64_t share; /* that is reached, rounded down */
    if (figure->keep || figure->met || !figure->from_fits || !rule ||
        rule->basis == VIP_BASIS_SINGLE || rule->basis == VIP_BASIS_ENROLMENT ||
        figure->reached <= 0 || figure->reached >= rule->threshold ||
        !vip_scale(figure->reached, 10000, rule->threshold, &share))
        return -1;
    return 10000 - share;
}

const struct vip_tier_figure *vip_tier_nearest(const struct vip_tier_figure *figures, size_t count,
                                               int64_t lacks)
{
    const struct vip_tier_figure *found = NULL;
    int64_t least = lacks;
    for (size_t i = 0; i < count; i++) {
        int64_t share = vip_tier_missing_share(&figures[i]);
        if (share < 0 || share > least || (found && share == least))
            continue;
        found = &figures[i];
        least = share;
    }
    return found;
}

static int add_figure(struct explanation *to, const struct tier_rule *rule,
                      struct tier_window window)
{
    struct vip_tier_figure *figure = &to->figures[to->count];
    int error = tier_figure(to->walk->view, rule, window, true, figure);
    if (error != VIP_OK)
        return error;
    figure->ladder = to->walk->view->plan->ladders[to->walk->ladder];
    figure->from_fits = rule->keep || tier_from_fits(to->walk, rule);
    figure->met &= figure->from_fits;
    figure->by = deadline(to->walk, rule, figure);
    to->count++;
    return VIP_OK;
}

/* What is bought until the tier's last day counts towards keeping it. */
static int explain_keeps(struct explanation *to, const struct tier_step *step)
{
    const struct tier_walk *walk = to->walk;
    for (size_t i = 0; i < step->keep_count && walk->earned.expires != VIP_DAY_NONE; i++) {
        struct tier_window window = tier_keep_window(walk, &step->keeps[i], walk->earned.expires);
        int error = add_figure(to, &step->keeps[i], window);
        if (error != VIP_OK)
            return error;
    }
    return VIP_OK;
}

static int explain_entries(struct explanation *to, const struct tier_step *step)
{
    const struct tier_walk *walk = to->walk;
    for (size_t i = 0; i < step->entry_count; i++) {
        const struct tier_rule *rule = &step->entries[i];
        if (rule->row->basis == VIP_BASIS_ENROLMENT)
            continue;
        struct tier_window window = tier_lift_window(walk, rule, walk->view->as_of, SIZE_MAX);
        int error = add_figure(to, rule, window);
        if (error != VIP_OK)
            return error;
    }
    return VIP_OK;
}

static int explain_ladder(struct explanation *to)
{
    struct tier_walk *walk = to->walk;
    int error = tier_walk_ladder(walk);
    if (error != VIP_OK)
        return error;
    const struct tier_ladder *ladder = tier_ladder_now(walk);
    const struct tier_step *held = tier_step_of(ladder, walk->earned.tier);
    if (held)
        error = explain_keeps(to, held);
    for (size_t i = 0; error == VIP_OK && i < ladder->count; i++) {
        const struct tier_step *step = &ladder->steps[i];
        if (!walk->shown || step->tier->rank > walk->shown->rank)
            error = explain_entries(to, step);
    }
    return error;
}

static size_t rule_count(const struct vip_tier_plan *plan)
{
    size_t rules = 0;
    for (size_t v = 0; v < plan->version_count; v++) {
        const struct vip_program *program = plan->versions[v].program;
        rules += program->entry_count + program->keep_count;
    }
    return rules;
}

int vip_tier_explain(struct vip_tier_plan *plan, const struct vip_tier_history *history,
                     vip_day as_of, struct vip_arena *arena, struct vip_tier_figure **figures,
                     size_t *count, struct vip_diag *diag)
{
    struct tier_view view = {
        .plan = plan, .history = history, .as_of = as_of, .arena = arena, .diag = diag};
    struct explanation to = {.figures =
                                 vip_arena_zero(arena, rule_count(plan) + 1, sizeof *to.figures)};
    int error = to.figures ? tier_view_open(&view) : vip_fail_memory(diag);
    for (size_t i = 0; error == VIP_OK && i < plan->ladder_count; i++) {
        struct vip_tier_timeline timeline = {0};
        struct tier_walk walk = {.view = &view, .ladder = i, .timeline = &timeline};
        to.walk = &walk;
        error = explain_ladder(&to);
    }
    *figures = to.figures;
    *count = to.count;
    return error;
}

/* ---- turns ---- */

/* Such a posting may change what runs before it had found. */
static bool looks_back(const struct vip_tier_event *event, vip_day latest)
{
    return event->amount < 0 || event->points < 0 || event->posted > event->day + 1 ||
           event->day < latest;
}

static int by_day(const void *a, const void *b)
{
    vip_day left = *(const vip_day *)a, right = *(const vip_day *)b;
    return left < right ? -1 : left > right;
}

int vip_tier_turns(const struct vip_tier_history *history, vip_day after, vip_day as_of,
                   struct vip_arena *arena, vip_day **days, size_t *count, struct vip_diag *diag)
{
    size_t found = 0, kept = 0;
    vip_day latest = INT32_MIN;
    *days = vip_arena_take(arena, (2 * history->event_count + 1) * sizeof **days);
    if (!*days)
        return vip_fail_memory(diag);
    for (size_t i = 0; i < history->event_count; i++) {
        const struct vip_tier_event *event = &history->events[i];
        if (looks_back(event, latest)) {
            (*days)[found++] = event->posted - 1;
            (*days)[found++] = event->posted;
        }
        if (event->day > latest)
            latest = event->day;
    }
    qsort(*days, found, sizeof **days, by_day);
    for (size_t i = 0; i < found; i++) {
        vip_day day = (*days)[i];
        if (day > after && day < as_of && (kept == 0 || (*days)[kept - 1] != day))
            (*days)[kept++] = day;
    }
    *count = kept;
    return VIP_OK;
}
