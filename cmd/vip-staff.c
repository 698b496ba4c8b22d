/* vip-staff: the roster, targets, days worked, and which members each looks after (SPEC 4).
 *
 * roster, targets and attendance read rows, which cmd/common/rows.h does in batches; reassign, list
 * and history need none. */
#include "cmd/common/rows.h"
#include "lib/base/money.h"
#include "lib/base/text.h"
#include "lib/db/batch.h"
#include "lib/db/face.h"
#include "lib/db/member.h"
#include "lib/db/program.h"
#include "lib/db/staff.h"
#include "lib/rules/period.h"
#include <stdlib.h>
#include <string.h>

/* ---- options ---- */

static const char *from, *to, *store_wanted;
static bool even;

static const struct vip_option options[] = {
    {"from", 0, VIP_OPTION_TEXT, "STAFF", &from, "reassign: whose members are handed on", NULL,
     NULL},
    {"to", 0, VIP_OPTION_TEXT, "STAFF", &to, "reassign: who looks after them from now on", NULL,
     NULL},
    {"even", 0, VIP_OPTION_FLAG, NULL, &even,
     "reassign: share the members of --store out equally among who works there", NULL, NULL},
    {"store", 0, VIP_OPTION_TEXT, "STORE", &store_wanted, "list, reassign: of this store only",
     NULL, NULL},
    {.name = NULL},
};

/* ---- a row ---- */

struct run { /* batch, arena and cells are those of the row in hand */
    struct vip_context *context;
    int (*act)(struct run *run, struct vip_value *values, enum vip_staff_result *result);
    struct vip_codes codes;
    struct vip_batch *batch;
    struct vip_arena *arena;
    const char *const *cells;
};

static struct vip_diag *diag_of(const struct run *run)
{
    return &run->context->diag;
}

static struct vip_value told(enum vip_staff_result result)
{
    static const char *const words[] = {"known", "posted", "changed", "left"};
    return vip_text(words[result]);
}

static int missing(struct run *run, const char *column, const char *what)
{
    return vip_refuse(diag_of(run), "missing-field", column, "expected %s", what);
}

static int read_day(struct run *run, const char *cell, const char *column, vip_day *day)
{
    const char *why = "";
    if (*cell && vip_day_parse(cell, day, NULL, &why) != VIP_OK)
        return vip_refuse(diag_of(run), "bad-date", column, "'%.60s' %s", cell, why);
    return VIP_OK;
}

/* The first day of a month: "2026-11", 2026年11月, or any of its days. */
static int read_month(struct run *run, const char *cell, vip_day *month)
{
    struct vip_period period;
    if (vip_period_parse(cell, run->context->as_of, &period, diag_of(run)) != VIP_OK ||
        period.from == VIP_DAY_NONE)
        return vip_refuse(diag_of(run), "bad-date", "month", "'%.60s' is not a month (2026-11)",
                          cell);
    struct vip_civil civil = vip_day_civil(period.from);
    *month = vip_day_from_civil(civil.year, civil.month, 1);
    if (period.to > vip_day_add_months(*month, 1) - 1)
        return vip_refuse(diag_of(run), "bad-date", "month", "'%.60s' is more than one month",
                          cell);
    return VIP_OK;
}

/* ---- roster ---- */

enum { STAFF, NAME, STORE, GROUP, SHIFT, ROLE, SINCE, LEFT };

