/* vip-db: the database itself. It makes one, loads programmes into it, says what is in it, proves
 * that it is whole, and copies it out and back. Each verb opens the database in its own way. */
#include "cmd/common/command.h"
#include "cmd/common/programme.h"
#include "lib/base/memory.h"
#include "lib/db/account.h"
#include "lib/db/batch.h"
#include "lib/db/check.h"
#include "lib/db/export.h"
#include "lib/db/member.h"
#include "lib/db/program.h"
#include "lib/table/sheets.h"
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static struct {
    const char *program, *member;
    vip_day effective, from, to;
    bool force;
} given = {.effective = VIP_DAY_NONE, .from = VIP_DAY_NONE, .to = VIP_DAY_NONE};

/* ---- small things ---- */

static int want_operands(struct vip_context *context, int count)
{
    if (context->operand_count == count)
        return VIP_OK;
    if (context->operand_count > count)
        return vip_fail(&context->diag, VIP_EUSAGE, "%s: '%s' is one operand too many",
                        context->verb->name, context->operands[count]);
    return vip_fail(&context->diag, VIP_EUSAGE, "%s: which one? expected %s", context->verb->name,
                    context->verb->operands);
}

static int open_database(struct vip_context *context, enum vip_db_mode mode)
{
    return vip_db_open(&context->db, context->database_path, mode, &context->diag);
}

/* The name of a file beside path that is ours alone until it is renamed. */
static int part_name(struct vip_context *context, const char *path, struct vip_buffer *part)
{
    if (vip_buffer_format(part, "%s.part-%ld", path, (long)getpid()) != VIP_OK)
        return vip_fail_memory(&context->diag);
    return VIP_OK;
}

static bool same_file(const char *a, const char *b)
{
    struct stat first, second;
    return stat(a, &first) == 0 && stat(b, &second) == 0 && first.st_dev == second.st_dev &&
           first.st_ino == second.st_ino;
}

/* Nothing may be at path, unless --force says so; a folder never. */
static int want_free(struct vip_context *context, const char *path, bool force, const char *advice)
{
    struct stat info;
    if (lstat(path, &info) != 0)
        return VIP_OK;
    if (S_ISDIR(info.st_mode))
        return vip_fail(&context->diag, VIP_EDATABASE, "%s is a folder: name a file", path);
    if (force)
        return VIP_OK;
    return vip_fail(&context->diag, VIP_EDATABASE, "%s exists already and was left as it is%s",
                    path, advice);
}

/* The folder of the default path is made when it is missing; any other is the user's affair, so
 * that a typing error makes no folders. */
static int make_folder(struct vip_context *context)
{
    static const char ending[] = "/vip/vip.db";
    const char *path = context->database_path;
    size_t size = strlen(path);
    struct vip_buffer folder = {0};
    int error = VIP_OK;
    if (size < sizeof ending || strcmp(path + size - (sizeof ending - 1), ending) != 0)
        return VIP_OK;
    for (size_t i = 1; i < size && error == VIP_OK; i++) {
        if (path[i] != '/')
            continue;
        vip_buffer_clear(&folder);
        if (vip_buffer_add(&folder, path, i) != VIP_OK)
            error = vip_fail_memory(&context->diag);
        else if (mkdir(folder.data, 0700) != 0 && errno != EEXIST && errno != EISDIR)
            error = vip_fail(&context->diag, VIP_EDATABASE, "cannot make the folder %s: %s",
                             folder.data, strerror(errno));
    }
    vip_buffer_free(&folder);
    return error;
}

/* ---- programmes ---- */

/* Writes the programme with its note in the audit log; *known when it was there already. */
static int save_program(struct vip_context *context, const char *file,
                        const struct vip_programme *loaded, bool *known)
{
    struct vip_batch batch;
    char detail[192], day[VIP_DATE_TEXT];
    vip_context_batch(context, &batch);
    batch.file = file;
    vip_day_format(loaded->effective, day);
    snprintf(detail, sizeof detail, "%s effective %s", loaded->name, day);
    int error = vip_batch_begin(&batch, &context->diag);
    if (error != VIP_OK)
        return error;
    error = vip_program_save(&batch, loaded->name, loaded->sheets, loaded->count, loaded->effective,
                             &context->diag);
    *known = error == VIP_OK && !batch.number;
    if (error == VIP_OK && !*known)
        error = vip_batch_event(&batch, 0, "load", detail, &context->diag);
    if (error == VIP_OK)
        return vip_batch_commit(&batch, &context->diag);
    vip_batch_rollback(&batch);
    return error;
}

