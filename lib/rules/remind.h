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
    VIP_REMIND_VOUCHER_EXPIRING,
    VIP_REMIND_CARD_EXPIRING,
    VIP_REMIND_TIER_CHANGE,
    VIP_REMIND_NEAR_TIER,
    VIP_REMIND_DORMANT,
    VIP_REMIND_HOLIDAY,
    VIP_REMIND_DOSSIER,
    VIP_REMIND_PROGRAMME_CHANGE,
    VIP_REMIND_OTHER, /* a kind whose events this version does not gather */
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
