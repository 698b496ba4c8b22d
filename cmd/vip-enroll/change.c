/* vip-enroll --update: cells that are not empty take the place of what is kept of a member. */
#include "cmd/vip-enroll/parts.h"

/* By member or card, else by application, phone or ID number: what is left of these may be new. */
static int find_member(struct vip_enroll *run, const struct vip_application *application,
                       int64_t *member)
{
    struct vip_context *context = run->context;
    const struct vip_member *person = &application->person;
    struct vip_identity shown = {.member = person->member, .card = application->card};
    *member = 0;
    if (vip_identity_empty(&shown) && *person->application) {
        int error =
            vip_member_by_application(context->db, person->application, member, &context->diag);
        if (error != VIP_OK || *member)
            return error;
        return vip_refuse(&context->diag, "no-such-member", "application",
                          "no member came with this application");
    }
    if (vip_identity_empty(&shown))
        shown.phone = person->phone;
    if (vip_identity_empty(&shown))
        shown.id_no = person->id_no;
    if (vip_identity_empty(&shown))
        return vip_refuse(&context->diag, "missing-field", "member",
                          "expected who is changed: member, card, application, phone or id_no");
    return vip_member_identify(context->db, &shown, "phone", NULL, member, &context->diag);
}

/* Papers are judged again where they changed. */
static int check(struct vip_enroll *run, struct vip_member *changed,
                 const struct vip_changes *changes)
{
    const unsigned long long papers = 1ULL << VIP_CELL_PHONE | 1ULL << VIP_CELL_ID_NO |
                                      1ULL << VIP_CELL_BIRTHDAY | 1ULL << VIP_CELL_GENDER;
    struct vip_context *context = run->context;
    struct vip_account account;
    int error = VIP_OK;
    int found = vip_account_load(context->db, changed->id, &account, &context->diag);
    if (found < 0)
        return found;
    if (found && account.status >= VIP_STATUS_CANCELLED)
        return vip_refuse(&context->diag, "wrong-status", NULL, "the membership is %s",
                          vip_status_word(account.status));
    if (changes->columns & papers)
        error = vip_person_check(run, changed, context->as_of);
    bool household =
        run->program->household_address && (changes->columns & 1ULL << VIP_CELL_ADDRESS);
    return error == VIP_OK
               ? vip_member_check(context->db, changed, household, &run->scratch, &context->diag)
               : error;
}

static int write(struct vip_enroll *run, const struct vip_application *application,
                 const struct vip_member *changed, const char *list)
{
    struct vip_diag *diag = &run->context->diag;
    int error = vip_member_update(run->batch, &run->codes, changed, &run->scratch, diag);
    if (error == VIP_OK)
        error = vip_dossier_save(run->batch, changed->id, application->facts,
                                 application->fact_count, diag);
    /* Which columns, never their values: those are the member's own. */
    return error == VIP_OK ? vip_batch_event(run->batch, changed->id, "update", list, diag) : error;
}

int vip_enroll_update(struct vip_enroll *run, const char *const *cells, struct vip_answer *answer)
{
    struct vip_context *context = run->context;
    struct vip_application application;
    struct vip_changes changes = {.list = ""};
    struct vip_member member;
    int64_t id = 0;
    int error = vip_application_read(run, cells, &application);
    if (error == VIP_OK)
        error = find_member(run, &application, &id);
    if (error != VIP_OK)
        return error;
    int found = vip_member_load(context->db, id, &run->scratch, &member, &context->diag);
    if (found <= 0)
        return found;
    error = vip_application_take_over(run, &application, &member, &changes);
    bool known = !*changes.list;
    if (error == VIP_OK && !known)
        error = check(run, &member, &changes);
    if (error == VIP_OK && !known)
        error = write(run, &application, &member, changes.list);
    if (error == VIP_OK)
        error = vip_enroll_show(run, id, answer);
    answer->status = known ? "known" : "updated";
    answer->reason = changes.list;
    return error == VIP_OK && known ? VIP_ROW_KNOWN : error;
}
