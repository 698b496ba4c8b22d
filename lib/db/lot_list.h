/* The lots of members as the database has them, of many members by one statement. Private to lot.c
 * and ahead.c. */
#ifndef VIP_DB_LOT_LIST_H
#define VIP_DB_LOT_LIST_H

#include "lib/db/account.h"

#define LOT_BALANCE_UNKNOWN INT64_MIN

struct lot_list {
    int64_t member;          /* whose, set by who asks */
    vip_points balance;      /* his; when it is all that ever came in, nothing was used */
    struct vip_arena *arena; /* growing is taking anew */
    struct vip_lot *lots;    /* all that were ever opened, by entry; those that are used up too */
    size_t count, capacity;
    vip_day last_end; /* of the ends that were posted; 0: none */
};

/* Fills lists, which are empty. */
int lot_lists_read(struct vip_db *db, struct lot_list *lists, size_t count, struct vip_diag *diag);

/* Those that are open, in the order of use; they take the place of the list's. */
void lot_list_open(const struct lot_list *list, struct vip_lot **lots, size_t *count);

/* lot.c: what vip_account_lots gives, of a list that was read. */
int lot_list_give(struct vip_db *db, struct lot_list *list, struct vip_account *account, vip_day day,
                  struct vip_lot **lots, size_t *count, struct vip_diag *diag);

#endif
