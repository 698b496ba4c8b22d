/* What has run out: see expire.h. */
#include "lib/db/expire.h"

#include "lib/db/account.h"
#include "lib/db/card.h"
#include "lib/db/desk.h"
#include "lib/db/voucher.h"
#include <stdlib.h>
#include <string.h>

enum { BATCH_ITEMS = 4096 };

struct work { /* the run and its batch */
    struct vip_expiry_run *run;
    struct vip_arena arena;   /* texts of a batch */
    struct vip_arena scratch; /* one member's lots */
    struct vip_expired *rows;
    size_t count, capacity;
    struct vip_diag *diag;
};

static struct vip_db *work_db(const struct work *work)
{
    return work->run->batch->db;
}

static int add_row(struct work *work, const struct vip_expired *row)
{
    if (!row->member || !row->item ||
        vip_array_grow((void **)&work->rows, &work->capacity, work->count + 1,
                       sizeof *work->rows) != VIP_OK)
        return vip_fail_memory(work->diag);
    work->rows[work->count++] = *row;
    return VIP_OK;
}

/* ---- points ---- */

static vip_fen worth(const struct work *work, vip_points points, vip_day day)
{
    const struct vip_program *program = vip_programs_on(work->run->programs, day);
    int64_t fen;
    return vip_scale(points, program->point_value, 100, &fen) ? fen : 0;
}

static int expire_member(struct work *work, int64_t id, const char *member)
{
    struct vip_batch *batch = work->run->batch;
    struct vip_account account;
    struct vip_lot *lots = NULL;
    struct vip_lapse *lapses = NULL;
    size_t count = 0, lapsed = 0;
    vip_arena_reset(&work->scratch);
    int found = vip_account_load(work_db(work), id, &account, work->diag);
    if (found <= 0)
        return found;
    int error = vip_account_lots(work_db(work), &account, VIP_DAY_NONE, &work->scratch, &lots,
                                 &count, work->diag);
    if (error == VIP_OK)
        error = vip_ledger_lapse(batch, &account, lots, count, batch->as_of, &lapses, &lapsed,
                                 &work->scratch, work->diag);
    for (size_t i = 0; error == VIP_OK && i < lapsed; i++)
        error = add_row(work, &(struct vip_expired){
                                  .member = member,
                                  .kind = "points",
                                  .item = "",
                                  .points = -lapses[i].points,
                                  .value = worth(work, lapses[i].points, lapses[i].day),
                                  .expires = lapses[i].expires,
                              });
    if (error == VIP_OK)
        error =
            vip_account_set_expiry(batch, &account, vip_lots_next_expiry(lots, count), work->diag);
    return error == VIP_OK ? vip_account_save(batch, &account, work->diag) : error;
}

struct due { /* a member, a card or a voucher whose day has come */
    int64_t id;
    const char *item, *member;
    vip_fen value;
    vip_day expires;
    bool is_virtual;
};

/* ---- a batch ---- */

typedef void read_due(struct vip_statement *row, struct vip_arena *arena, struct due *due);
typedef int expire_due(struct work *work, const struct due *due);

static void read_account(struct vip_statement *row, struct vip_arena *arena, struct due *due)
{
    due->id = vip_column_integer(row, 0);
    due->member = vip_arena_text(arena, vip_column_text(row, 1));
    due->item = "";
}

static int expire_account(struct work *work, const struct due *due)
{
    return expire_member(work, due->id, due->member);
}

static void read_voucher(struct vip_statement *row, struct vip_arena *arena, struct due *due)
{
    due->item = vip_arena_text(arena, vip_column_text(row, 0));
    due->member = vip_arena_text(arena, vip_column_text(row, 1));
    due->value = vip_column_integer(row, 2);
    due->expires = vip_column_day(row, 3);
}

static int expire_voucher(struct work *work, const struct due *due)
{
    int error = vip_voucher_set(work->run->batch, due->item, VIP_VOUCHER_EXPIRED, NULL, work->diag);
    if (error != VIP_OK)
        return error;
    return add_row(work, &(struct vip_expired){due->member, "voucher", due->item, 0, due->value,
                                               due->expires});
}

static void read_card(struct vip_statement *row, struct vip_arena *arena, struct due *due)
{
    due->item = vip_arena_text(arena, vip_column_text(row, 0));
    due->member = vip_arena_text(arena, vip_column_text(row, 1));
    due->is_virtual = vip_column_integer(row, 2) != 0;
    due->expires = vip_column_day(row, 3);
}

static int expire_card(struct work *work, const struct due *due)
{
    int error = vip_card_set_state(work->run->batch, due->item, VIP_CARD_EXPIRED, work->diag);
    if (error != VIP_OK)
        return error;
    return add_row(work,
                   &(struct vip_expired){due->member, due->is_virtual ? "accumulation" : "card",
                                         due->item, 0, 0, due->expires});
}

static const struct kind {
    enum vip_sql query;
    read_due *read;
    expire_due *expire;
} kinds[] = {
    {VIP_SQL_expire_accounts, read_account, expire_account},
    {VIP_SQL_expire_vouchers, read_voucher, expire_voucher},
    {VIP_SQL_expire_cards, read_card, expire_card},
};

