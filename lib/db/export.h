/* Every table as CSV, for those who leave and for those who look closely. */
#ifndef VIP_DB_EXPORT_H
#define VIP_DB_EXPORT_H

#include "lib/db/engine.h"

/* Writes one file a table, in the order of its key, into a new folder of mode 0700, which appears
 * whole or not at all (VIP_EUSAGE when there is one that is not empty). Dates, money and codes are
 * written as people read them. Without `reveal`, phones, ID numbers, addresses and e-mail are
 * masked. *rows gets the number of rows written. */
int vip_export(struct vip_db *db, const char *folder, bool reveal, int64_t *rows,
               struct vip_diag *diag);

#endif
