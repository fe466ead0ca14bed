/*
 * Evaluation in pixels: what a model's choices do to images whose originals are known. Errors of
 * predicted settings say little, for many settings do nearly the same; the restored images say all.
 */
#ifndef PATINA_EVALUATION_H
#define PATINA_EVALUATION_H

#include "patina/run.h"
#include "patina/search.h"

/* The ways of restoring that are compared. */
typedef enum pat_way {
    PAT_WAY_UNTOUCHED, /* the damaged image as it is */
    PAT_WAY_FIXED,     /* one setting for all: the best one, chosen with these images' originals */
    PAT_WAY_PREDICTED, /* the model's choice */
    PAT_WAY_ORACLE,    /* for each image the best of the grid and of leaving it alone */
    PAT_WAYS
} pat_way;

/* "untouched", "fixed", "predicted" or "oracle". Static. */
PAT_API const char *pat_way_name(pat_way way);

/* A mean, or a ratio of means, and its 95 % bootstrap interval: images are drawn anew by original,
 * since versions of one original are alike. */
typedef struct pat_estimate {
    double value, low, high;
} pat_estimate;

enum { PAT_EXTREMES = 3, PAT_BOOTSTRAP_ROUNDS = 2000 };

/* One image among the best or the worst. Gains are in similarity over the untouched image. */
typedef struct pat_extreme {
    char name[256]; /* cut if longer */
    pat_setting setting;
    double gain, oracle_gain;
} pat_extreme;

/* Scores are limited to these, which nobody can tell from an identical image: those of identical
 * images are infinite, and one pair would outweigh all others. */
#define PAT_PSNR_LIMIT 50.0
#define PAT_SIMILARITY_OF_LIMIT 1.0

typedef struct pat_evaluation_report {
    size_t pairs, originals;
    pat_estimate similarity[PAT_WAYS], psnr[PAT_WAYS], ssim[PAT_WAYS]; /* means over the pairs */
    pat_setting fixed;
    /* The share of the oracle's gain over the untouched images that a way has; NaN if the oracle
     * gains nothing. */
    pat_estimate captured, fixed_captured;     /* in similarity */
    pat_estimate captured_psnr, captured_ssim; /* predicted, in the other scores */
    size_t worse;                              /* pairs that the prediction made worse */
    size_t left_alone;                         /* that it left alone */
    size_t unlike;                             /* flagged as unlike the training data */
    size_t identical;                          /* whose damaged image equals the original */
    size_t extremes;                           /* of best and of worst, <= PAT_EXTREMES */
    pat_extreme best[PAT_EXTREMES], worst[PAT_EXTREMES]; /* by gain, the most extreme first */
} pat_evaluation_report;

/* Evaluate a model on pairs of images. */
typedef struct pat_evaluate_options {
    const char *model;    /* the path of a model file */
    const char *details;  /* a CSV of what was chosen and gained for each pair; NULL: none */
    const char *manifest; /* that the pairs come from, which is not to be replaced; or NULL */
    uint64_t seed;        /* of the bootstrap */
    pat_run_options run;  /* its journal is not used */
} pat_evaluate_options;

/*
 * Restore every pair's damaged image as the model says and score it, beside the whole grid of the
 * model's training data. PAT_OK also when pairs failed: summary->failures tells, and the first of
 * them are in the summary. Fails as pat_search_run() and pat_model_load(), and with
 * PAT_NOTHING_TO_DO if every pair failed.
 */
PAT_API PAT_MUST_CHECK pat_status pat_evaluate_run(const pat_evaluate_options *options,
                                                   const pat_pairs *pairs, pat_run_summary *summary,
                                                   pat_evaluation_report *report, pat_error *error);

/* The report as a JSON document: patina.evaluate of docs/json.md. Free with free(); NULL when
 * memory runs out. */
PAT_API PAT_MUST_CHECK char *pat_evaluation_json(const pat_evaluation_report *report);

#endif
