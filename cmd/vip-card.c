/* vip-card: the life of a card: issued, activated, lost, replaced, renewed, cancelled (SPEC 4).
 *
 * Rows name members or cards; cmd/common/rows.h does them in batches. Lists of cards are in
 * cmd/vip-card/lists.c. */
#include "cmd/common/rows.h"
#include "cmd/vip-card/parts.h"
#include "lib/base/text.h"
#include "lib/db/batch.h"
#include "lib/db/card.h"
#include "lib/db/face.h"
#include "lib/db/member.h"
#include "lib/db/program.h"
#include "lib/db/tier.h"
#include "lib/rules/admission.h"
#include <string.h>

const struct vip_column vip_card_columns[VIP_CARD_COLUMNS] = {
    {"member", VIP_TEXT}, {"card", VIP_TEXT},   {"name", VIP_TEXT},   {"tier", VIP_TEXT},
    {"issued", VIP_DAY},  {"expires", VIP_DAY}, {"status", VIP_TEXT}, {"reason", VIP_TEXT},
};

enum { STORE = VIP_IDENTITY_COUNT, REASON, BY };
static const char *const input_columns[] = {VIP_IDENTITY_COLUMNS, "store", "reason", "by", NULL};

static struct vip_card_asked asked;

static const struct vip_option options[] = {
    {"expiring", 0, VIP_OPTION_TEXT, "PERIOD", &asked.expiring,
     "list: active cards whose last good day is in PERIOD (2026-12)", NULL, NULL},
    {"state", 0, VIP_OPTION_TEXT, "STATE", &asked.state, "list: cards in this state",
     vip_card_states, NULL},
    {.name = NULL},
};

struct request { /* a row on its way */
    struct vip_identity shown;
    const char *store, *reason, *by;

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
    if (*row->shown.card)
        found = vip_card_load(db_of(run), row->shown.card, run->arena, card, diag_of(run));
    if (found == 0)
        found = vip_card_current(db_of(run), row->face.id, run->arena, card, diag_of(run));
    if (found == 0)
        found = vip_card_latest(db_of(run), row->face.id, run->arena, card, diag_of(run));
    if (found < 0)
        return found;
    return found ? VIP_OK : no_card(run);
}

/* In the audit log: "K000123; reason; by who". */
static int event(struct run *run, const struct request *row, const char *what)
{
    const char *why = vip_event_detail(&run->scratch, row->reason, row->by);
    const char *detail =
        !why ? NULL
             : vip_arena_format(&run->scratch, "%s%s%s", row->card.card, *why ? "; " : "", why);
    return detail ? vip_batch_event(run->batch, row->face.id, what, detail, diag_of(run))
                  : vip_fail_memory(diag_of(run));
}

/* The card becomes the member's only one that works; the one that it replaces dies, were it lost.
 */
static int make_current(struct run *run, const struct request *row)
{
    const struct vip_card *card = &row->card;
    int error =
        vip_card_close_all(run->batch, row->face.id, card->card, VIP_CARD_REPLACED, diag_of(run));
    if (error == VIP_OK && *card->replaces)
        error = vip_card_set_replaced(run->batch, card->replaces, diag_of(run));
    return error == VIP_OK
               ? vip_card_set_state(run->batch, card->card, VIP_CARD_ACTIVE, diag_of(run))
               : error;
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
    row->status = "issued";
    return error == VIP_OK ? make_current(run, row) : error;
}

/* ---- lost, replace, activate, renew, cancel ---- */

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

/* The card to activate: the one shown; of the member the replacement that waits beside the card
 * that it replaces. */
static int card_to_activate(struct run *run, const struct request *row, struct vip_card *card)
{
    struct vip_card waiting;
    int error = card_meant(run, row, card);
    if (error != VIP_OK || *row->shown.card || card->state != VIP_CARD_ACTIVE)
        return error;
    int found = vip_card_replacing(db_of(run), row->face.id, card->card, run->arena, &waiting,
                                   diag_of(run));
    if (found > 0)
        *card = waiting;
    return found < 0 ? found : VIP_OK;
}

/* Was lost, and is found again, before another card took its place. */
static int is_found(struct run *run, const struct request *row, const struct vip_card *card,
                    bool *found)
{
    struct vip_card other;
    *found = false;
    if (card->state != VIP_CARD_LOST)
        return VIP_OK;
    int there =
        vip_card_replacing(db_of(run), row->face.id, card->card, run->arena, &other, diag_of(run));
    *found = there == 0;
    return there < 0 ? there : VIP_OK;
}

