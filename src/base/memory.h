/* Memory that grows and is reused; private to the library. */
#ifndef PAT_BASE_MEMORY_H
#define PAT_BASE_MEMORY_H

#include <stdbool.h>
#include <stddef.h>

/*
 * A block that only grows: it is reused for every image and soon fits the largest. Zero-initialize;
 * pat_scratch_release() when done.
 */
typedef struct pat_scratch {
    void *data;
    size_t size;
} pat_scratch;

/*
 * At least count * size bytes, 64-byte aligned; old contents are lost when it grows. NULL when
 * memory runs out or the product overflows.
 */
void *pat_scratch_get(pat_scratch *scratch, size_t count, size_t size);
void pat_scratch_release(pat_scratch *scratch);

/*
 * pat_memory_wipe_freed() makes free() overwrite blocks from now on. The C library exempts some
 * blocks of up to 1032 bytes, which it caches for the calling thread; pat_memory_wipe_small()
 * overwrites those.
 */
void pat_memory_wipe_freed(void);
void pat_memory_wipe_small(void);

/* How many allocations have failed in this process so far, as far as the library has been told
 * (patina/memory.h). Safe in a signal handler. */
unsigned pat_memory_failures(void);

/* From now on, end the process with this status (not 0) when a thread cannot be started, for which
 * some decoders would wait forever, or after 1000 failed allocations: some encoders try on for
 * minutes. */
void pat_memory_exit_if_hopeless(int status);

/* realloc() of an array of `count` items; NULL on overflow or failure (old block kept). */
void *pat_realloc_array(void *block, size_t count, size_t size);

/*
 * Make room for `needed` items of `size` bytes in a growing array. array: the address of the
 * pointer to its items. False when memory runs out (the array is unchanged).
 */
bool pat_array_reserve(void *array, size_t *capacity, size_t needed, size_t size);

#endif
