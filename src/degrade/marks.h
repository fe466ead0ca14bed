/*
 * Damage that differs from place to place. The caller starts a series of random numbers for each;
 * private to the library. All change `image` in place, at any size.
 */
#ifndef PAT_DEGRADE_MARKS_H
#define PAT_DEGRADE_MARKS_H

#include "base/random.h"
#include "degrade/damage_kinds.h"
#include "patina/image.h"

/* Soft brown spots. Takes four numbers of the series for each. */
void pat_stain(const pat_damage *damage, pat_random *random, pat_image *image);

/* Straight lines of one tone, with smooth edges. Takes three numbers for each. */
void pat_scratch(const pat_damage *damage, pat_random *random, pat_image *image);

/* Normally distributed noise, the same in the three channels. */
void pat_grain(const pat_damage *damage, pat_random *random, pat_image *image);

#endif
