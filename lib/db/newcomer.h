/* New members: all that an application brings, checked and then written as one (SPEC 4). */
#ifndef VIP_DB_NEWCOMER_H
#define VIP_DB_NEWCOMER_H

#include "lib/base/memory.h"
#include "lib/db/member.h"
#include "lib/db/tier.h"
#include "lib/rules/program.h"

struct vip_newcomer {
    struct vip_member
        person;           /* id is set; member ("": the next number), source ("") are filled in */
    const char *card;     /* "": the next number, filled in */
    const char *referrer; /* member, card or phone; "" none */
    const char *said;     /* what is worth telling of how they came: "special", … */
    const char *reason, *by; /* "" none; noted in the audit log */
    vip_day enrolled;
    vip_day expires; /* the last good day of the card; VIP_DAY_NONE: as the programme says */
    const struct vip_tier *tier;  /* whose card they get; NULL: none */
    const struct vip_fact *facts; /* for the dossier */
    size_t fact_count;
};

struct vip_enroller { /* what newcomers are written with; borrowed */
    struct vip_batch *batch;
    struct vip_codes *codes;
    struct vip_tier_engine *tiers;
    const struct vip_program *program; /* in force on the day of enrolment */
    struct vip_arena *arena;           /* for texts that are filled in */
    struct vip_arena *scratch;
};

/* Everything that may refuse the row, before anything is written: what vip_member_check refuses,
 * "below-threshold", "conflict" (another member has the card), "missing-field" (the card's number
 * needs a store), "no-such-referrer". Sets tier, said and person.referrer. */
int vip_newcomer_check(const struct vip_enroller *enroller, struct vip_newcomer *newcomer,
                       struct vip_diag *diag);

/* Writes member, account, dossier, grant, tiers, card and bonuses. Where the programme reviews, the
 * member is pending, the card waits, and bonuses come with vip_newcomer_approve. */
int vip_newcomer_write(const struct vip_enroller *enroller, struct vip_newcomer *newcomer,
                       struct vip_diag *diag);

/* A pending member (whose status was set) is one from today: tiers of the enrolment, the card that
 * waited, bonuses for both sides. */
int vip_newcomer_approve(const struct vip_enroller *enroller, int64_t member,
                         struct vip_diag *diag);

#endif
