/* The desk: requests for rewards, benefits and vouchers, one after the other. See redeem.h. */
#include "lib/base/sort.h"
#include "lib/db/desk.h"

#include "lib/db/voucher.h"
#include <stdlib.h>
#include <string.h>

enum { VOUCHERS_MOST = 100 }; /* issued by one request */

const char *vip_request_word(enum vip_request_kind kind)
{
    static const char *const words[] = {"reward", "voucher", "benefit",  "cancel",
                                        "stored", "adjust",  "transfer", "topup"};
    return words[kind];
}

/* ---- open, begin, commit ---- */

int vip_desk_open(struct vip_desk **desk, const struct vip_desk_options *options,
                  struct vip_diag *diag)
{
    *desk = calloc(1, sizeof **desk);
    if (!*desk)
        return vip_fail_memory(diag);
    (*desk)->batch = options->batch;
    (*desk)->programs = options->programs;
    (*desk)->clamp = options->clamp;
    (*desk)->rebate_cost = desk_rebate_cost(options->programs);
    (*desk)->cards_end = desk_cards_end(options->programs);
    return vip_ledger_buffer_open(&(*desk)->batch, diag);
}

void vip_desk_close(struct vip_desk *desk)
{
    if (!desk)
        return;
    vip_ledger_buffer_close(&desk->batch);
    free(desk->rows);
    free(desk->vouchers);
    desk_forget_order(desk);
    vip_arena_free(&desk->scratch);
    vip_arena_free(&desk->held.arena);
    vip_codes_free(&desk->codes);
    vip_map_free(&desk->members);
    desk_forget_taken(desk);
    free(desk->taken);
    vip_tier_engine_close(desk->tiers);
    free(desk);
}

int vip_desk_begin(struct vip_desk *desk, const char *file, struct vip_diag *diag)
{
    desk->batch.file = file;
    desk->pending = 0;
    desk_forget_order(desk);
    desk_forget_taken(desk); /* others may have worked in between */
    return vip_batch_begin(&desk->batch, diag);
}

int vip_desk_commit(struct vip_desk *desk, struct vip_diag *diag)
{
    int error = desk_write_rows(desk, diag);
    if (error == VIP_OK)
        error = desk_write_taken(desk, diag);
    if (error == VIP_OK)
        return vip_batch_commit(&desk->batch, diag);
    vip_batch_rollback(&desk->batch);
    return error;
}

void vip_desk_rollback(struct vip_desk *desk)
{
    vip_ledger_buffer_drop(&desk->batch);
    desk->row_count = desk->voucher_count = 0;
    vip_batch_rollback(&desk->batch);
}

/* ---- rewards ---- */

static struct vip_redeem_ask ask_of(const struct desk_visit *visit,
                                    const struct vip_request *request)
{
    return (struct vip_redeem_ask){
        .day = visit->day,
        .quantity = request->quantity ? request->quantity : 1,
        .guests = request->guests > 0 ? request->guests : 0,
        .by = request->by,
        .witness = request->witness,
        .exception = request->exception,
        .clamp = visit->desk->clamp,
    };
}

static int take_points(struct desk_visit *visit, const struct vip_request *request,
                       vip_points points, int64_t *number)
{
    struct vip_desk *desk = visit->desk;
    struct vip_entry entry = {
        .kind = VIP_ENTRY_REDEEM,
        .day = visit->day,
        .points = -points,
        .available = VIP_DAY_NONE,
        .expires = VIP_DAY_NONE,
        .ref = request->request,
    };
    *number = 0;
    if (!points)
        return VIP_OK;
    int error = vip_code_find(desk->batch.db, &desk->codes, request->store, true, &entry.store,
                              visit->diag);
    if (error == VIP_OK)
        error = vip_ledger_take_lots(&desk->batch, &visit->account, &entry, visit->lots,
                                     visit->lot_count, 0, false, &desk->scratch, visit->diag);
    if (error == VIP_OK)
        error = vip_account_save(&desk->batch, &visit->account, visit->diag);
    *number = entry.entry;
    desk_note_pending(desk, visit->account.member);
    return error;
}

