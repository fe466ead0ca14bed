/*
 * The functions that allocate memory and start threads, as all of patina's libraries call them:
 * they tell libpatina of failures (patina/memory.h). Not part of builds with AddressSanitizer,
 * which has its own.
 *
 * The linker exports these functions because shared libraries define them too; the program's come
 * first. They call the next ones, which are those of the C library or of a preloaded one. So free()
 * need not be defined.
 */
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "patina/memory.h"

#define EXPORTED __attribute__((visibility("default")))
#define UNLIKELY(condition) __builtin_expect(condition, 0)

typedef int thread_starter(pthread_t *thread, const pthread_attr_t *attributes,
                           void *(*run)(void *), void *argument);

static struct {
    void *(*malloc)(size_t size);
    void *(*calloc)(size_t count, size_t size);
    void *(*realloc)(void *block, size_t size);
    void *(*memalign)(size_t alignment, size_t size);
    void *(*aligned_alloc)(size_t alignment, size_t size);
    int (*posix_memalign)(void **block, size_t alignment, size_t size);
    thread_starter *pthread_create;
} next;

static void find(const char *name, size_t offset)
{
    void *function = dlsym(RTLD_NEXT, name);
    memcpy((char *)&next + offset, &function, sizeof function);
}

/* The first call comes from the dynamic linker, before there are other threads. */
static void find_all(void)
{
#define FIND(name) find(#name, offsetof(__typeof__(next), name))
    FIND(malloc);
    FIND(calloc);
    FIND(realloc);
    FIND(memalign);
    FIND(aligned_alloc);
    FIND(posix_memalign);
    FIND(pthread_create);
#undef FIND
}

/* Call the next function of this name. */
#define NEXT(name, ...)                                                                            \
    ((UNLIKELY(next.name == NULL) ? find_all() : (void)0), next.name(__VA_ARGS__))

static inline void *noted(void *block)
{
    if (UNLIKELY(block == NULL))
        pat_memory_note_failure();
    return block;
}

EXPORTED void *malloc(size_t size)
{
    return noted(NEXT(malloc, size));
}

EXPORTED void *calloc(size_t count, size_t size)
{
    return noted(NEXT(calloc, count, size));
}

EXPORTED void *realloc(void *block, size_t size)
{
    void *grown = NEXT(realloc, block, size);
    return size == 0 ? grown : noted(grown); /* of 0 bytes: NULL, because the block is freed */
}

EXPORTED void *memalign(size_t alignment, size_t size)
{
    return noted(NEXT(memalign, alignment, size));
}

EXPORTED void *aligned_alloc(size_t alignment, size_t size)
{
    return noted(NEXT(aligned_alloc, alignment, size));
}

EXPORTED int posix_memalign(void **block, size_t alignment, size_t size)
{
    int failure = NEXT(posix_memalign, block, alignment, size);
    if (UNLIKELY(failure == ENOMEM))
        pat_memory_note_failure();
    return failure;
}

EXPORTED int pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                            void *(*run)(void *), void *argument)
{
    int failure = NEXT(pthread_create, thread, attributes, run, argument);
    if (UNLIKELY(failure == EAGAIN))
        pat_memory_note_missing_thread();
    return failure;
}
