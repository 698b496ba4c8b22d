/* Private to the files of the desk: redeem.c (one request: rewards, benefits, vouchers),
 * desk_cancel.c (taken back), desk_known.c (asked again), desk_row.c (stored), desk_order.c (many
 * at once), desk_points.c and desk_stored.c (moved by hand, stored value), redeemer.c (who asks),
 * offer.c. */
#ifndef VIP_DB_DESK_H
#define VIP_DB_DESK_H

#include "lib/base/map.h"
#include "lib/db/ahead.h"
#include "lib/db/code.h"
#include "lib/db/redeem.h"
#include "lib/db/stored.h"
#include "lib/db/tier.h"
#include "lib/db/voucher.h"

struct desk_held { /* the member of the last request as it left him: the next may be his too */
    struct vip_account account; /* member 0: nobody */
    struct vip_lot *lots;
    size_t lot_count;
    bool lots_read;
    struct vip_arena arena; /* of lots that were not read ahead */
};

struct vip_desk {
    struct vip_batch batch;
    const struct vip_programs *programs;
    bool clamp;
    vip_points rebate_cost;   /* desk_rebate_cost */
    bool cards_end;           /* the programme has, or had, cards that run out */
    struct vip_arena scratch; /* of one request */
    struct vip_codes codes;
    struct vip_map members; /* cache of vip_member_identify */
    int64_t pending;        /* rows of members up to this one may not be written yet */
    bool together;          /* vip_desk_order: rows of requests may wait for each other */
    struct desk_held held;  /* while together */
    char *highest;          /* while together: no request behind it was posted; NULL: ask of each */
    uint64_t *turns;        /* while together: by member (0: nobody was found) */
    size_t turn_count, turn_at;
    struct vip_ahead ahead; /* of turns */
    struct desk_row *rows;  /* that wait */
    size_t row_count, row_capacity;
    struct vip_voucher *vouchers; /* that wait */
    size_t voucher_count, voucher_capacity;
    struct desk_taken *taken; /* desk_taken.c */
    size_t taken_count, taken_capacity;
    struct vip_tier_engine *tiers; /* NULL until a top-up grants one */
};

struct desk_row { /* of redemption: what was granted to a request, which lives until the commit */
    const struct vip_request *request;
    const char *item, *voucher;
    int64_t member, quantity, store, entry, receiver; /* 0: none */
    vip_points points;
    vip_fen value;
    vip_day day;
};

struct desk_visit { /* one request being dealt with */
    struct vip_desk *desk;
    vip_day day;
    const struct vip_program *program;
    int64_t named; /* the member whom the request is known to mean; 0: to be identified */
    struct vip_account account;
    struct vip_redeemer who;
    struct vip_lot *lots;
    size_t lot_count;
    bool lots_read;
    struct vip_diag *diag;
};

struct desk_posted { /* a request that was granted; texts in an arena */
    int64_t member;
    const char *kind, *item, *receipt, *by, *witness, *voucher, *reason;
    int64_t quantity, store, entry, receiver; /* 0: none */
    int64_t amount, guests;                   /* VIP_AMOUNT_NONE, -1: none */
    vip_points points;
    vip_fen value;
    vip_day day;
    bool cancelled;
};

/* desk_row.c: the request of that key. 1 found, 0 none, negative. */
int desk_find_posted(struct vip_db *db, const char *request, struct vip_arena *arena,
                     struct desk_posted *posted, struct vip_diag *diag);

/* Writes the row of a request that was granted, at once or with others. receiver 0: none. */
int desk_store(struct desk_visit *visit, const struct vip_request *request,
               const struct vip_redemption *done, int64_t entry, int64_t receiver);

/* A new voucher of the request that is stored next: it is written with it. Texts live as long as the
 * request. */
int desk_keep_voucher(struct desk_visit *visit, const struct vip_voucher *voucher);

/* desk_known.c: what was granted to the request before; VIP_EREFUSED when it says something else.
 */
int desk_answer_known(struct vip_desk *desk, const struct vip_request *request, const char *item,
                      const struct desk_posted *stored, struct vip_arena *arena,
                      struct vip_redemption *done, struct vip_diag *diag);

/* desk_cancel.c: takes back the request that the item names. */
int desk_cancel(struct desk_visit *visit, const struct vip_request *request,
                struct vip_redemption *done);

/* Refuses a member who may not move anything, in column; suspended: one who is suspended may. */
int desk_check_status(struct desk_visit *visit, const char *column, bool suspended);

/* desk_points.c, desk_stored.c: one request, whose member is loaded. */
int desk_adjust(struct desk_visit *visit, const struct vip_request *request,
                struct vip_redemption *done);
int desk_transfer(struct desk_visit *visit, const struct vip_request *request,
                  struct vip_arena *arena, struct vip_redemption *done);
