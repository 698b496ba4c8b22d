/* The tables of a programme as data: their columns, and what a row's cells must mean together.
 * vip-programme(5) explains each of them to the people who fill them in. */
#include "lib/rules/program_schema.h"

#include "lib/base/text.h"

#include <stdlib.h>
#include <string.h>

#define AT(type, member) offsetof(struct type, member)
#define PROGRAM(list, number)                                                                      \
    .items = offsetof(struct vip_program, list), .count = offsetof(struct vip_program, number)

enum { MONTHS_MAX = 1200 };

static const char *const no_yes[] = {"no", "yes", NULL};

/* ---- program.csv
 * -------------------------------------------------------------------------------*/

static const char *const off_address[] = {"off", "address", NULL};

const struct vip_cell_rule vip_key_rules[] = {
    {"name", VIP_CELL_TEXT, .need = VIP_NEED_CELL, .offset = AT(vip_program, name)},
    {"points_expire", .kind = VIP_CELL_OWN},
    {"point_value", .kind = VIP_CELL_OWN},
    {"qualifying_earns", VIP_CELL_FLAG, .words = no_yes,
     .offset = AT(vip_program, qualifying_earns)},
    {"redeemable_after", VIP_CELL_SPAN, .offset = AT(vip_program, redeemable_after)},
    {"household", VIP_CELL_FLAG, .words = off_address,
     .offset = AT(vip_program, household_address)},
    {"identify", .kind = VIP_CELL_OWN},
    {"card_valid", VIP_CELL_SPAN, .offset = AT(vip_program, card_valid)},
    {"card_format", .kind = VIP_CELL_OWN},
    {"posting_deadline", VIP_CELL_SPAN, .offset = AT(vip_program, posting_deadline)},
    {"claim_window", VIP_CELL_SPAN, .offset = AT(vip_program, claim_window)},
    {"rebate_claim", VIP_CELL_SPAN, .offset = AT(vip_program, rebate_claim)},
    {"minimum_age", VIP_CELL_INT, .offset = AT(vip_program, minimum_age), .high = 120},
    {"review", VIP_CELL_FLAG, .words = no_yes, .offset = AT(vip_program, review)},
    {"announce_months", VIP_CELL_MONTHS, .offset = AT(vip_program, announce_months)},
    {"witness", .kind = VIP_CELL_OWN},
    {"quiet_days", .kind = VIP_CELL_OWN},
    {"contact_retry", VIP_CELL_SPAN, .offset = AT(vip_program, contact_retry)},
    {"contact_tries", VIP_CELL_INT, .offset = AT(vip_program, contact_tries), .low = 1,
     .high = 100},
    {.column = NULL},
};

/* ---- fields.csv
 * --------------------------------------------------------------------------------*/

static const struct vip_cell_rule field_cells[] = {
    {"field", VIP_CELL_WORD, .need = VIP_NEED_UNIQUE, .offset = AT(vip_field, field)},
    {"label_en", VIP_CELL_TEXT, .offset = AT(vip_field, label_en)},
    {"label_zh", VIP_CELL_TEXT, .offset = AT(vip_field, label_zh)},
    {"required", VIP_CELL_FLAG, .words = no_yes, .offset = AT(vip_field, required)},
    {"kind", VIP_CELL_TEXT, .offset = AT(vip_field, kind)},
    {.column = NULL},
};

static int read_field(struct vip_cell_place *at, void *item)
{
    static const char *const kinds[] = {"text", "date", "number", NULL};
    struct vip_field *field = item;

    if (!*field->label_en)
        field->label_en = field->field;
    if (!*field->label_zh)
        field->label_zh = field->label_en;
    if (!*field->kind)
        field->kind = kinds[0];
    for (size_t i = 0; kinds[i]; i++)
        if (strcmp(field->kind, kinds[i]) == 0)
            return 0;
    if (strncmp(field->kind, "choice:", 7) == 0 && field->kind[7])
        return 0;
    return vip_cell_fail(at, "kind",
                         "'%s' is not known here: expected text, date, number or "
                         "choice:a|b",
                         field->kind);
}

/* ---- tiers.csv
 * ---------------------------------------------------------------------------------*/

static const char *const physical_virtual[] = {"physical", "virtual", NULL};
static const char *const lapses[] = {"requalify", "step-down", "close", NULL};

