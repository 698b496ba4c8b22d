/* Reminders that are there: given before, or moved to another day: see remind.h. */
#include "lib/db/remind_items.h"

#include <stdlib.h>
#include <string.h>

/* ---- items ---- */

int vip_remind_items_add(struct vip_remind_items *items, const struct vip_remind_item *item,
                         struct vip_diag *diag)
{
    void *grown = items->items;

    if (vip_array_grow(&grown, &items->capacity, items->count + 1, sizeof *item))
        return vip_fail_memory(diag);
    items->items = grown;
    items->items[items->count++] = *item;
    return VIP_OK;
}

static int compare(int64_t left, int64_t right)
{
    return left < right ? -1 : left > right;
}

static int by_rule(const void *a, const void *b)
{
    const struct vip_remind_item *left = a, *right = b;
    int order = compare((int64_t)left->order, (int64_t)right->order);

    if (!order)
        order = compare(left->due, right->due);
    if (!order)
        order = compare(left->member, right->member);
    if (!order)
        order = compare(left->event, right->event);
    if (!order && left->key && right->key)
        order = strcmp(left->key, right->key);
    return order;
}

void vip_remind_items_sort(struct vip_remind_items *items, const struct vip_program *program)
{
    for (size_t i = 0; i < items->count; i++) {
        size_t order = 0;
        while (order < program->reminder_count &&
               &program->reminders[order] != items->items[i].rule)
            order++;
        items->items[i].order = order;
    }
    if (items->count)
        qsort(items->items, items->count, sizeof *items->items, by_rule);
}

int vip_remind_items_end(struct vip_remind_items *items, int error, struct vip_arena *arena,
                         struct vip_remind_item **to, size_t *count, struct vip_diag *diag)
{
    *to = NULL;
    *count = 0;
    if (!error && items->count) {
        *to = vip_arena_zero(arena, items->count, sizeof **to);
        if (*to)
            memcpy(*to, items->items, items->count * sizeof **to);
        else
            error = vip_fail_memory(diag);
    }
    if (!error)
        *count = items->count;
    free(items->items);
    *items = (struct vip_remind_items){0};
    return error;
}

/* ---- what is there ---- */

struct kept {
    const struct vip_program *program;
    const char *kinds;
    bool given;
    struct vip_arena *arena;
    struct vip_diag *diag;
    struct vip_remind_items *items;
};

/* Stands for a rule where a text was sent to a list, or the programme has dropped the rule. */
static const struct vip_reminder *make_rule(struct kept *kept, struct vip_statement *row)
{
    struct vip_reminder *rule = vip_arena_zero(kept->arena, 1, sizeof *rule);

    if (!rule)
        return NULL;
    rule->kind = vip_arena_text(kept->arena, vip_column_text(row, 2));
    rule->channel = vip_arena_text(kept->arena, vip_column_text(row, 4));
    rule->template_name = rule->kind;
    rule->anchor = rule->tier = "";
    rule->offset.unit = VIP_SPAN_DAYS;
    rule->consent = "";
    if (vip_column_integer(row, 5))
        rule->consent = rule->channel && strcmp(rule->channel, "call") == 0 ? "call" : "sms";
    return rule->kind && rule->channel ? rule : NULL;
}

/* The rule that the key was made for, and the day that it counts from. */
static const struct vip_reminder *find_rule(struct kept *kept, struct vip_statement *row,
                                            vip_day *event)
{
    const char *key = vip_column_text(row, 1), *channel = vip_column_text(row, 4);

    for (size_t i = 0; i < kept->program->reminder_count; i++) {
        const struct vip_reminder *rule = &kept->program->reminders[i];
        if (vip_remind_key_is(rule, key, event) && strcmp(rule->channel, channel) == 0)
            return rule;
    }
    const struct vip_reminder *made = make_rule(kept, row);
    if (made && !vip_remind_key_is(made, key, event))
        *event = vip_column_day(row, 3);
    return made;
}

static int add(struct kept *kept, struct vip_statement *row)
{
    struct vip_remind_item item = {.member = vip_column_integer(row, 0),
                                   .due = vip_column_day(row, 3),
                                   .ready = vip_column_day(row, 7),
                                   .from = VIP_DAY_NONE,
                                   .to = VIP_DAY_NONE,
                                   .given = kept->given};

    item.rule = find_rule(kept, row, &item.event);
    item.key = vip_arena_text(kept->arena, vip_column_text(row, 1));
    item.facts = vip_arena_text(kept->arena, vip_column_text(row, 6));
    if (!item.rule || !item.key || !item.facts)
        return vip_fail_memory(kept->diag);
    return vip_remind_items_add(kept->items, &item, kept->diag);
}

static int add_rows(struct kept *kept, struct vip_statement *row, int more)
{
    for (; more > 0; more = vip_step(row, kept->diag)) {
        if (!vip_remind_is_asked(kept->kinds, vip_column_text(row, 2)))
            continue;
        int error = add(kept, row);
        if (error) {
            vip_reset(row);
            return error;
        }
    }
    return more;
}

int vip_remind_items_kept(struct vip_remind_items *items, struct vip_db *db,
                          const struct vip_remind_query *query, struct vip_arena *arena,
                          struct vip_diag *diag)
{
    struct kept kept = {.program = vip_programs_on(query->programs, query->as_of),
                        .kinds = query->kinds,
                        .arena = arena,
                        .diag = diag,
                        .items = items};
    struct vip_statement *row = NULL;
    vip_day until = query->as_of + query->ahead;
    int more = vip_db_query(db, VIP_SQL_remind_again, &row, diag, vip_int(until));
    int error = add_rows(&kept, row, more);

    if (error || !query->given)
        return error;
    kept.given = true;
    more = vip_db_query(db, VIP_SQL_remind_again_given, &row, diag, vip_int(query->as_of),
                        vip_int(until));
    return add_rows(&kept, row, more);
}

static int query_given(struct vip_db *db, const struct vip_remind_query *query, const char *which,
                       struct vip_statement **row, struct vip_diag *diag)
{
    vip_day day;

    if (strcmp(which, "unsent") == 0)
        return vip_db_query(db, VIP_SQL_remind_again_unsent, row, diag,
                            vip_int(query->as_of + 1 - VIP_REMIND_LATE), vip_int(query->as_of));
    if (vip_day_parse(which, &day, NULL, NULL) == 0)
        return vip_db_query(db, VIP_SQL_remind_again_day, row, diag, vip_int(day));
    return vip_db_query(db, VIP_SQL_remind_again_key, row, diag, vip_text(which));
}

int vip_remind_again(struct vip_db *db, const struct vip_remind_query *query, const char *which,
                     struct vip_arena *arena, struct vip_remind_item **items, size_t *count,
                     struct vip_diag *diag)
{
    struct vip_remind_items list = {0};
    struct kept kept = {.program = vip_programs_on(query->programs, query->as_of),
                        .kinds = query->kinds,
                        .arena = arena,
                        .diag = diag,
                        .items = &list};
    struct vip_statement *row = NULL;
    int more = query_given(db, query, which, &row, diag);
    int error = add_rows(&kept, row, more);

    vip_remind_items_sort(&list, kept.program);
    return vip_remind_items_end(&list, error, arena, items, count, diag);
}
