/* The files of share/ that travel inside the library: header names, presets, reports, templates,
 * schema. So one binary works from anywhere, and a file on disk is only needed to change something. */
#ifndef VIP_BASE_EMBEDDED_H
#define VIP_BASE_EMBEDDED_H

#include <stddef.h>

struct vip_embedded {
    const char *path; /* below share/: "programs/basic/tiers.csv"; NULL ends the table */
    const char *data; /* the file's bytes and a NUL */
    const char *end;  /* one past that NUL */
};

/* Sorted by path; made by tools/embed-files at build time. */
extern const struct vip_embedded vip_embedded_files[];

/* The file of that path, or NULL. Its size is end - data - 1. */
const struct vip_embedded *vip_embedded_find(const char *path);

/* The next file whose path begins with prefix, behind `after` (NULL: from the first); NULL: none. */
const struct vip_embedded *vip_embedded_next(const char *prefix, const struct vip_embedded *after);

#endif
