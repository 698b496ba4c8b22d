/* Points moved by hand: adjustments, and transfers from one member to another. See desk.h. */
#include "lib/db/desk.h"

#include "lib/base/text.h"
#include <string.h>

int desk_check_status(struct desk_visit *visit, const char *column, bool suspended)
{
    enum vip_status status = visit->account.status;
    if (status == VIP_STATUS_ACTIVE || (suspended && status == VIP_STATUS_SUSPENDED))
        return VIP_OK;
    return vip_refuse(visit->diag, visit->who.status, column, "the membership is %s",
                      visit->who.status);
}

int desk_check_signatures(struct desk_visit *visit, const struct vip_request *request)
{
    const char *asked = visit->program->witness, *word = vip_request_word(request->kind);
    if (!*asked || !vip_list_has(asked, word))
        return VIP_OK;
    if (vip_text_blank(request->by) || vip_text_blank(request->witness) ||
        vip_text_same(request->by, request->witness))
        return vip_refuse(visit->diag, "one-signature", "witness",
                          "the programme asks for two different people: by and witness");
    return VIP_OK;
}

static struct vip_entry entry_of(const struct desk_visit *visit, const struct vip_request *request,
                                 enum vip_entry_kind kind, vip_points points)
{
    return (struct vip_entry){
        .kind = kind,
        .day = visit->day,
        .points = points,
        .available = VIP_DAY_NONE,
        .expires = VIP_DAY_NONE,
        .ref = request->request,
    };
}

/* ---- adjustments ---- */

/* A correction takes what there is in the order of the lots, those that cannot be spent yet too,
 * and what is missing is a debt, as after a return. */
int desk_adjust(struct desk_visit *visit, const struct vip_request *request,
                struct vip_redemption *done)
{
    struct vip_desk *desk = visit->desk;
    struct vip_entry entry = entry_of(visit, request, VIP_ENTRY_ADJUST, request->points);
    vip_points balance;
    int error = desk_check_status(visit, "member", true);
    if (error == VIP_OK)
        error = desk_check_signatures(visit, request);
    if (error == VIP_OK && !vip_add(visit->account.balance, request->points, &balance))
        error = vip_refuse(visit->diag, "overflow", "points", "the member's balance overflows");
    if (error == VIP_OK && request->points > 0)
        error = vip_entry_date(desk->batch.db, visit->program, visit->account.member, &entry,
                               visit->diag);
    if (error == VIP_OK && request->points < 0)
        error = desk_settle(visit);
    if (error != VIP_OK)
        return error;
    error = request->points > 0
                ? vip_ledger_post(&desk->batch, &visit->account, &entry, visit->diag)
                : vip_ledger_take(&desk->batch, &visit->account, &entry, 0, true, &desk->scratch,
                                  visit->diag);
    if (error == VIP_OK)
        error = vip_account_save(&desk->batch, &visit->account, visit->diag);
    desk_note_pending(desk, visit->account.member);
    done->points = request->points;
    done->owed = visit->account.balance < 0 ? -visit->account.balance : 0;
    return error == VIP_OK ? desk_store(visit, request, done, entry.entry, 0) : error;
}

/* ---- transfers ---- */

int desk_identify_party(struct vip_desk *desk, const char *party, const char *column,
                        int64_t *member, struct vip_diag *diag)
{
    const struct vip_identity ways[] = {{.member = party}, {.card = party}, {.phone = party}};
    struct vip_diag first = *diag;
    int error = VIP_EREFUSED;
    if (!*party)
        return vip_refuse(diag, "missing-field", column, "is empty: between whom is it?");
    for (size_t i = 0; i < sizeof ways / sizeof *ways && error == VIP_EREFUSED; i++) {
        error = desk_identify(desk, &ways[i], member, diag);
        if (i == 0)
            first = *diag;
    }
    if (error == VIP_EREFUSED) {
        *diag = first;
        vip_diag_place(diag, NULL, 0, column);
    }
    return error;
}

