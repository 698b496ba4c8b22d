/* Contacts: see contact.h; complaints are in complaint.c. */
#include "lib/db/contact_desk.h"

#include "lib/base/text.h"
#include <string.h>

void vip_contact_desk_free(struct vip_contact_desk *desk)
{
    vip_map_free(&desk->members);
    vip_codes_free(&desk->codes);
}

static const struct vip_program *program_of(const struct vip_contact_desk *desk)
{
    return vip_programs_on(desk->programs, desk->batch.as_of);
}

int vip_contact_desk_identify(struct vip_contact_desk *desk, const struct vip_identity *identity,
                              int64_t *member, struct vip_diag *diag)
{
    return vip_member_identify(desk->batch.db, identity, program_of(desk)->identify, &desk->members,
                               member, diag);
}

int vip_contact_desk_number(struct vip_contact_desk *desk, int64_t id, struct vip_arena *arena,
                            const char **number, struct vip_diag *diag)
{
    struct vip_statement *row = NULL;
    int found = vip_db_query(desk->batch.db, VIP_SQL_desk_member, &row, diag, vip_int(id));

    *number = "";
    if (found <= 0)
        return found;
    *number = vip_arena_text(arena, vip_column_text(row, 0));
    vip_reset(row);
    return *number ? VIP_OK : vip_fail_memory(diag);
}

/* ---- contacts ---- */

struct reminder { /* that a contact is about */
    const char *kind, *channel;
    int64_t tries;
};

static int owner_of_key(struct vip_contact_desk *desk, const char *key, int64_t *member,
                        struct vip_diag *diag)
{
    struct vip_statement *row = NULL;
    int more = vip_db_query(desk->batch.db, VIP_SQL_contact_by_key, &row, diag, vip_text(key));

    if (more < 0)
        return more;
    if (!more)
        return vip_refuse(diag, "no-such-reminder", "key",
                          "'%s' was never given: see vip-remind --mark", key);
    *member = vip_column_integer(row, 0);
    more = vip_step(row, diag);
    if (more > 0) {
        vip_reset(row);
        return vip_refuse(diag, "ambiguous", "key",
                          "'%s' is the key of several members: expected a "
                          "member too",
                          key);
    }
    return more;
}

static int find_member(struct vip_contact_desk *desk, const struct vip_contact *contact,
                       int64_t *member, struct vip_diag *diag)
{
    if (vip_identity_empty(&contact->identity) && *contact->key)
        return owner_of_key(desk, contact->key, member, diag);
    return vip_contact_desk_identify(desk, &contact->identity, member, diag);
}

/* The contact's own key: given, or made of what tells contacts apart. */
static const char *key_of(const struct vip_contact_desk *desk, const struct vip_contact *contact,
                          const char *member, struct vip_arena *arena)
{
    char day[VIP_DATE_TEXT];

    if (*contact->contact)
        return contact->contact;
    vip_day_format(contact->day == VIP_DAY_NONE ? desk->batch.as_of : contact->day, day);
    return vip_arena_format(arena, "%s|%s|%s|%s|%s", member,
                            *contact->key ? contact->key : contact->kind, day, contact->by,
                            vip_contact_word(VIP_CONTACT_OUTCOMES, (int)contact->outcome));
}

static const char *word_or_empty(enum vip_contact_list list, int index)
{
    return index < 0 ? "" : vip_contact_word(list, index);
}

/* Whether the row says what is there; what it leaves out of member, reminder, day and channel does
 * not make it another. */
static bool is_same(const struct vip_contact *contact, struct vip_statement *row, int64_t member)
{
    const char *channel = word_or_empty(VIP_CONTACT_CHANNELS, contact->channel);

    return (!member || vip_column_integer(row, 0) == member) &&
           (!*contact->key || strcmp(vip_column_text(row, 2), contact->key) == 0) &&
           (!*contact->kind || strcmp(vip_column_text(row, 3), contact->kind) == 0) &&
           (contact->day == VIP_DAY_NONE || vip_column_day(row, 4) == contact->day) &&
           strcmp(vip_column_text(row, 5), contact->by) == 0 &&
           (!*channel || strcmp(vip_column_text(row, 6), channel) == 0) &&
           strcmp(vip_column_text(row, 7),
                  vip_contact_word(VIP_CONTACT_OUTCOMES, (int)contact->outcome)) == 0 &&
           strcmp(vip_column_text(row, 8), contact->note) == 0 &&
           vip_column_integer(row, 9) == contact->satisfaction &&
           strcmp(vip_column_text(row, 10),
                  word_or_empty(VIP_CONTACT_CHURN, contact->churn_reason)) == 0;
}

