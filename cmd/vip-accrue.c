/* vip-accrue: post purchases and returns as points.
 *
 * Options, read a row, gather a batch, post it (lib/db/purchase.h asks the rules and writes the
 * database in one transaction), print the rows that took effect. What people post by hand is in
 * cmd/vip-accrue/by_hand.c. */
#include "cmd/common/command.h"
#include "cmd/vip-accrue/parts.h"
#include "lib/base/memory.h"
#include "lib/base/text.h"
#include "lib/db/batch.h"
#include "lib/db/program.h"
#include "lib/db/purchase.h"
#include <stdio.h>
#include <string.h>

static bool blind_returns, adjust, transfer, topup;
static int64_t batch_rows;

static const struct vip_option options[] = {
    {.name = "blind-returns",
     .kind = VIP_OPTION_FLAG,
     .target = &blind_returns,
     .help = "accept returns without an original: take back what their amount would earn"},
    {.name = "batch",
     .kind = VIP_OPTION_NUMBER,
     .argument = "ROWS",
     .target = &batch_rows,
     .help = "rows in one transaction (default: as many as fit into memory)"},
    {.name = "adjust",
     .kind = VIP_OPTION_FLAG,
     .target = &adjust,
     .help = "read adjustments: request, member, points, reason, by, witness"},
    {.name = "transfer",
     .kind = VIP_OPTION_FLAG,
     .target = &transfer,
     .help = "read transfers: request, from, to, points, reason, by, witness"},
    {.name = "topup",
     .kind = VIP_OPTION_FLAG,
     .target = &topup,
     .help = "read top-ups of stored value: request, member, amount, by"},
    {0},
};

/* ---- a row in ---- */

enum {
    STORE,
    RECEIPT,
    LINE,
    DATE,
    AMOUNT,
    QUANTITY,
    CATEGORY,
    BRAND,
    KIND,
    ORIGINAL,
    PROMO,
    BENEFIT,
    LIST_PRICE,
    SELLER,
    PAY,
    IDENTITY
};

static const char *const columns[] = {"store",      "receipt",  "line",     "date",
                                      "amount",     "quantity", "category", "brand",
                                      "kind",       "original", "promo",    "benefit",
                                      "list_price", "seller",   "pay",      VIP_IDENTITY_COLUMNS,
                                      NULL};
static const char *const required[] = {"store", "receipt", "date", "amount", NULL};

struct accrual { /* what the callbacks share */
    struct vip_poster *poster;
    struct vip_arena programs;
    struct vip_arena line; /* one output row's texts */
    bool show;             /* somebody will see the rows */
};

static int wrong(struct vip_context *context, const char *column, const char *cell, const char *why)
{
    return vip_refuse(&context->diag, "bad-cell", column, "'%s' %s", cell, why);
}

static int parse_kind(struct vip_context *context, const char *const *cells,
                      struct vip_purchase_row *row)
{
    const char *cell = cells[KIND];
    if (!*cell)
        row->kind = row->amount < 0 ? VIP_RETURN : VIP_SALE; /* as many tills write a return */
    else if (vip_text_same(cell, "sale") || strcmp(cell, "销售") == 0)
        row->kind = VIP_SALE;
    else if (vip_text_same(cell, "return") || strcmp(cell, "退货") == 0)
        row->kind = VIP_RETURN;
    else
        return wrong(context, "kind", cell, "is neither sale (销售) nor return (退货)");
    if (row->kind == VIP_SALE && row->amount < 0)
        return wrong(context, "amount", cells[AMOUNT],
                     "is negative: expected the kind return (退货)");
    if (row->amount < 0)
        row->amount = -row->amount;
    if (row->quantity < 0 && row->kind == VIP_RETURN)
        row->quantity = -row->quantity;
    if (row->quantity < 0)
        return wrong(context, "quantity", cells[QUANTITY],
                     "is negative: expected the kind return (退货)");
    return VIP_OK;
}

static int parse_numbers(struct vip_context *context, const char *const *cells,
                         struct vip_purchase_row *row)
{
    const char *why;
    int64_t quantity = 100, line = 1;
    if (vip_fen_parse(cells[AMOUNT], &row->amount, &why) != VIP_OK)
        return wrong(context, "amount", cells[AMOUNT], why);
    if (*cells[QUANTITY] && vip_decimal_parse(cells[QUANTITY], 2, &quantity, &why) != VIP_OK)
        return wrong(context, "quantity", cells[QUANTITY], why);
    if (quantity > INT32_MAX || quantity < -INT32_MAX)
        return wrong(context, "quantity", cells[QUANTITY], "is more than any sale");
    if (*cells[LIST_PRICE] && vip_fen_parse(cells[LIST_PRICE], &row->list_price, &why) != VIP_OK)
        return wrong(context, "list_price", cells[LIST_PRICE], why);
    if (row->list_price < 0)
        return wrong(context, "list_price", cells[LIST_PRICE], "is negative");
    if (*cells[LINE] && vip_integer_parse(cells[LINE], &line, &why) != VIP_OK)
        return wrong(context, "line", cells[LINE], why);
    row->quantity = (int32_t)quantity;
    row->line = (int32_t)line;
    if (line < 1 || line > INT32_MAX)
        return wrong(context, "line", cells[LINE], "is not a line number (1, 2, 3…)");
    return VIP_OK;
}

