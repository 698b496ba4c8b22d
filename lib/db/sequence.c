/* Sequences: see sequence.h. */
#include "lib/db/sequence.h"

int vip_sequence_next(struct vip_batch *batch, const char *name, int64_t *number,
                      struct vip_diag *diag)
{
    struct vip_value value = vip_text(name);
    int error = vip_batch_need(batch, diag);
    if (error != VIP_OK)
        return error;
    return vip_db_number(batch->db, VIP_SQL_sequence_next, number, 0, diag, &value, 1);
}