static int roster(struct run *run, struct vip_value *printed, enum vip_staff_result *result)
{
    struct vip_post post = {.staff = run->cells[STAFF],
                            .name = run->cells[NAME],
                            .store = run->cells[STORE],
                            .group = run->cells[GROUP],
                            .shift = run->cells[SHIFT],
                            .role = run->cells[ROLE],
                            .since = run->context->as_of,
                            .until = VIP_DAY_NONE};
    if (!*post.staff)
        return missing(run, "staff", "the code of the person, as in consultant and seller");
    int error = read_day(run, run->cells[SINCE], "since", &post.since);
    if (error == VIP_OK)
        error = read_day(run, run->cells[LEFT], "left", &post.until);
    if (error == VIP_OK)
        error = vip_staff_post(run->batch, &run->codes, &post, run->arena, result, diag_of(run));
    if (error != VIP_OK)
        return error;
    const struct vip_value values[] = {
        vip_text(post.staff), vip_text(post.name),  vip_text(post.store),
        vip_text(post.group), vip_text(post.shift), vip_text(post.role),
        vip_date(post.since), vip_date(post.until), told(*result)};
    memcpy(printed, values, sizeof values);
    return VIP_OK;
}

/* ---- targets ---- */

enum { T_MONTH, T_STORE, T_STAFF, T_TARGET };

static int read_count(struct run *run, const char *cell, const char *column, int decimals,
                      int64_t most, int64_t *number)
{
    const char *why = "";
    if (vip_decimal_parse(cell, decimals, number, &why) != VIP_OK)
        return vip_refuse(diag_of(run), "bad-value", column, "'%.60s' %s", cell, why);
    if (*number < 0 || *number > most)
        return vip_refuse(diag_of(run), "bad-value", column, "'%.60s' is out of range", cell);
    return VIP_OK;
}

static int targets(struct run *run, struct vip_value *printed, enum vip_staff_result *result)
{
    const char *store = run->cells[T_STORE], *staff = run->cells[T_STAFF];
    int64_t cards;
    vip_day month;
    if (!*store && !*staff)
        return missing(run, "store", "a store, a person (staff), or both");
    if (!*run->cells[T_TARGET])
        return missing(run, "target", "how many new cards");
    int error = read_month(run, run->cells[T_MONTH], &month);
    if (error == VIP_OK)
        error = read_count(run, run->cells[T_TARGET], "target", 0, 1000000000, &cards);
    if (error == VIP_OK)
        error = vip_target_set(run->batch, &run->codes, month, store, staff, cards, result,
                               diag_of(run));
    if (error != VIP_OK)
        return error;
    char *text = vip_arena_zero(run->arena, 1, VIP_DATE_TEXT);
    if (!text)
        return vip_fail_memory(diag_of(run));
    vip_day_format(month, text);
    text[7] = '\0';
    const struct vip_value values[] = {vip_text(text), vip_text(store), vip_text(staff),
                                       vip_int(cards), told(*result)};
    memcpy(printed, values, sizeof values);
    return VIP_OK;
}

/* ---- attendance ---- */

enum { A_DATE, A_MONTH, A_STAFF, A_DAYS };

static int attendance(struct run *run, struct vip_value *printed, enum vip_staff_result *result)
{
    const char *staff = run->cells[A_STAFF], *days = run->cells[A_DAYS];
    bool whole_month = *run->cells[A_MONTH] != '\0';
    int64_t worked = 100;
    vip_day day = VIP_DAY_NONE;
    if (!*staff)
        return missing(run, "staff", "whose days they are");
    if (whole_month == (*run->cells[A_DATE] != '\0'))
        return missing(run, "date", "a date or a month, one of the two");
    if (whole_month && !*days)
        return missing(run, "days", "how many days of the month");
    int error = whole_month ? read_month(run, run->cells[A_MONTH], &day)
                            : read_day(run, run->cells[A_DATE], "date", &day);
    if (error == VIP_OK && *days)
        error = read_count(run, days, "days", 2, whole_month ? 3100 : 100, &worked);
    if (error == VIP_OK && day > run->context->as_of)
        error = vip_refuse(diag_of(run), "bad-date", "date", "that day is still to come");
    if (error == VIP_OK)
        error =
            vip_attendance_set(run->batch, &run->codes, staff, day, worked, result, diag_of(run));
    if (error != VIP_OK)
        return error;
    const struct vip_value values[] = {vip_date(day), vip_text(staff),
                                       (struct vip_value){.type = VIP_RATIO, .number = worked},
                                       told(*result)};
    memcpy(printed, values, sizeof values);
    return VIP_OK;
}

