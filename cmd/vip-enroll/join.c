/* vip-enroll --merge: two records of one person become one. */
#include "cmd/vip-enroll/parts.h"

#include "lib/db/merge.h"
#include <string.h>

struct pair { /* the record that goes, and the one that stays */
    const char *from, *to;
    int64_t from_id, to_id;
};

static int read_pair(struct vip_enroll *run, const char *const *cells, struct pair *pair)
{
    struct vip_diag *diag = &run->context->diag;
    int error = vip_cell_number(run, cells[VIP_CELL_FROM], "from", &pair->from);
    if (error == VIP_OK)
        error = vip_cell_number(run, cells[VIP_CELL_TO], "to", &pair->to);
    if (error != VIP_OK)
        return error;
    if (!*pair->from || !*pair->to || !*cells[VIP_CELL_REASON])
        return vip_refuse(diag, "missing-field",
                          !*pair->from ? "from"
                          : !*pair->to ? "to"
                                       : "reason",
                          "expected which record goes, which stays, and how it is known that they "
                          "are one person");
    if (strcmp(pair->from, pair->to) == 0)
        return vip_refuse(diag, "same-member", "from", "goes and stays are the same");
    error = vip_member_named(run->context->db, pair->from, "no-such-member", "from", &pair->from_id,
                             diag);
    return error == VIP_OK ? vip_member_named(run->context->db, pair->to, "no-such-member", "to",
                                              &pair->to_id, diag)
                           : error;
}

static int load(struct vip_enroll *run, int64_t member, unsigned statuses,
                struct vip_account *account, const char *column)
{
    struct vip_diag *diag = &run->context->diag;
    int found = vip_account_load(run->context->db, member, account, diag);
    if (found <= 0)
        return found < 0 ? found : vip_fail(diag, VIP_EDATABASE, "a member has no account");
    if (statuses & 1u << account->status)
        return VIP_OK;
    return vip_refuse(diag, "wrong-status", column, "the membership is %s",
                      vip_status_word(account->status));
}

static int write(struct vip_enroll *run, const struct pair *pair, const char *detail)
{
    const unsigned stays = 1u << VIP_STATUS_ACTIVE | 1u << VIP_STATUS_SUSPENDED;
    const unsigned goes = stays | 1u << VIP_STATUS_PENDING | 1u << VIP_STATUS_CANCELLED;
    struct vip_diag *diag = &run->context->diag;
    struct vip_account from, to;
    if (!detail)
        return vip_fail_memory(diag);
    int error = load(run, pair->from_id, goes, &from, "from");
    if (error == VIP_OK)
        error = load(run, pair->to_id, stays, &to, "to");
    if (error != VIP_OK)
        return error;
    error = vip_member_merge(run->batch, &run->codes, &from, &to, detail, run->context->as_of,
                             &run->scratch, diag);
    if (error == VIP_EREFUSED) /* half a merge must not stay */
        return vip_fail(diag, VIP_EDATABASE, "a row was refused while it was written");
    return error == VIP_OK ? vip_tier_update_member(run->batch, run->tiers, to.member,
                                                    run->context->as_of, NULL, NULL, diag)
                           : error;
}

int vip_enroll_merge(struct vip_enroll *run, const char *const *cells, struct vip_answer *answer)
{
    struct pair pair = {.from = ""};
    int error = read_pair(run, cells, &pair);
    bool known = pair.from_id == pair.to_id; /* every number of the one leads to the other */
    if (error == VIP_OK && !known)
        error = write(run, &pair,
                      vip_event_detail(run->arena, cells[VIP_CELL_REASON], cells[VIP_CELL_BY]));
    if (error == VIP_OK)
        error = vip_enroll_show(run, pair.to_id, answer);
    answer->status = known ? "known" : "merged";
    answer->reason = cells[VIP_CELL_REASON];
    return error == VIP_OK && known ? VIP_ROW_KNOWN : error;
}
