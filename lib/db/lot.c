/* Lots in the database: read with what is left of them, taken from by debits, filled again by what
 * is cancelled, emptied when they have run out. Which lot gives how much, lib/rules/lots.h says. */
#include "lib/db/lot_list.h"

#include <string.h>

/* ---- reading ---- */

int vip_ledger_lots(struct vip_db *db, int64_t member, struct vip_arena *arena,
                    struct vip_lot **lots, size_t *count, struct vip_diag *diag)
{
    struct lot_list list = {.member = member, .balance = LOT_BALANCE_UNKNOWN, .arena = arena};
    int error = lot_lists_read(db, &list, 1, diag);
    lot_list_open(&list, lots, count);
    return error;
}

/* ---- ends that were posted, and are taken back ---- */

struct ends { /* in an arena, as lot_list is */
    struct vip_end *ends;
    size_t count, capacity;
};

static int read_ends(struct vip_db *db, int64_t member, vip_day day, struct ends *list,
                     struct vip_arena *arena, struct vip_diag *diag)
{
    struct vip_statement *row = NULL;
    int more = vip_db_query(db, VIP_SQL_lot_ends, &row, diag, vip_int(member), vip_int(day));
    for (; more > 0; more = vip_step(row, diag)) {
        if (list->count == list->capacity) {
            size_t capacity = 2 * list->capacity + 16;
            struct vip_end *larger = vip_arena_zero(arena, capacity, sizeof *larger);
            if (larger && list->count)
                memcpy(larger, list->ends, list->count * sizeof *larger);
            list->ends = larger;
            list->capacity = capacity;
        }
        const char *ref = list->ends ? vip_arena_text(arena, vip_column_text(row, 2)) : NULL;
        if (!ref) {
            vip_reset(row);
            return vip_fail_memory(diag);
        }
        list->ends[list->count++] = (struct vip_end){.lot = vip_column_integer(row, 0),
                                                     .day = vip_column_day(row, 1),
                                                     .ref = ref,
                                                     .points = vip_column_integer(row, 3)};
    }
    return more;
}

/* What is gone by ends after day is there for who comes late. */
static int add_ended(struct vip_db *db, int64_t member, vip_day day, struct lot_list *list,
                     struct vip_diag *diag)
{
    struct ends ends = {0};
    int error = read_ends(db, member, day, &ends, list->arena, diag);
    for (size_t i = 0; error == VIP_OK && i < ends.count; i++) {
        struct vip_lot *lot = vip_lots_find(list->lots, list->count, ends.ends[i].lot);
        if (lot)
            lot->left += ends.ends[i].points;
    }
    return error;
}

int lot_list_give(struct vip_db *db, struct lot_list *list, struct vip_account *account, vip_day day,
                  struct vip_lot **lots, size_t *count, struct vip_diag *diag)
{
    int error = VIP_OK;
    account->last_end = list->last_end;
    if (list->last_end > day)
        error = add_ended(db, account->member, day, list, diag);
    lot_list_open(list, lots, count);
    return error;
}

static int read_account_lots(struct vip_db *db, const struct vip_account *account,
                             struct lot_list *list, struct vip_diag *diag)
{
    list->member = account->member;
    list->balance = account->balance;
    return lot_lists_read(db, list, 1, diag);
}

int vip_account_lots(struct vip_db *db, struct vip_account *account, vip_day day,
                     struct vip_arena *arena, struct vip_lot **lots, size_t *count,
                     struct vip_diag *diag)
{
    struct lot_list list = {.arena = arena};
    int error = read_account_lots(db, account, &list, diag);
    return error == VIP_OK ? lot_list_give(db, &list, account, day, lots, count, diag) : error;
}

static bool same_end(const struct vip_end *a, const struct vip_end *b)
{
    return a->day == b->day && strcmp(a->ref, b->ref) == 0;
}

