#include "fuzz/fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

void fuzz_must(int holds, const char *condition, const char *file, int line)
{
    if (holds)
        return;
    fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, condition);
    abort();
}

const char *fuzz_file(int slot, const void *data, size_t size)
{
    static int descriptors[2] = {-1, -1};
    static char paths[2][64];
    int *descriptor = &descriptors[slot];
    if (*descriptor < 0) {
        *descriptor = memfd_create("fuzz", MFD_CLOEXEC);
        MUST(*descriptor >= 0);
        snprintf(paths[slot], sizeof paths[slot], "/proc/self/fd/%d", *descriptor);
    }
    MUST(ftruncate(*descriptor, 0) == 0);
    MUST(size == 0 || pwrite(*descriptor, data, size, 0) == (ssize_t)size);
    return paths[slot];
}

char *fuzz_text(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1);
    MUST(text != NULL);
    if (size > 0)
        memcpy(text, data, size);
    text[size] = '\0';
    return text;
}
