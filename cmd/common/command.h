/* What every command shares: its description (one table of options), the context it runs in, and
 * the frame that parses, opens, runs, reports and exits.
 *
 * A command file holds `static const struct vip_command command` and
 * `int main(int argc, char **argv) { return vip_command_main(&command, argc, argv); }`. */
#ifndef VIP_CMD_COMMAND_H
#define VIP_CMD_COMMAND_H

#include "lib/base/date.h"
#include "lib/base/error.h"
#include "lib/base/value.h"
#include "lib/table/names.h"
#include "lib/table/reader.h"
#include "lib/table/writer.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Exit statuses (SPEC 2). */
enum vip_exit {
    VIP_EXIT_OK = 0,       /* all rows accepted or already known */
    VIP_EXIT_ROWS = 1,     /* done, but rows were refused, or nothing was found */
    VIP_EXIT_USAGE = 2,    /* called wrongly */
    VIP_EXIT_DATABASE = 3, /* the database cannot be used */
    VIP_EXIT_IO = 4,       /* input, output or memory failed */
    VIP_EXIT_BUSY = 75,    /* locked past the timeout: try again */
};

enum vip_option_kind {
    VIP_OPTION_FLAG,   /* bool *target */
    VIP_OPTION_TEXT,   /* const char **target */
    VIP_OPTION_DAY,    /* vip_day *target (initialise with VIP_DAY_NONE) */
    VIP_OPTION_NUMBER, /* int64_t *target, 0 or more */
    VIP_OPTION_CHOICE, /* int *target: the index into choices */
};

struct vip_option {
    const char *name; /* long name without the dashes; NULL ends a table */
    char letter;      /* short letter, or 0 */
    enum vip_option_kind kind;
    const char *argument; /* the argument's name in the help ("DATE"); NULL for flags, and for a
                           * choice whose help shows the choices themselves ("csv|tsv") */
    void *target;
    const char *help;           /* one line, lower case, no full stop. Where it is for some verbs
                                 * only it begins with them ("list, issue: ..."), and to another
                                 * it is refused */
    const char *const *choices; /* NULL-terminated; needed for CHOICE, a completion hint for TEXT */
    const char *complete;       /* "file", "directory" or NULL: what completions offer for TEXT */
};

struct vip_context;

struct vip_verb {
    const char *name;                        /* NULL ends the table */
    const char *operands;                    /* "FILE", "[FILE ...]", "" */
    const char *help;                        /* one line */
    int (*run)(struct vip_context *context); /* 0 or a negative vip_error */
};

enum vip_command_flag {
    VIP_COMMAND_READS_INPUT = 1, /* its work is its input: no FILE means standard input */
    VIP_COMMAND_NO_DATABASE = 2, /* the frame opens no database (vip-db opens its own) */
    VIP_COMMAND_READ_ONLY = 4,   /* opens the database for reading (for writing with --reveal,
                                  * which the command writes to the audit log) */
    VIP_COMMAND_NO_INPUT = 8,    /* reads no rows */
};

struct vip_command {
    const char *name;                        /* "vip-accrue" */
    const char *synopsis;                    /* behind the name: "[OPTION...] [FILE...]" */
    const char *summary;                     /* one line: "post purchases and returns as points" */
    unsigned flags;                          /* enum vip_command_flag */
    const struct vip_option *options;        /* its own; the common ones are inherited */
    const struct vip_verb *verbs;            /* NULL unless the first operand is a verb */
    const char *const *examples;             /* NULL-terminated pairs: command line, what it does */
    int (*run)(struct vip_context *context); /* without verbs; 0 or a negative vip_error.
                                              * VIP_EREFUSED without a text: exit 1, nothing said */
};

struct vip_db;

/* The common options as parsed, and what a command holds while it runs. */
struct vip_context {
    const struct vip_command *command;
    const struct vip_verb *verb;
    char **operands; /* what is left behind options and verb */
    int operand_count;

    const char *database_path; /* resolved: --db, $VIP_DB, the default */
    vip_day as_of;             /* --as-of, else today in local time */
    bool dry_run, atomic, reveal, quiet, verbose, excel;
    int input_format, output_format;
    const char *input_encoding, *output_encoding, *lang, *output_path, *rejects_path;

    struct vip_names *names;
    struct vip_db *db;
    struct vip_writer *writer;   /* opened by vip_output_open */
    struct vip_rejects *rejects; /* rows refused, kept for --rejects */
    struct vip_walk *walk;       /* the input as it is being read; NULL before the first file */
    struct vip_diag diag;
    struct {
        uint64_t read, accepted, known, refused;
    } count;
};

/* The frame: parses, answers --help, --version and --generate, opens the database, runs, closes the
 * sink, prints the summary; returns the exit status. Never returns twice, never calls exit() while
 * the database is open. */
int vip_command_main(const struct vip_command *command, int argc, char **argv);

