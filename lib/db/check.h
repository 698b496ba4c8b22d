/* Is the database what it was written as? Everything that is kept is recomputed from what it was
 * made of, in one pass over each table, so that ten million entries take seconds and little memory. */
#ifndef VIP_DB_CHECK_H
#define VIP_DB_CHECK_H

#include "lib/db/engine.h"

/* Told once for each check that is sound (damaged false, detail says what was looked at) and once
 * for each thing that is wrong, at most some twenty of a check. A negative result ends the run. */
typedef int vip_check_report(void *context, const char *check, bool damaged, const char *detail,
                             struct vip_diag *diag);

/* Runs all checks on one state of the database, which others may go on writing to; tiers are
 * replayed as of that day. VIP_EDATABASE
 * when something is damaged, with a text that says how much. */
int vip_check(struct vip_db *db, vip_day as_of, vip_check_report *report, void *context,
              struct vip_diag *diag);

#endif
