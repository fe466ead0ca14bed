/* The inputs of a report, and its sections; private to the folder. */
#ifndef PAT_REPORT_REPORT_H
#define PAT_REPORT_REPORT_H

#include "base/sha256.h"
#include "inspect/rows.h"
#include "patina/report.h"
#include "report/words.h"

/* Zero-initialize except for the options. pat_report_run() releases it. */
typedef struct pat_report {
    const pat_report_options *options;
    pat_table table;    /* from pat_inspect_read() */
    pat_row_gain *gain; /* of each row; NULL: no trials */
    pat_inspection inspection;
    struct json_t *model;                   /* the model's description; NULL: no model */
    char data_digest[PAT_SHA256_TEXT_SIZE]; /* set only with a model */
    bool evaluated;
    pat_evaluation_report evaluation;
} pat_report;

/*
 * The sections; each adds to `shown`. All set shown->failed when memory runs out; some also fail as
 * noted.
 */

/* `headline`, `weight`, `sentences`, `key` figures, `findings`, `bad` and `looked_at`. */
void pat_report_verdict(const pat_report *report, pat_shown *shown);

/* `distributions`: histograms of the scores and of the chosen parameters. */
void pat_report_distributions(const pat_report *report, pat_shown *shown);

/* `grid`: what each setting gains and how often it wins. */
void pat_report_grid(const pat_report *report, pat_shown *shown);

/* `points`: features against chosen parameters, for some rows. Fails with PAT_OUT_OF_MEMORY. */
PAT_MUST_CHECK pat_status pat_report_points(const pat_report *report, pat_shown *shown,
                                            pat_error *error);

/* `model`: feature importances, and how well it restores; adds to `key` and `bad`. */
PAT_MUST_CHECK pat_status pat_report_model(const pat_report *report, pat_shown *shown,
                                           pat_error *error);

/* `strips`: example pairs, each damaged, restored and original. Counts them in `summary`. Fails
 * as pat_strips_run(). */
PAT_MUST_CHECK pat_status pat_report_strips(const pat_report *report, pat_shown *shown,
                                            pat_report_summary *summary, pat_error *error);

/* `failures`: from the data set's table of failures. Fails with PAT_UNREADABLE or
 * PAT_OUT_OF_MEMORY. */
PAT_MUST_CHECK pat_status pat_report_failures(const pat_report *report, pat_shown *shown,
                                              pat_error *error);

/* `provenance`: the files with their digests, the record of the search, the model's origin. Fails
 * with PAT_UNREADABLE or PAT_OUT_OF_MEMORY. */
PAT_MUST_CHECK pat_status pat_report_provenance(const pat_report *report, pat_shown *shown,
                                                pat_error *error);

/* What the model file says about the data set that it was trained on. */
typedef enum pat_trained_on {
    PAT_TRAINED_UNTOLD,
    PAT_TRAINED_HERE,
    PAT_TRAINED_ELSEWHERE
} pat_trained_on;

pat_trained_on pat_report_trained_on(const pat_report *report);

/* The path of a file that accompanies the data set: ".run.json" makes "x.run.json" of "x.csv".
 * False if there is no such file. */
bool pat_report_beside(const pat_report *report, const char *suffix, char path[PAT_PATH_SIZE]);

#endif
