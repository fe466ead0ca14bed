/* Compare the ways of choosing restorations by the scores of restored images; private to the
 * library. */
#ifndef PAT_LEARN_SUMMARIZE_H
#define PAT_LEARN_SUMMARIZE_H

#include "patina/evaluation.h"

/* One pair. Texts and scores are borrowed. */
typedef struct pat_evaluated_pair {
    const char *name, *original; /* versions of one original have the same `original` */
    pat_scores untouched, predicted;
    const pat_scores *trials; /* one for each setting of the grid, in its order */
    pat_setting setting;      /* the predicted one */
    double gain, harm;        /* expected, as in pat_prediction */
    bool flagged;             /* likewise */
} pat_evaluated_pair;

/* Summarize `count` >= 1 pairs. The same pairs and seed give the same report. Fails with
 * PAT_OUT_OF_MEMORY. */
PAT_MUST_CHECK pat_status pat_evaluation_summarize(const pat_evaluated_pair *pairs, size_t count,
                                                   const pat_grid *grid, uint64_t seed,
                                                   pat_evaluation_report *report, pat_error *error);

#endif
