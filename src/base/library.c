#include "base/library.h"

#include <dlfcn.h>
#include <stdbool.h>
#include <string.h>

#include "base/error.h"

pat_status pat_library_load(const char *file, const char *package,
                            const pat_library_function *functions, size_t count, void *table,
                            pat_error *error)
{
    void *library = dlopen(file, RTLD_NOW | RTLD_LOCAL);
    bool is_complete = library != NULL;
    for (size_t i = 0; i < count && is_complete; i++) {
        void *function = dlsym(library, functions[i].name);
        is_complete = function != NULL;
        memcpy((char *)table + functions[i].offset, &function, sizeof function);
    }
    return is_complete ? PAT_OK
                       : pat_fail(error, PAT_INTERNAL, "cannot load %s (%s); install %s", file,
                                  dlerror(), package);
}
