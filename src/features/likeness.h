/*
 * Compare a damaged image with its original: whether they show the same scene in the same position;
 * private to the library. The measures distinguish wrong pairs from correct pairs with heavy
 * damage.
 */
#ifndef PAT_FEATURES_LIKENESS_H
#define PAT_FEATURES_LIKENESS_H

#include <stdbool.h>

#include "features/fourier.h"
#include "patina/image.h"

/*
 * Everything but `color` is measured in gray, with the damaged image resized to the original's
 * size. It has no pointers, because it is sent between processes as raw memory.
 */
typedef struct pat_likeness {
    int width[2], height[2]; /* of the damaged image and the original */
    int identical; /* 1: the same size and pixels. int: untrusted bytes may not be a valid bool */
    /* Correlation of coarse versions, in which noise and scratches hardly matter: -1..1. If both
     * are uniform it is 1, if one is, 0. */
    double correlation;
    /* The best shift by phase correlation: the damaged image lies this many pixels to the right of
     * and below its correct position. peak: the maximum's height, in standard deviations of the
     * correlation of unrelated images; 0: nothing could be measured. */
    int shift_x, shift_y;
    double peak;
    /* The plain correlation of the pixels, without the shift and with it. */
    double correlation_here, correlation_there;
    /* How much of the original's fine detail (wavelengths of 4 to 8 pixels) is in the damaged
     * image, and the reverse, by regression of one on the other; 1: all. Blur lowers the first and
     * raises the second; noise lowers both. */
    double detail_kept, detail_gained;
    double contrast[2]; /* standard deviation of gray, of the damaged image and the original */
    double color[2];    /* spread of the colors around their mean, which ignores a cast */
} pat_likeness;

/* Scratch memory, reused for each pair. Zero-initialize; pat_likeness_meter_release() when done.
 * One thread at a time. */
typedef struct pat_likeness_meter {
    pat_fourier fourier;
    pat_scratch grey[2], resized, window[2], coarse[2];
} pat_likeness_meter;

/* Fails with PAT_OUT_OF_MEMORY or PAT_INTERNAL, or aborts, as pat_fourier_transform() does. */
PAT_MUST_CHECK pat_status pat_likeness_measure(pat_likeness_meter *meter, const pat_image *damaged,
                                               const pat_image *undamaged, pat_likeness *likeness,
                                               pat_error *error);
void pat_likeness_meter_release(pat_likeness_meter *meter);

/* Verdicts on a measured pair, explained in docs/inspect.md. Any number of them may apply. */
bool pat_likeness_is_misaligned(const pat_likeness *likeness);
bool pat_likeness_has_other_shape(const pat_likeness *likeness);
/* The same as pat_likeness_has_other_shape(), for the sizes of the damaged image and the
 * original. */
bool pat_shapes_differ(const int width[2], const int height[2]);
bool pat_likeness_is_of_strangers(const pat_likeness *likeness);
bool pat_likeness_may_be_swapped(const pat_likeness *likeness);

#endif
