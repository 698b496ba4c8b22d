/* How far a member is from a tier, in a sentence that a clerk can read out, in English or Chinese.
 */
#include "lib/rules/tier_parts.h"
#include <inttypes.h>
#include <string.h>

struct speech {
    const struct vip_tier_plan *plan;
    const struct vip_tier_figure *figure;
    bool chinese;
    struct vip_buffer text;
    bool failed;
};

/* What did not fit into memory once is said no further. */
#define SAY(speech, ...)                                                                           \
    ((speech)->failed =                                                                            \
         (speech)->failed || vip_buffer_format(&(speech)->text, __VA_ARGS__) != VIP_OK)

static void say_tier(struct speech *speech, const char *name)
{
    const struct vip_tier *tier = tier_named(speech->plan, speech->plan->version_count - 1, name);
    const char *label = !tier ? name : speech->chinese ? tier->name_zh : tier->name_en;
    SAY(speech, "%s", label && *label ? label : name);
}

static void say_date(struct speech *speech, vip_day day)
{
    char text[VIP_DATE_TEXT];
    struct vip_civil civil = vip_day_civil(day);
    vip_day_format(day, text);
    if (speech->chinese)
        SAY(speech, "%d年%d月%d日", civil.year, civil.month, civil.day);
    else
        SAY(speech, "%s", text);
}

static void say_amount(struct speech *speech, int64_t amount)
{
    char text[VIP_MONEY_TEXT];
    enum vip_basis basis = speech->figure->rule->basis;
    vip_fen_format(amount, text);
    if (basis == VIP_BASIS_VISITS || basis == VIP_BASIS_POINTS)
        SAY(speech, "%" PRId64, amount);
    else
        SAY(speech, "%s", text);
    if (basis == VIP_BASIS_VISITS)
        SAY(speech, "%s", speech->chinese ? "次" : amount == 1 ? " visit" : " visits");
    else if (basis == VIP_BASIS_POINTS)
        SAY(speech, "%s", speech->chinese ? "积分" : amount == 1 ? " point" : " points");
    else
        SAY(speech, "%s", speech->chinese ? "元" : " yuan");
}

/* "a|b" is "a or b", "!a|b" is "other than a or b". */
static void say_list(struct speech *speech, vip_list list)
{
    const char *part = list, *between = speech->chinese ? "或" : " or ";
    if (*part == '!') {
        SAY(speech, "%s", speech->chinese ? "非" : "other than ");
        part++;
    }
    for (size_t size; *part; part += size) {
        if (*part == '|') {
            SAY(speech, "%s", between);
            part++;
        }
        size = strcspn(part, "|");
        SAY(speech, "%.*s", (int)size, part);
    }
}

static void say_condition(struct speech *speech, const char *english, const char *chinese,
                          vip_list list)
{
    if (!*list)
        return;
    SAY(speech, "%s%s", speech->chinese ? "，" : ", ", speech->chinese ? chinese : english);
    say_list(speech, list);
}

static void say_conditions(struct speech *speech)
{
    const struct vip_tier_rule *rule = speech->figure->rule;
    say_condition(speech, "of category ", "品类", rule->category);
    say_condition(speech, "of brand ", "品牌", rule->brand);
    say_condition(speech, "at store ", "店铺", rule->store);
}

static void say_deadline(struct speech *speech)
{
    if (speech->figure->by == VIP_DAY_NONE)
        return;
    SAY(speech, "%s", speech->chinese ? "" : " by ");
    say_date(speech, speech->figure->by);
    SAY(speech, "%s", speech->chinese ? "（含）前" : "");
}

static const char *chinese_more(enum vip_basis basis)
{
    return basis == VIP_BASIS_VISITS ? "再来" : basis == VIP_BASIS_POINTS ? "再得" : "再消费";
}

