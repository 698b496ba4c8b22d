/* vip-card list and history: cards by state and end, and all that a member has had. */
#include "cmd/vip-card/parts.h"

#include "lib/db/member.h"
#include "lib/rules/period.h"
#include <string.h>

const char *const vip_card_states[] = {"issued",  "active",    "lost", "replaced",
                                       "expired", "cancelled", NULL};

void vip_card_values(const struct vip_face *face, const struct vip_card *card, const char *status,
                     const char *reason, struct vip_value values[VIP_CARD_COLUMNS])
{
    bool there = card->card && *card->card;
    values[0] = vip_text(face->member);
    values[1] = vip_text(card->card);
    values[2] = vip_text(face->name);
    values[3] = vip_text(card->tier);
    values[4] = there ? vip_date(card->issued) : vip_null();
    values[5] = there ? vip_date(card->expires) : vip_null();
    values[6] = vip_text(status);
    values[7] = vip_text(reason);
}

/* A row of card_list and its kin; what the card replaced is told as its reason. */
static int print_row(struct vip_context *context, struct vip_statement *row,
                     struct vip_arena *arena)
{
    struct vip_value values[VIP_CARD_COLUMNS];
    const struct vip_face face = {.member = vip_column_text(row, 0),
                                  .name = vip_column_text(row, 1)};
    const struct vip_card card = {.card = vip_column_text(row, 2),
                                  .tier = vip_column_text(row, 3),
                                  .issued = vip_column_day(row, 5),
                                  .expires = vip_column_day(row, 6)};
    const char *state = vip_card_state_word((enum vip_card_state)vip_column_integer(row, 4));
    const char *replaced = vip_column_text(row, 7);
    vip_arena_reset(arena);
    const char *reason = *replaced ? vip_arena_format(arena, "replaces %s", replaced) : "";
    if (!reason)
        return vip_fail_memory(&context->diag);
    vip_card_values(&face, &card, state, reason, values);
    context->count.accepted++;
    return vip_output_row(context, values);
}

/* `more`: what the query returned. */
static int print_rows(struct vip_context *context, struct vip_statement *row, int more)
{
    struct vip_arena arena = {0};
    int error = VIP_OK;
    while (error == VIP_OK && more > 0) {
        error = print_row(context, row, &arena);
        if (error == VIP_OK)
            more = vip_step(row, &context->diag);
    }
    if (more > 0)
        vip_reset(row);
    vip_arena_free(&arena);
    return error == VIP_OK ? more : error;
}

/* ---- list ---- */

/* The number of a state; -1: any. */
static int state_number(struct vip_context *context, const char *state, int *number)
{
    *number = -1;
    if (!state)
        return VIP_OK;
    for (int i = 0; vip_card_states[i]; i++)
        if (strcmp(vip_card_states[i], state) == 0) {
            *number = i;
            return VIP_OK;
        }
    return vip_fail(&context->diag, VIP_EUSAGE,
                    "--state: '%.40s' is no state: expected issued, active, lost, replaced, "
                    "expired or cancelled",
                    state);
}

static int open_list(struct vip_context *context, const struct vip_card_asked *asked,
                     struct vip_statement **listed)
{
    struct vip_period period = {.from = VIP_DAY_NONE, .to = VIP_DAY_NONE};
    int state;
    int error = state_number(context, asked->state, &state);
    if (error == VIP_OK && asked->expiring)
        error = vip_period_parse(asked->expiring, context->as_of, &period, &context->diag);
    if (error != VIP_OK)
        return error;
    struct vip_value from = vip_int(period.from == VIP_DAY_NONE ? INT32_MIN : period.from);
    struct vip_value to = vip_int(period.to); /* open: no card ends so late */
    if (asked->expiring && state < 0) /* what ends is what is active, if not said otherwise */
        return vip_db_query(context->db, VIP_SQL_card_list_expiring, listed, &context->diag, from,
                            to);
    return vip_db_query(context->db, VIP_SQL_card_list, listed, &context->diag,
                        state < 0 ? vip_null() : vip_int(state),
                        asked->expiring ? from : vip_null(), asked->expiring ? to : vip_null());
}

int vip_card_list(struct vip_context *context, const struct vip_card_asked *asked)
{
    struct vip_statement *listed = NULL;
    if (context->operand_count)
        return vip_fail(&context->diag, VIP_EUSAGE, "list reads no FILE");
    int more = open_list(context, asked, &listed);
    int error =
        more < 0 ? more : vip_output_open(context, vip_card_columns, VIP_CARD_COLUMNS, NULL);
    return error == VIP_OK ? print_rows(context, listed, more) : error;
}

/* ---- history ---- */

static int show_cards(struct vip_context *context, const char *name, bool *nobody)
{
    struct vip_statement *row = NULL;
    int64_t member = 0;
    int error =
        vip_member_named(context->db, name, "no-such-member", "member", &member, &context->diag);
    if (error == VIP_EREFUSED) {
        vip_note(context, "%s", context->diag.text);
        vip_diag_clear(&context->diag);
        *nobody = true;
        return VIP_OK;
    }
    if (error != VIP_OK)
        return error;
    int more =
        vip_db_query(context->db, VIP_SQL_card_history, &row, &context->diag, vip_int(member));
    return print_rows(context, row, more);
}

int vip_card_history(struct vip_context *context)
{
    bool nobody = false;
    if (!context->operand_count)
        return vip_fail(&context->diag, VIP_EUSAGE, "expected members, cards or phones");
    int error = vip_output_open(context, vip_card_columns, VIP_CARD_COLUMNS, NULL);
    for (int i = 0; i < context->operand_count && error == VIP_OK; i++)
        error = show_cards(context, context->operands[i], &nobody);
    return error == VIP_OK && nobody ? VIP_EREFUSED : error;
}
