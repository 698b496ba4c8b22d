/* Programmes in the database: versions by effective date, cell by cell as they were loaded. */
#ifndef VIP_DB_PROGRAM_H
#define VIP_DB_PROGRAM_H

#include "lib/base/memory.h"
#include "lib/db/batch.h"
#include "lib/rules/program.h"

/* Stores the sheets as the version that takes effect on that day, replacing a version of the same
 * day; when it is there already just so, nothing is written (batch->number stays as it was). Refused (VIP_EUSAGE) when something was already posted on that day or later. */
int vip_program_save(struct vip_batch *batch, const char *name, const struct vip_sheet *sheets,
                     size_t count, vip_day effective, struct vip_diag *diag);

/* All versions, built, in arena. At least one, or VIP_EDATABASE. */
int vip_programs_load(struct vip_db *db, struct vip_arena *arena, struct vip_programs *programs,
                      struct vip_diag *diag);

#endif
