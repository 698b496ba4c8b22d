/* vip_rfm: recency, frequency and monetary value of all buying members with their scores, from the
 * days that are kept (store_day.h); either a row for each member or one for each cell of the cube
 * of scores. */
#include "lib/base/memory.h"
#include "lib/base/sort.h"
#include "lib/db/computed.h"
#include "lib/db/store_day.h"

#include <stdlib.h>

enum { SCORES = 5, FIGURES = 3, CELLS = SCORES * SCORES * SCORES };

struct buyer {
    int64_t frequency; /* days on which something was kept; 0: no buyer, or none of those asked */
    vip_day last;
    vip_fen monetary;
};

struct rfm {
    struct buyer *buyers; /* by number of the member */
    size_t size, capacity;
    size_t count;                      /* of those with a frequency */
    int64_t cuts[FIGURES][SCORES - 1]; /* a figure above the n-th cut has a score above n */
    uint64_t *numbers, *scratch;       /* for sorting */
};

/* ---- the figures ---- */

static int reach(struct rfm *rfm, int64_t member, struct vip_diag *diag)
{
    size_t before = rfm->capacity;
    if (member < 0 || vip_array_grow((void **)&rfm->buyers, &rfm->capacity, (size_t)member + 1,
                                     sizeof *rfm->buyers) != VIP_OK)
        return vip_fail_memory(diag);
    for (size_t i = before; i < rfm->capacity; i++)
        rfm->buyers[i] = (struct buyer){0};
    if (rfm->size <= (size_t)member)
        rfm->size = (size_t)member + 1;
    return VIP_OK;
}

/* Days come in their order. */
static int add_day(struct rfm *rfm, vip_day day, struct vip_buyers buyers, struct vip_diag *diag)
{
    while (vip_buyers_next(&buyers)) {
        size_t member = (size_t)(buyers.who / 2);
        if (buyers.who % 2 || buyers.kept <= 0)
            continue;
        if (member >= rfm->size && reach(rfm, (int64_t)member, diag) != VIP_OK)
            return VIP_EMEMORY;
        struct buyer *buyer = &rfm->buyers[member];
        buyer->frequency += !buyer->frequency || buyer->last != day;
        buyer->last = day;
        if (!vip_add(buyer->monetary, buyers.kept, &buyer->monetary))
            return vip_fail(diag, VIP_EDATABASE, "the sum of a member's purchases does not fit");
    }
    return VIP_OK;
}

static int read_days(struct rfm *rfm, struct vip_db *db, const struct vip_value *arguments,
                     struct vip_diag *diag)
{
    struct vip_statement *row = NULL;
    int error = VIP_OK;
    int more = vip_db_query(db, VIP_SQL_store_day_scan, &row, diag, arguments[0], arguments[1],
                            vip_null());
    for (; more > 0 && error == VIP_OK; more = vip_step(row, diag)) {
        size_t size;
        const void *bytes = vip_column_bytes(row, 6, &size);
        error = add_day(rfm, vip_column_day(row, 0), vip_buyers_of(bytes, size), diag);
    }
    if (error != VIP_OK && more > 0)
        vip_reset(row);
    return error != VIP_OK ? error : more;
}

/* ---- who counts ---- */

static int leave_out(struct rfm *rfm, struct vip_db *db, struct vip_diag *diag)
{
    struct vip_statement *row = NULL;
    int more = vip_db_query_values(db, VIP_SQL_rfm_out, &row, diag, NULL, 0);
    for (; more > 0; more = vip_step(row, diag)) {
        size_t member = (size_t)vip_column_integer(row, 0);
        if (member < rfm->size)
            rfm->buyers[member].frequency = 0;
    }
    return more;
}

/* Narrowed by store, consultant or tier: all but those are left out. A frequency below zero marks
 * who stays. */
static int narrow(struct rfm *rfm, struct vip_db *db, const struct vip_value *arguments,
                  struct vip_diag *diag)
{
    struct vip_statement *row = NULL;
    if (arguments[2].type == VIP_NULL && arguments[3].type == VIP_NULL &&
        arguments[4].type == VIP_NULL)
        return VIP_OK;
    int more =
        vip_db_query(db, VIP_SQL_rfm_wanted, &row, diag, arguments[2], arguments[3], arguments[4]);
    for (; more > 0; more = vip_step(row, diag)) {
        size_t member = (size_t)vip_column_integer(row, 0);
        if (member < rfm->size)
            rfm->buyers[member].frequency *= -1;
    }
    for (size_t i = 0; i < rfm->size; i++)
        rfm->buyers[i].frequency = rfm->buyers[i].frequency < 0 ? -rfm->buyers[i].frequency : 0;
    return more;
}

/* ---- scores ---- */

static int64_t figure_of(const struct buyer *buyer, int figure)
{
    return figure == 0 ? buyer->last : figure == 1 ? buyer->frequency : buyer->monetary;
}

/* A score is 1 + the fifths of all buyers who are strictly worse: above n fifths stands who is
 * better than the buyer that is last of them. */
