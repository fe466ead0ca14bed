#include "workers/environment.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* How the variables begin. Nothing else is needed: a worker opens no files by name, prints in no
 * language but English, and sets up libvips and XGBoost itself. */
static const char *const needed[] = {
    "PATH=", /* to find a worker's program that is named without a folder */
    "PAT_CPU=",
    "LD_LIBRARY_PATH=", /* for the loader */
    "LD_PRELOAD=",
    "GLIBC_TUNABLES=", /* they change how memory is allocated, or which instructions are used */
    "MALLOC_",
    "ASAN_OPTIONS=", /* for builds with sanitizers */
    "LSAN_OPTIONS=",
    "UBSAN_OPTIONS=",
};

static bool is_needed(const char *variable)
{
    for (size_t i = 0; i < sizeof needed / sizeof *needed; i++)
        if (strncmp(variable, needed[i], strlen(needed[i])) == 0)
            return true;
    return false;
}

char **pat_environment_of_worker(void)
{
    size_t count = 0, kept = 0;
    while (environ != NULL && environ[count] != NULL)
        count++;
    char **variables = calloc(count + 1, sizeof *variables);
    for (size_t i = 0; variables != NULL && i < count; i++)
        if (is_needed(environ[i]))
            variables[kept++] = environ[i];
    return variables;
}
