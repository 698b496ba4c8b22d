/* Private to the files of the desk: redeem.c (requests), redeemer.c (who asks), offer.c. */
#ifndef VIP_DB_DESK_H
#define VIP_DB_DESK_H

#include "lib/base/map.h"
#include "lib/db/account.h"
#include "lib/db/code.h"
#include "lib/db/redeem.h"

struct vip_desk {
    struct vip_batch batch;
    const struct vip_programs *programs;
    bool clamp;
    bool cards_end;           /* the programme has, or had, cards that run out */
    struct vip_arena scratch; /* of one request */
    struct vip_codes codes;
    struct vip_map members; /* cache of vip_member_identify */
    int64_t pending;        /* entries of members up to this one may not be written yet */
    struct vip_map taken;   /* reward → handed out so far; of this transaction */
};

struct desk_visit { /* one request being dealt with */
    struct vip_desk *desk;
    vip_day day;
    const struct vip_program *program;
    struct vip_account account;
    struct vip_redeemer who;
    struct vip_lot *lots;
    size_t lot_count;
    struct vip_diag *diag;
};

/* Begins a visit on that day. */
void desk_visit_begin(struct desk_visit *visit, struct vip_desk *desk, vip_day day,
                      struct vip_diag *diag);

/* The member whom the row means. VIP_EREFUSED when it names nobody. */
int desk_identify(struct vip_desk *desk, const struct vip_identity *identity, int64_t *member,
                  struct vip_diag *diag);

/* Whether cards of any version of the programme run out. */
bool desk_cards_end(const struct vip_programs *programs);

/* Loads the account, and into who the standing. */
int desk_load_member(struct desk_visit *visit, int64_t member);

/* Refuses a card that was shown and is blocked. */
int desk_check_card(struct desk_visit *visit, const char *card);

/* What the rules ask for with one reward or one benefit; the card too, where it matters. */
int desk_load_lots(struct desk_visit *visit);
int desk_load_tiers(struct desk_visit *visit);
int desk_load_birthday(struct desk_visit *visit);
int desk_load_taken(struct desk_visit *visit, const char *reward);
int desk_load_reward(struct desk_visit *visit, const struct vip_reward *reward);
int desk_load_benefit(struct desk_visit *visit, const char *benefit,
                      const struct vip_benefit **row);

/* The member's number, in arena. */
int desk_member_number(struct vip_db *db, int64_t member, struct vip_arena *arena,
                       const char **number, struct vip_diag *diag);

#endif
