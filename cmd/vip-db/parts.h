/* The parts of vip-db beside its main file: the verbs, and what they share. */
#ifndef VIP_CMD_DB_PARTS_H
#define VIP_CMD_DB_PARTS_H

#include "cmd/common/command.h"
#include "lib/base/memory.h"
#include "lib/db/check.h"
#include "lib/db/engine.h"

/* What its own options say. */
extern struct vip_db_given {
    const char *program, *member;
    vip_day effective, from, to;
    bool force;
} vip_db_given;

/* ---- path.c ---- */

/* So many operands, each a name. */
int vip_db_want_operands(struct vip_context *context, int count);

int vip_db_open_given(struct vip_context *context, enum vip_db_mode mode);

/* The name of a file beside path that is ours alone until it is renamed. */
int vip_db_part_name(struct vip_context *context, const char *path, struct vip_buffer *part);

bool vip_db_same_file(const char *a, const char *b);

/* Nothing may be at path, unless `force` says so; a folder never. */
int vip_db_want_free(struct vip_context *context, const char *path, bool force, const char *advice);

/* The folder of the default path is made when it is missing; any other is the user's affair, so
 * that a typing error makes no folders. */
int vip_db_make_folder(struct vip_context *context);

/* ---- look.c ---- */

/* All checks of the open database, each told to report with the context; and on a terminal how long
 * it has taken. */
int vip_db_check(struct vip_context *context, vip_check_report *report);

/* ---- the verbs: programme.c, look.c, copy.c, exchange.c ---- */

int vip_db_run_init(struct vip_context *context);
int vip_db_run_load(struct vip_context *context);
int vip_db_run_info(struct vip_context *context);
int vip_db_run_check(struct vip_context *context);
int vip_db_run_audit(struct vip_context *context);
int vip_db_run_backup(struct vip_context *context);
int vip_db_run_restore(struct vip_context *context);
int vip_db_run_migrate(struct vip_context *context);
int vip_db_run_export(struct vip_context *context);
int vip_db_run_import(struct vip_context *context);

#endif
