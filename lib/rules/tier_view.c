/* One member's purchases as rules see them: the postings known on the day, put together to receipts
 * with their returns taken off, and for each measure its running sum, so that a window costs two
 * look-ups however much was bought. */
#include "lib/rules/tier_parts.h"
#include <stdlib.h>
#include <string.h>

struct placed { /* an event and the keys that put it in order */
    const struct vip_tier_event *event;
    size_t index;
    vip_day day;
    bool other;   /* not of the qualifying receipt */
    bool return_; /* names its original */
};

/* ---- which receipt is meant ---- */

/* "R1/2" means line 2 of R1; a receipt may itself hold a slash, so the whole text comes first. */
static bool original_is(const char *original, const char *receipt)
{
    size_t size = strlen(receipt);
    if (strncmp(original, receipt, size) != 0)
        return false;
    const char *rest = original + size;
    if (!*rest)
        return true;
    return rest[0] == '/' && rest[1] && !rest[1 + strspn(rest + 1, "0123456789")];
}

static bool has_original(const struct vip_tier_event *event)
{
    return event->original && *event->original;
}

static bool is_qualifying(const struct vip_tier_history *history,
                          const struct vip_tier_event *event)
{
    if (!history->qualifying || !*history->qualifying)
        return false;
    if (has_original(event))
        return original_is(event->original, history->qualifying);
    return event->receipt && strcmp(event->receipt, history->qualifying) == 0;
}

static const char *receipt_name(const struct vip_tier_event *event)
{
    return event->receipt ? event->receipt : "";
}

/* ---- what is known on the day, in order ---- */

static int by_place(const void *left, const void *right)
{
    const struct placed *a = left, *b = right;
    if (a->day != b->day)
        return a->day < b->day ? -1 : 1;
    if (a->other != b->other)
        return a->other ? 1 : -1;
    if (a->return_ != b->return_)
        return a->return_ ? 1 : -1;
    if (a->event->store != b->event->store)
        return a->event->store < b->event->store ? -1 : 1;
    int order = strcmp(receipt_name(a->event), receipt_name(b->event));
    if (order)
        return order;
    return a->index < b->index ? -1 : a->index > b->index;
}

/* The qualifying purchase counts on the day of enrolment, whatever day the till wrote. */
static size_t place_known(struct tier_view *view, struct placed *placed, vip_fen *qualified)
{
    const struct vip_tier_history *history = view->history;
    size_t count = 0;
    *qualified = 0;
    for (size_t i = 0; i < history->event_count; i++) {
        const struct vip_tier_event *event = &history->events[i];
        if (event->posted > view->as_of || event->day > view->as_of) {
            view->later = true;
            continue;
        }
        bool qualifying = is_qualifying(history, event);
        if (qualifying && event->amount > 0 && !vip_add(*qualified, event->amount, qualified))
            *qualified = INT64_MAX;
        placed[count++] = (struct placed){
            .event = event,
            .index = i,
            .day = qualifying ? history->enrolled : event->day,
            .other = !qualifying,
            .return_ = has_original(event),
        };
    }
    return count;
}

/* What the application said was spent and the ledger does not have (yet). */
static int place_application(struct tier_view *view, struct placed *placed, size_t *count,
                             vip_fen qualified)
{
    const struct vip_tier_history *history = view->history;
    if (history->spent <= qualified)
        return VIP_OK;
    struct vip_tier_event *event = vip_arena_zero(view->arena, 1, sizeof *event);
    if (!event)
        return VIP_EMEMORY;
    event->day = event->posted = history->enrolled;
    event->amount = history->spent - qualified;
    event->store = history->store;
    event->category = history->category;
    event->brand = history->brand;
    event->receipt = history->qualifying ? history->qualifying : "";
    placed[*count] = (struct placed){.event = event, .index = *count, .day = history->enrolled};
    ++*count;
    return VIP_OK;
}

