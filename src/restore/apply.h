/* Apply a setting to a channel, whole or a few rows at a time; private to the library. */
#ifndef PAT_RESTORE_APPLY_H
#define PAT_RESTORE_APPLY_H

#include "restore/steps.h"

/* Measure `color` on a channel. */
pat_tone pat_tone_of(const pat_operator *color, const pat_setting *setting,
                     const pat_channel *channel);

/* A color operator's lookup table for 8 bits, rounded and clipped. */
void pat_tone_table(const pat_operator *color, const pat_tone *tone, uint8_t table[256]);

/* Apply the first step, which must exist, to a whole channel. `out` may be `source`. Fails with
 * PAT_OUT_OF_MEMORY (16 bits only); `out` is then unchanged. */
PAT_MUST_CHECK pat_status pat_steps_color(const pat_steps *steps, const pat_channel *source,
                                          const pat_channel *out, pat_error *error);

/* Scratch bytes that the functions below need for rows of this width. */
size_t pat_steps_scratch(const pat_steps *steps, int width);

/*
 * Give the filtered rows y .. y + rows - 1 of `source` to the sink, numbered from 0; without a
 * filter, the samples. `source` is the result of the first step: all channels of the image, or, if
 * pat_steps_planes() is 1, any of them. scratch: pat_steps_scratch() bytes, aligned for any type.
 */
void pat_steps_filter(const pat_steps *steps, const pat_channels *source, int y, int rows,
                      const pat_sink *sink, void *scratch);

/*
 * Apply the filter and the last step to the rows of `source` (as above) from y on, writing to the
 * channels that `out` has, which must not overlap it unless the steps are pointwise. tone: of
 * `after`, measured on each channel of `source`; ignored if there is no `after`.
 */
void pat_steps_rows(const pat_steps *steps, const pat_channels *source, const pat_tone *tone, int y,
                    const pat_channels *out, void *scratch);

/* Give all filtered rows of a whole image to the sink. Fails with PAT_OUT_OF_MEMORY. */
PAT_MUST_CHECK pat_status pat_steps_give(const pat_steps *steps, const pat_channels *image,
                                         const pat_sink *sink, pat_error *error);

/*
 * Apply all steps to a whole image, in place. copy: pat_steps_planes() scratch channels, but no
 * more than the image has, of the same size and depth; ignored if the steps are pointwise. Fails
 * with PAT_OUT_OF_MEMORY; the image is then undefined.
 */
PAT_MUST_CHECK pat_status pat_steps_apply(const pat_steps *steps, const pat_channels *image,
                                          const pat_channels *copy, pat_error *error);

#endif
