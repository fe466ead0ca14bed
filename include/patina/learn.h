/*
 * Learn a model from clean images in one run: damage them, find the best settings of the damaged
 * versions, train, and write a report.
 *
 * The results of the steps are kept in a working folder, OUTPUT.work, until the end. A run that was
 * stopped in any way continues from there, and gives the same model.
 */
#ifndef PATINA_LEARN_H
#define PATINA_LEARN_H

#include "patina/degrade.h"
#include "patina/training.h"

/* Fewer images are refused. How good a model is depends on their number: one of 25 photographs is
 * poor, of 100 fair, of 300 good. */
enum { PAT_LEARN_IMAGES_MIN = 8, PAT_LEARN_IMAGES_FAIR = 100, PAT_LEARN_IMAGES_GOOD = 300 };

/* The defaults. docs/study.md compares 8, 24 and 36 versions of each image. */
enum {
    PAT_LEARN_PER_IMAGE = 24,
    PAT_LEARN_SHRINK = 320,
    PAT_LEARN_SHRINK_TO = 960,
    PAT_LEARN_CROP = 256
};

typedef struct pat_learn_step {
    int number, count; /* "step 2 of 4" */
    const char *name;  /* "degrade", "search", "train" or "report"; static */
    const char *unit;  /* what the progress counts: "versions" or "pairs"; static */
} pat_learn_step;

typedef struct pat_learn_options {
    pat_degrade_options degrade; /* the clean images and their damage. The seed is that of all
                                    steps; `output`, `force` and `run` have no effect */
    const char *output;          /* the model file */
    const char *report;          /* the page of pat_report_run(); NULL: none */
    double max_harm;             /* as in pat_train_options */
    bool keep_harmful;           /* as in pat_train_options */
    bool restart;                /* start over: discard what is in the working folder */
    bool keep;                   /* keep the working folder at the end */
    /* Called before each step that is not done yet. May be NULL. */
    void (*begin_step)(void *context, const pat_learn_step *step);
    void *step_context;
    pat_run_options run; /* of each step; `journal` is ignored */
} pat_learn_options;

/* The model on the originals that were held out; see pat_evaluation_report. */
typedef struct pat_learn_worth {
    bool known; /* else the model was not tested in pixels */
    size_t pairs, originals, worse, left_alone;
    pat_estimate captured;
} pat_learn_worth;

/* Zero-initialize; pat_learn_summary_release() when done. */
typedef struct pat_learn_summary {
    size_t images;   /* in the folder */
    size_t versions; /* damaged versions to make: images x per_image */
    size_t pairs;    /* of these, versions that were made */
    size_t rows;     /* of these, pairs that were searched */
    int resumed;     /* steps that an earlier run had done */
    /* Of the steps that this run did; else zero, except for the warnings of the training. */
    pat_run_summary degrade, search;
    pat_train_report training;
    pat_model_kind kind;
    pat_learn_worth worth;
    char *description;        /* of the model, as of pat_model_description() */
    char work[PAT_PATH_SIZE]; /* the working folder; "" once it has been removed */
} pat_learn_summary;

PAT_API void pat_learn_summary_release(pat_learn_summary *summary);

/*
 * Do the steps that are not done yet, then remove the working folder. The same images, options and
 * program give the same model for any number of workers and interruptions. Returns PAT_OK also when
 * some versions or pairs failed: the summary has the numbers. Fails with PAT_NOTHING_TO_DO (too few
 * images), PAT_INVALID_ARGUMENT (the working folder belongs to other options or is something else),
 * PAT_MALFORMED (its record is damaged), and as pat_degrade_run(), pat_search_run(),
 * pat_train_run() and pat_report_run(); the working folder then stays, and summary->work names it.
 */
PAT_API PAT_MUST_CHECK pat_status pat_learn_run(const pat_learn_options *options,
                                                pat_learn_summary *summary, pat_error *error);

/* The outcome as a JSON document: patina.learn of docs/json.md. Free with free(); NULL when memory
 * runs out. */
PAT_API PAT_MUST_CHECK char *pat_learn_json(const pat_learn_options *options,
                                            const pat_learn_summary *summary);

#endif
