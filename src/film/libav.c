#include "film/libav.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/library.h"

static const pat_library_function functions[] = {
#define FUNCTION(prefix, name) {#prefix #name, offsetof(pat_libav, prefix##name)},
    PAT_LIBAV_FUNCTIONS(FUNCTION)
#undef FUNCTION
};

static atomic_uint complaints;
static atomic_bool refused_streams;

/* Called with each message: count errors, and print none. */
static void note_message(void *context, int level, const char *format, va_list arguments)
{
    (void)context;
    (void)arguments;
    if (level <= AV_LOG_ERROR)
        atomic_fetch_add(&complaints, 1);
    if (level <= AV_LOG_ERROR && strstr(format, "max_streams") != NULL)
        atomic_store(&refused_streams, true);
}

bool pat_libav_refused_streams(void)
{
    return atomic_load(&refused_streams);
}

unsigned pat_libav_complaints(void)
{
    return atomic_load(&complaints);
}

static pat_libav table;

pat_status pat_libav_load(pat_error *error)
{
    static bool loaded;
    char file[32], package[32]; /* libavformat is linked with the others */
    if (loaded)
        return PAT_OK;
    snprintf(file, sizeof file, "libavformat.so.%d", LIBAVFORMAT_VERSION_MAJOR);
    snprintf(package, sizeof package, "libavformat%d", LIBAVFORMAT_VERSION_MAJOR);
    pat_status status = pat_library_load(file, package, functions,
                                         sizeof functions / sizeof *functions, &table, error);
    if (status != PAT_OK)
        return status;
    table.av_log_set_callback(note_message);
    loaded = true;
    return PAT_OK;
}

const pat_libav *pat_libav_get(void)
{
    return &table;
}
