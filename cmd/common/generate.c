/* --generate: the OPTIONS of the man page and the completions of three shells, made from the option
 * table, so that what is documented is what is parsed. See tools/generate-docs. */
#include "cmd/common/frame.h"
#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* ---- man ---------------------------------------------------------------------------------------
 */

/* Text for mdoc: backslashes and leading hyphens escaped, a capital first, a full stop last. */
static void print_roff(const char *text)
{
    char before = ' ';

    if (*text == '.' || *text == '\'')
        fputs("\\&", stdout);
    for (const char *c = text; *c; before = *c++) {
        if (*c == '\\')
            fputs("\\e", stdout);
        else if (*c == '-' && !isalnum((unsigned char)before))
            fputs("\\-", stdout);
        else
            putchar(c == text ? toupper((unsigned char)*c) : *c);
    }
}

static void print_man_option(const struct vip_option *option)
{
    char argument[128], help[512];

    vip_option_argument(option, argument, sizeof argument);
    fputs(".It Fl ", stdout);
    if (option->letter)
        printf("%c , Fl ", option->letter);
    printf("Fl %s", option->name);
    if (argument[0])
        printf(" Ns = Ns Ar %s", argument);
    putchar('\n');
    print_roff(vip_option_help(option, help, sizeof help));
    puts(".");
}

static void print_man(const struct vip_parse *parse, const struct vip_command *command)
{
    puts(".Sh OPTIONS");
    if (parse->own) {
        puts(".Bl -tag -width Ds");
        for (size_t i = 0; i < parse->own; i++)
            print_man_option(&parse->options[i]);
        printf(".El\n.Pp\n");
    }
    printf("Options that all commands share, described in\n.Xr vip 7 :\n.Bl -tag -width Ds\n");
    for (size_t i = parse->own; i < parse->count; i++)
        print_man_option(&parse->options[i]);
    puts(".El");
    (void)command;
}

/* ---- bash --------------------------------------------------------------------------------------
 */

/* "vip-accrue" as a function's name: "_vip_accrue". */
static void print_function(const char *name)
{
    putchar('_');
    for (; *name; name++)
        putchar(*name == '-' ? '_' : *name);
}

static void print_words(const char *const *words, const char *separator)
{
    for (size_t i = 0; words && words[i]; i++)
        printf("%s%s", i ? separator : "", words[i]);
}

static void print_bash_case(const struct vip_option *option)
{
    bool directory = option->complete && strcmp(option->complete, "directory") == 0;

    if (option->kind == VIP_OPTION_FLAG)
        return;
    printf("        --%s", option->name);
    if (option->letter)
        printf("|-%c", option->letter);
    fputs(") ", stdout);
    if (option->choices) {
        fputs("words='", stdout);
        print_words(option->choices, " ");
        puts("' ;;");
    } else if (option->complete) {
        printf("kind='%s' ;;\n", directory ? "directory" : "file");
    } else {
        puts("kind='none' ;;");
    }
}

static void print_bash(const struct vip_parse *parse, const struct vip_command *command)
{
    printf("# bash completion for %s. Made from its option table by tools/generate-docs.\n",
           command->name);
    print_function(command->name);
    puts("()\n{\n    local current=${COMP_WORDS[COMP_CWORD]} option='' words='' kind=''\n"
         "    # the shell parts --option=value into three words\n"
         "    if [[ $current == '=' ]]; then\n"
         "        option=${COMP_WORDS[COMP_CWORD - 1]} current=''\n"
         "    elif ((COMP_CWORD > 1)) && [[ ${COMP_WORDS[COMP_CWORD - 1]} == '=' ]]; then\n"
         "        option=${COMP_WORDS[COMP_CWORD - 2]}\n"
         "    elif ((COMP_CWORD > 0)); then\n"
         "        option=${COMP_WORDS[COMP_CWORD - 1]}\n"
         "    fi\n"
         "    COMPREPLY=()\n"
         "    case $option in");
    for (size_t i = 0; i < parse->count; i++)
        print_bash_case(&parse->options[i]);
    puts("    esac\n"
         "    if [[ -n $words ]]; then\n"
         "        mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$current\")\n"
         "        return\n"
         "    fi\n"
         "    case $kind in\n"
         "        none) return ;;\n"
         "        directory)\n"
         "            mapfile -t COMPREPLY < <(compgen -d -- \"$current\")\n"
         "            return ;;\n"
         "        file)\n"
         "            mapfile -t COMPREPLY < <(compgen -f -- \"$current\")\n"
         "            return ;;\n"
         "    esac\n"
         "    if [[ $current == -* ]]; then");
    fputs("        words='", stdout);
    for (size_t i = 0; i < parse->count; i++)
        printf("%s--%s%s", i ? " " : "", parse->options[i].name,
               parse->options[i].kind == VIP_OPTION_FLAG ? "" : "=");
    puts("'\n"
         "        mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$current\")\n"
         "        [[ ${COMPREPLY[0]-} == *= ]] && compopt -o nospace\n"
         "        return\n"
         "    fi");
    if (command->verbs) {
        fputs("    if ((COMP_CWORD == 1)); then\n        words='", stdout);
        for (const struct vip_verb *verb = command->verbs; verb->name; verb++)
            printf("%s%s", verb == command->verbs ? "" : " ", verb->name);
        puts("'\n        mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$current\")\n"
             "        return\n    fi");
    }
    puts("    mapfile -t COMPREPLY < <(compgen -f -- \"$current\")\n}");
    fputs("complete -o filenames -F ", stdout);
    print_function(command->name);
    printf(" %s\n", command->name);
}

