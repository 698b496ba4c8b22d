/* The common options, put together with a command's own into one table, and their parsing. */
#include "cmd/common/frame.h"
#include "lib/base/money.h"
#include <getopt.h>
#include <stdio.h>
#include <string.h>

enum { LONG_BASE = 256 }; /* getopt's value of a long option: this and its index */

static const char *const format_choices[] = {"csv", "tsv", "json", "table", "xlsx", NULL};
static const char *const input_choices[] = {"auto", "csv", "tsv", NULL};
static const char *const lang_choices[] = {"en", "zh", NULL};
static const char *const encoding_hints[] = {"UTF-8", "GB18030", "GBK", "UTF-16", NULL};

static bool has_option(const struct vip_option *options, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(options[i].name, name) == 0)
            return true;
    }
    return false;
}

static bool has_letter(const struct vip_parse *parse, char letter)
{
    for (size_t i = 0; letter && i < parse->count; i++) {
        if (parse->options[i].letter == letter)
            return true;
    }
    return false;
}

static int add_options(struct vip_parse *parse, const struct vip_option *options, size_t own,
                       struct vip_diag *diag)
{
    for (; options && options->name; options++) {
        if (has_option(parse->options, own, options->name))
            continue;
        if (parse->count == VIP_OPTION_LIMIT)
            return vip_fail(diag, VIP_EUSAGE, "more than %d options", (int)VIP_OPTION_LIMIT);
        if (has_letter(parse, options->letter))
            return vip_fail(diag, VIP_EUSAGE, "two options have the letter '-%c'", options->letter);
        parse->options[parse->count++] = *options;
    }
    return VIP_OK;
}

int vip_options_collect(struct vip_parse *parse, struct vip_context *context)
{
    struct vip_context *c = context;
    const struct vip_option common[] = {
        {"db", 'd', VIP_OPTION_TEXT, "DB", &c->database_path,
         "the database (else $VIP_DB, else vip.db in $XDG_DATA_HOME/vip)", NULL, "file"},
        {"as-of", 0, VIP_OPTION_DAY, "DATE", &c->as_of,
         "the business date that counts as today (default: today)", NULL, NULL},
        {"dry-run", 'n', VIP_OPTION_FLAG, NULL, &c->dry_run,
         "do everything, print everything, keep nothing", NULL, NULL},
        {"input-format", 'i', VIP_OPTION_CHOICE, NULL, &parse->input_format,
         "format of the input (default auto: by its header line)", input_choices, NULL},
        {"input-encoding", 'e', VIP_OPTION_TEXT, "ENC", &c->input_encoding,
         "encoding of the input (default auto: UTF-8, else GB18030)", encoding_hints, NULL},
        {"format", 'f', VIP_OPTION_CHOICE, NULL, &parse->format,
         "format of the output (default: by the ending of -o, else csv, or table on a terminal)",
         format_choices, NULL},
        {"output-encoding", 'E', VIP_OPTION_TEXT, "ENC", &c->output_encoding,
         "encoding of the output (default UTF-8)", encoding_hints, NULL},
        {"excel", 0, VIP_OPTION_FLAG, NULL, &c->excel,
         "write csv that a spreadsheet opens unharmed by a double click", NULL, NULL},
        {"lang", 0, VIP_OPTION_CHOICE, NULL, &parse->lang, "language of the headings", lang_choices,
         NULL},
        {"output", 'o', VIP_OPTION_TEXT, "FILE", &c->output_path,
         "write rows to FILE, which appears whole or not at all", NULL, "file"},
        {"rejects", 'r', VIP_OPTION_TEXT, "FILE", &c->rejects_path,
         "write refused rows to FILE, with line, reason and detail", NULL, "file"},
        {"reveal", 0, VIP_OPTION_FLAG, NULL, &c->reveal,
         "print phones, ID numbers and addresses whole (each use is audited)", NULL, NULL},
        {"quiet", 'q', VIP_OPTION_FLAG, NULL, &c->quiet,
         "no rows on standard output, no notes, no summary", NULL, NULL},
        {"verbose", 'v', VIP_OPTION_FLAG, NULL, &c->verbose, "more on standard error", NULL, NULL},
        {"help", 'h', VIP_OPTION_FLAG, NULL, &parse->help, "print this help and exit", NULL, NULL},
        {"version", 'V', VIP_OPTION_FLAG, NULL, &parse->version, "print the version and exit", NULL,
         NULL},
        {0},
    };
    const struct vip_option atomic[] = {
        {"atomic", 0, VIP_OPTION_FLAG, NULL, &c->atomic,
         "the whole input is one unit: all rows or none", NULL, NULL},
        {0},
    };

    *parse = (struct vip_parse){.lang = -1, .format = -1, .input_format = -1};
    int rc = add_options(parse, c->command->options, 0, &c->diag);
    parse->own = parse->count;
    if (!rc && c->command->flags & VIP_COMMAND_READS_INPUT)
        rc = add_options(parse, atomic, parse->own, &c->diag);
    if (!rc)
        rc = add_options(parse, common, parse->own, &c->diag);
    return rc;
}

