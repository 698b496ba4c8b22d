/* Members: adding and changing them; see member.h. */
#include "lib/db/member.h"

#include "lib/db/sequence.h"
#include "lib/db/staff.h"
#include "lib/rules/identity.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static bool given(const char *text)
{
    return text && *text;
}

int vip_member_by_application(struct vip_db *db, const char *application, int64_t *id,
                              struct vip_diag *diag)
{
    struct vip_value value = vip_text(application);
    return vip_db_number(db, VIP_SQL_member_by_application, id, 0, diag, &value, 1);
}

int vip_member_next(struct vip_batch *batch, char *to, struct vip_diag *diag)
{
    int64_t taken = 1;
    while (taken) { /* numbers that were brought from another system may lie ahead */
        int64_t number;
        int error = vip_sequence_next(batch, "member", &number, diag);
        if (error != VIP_OK)
            return error;
        snprintf(to, VIP_MEMBER_TEXT, "M%07" PRId64, number);
        struct vip_value member = vip_text(to);
        error = vip_db_number(batch->db, VIP_SQL_member_by_member, &taken, 0, diag, &member, 1);
        if (error != VIP_OK)
            return error;
    }
    return VIP_OK;
}

/* ---- what belongs to somebody else ---- */

/* Refuses with the number of the other member, so that the clerk can look them up. */
static int refuse_taken(struct vip_db *db, int64_t other, const char *reason, const char *column,
                        const char *what, struct vip_diag *diag)
{
    struct vip_statement *row = NULL;
    char number[VIP_NUMBER_TEXT] = "";
    int found = vip_db_query(db, VIP_SQL_member_number, &row, diag, vip_int(other));
    if (found < 0)
        return found;
    if (found) {
        snprintf(number, sizeof number, "%s", vip_column_text(row, 0));
        vip_reset(row);
    }
    return vip_refuse(diag, reason, column, "member %s has %s already", number, what);
}

static int check_one(struct vip_db *db, enum vip_sql sql, const char *value, int64_t self,
                     const char *reason, const char *column, const char *what,
                     struct vip_diag *diag)
{
    int64_t other = 0;
    struct vip_value text = vip_text(value);
    if (!given(value))
        return VIP_OK;
    int error = vip_db_number(db, sql, &other, 0, diag, &text, 1);
    if (error != VIP_OK || !other || other == self)
        return error;
    return refuse_taken(db, other, reason, column, what, diag);
}

static int check_household(struct vip_db *db, const struct vip_member *member,
                           struct vip_arena *scratch, struct vip_diag *diag)
{
    const char *key = vip_address_fold(scratch, member->address);
    int64_t other = 0;
    if (!key)
        return vip_fail_memory(diag);
    struct vip_value values[] = {vip_text(key), vip_int(member->id)};
    int error = vip_db_number(db, VIP_SQL_member_at_address, &other, 0, diag, values, 2);
    if (error != VIP_OK || !other)
        return error;
    return refuse_taken(db, other, "household", "address", "a card for this address", diag);
}

/* A purchase of a group makes one member, not one of each who was there. */
static int check_group(struct vip_db *db, const struct vip_member *member, struct vip_diag *diag)
{
    int64_t other = 0;
    struct vip_value values[] = {
        vip_text(member->qualifying),
        {.type = VIP_TEXT, .text = given(member->store) ? member->store : ""}};
    if (!given(member->source) || strcmp(member->source, "group") != 0 ||
        !given(member->qualifying))
        return VIP_OK;
    int error = vip_db_number(db, VIP_SQL_member_of_group, &other, 0, diag, values, 2);
    if (error != VIP_OK || !other || other == member->id)
        return error;
    return refuse_taken(db, other, "group-card", "receipt", "the card of this group purchase",
                        diag);
}

