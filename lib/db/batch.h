/* A batch: one write transaction, with who did it, when, from which file. Its row in the audit log
 * is written with the first change, so that a run that changes nothing leaves nothing.
 *
 * The chain: each ledger entry, lot use, request and event written in the batch is hashed
 * (BLAKE2b-128); the hashes are added up without order, since entries are stored by member and not
 * by batch. The batch's own hash is BLAKE2b-256 over its row, that sum and the hash before it, so
 * that a changed, removed or inserted row is found by vip-db check. */
#ifndef VIP_DB_BATCH_H
#define VIP_DB_BATCH_H

#include "lib/base/memory.h"
#include "lib/db/engine.h"
#include <stdint.h>

enum { VIP_SUM_BYTES = 16, VIP_HASH_BYTES = 32 };

struct vip_sum { /* 128 bits, little end first */
    uint64_t low, high;
};

struct vip_ledger_buffer;
struct vip_sequences;

struct vip_batch {
    struct vip_db *db;
    const char *command; /* these four are set by the caller and borrowed */
    const char *login;
    const char *file; /* NULL: none */
    vip_day as_of;

    int64_t number; /* 0 until the first change */
    int64_t entries;
    struct vip_sum sum;
    struct vip_ledger_buffer
        *pending;                    /* ledger rows not written yet (account.h); NULL: none kept */
    struct vip_sequences *sequences; /* numbers given that are not written yet (sequence.h) */
};

/* BEGIN IMMEDIATE. The batch may be used again after commit or rollback. */
int vip_batch_begin(struct vip_batch *batch, struct vip_diag *diag);

/* Writes the batch's row if it is not there yet: call before the first change. */
int vip_batch_need(struct vip_batch *batch, struct vip_diag *diag);

/* Seals the chain and commits. On failure everything of the batch is rolled back. */
int vip_batch_commit(struct vip_batch *batch, struct vip_diag *diag);
void vip_batch_rollback(struct vip_batch *batch);

/* Notes something in the audit log (member 0: none; detail NULL: none); it is part of the chain. */
int vip_batch_event(struct vip_batch *batch, int64_t member, const char *what, const char *detail,
                    struct vip_diag *diag);

/* What an event says that somebody answers for: "reason; by who", as far as they are given. In
 * arena; NULL out of memory. */
const char *vip_event_detail(struct vip_arena *arena, const char *reason, const char *by);

/* Adds the hash of `size` bytes to the sum: for the ledger, and for vip-db check. */
void vip_sum_add(struct vip_sum *sum, const void *data, size_t size);

#endif
