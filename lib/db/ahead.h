/* Members who are visited one after the other in the order of their keys: the accounts of those who
 * come next, and their lots, are read together, some dozens by one statement. What is read ahead is
 * right as long as each visit changes no other member than its own. Private to the poster and the
 * desk. */
#ifndef VIP_DB_AHEAD_H
#define VIP_DB_AHEAD_H

#include "lib/db/lot_list.h"

enum { VIP_AHEAD_MEMBERS = 64 };

struct vip_ahead { /* zeroed: nobody comes */
    struct vip_db *db;
    const uint64_t *turns; /* by member: lib/base/sort.h */
    size_t turn_count, next_turn;
    bool lots;
    size_t account_count, account_at; /* those before are behind us */
    size_t list_count, list_at;
    struct vip_account accounts[VIP_AHEAD_MEMBERS]; /* member 0: not there */
    struct lot_list lists[VIP_AHEAD_MEMBERS];
    struct vip_arena arena; /* of the lots */
};

/* Those of turns will be visited, in that order (0 is nobody); turns is borrowed. lots: they are
 * wanted, too. */
void vip_ahead_begin(struct vip_ahead *ahead, struct vip_db *db, const uint64_t *turns, size_t count,
                     bool lots);
void vip_ahead_end(struct vip_ahead *ahead); /* nobody comes any more; frees the lots */

/* The account as it was before the first visit. 1 here it is, once; 0 it must be loaded; negative. */
int vip_ahead_account(struct vip_ahead *ahead, int64_t member, struct vip_account *account,
                      struct vip_diag *diag);

/* What vip_account_lots gives, of an account that vip_ahead_account gave last; the lots live until
 * the next is asked for. 1, 0 and negative as there. */
int vip_ahead_lots(struct vip_ahead *ahead, struct vip_account *account, vip_day day,
                   struct vip_lot **lots, size_t *count, struct vip_diag *diag);

#endif
