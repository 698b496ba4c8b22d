/* Accounts and the ledger: the one place that writes points. A posting is: load the member's
 * account, post entries (each changes the account in memory), save the account once. */
#ifndef VIP_DB_ACCOUNT_H
#define VIP_DB_ACCOUNT_H

#include "lib/base/memory.h"
#include "lib/db/batch.h"
#include "lib/rules/lots.h"
#include "lib/rules/program.h"

enum vip_status {
    VIP_STATUS_PENDING,
    VIP_STATUS_ACTIVE,
    VIP_STATUS_SUSPENDED,
    VIP_STATUS_CANCELLED,
    VIP_STATUS_FORGOTTEN,
    VIP_STATUS_MERGED,
};

/* The word for a status: "active". */
const char *vip_status_word(enum vip_status status);

struct vip_account {
    int64_t member;
    enum vip_status status;
    vip_day enrolled;
    vip_points balance;
    int64_t entries;
    vip_fen spent;
    vip_day first_purchase, last_purchase; /* VIP_DAY_NONE: none */
    vip_day next_expiry;                   /* VIP_DAY_NONE: none of the open lots ends */
    vip_day listed;                        /* last_purchase as it is known to `bought` */
    vip_day last_end; /* of the ends that were posted; 0: none, or the lots were not read yet */
    bool touched;     /* vip-tier was told of it since it was loaded */
    bool changed;     /* something was posted since it was loaded */
    bool matters;     /* some of it to tiers: what was redeemed or ran out does not */
};

enum vip_entry_kind { /* stored numbers: add at the end, never renumber */
                      VIP_ENTRY_EARN = 0,
                      VIP_ENTRY_RETURN = 1,
                      VIP_ENTRY_BONUS = 2,
                      VIP_ENTRY_REDEEM = 3,
                      VIP_ENTRY_CANCEL = 4, /* puts a redemption back */
                      VIP_ENTRY_EXPIRE = 5,
                      VIP_ENTRY_ADJUST = 6,
                      VIP_ENTRY_TRANSFER = 7,
                      VIP_ENTRY_OPENING = 8, /* balance brought from another system */
};
const char *vip_entry_word(enum vip_entry_kind kind);

struct vip_entry {
    enum vip_entry_kind kind;
    vip_day day;
    vip_points points;          /* signed */
    vip_fen amount;             /* counts towards tiers, signed */
    vip_day spend_day;          /* the day on which amount counts; of points received by a
                                 * transfer the day on which they were earned */
    vip_day available, expires; /* of a credit; VIP_DAY_NONE: at once / never */
    int64_t store;              /* code; 0: none */
    const char *ref;            /* receipt or request; NULL: none */
    int64_t line;               /* 0: none */
    int64_t category, brand;    /* codes; 0: none */
    int64_t entry;              /* set by vip_ledger_post: its number */
};

/* Whether the entry is a lot from then on. */
bool vip_entry_opens_lot(const struct vip_entry *entry);

/* 1 found, 0 no such member, negative. */
int vip_account_load(struct vip_db *db, int64_t member, struct vip_account *account,
                     struct vip_diag *diag);

/* The accounts of count members, each once: many by one statement. One that is not there has the
 * member 0. */
int vip_accounts_load(struct vip_db *db, const int64_t *members, size_t count,
                      struct vip_account *accounts, struct vip_diag *diag);

/* Writes what changed; where the batch keeps ledger rows, it is written with them (see
 * vip_ledger_flush), and the member must not be loaded before that. */
int vip_account_save(struct vip_batch *batch, struct vip_account *account, struct vip_diag *diag);

/* Sets next_expiry, where it moves. */
int vip_account_set_expiry(struct vip_batch *batch, struct vip_account *account, vip_day next,
                           struct vip_diag *diag);

/* Fills in when a credit can be spent and when it ends, by the programme of its day. */
int vip_entry_date(struct vip_db *db, const struct vip_program *program, int64_t member,
                   struct vip_entry *entry, struct vip_diag *diag);

