#include "film/libav.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>

#include "base/library.h"

static const pat_library_function functions[] = {
#define FUNCTION(prefix, name) {#prefix #name, offsetof(pat_libav, prefix##name)},
    PAT_LIBAV_FUNCTIONS(FUNCTION)
#undef FUNCTION
};

static atomic_uint complaints;

/* Called with each message: count errors, and print none. */
static void note_message(void *context, int level, const char *format, va_list arguments)
{
    (void)context;
    (void)format;
    (void)arguments;
    if (level <= AV_LOG_ERROR)
        atomic_fetch_add(&complaints, 1);
}

unsigned pat_libav_complaints(void)
{
    return atomic_load(&complaints);
}

const pat_libav *pat_libav_load(pat_error *error)
{
    static pat_libav table;
    static bool loaded;
    if (!loaded) { /* libavformat is linked with the others */
        char file[32], package[32];
        snprintf(file, sizeof file, "libavformat.so.%d", LIBAVFORMAT_VERSION_MAJOR);
        snprintf(package, sizeof package, "libavformat%d", LIBAVFORMAT_VERSION_MAJOR);
        if (pat_library_load(file, package, functions, sizeof functions / sizeof *functions, &table,
                             error) != PAT_OK)
            return NULL;
        table.av_log_set_callback(note_message);
        loaded = true;
    }
    return &table;
}