static const struct vip_cell_rule tier_cells[] = {
    {"tier", VIP_CELL_WORD, .need = VIP_NEED_UNIQUE, .offset = AT(vip_tier, tier)},
    {"ladder", VIP_CELL_TEXT, .offset = AT(vip_tier, ladder)},
    {"rank", VIP_CELL_INT, .need = VIP_NEED_CELL, .offset = AT(vip_tier, rank), .high = 1000},
    {"name_en", VIP_CELL_TEXT, .offset = AT(vip_tier, name_en)},
    {"name_zh", VIP_CELL_TEXT, .offset = AT(vip_tier, name_zh)},
    {"card", VIP_CELL_FLAG, .words = physical_virtual, .offset = AT(vip_tier, card_virtual)},
    {"valid_months", VIP_CELL_INT, .offset = AT(vip_tier, valid_months), .high = MONTHS_MAX},
    {"grace_months", VIP_CELL_INT, .offset = AT(vip_tier, grace_months), .high = MONTHS_MAX},
    {"on_lapse", VIP_CELL_CHOICE, .words = lapses, .offset = AT(vip_tier, on_lapse)},
    {"discount", VIP_CELL_PERCENT, .offset = AT(vip_tier, discount)},
    {.column = NULL},
};

/* A name in one language stands for the other; the code stands for both. */
static void fill_names(const char **name_en, const char **name_zh, const char *code)
{
    if (!**name_en)
        *name_en = **name_zh ? *name_zh : code;
    if (!**name_zh)
        *name_zh = *name_en;
}

static int read_tier(struct vip_cell_place *at, void *item)
{
    struct vip_tier *tier = item;

    fill_names(&tier->name_en, &tier->name_zh, tier->tier);
    if (tier->grace_months && !tier->valid_months)
        return vip_cell_fail(at, "grace_months",
                             "a grace without an end: expected valid_months too");
    return 0;
}

static int compare_tiers(const void *left, const void *right)
{
    const struct vip_tier *a = left, *b = right;
    int ladder = strcmp(a->ladder, b->ladder);

    return ladder ? ladder : a->rank < b->rank ? -1 : a->rank > b->rank;
}

static int sort_tiers(struct vip_cell_place *at, void *items, size_t count)
{
    struct vip_tier *tiers = items;

    for (size_t i = 1; i < count; i++)
        for (size_t j = 0; j < i; j++)
            if (compare_tiers(&tiers[i], &tiers[j]) == 0) {
                at->row = i;
                return vip_cell_fail(at, "rank",
                                     "'%d' is the rank of %s on line %zu already: "
                                     "expected one of its own on each ladder",
                                     tiers[i].rank, tiers[j].tier, tiers[j].line);
            }
    if (count)
        qsort(tiers, count, sizeof *tiers, compare_tiers);
    return 0;
}

/* ---- entry.csv, keep.csv
 * -----------------------------------------------------------------------*/

static const char *const bases[] = {"enrolment", "single", "period", "card-year",
                                    "lifetime",  "visits", "points", NULL};

static const struct vip_cell_rule rule_cells[] = {
    {"tier", VIP_CELL_TIER, .need = VIP_NEED_CELL, .offset = AT(vip_tier_rule, tier)},
    {"from_tier", VIP_CELL_TIERS, .offset = AT(vip_tier_rule, from_tier)},
    {"basis", VIP_CELL_CHOICE, .need = VIP_NEED_CELL, .words = bases,
     .offset = AT(vip_tier_rule, basis)},
    {"threshold", VIP_CELL_OWN, .need = VIP_NEED_COLUMN},
    {"months", VIP_CELL_INT, .offset = AT(vip_tier_rule, months), .high = MONTHS_MAX},
    {"category", VIP_CELL_LIST, .offset = AT(vip_tier_rule, category)},
    {"brand", VIP_CELL_LIST, .offset = AT(vip_tier_rule, brand)},
    {"store", VIP_CELL_LIST, .offset = AT(vip_tier_rule, store)},
    {.column = NULL},
};

