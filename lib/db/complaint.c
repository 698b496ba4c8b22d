/* Complaints and their steps, and the second look, which is a contact as well: see contact.h. */
#include "lib/db/contact_desk.h"

#include "lib/rules/remind.h"
#include <string.h>

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
    int error = vip_contact_desk_identify(desk, &step->identity, &member, diag);
    if (!error && complaint->last >= 0 && member != complaint->member)
        error = vip_refuse(diag, "conflict", "member", "complaint '%s' is another member's: %s",
                           step->complaint, complaint->number);
    if (!error && complaint->last < 0) {
        complaint->member = member;
        error = vip_contact_desk_number(desk, member, arena, &complaint->number, diag);
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
                      vip_int(complaint->member), vip_int_or_null(store), vip_date(day),
                      vip_int((int64_t)step->step), vip_int(desk->batch.number));
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

int vip_contact_desk_look(struct vip_contact_desk *desk, const struct vip_contact *contact,
                          int64_t member, struct vip_arena *arena,
                          const struct vip_contact_done *done, struct vip_diag *diag)
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
