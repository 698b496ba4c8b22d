/* A request is taken back: points go into the lots that they came from, vouchers are void or open
 * again, stored value is there again. See desk.h. */
#include "lib/db/desk.h"

#include "lib/base/text.h"
#include "lib/db/voucher.h"
#include <string.h>

static bool is_kind(const struct desk_posted *stored, enum vip_request_kind kind)
{
    return strcmp(stored->kind, vip_request_word(kind)) == 0;
}

/* The codes of a request that issued vouchers, one after the other. */
typedef int voucher_visitor(struct desk_visit *visit, const char *code);

static int each_voucher(struct desk_visit *visit, const char *codes, voucher_visitor *visitor)
{
    const char *part, *rest = codes;
    size_t size;
    int error = VIP_OK;
    while (error == VIP_OK && vip_text_split(&rest, '|', &part, &size)) {
        const char *code = vip_arena_copy(&visit->desk->scratch, part, size);
        error = code ? visitor(visit, code) : vip_fail_memory(visit->diag);
    }
    return error;
}

static int check_unused(struct desk_visit *visit, const char *code)
{
    struct vip_voucher voucher;
    int found =
        vip_voucher_load(visit->desk->batch.db, code, &visit->desk->scratch, &voucher, visit->diag);
    if (found < 0)
        return found;
    if (found && voucher.state == VIP_VOUCHER_USED)
        return vip_refuse(visit->diag, "voucher-used", "item", "its voucher %s was used by '%s'",
                          code, voucher.used);
    if (found && voucher.expires < visit->day)
        return vip_refuse(visit->diag, "voucher-expired", "item", "its voucher %s has run out",
                          code);
    return VIP_OK;
}

static int make_void(struct desk_visit *visit, const char *code)
{
    return vip_voucher_set(&visit->desk->batch, code, VIP_VOUCHER_VOID, NULL, visit->diag);
}

static int check_cancel(struct desk_visit *visit, const struct vip_request *request,
                        const struct desk_posted *stored)
{
    bool spending = is_kind(stored, VIP_REQUEST_STORED) && stored->value > 0;
    if (!is_kind(stored, VIP_REQUEST_REWARD) && !is_kind(stored, VIP_REQUEST_VOUCHER) &&
        !is_kind(stored, VIP_REQUEST_BENEFIT) && !spending)
        return vip_refuse(visit->diag, "not-cancellable", "item",
                          "'%s' is a request of the kind %s: a reward, a voucher, a benefit or a "
                          "spending of stored value is cancelled here",
                          request->item, stored->kind);
    if (stored->cancelled)
        return vip_refuse(visit->diag, "already-cancelled", "item", "'%s' was cancelled before",
                          request->item);
    if (visit->day < stored->day)
        return vip_refuse(visit->diag, "before-request", "date", "is before the day of '%s'",
                          request->item);
    int error = desk_check_status(visit, "member", true);
    return error != VIP_OK ? error : each_voucher(visit, stored->voucher, check_unused);
}

/* The points go back into the lots that they came from; those may have run out meanwhile, and then
 * the next vip-expire takes them. */
static int put_points_back(struct desk_visit *visit, const struct vip_request *request,
                           const struct desk_posted *stored, int64_t *number)
{
    struct vip_desk *desk = visit->desk;
    struct vip_entry entry = {
        .kind = VIP_ENTRY_CANCEL,
        .day = visit->day,
        .points = -stored->points,
        .available = VIP_DAY_NONE,
        .expires = VIP_DAY_NONE,
        .ref = request->request,
    };
    *number = 0;
    if (!stored->entry)
        return VIP_OK;
    int error = desk_settle(visit);
    if (error == VIP_OK)
        error = vip_code_find(desk->batch.db, &desk->codes, request->store, true, &entry.store,
                              visit->diag);
    if (error == VIP_OK)
        error = vip_ledger_put_back(&desk->batch, &visit->account, &entry, stored->entry,
                                    &desk->scratch, visit->diag);
    if (error == VIP_OK)
        error = vip_account_save(&desk->batch, &visit->account, visit->diag);
    *number = entry.entry;
    desk_note_pending(desk, visit->account.member);
    return error;
}

static int undo(struct desk_visit *visit, const struct vip_request *request,
                const struct desk_posted *stored, struct vip_redemption *done, int64_t *entry)
{
    struct vip_batch *batch = &visit->desk->batch;
    int error = is_kind(stored, VIP_REQUEST_STORED)
                    ? desk_cancel_stored(visit, request, stored, done, entry)
                    : put_points_back(visit, request, stored, entry);
    if (error == VIP_OK && is_kind(stored, VIP_REQUEST_VOUCHER))
        error = vip_voucher_set(batch, stored->item, VIP_VOUCHER_OPEN, NULL, visit->diag);
    else if (error == VIP_OK)
        error = each_voucher(visit, stored->voucher, make_void);
    if (error == VIP_OK)
        error =
            vip_db_run(batch->db, VIP_SQL_redemption_cancel, visit->diag, vip_text(request->item));
    if (error == VIP_OK && is_kind(stored, VIP_REQUEST_REWARD))
        error = desk_note_taken(visit->desk, stored->item, -stored->quantity, visit->diag);
    return error;
}

int desk_cancel(struct desk_visit *visit, const struct vip_request *request,
                struct vip_redemption *done)
{
    struct desk_posted stored;
    int64_t entry = 0;
    int found = desk_find_posted(visit->desk->batch.db, request->item, &visit->desk->scratch,
                                 &stored, visit->diag);
    if (found == 0)
        return vip_refuse(visit->diag, "no-such-request", "item", "no request '%s' was posted",
                          request->item);
    int error =
        found < 0 ? found : desk_check_owner(visit->desk, request, stored.member, visit->diag);
    if (error == VIP_OK)
        error = desk_load_member(visit, stored.member);
    if (error == VIP_OK)
        error = check_cancel(visit, request, &stored);
    if (error == VIP_OK)
        error = undo(visit, request, &stored, done, &entry);
    if (error != VIP_OK)
        return error;
    done->quantity = stored.quantity;
    done->points = -stored.points;
    done->value = -stored.value;
    return desk_store(visit, request, done, entry, 0);
}