/* Appends entry to the member's ledger and to the account's sums. A credit first pays the debt of a
 * negative balance (a lot use of its own); a debit does not choose lots: see vip_ledger_take. */
int vip_ledger_post(struct vip_batch *batch, struct vip_account *account, struct vip_entry *entry,
                    struct vip_diag *diag);

/* For postings by the thousand: entries and uses are kept and written together, in the order in
 * which they were posted; whatever reads a member's lots writes them first. Call vip_ledger_flush
 * before the commit. The texts of entries must live until then. */
int vip_ledger_buffer_open(struct vip_batch *batch, struct vip_diag *diag);
int vip_ledger_flush(struct vip_batch *batch, struct vip_diag *diag);
void vip_ledger_buffer_drop(struct vip_batch *batch); /* with a rollback: forgets what is kept */
void vip_ledger_buffer_close(struct vip_batch *batch);

/* The member's open lots in the order of use, in arena. */
int vip_ledger_lots(struct vip_db *db, int64_t member, struct vip_arena *arena,
                    struct vip_lot **lots, size_t *count, struct vip_diag *diag);

/* The same of an account that was loaded, for a debit dated day: left has in it what was good on
 * that day, though its end was posted since. Cheaper where the balance says that nothing was used.
 */
int vip_account_lots(struct vip_db *db, struct vip_account *account, vip_day day,
                     struct vip_arena *arena, struct vip_lot **lots, size_t *count,
                     struct vip_diag *diag);

/* Notes that the debit `entry` took these from the lots (or put them back). */
int vip_ledger_use(struct vip_batch *batch, struct vip_account *account, int64_t entry,
                   const struct vip_lot_use *uses, size_t count, struct vip_diag *diag);

/* Posts the debit `entry` (points < 0) and takes it from the lots that can be spent on entry->day
 * in their order (pending: also from those that cannot yet). `own` ≠ 0 names a lot that is taken
 * from first. What no lot covers is debt: the balance goes below zero, after what has run out by
 * then was posted. A debit that comes late, when the end of a lot that was good on its day has been
 * posted, takes from it all the same: so much of the end is taken back (an entry of the kind expire
 * above zero, which opens no lot). Keeps next_expiry right. scratch is used for the lots and may be
 * reset by the caller afterwards. */
int vip_ledger_take(struct vip_batch *batch, struct vip_account *account, struct vip_entry *entry,
                    int64_t own, bool pending, struct vip_arena *scratch, struct vip_diag *diag);

/* The same with the member's lots already read by vip_account_lots, for entry->day; their `left` is
 * lowered. */
int vip_ledger_take_lots(struct vip_batch *batch, struct vip_account *account,
                         struct vip_entry *entry, struct vip_lot *lots, size_t count, int64_t own,
                         bool pending, struct vip_arena *scratch, struct vip_diag *diag);

/* Posts the rest of those lots (all of the member's, sorted) that ended before day: an entry for
 * each day on which some are gone, in the order of days. *posted, in scratch, tells of each. */
int vip_ledger_lapse(struct vip_batch *batch, struct vip_account *account, struct vip_lot *lots,
                     size_t count, vip_day day, struct vip_lapse **posted, size_t *posted_count,
                     struct vip_arena *scratch, struct vip_diag *diag);

/* Posts a credit `entry` that puts the uses of debit `undone` back into the same lots; a debt that
 * arose meanwhile takes its part of them. */
int vip_ledger_put_back(struct vip_batch *batch, struct vip_account *account,
                        struct vip_entry *entry, int64_t undone, struct vip_arena *scratch,
                        struct vip_diag *diag);

/* The hash input of a ledger row as stored, for the chain (vip-db check computes it again). */
void vip_ledger_sum(struct vip_sum *sum, int64_t member, const struct vip_entry *entry,
                    int64_t batch);
void vip_lot_use_sum(struct vip_sum *sum, int64_t member, int64_t lot, int64_t entry,
                     vip_points points);

#endif
