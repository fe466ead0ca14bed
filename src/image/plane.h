/* Scratch planes; private to the library. */
#ifndef PAT_IMAGE_PLANE_H
#define PAT_IMAGE_PLANE_H

#include <stdbool.h>

#include "base/memory.h"
#include "patina/image.h"

/* Bytes between the rows of a plane of this width: rows start on cache lines. */
size_t pat_plane_stride(int width);

/* A plane of the given size in `scratch`, samples undefined. False when memory runs out. */
bool pat_plane_reserve(pat_scratch *scratch, int width, int height, pat_plane *plane);

#endif
