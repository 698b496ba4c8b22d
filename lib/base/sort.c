/* Numbers in order, byte by byte from the lowest; texts, some characters at a time from the first:
 * see sort.h. */
#include "lib/base/sort.h"

#include <stdbool.h>
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

/* ---- texts ---- */

/* A text's turn is its next characters and its index. */
enum { CHARACTERS = 5, INDEX_BITS = 64 - CHARACTERS * BITS };
_Static_assert(VIP_SORT_TEXTS <= 1 << INDEX_BITS, "more texts than a turn can tell");

static const char *text_of(const struct vip_sort_texts *texts, uint64_t index)
{
    return texts->text(texts->context, index);
}

static uint64_t text_turn(const char *text, uint64_t index)
{
    uint64_t turn = 0;
    for (int i = 0; i < CHARACTERS; i++) {
        turn = turn << BITS | (unsigned char)*text;
        text += *text != '\0';
    }
    return turn << INDEX_BITS | index;
}

/* How many characters all have in common from depth on. */
static size_t common(const struct vip_sort_texts *texts, const uint64_t *order, size_t count,
                     size_t depth)
{
    const char *first = text_of(texts, order[0]) + depth;
    size_t size = strlen(first);
    for (size_t i = 1; i < count && size > 0; i++) {
        const char *text = text_of(texts, order[i]) + depth;
        size_t same = 0;
        while (same < size && text[same] == first[same])
            same++;
        size = same;
    }
    return size;
}

static bool behind(const struct vip_sort_texts *texts, uint64_t a, uint64_t b, size_t depth)
{
    int difference = strcmp(text_of(texts, a) + depth, text_of(texts, b) + depth);
    return difference > 0 || (difference == 0 && a > b);
}

static void insert_texts(const struct vip_sort_texts *texts, uint64_t *order, size_t count,
                         size_t depth)
{
    for (size_t i = 1; i < count; i++) {
        uint64_t index = order[i];
        size_t at = i;
        for (; at > 0 && behind(texts, order[at - 1], index, depth); at--)
            order[at] = order[at - 1];
        order[at] = index;
    }
}

/* All of them have their first depth characters in common. */
static void sort_texts(const struct vip_sort_texts *texts, uint64_t *order, uint64_t *scratch,
                       size_t count, size_t depth)
{
    const uint64_t index_mask = (UINT64_C(1) << INDEX_BITS) - 1;
    if (count <= FEW) {
        insert_texts(texts, order, count, depth);
        return;
    }
    depth += common(texts, order, count, depth);
    for (size_t i = 0; i < count; i++)
        order[i] = text_turn(text_of(texts, order[i]) + depth, order[i]);
    vip_sort_numbers(order, scratch, count);
    for (size_t first = 0, next; first < count; first = next) {
        uint64_t characters = order[first] >> INDEX_BITS;
        for (next = first; next < count && order[next] >> INDEX_BITS == characters; next++)
            order[next] &= index_mask;
        if (characters & (VALUES - 1)) /* they go on */
            sort_texts(texts, order + first, scratch, next - first, depth + CHARACTERS);
    }
}

size_t vip_sort_texts(const struct vip_sort_texts *texts, uint64_t *order)
{
    size_t count = 0;
    for (size_t i = 0; i < texts->count; i++)
        if (text_of(texts, i))
            order[count++] = i;
    sort_texts(texts, order, order + texts->count, count, 0);
    return count;
}
