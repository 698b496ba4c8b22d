/* Reminders in the database: the events that make a contact due, what a message needs to know of a
 * member, and what was given already. */
#ifndef VIP_DB_REMIND_H
#define VIP_DB_REMIND_H

#include "lib/base/memory.h"
#include "lib/db/batch.h"
#include "lib/rules/program.h"
#include "lib/rules/remind.h"

/* ---- what is due ---- */

struct vip_remind_item {
    int64_t member;
    const struct vip_reminder *rule;
    size_t order; /* of the rule in reminders.csv; its length for one that is not there */
    vip_day event, due;
    vip_day ready;         /* the first day on which it can be given: due, or what it waits for */
    vip_day from, to;      /* an announcement's months; VIP_DAY_NONE otherwise */
    int64_t number;        /* points of the message, fen of a voucher, what lacks for a tier */
    enum vip_basis basis;  /* near-tier: what it lacks of */
    const char *detail;    /* in the arena: a card, a voucher, a tier; NULL: none */
    const char *from_tier; /* of a tier change; NULL otherwise */
    const char *key;       /* of one that is there: it waits, or was given; NULL: a new one */
    const char *facts;     /* what it told then, as it was kept; else NULL */
    bool given;            /* on as_of, and does not wait to be given again */
};

struct vip_remind_query {
    const struct vip_programs *programs;
    vip_day as_of;
    int ahead;         /* days */
    const char *kinds; /* "birthday,follow-up"; NULL: all */
    bool given;        /* what was given on as_of as well */
};

/* What is due until as_of + ahead: what waits to be given (again) since it was moved or nobody
 * answered, and what was not due yet at the last run that marked its kind. In the order of
 * reminders.csv, then of the day due, then of members; texts of lists come last. Members who are
 * active only; consent and, of what is new, whether it was given are the caller's to look at. Items
 * and texts are in arena.
 *
 * Without a run before, the window begins with as_of. A purchase, a lot or a change of tier that
 * was posted after the last run, up to VIP_REMIND_LATE days late, is due all the same. */
enum { VIP_REMIND_LATE = 7 };
int vip_remind_gather(struct vip_db *db, const struct vip_remind_query *query,
                      struct vip_arena *arena, struct vip_remind_item **items, size_t *count,
                      struct vip_diag *diag);

/* What was given under a key, or, when `which` is a date, by the runs of that day, and nobody is
 * known to have been reached by; when it is "unsent", what was given in the last VIP_REMIND_LATE
 * days and of which nothing is known. The rule of an item is the programme's that its key names,
 * or, of a text sent to a list, one made for it. */
int vip_remind_again(struct vip_db *db, const struct vip_remind_query *query, const char *which,
                     struct vip_arena *arena, struct vip_remind_item **items, size_t *count,
                     struct vip_diag *diag);

/* Whether the list of kinds ("birthday,follow-up", NULL: all) has it. */
bool vip_remind_is_asked(const char *kinds, const char *kind);

/* ---- what a message needs ---- */

struct vip_remind_member { /* texts in the arena it was read into, "" when not known */
    int64_t id;
    const char *member, *name, *phone, *email, *address, *gender, *id_no;
    struct vip_birthday birthday;
    const char *store, *consultant, *card;
    struct vip_remind_person person;
    vip_points balance;
    const char *tiers; /* "gold|knight" */
};

/* 1 found, 0 no such member. A phone at which `tries` contacts failed in a row is taken for wrong,
 * and so for not known. */
int vip_remind_member_load(struct vip_db *db, int64_t id, int tries, struct vip_arena *arena,
                           struct vip_remind_member *member, struct vip_diag *diag);

/* Where the member bought on that day, "" when not known, in arena. */
int vip_remind_bought_at(struct vip_db *db, int64_t member, vip_day day, struct vip_arena *arena,
                         const char **store, struct vip_diag *diag);

/* The last day of a member's voucher (VIP_DAY_NONE: none, or no such voucher) and what it is worth.
 */
int vip_remind_voucher(struct vip_db *db, int64_t member, const char *voucher, vip_day *expires,
                       vip_fen *value, struct vip_diag *diag);

/* The labels of the programme's fields that are not known of the member, "" when all are. */
int vip_remind_missing(struct vip_db *db, const struct vip_program *program,
                       const struct vip_remind_member *member, const char *lang,
                       struct vip_arena *arena, const char **missing, struct vip_diag *diag);

/* ---- what was given ---- */

/* 1 given already or moved to another day, 0 not. *marked: the day on which it was given
 * (VIP_DAY_NONE: it was moved); NULL: not asked for. */
int vip_remind_given(struct vip_db *db, int64_t member, const char *key, vip_day *marked,
                     struct vip_diag *diag);

/* The same for any contact of the kind that was due on that day: points-posted is given by receipt
 * behind vip-accrue, and by day at night. */
int vip_remind_given_kind(struct vip_db *db, int64_t member, const char *kind, vip_day due,
                          struct vip_diag *diag);

/* 1 when the member was given marketing on the day, under another key than this ("": any). */
int vip_remind_had_marketing(struct vip_db *db, int64_t member, vip_day day, const char *key,
                             struct vip_diag *diag);

/* A contact on its way out. */
struct vip_remind_gift {
    int64_t member;
    const char *key;
    const struct vip_reminder *rule; /* its kind, channel and consent */
    vip_day due;
    const char *facts; /* what its message tells, to write it again; "": nothing */
    bool again;        /* it is there already, and given (again) */
    bool forced;       /* again, whether or not it is to be; no limit holds */
    bool move;         /* not today */
    vip_day next;      /* the day that it moves to, if it does */
};

enum vip_remind_mark {
    VIP_REMIND_KNOWN, /* it was given before */
    VIP_REMIND_GIVEN,
    VIP_REMIND_MOVED, /* to gift->next: asked for, or the member has had his marketing of the day */
};

/* Notes a contact as given or moved; which of them (enum vip_remind_mark), or negative. */
int vip_remind_mark(struct vip_batch *batch, const struct vip_remind_gift *gift,
                    struct vip_diag *diag);

/* The day of the last run that marked the kind (VIP_DAY_NONE: none yet) and its batch. */
int vip_remind_last_run(struct vip_db *db, const char *kind, vip_day *day, int64_t *batch,
                        struct vip_diag *diag);

/* Notes that all of the kind that is due until the batch's business day is given. Never goes back;
 * a run that changes nothing leaves nothing. */
int vip_remind_set_run(struct vip_batch *batch, const char *kind, struct vip_diag *diag);

#endif