/* ---- zsh ---------------------------------------------------------------------------------------
 */

/* Text inside '…' of an _arguments spec: quotes, brackets, colons and backslashes escaped. */
static void print_zsh_text(const char *text)
{
    for (; *text; text++) {
        if (*text == '\'')
            fputs("'\\''", stdout);
        else if (strchr("[]:\\", *text))
            printf("\\%c", *text);
        else
            putchar(*text);
    }
}

static void print_zsh_action(const struct vip_option *option)
{
    char argument[128];

    if (option->kind == VIP_OPTION_FLAG)
        return;
    putchar(':');
    print_zsh_text(option->argument ? option->argument
                                    : vip_option_argument(option, argument, sizeof argument));
    putchar(':');
    if (option->choices) {
        putchar('(');
        print_words(option->choices, " ");
        putchar(')');
    } else if (option->complete) {
        fputs(strcmp(option->complete, "directory") == 0 ? "_files -/" : "_files", stdout);
    }
}

static void print_zsh_option(const struct vip_option *option)
{
    const char *equals = option->kind == VIP_OPTION_FLAG ? "" : "=";
    const char *plus = option->kind == VIP_OPTION_FLAG ? "" : "+";
    char help[512];

    if (option->letter)
        printf("    '(-%c --%s)'{-%c%s,--%s%s}'[", option->letter, option->name, option->letter,
               plus, option->name, equals);
    else
        printf("    '--%s%s[", option->name, equals);
    print_zsh_text(vip_option_help(option, help, sizeof help));
    putchar(']');
    print_zsh_action(option);
    puts("' \\");
}

static void print_zsh(const struct vip_parse *parse, const struct vip_command *command)
{
    printf("#compdef %s\n# Made from the option table of %s by tools/generate-docs.\n\n"
           "_arguments -s -S \\\n",
           command->name, command->name);
    for (size_t i = 0; i < parse->count; i++)
        print_zsh_option(&parse->options[i]);
    if (command->verbs) {
        fputs("    '1:verb:((", stdout);
        for (const struct vip_verb *verb = command->verbs; verb->name; verb++) {
            printf("%s%s\\:\"", verb == command->verbs ? "" : " ", verb->name);
            print_zsh_text(verb->help);
            putchar('"');
        }
        puts("))' \\");
    }
    puts("    '*:file:_files'");
}

/* ---- fish --------------------------------------------------------------------------------------
 */

static void print_fish_text(const char *text)
{
    putchar('\'');
    for (; *text; text++) {
        if (*text == '\'' || *text == '\\')
            putchar('\\');
        putchar(*text);
    }
    putchar('\'');
}

static void print_fish_option(const struct vip_option *option, const char *name)
{
    char help[512];

    printf("complete -c %s", name);
    if (option->letter)
        printf(" -s %c", option->letter);
    printf(" -l %s", option->name);
    if (option->choices) {
        fputs(" -x -a '", stdout);
        print_words(option->choices, " ");
        putchar('\'');
    } else if (option->complete && strcmp(option->complete, "directory") == 0) {
        fputs(" -x -a '(__fish_complete_directories)'", stdout);
    } else if (option->complete) {
        fputs(" -r -F", stdout);
    } else if (option->kind != VIP_OPTION_FLAG) {
        fputs(" -x", stdout);
    }
    fputs(" -d ", stdout);
    print_fish_text(vip_option_help(option, help, sizeof help));
    putchar('\n');
}

static void print_fish(const struct vip_parse *parse, const struct vip_command *command)
{
    printf("# fish completion for %s. Made from its option table by tools/generate-docs.\n",
           command->name);
    for (size_t i = 0; i < parse->count; i++)
        print_fish_option(&parse->options[i], command->name);
    for (const struct vip_verb *verb = command->verbs; verb && verb->name; verb++) {
        printf("complete -c %s -n __fish_is_first_arg -f -a %s -d ", command->name, verb->name);
        print_fish_text(verb->help);
        putchar('\n');
    }
}

bool vip_generate(const struct vip_parse *parse, const struct vip_command *command,
                  const char *what)
{
    static const struct {
        const char *name;
        void (*print)(const struct vip_parse *parse, const struct vip_command *command);
    } kinds[] = {
        {"man", print_man}, {"bash", print_bash}, {"zsh", print_zsh}, {"fish", print_fish}};

    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (strcmp(kinds[i].name, what) == 0) {
            kinds[i].print(parse, command);
            return true;
        }
    }
    return false;
}
