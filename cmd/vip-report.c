/* vip-report: the figures of the programme. A report is a .sql file; this command finds it, says
 * for which days it was asked, and passes its rows on. */
#include "cmd/common/command.h"
#include "cmd/vip-report/parts.h"
#include "lib/base/text.h"
#include "lib/db/engine.h"
#include "lib/db/report.h"
#include "lib/rules/period.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct {
    bool list, total;
    const char *describe, *book, *period, *by;
    vip_day from, to;
    const char *store, *consultant, *member, *tier, *category, *brand;
} given = {.from = VIP_DAY_NONE, .to = VIP_DAY_NONE};

/* The sink is closed after the run, and borrows headings and title from here. */
static struct vip_arena arena;

/* ---- which days ---- */

static int check_period_options(struct vip_context *context)
{
    if (given.period && (given.from != VIP_DAY_NONE || given.to != VIP_DAY_NONE))
        return vip_fail(&context->diag, VIP_EUSAGE, "--period goes without --%s: give one of them",
                        given.from != VIP_DAY_NONE ? "from" : "to");
    return VIP_OK;
}

/* What is asked of one report: in a book, NAME:GROUP,GROUP@PERIOD. */
struct request {
    struct vip_report_item item;
    const char *of_book; /* the period of the book that names it; NULL: none */
    struct vip_report report;
};

static bool is_period_given(void)
{
    return given.period || given.from != VIP_DAY_NONE || given.to != VIP_DAY_NONE;
}

/* The range that is meant: as given, else what the book's or the report's header says; it ends
 * today at the latest unless an end was given. */
static int resolve_whole(struct vip_context *context, const struct request *request,
                         struct vip_period *period)
{
    const char *text = given.period;
    int error = VIP_OK;

    *period = (struct vip_period){given.from, given.to};
    if (!is_period_given())
        text = request->of_book ? request->of_book : request->report.period;
    if (text && strcmp(text, "all") != 0)
        error = vip_period_parse(text, context->as_of, period, &context->diag);
    if (!error && period->to == VIP_DAY_NONE)
        period->to = context->as_of;
    if (!error && period->from != VIP_DAY_NONE && period->from > period->to) {
        char range[VIP_PERIOD_TEXT];
        error = vip_fail(&context->diag, VIP_EUSAGE, "the period %s ends before it begins",
                         vip_period_format(period, range));
    }
    return error;
}

/* A period of the report's own counts from the last day of the others'. */
static int resolve_period(struct vip_context *context, const struct request *request,
                          struct vip_period *period)
{
    int error = resolve_whole(context, request, period);

    if (error || !request->item.period)
        return error;
    return vip_period_parse(request->item.period, period->to, period, &context->diag);
}

static void put_period(const struct vip_period *period, bool chinese, char *to, size_t size)
{
    char from[VIP_DATE_TEXT], until[VIP_DATE_TEXT];

    vip_day_format(period->from, from);
    vip_day_format(period->to, until);
    if (*from)
        snprintf(to, size, chinese ? "%s 至 %s" : "%s to %s", from, until);
    else
        snprintf(to, size, chinese ? "截至 %s" : "until %s", until);
}

/* ---- a report ---- */

static bool is_chinese(const struct vip_context *context)
{
    return context->lang && strcmp(context->lang, "zh") == 0;
}

static bool is_table(const struct vip_context *context)
{
    bool to_stdout = !context->output_path || strcmp(context->output_path, "-") == 0;

    return context->output_format == VIP_OUTPUT_TABLE ||
           (context->output_format == VIP_OUTPUT_AUTO && to_stdout && isatty(STDOUT_FILENO));
}

static const char *make_title(const struct vip_report *report, const struct vip_period *period,
                              bool chinese)
{
    char range[128];

    put_period(period, chinese, range, sizeof range);
    return vip_arena_format(&arena, chinese ? "%s%s%s（%s）" : "%s%s%s, %s",
                            chinese ? report->title_zh : report->title_en, given.member ? " " : "",
                            given.member ? given.member : "", range);
}

