/* vip-db backup, restore and migrate: whole files. */
#include "cmd/vip-db/parts.h"
#include "lib/db/batch.h"

/* ---- backup and restore ---- */

/* A verified copy of the open database at part, which then takes the name of path. */
static int copy_to(struct vip_context *context, const char *part, const char *path)
{
    int error = vip_db_backup(context->db, part, &context->diag);
    if (error != VIP_OK)
        return error;
    if (!context->dry_run)
        error = vip_db_replace(path, part, vip_db_given.force, &context->diag);
    if (error != VIP_OK || context->dry_run)
        vip_db_remove(part);
    return error;
}

int vip_db_run_backup(struct vip_context *context)
{
    struct vip_buffer part = {0};
    int error = vip_db_want_operands(context, 1);
    const char *path = context->operands[0];
    if (error == VIP_OK && vip_db_same_file(path, context->database_path))
        error = vip_fail(&context->diag, VIP_EUSAGE, "%s is the database itself", path);
    if (error == VIP_OK)
        error = vip_db_open_given(context, VIP_DB_READ);
    if (error == VIP_OK)
        error = vip_db_want_free(context, path, vip_db_given.force,
                                 ": name another file, or give --force");
    if (error == VIP_OK)
        error = vip_db_part_name(context, path, &part);
    if (error == VIP_OK)
        error = copy_to(context, part.data, path);
    if (error == VIP_OK)
        vip_note(context, "%s is a whole copy of %s%s", path, context->database_path,
                 context->dry_run ? " (it was not kept)" : "");
    vip_buffer_free(&part);
    return error;
}

/* The audit log of the database that comes back says so itself. */
static int note_restore(struct vip_context *context, const char *part, const char *file)
{
    struct vip_batch batch;
    int error = vip_db_open(&context->db, part, VIP_DB_WRITE, &context->diag);
    if (error != VIP_OK)
        return error;
    vip_context_batch(context, &batch);
    batch.file = file;
    error = vip_batch_begin(&batch, &context->diag);
    if (error == VIP_OK)
        error = vip_batch_event(&batch, 0, "restore", file, &context->diag);
    if (error == VIP_OK)
        error = vip_batch_commit(&batch, &context->diag);
    else
        vip_batch_rollback(&batch);
    vip_db_close(context->db);
    context->db = NULL;
    return error;
}

static int restore(struct vip_context *context, const char *file, const char *part)
{
    int error = vip_db_open(&context->db, file, VIP_DB_READ, &context->diag);
    if (error == VIP_OK)
        error = vip_db_backup(context->db, part, &context->diag);
    vip_db_close(context->db);
    context->db = NULL;
    if (error != VIP_OK)
        return error;
    error = note_restore(context, part, file);
    if (error == VIP_OK && !context->dry_run)
        error = vip_db_replace(context->database_path, part, vip_db_given.force, &context->diag);
    if (error != VIP_OK || context->dry_run)
        vip_db_remove(part);
    return error;
}

int vip_db_run_restore(struct vip_context *context)
{
    struct vip_buffer part = {0};
    int error = vip_db_want_operands(context, 1);
    const char *file = context->operands[0];
    if (error == VIP_OK && vip_db_same_file(file, context->database_path))
        error = vip_fail(&context->diag, VIP_EUSAGE, "%s is the database itself", file);
    if (error == VIP_OK)
        error = vip_db_want_free(context, context->database_path, vip_db_given.force,
                                 ": --force puts the backup in its place");
    if (error == VIP_OK)
        error = vip_db_make_folder(context);
    if (error == VIP_OK)
        error = vip_db_part_name(context, context->database_path, &part);
    if (error == VIP_OK)
        error = restore(context, file, part.data);
    if (error == VIP_OK)
        vip_note(context, "%s is what %s was%s", context->database_path, file,
                 context->dry_run ? " (nothing was kept)" : "");
    vip_buffer_free(&part);
    return error;
}

/* ---- migrate ---- */

int vip_db_run_migrate(struct vip_context *context)
{
    int from = 0, error = vip_db_want_operands(context, 0);
    if (error != VIP_OK)
        return error;
    int done =
        vip_db_migrate(context->database_path, NULL, 0, !context->dry_run, &from, &context->diag);
    if (done < 0)
        return done;
    if (done)
        vip_note(context, "%s was brought up from schema %d%s", context->database_path, from,
                 context->dry_run ? " (nothing was kept)" : "");
    else
        vip_note(context, "%s has schema %d, the newest that there is: nothing to do",
                 context->database_path, from);
    return VIP_OK;
}
