/* Batches and the chain of hashes over them: see batch.h. */
#include "lib/db/batch.h"

#include "lib/db/chain.h"
#include "lib/db/sequence.h"
#include <sodium.h>
#include <string.h>

void vip_sum_add(struct vip_sum *sum, const void *data, size_t size)
{
    unsigned char hash[VIP_SUM_BYTES];
    crypto_generichash(hash, sizeof hash, data, size, NULL, 0);
    struct vip_sum part;
    memcpy(&part.low, hash, sizeof part.low);
    memcpy(&part.high, hash + sizeof part.low, sizeof part.high);
    sum->low += part.low;
    sum->high += part.high + (sum->low < part.low);
}

int vip_batch_begin(struct vip_batch *batch, struct vip_diag *diag)
{
    if (sodium_init() < 0) /* also chooses the fastest code for this processor */
        return vip_fail(diag, VIP_EDATABASE, "the library that hashes entries cannot start");
    batch->number = 0;
    batch->entries = 0;
    batch->sum = (struct vip_sum){0, 0};
    return vip_db_begin(batch->db, diag);
}

int vip_batch_need(struct vip_batch *batch, struct vip_diag *diag)
{
    if (batch->number)
        return VIP_OK;
    int error = vip_db_run(batch->db, VIP_SQL_batch_insert, diag, vip_int(batch->as_of),
                           (struct vip_value){.type = VIP_TEXT, .text = batch->login},
                           vip_text(batch->command), vip_text(batch->file));
    if (error == VIP_OK)
        batch->number = vip_db_last_id(batch->db);
    return error;
}

int vip_chain_hash(struct vip_db *db, int64_t number, int64_t entries, const struct vip_sum *sum,
                   unsigned char hash[VIP_HASH_BYTES], struct vip_diag *diag)
{
    struct vip_statement *row = NULL;
    crypto_generichash_state state;
    crypto_generichash_init(&state, NULL, 0, VIP_HASH_BYTES);
    int found = vip_db_query(db, VIP_SQL_batch_hash, &row, diag, vip_int(number - 1));
    if (found < 0)
        return found;
    if (found) {
        size_t size;
        const unsigned char *previous = vip_column_bytes(row, 0, &size);
        crypto_generichash_update(&state, previous, size);
        vip_reset(row);
    }
    found = vip_db_query(db, VIP_SQL_batch_get, &row, diag, vip_int(number));
    if (found < 0)
        return found;
    if (!found)
        return vip_fail(diag, VIP_EDATABASE, "batch %lld is missing", (long long)number);
    for (int i = 0; i < 6; i++) { /* number, time, day, login, command, file; each ended by a NUL */
        const char *text = vip_column_text(row, i);
        crypto_generichash_update(&state, (const unsigned char *)text, strlen(text) + 1);
    }
    vip_reset(row);
    crypto_generichash_update(&state, (const unsigned char *)&entries, sizeof entries);
    crypto_generichash_update(&state, (const unsigned char *)sum, sizeof *sum);
    crypto_generichash_final(&state, hash, VIP_HASH_BYTES);
    return VIP_OK;
}

static int seal(struct vip_batch *batch, struct vip_diag *diag)
{
    unsigned char hash[VIP_HASH_BYTES];
    int error = vip_chain_hash(batch->db, batch->number, batch->entries, &batch->sum, hash, diag);
    if (error == VIP_OK)
        error = vip_db_run(batch->db, VIP_SQL_batch_seal, diag, vip_int(batch->number),
                           vip_int(batch->entries), vip_bytes(&batch->sum, sizeof batch->sum),
                           vip_bytes(hash, sizeof hash));
    return error == VIP_OK ? vip_sequences_write(batch, diag) : error;
}

int vip_batch_commit(struct vip_batch *batch, struct vip_diag *diag)
{
    int error = batch->number ? seal(batch, diag) : VIP_OK;
    if (error != VIP_OK) {
        vip_batch_rollback(batch);
        return error;
    }
    vip_sequences_drop(batch);
    return vip_db_commit(batch->db, diag);
}

void vip_batch_rollback(struct vip_batch *batch)
{
    vip_sequences_drop(batch);
    vip_db_rollback(batch->db);
}

void vip_event_sum(struct vip_sum *sum, int64_t event, int64_t batch, int64_t member,
                   const char *what, const char *detail)
{
    int64_t numbers[] = {event, batch, member};
    unsigned char hash[VIP_SUM_BYTES];
    crypto_generichash_state state;
    crypto_generichash_init(&state, NULL, 0, sizeof hash);
    crypto_generichash_update(&state, (const unsigned char *)numbers, sizeof numbers);
    crypto_generichash_update(&state, (const unsigned char *)what, strlen(what) + 1);
    if (!member && detail)
        crypto_generichash_update(&state, (const unsigned char *)detail, strlen(detail));
    crypto_generichash_final(&state, hash, sizeof hash);
    vip_sum_add(sum, hash, sizeof hash);
}

int vip_batch_event(struct vip_batch *batch, int64_t member, const char *what, const char *detail,
                    struct vip_diag *diag)
{
    int error = vip_batch_need(batch, diag);
    if (error == VIP_OK)
        error = vip_db_run(batch->db, VIP_SQL_event_insert, diag, vip_int(batch->number),
                           vip_int_or_null(member), vip_text(what), vip_text(detail));
    if (error == VIP_OK)
        vip_event_sum(&batch->sum, vip_db_last_id(batch->db), batch->number, member, what, detail);
    return error;
}

const char *vip_event_detail(struct vip_arena *arena, const char *reason, const char *by)
{
    return vip_arena_format(arena, "%s%s%s%s", reason, *reason && *by ? "; " : "", *by ? "by " : "",
                            by);
}
