/* vip-tier: recalculate tiers as of the business date and print every change (lib/db/tier.h); with
 * --explain, how far a member is from each tier; with --grant, floors that somebody answers for. */
#include "cmd/common/programme.h"
#include "cmd/common/rows.h"
#include "lib/base/text.h"
#include "lib/db/member.h"
#include "lib/db/program.h"
#include "lib/db/tier.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static bool full, grant;
static const char *explain, *draft, *near;

static const struct vip_option options[] = {
    {.name = "full",
     .kind = VIP_OPTION_FLAG,
     .target = &full,
     .help = "recompute everyone from the purchases"},
    {.name = "explain",
     .kind = VIP_OPTION_TEXT,
     .argument = "MEMBER[,...]",
     .target = &explain,
     .help = "show each rule of the tiers ahead and what is missing; change nothing"},
    {.name = "near",
     .kind = VIP_OPTION_TEXT,
     .argument = "SHARE",
     .target = &near,
     .help = "show who lacks at most that share of what a tier takes: 10%; change nothing"},
    {.name = "grant",
     .kind = VIP_OPTION_FLAG,
     .target = &grant,
     .help = "read grants (member, tier, until, reason, by): floors until their day"},
    {.name = "program",
     .kind = VIP_OPTION_TEXT,
     .argument = "NAME|DIR",
     .target = &draft,
     .help = "with --dry-run: who would move if this programme were in force from today on"},
    {0},
};

struct tiers { /* what the jobs share */
    struct vip_context *context;
    struct vip_arena arena; /* of the programmes */
    struct vip_programs programs;
    struct vip_programme draft;
    struct vip_tier_engine *engine;
    struct vip_batch batch;
};

/* The draft takes the place of the versions from the business date on. */
static int put_draft(struct tiers *tiers)
{
    struct vip_context *context = tiers->context;
    struct vip_programs *programs = &tiers->programs;
    size_t before = 0;
    tiers->draft.effective = context->as_of;
    int error = vip_context_programme(context, draft, &tiers->draft);
    if (error != VIP_OK)
        return error;
    while (before < programs->count && programs->versions[before]->effective < context->as_of)
        before++;
    const struct vip_program **versions =
        vip_arena_zero(&tiers->arena, before + 1, sizeof(*versions));
    if (!versions)
        return vip_fail_memory(&context->diag);
    memcpy(versions, programs->versions, before * sizeof(*versions));
    versions[before] = tiers->draft.program;
    *programs = (struct vip_programs){versions, before + 1};
    return VIP_OK;
}

static int open_tiers(struct tiers *tiers)
{
    struct vip_context *context = tiers->context;
    vip_context_batch(context, &tiers->batch);
    int error = vip_programs_load(context->db, &tiers->arena, &tiers->programs, &context->diag);
    if (error == VIP_OK && draft)
        error = put_draft(tiers);
    if (error == VIP_OK)
        error = vip_tier_engine_open(&tiers->engine, context->db, &tiers->programs, &context->diag);
    return error;
}

/* ---- changes ---- */

static const struct vip_column change_columns[] = {
    {"member", VIP_TEXT},   {"from", VIP_TEXT},     {"to", VIP_TEXT},     {"rule", VIP_TEXT},
    {"evidence", VIP_TEXT}, {"effective", VIP_DAY}, {"expires", VIP_DAY},
};

enum { CHANGE_COLUMNS = sizeof change_columns / sizeof *change_columns };

static void change_values(const char *member, const struct vip_tier_row *row,
                          struct vip_value *values)
{
    const struct vip_value filled[CHANGE_COLUMNS] = {
        vip_text(member),       vip_text(row->from),     vip_text(row->to),
        vip_text(row->rule),    vip_text(row->evidence), vip_date(row->effective),
        vip_date(row->expires),
    };
    memcpy(values, filled, sizeof filled);
}

/* ---- how many went from where to where ---- */

