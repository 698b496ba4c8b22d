/* vip-contact: what came of contacts, and the course of complaints.
 *
 * Rows in batches (cmd/common/rows.h): a row is read and handed to the desk (lib/db/contact.h). */
#include "cmd/common/rows.h"
#include "lib/base/embedded.h"
#include "lib/base/memory.h"
#include "lib/base/text.h"
#include "lib/db/contact.h"
#include "lib/db/program.h"
#include <stdio.h>
#include <string.h>

static bool complaints;

static const struct vip_option options[] = {
    {.name = "complaint",
     .kind = VIP_OPTION_FLAG,
     .target = &complaints,
     .help = "rows are steps of complaints: heard, apologised, cause ... followed-up"},
    {0},
};

struct run { /* what the rows share */
    struct vip_contact_desk desk;
    struct vip_arena arena; /* of the programmes */
    struct vip_programs programs;
};

/* ---- cells ---- */

static int wrong(struct vip_context *context, const char *column, const char *cell, const char *why)
{
    return vip_refuse(&context->diag, "bad-cell", column, "'%s' %s", cell, why);
}

static int missing(struct vip_context *context, const char *column, const char *why)
{
    return vip_refuse(&context->diag, "missing-field", column, "is empty: %s", why);
}

/* A cell that is one of a list of words; an empty one is -1. */
static int parse_word(struct vip_context *context, const struct vip_row_in *row,
                      enum vip_contact_list list, const char *column, const char *cell, int *index)
{
    *index = vip_contact_find(list, cell);
    if (*index >= 0 || !*cell)
        return VIP_OK;
    return vip_refuse(&context->diag, "bad-cell", column, "'%s' is none of %s", cell,
                      vip_contact_words(list, row->arena));
}

static int parse_date(struct vip_context *context, const char *cell, vip_day *day)
{
    const char *why;

    *day = VIP_DAY_NONE;
    if (!*cell)
        return VIP_OK;
    if (vip_day_parse(cell, day, NULL, &why) != VIP_OK)
        return wrong(context, "date", cell, why);
    if (*day > context->as_of)
        return wrong(context, "date", cell, "is later than today (see --as-of)");
    return VIP_OK;
}

static const char *status_of(bool known)
{
    return known ? "known" : "posted";
}

/* ---- contacts ---- */

enum {
    C_CONTACT,
    C_KEY,
    C_KIND,
    C_DATE,
    C_BY,
    C_CHANNEL,
    C_OUTCOME,
    C_NOTE,
    C_SATISFACTION,
    C_CHURN,
    C_IDENTITY
};

static const char *const contact_columns[] = {"contact",
                                              "key",
                                              "kind",
                                              "date",
                                              "by",
                                              "channel",
                                              "outcome",
                                              "note",
                                              "satisfaction",
                                              "churn_reason",
                                              VIP_IDENTITY_COLUMNS,
                                              NULL};
static const char *const contact_required[] = {"outcome", "key|kind", NULL};

static const struct vip_column contact_output[] = {
    {"member", VIP_TEXT},       {"key", VIP_TEXT},
    {"kind", VIP_TEXT},         {"date", VIP_DAY},
    {"by", VIP_TEXT},           {"channel", VIP_TEXT},
    {"outcome", VIP_TEXT},      {"satisfaction", VIP_INTEGER},
    {"churn_reason", VIP_TEXT}, {"again", VIP_DAY},
    {"status", VIP_TEXT},
};
enum { CONTACT_COLUMNS = sizeof contact_output / sizeof contact_output[0] };

/* What a contact may be about: a kind of the programme's reminders, or one of its texts. */
static bool is_kind(const struct run *run, const char *kind, vip_day day)
{
    const struct vip_program *program = vip_programs_on(&run->programs, day);
    char path[160];

    for (size_t i = 0; i < program->reminder_count; i++)
        if (strcmp(program->reminders[i].kind, kind) == 0)
            return true;
    snprintf(path, sizeof path, "templates/%.100s.zh.txt", kind);
    return vip_program_template(program, kind, "zh") || vip_program_template(program, kind, "en") ||
           vip_embedded_find(path);
}

