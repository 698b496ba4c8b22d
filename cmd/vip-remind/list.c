/* The list of what is due: gathered by the rules of reminders.csv, with what is to be given again.
 */
#include "cmd/vip-remind/parts.h"

#include "lib/rules/message.h"
#include <string.h>

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

static int fill_purchase(struct vip_night *night, const struct vip_remind_item *item,
                         struct vip_night_facts *facts)
{
    const char *store;
    int error = vip_remind_bought_at(night->context->db, item->member, item->event, &night->arena,
                                     &store, &night->context->diag);

    facts->store = !error && *store ? store : NULL;
    return error;
}

static int fill_facts(struct vip_night *night, const struct vip_remind_item *item,
                      const struct vip_remind_member *member, struct vip_night_facts *facts)
{
    facts->due = vip_night_day(night, day_to_name(item));
    switch (vip_remind_kind(item->rule)) {
    case VIP_REMIND_POINTS_POSTED:
        facts->points = vip_night_number(night, item->number);
        return fill_purchase(night, item, facts);
    case VIP_REMIND_FOLLOW_UP:
    case VIP_REMIND_DORMANT:
        return fill_purchase(night, item, facts);
    case VIP_REMIND_STATEMENT:
        facts->from = vip_night_day(night, item->event);
        facts->to = vip_night_day(night, night->context->as_of);
        break;
    case VIP_REMIND_ANNOUNCEMENT:
        facts->points = vip_night_number(night, item->number);
        facts->from = vip_night_day(night, item->from);
        facts->to = vip_night_day(night, item->to);
        break;
    case VIP_REMIND_POINTS_EXPIRING:
        facts->points = vip_night_number(night, item->number);
        facts->expires = vip_night_day(night, item->event);
        break;
    case VIP_REMIND_REBATE:
    case VIP_REMIND_VOUCHER_EXPIRING:
        facts->amount = vip_message_yuan(item->number, &night->arena);
        facts->expires = vip_night_day(night, item->to == VIP_DAY_NONE ? item->event : item->to);
        break;
    case VIP_REMIND_CARD_EXPIRING:
        facts->card = item->detail;
        facts->expires = vip_night_day(night, item->event);
        break;
    case VIP_REMIND_TIER_CHANGE:
        facts->from = vip_night_tier_name(night, item->from_tier);
        facts->to = vip_night_tier_name(night, item->detail);
        facts->expires = vip_night_day(night, item->to);
        break;
    case VIP_REMIND_NEAR_TIER:
        facts->to = vip_night_tier_name(night, item->detail);
        facts->missing = vip_remind_lack(item->basis, item->number, night->lang, &night->arena);
        break;
    case VIP_REMIND_DOSSIER:
        return vip_remind_missing(night->context->db, night->program, member, night->lang,
                                  &night->arena, &facts->missing, &night->context->diag);
    default:
        break;
    }
    return VIP_OK;
}

/* Two rules that differ by their channel only are two contacts. */
static const char *twin_channel(const struct vip_night *night, const struct vip_reminder *rule)
{
    for (const struct vip_reminder *other = night->program->reminders; other < rule; other++)
        if (strcmp(other->kind, rule->kind) == 0 && strcmp(other->anchor, rule->anchor) == 0 &&
            other->month_list == rule->month_list && other->offset.unit == rule->offset.unit &&
            other->offset.count == rule->offset.count && strcmp(other->channel, rule->channel) != 0)
            return rule->channel;
    return NULL;
}

const char *vip_night_key(const struct vip_night *night, const struct vip_remind_item *item,
                          char *made)
{
    if (item->key)
        return item->key;
    return vip_remind_key(item->rule, item->event,
                          item->detail ? item->detail : twin_channel(night, item->rule), made);
}

int vip_night_is_done(struct vip_night *night, const struct vip_remind_item *item, const char *key)
{
    struct vip_context *context = night->context;

    if (item->key)
        return 0;
    if (vip_remind_kind(item->rule) == VIP_REMIND_POINTS_POSTED)
        return vip_remind_given_kind(context->db, item->member, item->rule->kind, item->due,
                                     &context->diag);
    return vip_remind_given(context->db, item->member, key, NULL, &context->diag);
}

/* ---- one contact of the list ---- */

static int fill_again(struct vip_night *night, const struct vip_remind_item *item,
                      struct vip_night_facts *facts)
{
    facts->due = vip_night_day(night, day_to_name(item));
    if (vip_night_facts_read(item->facts, facts, &night->arena))
        return vip_fail_memory(&night->context->diag);
    return VIP_OK;
}

/* There is nothing to say when the dossier is full, or the programme has dropped the text of what
 * is given again. */
