/* The option parser: every kind of value, any order, and what it says to mistakes. */
#include "cmd/common/frame.h"
#include "lib/base/memory.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum { ARGUMENTS = 16 };

static const char *const moods[] = {"calm", "wild", NULL};

static struct {
    bool blind;
    const char *template, *folder;
    vip_day until;
    int64_t ahead;
    int mood;
} own;

static const struct vip_option own_options[] = {
    {"blind-returns", 'b', VIP_OPTION_FLAG, NULL, &own.blind, "take them", NULL, NULL},
    {"template", 't', VIP_OPTION_TEXT, "NAME", &own.template, "the text", NULL, NULL},
    {"folder", 0, VIP_OPTION_TEXT, "DIR", &own.folder, "where", NULL, "directory"},
    {"until", 0, VIP_OPTION_DAY, "DATE", &own.until, "when it ends", NULL, NULL},
    {"ahead", 0, VIP_OPTION_NUMBER, "DAYS", &own.ahead, "how far", NULL, NULL},
    {"mood", 0, VIP_OPTION_CHOICE, NULL, &own.mood, "the mood", moods, NULL},
    {0},
};

static const struct vip_command reading = {
    .name = "vip-test", .flags = VIP_COMMAND_READS_INPUT, .options = own_options};

static struct vip_parse parse;
static struct vip_context context;
static char *arguments[ARGUMENTS + 1];
static struct vip_arena arena; /* getopt may move arguments: they are copies */

/* Parses the words, which end with NULL, as the arguments of command. */
static int parse_as(const struct vip_command *command, const char *const *words)
{
    int count = 0;

    memset(&own, 0, sizeof own);
    own.until = VIP_DAY_NONE;
    memset(&context, 0, sizeof context);
    context.command = command;
    context.as_of = VIP_DAY_NONE;
    vip_arena_free(&arena);
    arguments[count++] = vip_arena_text(&arena, "vip-test");
    for (; *words && count < ARGUMENTS; words++)
        arguments[count++] = vip_arena_text(&arena, *words);
    arguments[count] = NULL;
    return vip_options_parse(&parse, &context, count, arguments);
}

#define PARSE(...) parse_as(&reading, (const char *const[]){__VA_ARGS__, NULL})

#define assert_says(message, ...)                                                                  \
    do {                                                                                           \
        assert_int_equal(PARSE(__VA_ARGS__), VIP_EUSAGE);                                          \
        assert_string_equal(context.diag.text, message);                                           \
    } while (0)

static void test_common_options(void **state)
{
    (void)state;
    assert_int_equal(PARSE("-d", "a.db", "--as-of=2026-11-21", "-n", "-i", "tsv", "-e", "GBK", "-f",
                           "json", "-E", "GB18030", "--excel"),
                     VIP_OK);
    assert_string_equal(context.database_path, "a.db");
    assert_int_equal(context.as_of, vip_day_from_civil(2026, 11, 21));
    assert_true(context.dry_run && context.excel);
    assert_false(context.atomic || context.quiet || context.verbose || context.reveal);
    assert_int_equal(context.input_format, VIP_INPUT_TSV);
    assert_string_equal(context.input_encoding, "GBK");
    assert_int_equal(context.output_format, VIP_OUTPUT_JSON);
    assert_string_equal(context.output_encoding, "GB18030");
    assert_int_equal(PARSE("--lang=zh", "-o", "o.csv", "-r", "r.csv", "--reveal", "-qv"), VIP_OK);
    assert_string_equal(context.lang, "zh");
    assert_string_equal(context.output_path, "o.csv");
    assert_string_equal(context.rejects_path, "r.csv");
    assert_true(context.reveal && context.quiet && context.verbose);
}

static void test_nothing_given(void **state)
{
    (void)state;
    assert_int_equal(parse_as(&reading, (const char *const[]){NULL}), VIP_OK);
    assert_int_equal(context.operand_count, 0);
    assert_null(context.database_path);
    assert_null(context.lang);
    assert_int_equal(context.as_of, VIP_DAY_NONE);
    assert_int_equal(context.output_format, VIP_OUTPUT_AUTO);
    assert_int_equal(context.input_format, VIP_INPUT_AUTO);
}

static void test_own_options(void **state)
{
    (void)state;
    assert_int_equal(PARSE("-b", "-tthanks", "--folder", "x", "--until=2026年11月21日",
                           "--ahead=30", "--mood=wild"),
                     VIP_OK);
    assert_true(own.blind);
    assert_string_equal(own.template, "thanks");
    assert_string_equal(own.folder, "x");
    assert_int_equal(own.until, vip_day_from_civil(2026, 11, 21));
    assert_int_equal(own.ahead, 30);
    assert_int_equal(own.mood, 1);
}

static void test_any_order(void **state)
{
    (void)state;
    assert_int_equal(PARSE("one.csv", "-q", "-", "--atomic", "two.csv", "--ahead", "3"), VIP_OK);
    assert_true(context.quiet && context.atomic);
    assert_int_equal(own.ahead, 3);
    assert_int_equal(context.operand_count, 3);
    assert_string_equal(context.operands[0], "one.csv");
    assert_string_equal(context.operands[1], "-");
    assert_string_equal(context.operands[2], "two.csv");
}

static void test_two_dashes_end_options(void **state)
{
    (void)state;
    assert_int_equal(PARSE("-q", "--", "-v", "--nonsense"), VIP_OK);
    assert_false(context.verbose);
    assert_int_equal(context.operand_count, 2);
    assert_string_equal(context.operands[0], "-v");
}

