/*
 * Preloaded into patina: the driver's allocation number FAIL_ALLOCATION (from 1) fails. With
 * FAIL_ALLOCATION=0 all succeed, and the file ALLOCATION_COUNT gets their number at exit.
 * Allocations in workers do not fail.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PRELOADED __attribute__((visibility("default")))

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *block, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);

static long fails_at = -1, seen; /* fails_at: 0 only counts, -1 does nothing */
static bool ready;

__attribute__((constructor)) static void start(void)
{
    char text[64] = {0};
    const char *number = getenv("FAIL_ALLOCATION");
    int descriptor = open("/proc/self/cmdline", O_RDONLY);
    ssize_t size = descriptor < 0 ? 0 : read(descriptor, text, sizeof text - 1);
    close(descriptor);
    bool worker = size > 0 && strcmp(text + strlen(text) + 1, "worker") == 0;
    fails_at = worker || number == NULL ? -1 : strtol(number, NULL, 10);
    ready = fails_at >= 0;
}

__attribute__((destructor)) static void end(void)
{
    const char *path = getenv("ALLOCATION_COUNT");
    if (!ready || path == NULL || fails_at != 0)
        return;
    char text[32];
    int descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0666);
    int size = snprintf(text, sizeof text, "%ld\n", seen);
    if (descriptor < 0 || write(descriptor, text, (size_t)size) != size)
        abort();
    close(descriptor);
}

static bool fails(void)
{
    if (!ready || __atomic_add_fetch(&seen, 1, __ATOMIC_RELAXED) != fails_at)
        return false;
    errno = ENOMEM;
    return true;
}

PRELOADED void *malloc(size_t size)
{
    return fails() ? NULL : __libc_malloc(size);
}

PRELOADED void *calloc(size_t count, size_t size)
{
    return fails() ? NULL : __libc_calloc(count, size);
}

PRELOADED void *realloc(void *block, size_t size)
{
    return fails() ? NULL : __libc_realloc(block, size);
}

PRELOADED void *aligned_alloc(size_t alignment, size_t size)
{
    return fails() ? NULL : __libc_memalign(alignment, size);
}