static bool in_order(const struct placed *placed, size_t count)
{
    for (size_t i = 1; i < count; i++)
        if (by_place(&placed[i - 1], &placed[i]) > 0)
            return false;
    return true;
}

/* ---- receipts ---- */

static bool same_receipt(const struct tier_receipt *receipt, const struct placed *placed)
{
    return receipt->day == placed->day && receipt->qualifying == !placed->other &&
           receipt->store == placed->event->store &&
           strcmp(receipt->receipt, receipt_name(placed->event)) == 0;
}

/* The receipt of the day that a return came back from: of its own store, if there is one. */
static size_t find_original(const struct tier_view *view, const struct placed *placed)
{
    size_t found = view->receipt_count;
    for (size_t r = view->receipt_count; r-- > 0 && view->receipts[r].day == placed->day;) {
        const struct tier_receipt *receipt = &view->receipts[r];
        if (receipt->qualifying == placed->other ||
            !original_is(placed->event->original, receipt->receipt))
            continue;
        if (receipt->store == placed->event->store)
            return r;
        found = r;
    }
    return found;
}

static void add_to_receipt(struct tier_view *view, const struct placed *placed)
{
    size_t receipt = view->receipt_count;
    if (placed->return_)
        receipt = find_original(view, placed);
    else if (receipt && same_receipt(&view->receipts[receipt - 1], placed))
        receipt--;
    if (receipt == view->receipt_count)
        view->receipts[view->receipt_count++] = (struct tier_receipt){
            .day = placed->day,
            .store = placed->event->store,
            .receipt = receipt_name(placed->event),
            .qualifying = !placed->other,
        };
    view->events[view->event_count] = placed->event;
    view->receipt_of[view->event_count++] = receipt;
}

static size_t enrolment_limit(const struct tier_view *view)
{
    size_t limit = 0;
    while (limit < view->receipt_count && (view->receipts[limit].day < view->history->enrolled ||
                                           (view->receipts[limit].day == view->history->enrolled &&
                                            view->receipts[limit].qualifying)))
        limit++;
    return limit;
}

static int open_view(struct tier_view *view)
{
    size_t room = view->history->event_count + 1, count;
    vip_fen qualified;
    struct placed *placed = vip_arena_take(view->arena, room * sizeof *placed);
    view->events = vip_arena_take(view->arena, room * sizeof *view->events);
    view->receipt_of = vip_arena_take(view->arena, room * sizeof *view->receipt_of);
    view->receipts = vip_arena_take(view->arena, room * sizeof *view->receipts);
    view->sums = vip_arena_zero(view->arena, view->plan->measure_count + 1, sizeof *view->sums);
    if (!placed || !view->events || !view->receipt_of || !view->receipts || !view->sums)
        return VIP_EMEMORY;
    count = place_known(view, placed, &qualified);
    if (place_application(view, placed, &count, qualified) != VIP_OK)
        return VIP_EMEMORY;
    if (!in_order(placed, count))
        qsort(placed, count, sizeof *placed, by_place);
    for (size_t i = 0; i < count; i++)
        add_to_receipt(view, &placed[i]);
    view->enrolment_limit = enrolment_limit(view);
    return VIP_OK;
}

int tier_view_open(struct tier_view *view)
{
    return open_view(view) == VIP_OK ? VIP_OK : vip_fail_memory(view->diag);
}

