/* vip-db export and import: every table as CSV, and back again. */
#include "cmd/vip-db/parts.h"
#include "lib/db/export.h"
#include <inttypes.h>

static void show_rows(void *context, const char *table, int64_t rows)
{
    vip_progress_show(context, table, (uint64_t)rows);
}

int vip_db_run_export(struct vip_context *context)
{
    const struct vip_progress progress = {show_rows, context};
    int64_t rows = 0;
    int error = vip_db_want_operands(context, 1);
    if (error == VIP_OK && context->dry_run)
        error = vip_fail(&context->diag, VIP_EUSAGE, "export changes nothing: %s",
                         "it has no --dry-run");
    if (error == VIP_OK)
        error = vip_db_open_given(context, context->reveal ? VIP_DB_WRITE : VIP_DB_READ);
    if (error == VIP_OK)
        error = vip_context_reveal(context);
    vip_progress_begin(context);
    if (error == VIP_OK)
        error = vip_export(context->db, context->operands[0], context->reveal, &progress, &rows,
                           &context->diag);
    vip_progress_clear();
    if (error == VIP_OK)
        vip_note(context, "%" PRId64 " rows in %s%s", rows, context->operands[0],
                 context->reveal ? "" : ", phones and addresses masked (see --reveal)");
    return error;
}

/* ---- import ---- */

static int tell_damage(void *from, const char *check, bool damaged, const char *detail,
                       struct vip_diag *diag)
{
    struct vip_diag finding;
    (void)diag;
    if (!damaged)
        return VIP_OK;
    vip_diag_clear(&finding);
    vip_fail(&finding, VIP_EDATABASE, "%s: %s", check, detail);
    vip_report_error(from, &finding);
    return VIP_OK;
}

/* What is the same as what was exported may still be what no command would have written. */
static int check_made(struct vip_context *context, const char *part)
{
    int error = vip_db_open(&context->db, part, VIP_DB_WRITE, &context->diag);
    if (error == VIP_OK)
        error = vip_db_check(context, tell_damage);
    if (error == VIP_EDATABASE && context->db) {
        vip_diag_clear(&context->diag);
        vip_fail(&context->diag, VIP_EDATABASE,
                 "%s is what was exported, and damaged: run 'vip-db check' where it came from",
                 context->operands[0]);
    }
    vip_db_close(context->db);
    context->db = NULL;
    return error;
}

static int import(struct vip_context *context, const char *part, int64_t *rows)
{
    const struct vip_progress progress = {show_rows, context};
    vip_progress_begin(context);
    int error = vip_import(part, context->operands[0], context->input_encoding, &progress, rows,
                           &context->diag);
    vip_progress_clear();
    if (error != VIP_OK)
        return error;
    error = check_made(context, part);
    if (error == VIP_OK && !context->dry_run)
        error = vip_db_replace(context->database_path, part, false, &context->diag);
    if (error != VIP_OK || context->dry_run)
        vip_db_remove(part);
    return error;
}

int vip_db_run_import(struct vip_context *context)
{
    struct vip_buffer part = {0};
    int64_t rows = 0;
    int error = vip_db_want_operands(context, 1);
    if (error == VIP_OK)
        error = vip_db_want_free(context, context->database_path, false, "");
    if (error == VIP_OK)
        error = vip_db_make_folder(context);
    if (error == VIP_OK)
        error = vip_db_part_name(context, context->database_path, &part);
    if (error == VIP_OK)
        error = import(context, part.data, &rows);
    if (error == VIP_OK)
        vip_note(context, "%" PRId64 " rows of %s make %s, which is whole%s", rows,
                 context->operands[0], context->database_path,
                 context->dry_run ? " (nothing was kept)" : "");
    vip_buffer_free(&part);
    return error;
}