static const struct vip_chart *make_chart(const struct vip_report_run *run)
{
    struct vip_chart *chart = vip_arena_zero(&arena, 1, sizeof *chart);

    return chart && vip_report_chart(run, chart) ? chart : NULL;
}

/* The title with the range that was understood stands above tables and in workbooks; other formats
 * carry rows only, and then standard error says it. */
static int open_output(struct vip_context *context, const struct vip_report_run *run,
                       const struct vip_report *report, const struct vip_period *period)
{
    size_t count;
    bool chinese = is_chinese(context);
    const struct vip_report_column *const *shown = vip_report_columns(run, &count);
    struct vip_column *columns = vip_arena_zero(&arena, count + 1, sizeof *columns);
    const char **headings = vip_arena_zero(&arena, count + 1, sizeof *headings);
    const char *title = make_title(report, period, chinese);

    if (!columns || !headings || !title)
        return vip_fail_memory(&context->diag);
    for (size_t i = 0; i < count; i++) {
        columns[i].name = shown[i]->name;
        columns[i].type = shown[i]->type == VIP_NULL ? VIP_TEXT : shown[i]->type;
        headings[i] = chinese && *shown[i]->heading
                          ? shown[i]->heading
                          : vip_names_title(context->names, shown[i]->name, context->lang);
    }
    struct vip_output_look look = {.sheet = chinese ? report->title_zh : report->name,
                                   .headings = headings,
                                   .chart = make_chart(run)};
    if (!is_table(context))
        vip_note(context, "%s", title);
    return vip_output_sheet(context, columns, count, title, &look);
}

/* ---- progress ---- */

struct watch {
    const struct vip_context *context;
    const char *report;
};

static void tick(void *context)
{
    const struct watch *watch = context;

    vip_progress_wait(watch->context, watch->report);
}

/* Until the first row stands ready. */
static void begin_watch(struct vip_context *context, struct watch *watch)
{
    vip_progress_begin_query(context);
    vip_db_watch(context->db, tick, watch);
}

static void end_watch(struct vip_context *context)
{
    vip_db_watch(context->db, NULL, NULL);
    vip_progress_clear();
}

/* Adds the row to the total, where the report's header says so. */
static int add_row(struct vip_context *context, const struct vip_report_run *run,
                   const struct vip_value *values, struct vip_value *total)
{
    size_t count;
    const struct vip_report_column *const *columns = vip_report_columns(run, &count);

    for (size_t i = 0; i < count; i++) {
        enum vip_type type = values[i].type;
        if (!columns[i]->summed || (type != VIP_INTEGER && type != VIP_FEN && type != VIP_RATIO))
            continue;
        int64_t sum = total[i].type == VIP_NULL ? 0 : total[i].number;
        total[i] = values[i];
        if (!vip_add(sum, values[i].number, &total[i].number))
            return vip_fail(&context->diag, VIP_EDATABASE, "--total: the sum of %s does not fit",
                            columns[i]->name);
    }
    return VIP_OK;
}

/* sums: the row that they are added to; NULL: none. */
static int print_rows(struct vip_context *context, struct vip_report_run *run,
                      struct vip_value *sums)
{
    size_t count;

    vip_report_columns(run, &count);
    struct vip_value *values = vip_arena_zero(&arena, count + 1, sizeof *values);
    if (!values)
        return vip_fail_memory(&context->diag);
    int more = vip_report_next(run, values, &context->diag);
    end_watch(context);
    while (more > 0) {
        int error = vip_output_row(context, values);
        if (!error && sums)
            error = add_row(context, run, values, sums);
        if (error)
            return error;
        more = vip_report_next(run, values, &context->diag);
    }
    return more;
}

/* Reads only, but for --reveal, which leaves a note in the audit log. */
static int open_database(struct vip_context *context)
{
    if (context->db)
        return VIP_OK;
    int error = vip_db_open(&context->db, context->database_path,
                            context->reveal ? VIP_DB_WRITE : VIP_DB_READ, &context->diag);

    return error ? error : vip_context_reveal(context);
}

