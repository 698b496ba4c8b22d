/* vip-redeem: spend points on rewards, use vouchers and benefits, spend stored value, take requests
 * back.
 *
 * Options, a row into a request, a request into a row; between them cmd/common/requests.h hands
 * batches to the desk (lib/db/redeem.h asks the rules and writes the database in one transaction).
 * With --offers: what each member could have today. */
#include "cmd/common/requests.h"
#include "lib/base/text.h"
#include <string.h>

static bool clamp, offers;
static const char *offers_member;

static const struct vip_option options[] = {
    {.name = "clamp",
     .kind = VIP_OPTION_FLAG,
     .target = &clamp,
     .help = "cut a quantity to what points, stock and limits allow"},
    {.name = "offers",
     .kind = VIP_OPTION_FLAG,
     .target = &offers,
     .help = "list what each member could have today, and change nothing"},
    {.name = "member",
     .kind = VIP_OPTION_TEXT,
     .argument = "MEMBER",
     .target = &offers_member,
     .help = "with --offers: of this member; no rows are read"},
    {0},
};

/* ---- a row in ---- */

enum {
    REQUEST,
    KIND,
    ITEM,
    QUANTITY,
    AMOUNT,
    GUESTS,
    DATE,
    STORE,
    RECEIPT,
    BY,
    WITNESS,
    EXCEPTION,
    IDENTITY
};

static const char *const columns[] = {"request",
                                      "kind",
                                      "item",
                                      "quantity",
                                      "amount",
                                      "guests",
                                      "date",
                                      "store",
                                      "receipt",
                                      "by",
                                      "witness",
                                      "exception",
                                      VIP_IDENTITY_COLUMNS,
                                      NULL};
static const char *const required[] = {"request", "item|amount", NULL};

static int wrong(struct vip_context *context, const char *column, const char *cell, const char *why)
{
    return vip_refuse(&context->diag, "bad-cell", column, "'%s' %s", cell, why);
}

static int parse_kind(struct vip_context *context, const char *cell, enum vip_request_kind *kind)
{
    static const struct {
        const char *word, *chinese;
        enum vip_request_kind kind;
    } words[] = {
        {"reward", "兑换", VIP_REQUEST_REWARD},   {"voucher", "用券", VIP_REQUEST_VOUCHER},
        {"benefit", "权益", VIP_REQUEST_BENEFIT}, {"stored", "储值", VIP_REQUEST_STORED},
        {"cancel", "撤销", VIP_REQUEST_CANCEL},
    };
    *kind = VIP_REQUEST_REWARD;
    if (!*cell)
        return VIP_OK;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (vip_text_same(cell, words[i].word) || strcmp(cell, words[i].chinese) == 0) {
            *kind = words[i].kind;
            return VIP_OK;
        }
    return wrong(context, "kind", cell,
                 "is none of reward (兑换), voucher (用券), benefit (权益), stored (储值), cancel "
                 "(撤销)");
}

static int parse_numbers(struct vip_context *context, const char *const *cells,
                         struct vip_request *request)
{
    const char *why = "";
    if (*cells[QUANTITY] &&
        (vip_integer_parse(cells[QUANTITY], &request->quantity, &why) != VIP_OK ||
         request->quantity < 1))
        return wrong(context, "quantity", cells[QUANTITY], *why ? why : "is not 1 or more");
    if (*cells[GUESTS] &&
        (vip_integer_parse(cells[GUESTS], &request->guests, &why) != VIP_OK || request->guests < 0))
        return wrong(context, "guests", cells[GUESTS], *why ? why : "is less than 0");
    if (*cells[AMOUNT] && vip_fen_parse(cells[AMOUNT], &request->amount, &why) != VIP_OK)
        return wrong(context, "amount", cells[AMOUNT], why);
    if (*cells[AMOUNT] && request->amount < 0 && request->kind != VIP_REQUEST_STORED)
        return wrong(context, "amount", cells[AMOUNT], "is less than 0");
    return VIP_OK;
}

static int parse_date(struct vip_context *context, const char *cell, vip_day *day)
{
    const char *why;
    if (!*cell)
        return VIP_OK;
    if (vip_day_parse(cell, day, NULL, &why) != VIP_OK)
        return wrong(context, "date", cell, why);
    if (*day > context->as_of)
        return wrong(context, "date", cell, "is later than today (see --as-of)");
    return VIP_OK;
}

static int parse_row(struct vip_context *context, const char *const *cells,
                     struct vip_request *request)
{
    static const char why[] = "each row needs its request (the key) and item";
    request->request = cells[REQUEST];
    request->identity = vip_identity_of(cells + IDENTITY);
    request->item = cells[ITEM];
    request->store = cells[STORE];
    request->receipt = cells[RECEIPT];
    request->by = cells[BY];
    request->witness = cells[WITNESS];
    request->exception = cells[EXCEPTION];
    int error = vip_request_need(context, "request", cells[REQUEST], why);
    if (error == VIP_OK)
        error = parse_kind(context, cells[KIND], &request->kind);
    if (error == VIP_OK && (request->kind != VIP_REQUEST_STORED || *cells[ITEM]))
        error = vip_request_need(context, "item", cells[ITEM], why);
    if (error == VIP_OK)
        error = parse_numbers(context, cells, request);
    return error == VIP_OK ? parse_date(context, cells[DATE], &request->day) : error;
}

/* ---- a row out ---- */