/* ---- init ---- */

/* Makes the database under the name of part, then lets it appear under its own. */
static int make_database(struct vip_context *context, const char *part,
                         const struct vip_programme *loaded)
{
    bool known;
    int error = vip_db_open(&context->db, part, VIP_DB_CREATE, &context->diag);
    if (error != VIP_OK)
        return error;
    error = save_program(context, given.program ? given.program : loaded->name, loaded, &known);
    vip_db_close(context->db);
    context->db = NULL;
    if (error == VIP_OK && !context->dry_run)
        error = vip_db_replace(context->database_path, part, false, &context->diag);
    if (error != VIP_OK || context->dry_run)
        vip_db_remove(part);
    return error;
}

static int run_init(struct vip_context *context)
{
    struct vip_programme loaded = {.effective = given.effective};
    struct vip_buffer part = {0};
    if (loaded.effective == VIP_DAY_NONE)
        loaded.effective = vip_day_from_civil(1900, 1, 1);
    int error = want_operands(context, 0);
    if (error == VIP_OK)
        error = want_free(context, context->database_path, false, "");
    if (error == VIP_OK)
        error = vip_context_programme(context, given.program ? given.program : "basic", &loaded);
    if (error == VIP_OK)
        error = make_folder(context);
    if (error == VIP_OK)
        error = part_name(context, context->database_path, &part);
    if (error == VIP_OK)
        error = make_database(context, part.data, &loaded);
    if (error == VIP_OK)
        vip_note(context, "made %s with the programme '%s'%s", context->database_path, loaded.name,
                 context->dry_run ? " (nothing was kept)" : "");
    vip_buffer_free(&part);
    vip_arena_free(&loaded.arena);
    return error;
}

/* ---- load ---- */

static int load(struct vip_context *context, const struct vip_programme *loaded)
{
    bool known = false;
    char day[VIP_DATE_TEXT];
    int error = open_database(context, VIP_DB_WRITE);
    if (error == VIP_OK && context->dry_run)
        error = vip_db_hold(context->db, &context->diag);
    if (error == VIP_OK)
        error = save_program(context, context->operands[0], loaded, &known);
    if (error != VIP_OK)
        return error;
    vip_day_format(loaded->effective, day);
    vip_note(context, "programme '%s' from %s on: %zu tiers, %zu earning rules, %zu rewards%s",
             loaded->name, day, loaded->program->tier_count, loaded->program->earn_count,
             loaded->program->reward_count,
             known              ? " (known already, nothing was changed)"
             : context->dry_run ? " (nothing was kept)"
                                : "");
    return vip_db_release(context->db, false, &context->diag);
}

static int run_load(struct vip_context *context)
{
    struct vip_programme loaded = {.effective = given.effective};
    int error = want_operands(context, 1);
    if (error == VIP_OK && given.effective == VIP_DAY_NONE)
        error =
            vip_fail(&context->diag, VIP_EUSAGE, "load: from which day on? give --effective=DATE");
    if (error == VIP_OK)
        error = vip_context_programme(context, context->operands[0], &loaded);
    if (error == VIP_OK)
        error = load(context, &loaded);
    vip_arena_free(&loaded.arena);
    return error;
}

/* ---- info ---- */

static int put(struct vip_context *context, const char *name, struct vip_value value)
{
    struct vip_value values[] = {vip_text(name), value};
    return vip_output_row(context, values);
}

/* Runs the query and puts each column of its first row under its name. */
static int put_row(struct vip_context *context, enum vip_sql sql, const char *const *names,
                   const enum vip_type *types)
{
    struct vip_statement *row = NULL;
    int error = VIP_OK;
    int found = vip_db_query_values(context->db, sql, &row, &context->diag, NULL, 0);
    if (found <= 0)
        return found;
    for (int i = 0; names[i] && error == VIP_OK; i++) {
        struct vip_value value = vip_column_value(row, i);
        if (value.type == VIP_INTEGER)
            value.type = types[i];
        error = put(context, names[i], value);
    }
    vip_reset(row);
    return error;
}

