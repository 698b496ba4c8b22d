/* Reminders: see remind.h. */
#include "lib/rules/remind.h"

#include "lib/base/text.h"
#include "lib/rules/message.h"

#include <stdio.h>
#include <string.h>

enum vip_remind_kind vip_remind_kind(const struct vip_reminder *rule)
{
    static const struct {
        const char *kind, *anchor; /* anchor NULL: any */
        enum vip_remind_kind is;
    } kinds[] = {
        {"birthday", NULL, VIP_REMIND_BIRTHDAY},
        {"follow-up", NULL, VIP_REMIND_FOLLOW_UP},
        {"points-posted", "purchase", VIP_REMIND_POINTS_POSTED},
        {"points-posted", "statement", VIP_REMIND_STATEMENT},
        {"points-posted", "announcement", VIP_REMIND_ANNOUNCEMENT},
        {"points-expiring", "expiry", VIP_REMIND_POINTS_EXPIRING},
        {"points-expiring", "rebate", VIP_REMIND_REBATE},
        {"voucher-expiring", NULL, VIP_REMIND_VOUCHER_EXPIRING},
        {"card-expiring", NULL, VIP_REMIND_CARD_EXPIRING},
        {"tier-change", NULL, VIP_REMIND_TIER_CHANGE},
        {"near-tier", NULL, VIP_REMIND_NEAR_TIER},
        {"dormant", NULL, VIP_REMIND_DORMANT},
        {"holiday", NULL, VIP_REMIND_HOLIDAY},
        {"dossier", NULL, VIP_REMIND_DOSSIER},
        {"complaint", NULL, VIP_REMIND_COMPLAINT},
        {"programme-change", NULL, VIP_REMIND_PROGRAMME_CHANGE},
    };

    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (strcmp(kinds[i].kind, rule->kind) == 0 &&
            (!kinds[i].anchor || strcmp(kinds[i].anchor, rule->anchor) == 0))
            return kinds[i].is;
    return VIP_REMIND_OTHER;
}

static vip_day month_start(vip_day day)
{
    struct vip_civil civil = vip_day_civil(day);

    return vip_day_from_civil(civil.year, civil.month, 1);
}

vip_day vip_remind_due(const struct vip_reminder *rule, vip_day event)
{
    if (rule->month_list)
        return vip_day_add_months(month_start(event), -1);
    if (rule->offset.unit == VIP_SPAN_MINUTES) /* the day is what is known of it */
        return event;
    return vip_day_add_span(event, rule->offset);
}

struct vip_remind_window vip_remind_events(const struct vip_reminder *rule,
                                           struct vip_remind_window due)
{
    struct vip_span back = rule->offset;

    if (rule->month_list) {
        vip_day first = vip_day_add_months(month_start(due.from), 1);
        return (struct vip_remind_window){first, vip_day_add_months(month_start(due.to), 2) - 1};
    }
    if (back.unit == VIP_SPAN_MINUTES)
        return due;
    back.count = -back.count;
    /* Months clamp at their end: four event days can share a due day, and the other way round. */
    int slack = back.unit == VIP_SPAN_MONTHS ? 3 : 0;
    return (struct vip_remind_window){vip_day_add_span(due.from, back) - slack,
                                      vip_day_add_span(due.to, back) + slack};
}

bool vip_remind_stands(const struct vip_reminder *rule, vip_day event, vip_day next)
{
    return next == VIP_DAY_NONE || vip_remind_due(rule, event) < next;
}

/* "3d", "-1m", "3min", "month-list". */
static void put_offset(const struct vip_reminder *rule, char *to, size_t size)
{
    static const char *const units[] = {"never", "min", "d", "m"};

    if (rule->month_list)
        snprintf(to, size, "month-list");
    else
        snprintf(to, size, "%d%s", rule->offset.count, units[rule->offset.unit]);
}

/* "follow-up:3d:", what keys of the rule begin with; the anchor where a kind has several. */
static size_t put_prefix(const struct vip_reminder *rule, char *to, size_t size)
{
    enum vip_remind_kind kind = vip_remind_kind(rule);
    bool anchor = kind == VIP_REMIND_STATEMENT || kind == VIP_REMIND_ANNOUNCEMENT ||
                  kind == VIP_REMIND_REBATE;
    char offset[32];

    put_offset(rule, offset, sizeof offset);
    snprintf(to, size, "%s%s%s:%s:", rule->kind, anchor ? ":" : "", anchor ? rule->anchor : "",
             offset);
    return strlen(to);
}

/* "C1:2026-11-10", what keys end with. */
static void put_event(vip_day event, const char *detail, char *to, size_t size)
{
    char day[VIP_DATE_TEXT];

    vip_day_format(event, day);
    snprintf(to, size, "%.64s%s%s", detail ? detail : "", detail ? ":" : "", day);
}

const char *vip_remind_key(const struct vip_reminder *rule, vip_day event, const char *detail,
                           char *to)
{
    size_t size = put_prefix(rule, to, VIP_REMIND_KEY);

    put_event(event, detail, to + size, VIP_REMIND_KEY - size);
    return to;
}

bool vip_remind_key_about(const char *key, const char *detail, vip_day event)
{
    char end[VIP_REMIND_KEY] = ":";

    put_event(event, detail, end + 1, sizeof end - 1);
    size_t length = strlen(key), size = strlen(end);
    return length > size && strcmp(key + length - size, end) == 0;
}

