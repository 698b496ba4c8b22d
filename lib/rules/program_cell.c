/* Reads one cell of a programme's table by its rule, or says what was expected instead. */
#include "lib/base/text.h"
#include "lib/rules/program_schema.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

_Static_assert(sizeof(enum vip_basis) == sizeof(int), "choices are stored as int");

enum { SHOWN = 60 }; /* bytes of a cell that a message repeats */

static int fail_at(struct vip_cell_place *at, size_t line, const char *column, const char *text)
{
    vip_diag_clear(at->diag);
    vip_diag_place(at->diag, at->sheet->path, line, column);
    return vip_fail(at->diag, VIP_EUSAGE, "%s", text);
}

int vip_cell_fail(struct vip_cell_place *at, const char *column, const char *format, ...)
{
    char text[sizeof at->diag->text];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    return fail_at(at, at->sheet->lines[at->row], column, text);
}

int vip_header_fail(struct vip_cell_place *at, const char *column, const char *format, ...)
{
    char text[sizeof at->diag->text];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    return fail_at(at, 1, column, text);
}

static const char *column_names(struct vip_arena *arena, const struct vip_cell_rule *rules)
{
    const char *text = "";

    for (size_t i = 0; text && rules[i].column; i++)
        text = vip_arena_format(arena, "%s%s%s", text, i ? ", " : "", rules[i].column);
    return text ? text : "";
}

int vip_header_check(struct vip_cell_place *at, const struct vip_cell_rule *rules)
{
    const struct vip_sheet *sheet = at->sheet;

    for (size_t i = 0; i < sheet->column_count; i++) {
        const struct vip_cell_rule *rule = rules;
        while (rule->column && strcmp(rule->column, sheet->columns[i]) != 0)
            rule++;
        if (!rule->column)
            return vip_header_fail(at, sheet->columns[i], "is no column of %s: expected %s",
                                   sheet->name, column_names(at->arena, rules));
        if (vip_sheet_column(sheet, rule->column) != (int)i)
            return vip_header_fail(at, rule->column, "is there twice: expected each column once");
    }
    for (; rules->column; rules++)
        if ((rules->need & VIP_NEED_COLUMN) && vip_sheet_column(sheet, rules->column) < 0)
            return vip_header_fail(at, rules->column, "is missing: expected this column in %s",
                                   sheet->name);
    return 0;
}

/* The cell, or its beginning when it is too long for a message. */
static const char *shown(struct vip_cell_place *at, const char *cell)
{
    size_t size = strlen(cell);

    if (size <= SHOWN)
        return cell;
    size = vip_utf8_valid(cell, SHOWN);
    const char *text = vip_arena_format(at->arena, "%.*s…", (int)size, cell);
    return text ? text : "";
}

const char *vip_words_text(struct vip_arena *arena, const char *const *words)
{
    const char *text = "";

    for (size_t i = 0; text && words[i]; i++) {
        const char *between = i == 0 ? "" : words[i + 1] ? ", " : " or ";
        text = vip_arena_format(arena, "%s%s%s", text, between, words[i]);
    }
    return text ? text : "";
}

const char *vip_cell_text(struct vip_cell_place *at, const char *column)
{
    const char *text = vip_text_trim(at->arena, vip_sheet_cell(at->sheet, at->row, column));

    if (!text)
        vip_fail_memory(at->diag);
    return text;
}

static bool word_at(const char *const *words, const char *part, size_t size, int *index)
{
    for (int i = 0; words[i]; i++)
        if (strlen(words[i]) == size && memcmp(words[i], part, size) == 0) {
            *index = i;
            return true;
        }
    return false;
}

static int read_index(struct vip_cell_place *at, const struct vip_cell_rule *rule,
                      const char *column, const char *cell, int *index)
{
    for (*index = 0; rule->words[*index]; ++*index)
        if (vip_text_same(rule->words[*index], cell))
            return 0;
    return vip_cell_fail(at, column, "'%s' is not known here: expected %s", shown(at, cell),
                         vip_words_text(at->arena, rule->words));
}

static int read_flag(struct vip_cell_place *at, const struct vip_cell_rule *rule,
                     const char *column, const char *cell, void *to)
{
    int index = 0;
    bool yes_no = strcmp(rule->words[0], "no") == 0;

    if (yes_no && (strcmp(cell, "是") == 0 || strcmp(cell, "否") == 0))
        index = strcmp(cell, "是") == 0;
    else if (read_index(at, rule, column, cell, &index))
        return VIP_EUSAGE;
    *(bool *)to = index == 1;
    return 0;
}

static int read_word(struct vip_cell_place *at, const char *column, const char *cell, void *to)
{
    if (strpbrk(cell, "| \t\r\n!") || vip_text_same(cell, "*"))
        return vip_cell_fail(at, column,
                             "'%s' is not a name: expected one word without blanks, "
                             "| and !",
                             shown(at, cell));
    memcpy(to, &cell, sizeof cell);
    return 0;
}