static void say_missing(struct speech *speech)
{
    const struct vip_tier_rule *rule = speech->figure->rule;
    if (rule->basis == VIP_BASIS_SINGLE) {
        SAY(speech, "%s", speech->chinese ? "一次消费满" : "one receipt of ");
        say_amount(speech, rule->threshold);
        SAY(speech, "%s", speech->chinese ? "" : " or more");
        return;
    }
    SAY(speech, "%s", speech->chinese ? chinese_more(rule->basis) : "");
    say_amount(speech, rule->threshold - speech->figure->reached);
    SAY(speech, "%s", speech->chinese ? "" : " more");
}

/* "; so far 3000.00 yuan of 10000.00 yuan in 12 months" */
static void say_so_far(struct speech *speech)
{
    const struct vip_tier_figure *figure = speech->figure;
    const struct vip_tier_rule *rule = figure->rule;
    if (rule->basis == VIP_BASIS_SINGLE)
        return;
    SAY(speech, "%s", speech->chinese ? "；已有" : "; so far ");
    say_amount(speech, figure->reached);
    SAY(speech, "%s", speech->chinese ? "，共需" : " of ");
    say_amount(speech, rule->threshold);
    if (rule->months && speech->chinese)
        SAY(speech, "（%d个月内）", rule->months);
    else if (rule->months)
        SAY(speech, " in %d months", rule->months);
}

static void say_from(struct speech *speech)
{
    const struct vip_tier_figure *figure = speech->figure;
    if (figure->from_fits || !*figure->rule->from_tier)
        return;
    SAY(speech, "%s", speech->chinese ? "；须先是" : "; only from ");
    const char *rest = figure->rule->from_tier;
    for (size_t size; *rest; rest += size + (rest[size] == '|')) {
        char name[64];
        size = strcspn(rest, "|");
        if (rest != figure->rule->from_tier)
            SAY(speech, "%s", speech->chinese ? "或" : " or ");
        if (size >= sizeof name)
            continue;
        memcpy(name, rest, size);
        name[size] = '\0';
        say_tier(speech, name);
    }
}

/* "Gold is kept beyond 2027-03-01: 5000.00 yuan so far, 4000.00 yuan needed" */
static void say_met(struct speech *speech)
{
    const struct vip_tier_figure *figure = speech->figure;
    bool until = figure->keep && figure->by != VIP_DAY_NONE;
    say_tier(speech, figure->tier);
    if (figure->keep)
        SAY(speech, "%s", speech->chinese ? "已可保级" : " is kept");
    else
        SAY(speech, "%s", speech->chinese ? "已达到" : " is reached");
    if (until) {
        SAY(speech, "%s", speech->chinese ? "（现有效期至" : " beyond ");
        say_date(speech, figure->by);
        SAY(speech, "%s", speech->chinese ? "）" : "");
    }
    SAY(speech, "%s", speech->chinese ? "：已有" : ": ");
    say_amount(speech, figure->reached);
    SAY(speech, "%s", speech->chinese ? "，需" : " so far, ");
    say_amount(speech, figure->rule->threshold);
    SAY(speech, "%s", speech->chinese ? "" : " needed");
}

static void say_lacking(struct speech *speech)
{
    if (speech->figure->keep)
        SAY(speech, "%s", speech->chinese ? "保级" : "To keep ");
    else
        SAY(speech, "%s", speech->chinese ? "升级到" : "For ");
    say_tier(speech, speech->figure->tier);
    SAY(speech, "%s", speech->chinese ? "：" : ": ");
    if (speech->chinese)
        say_deadline(speech);
    say_missing(speech);
    if (!speech->chinese)
        say_deadline(speech);
    say_conditions(speech);
    say_so_far(speech);
    say_from(speech);
}

const char *vip_tier_figure_words(const struct vip_tier_plan *plan,
                                  const struct vip_tier_figure *figure, bool chinese,
                                  struct vip_arena *arena)
{
    struct speech speech = {.plan = plan, .figure = figure, .chinese = chinese};
    if (figure->met)
        say_met(&speech);
    else
        say_lacking(&speech);
    SAY(&speech, "%s", chinese ? "。" : "");
    const char *words = speech.failed ? NULL : vip_arena_text(arena, speech.text.data);
    vip_buffer_free(&speech.text);
    return words;
}
