/* Reports: one .sql file each, a header of comments and one SELECT. The header says what the report
 * answers and what its columns are; how to write one is in vip-report(1).
 *
 *     -- title: Contribution of members | VIP贡献率
 *     -- about: What members bought, as a share of all sales.
 *     -- source: contribution rate in vip(7)   (where the definition comes from)
 *     -- period: all
 *     -- needs: member             (only of a report that makes no sense without)
 *     -- uses: near-tier          (rows that no SQL can find: report_near.h)
 *     -- by: store, month
 *     -- total: members, sales   (columns that --total adds up; without, it asks without groups)
 *     -- chart: line month sales   (what a workbook draws, see below)
 *     -- column: store text 店铺: the shop where it was sold
 *     -- column: sales yuan 净销售额: sales less returns, on the day of each
 *     SELECT …
 *
 * Parameters are bound by name, NULL when not given: :from :to :as_of (day numbers), :store
 * :consultant :category :brand (codes), :tier (text), :member (number of the member's row),
 * :point_value (of one point, in hundredths of a fen), and for each group NAME under by: :by_NAME,
 * 1 when it was asked for, else 0. A group that was not asked for is left out of the rows, so that
 * the SELECT makes it NULL: no SQL is put together.
 *
 * A chart is "line ACROSS SHOWN…", "bars ACROSS SHOWN…" or "heat DOWN… ACROSS SHOWN", each word the
 * name of a column. There may be several: the first is drawn whose columns are all there, and which
 * names every group that was asked for. */
#ifndef VIP_DB_REPORT_H
#define VIP_DB_REPORT_H

#include "lib/base/memory.h"
#include "lib/db/engine.h"
#include "lib/rules/period.h"
#include "lib/table/writer.h"

enum vip_report_mask { /* personal data are shown in part unless the query says reveal */
                       VIP_MASK_NONE,
                       VIP_MASK_PHONE,
                       VIP_MASK_ID,
                       VIP_MASK_ADDRESS,
                       VIP_MASK_EMAIL,
};

struct vip_report_column {
    const char *name;    /* as the SELECT names it */
    const char *word;    /* its type as the header says it: "yuan" */
    const char *heading; /* in Chinese; "" when not given */
    const char *meaning; /* how the figure is defined; "" when not given */
    enum vip_type type;  /* VIP_NULL: whatever comes */
    enum vip_report_mask mask;
    bool running;    /* each value is added to those above it */
    bool hidden;     /* only there to sort by */
    bool each;       /* the column "type" of the row says what each value is */
    bool entry_kind; /* numbers are kinds of ledger entries, shown as words */
    bool group;      /* shown only when asked for */
    bool summed;     /* what --total adds up */
    size_t line;
};

enum { VIP_REPORT_CHARTS = 8 };

struct vip_report {
    const char *name, *path; /* path: for messages */
    const char *text;        /* the whole file */
    const char *title_en, *title_zh, *about, *source;
    const char *period; /* what is meant when none is given: "all", "last-month"… */
    const char *needs;  /* "member": what must be given; "" nothing */
    bool near_tier;     /* reads the rows of report_near.h */
    bool own;           /* found in the user's folder */
    bool book;          /* of the list: a book of several */
    const struct vip_report_column *columns; /* in the order of the SELECT; none: not declared */
    size_t column_count, group_count, summed_count;
    struct vip_chart charts[VIP_REPORT_CHARTS]; /* their columns are places among all columns */
    size_t chart_count;
};

/* Reads the header of a report's text. Everything is in arena. VIP_EUSAGE with the line. */
int vip_report_read(struct vip_report *report, const char *name, const char *path, const char *text,
                    struct vip_arena *arena, struct vip_diag *diag);

/* What the word of a type means: "yuan". False when it is none. */
bool vip_report_type(const char *word, enum vip_type *type, enum vip_report_mask *mask);

/* The report of that name: folder/NAME.sql if there is one (folder NULL: none), else a built-in.
 * VIP_EREFUSED "no-such-report" when there is none. */
int vip_report_find(struct vip_report *report, const char *name, const char *folder,
                    struct vip_arena *arena, struct vip_diag *diag);

/* All of them, and the books, in order of name; a user's stands for a built-in of the same name. */
int vip_report_list(struct vip_report **reports, size_t *count, const char *folder,
                    struct vip_arena *arena, struct vip_diag *diag);

/* A book is a text NAME.book: a header of comments with title, about and period, and a line for
 * each report: its name, or NAME:GROUP,GROUP, and @PERIOD behind it when that is not the book's; it
 * counts from the last day of that. */
struct vip_report_item {
    const char *name, *by, *period; /* by, period: NULL when not given */
};

struct vip_report_book {
    struct vip_report head; /* title, about, period */
    struct vip_report_item *items;
    size_t count;
};

/* "rfm:r,f@last-year" in its parts. */
int vip_report_item_read(struct vip_report_item *item, const char *text, struct vip_arena *arena,
                         struct vip_diag *diag);

/* 1: book is the one of that name, the user's or a built-in; 0: there is none. */
int vip_report_find_book(struct vip_report_book *book, const char *name, const char *folder,
                         struct vip_arena *arena, struct vip_diag *diag);

/* What is asked; texts NULL when not given. */
struct vip_report_query {
    struct vip_period period;
    bool period_given;
    vip_day as_of;
    const char *store, *consultant, *category, *brand, *tier, *member;
    const char *by; /* "store,month" */
    bool reveal;
};

struct vip_report_run;

/* Prepares and binds. VIP_EUSAGE for a group or narrowing that the report does not know, or a
 * mistake in the SQL (with its line); VIP_EREFUSED when a store, member… of that name does not
 * exist. The report, the query and the arena must outlive the run; *run is NULL on failure. */
int vip_report_open(struct vip_report_run **run, struct vip_db *db, const struct vip_report *report,
                    const struct vip_report_query *query, struct vip_arena *arena,
                    struct vip_diag *diag);

/* The columns that its rows have: those of the report without the groups not asked for. */
const struct vip_report_column *const *vip_report_columns(const struct vip_report_run *run,
                                                          size_t *count);

/* The chart of these rows, its columns as places among those that are shown; false: none. */
bool vip_report_chart(const struct vip_report_run *run, struct vip_chart *chart);

/* 1: values (one for each column) hold the next row, valid until the next call. 0: no more. */
int vip_report_next(struct vip_report_run *run, struct vip_value *values, struct vip_diag *diag);

void vip_report_close(struct vip_report_run *run);

#endif
