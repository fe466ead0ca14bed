/*
 * BMP files; private to the library. The pixels are those of OpenCV 4.6's imread, which differs
 * from other readers in a few cases (see docs/decoding.md).
 */
#ifndef PAT_IMAGE_BMP_H
#define PAT_IMAGE_BMP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "patina/image.h"

enum { PAT_BMP_PALETTE_SIZE = 256 };

/* The parsed header. `bytes` are borrowed while it is in use. */
typedef struct pat_bmp {
    const uint8_t *bytes;
    size_t size;
    int width, height;        /* >= 1 */
    int bits;                 /* per pixel: 1, 4, 8, 15 (5-5-5), 16 (5-6-5), 24 or 32 */
    bool run_length;          /* RLE4 or RLE8 */
    bool top_down;            /* the first row in the file is the top one */
    size_t pixels;            /* their offset in `bytes` */
    uint32_t pixels_per_m[2]; /* across, down; 0: unknown */
    uint8_t palette[PAT_BMP_PALETTE_SIZE][PAT_CHANNELS];
} pat_bmp;

/*
 * Read and check the header of the BMP file in bytes[0..size-1], which begins with "BM". On success
 * the file has all pixels, unless it is run-length encoded. On failure (PAT_CORRUPT or
 * PAT_UNSUPPORTED_FORMAT) *cause says why, as part of a message, and bmp is undefined.
 */
PAT_MUST_CHECK pat_status pat_bmp_read_header(const uint8_t *bytes, size_t size, pat_bmp *bmp,
                                              const char **cause);

/*
 * Decode into `image`, whose canvas must have the header's size. On failure (as above) the samples
 * are undefined.
 */
PAT_MUST_CHECK pat_status pat_bmp_read_pixels(const pat_bmp *bmp, pat_image *image,
                                              const char **cause);

/*
 * Append a 24-bit BMP file to `out`. planes: R, G and B, of the same size. Fails with PAT_TOO_LARGE
 * (over 2 GiB) or PAT_OUT_OF_MEMORY; *cause is then as above.
 */
PAT_MUST_CHECK pat_status pat_bmp_write(const pat_plane planes[PAT_CHANNELS],
                                        const uint32_t pixels_per_m[2], pat_buffer *out,
                                        const char **cause);

#endif