/* Copies the list without blanks around its parts; an empty part is most likely a slip. */
static int read_list(struct vip_cell_place *at, const char *column, const char *cell,
                     const char **list)
{
    bool but = cell[0] == '!';
    const char *rest = cell + but, *part;
    size_t size;
    char *text = vip_arena_take(at->arena, strlen(cell) + 2), *to = text;

    if (!text)
        return vip_fail_memory(at->diag);
    if (but)
        *to++ = '!';
    for (bool first = true; vip_text_split(&rest, '|', &part, &size); first = false) {
        if (!first)
            *to++ = '|';
        if (size == 0)
            return vip_cell_fail(at, column, "'%s' has an empty part: expected a|b",
                                 shown(at, cell));
        memcpy(to, part, size);
        to += size;
    }
    *to = 0;
    *list = text;
    return 0;
}

static const char *known_tiers(struct vip_cell_place *at)
{
    const struct vip_program *program = at->program;
    const char *text = "";

    for (size_t i = 0; text && i < program->tier_count; i++)
        text = vip_arena_format(at->arena, "%s%s%s", text, i ? ", " : "", program->tiers[i].tier);
    return text && *text ? text : "none";
}

static int check_tier(struct vip_cell_place *at, const char *column, const char *part, size_t size)
{
    const char *tier = vip_arena_copy(at->arena, part, size);

    if (!tier)
        return vip_fail_memory(at->diag);
    if (vip_program_tier(at->program, tier))
        return 0;
    return vip_cell_fail(at, column, "'%s' is not a tier: tiers.csv has %s", shown(at, tier),
                         known_tiers(at));
}

static int read_tiers(struct vip_cell_place *at, const char *column, const char *cell,
                      const char **list)
{
    const char *rest, *part;
    size_t size;
    int error = read_list(at, column, cell, list);

    if (error)
        return error;
    rest = *list + (**list == '!');
    while (!error && vip_text_split(&rest, '|', &part, &size))
        error = check_tier(at, column, part, size);
    return error;
}

static int in_range(struct vip_cell_place *at, const struct vip_cell_rule *rule, const char *column,
                    const char *cell, int64_t number)
{
    int64_t unit = rule->kind == VIP_CELL_FEN ? 100 : 1;

    if (number >= rule->low && number <= rule->high)
        return 0;
    if (number < rule->low)
        return vip_cell_fail(at, column, "'%s' is too small: expected %lld or more",
                             shown(at, cell), (long long)(rule->low / unit));
    return vip_cell_fail(at, column, "'%s' is too large: expected %lld or less", shown(at, cell),
                         (long long)(rule->high / unit));
}

int vip_cell_integer(struct vip_cell_place *at, const char *column, const char *cell,
                     int64_t *number)
{
    const char *why = "";

    if (vip_integer_parse(cell, number, &why) == 0)
        return 0;
    return vip_cell_fail(at, column, "'%s' %s: expected a whole number", shown(at, cell), why);
}

int vip_cell_fen(struct vip_cell_place *at, const char *column, const char *cell, vip_fen *fen)
{
    const char *why = "";

    if (vip_fen_parse(cell, fen, &why) == 0)
        return 0;
    return vip_cell_fail(at, column, "'%s' %s: expected an amount in yuan", shown(at, cell), why);
}

int vip_cell_percent(struct vip_cell_place *at, const char *column, const char *cell,
                     int64_t *percent)
{
    size_t size = strlen(cell);
    const char *why = "";
    char number[32];

    if (size > 1 && size < sizeof number && cell[size - 1] == '%') {
        memcpy(number, cell, size - 1);
        number[size - 1] = 0;
        if (vip_decimal_parse(number, 2, percent, &why) == 0 && *percent >= 0 && *percent <= 10000)
            return 0;
    }
    return vip_cell_fail(at, column, "'%s' is not a share: expected 0%% to 100%%, such as 15%%",
                         shown(at, cell));
}

static int read_number(struct vip_cell_place *at, const struct vip_cell_rule *rule,
                       const char *column, const char *cell, void *to)
{
    int64_t number = 0;
    int error = rule->kind == VIP_CELL_FEN ? vip_cell_fen(at, column, cell, &number)
                                           : vip_cell_integer(at, column, cell, &number);

    if (!error)
        error = in_range(at, rule, column, cell, number);
    if (error)
        return error;
    if (rule->kind == VIP_CELL_INT)
        *(int *)to = (int)number;
    else
        *(int64_t *)to = number;
    return 0;
}

static int read_day(struct vip_cell_place *at, const char *column, const char *cell, vip_day *day)
{
    const char *why = "";

    if (vip_day_parse(cell, day, NULL, &why) == 0)
        return 0;
    return vip_cell_fail(at, column, "'%s' %s: expected a date such as 2026-11-21", shown(at, cell),
                         why);
}