bool vip_remind_key_is(const struct vip_reminder *rule, const char *key, vip_day *event)
{
    enum { DAY = 10 };
    char prefix[VIP_REMIND_KEY];
    size_t size = put_prefix(rule, prefix, sizeof prefix), length = strlen(key);

    return length >= size + DAY && strncmp(key, prefix, size) == 0 &&
           vip_day_parse(key + length - DAY, event, NULL, NULL) == 0;
}

bool vip_remind_is_stale(const struct vip_reminder *rule, vip_day event, vip_day as_of)
{
    bool ahead = rule->month_list || rule->offset.count < 0;

    switch (vip_remind_kind(rule)) {
    case VIP_REMIND_BIRTHDAY:
    case VIP_REMIND_HOLIDAY:
        return ahead ? event < as_of : vip_remind_due(rule, event) < as_of - VIP_REMIND_WEEK;
    case VIP_REMIND_POINTS_EXPIRING:
    case VIP_REMIND_VOUCHER_EXPIRING:
    case VIP_REMIND_CARD_EXPIRING:
    case VIP_REMIND_PROGRAMME_CHANGE:
        return ahead && event < as_of;
    default:
        return false;
    }
}

/* The first row of the kind; a text that is no kind comes last. */
static size_t rank_of(const struct vip_program *program, const char *kind)
{
    size_t i = 0;

    while (i < program->reminder_count && strcmp(program->reminders[i].kind, kind) != 0)
        i++;
    return i;
}

bool vip_remind_outranks(const struct vip_program *program, const struct vip_reminder *rule,
                         vip_day due, const struct vip_reminder *other, vip_day other_due)
{
    size_t rank = rank_of(program, rule->kind), other_rank = rank_of(program, other->kind);

    if (rank != other_rank)
        return rank < other_rank;
    return due != other_due ? due > other_due : rule->line < other->line;
}

bool vip_remind_quiet_part(const char *part, vip_day day)
{
    static const char *const weekdays[] = {"monday", "tuesday",  "wednesday", "thursday",
                                           "friday", "saturday", "sunday"};
    struct vip_birthday date;
    const char *why;

    for (int i = 0; i < 7; i++)
        if (vip_text_same(part, weekdays[i]))
            return day == VIP_DAY_NONE || vip_day_weekday(day) == i + 1;
    if (vip_birthday_parse(part, &date, &why) || date.year)
        return false;
    return day == VIP_DAY_NONE || vip_birthday_next(&date, day) == day;
}

static bool is_quiet(const struct vip_program *program, vip_day day)
{
    const char *rest = program->quiet_days, *part;
    char word[64];
    size_t size;

    while (vip_text_split(&rest, '|', &part, &size)) {
        snprintf(word, sizeof word, "%.*s", (int)size, part);
        if (vip_remind_quiet_part(word, day))
            return true;
    }
    return false;
}

vip_day vip_remind_open_day(const struct vip_program *program, vip_day day)
{
    enum { YEAR = 366 };

    for (vip_day open = day; open < day + YEAR; open++)
        if (!is_quiet(program, open))
            return open;
    return day;
}

const char *vip_remind_obstacle(const struct vip_reminder *rule,
                                const struct vip_remind_person *person)
{
    if (!person->active)
        return "inactive";
    if ((strcmp(rule->consent, "sms") == 0 && !person->consent_sms) ||
        (strcmp(rule->consent, "call") == 0 && !person->consent_call))
        return "no-consent";
    if (!person->phone && strcmp(rule->channel, "sms") == 0)
        return "no-phone";
    /* A missing phone is what a call about the dossier asks for, at the next visit. */
    if (!person->phone && strcmp(rule->channel, "call") == 0 && strcmp(rule->kind, "dossier") != 0)
        return "no-phone";
    if (!person->email && strcmp(rule->channel, "email") == 0)
        return "no-email";
    if (!person->address && strcmp(rule->channel, "mail") == 0)
        return "no-address";
    return NULL;
}

bool vip_remind_announced(const struct vip_program *program, vip_day day, vip_day *from,
                          vip_day *to)
{
    vip_day start = month_start(day);
    int months = 0;

    if (!(program->announce_months & 1U << (vip_day_civil(day).month - 1)))
        return false;
    do
        months++;
    while (!(program->announce_months &
             1U << (vip_day_civil(vip_day_add_months(start, -months)).month - 1)));
    *from = vip_day_add_months(start, -months);
    *to = start - 1;
    return true;
}

const char *vip_remind_lack(enum vip_basis basis, int64_t missing, const char *lang,
                            struct vip_arena *arena)
{
    bool chinese = strcmp(lang, "zh") == 0;

    if (basis == VIP_BASIS_VISITS)
        return vip_arena_format(arena, "%lld%s", (long long)missing,
                                chinese        ? "次"
                                : missing == 1 ? " visit"
                                               : " visits");
    if (basis == VIP_BASIS_POINTS)
        return vip_arena_format(arena, "%lld%s", (long long)missing,
                                chinese        ? "分"
                                : missing == 1 ? " point"
                                               : " points");
    const char *yuan = vip_message_yuan(missing, arena);
    return yuan ? vip_arena_format(arena, "%s%s", yuan, chinese ? "元" : " yuan") : NULL;
}
