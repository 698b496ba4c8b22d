/* vip-enroll --opening: balances that members bring from another system (vip-moving(7)). */
#include "cmd/vip-enroll/parts.h"

#include "lib/base/money.h"
#include "lib/db/opening.h"

static int read_opening(struct vip_enroll *run, const char *const *cells,
                        struct vip_opening *opening)
{
    struct vip_diag *diag = &run->context->diag;
    const char *why = "", *points = cells[VIP_CELL_POINTS];
    *opening = (struct vip_opening){.request = cells[VIP_CELL_REQUEST], .expires = VIP_DAY_NONE};
    if (!*points && !*cells[VIP_CELL_SPENT])
        return vip_refuse(diag, "missing-field", "points", "expected points, or what was spent");
    if (*points && vip_decimal_parse(points, 0, &opening->points, &why) != VIP_OK)
        return vip_refuse(diag, "bad-value", "points", "'%.60s' %s", points, why);
    int error = vip_cell_spent(run, cells[VIP_CELL_SPENT], &opening->spent);
    if (error == VIP_OK)
        error = vip_cell_past_day(run, cells[VIP_CELL_DATE], "date", &opening->date);
    if (error == VIP_OK)
        error = vip_cell_day(run, cells[VIP_CELL_EXPIRES], "expires", &opening->expires);
    if (error == VIP_OK && opening->expires < opening->date)
        error = vip_refuse(diag, "bad-date", "expires", "is before the day of the points");
    return error;
}

static int check_status(struct vip_enroll *run, int64_t member)
{
    struct vip_diag *diag = &run->context->diag;
    struct vip_account account;
    int found = vip_account_load(run->context->db, member, &account, diag);
    if (found <= 0)
        return found < 0 ? found : vip_fail(diag, VIP_EDATABASE, "a member has no account");
    if (account.status == VIP_STATUS_ACTIVE || account.status == VIP_STATUS_SUSPENDED)
        return VIP_OK;
    return vip_refuse(diag, "wrong-status", "member", "the membership is %s",
                      vip_status_word(account.status));
}

int vip_enroll_open(struct vip_enroll *run, const char *const *cells, struct vip_answer *answer)
{
    const struct vip_identity shown = vip_identity_of(cells);
    struct vip_diag *diag = &run->context->diag;
    struct vip_opening opening;
    int64_t member;
    int error = read_opening(run, cells, &opening);
    if (error == VIP_OK)
        error = vip_member_identify(run->context->db, &shown, run->program->identify, NULL, &member,
                                    diag);
    if (error == VIP_OK)
        error = check_status(run, member);
    if (error != VIP_OK)
        return error;
    int posted = vip_opening_post(run->batch, &run->programs, member, &opening, run->arena,
                                  &run->scratch, diag);
    error = posted < 0 ? posted : vip_enroll_show(run, member, answer);
    answer->status = posted ? "opened" : "known";
    answer->reason = opening.request;
    return error == VIP_OK && !posted ? VIP_ROW_KNOWN : error;
}
