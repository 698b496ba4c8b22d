/* The parts of vip-accrue beside its main file. */
#ifndef VIP_CMD_ACCRUE_PARTS_H
#define VIP_CMD_ACCRUE_PARTS_H

#include "cmd/common/command.h"
#include "lib/base/memory.h"
#include "lib/rules/program.h"

/* by_hand.c: what people post by hand. */
int vip_accrue_adjust(struct vip_context *context);
int vip_accrue_transfer(struct vip_context *context);
int vip_accrue_topup(struct vip_context *context);

/* debt.c: what a member owes, in points and yuan; in arena, NULL out of memory. */
const char *vip_accrue_debt(struct vip_arena *arena, const struct vip_program *program,
                            vip_points owed);

#endif
