/* Members: read, added and changed. */
#ifndef VIP_DB_MEMBER_H
#define VIP_DB_MEMBER_H

#include "lib/base/memory.h"
#include "lib/db/account.h"
#include "lib/db/code.h"
#include "lib/db/engine.h"
#include "lib/db/identify.h"

struct vip_member { /* a whole row; texts in the arena it was read into */
    int64_t id;
    const char *member, *application, *name, *phone, *id_no, *gender, *address, *email;
    struct vip_birthday birthday;
    const char *store, *consultant, *source;
    int64_t referrer; /* 0: none */
    const char *qualifying; /* receipt */
    vip_fen spent;
    const char *category, *brand; /* of that purchase */
    bool consent_sms, consent_call;
};

/* 1 found, 0 none, negative. */
int vip_member_load(struct vip_db *db, int64_t id, struct vip_arena *arena, struct vip_member *member,
                    struct vip_diag *diag);

/* The current card of a member ("" when there is none), in arena. */
int vip_member_card(struct vip_db *db, int64_t id, struct vip_arena *arena, const char **card,
                    struct vip_diag *diag);

/* The member that came with the application of that key; 0: none. */
int vip_member_by_application(struct vip_db *db, const char *application, int64_t *id,
                              struct vip_diag *diag);

/* The next member number that is not taken: "M0000001", in to (VIP_MEMBER_TEXT bytes). */
enum { VIP_MEMBER_TEXT = 24 };
int vip_member_next(struct vip_batch *batch, char *to, struct vip_diag *diag);

/* Refuses what belongs to another member: "duplicate-phone", "duplicate-id-no", "conflict" (the
 * member number), "group-card" (source group: one card a group purchase, by store and receipt), with
 * household "household" (another one at the address, who has not left).
 * member->id is the member itself (0: a new one). Messages name the other member's number. */
int vip_member_check(struct vip_db *db, const struct vip_member *member, bool household,
                     struct vip_arena *scratch, struct vip_diag *diag);

/* Writes a new member that vip_member_check has passed, with its account; sets member->id. Phone and
 * ID number are in their normal forms (lib/rules/identity.h); application and member are not "". */
int vip_member_insert(struct vip_batch *batch, struct vip_codes *codes, struct vip_member *member,
                      enum vip_status status, vip_day enrolled, struct vip_arena *scratch,
                      struct vip_diag *diag);

/* Writes what can change: name, phone, ID number, birthday, gender, address, email, store,
 * consultant, consents. */
int vip_member_update(struct vip_batch *batch, struct vip_codes *codes,
                      const struct vip_member *member, struct vip_arena *scratch,
                      struct vip_diag *diag);

/* Changes the status in the account and notes it in the audit log as event `what`. */
int vip_member_set_status(struct vip_batch *batch, int64_t member, enum vip_status status,
                          const char *what, const char *detail, struct vip_diag *diag);

/* The dossier: what is known of a member beyond the columns above, field by field. "" when not known,
 * in arena. Setting "" takes the field away. */
int vip_dossier_get(struct vip_db *db, int64_t member, const char *field, struct vip_arena *arena,
                    const char **value, struct vip_diag *diag);
int vip_dossier_set(struct vip_batch *batch, int64_t member, const char *field, const char *value,
                    struct vip_diag *diag);

struct vip_fact { /* a field of the dossier that is known */
    const char *field, *value;
};
int vip_dossier_save(struct vip_batch *batch, int64_t member, const struct vip_fact *facts,
                     size_t count, struct vip_diag *diag);

#endif