struct moves {
    struct vip_context *context;
    struct vip_arena arena;
    struct move {
        const char *from, *to;
        int64_t count;
    } * moves;
    size_t count, capacity;
};

static int add_move(struct moves *moves, const struct vip_tier_row *row)
{
    size_t at = 0;
    while (at < moves->count && (strcmp(moves->moves[at].from, row->from) != 0 ||
                                 strcmp(moves->moves[at].to, row->to) != 0))
        at++;
    if (at < moves->count) {
        moves->moves[at].count++;
        return VIP_OK;
    }
    struct move move = {vip_arena_text(&moves->arena, row->from),
                        vip_arena_text(&moves->arena, row->to), 1};
    if (!move.from || !move.to ||
        vip_array_grow((void **)&moves->moves, &moves->capacity, moves->count + 1,
                       sizeof *moves->moves) != VIP_OK)
        return vip_fail_memory(&moves->context->diag);
    moves->moves[moves->count++] = move;
    return VIP_OK;
}

static int by_tiers(const void *left, const void *right)
{
    const struct move *a = left, *b = right;
    int order = strcmp(a->from, b->from);
    return order ? order : strcmp(a->to, b->to);
}

static void tell_moves(struct moves *moves)
{
    if (!moves->count)
        return;
    qsort(moves->moves, moves->count, sizeof *moves->moves, by_tiers);
    vip_note(moves->context, "%-20s %-20s %10s", "from", "to", "changes");
    for (size_t i = 0; i < moves->count; i++)
        vip_note(moves->context, "%-20s %-20s %10" PRId64,
                 *moves->moves[i].from ? moves->moves[i].from : "-",
                 *moves->moves[i].to ? moves->moves[i].to : "-", moves->moves[i].count);
}

static int print_changes(void *state, const struct vip_tier_row *rows, size_t count)
{
    struct moves *moves = state;
    struct vip_context *context = moves->context;
    int error = VIP_OK;
    for (size_t i = 0; error == VIP_OK && i < count; i++) {
        struct vip_value values[CHANGE_COLUMNS];
        change_values(rows[i].number, &rows[i], values);
        error = vip_output_row(context, values);
        if (error == VIP_OK && context->dry_run)
            error = add_move(moves, &rows[i]);
    }
    return error == VIP_OK ? vip_output_flush(context) : error;
}

static void show_looked(void *state, int64_t members)
{
    const struct moves *moves = state;
    vip_progress_show(moves->context, "members looked at", (uint64_t)members);
}

static void tell_run(struct vip_context *context, const struct vip_tier_run *run)
{
    if (run->later)
        vip_note(context,
                 "%" PRId64 " member%s left alone: a run for a later date has judged them already",
                 run->later, run->later == 1 ? "" : "s");
    vip_note(context, "%" PRId64 " member%s looked at, %" PRId64 " change%s%s", run->replayed,
             run->replayed == 1 ? "" : "s", run->changes, run->changes == 1 ? "" : "s",
             context->dry_run ? " (nothing was kept)" : "");
}

static int recalculate(struct tiers *tiers)
{
    struct vip_context *context = tiers->context;
    struct moves moves = {.context = context};
    struct vip_tier_run run = {
        .batch = &tiers->batch,
        .engine = tiers->engine,
        .as_of = context->as_of,
        .full = full || draft,
        .rows = print_changes,
        .looked = show_looked,
        .context = &moves,
    };
    int error = vip_output_open(context, change_columns, CHANGE_COLUMNS, NULL);
    vip_progress_begin(context);
    if (error == VIP_OK)
        error = vip_tier_run(&run, &context->diag);
    vip_progress_clear();
    if (error == VIP_OK) {
        tell_moves(&moves);
        tell_run(context, &run);
    }
    free(moves.moves);
    vip_arena_free(&moves.arena);
    return error;
}

/* ---- explain ---- */