size_t tier_view_from(const struct tier_view *view, vip_day day)
{
    size_t low = 0, high = view->receipt_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (view->receipts[middle].day < day)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* ---- sums ---- */

static bool counts(struct tier_view *view, struct tier_measure *measure,
                   const struct vip_tier_event *event, const struct tier_receipt *receipt)
{
    return tier_condition_fits(view->plan, &measure->category, event->category) &&
           tier_condition_fits(view->plan, &measure->brand, event->brand) &&
           tier_condition_fits(view->plan, &measure->store, receipt->store);
}

static bool add_up(struct tier_view *view, struct tier_measure *measure, struct tier_sums *sums)
{
    for (size_t i = 0; i < view->event_count; i++) {
        const struct vip_tier_event *event = view->events[i];
        size_t receipt = view->receipt_of[i];
        int64_t value = measure->unit == TIER_POINTS ? event->points : event->amount;
        if (value && counts(view, measure, event, &view->receipts[receipt]) &&
            !vip_add(sums->values[receipt], value, &sums->values[receipt]))
            return false;
    }
    for (size_t r = 0; r < view->receipt_count; r++) {
        if (measure->unit == TIER_VISITS)
            sums->values[r] = sums->values[r] > 0;
        if (!vip_add(sums->before[r], sums->values[r], &sums->before[r + 1]))
            return false;
    }
    return true;
}

static int sums_of(struct tier_view *view, size_t measure, const struct tier_sums **sums)
{
    struct tier_sums *made = &view->sums[measure];
    *sums = made;
    if (made->values)
        return VIP_OK;
    int64_t *room = vip_arena_zero(view->arena, 2 * view->receipt_count + 1, sizeof *room);
    if (!room)
        return vip_fail_memory(view->diag);
    made->values = room;
    made->before = room + view->receipt_count;
    if (add_up(view, &view->plan->measures[measure], made))
        return VIP_OK;
    return vip_fail(view->diag, VIP_EDATABASE, "the sums of a member's purchases overflow");
}

/* ---- figures ---- */

static void largest(const struct tier_sums *sums, size_t from, size_t to, int64_t *reached,
                    size_t *receipt)
{
    *reached = 0;
    *receipt = to;
    for (size_t r = from; r < to; r++)
        if (sums->values[r] > *reached) {
            *reached = sums->values[r];
            *receipt = r;
        }
}

static size_t last_counted(const struct tier_sums *sums, size_t from, size_t to)
{
    for (size_t r = to; r-- > from;)
        if (sums->values[r] > 0)
            return r;
    return to;
}

static void name_receipt(const struct tier_view *view, size_t receipt,
                         struct vip_tier_figure *figure)
{
    figure->receipt = view->receipts[receipt].receipt;
    figure->store = view->receipts[receipt].store;
    figure->receipt_day = view->receipts[receipt].day;
}

int tier_figure(struct tier_view *view, const struct tier_rule *rule, struct tier_window window,
                bool whole, struct vip_tier_figure *figure)
{
    const struct tier_sums *sums;
    int error = sums_of(view, rule->measure, &sums);
    if (error != VIP_OK)
        return error;
    size_t from = window.from == VIP_DAY_NONE ? 0 : tier_view_from(view, window.from);
    size_t to =
        window.to == VIP_DAY_NONE ? view->receipt_count : tier_view_from(view, window.to + 1);
    size_t receipt;
    if (to > window.limit)
        to = window.limit;
    if (from > to)
        from = to;
    *figure = (struct vip_tier_figure){
        .tier = rule->row->tier,
        .rule = rule->row,
        .keep = rule->keep,
        .from_fits = true,
        .from = window.from,
        .to = window.to,
        .first_day = VIP_DAY_NONE,
        .by = VIP_DAY_NONE,
    };
    if (rule->row->basis == VIP_BASIS_SINGLE) {
        largest(sums, from, to, &figure->reached, &receipt);
    } else {
        figure->reached = sums->before[to] - sums->before[from];
        receipt = to;
    }
    figure->met = figure->reached >= rule->row->threshold;
    if (receipt == to && (figure->met || whole))
        receipt = last_counted(sums, from, to);
    if (receipt < to)
        name_receipt(view, receipt, figure);
    for (size_t r = from; whole && r < to && figure->first_day == VIP_DAY_NONE; r++)
        if (sums->values[r] > 0)
            figure->first_day = view->receipts[r].day;
    return VIP_OK;
}
