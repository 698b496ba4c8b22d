/* program.csv: one value a key, with what holds where a key is absent. */
#include "lib/base/text.h"
#include "lib/rules/card_number.h"
#include "lib/rules/program_schema.h"
#include "lib/rules/remind.h"

#include <string.h>

/* What a programme without the key does. */
static void set_defaults(struct vip_program *program)
{
    program->qualifying_earns = true;
    program->redeemable_after = (struct vip_span){0, VIP_SPAN_DAYS};
    program->identify = "phone";
    program->card_format = "K{seq:6}";
    program->witness = "";
    program->claim_window = (struct vip_span){30, VIP_SPAN_DAYS};
    program->contact_retry = (struct vip_span){1, VIP_SPAN_DAYS};
    program->contact_tries = 3;
    program->quiet_days = "";
    program->card_valid.unit = VIP_SPAN_NEVER;
    program->posting_deadline.unit = VIP_SPAN_NEVER;
    program->rebate_claim.unit = VIP_SPAN_NEVER;
}

static int fail_value(struct vip_cell_place *at, const char *key, const char *cell,
                      const char *expected)
{
    return vip_cell_fail(at, "value", "'%.100s' is no value of %s: expected %s", cell, key,
                         expected);
}

static int read_expiry(struct vip_cell_place *at, const char *cell)
{
    struct vip_expiry *expiry = &at->program->points_expire;
    struct vip_span span = {0, VIP_SPAN_MONTHS};
    const char *months = cell;

    if (strcmp(cell, "never") == 0) {
        expiry->mode = VIP_EXPIRE_NEVER;
        return 0;
    }
    if (strcmp(cell, "card") == 0) {
        expiry->mode = VIP_EXPIRE_CARD;
        return 0;
    }
    expiry->mode = VIP_EXPIRE_MONTHS;
    if (strncmp(cell, "year-end", 8) == 0) {
        expiry->mode = VIP_EXPIRE_YEAR_END;
        months = cell[8] == '+' ? cell + 9 : cell + 8;
    }
    bool bare = expiry->mode == VIP_EXPIRE_YEAR_END && !cell[8];
    bool joined = expiry->mode == VIP_EXPIRE_MONTHS || bare || cell[8] == '+';
    if (!joined || (!bare && (vip_span_parse(months, &span) || span.unit != VIP_SPAN_MONTHS ||
                              span.count <= 0 || span.count > 1200)))
        return fail_value(at, "points_expire", cell, "never, card, year-end, 24m or year-end+3m");
    expiry->months = span.count;
    return 0;
}

static int read_point_value(struct vip_cell_place *at, const char *cell)
{
    const char *why = "";

    if (vip_decimal_parse(cell, 4, &at->program->point_value, &why) ||
        at->program->point_value < 0 || at->program->point_value > 10000 * INT64_C(1000))
        return fail_value(at, "point_value", cell, "yuan for one point, such as 0.01");
    return 0;
}

static bool identifying(const char *part, size_t size)
{
    static const char *const columns[] = {"member", "phone", "id_no", "name", "birthday", NULL};

    for (size_t i = 0; columns[i]; i++)
        if (strlen(columns[i]) == size && memcmp(columns[i], part, size) == 0)
            return true;
    return false;
}

static int read_identify(struct vip_cell_place *at, const char *cell)
{
    const char *rest = cell, *way, *part;
    size_t size, part_size;

    while (vip_text_split(&rest, '|', &way, &size)) {
        const char *copy = vip_arena_copy(at->arena, way, size);
        if (!copy)
            return vip_fail_memory(at->diag);
        for (bool any = false;; any = true) {
            if (!vip_text_split(&copy, '+', &part, &part_size)) {
                if (any)
                    break;
                part_size = 0;
            }
            if (part_size == 0 || !identifying(part, part_size))
                return fail_value(at, "identify", cell,
                                  "member, phone, id_no, name or birthday, joined by + and |, such "
                                  "as phone|name+birthday");
        }
    }
    at->program->identify = cell;
    return 0;
}

static int read_card_format(struct vip_cell_place *at, const char *cell)
{
    const char *expected = vip_card_format_fault(cell);

    if (expected)
        return fail_value(at, "card_format", cell, expected);
    at->program->card_format = cell;
    return 0;
}