static int issue_vouchers(struct desk_visit *visit, const struct vip_request *request,
                          const struct vip_reward *reward, const struct vip_redeem_answer *answer,
                          struct vip_arena *arena, const char **codes)
{
    struct vip_voucher voucher = {
        .member = visit->account.member,
        .reward = reward->reward,
        .value = reward->value,
        .issued = visit->day,
        .expires = answer->expires,
        .request = request->request,
    };
    for (int64_t i = 0; i < answer->quantity; i++) {
        char code[VIP_VOUCHER_TEXT];
        int error = vip_voucher_code(code, visit->diag);
        if (error != VIP_OK)
            return error;
        voucher.voucher = vip_arena_text(arena, code);
        *codes = i ? vip_arena_format(arena, "%s|%s", *codes, code) : voucher.voucher;
        if (!voucher.voucher || !*codes)
            return vip_fail_memory(visit->diag);
        error = desk_keep_voucher(visit, &voucher);
        if (error != VIP_OK)
            return error;
    }
    return VIP_OK;
}

struct granting { /* what the rules say of a reward */
    struct vip_redeem_answer answer;
    struct desk_unclaimed unclaimed[DESK_CLAIMS_MOST];
    size_t unclaimed_count;
};

/* What could be claimed before this day and was not is gone, whether vip-expire has been run since
 * or not: it buys nothing else. It is posted with what is granted. */
static int find_unclaimed(struct desk_visit *visit, struct granting *granting)
{
    granting->unclaimed_count = 0;
    if (visit->account.balance < visit->desk->rebate_cost)
        return VIP_OK;
    return desk_find_unclaimed(visit, granting->unclaimed, &granting->unclaimed_count);
}

static int decide_reward(struct desk_visit *visit, const struct vip_request *request,
                         const struct vip_reward *reward, struct granting *granting)
{
    struct vip_redeem_ask ask = ask_of(visit, request);
    struct vip_redeem_answer *answer = &granting->answer;
    int error = VIP_OK;
    if (!reward)
        return vip_refuse(visit->diag, "no-such-reward", "item",
                          "'%s' is no reward of the programme", request->item);
    error = desk_load_lots(visit);
    if (error == VIP_OK)
        error = find_unclaimed(visit, granting);
    if (error == VIP_OK)
        error = desk_load_reward(visit, reward);
    if (error == VIP_OK)
        error = vip_redeem_reward(visit->program, reward, &visit->who, &ask, answer, visit->diag);
    if (error == VIP_OK && answer->voucher && answer->quantity > VOUCHERS_MOST)
        error = vip_refuse(visit->diag, "too-many-items", "quantity",
                           "one request issues at most %d vouchers", (int)VOUCHERS_MOST);
    return error;
}

static int do_reward(struct desk_visit *visit, const struct vip_request *request,
                     struct vip_arena *arena, struct vip_redemption *done)
{
    const struct vip_reward *reward = vip_program_reward(visit->program, request->item);
    struct granting granting;
    const struct vip_redeem_answer *answer = &granting.answer;
    int64_t entry = 0;
    int error = decide_reward(visit, request, reward, &granting);
    if (error != VIP_OK)
        return error;
    if (granting.unclaimed_count)
        error = desk_post_unclaimed(visit, granting.unclaimed, granting.unclaimed_count);
    if (error == VIP_OK)
        error = take_points(visit, request, answer->points, &entry);
    if (error == VIP_OK && answer->voucher)
        error = issue_vouchers(visit, request, reward, answer, arena, &done->voucher);
    done->quantity = answer->quantity;
    done->points = -answer->points;
    done->value = answer->value;
    if (request->quantity > answer->quantity)
        done->reason = "clamped";
    if (error == VIP_OK)
        error = desk_store(visit, request, done, entry, 0);
    return error == VIP_OK
               ? desk_note_taken(visit->desk, request->item, answer->quantity, visit->diag)
               : error;
}

