/* The frame of every command: parse, open, run, close, sum up, exit. What a command prints goes
 * through here, so that a full disk or a closed database is never missed. */
#include "cmd/common/frame.h"
#include "lib/base/memory.h"
#include "lib/db/engine.h"
#include "lib/vip.h"
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* Standard output, held back until --atomic knows whether anything is kept. */
struct spool {
    FILE *file; /* unnamed; stands behind descriptor 1 meanwhile */
    int saved;  /* where descriptor 1 went before */
};

/* ---- messages ----------------------------------------------------------------------------------
 */

int vip_exit_status(enum vip_error code)
{
    switch (code) {
    case VIP_OK:
        return VIP_EXIT_OK;
    case VIP_EREFUSED:
        return VIP_EXIT_ROWS;
    case VIP_EUSAGE:
        return VIP_EXIT_USAGE;
    case VIP_EDATABASE:
        return VIP_EXIT_DATABASE;
    case VIP_EBUSY:
        return VIP_EXIT_BUSY;
    case VIP_EINPUT:
    case VIP_EIO:
    case VIP_EMEMORY:
        break;
    }
    return VIP_EXIT_IO;
}

/* A message shows cells as typed; what would move the cursor or break the line is made visible. */
void vip_say(const struct vip_context *context, const char *text)
{
    char line[2048];
    size_t used = (size_t)snprintf(line, sizeof line, "%.64s: ", context->command->name);

    for (; *text && used < sizeof line - 8; text++) {
        unsigned char byte = (unsigned char)*text;
        if (byte < ' ' || byte == 0x7F)
            used += (size_t)snprintf(line + used, sizeof line - used, "\\x%02X", byte);
        else
            line[used++] = (char)byte;
    }
    line[used++] = '\n';
    vip_progress_clear();
    fwrite(line, 1, used, stderr);
}

void vip_report_error(const struct vip_context *context, const struct vip_diag *diag)
{
    char text[1024];

    vip_say(context, vip_diag_format(diag, text, sizeof text));
}

void vip_note(const struct vip_context *context, const char *format, ...)
{
    char text[1024];
    va_list arguments;

    if (context->quiet)
        return;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    vip_say(context, text);
}

/* "1,234,567". */
static const char *grouped(uint64_t number, char *to, size_t size)
{
    char digits[24];
    int length = snprintf(digits, sizeof digits, "%" PRIu64, number);
    size_t used = 0;

    for (int i = 0; i < length && used + 2 < size; i++) {
        if (i && (length - i) % 3 == 0)
            to[used++] = ',';
        to[used++] = digits[i];
    }
    to[used] = '\0';
    return to;
}

static void print_summary(const struct vip_context *context, bool kept)
{
    char read[32], accepted[32], known[32], refused[32];

    vip_note(context, "%s row%s read, %s accepted, %s known, %s refused%s",
             grouped(context->count.read, read, sizeof read), context->count.read == 1 ? "" : "s",
             grouped(context->count.accepted, accepted, sizeof accepted),
             grouped(context->count.known, known, sizeof known),
             grouped(context->count.refused, refused, sizeof refused),
             kept ? "" : " (nothing was kept)");
}

static int fail_usage(const struct vip_context *context)
{
    vip_report_error(context, &context->diag);
    fprintf(stderr, "try '%s --help'\n", context->command->name);
    return VIP_EXIT_USAGE;
}

/* ---- standard streams --------------------------------------------------------------------------
 */

/* With one of 0, 1, 2 closed, the next file opened (the database) would take its number and get
 * what is meant for the stream. Opened the other way round, using them fails as it should. */
static void occupy_streams(void)
{
    for (int fd = 0; fd <= 2; fd++) {
        if (fcntl(fd, F_GETFD) == -1 && errno == EBADF)
            (void)!open("/dev/null", fd == 0 ? O_WRONLY : O_RDONLY);
    }
}

static int close_stdout(struct vip_diag *diag)
{
    int failed = 0;

    errno = 0;
    if (fflush(stdout) || ferror(stdout))
        failed = errno ? errno : EIO;
    if (fclose(stdout) && !failed && errno != EBADF)
        failed = errno;
    return failed ? vip_fail_errno(diag, failed, "cannot write to standard output") : VIP_OK;
}