static int read_witness(struct vip_cell_place *at, const char *cell)
{
    const char *rest = cell, *part;
    size_t size;

    while (vip_text_split(&rest, '|', &part, &size)) {
        const char *word = vip_arena_copy(at->arena, part, size);
        if (!word)
            return vip_fail_memory(at->diag);
        if (strcmp(word, "adjust") != 0 && strcmp(word, "transfer") != 0 &&
            strcmp(word, "topup") != 0)
            return fail_value(at, "witness", cell, "some of adjust|transfer|topup");
    }
    at->program->witness = cell;
    return 0;
}

static int read_quiet_days(struct vip_cell_place *at, const char *cell)
{
    const char *rest = cell, *part;
    size_t size;

    while (vip_text_split(&rest, '|', &part, &size)) {
        const char *copy = vip_arena_copy(at->arena, part, size);
        if (!copy)
            return vip_fail_memory(at->diag);
        if (!vip_remind_quiet_part(copy, VIP_DAY_NONE))
            return fail_value(at, "quiet_days", cell,
                              "weekdays and days of the year parted by |, such as "
                              "sunday|05-01|L01-01");
    }
    at->program->quiet_days = cell;
    return 0;
}

static int read_own(struct vip_cell_place *at, const char *key, const char *cell)
{
    static const struct {
        const char *key;
        int (*read)(struct vip_cell_place *at, const char *cell);
    } readers[] = {{"points_expire", read_expiry}, {"point_value", read_point_value},
                   {"identify", read_identify},    {"card_format", read_card_format},
                   {"witness", read_witness},      {"quiet_days", read_quiet_days}};

    for (size_t i = 0; i < sizeof readers / sizeof *readers; i++)
        if (strcmp(readers[i].key, key) == 0)
            return readers[i].read(at, cell);
    return 0;
}

static const char *key_names(struct vip_arena *arena)
{
    const char *names[32] = {NULL};

    for (size_t i = 0; i < 31 && vip_key_rules[i].column; i++)
        names[i] = vip_key_rules[i].column;
    return vip_words_text(arena, names);
}

/* A card that is valid for no time and a deadline in minutes are slips; what is earned can be kept
 * back for days only. */
static int check_span(struct vip_cell_place *at, const struct vip_cell_rule *rule, const char *cell)
{
    struct vip_span span;
    bool days = strcmp(rule->column, "redeemable_after") == 0;

    memcpy(&span, (const char *)at->program + rule->offset, sizeof span);
    if (days && span.unit != VIP_SPAN_DAYS)
        return fail_value(at, rule->column, cell, "days, such as 0d or 1d");
    if (span.unit == VIP_SPAN_MINUTES ||
        (span.unit != VIP_SPAN_NEVER && span.count == 0 && strcmp(rule->column, "card_valid") == 0))
        return fail_value(at, rule->column, cell, "days or months, such as 30d or 12m, or never");
    return 0;
}

static int read_key(struct vip_cell_place *at)
{
    const char *key = vip_cell_text(at, "key"), *cell = vip_cell_text(at, "value");
    const struct vip_cell_rule *rule = vip_key_rules;

    if (!key || !cell)
        return VIP_EMEMORY;
    while (rule->column && strcmp(rule->column, key) != 0)
        rule++;
    if (!rule->column)
        return vip_cell_fail(at, "key", "'%.60s' is no key: expected %s", key,
                             key_names(at->arena));
    for (size_t i = 0; i < at->row; i++)
        if (vip_text_same(vip_sheet_cell(at->sheet, i, "key"), key))
            return vip_cell_fail(at, "key", "'%s' is on line %zu already: expected each key once",
                                 key, at->sheet->lines[i]);
    if (!*cell && rule->need == VIP_NEED_NOTHING)
        return 0;
    if (rule->kind == VIP_CELL_OWN)
        return read_own(at, key, cell);
    int error = vip_cell_read(at, rule, "value", cell, at->program);
    if (!error && rule->kind == VIP_CELL_SPAN)
        error = check_span(at, rule, cell);
    return error;
}

int vip_keys_read(struct vip_cell_place *at)
{
    static const struct vip_cell_rule columns[] = {
        {"key", .need = VIP_NEED_CELL}, {"value", .need = VIP_NEED_COLUMN}, {.column = NULL}};
    int error = vip_header_check(at, columns);

    set_defaults(at->program);
    if (error)
        return error;
    for (at->row = 0; at->row < at->sheet->row_count; at->row++) {
        error = read_key(at);
        if (error)
            return error;
    }
    if (!at->program->name)
        return vip_header_fail(at, "key", "there is no key name: expected a row name,VALUE");
    return 0;
}
