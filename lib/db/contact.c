/* Contacts and complaints: see contact.h. */
#include "lib/db/contact.h"

#include "lib/base/text.h"
#include "lib/rules/remind.h"
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

static int identify(struct vip_contact_desk *desk, const struct vip_identity *identity,
                    int64_t *member, struct vip_diag *diag)
{
    return vip_member_identify(desk->batch.db, identity, program_of(desk)->identify, &desk->members,
                               member, diag);
}

static int member_number(struct vip_contact_desk *desk, int64_t id, struct vip_arena *arena,
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

/* The step of a complaint that a contact is (see below, where complaints are). */
static int take_look(struct vip_contact_desk *desk, const struct vip_contact *contact,
                     int64_t member, struct vip_arena *arena, const struct vip_contact_done *done,
                     struct vip_diag *diag);

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
    return identify(desk, &contact->identity, member, diag);
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
                      vip_text(contact->note),
                      contact->satisfaction ? vip_int(contact->satisfaction) : vip_null(),
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
        error = member_number(desk, member, arena, &done->member, diag);
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
        error = take_look(desk, contact, member, arena, done, diag);
    return error;
}

/* ---- complaints ---- */

struct complaint {
    int64_t member;
    const char *number; /* the member's */
    int last;           /* step; -1: there is no such complaint */
    vip_day day;        /* of that step */
};

static int load_complaint(struct vip_contact_desk *desk, const char *name, struct vip_arena *arena,
                          struct complaint *complaint, struct vip_diag *diag)
{
    struct vip_statement *row = NULL;
    int found = vip_db_query(desk->batch.db, VIP_SQL_complaint_get, &row, diag, vip_text(name));

    *complaint = (struct complaint){.number = "", .last = -1};
    if (found <= 0)
        return found;
    complaint->member = vip_column_integer(row, 0);
    complaint->number = vip_arena_text(arena, vip_column_text(row, 1));
    complaint->last = (int)vip_column_integer(row, 2);
    complaint->day = vip_column_day(row, 3);
    vip_reset(row);
    return complaint->number ? VIP_OK : vip_fail_memory(diag);
}

/* Whose complaint it is, by the row: the one that it was opened for. */
static int check_member(struct vip_contact_desk *desk, const struct vip_complaint_step *step,
                        struct vip_arena *arena, struct complaint *complaint, struct vip_diag *diag)
{
    int64_t member;

    if (complaint->last >= 0 && vip_identity_empty(&step->identity))
        return VIP_OK;
    int error = identify(desk, &step->identity, &member, diag);
    if (!error && complaint->last >= 0 && member != complaint->member)
        error = vip_refuse(diag, "conflict", "member", "complaint '%s' is another member's: %s",
                           step->complaint, complaint->number);
    if (!error && complaint->last < 0) {
        complaint->member = member;
        error = member_number(desk, member, arena, &complaint->number, diag);
    }
    return error;
}

/* 1 when the step is there already, 0 not, VIP_EREFUSED when it says something else. */
static int find_step(struct vip_contact_desk *desk, const struct vip_complaint_step *step,
                     struct vip_complaint_done *done, struct vip_diag *diag)
{
    struct vip_statement *row = NULL;
    int found = vip_db_query(desk->batch.db, VIP_SQL_complaint_step_get, &row, diag,
                             vip_text(step->complaint), vip_int((int64_t)step->step));

    if (found <= 0)
        return found;
    done->day = vip_column_day(row, 0);
    done->known = (step->day == VIP_DAY_NONE || step->day == done->day) &&
                  strcmp(vip_column_text(row, 1), step->by) == 0 &&
                  strcmp(vip_column_text(row, 2), step->note) == 0 &&
                  (vip_column_is_null(row, 3) ? -1 : vip_column_integer(row, 3)) == step->amount;
    vip_reset(row);
    return done->known
               ? 1
               : vip_refuse(diag, "conflict", "step",
                            "'%s' of complaint '%s' is there with another content",
                            vip_contact_word(VIP_CONTACT_STEPS, (int)step->step), step->complaint);
}

static int check_order(const struct vip_complaint_step *step, const struct complaint *complaint,
                       vip_day day, struct vip_diag *diag)
{
    const char *word = vip_contact_word(VIP_CONTACT_STEPS, (int)step->step);
    int next = vip_complaint_next(complaint->last);
    char last[VIP_DATE_TEXT];

    if (complaint->last < 0 && step->step != VIP_STEP_HEARD)
        return vip_refuse(diag, "no-such-complaint", "complaint",
                          "'%s' was never opened: expected its step heard first", step->complaint);
    if (!vip_complaint_may(complaint->last, step->step))
        return vip_refuse(diag, "out-of-order", "step", "'%s' does not come next: expected %s%s",
                          word,
                          next < 0 ? "nothing more" : vip_contact_word(VIP_CONTACT_STEPS, next),
                          next == VIP_STEP_COMPENSATION ? " or confirmed" : "");
    if (complaint->last < 0 || day >= complaint->day)
        return VIP_OK;
    vip_day_format(complaint->day, last);
    return vip_refuse(diag, "out-of-order", "date", "is before the step that it follows, of %s",
                      last);
}

static int write_complaint(struct vip_contact_desk *desk, const struct vip_complaint_step *step,
                           const struct complaint *complaint, vip_day day, struct vip_diag *diag)
{
    int64_t store = 0;

    if (complaint->last >= 0)
        return vip_db_run(desk->batch.db, VIP_SQL_complaint_move, diag, vip_text(step->complaint),
                          vip_int((int64_t)step->step),
                          vip_date(step->step == VIP_STEP_CLOSED ? day : VIP_DAY_NONE));
    int error = vip_code_find(desk->batch.db, &desk->codes, step->store, true, &store, diag);
    if (error)
        return error;
    return vip_db_run(desk->batch.db, VIP_SQL_complaint_insert, diag, vip_text(step->complaint),
                      vip_int(complaint->member), store ? vip_int(store) : vip_null(),
                      vip_date(day), vip_int((int64_t)step->step), vip_int(desk->batch.number));
}

