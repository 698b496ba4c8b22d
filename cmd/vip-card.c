/* vip-card: the life of a card: issued, activated, lost, replaced, renewed; and lists (SPEC 4).
 *
 * Rows name members or cards; cmd/common/rows.h does them in batches. */
#include "cmd/common/rows.h"
#include "lib/base/text.h"
#include "lib/db/batch.h"
#include "lib/db/card.h"
#include "lib/db/face.h"
#include "lib/db/member.h"
#include "lib/db/program.h"
#include "lib/db/tier.h"
#include "lib/rules/admission.h"
#include "lib/rules/period.h"
#include <stdlib.h>
#include <string.h>

static const struct vip_column output_columns[] = {
    {"member", VIP_TEXT}, {"card", VIP_TEXT},   {"name", VIP_TEXT},   {"tier", VIP_TEXT},
    {"issued", VIP_DAY},  {"expires", VIP_DAY}, {"status", VIP_TEXT}, {"reason", VIP_TEXT},
};
enum { OUTPUT_COLUMNS = sizeof output_columns / sizeof *output_columns };

enum column { MEMBER, CARD, PHONE, ID_NO, NAME, BIRTHDAY, STORE, REASON };
static const char *const input_columns[] = {"member",   "card",  "phone",  "id_no", "name",
                                            "birthday", "store", "reason", NULL};

static const char *expiring, *state_wanted;
static const char *const states[] = {"issued",  "active",    "lost", "replaced",
                                     "expired", "cancelled", NULL};

static const struct vip_option options[] = {
    {"expiring", 0, VIP_OPTION_TEXT, "PERIOD", &expiring,
     "list: active cards whose last good day is in PERIOD (2026-12)", NULL, NULL},
    {"state", 0, VIP_OPTION_TEXT, "STATE", &state_wanted, "list: cards in this state", states,
     NULL},
    {.name = NULL},
};

struct request { /* a row on its way */
    struct vip_identity shown;
    const char *store, *reason;

    struct vip_face face;
    struct vip_card card; /* what is printed; card "" when there is none */
    const char *status, *said;
};

struct run {
    struct vip_context *context;
    int (*act)(struct run *run, struct request *row); /* sets card, status, said; may be known */
    struct vip_arena lasting, scratch;
    struct vip_programs programs;
    const struct vip_program *program;
    struct vip_batch *batch; /* of the row in hand, with the texts of its output */
    struct vip_arena *arena;
};

static struct vip_diag *diag_of(const struct run *run)
{
    return &run->context->diag;
}

static struct vip_db *db_of(const struct run *run)
{
    return run->context->db;
}

/* ---- what the jobs share ---- */

static int known(struct request *row, const char *why)
{
    row->status = "known";
    row->said = why;
    return VIP_ROW_KNOWN;
}

static int wrong_state(struct run *run, const struct vip_card *card)
{
    return vip_refuse(diag_of(run), "wrong-state", "card", "the card %s is %s", card->card,
                      vip_card_state_word(card->state));
}

static int no_card(struct run *run)
{
    return vip_refuse(diag_of(run), "no-card", "member", "the member has no card");
}

/* The card that the row names, else the member's current one, else the latest. */
static int card_meant(struct run *run, const struct request *row, struct vip_card *card)
{
    int found = 0;
    if (row->shown.card && *row->shown.card)
        found = vip_card_load(db_of(run), row->shown.card, run->arena, card, diag_of(run));
    if (found == 0)
        found = vip_card_current(db_of(run), row->face.id, run->arena, card, diag_of(run));
    if (found == 0)
        found = vip_card_latest(db_of(run), row->face.id, run->arena, card, diag_of(run));
    if (found < 0)
        return found;
    return found ? VIP_OK : no_card(run);
}

static int event(struct run *run, const struct request *row, const char *what)
{
    return vip_batch_event(run->batch, row->face.id, what, row->reason, diag_of(run));
}

/* The store that a number may name: the row's, else the one that the member belongs to. */
static int store_of_card(struct run *run, const struct request *row, const char **store)
{
    struct vip_member member;
    *store = row->store;
    if (*row->store || !vip_card_format_has_store(run->program->card_format))
        return VIP_OK;
    int found = vip_member_load(db_of(run), row->face.id, &run->scratch, &member, diag_of(run));
    if (found > 0)
        *store = member.store;
    return found < 0 ? found : VIP_OK;
}

/* A card of the next number in the place of `old` ("": of none). Texts of the new card live in the
 * batch's arena. */
