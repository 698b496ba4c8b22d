/* The desk where rewards are handed out and points and money are moved by hand: requests in, one
 * transaction a batch, what became of each (SPEC 5, 6). The rules (lib/rules/redeem.h) decide; this
 * reads what they ask for and writes what they grant. A request is refused before anything of it is
 * written.
 *
 * Reason words beside those of the rules: conflict, missing-field, disagree and what
 * vip_member_identify says · card-lost, card-replaced, card-cancelled · bad-code, no-such-voucher,
 * voucher-used, voucher-expired, voucher-void · no-such-request, already-cancelled,
 * not-cancellable, before-request · too-little-stored, not-refundable, other-member, not-spent,
 * exceeds-spent, already-refunded · one-signature, same-member, no-such-topup, overflow. */
#ifndef VIP_DB_REDEEM_H
#define VIP_DB_REDEEM_H

#include "lib/base/memory.h"
#include "lib/db/batch.h"
#include "lib/db/member.h"
#include "lib/rules/redeem.h"
#include "lib/rules/stored.h"

enum vip_request_kind {
    VIP_REQUEST_REWARD,
    VIP_REQUEST_VOUCHER,
    VIP_REQUEST_BENEFIT,
    VIP_REQUEST_CANCEL,
    VIP_REQUEST_STORED,
    VIP_REQUEST_ADJUST,
    VIP_REQUEST_TRANSFER,
    VIP_REQUEST_TOPUP,
};
/* The word as it is stored and printed: "reward". */
const char *vip_request_word(enum vip_request_kind kind);

#define VIP_AMOUNT_NONE INT64_MIN

struct vip_request { /* texts borrowed; "" is not given */
    const char *request;
    enum vip_request_kind kind;
    struct vip_identity identity;
    const char *item;
    int64_t quantity; /* 0: not given */
    vip_fen amount;   /* VIP_AMOUNT_NONE: not given; negative: a refund of stored value */
    int64_t guests;   /* -1: not given */
    vip_day day;      /* VIP_DAY_NONE: not given, the business day */
    const char *store, *receipt, *by, *witness, *exception;
    vip_points points;  /* of an adjustment (signed) or a transfer */
    const char *to;     /* who receives a transfer; who gives is identity.member, and either may be
                         * a member, a card or a phone */
    const char *reason; /* of an adjustment or a transfer */
    size_t source_line;
};

struct vip_redemption { /* what became of a request; texts in the caller's arena or the request's */
    bool known;         /* it was done before: nothing was changed */
    const char *member; /* as people see it */
    const char *item;
    int64_t quantity;
    vip_points points;   /* change of the balance */
    vip_fen value;       /* negative when it was taken back */
    vip_points balance;  /* after it; not set when known */
    const char *voucher; /* codes that were issued, parted by "|" */
    const char *reason;  /* "", "clamped", or of a known request "cancelled" */

    const char *to;           /* who received a transfer, as people see it */
    vip_points to_balance;    /* his, after it; not set when known */
    vip_points owed;          /* debt after an adjustment */
    struct vip_stored change; /* of stored value, each part signed */
    vip_fen stored;           /* all of it, after; not set when known */
    const char *tier;         /* granted with a top-up, "" none */
};

/* A row of redemption, in the order of its columns but for the state: the hash input of the chain.
 * Its members and entry are left out: they follow the member when two records are merged. So is the
 * reason: what people wrote is emptied when somebody is forgotten. */
enum {
    VIP_REQUEST_COLUMNS = 20,
    VIP_REQUEST_MEMBER = 1,
    VIP_REQUEST_ENTRY = 15,
    VIP_REQUEST_REASON = 18,
    VIP_REQUEST_RECEIVER = 19
};
void vip_request_sum(struct vip_sum *sum, const struct vip_value values[VIP_REQUEST_COLUMNS]);

struct vip_desk;

struct vip_desk_options {
    struct vip_batch batch; /* database, command, login and as_of set */
    const struct vip_programs *programs;
    bool clamp;
};

int vip_desk_open(struct vip_desk **desk, const struct vip_desk_options *options,
                  struct vip_diag *diag);
void vip_desk_close(struct vip_desk *desk);

/* A batch: begin, any number of requests, commit. Requests and their texts must live until then. */
int vip_desk_begin(struct vip_desk *desk, const char *file, struct vip_diag *diag);
/* Puts the numbers of a batch's requests into an order that ends as that of the input does, and is
 * the quickest (after vip_desk_begin). They must be handed in in that order then, each once. */
int vip_desk_order(struct vip_desk *desk, const struct vip_request *const *requests, size_t count,
                   size_t *places, struct vip_diag *diag);
int vip_desk_redeem(struct vip_desk *desk, const struct vip_request *request,
                    struct vip_arena *arena, struct vip_redemption *redemption,
                    struct vip_diag *diag);
int vip_desk_commit(struct vip_desk *desk, struct vip_diag *diag);
void vip_desk_rollback(struct vip_desk *desk);

/* Posts what the member of account did not claim in time before day, for who takes points from him
 * on that day outside of a desk: it is gone, whether vip-expire has been run since or not. */
int vip_rebates_settle(struct vip_batch *batch, const struct vip_programs *programs,
                       struct vip_account *account, vip_day day, struct vip_diag *diag);

struct vip_offer {    /* something that a member could have today */
    const char *kind; /* "reward", "benefit", "voucher" */
    const char *item, *name_en, *name_zh;
    int64_t quantity;  /* at most; -1: no end */
    vip_points points; /* that one costs */
    vip_fen value;     /* of one */
    vip_day expires;   /* of a voucher, VIP_DAY_NONE: never */
};

/* What the member could have on the business day; nothing is written. *member is his number. */
int vip_desk_offers(struct vip_desk *desk, const struct vip_identity *identity,
                    struct vip_arena *arena, const char **member, vip_points *balance,
                    struct vip_offer **offers, size_t *count, struct vip_diag *diag);

#endif
