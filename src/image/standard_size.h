/* Images shrunk to a standard size by area averaging; private to the library. */
#ifndef PAT_IMAGE_STANDARD_SIZE_H
#define PAT_IMAGE_STANDARD_SIZE_H

#include "base/memory.h"
#include "image/plane.h"
#include "patina/image.h"

/* A rectangle of an image, in pixels; inside the image, at least 1x1. */
typedef struct pat_area {
    int x, y, width, height;
} pat_area;

/* The whole image. */
pat_area pat_area_of(const pat_image *image);

/* Three planes of unrounded samples, 0..255, in rows of `width` without padding. Zero-initialize;
 * pat_raster_release() when done. Reused from image to image. */
typedef struct pat_raster {
    int width, height;
    float *plane[PAT_CHANNELS];
    pat_scratch samples, sums; /* private */
} pat_raster;

/*
 * Shrink an area of `image` so that its longer side has `longest` pixels; a smaller area keeps its
 * size. The shorter side is rounded to the nearest number of pixels, at least 1.
 *
 * Each pixel of the raster is the mean of the area that it covers; pixels that it covers in part
 * count in part. The sums are exact integers and are rounded once, to float: every machine computes
 * the same bits. Fails with PAT_OUT_OF_MEMORY; the raster is then undefined but valid to reuse or
 * release. Thread-safe on distinct rasters.
 */
PAT_MUST_CHECK pat_status pat_standard_size(const pat_image *image, pat_area area, int longest,
                                            pat_raster *raster, pat_error *error);

void pat_raster_release(pat_raster *raster);

/* Shrink a whole image in the same way, and round to samples. raster: scratch. out: another image,
 * whose memory is reused. Fails with PAT_OUT_OF_MEMORY. */
PAT_MUST_CHECK pat_status pat_image_reduce(const pat_image *image, int longest, pat_raster *raster,
                                           pat_image *out, pat_error *error);

/* A side of an image whose longer side shrinks from `longer` to `longest` pixels: rounded, at least
 * 1. */
int pat_shrunk_side(int side, int longer, int longest);

/* Scratch bytes that the functions below need. */
size_t pat_shrink_scratch(int from_width, int width);

/*
 * Shrink one plane to width x height pixels, at most its own size, in the same way. out: width *
 * height unrounded samples. scratch: aligned for any type.
 */
void pat_plane_shrink(const pat_plane *plane, int width, int height, float *out, void *scratch);
void pat_deep_plane_shrink(const pat_deep_plane *plane, int width, int height, float *out,
                           void *scratch);

#endif