const char *vip_option_argument(const struct vip_option *option, char *to, size_t size)
{
    size_t used = 0;

    to[0] = '\0';
    if (option->argument || !option->choices) {
        snprintf(to, size, "%s", option->argument ? option->argument : "");
        return to;
    }
    for (const char *const *choice = option->choices; *choice && used < size; choice++) {
        int length = snprintf(to + used, size - used, "%s%s", used ? "|" : "", *choice);
        used += length > 0 ? (size_t)length : 0;
    }
    return to;
}

const char *vip_option_help(const struct vip_option *option, char *to, size_t size)
{
    struct vip_option unnamed = *option;
    char choices[256];

    unnamed.argument = NULL;
    vip_option_argument(&unnamed, choices, sizeof choices);
    if (option->kind == VIP_OPTION_CHOICE && option->argument)
        snprintf(to, size, "%s (%s)", option->help, choices);
    else
        snprintf(to, size, "%s", option->help);
    return to;
}

/* ---- values ------------------------------------------------------------------------------------
 */

static int set_text(const struct vip_option *option, const char *value, struct vip_diag *diag)
{
    if (option->complete && !*value)
        return vip_fail(diag, VIP_EUSAGE, "--%s: the name is empty", option->name);
    *(const char **)option->target = value;
    return VIP_OK;
}

static int set_day(const struct vip_option *option, const char *value, struct vip_diag *diag)
{
    const char *why = "";
    vip_day day;

    if (vip_day_parse(value, &day, NULL, &why))
        return vip_fail(diag, VIP_EUSAGE, "--%s: '%s' %s", option->name, value, why);
    *(vip_day *)option->target = day;
    return VIP_OK;
}

static int set_number(const struct vip_option *option, const char *value, struct vip_diag *diag)
{
    const char *why = "";
    int64_t number;

    if (vip_integer_parse(value, &number, &why))
        return vip_fail(diag, VIP_EUSAGE, "--%s: '%s' %s", option->name, value, why);
    if (number < 0)
        return vip_fail(diag, VIP_EUSAGE, "--%s: '%s' is less than 0", option->name, value);
    *(int64_t *)option->target = number;
    return VIP_OK;
}

static int set_choice(const struct vip_option *option, const char *value, struct vip_diag *diag)
{
    struct vip_option unnamed = *option;
    char choices[256];

    for (int i = 0; option->choices[i]; i++) {
        if (strcmp(option->choices[i], value) == 0) {
            *(int *)option->target = i;
            return VIP_OK;
        }
    }
    unnamed.argument = NULL;
    return vip_fail(diag, VIP_EUSAGE, "--%s: '%s' is none of %s", option->name, value,
                    vip_option_argument(&unnamed, choices, sizeof choices));
}

static int set_value(const struct vip_option *option, const char *value, struct vip_diag *diag)
{
    switch (option->kind) {
    case VIP_OPTION_FLAG:
        *(bool *)option->target = true;
        return VIP_OK;
    case VIP_OPTION_TEXT:
        return set_text(option, value, diag);
    case VIP_OPTION_DAY:
        return set_day(option, value, diag);
    case VIP_OPTION_NUMBER:
        return set_number(option, value, diag);
    case VIP_OPTION_CHOICE:
        return set_choice(option, value, diag);
    }
    return vip_fail(diag, VIP_EUSAGE, "--%s: has no kind", option->name);
}

/* ---- getopt_long -------------------------------------------------------------------------------
 */

/* getopt_long's own tables, made from ours. A leading colon: missing arguments are told apart. */
static void make_tables(const struct vip_parse *parse, struct option *longs, char *shorts)
{
    *shorts++ = ':';
    for (size_t i = 0; i < parse->count; i++) {
        const struct vip_option *option = &parse->options[i];
        bool argument = option->kind != VIP_OPTION_FLAG;

        longs[i] = (struct option){.name = option->name,
                                   .has_arg = argument ? required_argument : no_argument,
                                   .val = LONG_BASE + (int)i};
        if (option->letter) {
            *shorts++ = option->letter;
            if (argument)
                *shorts++ = ':';
        }
    }
    *shorts = '\0';
    longs[parse->count] = (struct option){0};
}

