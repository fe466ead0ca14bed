/* Mean SSIM from its definition, window by window in double: slow, plain, independent. */
#ifndef NAIVE_SSIM_H
#define NAIVE_SSIM_H

#include "patina/image.h"

/* Both planes of one size, each side at least 7. */
double naive_ssim(const pat_plane *a, const pat_plane *b);

#endif
