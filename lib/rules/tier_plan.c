/* The programme made ready for replays: ladders over all versions, the rules of each tier, and the
 * measures that rules share, with a memory of which codes fit which list. */
#include "lib/base/text.h"
#include "lib/rules/tier_parts.h"
#include <stdlib.h>
#include <string.h>

/* ---- measures ---- */

static bool condition_is(const struct tier_condition *condition, vip_list list)
{
    return strcmp(condition->list, list) == 0;
}

enum tier_unit tier_unit_of(enum vip_basis basis)
{
    if (basis == VIP_BASIS_VISITS)
        return TIER_VISITS;
    return basis == VIP_BASIS_POINTS ? TIER_POINTS : TIER_FEN;
}

static int make_condition(struct vip_tier_plan *plan, struct tier_condition *condition,
                          vip_list list, struct vip_arena *arena)
{
    condition->list = list;
    condition->fits = NULL;
    if (vip_text_blank(list))
        return VIP_OK;
    condition->fits = vip_arena_zero(arena, plan->text_count + 1, 1);
    return condition->fits ? VIP_OK : VIP_EMEMORY;
}

/* The measure of the rule, made when no rule before it had the same. */
static int measure_of(struct vip_tier_plan *plan, const struct vip_tier_rule *row, size_t *measure,
                      struct vip_arena *arena)
{
    enum tier_unit unit = tier_unit_of(row->basis);
    for (*measure = 0; *measure < plan->measure_count; ++*measure) {
        const struct tier_measure *known = &plan->measures[*measure];
        if (known->unit == unit && condition_is(&known->category, row->category) &&
            condition_is(&known->brand, row->brand) && condition_is(&known->store, row->store))
            return VIP_OK;
    }
    struct tier_measure *made = &plan->measures[plan->measure_count++];
    made->unit = unit;
    int error = make_condition(plan, &made->category, row->category, arena);
    if (error == VIP_OK)
        error = make_condition(plan, &made->brand, row->brand, arena);
    if (error == VIP_OK)
        error = make_condition(plan, &made->store, row->store, arena);
    return error;
}

bool tier_condition_fits(const struct vip_tier_plan *plan, struct tier_condition *condition,
                         int64_t code)
{
    if (!condition->fits)
        return true;
    bool known = code > 0 && (uint64_t)code < plan->text_count;
    const char *text = known ? plan->texts[code] : NULL;
    unsigned char *fits = &condition->fits[known ? (size_t)code : 0];
    if (!*fits)
        *fits = vip_list_has(condition->list, text ? text : "") ? 2 : 1;
    return *fits == 2;
}

/* ---- ladders ---- */

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int collect_ladders(struct vip_tier_plan *plan, const struct vip_programs *programs,
                           struct vip_arena *arena)
{
    size_t tiers = 0, kept = 0;
    for (size_t v = 0; v < programs->count; v++)
        tiers += programs->versions[v]->tier_count;
    plan->ladders = vip_arena_zero(arena, tiers + 1, sizeof *plan->ladders);
    if (!plan->ladders)
        return VIP_EMEMORY;
    tiers = 0;
    for (size_t v = 0; v < programs->count; v++)
        for (size_t t = 0; t < programs->versions[v]->tier_count; t++)
            plan->ladders[tiers++] = programs->versions[v]->tiers[t].ladder;
    qsort(plan->ladders, tiers, sizeof *plan->ladders, by_name);
    for (size_t i = 0; i < tiers; i++)
        if (kept == 0 || strcmp(plan->ladders[kept - 1], plan->ladders[i]) != 0)
            plan->ladders[kept++] = plan->ladders[i];
    plan->ladder_count = kept;
    return VIP_OK;
}

static int collect_rules(struct vip_tier_plan *plan, const struct vip_tier *tier,
                         const struct vip_tier_rule *rows, size_t row_count, bool keep,
                         const struct tier_rule **rules, size_t *count, struct vip_arena *arena)
{
    struct tier_rule *made = vip_arena_zero(arena, row_count + 1, sizeof *made);
    if (!made)
        return VIP_EMEMORY;
    *rules = made;
    *count = 0;
    for (size_t i = 0; i < row_count; i++) {
        if (strcmp(rows[i].tier, tier->tier) != 0)
            continue;
        struct tier_rule *rule = &made[(*count)++];
        rule->row = &rows[i];
        rule->keep = keep;
        if (measure_of(plan, rule->row, &rule->measure, arena) != VIP_OK)
            return VIP_EMEMORY;
        plan->needs_events |= rule->row->basis != VIP_BASIS_ENROLMENT;
    }
    return VIP_OK;
}