static int spool_begin(struct spool *spool, struct vip_diag *diag)
{
    spool->file = tmpfile();
    if (!spool->file)
        return vip_fail_errno(diag, errno, "cannot make a temporary file for --atomic");
    spool->saved = dup(STDOUT_FILENO);
    if (spool->saved < 0 || dup2(fileno(spool->file), STDOUT_FILENO) < 0)
        return vip_fail_errno(diag, errno, "cannot redirect standard output for --atomic");
    return VIP_OK;
}

static int write_all(int fd, const char *data, size_t size)
{
    while (size) {
        ssize_t written = write(fd, data, size);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return errno;
        data += written;
        size -= (size_t)written;
    }
    return 0;
}

static int copy_all(int from, int to)
{
    char block[65536];
    ssize_t got;
    int failed = 0;

    if (lseek(from, 0, SEEK_SET) < 0)
        return errno;
    while (!failed && (got = read(from, block, sizeof block)) != 0) {
        if (got > 0)
            failed = write_all(to, block, (size_t)got);
        else if (errno != EINTR)
            failed = errno;
    }
    return failed;
}

/* Everything written meanwhile goes where it was meant to go, or nowhere. */
static int spool_end(struct spool *spool, bool keep, struct vip_diag *diag)
{
    int failed = 0;

    if (!spool->file)
        return VIP_OK;
    if (spool->saved >= 0) {
        if (keep)
            failed = copy_all(fileno(spool->file), spool->saved);
        if (close(spool->saved) && !failed)
            failed = errno;
    }
    fclose(spool->file);
    return failed ? vip_fail_errno(diag, failed, "cannot write to standard output") : VIP_OK;
}

/* ---- before the run ----------------------------------------------------------------------------
 */

static const char *environment(const char *name)
{
    const char *value = getenv(name);

    return value && *value ? value : NULL;
}

static int resolve_database(struct vip_context *context, struct vip_arena *arena)
{
    const char *data = environment("XDG_DATA_HOME"), *home = environment("HOME");

    if (!context->database_path)
        context->database_path = environment("VIP_DB");
    if (context->database_path)
        return VIP_OK;
    if (data && data[0] == '/') /* the XDG standard ignores relative ones */
        context->database_path = vip_arena_format(arena, "%s/vip/vip.db", data);
    else if (home)
        context->database_path = vip_arena_format(arena, "%s/.local/share/vip/vip.db", home);
    else
        return vip_fail(&context->diag, VIP_EDATABASE,
                        "no database is named: give --db=DB or set VIP_DB");
    return context->database_path ? VIP_OK : vip_fail_memory(&context->diag);
}

static vip_day today(void)
{
    time_t now = time(NULL);
    struct tm local;

    tzset();
    localtime_r(&now, &local);
    return vip_day_from_civil(local.tm_year + 1900, local.tm_mon + 1, local.tm_mday);
}

static int fail_verb(struct vip_context *context, const char *given)
{
    char names[256];
    size_t used = 0;

    names[0] = '\0';
    for (const struct vip_verb *verb = context->command->verbs; verb->name; verb++) {
        int more =
            snprintf(names + used, sizeof names - used, "%s%s", used ? ", " : "", verb->name);
        used += more > 0 ? (size_t)more : 0;
        if (used >= sizeof names)
            break;
    }
    if (!given)
        return vip_fail(&context->diag, VIP_EUSAGE, "what is to be done? one of: %s", names);
    return vip_fail(&context->diag, VIP_EUSAGE, "'%s' is none of: %s", given, names);
}

static int take_verb(struct vip_context *context)
{
    const struct vip_verb *verb = context->command->verbs;

    if (!verb)
        return VIP_OK;
    if (!context->operand_count)
        return fail_verb(context, NULL);
    for (; verb->name; verb++) {
        if (strcmp(verb->name, context->operands[0]) == 0) {
            context->verb = verb;
            context->operands++;
            context->operand_count--;
            return VIP_OK;
        }
    }
    return fail_verb(context, context->operands[0]);
}

static bool is_stdout(const char *path)
{
    return !path || strcmp(path, "-") == 0;
}

static int check_paths(struct vip_context *context)
{
    if (!context->rejects_path)
        return VIP_OK;
    if (is_stdout(context->rejects_path))
        return vip_fail(&context->diag, VIP_EUSAGE,
                        "--rejects needs a file: standard output is for rows that took effect");
    if (context->output_path && strcmp(context->output_path, context->rejects_path) == 0)
        return vip_fail(&context->diag, VIP_EUSAGE, "--output and --rejects name the same file");
    return VIP_OK;
}

