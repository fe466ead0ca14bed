/* A data set for the tests of models: images whose best settings follow from their features. */
#ifndef TEST_TRAINING_DATA_H
#define TEST_TRAINING_DATA_H

#include "learn/model.h"

/* The grid of the trials. */
#define TRIALS_GRID "color=white_balance,none;sigma=0.5,1;strength=0,0.5,1"

/*
 * Write data.csv and trials.csv, for `rows` images "p0~0.png", "p0~1.png", "p1~0.png", ...
 * Feature 0 (mean) decides about sigma, 1 (std_dev) about strength, 2 (skewness) about color;
 * feature 3 (kurtosis) is constant. In the trials, what gains most is white balance where skewness
 * > 0.5, with strength 1 where std_dev > 0.5; where neither is, every setting harms.
 */
void write_training_data(size_t rows);

/* The same, read. */
void read_training_data(size_t rows, pat_training *training, pat_trials *trials);

/* A model of the kind trained on all rows, the last one first. */
pat_model *fit_all(pat_model_kind kind, const pat_training *training, const pat_trials *trials,
                   uint64_t seed);

/* Doubles: cmocka compares floats. */
void assert_near(double value, double expected, double tolerance);

#endif
