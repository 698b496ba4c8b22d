/* The frame that every command runs in, through a command made for the test: what comes in, what
 * goes out on which stream, and how it ends. Each run is a process of its own. */
#include "cmd/common/command.h"
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* ---- the command: a row with a word in `points` is refused, "known" is known -------------------
 */

static const char *const toy_columns[] = {"member", "points", "reason", NULL};
static const char *const toy_required[] = {"member|card", "points", NULL};
static const struct vip_column toy_output[] = {{"member", VIP_TEXT}, {"points", VIP_INTEGER}};

static const char *fail_with; /* --fail: the name of an error that the run ends with */
static bool one_by_one;       /* --flush: rows go out at once */
static bool shout;            /* --shout: also print without the sink */

static int toy_row(struct vip_context *context, void *state, const char *const *cells, size_t line)
{
    (void)line;
    (void)state;
    if (strcmp(cells[1], "known") == 0) {
        context->count.known++;
        return VIP_OK;
    }
    if (strspn(cells[1], "0123456789") != strlen(cells[1]))
        return vip_refuse(&context->diag, "not-a-number", "points", "'%s' is no number", cells[1]);
    context->count.accepted++;
    int rc = vip_output_row(context, (const struct vip_value[]){
                                         vip_text(cells[0]), vip_int(strtol(cells[1], NULL, 10))});
    return rc || !one_by_one ? rc : vip_output_flush(context);
}

static int toy_file_end(struct vip_context *context, void *state)
{
    (void)state;
    vip_note(context, "end of a file");
    return VIP_OK;
}

static enum vip_error error_of(const char *name)
{
    static const struct {
        const char *name;
        enum vip_error code;
    } errors[] = {{"refused", VIP_EREFUSED},   {"input", VIP_EINPUT}, {"usage", VIP_EUSAGE},
                  {"database", VIP_EDATABASE}, {"io", VIP_EIO},       {"memory", VIP_EMEMORY},
                  {"busy", VIP_EBUSY}};
    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++) {
        if (strcmp(errors[i].name, name) == 0)
            return errors[i].code;
    }
    return VIP_OK;
}

static int toy_run(struct vip_context *context)
{
    const struct vip_input input = {
        .columns = toy_columns, .required = toy_required, .row = toy_row, .file_end = toy_file_end};
    if (shout)
        puts("shouted");
    int rc = vip_output_open(context, toy_output, 2, NULL);
    if (!rc)
        rc = vip_input_each(context, 0, &input);
    if (rc || !fail_with)
        return rc;
    if (strcmp(fail_with, "silently") == 0)
        return VIP_EREFUSED;
    return vip_fail(&context->diag, error_of(fail_with), "failed on purpose");
}

static const struct vip_option toy_options[] = {
    {"fail", 0, VIP_OPTION_TEXT, "ERROR", &fail_with, "end with that", NULL, NULL},
    {"flush", 0, VIP_OPTION_FLAG, NULL, &one_by_one, "rows go out at once", NULL, NULL},
    {"shout", 0, VIP_OPTION_FLAG, NULL, &shout, "print without the sink", NULL, NULL},
    {0}};

static const struct vip_verb toy_verbs[] = {
    {"run", "[FILE ...]", "does it", toy_run}, {"walk", "", "does it slowly", toy_run}, {0}};

static const struct vip_command toy = {
    .name = "vip-toy",
    .synopsis = "[OPTION...] [FILE...]",
    .summary = "reads rows for the sake of it",
    .flags = VIP_COMMAND_READS_INPUT | VIP_COMMAND_NO_DATABASE,
    .options = toy_options,
    .examples = (const char *const[]){"vip-toy in.csv", "reads in.csv", NULL},
    .run = toy_run,
};

/* ---- running it --------------------------------------------------------------------------------
 */

static char folder[] = "/tmp/vip-frame-XXXXXX";
static char out[65536], err[65536], file_text[65536];
static const char *stdout_path; /* NULL: a file that is read back; "": closed */

static void write_file(const char *name, const char *text)
{
    FILE *file = fopen(name, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, strlen(text), file), strlen(text));
    assert_int_equal(fclose(file), 0);
}

static const char *read_file(const char *name, char *to, size_t size)
{
    FILE *file = fopen(name, "rb");
    assert_non_null(file);
    to[fread(to, 1, size - 1, file)] = '\0';
    fclose(file);
    return to;
}

static void redirect(const char *path, int flags, int fd)
{
    int opened = open(path, flags, 0600);
    if (opened < 0 || dup2(opened, fd) < 0)
        _exit(99);
    close(opened);
}

