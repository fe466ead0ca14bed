#include "base/library.h"

#include <dlfcn.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>

#include "base/error.h"

/* More than libvips takes with all libraries that it is linked with. */
enum { PROBE_SIZE = 1 << 28 };

/* Whether memory ran out while a library was loaded. The loader does not tell; it says the same if
 * a file system forbids programs. So see whether there is as little memory as its words suggest: it
 * has given back what it had. */
static bool ran_out(const char *cause)
{
    static const char *const hints[] = {"failed to map", "cannot map", "allocate", "memory"};
    bool suggested = false;
    for (size_t i = 0; i < sizeof hints / sizeof *hints; i++)
        suggested = suggested || strstr(cause, hints[i]) != NULL;
    if (!suggested)
        return false;
    void *probe =
        mmap(NULL, PROBE_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return probe == MAP_FAILED || munmap(probe, PROBE_SIZE) != 0;
}

static pat_status fail_to_load(const char *file, const char *package, pat_error *error)
{
    const char *cause = dlerror();
    if (!ran_out(cause))
        return pat_fail(error, PAT_INTERNAL, "cannot load %s (%s); install %s", file, cause,
                        package);
    return pat_fail(error, PAT_OUT_OF_MEMORY,
                    "cannot load %s (%s), because memory has run out; allow more (ulimit -v), or "
                    "free some",
                    file, cause);
}

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
    return is_complete ? PAT_OK : fail_to_load(file, package, error);
}
