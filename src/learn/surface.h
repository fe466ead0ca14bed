/*
 * The surface of the score: the gain of each setting of a grid on an image, predicted from its
 * features, and the setting that gains most; private to the folder.
 *
 * Gains of neighboring settings are similar, so the surfaces of all images are near a space of few
 * dimensions, the one of their principal components. The model learns the position of an image in
 * it.
 */
#ifndef PAT_LEARN_SURFACE_H
#define PAT_LEARN_SURFACE_H

#include "learn/learner.h"
#include "learn/lesson.h"

enum { PAT_SURFACE_SETTINGS_MAX = 512 };

/* Zero-initialize; pat_surface_release() when done. gain = mean + sum of score[k] * basis[k]. */
typedef struct pat_surface {
    size_t settings; /* of the grid, with different effects, without doing nothing */
    int components;  /* 1..PAT_OUTPUTS_MAX */
    double *mean;    /* of each setting's gain in training */
    double *basis;   /* components x settings, rows of length 1 */
} pat_surface;

/*
 * Learn the gains of the lesson's rows. Fails with PAT_INVALID_ARGUMENT (more than
 * PAT_SURFACE_SETTINGS_MAX settings, or none that does anything) and as pat_learner_fit().
 */
PAT_MUST_CHECK pat_status pat_surface_fit(pat_surface *surface, pat_learner *learner,
                                          const pat_lesson *lesson, const double *features,
                                          pat_error *error);
void pat_surface_release(pat_surface *surface);

/* The number of settings of a grid with different effects, not counting doing nothing: at strength
 * 0, sigma does not matter. */
size_t pat_surface_settings(const pat_grid *grid);

/* The position of each row's gains, rows x settings, among the components: score is rows x
 * components. */
void pat_surface_project(const pat_surface *surface, const double *gain, size_t rows,
                         double *score);

/* The gains of all settings at a position. */
void pat_surface_expect(const pat_surface *surface, const double *score, double *gain);

/* Allocate mean and basis, replacing earlier ones. False when memory runs out. */
bool pat_surface_reserve(pat_surface *surface);

/*
 * The setting of `grid` with the greatest expected gain; the first of equal ones. If no gain is
 * above 0, *gain is 0 and the setting is none, 0, 0. features: finite. Fails as
 * pat_learner_predict().
 */
PAT_MUST_CHECK pat_status pat_surface_choose(const pat_surface *surface, const pat_learner *learner,
                                             const pat_grid *grid, const double *features,
                                             pat_setting *setting, double *gain, pat_error *error);

#endif
