/* The extended features; private to the library. docs/features.md has the definitions. */
#ifndef PAT_FEATURES_EXTENDED_H
#define PAT_FEATURES_EXTENDED_H

#include "features/views.h"
#include "patina/features.h"

/* The name of extended feature `index`, 0 .. PAT_EXTENDED_COUNT - 1. Static. */
const char *pat_extended_name(int index);

/* Measure them all. grey: the gray version of `image`. Fails as pat_views_prepare() does. */
PAT_MUST_CHECK pat_status pat_extended_measure(const pat_image *image, const pat_plane *grey,
                                               pat_view_memory *memory,
                                               double features[PAT_EXTENDED_COUNT],
                                               pat_error *error);

#endif
