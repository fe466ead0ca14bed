#include "image/vips.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

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
