/* Earning: see earn.h. Each condition is one line of fits(). */
#include "lib/rules/earn.h"

#include "lib/base/text.h"
#include <string.h>

const char *vip_earn_word(enum vip_earn_reason reason)
{
    static const char *const words[] = {"",        "before-enrolment", "deadline",   "promotion",
                                        "benefit", "excluded",         "qualifying", "cancelled",
                                        "no-rule", "missing-points"};
    return words[reason];
}

/* ---- conditions ---- */

/* promo: empty is any, "*" any promotion, "-" no promotion, "marked-down" below the list price. */
static bool promo_fits(vip_list list, const struct vip_purchase *purchase)
{
    bool marked_down = purchase->list_price > purchase->amount;
    if (!list || !*list)
        return true;
    if (strcmp(list, "*") == 0)
        return *purchase->promo != '\0';
    if (strcmp(list, "-") == 0)
        return *purchase->promo == '\0' && !marked_down;
    if (marked_down && vip_list_has(list, "marked-down"))
        return true;
    return *purchase->promo && vip_list_has(list, purchase->promo);
}

static bool tier_fits(vip_list list, const struct vip_earner *earner)
{
    if (!list || !*list)
        return true;
    for (size_t i = 0; i < earner->tier_count; i++)
        if (vip_list_has(list, earner->tiers[i]))
            return true;
    return false;
}

static bool birthday_fits(unsigned when, vip_day day, const struct vip_birthday *birthday)
{
    struct vip_civil civil = vip_day_civil(day);
    if (birthday->month == 0)
        return false;
    if ((when & VIP_WHEN_BIRTHDAY_DAY) && vip_birthday_next(birthday, day) == day)
        return true;
    if (!(when & VIP_WHEN_BIRTHDAY_MONTH))
        return false;
    /* A lunar birthday can fall twice in a solar year, each time in a month of its own. */
    vip_day on = vip_birthday_next(birthday, vip_day_from_civil(civil.year, civil.month, 1));
    return on != VIP_DAY_NONE && vip_day_civil(on).year == civil.year &&
           vip_day_civil(on).month == civil.month;
}

static bool when_fits(unsigned when, const struct vip_purchase *purchase,
                      const struct vip_earner *earner)
{
    const unsigned birthdays = VIP_WHEN_BIRTHDAY_DAY | VIP_WHEN_BIRTHDAY_MONTH;
    if (when == 0)
        return true;
    if (when & (1u << (vip_day_weekday(purchase->day) - 1)))
        return true;
    if ((when & VIP_WHEN_FIRST_PURCHASE) && purchase->first)
        return true;
    return (when & birthdays) && birthday_fits(when, purchase->day, &earner->birthday);
}

/* Most conditions are empty: said here, so that the list is not walked for nothing. */
static bool list_fits(vip_list list, const char *value)
{
    return !list || !*list || vip_list_has(list, value);
}

static bool fits(const struct vip_earn_rule *rule, const struct vip_purchase *purchase,
                 const struct vip_earner *earner)
{
    return (rule->from == VIP_DAY_NONE || purchase->day >= rule->from) &&
           (rule->until == VIP_DAY_NONE || purchase->day <= rule->until) &&
           list_fits(rule->category, purchase->category) &&
           list_fits(rule->brand, purchase->brand) && list_fits(rule->store, purchase->store) &&
           promo_fits(rule->promo, purchase) && tier_fits(rule->tier, earner) &&
           when_fits(rule->when, purchase, earner);
}

/* ---- what part of the amount ---- */

static bool pay_is_named(const struct vip_earn_rule *rule)
{
    return rule->pay && *rule->pay;
}

/* The part of the amount that was paid in a way the rule names; all of it when it names none. */
static vip_fen paid_as(const struct vip_earn_rule *rule, const struct vip_purchase *purchase)
{
    vip_fen sum = 0;
    if (!pay_is_named(rule))
        return purchase->amount;
    for (size_t i = 0; i < purchase->pay_count; i++)
        if (vip_list_has(rule->pay, purchase->pay[i].method))
            sum += purchase->pay[i].amount;
    return sum;
}

static vip_fen excluded_by_payment(const struct vip_program *program,
                                   const struct vip_purchase *purchase,
                                   const struct vip_earner *earner)
{
    vip_fen sum = 0;
    for (size_t i = 0; i < purchase->pay_count; i++) {
        for (size_t r = 0; r < program->earn_count; r++) {
            const struct vip_earn_rule *rule = &program->earns[r];
            if (rule->effect == VIP_EFFECT_NONE && pay_is_named(rule) &&
                vip_list_has(rule->pay, purchase->pay[i].method) && fits(rule, purchase, earner)) {
                sum += purchase->pay[i].amount;
                break;
            }
        }
    }
    return sum;
}

/* ---- the rules together ---- */

/* Counts on where there is no room any more: vip_earn refuses such a line. */
static void add_extra(const struct vip_earn_rule **rules, size_t *count,
                      const struct vip_earn_rule *rule)
{
    if (*count < VIP_EARN_EXTRAS)
        rules[*count] = rule;
    ++*count;
}

struct chosen { /* what the table says of one line */
    const struct vip_earn_rule *base, *none;
    int64_t factor; /* hundredths */
};