static int put_programs(struct vip_context *context)
{
    struct vip_statement *row = NULL;
    int error = VIP_OK;
    int more =
        vip_db_query_values(context->db, VIP_SQL_info_programs, &row, &context->diag, NULL, 0);
    for (; more > 0 && error == VIP_OK; more = vip_step(row, &context->diag)) {
        char text[256], day[VIP_DATE_TEXT];
        vip_day_format(vip_column_day(row, 0), day);
        snprintf(text, sizeof text, "%s from %s", vip_column_text(row, 1), day);
        error = put(context, "programme", vip_text(text));
    }
    return error != VIP_OK ? error : more;
}

static int put_file(struct vip_context *context)
{
    struct stat info;
    int error = put(context, "database", vip_text(context->database_path));
    if (error == VIP_OK && stat(context->database_path, &info) == 0)
        error = put(context, "bytes", vip_int((int64_t)info.st_size));
    return error;
}

static const struct {
    enum vip_sql sql;
    const char *names[7];
    enum vip_type types[6];
} facts[] = {
    {VIP_SQL_info_accounts,
     {"members", "active members", "points outstanding", "members waiting for vip-tier"},
     {VIP_INTEGER, VIP_INTEGER, VIP_INTEGER, VIP_INTEGER}},
    {VIP_SQL_info_cards, {"cards"}, {VIP_INTEGER}},
    {VIP_SQL_info_purchases,
     {"purchase lines", "purchase lines of members", "first purchase", "last purchase"},
     {VIP_INTEGER, VIP_INTEGER, VIP_DAY, VIP_DAY}},
    {VIP_SQL_info_ledger, {"ledger entries"}, {VIP_INTEGER}},
    {VIP_SQL_info_batch,
     {"last batch", "last batch at", "last batch as of", "last batch by", "last batch command",
      "last batch file"},
     {VIP_INTEGER, VIP_TEXT, VIP_DAY, VIP_TEXT, VIP_TEXT, VIP_TEXT}},
};

static int run_info(struct vip_context *context)
{
    static const struct vip_column columns[] = {{"name", VIP_TEXT}, {"value", VIP_TEXT}};
    static const char *const schema[] = {"schema", NULL};
    static const enum vip_type number[] = {VIP_INTEGER};
    int error = want_operands(context, 0);
    if (error == VIP_OK)
        error = open_database(context, VIP_DB_READ);
    if (error == VIP_OK)
        error = vip_db_snapshot(context->db, &context->diag);
    if (error == VIP_OK)
        error = vip_output_open(context, columns, 2, NULL);
    if (error == VIP_OK)
        error = put_file(context);
    if (error == VIP_OK)
        error = put_row(context, VIP_SQL_info_schema, schema, number);
    if (error == VIP_OK)
        error = put_programs(context);
    for (size_t i = 0; i < sizeof facts / sizeof facts[0] && error == VIP_OK; i++)
        error = put_row(context, facts[i].sql, facts[i].names, facts[i].types);
    return error;
}

/* ---- check ---- */

static int put_check(void *from, const char *check, bool damaged, const char *detail,
                     struct vip_diag *diag)
{
    struct vip_context *context = from;
    struct vip_value values[] = {vip_text(check), vip_text(damaged ? "damaged" : "ok"),
                                 vip_text(detail)};
    (void)diag;
    return vip_output_row(context, values);
}

static int run_check(struct vip_context *context)
{
    static const struct vip_column columns[] = {
        {"check", VIP_TEXT}, {"status", VIP_TEXT}, {"detail", VIP_TEXT}};
    int error = want_operands(context, 0);
    if (error == VIP_OK)
        error = open_database(context, VIP_DB_READ);
    if (error == VIP_OK)
        error = vip_output_open(context, columns, 3, NULL);
    if (error == VIP_OK)
        error = vip_check(context->db, context->as_of, put_check, context, &context->diag);
    /* The findings are the result, whole: a file of them appears although the check failed. */
    if (error == VIP_EDATABASE && context->writer && context->output_path) {
        struct vip_diag diag;
        struct vip_writer *writer = context->writer;
        vip_diag_clear(&diag);
        if (strcmp(context->output_path, "-") != 0) {
            context->writer = NULL;
            if (vip_writer_close(writer, &diag) != VIP_OK)
                vip_report_error(context, &diag);
        }
    }
    return error;
}

