/* Builds a programme from its sheets: program.csv first, then the message texts, then every table
 * by its rule. */
#include "lib/rules/program.h"

#include "lib/base/map.h"
#include "lib/base/text.h"
#include "lib/rules/program_schema.h"

#include <string.h>

static const char templates_folder[] = "templates/";

const char *const vip_program_tables[] = {
    "program.csv",    "fields.csv",  "tiers.csv",    "entry.csv",  "keep.csv",
    "earn.csv",       "rewards.csv", "benefits.csv", "topups.csv", "reminders.csv",
    "incentives.csv", "classes.csv", "holidays.csv", NULL,
};

static const struct vip_sheet *find_sheet(const struct vip_sheet *sheets, size_t count,
                                          const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(sheets[i].name, name) == 0)
            return &sheets[i];
    return NULL;
}

static bool is_template(const struct vip_sheet *sheet)
{
    return strncmp(sheet->name, templates_folder, sizeof templates_folder - 1) == 0;
}

static bool is_table(const struct vip_sheet *sheet)
{
    for (size_t i = 0; vip_program_tables[i]; i++)
        if (strcmp(vip_program_tables[i], sheet->name) == 0)
            return true;
    return false;
}

/* Only what a programme knows may be in its folder: a misspelt table would be an empty one. */
static int check_sheets(const struct vip_sheet *sheets, size_t count, struct vip_cell_place *at)
{
    for (size_t i = 0; i < count; i++) {
        vip_diag_clear(at->diag);
        vip_diag_place(at->diag, sheets[i].path, 0, NULL);
        if (!is_template(&sheets[i]) && !is_table(&sheets[i]))
            return vip_fail(at->diag, VIP_EUSAGE, "is no table of a programme: expected %s",
                            vip_words_text(at->arena, vip_program_tables));
        if (find_sheet(sheets, i, sheets[i].name))
            return vip_fail(at->diag, VIP_EUSAGE, "is there twice: expected each table once");
    }
    vip_diag_clear(at->diag);
    return 0;
}

/* Remembers the cell, or fails when an earlier row has the same. */
static int check_unique(struct vip_cell_place *at, struct vip_map *seen, const char *column,
                        const char *cell)
{
    int64_t line;

    if (vip_map_find(seen, cell, &line))
        return vip_cell_fail(at, column, "'%.60s' is on line %lld already: expected it once", cell,
                             (long long)line);
    if (vip_map_put(seen, cell, (int64_t)at->sheet->lines[at->row]))
        return vip_fail_memory(at->diag);
    return 0;
}

static int read_row(struct vip_cell_place *at, const struct vip_table_rule *table,
                    struct vip_map *seen, void *item)
{
    for (const struct vip_cell_rule *rule = table->cells; rule->column; rule++) {
        const char *cell = vip_cell_text(at, rule->column);
        int error = cell ? vip_cell_read(at, rule, rule->column, cell, item) : VIP_EMEMORY;
        if (!error && rule->need == VIP_NEED_UNIQUE)
            error = check_unique(at, seen, rule->column, cell);
        if (error)
            return error;
    }
    if (table->line != VIP_NO_LINE)
        memcpy((char *)item + table->line, &at->sheet->lines[at->row], sizeof(size_t));
    return table->item ? table->item(at, item) : 0;
}

static int read_rows(struct vip_cell_place *at, const struct vip_table_rule *table, char *items)
{
    struct vip_map seen = {0};
    size_t count = at->sheet->row_count;
    int error = 0;

    for (at->row = 0; !error && at->row < count; at->row++)
        error = read_row(at, table, &seen, items + at->row * table->item_size);
    vip_map_free(&seen);
    if (!error && table->whole)
        error = table->whole(at, items, count);
    return error;
}

static int read_table(struct vip_cell_place *at, const struct vip_table_rule *table)
{
    size_t count = at->sheet->row_count;
    char *items = vip_arena_zero(at->arena, count ? count : 1, table->item_size);
    int error;

    if (!items)
        return vip_fail_memory(at->diag);
    at->row = 0;
    error = vip_header_check(at, table->cells);
    if (!error)
        error = read_rows(at, table, items);
    if (error)
        return error;
    memcpy((char *)at->program + table->items, &items, sizeof items);
    memcpy((char *)at->program + table->count, &count, sizeof count);
    return 0;
}

static int read_templates(struct vip_cell_place *at, const struct vip_sheet *sheets, size_t count)
{
    struct vip_template *items = vip_arena_zero(at->arena, count + 1, sizeof *items);
    size_t found = 0;

    if (!items)
        return vip_fail_memory(at->diag);
    at->row = 0;
    for (size_t i = 0; i < count; i++) {
        at->sheet = &sheets[i];
        if (!is_template(at->sheet))
            continue;
        int error = vip_template_read(at, &items[found++]);
        if (error)
            return error;
    }
    at->program->templates = items;
    at->program->template_count = found;
    return 0;
}

static int read_all(struct vip_cell_place *at, const struct vip_sheet *sheets, size_t count)
{
    int error = check_sheets(sheets, count, at);

    if (error)
        return error;
    at->sheet = find_sheet(sheets, count, "program.csv");
    if (!at->sheet)
        return vip_fail(at->diag, VIP_EUSAGE,
                        "there is no program.csv: expected it in the folder "
                        "of a programme");
    error = vip_keys_read(at);
    if (!error)
        error = read_templates(at, sheets, count);
    for (const struct vip_table_rule *table = vip_table_rules; !error && table->name; table++) {
        at->sheet = find_sheet(sheets, count, table->name);
        if (at->sheet)
            error = read_table(at, table);
    }
    return error;
}

int vip_program_build(const struct vip_program **program, const struct vip_sheet *sheets,
                      size_t sheet_count, vip_day effective, struct vip_arena *arena,
                      struct vip_diag *diag)
{
    struct vip_program *made = vip_arena_zero(arena, 1, sizeof *made);
    struct vip_cell_place at = {.program = made, .arena = arena, .diag = diag};

    *program = NULL;
    if (!made)
        return vip_fail_memory(diag);
    made->effective = effective;
    int error = read_all(&at, sheets, sheet_count);
    if (!error)
        *program = made;
    return error;
}

const struct vip_tier *vip_program_tier(const struct vip_program *program, const char *tier)
{
    for (size_t i = 0; i < program->tier_count; i++)
        if (strcmp(program->tiers[i].tier, tier) == 0)
            return &program->tiers[i];
    return NULL;
}

const struct vip_reward *vip_program_reward(const struct vip_program *program, const char *reward)
{
    for (size_t i = 0; i < program->reward_count; i++)
        if (strcmp(program->rewards[i].reward, reward) == 0)
            return &program->rewards[i];
    return NULL;
}

const struct vip_benefit *vip_program_benefit_of(const struct vip_program *program,
                                                 const char *benefit, const char *tier)
{
    for (size_t i = 0; i < program->benefit_count; i++)
        if (strcmp(program->benefits[i].benefit, benefit) == 0 &&
            (!tier || vip_list_has(program->benefits[i].tier, tier)))
            return &program->benefits[i];
    return NULL;
}

const struct vip_benefit *vip_program_benefit(const struct vip_program *program,
                                              const char *benefit)
{
    return vip_program_benefit_of(program, benefit, NULL);
}

const char *vip_program_template(const struct vip_program *program, const char *name,
                                 const char *lang)
{
    for (size_t i = 0; i < program->template_count; i++)
        if (strcmp(program->templates[i].name, name) == 0 &&
            strcmp(program->templates[i].lang, lang) == 0)
            return program->templates[i].text;
    return NULL;
}
