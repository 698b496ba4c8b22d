/* Private to the files that gather what is due: see remind.h. */
#ifndef VIP_DB_REMIND_GATHER_H
#define VIP_DB_REMIND_GATHER_H

#include "lib/db/remind_items.h"

struct vip_tier_engine;
struct vip_desk;

struct vip_gather {
    struct vip_db *db;
    const struct vip_remind_query *query;
    const struct vip_program *program;
    struct vip_arena *arena;
    struct vip_diag *diag;
    struct vip_remind_items list;

    struct vip_tier_engine *tiers; /* made ready when near-tier is first asked for */
    struct vip_desk *desk;         /* likewise, of rebates */

    /* of the rule at work */
    const struct vip_reminder *rule;
    struct vip_remind_window due;  /* since the last run, until as_of + ahead */
    struct vip_remind_window late; /* before that: only what was posted since the last run */
    vip_day since;                 /* the last run, VIP_DAY_NONE: none */
    int64_t batch;                 /* of the last run */
};

int vip_gather_add(struct vip_gather *gather, struct vip_remind_item item);

/* An item of the rule at work about an event. */
struct vip_remind_item vip_gather_item(const struct vip_gather *gather, int64_t member,
                                       vip_day event);

/* The events of the rule's window, those that may be late included. */
struct vip_remind_window vip_gather_events(const struct vip_gather *gather);

/* Rows that are collected before other statements run. */
struct vip_gather_row {
    int64_t member;
    vip_day day;
};

struct vip_gather_rows { /* items is from the heap: free it */
    struct vip_gather_row *items;
    size_t count, capacity;
};

int vip_gather_keep(struct vip_gather_rows *rows, int64_t member, vip_day day,
                    struct vip_diag *diag);

/* Keeps the rows (member, day) of a statement that takes the window's ends. */
int vip_gather_collect(struct vip_gather *gather, enum vip_sql sql, struct vip_remind_window window,
                       struct vip_gather_rows *rows);

/* remind_purchase.c */
int vip_gather_purchases(struct vip_gather *gather);
int vip_gather_near_tiers(struct vip_gather *gather);

/* remind_calendar.c */
int vip_gather_birthdays(struct vip_gather *gather);
int vip_gather_holidays(struct vip_gather *gather);
int vip_gather_versions(struct vip_gather *gather);
int vip_gather_announcements(struct vip_gather *gather);

/* remind_ends.c; codes: vouchers and cards, by statements that give member, last day, code, value.
 */
int vip_gather_points(struct vip_gather *gather);
int vip_gather_codes(struct vip_gather *gather, enum vip_sql sql);
int vip_gather_rebates(struct vip_gather *gather);

#endif
