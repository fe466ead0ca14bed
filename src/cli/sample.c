#include "sample.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

bool sample_folder(const char *name, char path[PAT_PATH_SIZE])
{
    static const char *const places[] = {PATINA_SAMPLE, "data/sample"};
    char program[PAT_PATH_SIZE / 2] = "";
    if (readlink("/proc/self/exe", program, sizeof program - 1) < 0)
        return false;
    int folder = (int)(strrchr(program, '/') - program);
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        snprintf(path, PAT_PATH_SIZE, "%.*s/%s/%s", folder, program, places[i], name);
        if (access(path, R_OK) == 0)
            return true;
    }
    return false;
}
