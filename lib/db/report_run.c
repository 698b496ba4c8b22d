/* Running a report: parameters in by name, groups not asked for out, values typed as its header
 * says. See report.h. */
#include "lib/db/report.h"

#include "lib/base/text.h"
#include "lib/db/account.h"
#include "lib/db/report_near.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

struct vip_report_run {
    struct vip_db *db;
    const struct vip_report *report;
    const struct vip_report_query *query;
    struct vip_statement *statement;
    struct vip_report_near *near; /* the rows that it uses; NULL: none */
    struct vip_arena *arena;
    struct vip_arena row;                     /* masked texts of the row that stands ready */
    const struct vip_report_column **columns; /* those that are shown */
    int *indices;                             /* of each in the SELECT */
    size_t count;
    int64_t *sums;   /* of running columns, so far */
    int type_column; /* of the SELECT: what the values of "each" columns are; -1: none */
};

/* ---- parameters ---- */

struct binder {
    const char *name;
    int (*bind)(struct vip_report_run *run, int index, const char *name, struct vip_diag *diag);
};

static int bind_from(struct vip_report_run *run, int index, const char *name, struct vip_diag *diag)
{
    (void)name, (void)diag;
    vip_bind(run->statement, index, vip_date(run->query->period.from));
    return VIP_OK;
}

static int bind_to(struct vip_report_run *run, int index, const char *name, struct vip_diag *diag)
{
    (void)name, (void)diag;
    vip_bind(run->statement, index, vip_date(run->query->period.to));
    return VIP_OK;
}

static int bind_as_of(struct vip_report_run *run, int index, const char *name,
                      struct vip_diag *diag)
{
    (void)name, (void)diag;
    vip_bind_integer(run->statement, index, run->query->as_of);
    return VIP_OK;
}

/* The number that stands for a text in the database; what is not there was mistyped. */
static int bind_found(struct vip_report_run *run, int index, enum vip_sql sql, const char *name,
                      const char *text, struct vip_diag *diag)
{
    struct vip_statement *row = NULL;

    if (!text) {
        vip_bind_null(run->statement, index);
        return VIP_OK;
    }
    int found = vip_db_query(run->db, sql, &row, diag, vip_text(text));
    if (found < 0)
        return found;
    if (!found) {
        char reason[32] = "no-such-";
        strncat(reason, name, sizeof reason - strlen(reason) - 1);
        return vip_refuse(diag, reason, NULL, "there is no %s '%s'", name, text);
    }
    vip_bind_integer(run->statement, index, vip_column_integer(row, 0));
    vip_reset(row);
    return VIP_OK;
}

static const char *narrowing(const struct vip_report_query *query, const char *name)
{
    const struct {
        const char *name, *text;
    } texts[] = {{"store", query->store},       {"consultant", query->consultant},
                 {"category", query->category}, {"brand", query->brand},
                 {"tier", query->tier},         {"member", query->member}};

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        if (strcmp(texts[i].name, name) == 0)
            return texts[i].text;
    return NULL;
}

static int bind_code(struct vip_report_run *run, int index, const char *name, struct vip_diag *diag)
{
    return bind_found(run, index, VIP_SQL_report_code, name, narrowing(run->query, name), diag);
}

static int bind_member(struct vip_report_run *run, int index, const char *name,
                       struct vip_diag *diag)
{
    return bind_found(run, index, VIP_SQL_report_member, name, run->query->member, diag);
}

static int bind_tier(struct vip_report_run *run, int index, const char *name, struct vip_diag *diag)
{
    int error = bind_found(run, index, VIP_SQL_report_tier, name, run->query->tier, diag);

    if (!error && run->query->tier)
        vip_bind_text(run->statement, index, run->query->tier);
    return error;
}

static int bind_point_value(struct vip_report_run *run, int index, const char *name,
                            struct vip_diag *diag)
{
    struct vip_statement *row = NULL;
    int64_t value = 0;
    const char *why = "";
    vip_day to = run->query->period.to;

    (void)name;
    int found = vip_db_query(run->db, VIP_SQL_report_point_value, &row, diag,
                             vip_int(to == VIP_DAY_NONE ? run->query->as_of : to));
    if (found < 0)
        return found;
    if (found && *vip_column_text(row, 0) &&
        vip_decimal_parse(vip_column_text(row, 0), 4, &value, &why))
        vip_fail(diag, VIP_EDATABASE, "the programme's point_value %s", why);
    if (found)
        vip_reset(row);
    vip_bind_integer(run->statement, index, value);
    return *why ? VIP_EDATABASE : VIP_OK;
}