static void run_child(const struct vip_command *command, const char *const *words)
{
    char copies[32][128];
    char *arguments[33];
    int count = 0;

    redirect("in", O_RDONLY, STDIN_FILENO);
    redirect("err", O_WRONLY | O_CREAT | O_TRUNC, STDERR_FILENO);
    if (!stdout_path)
        redirect("out", O_WRONLY | O_CREAT | O_TRUNC, STDOUT_FILENO);
    else if (*stdout_path)
        redirect(stdout_path, O_WRONLY, STDOUT_FILENO);
    else
        close(STDOUT_FILENO);
    snprintf(copies[0], sizeof copies[0], "%s", command->name);
    for (count = 1; words[count - 1] && count < 32; count++)
        snprintf(copies[count], sizeof copies[count], "%s", words[count - 1]);
    for (int i = 0; i < count; i++)
        arguments[i] = copies[i];
    arguments[count] = NULL;
    exit(vip_command_main(command, count, arguments));
}

/* The exit status, or 1000 and the number of the signal. Fills out and err. */
static int run(const struct vip_command *command, const char *const *words)
{
    int status;

    fflush(NULL);
    write_file("out", "");
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0)
        run_child(command, words);
    assert_int_equal(waitpid(child, &status, 0), child);
    read_file("out", out, sizeof out);
    read_file("err", err, sizeof err);
    return WIFSIGNALED(status) ? 1000 + WTERMSIG(status) : WEXITSTATUS(status);
}

#define RUN(...) run(&toy, (const char *const[]){__VA_ARGS__, NULL})

#define assert_has(text, part)                                                                     \
    do {                                                                                           \
        if (!strstr(text, part))                                                                   \
            fail_msg("no '%s' in: %s", part, text);                                                \
    } while (0)

static const char *file(const char *name)
{
    return read_file(name, file_text, sizeof file_text);
}

static int set_up(void **state)
{
    (void)state;
    stdout_path = NULL;
    write_file("in", "");
    return 0;
}

/* ---- the tests ---------------------------------------------------------------------------------
 */

static void test_rows_and_summary(void **state)
{
    (void)state;
    write_file("a.csv", "points,member\n5, M1 \nknown,M2\nx,M3\n7,\xe3\x80\x80M4\n");
    assert_int_equal(RUN("a.csv"), VIP_EXIT_ROWS);
    assert_string_equal(out, "member,points\nM1,5\nM4,7\n");
    assert_string_equal(err, "vip-toy: a.csv:4: points: 'x' is no number [not-a-number]\n"
                             "vip-toy: end of a file\n"
                             "vip-toy: 4 rows read, 2 accepted, 1 known, 1 refused\n");
}

static void test_all_accepted(void **state)
{
    (void)state;
    write_file("a.csv", "member,points\nM1,5\n");
    assert_int_equal(RUN("a.csv"), VIP_EXIT_OK);
    assert_has(err, "vip-toy: 1 row read, 1 accepted, 0 known, 0 refused\n");
}

static void test_summary_groups_thousands(void **state)
{
    (void)state;
    FILE *rows = fopen("many.csv", "w");
    assert_non_null(rows);
    fputs("member,points\n", rows);
    for (int i = 0; i < 1234; i++)
        fputs("M1,known\n", rows);
    assert_int_equal(fclose(rows), 0);
    assert_int_equal(RUN("many.csv"), VIP_EXIT_OK);
    assert_has(err, "vip-toy: 1,234 rows read, 0 accepted, 1,234 known, 0 refused\n");
}

static void test_standard_input_and_several_files(void **state)
{
    (void)state;
    write_file("in", "member,points\nS,1\n");
    write_file("a.csv", "member,points\nA,2\n");
    assert_int_equal(RUN("-q", "-f", "tsv"), VIP_EXIT_OK);
    assert_string_equal(out, "");
    assert_int_equal(run(&toy, (const char *const[]){NULL}), VIP_EXIT_OK);
    assert_string_equal(out, "member,points\nS,1\n");
    assert_int_equal(RUN("a.csv", "-"), VIP_EXIT_OK);
    assert_string_equal(out, "member,points\nA,2\nS,1\n");
    assert_has(err, "2 rows read");
}

static void test_a_lister_reads_nothing_unasked(void **state)
{
    (void)state;
    struct vip_command lister = toy;
    lister.flags = VIP_COMMAND_NO_DATABASE;
    write_file("in", "member,points\nS,1\n");
    assert_int_equal(run(&lister, (const char *const[]){NULL}), VIP_EXIT_OK);
    assert_string_equal(out, "member,points\n");
    assert_string_equal(err, "");
    assert_int_equal(run(&lister, (const char *const[]){"-", NULL}), VIP_EXIT_OK);
    assert_string_equal(out, "member,points\nS,1\n");
}

