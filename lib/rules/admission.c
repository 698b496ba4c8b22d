/* Admission: see admission.h. */
#include "lib/rules/admission.h"

#include "lib/base/text.h"
#include <string.h>

static bool threshold_met(const struct vip_tier_rule *rule,
                          const struct vip_first_purchase *purchase)
{
    switch (rule->basis) {
    case VIP_BASIS_ENROLMENT:
        return true;
    case VIP_BASIS_SINGLE:
    case VIP_BASIS_PERIOD:
    case VIP_BASIS_CARD_YEAR:
    case VIP_BASIS_LIFETIME:
        return purchase->spent >= rule->threshold;
    case VIP_BASIS_VISITS:
        return purchase->spent > 0 && rule->threshold <= 1;
    case VIP_BASIS_POINTS:
        break; /* nothing was earned yet */
    }
    return false;
}

static bool rule_met(const struct vip_tier_rule *rule, const struct vip_first_purchase *purchase)
{
    return !*rule->from_tier && vip_list_has(rule->category, purchase->category) &&
           vip_list_has(rule->brand, purchase->brand) &&
           vip_list_has(rule->store, purchase->store) && threshold_met(rule, purchase);
}

const struct vip_tier *vip_tier_of_card(const struct vip_tier *a, const struct vip_tier *b)
{
    if (!a || !b)
        return a ? a : b;
    if (a->card_virtual != b->card_virtual)
        return a->card_virtual ? b : a;
    int ladder = strcmp(a->ladder, b->ladder);
    if (ladder)
        return ladder < 0 ? a : b;
    return a->rank >= b->rank ? a : b;
}

static const struct vip_tier *first_virtual(const struct vip_program *program)
{
    for (size_t i = 0; i < program->tier_count; i++)
        if (program->tiers[i].card_virtual)
            return &program->tiers[i];
    return NULL;
}

bool vip_program_admits(const struct vip_program *program,
                        const struct vip_first_purchase *purchase, const struct vip_tier **tier)
{
    *tier = NULL;
    for (size_t i = 0; i < program->entry_count; i++)
        if (rule_met(&program->entries[i], purchase))
            *tier = vip_tier_of_card(*tier, vip_program_tier(program, program->entries[i].tier));
    if (!*tier)
        *tier = first_virtual(program);
    return *tier || program->entry_count == 0;
}

const struct vip_tier *vip_program_lowest_physical(const struct vip_program *program)
{
    for (size_t i = 0; i < program->tier_count; i++) /* by ladder, then rank */
        if (!program->tiers[i].card_virtual)
            return &program->tiers[i];
    return NULL;
}