/* ---- backup and restore ---- */

/* A verified copy of the open database at part, which then takes the name of path. */
static int copy_to(struct vip_context *context, const char *part, const char *path)
{
    int error = vip_db_backup(context->db, part, &context->diag);
    if (error != VIP_OK)
        return error;
    if (!context->dry_run)
        error = vip_db_replace(path, part, given.force, &context->diag);
    if (error != VIP_OK || context->dry_run)
        vip_db_remove(part);
    return error;
}

static int run_backup(struct vip_context *context)
{
    struct vip_buffer part = {0};
    int error = want_operands(context, 1);
    const char *path = context->operands[0];
    if (error == VIP_OK && same_file(path, context->database_path))
        error = vip_fail(&context->diag, VIP_EUSAGE, "%s is the database itself", path);
    if (error == VIP_OK)
        error = open_database(context, VIP_DB_READ);
    if (error == VIP_OK)
        error = want_free(context, path, given.force, ": name another file, or give --force");
    if (error == VIP_OK)
        error = part_name(context, path, &part);
    if (error == VIP_OK)
        error = copy_to(context, part.data, path);
    if (error == VIP_OK)
        vip_note(context, "%s is a whole copy of %s%s", path, context->database_path,
                 context->dry_run ? " (it was not kept)" : "");
    vip_buffer_free(&part);
    return error;
}

/* The audit log of the database that comes back says so itself. */
static int note_restore(struct vip_context *context, const char *part, const char *file)
{
    struct vip_batch batch;
    int error = vip_db_open(&context->db, part, VIP_DB_WRITE, &context->diag);
    if (error != VIP_OK)
        return error;
    vip_context_batch(context, &batch);
    batch.file = file;
    error = vip_batch_begin(&batch, &context->diag);
    if (error == VIP_OK)
        error = vip_batch_event(&batch, 0, "restore", file, &context->diag);
    if (error == VIP_OK)
        error = vip_batch_commit(&batch, &context->diag);
    else
        vip_batch_rollback(&batch);
    vip_db_close(context->db);
    context->db = NULL;
    return error;
}

static int restore(struct vip_context *context, const char *file, const char *part)
{
    int error = vip_db_open(&context->db, file, VIP_DB_READ, &context->diag);
    if (error == VIP_OK)
        error = vip_db_backup(context->db, part, &context->diag);
    vip_db_close(context->db);
    context->db = NULL;
    if (error != VIP_OK)
        return error;
    error = note_restore(context, part, file);
    if (error == VIP_OK && !context->dry_run)
        error = vip_db_replace(context->database_path, part, given.force, &context->diag);
    if (error != VIP_OK || context->dry_run)
        vip_db_remove(part);
    return error;
}

static int run_restore(struct vip_context *context)
{
    struct vip_buffer part = {0};
    int error = want_operands(context, 1);
    const char *file = context->operands[0];
    if (error == VIP_OK && same_file(file, context->database_path))
        error = vip_fail(&context->diag, VIP_EUSAGE, "%s is the database itself", file);
    if (error == VIP_OK)
        error = want_free(context, context->database_path, given.force,
                          ": --force puts the backup in its place");
    if (error == VIP_OK)
        error = make_folder(context);
    if (error == VIP_OK)
        error = part_name(context, context->database_path, &part);
    if (error == VIP_OK)
        error = restore(context, file, part.data);
    if (error == VIP_OK)
        vip_note(context, "%s is what %s was%s", context->database_path, file,
                 context->dry_run ? " (nothing was kept)" : "");
    vip_buffer_free(&part);
    return error;
}

/* ---- migrate ---- */

