/* Rows for reports that no SQL can find: who is near a tier, by the rules of vip-tier. A report
 * whose header says "uses: near-tier" reads them from the table vip_bulk: c1 member (its number as
 * people see it), c2 ladder, c3 tier, c4 basis, c5 reached, c6 threshold, c7 missing (fen, visits
 * or points), c8 share missing (hundredths of a per cent), c9 deadline, c10 type of c5 to c7. */
#ifndef VIP_DB_REPORT_NEAR_H
#define VIP_DB_REPORT_NEAR_H

#include "lib/base/memory.h"
#include "lib/db/engine.h"

struct vip_report_near;

/* Gathers the rows as of a day, whatever is missing, in arena, and has vip_bulk give them until
 * vip_report_near_close. */
int vip_report_near_open(struct vip_report_near **near, struct vip_db *db, vip_day as_of,
                         struct vip_arena *arena, struct vip_diag *diag);
void vip_report_near_close(struct vip_report_near *near);

#endif
