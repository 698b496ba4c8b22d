/* The sheets of a programme: a folder of CSV tables and templates/ NAME.LANG.txt, on disk or
 * embedded. Texts that its own templates/ lacks come from share/templates/. */
#ifndef VIP_TABLE_SHEETS_H
#define VIP_TABLE_SHEETS_H

#include "lib/base/error.h"
#include "lib/base/memory.h"
#include "lib/base/sheet.h"
#include <stddef.h>

/* encoding is an iconv name; NULL or "auto": each file's own. tables are the names of the tables
 * that may be there, NULL-terminated; the first must be. What is in the folder but neither a table,
 * nor templates/, nor README*, nor hidden is VIP_EUSAGE naming it. A text is a sheet of one cell,
 * column "text". *sheets lives in arena. */
int vip_sheets_read_directory(struct vip_sheet **sheets, size_t *count, const char *directory,
                              const char *encoding, const char *const *tables,
                              struct vip_arena *arena, struct vip_diag *diag);

/* The same from the files embedded below folder ("programs/basic"). An unknown one is VIP_EUSAGE
 * naming those that there are. */
int vip_sheets_read_embedded(struct vip_sheet **sheets, size_t *count, const char *folder,
                             const char *const *tables, struct vip_arena *arena,
                             struct vip_diag *diag);

#endif
