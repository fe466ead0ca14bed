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

/* Bytes between the rows of a plane of this width: rows start on cache lines. */
size_t pat_plane_stride(int width);

/* A plane of the given size in `scratch`, samples undefined. False when memory runs out. */
bool pat_plane_reserve(pat_scratch *scratch, int width, int height, pat_plane *plane);

#endif