/* ---- the row of all groups together ---- */

/* Where a column without groups stands among those that are shown; count when nowhere. */
static size_t find_column(const struct vip_report_column *const *columns, size_t count,
                          const char *name)
{
    size_t at = 0;

    while (at < count && strcmp(columns[at]->name, name) != 0)
        at++;
    return at;
}

/* The same report without its groups, whose only row this must be: buyers of two shops are counted
 * once, shares are those of the whole. */
static int read_total(struct vip_context *context, const struct vip_report_run *run,
                      struct vip_report_run *whole, struct vip_value *total)
{
    size_t count, whole_count;
    const struct vip_report_column *const *shown = vip_report_columns(run, &count);
    const struct vip_report_column *const *columns = vip_report_columns(whole, &whole_count);
    struct vip_value *values = vip_arena_zero(&arena, whole_count + 1, sizeof *values);

    if (!values)
        return vip_fail_memory(&context->diag);
    int more = vip_report_next(whole, values, &context->diag);
    for (size_t i = 0; more > 0 && i < whole_count; i++) {
        size_t at = find_column(shown, count, columns[i]->name);
        if (at < count && values[i].type != VIP_TEXT)
            total[at] = values[i];
    }
    if (more > 0)
        more = vip_report_next(whole, values, &context->diag);
    if (more > 0)
        return vip_fail(&context->diag, VIP_EUSAGE,
                        "--total: without groups the report has several rows");
    return more;
}

/* The column that says what the row is: the first text before all figures, else the first group. */
static size_t find_label(const struct vip_report_column *const *shown, size_t count)
{
    size_t at = 0;

    while (at < count && shown[at]->type != VIP_TEXT && !shown[at]->group)
        at++;
    for (size_t i = at; i < count && shown[i]->group; i++)
        if (shown[i]->type == VIP_TEXT)
            return i;
    return at;
}

static int make_total(struct vip_context *context, const struct vip_report_run *run,
                      const struct vip_report *report, struct vip_report_query query,
                      struct vip_value **total)
{
    size_t count;
    const struct vip_report_column *const *shown = vip_report_columns(run, &count);
    struct vip_report_run *whole = NULL;

    *total = vip_arena_zero(&arena, count + 1, sizeof **total);
    if (!*total)
        return vip_fail_memory(&context->diag);
    size_t label = find_label(shown, count);
    if (label < count)
        (*total)[label] = vip_text(is_chinese(context) ? "合计" : "total");
    if (report->summed_count) /* while the rows go by */
        return VIP_OK;
    query.by = NULL;
    int error = vip_report_open(&whole, context->db, report, &query, &arena, &context->diag);
    if (!error)
        error = read_total(context, run, whole, *total);
    vip_report_close(whole);
    return error;
}

static int run_report(struct vip_context *context, const struct request *request)
{
    const struct vip_report *report = &request->report;
    struct vip_report_query query = {
        .as_of = context->as_of,
        .period_given = !given.book && is_period_given(),
        .store = given.store,
        .consultant = given.consultant,
        .category = given.category,
        .brand = given.brand,
        .tier = given.tier,
        .member = given.member,
        .by = request->item.by,
        .reveal = context->reveal,
    };
    struct watch watch = {context, report->name};
    struct vip_report_run *run = NULL;
    struct vip_value *total = NULL;
    int error = resolve_period(context, request, &query.period);

    if (!error && given.total && !request->item.by && !report->summed_count && !given.book)
        error = vip_fail(&context->diag, VIP_EUSAGE,
                         "--total goes with --by: %s has nothing to add up without", report->name);
    if (!error)
        error = open_database(context);
    if (error)
        return error;
    begin_watch(context, &watch);
    error = vip_report_open(&run, context->db, report, &query, &arena, &context->diag);
    if (!error && given.total && (request->item.by || report->summed_count))
        error = make_total(context, run, report, query, &total);
    if (!error)
        error = open_output(context, run, report, &query.period);
    if (!error)
        error = print_rows(context, run, report->summed_count ? total : NULL);
    if (!error && total)
        error = vip_output_total(context, total);
    end_watch(context);
    vip_report_close(run);
    return error;
}

