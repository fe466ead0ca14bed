/* Shrink an image before it is damaged; private to the library. */
#ifndef PAT_DEGRADE_SHRINK_H
#define PAT_DEGRADE_SHRINK_H

#include "image/standard_size.h"

/*
 * Shrink `image` by area averaging so that its shorter side has `shorter` pixels, and round to
 * samples; an image whose shorter side has no more is copied. The longer side is rounded to the
 * nearest number of pixels. raster: scratch. out: another image, whose memory is reused. Fails with
 * PAT_OUT_OF_MEMORY.
 */
PAT_MUST_CHECK pat_status pat_shrink(const pat_image *image, int shorter, pat_raster *raster,
                                     pat_image *out, pat_error *error);

#endif