static bool is_writing(const struct vip_context *context)
{
    return !(context->command->flags & VIP_COMMAND_READ_ONLY) || context->reveal;
}

/* Whether the frame holds what the command commits, and decides at the end. */
static bool is_held(const struct vip_context *context)
{
    return context->db && is_writing(context) && (context->dry_run || context->atomic);
}

static int open_database(struct vip_context *context)
{
    enum vip_db_mode mode = is_writing(context) ? VIP_DB_WRITE : VIP_DB_READ;
    int rc;

    if (context->command->flags & VIP_COMMAND_NO_DATABASE)
        return VIP_OK;
    rc = vip_db_open(&context->db, context->database_path, mode, &context->diag);
    if (!rc && is_held(context) && (rc = vip_db_hold(context->db, &context->diag))) {
        vip_db_leave(context->db);
        context->db = NULL;
    }
    return rc;
}

/* English headings are the columns' own names: a command that reads no rows starts without a map. */
static int open_names(struct vip_context *context)
{
    const char *own = environment("VIP_HEADERS");
    bool english = !context->lang || strcmp(context->lang, "en") == 0;

    if ((context->command->flags & VIP_COMMAND_NO_INPUT) && english && !own)
        return VIP_OK;
    return vip_names_open(&context->names, own, &context->diag);
}

/* $VIP_BUSY_MS: how long to wait for a lock, for those who would rather try again themselves. */
static int set_timeout(struct vip_context *context)
{
    const char *text = environment("VIP_BUSY_MS"), *why;
    int64_t milliseconds;

    if (!text)
        return VIP_OK;
    if (vip_integer_parse(text, &milliseconds, &why) || milliseconds < 0 || milliseconds > 3600000)
        return vip_fail(&context->diag, VIP_EUSAGE,
                        "VIP_BUSY_MS: '%s' is not a number of milliseconds up to an hour", text);
    vip_db_set_timeout((int)milliseconds);
    return VIP_OK;
}

static int prepare(struct vip_context *context, struct vip_arena *arena, struct spool *spool)
{
    int rc;

    if (context->as_of == VIP_DAY_NONE)
        context->as_of = today();
    if ((rc = resolve_database(context, arena)) ||
        (rc = open_names(context)) ||
        (rc = set_timeout(context)) ||
        (rc = open_database(context)))
        return rc;
    if (context->atomic && is_stdout(context->output_path)) {
        if (context->output_format == VIP_OUTPUT_AUTO)
            context->output_format =
                isatty(STDOUT_FILENO) && !context->excel ? VIP_OUTPUT_TABLE : VIP_OUTPUT_CSV;
        rc = spool_begin(spool, &context->diag);
    }
    return rc;
}

/* ---- the sink ----------------------------------------------------------------------------------
 */

int vip_output_sheet(struct vip_context *context, const struct vip_column *columns, size_t count,
                     const char *title, const struct vip_output_look *look)
{
    const struct vip_writer_options options = {
        .path = context->output_path,
        .format = (enum vip_output_format)context->output_format,
        .encoding = context->output_encoding,
        .lang = context->lang,
        .excel = context->excel,
        .color = !environment("NO_COLOR"),
        .title = title,
        .names = context->names,
        .headings = look->headings,
        .sheet = look->sheet ? look->sheet : context->command->name,
        .chart = look->chart,
    };

    if (context->quiet && is_stdout(context->output_path))
        return VIP_OK;
    if (context->writer)
        return vip_writer_sheet(context->writer, &options, columns, count, &context->diag);
    fflush(stdout); /* what the command printed itself comes before its rows */
    return vip_writer_open(&context->writer, &options, columns, count, &context->diag);
}

int vip_output_open(struct vip_context *context, const struct vip_column *columns, size_t count,
                    const char *title)
{
    return vip_output_sheet(context, columns, count, title, &(struct vip_output_look){0});
}

int vip_output_row(struct vip_context *context, const struct vip_value *values)
{
    return context->writer ? vip_writer_row(context->writer, values, &context->diag) : VIP_OK;
}

int vip_output_total(struct vip_context *context, const struct vip_value *values)
{
    return context->writer ? vip_writer_total(context->writer, values, &context->diag) : VIP_OK;
}