/* ---- a book of several ---- */

struct requests {
    struct request *items;
    size_t count, capacity;
};

static int add_request(struct vip_context *context, struct requests *requests,
                       struct vip_report_item item, const char *of_book, const char *folder)
{
    void *items = requests->items;

    if (vip_array_grow(&items, &requests->capacity, requests->count + 1, sizeof *requests->items))
        return vip_fail_memory(&context->diag);
    requests->items = items;
    struct request *request = &requests->items[requests->count++];
    if (!item.by || !*item.by)
        item.by = given.by;
    *request = (struct request){.item = item, .of_book = of_book};
    return vip_report_find(&request->report, item.name, folder, &arena, &context->diag);
}

/* In a book an operand may be the name of one that is ready, with all its reports. */
static int find_requests(struct vip_context *context, const char *operand, const char *folder,
                         struct requests *requests)
{
    struct vip_report_item item = {.name = operand};
    struct vip_report_book ready;

    int found = vip_report_find_book(&ready, operand, folder, &arena, &context->diag);
    int error = found < 0 ? found : VIP_OK;
    if (!given.book && found > 0)
        return vip_fail(&context->diag, VIP_EUSAGE,
                        "%s is a book of several reports: --book=FILE says where to", operand);
    if (!given.book && !error)
        return add_request(context, requests, item, NULL, folder);
    for (size_t i = 0; !error && i < ready.count; i++)
        error = add_request(context, requests, ready.items[i], ready.head.period, folder);
    if (error || found)
        return error;
    error = vip_report_item_read(&item, operand, &arena, &context->diag);
    return error ? error : add_request(context, requests, item, NULL, folder);
}

/* All reports see the database as it is at the first one. */
static int run_reports(struct vip_context *context, const char *folder)
{
    struct requests requests = {0};
    int error = VIP_OK;

    for (int i = 0; !error && i < context->operand_count; i++)
        error = find_requests(context, context->operands[i], folder, &requests);
    if (!error)
        error = open_database(context);
    if (!error)
        error = vip_db_snapshot(context->db, &context->diag);
    for (size_t i = 0; !error && i < requests.count; i++)
        error = run_report(context, &requests.items[i]);
    free(requests.items);
    return error;
}

/* ---- the command ---- */

static int check_book(struct vip_context *context)
{
    if (!given.book)
        return VIP_OK;
    if (context->output_path)
        return vip_fail(&context->diag, VIP_EUSAGE, "--book and --output both name a file");
    bool is_workbook = context->output_format == VIP_OUTPUT_XLSX;
    if (context->output_format != VIP_OUTPUT_AUTO && !is_workbook)
        return vip_fail(&context->diag, VIP_EUSAGE, "--book writes a workbook: it goes without -f");
    context->output_path = given.book;
    const struct vip_writer_options named = {.path = given.book};
    context->output_format = vip_writer_format(&named) == VIP_OUTPUT_HTML && !is_workbook
                                 ? VIP_OUTPUT_HTML
                                 : VIP_OUTPUT_XLSX;
    return VIP_OK;
}

static int check_operands(struct vip_context *context)
{
    bool no_report = given.list || given.describe;

    if (given.list && given.describe)
        return vip_fail(&context->diag, VIP_EUSAGE, "--list and --describe are two questions");
    if (no_report && context->operand_count)
        return vip_fail(&context->diag, VIP_EUSAGE, "%s goes without a report: '%s' is too much",
                        given.list ? "--list" : "--describe", context->operands[0]);
    if (no_report && given.book)
        return vip_fail(&context->diag, VIP_EUSAGE, "%s goes without --book",
                        given.list ? "--list" : "--describe");
    if (!no_report && !context->operand_count)
        return vip_fail(&context->diag, VIP_EUSAGE, "which report? 'vip-report --list' shows them");
    if (context->operand_count > 1 && !given.book)
        return vip_fail(&context->diag, VIP_EUSAGE,
                        "one report at a time: '%s' is too much (--book takes several)",
                        context->operands[1]);
    int error = check_book(context);
    return error ? error : check_period_options(context);
}

