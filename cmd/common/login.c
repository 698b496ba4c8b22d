/* Who works: the login name for the audit log, and batches that carry it. */
#include "cmd/common/command.h"
#include "lib/db/batch.h"
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* The user database comes before $LOGNAME, which anybody can set. */
const char *vip_context_login(const struct vip_context *context)
{
    static char login[64];
    (void)context;
    if (*login)
        return login;
    struct passwd entry;
    struct passwd *found = NULL;
    char space[4096];
    if (getpwuid_r(getuid(), &entry, space, sizeof space, &found) == 0 && found)
        snprintf(login, sizeof login, "%s", found->pw_name);
    if (!*login) {
        const char *name = getenv("LOGNAME");
        if (name && *name)
            snprintf(login, sizeof login, "%s", name);
        else
            snprintf(login, sizeof login, "uid %ld", (long)getuid());
    }
    return login;
}

void vip_context_batch(const struct vip_context *context, struct vip_batch *batch)
{
    const char *file = context->walk ? vip_input_file(context) : NULL;
    *batch = (struct vip_batch){.db = context->db,
                                .command = context->command->name,
                                .login = vip_context_login(context),
                                .file = file,
                                .as_of = context->as_of};
}

int vip_context_reveal(struct vip_context *context)
{
    struct vip_batch batch;
    if (!context->reveal)
        return VIP_OK;
    if (context->dry_run)
        return vip_fail(&context->diag, VIP_EUSAGE,
                        "--reveal is written to the audit log: it cannot go with --dry-run");
    vip_context_batch(context, &batch);
    int error = vip_batch_begin(&batch, &context->diag);
    if (error != VIP_OK)
        return error;
    error = vip_batch_event(&batch, 0, "reveal", context->verb ? context->verb->name : NULL,
                            &context->diag);
    if (error == VIP_OK)
        return vip_batch_commit(&batch, &context->diag);
    vip_batch_rollback(&batch);
    return error;
}
