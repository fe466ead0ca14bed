/* How far an image is from neutral colors; private to the library. */
#ifndef PAT_FEATURES_COLOR_BALANCE_H
#define PAT_FEATURES_COLOR_BALANCE_H

#include "patina/image.h"

/*
 * color_balance_need, 0 (balanced) .. 1: 0.4 deviation + 0.4 cast + 0.2 min(variation, 1), capped
 * at 1, from the mean and the population standard deviation of each channel.
 */
double pat_color_balance_need(const pat_image *image);

#endif
