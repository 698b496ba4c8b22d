/* vip-redeem: spend points on rewards, use vouchers and benefits, take requests back.
 *
 * Options, read a row, gather a batch, hand it to the desk (lib/db/redeem.h asks the rules and
 * writes the database in one transaction), print the rows that took effect. With --offers: what
 * each member could have today. */
#include "cmd/common/command.h"
#include "lib/base/memory.h"
#include "lib/base/text.h"
#include "lib/db/program.h"
#include "lib/db/redeem.h"
#include <stdlib.h>
#include <string.h>

enum { BATCH_ROWS = 16384 };

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
    MEMBER,
    CARD,
    PHONE,
    ID_NO,
    NAME,
    BIRTHDAY
};

static const char *const columns[] = {"request", "kind",      "item",     "quantity", "amount",
                                      "guests",  "date",      "store",    "receipt",  "by",
                                      "witness", "exception", "member",   "card",     "phone",
                                      "id_no",   "name",      "birthday", NULL};
static const char *const required[] = {"request", "item", NULL};

struct row { /* one request of the batch and what became of it */
    struct vip_request request;
    const struct vip_row *raw; /* for --rejects; NULL without */
    struct vip_redemption done;
    const struct vip_diag *refused; /* NULL: it took effect, or was known */
};

struct run { /* what the callbacks share */
    struct vip_desk *desk;
    struct vip_arena programs_arena, arena; /* arena: of a batch */
    struct vip_programs programs;
    struct row *rows;
    size_t count;
};

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
        {"reward", "兑换", VIP_REQUEST_REWARD},
        {"voucher", "用券", VIP_REQUEST_VOUCHER},
        {"benefit", "权益", VIP_REQUEST_BENEFIT},
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
                 "is none of reward (兑换), voucher (用券), benefit (权益), cancel (撤销)");
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
    if (*cells[AMOUNT] &&
        (vip_fen_parse(cells[AMOUNT], &request->amount, &why) != VIP_OK || request->amount < 0))
        return wrong(context, "amount", cells[AMOUNT], *why ? why : "is less than 0");
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

static int check_key(struct vip_context *context, const char *const *cells, int column)
{
    if (!*cells[column])
        return vip_refuse(&context->diag, "missing-field", columns[column],
                          "is empty: each row needs its request (the key) and item");
    if (vip_identifier_spoilt(cells[column]))
        return vip_refuse(&context->diag, "spoilt-number", columns[column],
                          "'%s' was a number to a spreadsheet: export the column as text",
                          cells[column]);
    return VIP_OK;
}

static int parse_row(struct vip_context *context, const char *const *cells, size_t line,
                     struct vip_request *request)
{
    *request = (struct vip_request){
        .request = cells[REQUEST],
        .identity = {cells[MEMBER], cells[CARD], cells[PHONE], cells[ID_NO], cells[NAME],
                     cells[BIRTHDAY]},
        .item = cells[ITEM],
        .amount = -1,
        .guests = -1,
        .day = VIP_DAY_NONE,
        .store = cells[STORE],
        .receipt = cells[RECEIPT],
        .by = cells[BY],
        .witness = cells[WITNESS],
        .exception = cells[EXCEPTION],
        .source_line = line,
    };
    int error = check_key(context, cells, REQUEST);
    if (error == VIP_OK)
        error = check_key(context, cells, ITEM);
    if (error == VIP_OK)
        error = parse_kind(context, cells[KIND], &request->kind);
    if (error == VIP_OK)
        error = parse_numbers(context, cells, request);
    return error == VIP_OK ? parse_date(context, cells[DATE], &request->day) : error;
}

/* The cells live until the next row: the batch keeps copies. */
static int keep_texts(struct vip_context *context, struct run *run, struct vip_request *request)
{
    const char **texts[] = {&request->request,
                            &request->item,
                            &request->store,
                            &request->receipt,
                            &request->by,
                            &request->witness,
                            &request->exception,
                            &request->identity.member,
                            &request->identity.card,
                            &request->identity.phone,
                            &request->identity.id_no,
                            &request->identity.name,
                            &request->identity.birthday};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        if (!**texts[i])
            *texts[i] = "";
        else if (!(*texts[i] = vip_arena_text(&run->arena, *texts[i])))
            return vip_fail_memory(&context->diag);
    }
    return VIP_OK;
}

/* ---- a row out ---- */

