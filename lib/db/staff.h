/* Staff: where they work, what they are to reach, how many days they worked, and which members each
 * looks after since when (SPEC 4). Codes of staff are those that rows carry as consultant and
 * seller. */
#ifndef VIP_DB_STAFF_H
#define VIP_DB_STAFF_H

#include "lib/base/memory.h"
#include "lib/db/batch.h"
#include "lib/db/code.h"

enum vip_staff_result { VIP_STAFF_KNOWN, VIP_STAFF_NEW, VIP_STAFF_CHANGED, VIP_STAFF_LEFT };

struct vip_post { /* texts "" when not given; in an arena when read */
    const char *staff, *name, *store, *group, *shift, *role;
    vip_day since, until; /* until: the last day; VIP_DAY_NONE: still there */
    int64_t members;      /* whom they look after; of vip_staff_next */
};

/* Writes a post. What is not given is as in the post before; one that says what is so already is
 * known; with the day of the post before it corrects that; a later one ends it. VIP_EREFUSED:
 * "out-of-order" (earlier than the post before), "no-such-staff" (someone leaves who never came).
 * Texts that were not given are filled in. */
int vip_staff_post(struct vip_batch *batch, struct vip_codes *codes, struct vip_post *post,
                   struct vip_arena *arena, enum vip_staff_result *result, struct vip_diag *diag);

/* Who works on a day, store by store: query, then next (1 a post, 0 end, negative). */
int vip_staff_list(struct vip_db *db, vip_day day, const char *store, struct vip_statement **rows,
                   struct vip_diag *diag);
int vip_staff_next(struct vip_statement *rows, bool first, int more, struct vip_arena *arena,
                   struct vip_post *post, struct vip_diag *diag);

/* True in *works when somebody of that code works on the day (at store; NULL or "": anywhere). With
 * staff NULL: whether anybody does. */
int vip_staff_works(struct vip_db *db, const char *staff, const char *store, vip_day day,
                    bool *works, struct vip_diag *diag);

/* A target of new cards for the month that begins on `month`; staff or store may be "". */
int vip_target_set(struct vip_batch *batch, struct vip_codes *codes, vip_day month,
                   const char *store, const char *staff, int64_t cards,
                   enum vip_staff_result *result, struct vip_diag *diag);

/* Days worked, in hundredths. VIP_EREFUSED "conflict" when other days are known. */
int vip_attendance_set(struct vip_batch *batch, struct vip_codes *codes, const char *staff,
                       vip_day day, int64_t days, enum vip_staff_result *result,
                       struct vip_diag *diag);

/* ---- who looks after whom ---- */

struct vip_handover { /* texts in the arena */
    int64_t id;
    const char *member, *name, *store, *from, *to;
};

/* Hands the members whom `from` looks after (of a store; "" any) on to `to`, as of batch->as_of. */
int vip_staff_hand_over(struct vip_batch *batch, struct vip_codes *codes, const char *from,
                        const char *to, const char *store, struct vip_arena *arena,
                        struct vip_handover **moved, size_t *count, struct vip_diag *diag);

/* Shares a store's members out equally among those who work there. VIP_EUSAGE when nobody does. */
int vip_staff_even(struct vip_batch *batch, struct vip_codes *codes, const char *store,
                   struct vip_arena *arena, struct vip_handover **moved, size_t *count,
                   struct vip_diag *diag);

/* Notes from when on a member is looked after by whom (a code; 0: nobody), if that is news. To be
 * called before the member's row says it. */
int vip_consultant_note(struct vip_batch *batch, int64_t member, vip_day since, int64_t consultant,
                        struct vip_diag *diag);

#endif