static int parse_satisfaction(struct vip_context *context, const char *cell, int *satisfaction)
{
    const char *why = "";
    int64_t number = 0;

    *satisfaction = 0;
    if (!*cell)
        return VIP_OK;
    if (vip_integer_parse(cell, &number, &why) != VIP_OK || number < 1 || number > 5)
        return wrong(context, "satisfaction", cell, "is not 1 (not at all) to 5 (fully)");
    *satisfaction = (int)number;
    return VIP_OK;
}

static int parse_words(struct vip_context *context, const struct vip_row_in *row,
                       struct vip_contact *contact)
{
    const char *const *cells = row->cells;
    int outcome;
    int error =
        parse_word(context, row, VIP_CONTACT_OUTCOMES, "outcome", cells[C_OUTCOME], &outcome);

    if (!error && outcome < 0)
        error = missing(context, "outcome", vip_contact_words(VIP_CONTACT_OUTCOMES, row->arena));
    contact->outcome = (enum vip_outcome)outcome;
    if (!error)
        error = parse_word(context, row, VIP_CONTACT_CHANNELS, "channel", cells[C_CHANNEL],
                           &contact->channel);
    if (!error)
        error = parse_word(context, row, VIP_CONTACT_CHURN, "churn_reason", cells[C_CHURN],
                           &contact->churn_reason);
    return error;
}

static int parse_contact(struct vip_context *context, const struct run *run,
                         const struct vip_row_in *row, struct vip_contact *contact)
{
    const char *const *cells = row->cells;
    *contact = (struct vip_contact){
        .contact = cells[C_CONTACT],
        .key = cells[C_KEY],
        .kind = cells[C_KIND],
        .by = cells[C_BY],
        .note = cells[C_NOTE],
        .identity = vip_identity_of(cells + C_IDENTITY),
        .source_line = row->line,
    };
    if (!*contact->key && !*contact->kind)
        return missing(context, "key", "each contact needs the key of its reminder, or a kind");
    int error = parse_words(context, row, contact);
    if (!error)
        error = parse_satisfaction(context, cells[C_SATISFACTION], &contact->satisfaction);
    if (!error)
        error = parse_date(context, cells[C_DATE], &contact->day);
    if (!error && !*contact->key && !is_kind(run, contact->kind, context->as_of))
        error = vip_refuse(&context->diag, "no-such-kind", "kind",
                           "'%s' is neither a kind of reminders.csv nor a text of the programme",
                           contact->kind);
    return error;
}

static int act_contact(struct vip_context *context, void *state, const struct vip_row_in *row,
                       struct vip_value *values)
{
    struct run *run = state;
    struct vip_contact contact;
    struct vip_contact_done done = {0};
    int error = parse_contact(context, run, row, &contact);
    if (!error)
        error = vip_contact_post(&run->desk, &contact, row->arena, &done, &context->diag);
    if (error)
        return error;
    const struct vip_value filled[CONTACT_COLUMNS] = {
        vip_text(done.member),
        vip_text(done.key),
        vip_text(done.kind),
        vip_date(done.day),
        vip_text(contact.by),
        vip_text(done.channel),
        vip_text(vip_contact_word(VIP_CONTACT_OUTCOMES, (int)contact.outcome)),
        vip_int_or_null(contact.satisfaction),
        contact.churn_reason < 0
            ? vip_null()
            : vip_text(vip_contact_word(VIP_CONTACT_CHURN, contact.churn_reason)),
        vip_date(done.again),
        vip_text(status_of(done.known)),
    };
    memcpy(values, filled, sizeof filled);
    return done.known ? VIP_ROW_KNOWN : VIP_OK;
}

/* ---- complaints ---- */

enum { S_COMPLAINT, S_STEP, S_DATE, S_BY, S_NOTE, S_AMOUNT, S_STORE, S_IDENTITY };

static const char *const step_columns[] = {
    "complaint", "step", "date", "by", "note", "amount", "store", VIP_IDENTITY_COLUMNS, NULL};
static const char *const step_required[] = {"complaint", "step", "by", NULL};

static const struct vip_column step_output[] = {
    {"member", VIP_TEXT}, {"complaint", VIP_TEXT}, {"step", VIP_TEXT},   {"date", VIP_DAY},
    {"by", VIP_TEXT},     {"amount", VIP_FEN},     {"status", VIP_TEXT},
};
enum { STEP_COLUMNS = sizeof step_output / sizeof step_output[0] };