static const struct vip_column output[] = {
    {"member", VIP_TEXT}, {"request", VIP_TEXT},     {"kind", VIP_TEXT},
    {"item", VIP_TEXT},   {"quantity", VIP_INTEGER}, {"points", VIP_INTEGER},
    {"value", VIP_FEN},   {"balance", VIP_INTEGER},  {"voucher", VIP_TEXT},
    {"status", VIP_TEXT}, {"reason", VIP_TEXT},
};

static int print_row(struct vip_context *context, const struct row *row)
{
    const struct vip_redemption *done = &row->done;
    const struct vip_value values[] = {
        vip_text(done->member),
        vip_text(row->request.request),
        vip_text(vip_request_word(row->request.kind)),
        vip_text(done->item),
        vip_int(done->quantity),
        vip_int(done->points),
        done->value ? vip_money(done->value) : vip_null(),
        done->known ? vip_null() : vip_int(done->balance),
        vip_text(done->voucher),
        vip_text(done->known ? "known" : "posted"),
        vip_text(done->reason),
    };
    if (done->known)
        context->count.known++;
    else
        context->count.accepted++;
    return vip_output_row(context, values);
}

static void report_refused(struct vip_context *context, const struct row *row)
{
    struct vip_diag diag = *row->refused;
    vip_diag_place(&diag, vip_input_file(context), row->request.source_line, NULL);
    vip_row_refused(context, &diag, row->raw);
}

/* ---- batches ---- */

/* Keeps what was said of a row until the batch is through. */
static int keep_refusal(struct vip_context *context, struct run *run, struct row *row)
{
    struct vip_diag *copy = vip_arena_take(&run->arena, sizeof *copy);
    if (!copy)
        return vip_fail_memory(&context->diag);
    *copy = context->diag;
    row->refused = copy;
    vip_diag_clear(&context->diag);
    return VIP_OK;
}

/* The rows that could be read, in the order in which they are dealt with. */
static int order_rows(struct vip_context *context, struct run *run, struct row ***rows,
                      size_t *count)
{
    const struct vip_request **requests = vip_arena_zero(&run->arena, run->count, sizeof *requests);
    size_t *order = vip_arena_zero(&run->arena, run->count, sizeof *order);
    struct row **read = vip_arena_zero(&run->arena, run->count, sizeof *read);
    *rows = vip_arena_zero(&run->arena, run->count, sizeof **rows);
    *count = 0;
    if (!requests || !order || !read || !*rows)
        return vip_fail_memory(&context->diag);
    for (size_t i = 0; i < run->count; i++) {
        if (run->rows[i].refused)
            continue;
        requests[*count] = &run->rows[i].request;
        read[(*count)++] = &run->rows[i];
    }
    int error = vip_desk_order(run->desk, requests, *count, order, &context->diag);
    for (size_t i = 0; error == VIP_OK && i < *count; i++)
        (*rows)[i] = read[order[i]];
    return error;
}

static int redeem_rows(struct vip_context *context, struct run *run)
{
    struct row **rows = NULL;
    size_t count = 0;
    int error = vip_desk_begin(run->desk, vip_input_file(context), &context->diag);
    if (error != VIP_OK)
        return error;
    error = order_rows(context, run, &rows, &count);
    for (size_t i = 0; error == VIP_OK && i < count; i++) {
        struct row *row = rows[i];
        vip_diag_clear(&context->diag);
        error = vip_desk_redeem(run->desk, &row->request, &run->arena, &row->done, &context->diag);
        if (error == VIP_EREFUSED)
            error = keep_refusal(context, run, row);
    }
    if (error == VIP_OK)
        return vip_desk_commit(run->desk, &context->diag);
    vip_desk_rollback(run->desk);
    return error;
}

/* Posts the batch; what is printed then is on disk. */
static int post_batch(struct vip_context *context, struct run *run)
{
    int error = run->count ? redeem_rows(context, run) : VIP_OK;
    for (size_t i = 0; error == VIP_OK && i < run->count; i++) {
        if (run->rows[i].refused)
            report_refused(context, &run->rows[i]);
        else
            error = print_row(context, &run->rows[i]);
    }
    run->count = 0;
    vip_arena_reset(&run->arena);
    return error == VIP_OK ? vip_output_flush(context) : error;
}

