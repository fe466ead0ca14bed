#include "image/vips.h"

#include <dlfcn.h>
#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/library.h"

/* The ABI version of the headers, as in libvips.so.42. */
enum { INTERFACE = VIPS_LIBRARY_CURRENT - VIPS_LIBRARY_AGE };

static const pat_library_function functions[] = {
#define FUNCTION(prefix, name) {#prefix #name, offsetof(pat_vips, name)},
    PAT_VIPS_FUNCTIONS(FUNCTION)
#undef FUNCTION
};

static pat_status load(pat_vips *vips, pat_error *error)
{
    char file[32], package[32];
    snprintf(file, sizeof file, "libvips.so.%d", INTERFACE);
    snprintf(package, sizeof package, "libvips%d", INTERFACE);
    return pat_library_load(file, package, functions, sizeof functions / sizeof *functions, vips,
                            error);
}

pat_status pat_vips_load(pat_vips *vips, pat_error *error)
{
    static pat_vips table;
    static bool loaded;
    pat_status status = loaded ? PAT_OK : load(&table, error);
    loaded = status == PAT_OK;
    *vips = table;
    return status;
}

bool pat_vips_load_module(const pat_vips *vips, const char *name)
{
    typedef const char *starter(void *unused);
    char path[PATH_MAX];
    Dl_info library;
    if (dladdr((const void *)vips->init, &library) == 0)
        return false;
    const char *slash = strrchr(library.dli_fname, '/');
    int folder = slash == NULL ? 0 : (int)(slash + 1 - library.dli_fname);
    snprintf(path, sizeof path, "%.*svips-modules-%d.%d/vips-%s.so", folder, library.dli_fname,
             vips->version(0), vips->version(1), name);
    void *module = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    starter *start = NULL;
    void *found = module == NULL ? NULL : dlsym(module, "g_module_check_init");
    memcpy(&start, &found, sizeof start);
    return start != NULL && start(NULL) == NULL;
}
