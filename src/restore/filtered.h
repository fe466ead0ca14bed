/* A filter's output as numbers, before it is rounded; private to the library. */
#ifndef PAT_RESTORE_FILTERED_H
#define PAT_RESTORE_FILTERED_H

#include "patina/image.h"
#include "patina/setting.h"

/*
 * Render the filter of a setting on a whole image, as a color operator after the filter would see
 * it: neither rounded nor clipped, on the scale 0..255. The setting's color operator is ignored.
 * planes: one for each channel, of width * height numbers in rows from the top; the caller's.
 *
 *     none, and unsharp at strength 0   the samples
 *     gaussian, median                  the filtered samples, which are whole numbers
 *     bilateral                         the weighted mean; at a strength above 0 it is rounded to
 *                                       samples and sharpened as below
 *     unsharp                           v (1 + strength) - blurred strength in single precision, of
 *                                       the samples v and the blurred samples, which are rounded
 *     wiener                            the weighted sum
 *
 * At a scale below 1, the samples plus the enlarged changes of these numbers at that scale (see
 * restore/scaled.h).
 *
 * Rounding these half to even and clipping them to 0..255 gives the filter's samples. Fails with
 * PAT_INVALID_ARGUMENT (as pat_setting_check()) or PAT_OUT_OF_MEMORY; the planes are then
 * undefined. Thread-safe.
 */
PAT_MUST_CHECK pat_status pat_filter_render(const pat_image *image, const pat_setting *setting,
                                            float *const planes[PAT_CHANNELS], pat_error *error);

#endif