static int read_span(struct vip_cell_place *at, const char *column, const char *cell,
                     struct vip_span *span)
{
    if (vip_span_parse(cell, span) || span->count < 0)
        return vip_cell_fail(at, column,
                             "'%s' is not a span of time: expected 30d, 2w, 12m or never",
                             shown(at, cell));
    return 0;
}

static int read_months(struct vip_cell_place *at, const char *column, const char *cell,
                       unsigned *months)
{
    static const char *const numbers[] = {"1", "2", "3",  "4",  "5",  "6", "7",
                                          "8", "9", "10", "11", "12", NULL};
    const char *rest = cell, *part;
    size_t size;
    int index;

    *months = 0;
    while (vip_text_split(&rest, '|', &part, &size)) {
        while (size > 1 && *part == '0') {
            part++;
            size--;
        }
        if (!word_at(numbers, part, size, &index))
            return vip_cell_fail(at, column,
                                 "'%s' is not a list of months: expected 1 to 12, "
                                 "such as 3|8",
                                 shown(at, cell));
        *months |= 1U << index;
    }
    return 0;
}

static int read_choice(struct vip_cell_place *at, const struct vip_cell_rule *rule,
                       const char *column, const char *cell, void *to)
{
    int index = 0, error = read_index(at, rule, column, cell, &index);

    if (error)
        return error;
    if (rule->kind == VIP_CELL_CHOICE)
        memcpy(to, &index, sizeof index);
    else
        memcpy(to, &rule->words[index], sizeof rule->words[index]);
    return 0;
}

static int read_full(struct vip_cell_place *at, const struct vip_cell_rule *rule,
                     const char *column, const char *cell, void *to)
{
    int64_t percent;

    switch (rule->kind) {
    case VIP_CELL_TEXT:
        memcpy(to, &cell, sizeof cell);
        return 0;
    case VIP_CELL_WORD:
        return read_word(at, column, cell, to);
    case VIP_CELL_WORDS:
    case VIP_CELL_CHOICE:
        return read_choice(at, rule, column, cell, to);
    case VIP_CELL_FLAG:
        return read_flag(at, rule, column, cell, to);
    case VIP_CELL_LIST:
        return read_list(at, column, cell, to);
    case VIP_CELL_TIERS:
        return read_tiers(at, column, cell, to);
    case VIP_CELL_TIER:
        memcpy(to, &cell, sizeof cell);
        return check_tier(at, column, cell, strlen(cell));
    case VIP_CELL_INT:
    case VIP_CELL_COUNT:
    case VIP_CELL_FEN:
        return read_number(at, rule, column, cell, to);
    case VIP_CELL_DAY:
        return read_day(at, column, cell, to);
    case VIP_CELL_SPAN:
        return read_span(at, column, cell, to);
    case VIP_CELL_MONTHS:
        return read_months(at, column, cell, to);
    case VIP_CELL_PERCENT:
        memcpy(to, &cell, sizeof cell);
        return vip_cell_percent(at, column, cell, &percent);
    case VIP_CELL_OWN:
        break;
    }
    return 0;
}

/* Items are zeroed, so only what is not zero when absent is said here. */
static void read_empty(const struct vip_cell_rule *rule, void *to)
{
    static const char nothing[] = "";
    const char *text = nothing;
    int number = (int)rule->empty;

    switch (rule->kind) {
    case VIP_CELL_TEXT:
    case VIP_CELL_WORD:
    case VIP_CELL_WORDS:
    case VIP_CELL_LIST:
    case VIP_CELL_TIERS:
    case VIP_CELL_TIER:
    case VIP_CELL_PERCENT:
        memcpy(to, &text, sizeof text);
        break;
    case VIP_CELL_CHOICE:
    case VIP_CELL_INT:
        memcpy(to, &number, sizeof number);
        break;
    case VIP_CELL_FLAG:
        *(bool *)to = rule->empty != 0;
        break;
    case VIP_CELL_COUNT:
    case VIP_CELL_FEN:
        *(int64_t *)to = rule->empty;
        break;
    case VIP_CELL_DAY:
        *(vip_day *)to = VIP_DAY_NONE;
        break;
    case VIP_CELL_SPAN:
    case VIP_CELL_MONTHS:
    case VIP_CELL_OWN:
        break; /* never, any, and what the table says */
    }
}

int vip_cell_read(struct vip_cell_place *at, const struct vip_cell_rule *rule, const char *column,
                  const char *cell, void *item)
{
    void *to = (char *)item + rule->offset;

    if (*cell)
        return read_full(at, rule, column, cell, to);
    if ((rule->need & VIP_NEED_CELL) == VIP_NEED_CELL)
        return vip_cell_fail(at, column, "is empty: expected a value in every row");
    read_empty(rule, to);
    return 0;
}