/* One entry for what comes back of the ends of one day. */
static int take_end_back(struct vip_batch *batch, struct vip_account *account,
                         const struct vip_end *ends, size_t count, struct vip_arena *scratch,
                         struct vip_diag *diag)
{
    struct vip_lot_use *uses = vip_arena_zero(scratch, count, sizeof *uses);
    struct vip_entry entry = {
        .kind = VIP_ENTRY_EXPIRE,
        .day = ends->day,
        .available = VIP_DAY_NONE,
        .expires = VIP_DAY_NONE,
        .ref = *ends->ref ? ends->ref : NULL,
    };
    if (!uses)
        return vip_fail_memory(diag);
    for (size_t i = 0; i < count; i++) {
        entry.points += ends[i].back;
        uses[i] = (struct vip_lot_use){ends[i].lot, ends[i].paid - ends[i].back};
    }
    if (entry.points == 0)
        return VIP_OK;
    int error = vip_ledger_post(batch, account, &entry, diag);
    if (error != VIP_OK)
        return error;
    return vip_ledger_use(batch, account, entry.entry, uses, count, diag);
}

/* The debit of that day was taken from lots that have ended meanwhile, too. The texts of entries
 * must live until they are written, and scratch does not: they are written now. */
static int revive(struct vip_batch *batch, struct vip_account *account, struct vip_lot *lots,
                  size_t count, const struct vip_lot_use *uses, size_t used, vip_day day,
                  struct vip_arena *scratch, struct vip_diag *diag)
{
    struct ends list = {0};
    vip_points debt = account->balance < 0 ? -account->balance : 0;
    int error = read_ends(batch->db, account->member, day, &list, scratch, diag);
    if (error == VIP_OK)
        vip_lots_revive(lots, count, uses, used, list.ends, list.count, debt);
    for (size_t i = 0, next; error == VIP_OK && i < list.count; i = next) {
        for (next = i + 1; next < list.count && same_end(&list.ends[i], &list.ends[next]);)
            next++;
        error = take_end_back(batch, account, &list.ends[i], next - i, scratch, diag);
    }
    return error == VIP_OK ? vip_ledger_flush(batch, diag) : error;
}

/* ---- what has run out ---- */

struct lapse_list {
    struct vip_arena *arena;
    struct vip_lapse *lapses;
    size_t count, capacity;
};

static int grow_lapses(struct lapse_list *list, size_t more, struct vip_diag *diag)
{
    if (list->count + more <= list->capacity)
        return VIP_OK;
    size_t capacity = 2 * (list->count + more);
    struct vip_lapse *larger = vip_arena_zero(list->arena, capacity, sizeof *larger);
    if (!larger)
        return vip_fail_memory(diag);
    if (list->count)
        memcpy(larger, list->lapses, list->count * sizeof *larger);
    list->lapses = larger;
    list->capacity = capacity;
    return VIP_OK;
}

enum { PUT_BACKS_MOST = 64 }; /* days on which one lot got points back; older ones go with them */

/* Adds the parts of a lapse, each dated by when its points came back. */
static int add_parts(struct vip_db *db, int64_t member, const struct vip_lapse *lapse,
                     struct lapse_list *list, struct vip_diag *diag)
{
    struct vip_put_back backs[PUT_BACKS_MOST];
    struct vip_statement *row = NULL;
    size_t count = 0;
    int more =
        vip_db_query(db, VIP_SQL_lot_put_backs, &row, diag, vip_int(member), vip_int(lapse->lot));
    for (; more > 0 && count < PUT_BACKS_MOST; more = vip_step(row, diag))
        backs[count++] = (struct vip_put_back){vip_column_day(row, 0), vip_column_integer(row, 1)};
    if (more > 0)
        vip_reset(row);
    int error = more < 0 ? more : grow_lapses(list, count + 1, diag);
    if (error == VIP_OK)
        list->count += vip_lapse_part(lapse, backs, count, &list->lapses[list->count]);
    return error;
}

/* What is left of the lots that ended before day, in the order of the days on which it is gone. */
static int find_lapses(struct vip_db *db, int64_t member, struct vip_lot *lots, size_t count,
                       vip_day day, struct lapse_list *list, struct vip_diag *diag)
{
    struct vip_lapse *ended = vip_arena_zero(list->arena, count + 1, sizeof *ended);
    if (!ended)
        return vip_fail_memory(diag);
    size_t found = vip_lots_lapse(lots, count, day, ended);
    for (size_t i = 0; i < found; i++) {
        int error = add_parts(db, member, &ended[i], list, diag);
        if (error != VIP_OK)
            return error;
    }
    vip_lapses_sort(list->lapses, list->count);
    return VIP_OK;
}

