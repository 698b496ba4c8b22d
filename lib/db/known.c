/* Which lines of a batch are there already: the batch is sorted by the key of the purchase table
 * and walked along it, so that a file posted again costs one pass over its own pages, and a new
 * day, whose receipts lie behind all others of their store, costs one look-up a store. */
#include "lib/db/poster.h"

#include <stdlib.h>
#include <string.h>

/* ---- the order of the key ---- */

static int by_key(const void *left, const void *right)
{
    const struct vip_posting *a = *(struct vip_posting *const *)left;
    const struct vip_posting *b = *(struct vip_posting *const *)right;
    int order = strcmp(a->receipt, b->receipt);
    if (order)
        return order;
    if (a->line != b->line)
        return a->line < b->line ? -1 : 1;
    return (a > b) - (a < b); /* rows stand in the order of the input */
}

/* Stores in the order of their ids, as the table has them; new ones behind. */
static int64_t store_order(const struct vip_poster *poster, uint32_t place)
{
    int64_t id = poster->codes[place].id;
    return id ? id : INT64_MAX / 2 + place;
}

struct store_run { /* where a store's rows stand in by_key */
    int64_t order;
    size_t count, next;
    uint32_t place;
};

static int by_order(const void *left, const void *right)
{
    const struct store_run *a = left, *b = right;
    return (a->order > b->order) - (a->order < b->order);
}

/* Puts the rows behind each other store by store, in the order of the input within a store. */
static void deal_out(struct vip_poster *poster, struct store_run *runs, size_t *first)
{
    for (uint32_t i = 0; i < poster->code_count; i++) {
        poster->codes[i].order = store_order(poster, i);
        runs[i] = (struct store_run){.order = poster->codes[i].order, .place = i};
    }
    for (size_t i = 0; i < poster->part_count; i++)
        runs[poster->part[i].store].count++;
    qsort(runs, poster->code_count, sizeof *runs, by_order);
    size_t next = 0;
    for (size_t i = 0; i < poster->code_count; i++) {
        first[runs[i].place] = next;
        next += runs[i].count;
    }
    for (size_t i = 0; i < poster->part_count; i++)
        poster->by_key[first[poster->part[i].store]++] = &poster->part[i];
}

/* A till numbers its receipts upwards: most often a store's rows are in order already. */
static void order_store(struct vip_posting **rows, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        poster_fetch_key(rows, i, count);
        if (by_key(&rows[i - 1], &rows[i]) > 0) {
            qsort(rows, count, sizeof(struct vip_posting *), by_key);
            return;
        }
    }
}

static int sort_rows(struct vip_poster *poster, struct vip_diag *diag)
{
    struct store_run *runs = calloc(poster->code_count, sizeof *runs);
    size_t *first = calloc(poster->code_count, sizeof *first);
    int error = runs && first ? VIP_OK : vip_fail_memory(diag);
    if (error == VIP_OK) {
        deal_out(poster, runs, first);
        for (size_t i = 0, start = 0; i < poster->code_count; start += runs[i++].count)
            order_store(poster->by_key + start, runs[i].count);
    }
    free(runs);
    free(first);
    return error;
}

static int compare_row(const struct vip_poster *poster, const struct vip_posting *row,
                       uint32_t store, const char *receipt, int64_t line)
{
    int64_t a = poster->codes[row->store].order, b = poster->codes[store].order;
    if (a != b)
        return a < b ? -1 : 1;
    int order = strcmp(row->receipt, receipt);
    return order ? order : (row->line > line) - (row->line < line);
}