static const struct vip_column figure_columns[] = {
    {"member", VIP_TEXT},     {"ladder", VIP_TEXT},     {"tier", VIP_TEXT},
    {"rule", VIP_TEXT},       {"basis", VIP_TEXT},      {"window_from", VIP_DAY},
    {"window_to", VIP_DAY},   {"reached", VIP_INTEGER}, {"threshold", VIP_INTEGER},
    {"missing", VIP_INTEGER}, {"met", VIP_TEXT},        {"deadline", VIP_DAY},
    {"words", VIP_TEXT},
};

static struct vip_value amount(const struct vip_tier_figure *figure, int64_t number)
{
    enum vip_basis basis = figure->rule->basis;
    if (basis == VIP_BASIS_VISITS || basis == VIP_BASIS_POINTS)
        return vip_int(number);
    return vip_money(number);
}

static int open_figures(struct vip_context *context)
{
    int error = vip_db_snapshot(context->db, &context->diag);
    if (error != VIP_OK)
        return error;
    return vip_output_open(context, figure_columns, sizeof figure_columns / sizeof *figure_columns,
                           NULL);
}

static int print_figure(struct tiers *tiers, const char *member,
                        const struct vip_tier_figure *figure, struct vip_arena *arena)
{
    struct vip_context *context = tiers->context;
    const struct vip_tier_rule *row = figure->rule;
    int64_t missing = row->threshold - figure->reached;
    const char *rule =
        vip_arena_format(arena, "%s:%zu%s%s", figure->keep ? "keep.csv" : "entry.csv", row->line,
                         *row->from_tier ? " from " : "", row->from_tier);
    bool chinese = context->lang && strcmp(context->lang, "zh") == 0;
    const char *words = vip_tier_words(tiers->engine, figure, chinese, arena);
    if (!rule || !words)
        return vip_fail_memory(&context->diag);
    const struct vip_value values[] = {
        vip_text(member),
        vip_text(figure->ladder),
        vip_text(figure->tier),
        vip_text(rule),
        vip_text(vip_basis_word(row->basis)),
        vip_date(figure->from),
        vip_date(figure->to),
        amount(figure, figure->reached),
        amount(figure, row->threshold),
        amount(figure, missing > 0 ? missing : 0),
        vip_text(figure->met ? "yes" : "no"),
        vip_date(figure->by),
        vip_text(words),
    };
    return vip_output_row(context, values);
}

static int explain_member(struct tiers *tiers, const char *name, struct vip_arena *arena)
{
    struct vip_context *context = tiers->context;
    const struct vip_identity identity = {.member = name};
    struct vip_tier_figure *figures = NULL;
    int64_t member = 0;
    size_t count = 0;
    int error = vip_member_identify(context->db, &identity, tiers->programs.versions[0]->identify,
                                    NULL, &member, &context->diag);
    if (error == VIP_OK)
        error = vip_tier_explain_member(context->db, tiers->engine, member, context->as_of, arena,
                                        &figures, &count, &context->diag);
    for (size_t i = 0; error == VIP_OK && i < count; i++)
        error = print_figure(tiers, name, &figures[i], arena);
    return error;
}

static int explain_members(struct tiers *tiers)
{
    struct vip_context *context = tiers->context;
    struct vip_arena arena = {0};
    const char *rest = explain, *part;
    bool nobody = false;
    size_t size;
    int error = open_figures(context);
    while (error == VIP_OK && vip_text_split(&rest, ',', &part, &size)) {
        const char *name = vip_arena_copy(&arena, part, size);
        error = name ? explain_member(tiers, name, &arena) : vip_fail_memory(&context->diag);
        if (error == VIP_EREFUSED) {
            vip_report_error(context, &context->diag);
            vip_diag_clear(&context->diag);
            nobody = true;
            error = VIP_OK;
        }
    }
    vip_arena_free(&arena);
    return error == VIP_OK && nobody ? VIP_EREFUSED : error;
}

/* ---- who is near a tier ---- */

struct nearness {
    struct tiers *tiers;
    struct vip_arena arena;
};

