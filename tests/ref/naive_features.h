/* The 14 features straight from their definitions (docs/features.md): slow, plain, independent. */
#ifndef NAIVE_FEATURES_H
#define NAIVE_FEATURES_H

#include "patina/features.h"

/*
 * Whole arrays, a Fourier transform by its sum in extended precision, literal fftshift, no
 * symmetry used. Aborts when memory runs out.
 */
void naive_features(const pat_image *image, double features[PAT_FEATURE_COUNT]);

#endif
