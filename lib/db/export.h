/* Every table as CSV, for those who leave and for those who look closely; and back again. */
#ifndef VIP_DB_EXPORT_H
#define VIP_DB_EXPORT_H

#include "lib/db/engine.h"

/* Told now and then, how many rows there were so far in all and which table is at hand. */
struct vip_progress {
    void (*rows)(void *context, const char *table, int64_t rows);
    void *context;
};

/* Writes one file a table, in the order of its key, into a new folder of mode 0700, which appears
 * whole or not at all (VIP_EUSAGE when there is one that is not empty). Dates, money and codes are
 * written as people read them. Without `reveal`, phones, ID numbers, addresses and e-mail are
 * masked. *rows gets the number of rows written. progress may be NULL. */
int vip_export(struct vip_db *db, const char *folder, bool reveal,
               const struct vip_progress *progress, int64_t *rows, struct vip_diag *diag);

/* Fills the database file at path, which must not be there, from such a folder: the same database,
 * row by row, proved by the digests that were written with it. On failure there is no file; what
 * was changed on the way is named with its file and, as far as it can be told, line and column
 * (VIP_EINPUT). encoding: of the files, NULL: each one's own. */
int vip_import(const char *path, const char *folder, const char *encoding,
               const struct vip_progress *progress, int64_t *rows, struct vip_diag *diag);

#endif
