/* vip-enroll: applications make members; with an option, members are changed, approved, suspended,
 * resumed, cancelled, merged, forgotten, or bring balances from another system (SPEC 4).
 *
 * Here are the options, the columns of each job, and the way of a row: cmd/common/rows.h reads some
 * thousands, has each done by the job's function (cmd/vip-enroll/) in one transaction, and prints
 * them after it. */
#include "cmd/vip-enroll/parts.h"

#include "lib/db/face.h"
#include "lib/db/merge.h"

const char *const vip_enroll_columns[VIP_CELL_COUNT] = {
    [VIP_CELL_MEMBER] = "member",
    [VIP_CELL_CARD] = "card",
    [VIP_CELL_PHONE] = "phone",
    [VIP_CELL_ID_NO] = "id_no",
    [VIP_CELL_NAME] = "name",
    [VIP_CELL_BIRTHDAY] = "birthday",
    [VIP_CELL_GENDER] = "gender",
    [VIP_CELL_ADDRESS] = "address",
    [VIP_CELL_EMAIL] = "email",
    [VIP_CELL_STORE] = "store",
    [VIP_CELL_CONSULTANT] = "consultant",
    [VIP_CELL_CONSENT_SMS] = "consent_sms",
    [VIP_CELL_CONSENT_CALL] = "consent_call",
    [VIP_CELL_APPLICATION] = "application",
    [VIP_CELL_REASON] = "reason",
    [VIP_CELL_BY] = "by",
    [VIP_CELL_ENROLLED] = "enrolled",
    [VIP_CELL_SOURCE] = "source",
    [VIP_CELL_RECEIPT] = "receipt",
    [VIP_CELL_SPENT] = "spent",
    [VIP_CELL_REFERRER] = "referrer",
    [VIP_CELL_CATEGORY] = "category",
    [VIP_CELL_BRAND] = "brand",
    [VIP_CELL_FROM] = "from",
    [VIP_CELL_TO] = "to",
    [VIP_CELL_POINTS] = "points",
    [VIP_CELL_DATE] = "date",
    [VIP_CELL_EXPIRES] = "expires",
    [VIP_CELL_REQUEST] = "request",
};

/* New members go all over the indexes: the more of them at once, the less often a page is written.
 */
enum { BATCH_ROWS = 16384 };

static const struct vip_column output[] = {
    {"member", VIP_TEXT}, {"card", VIP_TEXT},   {"name", VIP_TEXT},
    {"tier", VIP_TEXT},   {"status", VIP_TEXT}, {"reason", VIP_TEXT},
};

/* ---- options ---- */

static bool wanted[VIP_ENROLL_JOBS];

static const struct vip_option options[] = {
    {"update", 0, VIP_OPTION_FLAG, NULL, &wanted[VIP_ENROLL_UPDATE],
     "change members there are: cells that are not empty", NULL, NULL},
    {"approve", 0, VIP_OPTION_FLAG, NULL, &wanted[VIP_ENROLL_APPROVE],
     "accept applications that wait for review", NULL, NULL},
    {"suspend", 0, VIP_OPTION_FLAG, NULL, &wanted[VIP_ENROLL_SUSPEND],
     "suspend members: they earn and cannot redeem (reason needed)", NULL, NULL},
    {"resume", 0, VIP_OPTION_FLAG, NULL, &wanted[VIP_ENROLL_RESUME],
     "lift the suspension of members", NULL, NULL},
    {"cancel", 0, VIP_OPTION_FLAG, NULL, &wanted[VIP_ENROLL_CANCEL],
     "end memberships (reason needed)", NULL, NULL},
    {"merge", 0, VIP_OPTION_FLAG, NULL, &wanted[VIP_ENROLL_MERGE],
     "join the record `from` into the record `to` of the same person (reason needed)", NULL, NULL},
    {"opening", 0, VIP_OPTION_FLAG, NULL, &wanted[VIP_ENROLL_OPENING],
     "bring balances from another system: member, points, date, expires, spent", NULL, NULL},
    {"forget", 0, VIP_OPTION_FLAG, NULL, &wanted[VIP_ENROLL_FORGET],
     "take personal data out of the database for good; amounts stay", NULL, NULL},
    {.name = NULL},
};

/* ---- the jobs ---- */

static const char *const applications[] = {"name|phone|member|application", NULL};
static const char *const changes[] = {"member|card|application|phone|id_no", NULL};
static const char *const moves[] = {VIP_IDENTITY_NEEDED, NULL};
static const char *const openings[] = {VIP_IDENTITY_NEEDED, "points|spent", NULL};
static const char *const merges[] = {"from", "to", "reason", NULL};

static const struct job {
    int (*act)(struct vip_enroll *run, const char *const *cells, struct vip_answer *answer);
    const char *const *required;
} jobs[VIP_ENROLL_JOBS] = {
    [VIP_ENROLL_APPLY] = {vip_enroll_apply, applications},
    [VIP_ENROLL_UPDATE] = {vip_enroll_update, changes},
    [VIP_ENROLL_APPROVE] = {vip_enroll_move, moves},
    [VIP_ENROLL_SUSPEND] = {vip_enroll_move, moves},
    [VIP_ENROLL_RESUME] = {vip_enroll_move, moves},
    [VIP_ENROLL_CANCEL] = {vip_enroll_move, moves},
    [VIP_ENROLL_MERGE] = {vip_enroll_merge, merges},
    [VIP_ENROLL_OPENING] = {vip_enroll_open, openings},
    [VIP_ENROLL_FORGET] = {vip_enroll_move, moves},
};

