/* libxlsxwriter, when it is needed. See xlsx.h. */
#include "lib/table/xlsx.h"

#include <dlfcn.h>

static struct vip_xlsx_library library;

static bool take(void *handle, void *function, const char *name)
{
    void *found = dlsym(handle, name);

    memcpy(function, &found, sizeof found); /* ISO C knows no way from a pointer to a function */
    return found != NULL;
}

const struct vip_xlsx_library *vip_xlsx_load(const char **why)
{
    static bool loaded;

    if (loaded)
        return &library;
    /* Never closed: it stays for the life of the process. */
    void *handle = dlopen("libxlsxwriter.so." LXW_SOVERSION, RTLD_NOW | RTLD_LOCAL);
    loaded = handle != NULL;
#define TAKE(name) loaded = loaded && take(handle, &library.name, #name);
    VIP_XLSX_FUNCTIONS(TAKE)
#undef TAKE
    if (!loaded)
        *why = dlerror();
    return loaded ? &library : NULL;
}