int vip_member_check(struct vip_db *db, const struct vip_member *member, bool household,
                     struct vip_arena *scratch, struct vip_diag *diag)
{
    int error = check_one(db, VIP_SQL_member_by_member, member->member, member->id, "conflict",
                          "member", "this number", diag);
    if (error == VIP_OK)
        error = check_one(db, VIP_SQL_member_by_phone, member->phone, member->id, "duplicate-phone",
                          "phone", "this phone", diag);
    if (error == VIP_OK)
        error = check_one(db, VIP_SQL_member_by_id_no, member->id_no, member->id, "duplicate-id-no",
                          "id_no", "this ID number", diag);
    if (error == VIP_OK)
        error = check_group(db, member, diag);
    if (error == VIP_OK && household && given(member->address))
        error = check_household(db, member, scratch, diag);
    return error;
}

/* ---- writing ---- */

/* Binds what can change, as 1 to 15, in the order of member_insert and member_update. */
static int bind_person(struct vip_batch *batch, struct vip_codes *codes,
                       const struct vip_member *member, struct vip_statement *to,
                       struct vip_arena *scratch, struct vip_diag *diag)
{
    const char *name_key = given(member->name) ? vip_name_fold(scratch, member->name) : "";
    const char *address_key =
        given(member->address) ? vip_address_fold(scratch, member->address) : "";
    char *birthday = vip_arena_zero(scratch, 1, VIP_DATE_TEXT);
    int64_t store, consultant;
    if (!name_key || !address_key || !birthday)
        return vip_fail_memory(diag);
    int error = vip_code_find(batch->db, codes, member->store, true, &store, diag);
    if (error == VIP_OK)
        error = vip_code_find(batch->db, codes, member->consultant, true, &consultant, diag);
    if (error != VIP_OK)
        return error;
    const struct vip_birthday *born = &member->birthday;
    if (born->month)
        vip_birthday_format(born, birthday);
    const struct vip_value values[] = {
        vip_text(member->name),
        vip_text(name_key),
        vip_text(member->phone),
        vip_text(birthday),
        born->month ? vip_int(born->month + (born->lunar ? 100 : 0)) : vip_null(),
        born->month ? vip_int(born->day) : vip_null(),
        vip_text(member->id_no),
        vip_text(member->gender),
        vip_text(member->address),
        vip_text(address_key),
        vip_text(member->email),
        vip_int_or_null(store),
        vip_int_or_null(consultant),
        vip_int(member->consent_sms),
        vip_int(member->consent_call),
    };
    for (int i = 0; i < 15; i++)
        vip_bind(to, i + 1, values[i]);
    return VIP_OK;
}

/* Binds the code of a text; no text, none. */
static int bind_code(struct vip_batch *batch, struct vip_codes *codes, struct vip_statement *to,
                     int index, const char *text, struct vip_diag *diag)
{
    int64_t code = 0;
    int error = given(text) ? vip_code_find(batch->db, codes, text, true, &code, diag) : VIP_OK;
    vip_bind(to, index, vip_int_or_null(code));
    return error;
}

int vip_member_insert(struct vip_batch *batch, struct vip_codes *codes, struct vip_member *member,
                      enum vip_status status, vip_day enrolled, struct vip_arena *scratch,
                      struct vip_diag *diag)
{
    int error = vip_batch_need(batch, diag);
    if (error != VIP_OK)
        return error;
    struct vip_statement *insert = vip_db_prepare(batch->db, VIP_SQL_member_insert, diag);
    if (!insert)
        return VIP_EDATABASE;
    error = bind_person(batch, codes, member, insert, scratch, diag);
    if (error == VIP_OK)
        error = bind_code(batch, codes, insert, 22, member->category, diag);
    if (error == VIP_OK)
        error = bind_code(batch, codes, insert, 23, member->brand, diag);
    if (error != VIP_OK)
        return error;
    vip_bind_text(insert, 16, member->member);
    vip_bind_text(insert, 17, member->application);
    vip_bind_text(insert, 18, given(member->source) ? member->source : "regular");
    vip_bind(insert, 19, vip_int_or_null(member->referrer));
    vip_bind(insert, 20, vip_text(member->qualifying));
    vip_bind(insert, 21, vip_int_or_null(member->spent));
    vip_bind_integer(insert, 24, batch->number);
    error = vip_step(insert, diag);
    if (error != VIP_OK)
        return error;
    member->id = vip_db_last_id(batch->db);
    if (given(member->consultant)) {
        int64_t consultant;
        error = vip_code_find(batch->db, codes, member->consultant, true, &consultant, diag);
        if (error == VIP_OK)
            error = vip_db_run(batch->db, VIP_SQL_consultant_first, diag, vip_int(member->id),
                               vip_date(enrolled), vip_int(consultant), vip_int(batch->number));
        if (error != VIP_OK)
            return error;
    }
    return vip_db_run(batch->db, VIP_SQL_account_insert, diag, vip_int(member->id), vip_int(status),
                      vip_date(enrolled));
}