static int print_near(void *state, const char *number, const struct vip_tier_figure *figure)
{
    struct nearness *nearness = state;
    vip_arena_reset(&nearness->arena);
    return print_figure(nearness->tiers, number, figure, &nearness->arena);
}

/* "10%" or "10", in hundredths of a per cent. */
static int read_share(struct vip_context *context, int64_t *share)
{
    char text[16];
    size_t size = strcspn(near, "%");
    const char *why;
    bool sound = size < sizeof text && (!near[size] || !near[size + 1]);
    if (sound) {
        memcpy(text, near, size);
        text[size] = '\0';
        sound = vip_fen_parse(text, share, &why) == VIP_OK && *share > 0 && *share <= 10000;
    }
    if (sound)
        return VIP_OK;
    return vip_fail(&context->diag, VIP_EUSAGE, "--near: '%s' is not a share: expected 10%%", near);
}

static int list_near(struct tiers *tiers)
{
    struct vip_context *context = tiers->context;
    struct nearness nearness = {.tiers = tiers};
    struct vip_tier_near job = {
        .engine = tiers->engine, .as_of = context->as_of, .row = print_near, .context = &nearness};
    int error = read_share(context, &job.lacks);
    if (error == VIP_OK)
        error = open_figures(context);
    if (error == VIP_OK)
        error = vip_tier_near_each(&job, &context->diag);
    vip_arena_free(&nearness.arena);
    return error;
}

/* ---- grants ---- */

enum { TIER, UNTIL, REASON, BY, IDENTITY };

static const char *const grant_columns[] = {"tier", "until", "reason", "by", VIP_IDENTITY_COLUMNS,
                                            NULL};
static const char *const grant_required[] = {"tier", "reason", "by", NULL};

static int read_grant(struct vip_context *context, const char *const *cells,
                      struct vip_tier_grant *given)
{
    const char *why;
    *given = (struct vip_tier_grant){.tier = cells[TIER],
                                     .day = context->as_of,
                                     .until = VIP_DAY_NONE,
                                     .reason = cells[REASON],
                                     .by = cells[BY]};
    for (int i = TIER; i <= BY; i++)
        if (i != UNTIL && !*cells[i])
            return vip_refuse(&context->diag, "missing-field", grant_columns[i],
                              "is empty: a grant needs a tier, a reason and who answers for it");
    if (*cells[UNTIL] && vip_day_parse(cells[UNTIL], &given->until, NULL, &why) != 0)
        return vip_refuse(&context->diag, "bad-cell", "until", "'%s' %s", cells[UNTIL], why);
    return VIP_OK;
}

/* The changes go with the next member's: into rows that stay. */
static int fill_changes(struct vip_context *context, const struct vip_row_in *in,
                        const char *member, const struct vip_tier_row *rows, size_t count)
{
    struct vip_value *values =
        vip_arena_zero(in->arena, count * CHANGE_COLUMNS + 1, sizeof *values);
    if (!values)
        return vip_fail_memory(&context->diag);
    *in->out = (struct vip_row_out){values, count};
    for (size_t i = 0; i < count; i++, values += CHANGE_COLUMNS) {
        struct vip_tier_row row = rows[i];
        row.from = vip_arena_text(in->arena, row.from);
        row.evidence = vip_arena_text(in->arena, row.evidence);
        if (!row.from || !row.evidence)
            return vip_fail_memory(&context->diag);
        change_values(member, &row, values);
    }
    return VIP_OK;
}

static int give(struct tiers *tiers, const struct vip_row_in *in, int64_t member,
                const struct vip_tier_grant *given)
{
    struct vip_context *context = tiers->context;
    const struct vip_tier_row *rows;
    struct vip_member row;
    size_t count;
    in->out->rows = 0;
    int noted = vip_tier_grant_add(&tiers->batch, tiers->engine, member, given, &context->diag);
    if (noted <= 0)
        return noted < 0 ? noted : VIP_ROW_KNOWN;
    int error = vip_tier_update_member(&tiers->batch, tiers->engine, member, context->as_of, &rows,
                                       &count, &context->diag);
    if (error != VIP_OK)
        return error;
    int found = vip_member_load(context->db, member, in->arena, &row, &context->diag);
    return found < 0 ? found : fill_changes(context, in, found ? row.member : "", rows, count);
}

