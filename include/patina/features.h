/*
 * The 14 features of a damaged image: seven from its Fourier spectrum, five from its radial
 * profile, one of color, one of sharpness. docs/features.md has the formulas.
 */
#ifndef PATINA_FEATURES_H
#define PATINA_FEATURES_H

#include <stdbool.h>

#include "patina/image.h"

enum {
    PAT_FEATURE_COUNT = 14,
    PAT_EXTENDED_COUNT = 308, /* more features, on request: colors, noise, detail */
    PAT_FEATURES_MAX = PAT_FEATURE_COUNT + PAT_EXTENDED_COUNT
};

/* The column name of feature `index`, in CSV order: 0..13 "mean", "std_dev", ..., then the extended
 * ones up to PAT_FEATURES_MAX - 1. Static. */
PAT_API const char *pat_feature_name(int index);

/* Whether a feature can have this value: whether the value is within the limits that follow from
 * the feature's definition. False for NaN. */
PAT_API bool pat_feature_allows(int index, double value);

/* Scratch memory, reused for each image. One thread at a time. */
typedef struct pat_feature_extractor pat_feature_extractor;

/* NULL when memory runs out. Free with pat_feature_extractor_free(), which accepts NULL. */
PAT_API PAT_MUST_CHECK pat_feature_extractor *pat_feature_extractor_create(void);
PAT_API void pat_feature_extractor_free(pat_feature_extractor *extractor);

/*
 * Measure all features of `image` into features[0..13], doubles in CSV order. Any size from 1x1.
 * Deterministic: the same pixels give the same bits on one type of CPU. Fails with
 * PAT_OUT_OF_MEMORY, or PAT_INTERNAL if FFTW cannot plan (features are then undefined); if a small
 * allocation inside FFTW fails, FFTW aborts the process. One thread at a time: FFTW plans are made
 * inside.
 */
PAT_API PAT_MUST_CHECK pat_status pat_features_extract(pat_feature_extractor *extractor,
                                                       const pat_image *image,
                                                       double features[PAT_FEATURE_COUNT],
                                                       pat_error *error);

/* Measure the PAT_EXTENDED_COUNT extended features in the same way. */
PAT_API PAT_MUST_CHECK pat_status pat_features_extract_extended(pat_feature_extractor *extractor,
                                                                const pat_image *image,
                                                                double features[PAT_EXTENDED_COUNT],
                                                                pat_error *error);

#endif
