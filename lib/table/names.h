/* Column names: English and Chinese headers to the canonical English name, and back for printing.
 * The built-in map is share/headers.csv (embedded); users add their own file of the same shape. */
#ifndef VIP_TABLE_NAMES_H
#define VIP_TABLE_NAMES_H

#include "lib/base/error.h"

struct vip_names;

/* The built-in map; when extra is not NULL, the file at that path is read on top of it.
 * share/headers.csv has columns: column,en,zh,aliases (aliases separated by |). */
int vip_names_open(struct vip_names **names, const char *extra, struct vip_diag *diag);
void vip_names_close(struct vip_names *names);

/* The canonical column for a header cell as typed, or NULL. Blanks, width, case and the marks
 * _ - * : . do not matter. */
const char *vip_names_canonical(const struct vip_names *names, const char *header);

/* The heading to print for a canonical column in "en" or "zh"; the column itself when not known. */
const char *vip_names_title(const struct vip_names *names, const char *column, const char *lang);

#endif
