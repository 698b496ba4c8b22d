/* Two records of one person joined, and persons forgotten (SPEC 4). */
#ifndef VIP_DB_MERGE_H
#define VIP_DB_MERGE_H

#include "lib/db/account.h"
#include "lib/db/code.h"

/* Joins the record `from` into `to`, both loaded with status and sums; day is the business day.
 *
 * The ledger is never changed: the entries of `from` stay under its number, closed by one that
 * takes the balance away, and `to` gets a copy of each, with its kind, days, lots and uses, so that
 * balance, lots, tiers and statement are those of one person. From then on the ledger of `from` is
 * history that reports pass over (table merged), and every number, card and phone of it leads to
 * `to`. Purchases follow with vip_merge_purchases. What `to` does not know is taken from `from`;
 * what both know stays as `to` has it. */
int vip_member_merge(struct vip_batch *batch, struct vip_codes *codes, struct vip_account *from,
                     struct vip_account *to, const char *detail, vip_day day,
                     struct vip_arena *scratch, struct vip_diag *diag);

/* Once after the merges of a batch, before its commit: one pass over the purchases. */
int vip_merge_purchases(struct vip_batch *batch, struct vip_diag *diag);

/* The member that stands for a record now: itself, or the one that it was merged into. */
int vip_member_stays(struct vip_db *db, int64_t member, int64_t *stays, struct vip_diag *diag);

/* Whether other records were merged into this one. */
int vip_member_joined(struct vip_db *db, int64_t member, bool *joined, struct vip_diag *diag);

/* Takes everything that says who the member is (and who the records are that were merged into it)
 * out of the database; amounts, points and dates stay. The file still holds traces in its free
 * pages and its log until vip_db_scrub. */
int vip_member_forget(struct vip_batch *batch, int64_t member, struct vip_diag *diag);

#endif
