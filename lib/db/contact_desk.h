/* Private to contact.c and complaint.c: what both need of the desk. */
#ifndef VIP_DB_CONTACT_DESK_H
#define VIP_DB_CONTACT_DESK_H

#include "lib/db/contact.h"

/* Who is meant, by the programme's rules; VIP_EREFUSED as vip_member_identify says. */
int vip_contact_desk_identify(struct vip_contact_desk *desk, const struct vip_identity *identity,
                              int64_t *member, struct vip_diag *diag);

/* The member's number as people see it, in arena. */
int vip_contact_desk_number(struct vip_contact_desk *desk, int64_t id, struct vip_arena *arena,
                            const char **number, struct vip_diag *diag);

/* A contact that reached the member: if it is about a closed complaint, the complaint takes its
 * last step. */
int vip_contact_desk_look(struct vip_contact_desk *desk, const struct vip_contact *contact,
                          int64_t member, struct vip_arena *arena,
                          const struct vip_contact_done *done, struct vip_diag *diag);

#endif
