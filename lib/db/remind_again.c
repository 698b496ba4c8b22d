/* Reminders that are given again, or were moved to another day: see remind.h. */
#include "lib/db/remind.h"

#include <stdlib.h>
#include <string.h>

struct again {
    const struct vip_program *program;
    struct vip_arena *arena;
    struct vip_diag *diag;
    struct vip_remind_item *items;
    size_t count, capacity;
};

/* Stands for a rule where a text was sent to a list, or the programme has dropped the rule. */
static const struct vip_reminder *make_rule(struct again *again, struct vip_statement *row)
{
    struct vip_reminder *rule = vip_arena_zero(again->arena, 1, sizeof *rule);

    if (!rule)
        return NULL;
    rule->kind = vip_arena_text(again->arena, vip_column_text(row, 2));
    rule->channel = vip_arena_text(again->arena, vip_column_text(row, 4));
    rule->template_name = rule->kind;
    rule->anchor = rule->tier = "";
    rule->offset.unit = VIP_SPAN_DAYS;
    rule->consent = "";
    if (vip_column_integer(row, 5))
        rule->consent = rule->channel && strcmp(rule->channel, "call") == 0 ? "call" : "sms";
    return rule->kind && rule->channel ? rule : NULL;
}

/* The rule that the key was made for, and the day that it counts from. */
static const struct vip_reminder *find_rule(struct again *again, struct vip_statement *row,
                                            vip_day *event)
{
    const char *key = vip_column_text(row, 1), *channel = vip_column_text(row, 4);

    for (size_t i = 0; i < again->program->reminder_count; i++) {
        const struct vip_reminder *rule = &again->program->reminders[i];
        if (vip_remind_key_is(rule, key, event) && strcmp(rule->channel, channel) == 0)
            return rule;
    }
    const struct vip_reminder *made = make_rule(again, row);
    if (made && !vip_remind_key_is(made, key, event))
        *event = vip_column_day(row, 3);
    return made;
}

static int add(struct again *again, struct vip_statement *row)
{
    struct vip_remind_item item = {.member = vip_column_integer(row, 0),
                                   .due = vip_column_day(row, 3),
                                   .from = VIP_DAY_NONE,
                                   .to = VIP_DAY_NONE};

    item.rule = find_rule(again, row, &item.event);
    item.key = vip_arena_text(again->arena, vip_column_text(row, 1));
    item.facts = vip_arena_text(again->arena, vip_column_text(row, 6));
    if (!item.rule || !item.key || !item.facts)
        return vip_fail_memory(again->diag);
    void *items = again->items;
    if (vip_array_grow(&items, &again->capacity, again->count + 1, sizeof item))
        return vip_fail_memory(again->diag);
    again->items = items;
    again->items[again->count++] = item;
    return VIP_OK;
}

static int query_rows(struct vip_db *db, const struct vip_remind_query *query, const char *which,
                      struct vip_statement **row, struct vip_diag *diag)
{
    vip_day day;

    if (!which)
        return vip_db_query(db, VIP_SQL_remind_again, row, diag,
                            vip_int(query->as_of + query->ahead));
    if (vip_day_parse(which, &day, NULL, NULL) == 0)
        return vip_db_query(db, VIP_SQL_remind_again_day, row, diag, vip_int(day));
    return vip_db_query(db, VIP_SQL_remind_again_key, row, diag, vip_text(which));
}

int vip_remind_again(struct vip_db *db, const struct vip_remind_query *query, const char *which,
                     struct vip_arena *arena, struct vip_remind_item **items, size_t *count,
                     struct vip_diag *diag)
{
    struct again again = {
        .program = vip_programs_on(query->programs, query->as_of), .arena = arena, .diag = diag};
    struct vip_statement *row = NULL;
    int more = query_rows(db, query, which, &row, diag);
    int error = VIP_OK;

    for (; more > 0; more = vip_step(row, diag)) {
        if (vip_remind_is_asked(query->kinds, vip_column_text(row, 2)))
            error = add(&again, row);
        if (error) {
            vip_reset(row);
            break;
        }
    }
    error = error ? error : more;
    *items = NULL;
    *count = again.count;
    if (!error && again.count) {
        *items = vip_arena_zero(arena, again.count, sizeof **items);
        if (*items)
            memcpy(*items, again.items, again.count * sizeof **items);
        else
            error = vip_fail_memory(diag);
    }
    free(again.items);
    return error;
}