static int read_threshold(struct vip_cell_place *at, struct vip_tier_rule *rule)
{
    const char *cell = vip_cell_text(at, "threshold");
    bool money = rule->basis != VIP_BASIS_VISITS && rule->basis != VIP_BASIS_POINTS;
    int error;

    if (!cell)
        return VIP_EMEMORY;
    if (rule->basis == VIP_BASIS_ENROLMENT)
        return *cell && strcmp(cell, "0") != 0
                   ? vip_cell_fail(at, "threshold",
                                   "'%s' with basis enrolment: expected an empty "
                                   "cell, whoever enrols has the tier",
                                   cell)
                   : 0;
    if (!*cell)
        return vip_cell_fail(at, "threshold", "is empty: expected %s",
                             money ? "an amount in yuan" : "a whole number");
    error = money ? vip_cell_fen(at, "threshold", cell, &rule->threshold)
                  : vip_cell_integer(at, "threshold", cell, &rule->threshold);
    if (!error && rule->threshold <= 0)
        error =
            vip_cell_fail(at, "threshold", "'%s' is met by everyone: expected more than 0", cell);
    return error;
}

static int check_months(struct vip_cell_place *at, const struct vip_tier_rule *rule)
{
    bool windowed = rule->basis == VIP_BASIS_VISITS || rule->basis == VIP_BASIS_POINTS ||
                    rule->basis == VIP_BASIS_PERIOD;

    if (rule->basis == VIP_BASIS_PERIOD && !rule->months)
        return vip_cell_fail(at, "months",
                             "is empty: expected the window in months with basis "
                             "period");
    if (rule->months && !windowed)
        return vip_cell_fail(at, "months",
                             "a window of %d months with basis %s: expected it with "
                             "period, visits or points only",
                             rule->months, bases[rule->basis]);
    return 0;
}

/* A tier can be reached from its own ladder alone: a member stands on each ladder by itself. */
static int check_from(struct vip_cell_place *at, const struct vip_tier_rule *rule)
{
    const struct vip_tier *to = vip_program_tier(at->program, rule->tier);

    if (!*rule->from_tier)
        return 0;
    for (size_t i = 0; i < at->program->tier_count; i++) {
        const struct vip_tier *from = &at->program->tiers[i];
        if (*rule->from_tier == '!' || !vip_list_has(rule->from_tier, from->tier))
            continue;
        if (strcmp(from->ladder, to->ladder) != 0)
            return vip_cell_fail(at, "from_tier",
                                 "'%s' is on another ladder than %s: expected a "
                                 "tier of its ladder",
                                 from->tier, to->tier);
    }
    return 0;
}

static int read_rule(struct vip_cell_place *at, void *item)
{
    struct vip_tier_rule *rule = item;
    int error = read_threshold(at, rule);

    if (!error)
        error = check_months(at, rule);
    if (!error)
        error = check_from(at, rule);
    return error;
}

static int read_keep(struct vip_cell_place *at, void *item)
{
    if (((struct vip_tier_rule *)item)->basis == VIP_BASIS_ENROLMENT)
        return vip_cell_fail(at, "basis",
                             "'enrolment' keeps no tier: expected single, period, "
                             "card-year, lifetime, visits or points");
    return read_rule(at, item);
}

/* ---- earn.csv
 * ----------------------------------------------------------------------------------*/

static const char *const effects[] = {"earn", "times", "plus", "none", "once", NULL};

/* In the order of the bits of enum vip_when. */
static const char *const whens[] = {"monday",         "tuesday",   "wednesday",      "thursday",
                                    "friday",         "saturday",  "sunday",         "birthday-day",
                                    "birthday-month", "enrolment", "first-purchase", "referral",
                                    "referred",       NULL};

static const struct vip_cell_rule earn_cells[] = {
    {"rule", VIP_CELL_WORD, .need = VIP_NEED_UNIQUE, .offset = AT(vip_earn_rule, rule)},
    {"effect", VIP_CELL_CHOICE, .need = VIP_NEED_CELL, .words = effects,
     .offset = AT(vip_earn_rule, effect)},
    {"points", .kind = VIP_CELL_OWN},
    {"per", VIP_CELL_FEN, .offset = AT(vip_earn_rule, per), .low = 1, .high = VIP_FEN_MAX},
    {"category", VIP_CELL_LIST, .offset = AT(vip_earn_rule, category)},
    {"brand", VIP_CELL_LIST, .offset = AT(vip_earn_rule, brand)},
    {"store", VIP_CELL_LIST, .offset = AT(vip_earn_rule, store)},
    {"tier", VIP_CELL_TIERS, .offset = AT(vip_earn_rule, tier)},
    {"pay", VIP_CELL_LIST, .offset = AT(vip_earn_rule, pay)},
    {"promo", VIP_CELL_LIST, .offset = AT(vip_earn_rule, promo)},
    {"when", .kind = VIP_CELL_OWN},
    {"from", VIP_CELL_DAY, .offset = AT(vip_earn_rule, from)},
    {"until", VIP_CELL_DAY, .offset = AT(vip_earn_rule, until)},
    {.column = NULL},
};

