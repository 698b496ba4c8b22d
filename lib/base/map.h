/* A hash map from a text or a 64-bit number to a 64-bit number; open addressing, no deletion. */
#ifndef VIP_BASE_MAP_H
#define VIP_BASE_MAP_H

#include "lib/base/memory.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct vip_map_slot;

/* A zeroed struct is an empty map. Use a map with texts or with numbers as keys, never with both. */
struct vip_map {
    struct vip_map_slot *slots;
    size_t count;
    size_t capacity;
    struct vip_arena keys; /* copies of text keys */
};

/* True and *value when key is there. */
bool vip_map_find(const struct vip_map *map, const char *key, int64_t *value);
bool vip_map_find_number(const struct vip_map *map, int64_t key, int64_t *value);

/* Adds or replaces; copies the key. Returns 0 or VIP_EMEMORY. */
int vip_map_put(struct vip_map *map, const char *key, int64_t value);
int vip_map_put_number(struct vip_map *map, int64_t key, int64_t value);

/* Forgets all entries and keeps the slots. */
void vip_map_clear(struct vip_map *map);
void vip_map_free(struct vip_map *map);

#endif
