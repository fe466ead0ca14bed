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

typedef struct pat_trials_reader pat_trials_reader;

/* The trials of one image. */
typedef struct pat_trial_set {
    const char *filename;     /* NULL: end of file */
    const pat_scores *scores; /* one per setting, in grid order */
    pat_scores untouched;
} pat_trial_set;

/* Fails as pat_table_open(); *reader is then NULL. Close with pat_trials_close(), which accepts
 * NULL. */
PAT_MUST_CHECK pat_status pat_trials_open(pat_trials_reader **reader, const char *path,
                                          pat_error *error);

/* The next image, valid until the next call. Fails with PAT_MALFORMED (the message names the image
 * and what is wrong with its trials), PAT_UNREADABLE or PAT_OUT_OF_MEMORY. */
PAT_MUST_CHECK pat_status pat_trials_next(pat_trials_reader *reader, pat_trial_set *set,
                                          pat_error *error);
void pat_trials_close(pat_trials_reader *reader);

/* The grid, once the first image has been read; empty if there was none. */
const pat_grid *pat_trials_grid(const pat_trials_reader *reader);

#endif
