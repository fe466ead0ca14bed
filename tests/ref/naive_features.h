/* The 14 features computed naively by their definitions (docs/features.md). */
#ifndef NAIVE_FEATURES_H
#define NAIVE_FEATURES_H

#include "patina/features.h"

/*
 * Uses whole arrays, a Fourier transform by its defining sum in extended precision, a literal
 * fftshift, and no symmetry. Aborts if memory runs out.
 */
void naive_features(const pat_image *image, double features[PAT_FEATURE_COUNT]);

#endif
