/* The parts of vip-remind beside its main file, which all work on one run of the command: a night.
 */
#ifndef VIP_CMD_REMIND_PARTS_H
#define VIP_CMD_REMIND_PARTS_H

#include "cmd/common/command.h"
#include "lib/base/map.h"
#include "lib/base/memory.h"
#include "lib/db/program.h"
#include "lib/db/remind.h"

enum { VIP_NIGHT_BATCH = 2000, VIP_NIGHT_COLUMNS = 12 };

/* What the command line asks for. */
struct vip_night_asked {
    const char *kinds, *template_name, *again, *consultant;
    int64_t ahead;
    bool mark;
    bool unsent;          /* again is that word: no name that must be there */
    int language, format; /* -1: not given */
};

/* One contact on its way out. */
struct vip_night_contact {
    int64_t member;
    const struct vip_reminder *rule;
    vip_day due;
    const char *key, *facts;
    bool again, move; /* it is there already; it is not to be given today */
    struct vip_value values[VIP_NIGHT_COLUMNS];
};

/* Marketing of one member that may stand in the way of another. */
struct vip_night_rival {
    int64_t member;
    const struct vip_remind_item *item;
    bool planned, open; /* as the others of the member; it can be given, and has no day yet */
    vip_day day;        /* on which it is given; VIP_DAY_NONE: on none of those asked for */
};

struct vip_night {
    struct vip_context *context;
    const struct vip_night_asked *asked;
    struct vip_programs programs;
    const struct vip_program *program;
    const char *lang;                   /* of the messages */
    struct vip_arena keep;              /* the programme and what is due: for the whole run */
    struct vip_arena arena;             /* of the batch */
    struct vip_night_contact *contacts; /* VIP_NIGHT_BATCH of them, in keep */
    size_t count;
    struct vip_reminder ad_hoc;     /* stands for a rule under --template */
    struct vip_map members;         /* what was found by member or card */
    struct vip_night_rival *rivals; /* in keep, in the order of members */
    size_t rival_count;
    struct vip_map told;  /* members who had marketing from a filter that does not mark */
    vip_day next_day;     /* to which today's marketing moves */
    bool quiet;           /* today */
    bool marks;           /* what is given is noted */
    uint64_t passed_over; /* who may not or cannot be contacted */
    uint64_t moved;       /* to another day */
};

/* ---- words.c: what is said ---- */

/* What placeholders stand for; NULL: what the member's record says, or nothing. */
struct vip_night_facts {
    const char *points, *tier, *expires, *store, *card, *balance, *due, *amount, *from, *to,
        *missing, *template_name;
};

/* The text of a name in the language, else in the other one: the programme's, else as shipped; NULL
 * when there is none. */
const char *vip_night_text(const struct vip_night *night, const char *name);

/* The names of tiers, "金卡、骑士", from "gold|knight"; what is no tier stays as it is. The second
 * for one that was left or reached: none has a word, so that a message reads well. */
const char *vip_night_tier_names(struct vip_night *night, const char *tiers);
const char *vip_night_tier_name(struct vip_night *night, const char *tier);

const char *vip_night_number(struct vip_night *night, int64_t number);
const char *vip_night_day(struct vip_night *night, vip_day day);

/* "points=120\nexpires=2026-12-31"; "" for none, NULL out of memory. */
const char *vip_night_facts_write(const struct vip_night_facts *facts, struct vip_arena *arena);
int vip_night_facts_read(const char *text, struct vip_night_facts *facts, struct vip_arena *arena);

const char *vip_night_render(struct vip_night *night, const struct vip_reminder *rule,
                             const struct vip_remind_member *member,
                             const struct vip_night_facts *facts);

/* ---- contacts.c: on their way out ---- */

/* Whether the rule is for the member's tiers; and the member may be contacted as well (else he is
 * counted as passed over). */
bool vip_night_is_for(struct vip_night *night, const struct vip_reminder *rule,
                      const struct vip_remind_member *member);
bool vip_night_may_contact(struct vip_night *night, const struct vip_reminder *rule,
                           const struct vip_remind_member *member);

/* 1 found, 0 no such member. */
int vip_night_member(struct vip_night *night, int64_t id, struct vip_remind_member *member);

/* 1 when this marketing is not for today: the day is quiet, or the member has had some, from
 * another text or from a row before. */
int vip_night_has_had(struct vip_night *night, int64_t member, const char *key);

/* Puts a contact into the batch, which must have a place left. */
int vip_night_keep(struct vip_night *night, const struct vip_reminder *rule,
                   const struct vip_remind_member *member, vip_day due, const char *key,
                   const struct vip_night_facts *facts);

/* Marks, then prints: what stands on standard output is on disk. */
int vip_night_flush(struct vip_night *night);

/* ---- one_a_day.c ---- */

/* Learns whose marketing is on the list. */
int vip_night_find_rivals(struct vip_night *night, const struct vip_remind_item *items,
                          size_t count);

/* The day on which an item of the list is given, when each day brings the most important of what is
 * ready; VIP_DAY_NONE when that is not today or, where nothing is marked, until the last day asked
 * for. What is no marketing has no such day: *day is as_of. */
int vip_night_plan(struct vip_night *night, const struct vip_remind_item *item,
                   const struct vip_remind_member *member, vip_day *day);

/* ---- list.c, filter.c: the two jobs ---- */

/* The key of what is due, into made; that of one that is given again is there. */
const char *vip_night_key(const struct vip_night *night, const struct vip_remind_item *item,
                          char *made);

/* 1 when an item is new and was given already, or moved: it is then listed as such. */
int vip_night_is_done(struct vip_night *night, const struct vip_remind_item *item, const char *key);

/* What the message of an item tells; 1 when there is something to say, 0 not. */
int vip_night_fill(struct vip_night *night, const struct vip_remind_item *item,
                   const struct vip_remind_member *member, struct vip_night_facts *facts);

int vip_night_list(struct vip_night *night);
int vip_night_filter(struct vip_night *night);

#endif
