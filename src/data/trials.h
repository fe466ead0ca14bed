/*
 * Read the scores of every setting, as `patina search --trials` writes them, image by image;
 * private to the library. The rows of an image are consecutive: the settings of the grid in order,
 * the same for every image, then the untouched image (none,0,0).
 */
#ifndef PAT_DATA_TRIALS_H
#define PAT_DATA_TRIALS_H

#include "patina/grid.h"
#include "patina/score.h"
#include "patina/status.h"

/* The trials of one image. */
typedef struct pat_trial_set {
    const char *filename;
    const pat_grid *grid;     /* the same for every image */
    const pat_scores *scores; /* of the settings of the grid, in its order */
    pat_scores untouched;
} pat_trial_set;

/* Called for each image. The set is valid during the call; a failure ends the reading. */
typedef pat_status pat_trials_visit(void *context, const pat_trial_set *set, pat_error *error);

/*
 * Read a file of trials. Fails as pat_table_open(), with PAT_MALFORMED (the message names the image
 * and what is wrong with its trials), PAT_UNREADABLE, PAT_OUT_OF_MEMORY, or as `visit` does.
 */
PAT_MUST_CHECK pat_status pat_trials_each(const char *path, pat_trials_visit *visit, void *context,
                                          pat_error *error);

#endif
