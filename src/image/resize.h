/* The bilinear resize a few rows at a time; private to the library. */
#ifndef PAT_IMAGE_RESIZE_H
#define PAT_IMAGE_RESIZE_H

#include "base/memory.h"
#include "kernels/kernels.h"
#include "patina/image.h"

/* The source of one row: (near * near_weight + next * next_weight) / 2048. */
/*
 * `image` in the size of `original`: *fitting is `image` itself if it has that size, else
 * `resized`, which is initialized, after pat_resize_linear(). Fails with PAT_OUT_OF_MEMORY.
 */
PAT_MUST_CHECK pat_status pat_image_fit(const pat_image *image, const pat_image *original,
                                        pat_image *resized, const pat_image **fitting,
                                        pat_error *error);

typedef struct pat_resize_tap {
    int near, next;
    int near_weight, next_weight;
} pat_resize_tap;

/* A resize from one size to another. Zero-initialize; pat_resizer_release() when done. */
typedef struct pat_resizer {
    int src_width, src_height, dst_width, dst_height;
    pat_resize_tap *rows; /* one for each of the destination */
    pat_resize_columns columns;
    uint16_t *upper, *lower; /* two source rows, resized horizontally */
    pat_scratch memory;      /* what these point into */
} pat_resizer;

/* Set the sizes, reusing memory if it is large enough. Fails with PAT_OUT_OF_MEMORY. */
PAT_MUST_CHECK pat_status pat_resizer_begin(pat_resizer *resizer, int src_width, int src_height,
                                            int dst_width, int dst_height, pat_error *error);
void pat_resizer_release(pat_resizer *resizer);

/* The source rows, *first .. *first + *count - 1, that destination rows y .. y + rows - 1 need. */
void pat_resizer_source(const pat_resizer *resizer, int y, int rows, int *first, int *count);

/* Destination rows y .. y + dst->height - 1 from a plane that begins with the source row `first`.
 */
void pat_resizer_rows(const pat_resizer *resizer, const pat_plane *src, int first, int y,
                      const pat_plane *dst);

#endif