static int run_migrate(struct vip_context *context)
{
    int from = 0, error = want_operands(context, 0);
    if (error != VIP_OK)
        return error;
    int done =
        vip_db_migrate(context->database_path, NULL, 0, !context->dry_run, &from, &context->diag);
    if (done < 0)
        return done;
    if (done)
        vip_note(context, "%s was brought up from schema %d%s", context->database_path, from,
                 context->dry_run ? " (nothing was kept)" : "");
    else
        vip_note(context, "%s has schema %d, the newest that there is: nothing to do",
                 context->database_path, from);
    return VIP_OK;
}

/* ---- export ---- */

static int run_export(struct vip_context *context)
{
    int64_t rows = 0;
    int error = want_operands(context, 1);
    if (error == VIP_OK && context->dry_run)
        error = vip_fail(&context->diag, VIP_EUSAGE, "export changes nothing: %s",
                         "it has no --dry-run");
    if (error == VIP_OK)
        error = open_database(context, context->reveal ? VIP_DB_WRITE : VIP_DB_READ);
    if (error == VIP_OK)
        error = vip_context_reveal(context);
    if (error == VIP_OK)
        error =
            vip_export(context->db, context->operands[0], context->reveal, &rows, &context->diag);
    if (error == VIP_OK)
        vip_note(context, "%" PRId64 " rows in %s%s", rows, context->operands[0],
                 context->reveal ? "" : ", phones and addresses masked (see --reveal)");
    return error;
}

/* ---- audit ---- */

/* The moment at which the day begins here, as batches write theirs. */
static struct vip_value moment(vip_day day, char *to, size_t size)
{
    struct tm parts = {.tm_isdst = -1};
    if (day == VIP_DAY_NONE)
        return vip_null();
    struct vip_civil civil = vip_day_civil(day);
    parts.tm_year = civil.year - 1900;
    parts.tm_mon = civil.month - 1;
    parts.tm_mday = civil.day;
    time_t begin = mktime(&parts);
    gmtime_r(&begin, &parts);
    strftime(to, size, "%Y-%m-%dT%H:%M:%SZ", &parts);
    return vip_text(to);
}

static int put_audit(struct vip_context *context, struct vip_statement *row)
{
    struct vip_value values[10];
    for (int i = 0; i < 10; i++)
        values[i] = vip_column_value(row, i);
    values[2] = vip_date(vip_column_day(row, 2));
    return vip_output_row(context, values);
}

static const struct vip_column batch_columns[] = {
    {"batch", VIP_INTEGER}, {"at", VIP_TEXT},    {"as_of", VIP_DAY},       {"login", VIP_TEXT},
    {"command", VIP_TEXT},  {"file", VIP_TEXT},  {"entries", VIP_INTEGER}, {"what", VIP_TEXT},
    {"member", VIP_TEXT},   {"detail", VIP_TEXT}};

static int audit_batches(struct vip_context *context, struct vip_value from, struct vip_value until)
{
    struct vip_statement *row = NULL;
    int error = vip_output_open(context, batch_columns, 10, NULL);
    if (error != VIP_OK)
        return error;
    int more = vip_db_query(context->db, VIP_SQL_audit, &row, &context->diag, from, until);
    for (; more > 0 && error == VIP_OK; more = vip_step(row, &context->diag))
        error = put_audit(context, row);
    return error != VIP_OK ? error : more;
}

static const struct vip_column entry_columns[] = {
    {"entry", VIP_INTEGER},  {"day", VIP_DAY},           {"what", VIP_TEXT},
    {"points", VIP_INTEGER}, {"store", VIP_TEXT},        {"ref", VIP_TEXT},
    {"line", VIP_INTEGER},   {"batch", VIP_INTEGER},     {"at", VIP_TEXT},
    {"as_of", VIP_DAY},      {"login", VIP_TEXT},        {"command", VIP_TEXT},
    {"file", VIP_TEXT},      {"file_line", VIP_INTEGER}, {"by", VIP_TEXT},
    {"witness", VIP_TEXT}};
enum { ENTRY_COLUMNS = sizeof entry_columns / sizeof entry_columns[0] };

static int put_entry(struct vip_context *context, struct vip_statement *row)
{
    struct vip_value values[ENTRY_COLUMNS];
    for (int i = 0; i < ENTRY_COLUMNS; i++)
        values[i] = entry_columns[i].type == VIP_DAY ? vip_date(vip_column_day(row, i))
                                                     : vip_column_value(row, i);
    values[2] = vip_text(vip_entry_word((enum vip_entry_kind)vip_column_integer(row, 2)));
    return vip_output_row(context, values);
}