static int read_when(struct vip_cell_place *at, struct vip_earn_rule *rule)
{
    const char *rest = vip_cell_text(at, "when"), *part;
    size_t size, i;

    if (!rest)
        return VIP_EMEMORY;
    while (vip_text_split(&rest, '|', &part, &size)) {
        for (i = 0; whens[i]; i++)
            if (strlen(whens[i]) == size && memcmp(whens[i], part, size) == 0)
                break;
        if (!whens[i])
            return vip_cell_fail(at, "when", "'%.*s' is not known here: expected %s",
                                 (int)(size < 60 ? size : 60), part,
                                 vip_words_text(at->arena, whens));
        rule->when |= 1U << i;
    }
    return 0;
}

static int read_factor(struct vip_cell_place *at, const char *cell, int64_t *factor)
{
    const char *why = "";

    if (vip_decimal_parse(cell, 2, factor, &why))
        return vip_cell_fail(at, "points", "'%s' %s: expected a factor such as 2 or 1.5", cell,
                             why);
    if (*factor <= 0 || *factor > 100000)
        return vip_cell_fail(at, "points", "'%s' is no sensible factor: expected 0.01 to 1000",
                             cell);
    return 0;
}

static int read_points(struct vip_cell_place *at, struct vip_earn_rule *rule)
{
    const char *cell = vip_cell_text(at, "points");

    if (!cell)
        return VIP_EMEMORY;
    if (rule->effect == VIP_EFFECT_NONE)
        return *cell ? vip_cell_fail(at, "points", "'%s' with effect none: expected an empty cell",
                                     cell)
                     : 0;
    if (!*cell)
        return vip_cell_fail(at, "points", "is empty: expected %s with effect %s",
                             rule->effect == VIP_EFFECT_TIMES ? "a factor" : "points",
                             effects[rule->effect]);
    if (rule->effect == VIP_EFFECT_TIMES)
        return read_factor(at, cell, &rule->points);
    int error = vip_cell_integer(at, "points", cell, &rule->points);
    if (!error && (rule->points <= 0 || rule->points > INT64_C(1000000000)))
        error = vip_cell_fail(at, "points", "'%s' is out of range: expected 1 to 1000000000", cell);
    return error;
}

static int check_earn(struct vip_cell_place *at, const struct vip_earn_rule *rule)
{
    unsigned events = VIP_WHEN_ENROLMENT | VIP_WHEN_REFERRAL | VIP_WHEN_REFERRED;

    if (rule->effect == VIP_EFFECT_EARN && !rule->per)
        return vip_cell_fail(at, "per", "is empty: expected the yuan for which points are earned");
    if (rule->effect != VIP_EFFECT_EARN && rule->per)
        return vip_cell_fail(at, "per", "is for effect earn only: expected an empty cell");
    if ((rule->when & events) && rule->effect != VIP_EFFECT_ONCE)
        return vip_cell_fail(at, "when",
                             "enrolment, referral and referred are no purchases: expected "
                             "them with effect once only");
    if (rule->from != VIP_DAY_NONE && rule->until != VIP_DAY_NONE && rule->until < rule->from)
        return vip_cell_fail(at, "until", "is before from: expected the last day of the rule");
    return 0;
}

static int read_earn(struct vip_cell_place *at, void *item)
{
    int error = read_points(at, item);

    if (!error)
        error = read_when(at, item);
    if (!error)
        error = check_earn(at, item);
    return error;
}

/* ---- rewards.csv
 * -------------------------------------------------------------------------------*/

static const char *const reward_kinds[] = {"gift", "goods", "voucher", "rebate", NULL};
static const char *const cost_all[] = {"cost", "all", NULL};
static const char *const any_card_year[] = {"any", "card-year", NULL};
static const char *const reward_periods[] = {"month", "year", "card", "life", NULL};