static void test_quiet(void **state)
{
    (void)state;
    write_file("a.csv", "member,points\nM1,5\nM2,x\n");
    assert_int_equal(RUN("-q", "a.csv", "-o", "o.csv"), VIP_EXIT_ROWS);
    assert_string_equal(out, "");
    assert_string_equal(err, "vip-toy: a.csv:3: points: 'x' is no number [not-a-number]\n");
    assert_string_equal(file("o.csv"), "member,points\nM1,5\n");
}

static void test_usage(void **state)
{
    (void)state;
    assert_int_equal(RUN("--nonsense"), VIP_EXIT_USAGE);
    assert_string_equal(err, "vip-toy: unknown option '--nonsense'\ntry 'vip-toy --help'\n");
    assert_string_equal(out, "");
    assert_int_equal(RUN("-r", "-"), VIP_EXIT_USAGE);
    assert_has(err, "--rejects needs a file");
    assert_int_equal(RUN("-r", "x", "-o", "x"), VIP_EXIT_USAGE);
    assert_has(err, "the same file");
}

static void test_help_and_version(void **state)
{
    (void)state;
    assert_int_equal(RUN("--help"), VIP_EXIT_OK);
    assert_has(out, "Usage: vip-toy [OPTION...] [FILE...]\n");
    assert_has(out, "      --fail=ERROR          end with that\n");
    assert_has(out, "  -f, --format=csv|tsv|json|table|xlsx\n");
    assert_has(out, "  vip-toy in.csv\n      reads in.csv\n");
    assert_string_equal(err, "");
    for (const char *line = out; (line = strchr(line, '\n')); line++) {
        if (line[1])
            assert_true(strcspn(line + 1, "\n") <= 80);
    }
    assert_int_equal(RUN("-V"), VIP_EXIT_OK);
    assert_int_equal(strncmp(out, "vip-toy (vip) ", 14), 0);
    stdout_path = "/dev/full";
    assert_int_equal(RUN("--help"), VIP_EXIT_IO);
}

static void test_verbs(void **state)
{
    (void)state;
    struct vip_command verbs = toy;
    verbs.verbs = toy_verbs;
    write_file("in", "member,points\nS,1\n");
    assert_int_equal(run(&verbs, (const char *const[]){"-q", "run", "-", NULL}), VIP_EXIT_OK);
    assert_int_equal(run(&verbs, (const char *const[]){NULL}), VIP_EXIT_USAGE);
    assert_has(err, "what is to be done? one of: run, walk\n");
    assert_int_equal(run(&verbs, (const char *const[]){"fly", NULL}), VIP_EXIT_USAGE);
    assert_has(err, "'fly' is none of: run, walk\n");
}

static void test_each_error_has_its_status(void **state)
{
    static const struct {
        const char *name;
        int status;
    } ends[] = {{"refused", 1}, {"input", 4},  {"usage", 2}, {"database", 3},
                {"io", 4},      {"memory", 4}, {"busy", 75}};

    (void)state;
    write_file("in", "member,points\nS,1\n");
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        assert_int_equal(RUN("--fail", ends[i].name), ends[i].status);
        assert_has(err, "vip-toy: failed on purpose\n");
    }
    assert_int_equal(RUN("--fail=silently", "-q"), VIP_EXIT_ROWS);
    assert_string_equal(err, "");
}

static void test_columns(void **state)
{
    (void)state;
    write_file("in", "points,note\n1,x\n");
    assert_int_equal(RUN("-"), VIP_EXIT_IO);
    assert_has(err, "standard input: column 'member' (");
    assert_has(err, "or 'card' (");
    assert_has(err, "is missing; the file has: points, note\n");
    write_file("in", "member|points\n1|2\n");
    assert_int_equal(RUN("-"), VIP_EXIT_IO);
    assert_has(err, "do commas or tabs part its columns?");
    write_file("in", "card,points,weather,smell\n1,2,3,4\n");
    assert_int_equal(RUN("-"), VIP_EXIT_OK);
    assert_has(err, "standard input: columns passed over: weather, smell\n");
    assert_string_equal(out, "member,points\n,2\n");
}