static int parse_date(struct vip_context *context, const char *cell, struct vip_purchase_row *row)
{
    const char *why;
    if (vip_day_parse(cell, &row->day, &row->minute, &why) != VIP_OK)
        return wrong(context, "date", cell, why);
    if (row->day > context->as_of)
        return wrong(context, "date", cell, "is later than today (see --as-of)");
    return VIP_OK;
}

enum { CELL_BYTES = 255 }; /* no till prints more; what is longer is two cells, or another file */

static int check_given(struct vip_context *context, const char *const *cells)
{
    static const int needed[] = {STORE, RECEIPT, DATE, AMOUNT};
    for (size_t i = 0; i < sizeof needed / sizeof needed[0]; i++)
        if (!*cells[needed[i]])
            return vip_refuse(&context->diag, "missing-field", columns[needed[i]],
                              "is empty: each line needs its store, receipt, date and amount");
    return VIP_OK;
}

static int parse_row(struct vip_context *context, const char *const *cells, size_t line,
                     struct vip_purchase_row *row)
{
    *row = (struct vip_purchase_row){
        .store = cells[STORE],
        .receipt = cells[RECEIPT],
        .original = cells[ORIGINAL],
        .category = cells[CATEGORY],
        .brand = cells[BRAND],
        .promo = cells[PROMO],
        .benefit = cells[BENEFIT],
        .seller = cells[SELLER],
        .pay = cells[PAY],
        .identity = vip_identity_of(cells + IDENTITY),
        .minute = -1,
        .source_line = line,
    };
    int error = vip_cells_judge(context, columns, cells, CELL_BYTES);
    if (error == VIP_OK)
        error = check_given(context, cells);
    if (error == VIP_OK)
        error = parse_numbers(context, cells, row);
    if (error == VIP_OK)
        error = parse_date(context, cells[DATE], row);
    return error == VIP_OK ? parse_kind(context, cells, row) : error;
}

/* Posting reads the parts of a split again: here it is made sure that it can. */
static int check_pay(struct vip_context *context, struct accrual *accrual,
                     const struct vip_purchase_row *row)
{
    struct vip_pay_part parts[VIP_PAY_PARTS];
    size_t count;
    vip_arena_reset(&accrual->line);
    return vip_pay_parse(row->pay, row->amount, &accrual->line, parts, &count, &context->diag);
}

/* ---- a row out ---- */

static const struct vip_column output[] = {
    {"member", VIP_TEXT},    {"card", VIP_TEXT},       {"store", VIP_TEXT},  {"receipt", VIP_TEXT},
    {"line", VIP_INTEGER},   {"date", VIP_DAY},        {"kind", VIP_TEXT},   {"amount", VIP_FEN},
    {"points", VIP_INTEGER}, {"balance", VIP_INTEGER}, {"status", VIP_TEXT}, {"reason", VIP_TEXT},
};

/* Why a purchase earned nothing; what is owed after a return. */
static const char *reason_of(struct vip_context *context, struct accrual *accrual,
                             const struct vip_posting *row)
{
    if (!row->more || !row->more->owed)
        return vip_earn_word((enum vip_earn_reason)row->reason);
    return vip_accrue_debt(&accrual->line, vip_poster_program(accrual->poster, context->as_of),
                           row->more->owed);
}

static int print_row(struct vip_context *context, struct accrual *accrual,
                     const struct vip_posting *row)
{
    const char *member = "", *card = "";
    vip_arena_reset(&accrual->line);
    int error = vip_poster_numbers(accrual->poster, row->member, &accrual->line, &member, &card,
                                   &context->diag);
    if (error != VIP_OK)
        return error;
    const struct vip_value values[] = {
        vip_text(member),
        vip_text(card),
        vip_text(vip_poster_code(accrual->poster, row->store)),
        vip_text(row->receipt),
        vip_int(row->line),
        vip_date(row->day),
        vip_text(row->kind == VIP_RETURN ? "return" : "sale"),
        vip_money(row->amount),
        vip_int(row->points),
        row->state == VIP_POSTING_KNOWN ? vip_null() : vip_int(row->balance),
        vip_text(row->state == VIP_POSTING_KNOWN ? "known" : "posted"),
        vip_text(reason_of(context, accrual, row)),
    };
    return vip_output_row(context, values);
}

