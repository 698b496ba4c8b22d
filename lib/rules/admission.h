/* Admission: what an application says, whether it makes a member, which tier's card it earns, and
 * which bonuses come with it (SPEC 4). */
#ifndef VIP_RULES_ADMISSION_H
#define VIP_RULES_ADMISSION_H

#include "lib/base/error.h"
#include "lib/base/memory.h"
#include "lib/rules/program.h"

/* ---- what an application says ---- */

/* The words that forms use for these, in English and Chinese. An empty cell is VIP_NOT_SAID, or "".
 * VIP_EREFUSED "bad-value" for a word that nobody knows. */
enum { VIP_NOT_SAID = -1 };
int vip_consent_read(const char *cell, const char *column, int *consent, struct vip_diag *diag);
int vip_gender_read(const char *cell, const char **gender, struct vip_diag *diag); /* "F", "M" */
int vip_source_read(const char *cell, const char **source, struct vip_diag *diag);

/* What a source must come with, "missing-field" without: special `by` (who allows it), referral
 * `referrer`, group the `receipt` of the purchase. */
struct vip_source_papers {
    const char *by, *referrer, *receipt; /* "" not given */
};
int vip_source_check(const char *source, const struct vip_source_papers *papers,
                     struct vip_diag *diag);

/* Judges what is to be kept under a field of the form by its kind; dates become ISO dates, in
 * arena. VIP_EREFUSED "bad-date" or "bad-value". "" is always good. */
int vip_field_judge(const struct vip_field *field, const char **value, struct vip_arena *arena,
                    struct vip_diag *diag);

/* ---- whether it makes a member ---- */

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

/* Whether the applicant is let in, and with which tier's card: by what was bought, or with source
 * special by who allows it, who gets at least the lowest tier with a physical card. *said: what is
 * worth telling, "special", "accumulation" or "". VIP_EREFUSED "below-threshold". */
int vip_applicant_admit(const struct vip_program *program, const char *source,
                        const struct vip_first_purchase *purchase, const struct vip_tier **tier,
                        const char **said, struct vip_diag *diag);

/* The lowest tier with a physical card, of the first ladder that has one: what a special grant
 * gives. NULL: none. */
const struct vip_tier *vip_program_lowest_physical(const struct vip_program *program);

/* Which of two tiers (NULL: none) a member's card is for. */
const struct vip_tier *vip_tier_of_card(const struct vip_tier *a, const struct vip_tier *b);

/* ---- what comes with it ---- */

/* True for a bonus once in a life that joining on that day at that store brings: who joined gets
 * those of VIP_WHEN_ENROLMENT, and of VIP_WHEN_REFERRED if somebody brought them, who then gets
 * those of VIP_WHEN_REFERRAL. */
bool vip_bonus_of_joining(const struct vip_earn_rule *rule, vip_day day, const char *store);

#endif
