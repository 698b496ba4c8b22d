/* Memory: arenas, growing buffers and arrays, all with checked sizes. */
#include "lib/base/memory.h"

#include "lib/base/error.h"
#include <stdalign.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Blocks double from small to large: an arena of three texts stays small, one of a batch of rows
 * asks the system rarely. */
enum { FIRST_BLOCK = 4096, LARGEST_BLOCK = 1 << 20, FIRST_CAPACITY = 8 };

struct vip_arena_block {
    struct vip_arena_block *older;
    size_t capacity;
    size_t used;
    alignas(max_align_t) char data[];
};

static struct vip_arena_block *add_block(struct vip_arena *arena, size_t need)
{
    size_t capacity = FIRST_BLOCK;
    if (arena->current)
        capacity = arena->current->capacity * 2;
    if (capacity > LARGEST_BLOCK)
        capacity = LARGEST_BLOCK;
    if (capacity < need)
        capacity = need;
    if (capacity > SIZE_MAX / 2)
        return NULL;
    struct vip_arena_block *block = malloc(sizeof *block + capacity);
    if (!block)
        return NULL;
    block->older = arena->current;
    block->capacity = capacity;
    block->used = 0;
    arena->current = block;
    return block;
}

static void *take(struct vip_arena *arena, size_t size, size_t alignment)
{
    struct vip_arena_block *block = arena->current;
    size_t start = 0;
    if (block)
        start = (block->used + alignment - 1) & ~(alignment - 1);
    if (!block || start > block->capacity || size > block->capacity - start) {
        block = add_block(arena, size);
        start = 0;
    }
    if (!block)
        return NULL;
    block->used = start + size;
    arena->used += size;
    return block->data + start;
}

void *vip_arena_take(struct vip_arena *arena, size_t size)
{
    return take(arena, size, alignof(max_align_t));
}

void *vip_arena_zero(struct vip_arena *arena, size_t count, size_t size)
{
    size_t total;
    if (__builtin_mul_overflow(count, size, &total))
        return NULL;
    void *memory = vip_arena_take(arena, total);
    if (memory)
        memset(memory, 0, total);
    return memory;
}

char *vip_arena_copy(struct vip_arena *arena, const char *text, size_t size)
{
    if (size == SIZE_MAX)
        return NULL;
    char *copy = take(arena, size + 1, 1);
    if (!copy)
        return NULL;
    if (size > 0)
        memcpy(copy, text, size);
    copy[size] = '\0';
    return copy;
}

char *vip_arena_text(struct vip_arena *arena, const char *text)
{
    return text ? vip_arena_copy(arena, text, strlen(text)) : NULL;
}

char *vip_arena_format(struct vip_arena *arena, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (length < 0)
        return NULL;
    char *text = take(arena, (size_t)length + 1, 1);
    if (!text)
        return NULL;
    va_start(arguments, format);
    vsnprintf(text, (size_t)length + 1, format, arguments);
    va_end(arguments);
    return text;
}

void vip_arena_reset(struct vip_arena *arena)
{
    struct vip_arena_block *largest = NULL;
    struct vip_arena_block *older;
    for (struct vip_arena_block *block = arena->current; block; block = older) {
        older = block->older;
        if (!largest || block->capacity > largest->capacity) {
            free(largest);
            largest = block;
        } else {
            free(block);
        }
    }
    if (largest) {
        largest->older = NULL;
        largest->used = 0;
    }
    arena->current = largest;
    arena->used = 0;
}

void vip_arena_free(struct vip_arena *arena)
{
    vip_arena_reset(arena);
    free(arena->current);
    arena->current = NULL;
}

int vip_buffer_reserve(struct vip_buffer *buffer, size_t more)
{
    size_t need;
    if (__builtin_add_overflow(buffer->size, more, &need) || need == SIZE_MAX)
        return VIP_EMEMORY;
    void *data = buffer->data;
    if (!data || need + 1 > buffer->capacity) {
        if (vip_array_grow(&data, &buffer->capacity, need < 63 ? 64 : need + 1, 1) < 0)
            return VIP_EMEMORY;
        buffer->data = data;
        buffer->data[buffer->size] = '\0';
    }
    return VIP_OK;
}

int vip_buffer_add(struct vip_buffer *buffer, const void *data, size_t size)
{
    if (vip_buffer_reserve(buffer, size) < 0)
        return VIP_EMEMORY;
    if (size > 0)
        memcpy(buffer->data + buffer->size, data, size);
    buffer->size += size;
    buffer->data[buffer->size] = '\0';
    return VIP_OK;
}

int vip_buffer_text(struct vip_buffer *buffer, const char *text)
{
    return vip_buffer_add(buffer, text, strlen(text));
}

int vip_buffer_byte(struct vip_buffer *buffer, char byte)
{
    return vip_buffer_add(buffer, &byte, 1);
}

int vip_buffer_format(struct vip_buffer *buffer, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (length < 0 || vip_buffer_reserve(buffer, (size_t)length) < 0)
        return VIP_EMEMORY;
    va_start(arguments, format);
    vsnprintf(buffer->data + buffer->size, (size_t)length + 1, format, arguments);
    va_end(arguments);
    buffer->size += (size_t)length;
    return VIP_OK;
}

void vip_buffer_clear(struct vip_buffer *buffer)
{
    buffer->size = 0;
    if (buffer->data)
        buffer->data[0] = '\0';
}

void vip_buffer_free(struct vip_buffer *buffer)
{
    free(buffer->data);
    *buffer = (struct vip_buffer){0};
}

int vip_array_grow(void **items, size_t *capacity, size_t need, size_t item_size)
{
    if (*items && need <= *capacity)
        return VIP_OK;
    size_t wanted = *capacity < FIRST_CAPACITY ? FIRST_CAPACITY : *capacity;
    while (wanted < need) {
        if (wanted > SIZE_MAX / 2)
            return VIP_EMEMORY;
        wanted *= 2;
    }
    size_t bytes;
    if (__builtin_mul_overflow(wanted, item_size, &bytes) || bytes > SIZE_MAX / 2)
        return VIP_EMEMORY;
    void *grown = realloc(*items, bytes);
    if (!grown)
        return VIP_EMEMORY;
    *items = grown;
    *capacity = wanted;
    return VIP_OK;
}