size_t poster_lower_bound(const struct vip_poster *poster, uint32_t store, const char *receipt,
                          int64_t line)
{
    size_t low = 0, high = poster->part_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (compare_row(poster, poster->by_key[middle], store, receipt, line) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* ---- is it the same line? ---- */

static int conflict(struct vip_poster *poster, struct vip_posting *row, const char *column,
                    struct vip_diag *diag)
{
    vip_refuse(diag, "conflict", column,
               "receipt %s line %d was posted before with another %s: nothing was changed",
               row->receipt, (int)row->line, column);
    return poster_refuse(poster, row, diag);
}

/* What the stored line and the row have in common is settled: now whose purchase is it? A row that
 * names nobody, or somebody who cannot be found any more, says nothing against the stored one; nor
 * does a return of what nobody had bought, whoever brought it back. */
static int settle_member(struct vip_poster *poster, struct vip_posting *row, int64_t stored_member,
                         struct vip_diag *diag)
{
    bool nobody = row->key_kind == KEY_NONE || row->state == VIP_POSTING_REFUSED;
    bool by_original = row->kind == VIP_RETURN && !stored_member && poster_rest(row)->original;
    if (row->member == stored_member || (nobody && stored_member) || by_original) {
        row->state = VIP_POSTING_KNOWN;
        row->member = stored_member;
        return VIP_OK;
    }
    if (row->state == VIP_POSTING_REFUSED)
        return VIP_OK;
    if (stored_member || row->kind == VIP_RETURN)
        return conflict(poster, row, "member", diag);
    row->claim = true;
    return VIP_OK;
}

/* A code that the row gives must be the stored one; an empty cell says nothing. */
static bool code_differs(const struct vip_poster *poster, uint32_t place, int64_t stored)
{
    return place && poster->codes[place].id != stored;
}

static const char *difference(const struct vip_poster *poster, const struct vip_posting *row,
                              struct vip_statement *stored)
{
    static const char *const names[] = {"category", "brand", "promo", "seller", "pay", "benefit"};
    const struct vip_posting_more *rest = poster_rest(row);
    const uint32_t places[] = {row->category, row->brand, rest->promo,
                               rest->seller,  rest->pay,  rest->benefit};
    if (row->day != vip_column_day(stored, 2))
        return "date";
    if (row->kind != vip_column_integer(stored, 3))
        return "kind";
    if (row->amount != vip_column_integer(stored, 4))
        return "amount";
    if (row->quantity != vip_column_integer(stored, 5))
        return "quantity";
    for (int i = 0; i < 6; i++)
        if (code_differs(poster, places[i], vip_column_integer(stored, 8 + i)))
            return names[i];
    if (rest->list_price && rest->list_price != vip_column_integer(stored, 14))
        return "list_price";
    if (rest->original && strcmp(rest->original, vip_column_text(stored, 16)) != 0)
        return "original";
    return NULL;
}

/* A claim earns by what the till wrote, of which the row need not say anything. */
static int inherit_code(struct vip_poster *poster, uint32_t *place, int64_t stored,
                        struct vip_diag *diag)
{
    struct vip_statement *row = NULL;
    if (*place || !stored)
        return VIP_OK;
    int found = vip_db_query(poster_db(poster), VIP_SQL_code_text, &row, diag, vip_int(stored));
    if (found <= 0)
        return found;
    int error = poster_code_place(poster, vip_column_text(row, 0), place, diag);
    poster->codes[*place].id = stored;
    vip_reset(row);
    return error;
}

static int inherit(struct vip_poster *poster, struct vip_posting *row, struct vip_statement *stored,
                   struct vip_diag *diag)
{
    struct vip_posting_more *more = poster_more(poster, row);
    if (!more)
        return vip_fail_memory(diag);
    uint32_t *const places[] = {&row->category, &row->brand, &more->promo,
                                &more->seller,  &more->pay,  &more->benefit};
    int error = VIP_OK;
    for (int i = 0; i < 6 && error == VIP_OK; i++)
        error = inherit_code(poster, places[i], vip_column_integer(stored, 8 + i), diag);
    more->list_price = vip_column_integer(stored, 14);
    more->returned = vip_column_integer(stored, 17);
    return error;
}

static int settle_stored(struct vip_poster *poster, struct vip_posting *row,
                         struct vip_statement *stored, struct vip_diag *diag)
{
    const char *column = difference(poster, row, stored);
    if (column)
        return conflict(poster, row, column, diag);
    row->points = vip_column_integer(stored, 7);
    int error = settle_member(poster, row, vip_column_integer(stored, 6), diag);
    return error == VIP_OK && row->claim ? inherit(poster, row, stored, diag) : error;
}

/* ---- the walk ---- */

enum { STEPS_BEFORE_SEEK = 24 }; /* a look-up costs about as much as that many steps */

struct walk {
    struct vip_statement *cursor;
    int more; /* 1: the cursor stands on a stored line; 0: behind the last; negative: error */
};

static void seek(struct walk *walk, const struct vip_poster *poster, const struct vip_posting *row,
                 int32_t line, struct vip_diag *diag)
{
    vip_reset(walk->cursor);
    vip_bind_integer(walk->cursor, 1, poster->codes[row->store].id);
    vip_bind_text(walk->cursor, 2, row->receipt);
    vip_bind_integer(walk->cursor, 3, line);
    walk->more = vip_step(walk->cursor, diag);
}

static int compare_stored(struct walk *walk, const struct vip_posting *row)
{
    int order = strcmp(vip_column_text(walk->cursor, 0), row->receipt);
    if (order)
        return order;
    int64_t line = vip_column_integer(walk->cursor, 1);
    return (line > row->line) - (line < row->line);
}

/* Moves the cursor to the row's key or behind it. True when it stands on it. */
static bool reach(struct walk *walk, const struct vip_poster *poster, const struct vip_posting *row,
                  struct vip_diag *diag)
{
    int order = -1;
    for (int steps = 0; walk->more > 0; steps++) {
        order = compare_stored(walk, row);
        if (order >= 0)
            return order == 0;
        if (steps < STEPS_BEFORE_SEEK)
            walk->more = vip_step(walk->cursor, diag);
        else
            seek(walk, poster, row, row->line, diag);
    }
    return false;
}

static bool same_receipt(const struct vip_posting *a, const struct vip_posting *b)
{
    return a->store == b->store && strcmp(a->receipt, b->receipt) == 0;
}

static bool same_key(const struct vip_posting *a, const struct vip_posting *b)
{
    return a->line == b->line && same_receipt(a, b);
}

/* Does the row say something that is not what the one before it under this key said? */
static bool contradicts(const struct vip_posting *first, const struct vip_posting *row)
{
    const struct vip_posting_more *a = poster_rest(first), *b = poster_rest(row);
    const uint32_t pairs[][2] = {
        {first->category, row->category}, {first->brand, row->brand}, {a->promo, b->promo},
        {a->seller, b->seller},           {a->pay, b->pay},           {a->benefit, b->benefit}};
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++)
        if (pairs[i][1] && pairs[i][0] != pairs[i][1])
            return true;
    return first->day != row->day || first->kind != row->kind || first->amount != row->amount ||
           first->quantity != row->quantity || (b->list_price && a->list_price != b->list_price);
}

/* Two rows of one part with one key. A sale that is plainly the same again is known, whatever
 * becomes of the first; anything else is judged when the first is posted or refused. */
static void settle_twin(struct vip_poster *poster, const struct vip_posting *first,
                        struct vip_posting *row)
{
    bool nobody = row->key_kind == KEY_NONE && first->member;
    if (row->state != VIP_POSTING_NEW || row->kind != VIP_SALE || contradicts(first, row) ||
        (row->member != first->member && !nobody)) {
        poster_cut_before(poster, row);
        return;
    }
    row->state = VIP_POSTING_KNOWN;
    row->twin = true;
}

int poster_settle_twins(struct vip_poster *poster, struct vip_diag *diag)
{
    const struct vip_posting *first = poster->by_key[0]; /* which nothing precedes */
    for (size_t i = 1; i < poster->part_count; i++) {
        struct vip_posting *row = poster->by_key[i];
        poster_fetch_key(poster->by_key, i, poster->part_count);
        if (!row->twin) {
            first = row;
            continue;
        }
        row->member = first->member;
        row->points = first->points;
        if (first->state != VIP_POSTING_REFUSED)
            continue;
        struct vip_posting_more *more = poster_more(poster, row);
        if (!more)
            return vip_fail_memory(diag);
        more->refusal = first->more->refusal;
        row->state = VIP_POSTING_REFUSED;
    }
    return VIP_OK;
}

int poster_find_known(struct vip_poster *poster, struct vip_diag *diag)
{
    int error = sort_rows(poster, diag);
    struct walk walk = {vip_db_prepare(poster_db(poster), VIP_SQL_purchase_scan, diag), 0};
    if (error != VIP_OK || !walk.cursor)
        return error != VIP_OK ? error : VIP_EDATABASE;
    struct vip_posting *first = NULL; /* the last row that will be posted under its key */
    uint32_t store = 0;
    for (size_t i = 0; i < poster->part_count && error == VIP_OK; i++) {
        struct vip_posting *row = poster->by_key[i];
        poster_fetch_key(poster->by_key, i, poster->part_count);
        if (row->store != store) {
            store = row->store;
            walk.more = 0;
            if (poster->codes[store].id)
                seek(&walk, poster, row, 0, diag); /* from the first line of its receipt on */
        }
        bool same = i > 0 && same_receipt(poster->by_key[i - 1], row);
        row->fresh = same ? poster->by_key[i - 1]->fresh : walk.more == 0;
        if (first && same_key(first, row))
            settle_twin(poster, first, row);
        else if (reach(&walk, poster, row, diag))
            error = settle_stored(poster, row, walk.cursor, diag);
        else
            error = walk.more < 0 ? walk.more : VIP_OK;
        if (row->state == VIP_POSTING_NEW)
            first = row;
    }
    vip_reset(walk.cursor);
    return error;
}
