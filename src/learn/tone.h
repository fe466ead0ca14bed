/*
 * The tone model: it predicts how an image's colors changed, which filter helps, and how likely the
 * result is worse than the image; private to the library.
 *
 * Three learners, each of which sees what those before it predict:
 *
 *     colors  features -> the affine color of each channel (six numbers)
 *     gains   features, colors -> the gain of each action (learn/actions.h), by its principal
 *             components
 *     harm    features, colors, gains, an action -> the probability that it makes the image worse
 *
 * The model takes the action with the greatest gain - penalty * harm, and none if that is not above
 * 0. The penalty comes from the limit on harm: see pat_tone_calibrate(). Each later learner must be
 * trained on what the earlier ones predict for images whose originals they have not seen, or it
 * would trust them too much.
 */
#ifndef PAT_LEARN_TONE_H
#define PAT_LEARN_TONE_H

#include "learn/actions.h"
#include "learn/learner.h"
#include "learn/surface.h"

/*
 * What the color learner predicts: how the samples at the 5th and the 95th percentile (the anchors)
 * change, each as the change of green, and of red and blue relative to green. These numbers vary
 * less between images than gains and offsets do.
 */
enum { PAT_TONE_CHANGES = 6, PAT_TONE_ANCHORS = 6 };

/* The names of the features that are the anchors: 5th percentile of red, green, blue, then the
 * 95th. Static. */
const char *pat_tone_anchor_name(int anchor);

/* An image is monochrome if this feature is at most PAT_TONE_MONOCHROME. It must stay monochrome:
 * many such images have originals in color, so the learner alone would tint them. */
#define PAT_TONE_CHROMA "chroma_p99"
#define PAT_TONE_MONOCHROME 4.0

typedef struct pat_tone_colors {
    double change[PAT_TONE_CHANGES];
    double affine[PAT_AFFINE_NUMBERS];
} pat_tone_colors;

/* An action that may be taken, with what is predicted for it. */
typedef struct pat_tone_candidate {
    int action;
    double gain; /* in similarity over the untouched image */
    double harm; /* probability of being worse */
} pat_tone_candidate;

/* For each operator and share the best action. */
enum { PAT_TONE_CANDIDATES_MAX = 16 * PAT_ACTION_SHARES, PAT_TONE_LIMITS = 7 };

/* The limits on harm that a model knows the penalty for: shares of images made worse. */
extern const double pat_tone_limits[PAT_TONE_LIMITS];
#define PAT_TONE_LIMIT_DEFAULT 0.02

/* What the penalty of one limit does to the images that were cross-validated. */
typedef struct pat_tone_effect {
    double penalty;
    double worse, acted; /* shares of the images */
    double gain;         /* mean, in similarity */
} pat_tone_effect;

/* Zero-initialize; pat_tone_release() when done. */
typedef struct pat_tone {
    pat_actions actions;
    int features;
    int anchor[PAT_TONE_ANCHORS], chroma; /* indices of features */
    pat_learner colors, gains, harm;
    pat_surface surface; /* of the gains: settings are actions */
    pat_tone_effect effect[PAT_TONE_LIMITS];
    double limit; /* the share of images that may be made worse */
    int longest;  /* longer images are shrunk to this side before they are measured */
} pat_tone;

/* Training data: rows one after another. All borrowed. */
typedef struct pat_tone_rows {
    size_t rows;
    const double *feature;         /* rows x features */
    const pat_tone_colors *colors; /* predicted by a model that did not see the row's original */
    const double *gain;            /* rows x actions: the true gains */
    const double *expected;        /* rows x actions: predicted in the same way as `colors` */
    uint64_t seed;
} pat_tone_rows;

/* Take the actions that are built in, and find the anchors. Fails with PAT_INVALID_ARGUMENT if a
 * feature is missing. */
PAT_MUST_CHECK pat_status pat_tone_init(pat_tone *tone, const char *const *feature_name,
                                        int features, pat_error *error);
void pat_tone_release(pat_tone *tone);

/* Set the numbers of inputs and outputs of the learners, from those of features and components. */
void pat_tone_shape(pat_tone *tone);

/* The changes that affine colors make at the anchors of an image, and the reverse, within the
 * limits of the gain. Decoding makes all channels of a monochrome image change alike. */
void pat_tone_encode(const pat_tone *tone, const double *features, pat_tone_colors *colors);
void pat_tone_decode(const pat_tone *tone, const double *features, pat_tone_colors *colors);

/* Train one learner, and predict with it. truth: the true colors of each row. expected: rows x
 * actions. Fail as pat_learner_fit() and pat_learner_predict(). */
PAT_MUST_CHECK pat_status pat_tone_fit_colors(pat_tone *tone, const pat_tone_rows *rows,
                                              const pat_tone_colors *truth, pat_error *error);
PAT_MUST_CHECK pat_status pat_tone_predict_colors(const pat_tone *tone, const double *features,
                                                  pat_tone_colors *colors, pat_error *error);
PAT_MUST_CHECK pat_status pat_tone_fit_gains(pat_tone *tone, const pat_tone_rows *rows,
                                             pat_error *error);
PAT_MUST_CHECK pat_status pat_tone_predict_gains(const pat_tone *tone, const double *features,
                                                 const pat_tone_colors *colors, double *expected,
                                                 pat_error *error);
PAT_MUST_CHECK pat_status pat_tone_fit_harm(pat_tone *tone, const pat_tone_rows *rows,
                                            pat_error *error);
/* Find the candidates of an image and their harm. Only actions with an expected gain above 0 are
 * candidates. */
PAT_MUST_CHECK pat_status pat_tone_find_candidates(const pat_tone *tone,
                                                   const pat_tone_colors *colors,
                                                   const double *expected,
                                                   pat_tone_candidate list[PAT_TONE_CANDIDATES_MAX],
                                                   int *count, pat_error *error);

/* The candidate with the greatest gain - penalty * harm; NULL if that is not above 0 for any. */
const pat_tone_candidate *pat_tone_best(const pat_tone_candidate *list, int count, double penalty);

/* The candidates of one image and the true gain of each. */
typedef struct pat_tone_case {
    int count;
    pat_tone_candidate candidate[PAT_TONE_CANDIDATES_MAX];
    double truth[PAT_TONE_CANDIDATES_MAX];
} pat_tone_case;

/* Set the penalty of each limit: the least from which on no greater penalty makes more than that
 * share of the cases worse. */
void pat_tone_calibrate(pat_tone *tone, const pat_tone_case *cases, size_t count);

/* The penalty of a limit on harm; between two limits that of the stricter one. 0 for a limit of 1
 * or more; infinite, so that nothing is done, for one below the least that the model knows. */
double pat_tone_penalty(const pat_tone *tone, double limit);

/* What the model decides for an image. */
typedef struct pat_tone_choice {
    pat_tone_candidate chosen; /* its action, gain and harm are 0 if the image is left alone */
    double restored_at; /* if the image is left alone: the least of pat_tone_limits at which it
                           would be restored; else NaN */
} pat_tone_choice;

/* Choose for one image. features: finite. */
PAT_MUST_CHECK pat_status pat_tone_choose(const pat_tone *tone, const double *features,
                                          pat_setting *setting, pat_tone_choice *choice,
                                          pat_error *error);

#endif
