/* What a change of tier rests on, in words that a clerk can read out. */
#include "lib/rules/tier_parts.h"
#include <inttypes.h>
#include <string.h>

static const char *amount_text(const struct vip_tier_rule *rule, int64_t amount,
                               struct vip_arena *arena)
{
    char text[VIP_MONEY_TEXT];
    if (rule->basis == VIP_BASIS_VISITS)
        return vip_arena_format(arena, "%" PRId64 " %s", amount, amount == 1 ? "visit" : "visits");
    if (rule->basis == VIP_BASIS_POINTS)
        return vip_arena_format(arena, "%" PRId64 " points", amount);
    vip_fen_format(amount, text);
    return vip_arena_text(arena, text);
}

static const char *window_text(const struct vip_tier_figure *figure, struct vip_arena *arena)
{
    char from[VIP_DATE_TEXT], to[VIP_DATE_TEXT];
    vip_day_format(figure->to, to);
    if (figure->from == VIP_DAY_NONE)
        return vip_arena_format(arena, "until %s", to);
    vip_day_format(figure->from, from);
    return vip_arena_format(arena, "from %s to %s", from, to);
}

/* "" or "S1/" */
static const char *store_text(const struct vip_tier_plan *plan, int64_t code,
                              struct vip_arena *arena)
{
    bool known = code > 0 && (uint64_t)code < plan->text_count && plan->texts[code];
    return known ? vip_arena_format(arena, "%s/", plan->texts[code]) : "";
}

static const char *receipt_text(const struct vip_tier_plan *plan,
                                const struct vip_tier_figure *figure, struct vip_arena *arena)
{
    const char *store = store_text(plan, figure->store, arena);
    char day[VIP_DATE_TEXT];
    vip_day_format(figure->receipt_day, day);
    if (!*figure->receipt)
        return vip_arena_format(arena, "purchase of %s", day);
    return store ? vip_arena_format(arena, "receipt %s%s of %s", store, figure->receipt, day)
                 : NULL;
}

static const char *line_text(const struct vip_tier_figure *figure, struct vip_arena *arena)
{
    return vip_arena_format(arena, "%s:%zu", figure->keep ? "keep.csv" : "entry.csv",
                            figure->rule->line);
}

/* "receipt S1/R9 of 2026-03-01: 5200.00, needed 5000.00 (entry.csv:3)" */
static const char *single_text(const struct vip_tier_plan *plan,
                               const struct vip_tier_figure *figure, struct vip_arena *arena)
{
    const char *what =
        figure->receipt ? receipt_text(plan, figure, arena)
                        : vip_arena_format(arena, "largest receipt %s", window_text(figure, arena));
    const char *reached = amount_text(figure->rule, figure->reached, arena);
    const char *needed = amount_text(figure->rule, figure->rule->threshold, arena);
    const char *line = line_text(figure, arena);
    if (!what || !reached || !needed || !line)
        return NULL;
    return vip_arena_format(arena, "%s: %s, needed %s (%s)", what, reached, needed, line);
}

/* "8120.00 from 2025-03-02 to 2026-03-01, needed 8000.00, last receipt S1/R9 of … (entry.csv:5)" */
static const char *sum_text(const struct vip_tier_plan *plan, const struct vip_tier_figure *figure,
                            struct vip_arena *arena)
{
    const char *reached = amount_text(figure->rule, figure->reached, arena);
    const char *window = window_text(figure, arena);
    const char *needed = amount_text(figure->rule, figure->rule->threshold, arena);
    const char *receipt = "", *line = line_text(figure, arena);
    if (figure->receipt) {
        receipt = receipt_text(plan, figure, arena);
        receipt = receipt ? vip_arena_format(arena, ", last %s", receipt) : NULL;
    }
    if (!reached || !window || !needed || !receipt || !line)
        return NULL;
    return vip_arena_format(arena, "%s %s, needed %s%s (%s)", reached, window, needed, receipt,
                            line);
}

static const char *figure_text(const struct vip_tier_plan *plan,
                               const struct vip_tier_figure *figure, struct vip_arena *arena)
{
    if (!figure->rule)
        return "";
    if (figure->rule->basis == VIP_BASIS_ENROLMENT)
        return vip_arena_format(arena, "whoever enrols (entry.csv:%zu)", figure->rule->line);
    if (figure->rule->basis == VIP_BASIS_SINGLE)
        return single_text(plan, figure, arena);
    return sum_text(plan, figure, arena);
}

static const char *until_text(vip_day until, struct vip_arena *arena)
{
    char text[VIP_DATE_TEXT];
    if (until == VIP_DAY_NONE)
        return "without end";
    vip_day_format(until, text);
    return vip_arena_format(arena, "until %s", text);
}

static const char *grant_text(const struct vip_tier_change *change, struct vip_arena *arena)
{
    const struct vip_tier_grant *grant = change->grant;
    const char *until = until_text(grant->until, arena);
    if (!until)
        return NULL;
    if (grant->until != VIP_DAY_NONE && grant->until < change->effective)
        return vip_arena_format(arena, "granted by %s %s: this ended", grant->by, until);
    return vip_arena_format(arena, "%s granted by %s %s: %s", grant->tier, grant->by, until,
                            grant->reason);
}

/* "ran out on 2027-03-01; not kept: …" */
static const char *end_text(const struct vip_tier_change *change, const char *figure,
                            struct vip_arena *arena)
{
    char day[VIP_DATE_TEXT];
    vip_day_format(change->effective - 1, day);
    if (!*figure)
        return vip_arena_format(arena, "ran out on %s", day);
    return vip_arena_format(arena, "ran out on %s; %s: %s", day,
                            change->figure.met ? "still met" : "not kept", figure);
}

const char *vip_tier_evidence(const struct vip_tier_plan *plan,
                              const struct vip_tier_change *change, struct vip_arena *arena)
{
    if (change->grant)
        return grant_text(change, arena);
    const char *figure = figure_text(plan, &change->figure, arena);
    if (!figure)
        return NULL;
    switch (change->word) {
    case VIP_TIER_GRACE:
        return *figure ? vip_arena_format(arena, "not kept: %s", figure)
                       : vip_arena_text(arena, "not kept: keep.csv has no rule for it");
    case VIP_TIER_DOWNGRADE:
    case VIP_TIER_LAPSE:
        return end_text(change, figure, arena);
    default:
        return figure;
    }
}

const char *vip_tier_return_text(const struct vip_tier_plan *plan,
                                 const struct vip_tier_history *history, vip_day as_of,
                                 struct vip_arena *arena)
{
    const struct vip_tier_event *last = NULL;
    char amount[VIP_MONEY_TEXT], day[VIP_DATE_TEXT], dated[VIP_DATE_TEXT];
    for (size_t i = 0; i < history->event_count; i++) {
        const struct vip_tier_event *event = &history->events[i];
        if (event->amount < 0 && event->posted <= as_of && (!last || event->posted >= last->posted))
            last = event;
    }
    if (!last)
        return vip_arena_text(arena, "no longer met by what is in the ledger");
    const char *store = store_text(plan, last->store, arena);
    bool named = last->original && *last->original;
    vip_fen_format(-last->amount, amount);
    vip_day_format(last->day, day);
    vip_day_format(last->dated, dated);
    if (!store)
        return NULL;
    return vip_arena_format(arena, "%s came back on %s: receipt %s%s of %s", amount, dated, store,
                            named ? last->original : last->receipt, day);
}
