/* Persons forgotten: see merge.h. */
#include "lib/db/merge.h"

#include "lib/db/card.h"
#include "lib/db/member.h"

static int forget_record(struct vip_batch *batch, int64_t member, struct vip_diag *diag)
{
    static const enum vip_sql steps[] = {
        VIP_SQL_forget_cards,    VIP_SQL_forget_replaced,  VIP_SQL_forget_member,
        VIP_SQL_forget_dossier,  VIP_SQL_forget_events,    VIP_SQL_forget_tier_changes,
        VIP_SQL_forget_grants,   VIP_SQL_forget_contacts,  VIP_SQL_forget_complaints,
        VIP_SQL_forget_requests, VIP_SQL_forget_reminders, VIP_SQL_forget_unreached,
        VIP_SQL_forget_vouchers, VIP_SQL_forget_account,   VIP_SQL_account_touch};
    int error = vip_card_close_all(batch, member, NULL, VIP_CARD_CANCELLED, diag);
    for (size_t i = 0; i < sizeof steps / sizeof *steps && error == VIP_OK; i++)
        error = vip_db_run(batch->db, steps[i], diag, vip_int(member));
    return error;
}

int vip_member_forget(struct vip_batch *batch, int64_t member, struct vip_diag *diag)
{
    struct vip_statement *row = NULL;
    int error = forget_record(batch, member, diag);
    if (error != VIP_OK)
        return error;
    int more = vip_db_query(batch->db, VIP_SQL_forget_merged, &row, diag, vip_int(member));
    for (; more > 0; more = vip_step(row, diag)) {
        error = forget_record(batch, vip_column_integer(row, 0), diag);
        if (error != VIP_OK) {
            vip_reset(row);
            return error;
        }
    }
    return more;
}
