/* Accounts and lots of the members who come next: see ahead.h. */
#include "lib/db/ahead.h"

#include "lib/base/sort.h"

/* Who has more entries is read when he comes: memory stays small, and he is worth a statement. */
enum { ENTRIES_MOST = 256 };

void vip_ahead_begin(struct vip_ahead *ahead, struct vip_db *db, const uint64_t *turns, size_t count,
                     bool lots)
{
    ahead->db = db;
    ahead->turns = turns;
    ahead->turn_count = count;
    ahead->lots = lots;
    ahead->next_turn = 0;
    ahead->account_count = ahead->account_at = ahead->list_count = ahead->list_at = 0;
}

void vip_ahead_end(struct vip_ahead *ahead)
{
    vip_ahead_begin(ahead, NULL, NULL, 0, false);
    vip_arena_free(&ahead->arena);
}

/* The members of the turns that come next, each once. */
static size_t collect(struct vip_ahead *ahead, int64_t members[VIP_AHEAD_MEMBERS])
{
    size_t count = 0;
    for (int64_t last = 0; ahead->next_turn < ahead->turn_count; ahead->next_turn++) {
        int64_t member = vip_turn_key(ahead->turns[ahead->next_turn]);
        if (member == last)
            continue;
        if (count == VIP_AHEAD_MEMBERS)
            break;
        members[count++] = last = member;
    }
    return count;
}

static int read_lots(struct vip_ahead *ahead, struct vip_diag *diag)
{
    vip_arena_reset(&ahead->arena);
    for (size_t i = 0; i < ahead->account_count; i++) {
        const struct vip_account *account = &ahead->accounts[i];
        if (account->member && account->entries <= ENTRIES_MOST)
            ahead->lists[ahead->list_count++] = (struct lot_list){
                .member = account->member, .balance = account->balance, .arena = &ahead->arena};
    }
    return lot_lists_read(ahead->db, ahead->lists, ahead->list_count, diag);
}

static int read_next(struct vip_ahead *ahead, struct vip_diag *diag)
{
    int64_t members[VIP_AHEAD_MEMBERS];
    ahead->account_count = collect(ahead, members);
    ahead->account_at = ahead->list_count = ahead->list_at = 0;
    int error =
        vip_accounts_load(ahead->db, members, ahead->account_count, ahead->accounts, diag);
    return error == VIP_OK && ahead->lots ? read_lots(ahead, diag) : error;
}

int vip_ahead_account(struct vip_ahead *ahead, int64_t member, struct vip_account *account,
                      struct vip_diag *diag)
{
    for (;;) {
        while (ahead->account_at < ahead->account_count &&
               ahead->accounts[ahead->account_at].member < member)
            ahead->account_at++;
        if (ahead->account_at < ahead->account_count || ahead->next_turn == ahead->turn_count)
            break;
        int error = read_next(ahead, diag);
        if (error != VIP_OK)
            return error;
    }
    if (ahead->account_at == ahead->account_count ||
        ahead->accounts[ahead->account_at].member != member)
        return 0;
    *account = ahead->accounts[ahead->account_at++];
    return 1;
}

int vip_ahead_lots(struct vip_ahead *ahead, struct vip_account *account, vip_day day,
                   struct vip_lot **lots, size_t *count, struct vip_diag *diag)
{
    while (ahead->list_at < ahead->list_count &&
           ahead->lists[ahead->list_at].member < account->member)
        ahead->list_at++;
    if (ahead->list_at == ahead->list_count ||
        ahead->lists[ahead->list_at].member != account->member)
        return 0;
    struct lot_list *list = &ahead->lists[ahead->list_at++];
    int error = lot_list_give(ahead->db, list, account, day, lots, count, diag);
    return error == VIP_OK ? 1 : error;
}
