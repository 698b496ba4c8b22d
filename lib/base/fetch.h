/* Who walks along rows in another order than memory's meets none of them in the cache: he asks for
 * those that come soon, and for what those that come next point at. */
#ifndef VIP_BASE_FETCH_H
#define VIP_BASE_FETCH_H

#include <stddef.h>

/* How many steps ahead. */
enum { VIP_SOON = 12, VIP_NEXT = 6 };

/* Asks memory for size bytes. Always inlined: a compiler that sees a function without effects leaves
 * its calls out. */
__attribute__((always_inline)) static inline void vip_fetch(const void *start, size_t size)
{
    enum { LINE = 64 };
    const char *from = start;
    for (size_t at = 0; at < size; at += LINE)
        __builtin_prefetch(from + at);
    __builtin_prefetch(from + size - 1);
}

#endif