int desk_topup(struct desk_visit *visit, const struct vip_request *request,
               struct vip_redemption *done);
int desk_spend_stored(struct desk_visit *visit, const struct vip_request *request,
                      struct vip_arena *arena, struct vip_redemption *done);

/* Puts a spending back that `undone` made, into the same parts; *entry is of the stored ledger. */
int desk_cancel_stored(struct desk_visit *visit, const struct vip_request *request,
                       const struct desk_posted *undone, struct vip_redemption *done,
                       int64_t *entry);

/* The member whom one cell of a transfer ("from", "to") names: a member, a card or a phone. */
int desk_identify_party(struct vip_desk *desk, const char *party, const char *column,
                        int64_t *member, struct vip_diag *diag);

/* Two different people where the programme asks for them. */
int desk_check_signatures(struct desk_visit *visit, const struct vip_request *request);

/* Entries of the member may wait in the buffer: whoever reads his lots writes them first. */
static inline void desk_note_pending(struct vip_desk *desk, int64_t member)
{
    if (desk->pending < member)
        desk->pending = member;
}

/* desk_order.c: the order is of no use any more. */
void desk_forget_order(struct vip_desk *desk);

/* Begins a visit on that day. */
void desk_visit_begin(struct desk_visit *visit, struct vip_desk *desk, vip_day day,
                      struct vip_diag *diag);

/* The member whom the row means. VIP_EREFUSED when it names nobody. */
int desk_identify(struct vip_desk *desk, const struct vip_identity *identity, int64_t *member,
                  struct vip_diag *diag);

/* A voucher or an earlier request needs no member beside it; one that is named must be its own. */
int desk_check_owner(struct vip_desk *desk, const struct vip_request *request, int64_t owner,
                     struct vip_diag *diag);

/* Whether cards of any version of the programme run out. */
bool desk_cards_end(const struct vip_programs *programs);

/* Keeps the member of a visit that went well for the next request. */
void desk_hold(const struct desk_visit *visit);

/* Rows are written together; of this member some may wait. */
int desk_write_pending(struct desk_visit *visit, int64_t member);

/* Writes what waits. */
int desk_write_rows(struct vip_desk *desk, struct vip_diag *diag);

/* Loads the account, and into who the standing. */
int desk_load_member(struct desk_visit *visit, int64_t member);

/* Refuses a card that was shown and is blocked. */
int desk_check_card(struct desk_visit *visit, const char *card);

/* The card, where cards end or what is had is counted by cards ("card"). */
int desk_load_card(struct desk_visit *visit, const char *per);

/* What the rules ask for with one reward or one benefit; the card too, where it matters. */
int desk_load_lots(struct desk_visit *visit);
int desk_load_tiers(struct desk_visit *visit);
int desk_load_birthday(struct desk_visit *visit);
int desk_load_reward(struct desk_visit *visit, const struct vip_reward *reward);
int desk_load_benefit(struct desk_visit *visit, const char *benefit,
                      const struct vip_benefit **row);

/* desk_taken.c: what was handed out of a reward so far; more of it (less, below 0); the sums into
 * the database; a new transaction begins. */
int desk_load_taken(struct desk_visit *visit, const char *reward);
int desk_note_taken(struct vip_desk *desk, const char *reward, int64_t quantity,
                    struct vip_diag *diag);
int desk_write_taken(struct vip_desk *desk, struct vip_diag *diag);
void desk_forget_taken(struct vip_desk *desk);

/* When the card years of the member began and ended. */
int desk_load_card_years(struct desk_visit *visit);

enum { DESK_CLAIMS_MOST = 16 }; /* card years that can be behind at once */

struct desk_unclaimed { /* a reward that fell due and was not claimed, and what goes with it */
    const struct vip_reward *reward;
    vip_points points;
    vip_day last; /* on which it could be claimed */
    struct vip_lot_use *uses;
    size_t use_count;
};

/* What the member (account and lots loaded) did not claim in time before the day of the visit: it
 * is taken off the lots of the visit, and can be posted then, before anything else is. */
int desk_find_unclaimed(struct desk_visit *visit, struct desk_unclaimed found[DESK_CLAIMS_MOST],
                        size_t *count);
int desk_post_unclaimed(struct desk_visit *visit, const struct desk_unclaimed *found, size_t count);

/* Both at once, before points are taken for another reason than a reward. */
int desk_settle(struct desk_visit *visit);

/* The points of the cheapest reward that falls due at a card year's end; INT64_MAX: none does. */
vip_points desk_rebate_cost(const struct vip_programs *programs);

/* The member's number, in arena. */
int desk_member_number(struct vip_db *db, int64_t member, struct vip_arena *arena,
                       const char **number, struct vip_diag *diag);

#endif
