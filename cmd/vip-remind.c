/* vip-remind: who is to be contacted, and what to say. Without input it lists what the programme's
 * reminders make due; given rows it writes one message for each. Options, and what both need; the
 * two jobs are in cmd/vip-remind. */
#include "cmd/vip-remind/parts.h"

#include "lib/base/text.h"
#include "lib/db/code.h"
#include <string.h>

/* As the common option has them, and a calendar. */
static const char *const formats[] = {"csv", "tsv", "json", "table", "xlsx", "ics", NULL};
static const char *const languages[] = {"en", "zh", NULL};

static struct vip_night_asked given = {.language = -1, .format = -1};

static const struct vip_column columns[] = {
    {"member", VIP_TEXT}, {"kind", VIP_TEXT},    {"due", VIP_DAY},       {"key", VIP_TEXT},
    {"name", VIP_TEXT},   {"phone", VIP_TEXT},   {"channel", VIP_TEXT},  {"consultant", VIP_TEXT},
    {"store", VIP_TEXT},  {"message", VIP_TEXT}, {"parts", VIP_INTEGER}, {"email", VIP_TEXT},
};

/* Every kind of --kind must be one that the programme's reminders.csv has. */
static int check_kinds(struct vip_night *night)
{
    const char *rest = given.kinds ? given.kinds : "", *part;
    size_t size;

    if (given.kinds && !*given.kinds)
        return vip_fail(&night->context->diag, VIP_EUSAGE, "--kind: expected a kind");
    while (vip_text_split(&rest, ',', &part, &size)) {
        bool known = false;
        for (size_t i = 0; !known && i < night->program->reminder_count; i++) {
            const char *kind = night->program->reminders[i].kind;
            known = strlen(kind) == size && memcmp(kind, part, size) == 0;
        }
        if (!known)
            return vip_fail(&night->context->diag, VIP_EUSAGE,
                            "--kind: the programme's reminders.csv has no '%.*s'",
                            (int)(size < 60 ? size : 60), part);
    }
    return VIP_OK;
}

static int check_options(struct vip_context *context)
{
    bool rows = context->operand_count > 0;

    if (!rows && given.template_name)
        return vip_fail(&context->diag, VIP_EUSAGE,
                        "--template writes to the members of a list: name a FILE or -");
    if (rows && !given.kinds && !given.template_name)
        return vip_fail(&context->diag, VIP_EUSAGE,
                        "what is to be said? give --kind=KIND or --template=NAME with rows");
    if (rows && given.kinds && strchr(given.kinds, ','))
        return vip_fail(&context->diag, VIP_EUSAGE, "with rows --kind is one kind: '%s'",
                        given.kinds);
    if (rows && given.ahead)
        return vip_fail(&context->diag, VIP_EUSAGE, "--ahead goes without rows");
    if (given.again && (rows || given.ahead))
        return vip_fail(&context->diag, VIP_EUSAGE, "--again goes without rows and --ahead");
    if (given.consultant && (rows || given.mark))
        return vip_fail(&context->diag, VIP_EUSAGE, "--consultant goes without rows and --mark");
    if (given.ahead > 400)
        return vip_fail(&context->diag, VIP_EUSAGE, "--ahead: expected at most 400 days");
    return VIP_OK;
}

static int open_database(struct vip_context *context)
{
    bool marks = given.mark && !context->dry_run;
    int error = vip_db_open(&context->db, context->database_path,
                            marks || context->reveal ? VIP_DB_WRITE : VIP_DB_READ, &context->diag);

    return error ? error : vip_context_reveal(context);
}

/* A slip of the pen would give an empty list. */
static int check_consultant(struct vip_context *context)
{
    struct vip_codes codes = {0};
    int64_t code = 0;

    if (!given.consultant)
        return VIP_OK;
    int error = vip_code_find(context->db, &codes, given.consultant, false, &code, &context->diag);
    vip_codes_free(&codes);
    if (!error && code < 1)
        error = vip_refuse(&context->diag, "no-such-consultant", "",
                           "--consultant: nobody looks after a member under the name '%s'",
                           given.consultant);
    return error;
}

