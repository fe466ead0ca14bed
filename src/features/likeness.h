/*
 * How a damaged image lies to its original: whether they show the same, in the same place; private
 * to the library. The measures are meant for telling pairs that were put together wrongly from
 * pairs of which one is damaged, however badly.
 */
#ifndef PAT_FEATURES_LIKENESS_H
#define PAT_FEATURES_LIKENESS_H

#include <stdbool.h>

#include "features/fourier.h"
#include "patina/image.h"

/*
 * All is measured on grays, the damaged one resized to the size of the original. No pointers: it
 * is sent from process to process as it is.
 */
typedef struct pat_likeness {
    int width[2], height[2]; /* of the damaged image and the original */
    int identical;           /* 1: the same size and pixels. No bool, which may not be any byte */
    /* Of coarse versions, in which noise and scratches hardly matter: -1..1; 1 for a pair in which
     * both are of one color, 0 where one is. */
    double correlation;
    /* The best displacement by phase correlation: the damaged image lies `shift` pixels to the
     * right and below of where it should. peak: its height in standard deviations of such a
     * correlation of two images that have nothing in common; 0: nothing could be measured. */
    int shift_x, shift_y;
    double peak;
    /* The plain correlation of the pixels where they are, and displaced by the shift. */
    double correlation_here, correlation_there;
    /* What is left of the fine detail (wavelengths of 4 to 8 pixels) of the original in the damaged
     * image, and the other way round, by regression of one on the other: 1: all. Blur takes from
     * one and gives to the other; noise takes from both. */
    double detail_kept, detail_gained;
    double contrast[2]; /* standard deviation of gray, of the damaged image and the original */
    double color[2];    /* spread of the colors around their mean: a cast does not count */
} pat_likeness;

/* Scratch memory reused from pair to pair. Zero-initialize; pat_likeness_meter_release() when done.
 * Not shared between threads. */
typedef struct pat_likeness_meter {
    pat_fourier fourier;
    pat_scratch grey[2], resized, window[2], coarse[2];
} pat_likeness_meter;

/* Fails with PAT_OUT_OF_MEMORY or PAT_INTERNAL, as pat_fourier_transform() does, or aborts. */
PAT_MUST_CHECK pat_status pat_likeness_measure(pat_likeness_meter *meter, const pat_image *damaged,
                                               const pat_image *undamaged, pat_likeness *likeness,
                                               pat_error *error);
void pat_likeness_meter_release(pat_likeness_meter *meter);

/* The judgment on a measured pair; docs/inspect.md says why. Those that fit, or none. */
bool pat_likeness_is_misaligned(const pat_likeness *likeness);
bool pat_likeness_has_other_shape(const pat_likeness *likeness);
bool pat_likeness_is_of_strangers(const pat_likeness *likeness);
bool pat_likeness_may_be_swapped(const pat_likeness *likeness);

#endif
