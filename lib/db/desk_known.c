/* The same request again: it is answered as it was, unless it says something else. See desk.h. */
#include "lib/db/desk.h"

#include <string.h>

static int conflict(const char *column, const char *request, struct vip_diag *diag)
{
    return vip_refuse(diag, "conflict", column, "the request '%s' is there with another %s",
                      request, column);
}

/* Of an adjustment and a transfer the points were asked for; of all else they follow. */
static bool other_points(const struct vip_request *request, const struct desk_posted *stored)
{
    if (request->kind == VIP_REQUEST_TRANSFER)
        return stored->points != -request->points;
    return request->kind == VIP_REQUEST_ADJUST && stored->points != request->points;
}

/* With --clamp less may have been granted than was asked for. A date that is left out is the
 * business day, which was another when the request was first made. */
static const char *differing(const struct vip_desk *desk, const struct vip_request *request,
                             const char *item, const struct desk_posted *stored)
{
    int64_t asked = request->quantity ? request->quantity : 1;
    bool cut = desk->clamp && stored->quantity < asked;
    if (strcmp(vip_request_word(request->kind), stored->kind) != 0)
        return "kind";
    if (strcmp(item, stored->item) != 0 && request->kind != VIP_REQUEST_TOPUP)
        return "item";
    if (request->kind != VIP_REQUEST_CANCEL && asked != stored->quantity && !cut)
        return "quantity";
    if (other_points(request, stored))
        return "points";
    if (request->amount != stored->amount)
        return "amount";
    if (request->guests != stored->guests)
        return "guests";
    if (request->day != VIP_DAY_NONE && request->day != stored->day)
        return "date";
    if (strcmp(request->receipt, stored->receipt) != 0)
        return "receipt";
    if (strcmp(request->by, stored->by) != 0)
        return "by";
    if (strcmp(request->reason, stored->reason) != 0)
        return "reason";
    return strcmp(request->witness, stored->witness) != 0 ? "witness" : NULL;
}

static int check_same(struct vip_desk *desk, const struct vip_request *request, const char *item,
                      const struct desk_posted *stored, struct vip_diag *diag)
{
    int64_t member = stored->member, receiver = stored->receiver, shop = 0;
    const char *column = differing(desk, request, item, stored);
    bool transfer = request->kind == VIP_REQUEST_TRANSFER;
    int error = VIP_OK;
    if (transfer)
        error = desk_identify_party(desk, request->identity.member, "from", &member, diag);
    else if (!vip_identity_empty(&request->identity))
        error = desk_identify(desk, &request->identity, &member, diag);
    if (error == VIP_OK && transfer)
        error = desk_identify_party(desk, request->to, "to", &receiver, diag);
    if (error == VIP_OK)
        error = vip_code_find(desk->batch.db, &desk->codes, request->store, false, &shop, diag);
    if (error != VIP_OK)
        return error;
    if (member != stored->member)
        column = transfer ? "from" : "member";
    else if (receiver != stored->receiver)
        column = column ? column : "to";
    else if (!column && shop != stored->store)
        column = "store";
    return column ? conflict(column, request->request, diag) : VIP_OK;
}

int desk_answer_known(struct vip_desk *desk, const struct vip_request *request, const char *item,
                      const struct desk_posted *stored, struct vip_arena *arena,
                      struct vip_redemption *done, struct vip_diag *diag)
{
    int error = check_same(desk, request, item, stored, diag);
    if (error != VIP_OK)
        return error;
    *done = (struct vip_redemption){
        .known = true,
        .item = vip_arena_text(arena, stored->item),
        .quantity = stored->quantity,
        .points = stored->points,
        .value = stored->value,
        .voucher = vip_arena_text(arena, stored->voucher),
        .to = "",
        .tier = "",
        .reason = stored->cancelled ? "cancelled" : "",
    };
    if (!done->item || !done->voucher)
        return vip_fail_memory(diag);
    if (request->kind == VIP_REQUEST_TOPUP)
        done->tier = done->item;
    error = desk_member_number(desk->batch.db, stored->member, arena, &done->member, diag);
    if (error == VIP_OK && stored->receiver)
        error = desk_member_number(desk->batch.db, stored->receiver, arena, &done->to, diag);
    if (error == VIP_OK && request->kind == VIP_REQUEST_TOPUP)
        error = vip_stored_of_request(desk->batch.db, stored->member, request->request,
                                      &done->change, diag);
    return error;
}
