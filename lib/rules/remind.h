/* Reminders: on which day each contact is due, and who may be contacted (SPEC 8).
 *
 * A reminder rule (reminders.csv) counts from an event: a birthday, a purchase, the day on which
 * something runs out. Which events there are is the caller's business (lib/db/remind.h); here is
 * when a contact about one is due and what names it, so that it is given once. */
#ifndef VIP_RULES_REMIND_H
#define VIP_RULES_REMIND_H

#include "lib/rules/program.h"

enum vip_remind_kind {
    VIP_REMIND_BIRTHDAY,
    VIP_REMIND_FOLLOW_UP,
    VIP_REMIND_POINTS_POSTED,
    VIP_REMIND_STATEMENT,    /* points-posted, anchor statement */
    VIP_REMIND_ANNOUNCEMENT, /* points-posted, anchor announcement */
    VIP_REMIND_POINTS_EXPIRING,
    VIP_REMIND_REBATE, /* points-expiring, anchor rebate */
    VIP_REMIND_VOUCHER_EXPIRING,
    VIP_REMIND_CARD_EXPIRING,
    VIP_REMIND_TIER_CHANGE,
    VIP_REMIND_NEAR_TIER,
    VIP_REMIND_DORMANT,
    VIP_REMIND_HOLIDAY,
    VIP_REMIND_DOSSIER,
    VIP_REMIND_COMPLAINT,
    VIP_REMIND_PROGRAMME_CHANGE,
    VIP_REMIND_OTHER, /* no kind of reminders.csv: a text sent to a list */
};

/* What a rule of reminders.csv is about, by its kind and anchor. */
enum vip_remind_kind vip_remind_kind(const struct vip_reminder *rule);

/* A range of days, both included; empty when from > to. */
struct vip_remind_window {
    vip_day from, to;
};

/* The day on which a contact about an event is due. A month's list is due on the first day of the
 * month before the event's. */
vip_day vip_remind_due(const struct vip_reminder *rule, vip_day event);

/* The events that can be due within the window lie within these days (some of them may not). */
struct vip_remind_window vip_remind_events(const struct vip_reminder *rule,
                                           struct vip_remind_window due);

static inline bool vip_remind_within(struct vip_remind_window window, vip_day day)
{
    return day >= window.from && day <= window.to;
}

/* Whether a contact about the purchase day `event` still stands when the next purchase was on
 * `next` (VIP_DAY_NONE: there is none yet): a new purchase starts the plan again, and what would be
 * due on its day or later is dropped; what was due before stays due. */
bool vip_remind_stands(const struct vip_reminder *rule, vip_day event, vip_day next);

/* "follow-up:3d:2026-11-18": the name of a contact, into to (VIP_REMIND_KEY bytes). detail (NULL:
 * none) is put between, where one event day can have several: a card, a tier. Returns to. */
enum { VIP_REMIND_KEY = 160 };
const char *vip_remind_key(const struct vip_reminder *rule, vip_day event, const char *detail,
                           char *to);

/* True when the key was made for the rule; *event is then the day it counts from. */
bool vip_remind_key_is(const struct vip_reminder *rule, const char *key, vip_day *event);

/* True when the key ends with this detail and this day: it is of a reminder about them. */
bool vip_remind_key_about(const char *key, const char *detail, vip_day event);

/* What needs a consent is marketing: one a day and member, and none on quiet days. */
static inline bool vip_remind_is_marketing(const struct vip_reminder *rule)
{
    return *rule->consent;
}

/* Whether it is too late for a contact: nobody announces a birthday that is over, or says that
 * points will run out which have; a greeting is good for a week. */
enum { VIP_REMIND_WEEK = 7 };
bool vip_remind_is_stale(const struct vip_reminder *rule, vip_day event, vip_day as_of);

/* Whether, of two contacts that a member cannot have on the same day, the first goes before: the
 * kinds in the order of reminders.csv; of one kind what fell due last, since a greeting that is
 * late is worth less than one of today. */
bool vip_remind_outranks(const struct vip_program *program, const struct vip_reminder *rule,
                         vip_day due, const struct vip_reminder *other, vip_day other_due);

/* Whether a part of quiet_days ("sunday", "12-25", "L01-01") means the day; for VIP_DAY_NONE,
 * whether it is well formed. */
bool vip_remind_quiet_part(const char *part, vip_day day);

/* The first day from `day` on that is not quiet; after a year without one, `day` itself. */
vip_day vip_remind_open_day(const struct vip_program *program, vip_day day);

/* Who may be contacted at all. */
struct vip_remind_person {
    bool active; /* neither waiting for approval, suspended, cancelled, forgotten nor merged */
    bool consent_sms, consent_call;
    bool phone, email, address; /* known */
};

/* NULL when the person may be contacted so; else why not, as a word: "inactive", "no-consent",
 * "no-phone", "no-email", "no-address". */
const char *vip_remind_obstacle(const struct vip_reminder *rule,
                                const struct vip_remind_person *person);

/* The announcement due in the month of `day` tells of the months since the last one: *from, *to.
 * False when the programme announces nothing in that month. */
bool vip_remind_announced(const struct vip_program *program, vip_day day, vip_day *from,
                          vip_day *to);

/* What `missing` of a threshold is called: "380元", "380 yuan"; "2次", "2 visits"; "120分". In
 * arena. */
const char *vip_remind_lack(enum vip_basis basis, int64_t missing, const char *lang,
                            struct vip_arena *arena);

#endif
