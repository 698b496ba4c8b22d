/* Admission: whether an application makes a member, and which tier's card it earns (SPEC 4). */
#ifndef VIP_RULES_ADMISSION_H
#define VIP_RULES_ADMISSION_H

#include "lib/rules/program.h"

/* The purchase that is to make somebody a member. Texts are "" when not known. */
struct vip_first_purchase {
    const char *store, *category, *brand;
    vip_fen spent;
};

/* True when whoever brings this purchase becomes a member: a rule of entry.csv is met by it as one
 * receipt; or the programme has no such rule at all (tiers are bought or granted); or there is a
 * tier with a virtual card, on which spending adds up. *tier is the tier whose card is handed over:
 * a physical card before a virtual one, then the first ladder, then the highest rank; NULL: none.
 */
bool vip_program_admits(const struct vip_program *program,
                        const struct vip_first_purchase *purchase, const struct vip_tier **tier);

/* The lowest tier with a physical card, of the first ladder that has one: what a special grant
 * gives. NULL: none. */
const struct vip_tier *vip_program_lowest_physical(const struct vip_program *program);

/* Which of two tiers (NULL: none) a member's card is for. */
const struct vip_tier *vip_tier_of_card(const struct vip_tier *a, const struct vip_tier *b);

#endif