int vip_output_flush(struct vip_context *context)
{
    return context->writer ? vip_writer_flush(context->writer, &context->diag) : VIP_OK;
}

/* ---- after the run -----------------------------------------------------------------------------
 */

/* Reports a failure of the end, if it is not the one that ended the run, and keeps the first. */
static void end_with(const struct vip_context *context, int rc, const struct vip_diag *diag,
                     int *first)
{
    if (rc && (rc != *first || strcmp(diag->text, context->diag.text) != 0))
        vip_report_error(context, diag);
    if (rc && (*first == VIP_OK || *first == VIP_EREFUSED))
        *first = rc;
}

/* A file of a run that failed does not appear; standard output gets the rows that took effect. */
static void close_output(struct vip_context *context, bool whole, int *first)
{
    struct vip_diag diag;

    vip_diag_clear(&diag);
    if (context->writer && (whole || is_stdout(context->output_path)))
        end_with(context, vip_writer_close(context->writer, &diag), &diag, first);
    else
        vip_writer_abandon(context->writer);
    context->writer = NULL;
    end_with(context, close_stdout(&diag), &diag, first);
}

/* Whether what was done stays done. */
static bool is_kept(const struct vip_context *context, int rc)
{
    return !context->dry_run && !(context->atomic && (rc || context->count.refused));
}

static int finish(struct vip_context *context, struct spool *spool, int rc)
{
    bool failed = rc && rc != VIP_EREFUSED;
    bool unit_failed = context->atomic && (rc || context->count.refused);
    struct vip_diag diag;

    vip_diag_clear(&diag);
    if (is_held(context)) {
        int released = vip_db_release(context->db, is_kept(context, rc), &diag);
        end_with(context, released, &diag, &rc);
        unit_failed = unit_failed || (context->atomic && released);
    }
    close_output(context, !failed && !unit_failed, &rc);
    end_with(context, spool_end(spool, !unit_failed, &diag), &diag, &rc);
    end_with(context, vip_rejects_close(context, &diag), &diag, &rc);
    if (unit_failed)
        vip_say(context, "nothing was kept: under --atomic all rows go through or none");
    if (context->walk)
        print_summary(context, !unit_failed && !context->dry_run);
    return rc;
}

static int run(struct vip_context *context, struct spool *spool)
{
    struct vip_arena arena = {0};
    int rc = prepare(context, &arena, spool);

    if (!rc)
        rc = context->verb ? context->verb->run(context) : context->command->run(context);
    if (rc && (rc != VIP_EREFUSED || context->diag.text[0]))
        vip_report_error(context, &context->diag);
    if (rc == VIP_EUSAGE && !context->diag.file[0])
        fprintf(stderr, "try '%s --help'\n", context->command->name);
    rc = finish(context, spool, rc);
    vip_walk_free(context);
    vip_db_leave(context->db);
    vip_names_close(context->names);
    vip_arena_free(&arena);
    return rc;
}

/* --help, --version and --generate: text on standard output, no database. */
static int end_text(struct vip_context *context)
{
    int rc = close_stdout(&context->diag);

    if (rc)
        vip_report_error(context, &context->diag);
    return vip_exit_status((enum vip_error)rc);
}

static bool is_generate(int argc, char **argv)
{
    return argc == 2 && strncmp(argv[1], "--generate=", 11) == 0;
}

int vip_command_main(const struct vip_command *command, int argc, char **argv)
{
    struct vip_context context = {.command = command, .as_of = VIP_DAY_NONE};
    struct vip_parse parse;
    struct spool spool = {.saved = -1};
    int rc;

    occupy_streams();
    signal(SIGPIPE, SIG_DFL);
    if (is_generate(argc, argv) && !vip_options_collect(&parse, &context) &&
        vip_generate(&parse, command, argv[1] + 11))
        return end_text(&context);
    rc = vip_options_parse(&parse, &context, argc, argv);
    if (!rc && (parse.help || parse.version)) {
        if (parse.help)
            vip_help_print(&parse, command);
        else
            vip_version_print(command);
        return end_text(&context);
    }
    if (rc || take_verb(&context) || vip_options_check_verb(&parse, &context) ||
        check_paths(&context))
        return fail_usage(&context);
    rc = run(&context, &spool);
    return rc == VIP_OK && context.count.refused ? VIP_EXIT_ROWS
                                                 : vip_exit_status((enum vip_error)rc);
}