static int build_step(struct vip_tier_plan *plan, const struct vip_program *program,
                      const struct vip_tier *tier, struct tier_step *step, struct vip_arena *arena)
{
    step->tier = tier;
    int error = collect_rules(plan, tier, program->entries, program->entry_count, false,
                              &step->entries, &step->entry_count, arena);
    if (error == VIP_OK)
        error = collect_rules(plan, tier, program->keeps, program->keep_count, true, &step->keeps,
                              &step->keep_count, arena);
    return error;
}

/* program->tiers are sorted by ladder, then rank. */
static int build_ladder(struct vip_tier_plan *plan, const struct vip_program *program,
                        const char *name, struct tier_ladder *ladder, struct vip_arena *arena)
{
    struct tier_step *steps = vip_arena_zero(arena, program->tier_count + 1, sizeof *steps);
    if (!steps)
        return VIP_EMEMORY;
    ladder->steps = steps;
    for (size_t t = 0; t < program->tier_count; t++) {
        const struct vip_tier *tier = &program->tiers[t];
        if (strcmp(tier->ladder, name) == 0 &&
            build_step(plan, program, tier, &steps[ladder->count++], arena) != VIP_OK)
            return VIP_EMEMORY;
    }
    return VIP_OK;
}

static int build_version(struct vip_tier_plan *plan, const struct vip_program *program,
                         struct tier_version *version, struct vip_arena *arena)
{
    version->program = program;
    version->ladders = vip_arena_zero(arena, plan->ladder_count + 1, sizeof *version->ladders);
    if (!version->ladders)
        return VIP_EMEMORY;
    for (size_t i = 0; i < plan->ladder_count; i++)
        if (build_ladder(plan, program, plan->ladders[i], &version->ladders[i], arena) != VIP_OK)
            return VIP_EMEMORY;
    return VIP_OK;
}

static int build(struct vip_tier_plan *plan, const struct vip_programs *programs,
                 struct vip_arena *arena)
{
    size_t rules = 0;
    for (size_t v = 0; v < programs->count; v++)
        rules += programs->versions[v]->entry_count + programs->versions[v]->keep_count;
    plan->measures = vip_arena_zero(arena, rules + 1, sizeof *plan->measures);
    plan->versions = vip_arena_zero(arena, programs->count, sizeof *plan->versions);
    if (!plan->measures || !plan->versions || collect_ladders(plan, programs, arena) != VIP_OK)
        return VIP_EMEMORY;
    plan->version_count = programs->count;
    for (size_t v = 0; v < programs->count; v++)
        if (build_version(plan, programs->versions[v], &plan->versions[v], arena) != VIP_OK)
            return VIP_EMEMORY;
    return VIP_OK;
}

int vip_tier_plan_build(struct vip_tier_plan **plan, const struct vip_programs *programs,
                        const char *const *texts, size_t text_count, struct vip_arena *arena,
                        struct vip_diag *diag)
{
    *plan = vip_arena_zero(arena, 1, sizeof **plan);
    if (!*plan)
        return vip_fail_memory(diag);
    (*plan)->texts = texts;
    (*plan)->text_count = text_count;
    return build(*plan, programs, arena) == VIP_OK ? VIP_OK : vip_fail_memory(diag);
}

bool vip_tier_plan_needs_events(const struct vip_tier_plan *plan)
{
    return plan->needs_events;
}

size_t vip_tier_plan_ladders(const struct vip_tier_plan *plan, const char *const **ladders)
{
    *ladders = plan->ladders;
    return plan->ladder_count;
}

size_t tier_version_on(const struct vip_tier_plan *plan, vip_day day)
{
    size_t version = 0;
    while (version + 1 < plan->version_count &&
           plan->versions[version + 1].program->effective <= day)
        version++;
    return version;
}

const struct vip_tier *tier_named(const struct vip_tier_plan *plan, size_t version,
                                  const char *name)
{
    const struct vip_tier *tier = vip_program_tier(plan->versions[version].program, name);
    for (size_t v = plan->version_count; !tier && v-- > 0;)
        tier = vip_program_tier(plan->versions[v].program, name);
    return tier;
}