static void cut(struct rfm *rfm, int figure)
{
    size_t count = 0;
    for (size_t i = 0; i < rfm->size; i++)
        if (rfm->buyers[i].frequency) /* the first bit turned: negative numbers come first */
            rfm->numbers[count++] = (uint64_t)figure_of(&rfm->buyers[i], figure) ^ UINT64_C(1)
                                                                                       << 63;
    vip_sort_numbers(rfm->numbers, rfm->scratch, count);
    for (size_t n = 1; count && n < SCORES; n++) {
        size_t worse = (n * count + SCORES - 1) / SCORES;
        rfm->cuts[figure][n - 1] = (int64_t)(rfm->numbers[worse - 1] ^ UINT64_C(1) << 63);
    }
}

static int64_t score(const struct rfm *rfm, const struct buyer *buyer, int figure)
{
    int64_t number = figure_of(buyer, figure), above = 0;
    for (int i = 0; i < SCORES - 1; i++)
        above += number > rfm->cuts[figure][i];
    return 1 + above;
}

static int find_cuts(struct rfm *rfm, struct vip_diag *diag)
{
    for (size_t i = 0; i < rfm->size; i++)
        rfm->count += rfm->buyers[i].frequency != 0;
    rfm->numbers = calloc(rfm->count + 1, sizeof *rfm->numbers);
    rfm->scratch = calloc(rfm->count + 1, sizeof *rfm->scratch);
    if (!rfm->numbers || !rfm->scratch)
        return vip_fail_memory(diag);
    for (int figure = 0; figure < FIGURES; figure++)
        cut(rfm, figure);
    return VIP_OK;
}

/* ---- rows ---- */

enum { MEMBER, R, F, M, MEMBERS, LAST, FREQUENCY, MONETARY, COLUMNS };

static void describe(const struct rfm *rfm, size_t member, int64_t row[COLUMNS])
{
    const struct buyer *buyer = &rfm->buyers[member];
    row[MEMBER] = (int64_t)member;
    for (int figure = 0; figure < FIGURES; figure++)
        row[R + figure] = score(rfm, buyer, figure);
    row[MEMBERS] = 1;
    row[LAST] = buyer->last;
    row[FREQUENCY] = buyer->frequency;
    row[MONETARY] = buyer->monetary;
}

static int give_members(const struct rfm *rfm, struct vip_computed_rows *cells,
                        struct vip_diag *diag)
{
    int64_t row[COLUMNS];
    int error = VIP_OK;
    for (size_t i = 0; i < rfm->size && error == VIP_OK; i++) {
        if (!rfm->buyers[i].frequency)
            continue;
        describe(rfm, i, row);
        error = vip_computed_add(cells, row, COLUMNS, diag);
    }
    return error;
}

static int give_cells(const struct rfm *rfm, struct vip_computed_rows *cells, struct vip_diag *diag)
{
    int64_t sums[CELLS][COLUMNS] = {{0}}, row[COLUMNS];
    int error = VIP_OK;
    for (size_t i = 0; i < rfm->size; i++) {
        if (!rfm->buyers[i].frequency)
            continue;
        describe(rfm, i, row);
        int64_t *sum = sums[((row[R] - 1) * SCORES + row[F] - 1) * SCORES + row[M] - 1];
        for (int column = MEMBERS; column < MONETARY; column++)
            sum[column] += row[column];
        if (!vip_add(sum[MONETARY], row[MONETARY], &sum[MONETARY]))
            return vip_fail(diag, VIP_EDATABASE, "the sum of the purchases does not fit");
        sum[MEMBER] = VIP_NOTHING;
        for (int column = R; column <= M; column++)
            sum[column] = row[column];
    }
    for (int i = 0; i < CELLS && error == VIP_OK; i++)
        if (sums[i][MEMBERS])
            error = vip_computed_add(cells, sums[i], COLUMNS, diag);
    return error;
}

/* Arguments: from, to, store, consultant, tier, each. */
static int fill(struct vip_db *db, const struct vip_value *arguments,
                struct vip_computed_rows *cells, struct vip_diag *diag)
{
    struct rfm rfm = {0};
    bool each = arguments[5].type != VIP_NULL && arguments[5].number != 0;
    int error = read_days(&rfm, db, arguments, diag);
    if (error == VIP_OK)
        error = leave_out(&rfm, db, diag);
    if (error == VIP_OK)
        error = narrow(&rfm, db, arguments, diag);
    if (error == VIP_OK)
        error = find_cuts(&rfm, diag);
    if (error == VIP_OK)
        error = each ? give_members(&rfm, cells, diag) : give_cells(&rfm, cells, diag);
    free(rfm.buyers);
    free(rfm.numbers);
    free(rfm.scratch);
    return error;
}

const struct vip_computed vip_computed_rfm = {
    .name = "vip_rfm",
    .declaration = "CREATE TABLE x (member, r, f, m, members, last, frequency, monetary,"
                   " from_day HIDDEN, to_day HIDDEN, of_store HIDDEN, of_consultant HIDDEN,"
                   " of_tier HIDDEN, each HIDDEN)",
    .columns = COLUMNS,
    .arguments = 6,
    .fill = fill,
};
