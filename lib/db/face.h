/* A member as clerks and lists show them: number, card, name, tiers, balance, status. */
#ifndef VIP_DB_FACE_H
#define VIP_DB_FACE_H

#include "lib/base/memory.h"
#include "lib/db/account.h"

struct vip_face { /* texts in the arena; "" when not known */
    int64_t id;
    const char *member, *card, *name, *phone, *consultant;
    const char *tiers; /* of each ladder, "elite|knight" */
    enum vip_status status;
    vip_points balance;
    vip_day next_expiry;
    vip_fen stored; /* stored value, principal and bonus */
};

/* 1 found, 0 none, negative. */
int vip_face_load(struct vip_db *db, int64_t member, struct vip_arena *arena, struct vip_face *face,
                  struct vip_diag *diag);

/* The tiers that the member holds now, "elite|knight", in arena. */
int vip_tiers_text(struct vip_db *db, int64_t member, struct vip_arena *arena, const char **text,
                   struct vip_diag *diag);

/* The points in lots whose last good day is from `from` to `to`. scratch is used and may be reset.
 */
int vip_points_ending(struct vip_db *db, int64_t member, vip_day from, vip_day to,
                      struct vip_arena *scratch, vip_points *points, struct vip_diag *diag);

/* The members whom a query at the till names, at most `limit`, in order of their numbers; *count is
 * 0 when nobody fits. A member, card, phone or ID number whole; else a name; else a part of one;
 * else a name or a part, followed by the last four digits of the phone. tail: four digits that the
 * phone must end in, "" any. */
int vip_members_find(struct vip_db *db, const char *query, const char *tail, int64_t *members,
                     size_t limit, size_t *count, struct vip_diag *diag);

#endif
