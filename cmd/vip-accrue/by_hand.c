/* vip-accrue --adjust, --transfer, --topup: points and money that people move by hand. Rows become
 * requests for the desk (lib/db/redeem.h), where each is posted once under its key. */
#include "cmd/vip-accrue/parts.h"

#include "cmd/common/requests.h"
#include <string.h>

static int wrong(struct vip_context *context, const char *column, const char *cell, const char *why)
{
    return vip_refuse(&context->diag, "bad-cell", column, "'%s' %s", cell, why);
}

static const char *status_of(const struct vip_redemption *done)
{
    return done->known ? "known" : "posted";
}

static int run(struct vip_context *context, struct vip_requests *requests)
{
    int error = vip_requests_open(context, requests);
    if (error == VIP_OK)
        error = vip_requests_run(context, requests);
    vip_requests_close(requests);
    return error;
}

/* ---- points ---- */

static const struct vip_column points_output[] = {
    {"member", VIP_TEXT},     {"request", VIP_TEXT}, {"kind", VIP_TEXT},   {"points", VIP_INTEGER},
    {"balance", VIP_INTEGER}, {"status", VIP_TEXT},  {"reason", VIP_TEXT},
};

enum { POINTS_COLUMNS = sizeof points_output / sizeof points_output[0] };

static void fill_points(const struct vip_request *request, const struct vip_redemption *done,
                        const char *member, vip_points points, vip_points balance,
                        const char *reason, struct vip_value *values)
{
    const struct vip_value filled[POINTS_COLUMNS] = {
        vip_text(member),
        vip_text(request->request),
        vip_text(vip_request_word(request->kind)),
        vip_int(points),
        done->known ? vip_null() : vip_int(balance),
        vip_text(status_of(done)),
        vip_text(reason),
    };
    memcpy(values, filled, sizeof filled);
}

static int parse_points(struct vip_context *context, const char *cell, vip_points *points)
{
    const char *why;
    if (!*cell)
        return vip_request_need(context, "points", cell, "how many?");
    if (vip_integer_parse(cell, points, &why) != VIP_OK)
        return wrong(context, "points", cell, why);
    return VIP_OK;
}

/* ---- --adjust ---- */

enum { ADJUST_REQUEST, ADJUST_POINTS, ADJUST_REASON, ADJUST_BY, ADJUST_WITNESS, ADJUST_IDENTITY };
static const char *const adjust_columns[] = {
    "request", "points", "reason", "by", "witness", VIP_IDENTITY_COLUMNS, NULL};
static const char *const adjust_required[] = {"request",           "points", "reason", "by",
                                              VIP_IDENTITY_NEEDED, NULL};

static int parse_adjust(struct vip_context *context, const char *const *cells,
                        struct vip_request *request)
{
    request->kind = VIP_REQUEST_ADJUST;
    request->request = cells[ADJUST_REQUEST];
    request->reason = cells[ADJUST_REASON];
    request->by = cells[ADJUST_BY];
    request->witness = cells[ADJUST_WITNESS];
    request->identity = vip_identity_of(cells + ADJUST_IDENTITY);
    int error =
        vip_request_need(context, "request", request->request, "it is the key of an adjustment");
    if (error == VIP_OK)
        error = parse_points(context, cells[ADJUST_POINTS], &request->points);
    if (error == VIP_OK && request->points == 0)
        error = wrong(context, "points", cells[ADJUST_POINTS], "adjusts nothing");
    if (error == VIP_OK)
        error = vip_request_need(context, "reason", request->reason, "why is it adjusted?");
    return error == VIP_OK ? vip_request_need(context, "by", request->by, "who answers for it?")
                           : error;
}

/* After a correction that took more than there was: what is owed. */
static int fill_adjust(struct vip_context *context, struct vip_requests *requests,
                       const struct vip_request *request, const struct vip_redemption *done,
                       struct vip_arena *arena, struct vip_value *values)
{
    const char *debt = "";
    if (!done->known && done->owed)
        debt = vip_accrue_debt(arena, vip_programs_on(&requests->programs, context->as_of),
                               done->owed);
    if (!debt)
        return vip_fail_memory(&context->diag);
    fill_points(request, done, done->member, done->points, done->balance, debt, values);
    return VIP_OK;
}

int vip_accrue_adjust(struct vip_context *context)
{
    struct vip_requests requests = {.columns = adjust_columns,
                                    .required = adjust_required,
                                    .output = points_output,
                                    .output_count = POINTS_COLUMNS,
                                    .parse = parse_adjust,
                                    .fill = fill_adjust};
    return run(context, &requests);
}

/* ---- --transfer ---- */

enum {
    TRANSFER_REQUEST,
    TRANSFER_FROM,
    TRANSFER_TO,
    TRANSFER_POINTS,
    TRANSFER_REASON,
    TRANSFER_BY,
    TRANSFER_WITNESS
};
static const char *const transfer_columns[] = {"request", "from", "to",      "points",
                                               "reason",  "by",   "witness", NULL};
static const char *const transfer_required[] = {"request", "from", "to", "points", "by", NULL};