static void report_refused(struct vip_context *context, const struct vip_posting *row)
{
    struct vip_diag diag;
    vip_diag_clear(&diag);
    const struct vip_refusal *refusal = row->more->refusal;
    vip_refuse(&diag, refusal->reason, refusal->column, "%s", refusal->text);
    vip_diag_place(&diag, vip_input_file(context), row->source_line, NULL);
    vip_row_refused(context, &diag, row->more->tag);
}

/* Posts the batch; what is printed then is on disk. */
static int post_batch(struct vip_context *context, struct accrual *accrual)
{
    int error = vip_poster_post(accrual->poster, vip_input_file(context), &context->diag);
    for (size_t i = 0; error == VIP_OK && i < vip_poster_count(accrual->poster); i++) {
        const struct vip_posting *row = vip_poster_row(accrual->poster, i);
        if (row->state == VIP_POSTING_REFUSED) {
            report_refused(context, row);
            continue;
        }
        if (row->state == VIP_POSTING_KNOWN)
            context->count.known++;
        else
            context->count.accepted++;
        if (accrual->show && row->member)
            error = print_row(context, accrual, row);
    }
    vip_poster_reset(accrual->poster);
    return error == VIP_OK ? vip_output_flush(context) : error;
}

/* ---- the command ---- */

static int take_row(struct vip_context *context, void *state, const char *const *cells, size_t line)
{
    struct accrual *accrual = state;
    struct vip_purchase_row row;
    const struct vip_row *tag = NULL;
    int error = parse_row(context, cells, line, &row);
    if (error == VIP_OK)
        error = check_pay(context, accrual, &row);
    if (error == VIP_OK && context->rejects_path)
        error = vip_row_copy(vip_input_raw(context), vip_poster_arena(accrual->poster), &tag,
                             &context->diag);
    if (error == VIP_OK)
        error = vip_poster_add(accrual->poster, &row, tag, &context->diag);
    if (error == VIP_OK && vip_poster_full(accrual->poster))
        error = post_batch(context, accrual);
    return error;
}

static int end_file(struct vip_context *context, void *state)
{
    return post_batch(context, state);
}

static int accrue_purchases(struct vip_context *context)
{
    struct accrual accrual = {.show = !context->quiet || context->output_path};
    struct vip_programs programs;
    struct vip_poster_options poster = {
        .programs = &programs, .blind_returns = blind_returns, .batch_rows = (size_t)batch_rows};
    const struct vip_input input = {.columns = columns,
                                    .required = required,
                                    .row = take_row,
                                    .file_end = end_file,
                                    .state = &accrual};
    int error = vip_programs_load(context->db, &accrual.programs, &programs, &context->diag);
    vip_context_batch(context, &poster.batch);
    if (error == VIP_OK)
        error = vip_poster_open(&accrual.poster, &poster, &context->diag);
    if (error == VIP_OK)
        error = vip_output_open(context, output, sizeof output / sizeof output[0], NULL);
    if (error == VIP_OK)
        error = vip_input_each(context, 0, &input);
    vip_poster_close(accrual.poster);
    vip_arena_free(&accrual.programs);
    vip_arena_free(&accrual.line);
    return error;
}

static int accrue(struct vip_context *context)
{
    int jobs = adjust + transfer + topup;
    if (jobs > 1)
        return vip_fail(&context->diag, VIP_EUSAGE,
                        "--adjust, --transfer and --topup: one at a time");
    if (jobs && (blind_returns || batch_rows))
        return vip_fail(&context->diag, VIP_EUSAGE,
                        "--blind-returns and --batch are for purchases, not for --%s",
                        adjust     ? "adjust"
                        : transfer ? "transfer"
                                   : "topup");
    if (adjust)
        return vip_accrue_adjust(context);
    if (transfer)
        return vip_accrue_transfer(context);
    return topup ? vip_accrue_topup(context) : accrue_purchases(context);
}

static const char *const examples[] = {
    "vip-accrue pos-2026-11-21.csv",
    "post a day's lines",
    "vip-accrue -r refused.csv pos.csv | vip-remind --kind=points-posted --mark -",
    "post, and tell each member",
    "vip-accrue --adjust corrections.csv",
    "put points right that somebody answers for",
    NULL,
};

static const struct vip_command command = {
    .name = "vip-accrue",
    .synopsis = "[OPTION...] [FILE...]",
    .summary = "post purchases and returns as points",
    .flags = VIP_COMMAND_READS_INPUT,
    .options = options,
    .examples = examples,
    .run = accrue,
};

int main(int argc, char **argv)
{
    return vip_command_main(&command, argc, argv);
}
