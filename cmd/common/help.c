/* What is made from the option table: --help, --version. */
#include "cmd/common/frame.h"
#include "lib/vip.h"
#include <stdio.h>
#include <string.h>

enum { HELP_COLUMN = 28, HELP_WIDTH = 80 };

/* help from HELP_COLUMN on, broken between words; used columns of the line are filled already. */
static void print_wrapped(const char *help, int used)
{
    int column = used;

    if (column > HELP_COLUMN - 2) {
        putchar('\n');
        column = 0;
    }
    printf("%*s", HELP_COLUMN - column, "");
    column = HELP_COLUMN;
    for (const char *word = help; *word;) {
        int length = (int)strcspn(word, " ");
        if (column > HELP_COLUMN && column + 1 + length > HELP_WIDTH) {
            printf("\n%*s", HELP_COLUMN, "");
            column = HELP_COLUMN;
        } else if (column > HELP_COLUMN) {
            putchar(' ');
            column++;
        }
        printf("%.*s", length, word);
        column += length;
        word += length;
        word += strspn(word, " ");
    }
    putchar('\n');
}

static void print_option(const struct vip_option *option)
{
    char argument[128], help[512], left[192];
    int used;

    vip_option_argument(option, argument, sizeof argument);
    if (option->letter)
        used = snprintf(left, sizeof left, "  -%c, --%s", option->letter, option->name);
    else
        used = snprintf(left, sizeof left, "      --%s", option->name);
    if (used > 0 && (size_t)used < sizeof left && argument[0])
        used += snprintf(left + used, sizeof left - (size_t)used, "=%s", argument);
    fputs(left, stdout);
    print_wrapped(vip_option_help(option, help, sizeof help), used);
}

static void print_options(const char *title, const struct vip_option *options, size_t count)
{
    if (!count)
        return;
    printf("\n%s:\n", title);
    for (size_t i = 0; i < count; i++)
        print_option(&options[i]);
}

static void print_verbs(const struct vip_verb *verbs)
{
    char left[128];

    if (!verbs)
        return;
    puts("\nVerbs:");
    for (; verbs->name; verbs++) {
        const char *operands = verbs->operands ? verbs->operands : "";
        int used =
            snprintf(left, sizeof left, "  %s%s%s", verbs->name, *operands ? " " : "", operands);
        fputs(left, stdout);
        print_wrapped(verbs->help, used);
    }
}

static void print_examples(const char *const *examples)
{
    if (!examples)
        return;
    puts("\nExamples:");
    for (; examples[0] && examples[1]; examples += 2)
        printf("  %s\n      %s\n", examples[0], examples[1]);
}

void vip_help_print(const struct vip_parse *parse, const struct vip_command *command)
{
    printf("Usage: %s %s\n%s: %s.\n", command->name, command->synopsis, command->name,
           command->summary);
    print_verbs(command->verbs);
    print_options("Options", parse->options, parse->own);
    print_options("Options of all commands", parse->options + parse->own,
                  parse->count - parse->own);
    print_examples(command->examples);
    printf("\nExit status: 0 all went through, 1 rows were refused or nothing was found,\n"
           "2 wrong usage, 3 the database cannot be used, 4 input, output or memory failed,\n"
           "75 busy: try again. See %s(1) and vip(7).\n",
           command->name);
}

void vip_version_print(const struct vip_command *command)
{
    printf("%s (vip) %s\n", command->name, VIP_VERSION);
}
