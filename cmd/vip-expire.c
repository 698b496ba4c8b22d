/* vip-expire: post what has run out by the business date (lib/db/expire.h), print what it was. */
#include "cmd/common/command.h"
#include "lib/db/expire.h"
#include "lib/db/program.h"
#include <inttypes.h>

static const struct vip_column output[] = {
    {"member", VIP_TEXT}, {"kind", VIP_TEXT},   {"item", VIP_TEXT},   {"points", VIP_INTEGER},
    {"value", VIP_FEN},   {"expires", VIP_DAY}, {"status", VIP_TEXT},
};

static int print_rows(void *state, const struct vip_expired *rows, size_t count)
{
    struct vip_context *context = state;
    int error = VIP_OK;
    for (size_t i = 0; error == VIP_OK && i < count; i++) {
        const struct vip_expired *row = &rows[i];
        const struct vip_value values[] = {
            vip_text(row->member),
            vip_text(row->kind),
            vip_text(row->item),
            vip_int_or_null(row->points),
            row->value ? vip_money(row->value) : vip_null(),
            vip_date(row->expires),
            vip_text("expired"),
        };
        error = vip_output_row(context, values);
    }
    context->count.accepted += count;
    return error == VIP_OK ? vip_output_flush(context) : error;
}

static int expire(struct vip_context *context)
{
    struct vip_arena arena = {0};
    struct vip_programs programs;
    struct vip_batch batch;
    struct vip_expiry_run run = {
        .batch = &batch, .programs = &programs, .rows = print_rows, .context = context};
    if (context->operand_count)
        return vip_fail(&context->diag, VIP_EUSAGE, "'%s': vip-expire reads no file",
                        context->operands[0]);
    vip_context_batch(context, &batch);
    int error = vip_programs_load(context->db, &arena, &programs, &context->diag);
    if (error == VIP_OK)
        error = vip_output_open(context, output, sizeof output / sizeof output[0], NULL);
    if (error == VIP_OK)
        error = vip_expire(&run, &context->diag);
    if (error == VIP_OK)
        vip_note(context, "%" PRIu64 " expired%s", context->count.accepted,
                 context->dry_run ? " (nothing was kept)" : "");
    vip_arena_free(&arena);
    return error;
}

static const char *const examples[] = {
    "vip-expire && vip-tier",
    "the nightly run",
    "vip-expire --dry-run --as-of=2026-12-31",
    "what would run out by the end of the year?",
    NULL,
};

static const struct vip_command command = {
    .name = "vip-expire",
    .synopsis = "[OPTION...]",
    .summary = "post what has run out: points, vouchers and cards",
    .examples = examples,
    .run = expire,
};

int main(int argc, char **argv)
{
    return vip_command_main(&command, argc, argv);
}