static struct chosen choose(const struct vip_program *program, const struct vip_purchase *purchase,
                            const struct vip_earner *earner, struct vip_earning *earning)
{
    struct chosen chosen = {NULL, NULL, 100};
    for (size_t i = 0; i < program->earn_count; i++) {
        const struct vip_earn_rule *rule = &program->earns[i];
        if (!fits(rule, purchase, earner))
            continue;
        switch (rule->effect) {
        case VIP_EFFECT_EARN:
            if (!chosen.base && paid_as(rule, purchase) > 0)
                chosen.base = rule;
            break;
        case VIP_EFFECT_TIMES:
            if (rule->points > chosen.factor && paid_as(rule, purchase) > 0)
                chosen.factor = rule->points;
            break;
        case VIP_EFFECT_NONE:
            if (!chosen.none && !pay_is_named(rule))
                chosen.none = rule;
            break;
        case VIP_EFFECT_PLUS:
            if (paid_as(rule, purchase) > 0)
                add_extra(earning->plus, &earning->plus_count, rule);
            break;
        case VIP_EFFECT_ONCE:
            if (!(rule->when & (VIP_WHEN_ENROLMENT | VIP_WHEN_REFERRAL | VIP_WHEN_REFERRED)))
                add_extra(earning->once, &earning->once_count, rule);
            break;
        }
    }
    return chosen;
}

static int earn_nothing(struct vip_earning *earning, enum vip_earn_reason reason, bool counts)
{
    *earning = (struct vip_earning){.reason = reason, .counts = counts};
    return VIP_OK;
}

static bool too_late(const struct vip_program *program, vip_day day, vip_day posted)
{
    vip_day last = vip_day_add_span(day, program->posting_deadline);
    return last != VIP_DAY_NONE && posted > last;
}

/* Reasons that do not depend on earn.csv, in the order in which a clerk would name them. */
static bool barred(const struct vip_program *program, const struct vip_purchase *purchase,
                   const struct vip_earner *earner, vip_day posted, struct vip_earning *earning)
{
    const struct vip_benefit *benefit =
        *purchase->benefit ? vip_program_benefit(program, purchase->benefit) : NULL;
    if (earner->cancelled)
        earn_nothing(earning, VIP_EARN_CANCELLED, false);
    else if (purchase->day < earner->enrolled)
        earn_nothing(earning, VIP_EARN_BEFORE_ENROLMENT, false);
    else if (too_late(program, purchase->day, posted))
        earn_nothing(earning, VIP_EARN_DEADLINE, true);
    else if (earner->qualifying && !program->qualifying_earns)
        earn_nothing(earning, VIP_EARN_QUALIFYING, true);
    else if (benefit && !benefit->earns)
        earn_nothing(earning, VIP_EARN_BENEFIT, true);
    else
        return false;
    return true;
}

int vip_earn(const struct vip_program *program, const struct vip_purchase *purchase,
             const struct vip_earner *earner, vip_day posted, struct vip_earning *earning,
             struct vip_diag *diag)
{
    *earning = (struct vip_earning){.counts = true};
    if (barred(program, purchase, earner, posted, earning))
        return VIP_OK;
    struct chosen chosen = choose(program, purchase, earner, earning);
    if (earning->plus_count > VIP_EARN_EXTRAS || earning->once_count > VIP_EARN_EXTRAS)
        return vip_refuse(diag, "overflow", "amount",
                          "more than %d bonuses fit this line: see earn.csv", VIP_EARN_EXTRAS);
    if (chosen.none)
        return earn_nothing(earning, *chosen.none->promo ? VIP_EARN_PROMOTION : VIP_EARN_EXCLUDED,
                            true);
    if (!chosen.base) {
        earning->reason = purchase->amount ? VIP_EARN_NO_RULE : VIP_EARN_PLAIN;
        return VIP_OK;
    }
    vip_fen amount = paid_as(chosen.base, purchase);
    vip_fen open = purchase->amount - excluded_by_payment(program, purchase, earner);
    if (open < amount)
        amount = open;
    if (amount <= 0 && purchase->amount > 0)
        return earn_nothing(earning, VIP_EARN_EXCLUDED, true);
    int64_t units = amount / chosen.base->per, whole;
    if (!vip_multiply(units, chosen.base->points, &whole) ||
        !vip_scale(whole, chosen.factor, 100, &earning->points))
        return vip_refuse(diag, "overflow", "amount", "the points of this line overflow");
    return VIP_OK;
}

struct vip_earn_needs vip_earn_needs(const struct vip_program *program)
{
    struct vip_earn_needs needs = {.receipt = !program->qualifying_earns};
    for (size_t i = 0; i < program->earn_count; i++) {
        const struct vip_earn_rule *rule = &program->earns[i];
        needs.tiers = needs.tiers || (rule->tier && *rule->tier);
        needs.first = needs.first || (rule->effect != VIP_EFFECT_ONCE &&
                                      (rule->when & VIP_WHEN_FIRST_PURCHASE) != 0);
        needs.birthday =
            needs.birthday || (rule->when & (VIP_WHEN_BIRTHDAY_DAY | VIP_WHEN_BIRTHDAY_MONTH)) != 0;
    }
    return needs;
}

vip_points vip_return_points(vip_points points, vip_fen amount, vip_points taken, vip_fen returned,
                             vip_fen part)
{
    int64_t total;
    if (amount <= 0 || returned + part >= amount) /* the last part takes the rest */
        return points - taken;
    if (!vip_scale(points, returned + part, amount, &total))
        return 0;
    return total - taken;
}