/* One entry for all lots that are gone on one day; *sum is what they were together. */
static int post_lapse(struct vip_batch *batch, struct vip_account *account,
                      const struct vip_lapse *lapses, size_t count, struct vip_lapse *sum,
                      struct vip_arena *scratch, struct vip_diag *diag)
{
    struct vip_lot_use *uses = vip_arena_zero(scratch, count, sizeof *uses);
    struct vip_entry entry = {
        .kind = VIP_ENTRY_EXPIRE,
        .day = lapses->day,
        .available = VIP_DAY_NONE,
        .expires = VIP_DAY_NONE,
    };
    if (!uses)
        return vip_fail_memory(diag);
    for (size_t i = 0; i < count; i++) {
        uses[i] = (struct vip_lot_use){lapses[i].lot, lapses[i].points};
        entry.points -= lapses[i].points;
    }
    *sum = lapses[count - 1];
    sum->points = -entry.points;
    int error = vip_ledger_post(batch, account, &entry, diag);
    if (error != VIP_OK)
        return error;
    return vip_ledger_use(batch, account, entry.entry, uses, count, diag);
}

int vip_ledger_lapse(struct vip_batch *batch, struct vip_account *account, struct vip_lot *lots,
                     size_t count, vip_day day, struct vip_lapse **posted, size_t *posted_count,
                     struct vip_arena *scratch, struct vip_diag *diag)
{
    struct lapse_list list = {.arena = scratch};
    int error = vip_ledger_flush(batch, diag);
    if (error == VIP_OK)
        error = find_lapses(batch->db, account->member, lots, count, day, &list, diag);
    *posted = list.lapses;
    *posted_count = 0;
    for (size_t i = 0, next; error == VIP_OK && i < list.count; i = next) {
        for (next = i + 1; next < list.count && list.lapses[next].day == list.lapses[i].day;)
            next++;
        error = post_lapse(batch, account, &list.lapses[i], next - i, &list.lapses[*posted_count],
                           scratch, diag);
        ++*posted_count;
    }
    return error;
}

/* A debt is about to be, and lots have points that are past their end: these go first, as they
 * would have with vip-expire run every night. */
static int lapse_before_debt(struct vip_batch *batch, struct vip_account *account,
                             struct vip_lot *lots, size_t count, vip_day day,
                             struct vip_arena *scratch, struct vip_diag *diag)
{
    struct vip_lapse *posted;
    size_t posted_count;
    return vip_ledger_lapse(batch, account, lots, count, day, &posted, &posted_count, scratch,
                            diag);
}

/* ---- taking ---- */

int vip_ledger_take_lots(struct vip_batch *batch, struct vip_account *account,
                         struct vip_entry *entry, struct vip_lot *lots, size_t count, int64_t own,
                         bool pending, struct vip_arena *scratch, struct vip_diag *diag)
{
    if (count == 0)
        return vip_ledger_post(batch, account, entry, diag);
    struct vip_lot_use *uses = vip_arena_zero(scratch, count, sizeof *uses);
    if (!uses)
        return vip_fail_memory(diag);
    size_t used;
    int error = VIP_OK;
    vip_points missing =
        vip_lots_debit(lots, count, -entry->points, entry->day, own, pending, uses, &used);
    if (account->last_end > entry->day)
        error = revive(batch, account, lots, count, uses, used, entry->day, scratch, diag);
    if (error == VIP_OK && missing > 0)
        error = lapse_before_debt(batch, account, lots, count, entry->day, scratch, diag);
    if (error == VIP_OK)
        error = vip_ledger_post(batch, account, entry, diag);
    if (error == VIP_OK)
        error = vip_ledger_use(batch, account, entry->entry, uses, used, diag);
    if (error != VIP_OK)
        return error;
    return vip_account_set_expiry(batch, account, vip_lots_next_expiry(lots, count), diag);
}

/* A return most often finds enough in its own lot: then no other is read, which on a card of many
 * thousand purchases is all of its cost. 1 done, 0 not so simple, negative. */