static const struct vip_cell_rule reward_cells[] = {
    {"reward", VIP_CELL_WORD, .need = VIP_NEED_UNIQUE, .offset = AT(vip_reward, reward)},
    {"kind", VIP_CELL_CHOICE, .need = VIP_NEED_CELL, .words = reward_kinds,
     .offset = AT(vip_reward, kind)},
    {"name_en", VIP_CELL_TEXT, .offset = AT(vip_reward, name_en)},
    {"name_zh", VIP_CELL_TEXT, .offset = AT(vip_reward, name_zh)},
    {"cost", VIP_CELL_COUNT, .need = VIP_NEED_CELL, .offset = AT(vip_reward, cost),
     .high = VIP_FEN_MAX},
    {"value", VIP_CELL_FEN, .offset = AT(vip_reward, value), .high = VIP_FEN_MAX},
    {"due", VIP_CELL_FLAG, .words = any_card_year, .offset = AT(vip_reward, due_card_year)},
    {"consume", VIP_CELL_FLAG, .words = cost_all, .offset = AT(vip_reward, consume_all)},
    {"months", VIP_CELL_MONTHS, .offset = AT(vip_reward, months)},
    {"tier", VIP_CELL_TIERS, .offset = AT(vip_reward, tier)},
    {"stock", VIP_CELL_COUNT, .offset = AT(vip_reward, stock), .high = VIP_FEN_MAX, .empty = -1},
    {"limit", VIP_CELL_COUNT, .offset = AT(vip_reward, limit), .low = 1, .high = VIP_FEN_MAX,
     .empty = -1},
    {"per", VIP_CELL_WORDS, .words = reward_periods, .offset = AT(vip_reward, per)},
    {"expires", VIP_CELL_SPAN, .offset = AT(vip_reward, expires)},
    {"witness", VIP_CELL_FLAG, .words = no_yes, .offset = AT(vip_reward, witness)},
    {.column = NULL},
};

static int read_reward(struct vip_cell_place *at, void *item)
{
    struct vip_reward *reward = item;

    fill_names(&reward->name_en, &reward->name_zh, reward->reward);
    if (reward->limit > 0 && !*reward->per)
        reward->per = "life";
    if (reward->limit < 0 && *reward->per)
        return vip_cell_fail(at, "per", "'%s' without a limit: expected a number in limit",
                             reward->per);
    if ((reward->kind == VIP_REWARD_VOUCHER || reward->kind == VIP_REWARD_REBATE) && !reward->value)
        return vip_cell_fail(at, "value", "is empty: expected the yuan that a %s is worth",
                             reward_kinds[reward->kind]);
    if (reward->consume_all && !reward->cost)
        return vip_cell_fail(at, "cost",
                             "'0' with consume all: expected the points from which on "
                             "it can be had");
    return 0;
}

/* ---- benefits.csv
 * ------------------------------------------------------------------------------*/

static const char *const benefit_periods[] = {
    "birthday-month", "birthday-month-1", "month", "year", "card", NULL};

static const struct vip_cell_rule benefit_cells[] = {
    {"benefit", VIP_CELL_WORD, .need = VIP_NEED_CELL, .offset = AT(vip_benefit, benefit)},
    {"tier", VIP_CELL_TIERS, .offset = AT(vip_benefit, tier)},
    {"name_en", VIP_CELL_TEXT, .offset = AT(vip_benefit, name_en)},
    {"name_zh", VIP_CELL_TEXT, .offset = AT(vip_benefit, name_zh)},
    {"quota", VIP_CELL_COUNT, .offset = AT(vip_benefit, quota), .low = 1, .high = 1000000,
     .empty = -1},
    {"per", VIP_CELL_WORDS, .words = benefit_periods, .offset = AT(vip_benefit, per)},
    {"items", VIP_CELL_COUNT, .offset = AT(vip_benefit, items), .high = 1000000},
    {"discount", VIP_CELL_PERCENT, .offset = AT(vip_benefit, discount)},
    {"guests", VIP_CELL_COUNT, .offset = AT(vip_benefit, guests), .high = 1000000},
    {"earns", VIP_CELL_FLAG, .words = no_yes, .offset = AT(vip_benefit, earns), .empty = 1},
    {.column = NULL},
};

static int read_benefit(struct vip_cell_place *at, void *item)
{
    struct vip_benefit *benefit = item;

    fill_names(&benefit->name_en, &benefit->name_zh, benefit->benefit);
    if (benefit->quota > 0 && !*benefit->per)
        return vip_cell_fail(at, "per", "is empty: expected %s with a quota",
                             vip_words_text(at->arena, benefit_periods));
    return 0;
}

