/* vip-remind: who is to be contacted, and what to say. Without input it lists what the programme's
 * reminders make due; given rows it writes one message for each. */
#include "cmd/common/command.h"
#include "lib/base/embedded.h"
#include "lib/base/text.h"
#include "lib/db/batch.h"
#include "lib/db/member.h"
#include "lib/db/program.h"
#include "lib/db/remind.h"
#include "lib/rules/message.h"
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BATCH_ROWS = 2000 };

/* As the common option has them, and a calendar. */
static const char *const formats[] = {"csv", "tsv", "json", "table", "xlsx", "ics", NULL};
static const char *const languages[] = {"en", "zh", NULL};

static struct {
    const char *kinds, *template_name, *again, *consultant;
    int64_t ahead;
    bool mark;
    int language, format; /* -1: not given */
} given = {.language = -1, .format = -1};

static const struct vip_column columns[] = {
    {"member", VIP_TEXT}, {"kind", VIP_TEXT},    {"due", VIP_DAY},       {"key", VIP_TEXT},
    {"name", VIP_TEXT},   {"phone", VIP_TEXT},   {"channel", VIP_TEXT},  {"consultant", VIP_TEXT},
    {"store", VIP_TEXT},  {"message", VIP_TEXT}, {"parts", VIP_INTEGER}, {"email", VIP_TEXT},
};

enum { COLUMN_COUNT = sizeof columns / sizeof columns[0] };

/* One contact on its way out. */
struct contact {
    int64_t member;
    const struct vip_reminder *rule;
    vip_day due;
    const char *key, *facts;
    bool again, outranked; /* given before or moved; more important marketing goes out today */
    struct vip_value values[COLUMN_COUNT];
};

/* Marketing of one member that may stand in the way of another. */
struct rival {
    int64_t member;
    const struct vip_remind_item *item;
};

struct work {
    struct vip_context *context;
    struct vip_programs programs;
    const struct vip_program *program;
    const char *lang;         /* of the messages */
    struct vip_arena keep;    /* the programme and what is due: for the whole run */
    struct vip_arena arena;   /* of the batch */
    struct contact *contacts; /* BATCH_ROWS of them, in keep */
    size_t count;
    struct vip_reminder ad_hoc; /* stands for a rule under --template */
    struct vip_map members;     /* what was found by member or card */
    struct rival *rivals;       /* in keep, in the order of members */
    size_t rival_count;
    vip_day next_day;     /* to which today's marketing moves */
    bool quiet;           /* today */
    uint64_t passed_over; /* who may not or cannot be contacted */
    uint64_t moved;       /* to another day */
};

/* ---- texts ---- */

