/* One way in: the walk over FILEs and standard input, columns bound by name, rows counted, refused
 * rows reported. Sits on lib/table's reader; knows nothing of what the rows mean. */
#include "cmd/common/frame.h"
#include "lib/base/memory.h"
#include "lib/base/text.h"
#include "lib/rules/identity.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct vip_walk {
    const struct vip_input *input;
    struct vip_reader *reader;
    struct vip_row row;     /* as read */
    int *binding;           /* for each of input->columns: its cell's index, or -1 */
    const char **cells;     /* what the callback sees */
    size_t bound;           /* how many input->columns has */
    size_t last;            /* cells from here on are not input: see skip_rejects_columns */
    struct vip_arena arena; /* trimmed copies; lives for a row */
    bool guess_noted;
};

enum { PROGRESS_ROWS = 256 };

/* ---- the header --------------------------------------------------------------------------------
 */

static bool is_column(const struct vip_input *input, const char *column)
{
    for (const char *const *name = input->columns; *name; name++) {
        if (strcmp(*name, column) == 0)
            return true;
    }
    return false;
}

static bool is_word(const struct vip_reader *reader, size_t index, const char *word)
{
    const char *header = vip_reader_header(reader, index);

    if (strncmp(header, "rejected_", 9) == 0)
        header += 9;
    return strcmp(header, word) == 0;
}

/* A file of --rejects can be mended and given again: what was added to its rows is no input, least
 * of all `line`, which would be taken for the line of a receipt. */
static size_t skip_rejects_columns(const struct vip_reader *reader)
{
    size_t count = vip_reader_column_count(reader);

    if (count > 3 && is_word(reader, count - 3, "line") && is_word(reader, count - 2, "reason") &&
        is_word(reader, count - 1, "detail"))
        return count - 3;
    return count;
}

static int find_column(const struct vip_walk *walk, const char *name, size_t size)
{
    for (size_t i = 0; i < walk->last; i++) {
        const char *column = vip_reader_column(walk->reader, i);

        if (strncmp(column, name, size) == 0 && !column[size])
            return (int)i;
    }
    return -1;
}

static int bind_columns(struct vip_walk *walk)
{
    const struct vip_input *input = walk->input;

    walk->bound = 0;
    while (input->columns[walk->bound])
        walk->bound++;
    walk->binding = calloc(walk->bound + 1, sizeof *walk->binding);
    walk->cells = calloc(walk->bound + 1, sizeof *walk->cells);
    if (!walk->binding || !walk->cells)
        return VIP_EMEMORY;
    walk->last = skip_rejects_columns(walk->reader);
    for (size_t i = 0; i < walk->bound; i++)
        walk->binding[i] = find_column(walk, input->columns[i], strlen(input->columns[i]));
    return VIP_OK;
}

static void unbind_columns(struct vip_walk *walk)
{
    free(walk->binding);
    free(walk->cells);
    walk->binding = NULL;
    walk->cells = NULL;
}

/* "'receipt' (小票号)", or "'member' (会员) or 'card' (卡号)" for a list of alternatives. */
static int describe_columns(struct vip_context *context, const char *list, struct vip_buffer *to)
{
    const char *part, *rest = list;
    size_t size;
    int rc = VIP_OK;

    while (!rc && vip_text_split(&rest, '|', &part, &size)) {
        char *name = vip_arena_copy(&context->walk->arena, part, size);
        if (!name)
            return VIP_EMEMORY;
        const char *title = vip_names_title(context->names, name, "zh");
        const char * or = to->size ? " or " : "";
        if (title && strcmp(title, name) != 0)
            rc = vip_buffer_format(to, "%s'%s' (%s)", or, name, title);
        else
            rc = vip_buffer_format(to, "%s'%s'", or, name);
    }
    return rc;
}

static int list_headers(const struct vip_reader *reader, struct vip_buffer *to)
{
    size_t count = vip_reader_column_count(reader);
    int rc = VIP_OK;

    for (size_t i = 0; !rc && i < count; i++) {
        const char *header = vip_reader_header(reader, i);
        size_t size = vip_utf8_valid(header, strnlen(header, 60));
        if (to->size > 240)
            return vip_buffer_text(to, ", …");
        rc = vip_buffer_format(to, "%s%.*s", i ? ", " : "", (int)size, header);
    }
    return rc;
}

static int fail_missing(struct vip_context *context, const char *list)
{
    const struct vip_reader *reader = context->walk->reader;
    struct vip_buffer wanted = {0}, seen = {0};
    const char *hint = "";
    int rc = describe_columns(context, list, &wanted);

    if (!rc)
        rc = list_headers(reader, &seen);
    if (vip_reader_column_count(reader) == 1)
        hint = "; is it a table, and do commas or tabs part its columns? (see --input-format)";
    if (rc) {
        rc = vip_fail_memory(&context->diag);
    } else {
        vip_diag_clear(&context->diag);
        rc = vip_fail(&context->diag, VIP_EINPUT, "column %s is missing; the file has: %s%s",
                      wanted.data, seen.data ? seen.data : "", hint);
        vip_diag_place(&context->diag, vip_reader_name(reader), 0, NULL);
    }
    vip_buffer_free(&wanted);
    vip_buffer_free(&seen);
    return rc;
}

