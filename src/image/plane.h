/* Scratch planes; private to the library. */
#ifndef PAT_IMAGE_PLANE_H
#define PAT_IMAGE_PLANE_H

#include <stdbool.h>

#include "base/memory.h"
#include "patina/image.h"

/* One channel of 16-bit samples, a borrowed view: sample (x, y) is data[y * stride + x]. */
typedef struct pat_deep_plane {
    uint16_t *data;
    int width, height; /* >= 1 */
    ptrdiff_t stride;  /* samples, >= width */
} pat_deep_plane;

/* The stride of a plane of this width: every row starts on a cache line. */
size_t pat_plane_stride(int width);

/* Reserve a plane of this size in `scratch`, with undefined samples. False when out of memory. */
bool pat_plane_reserve(pat_scratch *scratch, int width, int height, pat_plane *plane);

#endif
