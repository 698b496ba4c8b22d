/* A hash map with open addressing and linear probing. Posting looks up a few texts for each of
 * millions of rows, so a slot keeps its hash: a probe compares eight bytes before it touches a
 * key, and growing never hashes again. */
#include "lib/base/map.h"

#include "lib/base/error.h"
#include <stdlib.h>
#include <string.h>

enum { FIRST_SLOTS = 64 }; /* a power of two, like every later capacity */

struct vip_map_slot {
    uint64_t hash; /* 0: free */
    union {
        const char *text;
        int64_t number;
    } key;
    int64_t value;
};

__extension__ typedef unsigned __int128 uint128;

/* Odd numbers with well-mixed bits (fractions of the golden ratio and of square roots). */
#define MIX_A UINT64_C(0x9E3779B97F4A7C15)
#define MIX_B UINT64_C(0xBB67AE8584CAA73B)
#define MIX_C UINT64_C(0x3C6EF372FE94F82B)

/* Both halves of the 128-bit product folded: every bit of a and b reaches every bit of it. */
static uint64_t mix(uint64_t a, uint64_t b)
{
    uint128 product = (uint128)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static uint64_t read_word(const char *text, size_t size)
{
    uint64_t word = 0;
    memcpy(&word, text, size);
    return word;
}

static uint64_t hash_text(const char *text)
{
    size_t size = strlen(text);
    uint64_t hash = MIX_C ^ (size * MIX_A);
    for (; size >= 8; text += 8, size -= 8)
        hash = mix(hash ^ read_word(text, 8), MIX_A);
    hash = mix(hash ^ read_word(text, size), MIX_B);
    return hash ? hash : 1;
}

static uint64_t hash_number(int64_t number)
{
    uint64_t hash = mix((uint64_t)number ^ MIX_C, MIX_A);
    hash ^= hash >> 32;
    return hash ? hash : 1;
}

/* The slot that holds the key, or the free one where it belongs. The map has slots. */
static struct vip_map_slot *text_slot(const struct vip_map *map, const char *key, uint64_t hash)
{
    size_t mask = map->capacity - 1;
    size_t at = (size_t)hash & mask;
    while (map->slots[at].hash &&
           (map->slots[at].hash != hash || strcmp(map->slots[at].key.text, key) != 0))
        at = (at + 1) & mask;
    return &map->slots[at];
}

static struct vip_map_slot *number_slot(const struct vip_map *map, int64_t key, uint64_t hash)
{
    size_t mask = map->capacity - 1;
    size_t at = (size_t)hash & mask;
    while (map->slots[at].hash && (map->slots[at].hash != hash || map->slots[at].key.number != key))
        at = (at + 1) & mask;
    return &map->slots[at];
}

static void move_slots(const struct vip_map *map, struct vip_map_slot *to, size_t capacity)
{
    for (size_t i = 0; i < map->capacity; i++) {
        if (!map->slots[i].hash)
            continue;
        size_t at = (size_t)map->slots[i].hash & (capacity - 1);
        while (to[at].hash)
            at = (at + 1) & (capacity - 1);
        to[at] = map->slots[i];
    }
}

/* Room for one more entry at a load of at most 0.7. */
static int make_room(struct vip_map *map)
{
    if (map->count + 1 <= map->capacity / 10 * 7)
        return VIP_OK;
    size_t capacity = map->capacity ? map->capacity * 2 : FIRST_SLOTS;
    if (capacity < map->capacity)
        return VIP_EMEMORY;
    struct vip_map_slot *slots = calloc(capacity, sizeof *slots);
    if (!slots)
        return VIP_EMEMORY;
    move_slots(map, slots, capacity);
    free(map->slots);
    map->slots = slots;
    map->capacity = capacity;
    return VIP_OK;
}

static bool value_of(const struct vip_map_slot *slot, int64_t *value)
{
    if (!slot->hash)
        return false;
    if (value)
        *value = slot->value;
    return true;
}

bool vip_map_find(const struct vip_map *map, const char *key, int64_t *value)
{
    return map->count > 0 && value_of(text_slot(map, key, hash_text(key)), value);
}

bool vip_map_find_number(const struct vip_map *map, int64_t key, int64_t *value)
{
    return map->count > 0 && value_of(number_slot(map, key, hash_number(key)), value);
}

int vip_map_put(struct vip_map *map, const char *key, int64_t value)
{
    if (make_room(map) < 0)
        return VIP_EMEMORY;
    uint64_t hash = hash_text(key);
    struct vip_map_slot *slot = text_slot(map, key, hash);
    if (!slot->hash) {
        const char *copy = vip_arena_text(&map->keys, key);
        if (!copy)
            return VIP_EMEMORY;
        slot->key.text = copy;
        slot->hash = hash;
        map->count++;
    }
    slot->value = value;
    return VIP_OK;
}

int vip_map_put_number(struct vip_map *map, int64_t key, int64_t value)
{
    if (make_room(map) < 0)
        return VIP_EMEMORY;
    uint64_t hash = hash_number(key);
    struct vip_map_slot *slot = number_slot(map, key, hash);
    if (!slot->hash) {
        slot->key.number = key;
        slot->hash = hash;
        map->count++;
    }
    slot->value = value;
    return VIP_OK;
}

void vip_map_clear(struct vip_map *map)
{
    if (map->slots)
        memset(map->slots, 0, map->capacity * sizeof *map->slots);
    map->count = 0;
    vip_arena_reset(&map->keys);
}

void vip_map_free(struct vip_map *map)
{
    free(map->slots);
    vip_arena_free(&map->keys);
    *map = (struct vip_map){0};
}