static int new_card(struct run *run, struct request *row, struct vip_card card)
{
    char number[VIP_CARD_TEXT];
    const char *store;
    int error = store_of_card(run, row, &store);
    if (error == VIP_OK)
        error = vip_card_next(run->batch, run->program->card_format, store, number, diag_of(run));
    if (error != VIP_OK)
        return error;
    card.card = vip_arena_text(run->arena, number);
    card.member = row->face.id;
    card.issued = run->context->as_of;
    if (!card.card)
        return vip_fail_memory(diag_of(run));
    row->card = card;
    return vip_card_insert(run->batch, &card, diag_of(run));
}

/* ---- issue ---- */

/* The tier whose card the member is to carry. */
static int tier_of_card(struct run *run, int64_t member, const struct vip_tier **tier)
{
    struct vip_held_tier *held = NULL;
    size_t count = 0;
    int error = vip_tiers_now(db_of(run), member, &run->scratch, &held, &count, diag_of(run));
    *tier = NULL;
    for (size_t i = 0; error == VIP_OK && i < count; i++)
        *tier = vip_tier_of_card(*tier, vip_program_tier(run->program, held[i].tier));
    return error;
}

/* Everybody of whom vip-tier says something may come by here: who fell to no tier, or to one whose
 * card is a number only, gets nothing, and that is no mistake. */
static int issue(struct run *run, struct request *row)
{
    const struct vip_tier *tier;
    struct vip_card old;
    int error = tier_of_card(run, row->face.id, &tier);
    if (error != VIP_OK)
        return error;
    int found = vip_card_current(db_of(run), row->face.id, run->arena, &old, diag_of(run));
    if (found == 0)
        found = vip_card_latest(db_of(run), row->face.id, run->arena, &old, diag_of(run));
    if (found < 0)
        return found;
    if (found)
        row->card = old;
    if (!tier || tier->card_virtual)
        return known(row, tier ? "accumulation" : "no-tier");
    bool stands = found && (old.state == VIP_CARD_ACTIVE || old.state == VIP_CARD_ISSUED);
    if (stands && !old.is_virtual && strcmp(old.tier, tier->tier) == 0)
        return known(row, NULL);
    error =
        new_card(run, row,
                 (struct vip_card){.state = VIP_CARD_ACTIVE,
                                   .tier = tier->tier,
                                   .expires = vip_card_end(run->program, tier, run->context->as_of),
                                   .replaces = found ? old.card : ""});
    if (error == VIP_OK)
        error = vip_card_close_all(run->batch, row->face.id, row->card.card, VIP_CARD_REPLACED,
                                   diag_of(run));
    row->status = "issued";
    return error;
}

/* ---- lost, replace, activate, renew ---- */

static int lost(struct run *run, struct request *row)
{
    int error = card_meant(run, row, &row->card);
    if (error != VIP_OK)
        return error;
    if (row->card.state == VIP_CARD_LOST)
        return known(row, row->reason);
    if (row->card.state > VIP_CARD_ACTIVE)
        return wrong_state(run, &row->card);
    row->status = "lost";
    row->said = row->reason;
    error = vip_card_set_state(run->batch, row->card.card, VIP_CARD_LOST, diag_of(run));
    return error == VIP_OK ? event(run, row, "card-lost") : error;
}

static int replace(struct run *run, struct request *row)
{
    struct vip_card old;
    int error = card_meant(run, row, &old);
    if (error != VIP_OK)
        return error;
    /* A replacement that waits for activation is the answer to the same wish. */
    const char *replaced = old.state == VIP_CARD_ISSUED && *old.replaces ? old.replaces : old.card;
    int found = vip_card_replacing(db_of(run), row->face.id, replaced, run->arena, &row->card,
                                   diag_of(run));
    if (found < 0)
        return found;
    if (found)
        return known(row, NULL);
    if (old.state != VIP_CARD_ACTIVE && old.state != VIP_CARD_LOST)
        return wrong_state(run, &old);
    row->status = "replaced";
    row->said = row->reason;
    error = new_card(run, row,
                     (struct vip_card){.state = VIP_CARD_ISSUED,
                                       .is_virtual = old.is_virtual,
                                       .tier = old.tier,
                                       .expires = old.expires,
                                       .replaces = old.card});
    return error == VIP_OK ? event(run, row, "card-replaced") : error;
}

static int activate(struct run *run, struct request *row)
{
    int error = card_meant(run, row, &row->card);
    if (error != VIP_OK)
        return error;
    if ((!row->shown.card || !*row->shown.card) && row->card.state == VIP_CARD_ACTIVE) {
        struct vip_card
            waiting; /* the member's replacement waits beside the card that it replaces */
        int found = vip_card_replacing(db_of(run), row->face.id, row->card.card, run->arena,
                                       &waiting, diag_of(run));
        if (found < 0)
            return found;
        if (found)
            row->card = waiting;
    }
    if (row->card.state == VIP_CARD_ACTIVE)
        return known(row, NULL);
    if (row->card.state != VIP_CARD_ISSUED)
        return wrong_state(run, &row->card);
    row->status = "active";
    error = vip_card_close_all(run->batch, row->face.id, row->card.card, VIP_CARD_REPLACED,
                               diag_of(run));
    if (error == VIP_OK && *row->card.replaces) /* a lost one is now replaced for good */
        error = vip_card_set_state(run->batch, row->card.replaces, VIP_CARD_REPLACED, diag_of(run));
    if (error == VIP_OK)
        error = vip_card_set_state(run->batch, row->card.card, VIP_CARD_ACTIVE, diag_of(run));
    return error;
}

