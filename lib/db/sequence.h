/* Sequences: running numbers by name ("member", "card:K:0101") without gaps or repeats. */
#ifndef VIP_DB_SEQUENCE_H
#define VIP_DB_SEQUENCE_H

#include "lib/db/batch.h"

/* The next number, from 1. It is given back when the batch is rolled back. */
int vip_sequence_next(struct vip_batch *batch, const char *name, int64_t *number,
                      struct vip_diag *diag);

/* For the batch: writes down how far it has counted; forgets it. */
int vip_sequences_write(struct vip_batch *batch, struct vip_diag *diag);
void vip_sequences_drop(struct vip_batch *batch);

#endif
