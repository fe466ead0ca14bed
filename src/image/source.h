/* An image file being decoded, and its failure messages; private to this folder. */
#ifndef PAT_IMAGE_SOURCE_H
#define PAT_IMAGE_SOURCE_H

#include "image/bytes.h"
#include "image/format.h"

/* All borrowed. */
typedef struct pat_source {
    pat_file_bytes file;
    const char *name; /* for messages */
    const pat_file_format *format;
    uint64_t max_pixels;
    pat_error *error;
} pat_source;

/* Fail with PAT_CORRUPT or PAT_UNSUPPORTED_FORMAT. cause: part of the message. */
pat_status pat_source_fail_corrupt(const pat_source *source, const char *cause);
pat_status pat_source_fail_unsupported(const pat_source *source, const char *cause);

/* Fail with PAT_UNSUPPORTED_FORMAT. remedy: what to do; NULL: convert it. */
pat_status pat_source_fail_unfit(const pat_source *source, const char *cause, const char *remedy);

/* Fail with one of these or PAT_OUT_OF_MEMORY, depending on `cause`, a library's message. */
pat_status pat_source_fail(const pat_source *source, const char *cause);

/* Fail with PAT_TOO_LARGE above the pixel limit, or with PAT_CORRUPT if there are no pixels. */
PAT_MUST_CHECK pat_status pat_source_check_size(const pat_source *source, int64_t width,
                                                int64_t height);

/* Fail with PAT_TOO_LARGE if the decoded samples take more memory than four bytes times the pixel
 * limit. Images with 16-bit samples may thus have fewer pixels. Check the size first. */
PAT_MUST_CHECK pat_status pat_source_check_bytes(const pat_source *source, int width, int height,
                                                 int bytes_per_pixel);

#endif