/* ---- the verbs that read rows ---- */

static int act_on_row(struct vip_context *context, void *state, const struct vip_row_in *row,
                      struct vip_value *values)
{
    struct run *run = state;
    enum vip_staff_result result = VIP_STAFF_KNOWN;
    (void)context;
    run->batch = row->batch;
    run->arena = row->arena;
    run->cells = row->cells;
    int error = run->act(run, values, &result);
    return error == VIP_OK && result == VIP_STAFF_KNOWN ? VIP_ROW_KNOWN : error;
}

static int run_rows(struct vip_context *context, struct vip_rows rows,
                    int (*act)(struct run *, struct vip_value *, enum vip_staff_result *))
{
    struct run run = {.context = context, .act = act};
    rows.act = act_on_row;
    rows.state = &run;
    int error = vip_rows_run(context, 0, &rows);
    vip_codes_free(&run.codes);
    return error;
}

static int run_roster(struct vip_context *context)
{
    static const char *const input[] = {"staff", "name",  "store", "group", "shift",
                                        "role",  "since", "left",  NULL};
    static const char *const required[] = {"staff", NULL};
    static const struct vip_column output[] = {
        {"staff", VIP_TEXT}, {"name", VIP_TEXT},  {"store", VIP_TEXT},
        {"group", VIP_TEXT}, {"shift", VIP_TEXT}, {"role", VIP_TEXT},
        {"since", VIP_DAY},  {"left", VIP_DAY},   {"status", VIP_TEXT}};
    const struct vip_rows rows = {.input = {.columns = input, .required = required},
                                  .output = output,
                                  .output_count = sizeof output / sizeof *output};
    return run_rows(context, rows, roster);
}

static int run_targets(struct vip_context *context)
{
    static const char *const input[] = {"month", "store", "staff", "target", NULL};
    static const char *const required[] = {"month", "store|staff", "target", NULL};
    static const struct vip_column output[] = {{"month", VIP_TEXT},
                                               {"store", VIP_TEXT},
                                               {"staff", VIP_TEXT},
                                               {"target", VIP_INTEGER},
                                               {"status", VIP_TEXT}};
    const struct vip_rows rows = {.input = {.columns = input, .required = required},
                                  .output = output,
                                  .output_count = sizeof output / sizeof *output};
    return run_rows(context, rows, targets);
}

static int run_attendance(struct vip_context *context)
{
    static const char *const input[] = {"date", "month", "staff", "days", NULL};
    static const char *const required[] = {"staff", "date|month", NULL};
    static const struct vip_column output[] = {
        {"date", VIP_DAY}, {"staff", VIP_TEXT}, {"days", VIP_RATIO}, {"status", VIP_TEXT}};
    const struct vip_rows rows = {.input = {.columns = input, .required = required},
                                  .output = output,
                                  .output_count = sizeof output / sizeof *output};
    return run_rows(context, rows, attendance);
}

/* ---- reassign ---- */

static int check_reassign(struct vip_context *context)
{
    bool works = true, anybody = false;
    if (context->operand_count)
        return vip_fail(&context->diag, VIP_EUSAGE, "reassign reads no FILE");
    if (even ? from || to || !store_wanted : !from || !to)
        return vip_fail(&context->diag, VIP_EUSAGE,
                        "expected --from and --to, or --even with --store");
    if (even)
        return VIP_OK;
    if (strcmp(from, to) == 0)
        return vip_fail(&context->diag, VIP_EUSAGE, "--from and --to are the same");
    int error = vip_staff_works(context->db, NULL, NULL, context->as_of, &anybody, &context->diag);
    if (error == VIP_OK && anybody) /* without a roster any code will do */
        error = vip_staff_works(context->db, to, NULL, context->as_of, &works, &context->diag);
    if (error == VIP_OK && !works)
        error = vip_fail(&context->diag, VIP_EUSAGE,
                         "--to: '%.40s' does not work here on that day: see 'vip-staff list'", to);
    return error;
}