static int check_required(struct vip_context *context)
{
    const char *const *required = context->walk->input->required;

    for (; required && *required; required++) {
        const char *part, *rest = *required;
        size_t size;
        bool found = false;

        while (!found && vip_text_split(&rest, '|', &part, &size))
            found = find_column(context->walk, part, size) >= 0;
        if (!found)
            return fail_missing(context, *required);
    }
    return VIP_OK;
}

/* One note for a file. Columns that some command of ours knows are no news in a pipeline of them:
 * those are named under --verbose only. */
static int note_unknown(struct vip_context *context)
{
    struct vip_walk *walk = context->walk;
    struct vip_buffer names = {0};
    int rc = VIP_OK;

    if (walk->input->any_column)
        return VIP_OK;
    for (size_t i = 0; !rc && i < walk->last; i++) {
        if (is_column(walk->input, vip_reader_column(walk->reader, i)) ||
            (vip_reader_column_known(walk->reader, i) && !context->verbose))
            continue;
        rc = vip_buffer_format(&names, "%s%s", names.size ? ", " : "",
                               vip_reader_header(walk->reader, i));
    }
    if (rc)
        vip_fail_memory(&context->diag);
    else if (names.size)
        vip_note(context, "%s: columns passed over: %s", vip_reader_name(walk->reader), names.data);
    vip_buffer_free(&names);
    return rc;
}

static void note_guess(struct vip_context *context)
{
    struct vip_walk *walk = context->walk;
    bool guessed = false;
    const char *encoding = vip_reader_encoding(walk->reader, &guessed);

    if (!guessed || walk->guess_noted)
        return;
    walk->guess_noted = true;
    vip_note(context, "%s: assumed %s; say --input-encoding to be sure",
             vip_reader_name(walk->reader), encoding);
}

/* ---- rows --------------------------------------------------------------------------------------
 */

/* Cheap and on the safe side: true when the cell may begin or end with a blank of any width. */
static bool may_need_trim(const char *cell)
{
    unsigned char first = (unsigned char)cell[0];
    unsigned char last;

    if (!first)
        return false;
    last = (unsigned char)cell[strlen(cell) - 1];
    return first <= ' ' || last <= ' ' || first == 0xE3 || first == 0xC2 || last == 0x80 ||
           last == 0xA0;
}

/* NULL: out of memory. */
static const char *trimmed_cell(struct vip_walk *walk, int index)
{
    if (index < 0 || (size_t)index >= walk->row.count)
        return "";
    const char *cell = walk->row.cells[index];
    return may_need_trim(cell) ? vip_text_trim(&walk->arena, cell) : cell;
}

static int give_row(struct vip_context *context)
{
    struct vip_walk *walk = context->walk;
    int rc;

    vip_arena_reset(&walk->arena);
    for (size_t i = 0; i < walk->bound; i++) {
        walk->cells[i] = trimmed_cell(walk, walk->binding[i]);
        if (!walk->cells[i])
            return vip_fail_memory(&context->diag);
    }
    vip_diag_clear(&context->diag);
    rc = walk->input->row(context, walk->input->state, walk->cells, walk->row.line);
    if (rc == VIP_EREFUSED) {
        vip_row_refused(context, &context->diag, NULL);
        rc = VIP_OK;
    }
    return rc;
}

static int read_rows(struct vip_context *context)
{
    struct vip_walk *walk = context->walk;
    int rc = VIP_OK;

    while (!rc) {
        struct vip_diag diag;
        vip_diag_clear(&diag);
        int got = vip_reader_next(walk->reader, &walk->row, &diag);
        if (got == 0)
            break;
        if (got < 0 && got != VIP_EREFUSED) {
            context->diag = diag;
            return got;
        }
        context->count.read++;
        if (context->count.read % PROGRESS_ROWS == 0)
            vip_progress_show(context, vip_reader_name(walk->reader), context->count.read);
        if (got == VIP_EREFUSED)
            vip_row_refused(context, &diag, NULL);
        else
            rc = give_row(context);
    }
    return rc;
}

/* What was batched is flushed also when the file broke off: each row stands alone. */
static int end_file(struct vip_context *context, int rc)
{
    const struct vip_input *input = context->walk->input;
    struct vip_diag broken = context->diag;
    int flushed;

    if (!input->file_end || (rc && rc != VIP_EINPUT && rc != VIP_EIO))
        return rc;
    vip_diag_clear(&context->diag);
    flushed = input->file_end(context, input->state);
    if (!rc)
        return flushed;
    if (flushed)
        vip_report_error(context, &context->diag);
    context->diag = broken;
    return rc;
}

