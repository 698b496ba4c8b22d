/* Admission: see admission.h. */
#include "lib/rules/admission.h"

#include "lib/base/text.h"
#include <string.h>

/* ---- what an application says ---- */

struct word {
    const char *word;
    int value;
};

static int read_word(const char *cell, const char *column, const struct word *words,
                     const char *expected, int *value, struct vip_diag *diag)
{
    *value = VIP_NOT_SAID;
    if (!*cell)
        return VIP_OK;
    for (; words->word; words++)
        if (vip_text_same(cell, words->word)) {
            *value = words->value;
            return VIP_OK;
        }
    return vip_refuse(diag, "bad-value", column, "'%.60s' is not known: expected %s", cell,
                      expected);
}

int vip_consent_read(const char *cell, const char *column, int *consent, struct vip_diag *diag)
{
    static const struct word words[] = {
        {"yes", 1},  {"y", 1},      {"true", 1},   {"1", 1}, {"是", 1},    {"同意", 1},
        {"允许", 1}, {"√", 1},      {"no", 0},     {"n", 0}, {"false", 0}, {"0", 0},
        {"否", 0},   {"不同意", 0}, {"不允许", 0}, {"×", 0}, {NULL, 0}};
    return read_word(cell, column, words, "yes or no", consent, diag);
}

int vip_gender_read(const char *cell, const char **gender, struct vip_diag *diag)
{
    static const struct word words[] = {
        {"F", 'F'},    {"female", 'F'}, {"女", 'F'},   {"女士", 'F'}, {"女性", 'F'}, {"M", 'M'},
        {"male", 'M'}, {"男", 'M'},     {"先生", 'M'}, {"男士", 'M'}, {"男性", 'M'}, {NULL, 0}};
    int value;
    int error = read_word(cell, "gender", words, "F or M", &value, diag);
    *gender = value == 'F' ? "F" : value == 'M' ? "M" : "";
    return error;
}

int vip_source_read(const char *cell, const char **source, struct vip_diag *diag)
{
    static const char *const sources[] = {"regular", "special", "accumulation", "group",
                                          "referral"};
    static const struct word words[] = {
        {"regular", 0},      {"正常", 0}, {"普通", 0},   {"special", 1}, {"特批", 1}, {"特殊", 1},
        {"accumulation", 2}, {"累积", 2}, {"累积卡", 2}, {"group", 3},   {"团购", 3}, {"团体", 3},
        {"referral", 4},     {"推荐", 4}, {"转介绍", 4}, {NULL, 0}};
    int value;
    int error = read_word(cell, "source", words,
                          "regular, special, accumulation, group or referral", &value, diag);
    *source = value == VIP_NOT_SAID ? "" : sources[value];
    return error;
}

int vip_source_check(const char *source, const struct vip_source_papers *papers,
                     struct vip_diag *diag)
{
    if (strcmp(source, "special") == 0 && !*papers->by)
        return vip_refuse(diag, "missing-field", "by",
                          "a special grant needs the name of who allows it");
    if (strcmp(source, "referral") == 0 && !*papers->referrer)
        return vip_refuse(diag, "missing-field", "referrer", "source referral needs a referrer");
    if (strcmp(source, "group") == 0 && !*papers->receipt)
        return vip_refuse(diag, "missing-field", "receipt",
                          "source group needs the receipt of the purchase");
    return VIP_OK;
}

static int judge_date(const struct vip_field *field, const char **value, struct vip_arena *arena,
                      struct vip_diag *diag)
{
    const char *why = "";
    vip_day day;
    if (vip_day_parse(*value, &day, NULL, &why) != VIP_OK)
        return vip_refuse(diag, "bad-date", field->field, "'%.60s' %s", *value, why);
    char *text = vip_arena_zero(arena, 1, VIP_DATE_TEXT);
    if (!text)
        return vip_fail_memory(diag);
    vip_day_format(day, text);
    *value = text;
    return VIP_OK;
}

