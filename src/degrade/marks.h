/*
 * Damage that varies from place to place; private to the library. The caller seeds a random series
 * for each kind. All functions change `image`, of any size, in place.
 */
#ifndef PAT_DEGRADE_MARKS_H
#define PAT_DEGRADE_MARKS_H

#include "base/random.h"
#include "degrade/damage_kinds.h"
#include "patina/image.h"

/* Soft brown spots. Takes four random numbers for each. */
void pat_stain(const pat_damage *damage, pat_random *random, pat_image *image);

/* Straight lines of one tone, with smooth edges. Takes three random numbers for each. */
void pat_scratch(const pat_damage *damage, pat_random *random, pat_image *image);

/* Normally distributed noise, the same in all three channels. */
void pat_grain(const pat_damage *damage, pat_random *random, pat_image *image);

#endif