static int parse_amount(struct vip_context *context, const char *cell, enum vip_step step,
                        vip_fen *amount)
{
    const char *why = "";

    *amount = -1;
    if (!*cell)
        return VIP_OK;
    if (vip_fen_parse(cell, amount, &why) != VIP_OK || *amount < 0)
        return wrong(context, "amount", cell, *why ? why : "is less than 0");
    if (step != VIP_STEP_COMPENSATION)
        return wrong(context, "amount", cell, "belongs to the step compensation");
    return VIP_OK;
}

static int parse_step(struct vip_context *context, const struct vip_row_in *row,
                      struct vip_complaint_step *step)
{
    const char *const *cells = row->cells;
    int index;
    *step = (struct vip_complaint_step){
        .complaint = cells[S_COMPLAINT],
        .store = cells[S_STORE],
        .by = cells[S_BY],
        .note = cells[S_NOTE],
        .identity = vip_identity_of(cells + S_IDENTITY),
        .source_line = row->line,
    };
    if (!*step->complaint)
        return missing(context, "complaint", "each step needs the key of its complaint");
    if (!*step->by)
        return missing(context, "by", "each step names who took it");
    int error = parse_word(context, row, VIP_CONTACT_STEPS, "step", cells[S_STEP], &index);
    if (!error && index < 0)
        error = missing(context, "step", vip_contact_words(VIP_CONTACT_STEPS, row->arena));
    if (!error) {
        step->step = (enum vip_step)index;
        error = parse_amount(context, cells[S_AMOUNT], step->step, &step->amount);
    }
    if (!error)
        error = parse_date(context, cells[S_DATE], &step->day);
    return error;
}

static int act_step(struct vip_context *context, void *state, const struct vip_row_in *row,
                    struct vip_value *values)
{
    struct run *run = state;
    struct vip_complaint_step step;
    struct vip_complaint_done done = {0};
    int error = parse_step(context, row, &step);
    if (!error)
        error = vip_complaint_post(&run->desk, &step, row->arena, &done, &context->diag);
    if (error)
        return error;
    const struct vip_value filled[STEP_COLUMNS] = {
        vip_text(done.member),
        vip_text(step.complaint),
        vip_text(vip_contact_word(VIP_CONTACT_STEPS, (int)step.step)),
        vip_date(done.day),
        vip_text(step.by),
        step.amount < 0 ? vip_null() : vip_money(step.amount),
        vip_text(status_of(done.known)),
    };
    memcpy(values, filled, sizeof filled);
    return done.known ? VIP_ROW_KNOWN : VIP_OK;
}

/* ---- the command ---- */

static int run_command(struct vip_context *context)
{
    struct run run = {.desk = {.programs = &run.programs}};
    const struct vip_rows contacts = {
        .input = {.columns = contact_columns, .required = contact_required},
        .output = contact_output,
        .output_count = CONTACT_COLUMNS,
        .act = act_contact,
        .state = &run,
        .batch = &run.desk.batch,
    };
    const struct vip_rows steps = {
        .input = {.columns = step_columns, .required = step_required},
        .output = step_output,
        .output_count = STEP_COLUMNS,
        .act = act_step,
        .state = &run,
        .batch = &run.desk.batch,
    };
    int error = vip_programs_load(context->db, &run.arena, &run.programs, &context->diag);
    if (!error)
        error = vip_rows_run(context, 0, complaints ? &steps : &contacts);
    vip_contact_desk_free(&run.desk);
    vip_arena_free(&run.arena);
    return error;
}

static const char *const examples[] = {
    "vip-contact calls.csv",
    "record today's calls: member, key, by, outcome, satisfaction, note",
    "vip-contact --complaint complaints.csv",
    "open complaints and move them on: complaint, member, step, date, by, note",
    NULL,
};

static const struct vip_command command = {
    .name = "vip-contact",
    .synopsis = "[OPTION...] [FILE...]",
    .summary = "record what came of contacts, and the course of complaints",
    .flags = VIP_COMMAND_READS_INPUT,
    .options = options,
    .examples = examples,
    .run = run_command,
};

int main(int argc, char **argv)
{
    return vip_command_main(&command, argc, argv);
}
