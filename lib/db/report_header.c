/* The header of a report: comment lines "-- key: value", continued by lines that begin with "--"
 * and three blanks or more. See report.h. */
#include "lib/db/report.h"

#include "lib/base/text.h"
#include <string.h>

enum { COLUMN_LIMIT = 128 };

struct header {
    struct vip_report *report;
    struct vip_arena *arena;
    struct vip_diag *diag;
    struct names {
        const char *text; /* of columns, and the line that has them */
        size_t line;
    } by, total;
    struct {
        const char *text;
        size_t line;
    } charts[VIP_REPORT_CHARTS];
    struct vip_report_column *columns;
};

static const struct type_word {
    const char *word;
    enum vip_type type;
    enum vip_report_mask mask;
    bool entry_kind, running, hidden, each;
} type_words[] = {
    {"text", .type = VIP_TEXT},
    {"date", .type = VIP_DAY},
    {"count", .type = VIP_INTEGER},
    {"points", .type = VIP_INTEGER},
    {"yuan", .type = VIP_FEN},
    {"percent", .type = VIP_PERCENT},
    {"ratio", .type = VIP_RATIO},
    {"quantity", .type = VIP_RATIO},
    {"number", .type = VIP_FLOATING},
    {"running", .type = VIP_INTEGER, .running = true},
    {"entry", .type = VIP_TEXT, .entry_kind = true},
    {"phone", .type = VIP_TEXT, .mask = VIP_MASK_PHONE},
    {"id_no", .type = VIP_TEXT, .mask = VIP_MASK_ID},
    {"address", .type = VIP_TEXT, .mask = VIP_MASK_ADDRESS},
    {"email", .type = VIP_TEXT, .mask = VIP_MASK_EMAIL},
    {"hidden", .type = VIP_NULL, .hidden = true},
    {"each", .type = VIP_TEXT, .each = true},
    {"figure", .type = VIP_FLOATING, .each = true},
};

static int fail_at(struct header *header, size_t line, const char *key)
{
    vip_diag_clear(header->diag);
    vip_diag_place(header->diag, header->report->path, line, key);
    return VIP_EUSAGE;
}

/* The trimmed text between two points; NULL out of memory. */
static const char *cut(struct header *header, const char *from, const char *to)
{
    const char *copy = vip_arena_copy(header->arena, from, (size_t)(to - from));

    return copy ? vip_text_trim(header->arena, copy) : NULL;
}

static int set_type(struct header *header, struct vip_report_column *column)
{
    for (size_t i = 0; i < sizeof type_words / sizeof type_words[0]; i++) {
        if (strcmp(type_words[i].word, column->word) != 0)
            continue;
        column->type = type_words[i].type;
        column->mask = type_words[i].mask;
        column->entry_kind = type_words[i].entry_kind;
        column->running = type_words[i].running;
        column->hidden = type_words[i].hidden;
        column->each = type_words[i].each;
        return VIP_OK;
    }
    fail_at(header, column->line, column->name);
    return vip_fail(
        header->diag, VIP_EUSAGE,
        "'%s' is no type: expected text, date, count, points, yuan, percent, ratio, "
        "quantity, number, running, entry, phone, id_no, address, email, each, figure or "
        "hidden",
        column->word);
}

bool vip_report_type(const char *word, enum vip_type *type, enum vip_report_mask *mask)
{
    for (size_t i = 0; i < sizeof type_words / sizeof type_words[0]; i++) {
        if (strcmp(type_words[i].word, word) != 0)
            continue;
        *type = type_words[i].type;
        *mask = type_words[i].mask;
        return true;
    }
    return false;
}

/* "sales yuan 净销售额: sales less returns". */
static int read_column(struct header *header, const char *value, size_t line)
{
    const char *end = value + strlen(value), *colon = strchr(value, ':');
    const char *head_end = colon ? colon : end;
    const char *type = value + strcspn(value, " ");
    const char *type_start = type + strspn(type, " ");
    const char *type_end = type_start + strcspn(type_start, " :");
    struct vip_report *report = header->report;

    if (type_start >= head_end) {
        fail_at(header, line, "column");
        return vip_fail(header->diag, VIP_EUSAGE,
                        "'%s' lacks a type: expected 'NAME TYPE 中文: meaning'", value);
    }
    if (report->column_count == COLUMN_LIMIT) {
        fail_at(header, line, "column");
        return vip_fail(header->diag, VIP_EUSAGE, "more than %d columns", COLUMN_LIMIT);
    }
    struct vip_report_column *column = &header->columns[report->column_count++];
    column->line = line;
    column->name = cut(header, value, type);
    column->word = cut(header, type_start, type_end);
    column->heading = cut(header, type_end, head_end);
    column->meaning = cut(header, colon ? colon + 1 : end, end);
    if (!column->name || !column->word || !column->heading || !column->meaning)
        return vip_fail_memory(header->diag);
    return set_type(header, column);
}