/* A row that cannot be read is refused in its turn, so that messages come in the order of rows. */
static int take_row(struct vip_context *context, void *state, const char *const *cells, size_t line)
{
    struct run *run = state;
    struct row *row = &run->rows[run->count];
    *row = (struct row){0};
    int error = parse_row(context, cells, line, &row->request);
    if (error == VIP_EREFUSED)
        error = keep_refusal(context, run, row);
    if (error == VIP_OK)
        error = keep_texts(context, run, &row->request);
    if (error == VIP_OK && context->rejects_path)
        error = vip_row_copy(vip_input_raw(context), &run->arena, &row->raw, &context->diag);
    if (error != VIP_OK)
        return error;
    run->count++;
    return run->count == BATCH_ROWS ? post_batch(context, run) : VIP_OK;
}

static int end_file(struct vip_context *context, void *state)
{
    return post_batch(context, state);
}

static int redeem(struct vip_context *context, struct run *run)
{
    const struct vip_input input = {.columns = columns,
                                    .required = required,
                                    .row = take_row,
                                    .file_end = end_file,
                                    .state = run};
    int error = vip_output_open(context, output, sizeof output / sizeof output[0], NULL);
    run->rows = calloc(BATCH_ROWS, sizeof *run->rows);
    if (error == VIP_OK && !run->rows)
        error = vip_fail_memory(&context->diag);
    return error == VIP_OK ? vip_input_each(context, 0, &input) : error;
}

/* ---- offers ---- */

static const struct vip_column offer_output[] = {
    {"member", VIP_TEXT}, {"kind", VIP_TEXT},        {"item", VIP_TEXT},
    {"name", VIP_TEXT},   {"quantity", VIP_INTEGER}, {"points", VIP_INTEGER},
    {"value", VIP_FEN},   {"expires", VIP_DAY},      {"balance", VIP_INTEGER},
};

static int print_offers(struct vip_context *context, struct run *run,
                        const struct vip_identity *identity)
{
    struct vip_offer *items = NULL;
    size_t count = 0;
    const char *member = "";
    vip_points balance = 0;
    bool chinese = context->lang && strcmp(context->lang, "zh") == 0;
    vip_arena_reset(&run->arena);
    int error = vip_desk_offers(run->desk, identity, &run->arena, &member, &balance, &items, &count,
                                &context->diag);
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

enum { OFFER_MEMBER, OFFER_CARD, OFFER_PHONE, OFFER_ID_NO, OFFER_NAME, OFFER_BIRTHDAY };
static const char *const offer_columns[] = {"member", "card",     "phone", "id_no",
                                            "name",   "birthday", NULL};
static const char *const offer_required[] = {"member|card|phone|id_no|name", NULL};

static int offer_row(struct vip_context *context, void *state, const char *const *cells,
                     size_t line)
{
    const struct vip_identity identity = {cells[OFFER_MEMBER], cells[OFFER_CARD],
                                          cells[OFFER_PHONE],  cells[OFFER_ID_NO],
                                          cells[OFFER_NAME],   cells[OFFER_BIRTHDAY]};
    (void)line;
    return print_offers(context, state, &identity);
}

static int list_offers(struct vip_context *context, struct run *run)
{
    const struct vip_input input = {
        .columns = offer_columns, .required = offer_required, .row = offer_row, .state = run};
    const struct vip_identity named = {.member = offers_member};
    int error =
        vip_output_open(context, offer_output, sizeof offer_output / sizeof offer_output[0], NULL);
    if (error != VIP_OK)
        return error;
    return offers_member ? print_offers(context, run, &named) : vip_input_each(context, 0, &input);
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
    struct run run = {0};
    struct vip_desk_options desk = {.programs = &run.programs, .clamp = clamp};
    int error = check_options(context);
    vip_context_batch(context, &desk.batch);
    if (error == VIP_OK)
        error = vip_programs_load(context->db, &run.programs_arena, &run.programs, &context->diag);
    if (error == VIP_OK)
        error = vip_desk_open(&run.desk, &desk, &context->diag);
    if (error == VIP_OK)
        error = offers ? list_offers(context, &run) : redeem(context, &run);
    vip_desk_close(run.desk);
    free(run.rows);
    vip_arena_free(&run.arena);
    vip_arena_free(&run.programs_arena);
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
    .summary = "spend points on rewards, use vouchers and benefits",
    .flags = VIP_COMMAND_READS_INPUT,
    .options = options,
    .examples = examples,
    .run = run_command,
};

int main(int argc, char **argv)
{
    return vip_command_main(&command, argc, argv);
}
