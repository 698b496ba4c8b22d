/* What each new line of a batch does to its member: sales earn, returns take back, claims earn
 * later. Member by member, each in the order of the input, so that the ledger is written in its own
 * order and each account is read and written once. */
#include "lib/base/sort.h"
#include "lib/db/poster.h"

#include <stdlib.h>

static int post_row(struct visit *visit, struct vip_posting *row)
{
    int error = row->claim                ? visit_claim(visit, row)
                : row->kind == VIP_RETURN ? visit_return(visit, row)
                                          : visit_sale(visit, row, visit->poster->batch.as_of);
    if (error == VIP_EREFUSED)
        return poster_refuse(visit->poster, row, visit->diag);
    row->balance = visit->account.balance;
    row->state = VIP_POSTING_POSTED;
    return error;
}

static int open_visit(struct visit *visit, int64_t member)
{
    visit->member_read = false;
    visit->first_receipt = NULL;
    visit->account = (struct vip_account){.member = 0};
    vip_arena_reset(&visit->poster->scratch);
    if (!member)
        return VIP_OK;
    int found = vip_ahead_account(&visit->poster->ahead, member, &visit->account, visit->diag);
    if (found == 0)
        return vip_fail(visit->diag, VIP_EDATABASE,
                        "member %lld has no account: run 'vip-db check'", (long long)member);
    return found < 0 ? found : VIP_OK;
}

int poster_settle_returns(struct vip_poster *poster, struct vip_diag *diag)
{
    for (size_t i = 0; i < poster->part_count; i++) {
        struct vip_posting *row = &poster->part[i];
        int error = VIP_OK;
        if (row->state == VIP_POSTING_NEW && row->kind == VIP_RETURN)
            error = poster_settle_return(poster, row, diag);
        if (error == VIP_EREFUSED)
            error = poster_refuse(poster, row, diag);
        if (error != VIP_OK)
            return error;
    }
    return VIP_OK;
}

static struct vip_posting *row_of(const struct vip_poster *poster, uint64_t turn)
{
    return &poster->part[vip_turn_index(turn)];
}

/* The order of posting: by member, and each member's rows in the order of the input. There is room
 * for two turns of each row. */
static size_t collect(const struct vip_poster *poster, uint64_t *turns)
{
    size_t count = 0;
    for (size_t i = 0; i < poster->part_count; i++)
        if (poster->part[i].state == VIP_POSTING_NEW)
            turns[count++] = vip_turn(poster->part[i].member, i);
    vip_sort_numbers(turns, turns + poster->part_count, count);
    return count;
}

/* New codes get their numbers in the order of the input, whatever the order of posting. */
static int number_codes(struct vip_poster *poster, struct vip_diag *diag)
{
    for (size_t i = 0; i < poster->part_count; i++) {
        const struct vip_posting *row = &poster->part[i];
        const struct vip_posting_more *rest = poster_rest(row);
        const uint32_t places[] = {row->store,    row->category, row->brand, rest->promo,
                                   rest->benefit, rest->seller,  rest->pay};
        int64_t id;
        if (row->state != VIP_POSTING_NEW)
            continue;
        for (size_t p = 0; p < sizeof places / sizeof places[0]; p++) {
            int error = poster_code_id(poster, places[p], &id, diag);
            if (error != VIP_OK)
                return error;
        }
    }
    return VIP_OK;
}

/* Posts the rows of one member, from turns[0] on; *done is how many they are. */
static int visit_member(struct vip_poster *poster, const uint64_t *turns, size_t count,
                        size_t *done, struct vip_diag *diag)
{
    struct visit visit = {.poster = poster, .diag = diag};
    int64_t member = vip_turn_key(turns[0]);
    int error = open_visit(&visit, member);
    for (*done = 0; error == VIP_OK && *done < count; ++*done) {
        if (vip_turn_key(turns[*done]) != member)
            break;
        if (*done + VIP_SOON < count)
            poster_fetch(row_of(poster, turns[*done + VIP_SOON]),
                         row_of(poster, turns[*done + VIP_NEXT])->receipt);
        error = post_row(&visit, row_of(poster, turns[*done]));
    }
    if (error == VIP_OK && visit.account.member)
        error = vip_account_save(&poster->batch, &visit.account, diag);
    return error;
}

int poster_post_members(struct vip_poster *poster, struct vip_diag *diag)
{
    uint64_t *turns = calloc(2 * poster->part_count + 1, sizeof *turns);
    if (!turns)
        return vip_fail_memory(diag);
    size_t done, count = collect(poster, turns);
    int error = count ? vip_batch_need(&poster->batch, diag) : VIP_OK;
    if (error == VIP_OK)
        error = number_codes(poster, diag);
    vip_ahead_begin(&poster->ahead, poster_db(poster), turns, count, false);
    for (size_t i = 0; i < count && error == VIP_OK; i += done)
        error = visit_member(poster, turns + i, count - i, &done, diag);
    vip_ahead_end(&poster->ahead);
    free(turns);
    return error == VIP_OK ? vip_ledger_flush(&poster->batch, diag) : error;
}
