#include "learn/xgboost.h"

#include <dlfcn.h>
#include <stddef.h>
#include <string.h>

#include "base/error.h"

static const char library_file[] = "libxgboost.so.0"; /* an error code of XGBoost 1.7 */

/* Names of functions with their places in the table. */
static const struct entry {
    const char *name;
    size_t offset;
} entries[] = {
#define ENTRY(prefix, name) {#prefix #name, offsetof(pat_xgboost, prefix##name)},
    PAT_XGBOOST_FUNCTIONS(ENTRY)
#undef ENTRY
};

static pat_status fail_to_load(const char *cause, pat_error *error)
{
    return pat_fail(error, PAT_INTERNAL,
                    "cannot load %s, the library for models (%s); install libxgboost0",
                    library_file, cause);
}

pat_status pat_xgboost_load(pat_xgboost *xgboost, pat_error *error)
{
    void *library = dlopen(library_file, RTLD_NOW | RTLD_LOCAL);
    if (library == NULL)
        return fail_to_load(dlerror(), error);
    for (size_t i = 0; i < sizeof entries / sizeof *entries; i++) {
        void *function = dlsym(library, entries[i].name);
        if (function == NULL)
            return fail_to_load(dlerror(), error);
        memcpy((char *)xgboost + entries[i].offset, &function, sizeof function);
    }
    return PAT_OK;
}
