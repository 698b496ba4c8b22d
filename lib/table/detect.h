/* Which encoding is it? UTF-8 if all of a sample is, else GB18030 if all of it is. Private to
 * lib/table. */
#ifndef VIP_TABLE_DETECT_H
#define VIP_TABLE_DETECT_H

#include "lib/base/error.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What is looked at: a file from its current position on, or bytes in memory. */
struct vip_sample {
    int file;         /* descriptor, or -1 for bytes */
    int64_t start;    /* the file's position */
    const char *data; /* the bytes */
    size_t size;
    bool cut;     /* more follows: a last character may be incomplete */
    size_t lines; /* what went before the sample, for messages */
    uint64_t bytes;
};

/* *gb18030 says which. VIP_EINPUT, with the line, when it is neither; VIP_EIO. */
int vip_detect(const struct vip_sample *sample, bool *gb18030, struct vip_diag *diag);

#endif
