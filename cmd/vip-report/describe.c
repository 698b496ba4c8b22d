/* vip-report --list and --describe: what reports and books there are, and what they say of
 * themselves. */
#include "cmd/vip-report/parts.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

int report_list(struct vip_context *context, const char *folder, struct vip_arena *arena)
{
    static const struct vip_column columns[] = {
        {"report", VIP_TEXT}, {"title", VIP_TEXT}, {"file", VIP_TEXT}};
    bool chinese = context->lang && strcmp(context->lang, "zh") == 0;
    struct vip_report *reports;
    size_t count;
    int error = vip_report_list(&reports, &count, folder, arena, &context->diag);

    if (!error)
        error = vip_output_open(context, columns, 3, NULL);
    for (size_t i = 0; !error && i < count; i++) {
        const struct vip_value values[] = {
            vip_text(reports[i].name),
            vip_text(chinese ? reports[i].title_zh : reports[i].title_en),
            vip_text(reports[i].own ? reports[i].path : NULL)};
        error = vip_output_row(context, values);
    }
    return error;
}

/* ":store" with nothing of a name behind it. */
static bool mentions(const char *text, const char *parameter)
{
    size_t size = strlen(parameter);

    for (const char *at = strchr(text, ':'); at; at = strchr(at + 1, ':'))
        if (strncmp(at + 1, parameter, size) == 0 &&
            !strchr("abcdefghijklmnopqrstuvwxyz_", at[1 + size]))
            return true;
    return false;
}

static void print_columns(const struct vip_report *report)
{
    size_t width = 0;

    for (size_t i = 0; i < report->column_count; i++)
        if (strlen(report->columns[i].name) > width)
            width = strlen(report->columns[i].name);
    puts("\nColumns:");
    for (size_t i = 0; i < report->column_count; i++) {
        const struct vip_report_column *column = &report->columns[i];
        printf("  %-*s  %-8s  %s%s%s\n", (int)width, column->name, column->word, column->heading,
               *column->heading && *column->meaning ? ": " : "", column->meaning);
    }
}

static void print_questions(const struct vip_report *report)
{
    static const char *const names[] = {"store",    "consultant", "member", "tier",
                                        "category", "brand",      NULL};
    bool first = true;

    if (mentions(report->text, "from") || mentions(report->text, "to"))
        printf("\n--period, --from, --to: %s when none is given\n",
               strcmp(report->period, "all") == 0 ? "everything until --as-of" : report->period);
    for (size_t i = 0; names[i]; i++) {
        if (mentions(report->text, names[i]))
            printf("%s--%s", first ? "narrowed by: " : ", ", names[i]);
        first = first && !mentions(report->text, names[i]);
    }
    if (!first)
        putchar('\n');
    first = true;
    for (size_t i = 0; i < report->column_count; i++) {
        if (!report->columns[i].group)
            continue;
        printf("%s%s", first ? "--by: " : ", ", report->columns[i].name);
        first = false;
    }
    if (!first)
        putchar('\n');
}

/* On a terminal in lines of its width; else as one, for whoever searches it. */
static void print_wrapped(const char *text)
{
    enum { WIDTH = 78 };
    size_t used = 0;
    bool wraps = isatty(STDOUT_FILENO);

    for (const char *rest = text; *rest;) {
        size_t size = strcspn(rest, " ");
        if (used && wraps && used + 1 + size > WIDTH) {
            putchar('\n');
            used = 0;
        } else if (used) {
            putchar(' ');
            used++;
        }
        fwrite(rest, 1, size, stdout);
        used += size;
        rest += size + strspn(rest + size, " ");
    }
    putchar('\n');
}

static void print_title(const struct vip_report *report)
{
    printf("%s: %s | %s\n", report->name, report->title_en, report->title_zh);
    if (*report->about)
        print_wrapped(report->about);
    if (*report->source) {
        fputs("Source: ", stdout);
        print_wrapped(report->source);
    }
}

static void print_book(const struct vip_report_book *book)
{
    print_title(&book->head);
    printf("\n--period: %s when none is given\n\nReports:\n", book->head.period);
    for (size_t i = 0; i < book->count; i++) {
        const struct vip_report_item *item = &book->items[i];
        printf("  %s%s%s%s%s\n", item->name, item->by ? ", by " : "", item->by ? item->by : "",
               item->period ? ", " : "", item->period ? item->period : "");
    }
}

int report_describe(struct vip_context *context, const char *name, const char *folder,
                    struct vip_arena *arena)
{
    struct vip_report report;
    struct vip_report_book book;
    int found = vip_report_find_book(&book, name, folder, arena, &context->diag);
    int error = found ? found : vip_report_find(&report, name, folder, arena, &context->diag);

    if (error < 0)
        return error;
    if (context->output_path)
        return vip_fail(&context->diag, VIP_EUSAGE,
                        "--describe prints a text: it goes without --output");
    if (context->quiet)
        return VIP_OK;
    if (found) {
        print_book(&book);
        return VIP_OK;
    }
    print_title(&report);
    print_questions(&report);
    if (report.column_count)
        print_columns(&report);
    return VIP_OK;
}
