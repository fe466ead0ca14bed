/*
 * Evaluation in pixels: how a model's choices affect images whose originals are known. Errors of
 * predicted settings say little, because many settings do nearly the same; the restored images show
 * what matters.
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
    PAT_WAY_ORACLE,    /* for each image the best setting of the grid, or no restoration */
    PAT_WAYS
} pat_way;

/* "untouched", "fixed", "predicted" or "oracle". Static. */
PAT_API const char *pat_way_name(pat_way way);

/* A mean, or a ratio of means, and its 95 % bootstrap interval: images are resampled by original,
 * because versions of one original are alike. */
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

/* Scores are capped at these, where an image looks identical to the original. Scores of identical
 * images are infinite: without a cap, one such pair would outweigh all others. */
#define PAT_PSNR_LIMIT 50.0
#define PAT_SIMILARITY_OF_LIMIT 1.0

typedef struct pat_evaluation_report {
    size_t pairs, originals;
    pat_estimate similarity[PAT_WAYS], psnr[PAT_WAYS], ssim[PAT_WAYS]; /* means over the pairs */
    /* Means of the differences of each pair: of the predicted way to the untouched images, and to
     * the fixed setting. Pairs vary more than these differences, so their intervals are narrower.
     */
    pat_estimate gain, gain_psnr, gain_ssim, over_fixed;
    pat_setting fixed;
    /* The share of the oracle's gain over the untouched images that a way achieves; NaN if the
     * oracle gains nothing. */
    pat_estimate captured, fixed_captured;     /* in similarity */
    pat_estimate captured_psnr, captured_ssim; /* predicted, in the other scores */
    size_t worse;                              /* pairs that the prediction made worse */
    size_t left_alone;                         /* pairs that it left alone */
    size_t flagged;                            /* pairs whose prediction is flagged */
    size_t worse_flagged;                      /* pairs made worse that are flagged */
    size_t identical;                          /* pairs whose damaged image equals the original */
    size_t other_shape;                        /* pairs whose images differ in shape */
    size_t extremes;                /* length of `best` and of `worst`, <= PAT_EXTREMES */
    char sandbox[PAT_SANDBOX_SIZE]; /* as in pat_run_summary */
    pat_extreme best[PAT_EXTREMES], worst[PAT_EXTREMES]; /* by gain, the most extreme first */
} pat_evaluation_report;

/* Evaluate a model on pairs of images. */
typedef struct pat_evaluate_options {
    const char *model;      /* the path of a model file */
    const char *details;    /* CSV to write: the choice and its gain for each pair; NULL: none */
    const char *manifest;   /* manifest of the pairs, which must not be replaced; or NULL */
    const double *max_harm; /* as pat_model_set_max_harm(); NULL: the model's own limit */
    uint64_t seed;          /* of the bootstrap */
    pat_run_options run;    /* `journal` is ignored */
} pat_evaluate_options;

/*
 * Restore every pair's damaged image as the model says and score it, along with the whole grid of
 * the model's training data. Returns PAT_OK also when pairs failed: summary->failures counts them,
 * and the summary holds the first ones. Fails as pat_search_run() and pat_model_load(), and with
 * PAT_NOTHING_TO_DO if every pair failed.
 */
PAT_API PAT_MUST_CHECK pat_status pat_evaluate_run(const pat_evaluate_options *options,
                                                   const pat_pairs *pairs, pat_run_summary *summary,
                                                   pat_evaluation_report *report, pat_error *error);

/* The report as a JSON document: patina.evaluate of docs/json.md. Free with free(); NULL when
 * memory runs out. */
PAT_API PAT_MUST_CHECK char *pat_evaluation_json(const pat_evaluation_report *report);

#endif