/* Columns that a job does not read are left to the note about columns passed over. */
static bool reads(enum vip_enroll_job job, enum vip_enroll_column column)
{
    bool names_member = column <= VIP_CELL_BIRTHDAY;
    bool said = column == VIP_CELL_REASON || column == VIP_CELL_BY;
    switch (job) {
    case VIP_ENROLL_APPLY:
        return column < VIP_CELL_FROM || column == VIP_CELL_EXPIRES;
    case VIP_ENROLL_UPDATE:
        return column < VIP_CELL_ENROLLED;
    case VIP_ENROLL_MERGE:
        return said || column == VIP_CELL_FROM || column == VIP_CELL_TO;
    case VIP_ENROLL_OPENING:
        return names_member || column == VIP_CELL_SPENT || column >= VIP_CELL_POINTS;
    default:
        return names_member || said;
    }
}

static int choose_job(struct vip_context *context, enum vip_enroll_job *job)
{
    int count = 0;
    *job = VIP_ENROLL_APPLY;
    for (int i = 0; i < VIP_ENROLL_JOBS; i++)
        if (wanted[i]) {
            *job = (enum vip_enroll_job)i;
            count++;
        }
    if (count > 1)
        return vip_fail(&context->diag, VIP_EUSAGE,
                        "--update, --approve, --suspend, --resume, --cancel, --merge, --forget "
                        "and --opening exclude each other");
    if (*job == VIP_ENROLL_FORGET && context->atomic)
        return vip_fail(&context->diag, VIP_EUSAGE,
                        "--forget writes the whole file anew: it cannot be taken back, as --atomic "
                        "asks");
    return VIP_OK;
}

/* ---- what the jobs share ---- */

struct vip_enroller vip_enroll_writer(struct vip_enroll *run, const struct vip_program *program)
{
    return (struct vip_enroller){run->batch, &run->codes, run->tiers,
                                 program,    run->arena,  &run->scratch};
}

int vip_enroll_show(struct vip_enroll *run, int64_t member, struct vip_answer *answer)
{
    struct vip_diag *diag = &run->context->diag;
    struct vip_face face;
    int found = vip_face_load(run->context->db, member, run->arena, &face, diag);
    if (found <= 0)
        return found < 0 ? found : vip_fail(diag, VIP_EDATABASE, "a member has no account");
    answer->member = face.member;
    answer->card = face.card;
    answer->name = face.name;
    answer->tier = face.tiers;
    return VIP_OK;
}

/* ---- the way of a row ---- */

static int act(struct vip_context *context, void *state, const struct vip_row_in *row,
               struct vip_value *values)
{
    struct vip_enroll *run = state;
    struct vip_answer answer = {.member = NULL};
    (void)context;
    run->batch = row->batch;
    run->arena = row->arena;
    vip_arena_reset(&run->scratch);
    int result = jobs[run->job].act(run, row->cells, &answer);
    values[0] = vip_text(answer.member);
    values[1] = vip_text(answer.card);
    values[2] = vip_text(answer.name);
    values[3] = vip_text(answer.tier);
    values[4] = vip_text(answer.status);
    values[5] = vip_text(answer.reason);
    return result;
}

static int end_batch(struct vip_context *context, void *state, struct vip_batch *batch)
{
    const struct vip_enroll *run = state;
    return run->job == VIP_ENROLL_MERGE ? vip_merge_purchases(batch, &context->diag) : VIP_OK;
}

static int open_run(struct vip_enroll *run)
{
    struct vip_context *context = run->context;
    int error = choose_job(context, &run->job);
    if (error == VIP_OK)
        error = vip_programs_load(context->db, &run->lasting, &run->programs, &context->diag);
    if (error != VIP_OK)
        return error;
    run->program = vip_programs_on(&run->programs, context->as_of);
    error = vip_tier_engine_open(&run->tiers, context->db, &run->programs, &context->diag);
    return error == VIP_OK ? vip_form_bind(run, reads) : error;
}

static int run_enroll(struct vip_context *context)
{
    struct vip_enroll run = {.context = context};
    int error = open_run(&run);
    if (error == VIP_OK) {
        const struct vip_rows rows = {
            .input = {.columns = run.columns, .required = jobs[run.job].required},
            .output = output,
            .output_count = sizeof output / sizeof *output,
            .act = act,
            .end_batch = end_batch,
            .batch_rows = BATCH_ROWS,
            .state = &run};
        error = vip_rows_run(context, 0, &rows);
    }
    vip_tier_engine_close(run.tiers);
    vip_codes_free(&run.codes);
    vip_arena_free(&run.scratch);
    vip_arena_free(&run.lasting);
    if (error == VIP_OK && run.job == VIP_ENROLL_FORGET && !context->dry_run)
        error = vip_db_scrub(context->db, &context->diag);
    return error;
}

static const char *const examples[] = {
    "vip-enroll -r refused.csv applications.csv",
    "take applications from a spreadsheet, refused rows to a file",
    "vip-enroll --update changes.csv",
    "new phones and addresses for members there are",
    "vip-enroll --suspend wrong-use.csv",
    "suspend members, each with its reason",
    NULL,
};

static const struct vip_command command = {
    .name = "vip-enroll",
    .synopsis = "[OPTION...] [FILE...]",
    .summary = "take applications: new members, and changes to members",
    .flags = VIP_COMMAND_READS_INPUT,
    .options = options,
    .examples = examples,
    .run = run_enroll,
};

int main(int argc, char **argv)
{
    return vip_command_main(&command, argc, argv);
}
