/* What is said: the texts of the programme, what stands for their placeholders, and the facts that
 * are kept with a reminder so that it can be said again. */
#include "cmd/vip-remind/parts.h"

#include "lib/base/embedded.h"
#include "lib/base/text.h"
#include "lib/rules/message.h"
#include <stddef.h>
#include <stdio.h>
#include <string.h>

const char *vip_night_text(const struct vip_night *night, const char *name)
{
    const char *other = strcmp(night->lang, "zh") == 0 ? "en" : "zh";
    const char *langs[] = {night->lang, other};
    char path[160];

    for (size_t i = 0; i < 2; i++) {
        const char *text = vip_program_template(night->program, name, langs[i]);
        if (text)
            return text;
    }
    for (size_t i = 0; i < 2; i++) {
        snprintf(path, sizeof path, "templates/%.100s.%s.txt", name, langs[i]);
        const struct vip_embedded *file = vip_embedded_find(path);
        if (file)
            return file->data;
    }
    return NULL;
}

const char *vip_night_tier_names(struct vip_night *night, const char *tiers)
{
    bool chinese = strcmp(night->lang, "zh") == 0;
    const char *names = "", *part;
    size_t size;

    while (names && vip_text_split(&tiers, '|', &part, &size)) {
        const char *word = vip_arena_copy(&night->arena, part, size);
        const struct vip_tier *tier = word ? vip_program_tier(night->program, word) : NULL;
        const char *name = !tier ? word : chinese ? tier->name_zh : tier->name_en;
        names = word ? vip_arena_format(&night->arena, "%s%s%s", names,
                                        *names ? (chinese ? "、" : ", ") : "",
                                        name && *name ? name : word)
                     : NULL;
    }
    return names ? names : "";
}

const char *vip_night_tier_name(struct vip_night *night, const char *tier)
{
    if (!tier || !*tier)
        return strcmp(night->lang, "zh") == 0 ? "无" : "none";
    return vip_night_tier_names(night, tier);
}

const char *vip_night_number(struct vip_night *night, int64_t number)
{
    return vip_arena_format(&night->arena, "%lld", (long long)number);
}

const char *vip_night_day(struct vip_night *night, vip_day day)
{
    return vip_message_day(day, night->lang, &night->arena);
}

/* Those that are kept with a reminder that is given, so that it can be given again. What the day
 * due is called follows from the reminder itself. */
static const struct {
    const char *name;
    size_t offset;
} kept_facts[] = {
    {"points", offsetof(struct vip_night_facts, points)},
    {"tier", offsetof(struct vip_night_facts, tier)},
    {"expires", offsetof(struct vip_night_facts, expires)},
    {"store", offsetof(struct vip_night_facts, store)},
    {"card", offsetof(struct vip_night_facts, card)},
    {"balance", offsetof(struct vip_night_facts, balance)},
    {"amount", offsetof(struct vip_night_facts, amount)},
    {"from", offsetof(struct vip_night_facts, from)},
    {"to", offsetof(struct vip_night_facts, to)},
    {"missing", offsetof(struct vip_night_facts, missing)},
    {"template", offsetof(struct vip_night_facts, template_name)},
};

enum { KEPT_FACTS = sizeof kept_facts / sizeof kept_facts[0] };

static void set_fact(struct vip_night_facts *facts, size_t index, const char *fact)
{
    memcpy((char *)facts + kept_facts[index].offset, &fact, sizeof fact);
}

static const char *get_fact(const struct vip_night_facts *facts, size_t index)
{
    const char *fact;

    memcpy(&fact, (const char *)facts + kept_facts[index].offset, sizeof fact);
    return fact;
}

const char *vip_night_facts_write(const struct vip_night_facts *facts, struct vip_arena *arena)
{
    char *text = vip_arena_text(arena, "");

    for (size_t i = 0; text && i < KEPT_FACTS; i++) {
        const char *fact = get_fact(facts, i);
        if (!fact || !*fact)
            continue;
        char *line = vip_arena_format(arena, "%s=%s", kept_facts[i].name, fact);
        for (char *c = line; c && *c; c++)
            if (*c == '\n')
                *c = ' ';
        text = line ? vip_arena_format(arena, "%s%s%s", text, *text ? "\n" : "", line) : NULL;
    }
    return text;
}

int vip_night_facts_read(const char *text, struct vip_night_facts *facts, struct vip_arena *arena)
{
    const char *part;
    size_t size;

    while (vip_text_split(&text, '\n', &part, &size))
        for (size_t i = 0; i < KEPT_FACTS; i++) {
            size_t name = strlen(kept_facts[i].name);
            if (size <= name || part[name] != '=' || memcmp(part, kept_facts[i].name, name) != 0)
                continue;
            const char *fact = vip_arena_copy(arena, part + name + 1, size - name - 1);
            if (!fact)
                return VIP_EMEMORY;
            set_fact(facts, i, fact);
        }
    return VIP_OK;
}

/* The first of them that is not empty; NULL ends the list. A message has no holes. */
static const char *first_of(const char *const *texts)
{
    while (*texts && !**texts)
        texts++;
    return *texts ? *texts : "";
}

static const char *word(const struct vip_night *night, const char *english, const char *chinese)
{
    return strcmp(night->lang, "zh") == 0 ? chinese : english;
}

const char *vip_night_render(struct vip_night *night, const struct vip_reminder *rule,
                             const struct vip_remind_member *member,
                             const struct vip_night_facts *facts)
{
    const char *balance =
        facts->balance ? facts->balance : vip_night_number(night, member->balance);
    const char *tiers = facts->tier ? facts->tier : vip_night_tier_names(night, member->tiers);
    const char *store = facts->store ? facts->store : member->store;
    const struct vip_message_value values[] = {
        {"name", first_of((const char *[]){member->name, word(night, "customer", "会员"), NULL})},
        {"points", facts->points ? facts->points : balance},
        {"tier", first_of((const char *[]){tiers, word(night, "no tier yet", "暂无等级"), NULL})},
        {"expires", facts->expires},
        {"store", first_of((const char *[]){store, night->program->name, NULL})},
        {"card", facts->card ? facts->card : member->card},
        {"balance", balance},
        {"due", facts->due},
        {"amount", facts->amount},
        {"consultant",
         first_of((const char *[]){member->consultant, word(night, "our team", "我们"), NULL})},
        {"birthday", vip_message_birthday(&member->birthday, night->lang, &night->arena)},
        {"from", facts->from},
        {"to", facts->to},
        {"missing", facts->missing},
        {"shop", night->program->name},
    };

    const char *name = facts->template_name ? facts->template_name : rule->template_name;
    return vip_message_render(vip_night_text(night, name), values, sizeof values / sizeof values[0],
                              strcmp(rule->channel, "sms") == 0, &night->arena);
}
