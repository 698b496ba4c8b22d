/* What vip-report is made of. */
#ifndef CMD_VIP_REPORT_PARTS_H
#define CMD_VIP_REPORT_PARTS_H

#include "cmd/common/command.h"
#include "lib/db/report.h"

/* describe.c: all reports and books; one of them. folder: the user's own, or NULL. */
int report_list(struct vip_context *context, const char *folder, struct vip_arena *arena);
int report_describe(struct vip_context *context, const char *name, const char *folder,
                    struct vip_arena *arena);

#endif