/* What is due, gathered before anything of it is changed. */
static int gather(struct work *work, const struct kind *kind, struct due *dues, size_t *count)
{
    struct vip_statement *row = NULL;
    *count = 0;
    int more = vip_db_query(work_db(work), kind->query, &row, work->diag,
                            vip_date(work->run->batch->as_of), vip_int(BATCH_ITEMS));
    for (; more > 0; more = vip_step(row, work->diag)) {
        struct due *due = &dues[(*count)++];
        *due = (struct due){0};
        kind->read(row, &work->arena, due);
        if (!due->member || !due->item) {
            vip_reset(row);
            return vip_fail_memory(work->diag);
        }
    }
    return more;
}

static int expire_batch(struct work *work, const struct kind *kind, struct due *dues, size_t *count)
{
    struct vip_batch *batch = work->run->batch;
    work->count = 0;
    vip_arena_reset(&work->arena);
    int error = vip_batch_begin(batch, work->diag);
    if (error != VIP_OK)
        return error;
    error = gather(work, kind, dues, count);
    for (size_t i = 0; error == VIP_OK && i < *count; i++)
        error = kind->expire(work, &dues[i]);
    if (error != VIP_OK) {
        vip_batch_rollback(batch);
        return error;
    }
    error = vip_batch_commit(batch, work->diag);
    return error == VIP_OK ? work->run->rows(work->run->context, work->rows, work->count) : error;
}

/* ---- rebates that were not claimed ---- */

static int expire_rebates_of(struct work *work, struct vip_desk *desk, const struct due *due)
{
    struct desk_visit visit;
    struct desk_unclaimed told[DESK_CLAIMS_MOST];
    size_t count = 0;
    desk_visit_begin(&visit, desk, work->run->batch->as_of, work->diag);
    int error = desk_load_member(&visit, due->id);
    if (error == VIP_OK)
        error = desk_load_lots(&visit);
    if (error == VIP_OK)
        error = desk_find_unclaimed(&visit, told, &count);
    if (error == VIP_OK && count)
        error = desk_post_unclaimed(&visit, told, count);
    for (size_t i = 0; error == VIP_OK && i < count; i++)
        error = add_row(work, &(struct vip_expired){due->member, "rebate", told[i].reward->reward,
                                                    -told[i].points, told[i].reward->value,
                                                    told[i].last});
    return error;
}

/* Members after `bound` whose balance would do for the cheapest rebate. */
static int gather_rebates(struct work *work, const struct vip_desk *desk, int64_t bound,
                          struct due *dues, size_t *count)
{
    struct vip_statement *row = NULL;
    *count = 0;
    int more = vip_db_query(work_db(work), VIP_SQL_expire_rebates, &row, work->diag, vip_int(bound),
                            vip_int(desk->rebate_cost), vip_int(BATCH_ITEMS));
    for (; more > 0; more = vip_step(row, work->diag)) {
        struct due *due = &dues[(*count)++];
        *due = (struct due){0};
        read_account(row, &work->arena, due);
        if (!due->member) {
            vip_reset(row);
            return vip_fail_memory(work->diag);
        }
    }
    return more;
}

static int rebate_batch(struct work *work, struct vip_desk *desk, int64_t bound, struct due *dues,
                        size_t *count)
{
    work->count = 0;
    vip_arena_reset(&work->arena);
    int error = vip_desk_begin(desk, work->run->batch->file, work->diag);
    if (error != VIP_OK)
        return error;
    error = gather_rebates(work, desk, bound, dues, count);
    for (size_t i = 0; error == VIP_OK && i < *count; i++)
        error = expire_rebates_of(work, desk, &dues[i]);
    if (error != VIP_OK) {
        vip_desk_rollback(desk);
        return error;
    }
    error = vip_desk_commit(desk, work->diag);
    return error == VIP_OK ? work->run->rows(work->run->context, work->rows, work->count) : error;
}

static int expire_rebates(struct work *work, struct due *dues)
{
    struct vip_desk_options options = {.batch = *work->run->batch, .programs = work->run->programs};
    struct vip_desk *desk = NULL;
    int64_t bound = 0;
    size_t count = 0;
    if (desk_rebate_cost(work->run->programs) == INT64_MAX)
        return VIP_OK;
    int error = vip_desk_open(&desk, &options, work->diag);
    do {
        if (error == VIP_OK)
            error = rebate_batch(work, desk, bound, dues, &count);
        if (error == VIP_OK && count)
            bound = dues[count - 1].id;
    } while (error == VIP_OK && count == BATCH_ITEMS);
    vip_desk_close(desk);
    return error;
}

int vip_expire(struct vip_expiry_run *run, struct vip_diag *diag)
{
    struct work work = {.run = run, .diag = diag};
    struct due *dues = calloc(BATCH_ITEMS, sizeof *dues);
    size_t count;
    int error = dues ? VIP_OK : vip_fail_memory(diag);
    /* First: what they take away cannot run out after it. */
    if (error == VIP_OK)
        error = expire_rebates(&work, dues);
    for (size_t i = 0; error == VIP_OK && i < sizeof kinds / sizeof kinds[0]; i++)
        do
            error = expire_batch(&work, &kinds[i], dues, &count);
        while (error == VIP_OK && count == BATCH_ITEMS);
    free(dues);
    free(work.rows);
    vip_arena_free(&work.arena);
    vip_arena_free(&work.scratch);
    return error;
}