static int read_title(struct header *header, const char *value)
{
    const char *bar = strchr(value, '|'), *end = value + strlen(value);

    header->report->title_en = cut(header, value, bar ? bar : end);
    header->report->title_zh = bar ? cut(header, bar + 1, end) : header->report->title_en;
    return header->report->title_en && header->report->title_zh ? VIP_OK
                                                                : vip_fail_memory(header->diag);
}

static int check_period(struct header *header, const char *value, size_t line)
{
    struct vip_period period;

    header->report->period = value;
    if (strcmp(value, "all") == 0)
        return VIP_OK;
    fail_at(header, line, "period");
    int error = vip_period_parse(value, 0, &period, header->diag);
    if (!error)
        vip_diag_clear(header->diag);
    return error;
}

/* Its columns may stand below: it is read when all are known. */
static int note_chart(struct header *header, const char *value, size_t line)
{
    size_t at = header->report->chart_count;

    if (at == VIP_REPORT_CHARTS) {
        fail_at(header, line, "chart");
        return vip_fail(header->diag, VIP_EUSAGE, "more than %d charts", VIP_REPORT_CHARTS);
    }
    header->charts[at].text = value;
    header->charts[at].line = line;
    header->report->chart_count++;
    return VIP_OK;
}

static int read_uses(struct header *header, const char *value, size_t line)
{
    header->report->near_tier = strcmp(value, "near-tier") == 0;
    if (header->report->near_tier)
        return VIP_OK;
    fail_at(header, line, "uses");
    return vip_fail(header->diag, VIP_EUSAGE, "'%.40s' is not known: expected near-tier", value);
}

static int take_key(struct header *header, const char *key, const char *value, size_t line)
{
    struct vip_report *report = header->report;

    if (strcmp(key, "column") == 0)
        return read_column(header, value, line);
    if (strcmp(key, "title") == 0)
        return read_title(header, value);
    if (strcmp(key, "period") == 0)
        return check_period(header, value, line);
    if (strcmp(key, "needs") == 0) {
        report->needs = value;
        return VIP_OK;
    }
    if (strcmp(key, "source") == 0) {
        report->source = value;
        return VIP_OK;
    }
    if (strcmp(key, "uses") == 0)
        return read_uses(header, value, line);
    if (strcmp(key, "by") == 0 || strcmp(key, "total") == 0) {
        *(*key == 'b' ? &header->by : &header->total) = (struct names){value, line};
        return VIP_OK;
    }
    if (strcmp(key, "chart") == 0)
        return note_chart(header, value, line);
    if (strcmp(key, "about") != 0)
        return VIP_OK; /* a remark of the author */
    report->about =
        *report->about ? vip_arena_format(header->arena, "%s %s", report->about, value) : value;
    return report->about ? VIP_OK : vip_fail_memory(header->diag);
}

/* One "-- key: value" with its continuation lines put together. */
static int take_line(struct header *header, const char *text, size_t line)
{
    const char *colon = strchr(text, ':');

    if (!colon)
        return VIP_OK;
    const char *key = cut(header, text, colon);
    const char *value = cut(header, colon + 1, text + strlen(text));
    if (!key || !value)
        return vip_fail_memory(header->diag);
    return take_key(header, key, value, line);
}

static bool continues(const char *line)
{
    return strncmp(line, "--   ", 5) == 0;
}

static int read_lines(struct header *header, const char *text)
{
    struct vip_buffer whole = {0};
    size_t line = 1;
    int error = VIP_OK;

    while (!error && strncmp(text, "--", 2) == 0) {
        size_t first = line;
        vip_buffer_clear(&whole);
        do {
            size_t size = strcspn(text, "\n"), skip = 2 + strspn(text + 2, " ");
            if (vip_buffer_byte(&whole, ' ') || vip_buffer_add(&whole, text + skip, size - skip))
                error = vip_fail_memory(header->diag);
            text += size + (text[size] == '\n');
            line++;
        } while (!error && continues(text));
        if (!error)
            error = take_line(header, whole.data, first);
    }
    vip_buffer_free(&whole);
    return error;
}

