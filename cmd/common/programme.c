/* Presets and folders: see programme.h. */
#include "cmd/common/programme.h"

#include "lib/base/embedded.h"
#include "lib/table/sheets.h"
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static bool is_preset(const char *name)
{
    char path[256];
    snprintf(path, sizeof path, "programs/%.200s/program.csv", name);
    return vip_embedded_find(path) != NULL;
}

/* "shops/menswear/" is called menswear. */
static void name_from(const char *path, char *name, size_t size)
{
    size_t end = strlen(path);
    while (end > 1 && path[end - 1] == '/')
        end--;
    size_t begin = end;
    while (begin > 0 && path[begin - 1] != '/')
        begin--;
    snprintf(name, size, "%.*s", (int)(end - begin), path + begin);
}

/* "./basic" is a folder beside which a preset is. */
int vip_context_programme(struct vip_context *context, const char *operand,
                          struct vip_programme *loaded)
{
    struct stat info;
    bool folder = stat(operand, &info) == 0 && S_ISDIR(info.st_mode);
    bool preset = !strchr(operand, '/') && is_preset(operand);
    struct vip_diag *diag = &context->diag;
    char path[256];
    int error;
    name_from(operand, loaded->name, sizeof loaded->name);
    if (preset && folder)
        vip_note(context, "the preset '%s' is taken, not the folder: for that, write ./%s", operand,
                 operand);
    snprintf(path, sizeof path, "programs/%.200s", operand);
    if (!preset && (folder || strchr(operand, '/')))
        error = vip_sheets_read_directory(&loaded->sheets, &loaded->count, operand,
                                          context->input_encoding, vip_program_tables,
                                          &loaded->arena, diag);
    else
        error = vip_sheets_read_embedded(&loaded->sheets, &loaded->count, path, vip_program_tables,
                                         &loaded->arena, diag);
    if (error == VIP_OK)
        error = vip_program_build(&loaded->program, loaded->sheets, loaded->count,
                                  loaded->effective, &loaded->arena, diag);
    return error;
}