/* A full term more, behind the old end or from today where that has passed. Who has a full term
 * before them has been renewed already. */
static int renew(struct run *run, struct request *row)
{
    int error = card_meant(run, row, &row->card);
    if (error != VIP_OK)
        return error;
    struct vip_card *card = &row->card;
    if (card->state != VIP_CARD_ACTIVE && card->state != VIP_CARD_EXPIRED)
        return wrong_state(run, card);
    const struct vip_tier *tier = vip_program_tier(run->program, card->tier);
    vip_day today = run->context->as_of;
    vip_day full_term = vip_card_end(run->program, tier, today);
    if (card->expires == VIP_DAY_NONE || card->expires >= full_term)
        return known(row, NULL);
    bool over = card->expires < today;
    card->expires = vip_card_end(run->program, tier, over ? today : card->expires);
    row->status = "renewed";
    error = vip_card_set_expiry(run->batch, card->card, card->expires, diag_of(run));
    if (error == VIP_OK && card->state == VIP_CARD_EXPIRED)
        error = vip_card_set_state(run->batch, card->card, VIP_CARD_ACTIVE, diag_of(run));
    return error == VIP_OK ? event(run, row, "card-renewed") : error;
}

/* ---- rows ---- */

static void fill_values(const struct request *row, struct vip_value *values)
{
    const struct vip_card *card = &row->card;
    bool there = card->card && *card->card;
    values[0] = vip_text(row->face.member);
    values[1] = vip_text(card->card);
    values[2] = vip_text(row->face.name);
    values[3] = vip_text(card->tier);
    values[4] = there ? vip_date(card->issued) : vip_null();
    values[5] = there ? vip_date(card->expires) : vip_null();
    values[6] = vip_text(row->status);
    values[7] = vip_text(row->said);
}

static int find_face(struct run *run, struct request *row)
{
    int64_t member;
    int error = vip_member_identify(db_of(run), &row->shown, run->program->identify, NULL, &member,
                                    diag_of(run));
    if (error != VIP_OK)
        return error;
    int found = vip_face_load(db_of(run), member, run->arena, &row->face, diag_of(run));
    if (found <= 0)
        return found < 0 ? found : vip_fail(diag_of(run), VIP_EDATABASE, "a member has no account");
    if (row->face.status != VIP_STATUS_ACTIVE && row->face.status != VIP_STATUS_SUSPENDED)
        return vip_refuse(diag_of(run), "wrong-status", "member", "the membership is %s",
                          vip_status_word(row->face.status));
    return VIP_OK;
}

static int act_on_row(struct vip_context *context, void *state, const struct vip_row_in *in,
                      struct vip_value *values)
{
    struct run *run = state;
    const char *const *cells = in->cells;
    struct request row = {.shown = {cells[MEMBER], cells[CARD], cells[PHONE], cells[ID_NO],
                                    cells[NAME], cells[BIRTHDAY]},
                          .store = cells[STORE],
                          .reason = cells[REASON],
                          .card = {.card = ""}};
    (void)context;
    run->batch = in->batch;
    run->arena = in->arena;
    vip_arena_reset(&run->scratch);
    int result = find_face(run, &row);
    if (result == VIP_OK)
        result = run->act(run, &row);
    fill_values(&row, values);
    return result;
}

static int run_rows(struct vip_context *context, int (*act)(struct run *, struct request *))
{
    static const char *const required[] = {"member|card|phone|id_no|name", NULL};
    struct run run = {.context = context, .act = act};
    const struct vip_rows rows = {.input = {.columns = input_columns, .required = required},
                                  .output = output_columns,
                                  .output_count = OUTPUT_COLUMNS,
                                  .act = act_on_row,
                                  .state = &run};
    if (expiring || state_wanted)
        return vip_fail(&context->diag, VIP_EUSAGE, "--expiring and --state go with list");
    int error = vip_programs_load(context->db, &run.lasting, &run.programs, &context->diag);
    if (error == VIP_OK) {
        run.program = vip_programs_on(&run.programs, context->as_of);
        error = vip_rows_run(context, 0, &rows);
    }
    vip_arena_free(&run.scratch);
    vip_arena_free(&run.lasting);
    return error;
}