static void test_abbreviations(void **state)
{
    (void)state;
    assert_int_equal(PARSE("--dry", "--mo=calm"), VIP_OK);
    assert_true(context.dry_run);
    assert_says("option '--re' is ambiguous: it could be --rejects --reveal", "--re");
}

static void test_last_one_counts(void **state)
{
    (void)state;
    assert_int_equal(PARSE("--mood=wild", "--mood=calm", "-d", "a", "--db=b"), VIP_OK);
    assert_int_equal(own.mood, 0);
    assert_string_equal(context.database_path, "b");
}

static void test_unknown_options(void **state)
{
    (void)state;
    assert_says("unknown option '--nonsense'", "--nonsense");
    assert_says("unknown option '--nonsense'", "file", "--nonsense=3");
    assert_says("unknown option '-x'", "-x");
    assert_says("unknown option '-x'", "-qx");
}

static void test_missing_and_surplus_arguments(void **state)
{
    (void)state;
    assert_says("option '--ahead' needs an argument: DAYS", "--ahead");
    assert_says("option '--db' needs an argument: DB", "-d");
    assert_says("option '--mood' needs an argument: calm|wild", "--mood");
    assert_says("option '--quiet' takes no argument", "--quiet=yes");
}

static void test_bad_values(void **state)
{
    (void)state;
    assert_says("--mood: 'angry' is none of calm|wild", "--mood=angry");
    assert_says("--mood: 'cal' is none of calm|wild", "--mood=cal");
    assert_says("--format: 'xml' is none of csv|tsv|json|table|xlsx", "-f", "xml");
    assert_says("--lang: 'de' is none of en|zh", "--lang=de");
    assert_says("--ahead: '-1' is less than 0", "--ahead=-1");
    assert_says("--folder: the name is empty", "--folder=");
    assert_says("--db: the name is empty", "--db", "");
    assert_int_equal(PARSE("--ahead=3.5"), VIP_EUSAGE);
    assert_non_null(strstr(context.diag.text, "--ahead: '3.5' "));
    assert_int_equal(PARSE("--as-of=2026-02-30"), VIP_EUSAGE);
    assert_non_null(strstr(context.diag.text, "--as-of: '2026-02-30' "));
    assert_int_equal(PARSE("--until=tomorrow"), VIP_EUSAGE);
    assert_non_null(strstr(context.diag.text, "--until: 'tomorrow' "));
}

static void test_help_stops_the_parsing(void **state)
{
    (void)state;
    assert_int_equal(PARSE("-h", "--nonsense"), VIP_OK);
    assert_true(parse.help);
    assert_int_equal(PARSE("-V", "--nonsense"), VIP_OK);
    assert_true(parse.version);
    assert_int_equal(PARSE("--nonsense", "-h"), VIP_EUSAGE);
}

static void test_atomic_is_for_input(void **state)
{
    const struct vip_command other = {.name = "vip-test"};

    (void)state;
    assert_int_equal(parse_as(&other, (const char *const[]){"--atomic", NULL}), VIP_EUSAGE);
    assert_string_equal(context.diag.text, "unknown option '--atomic'");
}

static void test_own_option_stands_for_the_common_one(void **state)
{
    static const char *const formats[] = {"csv", "ics", NULL};
    int format = -1;
    const struct vip_option options[] = {
        {"format", 'f', VIP_OPTION_CHOICE, NULL, &format, "format", formats, NULL}, {0}};
    const struct vip_command calendar = {.name = "vip-test", .options = options};

    (void)state;
    assert_int_equal(parse_as(&calendar, (const char *const[]){"-f", "ics", NULL}), VIP_OK);
    assert_int_equal(format, 1);
    assert_int_equal(context.output_format, VIP_OUTPUT_AUTO);
    assert_int_equal(parse.own, 1);
}

static void test_a_letter_is_given_once(void **state)
{
    static const char *word;
    const struct vip_option options[] = {
        {"quick", 'q', VIP_OPTION_TEXT, "X", &word, "clashes with --quiet", NULL, NULL}, {0}};
    const struct vip_command clash = {.name = "vip-test", .options = options};

    (void)state;
    assert_int_equal(parse_as(&clash, (const char *const[]){NULL}), VIP_EUSAGE);
    assert_string_equal(context.diag.text, "two options have the letter '-q'");
}

static void test_argument_names(void **state)
{
    char text[64];

    (void)state;
    assert_string_equal(vip_option_argument(&own_options[0], text, sizeof text), "");
    assert_string_equal(vip_option_argument(&own_options[3], text, sizeof text), "DATE");
    assert_string_equal(vip_option_argument(&own_options[5], text, sizeof text), "calm|wild");
    assert_string_equal(vip_option_argument(&own_options[5], text, 6), "calm|");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_common_options),
        cmocka_unit_test(test_nothing_given),
        cmocka_unit_test(test_own_options),
        cmocka_unit_test(test_any_order),
        cmocka_unit_test(test_two_dashes_end_options),
        cmocka_unit_test(test_abbreviations),
        cmocka_unit_test(test_last_one_counts),
        cmocka_unit_test(test_unknown_options),
        cmocka_unit_test(test_missing_and_surplus_arguments),
        cmocka_unit_test(test_bad_values),
        cmocka_unit_test(test_help_stops_the_parsing),
        cmocka_unit_test(test_atomic_is_for_input),
        cmocka_unit_test(test_own_option_stands_for_the_common_one),
        cmocka_unit_test(test_a_letter_is_given_once),
        cmocka_unit_test(test_argument_names),
    };

    int failed = cmocka_run_group_tests(tests, NULL, NULL);

    vip_arena_free(&arena);
    return failed;
}
