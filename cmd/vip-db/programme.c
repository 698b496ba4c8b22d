/* vip-db init and load: a database and the programmes in it. */
#include "cmd/common/programme.h"
#include "cmd/vip-db/parts.h"
#include "lib/db/batch.h"
#include "lib/db/program.h"
#include <stdio.h>

/* ---- programmes ---- */

/* Writes the programme with its note in the audit log; *known when it was there already. */
static int save_program(struct vip_context *context, const char *file,
                        const struct vip_programme *loaded, bool *known)
{
    struct vip_batch batch;
    char detail[192], day[VIP_DATE_TEXT];
    vip_context_batch(context, &batch);
    batch.file = file;
    vip_day_format(loaded->effective, day);
    snprintf(detail, sizeof detail, "%s effective %s", loaded->name, day);
    int error = vip_batch_begin(&batch, &context->diag);
    if (error != VIP_OK)
        return error;
    error = vip_program_save(&batch, loaded->name, loaded->sheets, loaded->count, loaded->effective,
                             &context->diag);
    *known = error == VIP_OK && !batch.number;
    if (error == VIP_OK && !*known)
        error = vip_batch_event(&batch, 0, "load", detail, &context->diag);
    if (error == VIP_OK)
        return vip_batch_commit(&batch, &context->diag);
    vip_batch_rollback(&batch);
    return error;
}

/* ---- init ---- */

/* Makes the database under the name of part, then lets it appear under its own. */
static int make_database(struct vip_context *context, const char *part,
                         const struct vip_programme *loaded)
{
    bool known;
    int error = vip_db_open(&context->db, part, VIP_DB_CREATE, &context->diag);
    if (error != VIP_OK)
        return error;
    error = save_program(context, vip_db_given.program ? vip_db_given.program : loaded->name,
                         loaded, &known);
    vip_db_close(context->db);
    context->db = NULL;
    if (error == VIP_OK && !context->dry_run)
        error = vip_db_replace(context->database_path, part, false, &context->diag);
    if (error != VIP_OK || context->dry_run)
        vip_db_remove(part);
    return error;
}

int vip_db_run_init(struct vip_context *context)
{
    struct vip_programme loaded = {.effective = vip_db_given.effective};
    struct vip_buffer part = {0};
    if (loaded.effective == VIP_DAY_NONE)
        loaded.effective = vip_day_from_civil(1900, 1, 1);
    int error = vip_db_want_operands(context, 0);
    if (error == VIP_OK)
        error = vip_db_want_free(context, context->database_path, false, "");
    if (error == VIP_OK)
        error = vip_context_programme(
            context, vip_db_given.program ? vip_db_given.program : "basic", &loaded);
    if (error == VIP_OK)
        error = vip_db_make_folder(context);
    if (error == VIP_OK)
        error = vip_db_part_name(context, context->database_path, &part);
    if (error == VIP_OK)
        error = make_database(context, part.data, &loaded);
    if (error == VIP_OK)
        vip_note(context, "made %s with the programme '%s'%s", context->database_path, loaded.name,
                 context->dry_run ? " (nothing was kept)" : "");
    vip_buffer_free(&part);
    vip_arena_free(&loaded.arena);
    return error;
}

/* ---- load ---- */

static int load(struct vip_context *context, const struct vip_programme *loaded)
{
    bool known = false;
    char day[VIP_DATE_TEXT];
    int error = vip_db_open_given(context, VIP_DB_WRITE);
    if (error == VIP_OK && context->dry_run)
        error = vip_db_hold(context->db, &context->diag);
    if (error == VIP_OK)
        error = save_program(context, context->operands[0], loaded, &known);
    if (error != VIP_OK)
        return error;
    vip_day_format(loaded->effective, day);
    vip_note(context, "programme '%s' from %s on: %zu tiers, %zu earning rules, %zu rewards%s",
             loaded->name, day, loaded->program->tier_count, loaded->program->earn_count,
             loaded->program->reward_count,
             known              ? " (known already, nothing was changed)"
             : context->dry_run ? " (nothing was kept)"
                                : "");
    return vip_db_release(context->db, false, &context->diag);
}

int vip_db_run_load(struct vip_context *context)
{
    struct vip_programme loaded = {.effective = vip_db_given.effective};
    int error = vip_db_want_operands(context, 1);
    if (error == VIP_OK && vip_db_given.effective == VIP_DAY_NONE)
        error =
            vip_fail(&context->diag, VIP_EUSAGE, "load: from which day on? give --effective=DATE");
    if (error == VIP_OK)
        error = vip_context_programme(context, context->operands[0], &loaded);
    if (error == VIP_OK)
        error = load(context, &loaded);
    vip_arena_free(&loaded.arena);
    return error;
}
