/* vip-contact: what came of contacts, and the course of complaints.
 *
 * Options, read a row, gather a batch, hand it to the desk (lib/db/contact.h) in one transaction,
 * print the rows that took effect. A job says what tells contacts from complaints. */
#include "cmd/common/command.h"
#include "lib/base/embedded.h"
#include "lib/base/memory.h"
#include "lib/base/text.h"
#include "lib/db/contact.h"
#include "lib/db/program.h"
#include "lib/rules/identity.h"
#include <stdio.h>
#include <string.h>

enum { BATCH_ROWS = 4096 };

static bool complaints;

static const struct vip_option options[] = {
    {.name = "complaint",
     .kind = VIP_OPTION_FLAG,
     .target = &complaints,
     .help = "rows are steps of complaints: heard, apologised, cause ... followed-up"},
    {0},
};

struct row { /* of the batch, and what became of it */
    union {
        struct vip_contact contact;
        struct vip_complaint_step step;
    };
    union {
        struct vip_contact_done contact_done;
        struct vip_complaint_done step_done;
    };
    size_t line;
    const struct vip_row *raw; /* for --rejects; NULL without */
    const struct vip_diag *refused;
};

struct run;

struct job {
    const char *const *columns, *const *required;
    const struct vip_column *output;
    size_t output_count;
    int (*parse)(struct vip_context *context, struct run *run, const char *const *cells,
                 struct row *row);
    int (*post)(struct run *run, struct row *row, struct vip_diag *diag);
    int (*print)(struct vip_context *context, const struct row *row);
};

