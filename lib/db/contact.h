/* Contacts and complaints in the database: each recorded once and only once, with what follows from
 * it for the reminder and the phone. */
#ifndef VIP_DB_CONTACT_H
#define VIP_DB_CONTACT_H

#include "lib/base/memory.h"
#include "lib/db/batch.h"
#include "lib/db/code.h"
#include "lib/db/member.h"
#include "lib/rules/contact.h"

/* What both need; batch is begun and committed by the caller. */
struct vip_contact_desk {
    struct vip_batch batch;
    const struct vip_programs *programs;
    struct vip_map members; /* found by number or card; vip_contact_desk_free */
    struct vip_codes codes;
};

void vip_contact_desk_free(struct vip_contact_desk *desk);

struct vip_contact { /* texts "" when not given */
    const char *contact, *key, *kind, *by, *note;
    struct vip_identity identity;
    vip_day day; /* VIP_DAY_NONE: the business day */
    enum vip_outcome outcome;
    int channel, satisfaction, churn_reason; /* channel, churn_reason: -1 not given */
    size_t source_line;
};

struct vip_contact_done { /* texts in the arena */
    const char *member, *contact, *key, *kind, *channel;
    vip_day day, again; /* again: when it is offered again; VIP_DAY_NONE: not */
    bool known;
};

/* Records a contact. Who was reached about a closed complaint has had its second look: the
 * complaint takes the step followed-up. VIP_EREFUSED with reason: what vip_member_identify says,
 * "no-such-reminder", "ambiguous" (a key that several have, and no member), "conflict". */
int vip_contact_post(struct vip_contact_desk *desk, const struct vip_contact *contact,
                     struct vip_arena *arena, struct vip_contact_done *done, struct vip_diag *diag);

struct vip_complaint_step { /* texts "" when not given */
    const char *complaint, *store, *by, *note;
    struct vip_identity identity; /* needed with the first step */
    enum vip_step step;
    vip_day day;    /* VIP_DAY_NONE: the business day */
    vip_fen amount; /* of a compensation; -1: not given */
    size_t source_line;
};

struct vip_complaint_done {
    const char *member; /* in the arena */
    vip_day day;
    bool known;
};

/* Moves a complaint on, or opens it. The step followed-up is a contact about its reminder as well,
 * if that was given: it is done. VIP_EREFUSED with reason: what vip_member_identify says,
 * "no-such-complaint", "out-of-order" (a step too far, or a date before the last one's),
 * "conflict". */
int vip_complaint_post(struct vip_contact_desk *desk, const struct vip_complaint_step *step,
                       struct vip_arena *arena, struct vip_complaint_done *done,
                       struct vip_diag *diag);

#endif