static int take_known(struct vip_statement *row, struct vip_arena *arena,
                      struct vip_contact_done *done, struct vip_diag *diag)
{
    done->member = vip_arena_text(arena, vip_column_text(row, 1));
    done->key = vip_arena_text(arena, vip_column_text(row, 2));
    done->kind = vip_arena_text(arena, vip_column_text(row, 3));
    done->day = vip_column_day(row, 4);
    done->channel = vip_arena_text(arena, vip_column_text(row, 6));
    done->known = true;
    return done->member && done->key && done->kind && done->channel ? 1 : vip_fail_memory(diag);
}

/* 1 when the contact is there already, 0 not, VIP_EREFUSED when another one has its key. */
static int find_known(struct vip_contact_desk *desk, const struct vip_contact *contact,
                      int64_t member, struct vip_arena *arena, struct vip_contact_done *done,
                      struct vip_diag *diag)
{
    struct vip_statement *row = NULL;
    int found =
        vip_db_query(desk->batch.db, VIP_SQL_contact_get, &row, diag, vip_text(done->contact));

    if (found <= 0)
        return found;
    int result =
        is_same(contact, row, member)
            ? take_known(row, arena, done, diag)
            : vip_refuse(diag, "conflict", *contact->contact ? "contact" : "",
                         "there is a contact '%s' with another content: expected the same, "
                         "or a key of its own in the column contact",
                         done->contact);
    vip_reset(row);
    return result;
}

/* The reminder of done->key: 1 found, 0 not. */
static int load_reminder(struct vip_contact_desk *desk, int64_t member, struct vip_arena *arena,
                         const char *key, struct reminder *reminder, struct vip_diag *diag)
{
    struct vip_statement *row = NULL;
    int found = vip_db_query(desk->batch.db, VIP_SQL_contact_reminder, &row, diag, vip_int(member),
                             vip_text(key));

    if (found <= 0)
        return found;
    reminder->kind = vip_arena_text(arena, vip_column_text(row, 0));
    reminder->channel = vip_arena_text(arena, vip_column_text(row, 1));
    reminder->tries = vip_column_integer(row, 2);
    vip_reset(row);
    return reminder->kind && reminder->channel ? 1 : vip_fail_memory(diag);
}

/* Where only the kind was given: the reminder that waits, if there is one. */
static int find_open(struct vip_contact_desk *desk, const struct vip_contact *contact,
                     int64_t member, struct vip_arena *arena, struct vip_contact_done *done,
                     struct vip_diag *diag)
{
    struct vip_statement *row = NULL;
    int found = vip_db_query(desk->batch.db, VIP_SQL_contact_open, &row, diag, vip_int(member),
                             vip_text(contact->kind), vip_date(done->day));

    done->key = "";
    if (found <= 0)
        return found;
    done->key = vip_arena_text(arena, vip_column_text(row, 0));
    vip_reset(row);
    return done->key ? VIP_OK : vip_fail_memory(diag);
}

static int find_reminder(struct vip_contact_desk *desk, const struct vip_contact *contact,
                         int64_t member, struct vip_arena *arena, struct vip_contact_done *done,
                         struct reminder *reminder, struct vip_diag *diag)
{
    int error = VIP_OK, found = 0;

