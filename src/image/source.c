#include "image/source.h"

#include <string.h>

#include "base/error.h"

enum { LARGEST_SIDE = 1 << 24 }; /* the limit of pat_image_resize_canvas() */

pat_status pat_source_fail_corrupt(const pat_source *source, const char *cause)
{
    return pat_fail(source->error, PAT_CORRUPT,
                    "%s: truncated or damaged %s (%s); copy it again from its source or leave it "
                    "out",
                    source->name, source->format->title, cause);
}

pat_status pat_source_fail_unfit(const pat_source *source, const char *cause, const char *remedy)
{
    return pat_fail(source->error, PAT_UNSUPPORTED_FORMAT,
                    "%s: this kind of %s is not supported (%s); %s or leave it out", source->name,
                    source->format->title, cause,
                    remedy == NULL ? "convert it to an 8-bit PNG" : remedy);
}

pat_status pat_source_fail_unsupported(const pat_source *source, const char *cause)
{
    return pat_source_fail_unfit(source, cause, NULL);
}

pat_status pat_source_fail(const pat_source *source, const char *cause)
{
    const char *const *phrases = source->format->unsupported;
    if (strstr(cause, "out of memory") != NULL || strstr(cause, "Insufficient memory") != NULL ||
        (strstr(cause, "Memory allocation error") != NULL && strstr(cause, "limit") == NULL))
        return pat_fail_memory(source->error, "decoding an image");
    bool unsupported = strstr(cause, "not supported") || strstr(cause, "not configured");
    for (int i = 0; i < PAT_PHRASES_MAX && phrases[i] != NULL; i++)
        unsupported = unsupported || strstr(cause, phrases[i]);
    return unsupported ? pat_source_fail_unsupported(source, cause)
                       : pat_source_fail_corrupt(source, cause);
}

pat_status pat_source_check_size(const pat_source *source, int64_t width, int64_t height)
{
    if (width < 1 || height < 1)
        return pat_source_fail_corrupt(source, "it has no pixels");
    if (width <= LARGEST_SIDE && height <= LARGEST_SIDE &&
        (uint64_t)(width * height) <= source->max_pixels)
        return PAT_OK;
    return pat_fail(source->error, PAT_TOO_LARGE,
                    "%s: %lld x %lld pixels, more than the limit of %llu; scale it down%s or "
                    "leave it out",
                    source->name, (long long)width, (long long)height,
                    (unsigned long long)source->max_pixels,
                    source->max_pixels < PAT_MAX_PIXELS_DEFAULT ? ", raise --max-pixels" : "");
}

pat_status pat_source_check_bytes(const pat_source *source, int width, int height,
                                  int bytes_per_pixel)
{
    enum { USUAL_BYTES = 4 }; /* 8-bit RGB and alpha */
    uint64_t pixels = (uint64_t)width * (uint64_t)height;
    uint64_t most = source->max_pixels / (uint64_t)bytes_per_pixel * USUAL_BYTES;
    if (bytes_per_pixel <= USUAL_BYTES || pixels <= most)
        return PAT_OK;
    return pat_fail(
        source->error, PAT_TOO_LARGE,
        "%s: %d x %d pixels of %d bytes, more than the limit of %llu such pixels; scale "
        "it down, save it with 8 bits per sample%s or leave it out",
        source->name, width, height, bytes_per_pixel, (unsigned long long)most,
        source->max_pixels < PAT_MAX_PIXELS_DEFAULT ? ", raise --max-pixels" : "");
}