struct handing_over { /* one transaction */
    struct vip_context *context;
    struct vip_batch batch;
    struct vip_codes codes;
    struct vip_arena arena;
    struct vip_handover *moved;
    size_t count;
};

static int note(struct handing_over *work)
{
    struct vip_diag *diag = &work->context->diag;
    const char *detail =
        even ? vip_arena_format(&work->arena, "even, store %s: %zu members", store_wanted,
                                work->count)
             : vip_arena_format(&work->arena, "%s to %s: %zu members", from, to, work->count);
    return detail ? vip_batch_event(&work->batch, 0, "reassign", detail, diag)
                  : vip_fail_memory(diag);
}

static int hand_over(struct handing_over *work)
{
    struct vip_diag *diag = &work->context->diag;
    vip_context_batch(work->context, &work->batch);
    int error = vip_batch_begin(&work->batch, diag);
    if (error != VIP_OK)
        return error;
    error = even ? vip_staff_even(&work->batch, &work->codes, store_wanted, &work->arena,
                                  &work->moved, &work->count, diag)
                 : vip_staff_hand_over(&work->batch, &work->codes, from, to, store_wanted,
                                       &work->arena, &work->moved, &work->count, diag);
    if (error == VIP_OK && work->count)
        error = note(work);
    if (error == VIP_OK)
        return vip_batch_commit(&work->batch, diag);
    vip_batch_rollback(&work->batch);
    return error;
}

static int print_moved(struct vip_context *context, const struct vip_handover *moved, size_t count)
{
    int error = VIP_OK;
    for (size_t i = 0; i < count && error == VIP_OK; i++) {
        const struct vip_value values[] = {vip_text(moved[i].member), vip_text(moved[i].name),
                                           vip_text(moved[i].store),  vip_text(moved[i].from),
                                           vip_text(moved[i].to),     vip_date(context->as_of)};
        context->count.accepted++;
        error = vip_output_row(context, values);
    }
    return error;
}

static int run_reassign(struct vip_context *context)
{
    static const struct vip_column output[] = {{"member", VIP_TEXT}, {"name", VIP_TEXT},
                                               {"store", VIP_TEXT},  {"from", VIP_TEXT},
                                               {"to", VIP_TEXT},     {"since", VIP_DAY}};
    struct handing_over work = {.context = context};
    int error = check_reassign(context);
    if (error == VIP_OK)
        error = vip_output_open(context, output, sizeof output / sizeof *output, NULL);
    if (error == VIP_OK)
        error = hand_over(&work);
    if (error == VIP_OK)
        error = print_moved(context, work.moved, work.count);
    vip_codes_free(&work.codes);
    vip_arena_free(&work.arena);
    return error;
}

/* ---- list, history ---- */

static int run_list(struct vip_context *context)
{
    static const struct vip_column output[] = {
        {"staff", VIP_TEXT}, {"name", VIP_TEXT},  {"store", VIP_TEXT},
        {"group", VIP_TEXT}, {"shift", VIP_TEXT}, {"role", VIP_TEXT},
        {"since", VIP_DAY},  {"left", VIP_DAY},   {"members", VIP_INTEGER}};
    struct vip_statement *rows = NULL;
    struct vip_arena arena = {0};
    struct vip_post post;
    if (context->operand_count)
        return vip_fail(&context->diag, VIP_EUSAGE, "list reads no FILE");
    int error = vip_output_open(context, output, sizeof output / sizeof *output, NULL);
    if (error != VIP_OK)
        return error;
    int more = vip_staff_list(context->db, context->as_of, store_wanted, &rows, &context->diag);
    more = vip_staff_next(rows, true, more, &arena, &post, &context->diag);
    while (more > 0 && error == VIP_OK) {
        const struct vip_value values[] = {
            vip_text(post.staff), vip_text(post.name),  vip_text(post.store),
            vip_text(post.group), vip_text(post.shift), vip_text(post.role),
            vip_date(post.since), vip_date(post.until), vip_int(post.members)};
        context->count.accepted++;
        error = vip_output_row(context, values);
        vip_arena_reset(&arena);
        if (error == VIP_OK)
            more = vip_staff_next(rows, false, 0, &arena, &post, &context->diag);
    }
    vip_arena_free(&arena);
    return error == VIP_OK ? more : error;
}