static int read_file(struct vip_context *context, const char *path)
{
    struct vip_walk *walk = context->walk;
    const struct vip_reader_options options = {.format =
                                                   (enum vip_input_format)context->input_format,
                                               .encoding = context->input_encoding,
                                               .names = context->names};
    int rc = vip_reader_open(&walk->reader, path, &options, &context->diag);

    if (rc)
        return rc;
    walk->guess_noted = false;
    rc = bind_columns(walk);
    if (rc) {
        vip_fail_memory(&context->diag);
        goto out;
    }
    note_guess(context);
    if ((rc = check_required(context)) || (rc = note_unknown(context)) ||
        (rc = vip_rejects_columns(context, walk->reader, walk->last)))
        goto out;
    rc = end_file(context, read_rows(context));
    note_guess(context); /* a pipe may settle late */
out:
    vip_progress_clear();
    unbind_columns(walk);
    vip_reader_close(walk->reader);
    walk->reader = NULL;
    return rc;
}

static int begin_walk(struct vip_context *context, const struct vip_input *input)
{
    if (!context->walk)
        context->walk = calloc(1, sizeof *context->walk);
    if (!context->walk)
        return vip_fail_memory(&context->diag);
    context->walk->input = input;
    vip_progress_begin(context);
    return VIP_OK;
}

int vip_input_each(struct vip_context *context, int first, const struct vip_input *input)
{
    bool named = first < context->operand_count;
    int rc;

    if (!named && !(context->command->flags & VIP_COMMAND_READS_INPUT))
        return VIP_OK;
    rc = begin_walk(context, input);
    if (!rc && !named) {
        if (isatty(STDIN_FILENO))
            vip_note(context, "reading standard input, to its end (Ctrl-D); or name a FILE");
        rc = read_file(context, "-");
    }
    for (int i = first; !rc && i < context->operand_count; i++)
        rc = read_file(context, context->operands[i]);
    return rc;
}

void vip_walk_free(struct vip_context *context)
{
    if (!context->walk)
        return;
    vip_arena_free(&context->walk->arena);
    free(context->walk);
    context->walk = NULL;
}

/* ---- in a row callback -------------------------------------------------------------------------
 */

const char *vip_input_extra(const struct vip_context *context, const char *column)
{
    struct vip_walk *walk = context->walk;
    int index = find_column(walk, column, strlen(column));

    return index < 0 ? NULL : trimmed_cell(walk, index);
}

const char *vip_input_file(const struct vip_context *context)
{
    return context->walk && context->walk->reader ? vip_reader_name(context->walk->reader) : "";
}

const struct vip_row *vip_input_raw(const struct vip_context *context)
{
    return context->walk ? &context->walk->row : NULL;
}

const struct vip_reader *vip_input_reader(const struct vip_context *context)
{
    return context->walk ? context->walk->reader : NULL;
}

static bool is_key(const char *column)
{
    static const char *const keys[] = {"application", "complaint", "consultant", "contact",
                                       "item",        "original",  "receipt",    "request",
                                       "seller",      "staff",     "store"};

    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        if (strcmp(column, keys[i]) == 0)
            return true;
    }
    return false;
}

/* Cheap and on the safe side: a sign stands before the last digits, or the text is no ASCII. */
static bool may_be_spoilt(const char *cell, size_t size)
{
    const char *end = cell + size;

    if (size < 4)
        return false;
    return end[-1] & '\x80' || end[-3] == '+' || end[-3] == '-' || end[-2] == '+' ||
           end[-2] == '-' || end[-4] == '+' || end[-4] == '-';
}

int vip_cells_judge(struct vip_context *context, const char *const *columns,
                    const char *const *cells, size_t most)
{
    for (size_t i = 0; columns[i]; i++) {
        if (!*cells[i])
            continue;
        size_t size = strnlen(cells[i], most + 1);
        if (size > most)
            return vip_refuse(&context->diag, "too-long", columns[i],
                              "has %zu bytes: expected at most %zu; is a quote missing?",
                              strlen(cells[i]), most);
        if (may_be_spoilt(cells[i], size) && vip_number_spoilt(cells[i]) && is_key(columns[i]))
            return vip_refuse(&context->diag, "spoilt-number", columns[i],
                              "'%s' was a number to a spreadsheet: export the column as text",
                              cells[i]);
    }
    return VIP_OK;
}

void vip_row_refused(struct vip_context *context, const struct vip_diag *diag,
                     const struct vip_row *raw)
{
    struct vip_diag placed = *diag;
    char place[1024], text[1088];

    if (!raw)
        raw = vip_input_raw(context);
    if (!placed.file[0])
        vip_diag_place(&placed, vip_input_file(context), 0, NULL);
    if (!placed.line && raw)
        vip_diag_place(&placed, NULL, raw->line, NULL);
    if (!placed.reason[0])
        snprintf(placed.reason, sizeof placed.reason, "malformed");
    context->count.refused++;
    snprintf(text, sizeof text, "%s [%s]", vip_diag_format(&placed, place, sizeof place),
             placed.reason);
    vip_say(context, text);
    if (raw)
        vip_rejects_add(context, raw, &placed);
}
