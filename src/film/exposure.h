/*
 * Flicker of exposure: the gain of each frame's channels that makes a scene as steady as it was
 * shot; private to the library.
 *
 * A flickering exposure multiplies all samples of a channel, so it moves all quantiles of the frame
 * by the same ratio; objects that come and go move a few of them. So exposure changes from a frame
 * to the next by the median of the ratios of their quantiles. Summed up, the logarithms of these
 * changes are the curve of the scene's exposure. What it should be is told by straight lines fitted
 * to the curve around each frame, which keep slow changes, such as those of a panning camera. The
 * lines leave out frames whose running median differs much, so light that is switched on stays.
 */
#ifndef PAT_FILM_EXPOSURE_H
#define PAT_FILM_EXPOSURE_H

#include <stddef.h>
#include <stdint.h>

#include "patina/status.h"

enum {
    PAT_QUANTILES = 21,     /* of each channel: (i + 1/2) / 21 of the samples are below number i */
    PAT_QUANTILE_UNIT = 16, /* of an 8-bit level */
    PAT_QUANTILE_LEVELS = 256 * PAT_QUANTILE_UNIT
};

/* The quantiles of a frame's R, G and B, in 1 / PAT_QUANTILE_UNIT of 8-bit levels. */
typedef struct pat_quantiles {
    uint16_t channel[3][PAT_QUANTILES];
} pat_quantiles;

/* The quantiles of one channel from the number of samples at each of `levels` levels, which is 256
 * or 65536; samples of a level are taken to be spread evenly over it. */
void pat_quantiles_of(const uint32_t *histogram, int levels, uint16_t quantile[PAT_QUANTILES]);

typedef struct pat_gains {
    double channel[3];
} pat_gains;

/*
 * The gains of the frames of one scene. radius: a line is fitted to so many frames before and as
 * many after, within the scene; the running median takes half of them. A scene that does not
 * flicker gets gains of 1: they would jitter by less than 0.6 %, or leave more than 60 % of how
 * much the means change from frame to frame. Fails with PAT_OUT_OF_MEMORY.
 */
PAT_MUST_CHECK pat_status pat_exposure_gains(const pat_quantiles *frames, size_t count, int radius,
                                             pat_gains *gains, pat_error *error);

#endif