static int prepare(struct vip_night *night)
{
    struct vip_context *context = night->context;
    int error = vip_programs_load(context->db, &night->keep, &night->programs, &context->diag);

    if (error)
        return error;
    night->program = vip_programs_on(&night->programs, context->as_of);
    night->quiet = vip_remind_open_day(night->program, context->as_of) != context->as_of;
    night->next_day = vip_remind_open_day(night->program, context->as_of + 1);
    error = check_consultant(context);
    if (error)
        return error;
    night->contacts = vip_arena_zero(&night->keep, VIP_NIGHT_BATCH, sizeof *night->contacts);
    if (!night->contacts)
        return vip_fail_memory(&context->diag);
    if (given.template_name && !vip_night_text(night, given.template_name))
        return vip_fail(&context->diag, VIP_EUSAGE,
                        "there is no text '%s': put templates/%s.zh.txt into the programme",
                        given.template_name, given.template_name);
    night->ad_hoc = (struct vip_reminder){.kind = given.template_name,
                                          .anchor = "",
                                          .channel = "sms",
                                          .template_name = given.template_name,
                                          .consent = "sms",
                                          .offset = {0, VIP_SPAN_DAYS},
                                          .tier = ""};
    return check_kinds(night);
}

static void note_absent(const struct vip_night *night)
{
    struct vip_context *context = night->context;

    if (night->passed_over)
        vip_note(context, "%llu passed over: no consent, or no way to reach them",
                 (unsigned long long)night->passed_over);
    if (night->moved)
        vip_note(context,
                 "%llu %s to another day: one marketing message a day, and none on quiet days",
                 (unsigned long long)night->moved, night->marks ? "moved" : "left");
}

static int run(struct vip_context *context)
{
    struct vip_night night = {
        .context = context, .asked = &given, .marks = given.mark && !context->dry_run};
    int error = check_options(context);

    given.unsent = given.again && strcmp(given.again, "unsent") == 0;
    if (given.format >= 0)
        context->output_format = VIP_OUTPUT_CSV + given.format;
    night.lang = given.language >= 0 ? languages[given.language]
                 : context->lang     ? context->lang
                                     : "zh";
    if (!error)
        error = open_database(context);
    if (!error)
        error = prepare(&night);
    if (!error)
        error = vip_output_open(context, columns, VIP_NIGHT_COLUMNS, NULL);
    if (!error)
        error = context->operand_count ? vip_night_filter(&night) : vip_night_list(&night);
    if (!error)
        note_absent(&night);
    vip_map_free(&night.members);
    vip_map_free(&night.told);
    vip_arena_free(&night.arena);
    vip_arena_free(&night.keep);
    return error;
}

static const struct vip_option options[] = {
    {"kind", 'k', VIP_OPTION_TEXT, "KIND,...", &given.kinds,
     "these kinds of reminders.csv only: birthday, follow-up, points-posted ...", NULL, NULL},
    {"ahead", 'a', VIP_OPTION_NUMBER, "DAYS", &given.ahead, "list what is due within so many days",
     NULL, NULL},
    {"mark", 'm', VIP_OPTION_FLAG, NULL, &given.mark,
     "give each reminder once, and catch up with nights that were missed", NULL, NULL},
    {"again", 0, VIP_OPTION_TEXT, "KEY|DATE|unsent", &given.again,
     "what was given under this key, or on this day, and has not arrived, or was not sent at all",
     NULL, NULL},
    {"template", 't', VIP_OPTION_TEXT, "NAME", &given.template_name,
     "write this text of the programme to each member of the rows given", NULL, NULL},
    {"consultant", 0, VIP_OPTION_TEXT, "NAME", &given.consultant,
     "only contacts of the members that this consultant looks after", NULL, NULL},
    {"format", 'f', VIP_OPTION_CHOICE, NULL, &given.format,
     "format of the output (default: by the ending of -o, else csv, or table on a terminal)",
     formats, NULL},
    {"message-lang", 0, VIP_OPTION_CHOICE, NULL, &given.language,
     "the language of messages (default: that of --lang, else zh)", languages, NULL},
    {.name = NULL},
};

static const char *const examples[] = {
    "vip-remind --mark --reveal | send-sms",
    "tonight's contacts, each once, with whole phone numbers",
    "vip-accrue pos.csv | vip-remind --kind=points-posted --mark -",
    "a message for each purchase that was posted",
    "vip-remind --kind=birthday --ahead=7 --lang=zh --excel -o birthdays.csv",
    "the birthdays of the coming week",
    "vip-remind --consultant=Gu --ahead=30 -o gu.ics",
    "a calendar of the month ahead, for one consultant",
    NULL,
};

static const struct vip_command command = {
    .name = "vip-remind",
    .synopsis = "[OPTION...] [FILE...]",
    .summary = "who is to be contacted, and what to say",
    .flags = VIP_COMMAND_NO_DATABASE,
    .options = options,
    .examples = examples,
    .run = run,
};

int main(int argc, char **argv)
{
    return vip_command_main(&command, argc, argv);
}
