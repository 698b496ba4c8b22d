/* Applications and changes: cells to values, each judged by itself. */
#include "cmd/vip-enroll/parts.h"

#include "lib/base/money.h"
#include "lib/base/text.h"
#include "lib/rules/admission.h"
#include "lib/rules/identity.h"

int vip_cell_number(struct vip_enroll *run, const char *cell, const char *column, const char **to)
{
    struct vip_diag *diag = &run->context->diag;
    char narrow[VIP_NUMBER_TEXT];
    if (vip_number_spoilt(cell))
        return vip_refuse(diag, "spoilt-number", column,
                          "'%.60s' was taken for a number by a spreadsheet: format the column as "
                          "text and type it again",
                          cell);
    if (!vip_text_narrow(cell, narrow, sizeof narrow))
        return vip_refuse(diag, "bad-value", column, "longer than %d characters",
                          VIP_NUMBER_TEXT - 1);
    *to = vip_arena_text(run->arena, narrow);
    return *to ? VIP_OK : vip_fail_memory(diag);
}

int vip_cell_day(struct vip_enroll *run, const char *cell, const char *column, vip_day *day)
{
    const char *why = "";
    if (*cell && vip_day_parse(cell, day, NULL, &why) != VIP_OK)
        return vip_refuse(&run->context->diag, "bad-date", column, "'%.60s' %s", cell, why);
    return VIP_OK;
}

int vip_cell_past_day(struct vip_enroll *run, const char *cell, const char *column, vip_day *day)
{
    *day = run->context->as_of;
    int error = vip_cell_day(run, cell, column, day);
    if (error == VIP_OK && *day > run->context->as_of)
        error =
            vip_refuse(&run->context->diag, "bad-date", column, "'%.60s' lies in the future", cell);
    return error;
}

int vip_cell_spent(struct vip_enroll *run, const char *cell, vip_fen *spent)
{
    struct vip_diag *diag = &run->context->diag;
    const char *why = "";
    *spent = 0;
    if (*cell && vip_fen_parse(cell, spent, &why) != VIP_OK)
        return vip_refuse(diag, "bad-amount", "spent", "'%.60s' %s", cell, why);
    if (*spent < 0)
        return vip_refuse(diag, "bad-amount", "spent", "'%.60s' is less than nothing", cell);
    return VIP_OK;
}

static int read_phone_and_id(struct vip_enroll *run, const char *const *cells,
                             struct vip_member *person)
{
    struct vip_diag *diag = &run->context->diag;
    char phone[VIP_PHONE_TEXT] = "", id_no[VIP_ID_TEXT] = "";
    if (!vip_phone_normal(cells[VIP_CELL_PHONE], phone))
        return vip_refuse(diag, "bad-phone", "phone", "too long for a phone number");
    if (!vip_id_normal(cells[VIP_CELL_ID_NO], id_no))
        return vip_refuse(diag, "bad-id-no", "id_no", "too long for a resident ID number");
    person->phone = vip_arena_text(run->arena, phone);
    person->id_no = vip_arena_text(run->arena, id_no);
    return person->phone && person->id_no ? VIP_OK : vip_fail_memory(diag);
}

static int read_birthday(struct vip_enroll *run, const char *cell, struct vip_birthday *birthday)
{
    const char *why = "";
    if (*cell && vip_birthday_parse(cell, birthday, &why) != VIP_OK)
        return vip_refuse(&run->context->diag, "bad-date", "birthday", "'%.60s' %s", cell, why);
    return VIP_OK;
}

static int read_person(struct vip_enroll *run, const char *const *cells, struct vip_member *person)
{
    struct vip_diag *diag = &run->context->diag;
    *person = (struct vip_member){.name = cells[VIP_CELL_NAME],
                                  .address = cells[VIP_CELL_ADDRESS],
                                  .email = cells[VIP_CELL_EMAIL],
                                  .store = cells[VIP_CELL_STORE],
                                  .consultant = cells[VIP_CELL_CONSULTANT],
                                  .application = cells[VIP_CELL_APPLICATION],
                                  .qualifying = cells[VIP_CELL_RECEIPT],
                                  .category = cells[VIP_CELL_CATEGORY],
                                  .brand = cells[VIP_CELL_BRAND]};
    int error = vip_cell_number(run, cells[VIP_CELL_MEMBER], "member", &person->member);
    if (error == VIP_OK)
        error = read_phone_and_id(run, cells, person);
    if (error == VIP_OK)
        error = read_birthday(run, cells[VIP_CELL_BIRTHDAY], &person->birthday);
    if (error == VIP_OK)
        error = vip_gender_read(cells[VIP_CELL_GENDER], &person->gender, diag);
    if (error == VIP_OK)
        error = vip_source_read(cells[VIP_CELL_SOURCE], &person->source, diag);
    return error == VIP_OK ? vip_cell_spent(run, cells[VIP_CELL_SPENT], &person->spent) : error;
}

int vip_application_read(struct vip_enroll *run, const char *const *cells,
                         struct vip_application *application)
{
    struct vip_diag *diag = &run->context->diag;
    *application = (struct vip_application){.expires = VIP_DAY_NONE,
                                            .referrer = cells[VIP_CELL_REFERRER],
                                            .reason = cells[VIP_CELL_REASON],
                                            .by = cells[VIP_CELL_BY],
                                            .enrolled_given = *cells[VIP_CELL_ENROLLED],
                                            .spent_given = *cells[VIP_CELL_SPENT]};
    int error = read_person(run, cells, &application->person);
    if (error == VIP_OK)
        error = vip_cell_number(run, cells[VIP_CELL_CARD], "card", &application->card);
    if (error == VIP_OK)
        error = vip_consent_read(cells[VIP_CELL_CONSENT_SMS], "consent_sms",
                                 &application->consent_sms, diag);
    if (error == VIP_OK)
        error = vip_consent_read(cells[VIP_CELL_CONSENT_CALL], "consent_call",
                                 &application->consent_call, diag);
    if (error == VIP_OK)
        error =
            vip_cell_past_day(run, cells[VIP_CELL_ENROLLED], "enrolled", &application->enrolled);
    if (error == VIP_OK)
        error = vip_cell_day(run, cells[VIP_CELL_EXPIRES], "expires", &application->expires);
    if (error == VIP_OK && application->expires < application->enrolled)
        error = vip_refuse(diag, "bad-date", "expires", "is before the day of enrolment");
    return error == VIP_OK
               ? vip_form_read(run, cells, &application->facts, &application->fact_count)
               : error;
}

int vip_person_check(struct vip_enroll *run, struct vip_member *person, vip_day on)
{
    const struct vip_program *program = vip_programs_on(&run->programs, on);
    struct vip_applicant applicant = {.phone = person->phone,
                                      .id_no = person->id_no,
                                      .birthday = person->birthday,
                                      .gender = *person->gender};
    int error = vip_applicant_check(&applicant, program->minimum_age, on, &run->context->diag);
    person->birthday = applicant.birthday;
    person->gender = applicant.gender == 'F' ? "F" : applicant.gender == 'M' ? "M" : "";
    return error;
}
