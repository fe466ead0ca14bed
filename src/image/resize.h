/* Bilinear resize, a few rows at a time; private to the library. */
#ifndef PAT_IMAGE_RESIZE_H
#define PAT_IMAGE_RESIZE_H

#include "base/memory.h"
#include "kernels/kernels.h"
#include "patina/image.h"

/*
 * Resize `image` to the size of `original`: *fitting becomes `image` itself if the sizes match,
 * else `resized` (initialized), the result of pat_resize_linear(). Fails with PAT_OUT_OF_MEMORY.
 */
PAT_MUST_CHECK pat_status pat_image_fit(const pat_image *image, const pat_image *original,
                                        pat_image *resized, const pat_image **fitting,
                                        pat_error *error);

/* The source of one row: (near * near_weight + next * next_weight) / 2048. */
typedef struct pat_resize_tap {
    int near, next;
    int near_weight, next_weight;
} pat_resize_tap;

/* A resize from one size to another. Zero-initialize; pat_resizer_release() when done. */
typedef struct pat_resizer {
    int src_width, src_height, dst_width, dst_height;
    pat_resize_tap *rows; /* one per destination row */
    pat_resize_columns columns;
    uint16_t *upper, *lower; /* two source rows, resized horizontally */
    pat_scratch memory;      /* what these point into */
} pat_resizer;

/* Set the sizes, reusing memory if it is large enough. Fails with PAT_OUT_OF_MEMORY. */
PAT_MUST_CHECK pat_status pat_resizer_begin(pat_resizer *resizer, int src_width, int src_height,
                                            int dst_width, int dst_height, pat_error *error);
void pat_resizer_release(pat_resizer *resizer);

/* Find the source rows, *first .. *first + *count - 1, for destination rows y .. y + rows - 1. */
void pat_resizer_source(const pat_resizer *resizer, int y, int rows, int *first, int *count);

/* Compute destination rows y .. y + dst->height - 1. `src` starts at source row `first`. */
void pat_resizer_rows(const pat_resizer *resizer, const pat_plane *src, int first, int y,
                      const pat_plane *dst);

#endif
