/* Private to the files of remind.h: what is due, as it is gathered. */
#ifndef VIP_DB_REMIND_ITEMS_H
#define VIP_DB_REMIND_ITEMS_H

#include "lib/db/remind.h"

struct vip_remind_items { /* items is from the heap: free it */
    struct vip_remind_item *items;
    size_t count, capacity;
};

int vip_remind_items_add(struct vip_remind_items *items, const struct vip_remind_item *item,
                         struct vip_diag *diag);

/* In the order of reminders.csv, then of the day due, then of members. */
void vip_remind_items_sort(struct vip_remind_items *items, const struct vip_program *program);

/* Copies them into the arena and frees them, whatever `error` is; returns it, or its own. */
int vip_remind_items_end(struct vip_remind_items *items, int error, struct vip_arena *arena,
                         struct vip_remind_item **to, size_t *count, struct vip_diag *diag);

/* Adds what waits until as_of + ahead, and under query->given what was given on as_of. */
int vip_remind_items_kept(struct vip_remind_items *items, struct vip_db *db,
                          const struct vip_remind_query *query, struct vip_arena *arena,
                          struct vip_diag *diag);

#endif
