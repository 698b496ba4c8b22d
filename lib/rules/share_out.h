/* Sharing a store's members out among its staff: equally, and so that as many as possible keep the
 * one who looks after them (SPEC 4). */
#ifndef VIP_RULES_SHARE_OUT_H
#define VIP_RULES_SHARE_OUT_H

#include <stddef.h>

enum { VIP_NOBODY = -1 };

/* holders[i] is who looks after member i now: 0 to people - 1, anything else is nobody of them.
 * Members stand in the order in which the store numbers them. It is replaced by who is to look
 * after member i. Nobody gets more than one member more than another; those who have most now get
 * the one more; each keeps the first of their own, and what is left over is dealt out in order, to
 * each in turn who lacks some. room holds 2 * people numbers. people is at least 1. */
void vip_share_out(int *holders, size_t members, size_t people, size_t *room);

#endif