/* ---- benefits ---- */

/* Who allowed what the rules do not: in the audit log. */
static int note_exception(struct desk_visit *visit, const struct vip_request *request)
{
    if (!*request->exception)
        return VIP_OK;
    const char *detail = vip_arena_format(&visit->desk->scratch, "request %s: %s, allowed by %s",
                                          request->request, request->item, request->exception);
    if (!detail)
        return vip_fail_memory(visit->diag);
    return vip_batch_event(&visit->desk->batch, visit->account.member, "exception", detail,
                           visit->diag);
}

static int do_benefit(struct desk_visit *visit, const struct vip_request *request,
                      struct vip_redemption *done)
{
    struct vip_redeem_ask ask = ask_of(visit, request);
    struct vip_redeem_answer answer;
    const struct vip_benefit *row = NULL;
    int error = desk_load_benefit(visit, request->item, &row);
    if (error == VIP_OK)
        error = vip_redeem_benefit(visit->program, request->item, row, &visit->who, &ask, &answer,
                                   visit->diag);
    if (error != VIP_OK)
        return error;
    done->quantity = answer.quantity;
    if (request->quantity > answer.quantity)
        done->reason = "clamped";
    error = desk_store(visit, request, done, 0, 0);
    return error == VIP_OK ? note_exception(visit, request) : error;
}

/* ---- vouchers ---- */

static int check_voucher(struct desk_visit *visit, const struct vip_voucher *voucher)
{
    char text[VIP_DATE_TEXT];
    if (strcmp(visit->who.status, "active") != 0)
        return vip_refuse(visit->diag, visit->who.status, "member", "the membership is %s",
                          visit->who.status);
    if (voucher->state == VIP_VOUCHER_USED)
        return vip_refuse(visit->diag, "voucher-used", "item", "was used by the request '%s'",
                          voucher->used);
    if (voucher->state == VIP_VOUCHER_VOID)
        return vip_refuse(visit->diag, "voucher-void", "item", "is void: '%s' was cancelled",
                          voucher->request);
    if (voucher->expires < visit->day) { /* by days alone: a use that comes late was in time */
        vip_day_format(voucher->expires, text);
        return vip_refuse(visit->diag, "voucher-expired", "item", "was good until %s", text);
    }
    if (visit->day < voucher->issued)
        return vip_refuse(visit->diag, "before-request", "date",
                          "is before the day on which the voucher was issued");
    return VIP_OK;
}

static int do_voucher(struct desk_visit *visit, const struct vip_request *request, const char *code,
                      struct vip_redemption *done)
{
    struct vip_desk *desk = visit->desk;
    struct vip_voucher voucher;
    if (request->quantity > 1)
        return vip_refuse(visit->diag, "too-many-items", "quantity", "a voucher is used once");
    int found = vip_voucher_load(desk->batch.db, code, &desk->scratch, &voucher, visit->diag);
    if (found == 0)
        return vip_refuse(visit->diag, "no-such-voucher", "item", "no voucher has the code '%s'",
                          code);
    int error = found < 0 ? found : desk_check_owner(desk, request, voucher.member, visit->diag);
    if (error == VIP_OK)
        error = desk_load_member(visit, voucher.member);
    if (error == VIP_OK)
        error = desk_check_card(visit, request->identity.card);
    if (error == VIP_OK)
        error = check_voucher(visit, &voucher);
    if (error == VIP_OK)
        error =
            vip_voucher_set(&desk->batch, code, VIP_VOUCHER_USED, request->request, visit->diag);
    done->value = voucher.value;
    return error == VIP_OK ? desk_store(visit, request, done, 0, 0) : error;
}

/* ---- one request ---- */

/* Somebody must have been named. */
static int identify(struct desk_visit *visit, const struct vip_request *request, int64_t *member)
{
    struct vip_desk *desk = visit->desk;
    *member = visit->named;
    if (visit->named)
        return VIP_OK;
    if (request->kind == VIP_REQUEST_TRANSFER)
        return desk_identify_party(desk, request->identity.member, "from", member, visit->diag);
    return desk_identify(desk, &request->identity, member, visit->diag);
}