/* One status for each error; the only place that knows both. */
int vip_exit_status(enum vip_error code);

/* "vip-accrue: file:line: column: text" on standard error. */
void vip_report_error(const struct vip_context *context, const struct vip_diag *diag);
void vip_note(const struct vip_context *context, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* ---- one way in ---- */

/* What a command does with its input. Columns are those it knows: a column of the input that no
 * column names is passed over, with one note on standard error. */
struct vip_input {
    const char *const *columns;  /* NULL-terminated canonical names */
    const char *const *required; /* likewise, or NULL: what a file must have ("a|b": any) */
    /* cells[i] is the cell under columns[i], trimmed, without the Excel guard, "" when absent.
     * Returns 0, or VIP_EREFUSED with context->diag filled (the frame counts and reports the row),
     * or another error, which ends the run. The cells live until the next row. */
    int (*row)(struct vip_context *context, void *state, const char *const *cells, size_t line);
    /* After the last row of each file (may be NULL): flush what was batched. */
    int (*file_end)(struct vip_context *context, void *state);
    void *state;
    bool any_column; /* unknown columns are no surprise: see vip_input_extra */
};

/* Walks FILE operands from operand `first` on and calls back for each row. Counts rows read.
 * Without a FILE: standard input, with a hint when that is a terminal, if the command READS_INPUT,
 * else nothing. When a file breaks off, file_end is called before the error is returned, so that
 * the rows before it stay. */
int vip_input_each(struct vip_context *context, int first, const struct vip_input *input);

/* With any_column, in a row callback: the trimmed cell under a column that `columns` does not name,
 * NULL when the file has no such column. vip_input_reader names the columns there are. */
const char *vip_input_extra(const struct vip_context *context, const char *column);

/* In a row callback: the file being read, and the cells as they came (for rejects of batched rows).
 */
const char *vip_input_file(const struct vip_context *context);
const struct vip_row *vip_input_raw(const struct vip_context *context);
const struct vip_reader *vip_input_reader(const struct vip_context *context);

/* Refuses a row that no command takes: too-long (a cell of more bytes than `most`), spoilt-number
 * (a key that a spreadsheet took for a number). Those that name members are judged when they are
 * looked up. */
enum { VIP_CELL_BYTES = 4096 }; /* for `most`, where people write free text */
int vip_cells_judge(struct vip_context *context, const char *const *columns,
                    const char *const *cells, size_t most);

/* Reports a row as refused: message to standard error, the row to --rejects, count.refused.
 * raw may be NULL for the current row; batched commands keep a copy of the cells. */
void vip_row_refused(struct vip_context *context, const struct vip_diag *diag,
                     const struct vip_row *raw);

/* Long work, on a terminal only: begin; where it stands, as often as one likes; off with the line
 * (every message does that, too). Walking through input does all of it. */
void vip_progress_begin(const struct vip_context *context);
void vip_progress_show(const struct vip_context *context, const char *what, uint64_t rows);
void vip_progress_clear(void);

/* The same for a query that gives its rows when it is done, and cannot say how far it is: how long it
 * has been working. Clear before its first row. */
void vip_progress_begin_query(const struct vip_context *context);
void vip_progress_wait(const struct vip_context *context, const char *what);

/* ---- who works ---- */

/* The login name for the audit log: the user database's, else $LOGNAME. */
const char *vip_context_login(const struct vip_context *context);

struct vip_batch;

/* An empty batch with database, command, login, file (of the input being read) and business day. */
void vip_context_batch(const struct vip_context *context, struct vip_batch *batch);

/* Under --reveal: writes its use to the audit log, in a batch of its own, before anything is shown.
 * VIP_EUSAGE with --dry-run, which would take the note away again. Without --reveal: nothing. */
int vip_context_reveal(struct vip_context *context);

/* ---- one way out ---- */

/* Opens the sink by the common options. title is shown above tables only. */
int vip_output_open(struct vip_context *context, const struct vip_column *columns, size_t count,
                    const char *title);

/* More about the rows, for workbooks. Borrowed until the sink is closed. */
struct vip_output_look {
    const char *sheet;             /* its name; NULL: the command's */
    const char *const *headings;   /* one a column, in place of the common ones; NULL: none */
    const struct vip_chart *chart; /* NULL: none */
};

/* As vip_output_open; called again, it goes on with the next sheet of the workbook. */
int vip_output_sheet(struct vip_context *context, const struct vip_column *columns, size_t count,
                     const char *title, const struct vip_output_look *look);

/* One row to the sink. Under --quiet nothing goes to standard output; a file named with -o gets its
 * rows all the same. */
int vip_output_row(struct vip_context *context, const struct vip_value *values);

/* The row for all rows together, the last one: no chart and no filter takes it in. */
int vip_output_total(struct vip_context *context, const struct vip_value *values);

/* After a commit: pushes the rows of the batch to whoever reads. */
int vip_output_flush(struct vip_context *context);

#endif
