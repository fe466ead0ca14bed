/*
 * A report on a data set, and on a model and pairs of images where they are given: one HTML file
 * that needs nothing else, to be read by people. docs/report.md tells what is in it.
 */
#ifndef PATINA_REPORT_H
#define PATINA_REPORT_H

#include "patina/evaluation.h"

typedef struct pat_report_options {
    const char *data;       /* a CSV as for pat_inspect() */
    const char *trials;     /* the CSV of all scores that was written with it; NULL: none */
    const pat_grid *grid;   /* the settings that were tried, as for pat_inspect(); or NULL */
    const char *model;      /* the path of a model file; NULL: none */
    const pat_pairs *pairs; /* the images, to be looked at and shown; NULL: none */
    const char *manifest;   /* that the pairs come from, which is not to be replaced; or NULL */
    uint64_t seed;          /* of the bootstrap of the model's evaluation */
    const char *output;     /* the page; none of the inputs */
    pat_run_options run;    /* for the images; its journal is not used */
} pat_report_options;

/* What came of it. */
typedef struct pat_report_summary {
    size_t rows;
    size_t bad;               /* findings of the inspection that are */
    size_t bytes;             /* of the page */
    size_t strips;            /* pairs that are shown */
    size_t pairs;             /* that were given; */
    size_t pairs_failed;      /* of them could not be read, and */
    size_t pairs_without_row; /* are not in the data set */
    pat_run_summary images;   /* of the evaluation; zero without a model and pairs */
} pat_report_summary;

/*
 * Inspect the data, evaluate the model if there are pairs, make small images of some of them, and
 * write the page, whole or not at all. The same inputs give the same bytes for any number of
 * workers. PAT_OK also when some pairs could not be read: the page and the summary tell. Fails
 * as pat_inspect(), pat_model_load() and pat_evaluate_run(), and with PAT_WRITE_FAILED or
 * PAT_INVALID_ARGUMENT (the output would replace an input).
 */
PAT_API PAT_MUST_CHECK pat_status pat_report_run(const pat_report_options *options,
                                                 pat_report_summary *summary, pat_error *error);

/* What came of it as a JSON document: patina.report of docs/json.md. Free with free(); NULL when
 * memory runs out. */
PAT_API PAT_MUST_CHECK char *pat_report_json(const pat_report_options *options,
                                             const pat_report_summary *summary);

#endif
