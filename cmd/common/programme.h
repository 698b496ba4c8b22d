/* A programme as it is named on a command line: a preset, or a folder of tables. */
#ifndef VIP_CMD_PROGRAMME_H
#define VIP_CMD_PROGRAMME_H

#include "cmd/common/command.h"
#include "lib/rules/program.h"

struct vip_programme { /* begin with a zeroed one, effective set; end with vip_arena_free(&arena) */
    char name[128];
    struct vip_sheet *sheets;
    size_t count;
    const struct vip_program *program;
    vip_day effective;
    struct vip_arena arena; /* of all of it */
};

/* Reads and judges it. The preset of a name goes before a folder of that name. */
int vip_context_programme(struct vip_context *context, const char *operand,
                          struct vip_programme *loaded);

#endif