static int run_issue(struct vip_context *context)
{
    return run_rows(context, issue);
}

static int run_lost(struct vip_context *context)
{
    return run_rows(context, lost);
}

static int run_replace(struct vip_context *context)
{
    return run_rows(context, replace);
}

static int run_activate(struct vip_context *context)
{
    return run_rows(context, activate);
}

static int run_renew(struct vip_context *context)
{
    return run_rows(context, renew);
}

/* ---- list ---- */

static int print_listed(struct run *run, struct vip_statement *listed)
{
    struct vip_value values[OUTPUT_COLUMNS];
    struct request row = {
        .card = {.card = vip_column_text(listed, 1),
                 .tier = vip_column_text(listed, 2),
                 .issued = vip_column_day(listed, 4),
                 .expires = vip_column_day(listed, 5)},
        .status = vip_card_state_word((enum vip_card_state)vip_column_integer(listed, 3))};
    vip_arena_reset(&run->scratch);
    int found = vip_face_load(db_of(run), vip_column_integer(listed, 0), &run->scratch, &row.face,
                              diag_of(run));
    if (found <= 0)
        return found;
    run->context->count.accepted++;
    fill_values(&row, values);
    return vip_output_row(run->context, values);
}

/* The number of a state; -1: any. */
static int state_number(struct vip_context *context, int *number)
{
    *number = -1;
    if (!state_wanted)
        return VIP_OK;
    for (int i = 0; states[i]; i++)
        if (strcmp(states[i], state_wanted) == 0) {
            *number = i;
            return VIP_OK;
        }
    return vip_fail(
        &context->diag, VIP_EUSAGE,
        "--state: '%.40s' is no state: expected issued, active, lost, replaced, expired "
        "or cancelled",
        state_wanted);
}

static int open_list(struct vip_context *context, struct vip_statement **listed)
{
    struct vip_period period = {.from = VIP_DAY_NONE, .to = VIP_DAY_NONE};
    int state;
    int error = state_number(context, &state);
    if (error == VIP_OK && expiring)
        error = vip_period_parse(expiring, context->as_of, &period, &context->diag);
    if (error != VIP_OK)
        return error;
    struct vip_value from = vip_int(period.from == VIP_DAY_NONE ? INT32_MIN : period.from);
    struct vip_value to = vip_int(period.to); /* open: no card ends so late */
    if (expiring && state < 0) /* what ends is what is active, if not said otherwise */
        return vip_db_query(context->db, VIP_SQL_card_list_expiring, listed, &context->diag, from,
                            to);
    return vip_db_query(context->db, VIP_SQL_card_list, listed, &context->diag,
                        state < 0 ? vip_null() : vip_int(state), expiring ? from : vip_null(),
                        expiring ? to : vip_null());
}

static int run_list(struct vip_context *context)
{
    struct run run = {.context = context};
    struct vip_statement *listed = NULL;
    if (context->operand_count)
        return vip_fail(&context->diag, VIP_EUSAGE, "list reads no FILE");
    int more = open_list(context, &listed);
    if (more < 0)
        return more;
    int error = vip_output_open(context, output_columns, OUTPUT_COLUMNS, NULL);
    while (error == VIP_OK && more > 0) {
        error = print_listed(&run, listed);
        if (error == VIP_OK)
            more = vip_step(listed, &context->diag);
    }
    vip_arena_free(&run.scratch);
    return error == VIP_OK ? more : error;
}

/* ---- the command ---- */

static const struct vip_verb verbs[] = {
    {"issue", "[FILE...]", "give each member the card of the tier held, if it is not there",
     run_issue},
    {"activate", "[FILE...]", "activate cards; those that they replace die", run_activate},
    {"lost", "[FILE...]", "block lost cards", run_lost},
    {"replace", "[FILE...]", "new numbers for lost or broken cards, to be activated", run_replace},
    {"renew", "[FILE...]", "a further term for cards that end", run_renew},
    {"list", "", "list cards, by --expiring and --state", run_list},
    {NULL, NULL, NULL, NULL},
};

static const char *const examples[] = {
    "vip-tier | vip-card issue -o cards.csv",
    "cards for whoever rose tonight, to be printed",
    "vip-card list --expiring=2026-12",
    "cards that end in December",
    NULL,
};

static const struct vip_command command = {
    .name = "vip-card",
    .synopsis = "VERB [OPTION...] [FILE...]",
    .summary = "issue, block, replace, renew and list cards",
    .flags = VIP_COMMAND_READS_INPUT,
    .options = options,
    .verbs = verbs,
    .examples = examples,
    .run = NULL,
};

int main(int argc, char **argv)
{
    return vip_command_main(&command, argc, argv);
}