static int do_for_member(struct desk_visit *visit, const struct vip_request *request,
                         struct vip_arena *arena, struct vip_redemption *done)
{
    int64_t member;
    int error = identify(visit, request, &member);
    if (error == VIP_OK)
        error = desk_load_member(visit, member);
    if (error == VIP_OK)
        error = desk_check_card(visit, request->identity.card);
    if (error != VIP_OK)
        return error;
    switch (request->kind) {
    case VIP_REQUEST_BENEFIT:
        return do_benefit(visit, request, done);
    case VIP_REQUEST_STORED:
        return desk_spend_stored(visit, request, arena, done);
    case VIP_REQUEST_ADJUST:
        return desk_adjust(visit, request, done);
    case VIP_REQUEST_TRANSFER:
        return desk_transfer(visit, request, arena, done);
    case VIP_REQUEST_TOPUP:
        return desk_topup(visit, request, done);
    default:
        return do_reward(visit, request, arena, done);
    }
}

static int do_new(struct desk_visit *visit, const struct vip_request *request,
                  struct vip_arena *arena, struct vip_redemption *done)
{
    int error;
    if (request->kind == VIP_REQUEST_VOUCHER)
        error = do_voucher(visit, request, done->item, done);
    else if (request->kind == VIP_REQUEST_CANCEL)
        error = desk_cancel(visit, request, done);
    else
        error = do_for_member(visit, request, arena, done);
    if (error != VIP_OK)
        return error;
    done->balance = visit->account.balance;
    const char *named = request->kind == VIP_REQUEST_TRANSFER ? NULL : request->identity.member;
    if (named && *named) {
        done->member = named; /* lives as long as the request */
        return VIP_OK;
    }
    return desk_member_number(visit->desk->batch.db, visit->account.member, arena, &done->member,
                              visit->diag);
}

/* 1 posted before, 0 not, negative. */
static int find_known(struct vip_desk *desk, const char *request, struct desk_posted *stored,
                      struct vip_diag *diag)
{
    if (desk->highest && strcmp(request, desk->highest) > 0)
        return 0;
    return desk_find_posted(desk->batch.db, request, &desk->scratch, stored, diag);
}

/* What a request that was refused had changed of its visit was not posted: he is read anew. */
static void hold(struct vip_desk *desk, const struct desk_visit *visit, int error)
{
    if (desk->together && error == VIP_OK)
        desk_hold(visit);
    else
        desk->held.account.member = 0;
}

int vip_desk_redeem(struct vip_desk *desk, const struct vip_request *request,
                    struct vip_arena *arena, struct vip_redemption *redemption,
                    struct vip_diag *diag)
{
    struct desk_visit visit;
    struct desk_posted stored;
    char code[VIP_VOUCHER_TEXT];
    const char *item = request->item;
    vip_day day = request->day == VIP_DAY_NONE ? desk->batch.as_of : request->day;
    if (request->kind == VIP_REQUEST_VOUCHER) {
        if (!vip_voucher_read(item, code))
            return vip_refuse(diag, "bad-code", "item",
                              "'%s' is no voucher code: a character is wrong or missing", item);
        item = code;
    }
    desk_visit_begin(&visit, desk, day, diag);
    if (desk->turn_at < desk->turn_count)
        visit.named = vip_turn_key(desk->turns[desk->turn_at++]);
    int found = find_known(desk, request->request, &stored, diag);
    if (found < 0)
        return found;
    if (found)
        return desk_answer_known(desk, request, item, &stored, arena, redemption, diag);
    *redemption =
        (struct vip_redemption){.quantity = 1, .voucher = "", .reason = "", .to = "", .tier = ""};
    redemption->item = vip_arena_text(arena, item);
    if (!redemption->item)
        return vip_fail_memory(diag);
    int error = do_new(&visit, request, arena, redemption);
    hold(desk, &visit, error);
    return error;
}
