/* Cards: see card.h. */
#include "lib/db/card.h"

#include "lib/db/sequence.h"

const char *vip_card_state_word(enum vip_card_state state)
{
    static const char *const words[] = {"issued",   "active",  "lost",
                                        "replaced", "expired", "cancelled"};
    return words[state];
}

static int read_card(struct vip_statement *row, struct vip_arena *arena, struct vip_card *card,
                     struct vip_diag *diag)
{
    *card = (struct vip_card){
        .card = vip_arena_text(arena, vip_column_text(row, 0)),
        .member = vip_column_integer(row, 1),
        .state = (enum vip_card_state)vip_column_integer(row, 2),
        .is_virtual = vip_column_integer(row, 3) != 0,
        .tier = vip_arena_text(arena, vip_column_text(row, 4)),
        .issued = vip_column_day(row, 5),
        .expires = vip_column_day(row, 6),
        .replaces = vip_arena_text(arena, vip_column_text(row, 7)),
    };
    vip_reset(row);
    return card->card && card->tier && card->replaces ? 1 : vip_fail_memory(diag);
}

int vip_card_load(struct vip_db *db, const char *number, struct vip_arena *arena,
                  struct vip_card *card, struct vip_diag *diag)
{
    struct vip_statement *row = NULL;
    int found = vip_db_query(db, VIP_SQL_card_get, &row, diag, vip_text(number));
    return found > 0 ? read_card(row, arena, card, diag) : found;
}

int vip_card_current(struct vip_db *db, int64_t member, struct vip_arena *arena,
                     struct vip_card *card, struct vip_diag *diag)
{
    struct vip_statement *row = NULL;
    int found = vip_db_query(db, VIP_SQL_card_current, &row, diag, vip_int(member));
    return found > 0 ? read_card(row, arena, card, diag) : found;
}

int vip_card_latest(struct vip_db *db, int64_t member, struct vip_arena *arena,
                    struct vip_card *card, struct vip_diag *diag)
{
    struct vip_statement *row = NULL;
    int found = vip_db_query(db, VIP_SQL_card_latest, &row, diag, vip_int(member));
    return found > 0 ? read_card(row, arena, card, diag) : found;
}

int vip_card_replacing(struct vip_db *db, int64_t member, const char *number,
                       struct vip_arena *arena, struct vip_card *card, struct vip_diag *diag)
{
    struct vip_statement *row = NULL;
    int found =
        vip_db_query(db, VIP_SQL_card_replacing, &row, diag, vip_int(member), vip_text(number));
    return found > 0 ? read_card(row, arena, card, diag) : found;
}

int vip_card_next(struct vip_batch *batch, const char *format, const char *store, char *to,
                  struct vip_diag *diag)
{
    char sequence[2 * VIP_CARD_TEXT];
    int64_t taken = 1;
    int error = vip_card_number(format, store, 0, to, diag);
    if (error != VIP_OK) /* before a number is used up */
        return error;
    if (!vip_card_sequence(format, store, sequence, sizeof sequence))
        return vip_refuse(diag, "card-too-long", "store", "the code of the store is too long");
    while (taken) { /* numbers brought from another system may lie ahead */
        int64_t number;
        error = vip_sequence_next(batch, sequence, &number, diag);
        if (error == VIP_OK)
            error = vip_card_number(format, store, number, to, diag);
        if (error != VIP_OK)
            return error;
        struct vip_value card = vip_text(to);
        error = vip_db_number(batch->db, VIP_SQL_card_taken, &taken, 0, diag, &card, 1);
        if (error != VIP_OK)
            return error;
    }
    return VIP_OK;
}

int vip_card_insert(struct vip_batch *batch, const struct vip_card *card, struct vip_diag *diag)
{
    int error = vip_batch_need(batch, diag);
    if (error == VIP_OK)
        error = vip_db_run(batch->db, VIP_SQL_card_insert, diag, vip_text(card->card),
                           vip_int(card->member), vip_int(card->state), vip_int(card->is_virtual),
                           (struct vip_value){.type = VIP_TEXT, .text = card->tier},
                           vip_date(card->issued), vip_date(card->expires),
                           vip_text(card->replaces), vip_int(batch->number));
    if (error == VIP_OK && vip_db_changes(batch->db) == 0)
        return vip_refuse(diag, "conflict", "card", "the card %s belongs to another member",
                          card->card);
    return error;
}

int vip_card_set_state(struct vip_batch *batch, const char *number, enum vip_card_state state,
                       struct vip_diag *diag)
{
    int error = vip_batch_need(batch, diag);
    if (error != VIP_OK)
        return error;
    return vip_db_run(batch->db, VIP_SQL_card_set_state, diag, vip_text(number), vip_int(state));
}

int vip_card_set_replaced(struct vip_batch *batch, const char *number, struct vip_diag *diag)
{
    int error = vip_batch_need(batch, diag);
    return error == VIP_OK
               ? vip_db_run(batch->db, VIP_SQL_card_set_replaced, diag, vip_text(number))
               : error;
}

int vip_card_set_expiry(struct vip_batch *batch, const char *number, vip_day expires,
                        struct vip_diag *diag)
{
    int error = vip_batch_need(batch, diag);
    if (error != VIP_OK)
        return error;
    return vip_db_run(batch->db, VIP_SQL_card_set_expiry, diag, vip_text(number),
                      vip_date(expires));
}

int vip_card_close_all(struct vip_batch *batch, int64_t member, const char *except,
                       enum vip_card_state state, struct vip_diag *diag)
{
    int error = vip_batch_need(batch, diag);
    if (error != VIP_OK)
        return error;
    return vip_db_run(batch->db, VIP_SQL_card_close_all, diag, vip_int(member), vip_int(state),
                      (struct vip_value){.type = VIP_TEXT, .text = except ? except : ""});
}

vip_day vip_card_end(const struct vip_program *program, const struct vip_tier *tier, vip_day issued)
{
    if (tier && tier->card_virtual)
        return tier->valid_months ? vip_day_add_months(issued, tier->valid_months) : VIP_DAY_NONE;
    return vip_day_add_span(issued, program->card_valid);
}
