/* The extended features: channel ranges, noise, detail by scale, JPEG blocks; private to the
 * library. docs/features.md has the definitions. */
#ifndef PAT_FEATURES_EXTENDED_H
#define PAT_FEATURES_EXTENDED_H

#include "base/memory.h"
#include "patina/features.h"

/* The name of extended feature `index`, 0 .. PAT_EXTENDED_COUNT - 1. Static. */
const char *pat_extended_name(int index);

/* Measure them all. grey: the gray version of `image`. scratch: for reduced versions. Fails with
 * PAT_OUT_OF_MEMORY. */
PAT_MUST_CHECK pat_status pat_extended_measure(const pat_image *image, const pat_plane *grey,
                                               pat_scratch *scratch,
                                               double features[PAT_EXTENDED_COUNT],
                                               pat_error *error);

#endif
