/* Numbers and texts by the million in order: radix sorts, some ten times as fast as qsort. */
#ifndef VIP_BASE_SORT_H
#define VIP_BASE_SORT_H

#include <stddef.h>
#include <stdint.h>

/* Puts count numbers in rising order; scratch has room for as many. */
void vip_sort_numbers(uint64_t *numbers, uint64_t *scratch, size_t count);

/* A turn is a number that sorts by a key, and by the index among those of one key; both are below
 * 2^32. */
static inline uint64_t vip_turn(int64_t key, size_t index)
{
    return (uint64_t)key << 32 | index;
}

static inline int64_t vip_turn_key(uint64_t turn)
{
    return (int64_t)(turn >> 32);
}

static inline size_t vip_turn_index(uint64_t turn)
{
    return turn & UINT32_MAX;
}

enum { VIP_SORT_TEXTS = 1 << 24 }; /* at most so many at once */

struct vip_sort_texts {
    const char *(*text)(const void *context, size_t index); /* NULL: takes no part */
    const void *context;
    size_t count;
};

/* Puts the indexes of the texts into the order of strcmp, equal texts by their indexes. order has
 * room for 2 × count. Returns how many take part. */
size_t vip_sort_texts(const struct vip_sort_texts *texts, uint64_t *order);

#endif
