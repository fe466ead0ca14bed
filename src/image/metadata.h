/* What an image file has besides its samples, byte for byte; private to the library. */
#ifndef PAT_IMAGE_METADATA_H
#define PAT_IMAGE_METADATA_H

#include <stdbool.h>

#include "base/buffer.h"
#include "patina/image.h"

/* A file in memory, borrowed. */
typedef struct pat_file_bytes {
    const uint8_t *bytes;
    size_t size;
} pat_file_bytes;

/* Whether a JPEG's colors have half the resolution in both directions (4:2:0). */
bool pat_jpeg_is_subsampled(pat_file_bytes jpeg);

/* Whether pat_metadata_carry() knows the format: JPEG, PNG and WebP. */
bool pat_metadata_is_carried(pat_format format);

/*
 * Append to `out` the file `pixels`, with the metadata of `original` (both of `format`) in place of
 * its own: JPEG's application segments and comments, PNG's chunks about colour, size, time and
 * text, WebP's ICC profile, EXIF and XMP. profile: whether the ICC profile still applies.
 * `original` may be hostile: nothing outside of it is read, and what does not fit is left out. For
 * `pixels`, just made, the structure is relied on.
 */
void pat_metadata_carry(pat_format format, pat_file_bytes original, pat_file_bytes pixels,
                        bool profile, pat_buffer *out);

#endif
