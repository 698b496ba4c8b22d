/* Balances that members bring from another system (vip-moving(7)). */
#ifndef VIP_DB_OPENING_H
#define VIP_DB_OPENING_H

#include "lib/db/account.h"

struct vip_opening {
    const char *request; /* its key, of the member; "": made of its days, and filled in */
    vip_points points;   /* below 0: a debt */
    vip_fen spent;       /* counts towards tiers on that day */
    vip_day date;
    vip_day expires; /* last good day; VIP_DAY_NONE: as the programme says */
};

/* Posts it: 1 posted, 0 known, VIP_EREFUSED "conflict" (known with another content). What is filled
 * in lives in arena. */
int vip_opening_post(struct vip_batch *batch, const struct vip_programs *programs, int64_t member,
                     struct vip_opening *opening, struct vip_arena *arena,
                     struct vip_arena *scratch, struct vip_diag *diag);

#endif