static int write_step(struct vip_contact_desk *desk, const struct vip_complaint_step *step,
                      const struct complaint *complaint, vip_day day, struct vip_diag *diag)
{
    int error = vip_batch_need(&desk->batch, diag);

    if (!error)
        error = write_complaint(desk, step, complaint, day, diag);
    if (error)
        return error;
    return vip_db_run(desk->batch.db, VIP_SQL_complaint_step_insert, diag,
                      vip_text(step->complaint), vip_int((int64_t)step->step), vip_date(day),
                      vip_text(step->by), vip_text(step->note),
                      step->amount < 0 ? vip_null() : vip_int(step->amount),
                      vip_int(desk->batch.number), vip_int((int64_t)step->source_line));
}

/* ---- the second look: a contact about a closed complaint, and its step followed-up ---- */

/* The closed complaint of a member that a reminder is about: 1 found, 0 none. */
static int find_closed(struct vip_contact_desk *desk, int64_t member, const char *key,
                       struct vip_arena *arena, const char **complaint, vip_day *closed,
                       struct vip_diag *diag)
{
    struct vip_statement *row = NULL;
    int more = vip_db_query(desk->batch.db, VIP_SQL_complaint_closed, &row, diag, vip_int(member),
                            vip_int(VIP_STEP_CLOSED));

    while (more > 0 && !vip_remind_key_about(key, vip_column_text(row, 0), vip_column_day(row, 1)))
        more = vip_step(row, diag);
    if (more <= 0)
        return more;
    *complaint = vip_arena_text(arena, vip_column_text(row, 0));
    *closed = vip_column_day(row, 1);
    vip_reset(row);
    return *complaint ? 1 : vip_fail_memory(diag);
}

static int take_look(struct vip_contact_desk *desk, const struct vip_contact *contact,
                     int64_t member, struct vip_arena *arena, const struct vip_contact_done *done,
                     struct vip_diag *diag)
{
    struct vip_complaint_step step = {.step = VIP_STEP_FOLLOWED_UP,
                                      .by = contact->by,
                                      .note = contact->note,
                                      .amount = -1,
                                      .source_line = contact->source_line};
    const struct complaint complaint = {.member = member, .last = VIP_STEP_CLOSED};
    vip_day closed;
    int found = find_closed(desk, member, done->key, arena, &step.complaint, &closed, diag);

    if (found <= 0 || done->day < closed)
        return found < 0 ? found : VIP_OK;
    return write_step(desk, &step, &complaint, done->day, diag);
}

/* The reminder of a complaint that somebody has looked at again, "" when there is none. */
static int find_look(struct vip_contact_desk *desk, int64_t member, const char *complaint,
                     vip_day closed, struct vip_arena *arena, const char **key,
                     struct vip_diag *diag)
{
    struct vip_statement *row = NULL;
    int more =
        vip_db_query(desk->batch.db, VIP_SQL_complaint_reminders, &row, diag, vip_int(member));

    *key = "";
    while (more > 0 && !vip_remind_key_about(vip_column_text(row, 0), complaint, closed))
        more = vip_step(row, diag);
    if (more <= 0)
        return more;
    *key = vip_arena_text(arena, vip_column_text(row, 0));
    vip_reset(row);
    return *key ? VIP_OK : vip_fail_memory(diag);
}

/* Who takes the step followed-up has reached the member: the reminder, if it was given, is done. */
static int note_look(struct vip_contact_desk *desk, const struct vip_complaint_step *step,
                     const struct complaint *complaint, vip_day day, struct vip_arena *arena,
                     struct vip_diag *diag)
{
    struct vip_contact contact = {.contact = "",
                                  .kind = "",
                                  .by = step->by,
                                  .note = step->note,
                                  .identity = {complaint->number, "", "", "", "", ""},
                                  .day = day,
                                  .outcome = VIP_OUTCOME_REACHED,
                                  .channel = -1,
                                  .churn_reason = -1,
                                  .source_line = step->source_line};
    struct vip_contact_done done;
    int error = find_look(desk, complaint->member, step->complaint, complaint->day, arena,
                          &contact.key, diag);

    if (error || !*contact.key)
        return error;
    error = vip_contact_post(desk, &contact, arena, &done, diag);
    if (error != VIP_EREFUSED) /* such a contact is there, with another note */
        return error;
    vip_diag_clear(diag);
    return VIP_OK;
}

int vip_complaint_post(struct vip_contact_desk *desk, const struct vip_complaint_step *step,
                       struct vip_arena *arena, struct vip_complaint_done *done,
                       struct vip_diag *diag)
{
    struct complaint complaint;
    int error = load_complaint(desk, step->complaint, arena, &complaint, diag);

    *done = (struct vip_complaint_done){.day = step->day == VIP_DAY_NONE ? desk->batch.as_of
                                                                         : step->day};
    if (!error)
        error = check_member(desk, step, arena, &complaint, diag);
    if (error)
        return error;
    done->member = complaint.number;
    int known = find_step(desk, step, done, diag);
    if (known)
        return known < 0 ? known : VIP_OK;
    error = check_order(step, &complaint, done->day, diag);
    if (!error)
        error = write_step(desk, step, &complaint, done->day, diag);
    if (!error && step->step == VIP_STEP_FOLLOWED_UP)
        error = note_look(desk, step, &complaint, done->day, arena, diag);
    return error;
}
