/* The ledger of stored value: the one place that writes it. A posting is: load the account, post
 * entries (each changes the account in memory), save it. Entries are hashed into their batch as
 * those of the points ledger are. */
#ifndef VIP_DB_STORED_H
#define VIP_DB_STORED_H

#include "lib/db/batch.h"
#include "lib/rules/stored.h"

enum vip_stored_kind { /* stored numbers: add at the end, never renumber */
                       VIP_STORED_TOPUP = 0,
                       VIP_STORED_BONUS = 1, /* given with a top-up */
                       VIP_STORED_SPEND = 2,
                       VIP_STORED_REFUND = 3,
                       VIP_STORED_CANCEL = 4, /* takes a spending back */
                       VIP_STORED_MERGE = 5,  /* closes a record that was merged into another */
};
const char *vip_stored_word(enum vip_stored_kind kind); /* "topup" */

struct vip_stored_account {
    int64_t member;
    struct vip_stored balance;
    int64_t entries;
};

struct vip_stored_entry {
    enum vip_stored_kind kind;
    vip_day day;
    vip_fen principal, bonus; /* signed */
    int64_t undoes;           /* the spending that is given back; 0: none */
    int64_t store;            /* code; 0: none */
    const char *receipt;      /* NULL or "": none */
    const char *request;
    int64_t entry; /* set by vip_stored_post: its number */
};

/* A member without stored value has an account of zeros. */
int vip_stored_load(struct vip_db *db, int64_t member, struct vip_stored_account *account,
                    struct vip_diag *diag);
int vip_stored_save(struct vip_batch *batch, const struct vip_stored_account *account,
                    struct vip_diag *diag);

/* Appends the entry. VIP_EREFUSED, with nothing written: overflow. */
int vip_stored_post(struct vip_batch *batch, struct vip_stored_account *account,
                    struct vip_stored_entry *entry, struct vip_diag *diag);

/* Two records of one person (see merge.h): `to` gets a copy of the entries of `from`, numbered
 * *before higher, and what `from` has is closed by an entry with that text as its request. */
int vip_stored_merge(struct vip_batch *batch, int64_t from, int64_t to, vip_day day,
                     const char *text, int64_t *before, struct vip_diag *diag);

/* What all entries of a request come to. */
int vip_stored_of_request(struct vip_db *db, int64_t member, const char *request,
                          struct vip_stored *sum, struct vip_diag *diag);

/* The hash input of a row as stored, for the chain. */
void vip_stored_sum(struct vip_sum *sum, int64_t member, const struct vip_stored_entry *entry,
                    int64_t batch);

#endif
