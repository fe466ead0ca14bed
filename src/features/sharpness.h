/* How blurred an image is; private to the library. */
#ifndef PAT_FEATURES_SHARPNESS_H
#define PAT_FEATURES_SHARPNESS_H

#include "patina/image.h"

/*
 * sharpening_need, 0 (sharp) .. 1 (flat): 0.4 L + 0.3 Q + 0.3 S of a gray plane, from the variance
 * of its Laplacian, the share of its spectrum outside the low-frequency box (high_share, 0..1)
 * and the mean magnitude of its Sobel gradient; borders reflect101.
 */
double pat_sharpening_need(const pat_plane *grey, double high_share);

#endif
