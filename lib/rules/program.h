/* The programme: all policy of a shop as plain structs, built from the sheets of its folder and
 * judged whole before it is used (SPEC 3). Everything lives in the arena that it was built in. */
#ifndef VIP_RULES_PROGRAM_H
#define VIP_RULES_PROGRAM_H

#include "lib/base/date.h"
#include "lib/base/error.h"
#include "lib/base/memory.h"
#include "lib/base/money.h"
#include "lib/base/sheet.h"
#include <stdbool.h>
#include <stddef.h>

/* A list, "a|b", blanks around its parts cut off; "" is any; "!a|b" is any but these. Never NULL.
 * Compared with vip_list_has. */
typedef const char *vip_list;

/* When points run out (program.csv points_expire). */
struct vip_expiry {
    enum vip_expiry_mode {
        VIP_EXPIRE_NEVER,
        VIP_EXPIRE_MONTHS,   /* months after earning, end-of-month clamp */
        VIP_EXPIRE_CARD,     /* with the card */
        VIP_EXPIRE_YEAR_END, /* 31 December of the year of earning, and months more */
    } mode;
    int months;
};

struct vip_field { /* fields.csv: the application form and the dossier */
    const char *field, *label_en, *label_zh, *kind; /* kind: text, date, choice:a|b, number */
    bool required;
};

enum vip_on_lapse { VIP_LAPSE_REQUALIFY, VIP_LAPSE_STEP_DOWN, VIP_LAPSE_CLOSE };

struct vip_tier { /* tiers.csv */
    const char *tier, *ladder, *name_en, *name_zh; /* ladder "" when there is one only */
    int rank;          /* higher is better; 0 the tier of whoever has earned none */
    bool card_virtual; /* an accumulation card; else a physical one */
    int valid_months;  /* 0: no end */
    int grace_months;
    enum vip_on_lapse on_lapse;
    const char *discount; /* what is taken off, "15%"; "" none */
    size_t line;
};

enum vip_basis {
    VIP_BASIS_ENROLMENT, /* entry.csv only: whoever enrols (a threshold of 0) */
    VIP_BASIS_SINGLE,    /* fen of one receipt */
    VIP_BASIS_PERIOD,    /* fen in a rolling window of months */
    VIP_BASIS_CARD_YEAR, /* fen since the tier (its card) began */
    VIP_BASIS_LIFETIME,  /* fen in all */
    VIP_BASIS_VISITS,    /* receipts in the window (months 0: ever) */
    VIP_BASIS_POINTS,    /* points earned in the window (months 0: ever) */
};

struct vip_tier_rule { /* entry.csv, keep.csv: any one row met is enough */
    const char *tier;
    vip_list from_tier;
    enum vip_basis basis;
    int64_t threshold; /* fen, receipts or points by basis; met at ≥ */
    int months;
    vip_list category, brand, store;
    size_t line; /* of the table, for evidence: "entry.csv:4" */
};

enum vip_effect { VIP_EFFECT_EARN, VIP_EFFECT_TIMES, VIP_EFFECT_PLUS, VIP_EFFECT_NONE, VIP_EFFECT_ONCE };

enum vip_when { /* bits; an empty `when` is 0: any day */
    VIP_WHEN_MONDAY = 1 << 0, /* … */
    VIP_WHEN_SUNDAY = 1 << 6,
    VIP_WHEN_BIRTHDAY_DAY = 1 << 7,
    VIP_WHEN_BIRTHDAY_MONTH = 1 << 8,
    VIP_WHEN_ENROLMENT = 1 << 9,
    VIP_WHEN_FIRST_PURCHASE = 1 << 10,
    VIP_WHEN_REFERRAL = 1 << 11, /* for who brought somebody */
    VIP_WHEN_REFERRED = 1 << 12, /* for who was brought */
};

struct vip_earn_rule { /* earn.csv, in order */
    const char *rule;
    enum vip_effect effect;
    int64_t points; /* EARN: points per full `per`; PLUS, ONCE: points; TIMES: factor in hundredths */
    vip_fen per;
    vip_list category, brand, store, tier, pay;
    vip_list promo; /* "*": any promotion; "-": none; "marked-down": list_price above the amount */
    unsigned when; /* enum vip_when bits, any one fits */
    vip_day from, until; /* VIP_DAY_NONE: open */
    size_t line;
};

enum vip_reward_kind { VIP_REWARD_GIFT, VIP_REWARD_GOODS, VIP_REWARD_VOUCHER, VIP_REWARD_REBATE };

struct vip_reward { /* rewards.csv */
    const char *reward, *name_en, *name_zh;
    enum vip_reward_kind kind;
    vip_points cost;
    vip_fen value;
    bool due_card_year;   /* due at the end of the card year, then claimable for rebate_claim */
    bool consume_all;     /* clears the balance (rebate ladder) */
    unsigned months;      /* bit m-1 set: can be had in month m; 0: any */
    vip_list tier;
    int64_t stock;        /* -1: no end */
    int64_t limit;        /* times per `per`; -1: none */
    const char *per;      /* "month", "year", "card", "life"; "" without a limit */
    struct vip_span expires; /* of the voucher */
    bool witness;
    size_t line;
};