static const struct binder binders[] = {
    {"from", bind_from},       {"to", bind_to},
    {"as_of", bind_as_of},     {"store", bind_code},
    {"consultant", bind_code}, {"category", bind_code},
    {"brand", bind_code},      {"tier", bind_tier},
    {"member", bind_member},   {"point_value", bind_point_value},
};

/* True when the list "store,month" has the name. */
static bool asked(const char *by, const char *name)
{
    const char *rest = by ? by : "", *part;
    size_t size;

    while (vip_text_split(&rest, ',', &part, &size))
        if (strlen(name) == size && memcmp(name, part, size) == 0)
            return true;
    return false;
}

static const struct vip_report_column *find_group(const struct vip_report *report, const char *name,
                                                  size_t size)
{
    for (size_t i = 0; i < report->column_count; i++) {
        const struct vip_report_column *column = &report->columns[i];
        if (column->group && strlen(column->name) == size && memcmp(column->name, name, size) == 0)
            return column;
    }
    return NULL;
}

/* The line on which ":name" stands. */
static size_t parameter_line(const char *text, const char *name)
{
    size_t size = strlen(name), line = 1;

    for (const char *c = text; *c; c++) {
        line += *c == '\n';
        if (*c == ':' && strncmp(c + 1, name, size) == 0 && !isalnum((unsigned char)c[1 + size]) &&
            c[1 + size] != '_')
            return line;
    }
    return 0;
}

static int fail_parameter(const struct vip_report_run *run, const char *name, struct vip_diag *diag)
{
    vip_diag_clear(diag);
    vip_diag_place(diag, run->report->path, parameter_line(run->report->text, name), NULL);
    return vip_fail(diag, VIP_EUSAGE,
                    "':%.40s' is no parameter: expected :from, :to, :as_of, :store, :consultant, "
                    ":category, :brand, :tier, :member, :point_value, or :by_ and a group that the "
                    "header names under by",
                    name);
}

static int bind_one(struct vip_report_run *run, int index, const char *name, struct vip_diag *diag)
{
    if (strncmp(name, "by_", 3) == 0 && find_group(run->report, name + 3, strlen(name + 3))) {
        vip_bind_integer(run->statement, index, asked(run->query->by, name + 3));
        return VIP_OK;
    }
    for (size_t i = 0; i < sizeof binders / sizeof binders[0]; i++)
        if (strcmp(binders[i].name, name) == 0)
            return binders[i].bind(run, index, name, diag);
    return fail_parameter(run, name, diag);
}

static int bind_all(struct vip_report_run *run, struct vip_diag *diag)
{
    const char *name;
    int error = VIP_OK;

    for (int i = 1; !error && (name = vip_statement_parameter(run->statement, i)); i++)
        error = bind_one(run, i, name, diag);
    return error;
}

/* ---- what was asked must be something that the report can answer ---- */

static bool has_parameter(const struct vip_report_run *run, const char *name)
{
    const char *parameter;

    for (int i = 1; (parameter = vip_statement_parameter(run->statement, i)); i++)
        if (strcmp(parameter, name) == 0)
            return true;
    return false;
}

static int check_narrowing(const struct vip_report_run *run, struct vip_diag *diag)
{
    static const char *const names[] = {"store", "consultant", "category",
                                        "brand", "tier",       "member"};

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (narrowing(run->query, names[i]) && !has_parameter(run, names[i]))
            return vip_fail(diag, VIP_EUSAGE, "the report %s cannot be narrowed by --%s",
                            run->report->name, names[i]);
    if (*run->report->needs && !narrowing(run->query, run->report->needs))
        return vip_fail(diag, VIP_EUSAGE, "the report %s needs --%s", run->report->name,
                        run->report->needs);
    if (run->query->period_given && !has_parameter(run, "from") && !has_parameter(run, "to"))
        return vip_fail(diag, VIP_EUSAGE, "the report %s has no period", run->report->name);
    return VIP_OK;
}

/* "store, month"; "none" when there are no groups. */
static const char *group_names(struct vip_report_run *run)
{
    const char *names = "none";
    bool first = true;

    for (size_t i = 0; i < run->report->column_count && names; i++) {
        if (!run->report->columns[i].group)
            continue;
        names = first ? run->report->columns[i].name
                      : vip_arena_format(run->arena, "%s, %s", names, run->report->columns[i].name);
        first = false;
    }
    return names ? names : "";
}

