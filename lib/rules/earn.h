/* Earning: what one line of a purchase earns by the programme (SPEC 3, earn.csv). Pure. */
#ifndef VIP_RULES_EARN_H
#define VIP_RULES_EARN_H

#include "lib/rules/pay.h"
#include "lib/rules/program.h"

enum { VIP_EARN_EXTRAS = 8 };

struct vip_purchase { /* texts are "" when not given */
    vip_day day;
    vip_fen amount;
    vip_fen list_price; /* 0: not given */
    const char *store, *category, *brand, *promo, *benefit;
    struct vip_pay_part pay[VIP_PAY_PARTS]; /* their amounts sum to amount */
    size_t pay_count;                       /* 0: how it was paid is not known */
    bool first;                             /* a line of the member's first receipt */
};

struct vip_earner { /* who buys: the member on the day */
    vip_day enrolled;
    bool cancelled;
    bool qualifying; /* this receipt made him a member */
    struct vip_birthday birthday;
    const char *const *tiers; /* on that day, one a ladder */
    size_t tier_count;
};

enum vip_earn_reason {                     /* stored numbers: add at the end, never renumber */
                       VIP_EARN_PLAIN = 0, /* nothing to say */
                       VIP_EARN_BEFORE_ENROLMENT = 1, /* kept; counts for nothing */
                       VIP_EARN_DEADLINE = 2, /* posted too late: kept, counts towards tiers */
                       VIP_EARN_PROMOTION = 3,
                       VIP_EARN_BENEFIT = 4,    /* bought under a benefit that earns nothing */
                       VIP_EARN_EXCLUDED = 5,   /* by category, brand, store, payment or date */
                       VIP_EARN_QUALIFYING = 6, /* the purchase that made him a member */
                       VIP_EARN_CANCELLED = 7,  /* no member any more: kept; counts for nothing */
                       VIP_EARN_NO_RULE = 8,    /* no rule fits */
                       VIP_EARN_CLAIM = 9,      /* missing points, posted on claim */
};

/* Does the amount of a line that was kept with this reason count towards tiers? */
static inline bool vip_earn_counts(enum vip_earn_reason reason)
{
    return reason != VIP_EARN_BEFORE_ENROLMENT && reason != VIP_EARN_CANCELLED;
}

/* The fixed word: "promotion"; "" for VIP_EARN_PLAIN. */
const char *vip_earn_word(enum vip_earn_reason reason);

struct vip_earning {
    enum vip_earn_reason reason;
    vip_points points; /* base × factor, rounded down, a line at a time */
    bool counts;       /* the amount counts towards tiers */
    const struct vip_earn_rule *plus[VIP_EARN_EXTRAS]; /* once a receipt, if not given yet */
    size_t plus_count;
    const struct vip_earn_rule *once[VIP_EARN_EXTRAS]; /* once in a life, if not given yet */
    size_t once_count;
};

/* What the line earns when posted on the business day `posted`. VIP_EREFUSED on overflow. */
int vip_earn(const struct vip_program *program, const struct vip_purchase *purchase,
             const struct vip_earner *earner, vip_day posted, struct vip_earning *earning,
             struct vip_diag *diag);

/* What must be known of a member for this programme to be applied. */
struct vip_earn_needs {
    bool tiers, birthday;
    bool receipt; /* the qualifying one */
    bool first;   /* which receipt was his first */
};
struct vip_earn_needs vip_earn_needs(const struct vip_program *program);

/* The part that a return takes back: of `points` earned on `amount`, when `returned` was returned
 * before (and `taken` points with it) and `part` comes back now. After each return what was taken
 * in all is points × share returned, rounded down, so that the last part takes the rest. */
vip_points vip_return_points(vip_points points, vip_fen amount, vip_points taken, vip_fen returned,
                             vip_fen part);

#endif
