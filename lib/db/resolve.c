/* Who each row of a batch means. The numbers that rows show are put in order first: each is then
 * asked for once, and those that are asked for one after the other lie side by side. */
#include "lib/base/sort.h"
#include "lib/db/poster.h"

#include <stdlib.h>
#include <string.h>

static struct vip_identity identity_of(const struct vip_posting *row)
{
    switch ((enum poster_key)row->key_kind) {
    case KEY_MEMBER:
        return (struct vip_identity){.member = row->key};
    case KEY_CARD:
        return (struct vip_identity){.card = row->key};
    case KEY_PHONE:
        return (struct vip_identity){.phone = row->key};
    case KEY_SEVERAL:
        return *(const struct vip_identity *)row->key;
    case KEY_NONE:
        break;
    }
    return (struct vip_identity){.member = NULL};
}

static int identify(struct vip_poster *poster, const struct vip_posting *row, struct vip_map *cache,
                    int64_t *member, struct vip_diag *diag)
{
    const struct vip_identity identity = identity_of(row);
    return vip_member_identify(poster_db(poster), &identity,
                               vip_programs_on(poster->programs, poster->batch.as_of)->identify,
                               cache, member, diag);
}

static int resolve_several(struct vip_poster *poster, struct vip_diag *diag)
{
    int error = VIP_OK;
    for (size_t i = 0; i < poster->part_count && error == VIP_OK; i++) {
        struct vip_posting *row = &poster->part[i];
        if (row->key_kind != KEY_SEVERAL)
            continue;
        error = identify(poster, row, &poster->members, &row->member, diag);
        if (error == VIP_EREFUSED)
            error = poster_refuse(poster, row, diag);
    }
    return error;
}

/* ---- numbers in order ---- */

/* The lines of a receipt share one text: the first of them stands for all. */
static bool leads(const struct vip_poster *poster, size_t index, enum poster_key kind)
{
    const struct vip_posting *row = &poster->part[index];
    return row->key_kind == kind && (index == 0 || row[-1].key != row->key);
}

/* How many bytes all numbers of the kind have in common at their beginning. */
static size_t common_bytes(const struct vip_poster *poster, enum poster_key kind)
{
    const char *first = NULL;
    size_t common = 0;
    for (size_t i = 0; i < poster->part_count; i++) {
        if (!leads(poster, i, kind))
            continue;
        const char *text = poster->part[i].key;
        if (!first) {
            first = text;
            common = strlen(text);
        }
        size_t same = 0;
        while (same < common && text[same] == first[same])
            same++;
        common = same;
    }
    return common;
}

/* A turn is six bits of each of the characters that follow, which tell digits from each other and
 * nearly all letters, and which row it is. */
enum { TURN_CHARACTERS = 7, CHARACTER_BITS = 6, INDEX_BITS = 22 };
_Static_assert(POSTER_BATCH_BYTES / sizeof(struct vip_posting) < 1u << INDEX_BITS,
               "a batch has more rows than a turn can tell");

static uint64_t turn_of(const char *text, size_t index)
{
    uint64_t turn = 0;
    for (int i = 0; i < TURN_CHARACTERS; i++) {
        unsigned int character = (unsigned char)*text - '0';
        turn = turn << CHARACTER_BITS | (character & ((1u << CHARACTER_BITS) - 1));
        text += *text != '\0';
    }
    return turn << INDEX_BITS | index;
}

static int by_text(const void *left, const void *right)
{
    const struct vip_posting *a = *(struct vip_posting *const *)left;
    const struct vip_posting *b = *(struct vip_posting *const *)right;
    return strcmp(a->key, b->key);
}

/* Puts the leading rows of the kind into by_key, in the order of their numbers. */
static size_t order_numbers(struct vip_poster *poster, enum poster_key kind, uint64_t *turns)
{
    size_t count = 0, common = common_bytes(poster, kind);
    for (size_t i = 0; i < poster->part_count; i++)
        if (leads(poster, i, kind))
            turns[count++] = turn_of((const char *)poster->part[i].key + common, i);
    vip_sort_numbers(turns, turns + poster->part_count, count);
    size_t start = 0; /* of those whose characters are the same so far */
    for (size_t i = 0; i < count; i++) {
        poster->by_key[i] = &poster->part[turns[i] & ((UINT64_C(1) << INDEX_BITS) - 1)];
        if (i + 1 < count && turns[i] >> INDEX_BITS == turns[i + 1] >> INDEX_BITS)
            continue;
        if (start < i)
            qsort(poster->by_key + start, i + 1 - start, sizeof *poster->by_key, by_text);
        start = i + 1;
    }
    return count;
}

/* The row and those behind it that share its text. */
static int settle_run(struct vip_poster *poster, struct vip_posting *first, int found,
                      int64_t member, struct vip_diag *diag)
{
    const struct vip_posting *end = poster->part + poster->part_count;
    int error = VIP_OK;
    for (struct vip_posting *row = first; row < end && row->key == first->key; row++) {
        row->member = found == VIP_OK ? member : 0;
        if (found == VIP_EREFUSED && error == VIP_OK)
            error = poster_refuse(poster, row, diag);
    }
    return error;
}

static int resolve_kind(struct vip_poster *poster, enum poster_key kind, uint64_t *turns,
                        struct vip_diag *diag)
{
    size_t count = order_numbers(poster, kind, turns);
    int64_t member = 0;
    int found = VIP_OK, error = VIP_OK;
    for (size_t i = 0; i < count && error == VIP_OK; i++) {
        struct vip_posting *row = poster->by_key[i];
        if (i + POSTER_SOON < count)
            poster_fetch(poster->by_key[i + POSTER_SOON], poster->by_key[i + POSTER_NEXT]->key);
        if (i == 0 || by_text(&poster->by_key[i - 1], &row) != 0)
            found = identify(poster, row, NULL, &member, diag);
        error = found == VIP_OK || found == VIP_EREFUSED
                    ? settle_run(poster, row, found, member, diag)
                    : found;
    }
    return error;
}

/* A file most often names all its members in one way: the others are not looked for. */
int poster_resolve_members(struct vip_poster *poster, struct vip_diag *diag)
{
    bool shown[KEY_SEVERAL + 1] = {false};
    for (size_t i = 0; i < poster->part_count; i++)
        shown[poster->part[i].key_kind] = true;
    uint64_t *turns = calloc(2 * poster->part_count + 1, sizeof *turns);
    int error = turns ? VIP_OK : vip_fail_memory(diag);
    if (error == VIP_OK && shown[KEY_SEVERAL])
        error = resolve_several(poster, diag);
    for (enum poster_key kind = KEY_MEMBER; kind <= KEY_PHONE && error == VIP_OK; kind++)
        if (shown[kind])
            error = resolve_kind(poster, kind, turns, diag);
    free(turns);
    return error;
}
