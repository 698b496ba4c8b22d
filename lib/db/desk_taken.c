/* What was handed out of each reward, for its stock: a kept sum, read once a transaction and
 * written at its end. See desk.h. */
#include "lib/db/desk.h"

#include <stdlib.h>
#include <string.h>

struct desk_taken {
    char *reward;
    int64_t stored, added; /* as the database has it; by this transaction */
};

/* NULL when out of memory or out of a database: see *error. */
static struct desk_taken *find_taken(struct vip_desk *desk, const char *reward, int *error,
                                     struct vip_diag *diag)
{
    struct vip_value value = vip_text(reward);
    for (size_t i = 0; i < desk->taken_count; i++)
        if (strcmp(desk->taken[i].reward, reward) == 0)
            return &desk->taken[i];
    void *grown = desk->taken;
    *error =
        vip_array_grow(&grown, &desk->taken_capacity, desk->taken_count + 1, sizeof *desk->taken);
    desk->taken = grown;
    struct desk_taken taken = {.reward = *error == VIP_OK ? strdup(reward) : NULL};
    if (!taken.reward) {
        *error = vip_fail_memory(diag);
        return NULL;
    }
    *error = vip_db_number(desk->batch.db, VIP_SQL_reward_taken, &taken.stored, 0, diag, &value, 1);
    if (*error != VIP_OK) {
        free(taken.reward);
        return NULL;
    }
    desk->taken[desk->taken_count] = taken;
    return &desk->taken[desk->taken_count++];
}

int desk_load_taken(struct desk_visit *visit, const char *reward)
{
    int error = VIP_OK;
    const struct desk_taken *taken = find_taken(visit->desk, reward, &error, visit->diag);
    if (taken)
        visit->who.taken = taken->stored + taken->added;
    return error;
}

int desk_note_taken(struct vip_desk *desk, const char *reward, int64_t quantity,
                    struct vip_diag *diag)
{
    int error = VIP_OK;
    struct desk_taken *taken = find_taken(desk, reward, &error, diag);
    if (taken && !vip_add(taken->added, quantity, &taken->added))
        return vip_refuse(diag, "overflow", "quantity", "is more than can be counted");
    return error;
}

int desk_write_taken(struct vip_desk *desk, struct vip_diag *diag)
{
    int error = VIP_OK;
    for (size_t i = 0; error == VIP_OK && i < desk->taken_count; i++)
        if (desk->taken[i].added)
            error = vip_db_run(desk->batch.db, VIP_SQL_reward_taken_set, diag,
                               vip_text(desk->taken[i].reward),
                               vip_int(desk->taken[i].stored + desk->taken[i].added));
    return error;
}

void desk_forget_taken(struct vip_desk *desk)
{
    for (size_t i = 0; i < desk->taken_count; i++)
        free(desk->taken[i].reward);
    desk->taken_count = 0;
}