/* Which row counts must be plain: no tier may find two rows of one benefit. */
static int check_benefits(struct vip_cell_place *at, void *items, size_t count)
{
    const struct vip_benefit *benefits = items;
    const struct vip_program *program = at->program;

    for (size_t i = 1; i < count; i++)
        for (size_t j = 0; j < i; j++) {
            const struct vip_benefit *a = &benefits[i], *b = &benefits[j];
            bool both = !*a->tier || !*b->tier;
            if (strcmp(a->benefit, b->benefit) != 0)
                continue;
            for (size_t t = 0; t < program->tier_count; t++)
                both = both || (vip_list_has(a->tier, program->tiers[t].tier) &&
                                vip_list_has(b->tier, program->tiers[t].tier));
            at->row = i;
            if (both)
                return vip_cell_fail(at, "benefit",
                                     "'%s' is given to the same tier on line %zu: "
                                     "expected one row a tier",
                                     a->benefit, b->line);
        }
    return 0;
}

/* ---- topups.csv, incentives.csv, classes.csv, holidays.csv
 * -------------------------------------*/

static const struct vip_cell_rule topup_cells[] = {
    {"amount", VIP_CELL_FEN, .need = VIP_NEED_UNIQUE, .offset = AT(vip_topup, amount), .low = 1,
     .high = VIP_FEN_MAX},
    {"bonus", VIP_CELL_FEN, .offset = AT(vip_topup, bonus), .high = VIP_FEN_MAX},
    {"tier", VIP_CELL_TIER, .offset = AT(vip_topup, tier)},
    {.column = NULL},
};

static const char *const incentive_bases[] = {"first-purchase", "three-month-points", "group-sales",
                                              NULL};

static const struct vip_cell_rule incentive_cells[] = {
    {"basis", VIP_CELL_WORDS, .need = VIP_NEED_CELL, .words = incentive_bases,
     .offset = AT(vip_incentive, basis)},
    {"from", .kind = VIP_CELL_OWN},
    {"until", .kind = VIP_CELL_OWN},
    {"amount", VIP_CELL_OWN, .need = VIP_NEED_CELL},
    {.column = NULL},
};

/* One end of an incentive's range: points or yuan by its basis. */
static int read_end(struct vip_cell_place *at, const char *basis, const char *column, int64_t empty,
                    int64_t *end)
{
    const char *cell = vip_cell_text(at, column);

    if (!cell)
        return VIP_EMEMORY;
    *end = empty;
    if (!*cell)
        return 0;
    if (strcmp(basis, "three-month-points") == 0)
        return vip_cell_integer(at, column, cell, end);
    return vip_cell_fen(at, column, cell, end);
}

static int read_incentive(struct vip_cell_place *at, void *item)
{
    struct vip_incentive *incentive = item;
    const char *cell = vip_cell_text(at, "amount");
    int error = cell ? 0 : VIP_EMEMORY;

    if (!error)
        error = read_end(at, incentive->basis, "from", 0, &incentive->from);
    if (!error)
        error = read_end(at, incentive->basis, "until", -1, &incentive->until);
    if (error)
        return error;
    if (incentive->until >= 0 && incentive->until <= incentive->from)
        return vip_cell_fail(at, "until", "is not above from: expected the end of the range");
    incentive->rate = *cell && cell[strlen(cell) - 1] == '%';
    if (incentive->rate)
        return vip_cell_percent(at, "amount", cell, &incentive->amount);
    if (strcmp(incentive->basis, "group-sales") == 0)
        return vip_cell_fail(at, "amount", "'%s' is not a share: expected a rate such as 1%%",
                             cell);
    return vip_cell_fen(at, "amount", cell, &incentive->amount);
}

static const char *const class_bases[] = {"yearly-spend", "profit-share", NULL};

static const struct vip_cell_rule class_cells[] = {
    {"class", VIP_CELL_WORD, .need = VIP_NEED_UNIQUE, .offset = AT(vip_class, class_name)},
    {"basis", VIP_CELL_WORDS, .need = VIP_NEED_CELL, .words = class_bases,
     .offset = AT(vip_class, basis)},
    {"threshold", VIP_CELL_OWN, .need = VIP_NEED_CELL},
    {.column = NULL},
};

static int read_class(struct vip_cell_place *at, void *item)
{
    struct vip_class *found = item;
    const char *cell = vip_cell_text(at, "threshold");

    if (!cell)
        return VIP_EMEMORY;
    if (strcmp(found->basis, "profit-share") == 0)
        return vip_cell_percent(at, "threshold", cell, &found->threshold);
    return vip_cell_fen(at, "threshold", cell, &found->threshold);
}

