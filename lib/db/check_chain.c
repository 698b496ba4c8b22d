/* The chain: what each batch wrote is added up anew, and its hash is worked out again. */
#include "lib/db/chain.h"
#include "lib/db/checker.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct check_batch {
    int64_t number;
    int64_t entries, found;    /* as its row says, and as the ledger has them */
    struct vip_sum sum, added; /* the same */
};

int check_read_batches(struct check *check)
{
    struct vip_statement *row = NULL;
    int more = vip_db_query_values(check->db, VIP_SQL_check_batches, &row, check->diag, NULL, 0);
    for (; more > 0; more = vip_step(row, check->diag)) {
        void *batches = check->batches;
        if (vip_array_grow(&batches, &check->batch_capacity, check->batch_count + 1,
                           sizeof *check->batches) != VIP_OK) {
            vip_reset(row);
            return vip_fail_memory(check->diag);
        }
        check->batches = batches;
        struct check_batch *batch = &check->batches[check->batch_count++];
        *batch = (struct check_batch){.number = vip_column_integer(row, 0),
                                      .entries = vip_column_integer(row, 1)};
        size_t size;
        const void *sum = vip_column_bytes(row, 2, &size);
        if (size == sizeof batch->sum)
            memcpy(&batch->sum, sum, size);
    }
    return more;
}

static int by_number(const void *left, const void *right)
{
    const struct check_batch *a = left, *b = right;
    return (a->number > b->number) - (a->number < b->number);
}

/* Batches are numbered from 1 without a gap unless one was removed. NULL: there is none. */
static struct check_batch *find_batch(struct check *check, int64_t number)
{
    size_t place = (size_t)(number - 1);
    if (number >= 1 && place < check->batch_count && check->batches[place].number == number)
        return &check->batches[place];
    struct check_batch key = {.number = number};
    if (!check->batch_count)
        return NULL;
    return bsearch(&key, check->batches, check->batch_count, sizeof key, by_number);
}

struct vip_sum *check_batch_sum(struct check *check, int64_t number)
{
    struct check_batch *batch = find_batch(check, number);
    return batch ? &batch->added : NULL;
}

struct vip_sum *check_batch_entry(struct check *check, int64_t number)
{
    struct check_batch *batch = find_batch(check, number);
    if (!batch)
        return NULL;
    batch->found++;
    return &batch->added;
}

/* "batch 12 (2026-11-21T02:00:00Z vip-accrue pos.csv)". */
static const char *batch_name(struct check *check, int64_t number, char *to, size_t size)
{
    struct vip_statement *row = NULL;
    struct vip_diag ignored;
    snprintf(to, size, "batch %" PRId64, number);
    if (vip_db_query(check->db, VIP_SQL_check_batch, &row, &ignored, vip_int(number)) > 0) {
        const char *file = vip_column_text(row, 2);
        snprintf(to, size, "batch %" PRId64 " (%s %s%s%.200s)", number, vip_column_text(row, 0),
                 vip_column_text(row, 1), *file ? " " : "", file);
        vip_reset(row);
    }
    return to;
}

static int verify_batch(struct check *check, const struct check_batch *batch)
{
    char name[320];
    unsigned char hash[VIP_HASH_BYTES];
    batch_name(check, batch->number, name, sizeof name);
    if (batch->found != batch->entries)
        return check_found(
            check, CHECK_CHAIN,
            "%s wrote %" PRId64 " ledger entries, %" PRId64 " are there: entries were %s", name,
            batch->entries, batch->found, batch->found < batch->entries ? "removed" : "inserted");
    if (memcmp(&batch->sum, &batch->added, sizeof batch->sum) != 0)
        return check_found(check, CHECK_CHAIN,
                           "%s: ledger entries, lot uses, events or requests of it were changed",
                           name);
    int error =
        vip_chain_hash(check->db, batch->number, batch->entries, &batch->sum, hash, check->diag);
    struct vip_statement *row = NULL;
    if (error == VIP_OK)
        error =
            vip_db_query(check->db, VIP_SQL_batch_hash, &row, check->diag, vip_int(batch->number));
    if (error <= 0)
        return error;
    size_t size;
    const void *stored = vip_column_bytes(row, 0, &size);
    bool same = size == sizeof hash && memcmp(stored, hash, size) == 0;
    vip_reset(row);
    return same ? VIP_OK
                : check_found(check, CHECK_CHAIN,
                              "%s: its row in the audit log, or the one before, was changed", name);
}

/* Into the sums of their batches; their numbers have no gap. */
static int walk_events(struct check *check)
{
    struct vip_statement *row = NULL;
    int64_t expected = 1;
    int error = VIP_OK;
    int more = vip_db_query_values(check->db, VIP_SQL_check_events, &row, check->diag, NULL, 0);
    for (; more > 0 && error == VIP_OK; more = vip_step(row, check->diag)) {
        int64_t event = vip_column_integer(row, 0), number = vip_column_integer(row, 1);
        struct vip_sum *sum = check_batch_sum(check, number);
        if (sum)
            vip_event_sum(sum, event, number, vip_column_integer(row, 2), vip_column_text(row, 3),
                          vip_column_text(row, 4));
        else
            error = check_found(check, CHECK_CHAIN,
                                "event %" PRId64 " names batch %" PRId64 ", which is not there",
                                event, number);
        if (error == VIP_OK && event != expected)
            error =
                check_found(check, CHECK_CHAIN, "%" PRId64 " events of the audit log were removed",
                            event - expected);
        expected = event + 1;
    }
    return error != VIP_OK ? error : more;
}

int check_chain(struct check *check)
{
    int error = walk_events(check);
    int64_t expected = 1;
    for (size_t i = 0; i < check->batch_count && error == VIP_OK; i++, expected++) {
        const struct check_batch *batch = &check->batches[i];
        if (batch->number != expected)
            error =
                check_found(check, CHECK_CHAIN, "batches %" PRId64 " to %" PRId64 " were removed",
                            expected, batch->number - 1);
        expected = batch->number;
        if (error == VIP_OK)
            error = verify_batch(check, batch);
    }
    if (error != VIP_OK)
        return error;
    return check_conclude(check, CHECK_CHAIN, "%zu batches with %" PRId64 " ledger entries",
                          check->batch_count, check->ledger_rows);
}