static void test_a_broken_file_keeps_what_came_before(void **state)
{
    (void)state;
    write_file("in", "member,points\nM1,1\nM2,\"2\n");
    assert_int_equal(RUN("-"), VIP_EXIT_IO);
    assert_string_equal(out, "member,points\nM1,1\n");
    assert_has(err, "vip-toy: end of a file\n");
    assert_has(err, "vip-toy: standard input:3");
    assert_has(err, "1 row read, 1 accepted");
    assert_int_equal(RUN("-", "-o", "broken.csv"), VIP_EXIT_IO);
    assert_int_equal(access("broken.csv", F_OK), -1);
}

static void test_absent_files(void **state)
{
    (void)state;
    assert_int_equal(RUN("no-such.csv"), VIP_EXIT_IO);
    assert_has(err, "vip-toy: no-such.csv: ");
    assert_int_equal(RUN("."), VIP_EXIT_IO);
    assert_has(err, "vip-toy: .: ");
    assert_int_equal(RUN("-o", "no-such/o.csv", "a.csv"), VIP_EXIT_IO);
    assert_has(err, "vip-toy: no-such/o.csv: ");
}

static void test_messages_are_one_line(void **state)
{
    (void)state;
    write_file("in", "member,points\nM1,\"a\nb\033[2J\"\n");
    assert_int_equal(RUN("-q"), VIP_EXIT_ROWS);
    assert_string_equal(err, "vip-toy: standard input:2: points: 'a\\x0Ab\\x1B[2J' is no number "
                             "[not-a-number]\n");
}

static void test_rejects(void **state)
{
    (void)state;
    write_file("a.csv", "member,points,note\nM1,x,\"a,b\"\nM2,1,\nM3,1\n");
    write_file("b.csv", "points,card\n y ,K1\nz,K2,more\n");
    assert_int_equal(RUN("-q", "-r", "r.csv", "a.csv", "b.csv"), VIP_EXIT_ROWS);
    file("r.csv");
    assert_has(file_text, "member,points,note,card,surplus_3,line,reason,detail\n");
    assert_has(file_text, "\nM1,x,\"a,b\",,,2,not-a-number,points: 'x' is no number\n");
    assert_has(file_text, "\nM3,1,,,,4,");
    assert_has(file_text, "\n, y ,,K1,,2,not-a-number,");
    assert_has(file_text, "\n,z,,K2,more,3,");
    assert_has(out, "");
}

static void test_no_rejects_leave_a_heading(void **state)
{
    (void)state;
    write_file("r.csv", "of yesterday\n");
    write_file("a.csv", "member,points\nM1,1\n");
    assert_int_equal(RUN("-q", "-r", "r.csv", "a.csv"), VIP_EXIT_OK);
    assert_string_equal(file("r.csv"), "member,points,line,reason,detail\n");
}

static void test_mended_rejects_are_input(void **state)
{
    (void)state;
    write_file("a.csv", "member,points,reason,line\nM1,x,gift,3\n");
    assert_int_equal(RUN("-q", "-r", "r.csv", "a.csv"), VIP_EXIT_ROWS);
    assert_string_equal(file("r.csv"),
                        "member,points,reason,line,rejected_line,rejected_reason,detail\n"
                        "M1,x,gift,3,2,not-a-number,points: 'x' is no number\n");
    assert_int_equal(RUN("-r", "r2.csv", "r.csv"), VIP_EXIT_ROWS);
    assert_string_equal(file("r2.csv"),
                        "member,points,reason,line,rejected_line,rejected_reason,detail\n"
                        "M1,x,gift,3,2,not-a-number,points: 'x' is no number\n");
    assert_null(strstr(err, "passed over: rejected"));
}

static void test_atomic(void **state)
{
    (void)state;
    write_file("a.csv", "member,points\nM1,5\nM2,x\n");
    assert_int_equal(RUN("--atomic", "--flush", "a.csv"), VIP_EXIT_ROWS);
    assert_string_equal(out, "");
    assert_has(err, "vip-toy: nothing was kept: ");
    assert_has(err, "2 rows read, 1 accepted, 0 known, 1 refused (nothing was kept)\n");
    assert_int_equal(RUN("--atomic", "a.csv", "-o", "atomic.csv"), VIP_EXIT_ROWS);
    assert_int_equal(access("atomic.csv", F_OK), -1);
    write_file("a.csv", "member,points\nM1,5\n");
    assert_int_equal(RUN("--atomic", "--flush", "--shout", "a.csv"), VIP_EXIT_OK);
    assert_string_equal(out, "shouted\nmember,points\nM1,5\n");
    assert_int_equal(RUN("--atomic", "a.csv", "--fail=io"), VIP_EXIT_IO);
    assert_string_equal(out, "");
    stdout_path = "/dev/full";
    assert_int_equal(RUN("--atomic", "a.csv"), VIP_EXIT_IO);
}