struct run { /* what the callbacks share */
    const struct job *job;
    struct vip_contact_desk desk;
    struct vip_arena keep, arena; /* keep: the programme; arena: of a batch */
    struct vip_programs programs;
    struct row *rows; /* BATCH_ROWS of them, in keep */
    size_t count;
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
static int parse_word(struct vip_context *context, struct run *run, enum vip_contact_list list,
                      const char *column, const char *cell, int *index)
{
    *index = vip_contact_find(list, cell);
    if (*index >= 0 || !*cell)
        return VIP_OK;
    return vip_refuse(&context->diag, "bad-cell", column, "'%s' is none of %s", cell,
                      vip_contact_words(list, &run->arena));
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

static int check_spoilt(struct vip_context *context, const char *column, const char *cell)
{
    if (!vip_number_spoilt(cell))
        return VIP_OK;
    return vip_refuse(&context->diag, "spoilt-number", column,
                      "'%s' was a number to a spreadsheet: export the column as text", cell);
}

/* The cells live until the next row: the batch keeps copies. NULL ends the list. */
static int keep_texts(struct vip_context *context, struct run *run, const char **const *texts)
{
    for (; *texts; texts++) {
        if (!***texts)
            **texts = "";
        else if (!(**texts = vip_arena_text(&run->arena, **texts)))
            return vip_fail_memory(&context->diag);
    }
    return VIP_OK;
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

static int parse_words(struct vip_context *context, struct run *run, const char *const *cells,
                       struct vip_contact *contact)
{
    int outcome;
    int error =
        parse_word(context, run, VIP_CONTACT_OUTCOMES, "outcome", cells[C_OUTCOME], &outcome);

    if (!error && outcome < 0)
        error = missing(context, "outcome", vip_contact_words(VIP_CONTACT_OUTCOMES, &run->arena));
    contact->outcome = (enum vip_outcome)outcome;
    if (!error)
        error = parse_word(context, run, VIP_CONTACT_CHANNELS, "channel", cells[C_CHANNEL],
                           &contact->channel);
    if (!error)
        error = parse_word(context, run, VIP_CONTACT_CHURN, "churn_reason", cells[C_CHURN],
                           &contact->churn_reason);
    return error;
}

static int parse_contact(struct vip_context *context, struct run *run, const char *const *cells,
                         struct row *row)
{
    struct vip_contact *contact = &row->contact;
    *contact = (struct vip_contact){
        .contact = cells[C_CONTACT],
        .key = cells[C_KEY],
        .kind = cells[C_KIND],
        .by = cells[C_BY],
        .note = cells[C_NOTE],
        .identity = vip_identity_of(cells + C_IDENTITY),
        .source_line = row->line,
    };
    const char **const texts[] = {&contact->contact,
                                  &contact->key,
                                  &contact->kind,
                                  &contact->by,
                                  &contact->note,
                                  &contact->identity.member,
                                  &contact->identity.card,
                                  &contact->identity.phone,
                                  &contact->identity.id_no,
                                  &contact->identity.name,
                                  &contact->identity.birthday,
                                  NULL};
    if (!*contact->key && !*contact->kind)
        return missing(context, "key", "each contact needs the key of its reminder, or a kind");
    int error = check_spoilt(context, "contact", contact->contact);
    if (!error)
        error = parse_words(context, run, cells, contact);
    if (!error)
        error = parse_satisfaction(context, cells[C_SATISFACTION], &contact->satisfaction);
    if (!error)
        error = parse_date(context, cells[C_DATE], &contact->day);
    if (!error && !*contact->key && !is_kind(run, contact->kind, context->as_of))
        error = vip_refuse(&context->diag, "no-such-kind", "kind",
                           "'%s' is neither a kind of reminders.csv nor a text of the programme",
                           contact->kind);
    return error ? error : keep_texts(context, run, texts);
}

static int post_contact(struct run *run, struct row *row, struct vip_diag *diag)
{
    return vip_contact_post(&run->desk, &row->contact, &run->arena, &row->contact_done, diag);
}

static const char *status_of(struct vip_context *context, bool known)
{
    if (known)
        context->count.known++;
    else
        context->count.accepted++;
    return known ? "known" : "posted";
}

static int print_contact(struct vip_context *context, const struct row *row)
{
    const struct vip_contact *contact = &row->contact;
    const struct vip_contact_done *done = &row->contact_done;
    const struct vip_value values[] = {
        vip_text(done->member),
        vip_text(done->key),
        vip_text(done->kind),
        vip_date(done->day),
        vip_text(contact->by),
        vip_text(done->channel),
        vip_text(vip_contact_word(VIP_CONTACT_OUTCOMES, (int)contact->outcome)),
        contact->satisfaction ? vip_int(contact->satisfaction) : vip_null(),
        contact->churn_reason < 0
            ? vip_null()
            : vip_text(vip_contact_word(VIP_CONTACT_CHURN, contact->churn_reason)),
        vip_date(done->again),
        vip_text(status_of(context, done->known)),
    };

    return vip_output_row(context, values);
}

static const struct job contact_job = {
    .columns = contact_columns,
    .required = contact_required,
    .output = contact_output,
    .output_count = sizeof contact_output / sizeof contact_output[0],
    .parse = parse_contact,
    .post = post_contact,
    .print = print_contact,
};

/* ---- complaints ---- */

enum { S_COMPLAINT, S_STEP, S_DATE, S_BY, S_NOTE, S_AMOUNT, S_STORE, S_IDENTITY };

static const char *const step_columns[] = {
    "complaint", "step", "date", "by", "note", "amount", "store", VIP_IDENTITY_COLUMNS, NULL};
static const char *const step_required[] = {"complaint", "step", "by", NULL};

static const struct vip_column step_output[] = {
    {"member", VIP_TEXT}, {"complaint", VIP_TEXT}, {"step", VIP_TEXT},   {"date", VIP_DAY},
    {"by", VIP_TEXT},     {"amount", VIP_FEN},     {"status", VIP_TEXT},
};

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

static int parse_step(struct vip_context *context, struct run *run, const char *const *cells,
                      struct row *row)
{
    struct vip_complaint_step *step = &row->step;
    int index;
    *step = (struct vip_complaint_step){
        .complaint = cells[S_COMPLAINT],
        .store = cells[S_STORE],
        .by = cells[S_BY],
        .note = cells[S_NOTE],
        .identity = vip_identity_of(cells + S_IDENTITY),
        .source_line = row->line,
    };
    const char **const texts[] = {&step->complaint,
                                  &step->store,
                                  &step->by,
                                  &step->note,
                                  &step->identity.member,
                                  &step->identity.card,
                                  &step->identity.phone,
                                  &step->identity.id_no,
                                  &step->identity.name,
                                  &step->identity.birthday,
                                  NULL};
    if (!*step->complaint)
        return missing(context, "complaint", "each step needs the key of its complaint");
    if (!*step->by)
        return missing(context, "by", "each step names who took it");
    int error = check_spoilt(context, "complaint", step->complaint);
    if (!error)
        error = parse_word(context, run, VIP_CONTACT_STEPS, "step", cells[S_STEP], &index);
    if (!error && index < 0)
        error = missing(context, "step", vip_contact_words(VIP_CONTACT_STEPS, &run->arena));
    if (!error) {
        step->step = (enum vip_step)index;
        error = parse_amount(context, cells[S_AMOUNT], step->step, &step->amount);
    }
    if (!error)
        error = parse_date(context, cells[S_DATE], &step->day);
    return error ? error : keep_texts(context, run, texts);
}

static int post_step(struct run *run, struct row *row, struct vip_diag *diag)
{
    return vip_complaint_post(&run->desk, &row->step, &run->arena, &row->step_done, diag);
}

static int print_step(struct vip_context *context, const struct row *row)
{
    const struct vip_complaint_step *step = &row->step;
    const struct vip_value values[] = {
        vip_text(row->step_done.member),
        vip_text(step->complaint),
        vip_text(vip_contact_word(VIP_CONTACT_STEPS, (int)step->step)),
        vip_date(row->step_done.day),
        vip_text(step->by),
        step->amount < 0 ? vip_null() : vip_money(step->amount),
        vip_text(status_of(context, row->step_done.known)),
    };

    return vip_output_row(context, values);
}

static const struct job complaint_job = {
    .columns = step_columns,
    .required = step_required,
    .output = step_output,
    .output_count = sizeof step_output / sizeof step_output[0],
    .parse = parse_step,
    .post = post_step,
    .print = print_step,
};

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

static int post_rows(struct vip_context *context, struct run *run)
{
    struct vip_batch *batch = &run->desk.batch;

    batch->file = vip_input_file(context);
    int error = vip_batch_begin(batch, &context->diag);
    if (error)
        return error;
    for (size_t i = 0; !error && i < run->count; i++) {
        if (run->rows[i].refused)
            continue;
        vip_diag_clear(&context->diag);
        error = run->job->post(run, &run->rows[i], &context->diag);
        if (error == VIP_EREFUSED)
            error = keep_refusal(context, run, &run->rows[i]);
    }
    if (!error)
        return vip_batch_commit(batch, &context->diag);
    vip_batch_rollback(batch);
    return error;
}

static void report_refused(struct vip_context *context, const struct row *row)
{
    struct vip_diag diag = *row->refused;

    vip_diag_place(&diag, vip_input_file(context), row->line, NULL);
    vip_row_refused(context, &diag, row->raw);
}

/* Posts the batch; what is printed then is on disk. */
static int post_batch(struct vip_context *context, void *state)
{
    struct run *run = state;
    int error = run->count ? post_rows(context, run) : VIP_OK;

    for (size_t i = 0; !error && i < run->count; i++) {
        if (run->rows[i].refused)
            report_refused(context, &run->rows[i]);
        else
            error = run->job->print(context, &run->rows[i]);
    }
    run->count = 0;
    vip_arena_reset(&run->arena);
    return error ? error : vip_output_flush(context);
}

/* A row that cannot be read is refused in its turn, so that messages come in the order of rows. */
static int take_row(struct vip_context *context, void *state, const char *const *cells, size_t line)
{
    struct run *run = state;
    struct row *row = &run->rows[run->count];

    *row = (struct row){.line = line};
    int error = run->job->parse(context, run, cells, row);
    if (error == VIP_EREFUSED)
        error = keep_refusal(context, run, row);
    if (!error && context->rejects_path)
        error = vip_row_copy(vip_input_raw(context), &run->arena, &row->raw, &context->diag);
    if (error)
        return error;
    run->count++;
    return run->count == BATCH_ROWS ? post_batch(context, run) : VIP_OK;
}

/* ---- the command ---- */

static int prepare(struct vip_context *context, struct run *run)
{
    int error = vip_programs_load(context->db, &run->keep, &run->programs, &context->diag);

    vip_context_batch(context, &run->desk.batch);
    run->desk.programs = &run->programs;
    run->rows = vip_arena_zero(&run->keep, BATCH_ROWS, sizeof *run->rows);
    if (!error && !run->rows)
        error = vip_fail_memory(&context->diag);
    return error;
}

static int run_command(struct vip_context *context)
{
    struct run run = {.job = complaints ? &complaint_job : &contact_job};
    const struct vip_input input = {.columns = run.job->columns,
                                    .required = run.job->required,
                                    .row = take_row,
                                    .file_end = post_batch,
                                    .state = &run};
    int error = prepare(context, &run);

    if (!error)
        error = vip_output_open(context, run.job->output, run.job->output_count, NULL);
    if (!error)
        error = vip_input_each(context, 0, &input);
    vip_contact_desk_free(&run.desk);
    vip_arena_free(&run.arena);
    vip_arena_free(&run.keep);
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
