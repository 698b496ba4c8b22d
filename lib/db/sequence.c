/* Sequences: see sequence.h. A batch reads each once, counts in memory, and writes them down when
 * it commits: an upsert for every number was a fifth of the cost of enrolling somebody. */
#include "lib/db/sequence.h"

#include "lib/base/map.h"
#include <stdlib.h>

struct vip_sequences { /* those that a batch has touched */
    struct vip_map last;
    struct vip_arena texts;
    const char **names;
    size_t count, capacity;
};

/* Reads how far a sequence has come, and notes its name for writing. */
static int load(struct vip_batch *batch, const char *name, int64_t *last, struct vip_diag *diag)
{
    struct vip_sequences *all = batch->sequences;
    struct vip_value value = vip_text(name);
    const char *copy = vip_arena_text(&all->texts, name);
    void *names = all->names;
    if (!copy || vip_array_grow(&names, &all->capacity, all->count + 1, sizeof *all->names) < 0)
        return vip_fail_memory(diag);
    all->names = names;
    all->names[all->count++] = copy;
    return vip_db_number(batch->db, VIP_SQL_sequence_last, last, 0, diag, &value, 1);
}

int vip_sequence_next(struct vip_batch *batch, const char *name, int64_t *number,
                      struct vip_diag *diag)
{
    int64_t last = 0;
    int error = vip_batch_need(batch, diag);
    if (error != VIP_OK)
        return error;
    if (!batch->sequences && !(batch->sequences = calloc(1, sizeof *batch->sequences)))
        return vip_fail_memory(diag);
    if (!vip_map_find(&batch->sequences->last, name, &last))
        error = load(batch, name, &last, diag);
    if (error == VIP_OK && vip_map_put(&batch->sequences->last, name, last + 1) < 0)
        error = vip_fail_memory(diag);
    *number = last + 1;
    return error;
}

int vip_sequences_write(struct vip_batch *batch, struct vip_diag *diag)
{
    const struct vip_sequences *all = batch->sequences;
    int error = VIP_OK;
    for (size_t i = 0; all && i < all->count && error == VIP_OK; i++) {
        int64_t last = 0;
        vip_map_find(&all->last, all->names[i], &last);
        error = vip_db_run(batch->db, VIP_SQL_sequence_set, diag, vip_text(all->names[i]),
                           vip_int(last));
    }
    return error;
}

void vip_sequences_drop(struct vip_batch *batch)
{
    struct vip_sequences *all = batch->sequences;
    if (!all)
        return;
    vip_map_free(&all->last);
    vip_arena_free(&all->texts);
    free(all->names);
    free(all);
    batch->sequences = NULL;
}
