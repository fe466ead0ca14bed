/* Messages between the driver and the workers of a search; private to the library. */
#ifndef PAT_TASKS_TASK_SEARCH_H
#define PAT_TASKS_TASK_SEARCH_H

#include "base/buffer.h"
#include "data/affine_columns.h"
#include "patina/features.h"
#include "patina/search.h"

/* setup.extra, packed. */
typedef struct pat_search_setup {
    pat_grid grid;
    bool trials;           /* report the scores of every setting */
    bool extended;         /* measure the extended features too */
    pat_score_set scores;  /* for the best setting and the untouched image */
    bool scores_of_trials; /* compute them for every setting, too */
} pat_search_setup;

void pat_search_setup_pack(pat_buffer *out, const pat_search_setup *setup);
PAT_MUST_CHECK bool pat_search_setup_unpack(pat_bytes bytes, pat_search_setup *setup);

/* outcome.report, packed: this, then with setup.trials the scores of every setting. */
typedef struct pat_search_report {
    pat_setting setting; /* the first of the best, as in pat_evaluation */
    pat_scores best, untouched;
    uint64_t ties;
    bool other_shape;                  /* the images differ in shape */
    double features[PAT_FEATURES_MAX]; /* extended ones are 0 without setup.extended */
    double colors[PAT_AFFINE_COLUMNS]; /* as well as these: the best affine color */
} pat_search_report;

/* trials: with setup->trials, one score per setting of the grid. */
void pat_search_report_pack(pat_buffer *out, const pat_search_setup *setup,
                            const pat_search_report *report, const pat_scores *trials);

/* trials: room for one score per setting of the grid; NULL: not needed. The bytes come from an
 * untrusted worker or a journal: false unless the setting is in the grid of this setup, and the
 * scores, features and colors are possible. */
PAT_MUST_CHECK bool pat_search_report_unpack(pat_bytes bytes, const pat_search_setup *setup,
                                             pat_search_report *report, pat_scores *trials);

#endif