static int audit_member(struct vip_context *context, struct vip_value from, struct vip_value until)
{
    const struct vip_identity named = {.member = given.member};
    struct vip_statement *row = NULL;
    int64_t member = 0;
    int error = vip_member_identify(context->db, &named, "", NULL, &member, &context->diag);
    if (error == VIP_OK)
        error = vip_output_open(context, entry_columns, ENTRY_COLUMNS, NULL);
    if (error != VIP_OK)
        return error;
    int more = vip_db_query(context->db, VIP_SQL_audit_member, &row, &context->diag,
                            vip_int(member), from, until);
    for (; more > 0 && error == VIP_OK; more = vip_step(row, &context->diag))
        error = put_entry(context, row);
    return error != VIP_OK ? error : more;
}

static int run_audit(struct vip_context *context)
{
    char from[32], until[32];
    vip_day end = given.to == VIP_DAY_NONE ? VIP_DAY_NONE : given.to + 1;
    int error = want_operands(context, 0);
    if (error == VIP_OK && given.from != VIP_DAY_NONE && given.to != VIP_DAY_NONE &&
        given.from > given.to)
        error = vip_fail(&context->diag, VIP_EUSAGE, "--from lies behind --to");
    if (error == VIP_OK)
        error = open_database(context, VIP_DB_READ);
    if (error != VIP_OK)
        return error;
    return (given.member ? audit_member : audit_batches)(
        context, moment(given.from, from, sizeof from), moment(end, until, sizeof until));
}

/* ---- the command ---- */

static const struct vip_option options[] = {
    {"program", 0, VIP_OPTION_TEXT, "NAME|DIR", &given.program,
     "init: the programme to begin with, a preset or a folder (default basic)", NULL, "directory"},
    {"effective", 0, VIP_OPTION_DAY, "DATE", &given.effective,
     "load, init: the day from which the programme counts (init: default 1900-01-01)", NULL, NULL},
    {"force", 0, VIP_OPTION_FLAG, NULL, &given.force,
     "backup, restore: put the copy in the place of a file that exists", NULL, NULL},
    {"member", 0, VIP_OPTION_TEXT, "MEMBER", &given.member,
     "audit: the points of this member, entry by entry", NULL, NULL},
    {"from", 0, VIP_OPTION_DAY, "DATE", &given.from, "audit: from this day on", NULL, NULL},
    {"to", 0, VIP_OPTION_DAY, "DATE", &given.to, "audit: up to this day and with it", NULL, NULL},
    {0},
};

static const struct vip_verb verbs[] = {
    {"init", "", "make a new database with a programme in it", run_init},
    {"load", "DIR|NAME", "take a programme into force from a day on", run_load},
    {"info", "", "print what the database is and how much is in it", run_info},
    {"check", "", "prove that nothing in it was damaged or changed", run_check},
    {"backup", "FILE", "copy it while others write", run_backup},
    {"restore", "FILE", "put a backup in its place", run_restore},
    {"migrate", "", "bring its schema up to this version", run_migrate},
    {"export", "DIR", "write every table as CSV into a new folder", run_export},
    {"audit", "", "print who did what, and when", run_audit},
    {0},
};

static const char *const examples[] = {
    "vip-db init --program=menswear",
    "a new database with the preset for a menswear chain",
    "vip-db load --effective=2027-01-01 programme/",
    "a programme of one's own, in force from the new year",
    "vip-db backup /backup/vip-$(date +%F).db",
    "tonight's backup, while the tills are busy",
    NULL,
};

static const struct vip_command command = {
    .name = "vip-db",
    .synopsis = "[OPTION...] VERB [OPERAND]",
    .summary = "make, load, examine, copy and check the database",
    .flags = VIP_COMMAND_NO_DATABASE | VIP_COMMAND_NO_INPUT,
    .options = options,
    .verbs = verbs,
    .examples = examples,
};

int main(int argc, char **argv)
{
    umask(077); /* whatever it writes, a whole database of people may be in it */
    return vip_command_main(&command, argc, argv);
}