static int note_consultant(struct vip_batch *batch, struct vip_codes *codes,
                           const struct vip_member *member, struct vip_diag *diag)
{
    int64_t consultant;
    int error = vip_code_find(batch->db, codes, member->consultant, true, &consultant, diag);
    return error == VIP_OK ? vip_consultant_note(batch, member->id, batch->as_of, consultant, diag)
                           : error;
}

int vip_member_update(struct vip_batch *batch, struct vip_codes *codes,
                      const struct vip_member *member, struct vip_arena *scratch,
                      struct vip_diag *diag)
{
    int error = vip_batch_need(batch, diag);
    if (error == VIP_OK)
        error = vip_db_run(batch->db, VIP_SQL_member_free_phone, diag, vip_int(member->id),
                           vip_text(member->phone));
    if (error == VIP_OK)
        error = vip_db_run(batch->db, VIP_SQL_member_free_id_no, diag, vip_int(member->id),
                           vip_text(member->id_no));
    if (error == VIP_OK)
        error = note_consultant(batch, codes, member, diag);
    if (error != VIP_OK)
        return error;
    struct vip_statement *update = vip_db_prepare(batch->db, VIP_SQL_member_update, diag);
    if (!update)
        return VIP_EDATABASE;
    error = bind_person(batch, codes, member, update, scratch, diag);
    if (error != VIP_OK)
        return error;
    vip_bind_integer(update, 16, member->id);
    return vip_step(update, diag);
}

int vip_member_set_status(struct vip_batch *batch, int64_t member, enum vip_status status,
                          const char *what, const char *detail, struct vip_diag *diag)
{
    int error = vip_batch_event(batch, member, what, detail, diag);
    if (error == VIP_OK)
        error = vip_db_run(batch->db, VIP_SQL_account_set_status, diag, vip_int(member),
                           vip_int(status));
    return error == VIP_OK ? vip_db_run(batch->db, VIP_SQL_account_touch, diag, vip_int(member))
                           : error;
}

/* ---- the dossier ---- */

int vip_dossier_get(struct vip_db *db, int64_t member, const char *field, struct vip_arena *arena,
                    const char **value, struct vip_diag *diag)
{
    struct vip_statement *row = NULL;
    int found = vip_db_query(db, VIP_SQL_dossier_get, &row, diag, vip_int(member), vip_text(field));
    if (found < 0)
        return found;
    *value = vip_arena_text(arena, found ? vip_column_text(row, 0) : "");
    if (found)
        vip_reset(row);
    return *value ? VIP_OK : vip_fail_memory(diag);
}

int vip_dossier_set(struct vip_batch *batch, int64_t member, const char *field, const char *value,
                    struct vip_diag *diag)
{
    int error = vip_batch_need(batch, diag);
    if (error != VIP_OK)
        return error;
    if (!given(value))
        return vip_db_run(batch->db, VIP_SQL_dossier_delete, diag, vip_int(member),
                          vip_text(field));
    return vip_db_run(batch->db, VIP_SQL_dossier_set, diag, vip_int(member), vip_text(field),
                      vip_text(value));
}

int vip_dossier_save(struct vip_batch *batch, int64_t member, const struct vip_fact *facts,
                     size_t count, struct vip_diag *diag)
{
    int error = VIP_OK;
    for (size_t i = 0; error == VIP_OK && i < count; i++)
        error = vip_dossier_set(batch, member, facts[i].field, facts[i].value, diag);
    return error;
}