static const struct vip_column output[] = {
    {"member", VIP_TEXT}, {"request", VIP_TEXT},     {"kind", VIP_TEXT},
    {"item", VIP_TEXT},   {"quantity", VIP_INTEGER}, {"points", VIP_INTEGER},
    {"value", VIP_FEN},   {"balance", VIP_INTEGER},  {"voucher", VIP_TEXT},
    {"status", VIP_TEXT}, {"reason", VIP_TEXT},
};
enum { OUTPUT_COLUMNS = sizeof output / sizeof output[0] };

static int fill_row(struct vip_context *context, struct vip_requests *requests,
                    const struct vip_request *request, const struct vip_redemption *done,
                    struct vip_arena *arena, struct vip_value *values)
{
    (void)context, (void)requests, (void)arena;
    const struct vip_value filled[OUTPUT_COLUMNS] = {
        vip_text(done->member),
        vip_text(request->request),
        vip_text(vip_request_word(request->kind)),
        vip_text(done->item),
        vip_int(done->quantity),
        vip_int(done->points),
        done->value ? vip_money(done->value) : vip_null(),
        done->known ? vip_null() : vip_int(done->balance),
        vip_text(done->voucher),
        vip_text(done->known ? "known" : "posted"),
        vip_text(done->reason),
    };
    memcpy(values, filled, sizeof filled);
    return VIP_OK;
}

/* ---- offers ---- */

static const struct vip_column offer_output[] = {
    {"member", VIP_TEXT}, {"kind", VIP_TEXT},        {"item", VIP_TEXT},
    {"name", VIP_TEXT},   {"quantity", VIP_INTEGER}, {"points", VIP_INTEGER},
    {"value", VIP_FEN},   {"expires", VIP_DAY},      {"balance", VIP_INTEGER},
};

struct offers {
    struct vip_desk *desk;
    struct vip_arena arena; /* of one member's */
};

static int print_offers(struct vip_context *context, struct offers *asked,
                        const struct vip_identity *identity)
{
    struct vip_offer *items = NULL;
    size_t count = 0;
    const char *member = "";
    vip_points balance = 0;
    bool chinese = context->lang && strcmp(context->lang, "zh") == 0;
    vip_arena_reset(&asked->arena);
    int error = vip_desk_offers(asked->desk, identity, &asked->arena, &member, &balance, &items,
                                &count, &context->diag);
    for (size_t i = 0; error == VIP_OK && i < count; i++) {
        const struct vip_offer *offer = &items[i];
        const struct vip_value values[] = {
            vip_text(member),
            vip_text(offer->kind),
            vip_text(offer->item),
            vip_text(chinese ? offer->name_zh : offer->name_en),
            offer->quantity < 0 ? vip_null() : vip_int(offer->quantity),
            vip_int(offer->points),
            offer->value ? vip_money(offer->value) : vip_null(),
            vip_date(offer->expires),
            vip_int(balance),
        };
        error = vip_output_row(context, values);
    }
    if (error == VIP_OK)
        context->count.accepted++;
    return error;
}

static const char *const offer_columns[] = {VIP_IDENTITY_COLUMNS, NULL};
static const char *const offer_required[] = {VIP_IDENTITY_NEEDED, NULL};

static int offer_row(struct vip_context *context, void *state, const char *const *cells,
                     size_t line)
{
    const struct vip_identity identity = vip_identity_of(cells);
    (void)line;
    int error = vip_cells_judge(context, offer_columns, cells, VIP_CELL_BYTES);
    return error == VIP_OK ? print_offers(context, state, &identity) : error;
}

static int list_offers(struct vip_context *context, struct vip_desk *desk)
{
    struct offers asked = {.desk = desk};
    const struct vip_input input = {
        .columns = offer_columns, .required = offer_required, .row = offer_row, .state = &asked};
    const struct vip_identity named = {.member = offers_member};
    int error =
        vip_output_open(context, offer_output, sizeof offer_output / sizeof offer_output[0], NULL);
    if (error == VIP_OK)
        error = offers_member ? print_offers(context, &asked, &named)
                              : vip_input_each(context, 0, &input);
    vip_arena_free(&asked.arena);
    return error;
}

/* ---- the command ---- */

static int check_options(struct vip_context *context)
{
    if (offers && clamp)
        return vip_fail(&context->diag, VIP_EUSAGE,
                        "--clamp is not for --offers: nothing is asked");
    if (offers_member && !offers)
        return vip_fail(&context->diag, VIP_EUSAGE, "--member is for --offers");
    if (offers_member && context->operand_count)
        return vip_fail(&context->diag, VIP_EUSAGE, "--member and a FILE: one of them");
    return VIP_OK;
}

static int run_command(struct vip_context *context)
{
    struct vip_requests requests = {.columns = columns,
                                    .required = required,
                                    .output = output,
                                    .output_count = OUTPUT_COLUMNS,
                                    .clamp = clamp,
                                    .parse = parse_row,
                                    .fill = fill_row};
    int error = check_options(context);
    if (error == VIP_OK)
        error = vip_requests_open(context, &requests);
    if (error == VIP_OK)
        error = offers ? list_offers(context, requests.desk) : vip_requests_run(context, &requests);
    vip_requests_close(&requests);
    return error;
}

static const char *const examples[] = {
    "vip-redeem requests.csv",
    "hand out what was asked for",
    "vip-redeem --offers --member=M0000042 --format=table",
    "what could this customer have today?",
    NULL,
};

static const struct vip_command command = {
    .name = "vip-redeem",
    .synopsis = "[OPTION...] [FILE...]",
    .summary = "spend points on rewards, use vouchers, benefits, stored value",
    .flags = VIP_COMMAND_READS_INPUT,
    .options = options,
    .examples = examples,
    .run = run_command,
};

int main(int argc, char **argv)
{
    return vip_command_main(&command, argc, argv);
}
