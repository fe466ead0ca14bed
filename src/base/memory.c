#include "base/memory.h"

#include <malloc.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "patina/memory.h"

enum {
    ALIGNMENT = 64,
    FAILURES_MOST = 1000, /* libwebp tries to allocate a block for each token of an image */
};

static atomic_uint failures;
static atomic_int exit_status; /* 0: go on */

void pat_memory_note_failure(void)
{
    if (++failures >= FAILURES_MOST && exit_status != 0)
        _exit(exit_status);
}

void pat_memory_note_missing_thread(void)
{
    failures++;
    if (exit_status != 0)
        _exit(exit_status);
}

unsigned pat_memory_failures(void)
{
    return failures;
}

void pat_memory_exit_if_hopeless(int status)
{
    exit_status = status;
}

void *pat_scratch_get(pat_scratch *scratch, size_t count, size_t size)
{
    if (size != 0 && count > (SIZE_MAX - ALIGNMENT) / size)
        return NULL;
    size_t needed = (count * size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    if (needed == 0)
        needed = ALIGNMENT;
    if (scratch->size < needed) {
        pat_scratch_release(scratch);
        scratch->data = aligned_alloc(ALIGNMENT, needed);
        if (scratch->data == NULL)
            return NULL;
        scratch->size = needed;
    }
    return scratch->data;
}

void pat_scratch_release(pat_scratch *scratch)
{
    free(scratch->data);
    *scratch = (pat_scratch){0};
}

void pat_memory_wipe_freed(void)
{
    enum { FILL = 0xa5 };
    mallopt(M_PERTURB, FILL);
}

void pat_memory_wipe_small(void)
{
    /* glibc's cache: block sizes, and the number of blocks of each size */
    enum { LEAST = 24, MOST = 1032, STEP = 16, KEPT = 7 };
    for (size_t size = LEAST; size <= MOST; size += STEP) {
        void *block[KEPT];
        for (int i = 0; i < KEPT; i++)
            if ((block[i] = malloc(size)) != NULL)
                explicit_bzero(block[i], size);
        for (int i = 0; i < KEPT; i++)
            free(block[i]);
    }
}

void *pat_realloc_array(void *block, size_t count, size_t size)
{
    if (size != 0 && count > SIZE_MAX / size)
        return NULL;
    return realloc(block, count == 0 ? 1 : count * size);
}

bool pat_array_reserve(void *array, size_t *capacity, size_t needed, size_t size)
{
    if (needed <= *capacity)
        return true;
    size_t wanted = *capacity < 16 ? 16 : 2 * *capacity;
    if (wanted < needed)
        wanted = needed;
    void *block;
    memcpy(&block, array, sizeof block);
    void *grown = pat_realloc_array(block, wanted, size);
    if (grown == NULL)
        return false;
    memcpy(array, &grown, sizeof grown);
    *capacity = wanted;
    return true;
}