static int activate(struct run *run, struct request *row)
{
    bool found = false;
    int error = card_to_activate(run, row, &row->card);
    if (error == VIP_OK)
        error = is_found(run, row, &row->card, &found);
    if (error != VIP_OK)
        return error;
    if (row->card.state == VIP_CARD_ACTIVE)
        return known(row, NULL);
    if (row->card.state != VIP_CARD_ISSUED && !found)
        return wrong_state(run, &row->card);
    row->status = "active";
    row->said = row->reason;
    error = make_current(run, row);
    return error == VIP_OK ? event(run, row, "card-activated") : error;
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

/* Without a card in its place: the membership goes on. */
static int cancel(struct run *run, struct request *row)
{
    if (!*row->reason)
        return vip_refuse(diag_of(run), "missing-field", "reason",
                          "expected why the card is cancelled");
    int error = card_meant(run, row, &row->card);
    if (error != VIP_OK)
        return error;
    row->said = row->reason;
    if (row->card.state == VIP_CARD_CANCELLED)
        return known(row, row->reason);
    if (row->card.state == VIP_CARD_REPLACED)
        return wrong_state(run, &row->card);
    row->status = "cancelled";
    error = vip_card_set_state(run->batch, row->card.card, VIP_CARD_CANCELLED, diag_of(run));
    return error == VIP_OK ? event(run, row, "card-cancelled") : error;
}

/* ---- rows ---- */

/* A card in full-width letters is the same card. */
static int narrow_card(struct run *run, struct request *row)
{
    char number[VIP_CARD_TEXT];
    if (!*row->shown.card || !vip_text_narrow(row->shown.card, number, sizeof number))
        return VIP_OK; /* what is too long is nobody's */
    row->shown.card = vip_arena_text(run->arena, number);
    return row->shown.card ? VIP_OK : vip_fail_memory(diag_of(run));
}

static int find_face(struct run *run, struct request *row)
{
    int64_t member;
    int error = narrow_card(run, row);
    if (error != VIP_OK)
        return error;
    error = vip_member_identify(db_of(run), &row->shown, run->program->identify, NULL, &member,
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
    struct request row = {.shown = vip_identity_of(cells),
                          .store = cells[STORE],
                          .reason = cells[REASON],
                          .by = cells[BY],
                          .card = {.card = ""}};
    (void)context;
    run->batch = in->batch;
    run->arena = in->arena;
    vip_arena_reset(&run->scratch);
    int result = find_face(run, &row);
    if (result == VIP_OK)
        result = run->act(run, &row);
    vip_card_values(&row.face, &row.card, row.status, row.said, values);
    return result;
}

static int run_rows(struct vip_context *context, int (*act)(struct run *, struct request *))
{
    static const char *const required[] = {VIP_IDENTITY_NEEDED, NULL};
    struct run run = {.context = context, .act = act};
    const struct vip_rows rows = {.input = {.columns = input_columns, .required = required},
                                  .output = vip_card_columns,
                                  .output_count = VIP_CARD_COLUMNS,
                                  .act = act_on_row,
                                  .state = &run};
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

static int run_cancel(struct vip_context *context)
{
    return run_rows(context, cancel);
}

/* ---- the command ---- */

static int run_list(struct vip_context *context)
{
    return vip_card_list(context, &asked);
}

static int run_history(struct vip_context *context)
{
    return vip_card_history(context);
}

static const struct vip_verb verbs[] = {
    {"issue", "[FILE...]", "give each member the card of the tier held, if it is not there",
     run_issue},
    {"activate", "[FILE...]", "activate cards; those that they replace die", run_activate},
    {"lost", "[FILE...]", "block lost cards", run_lost},
    {"replace", "[FILE...]", "new numbers for lost or broken cards, to be activated", run_replace},
    {"renew", "[FILE...]", "a further term for cards that end", run_renew},
    {"cancel", "[FILE...]", "end cards for good (reason needed)", run_cancel},
    {"list", "", "list cards, by --expiring and --state", run_list},
    {"history", "MEMBER...", "all cards that these members have had", run_history},
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
    .summary = "issue, block, replace, renew, cancel and list cards",
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