int vip_field_judge(const struct vip_field *field, const char **value, struct vip_arena *arena,
                    struct vip_diag *diag)
{
    const char *why = "";
    int64_t number;
    if (!**value)
        return VIP_OK;
    if (strcmp(field->kind, "date") == 0)
        return judge_date(field, value, arena, diag);
    if (strcmp(field->kind, "number") == 0 && vip_decimal_parse(*value, 4, &number, &why) != VIP_OK)
        return vip_refuse(diag, "bad-value", field->field, "'%.60s' %s", *value, why);
    if (strncmp(field->kind, "choice:", 7) == 0 && !vip_list_has(field->kind + 7, *value))
        return vip_refuse(diag, "bad-value", field->field,
                          "'%.60s' is none of the choices: expected one of %s", *value,
                          field->kind + 7);
    return VIP_OK;
}

/* ---- whether it makes a member ---- */

static bool threshold_met(const struct vip_tier_rule *rule,
                          const struct vip_first_purchase *purchase)
{
    switch (rule->basis) {
    case VIP_BASIS_ENROLMENT:
        return true;
    case VIP_BASIS_SINGLE:
    case VIP_BASIS_PERIOD:
    case VIP_BASIS_CARD_YEAR:
    case VIP_BASIS_LIFETIME:
        return purchase->spent >= rule->threshold;
    case VIP_BASIS_VISITS:
        return purchase->spent > 0 && rule->threshold <= 1;
    case VIP_BASIS_POINTS:
        break; /* nothing was earned yet */
    }
    return false;
}

static bool rule_met(const struct vip_tier_rule *rule, const struct vip_first_purchase *purchase)
{
    return !*rule->from_tier && vip_list_has(rule->category, purchase->category) &&
           vip_list_has(rule->brand, purchase->brand) &&
           vip_list_has(rule->store, purchase->store) && threshold_met(rule, purchase);
}

const struct vip_tier *vip_tier_of_card(const struct vip_tier *a, const struct vip_tier *b)
{
    if (!a || !b)
        return a ? a : b;
    if (a->card_virtual != b->card_virtual)
        return a->card_virtual ? b : a;
    int ladder = strcmp(a->ladder, b->ladder);
    if (ladder)
        return ladder < 0 ? a : b;
    return a->rank >= b->rank ? a : b;
}

static const struct vip_tier *first_virtual(const struct vip_program *program)
{
    for (size_t i = 0; i < program->tier_count; i++)
        if (program->tiers[i].card_virtual)
            return &program->tiers[i];
    return NULL;
}

bool vip_program_admits(const struct vip_program *program,
                        const struct vip_first_purchase *purchase, const struct vip_tier **tier)
{
    *tier = NULL;
    for (size_t i = 0; i < program->entry_count; i++)
        if (rule_met(&program->entries[i], purchase))
            *tier = vip_tier_of_card(*tier, vip_program_tier(program, program->entries[i].tier));
    if (!*tier)
        *tier = first_virtual(program);
    return *tier || program->entry_count == 0;
}

const struct vip_tier *vip_program_lowest_physical(const struct vip_program *program)
{
    for (size_t i = 0; i < program->tier_count; i++) /* by ladder, then rank */
        if (!program->tiers[i].card_virtual)
            return &program->tiers[i];
    return NULL;
}

int vip_applicant_admit(const struct vip_program *program, const char *source,
                        const struct vip_first_purchase *purchase, const struct vip_tier **tier,
                        const char **said, struct vip_diag *diag)
{
    bool admitted = vip_program_admits(program, purchase, tier);
    *said = "";
    if (strcmp(source, "special") == 0) {
        if (!*tier || (*tier)->card_virtual)
            *tier = vip_program_lowest_physical(program);
        *said = "special";
        return VIP_OK;
    }
    if (!admitted)
        return vip_refuse(diag, "below-threshold", "spent",
                          "the purchase does not reach what the programme asks for a card");
    if (*tier && (*tier)->card_virtual)
        *said = "accumulation";
    return VIP_OK;
}

/* ---- what comes with it ---- */

bool vip_bonus_of_joining(const struct vip_earn_rule *rule, vip_day day, const char *store)
{
    return rule->effect == VIP_EFFECT_ONCE &&
           (rule->when & (VIP_WHEN_ENROLMENT | VIP_WHEN_REFERRED | VIP_WHEN_REFERRAL)) &&
           (rule->from == VIP_DAY_NONE || rule->from <= day) &&
           (rule->until == VIP_DAY_NONE || day <= rule->until) && vip_list_has(rule->store, store);
}
