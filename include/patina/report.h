/*
 * A report for people on a data set and, if given, on a model and pairs of images: one HTML file
 * that needs no other file. docs/report.md describes its contents.
 */
#ifndef PATINA_REPORT_H
#define PATINA_REPORT_H

#include "patina/evaluation.h"

typedef struct pat_report_options {
    const char *data;       /* a CSV as for pat_inspect() */
    const char *trials;     /* the CSV of all scores that was written with it; NULL: none */
    const pat_grid *grid;   /* the settings that were tried, as for pat_inspect(); or NULL */
    const char *model;      /* the path of a model file; NULL: none */
    const pat_pairs *pairs; /* the images to check and show; NULL: none */
    const char *manifest;   /* manifest of the pairs, which must not be replaced; or NULL */
    uint64_t seed;          /* of the bootstrap of the model's evaluation */
    const char *output;     /* the page; none of the inputs */
    pat_run_options run;    /* for the images; `journal` is ignored */
} pat_report_options;

/* The outcome of a report. */
typedef struct pat_report_summary {
    size_t rows;
    size_t bad;               /* bad findings of the inspection */
    size_t bytes;             /* size of the page in bytes */
    size_t strips;            /* pairs that are shown */
    size_t strips_failed;     /* pairs that were chosen, but could not be shown */
    size_t pairs;             /* pairs given */
    size_t pairs_failed;      /* of these, pairs that could not be read */
    size_t pairs_without_row; /* of these, pairs that are not in the data set */
    pat_run_summary images;   /* of the evaluation; zero without a model and pairs */
} pat_report_summary;

/*
 * Inspect the data, evaluate the model if there are pairs, make small images of some of them, and
 * write the page, completely or not at all. The same inputs give the same bytes for any number of
 * workers. Returns PAT_OK also when some pairs could not be read: the page and the summary list
 * them. Fails as pat_inspect(), pat_model_load() and pat_evaluate_run(), and with PAT_WRITE_FAILED
 * or PAT_INVALID_ARGUMENT (the output would replace an input).
 */
PAT_API PAT_MUST_CHECK pat_status pat_report_run(const pat_report_options *options,
                                                 pat_report_summary *summary, pat_error *error);

/* The outcome as a JSON document: patina.report of docs/json.md. Free with free(); NULL when memory
 * runs out. */
PAT_API PAT_MUST_CHECK char *pat_report_json(const pat_report_options *options,
                                             const pat_report_summary *summary);

#endif
