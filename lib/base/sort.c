/* Numbers in order, byte by byte from the lowest: see sort.h. */
#include "lib/base/sort.h"

#include <string.h>

enum { VALUES = 256, BITS = 8, FEW = 32 };

static void insert(uint64_t *numbers, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        uint64_t number = numbers[i];
        size_t at = i;
        for (; at > 0 && numbers[at - 1] > number; at--)
            numbers[at] = numbers[at - 1];
        numbers[at] = number;
    }
}

/* The bits in which the numbers differ: bytes that are all the same need no pass. */
static uint64_t differing(const uint64_t *numbers, size_t count)
{
    uint64_t bits = 0;
    for (size_t i = 1; i < count; i++)
        bits |= numbers[i] ^ numbers[0];
    return bits;
}

static void pass(const uint64_t *from, uint64_t *to, size_t count, int shift)
{
    size_t place[VALUES] = {0}, next = 0;
    for (size_t i = 0; i < count; i++)
        place[from[i] >> shift & (VALUES - 1)]++;
    for (int i = 0; i < VALUES; i++) {
        size_t here = place[i];
        place[i] = next;
        next += here;
    }
    for (size_t i = 0; i < count; i++)
        to[place[from[i] >> shift & (VALUES - 1)]++] = from[i];
}

void vip_sort_numbers(uint64_t *numbers, uint64_t *scratch, size_t count)
{
    if (count <= FEW) {
        insert(numbers, count);
        return;
    }
    uint64_t bits = differing(numbers, count), *from = numbers, *to = scratch;
    for (int shift = 0; shift < 64; shift += BITS) {
        if (!(bits >> shift & (VALUES - 1)))
            continue;
        pass(from, to, count, shift);
        uint64_t *swap = from;
        from = to;
        to = swap;
    }
    if (from != numbers)
        memcpy(numbers, from, count * sizeof *numbers);
}