static int check_groups(struct vip_report_run *run, struct vip_diag *diag)
{
    const char *rest = run->query->by ? run->query->by : "", *part;
    size_t size;

    while (vip_text_split(&rest, ',', &part, &size))
        if (!find_group(run->report, part, size))
            return vip_fail(diag, VIP_EUSAGE, "--by: '%.*s' is no group of %s: it has %s",
                            (int)(size < 60 ? size : 60), part, run->report->name,
                            group_names(run));
    return VIP_OK;
}

/* ---- columns ---- */

static int fail_columns(const struct vip_report_run *run, size_t index, struct vip_diag *diag)
{
    const struct vip_report *report = run->report;
    bool declared = index < report->column_count;
    const char *selected = (int)index < vip_column_count(run->statement)
                               ? vip_column_name(run->statement, (int)index)
                               : NULL;

    vip_diag_clear(diag);
    vip_diag_place(diag, report->path, declared ? report->columns[index].line : 0, NULL);
    return vip_fail(diag, VIP_EUSAGE,
                    "column %zu is '%.60s' in the header and '%.60s' in the SELECT", index + 1,
                    declared ? report->columns[index].name : "nothing",
                    selected ? selected : "nothing");
}

/* A report without declared columns has those of its SELECT, typed as they come. */
static int take_undeclared(struct vip_report_run *run, struct vip_diag *diag)
{
    for (size_t i = 0; i < run->count; i++) {
        struct vip_report_column *column = vip_arena_zero(run->arena, 1, sizeof *column);
        if (!column)
            return vip_fail_memory(diag);
        column->name = vip_arena_text(run->arena, vip_column_name(run->statement, (int)i));
        column->word = column->heading = column->meaning = "";
        column->type = VIP_NULL;
        run->columns[i] = column;
        run->indices[i] = (int)i;
    }
    return VIP_OK;
}

static int find_type_column(const struct vip_report_run *run)
{
    for (int i = 0; i < vip_column_count(run->statement); i++)
        if (strcmp(vip_column_name(run->statement, i), "type") == 0)
            return i;
    return -1;
}

static int choose_columns(struct vip_report_run *run, struct vip_diag *diag)
{
    const struct vip_report *report = run->report;
    size_t selected = (size_t)vip_column_count(run->statement), shown = 0;

    run->count = selected;
    run->type_column = find_type_column(run);
    run->columns = vip_arena_zero(run->arena, selected + 1, sizeof *run->columns);
    run->indices = vip_arena_zero(run->arena, selected + 1, sizeof *run->indices);
    run->sums = vip_arena_zero(run->arena, selected + 1, sizeof *run->sums);
    if (!run->columns || !run->indices || !run->sums)
        return vip_fail_memory(diag);
    if (!report->column_count)
        return take_undeclared(run, diag);
    for (size_t i = 0; i < selected || i < report->column_count; i++) {
        const struct vip_report_column *column = &report->columns[i];
        if (i >= selected || i >= report->column_count ||
            strcmp(column->name, vip_column_name(run->statement, (int)i)) != 0)
            return fail_columns(run, i, diag);
        if (column->hidden || (column->group && !asked(run->query->by, column->name)))
            continue;
        run->columns[shown] = column;
        run->indices[shown++] = (int)i;
    }
    run->count = shown;
    return VIP_OK;
}

/* ---- the run ---- */

static int prepare(struct vip_report_run *run, struct vip_diag *diag)
{
    int error = check_groups(run, diag);

    if (error)
        return error;
    vip_diag_place(diag, run->report->path, 0, NULL);
    error = vip_db_prepare_report(run->db, run->report->text, &run->statement, diag);
    if (!error) {
        vip_diag_clear(diag);
        error = choose_columns(run, diag);
    }
    if (!error)
        error = check_narrowing(run, diag);
    return error ? error : bind_all(run, diag);
}

int vip_report_open(struct vip_report_run **out, struct vip_db *db, const struct vip_report *report,
                    const struct vip_report_query *query, struct vip_arena *arena,
                    struct vip_diag *diag)
{
    *out = NULL;
    struct vip_report_run *run = calloc(1, sizeof *run);
    if (!run)
        return vip_fail_memory(diag);
    run->db = db;
    run->report = report;
    run->query = query;
    run->arena = arena;
    int error = report->near_tier ? vip_db_open_feed(db, diag) : VIP_OK;
    if (!error)
        error = prepare(run, diag);
    if (!error && report->near_tier)
        error = vip_report_near_open(&run->near, db, query->as_of, arena, diag);
    if (error) {
        vip_report_close(run);
        return error;
    }
    *out = run;
    return VIP_OK;
}

