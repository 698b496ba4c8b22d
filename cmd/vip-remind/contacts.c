/* Contacts on their way out: whom the rules let be contacted, a batch of rows, its marks in one
 * transaction. */
#include "cmd/vip-remind/parts.h"

#include "lib/base/text.h"
#include "lib/rules/message.h"
#include <string.h>

bool vip_night_is_for(struct vip_night *night, const struct vip_reminder *rule,
                      const struct vip_remind_member *member)
{
    const char *rest = member->tiers, *part;
    size_t size;
    bool fits = !*rule->tier || (!*rest && vip_list_has(rule->tier, ""));

    while (!fits && vip_text_split(&rest, '|', &part, &size)) {
        const char *tier = vip_arena_copy(&night->arena, part, size);
        fits = tier && vip_list_has(rule->tier, tier);
    }
    return fits;
}

bool vip_night_may_contact(struct vip_night *night, const struct vip_reminder *rule,
                           const struct vip_remind_member *member)
{
    if (!vip_night_is_for(night, rule, member))
        return false;
    if (!vip_remind_obstacle(rule, &member->person))
        return true;
    night->passed_over++;
    return false;
}

int vip_night_member(struct vip_night *night, int64_t id, struct vip_remind_member *member)
{
    struct vip_context *context = night->context;

    return vip_remind_member_load(context->db, id, night->program->contact_tries, &night->arena,
                                  member, &context->diag);
}

int vip_night_has_had(struct vip_night *night, int64_t member, const char *key)
{
    struct vip_context *context = night->context;
    int64_t told;

    if (night->quiet || vip_map_find_number(&night->told, member, &told))
        return 1;
    int had = vip_remind_had_marketing(context->db, member, context->as_of, key, &context->diag);
    if (!had && vip_map_put_number(&night->told, member, 1))
        return vip_fail_memory(&context->diag);
    return had;
}

int vip_night_keep(struct vip_night *night, const struct vip_reminder *rule,
                   const struct vip_remind_member *member, vip_day due, const char *key,
                   const struct vip_night_facts *facts)
{
    struct vip_night_contact *contact = &night->contacts[night->count];
    const char *phone = night->context->reveal || !*member->phone
                            ? member->phone
                            : vip_mask_phone(&night->arena, member->phone);
    const char *email = night->context->reveal || !*member->email
                            ? member->email
                            : vip_mask_email(&night->arena, member->email);
    const char *message = vip_night_render(night, rule, member, facts);
    const char *copy = vip_arena_text(&night->arena, key);
    const char *kept = night->marks ? vip_night_facts_write(facts, &night->arena) : "";

    if (!phone || !email || !message || !copy || !kept)
        return vip_fail_memory(&night->context->diag);
    bool sms = strcmp(rule->channel, "sms") == 0;
    *contact = (struct vip_night_contact){
        .member = member->id,
        .rule = rule,
        .due = due,
        .key = copy,
        .facts = kept,
        .values = {vip_text(member->member), vip_text(rule->kind), vip_date(due), vip_text(copy),
                   vip_text(member->name), vip_text(phone), vip_text(rule->channel),
                   vip_text(member->consultant), vip_text(member->store), vip_text(message),
                   sms ? vip_int(vip_message_parts(message)) : vip_null(), vip_text(email)}};
    night->count++;
    return VIP_OK;
}

/* Marks one and keeps it in its place in the batch if it is given today. */
static int mark_contact(struct vip_night *night, struct vip_batch *batch,
                        const struct vip_night_contact *contact, size_t *left)
{
    struct vip_context *context = night->context;
    const struct vip_remind_gift gift = {.member = contact->member,
                                         .key = contact->key,
                                         .rule = contact->rule,
                                         .due = contact->due,
                                         .facts = contact->facts,
                                         .again = contact->again,
                                         .forced = contact->again && night->asked->again,
                                         .move = contact->move,
                                         .next = night->next_day};
    int mark = vip_remind_mark(batch, &gift, &context->diag);

    if (mark == VIP_REMIND_GIVEN)
        night->contacts[(*left)++] = *contact;
    else if (mark == VIP_REMIND_MOVED)
        night->moved++;
    else if (mark == VIP_REMIND_KNOWN)
        context->count.known++;
    return mark < 0 ? mark : VIP_OK;
}

/* Leaves those that are given today, in one transaction. */
static int mark_batch(struct vip_night *night)
{
    struct vip_context *context = night->context;
    struct vip_batch batch;
    size_t left = 0;

    vip_context_batch(context, &batch);
    int error = vip_batch_begin(&batch, &context->diag);
    if (error)
        return error;
    for (size_t i = 0; !error && i < night->count; i++)
        error = mark_contact(night, &batch, &night->contacts[i], &left);
    if (error) {
        vip_batch_rollback(&batch);
        return error;
    }
    night->count = left;
    return vip_batch_commit(&batch, &context->diag);
}

int vip_night_flush(struct vip_night *night)
{
    int error = night->marks && night->count ? mark_batch(night) : VIP_OK;

    for (size_t i = 0; !error && i < night->count; i++) {
        error = vip_output_row(night->context, night->contacts[i].values);
        night->context->count.accepted++;
    }
    if (!error && night->count)
        error = vip_output_flush(night->context);
    night->count = 0;
    vip_arena_reset(&night->arena);
    return error;
}
