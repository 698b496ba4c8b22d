/* What the verbs of vip-db have in common: operands, and the paths of files that appear when they
 * are whole. */
#include "cmd/vip-db/parts.h"
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int refuse_operand(struct vip_context *context, const char *operand)
{
    if (!*operand)
        return vip_fail(&context->diag, VIP_EUSAGE, "%s: the name of the %s is empty",
                        context->verb->name, context->verb->operands);
    return vip_fail(
        &context->diag, VIP_EUSAGE,
        "%s: '-' is a stream, and a database is none: name a %s (./- if it is called so)",
        context->verb->name, context->verb->operands);
}

int vip_db_want_operands(struct vip_context *context, int count)
{
    if (context->operand_count > count)
        return vip_fail(&context->diag, VIP_EUSAGE, "%s: '%s' is one operand too many",
                        context->verb->name, context->operands[count]);
    if (context->operand_count < count)
        return vip_fail(&context->diag, VIP_EUSAGE, "%s: which one? expected %s",
                        context->verb->name, context->verb->operands);
    for (int i = 0; i < count; i++)
        if (!*context->operands[i] || strcmp(context->operands[i], "-") == 0)
            return refuse_operand(context, context->operands[i]);
    return VIP_OK;
}

int vip_db_open_given(struct vip_context *context, enum vip_db_mode mode)
{
    return vip_db_open(&context->db, context->database_path, mode, &context->diag);
}

int vip_db_part_name(struct vip_context *context, const char *path, struct vip_buffer *part)
{
    if (vip_buffer_format(part, "%s.part-%ld", path, (long)getpid()) != VIP_OK)
        return vip_fail_memory(&context->diag);
    return VIP_OK;
}

bool vip_db_same_file(const char *a, const char *b)
{
    struct stat first, second;
    return stat(a, &first) == 0 && stat(b, &second) == 0 && first.st_dev == second.st_dev &&
           first.st_ino == second.st_ino;
}

int vip_db_want_free(struct vip_context *context, const char *path, bool force, const char *advice)
{
    struct stat info;
    if (lstat(path, &info) != 0)
        return VIP_OK;
    if (S_ISDIR(info.st_mode))
        return vip_fail(&context->diag, VIP_EDATABASE, "%s is a folder: name a file", path);
    if (force)
        return VIP_OK;
    return vip_fail(&context->diag, VIP_EDATABASE, "%s exists already and was left as it is%s",
                    path, advice);
}

int vip_db_make_folder(struct vip_context *context)
{
    static const char ending[] = "/vip/vip.db";
    const char *path = context->database_path;
    size_t size = strlen(path);
    struct vip_buffer folder = {0};
    int error = VIP_OK;
    if (size < sizeof ending || strcmp(path + size - (sizeof ending - 1), ending) != 0)
        return VIP_OK;
    for (size_t i = 1; i < size && error == VIP_OK; i++) {
        if (path[i] != '/')
            continue;
        vip_buffer_clear(&folder);
        if (vip_buffer_add(&folder, path, i) != VIP_OK)
            error = vip_fail_memory(&context->diag);
        else if (mkdir(folder.data, 0700) != 0 && errno != EEXIST && errno != EISDIR)
            error = vip_fail(&context->diag, VIP_EDATABASE, "cannot make the folder %s: %s",
                             folder.data, strerror(errno));
    }
    vip_buffer_free(&folder);
    return error;
}