int vip_night_fill(struct vip_night *night, const struct vip_remind_item *item,
                   const struct vip_remind_member *member, struct vip_night_facts *facts)
{
    int error = item->key ? fill_again(night, item, facts) : fill_facts(night, item, member, facts);

    if (error)
        return error;
    return !(facts->missing && !*facts->missing) &&
           vip_night_text(night,
                          facts->template_name ? facts->template_name : item->rule->template_name);
}

static bool is_of_consultant(const struct vip_night *night, const struct vip_remind_member *member)
{
    return !night->asked->consultant || strcmp(member->consultant, night->asked->consultant) == 0;
}

/* Whether a contact is left for another day. What is asked for by name comes in any case; what was
 * not sent on several days, one a day. */
static int is_left(struct vip_night *night, const struct vip_remind_item *item,
                   const struct vip_remind_member *member)
{
    vip_day day;

    if (night->asked->unsent && vip_remind_is_marketing(item->rule))
        return vip_night_has_had(night, item->member, item->key);
    if (night->asked->again)
        return 0;
    int error = vip_night_plan(night, item, member, &day);
    return error ? error : day == VIP_DAY_NONE;
}

static int list_item(struct vip_night *night, const struct vip_remind_item *item)
{
    struct vip_remind_member member;
    struct vip_night_facts facts = {0};
    char made[VIP_REMIND_KEY];
    const char *key = vip_night_key(night, item, made);
    int done = vip_remind_is_stale(item->rule, item->event, night->context->as_of)
                   ? 1
                   : vip_night_is_done(night, item, key);

    if (done)
        return done < 0 ? done : VIP_OK;
    int found = vip_night_member(night, item->member, &member);
    if (found <= 0 || !is_of_consultant(night, &member) ||
        !vip_night_may_contact(night, item->rule, &member))
        return found < 0 ? found : VIP_OK;
    int left = is_left(night, item, &member);
    bool leaves_out = left > 0 && (!night->marks || night->asked->again);
    night->moved += leaves_out;
    if (left < 0 || leaves_out)
        return left < 0 ? left : VIP_OK;
    int says = vip_night_fill(night, item, &member, &facts);
    if (says <= 0)
        return says;
    int error = vip_night_keep(night, item->rule, &member, item->due, key, &facts);
    if (!error) {
        night->contacts[night->count - 1].again = item->key;
        night->contacts[night->count - 1].move = left;
    }
    return error;
}

/* All that is due until today was given: the next run begins behind it. */
static int note_run(struct vip_night *night)
{
    struct vip_context *context = night->context;
    struct vip_batch batch;

    vip_context_batch(context, &batch);
    int error = vip_batch_begin(&batch, &context->diag);
    if (error)
        return error;
    for (size_t i = 0; !error && i < night->program->reminder_count; i++) {
        const struct vip_reminder *rule = &night->program->reminders[i];
        if (vip_remind_is_asked(night->asked->kinds, rule->kind))
            error = vip_remind_set_run(&batch, rule->kind, &context->diag);
    }
    if (error) {
        vip_batch_rollback(&batch);
        return error;
    }
    return vip_batch_commit(&batch, &context->diag);
}

static int list_items(struct vip_night *night, const struct vip_remind_item *items, size_t count)
{
    int error = VIP_OK;

    for (size_t i = 0; !error && i < count; i++) {
        error = list_item(night, &items[i]);
        if (!error && night->count == VIP_NIGHT_BATCH)
            error = vip_night_flush(night);
    }
    return error ? error : vip_night_flush(night);
}

int vip_night_list(struct vip_night *night)
{
    struct vip_context *context = night->context;
    const struct vip_night_asked *asked = night->asked;
    const struct vip_remind_query query = {.programs = &night->programs,
                                           .as_of = context->as_of,
                                           .ahead = (int)asked->ahead,
                                           .kinds = asked->kinds,
                                           .given = !asked->mark};
    struct vip_remind_item *items;
    size_t count;
    int error = asked->again ? vip_remind_again(context->db, &query, asked->again, &night->keep,
                                                &items, &count, &context->diag)
                             : vip_remind_gather(context->db, &query, &night->keep, &items, &count,
                                                 &context->diag);

    if (!error && asked->again && !asked->unsent && !count)
        return vip_refuse(&context->diag, "no-such-reminder", "",
                          "nothing given under '%s' is to be given again", asked->again);
    if (!error)
        error = vip_night_find_rivals(night, items, count);
    if (!error)
        error = list_items(night, items, count);
    return !error && night->marks && !asked->again ? note_run(night) : error;
}