/* What each lot gave keeps its dates: it opens a lot like it. */
static int receive(struct desk_visit *visit, const struct vip_request *request,
                   struct vip_account *receiver, const struct vip_lot_use *uses, size_t count)
{
    struct vip_batch *batch = &visit->desk->batch;
    int error = VIP_OK;
    for (size_t i = 0; i < count && error == VIP_OK; i++) {
        const struct vip_lot *lot = vip_lots_find(visit->lots, visit->lot_count, uses[i].lot);
        struct vip_entry entry = entry_of(visit, request, VIP_ENTRY_TRANSFER, uses[i].points);
        entry.spend_day = lot->earned;
        entry.available = lot->available == lot->earned ? VIP_DAY_NONE : lot->available;
        entry.expires = lot->expires;
        error = vip_ledger_post(batch, receiver, &entry, visit->diag);
    }
    return error == VIP_OK ? vip_account_save(batch, receiver, visit->diag) : error;
}

/* Which lots give how much, while they are as they were. */
static int plan_uses(struct desk_visit *visit, vip_points points, struct vip_lot_use **uses,
                     size_t *count)
{
    size_t lots = visit->lot_count;
    struct vip_lot *copy = vip_arena_zero(&visit->desk->scratch, lots + 1, sizeof *copy);
    *uses = vip_arena_zero(&visit->desk->scratch, lots + 1, sizeof **uses);
    if (!copy || !*uses)
        return vip_fail_memory(visit->diag);
    if (lots)
        memcpy(copy, visit->lots, lots * sizeof *copy);
    vip_points missing = vip_lots_take(copy, lots, points, visit->day, false, *uses, count);
    if (missing)
        return vip_refuse(visit->diag, "too-few-points", "points",
                          "%lld points are to go, %lld can be spent", (long long)points,
                          (long long)(points - missing));
    return VIP_OK;
}

static int load_receiver(struct desk_visit *visit, const struct vip_request *request,
                         struct vip_account *receiver)
{
    struct desk_visit other;
    int64_t member = 0;
    vip_points balance;
    int error = desk_identify_party(visit->desk, request->to, "to", &member, visit->diag);
    if (error != VIP_OK)
        return error;
    if (member == visit->account.member)
        return vip_refuse(visit->diag, "same-member", "to", "is the member who gives them");
    other = *visit;
    error = desk_load_member(&other, member);
    if (error == VIP_OK)
        error = desk_check_status(&other, "to", false);
    if (error == VIP_OK && !vip_add(other.account.balance, request->points, &balance))
        error = vip_refuse(visit->diag, "overflow", "points", "the receiver's balance overflows");
    *receiver = other.account;
    return error;
}

int desk_transfer(struct desk_visit *visit, const struct vip_request *request,
                  struct vip_arena *arena, struct vip_redemption *done)
{
    struct vip_desk *desk = visit->desk;
    struct vip_entry entry = entry_of(visit, request, VIP_ENTRY_TRANSFER, -request->points);
    struct vip_account receiver = {.member = 0};
    struct vip_lot_use *uses = NULL;
    size_t count = 0;
    int error = desk_check_status(visit, "from", false);
    if (error == VIP_OK)
        error = desk_check_signatures(visit, request);
    if (error == VIP_OK)
        error = load_receiver(visit, request, &receiver);
    if (error == VIP_OK)
        error = desk_settle(visit);
    if (error == VIP_OK)
        error = desk_load_lots(visit);
    if (error == VIP_OK)
        error = plan_uses(visit, request->points, &uses, &count);
    if (error == VIP_OK)
        error = vip_ledger_take_lots(&desk->batch, &visit->account, &entry, visit->lots,
                                     visit->lot_count, 0, false, &desk->scratch, visit->diag);
    if (error == VIP_OK)
        error = vip_account_save(&desk->batch, &visit->account, visit->diag);
    if (error == VIP_OK)
        error = receive(visit, request, &receiver, uses, count);
    desk_note_pending(desk, visit->account.member);
    desk_note_pending(desk, receiver.member);
    if (error != VIP_OK)
        return error;
    done->points = -request->points;
    done->to_balance = receiver.balance;
    error = desk_member_number(desk->batch.db, receiver.member, arena, &done->to, visit->diag);
    return error == VIP_OK ? desk_store(visit, request, done, entry.entry, receiver.member) : error;
}
