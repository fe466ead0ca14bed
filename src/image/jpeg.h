/* Decode JPEG files row by row, and encode them; private to the library. */
#ifndef PAT_IMAGE_JPEG_H
#define PAT_IMAGE_JPEG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "patina/image.h"

enum { PAT_JPEG_TEXT_SIZE = 200 };

/* Valid from pat_jpeg_open() to pat_jpeg_close(). */
typedef struct pat_jpeg {
    int width, height;
    int bands; /* bytes per pixel: 1 gray; 4 CMYK as stored, or R, G, B and padding */
    bool cmyk;
    char text[PAT_JPEG_TEXT_SIZE];    /* why it failed */
    struct pat_jpeg_decoder *decoder; /* private */
} pat_jpeg;

/*
 * Read the header of the JPEG file in bytes[0..size-1], which are borrowed until pat_jpeg_close().
 * False on failure: text says why. Call pat_jpeg_close() in any case.
 */
bool pat_jpeg_open(pat_jpeg *jpeg, const uint8_t *bytes, size_t size);

/*
 * Decode the next `count` rows into rows[0 .. count * width * bands - 1]. A premature end of the
 * file and any warning of damage are errors. False on failure, as above.
 */
bool pat_jpeg_read(pat_jpeg *jpeg, uint8_t *rows, int count);

void pat_jpeg_close(pat_jpeg *jpeg);

/* Whether a libjpeg warning, possibly inside a longer text, reports damage. A few stray bytes,
 * which some cameras leave, are harmless. */
bool pat_jpeg_warns_of_damage(const char *message);

/* Chroma at half resolution in both directions, as most programs write it, or at full
 * resolution. */
typedef enum pat_jpeg_chroma { PAT_JPEG_CHROMA_HALVED, PAT_JPEG_CHROMA_FULL } pat_jpeg_chroma;

/*
 * Append `image` as a baseline JPEG file to `bytes`. quality: libjpeg's, 1..100. name: the image's
 * name, for messages. Equal samples give equal bytes. Fails with PAT_OUT_OF_MEMORY, PAT_TOO_LARGE
 * (a side over 65500 pixels, libjpeg's limit) or PAT_INTERNAL; bytes->size is then unchanged.
 */
PAT_MUST_CHECK pat_status pat_jpeg_encode(const pat_image *image, int quality,
                                          pat_jpeg_chroma chroma, const char *name,
                                          pat_buffer *bytes, pat_error *error);

/* The version of libjpeg that the library was built with. Static. */
const char *pat_jpeg_version(void);

#endif