/* The place of a column; column_count when there is none of that name. */
static size_t column_place(const struct header *header, const char *name, size_t size)
{
    size_t place = 0, count = header->report->column_count;

    while (place < count && (strlen(header->columns[place].name) != size ||
                             memcmp(header->columns[place].name, name, size) != 0))
        place++;
    return place;
}

static int fail_column(struct header *header, size_t line, const char *key, const char *name,
                       size_t size)
{
    fail_at(header, line, key);
    return vip_fail(header->diag, VIP_EUSAGE, "'%.*s' is no column of the header",
                    (int)(size < 60 ? size : 60), name);
}

/* The next column that a list names; NULL behind the last. */
static int next_named(struct header *header, const struct names *names, const char *key,
                      const char **rest, struct vip_report_column **column)
{
    const char *part;
    size_t size;

    *column = NULL;
    if (!vip_text_split(rest, ',', &part, &size))
        return VIP_OK;
    size_t place = column_place(header, part, size);
    if (place == header->report->column_count)
        return fail_column(header, names->line, key, part, size);
    *column = &header->columns[place];
    return VIP_OK;
}

static int mark_columns(struct header *header)
{
    struct vip_report_column *column = NULL;
    const char *rest = header->by.text;
    int error = next_named(header, &header->by, "by", &rest, &column);

    for (; error == VIP_OK && column;
         error = next_named(header, &header->by, "by", &rest, &column)) {
        column->group = true;
        header->report->group_count++;
    }
    rest = header->total.text;
    if (error == VIP_OK)
        error = next_named(header, &header->total, "total", &rest, &column);
    for (; error == VIP_OK && column;
         error = next_named(header, &header->total, "total", &rest, &column)) {
        column->summed = true;
        header->report->summed_count++;
    }
    return error;
}

static bool chart_kind(const char *word, size_t size, enum vip_chart_kind *kind)
{
    static const char *const words[] = {
        [VIP_CHART_LINE] = "line", [VIP_CHART_BARS] = "bars", [VIP_CHART_HEAT] = "heat"};

    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (strlen(words[i]) != size || memcmp(words[i], word, size) != 0)
            continue;
        *kind = (enum vip_chart_kind)i;
        return true;
    }
    return false;
}

/* "bars store sales". */
static int read_chart(struct header *header, size_t at)
{
    struct vip_chart *chart = &header->report->charts[at];
    const char *rest = header->charts[at].text, *part;
    size_t size, line = header->charts[at].line;
    bool known = vip_text_split(&rest, ' ', &part, &size) && chart_kind(part, size, &chart->kind);

    while (known && chart->count < VIP_CHART_COLUMNS && vip_text_split(&rest, ' ', &part, &size)) {
        if (!size) /* of several blanks */
            continue;
        size_t place = column_place(header, part, size);
        if (place == header->report->column_count)
            return fail_column(header, line, "chart", part, size);
        chart->columns[chart->count++] = place;
    }
    if (known && chart->count >= (chart->kind == VIP_CHART_HEAT ? 3 : 2))
        return VIP_OK;
    fail_at(header, line, "chart");
    return vip_fail(header->diag, VIP_EUSAGE,
                    "expected 'line COLUMN COLUMN...', 'bars COLUMN COLUMN...' or "
                    "'heat COLUMN... COLUMN COLUMN'");
}

static int read_charts(struct header *header)
{
    int error = VIP_OK;

    for (size_t i = 0; !error && i < header->report->chart_count; i++)
        error = read_chart(header, i);
    return error;
}

int vip_report_read(struct vip_report *report, const char *name, const char *path, const char *text,
                    struct vip_arena *arena, struct vip_diag *diag)
{
    struct header header = {
        .report = report, .arena = arena, .diag = diag, .by = {"", 0}, .total = {"", 0}};

    *report = (struct vip_report){.name = name,
                                  .path = path,
                                  .text = text,
                                  .title_en = name,
                                  .title_zh = name,
                                  .needs = "",
                                  .about = "",
                                  .source = "",
                                  .period = "all"};
    header.columns = vip_arena_zero(arena, COLUMN_LIMIT, sizeof *header.columns);
    if (!header.columns)
        return vip_fail_memory(diag);
    report->columns = header.columns;
    int error = read_lines(&header, text);
    if (!error)
        error = mark_columns(&header);
    return error ? error : read_charts(&header);
}