static int run(struct vip_context *context)
{
    const char *folder = getenv("VIP_REPORTS");

    if (folder && !*folder)
        folder = NULL;
    int error = check_operands(context);
    if (error)
        return error;
    if (given.list)
        return report_list(context, folder, &arena);
    return given.describe ? report_describe(context, given.describe, folder, &arena)
                          : run_reports(context, folder);
}

static const struct vip_option options[] = {
    {"list", 'l', VIP_OPTION_FLAG, NULL, &given.list, "list the reports", NULL, NULL},
    {"describe", 0, VIP_OPTION_TEXT, "NAME", &given.describe,
     "say what a report answers, its groups, and how each figure is defined", NULL, NULL},
    {"book", 0, VIP_OPTION_TEXT, "FILE", &given.book,
     "write a workbook of several reports, a sheet each", NULL, "file"},
    {"period", 'p', VIP_OPTION_TEXT, "PERIOD", &given.period,
     "2026-11, 2026Q3, 2026, last-month, this-month, last-year, today, a date or A..B", NULL, NULL},
    {"from", 0, VIP_OPTION_DAY, "DATE", &given.from, "from this day on", NULL, NULL},
    {"to", 0, VIP_OPTION_DAY, "DATE", &given.to, "until this day, which is included", NULL, NULL},
    {"by", 0, VIP_OPTION_TEXT, "GROUP,...", &given.by,
     "a row for each store, month ... (the groups that --describe names)", NULL, NULL},
    {"total", 0, VIP_OPTION_FLAG, NULL, &given.total,
     "a last row for all groups (--by) or all rows together", NULL, NULL},
    {"store", 0, VIP_OPTION_TEXT, "STORE", &given.store, "of this store only", NULL, NULL},
    {"consultant", 0, VIP_OPTION_TEXT, "NAME", &given.consultant,
     "of this consultant's members only", NULL, NULL},
    {"member", 0, VIP_OPTION_TEXT, "MEMBER", &given.member, "of this member only", NULL, NULL},
    {"tier", 0, VIP_OPTION_TEXT, "TIER", &given.tier, "of members of this tier only", NULL, NULL},
    {"category", 0, VIP_OPTION_TEXT, "CATEGORY", &given.category, "of this category only", NULL,
     NULL},
    {"brand", 0, VIP_OPTION_TEXT, "BRAND", &given.brand, "of this brand only", NULL, NULL},
    {.name = NULL},
};

static const char *const examples[] = {
    "vip-report contribution --period=last-month --by=store",
    "members' share of last month's sales, shop by shop",
    "vip-report statement --member=M000123",
    "every posting of one member, with the running balance",
    "vip-report liability --excel -o liability.csv",
    "points outstanding and when they run out, for a spreadsheet",
    "vip-report --book=november.xlsx -p 2026-11 contribution:store repurchase:store tier-moves",
    "a workbook with three sheets, the first two by store",
    "vip-report --book=november.html -p 2026-11 month",
    "the VIP month as a page to print",
    NULL,
};

static const struct vip_command command = {
    .name = "vip-report",
    .synopsis = "[OPTION...] NAME\n       vip-report [OPTION...] --book=FILE NAME[:GROUP,...]...",
    .summary = "figures of the programme: contribution, repurchase, tiers, liability, statements",
    .flags = VIP_COMMAND_NO_DATABASE | VIP_COMMAND_READ_ONLY | VIP_COMMAND_NO_INPUT,
    .options = options,
    .examples = examples,
    .run = run,
};

int main(int argc, char **argv)
{
    return vip_command_main(&command, argc, argv);
}
