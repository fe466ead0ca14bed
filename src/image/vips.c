#include "image/vips.h"

#include <dlfcn.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"

/* The ABI version of the headers, as in libvips.so.42. */
enum { INTERFACE = VIPS_LIBRARY_CURRENT - VIPS_LIBRARY_AGE };

/* Function names and their offsets in the table. */
static const struct entry {
    const char *name;
    size_t offset;
} entries[] = {
#define ENTRY(prefix, name) {#prefix #name, offsetof(pat_vips, name)},
    PAT_VIPS_FUNCTIONS(ENTRY)
#undef ENTRY
};

static pat_status fail_to_load(const char *cause, pat_error *error)
{
    return pat_fail(error, PAT_INTERNAL,
                    "the image library libvips.so.%d cannot be loaded (%s); install libvips%d",
                    INTERFACE, cause, INTERFACE);
}

static pat_status load(pat_vips *vips, pat_error *error)
{
    char file[32];
    snprintf(file, sizeof file, "libvips.so.%d", INTERFACE);
    void *library = dlopen(file, RTLD_NOW | RTLD_LOCAL);
    if (library == NULL)
        return fail_to_load(dlerror(), error);
    for (size_t i = 0; i < sizeof entries / sizeof *entries; i++) {
        /* Also finds functions of GLib, which libvips links to. */
        void *function = dlsym(library, entries[i].name);
        if (function == NULL)
            return fail_to_load(dlerror(), error);
        memcpy((char *)vips + entries[i].offset, &function, sizeof function);
    }
    return PAT_OK;
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
