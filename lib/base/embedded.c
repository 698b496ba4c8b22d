/* Finding the files that travel inside the library. There are a few dozen of them, and they are
 * asked for when a database is made: a plain walk is enough. */
#include "lib/base/embedded.h"

#include <string.h>

const struct vip_embedded *vip_embedded_find(const char *path)
{
    for (const struct vip_embedded *file = vip_embedded_files; file->path; file++)
        if (strcmp(file->path, path) == 0)
            return file;
    return NULL;
}

const struct vip_embedded *vip_embedded_next(const char *prefix, const struct vip_embedded *after)
{
    size_t size = strlen(prefix);
    for (const struct vip_embedded *file = after ? after + 1 : vip_embedded_files; file->path;
         file++)
        if (strncmp(file->path, prefix, size) == 0)
            return file;
    return NULL;
}