/* Each row ends on the day before the next one begins. */
static int print_history(struct vip_context *context, int64_t member, struct vip_arena *arena)
{
    struct vip_statement *row = NULL;
    struct vip_face face;
    int found = vip_face_load(context->db, member, arena, &face, &context->diag);
    if (found <= 0)
        return found;
    int error = VIP_OK;
    int more = vip_db_query(context->db, VIP_SQL_consultant_history, &row, &context->diag,
                            vip_int(member));
    while (more > 0 && error == VIP_OK) {
        const char *consultant = vip_arena_text(arena, vip_column_text(row, 1));
        vip_day since = vip_column_day(row, 0);
        more = vip_step(row, &context->diag);
        const struct vip_value values[] = {
            vip_text(face.member), vip_text(face.name), vip_text(consultant), vip_date(since),
            more > 0 ? vip_date(vip_column_day(row, 0) - 1) : vip_null()};
        context->count.accepted++;
        error = consultant ? vip_output_row(context, values) : vip_fail_memory(&context->diag);
    }
    if (more > 0)
        vip_reset(row);
    return error == VIP_OK ? more : error;
}

static int show_history(struct vip_context *context, const char *name, bool *nobody)
{
    struct vip_arena arena = {0};
    int64_t member = 0;
    int error =
        vip_member_named(context->db, name, "no-such-member", "member", &member, &context->diag);
    if (error == VIP_OK)
        error = print_history(context, member, &arena);
    vip_arena_free(&arena);
    if (error != VIP_EREFUSED)
        return error;
    vip_note(context, "%s", context->diag.text);
    vip_diag_clear(&context->diag);
    *nobody = true;
    return VIP_OK;
}

static int run_history(struct vip_context *context)
{
    static const struct vip_column output[] = {{"member", VIP_TEXT},
                                               {"name", VIP_TEXT},
                                               {"consultant", VIP_TEXT},
                                               {"since", VIP_DAY},
                                               {"until", VIP_DAY}};
    bool nobody = false;
    if (!context->operand_count)
        return vip_fail(&context->diag, VIP_EUSAGE, "expected members or cards");
    int error = vip_output_open(context, output, sizeof output / sizeof *output, NULL);
    for (int i = 0; i < context->operand_count && error == VIP_OK; i++)
        error = show_history(context, context->operands[i], &nobody);
    return error == VIP_OK && nobody ? VIP_EREFUSED : error;
}

/* ---- the command ---- */

static const struct vip_verb verbs[] = {
    {"roster", "[FILE...]", "who works where, in which group and shift, since when", run_roster},
    {"targets", "[FILE...]", "new cards to be won in a month, per store and person", run_targets},
    {"attendance", "[FILE...]", "days worked", run_attendance},
    {"reassign", "", "hand members on: --from=A --to=B, or --even --store=S", run_reassign},
    {"list", "", "who works on the day, and how many members each looks after", run_list},
    {"history", "MEMBER...", "who looked after these members since when", run_history},
    {NULL, NULL, NULL, NULL},
};

static const char *const examples[] = {
    "vip-staff roster roster.csv",
    "take the roster from a spreadsheet",
    "vip-staff reassign --from=G07 --to=G12",
    "G07 leaves: G12 looks after her members",
    "vip-staff reassign --even --store=0101 -n",
    "how the members of a store would be shared out",
    NULL,
};

static const struct vip_command command = {
    .name = "vip-staff",
    .synopsis = "VERB [OPTION...] [FILE...]",
    .summary = "keep the roster, targets and days worked; hand members on",
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