static const struct vip_option *find_value(const struct vip_parse *parse, int value)
{
    if (value >= LONG_BASE && (size_t)(value - LONG_BASE) < parse->count)
        return &parse->options[value - LONG_BASE];
    for (size_t i = 0; i < parse->count; i++) {
        if (parse->options[i].letter && parse->options[i].letter == value)
            return &parse->options[i];
    }
    return NULL;
}

static int fail_unknown_long(const struct vip_parse *parse, const char *word, struct vip_diag *diag)
{
    size_t length = strcspn(word, "=");
    char found[256] = "";
    size_t used = 0;

    for (size_t i = 0; length > 2 && i < parse->count && used < sizeof found; i++) {
        if (strncmp(parse->options[i].name, word + 2, length - 2) == 0) {
            int more = snprintf(found + used, sizeof found - used, " --%s", parse->options[i].name);
            used += more > 0 ? (size_t)more : 0;
        }
    }
    if (used)
        return vip_fail(diag, VIP_EUSAGE, "option '%.*s' is ambiguous: it could be%s", (int)length,
                        word, found);
    return vip_fail(diag, VIP_EUSAGE, "unknown option '%.*s'", (int)length, word);
}

static int fail_option(const struct vip_parse *parse, int got, char **argv, struct vip_diag *diag)
{
    const struct vip_option *option = find_value(parse, optopt);
    char argument[256];

    if (got == ':' && option)
        return vip_fail(diag, VIP_EUSAGE, "option '--%s' needs an argument: %s", option->name,
                        vip_option_argument(option, argument, sizeof argument));
    if (option && optopt >= LONG_BASE)
        return vip_fail(diag, VIP_EUSAGE, "option '--%s' takes no argument", option->name);
    if (optopt)
        return vip_fail(diag, VIP_EUSAGE, "unknown option '-%c'", optopt);
    return fail_unknown_long(parse, argv[optind - 1], diag);
}

/* What was parsed beside the context goes into it. */
static void settle(const struct vip_parse *parse, struct vip_context *context)
{
    if (parse->lang >= 0)
        context->lang = lang_choices[parse->lang];
    if (parse->format >= 0)
        context->output_format = VIP_OUTPUT_CSV + parse->format;
    if (parse->input_format >= 0)
        context->input_format = VIP_INPUT_AUTO + parse->input_format;
}

static int take(struct vip_parse *parse, const struct vip_option *option, const char *value,
                struct vip_diag *diag)
{
    parse->given[option - parse->options] = true;
    return set_value(option, value, diag);
}

int vip_options_parse(struct vip_parse *parse, struct vip_context *context, int argc, char **argv)
{
    struct option longs[VIP_OPTION_LIMIT + 1];
    char shorts[2 * VIP_OPTION_LIMIT + 2];
    int rc = vip_options_collect(parse, context);
    int got = 0;

    if (rc)
        return rc;
    make_tables(parse, longs, shorts);
    opterr = 0;
    optind = 0; /* start anew, also in a program that parses twice */
    while (!rc && !parse->help && !parse->version &&
           (got = getopt_long(argc, argv, shorts, longs, NULL)) != -1) {
        if (got == '?' || got == ':')
            rc = fail_option(parse, got, argv, &context->diag);
        else
            rc = take(parse, find_value(parse, got), optarg, &context->diag);
    }
    settle(parse, context);
    context->operands = argv + optind;
    context->operand_count = argc - optind;
    return rc;
}

/* ---- verbs -------------------------------------------------------------------------------------
 */

static bool is_verb(const struct vip_verb *verbs, const char *word, size_t size)
{
    for (; verbs->name; verbs++) {
        if (strncmp(verbs->name, word, size) == 0 && !verbs->name[size])
            return true;
    }
    return false;
}

/* Whether help begins with a list of verbs and this one is not among them. */
static bool is_of_others(const char *help, const struct vip_verb *verbs, const char *verb)
{
    size_t end = strcspn(help, ":");

    if (!help[end] || !is_verb(verbs, help, strcspn(help, ",:")))
        return false;
    for (size_t at = 0; at < end; at += 2) { /* past ", " */
        size_t size = strcspn(help + at, ",:");
        if (strncmp(verb, help + at, size) == 0 && !verb[size])
            return false;
        at += size;
    }
    return true;
}

int vip_options_check_verb(const struct vip_parse *parse, struct vip_context *context)
{
    const struct vip_verb *verbs = context->command->verbs;

    for (size_t i = 0; verbs && i < parse->own; i++) {
        const struct vip_option *option = &parse->options[i];
        if (parse->given[i] && is_of_others(option->help, verbs, context->verb->name))
            return vip_fail(&context->diag, VIP_EUSAGE, "--%s is for %.*s, not for %s",
                            option->name, (int)strcspn(option->help, ":"), option->help,
                            context->verb->name);
    }
    return VIP_OK;
}