static const struct vip_cell_rule holiday_cells[] = {
    {"name", VIP_CELL_TEXT, .need = VIP_NEED_UNIQUE, .offset = AT(vip_holiday, name)},
    {"date", VIP_CELL_OWN, .need = VIP_NEED_CELL},
    {.column = NULL},
};

static int read_holiday(struct vip_cell_place *at, void *item)
{
    struct vip_holiday *holiday = item;
    const char *cell = vip_cell_text(at, "date"), *why = "";

    if (!cell)
        return VIP_EMEMORY;
    if (vip_birthday_parse(cell, &holiday->date, &why))
        return vip_cell_fail(at, "date", "'%s' %s: expected month and day, 12-25 or lunar L08-15",
                             cell, why);
    if (holiday->date.year)
        return vip_cell_fail(at, "date",
                             "'%s' is of one year: expected month and day, 12-25 or "
                             "lunar L08-15",
                             cell);
    return 0;
}

/* ---- reminders.csv
 * -----------------------------------------------------------------------------*/

/* What each kind of contact can be reckoned from; the first is meant when the cell is empty. */
static const char *const reminder_kinds[] = {"birthday",         "follow-up",
                                             "points-posted",    "points-expiring",
                                             "voucher-expiring", "card-expiring",
                                             "tier-change",      "near-tier",
                                             "dormant",          "holiday",
                                             "dossier",          "complaint",
                                             "programme-change", NULL};

static const char *const reminder_anchors[][4] = {
    {"birthday"},
    {"purchase"},
    {"purchase", "statement", "announcement"},
    {"expiry", "rebate"},
    {"expiry"},
    {"expiry"},
    {"tier"},
    {"purchase"},
    {"purchase"},
    {"holiday"},
    {"enrolment", "purchase"},
    {"complaint"},
    {"effective"},
};

/* Nobody knows these days before they come, so nothing can be due before them. */
static const char *const unforeseen =
    "purchase|statement|announcement|rebate|tier|enrolment|complaint";

static const char *const channels[] = {"sms", "call", "wechat", "email", "mail", "visit", NULL};
static const char *const consents[] = {"none", "sms", "call", NULL};

static const struct vip_cell_rule reminder_cells[] = {
    {"kind", VIP_CELL_WORDS, .need = VIP_NEED_CELL, .words = reminder_kinds,
     .offset = AT(vip_reminder, kind)},
    {"anchor", VIP_CELL_TEXT, .offset = AT(vip_reminder, anchor)},
    {"offset", .kind = VIP_CELL_OWN},
    {"channel", VIP_CELL_WORDS, .need = VIP_NEED_CELL, .words = channels,
     .offset = AT(vip_reminder, channel)},
    {"template", VIP_CELL_TEXT, .offset = AT(vip_reminder, template_name)},
    {"tier", VIP_CELL_TIERS, .offset = AT(vip_reminder, tier)},
    {"consent", VIP_CELL_WORDS, .words = consents, .offset = AT(vip_reminder, consent)},
    {"lacks", .kind = VIP_CELL_OWN},
    {.column = NULL},
};

static size_t kind_index(const char *kind)
{
    size_t i = 0;

    while (strcmp(reminder_kinds[i], kind) != 0)
        i++;
    return i;
}

static int read_anchor(struct vip_cell_place *at, struct vip_reminder *reminder)
{
    const char *const *anchors = reminder_anchors[kind_index(reminder->kind)];

    if (!*reminder->anchor)
        reminder->anchor = anchors[0];
    for (size_t i = 0; anchors[i]; i++)
        if (strcmp(anchors[i], reminder->anchor) == 0)
            return 0;
    return vip_cell_fail(at, "anchor", "'%s' is no anchor of %s: expected %s", reminder->anchor,
                         reminder->kind, vip_words_text(at->arena, anchors));
}

