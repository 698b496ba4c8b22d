/* Memory: an arena for what lives as long as a batch, a growing buffer for bytes, checked sizes. */
#ifndef VIP_BASE_MEMORY_H
#define VIP_BASE_MEMORY_H

#include <stddef.h>

struct vip_arena_block;

/* An arena gives memory that is taken back all at once. A zeroed struct is an empty arena. */
struct vip_arena {
    struct vip_arena_block *current; /* blocks linked from the newest to the oldest */
    size_t used;                     /* bytes given since the last reset, for limits and tests */
};

/* size bytes aligned for any type, not zeroed; NULL when out of memory. Owned by the arena. */
void *vip_arena_take(struct vip_arena *arena, size_t size);

/* count × size bytes, zeroed; NULL when out of memory or when the product overflows. */
void *vip_arena_zero(struct vip_arena *arena, size_t count, size_t size);

/* A copy of size bytes of text plus a NUL; NULL when out of memory. */
char *vip_arena_copy(struct vip_arena *arena, const char *text, size_t size);

/* A copy of a NUL-terminated text (NULL gives NULL); NULL when out of memory. */
char *vip_arena_text(struct vip_arena *arena, const char *text);

/* printf into the arena; NULL when out of memory. */
char *vip_arena_format(struct vip_arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Forgets everything but keeps the largest block for the next batch. */
void vip_arena_reset(struct vip_arena *arena);

/* Gives all memory back. The arena may be used again. */
void vip_arena_free(struct vip_arena *arena);

/* A growing run of bytes, NUL-terminated behind size. A zeroed struct is an empty buffer. */
struct vip_buffer {
    char *data; /* owned; NULL while nothing was ever added */
    size_t size;
    size_t capacity;
};

/* Each returns 0 or VIP_EMEMORY (the buffer is then unchanged). */
int vip_buffer_add(struct vip_buffer *buffer, const void *data, size_t size);
int vip_buffer_text(struct vip_buffer *buffer, const char *text);
int vip_buffer_byte(struct vip_buffer *buffer, char byte);
int vip_buffer_format(struct vip_buffer *buffer, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
int vip_buffer_reserve(struct vip_buffer *buffer, size_t more);
void vip_buffer_clear(struct vip_buffer *buffer); /* size 0, keeps the memory */
void vip_buffer_free(struct vip_buffer *buffer);

/* Grows the array *items of items of item_size so that it holds at least need of them (doubling);
 * *capacity is updated. Returns 0 or VIP_EMEMORY (both unchanged). free() releases it. */
int vip_array_grow(void **items, size_t *capacity, size_t need, size_t item_size);

#endif
