/* Mean SSIM by its definition, window by window in double precision. */
#ifndef NAIVE_SSIM_H
#define NAIVE_SSIM_H

#include "patina/image.h"

/* Both planes must have the same size, with sides of at least 7. */
double naive_ssim(const pat_plane *a, const pat_plane *b);

#endif
