/* The hash that binds a batch to the one before it: written by batch.c, verified by check.c. */
#ifndef VIP_DB_CHAIN_H
#define VIP_DB_CHAIN_H

#include "lib/db/batch.h"

/* The hash of batch `number` with that many entries and that sum, over the stored hash before it.
 */
int vip_chain_hash(struct vip_db *db, int64_t number, int64_t entries, const struct vip_sum *sum,
                   unsigned char hash[VIP_HASH_BYTES], struct vip_diag *diag);

/* Adds an event to the sum of its batch. Of one about a member (0: none) the detail, which people
 * wrote, is left out: it is emptied when he is forgotten. */
void vip_event_sum(struct vip_sum *sum, int64_t event, int64_t batch, int64_t member,
                   const char *what, const char *detail);

#endif
