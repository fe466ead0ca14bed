/* Bilinear resizing of 8-bit planes, sample by sample by its formula. */
#ifndef NAIVE_RESIZE_H
#define NAIVE_RESIZE_H

#include "patina/image.h"

void naive_resize(const pat_plane *src, const pat_plane *dst);

#endif