    done->key = contact->key;
    if (!*contact->key)
        error = find_open(desk, contact, member, arena, done, diag);
    if (!error && *done->key)
        found = load_reminder(desk, member, arena, done->key, reminder, diag);
    if (error < 0 || found < 0)
        return error < 0 ? error : found;
    if (!found && *contact->key)
        return vip_refuse(
            diag, "no-such-reminder", "key",
            "'%s' was never given to %s: see vip-remind --mark, or leave it empty and "
            "say which kind",
            contact->key, done->member);
    if (found && *contact->kind && strcmp(contact->kind, reminder->kind) != 0)
        return vip_refuse(diag, "conflict", "kind", "'%s' is not the kind of reminder '%s'",
                          contact->kind, contact->key);
    done->kind = found ? reminder->kind : contact->kind;
    done->channel = contact->channel >= 0 ? vip_contact_word(VIP_CONTACT_CHANNELS, contact->channel)
                    : found               ? reminder->channel
                                          : "call";
    return VIP_OK;
}

/* What the outcome means for the reminder and for the phone. */
static int follow(struct vip_contact_desk *desk, const struct vip_contact *contact, int64_t member,
                  int64_t tries, struct vip_contact_done *done, struct vip_diag *diag)
{
    struct vip_db *db = desk->batch.db;
    int doubt = vip_contact_doubt(contact->outcome, done->channel);
    int error = VIP_OK;

    if (*done->key) {
        done->again =
            vip_contact_again(program_of(desk), contact->outcome, (int)tries + 1, done->day);
        error = vip_db_run(db, VIP_SQL_contact_outcome, diag, vip_int(member), vip_text(done->key),
                           vip_text(vip_contact_word(VIP_CONTACT_OUTCOMES, (int)contact->outcome)),
                           vip_int(tries + 1), vip_date(done->again), vip_date(done->day));
    }
    if (!error && doubt > 0)
        error = vip_db_run(db, VIP_SQL_contact_failed, diag, vip_int(member), vip_date(done->day));
    if (!error && doubt < 0)
        error = vip_db_run(db, VIP_SQL_contact_answered, diag, vip_int(member));
    return error;
}

static int insert(struct vip_contact_desk *desk, const struct vip_contact *contact, int64_t member,
                  const struct vip_contact_done *done, struct vip_diag *diag)
{
    int error = vip_batch_need(&desk->batch, diag);

    if (error)
        return error;
    return vip_db_run(desk->batch.db, VIP_SQL_contact_insert, diag, vip_text(done->contact),
                      vip_int(member), vip_text(done->key), vip_text(done->kind),
                      vip_date(done->day), vip_text(contact->by), vip_text(done->channel),
                      vip_text(vip_contact_word(VIP_CONTACT_OUTCOMES, (int)contact->outcome)),
                      vip_text(contact->note), vip_int_or_null(contact->satisfaction),
                      vip_text(word_or_empty(VIP_CONTACT_CHURN, contact->churn_reason)),
                      vip_int(desk->batch.number), vip_int((int64_t)contact->source_line));
}

int vip_contact_post(struct vip_contact_desk *desk, const struct vip_contact *contact,
                     struct vip_arena *arena, struct vip_contact_done *done, struct vip_diag *diag)
{
    struct reminder reminder = {0};
    int64_t member = 0;
    int error = find_member(desk, contact, &member, diag);

    *done = (struct vip_contact_done){.again = VIP_DAY_NONE};
    if (!error)
        error = vip_contact_desk_number(desk, member, arena, &done->member, diag);
    if (error)
        return error;
    done->contact = key_of(desk, contact, done->member, arena);
    if (!done->contact)
        return vip_fail_memory(diag);
    int known = find_known(desk, contact, member, arena, done, diag);
    if (known)
        return known < 0 ? known : VIP_OK;
    done->day = contact->day == VIP_DAY_NONE ? desk->batch.as_of : contact->day;
    error = find_reminder(desk, contact, member, arena, done, &reminder, diag);
    if (!error)
        error = insert(desk, contact, member, done, diag);
    if (!error)
        error = follow(desk, contact, member, reminder.tries, done, diag);
    if (!error && contact->outcome == VIP_OUTCOME_REACHED && *done->key)
        error = vip_contact_desk_look(desk, contact, member, arena, done, diag);
    return error;
}
