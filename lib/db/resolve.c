/* Who each row of a batch means. The numbers that rows show are put in order first: each is then
 * asked for once, many by one statement, and those that are asked for together lie side by side. */
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

_Static_assert(POSTER_BATCH_BYTES / sizeof(struct vip_posting) < VIP_SORT_TEXTS,
               "a batch has more rows than texts can be sorted");

/* The lines of a receipt share one text: the first of them stands for all. */
static bool leads(const struct vip_poster *poster, size_t index, enum poster_key kind)
{
    const struct vip_posting *row = &poster->part[index];
    return row->key_kind == kind && (index == 0 || row[-1].key != row->key);
}

struct numbers { /* of one kind */
    const struct vip_poster *poster;
    enum poster_key kind;
};

static const char *number_at(const void *context, size_t index)
{
    const struct numbers *numbers = context;
    return leads(numbers->poster, index, numbers->kind) ? numbers->poster->part[index].key : NULL;
}

/* The row and those behind it that share its text. */
static int settle_rows(struct vip_poster *poster, struct vip_posting *first, int found,
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

struct run { /* rows that show the same number stand behind each other in the order */
    size_t first, end;
};

enum { RUNS = 256 };

/* The runs that come next in the order from first on; returns how many. */
static size_t find_runs(const struct vip_poster *poster, const uint64_t *order, size_t first,
                        size_t count, struct run *runs, struct vip_identity *identities)
{
    size_t found = 0;
    const char *last = NULL;
    for (size_t i = first; i < count; i++) {
        const struct vip_posting *row = &poster->part[order[i]];
        if (i + VIP_SOON < count)
            poster_fetch(&poster->part[order[i + VIP_SOON]],
                         poster->part[order[i + VIP_NEXT]].key);
        if (last && strcmp(last, row->key) == 0) {
            runs[found - 1].end++;
            continue;
        }
        if (found == RUNS)
            break;
        identities[found] = identity_of(row);
        runs[found++] = (struct run){i, i + 1};
        last = row->key;
    }
    return found;
}

static int resolve_run(struct vip_poster *poster, const uint64_t *order, const struct run *run,
                       int64_t member, struct vip_diag *diag)
{
    int found = VIP_OK, error = VIP_OK;
    if (!member)
        found = identify(poster, &poster->part[order[run->first]], NULL, &member, diag);
    if (found != VIP_OK && found != VIP_EREFUSED)
        return found;
    for (size_t i = run->first; i < run->end && error == VIP_OK; i++)
        error = settle_rows(poster, &poster->part[order[i]], found, member, diag);
    return error;
}

static int resolve_kind(struct vip_poster *poster, enum poster_key kind, uint64_t *order,
                        struct vip_diag *diag)
{
    const struct numbers numbers = {poster, kind};
    const struct vip_sort_texts texts = {number_at, &numbers, poster->part_count};
    struct run runs[RUNS];
    struct vip_identity identities[RUNS];
    int64_t members[RUNS];
    size_t count = vip_sort_texts(&texts, order), run_count;
    int error = VIP_OK;
    for (size_t first = 0; first < count && error == VIP_OK; first = runs[run_count - 1].end) {
        run_count = find_runs(poster, order, first, count, runs, identities);
        error = vip_members_identify(poster_db(poster), identities, run_count, members, diag);
        for (size_t i = 0; i < run_count && error == VIP_OK; i++)
            error = resolve_run(poster, order, &runs[i], members[i], diag);
    }
    return error;
}

/* A file most often names all its members in one way: the others are not looked for. */
int poster_resolve_members(struct vip_poster *poster, struct vip_diag *diag)
{
    bool shown[KEY_SEVERAL + 1] = {false};
    for (size_t i = 0; i < poster->part_count; i++)
        shown[poster->part[i].key_kind] = true;
    uint64_t *order = calloc(2 * poster->part_count + 1, sizeof *order);
    int error = order ? VIP_OK : vip_fail_memory(diag);
    if (error == VIP_OK && shown[KEY_SEVERAL])
        error = resolve_several(poster, diag);
    for (enum poster_key kind = KEY_MEMBER; kind <= KEY_PHONE && error == VIP_OK; kind++)
        if (shown[kind])
            error = resolve_kind(poster, kind, order, diag);
    free(order);
    return error;
}
