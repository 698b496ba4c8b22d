/* vip-find: looks members up at the till (SPEC 4). */
#include "cmd/common/command.h"
#include "lib/base/text.h"
#include "lib/db/card.h"
#include "lib/db/face.h"
#include "lib/rules/identity.h"
#include <string.h>

enum { SHOWN_LIMIT = 200 }; /* who sees so many says more of the name */

static const struct vip_column columns[] = {
    {"member", VIP_TEXT}, {"card", VIP_TEXT},       {"name", VIP_TEXT},        {"phone", VIP_TEXT},
    {"tier", VIP_TEXT},   {"points", VIP_INTEGER},  {"expiring", VIP_INTEGER}, {"stored", VIP_FEN},
    {"status", VIP_TEXT}, {"consultant", VIP_TEXT},
};

static int print_face(struct vip_context *context, const struct vip_face *face,
                      struct vip_arena *arena)
{
    vip_points expiring = 0;
    vip_day month_on = vip_day_add_months(context->as_of, 1);
    if (face->next_expiry <= month_on) {
        int error = vip_points_ending(context->db, face->id, context->as_of, month_on, arena,
                                      &expiring, &context->diag);
        if (error != VIP_OK)
            return error;
    }
    const char *phone = context->reveal ? face->phone : vip_mask_phone(arena, face->phone);
    if (!phone)
        return vip_fail_memory(&context->diag);
    const struct vip_value values[] = {
        vip_text(face->member),
        vip_text(face->card),
        vip_text(face->name),
        vip_text(phone),
        vip_text(face->tiers),
        vip_int(face->balance),
        vip_int(expiring),
        vip_money(face->stored),
        vip_text(vip_status_word(face->status)),
        vip_text(face->consultant),
    };
    context->count.accepted++;
    return vip_output_row(context, values);
}

static int print_members(struct vip_context *context, const int64_t *members, size_t count)
{
    struct vip_arena arena = {0};
    int error = VIP_OK;
    for (size_t i = 0; i < count && error == VIP_OK; i++) {
        struct vip_face face;
        vip_arena_reset(&arena);
        int found = vip_face_load(context->db, members[i], &arena, &face, &context->diag);
        error = found > 0 ? print_face(context, &face, &arena) : found;
    }
    vip_arena_free(&arena);
    return error;
}

/* What was typed may be a whole number of a person: it does not go into logs. */
static int note_nobody(struct vip_context *context, const char *query)
{
    struct vip_arena arena = {0};
    char number[VIP_ID_TEXT];
    const char *shown = query;
    if (vip_phone_normal(query, number) && vip_phone_mobile(number))
        shown = vip_mask_phone(&arena, number);
    else if (vip_id_normal(query, number) && !vip_id_fault(number))
        shown = vip_mask_id(&arena, number);
    if (shown)
        vip_note(context, "nobody fits '%.100s'", shown);
    vip_arena_free(&arena);
    return shown ? VIP_OK : vip_fail_memory(&context->diag);
}

/* A card that is shown and does not work finds its member, and the clerk is told. */
static int note_card(struct vip_context *context, const char *query)
{
    struct vip_arena arena = {0};
    struct vip_card card;
    char number[VIP_CARD_TEXT];
    if (!vip_text_narrow(query, number, sizeof number))
        return VIP_OK;
    int found = vip_card_load(context->db, number, &arena, &card, &context->diag);
    if (found > 0 && card.state != VIP_CARD_ACTIVE)
        vip_note(context, "the card %s is %s", number, vip_card_state_word(card.state));
    vip_arena_free(&arena);
    return found < 0 ? found : VIP_OK;
}

/* One query, or a name and the four digits behind it. *used: how many operands that were. */
static int answer(struct vip_context *context, char **operands, int left, int *used, bool *nobody)
{
    static int64_t members[SHOWN_LIMIT];
    char tail[VIP_PHONE_TAIL + 1];
    size_t count = 0;
    int error = VIP_OK;
    *used = 1;
    if (left > 1 && vip_phone_tail(operands[1], tail)) {
        error = vip_members_find(context->db, operands[0], tail, members, SHOWN_LIMIT, &count,
                                 &context->diag);
        if (count)
            *used = 2;
    }
    if (error == VIP_OK && count == 0)
        error = vip_members_find(context->db, operands[0], "", members, SHOWN_LIMIT, &count,
                                 &context->diag);
    if (error == VIP_OK && count == 0) {
        *nobody = true;
        return note_nobody(context, operands[0]);
    }
    if (count == SHOWN_LIMIT)
        vip_note(context, "more than %d fit '%.100s': say more", SHOWN_LIMIT - 1, operands[0]);
    if (error == VIP_OK)
        error = note_card(context, operands[0]);
    return error == VIP_OK ? print_members(context, members, count) : error;
}

static int run_find(struct vip_context *context)
{
    bool nobody = false;
    if (context->operand_count == 0)
        return vip_fail(&context->diag, VIP_EUSAGE,
                        "expected a card, a member, a phone, an ID number or a name");
    int error = context->reveal ? vip_context_reveal(context)
                                : vip_db_snapshot(context->db, &context->diag);
    if (error == VIP_OK)
        error = vip_output_open(context, columns, sizeof columns / sizeof *columns, NULL);
    for (int i = 0, used = 1; i < context->operand_count && error == VIP_OK; i += used)
        error = answer(context, context->operands + i, context->operand_count - i, &used, &nobody);
    if (error == VIP_OK && nobody) {
        vip_diag_clear(&context->diag);
        return VIP_EREFUSED; /* said already: status 1 */
    }
    return error;
}

static const struct vip_option options[] = {{.name = NULL}};

static const char *const examples[] = {
    "vip-find 王芳 1234",
    "whoever is called 王芳 and has a phone that ends in 1234",
    "vip-find -f csv K000123 | cut -d, -f6",
    "the points on a card, for a script",
    NULL,
};

static const struct vip_command command = {
    .name = "vip-find",
    .synopsis = "[OPTION...] QUERY...",
    .summary = "look a member up, at the till",
    .flags = VIP_COMMAND_READ_ONLY,
    .options = options,
    .examples = examples,
    .run = run_find,
};

int main(int argc, char **argv)
{
    return vip_command_main(&command, argc, argv);
}
