/* vip-db info, check and audit: what is in the database, and whether it is whole. */
#include "cmd/vip-db/parts.h"
#include "lib/db/account.h"
#include "lib/db/member.h"
#include <stdio.h>
#include <string.h>
#include <time.h>

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

int vip_db_run_info(struct vip_context *context)
{
    static const struct vip_column columns[] = {{"name", VIP_TEXT}, {"value", VIP_TEXT}};
    static const char *const file[] = {"bytes", "schema", NULL};
    static const enum vip_type numbers[] = {VIP_INTEGER, VIP_INTEGER};
    int error = vip_db_want_operands(context, 0);
    if (error == VIP_OK)
        error = vip_db_open_given(context, VIP_DB_READ);
    if (error == VIP_OK)
        error = vip_db_snapshot(context->db, &context->diag);
    if (error == VIP_OK)
        error = vip_output_open(context, columns, 2, NULL);
    if (error == VIP_OK)
        error = put(context, "database", vip_text(context->database_path));
    if (error == VIP_OK)
        error = put_row(context, VIP_SQL_info_file, file, numbers);
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
    vip_progress_clear();
    return vip_output_row(context, values);
}

static void tick(void *context)
{
    vip_progress_wait(context, "check");
}

int vip_db_check(struct vip_context *context, vip_check_report *report)
{
    vip_progress_begin_query(context);
    vip_db_watch(context->db, tick, context);
    int error = vip_check(context->db, context->as_of, report, context, &context->diag);
    vip_db_watch(context->db, NULL, NULL);
    vip_progress_clear();
    return error;
}

int vip_db_run_check(struct vip_context *context)
{
    static const struct vip_column columns[] = {
        {"check", VIP_TEXT}, {"status", VIP_TEXT}, {"detail", VIP_TEXT}};
    int error = vip_db_want_operands(context, 0);
    if (error == VIP_OK)
        error = vip_db_open_given(context, VIP_DB_READ);
    if (error == VIP_OK)
        error = vip_output_open(context, columns, 3, NULL);
    if (error == VIP_OK)
        error = vip_db_check(context, put_check);
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
    const struct vip_identity named = {.member = vip_db_given.member};
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

int vip_db_run_audit(struct vip_context *context)
{
    char from[32], until[32];
    vip_day end = vip_db_given.to == VIP_DAY_NONE ? VIP_DAY_NONE : vip_db_given.to + 1;
    int error = vip_db_want_operands(context, 0);
    if (error == VIP_OK && vip_db_given.from != VIP_DAY_NONE && vip_db_given.to != VIP_DAY_NONE &&
        vip_db_given.from > vip_db_given.to)
        error = vip_fail(&context->diag, VIP_EUSAGE, "--from lies behind --to");
    if (error == VIP_OK)
        error = vip_db_open_given(context, VIP_DB_READ);
    if (error != VIP_OK)
        return error;
    return (vip_db_given.member ? audit_member : audit_batches)(
        context, moment(vip_db_given.from, from, sizeof from), moment(end, until, sizeof until));
}