static int act_grant(struct vip_context *context, void *state, const struct vip_row_in *in,
                     struct vip_value *values)
{
    struct tiers *tiers = state;
    const struct vip_identity identity = vip_identity_of(in->cells + IDENTITY);
    const struct vip_program *program = vip_programs_on(&tiers->programs, context->as_of);
    struct vip_tier_grant given;
    int64_t member = 0;
    (void)values;
    int error = read_grant(context, in->cells, &given);
    if (error == VIP_OK)
        error = vip_member_identify(context->db, &identity, program->identify, NULL, &member,
                                    &context->diag);
    return error == VIP_OK ? give(tiers, in, member, &given) : error;
}

static int grant_tiers(struct tiers *tiers)
{
    static char standard_input[] = "-";
    static char *only_standard_input[] = {standard_input, NULL};
    struct vip_context *context = tiers->context;
    const struct vip_rows rows = {
        .input = {.columns = grant_columns, .required = grant_required},
        .output = change_columns,
        .output_count = CHANGE_COLUMNS,
        .act = act_grant,
        .state = tiers,
        .batch = &tiers->batch,
    };
    if (!context->operand_count) { /* with --grant its work is its input */
        context->operands = only_standard_input;
        context->operand_count = 1;
    }
    return vip_rows_run(context, 0, &rows);
}

/* ---- the command ---- */

static int check_call(struct vip_context *context)
{
    const char *job = grant ? "grant" : explain ? "explain" : near ? "near" : NULL;
    if (grant + !!explain + !!near > 1)
        return vip_fail(&context->diag, VIP_EUSAGE, "--%s and --%s are two jobs", job,
                        near ? "near" : "explain");
    if (job && (full || draft))
        return vip_fail(&context->diag, VIP_EUSAGE, "--%s does not go with --%s",
                        full ? "full" : "program", job);
    if (draft && !context->dry_run)
        return vip_fail(&context->diag, VIP_EUSAGE,
                        "--program only shows what would be: give --dry-run too, or load it with "
                        "'vip-db load'");
    if (!grant && context->operand_count)
        return vip_fail(&context->diag, VIP_EUSAGE, "'%s': rows are read with --grant only",
                        context->operands[0]);
    return VIP_OK;
}

static int run_tier(struct vip_context *context)
{
    struct tiers tiers = {.context = context};
    int error = check_call(context);
    if (error == VIP_OK)
        error = open_tiers(&tiers);
    if (error == VIP_OK)
        error = grant     ? grant_tiers(&tiers)
                : explain ? explain_members(&tiers)
                : near    ? list_near(&tiers)
                          : recalculate(&tiers);
    vip_tier_engine_close(tiers.engine);
    vip_arena_free(&tiers.arena);
    vip_arena_free(&tiers.draft.arena);
    return error;
}

static const char *const examples[] = {
    "vip-tier | vip-card issue",
    "the nightly run, and new cards for whoever rose",
    "vip-tier --explain=M000123",
    "what the next tier takes, and what keeps this one",
    "vip-tier --full",
    "everybody, from the purchases",
    "vip-tier --grant grants.csv",
    "tiers that somebody answers for",
    NULL,
};

static const struct vip_command command = {
    .name = "vip-tier",
    .synopsis = "[OPTION...] [--grant [FILE...]]",
    .summary = "recalculate tiers: who rises, stays, falls",
    .options = options,
    .examples = examples,
    .run = run_tier,
};

int main(int argc, char **argv)
{
    return vip_command_main(&command, argc, argv);
}
