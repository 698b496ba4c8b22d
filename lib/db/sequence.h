/* Sequences: running numbers by name ("member", "card:K:0101") without gaps or repeats. */
#ifndef VIP_DB_SEQUENCE_H
#define VIP_DB_SEQUENCE_H

#include "lib/db/batch.h"

/* The next number, from 1. It is given back when the batch is rolled back. */
int vip_sequence_next(struct vip_batch *batch, const char *name, int64_t *number,
                      struct vip_diag *diag);

#endif