static int read_offset(struct vip_cell_place *at, struct vip_reminder *reminder)
{
    const char *cell = vip_cell_text(at, "offset");

    if (!cell)
        return VIP_EMEMORY;
    reminder->offset = (struct vip_span){0, VIP_SPAN_DAYS};
    reminder->month_list = strcmp(cell, "month-list") == 0;
    if (reminder->month_list && strcmp(reminder->kind, "birthday") != 0)
        return vip_cell_fail(at, "offset",
                             "'month-list' is for birthdays only: expected 3d, 2w, "
                             "1m or -7d");
    if (!*cell || reminder->month_list)
        return 0;
    if (vip_span_parse(cell, &reminder->offset) || reminder->offset.unit == VIP_SPAN_NEVER)
        return vip_cell_fail(at, "offset",
                             "'%s' is not a span of time: expected 3min, 3d, 2w, 1m "
                             "or -7d",
                             cell);
    if (reminder->offset.count < 0 && vip_list_has(unforeseen, reminder->anchor))
        return vip_cell_fail(at, "offset",
                             "'%s' is before the %s, which nobody foresees: expected "
                             "0d or more",
                             cell, reminder->anchor);
    return 0;
}

static int check_template(struct vip_cell_place *at, struct vip_reminder *reminder)
{
    const struct vip_program *program = at->program;

    if (!*reminder->template_name)
        reminder->template_name = reminder->kind;
    for (size_t i = 0; i < program->template_count; i++)
        if (strcmp(program->templates[i].name, reminder->template_name) == 0)
            return 0;
    return vip_cell_fail(at, "template",
                         "there is no text '%s': expected templates/%s.zh.txt or "
                         "templates/%s.en.txt",
                         reminder->template_name, reminder->template_name, reminder->template_name);
}

static int read_lacks(struct vip_cell_place *at, struct vip_reminder *reminder)
{
    const char *cell = vip_cell_text(at, "lacks");
    bool near_tier = strcmp(reminder->kind, "near-tier") == 0;
    int64_t share = 1000;

    if (!cell)
        return VIP_EMEMORY;
    if (*cell && !near_tier)
        return vip_cell_fail(at, "lacks", "'%s' with kind %s: expected it with near-tier only",
                             cell, reminder->kind);
    if (*cell && vip_cell_percent(at, "lacks", cell, &share))
        return VIP_EUSAGE;
    reminder->lacks = near_tier ? (int)share : 0;
    return 0;
}

static int read_reminder(struct vip_cell_place *at, void *item)
{
    struct vip_reminder *reminder = item;
    int error = read_anchor(at, reminder);

    if (strcmp(reminder->consent, "none") == 0)
        reminder->consent = "";
    if (!error)
        error = read_offset(at, reminder);
    if (!error)
        error = read_lacks(at, reminder);
    if (!error)
        error = check_template(at, reminder);
    return error;
}

/* ---- all of them
 * -------------------------------------------------------------------------------*/

#define ITEM(type) .item_size = sizeof(struct type), .line = offsetof(struct type, line)

/* Tiers first: most other tables name them. */
const struct vip_table_rule vip_table_rules[] = {
    {"fields.csv", field_cells, PROGRAM(fields, field_count), .item_size = sizeof(struct vip_field),
     .line = VIP_NO_LINE, .item = read_field},
    {"tiers.csv", tier_cells, PROGRAM(tiers, tier_count), ITEM(vip_tier), .item = read_tier,
     .whole = sort_tiers},
    {"entry.csv", rule_cells, PROGRAM(entries, entry_count), ITEM(vip_tier_rule),
     .item = read_rule},
    {"keep.csv", rule_cells, PROGRAM(keeps, keep_count), ITEM(vip_tier_rule), .item = read_keep},
    {"earn.csv", earn_cells, PROGRAM(earns, earn_count), ITEM(vip_earn_rule), .item = read_earn},
    {"rewards.csv", reward_cells, PROGRAM(rewards, reward_count), ITEM(vip_reward),
     .item = read_reward},
    {"benefits.csv", benefit_cells, PROGRAM(benefits, benefit_count), ITEM(vip_benefit),
     .item = read_benefit, .whole = check_benefits},
    {"topups.csv", topup_cells, PROGRAM(topups, topup_count), ITEM(vip_topup)},
    {"reminders.csv", reminder_cells, PROGRAM(reminders, reminder_count), ITEM(vip_reminder),
     .item = read_reminder},
    {"incentives.csv", incentive_cells, PROGRAM(incentives, incentive_count), ITEM(vip_incentive),
     .item = read_incentive},
    {"classes.csv", class_cells, PROGRAM(classes, class_count), ITEM(vip_class),
     .item = read_class},
    {"holidays.csv", holiday_cells, PROGRAM(holidays, holiday_count), ITEM(vip_holiday),
     .item = read_holiday},
    {.name = NULL},
};
