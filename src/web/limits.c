#include "web/limits.h"

#include <string.h>

#include "base/error.h"

static const pat_serve_limit_info table[PAT_SERVE_LIMITS] = {
    [PAT_SERVE_QUEUE] = {"queue", "N", 16, 1, 10000,
                         "Maximum number of images waiting for a worker"},
    [PAT_SERVE_PER_ADDRESS] = {"per-address", "N", 12, 1, 100000,
                               "Maximum number of images in progress from one address"},
    [PAT_SERVE_WORKERS] = {"workers-per-address", "N", 0, 0, 10000,
                           "Maximum number of workers busy for one address; 0: all but one"},
    [PAT_SERVE_CONNECTIONS] =
        {"connections", "N", 4096, 4, 60000,
         "Maximum number of open connections; one address gets at most three quarters"},
    [PAT_SERVE_BODY] = {"max-body", "MIB", 32, 1, 1024, "Maximum size of a request"},
    [PAT_SERVE_OUTPUT] = {"max-output", "MIB", 256, 1, 4096, "Maximum size of a restored image"},
    [PAT_SERVE_STORE] = {"store", "MIB", 1024, 1, 1 << 20,
                         "Memory for all images in progress, received and restored"},
    [PAT_SERVE_PIXELS] = {"max-pixels", "N", 1 << 26, 1, PAT_MAX_PIXELS_DEFAULT,
                          "Maximum number of pixels in an image"},
    [PAT_SERVE_PARTS] = {"max-parts", "N", 16, 1, 1000,
                         "Maximum number of parts in a multipart body"},
    [PAT_SERVE_IMAGE_TIME] = {"image-time", "SECONDS", 20, 1, 86400,
                              "Maximum time that a worker may take for an image"},
    [PAT_SERVE_DEADLINE] =
        {"deadline", "SECONDS", 60, 1, 86400,
         "Maximum time from the headers of a request to the last byte of its response"},
    [PAT_SERVE_IDLE] = {"idle", "SECONDS", 10, 1, 86400, "Idle timeout of a connection"},
};

const pat_serve_limit_info *pat_serve_limit_describe(pat_serve_limit limit)
{
    return &table[limit];
}

pat_status pat_limits_init(pat_limits *limits, const pat_serve_options *options, pat_error *error)
{
    for (int i = 0; i < PAT_SERVE_LIMITS; i++) {
        const pat_serve_limit_info *info = &table[i];
        long long value = options->limit[i] == 0 ? info->standard : options->limit[i];
        if (value < info->minimum || value > info->maximum)
            return pat_fail(error, PAT_INVALID_ARGUMENT, "--%s: %lld is outside %lld..%lld",
                            info->name, value, info->minimum, info->maximum);
        bool mebibytes = strcmp(info->unit, "MIB") == 0;
        limits->value[i] = (uint64_t)value << (mebibytes ? 20 : 0);
    }
    return PAT_OK;
}
