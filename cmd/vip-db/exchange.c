/* vip-db export: every table as CSV. */
#include "cmd/vip-db/parts.h"
#include "lib/db/export.h"
#include <inttypes.h>

int vip_db_run_export(struct vip_context *context)
{
    int64_t rows = 0;
    int error = vip_db_want_operands(context, 1);
    if (error == VIP_OK && context->dry_run)
        error = vip_fail(&context->diag, VIP_EUSAGE, "export changes nothing: %s",
                         "it has no --dry-run");
    if (error == VIP_OK)
        error = vip_db_open_given(context, context->reveal ? VIP_DB_WRITE : VIP_DB_READ);
    if (error == VIP_OK)
        error = vip_context_reveal(context);
    if (error == VIP_OK)
        error =
            vip_export(context->db, context->operands[0], context->reveal, &rows, &context->diag);
    if (error == VIP_OK)
        vip_note(context, "%" PRId64 " rows in %s%s", rows, context->operands[0],
                 context->reveal ? "" : ", phones and addresses masked (see --reveal)");
    return error;
}
