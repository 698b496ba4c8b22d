/* Cards: numbers from the programme's format, states, and which one is current. */
#ifndef VIP_DB_CARD_H
#define VIP_DB_CARD_H

#include "lib/base/memory.h"
#include "lib/db/batch.h"
#include "lib/rules/card_number.h"
#include "lib/rules/program.h"

enum vip_card_state {                      /* stored numbers: add at the end, never renumber */
                      VIP_CARD_ISSUED = 0, /* waits for activation */
                      VIP_CARD_ACTIVE = 1,
                      VIP_CARD_LOST = 2, /* blocked */
                      VIP_CARD_REPLACED = 3,
                      VIP_CARD_EXPIRED = 4,
                      VIP_CARD_CANCELLED = 5,
};

/* The word for a state: "active". */
const char *vip_card_state_word(enum vip_card_state state);

struct vip_card {
    const char *card; /* texts in the arena it was read into */
    int64_t member;
    enum vip_card_state state;
    bool is_virtual;
    const char *tier;
    vip_day issued, expires; /* expires: last good day; VIP_DAY_NONE: never */
    const char *replaces;    /* "": none */
};

/* 1 found, 0 none, negative. The latest card of a member is the one issued last, whatever its
 * state; the current one is active, or else waits for activation; of several a physical one. */
int vip_card_load(struct vip_db *db, const char *number, struct vip_arena *arena,
                  struct vip_card *card, struct vip_diag *diag);
int vip_card_current(struct vip_db *db, int64_t member, struct vip_arena *arena,
                     struct vip_card *card, struct vip_diag *diag);
int vip_card_latest(struct vip_db *db, int64_t member, struct vip_arena *arena,
                    struct vip_card *card, struct vip_diag *diag);

/* The card that was issued in place of `number`, while it waits or is active. */
int vip_card_replacing(struct vip_db *db, int64_t member, const char *number,
                       struct vip_arena *arena, struct vip_card *card, struct vip_diag *diag);

/* The next free number of the programme's format, in to (VIP_CARD_TEXT bytes). */
int vip_card_next(struct vip_batch *batch, const char *format, const char *store, char *to,
                  struct vip_diag *diag);

/* Writes a new card. VIP_EREFUSED "conflict" when the number is taken. */
int vip_card_insert(struct vip_batch *batch, const struct vip_card *card, struct vip_diag *diag);

int vip_card_set_state(struct vip_batch *batch, const char *number, enum vip_card_state state,
                       struct vip_diag *diag);
int vip_card_set_expiry(struct vip_batch *batch, const char *number, vip_day expires,
                        struct vip_diag *diag);

/* Another card took the place of this one for good, unless it had expired or was cancelled. */
int vip_card_set_replaced(struct vip_batch *batch, const char *number, struct vip_diag *diag);

/* Every card of the member that is issued or active becomes `state`; except: a card that is left
 * alone (NULL: none). */
int vip_card_close_all(struct vip_batch *batch, int64_t member, const char *except,
                       enum vip_card_state state, struct vip_diag *diag);

/* The last good day of a card of that tier (NULL: none) issued on a day: card_valid on, or for an
 * accumulation card the months of its tier. */
vip_day vip_card_end(const struct vip_program *program, const struct vip_tier *tier,
                     vip_day issued);

#endif
