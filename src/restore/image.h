/* Restore an image while keeping the rest of its file; private to the library. */
#ifndef PAT_RESTORE_IMAGE_H
#define PAT_RESTORE_IMAGE_H

#include "image/picture.h"
#include "patina/setting.h"

/*
 * Restore the colors in place, without changing alpha: 8-bit channels exactly as
 * pat_image_restore() does, 16-bit ones with the same operators. Fails with PAT_INVALID_ARGUMENT
 * (as pat_setting_check()) or PAT_OUT_OF_MEMORY; some channels may then be restored, others not.
 */
PAT_MUST_CHECK pat_status pat_picture_restore(pat_picture *picture, const pat_setting *setting,
                                              pat_error *error);

/* What a color operator that measures the image does to a channel: it makes these samples, as
 * levels of 0..255, black and white, and is linear in between. */
typedef struct pat_color_ends {
    double black, white;
} pat_color_ends;

/* Whether the operator with this number along PAT_AXIS_COLOR measures the image. */
bool pat_color_measures(double color);

/* Measure it, without changing it. color: an operator for which that is so. An image with one
 * channel gets three equal ends. */
void pat_picture_ends(const pat_picture *picture, double color, pat_color_ends ends[PAT_CHANNELS]);

#endif
