/* vip-enroll without an option: applications become members, or are known already. */
#include "cmd/vip-enroll/parts.h"

#include "lib/db/face.h"
#include "lib/db/merge.h"
#include "lib/rules/admission.h"
#include <string.h>

/* ---- reading ---- */

/* The row's key: the number of the application, else the phone, else the member. */
static int make_key(struct vip_enroll *run, struct vip_member *person)
{
    struct vip_diag *diag = &run->context->diag;
    if (*person->application)
        return VIP_OK;
    if (*person->phone)
        person->application = vip_arena_format(run->arena, "phone:%s", person->phone);
    else if (*person->member)
        person->application = vip_arena_format(run->arena, "member:%s", person->member);
    else
        return vip_refuse(diag, "missing-field", "phone",
                          "expected a phone, an application or a member: without one the same row "
                          "could not be told from another");
    return person->application ? VIP_OK : vip_fail_memory(diag);
}

static int read_application(struct vip_enroll *run, const char *const *cells,
                            struct vip_application *application)
{
    struct vip_member *person = &application->person;
    const struct vip_source_papers papers = {cells[VIP_CELL_BY], cells[VIP_CELL_REFERRER],
                                             cells[VIP_CELL_RECEIPT]};
    int error = vip_application_read(run, cells, application);
    if (error == VIP_OK)
        error = vip_person_check(run, person, application->enrolled);
    if (error == VIP_OK)
        error = vip_form_check(run, cells, person);
    if (error == VIP_OK)
        error = vip_source_check(person->source, &papers, &run->context->diag);
    return error == VIP_OK ? make_key(run, person) : error;
}

/* ---- an application that is there already ---- */

static int meet_again(struct vip_enroll *run, const struct vip_application *application,
                      int64_t member, struct vip_answer *answer)
{
    struct vip_diag *diag = &run->context->diag;
    const char *column = NULL;
    int64_t stays = member;
    int error = vip_member_stays(run->context->db, member, &stays, diag);
    if (error == VIP_OK && stays == member) /* else: joined with another record since */
        error = vip_application_compare(run, application, member, &column);
    if (error == VIP_OK && column)
        error = vip_refuse(diag, "conflict", column,
                           "this application is known with another %s: use --update to change it",
                           column);
    if (error != VIP_OK)
        return error;
    answer->status = "known";
    error = vip_enroll_show(run, stays, answer);
    return error == VIP_OK ? VIP_ROW_KNOWN : error;
}

/* ---- a new member ---- */

static int enroll(struct vip_enroll *run, const struct vip_application *application,
                  struct vip_answer *answer)
{
    struct vip_diag *diag = &run->context->diag;
    const struct vip_program *program = vip_programs_on(&run->programs, application->enrolled);
    const struct vip_enroller writer = vip_enroll_writer(run, program);
    struct vip_newcomer newcomer = {.person = application->person,
                                    .card = application->card,
                                    .referrer = application->referrer,
                                    .reason = application->reason,
                                    .by = application->by,
                                    .enrolled = application->enrolled,
                                    .expires = application->expires,
                                    .facts = application->facts,
                                    .fact_count = application->fact_count};
    newcomer.person.consent_sms = application->consent_sms == 1;
    newcomer.person.consent_call = application->consent_call == 1;
    int error = vip_newcomer_check(&writer, &newcomer, diag);
    if (error != VIP_OK)
        return error;
    error = vip_newcomer_write(&writer, &newcomer, diag);
    if (error == VIP_EREFUSED) /* half a member must not stay */
        return vip_fail(diag, VIP_EDATABASE, "a row was refused while it was written");
    *answer = (struct vip_answer){.member = newcomer.person.member,
                                  .card = newcomer.card,
                                  .name = newcomer.person.name,
                                  .status = program->review ? "pending" : "enrolled",
                                  .reason = newcomer.said};
    return error == VIP_OK ? vip_tiers_text(run->context->db, newcomer.person.id, run->arena,
                                            &answer->tier, diag)
                           : error;
}

int vip_enroll_apply(struct vip_enroll *run, const char *const *cells, struct vip_answer *answer)
{
    struct vip_application application;
    int64_t known = 0;
    int error = read_application(run, cells, &application);
    if (error == VIP_OK)
        error = vip_member_by_application(run->context->db, application.person.application, &known,
                                          &run->context->diag);
    if (error != VIP_OK)
        return error;
    return known ? meet_again(run, &application, known, answer) : enroll(run, &application, answer);
}