/* The text of a name in the language, else in the other one: the programme's, else as shipped. */
static const char *find_text(const struct work *work, const char *name)
{
    const char *other = strcmp(work->lang, "zh") == 0 ? "en" : "zh";
    const char *langs[] = {work->lang, other};
    char path[160];

    for (size_t i = 0; i < 2; i++) {
        const char *text = vip_program_template(work->program, name, langs[i]);
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

/* The names of tiers, "金卡、骑士", from "gold|knight"; what is no tier stays as it is. */
static const char *tier_names(struct work *work, const char *tiers)
{
    bool chinese = strcmp(work->lang, "zh") == 0;
    const char *names = "", *part;
    size_t size;

    while (names && vip_text_split(&tiers, '|', &part, &size)) {
        const char *word = vip_arena_copy(&work->arena, part, size);
        const struct vip_tier *tier = word ? vip_program_tier(work->program, word) : NULL;
        const char *name = !tier ? word : chinese ? tier->name_zh : tier->name_en;
        names = word ? vip_arena_format(&work->arena, "%s%s%s", names,
                                        *names ? (chinese ? "、" : ", ") : "",
                                        name && *name ? name : word)
                     : NULL;
    }
    return names ? names : "";
}

/* A tier that was left or reached; none has a word, so that a message reads well. */
static const char *tier_name(struct work *work, const char *tier)
{
    if (!tier || !*tier)
        return strcmp(work->lang, "zh") == 0 ? "无" : "none";
    return tier_names(work, tier);
}

static const char *number_text(struct work *work, int64_t number)
{
    return vip_arena_format(&work->arena, "%lld", (long long)number);
}

static const char *day_text(struct work *work, vip_day day)
{
    return vip_message_day(day, work->lang, &work->arena);
}

/* ---- one contact ---- */

/* What placeholders stand for; NULL: what the member's record says, or nothing. */
struct facts {
    const char *points, *tier, *expires, *store, *card, *balance, *due, *amount, *from, *to,
        *missing, *template_name;
};

/* Those that are kept with a reminder that is given, so that it can be given again. What the day
 * due is called follows from the reminder itself. */
static const struct {
    const char *name;
    size_t offset;
} kept_facts[] = {
    {"points", offsetof(struct facts, points)},
    {"tier", offsetof(struct facts, tier)},
    {"expires", offsetof(struct facts, expires)},
    {"store", offsetof(struct facts, store)},
    {"card", offsetof(struct facts, card)},
    {"balance", offsetof(struct facts, balance)},
    {"amount", offsetof(struct facts, amount)},
    {"from", offsetof(struct facts, from)},
    {"to", offsetof(struct facts, to)},
    {"missing", offsetof(struct facts, missing)},
    {"template", offsetof(struct facts, template_name)},
};

enum { KEPT_FACTS = sizeof kept_facts / sizeof kept_facts[0] };

static void set_fact(struct facts *facts, size_t index, const char *fact)
{
    memcpy((char *)facts + kept_facts[index].offset, &fact, sizeof fact);
}

static const char *get_fact(const struct facts *facts, size_t index)
{
    const char *fact;

    memcpy(&fact, (const char *)facts + kept_facts[index].offset, sizeof fact);
    return fact;
}

/* "points=120\nexpires=2026-12-31"; "" for none, NULL out of memory. */
static const char *write_facts(const struct facts *facts, struct vip_arena *arena)
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

static int read_facts(const char *text, struct facts *facts, struct vip_arena *arena)
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

static const char *render(struct work *work, const struct vip_reminder *rule,
                          const struct vip_remind_member *member, const struct facts *facts)
{
    const char *balance = facts->balance ? facts->balance : number_text(work, member->balance);
    const struct vip_message_value values[] = {
        {"name", member->name},
        {"points", facts->points ? facts->points : balance},
        {"tier", facts->tier ? facts->tier : tier_names(work, member->tiers)},
        {"expires", facts->expires},
        {"store", facts->store ? facts->store : member->store},
        {"card", facts->card ? facts->card : member->card},
        {"balance", balance},
        {"due", facts->due},
        {"amount", facts->amount},
        {"consultant", member->consultant},
        {"birthday", vip_message_birthday(&member->birthday, work->lang, &work->arena)},
        {"from", facts->from},
        {"to", facts->to},
        {"missing", facts->missing},
        {"shop", work->program->name},
    };

    const char *name = facts->template_name ? facts->template_name : rule->template_name;
    return vip_message_render(find_text(work, name), values, sizeof values / sizeof values[0],
                              strcmp(rule->channel, "sms") == 0, &work->arena);
}

/* Whether the rule is for the member's tiers. */
static bool is_for(struct work *work, const struct vip_reminder *rule,
                   const struct vip_remind_member *member)
{
    const char *rest = member->tiers, *part;
    size_t size;
    bool fits = !*rule->tier || (!*rest && vip_list_has(rule->tier, ""));

    while (!fits && vip_text_split(&rest, '|', &part, &size)) {
        const char *tier = vip_arena_copy(&work->arena, part, size);
        fits = tier && vip_list_has(rule->tier, tier);
    }
    return fits;
}

/* The same, and the member may be contacted. */
static bool may_contact(struct work *work, const struct vip_reminder *rule,
                        const struct vip_remind_member *member)
{
    if (!is_for(work, rule, member))
        return false;
    if (!vip_remind_obstacle(rule, &member->person))
        return true;
    work->passed_over++;
    return false;
}

static int load_member(struct work *work, int64_t id, struct vip_remind_member *member)
{
    struct vip_context *context = work->context;

    return vip_remind_member_load(context->db, id, work->program->contact_tries, &work->arena,
                                  member, &context->diag);
}

static int keep_contact(struct work *work, const struct vip_reminder *rule,
                        const struct vip_remind_member *member, vip_day due, const char *key,
                        const struct facts *facts)
{
    struct contact *contact = &work->contacts[work->count];
    const char *phone = work->context->reveal || !*member->phone
                            ? member->phone
                            : vip_mask_phone(&work->arena, member->phone);
    const char *email = work->context->reveal || !*member->email
                            ? member->email
                            : vip_mask_email(&work->arena, member->email);
    const char *message = render(work, rule, member, facts);
    const char *copy = vip_arena_text(&work->arena, key);
    const char *kept = given.mark ? write_facts(facts, &work->arena) : "";

    if (!phone || !email || !message || !copy || !kept)
        return vip_fail_memory(&work->context->diag);
    bool sms = strcmp(rule->channel, "sms") == 0;
    *contact = (struct contact){
        .member = member->id,
        .rule = rule,
        .due = due,
        .key = copy,
        .facts = kept,
        .values = {vip_text(member->member), vip_text(rule->kind), vip_date(due), vip_text(copy),
                   vip_text(member->name), vip_text(phone), vip_text(rule->channel),
                   vip_text(member->consultant), vip_text(member->store), vip_text(message),
                   sms ? vip_int(vip_message_parts(message)) : vip_null(), vip_text(email)}};
    work->count++;
    return VIP_OK;
}

/* Marks one and keeps it in its place in the batch if it is given today. */
static int mark_contact(struct work *work, struct vip_batch *batch, const struct contact *contact,
                        size_t *left)
{
    struct vip_context *context = work->context;
    bool marketing = vip_remind_is_marketing(contact->rule);
    const struct vip_remind_gift gift = {.member = contact->member,
                                         .key = contact->key,
                                         .rule = contact->rule,
                                         .due = contact->due,
                                         .facts = contact->facts,
                                         .again = contact->again,
                                         .forced = contact->again && given.again,
                                         .move = !given.again && marketing &&
                                                 (work->quiet || contact->outranked),
                                         .next = work->next_day};
    int mark = vip_remind_mark(batch, &gift, &context->diag);

    if (mark == VIP_REMIND_GIVEN)
        work->contacts[(*left)++] = *contact;
    else if (mark == VIP_REMIND_MOVED)
        work->moved++;
    else if (mark == VIP_REMIND_KNOWN)
        context->count.known++;
    return mark < 0 ? mark : VIP_OK;
}

/* Leaves those that are given today, in one transaction. */
static int mark_batch(struct work *work)
{
    struct vip_context *context = work->context;
    struct vip_batch batch;
    size_t left = 0;

    vip_context_batch(context, &batch);
    int error = vip_batch_begin(&batch, &context->diag);
    if (error)
        return error;
    for (size_t i = 0; !error && i < work->count; i++)
        error = mark_contact(work, &batch, &work->contacts[i], &left);
    if (error) {
        vip_batch_rollback(&batch);
        return error;
    }
    work->count = left;
    return vip_batch_commit(&batch, &context->diag);
}

/* Marks, then prints: what stands on standard output is on disk. */
static int flush_contacts(struct work *work)
{
    int error = given.mark && work->count ? mark_batch(work) : VIP_OK;

    for (size_t i = 0; !error && i < work->count; i++) {
        error = vip_output_row(work->context, work->contacts[i].values);
        work->context->count.accepted++;
    }
    if (!error && work->count)
        error = vip_output_flush(work->context);
    work->count = 0;
    vip_arena_reset(&work->arena);
    return error;
}

/* ---- the list of what is due ---- */

/* The day that a message calls due: that of the birthday or the new version, which is ahead of the
 * contact; else the contact's own. */
static vip_day day_to_name(const struct vip_remind_item *item)
{
    enum vip_remind_kind kind = vip_remind_kind(item->rule);

    return kind == VIP_REMIND_BIRTHDAY || kind == VIP_REMIND_PROGRAMME_CHANGE ||
                   kind == VIP_REMIND_HOLIDAY
               ? item->event
               : item->due;
}

static int fill_purchase(struct work *work, const struct vip_remind_item *item, struct facts *facts)
{
    const char *store;
    int error = vip_remind_bought_at(work->context->db, item->member, item->event, &work->arena,
                                     &store, &work->context->diag);

    facts->store = !error && *store ? store : NULL;
    return error;
}

static int fill_facts(struct work *work, const struct vip_remind_item *item,
                      const struct vip_remind_member *member, struct facts *facts)
{
    facts->due = day_text(work, day_to_name(item));
    switch (vip_remind_kind(item->rule)) {
    case VIP_REMIND_POINTS_POSTED:
        facts->points = number_text(work, item->number);
        return fill_purchase(work, item, facts);
    case VIP_REMIND_FOLLOW_UP:
    case VIP_REMIND_DORMANT:
        return fill_purchase(work, item, facts);
    case VIP_REMIND_STATEMENT:
        facts->from = day_text(work, item->event);
        facts->to = day_text(work, work->context->as_of);
        break;
    case VIP_REMIND_ANNOUNCEMENT:
        facts->points = number_text(work, item->number);
        facts->from = day_text(work, item->from);
        facts->to = day_text(work, item->to);
        break;
    case VIP_REMIND_POINTS_EXPIRING:
        facts->points = number_text(work, item->number);
        facts->expires = day_text(work, item->event);
        break;
    case VIP_REMIND_REBATE:
    case VIP_REMIND_VOUCHER_EXPIRING:
        facts->amount = vip_message_yuan(item->number, &work->arena);
        facts->expires = day_text(work, item->to == VIP_DAY_NONE ? item->event : item->to);
        break;
    case VIP_REMIND_CARD_EXPIRING:
        facts->card = item->detail;
        facts->expires = day_text(work, item->event);
        break;
    case VIP_REMIND_TIER_CHANGE:
        facts->from = tier_name(work, item->from_tier);
        facts->to = tier_name(work, item->detail);
        facts->expires = day_text(work, item->to);
        break;
    case VIP_REMIND_NEAR_TIER:
        facts->to = tier_name(work, item->detail);
        facts->missing = vip_remind_lack(item->basis, item->number, work->lang, &work->arena);
        break;
    case VIP_REMIND_DOSSIER:
        return vip_remind_missing(work->context->db, work->program, member, work->lang,
                                  &work->arena, &facts->missing, &work->context->diag);
    default:
        break;
    }
    return VIP_OK;
}

/* Two rules that differ by their channel only are two contacts. */
static const char *twin_channel(const struct work *work, const struct vip_reminder *rule)
{
    for (const struct vip_reminder *other = work->program->reminders; other < rule; other++)
        if (strcmp(other->kind, rule->kind) == 0 && strcmp(other->anchor, rule->anchor) == 0 &&
            other->month_list == rule->month_list && other->offset.unit == rule->offset.unit &&
            other->offset.count == rule->offset.count && strcmp(other->channel, rule->channel) != 0)
            return rule->channel;
    return NULL;
}

/* The key of what is due, into made; that of one that is given again is there. */
static const char *key_of(const struct work *work, const struct vip_remind_item *item, char *made)
{
    if (item->key)
        return item->key;
    return vip_remind_key(item->rule, item->event,
                          item->detail ? item->detail : twin_channel(work, item->rule), made);
}

/* 1 when the contact need not be given: it is too late; it was, and is not one of today's list; or
 * it waits to be given again, and is listed as such. */
static int is_done(struct work *work, const struct vip_remind_item *item, const char *key)
{
    struct vip_context *context = work->context;

    if (vip_remind_is_stale(item->rule, item->event, context->as_of))
        return 1;
    if (item->key)
        return 0;
    int waits = vip_remind_waits(context->db, item->member, key, &context->diag);
    if (waits || (!given.mark && item->due >= context->as_of))
        return waits;
    if (vip_remind_kind(item->rule) == VIP_REMIND_POINTS_POSTED)
        return vip_remind_given_kind(context->db, item->member, item->rule->kind, item->due,
                                     &context->diag);
    return vip_remind_given(context->db, item->member, key, &context->diag);
}

/* ---- one a day ---- */

static int by_member(const void *a, const void *b)
{
    const struct rival *left = a, *right = b;

    return left->member < right->member ? -1 : left->member > right->member;
}

/* Learns whose marketing is on the list. */
static int find_rivals(struct work *work, const struct vip_remind_item *items, size_t count)
{
    work->rivals = vip_arena_zero(&work->keep, count + 1, sizeof *work->rivals);
    if (!work->rivals)
        return vip_fail_memory(&work->context->diag);
    for (size_t i = 0; i < count; i++)
        if (vip_remind_is_marketing(items[i].rule))
            work->rivals[work->rival_count++] = (struct rival){items[i].member, &items[i]};
    qsort(work->rivals, work->rival_count, sizeof *work->rivals, by_member);
    return VIP_OK;
}

/* The first rival of the member, or where it would be. */
static size_t first_rival(const struct work *work, int64_t member)
{
    size_t low = 0, high = work->rival_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (work->rivals[middle].member < member)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* 1 when other marketing that the member can be given today is more important. */
static int is_outranked(struct work *work, const struct vip_remind_item *item,
                        const struct vip_remind_member *member)
{
    char made[VIP_REMIND_KEY];

    if (!vip_remind_is_marketing(item->rule))
        return 0;
    for (size_t i = first_rival(work, item->member);
         i < work->rival_count && work->rivals[i].member == item->member; i++) {
        const struct vip_remind_item *other = work->rivals[i].item;
        if (!vip_remind_outranks(work->program, other->rule, other->due, item->rule, item->due) ||
            !is_for(work, other->rule, member) || vip_remind_obstacle(other->rule, &member->person))
            continue;
        int done = is_done(work, other, key_of(work, other, made));
        if (done <= 0)
            return done < 0 ? done : 1;
    }
    return 0;
}

/* ---- one contact of the list ---- */

static int fill_again(struct work *work, const struct vip_remind_item *item, struct facts *facts)
{
    facts->due = day_text(work, day_to_name(item));
    if (read_facts(item->facts, facts, &work->arena))
        return vip_fail_memory(&work->context->diag);
    return VIP_OK;
}

/* Whether there is anything to say: the dossier may be full, or the programme have dropped the text
 * of what is given again. */
static bool has_message(const struct work *work, const struct vip_reminder *rule,
                        const struct facts *facts)
{
    return !(facts->missing && !*facts->missing) &&
           find_text(work, facts->template_name ? facts->template_name : rule->template_name);
}

static bool is_of_consultant(const struct vip_remind_member *member)
{
    return !given.consultant || strcmp(member->consultant, given.consultant) == 0;
}

static int list_item(struct work *work, const struct vip_remind_item *item)
{
    struct vip_remind_member member;
    struct facts facts = {0};
    char made[VIP_REMIND_KEY];
    const char *key = key_of(work, item, made);
    int done = is_done(work, item, key);

    if (done)
        return done < 0 ? done : VIP_OK;
    int found = load_member(work, item->member, &member);
    if (found <= 0 || !is_of_consultant(&member) || !may_contact(work, item->rule, &member))
        return found < 0 ? found : VIP_OK;
    int error =
        item->key ? fill_again(work, item, &facts) : fill_facts(work, item, &member, &facts);
    if (error || !has_message(work, item->rule, &facts))
        return error;
    int outranked = is_outranked(work, item, &member);
    if (outranked < 0)
        return outranked;
    error = keep_contact(work, item->rule, &member, item->due, key, &facts);
    if (!error) {
        work->contacts[work->count - 1].again = item->key;
        work->contacts[work->count - 1].outranked = outranked;
    }
    return error;
}

/* All that is due until today was given: the next run begins behind it. */
static int note_run(struct work *work)
{
    struct vip_context *context = work->context;
    struct vip_batch batch;

    vip_context_batch(context, &batch);
    int error = vip_batch_begin(&batch, &context->diag);
    if (error)
        return error;
    for (size_t i = 0; !error && i < work->program->reminder_count; i++) {
        const struct vip_reminder *rule = &work->program->reminders[i];
        if (vip_remind_is_asked(given.kinds, rule->kind))
            error = vip_remind_set_run(&batch, rule->kind, &context->diag);
    }
    if (error) {
        vip_batch_rollback(&batch);
        return error;
    }
    return vip_batch_commit(&batch, &context->diag);
}

static int list_items(struct work *work, const struct vip_remind_item *items, size_t count)
{
    int error = VIP_OK;

    for (size_t i = 0; !error && i < count; i++) {
        error = list_item(work, &items[i]);
        if (!error && work->count == BATCH_ROWS)
            error = flush_contacts(work);
    }
    return error ? error : flush_contacts(work);
}

/* What is given again, then what is new. */
static int gather_all(struct work *work, const struct vip_remind_query *query,
                      struct vip_remind_item **items, size_t *count)
{
    struct vip_context *context = work->context;
    struct vip_remind_item *again, *fresh = NULL;
    size_t again_count, fresh_count = 0;
    int error = vip_remind_again(context->db, query, given.again, &work->keep, &again, &again_count,
                                 &context->diag);

    if (!error && !given.again)
        error = vip_remind_gather(context->db, query, &work->keep, &fresh, &fresh_count,
                                  &context->diag);
    if (error)
        return error;
    *count = again_count + fresh_count;
    *items = vip_arena_zero(&work->keep, *count + 1, sizeof **items);
    if (!*items)
        return vip_fail_memory(&context->diag);
    if (again_count)
        memcpy(*items, again, again_count * sizeof **items);
    if (fresh_count)
        memcpy(*items + again_count, fresh, fresh_count * sizeof **items);
    return VIP_OK;
}

static int list_due(struct work *work)
{
    struct vip_context *context = work->context;
    const struct vip_remind_query query = {.programs = &work->programs,
                                           .as_of = context->as_of,
                                           .ahead = (int)given.ahead,
                                           .kinds = given.kinds,
                                           .mark = given.mark};
    struct vip_remind_item *items;
    size_t count;
    int error = gather_all(work, &query, &items, &count);

    if (!error && given.again && !count)
        return vip_refuse(&context->diag, "no-such-reminder", "",
                          "nothing given under '%s' is to be given again", given.again);
    if (!error && given.mark && !given.again)
        error = find_rivals(work, items, count);
    if (!error)
        error = list_items(work, items, count);
    return !error && given.mark && !given.again ? note_run(work) : error;
}

/* ---- as a filter: a message for each row ---- */

enum cell {
    CELL_MEMBER,
    CELL_CARD,
    CELL_PHONE,
    CELL_ID_NO,
    CELL_NAME,
    CELL_BIRTHDAY,
    CELL_POINTS,
    CELL_BALANCE,
    CELL_FROM,
    CELL_TO,
    CELL_TIER,
    CELL_EXPIRES,
    CELL_AMOUNT,
    CELL_VALUE,
    CELL_STORE,
    CELL_RECEIPT,
    CELL_LINE,
    CELL_DATE,
    CELL_EFFECTIVE,
    CELL_DUE,
    CELL_MISSING,
    CELL_VOUCHER,
};

static const char *const filter_columns[] = {
    "member", "card", "phone",     "id_no",   "name",    "birthday", "points", "balance",
    "from",   "to",   "tier",      "expires", "amount",  "value",    "store",  "receipt",
    "line",   "date", "effective", "due",     "missing", "voucher",  NULL};
static const char *const filter_required[] = {"member|card|phone|id_no|name", NULL};

/* The first rule of the kind that is for the member's tiers; NULL: none is. */
static const struct vip_reminder *rule_for(struct work *work,
                                           const struct vip_remind_member *member)
{
    if (!given.kinds)
        return may_contact(work, &work->ad_hoc, member) ? &work->ad_hoc : NULL;
    for (size_t i = 0; i < work->program->reminder_count; i++) {
        const struct vip_reminder *rule = &work->program->reminders[i];
        if (strcmp(rule->kind, given.kinds) == 0 && may_contact(work, rule, member))
            return rule;
    }
    return NULL;
}

/* NULL for an empty cell. */
static const char *or_null(const char *cell)
{
    return *cell ? cell : NULL;
}

/* A cell that should be a date, as a date; whatever else as it is. */
static const char *date_cell(struct work *work, const char *cell)
{
    vip_day day;

    if (!*cell || vip_day_parse(cell, &day, NULL, NULL))
        return or_null(cell);
    return day_text(work, day);
}

static const char *tier_cell(struct work *work, const char *cell)
{
    vip_day day;

    if (*cell && !vip_day_parse(cell, &day, NULL, NULL))
        return day_text(work, day);
    return tier_name(work, cell);
}

static vip_day event_of(const struct work *work, const char *const *cells)
{
    static const enum cell places[] = {CELL_EFFECTIVE, CELL_DATE, CELL_EXPIRES};
    vip_day day;

    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++)
        if (*cells[places[i]] && !vip_day_parse(cells[places[i]], &day, NULL, NULL))
            return day;
    return work->context->as_of;
}

/* What tells two rows of one member and day apart: the receipt line, the tier, the voucher. */
static const char *detail_of(struct work *work, const char *const *cells)
{
    if (*cells[CELL_RECEIPT])
        return vip_arena_format(&work->arena, "%s/%s/%s", cells[CELL_STORE], cells[CELL_RECEIPT],
                                *cells[CELL_LINE] ? cells[CELL_LINE] : "1");
    if (*cells[CELL_VOUCHER])
        return cells[CELL_VOUCHER];
    return or_null(cells[CELL_TO]);
}

static struct facts facts_of(struct work *work, const char *const *cells)
{
    bool moved = *cells[CELL_FROM] || *cells[CELL_TO];

    return (struct facts){
        .points = or_null(cells[CELL_POINTS]),
        .balance = or_null(cells[CELL_BALANCE]),
        .tier = *cells[CELL_TIER] ? tier_names(work, cells[CELL_TIER]) : NULL,
        .expires = date_cell(work, cells[CELL_EXPIRES]),
        .store = or_null(cells[CELL_STORE]),
        .card = or_null(cells[CELL_CARD]),
        .due = date_cell(work, cells[CELL_DUE]),
        .amount = *cells[CELL_AMOUNT] ? cells[CELL_AMOUNT] : or_null(cells[CELL_VALUE]),
        .from = moved ? tier_cell(work, cells[CELL_FROM]) : NULL,
        .to = moved ? tier_cell(work, cells[CELL_TO]) : NULL,
        .missing = or_null(cells[CELL_MISSING]),
    };
}

/* A row of vip-accrue that posted no points has no points to tell of. */
static bool is_silent(const struct vip_reminder *rule, const char *const *cells)
{
    int64_t points;
    const char *why;

    return strcmp(rule->kind, "points-posted") == 0 && *cells[CELL_POINTS] &&
           !vip_integer_parse(cells[CELL_POINTS], &points, &why) && points == 0;
}

/* 1 when the night has told of that day's points already. */
static int is_told(struct work *work, const struct vip_reminder *rule, int64_t member,
                   vip_day event)
{
    char key[VIP_REMIND_KEY];

    if (!given.mark || vip_remind_kind(rule) != VIP_REMIND_POINTS_POSTED)
        return 0;
    vip_remind_key(rule, event, NULL, key);
    return vip_remind_given(work->context->db, member, key, &work->context->diag);
}

static int filter_member(struct work *work, int64_t id, const char *const *cells)
{
    struct vip_context *context = work->context;
    struct vip_remind_member member;
    char key[VIP_REMIND_KEY];
    int found = load_member(work, id, &member);

    if (found <= 0)
        return found;
    uint64_t passed_over = work->passed_over;
    const struct vip_reminder *rule = rule_for(work, &member);
    work->passed_over = passed_over + !rule;
    if (!rule || is_silent(rule, cells))
        return VIP_OK;
    vip_day event = event_of(work, cells);
    int told = is_told(work, rule, id, event);
    context->count.known += told > 0;
    if (told)
        return told < 0 ? told : VIP_OK;
    vip_remind_key(rule, event, detail_of(work, cells), key);
    struct facts facts = facts_of(work, cells);
    facts.template_name = given.template_name;
    return keep_contact(work, rule, &member, vip_remind_due(rule, event), key, &facts);
}

static int filter_row(struct vip_context *context, void *state, const char *const *cells,
                      size_t line)
{
    struct work *work = state;
    const struct vip_identity identity = {
        .member = cells[CELL_MEMBER],
        .card = *cells[CELL_MEMBER] ? NULL : cells[CELL_CARD],
        .phone = *cells[CELL_MEMBER] ? NULL : cells[CELL_PHONE],
        .id_no = *cells[CELL_MEMBER] ? NULL : cells[CELL_ID_NO],
        .name = *cells[CELL_MEMBER] ? NULL : cells[CELL_NAME],
        .birthday = *cells[CELL_MEMBER] ? NULL : cells[CELL_BIRTHDAY],
    };
    int64_t id;

    (void)line;
    int error = vip_member_identify(context->db, &identity, work->program->identify, &work->members,
                                    &id, &context->diag);
    if (!error)
        error = filter_member(work, id, cells);
    if (!error && work->count == BATCH_ROWS)
        error = flush_contacts(work);
    return error;
}

static int filter_end(struct vip_context *context, void *state)
{
    (void)context;
    return flush_contacts(state);
}

static int filter(struct work *work)
{
    const struct vip_input input = {.columns = filter_columns,
                                    .required = filter_required,
                                    .row = filter_row,
                                    .file_end = filter_end,
                                    .state = work,
                                    .any_column = true};

    return vip_input_each(work->context, 0, &input);
}

/* ---- the command ---- */

/* Every kind of --kind must be one that the programme's reminders.csv has. */
static int check_kinds(struct work *work)
{
    const char *rest = given.kinds ? given.kinds : "", *part;
    size_t size;

    while (vip_text_split(&rest, ',', &part, &size)) {
        bool known = false;
        for (size_t i = 0; !known && i < work->program->reminder_count; i++) {
            const char *kind = work->program->reminders[i].kind;
            known = strlen(kind) == size && memcmp(kind, part, size) == 0;
        }
        if (!known)
            return vip_fail(&work->context->diag, VIP_EUSAGE,
                            "--kind: the programme's reminders.csv has no '%.*s'",
                            (int)(size < 60 ? size : 60), part);
    }
    return VIP_OK;
}

static int check_options(struct vip_context *context)
{
    bool rows = context->operand_count > 0;

    if (!rows && given.template_name)
        return vip_fail(&context->diag, VIP_EUSAGE,
                        "--template writes to the members of a list: name a FILE or -");
    if (rows && !given.kinds && !given.template_name)
        return vip_fail(&context->diag, VIP_EUSAGE,
                        "what is to be said? give --kind=KIND or --template=NAME with rows");
    if (rows && given.kinds && strchr(given.kinds, ','))
        return vip_fail(&context->diag, VIP_EUSAGE, "with rows --kind is one kind: '%s'",
                        given.kinds);
    if (rows && given.ahead)
        return vip_fail(&context->diag, VIP_EUSAGE, "--ahead goes without rows");
    if (given.again && (rows || given.ahead))
        return vip_fail(&context->diag, VIP_EUSAGE, "--again goes without rows and --ahead");
    if (given.consultant && (rows || given.mark))
        return vip_fail(&context->diag, VIP_EUSAGE, "--consultant goes without rows and --mark");
    if (given.ahead > 400)
        return vip_fail(&context->diag, VIP_EUSAGE, "--ahead: expected at most 400 days");
    return VIP_OK;
}

static int open_database(struct vip_context *context)
{
    bool writes = given.mark || context->reveal;
    int error = vip_db_open(&context->db, context->database_path,
                            writes ? VIP_DB_WRITE : VIP_DB_READ, &context->diag);

    if (!error)
        error = vip_context_reveal(context);
    if (!error && given.mark && (context->dry_run || context->atomic))
        error = vip_db_hold(context->db, &context->diag);
    return error;
}

/* A slip of the pen would give an empty list. */
static int check_consultant(struct vip_context *context)
{
    struct vip_codes codes = {0};
    int64_t code = 0;

    if (!given.consultant)
        return VIP_OK;
    int error = vip_code_find(context->db, &codes, given.consultant, false, &code, &context->diag);
    vip_codes_free(&codes);
    if (!error && code < 1)
        error = vip_refuse(&context->diag, "no-such-consultant", "",
                           "--consultant: nobody looks after a member under the name '%s'",
                           given.consultant);
    return error;
}

static int prepare(struct work *work)
{
    struct vip_context *context = work->context;
    int error = vip_programs_load(context->db, &work->keep, &work->programs, &context->diag);

    if (error)
        return error;
    work->program = vip_programs_on(&work->programs, context->as_of);
    work->quiet = vip_remind_open_day(work->program, context->as_of) != context->as_of;
    work->next_day = vip_remind_open_day(work->program, context->as_of + 1);
    error = check_consultant(context);
    if (error)
        return error;
    work->contacts = vip_arena_zero(&work->keep, BATCH_ROWS, sizeof *work->contacts);
    if (!work->contacts)
        return vip_fail_memory(&context->diag);
    if (given.template_name && !find_text(work, given.template_name))
        return vip_fail(&context->diag, VIP_EUSAGE,
                        "there is no text '%s': put templates/%s.zh.txt into the programme",
                        given.template_name, given.template_name);
    work->ad_hoc = (struct vip_reminder){.kind = given.template_name,
                                         .anchor = "",
                                         .channel = "sms",
                                         .template_name = given.template_name,
                                         .consent = "sms",
                                         .offset = {0, VIP_SPAN_DAYS},
                                         .tier = ""};
    return check_kinds(work);
}

static int run(struct vip_context *context)
{
    struct work work = {.context = context};
    int error = check_options(context);

    if (given.format >= 0)
        context->output_format = VIP_OUTPUT_CSV + given.format;
    work.lang = given.language >= 0 ? languages[given.language]
                : context->lang     ? context->lang
                                    : "zh";
    if (!error)
        error = open_database(context);
    if (!error)
        error = prepare(&work);
    if (!error)
        error = vip_output_open(context, columns, COLUMN_COUNT, NULL);
    if (!error)
        error = context->operand_count ? filter(&work) : list_due(&work);
    if (work.passed_over && !error)
        vip_note(context, "%llu passed over: no consent, or no way to reach them",
                 (unsigned long long)work.passed_over);
    if (work.moved && !error)
        vip_note(context,
                 "%llu moved to another day: one marketing message a day, and none on quiet days",
                 (unsigned long long)work.moved);
    vip_map_free(&work.members);
    vip_arena_free(&work.arena);
    vip_arena_free(&work.keep);
    return error;
}

static const struct vip_option options[] = {
    {"kind", 'k', VIP_OPTION_TEXT, "KIND,...", &given.kinds,
     "these kinds of reminders.csv only: birthday, follow-up, points-posted ...", NULL, NULL},
    {"ahead", 'a', VIP_OPTION_NUMBER, "DAYS", &given.ahead, "list what is due within so many days",
     NULL, NULL},
    {"mark", 'm', VIP_OPTION_FLAG, NULL, &given.mark,
     "give each reminder once, and catch up with nights that were missed", NULL, NULL},
    {"again", 0, VIP_OPTION_TEXT, "KEY|DATE", &given.again,
     "what was given under this key, or on this day, and has not arrived", NULL, NULL},
    {"template", 't', VIP_OPTION_TEXT, "NAME", &given.template_name,
     "write this text of the programme to each member of the rows given", NULL, NULL},
    {"consultant", 0, VIP_OPTION_TEXT, "NAME", &given.consultant,
     "only contacts of the members that this consultant looks after", NULL, NULL},
    {"format", 'f', VIP_OPTION_CHOICE, NULL, &given.format,
     "format of the output (default: by the ending of -o, else csv, or table on a terminal)",
     formats, NULL},
    {"message-lang", 0, VIP_OPTION_CHOICE, NULL, &given.language,
     "the language of messages (default: that of --lang, else zh)", languages, NULL},
    {.name = NULL},
};

static const char *const examples[] = {
    "vip-remind --mark --reveal | send-sms",
    "tonight's contacts, each once, with whole phone numbers",
    "vip-accrue pos.csv | vip-remind --kind=points-posted --mark -",
    "a message for each purchase that was posted",
    "vip-remind --kind=birthday --ahead=7 --lang=zh --excel -o birthdays.csv",
    "the birthdays of the coming week",
    "vip-remind --consultant=Gu --ahead=30 -o gu.ics",
    "a calendar of the month ahead, for one consultant",
    NULL,
};

static const struct vip_command command = {
    .name = "vip-remind",
    .synopsis = "[OPTION...] [FILE...]",
    .summary = "who is to be contacted, and what to say",
    .flags = VIP_COMMAND_NO_DATABASE,
    .options = options,
    .examples = examples,
    .run = run,
};

int main(int argc, char **argv)
{
    return vip_command_main(&command, argc, argv);
}
