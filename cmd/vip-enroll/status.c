/* vip-enroll --approve, --suspend, --resume, --cancel, --forget: memberships change their status,
 * each change with its reason and who answers for it. */
#include "cmd/vip-enroll/parts.h"

#include "lib/db/card.h"
#include "lib/db/merge.h"

struct move {
    const char *event, *status; /* what the audit log and the output say */
    unsigned from;              /* bits of the statuses it can start from */
    enum vip_status to;
    bool reason; /* one is needed */
};

static const struct move *move_of(enum vip_enroll_job job)
{
    enum {
        PENDING = 1u << VIP_STATUS_PENDING,
        ACTIVE = 1u << VIP_STATUS_ACTIVE,
        SUSPENDED = 1u << VIP_STATUS_SUSPENDED,
        CANCELLED = 1u << VIP_STATUS_CANCELLED
    };
    static const struct move moves[VIP_ENROLL_JOBS] = {
        [VIP_ENROLL_APPROVE] = {"approve", "approved", PENDING, VIP_STATUS_ACTIVE, false},
        [VIP_ENROLL_SUSPEND] = {"suspend", "suspended", ACTIVE, VIP_STATUS_SUSPENDED, true},
        [VIP_ENROLL_RESUME] = {"resume", "resumed", SUSPENDED, VIP_STATUS_ACTIVE, false},
        [VIP_ENROLL_CANCEL] = {"cancel", "cancelled", PENDING | ACTIVE | SUSPENDED,
                               VIP_STATUS_CANCELLED, true},
        [VIP_ENROLL_FORGET] = {"forget", "forgotten", PENDING | ACTIVE | SUSPENDED | CANCELLED,
                               VIP_STATUS_FORGOTTEN, false}};
    return &moves[job];
}

/* What goes with the change of status. */
static int write_rest(struct vip_enroll *run, int64_t member)
{
    const struct vip_enroller writer = vip_enroll_writer(run, run->program);
    if (run->job == VIP_ENROLL_APPROVE)
        return vip_newcomer_approve(&writer, member, &run->context->diag);
    if (run->job == VIP_ENROLL_CANCEL)
        return vip_card_close_all(run->batch, member, NULL, VIP_CARD_CANCELLED,
                                  &run->context->diag);
    return VIP_OK;
}

static int write(struct vip_enroll *run, int64_t member, const struct move *move,
                 const char *reason, const char *by)
{
    struct vip_diag *diag = &run->context->diag;
    int error = VIP_OK;
    if (run->job == VIP_ENROLL_FORGET) { /* what people wrote goes; only who did it is kept */
        error = vip_member_forget(run->batch, member, diag);
        reason = "";
    }
    const char *detail = vip_event_detail(run->arena, reason, by);
    if (error == VIP_OK && !detail)
        error = vip_fail_memory(diag);
    if (error == VIP_OK)
        error = vip_member_set_status(run->batch, member, move->to, move->event, detail, diag);
    return error == VIP_OK ? write_rest(run, member) : error;
}

int vip_enroll_move(struct vip_enroll *run, const char *const *cells, struct vip_answer *answer)
{
    const struct move *move = move_of(run->job);
    const struct vip_identity shown = vip_identity_of(cells);
    struct vip_context *context = run->context;
    struct vip_account account;
    int64_t member;
    if (move->reason && !*cells[VIP_CELL_REASON])
        return vip_refuse(&context->diag, "missing-field", "reason",
                          "expected why the membership is %s", move->status);
    int error = vip_member_identify(context->db, &shown, run->program->identify, NULL, &member,
                                    &context->diag);
    if (error != VIP_OK)
        return error;
    int found = vip_account_load(context->db, member, &account, &context->diag);
    if (found <= 0)
        return found < 0 ? found
                         : vip_fail(&context->diag, VIP_EDATABASE, "a member has no account");
    bool known = account.status == move->to;
    if (!known && !(move->from & 1u << account.status))
        return vip_refuse(&context->diag, "wrong-status", NULL,
                          "the membership is %s: cannot %s it", vip_status_word(account.status),
                          move->event);
    if (!known)
        error = write(run, member, move, cells[VIP_CELL_REASON], cells[VIP_CELL_BY]);
    if (error == VIP_OK)
        error = vip_enroll_show(run, member, answer);
    answer->status = known ? "known" : move->status;
    answer->reason = cells[VIP_CELL_REASON];
    return error == VIP_OK && known ? VIP_ROW_KNOWN : error;
}
