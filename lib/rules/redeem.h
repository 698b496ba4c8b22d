/* Redeeming: may this member have this reward, use this benefit, on this day? And if so, for how
 * many points; if not, for which reason (SPEC 6). Pure: what must be known of the member comes in,
 * and the caller reads from the database only what the reward or the benefit asks for.
 *
 * Reason words, in the order in which they are looked at: no-such-reward, no-such-benefit ·
 * pending, suspended, cancelled, forgotten, merged · before-enrolment · card-expired · wrong-tier ·
 * out-of-season, not-due, claim-ended, no-birthday, wrong-month · one-signature · too-many-guests,
 * too-many-items · limit-reached, used-this-year · out-of-stock · same-day-points, too-few-points.
 */
#ifndef VIP_RULES_REDEEM_H
#define VIP_RULES_REDEEM_H

#include "lib/rules/lots.h"
#include "lib/rules/program.h"

struct vip_redeemer {   /* who asks: the member on the day */
    const char *status; /* "active", or the word for what he is instead */
    vip_day enrolled;
    bool has_card;
    vip_day card_issued, card_end; /* of his card, which may have run out; VIP_DAY_NONE: no end */
    vip_day card_since;            /* when his first real card was issued */
    const char *const *tiers;      /* held on that day */
    size_t tier_count;
    struct vip_birthday birthday;
    const struct vip_lot *lots; /* in the order of use */
    size_t lot_count;
    int64_t used;  /* how often he had it in vip_redeem_window */
    int64_t taken; /* how many of the reward were handed out to anybody, ever */
};

struct vip_redeem_ask {
    vip_day day;
    int64_t quantity; /* 1 or more; of a benefit: items */
    int64_t guests;
    const char *by, *witness, *exception; /* "" when not given */
    bool clamp;                           /* cut the quantity to what there is */
};

struct vip_redeem_answer {
    int64_t quantity;
    vip_points points; /* to be taken, never negative */
    vip_fen value;
    bool voucher;    /* a voucher is issued for each */
    vip_day expires; /* of the voucher; VIP_DAY_NONE: never */
};

struct vip_window {
    vip_day from, to; /* both included */
};

/* The days over which times are counted, around day: `per` as in rewards.csv and benefits.csv.
 * "life" and "" are all days. Birthday months count by the year, so that there is one a year. */
struct vip_window vip_redeem_window(const struct vip_program *program, const char *per,
                                    const struct vip_redeemer *who, vip_day day);

/* VIP_EREFUSED with the reason. reward NULL: there is none of that name. */
int vip_redeem_reward(const struct vip_program *program, const struct vip_reward *reward,
                      const struct vip_redeemer *who, const struct vip_redeem_ask *ask,
                      struct vip_redeem_answer *answer, struct vip_diag *diag);

/* The row of the benefit that one of the tiers has; NULL: none has. */
const struct vip_benefit *vip_redeem_benefit_row(const struct vip_program *program,
                                                 const char *benefit,
                                                 const struct vip_redeemer *who);

/* Likewise for one use of a benefit: row is from vip_redeem_benefit_row. A named exception lets a
 * birthday privilege through in another month. */
int vip_redeem_benefit(const struct vip_program *program, const char *benefit,
                       const struct vip_benefit *row, const struct vip_redeemer *who,
                       const struct vip_redeem_ask *ask, struct vip_redeem_answer *answer,
                       struct vip_diag *diag);

/* Until when what fell due on a day can be claimed: rebate_claim later, to the end of that month;
 * VIP_DAY_NONE: no end. */
vip_day vip_redeem_claim_end(const struct vip_program *program, vip_day due);

/* How many of a reward could be had at once (INT64_MAX: no end in sight), 0 when it is refused. */
int64_t vip_redeem_most(const struct vip_program *program, const struct vip_reward *reward,
                        const struct vip_redeemer *who, vip_day day);

/* The claims of card years that ended, whose time was over before day: `from` is the day on which
 * it fell due, `to` the last one of the claim. The oldest first, of the newest `most`. */
size_t vip_redeem_ended(const struct vip_program *program, const struct vip_redeemer *who,
                        vip_day day, struct vip_window *claims, size_t most);

/* The points that go with a reward which fell due and was not claimed: what it would have taken on
 * the last day. lots are who->lots, and lowered; uses has room for each. */
vip_points vip_redeem_unclaimed(const struct vip_program *program, const struct vip_reward *reward,
                                const struct vip_redeemer *who, const struct vip_window *claim,
                                struct vip_lot *lots, struct vip_lot_use *uses, size_t *use_count);

#endif