const struct vip_report_column *const *vip_report_columns(const struct vip_report_run *run,
                                                          size_t *count)
{
    *count = run->count;
    return run->columns;
}

static bool names(const struct vip_chart *chart, size_t place)
{
    for (size_t i = 0; i < chart->count; i++)
        if (chart->columns[i] == place)
            return true;
    return false;
}

/* The places of the chart's columns among those shown; false: one of them is not there, or a group
 * is that the chart leaves out, and then it would show several rows at one place. */
static bool fit_chart(const struct vip_report_run *run, struct vip_chart *chart)
{
    for (size_t i = 0; i < run->count; i++)
        if (run->columns[i]->group && !names(chart, (size_t)run->indices[i]))
            return false;
    for (size_t i = 0; i < chart->count; i++) {
        size_t at = 0;
        while (at < run->count && (size_t)run->indices[at] != chart->columns[i])
            at++;
        if (at == run->count)
            return false;
        chart->columns[i] = at;
    }
    return true;
}

bool vip_report_chart(const struct vip_report_run *run, struct vip_chart *chart)
{
    for (size_t i = 0; i < run->report->chart_count; i++) {
        *chart = run->report->charts[i];
        if (fit_chart(run, chart))
            return true;
    }
    return false;
}

static const char *mask(struct vip_report_run *run, enum vip_report_mask mask, const char *text)
{
    if (run->query->reveal || !*text)
        return text;
    switch (mask) {
    case VIP_MASK_NONE:
        break;
    case VIP_MASK_PHONE:
        return vip_mask_phone(&run->row, text);
    case VIP_MASK_ID:
        return vip_mask_id(&run->row, text);
    case VIP_MASK_ADDRESS:
        return vip_mask_address(&run->row, text);
    case VIP_MASK_EMAIL:
        return vip_mask_email(&run->row, text);
    }
    return text;
}

/* A whole number from a column that a user's report may have computed as a float. */
static int64_t whole(struct vip_value value)
{
    if (value.type != VIP_FLOATING)
        return value.number;
    if (!(value.floating > -9.2e18 && value.floating < 9.2e18))
        return 0;
    return (int64_t)(value.floating < 0 ? value.floating - 0.5 : value.floating + 0.5);
}

/* A column whose values differ from row to row, as it is in this one. */
static struct vip_report_column column_here(const struct vip_report_run *run,
                                            const struct vip_report_column *column)
{
    struct vip_report_column here = *column;

    if (column->each && run->type_column >= 0 &&
        !vip_report_type(vip_column_text(run->statement, run->type_column), &here.type, &here.mask))
        here.type = VIP_TEXT;
    return here;
}

static struct vip_value typed(struct vip_report_run *run, const struct vip_report_column *declared,
                              int index)
{
    struct vip_value value = vip_column_value(run->statement, index);
    struct vip_report_column here = column_here(run, declared);
    const struct vip_report_column *column = &here;

    if (value.type == VIP_NULL || column->type == VIP_NULL)
        return value;
    if (column->entry_kind && value.type == VIP_INTEGER)
        return value.number >= 0 && value.number <= VIP_ENTRY_OPENING
                   ? vip_text(vip_entry_word((enum vip_entry_kind)value.number))
                   : value;
    if (column->type == VIP_TEXT)
        return vip_text(mask(run, column->mask, vip_column_text(run->statement, index)));
    if (value.type == VIP_TEXT || column->type == VIP_FLOATING)
        return value; /* a text where a number was promised is shown as it is */
    value.number = whole(value);
    value.type = column->type;
    return value;
}

int vip_report_next(struct vip_report_run *run, struct vip_value *values, struct vip_diag *diag)
{
    vip_arena_reset(&run->row);
    int more = vip_step(run->statement, diag);
    for (size_t i = 0; more > 0 && i < run->count; i++) {
        values[i] = typed(run, run->columns[i], run->indices[i]);
        if (!run->columns[i]->running)
            continue;
        if (!vip_add(run->sums[i], values[i].number, &run->sums[i]))
            return vip_fail(diag, VIP_EDATABASE, "the running sum of %s overflows",
                            run->columns[i]->name);
        values[i] = vip_int(run->sums[i]);
    }
    return more;
}

void vip_report_close(struct vip_report_run *run)
{
    if (!run)
        return;
    vip_statement_finish(run->statement);
    vip_report_near_close(run->near);
    vip_arena_free(&run->row);
    free(run);
}