struct vip_benefit { /* benefits.csv */
    const char *benefit, *name_en, *name_zh;
    vip_list tier;
    int64_t quota; /* -1: no end */
    const char *per; /* "birthday-month", "birthday-month-1", "month", "year", "card"; "" any time */
    int64_t items;
    const char *discount;
    int64_t guests;
    bool earns; /* do lines under the benefit earn points */
    size_t line;
};

struct vip_topup { /* topups.csv */
    vip_fen amount, bonus;
    const char *tier; /* granted with it, "" none */
    size_t line;
};

struct vip_reminder { /* reminders.csv; the anchors of each kind are in vip-programme(5) */
    const char *kind, *anchor, *channel, *template_name, *consent;
    struct vip_span offset;
    bool month_list; /* offset "month-list": the month's list, ahead */
    int lacks;       /* near-tier: at most this share of a threshold is missing; 1/100 per cent */
    vip_list tier;
    size_t line;
};

struct vip_incentive { /* incentives.csv */
    const char *basis;   /* "first-purchase", "three-month-points", "group-sales" */
    int64_t from, until; /* fen or points by basis; until -1: open, else below it */
    int64_t amount;      /* fen; hundredths of a per cent for a rate ("1%") */
    bool rate;
    size_t line;
};

struct vip_class { /* classes.csv */
    const char *class_name, *basis; /* basis: "yearly-spend", "profit-share" */
    int64_t threshold;              /* fen; of profit-share hundredths of a per cent */
    size_t line;
};

struct vip_holiday { /* holidays.csv */
    const char *name;
    struct vip_birthday date; /* month and day, solar or lunar */
    size_t line;
};

struct vip_template { /* templates/NAME.en.txt, NAME.zh.txt */
    const char *name, *lang, *text;
};

struct vip_program {
    const char *name;
    vip_day effective;  /* this version counts from this day on */
    struct vip_expiry points_expire;
    vip_fen point_value; /* of one point, in hundredths of a fen: 0.005 yuan is 50 */
    bool qualifying_earns;
    struct vip_span redeemable_after; /* days */
    bool household_address;
    const char *identify; /* "phone|name+phone|name+birthday" */
    struct vip_span card_valid, posting_deadline, claim_window, rebate_claim;
    const char *card_format; /* "K{seq:6}" */
    int minimum_age;         /* 0: none */
    bool review;
    unsigned announce_months;
    vip_list witness; /* which of adjust, transfer, topup need two people; "" none */
    vip_list quiet_days; /* "sunday|L01-01": no marketing goes out */
    struct vip_span contact_retry; /* days until a contact that nobody answered is offered again */
    int contact_tries; /* so many contacts that fail, and it is given up; so many in a row by phone,
                        * and the number is taken for wrong */

    const struct vip_field *fields;
    size_t field_count;
    const struct vip_tier *tiers; /* sorted by ladder, then rank */
    size_t tier_count;
    const struct vip_tier_rule *entries;
    size_t entry_count;
    const struct vip_tier_rule *keeps;
    size_t keep_count;
    const struct vip_earn_rule *earns;
    size_t earn_count;
    const struct vip_reward *rewards;
    size_t reward_count;
    const struct vip_benefit *benefits;
    size_t benefit_count;
    const struct vip_topup *topups;
    size_t topup_count;
    const struct vip_reminder *reminders;
    size_t reminder_count;
    const struct vip_incentive *incentives;
    size_t incentive_count;
    const struct vip_class *classes;
    size_t class_count;
    const struct vip_holiday *holidays;
    size_t holiday_count;
    const struct vip_template *templates;
    size_t template_count;
};

/* Builds a programme from its sheets (missing ones are empty; templates/NAME.LANG.txt come as
 * sheets of one cell), checking every cell and every reference between tables. The first mistake is
 * VIP_EUSAGE with file, line, column and what was expected. *program lives in arena. */
int vip_program_build(const struct vip_program **program, const struct vip_sheet *sheets,
                      size_t sheet_count, vip_day effective, struct vip_arena *arena,
                      struct vip_diag *diag);

/* The names of the tables that a programme may have ("program.csv" … ), NULL-terminated. */
extern const char *const vip_program_tables[];

const struct vip_tier *vip_program_tier(const struct vip_program *program, const char *tier);
const struct vip_reward *vip_program_reward(const struct vip_program *program, const char *reward);
/* The first row of that benefit; with a tier, the row that the tier has (several rows may give one
 * benefit to different tiers, and its quota is counted over all of them). */
const struct vip_benefit *vip_program_benefit(const struct vip_program *program, const char *benefit);
const struct vip_benefit *vip_program_benefit_of(const struct vip_program *program,
                                                 const char *benefit, const char *tier);
const char *vip_program_template(const struct vip_program *program, const char *name,
                                 const char *lang); /* NULL: none */

/* The versions of a programme over time, in order of effective day. */
struct vip_programs {
    const struct vip_program *const *versions;
    size_t count; /* at least 1 */
};

/* The version in force on day: the last whose effective day is not after it, else the first. */
const struct vip_program *vip_programs_on(const struct vip_programs *programs, vip_day day);

/* The last day of points earned on `earned` (card_end: the last day of the member's card, or
 * VIP_DAY_NONE): VIP_DAY_NONE is never. Good through the whole of it. */
vip_day vip_points_expiry(const struct vip_program *program, vip_day earned, vip_day card_end);

#endif
