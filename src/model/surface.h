/*
 * The surface of the score: what each setting would gain on an image, predicted from the image's
 * features and the setting, and the setting that gains most; private to the folder.
 */
#ifndef PAT_MODEL_SURFACE_H
#define PAT_MODEL_SURFACE_H

#include "model/learner.h"
#include "model/model.h"

/*
 * Learn the gains of the lesson's rows: one sample for each setting of the trials' grid that
 * changes something (strength 0 is one setting, whatever its sigma), and one that gains 0 for doing
 * nothing. Fails as pat_learner_fit().
 */
PAT_MUST_CHECK pat_status pat_surface_fit(pat_learner *learner, const pat_lesson *lesson,
                                          pat_error *error);

/*
 * The setting of `grid` with the greatest expected gain; the first of several. *gain is 0, and the
 * setting none, 0, 0, where nothing is expected to gain. features: finite. Fails as
 * pat_learner_predict().
 */
PAT_MUST_CHECK pat_status pat_surface_choose(const pat_learner *learner, const pat_grid *grid,
                                             const double *features, int feature_count,
                                             pat_setting *setting, double *gain, pat_error *error);

#endif