static int take_own(struct vip_batch *batch, struct vip_account *account, struct vip_entry *entry,
                    int64_t own, struct vip_diag *diag)
{
    struct vip_statement *row = NULL;
    int found = vip_db_query(batch->db, VIP_SQL_lot_credit, &row, diag, vip_int(account->member),
                             vip_int(own), vip_int(entry->day));
    if (found <= 0)
        return found;
    vip_day expires = vip_column_day(row, 0);
    vip_points left = vip_column_integer(row, 1) + entry->points;
    vip_reset(row);
    if (left < 0 || expires < entry->day ||
        (left == 0 && expires != VIP_DAY_NONE && expires == account->next_expiry))
        return 0;
    const struct vip_lot_use use = {own, -entry->points};
    int error = vip_ledger_post(batch, account, entry, diag);
    if (error == VIP_OK)
        error = vip_ledger_use(batch, account, entry->entry, &use, 1, diag);
    return error == VIP_OK ? 1 : error;
}

int vip_ledger_take(struct vip_batch *batch, struct vip_account *account, struct vip_entry *entry,
                    int64_t own, bool pending, struct vip_arena *scratch, struct vip_diag *diag)
{
    struct vip_lot *lots = NULL;
    size_t count = 0;
    int error = vip_ledger_flush(batch, diag);
    if (error == VIP_OK && own && pending) {
        error = take_own(batch, account, entry, own, diag);
        if (error == 1)
            return VIP_OK;
    }
    if (error == VIP_OK)
        error = vip_account_lots(batch->db, account, entry->day, scratch, &lots, &count, diag);
    if (error != VIP_OK)
        return error;
    return vip_ledger_take_lots(batch, account, entry, lots, count, own, pending, scratch, diag);
}

/* ---- putting back ---- */

/* What a debit took. */
static int uses_of(struct vip_db *db, int64_t member, int64_t entry, struct vip_arena *scratch,
                   struct vip_lot_use **uses, size_t *count, struct vip_diag *diag)
{
    struct vip_statement *row = NULL;
    size_t capacity = 0;
    *uses = NULL;
    *count = 0;
    int more = vip_db_query(db, VIP_SQL_lot_uses_of, &row, diag, vip_int(member), vip_int(entry));
    for (; more > 0; more = vip_step(row, diag)) {
        if (*count == capacity) {
            capacity = capacity ? capacity * 2 : 16;
            struct vip_lot_use *larger = vip_arena_zero(scratch, capacity, sizeof *larger);
            if (!larger) {
                vip_reset(row);
                return vip_fail_memory(diag);
            }
            if (*count)
                memcpy(larger, *uses, *count * sizeof *larger);
            *uses = larger;
        }
        (*uses)[(*count)++] =
            (struct vip_lot_use){vip_column_integer(row, 0), vip_column_integer(row, 1)};
    }
    return more;
}

int vip_ledger_put_back(struct vip_batch *batch, struct vip_account *account,
                        struct vip_entry *entry, int64_t undone, struct vip_arena *scratch,
                        struct vip_diag *diag)
{
    struct vip_lot_use *uses = NULL;
    struct lot_list list = {.arena = scratch};
    size_t count = 0;
    vip_points debt = account->balance < 0 ? -account->balance : 0;
    int error = vip_ledger_flush(batch, diag);
    if (error == VIP_OK)
        error = uses_of(batch->db, account->member, undone, scratch, &uses, &count, diag);
    if (error == VIP_OK)
        error = read_account_lots(batch->db, account, &list, diag);
    if (error == VIP_OK)
        error = vip_ledger_post(batch, account, entry, diag);
    if (error != VIP_OK)
        return error;
    vip_lots_sort(list.lots, list.count);
    debt = vip_lots_put_back(list.lots, list.count, uses, count, debt, entry->day);
    error = vip_ledger_use(batch, account, entry->entry, uses, count, diag);
    if (error == VIP_OK && debt > 0)
        error = lapse_before_debt(batch, account, list.lots, list.count, entry->day, scratch, diag);
    if (error != VIP_OK)
        return error;
    return vip_account_set_expiry(batch, account, vip_lots_next_expiry(list.lots, list.count),
                                  diag);
}