static void test_dry_run_prints(void **state)
{
    (void)state;
    write_file("a.csv", "member,points\nM1,5\n");
    assert_int_equal(RUN("-n", "a.csv"), VIP_EXIT_OK);
    assert_string_equal(out, "member,points\nM1,5\n");
    assert_has(err, "0 refused (nothing was kept)\n");
}

static void test_full_standard_output(void **state)
{
    (void)state;
    write_file("a.csv", "member,points\nM1,5\n");
    stdout_path = "/dev/full";
    assert_int_equal(RUN("-q", "a.csv", "--shout"), VIP_EXIT_IO);
    assert_has(err, "vip-toy: cannot write to standard output: ");
    assert_int_equal(RUN("a.csv"), VIP_EXIT_IO);
    assert_has(err, "standard output: ");
    assert_int_equal(RUN("--flush", "a.csv"), VIP_EXIT_IO);
    const char *first = strstr(err, "standard output: ");
    assert_non_null(first);
    assert_null(strstr(first + 1, "standard output: "));
}

static void test_closed_standard_output(void **state)
{
    (void)state;
    write_file("a.csv", "member,points\nM1,5\n");
    stdout_path = "";
    assert_int_equal(RUN("a.csv", "-o", "closed.csv"), VIP_EXIT_OK);
    assert_string_equal(file("closed.csv"), "member,points\nM1,5\n");
    assert_int_equal(RUN("a.csv"), VIP_EXIT_IO);
}

static void test_a_closed_pipe_ends_it_quietly(void **state)
{
    int ends[2];
    char reader_gone[32];

    (void)state;
    write_file("a.csv", "member,points\nM1,5\n");
    assert_int_equal(pipe(ends), 0);
    snprintf(reader_gone, sizeof reader_gone, "/dev/fd/%d", ends[1]);
    stdout_path = reader_gone;
    close(ends[0]);
    signal(SIGPIPE, SIG_IGN); /* as some parents leave it */
    int status = RUN("-f", "csv", "--flush", "a.csv");
    signal(SIGPIPE, SIG_DFL);
    stdout_path = NULL;
    close(ends[1]);
    assert_int_equal(status, 1000 + SIGPIPE);
    assert_string_equal(err, "");
}

static int enter_folder(void **state)
{
    (void)state;
    return mkdtemp(folder) && chdir(folder) == 0 ? 0 : -1;
}

static int leave_folder(void **state)
{
    static const char *const names[] = {"in",    "out",   "err",    "a.csv",    "b.csv",
                                        "o.csv", "r.csv", "r2.csv", "many.csv", "closed.csv"};
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        unlink(names[i]);
    return chdir("/") == 0 && rmdir(folder) == 0 ? 0 : -1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_rows_and_summary, set_up),
        cmocka_unit_test_setup(test_all_accepted, set_up),
        cmocka_unit_test_setup(test_summary_groups_thousands, set_up),
        cmocka_unit_test_setup(test_standard_input_and_several_files, set_up),
        cmocka_unit_test_setup(test_a_lister_reads_nothing_unasked, set_up),
        cmocka_unit_test_setup(test_quiet, set_up),
        cmocka_unit_test_setup(test_usage, set_up),
        cmocka_unit_test_setup(test_help_and_version, set_up),
        cmocka_unit_test_setup(test_verbs, set_up),
        cmocka_unit_test_setup(test_each_error_has_its_status, set_up),
        cmocka_unit_test_setup(test_columns, set_up),
        cmocka_unit_test_setup(test_a_broken_file_keeps_what_came_before, set_up),
        cmocka_unit_test_setup(test_absent_files, set_up),
        cmocka_unit_test_setup(test_messages_are_one_line, set_up),
        cmocka_unit_test_setup(test_rejects, set_up),
        cmocka_unit_test_setup(test_no_rejects_leave_a_heading, set_up),
        cmocka_unit_test_setup(test_mended_rejects_are_input, set_up),
        cmocka_unit_test_setup(test_atomic, set_up),
        cmocka_unit_test_setup(test_dry_run_prints, set_up),
        cmocka_unit_test_setup(test_full_standard_output, set_up),
        cmocka_unit_test_setup(test_closed_standard_output, set_up),
        cmocka_unit_test_setup(test_a_closed_pipe_ends_it_quietly, set_up),
    };

    return cmocka_run_group_tests(tests, enter_folder, leave_folder);
}