static int parse_transfer(struct vip_context *context, const char *const *cells,
                          struct vip_request *request)
{
    request->kind = VIP_REQUEST_TRANSFER;
    request->request = cells[TRANSFER_REQUEST];
    request->identity.member = cells[TRANSFER_FROM];
    request->to = cells[TRANSFER_TO];
    request->reason = cells[TRANSFER_REASON];
    request->by = cells[TRANSFER_BY];
    request->witness = cells[TRANSFER_WITNESS];
    int error =
        vip_request_need(context, "request", request->request, "it is the key of a transfer");
    if (error == VIP_OK)
        error = parse_points(context, cells[TRANSFER_POINTS], &request->points);
    if (error == VIP_OK && request->points < 1)
        error = wrong(context, "points", cells[TRANSFER_POINTS], "is not 1 or more");
    return error == VIP_OK ? vip_request_need(context, "by", request->by, "who answers for it?")
                           : error;
}

/* Two members, two rows. */
static int fill_transfer(struct vip_context *context, struct vip_requests *requests,
                         const struct vip_request *request, const struct vip_redemption *done,
                         struct vip_arena *arena, struct vip_value *values)
{
    (void)context, (void)requests, (void)arena;
    fill_points(request, done, done->member, done->points, done->balance, "", values);
    fill_points(request, done, done->to, -done->points, done->to_balance, "",
                values + POINTS_COLUMNS);
    return VIP_OK;
}

int vip_accrue_transfer(struct vip_context *context)
{
    struct vip_requests requests = {.columns = transfer_columns,
                                    .required = transfer_required,
                                    .output = points_output,
                                    .output_count = POINTS_COLUMNS,
                                    .output_rows = 2,
                                    .parse = parse_transfer,
                                    .fill = fill_transfer};
    return run(context, &requests);
}

/* ---- --topup ---- */

enum {
    TOPUP_REQUEST,
    TOPUP_AMOUNT,
    TOPUP_BY,
    TOPUP_WITNESS,
    TOPUP_STORE,
    TOPUP_RECEIPT,
    TOPUP_IDENTITY
};
static const char *const topup_columns[] = {
    "request", "amount", "by", "witness", "store", "receipt", VIP_IDENTITY_COLUMNS, NULL};
static const char *const topup_required[] = {"request", "amount", "by", VIP_IDENTITY_NEEDED, NULL};

static const struct vip_column topup_output[] = {
    {"member", VIP_TEXT},   {"request", VIP_TEXT}, {"kind", VIP_TEXT},
    {"principal", VIP_FEN}, {"bonus", VIP_FEN},    {"stored", VIP_FEN},
    {"tier", VIP_TEXT},     {"status", VIP_TEXT},  {"reason", VIP_TEXT},
};
enum { TOPUP_COLUMNS = sizeof topup_output / sizeof topup_output[0] };

static int parse_topup(struct vip_context *context, const char *const *cells,
                       struct vip_request *request)
{
    const char *why;
    request->kind = VIP_REQUEST_TOPUP;
    request->request = cells[TOPUP_REQUEST];
    request->by = cells[TOPUP_BY];
    request->witness = cells[TOPUP_WITNESS];
    request->store = cells[TOPUP_STORE];
    request->receipt = cells[TOPUP_RECEIPT];
    request->identity = vip_identity_of(cells + TOPUP_IDENTITY);
    int error = vip_request_need(context, "request", request->request, "it is the key of a top-up");
    if (error == VIP_OK)
        error = vip_request_need(context, "amount", cells[TOPUP_AMOUNT], "how much is paid in?");
    if (error == VIP_OK && vip_fen_parse(cells[TOPUP_AMOUNT], &request->amount, &why) != VIP_OK)
        return wrong(context, "amount", cells[TOPUP_AMOUNT], why);
    if (error == VIP_OK && request->amount <= 0)
        return wrong(context, "amount", cells[TOPUP_AMOUNT], "is not more than 0");
    return error == VIP_OK ? vip_request_need(context, "by", request->by, "who took the money?")
                           : error;
}

static int fill_topup(struct vip_context *context, struct vip_requests *requests,
                      const struct vip_request *request, const struct vip_redemption *done,
                      struct vip_arena *arena, struct vip_value *values)
{
    (void)context, (void)requests, (void)arena;
    const struct vip_value filled[TOPUP_COLUMNS] = {
        vip_text(done->member),
        vip_text(request->request),
        vip_text("topup"),
        vip_money(done->change.principal),
        vip_money(done->change.bonus),
        done->known ? vip_null() : vip_money(done->stored),
        vip_text(done->tier),
        vip_text(status_of(done)),
        vip_text(done->reason),
    };
    memcpy(values, filled, sizeof filled);
    return VIP_OK;
}

int vip_accrue_topup(struct vip_context *context)
{
    struct vip_requests requests = {.columns = topup_columns,
                                    .required = topup_required,
                                    .output = topup_output,
                                    .output_count = TOPUP_COLUMNS,
                                    .parse = parse_topup,
                                    .fill = fill_topup};
    return run(context, &requests);
}
