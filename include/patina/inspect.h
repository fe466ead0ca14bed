/*
 * Inspect a data set before training on it: the distribution of every column, how often each
 * setting wins, what it gains over doing nothing, and a verdict on the labels and pairs.
 */
#ifndef PATINA_INSPECT_H
#define PATINA_INSPECT_H

#include "patina/dataset.h"
#include "patina/features.h"
#include "patina/grid.h"

/*
 * Statistics of a column's finite numbers, as pandas' describe() gives them: sample standard
 * deviation (n - 1), quartiles interpolated linearly. Undefined values (a mean of nothing, a
 * deviation of one number) are NaN.
 */
typedef struct pat_statistics {
    size_t count;             /* finite numbers */
    size_t missing, infinite; /* other cells: NaN or empty; inf or -inf */
    double mean, std, min, lower_quartile, median, upper_quartile, max;
} pat_statistics;

/* Where a feature of one image ranks among those of all rows. */
typedef struct pat_feature_place {
    const char *name;                              /* static */
    double value;                                  /* of this image */
    size_t count;                                  /* finite values in the table */
    size_t below, equal;                           /* of them: less than `value`, and equal to it */
    double min, max;                               /* of them; NaN if there are none */
    double lower_quartile, median, upper_quartile; /* of the values kept */
    size_t kept; /* all values; of many, a number evenly spread over the table */
} pat_feature_place;

/* The percentage of rows below, equal ones counting half: 0..100; NaN without rows. */
PAT_API double pat_feature_place_percent(const pat_feature_place *place);

typedef struct pat_column_report {
    const char *name; /* static */
    pat_statistics statistics;
} pat_column_report;

typedef struct pat_value_count {
    double value;
    size_t count;
} pat_value_count;

/* How often each value of a parameter occurs: first the values of the grid, even if they never
 * occur, then others. */
typedef struct pat_parameter_report {
    const char *name;        /* of the column; static */
    pat_axis axis;           /* the axis of the column */
    bool is_target;          /* the values are 1 or 0: whether the operator does anything */
    pat_value_count *values; /* ascending */
    size_t value_count;
} pat_parameter_report;

/* How often a setting is the best. The rest is known only with trials. */
typedef struct pat_setting_report {
    pat_setting setting;
    size_t wins;
    size_t harms;                        /* pairs that it makes worse */
    double mean_gain_db, mean_gain_ssim; /* over the untouched image, without identical pairs */
} pat_setting_report;

typedef enum pat_finding_kind {
    PAT_FINDING_CONSTANT_TARGET,
    PAT_FINDING_EDGE_OF_GRID,
    PAT_FINDING_HARMED,
    PAT_FINDING_TIES,
    PAT_FINDING_NEAR_TIES,
    PAT_FINDING_SIGMA_WITHOUT_EFFECT,
    PAT_FINDING_NON_FINITE,
    PAT_FINDING_IMPOSSIBLE,
    PAT_FINDING_PERFECT_SCORE,
    PAT_FINDING_CONTRADICTION,
    PAT_FINDING_REPEATED_NAME,
    PAT_FINDING_CONSTANT_FEATURE,
    PAT_FINDING_UNKNOWN_COLUMN,
    PAT_FINDING_IDENTICAL,
    PAT_FINDING_MISALIGNED,
    PAT_FINDING_OTHER_SHAPE,
    PAT_FINDING_WRONG_PARTNER,
    PAT_FINDING_SWAPPED,
    PAT_FINDING_UNCHECKED,
    PAT_FINDING_DUPLICATE_ORIGINAL,
    PAT_FINDING_ROW_WITHOUT_PAIR,
    PAT_FINDING_PAIR_WITHOUT_ROW,
    PAT_FINDING_KINDS
} pat_finding_kind;

/* "constant_target", ... Static. */
PAT_API const char *pat_finding_name(pat_finding_kind kind);

enum { PAT_FINDING_TEXT_SIZE = 512, PAT_FINDING_ITEMS_MAX = 1000 };

/* One part of the verdict. */
typedef struct pat_finding {
    pat_finding_kind kind;
    bool bad;                         /* a defect; false: only worth knowing */
    size_t count;                     /* number of rows, pairs or columns concerned */
    char text[PAT_FINDING_TEXT_SIZE]; /* a sentence: what was found, and what to do */
    char **items;                     /* which ones: the first PAT_FINDING_ITEMS_MAX */
    size_t item_count;
} pat_finding;

/* The source of the grid. */
typedef enum pat_grid_origin {
    PAT_GRID_OF_TRIALS,
    PAT_GRID_GIVEN,
    PAT_GRID_DEFAULT,  /* the study's grid: it contains all values */
    PAT_GRID_OBSERVED, /* the values that occur; the real grid may have had more */
    PAT_GRID_UNKNOWN   /* more values occur than an axis can have */
} pat_grid_origin;

enum {
    PAT_PARAMETERS_MAX = PAT_AXES + 1, /* the axes, and apply_color_correction */
    PAT_INSPECTED_COLUMNS = 3 + PAT_FEATURE_COUNT + PAT_PARAMETERS_MAX + PAT_EXTENDED_COUNT
};

enum { PAT_SANDBOX_SIZE = 128 }; /* of the description of the workers' sandbox */

/* The result of an inspection. Zero-initialize; pat_inspection_release() when done. */
typedef struct pat_inspection {
    size_t rows;
    size_t originals; /* of the rows, found from file names: the part up to the last '~' */
    pat_column_report column[PAT_INSPECTED_COLUMNS]; /* all but filename and choices */
    int column_count; /* with the extended features, if all of them are there */
    pat_parameter_report parameter[PAT_PARAMETERS_MAX];
    int parameter_count;
    pat_grid_origin grid_origin;
    pat_grid grid;                /* not if it is unknown */
    pat_setting_report *settings; /* most wins first; with trials all, else those that win */
    size_t setting_count;
    bool has_trials;                   /* the next members are known */
    pat_label_report labels;           /* its warnings are also findings */
    pat_statistics gain_db, gain_ssim; /* of the best setting over the untouched image */
    pat_statistics margin;             /* best similarity minus that of the second best */
    size_t near_ties;                  /* margins below PAT_NEAR_TIE */
    bool has_pairs;                    /* the next member is known */
    size_t pairs_checked, pairs_failed;
    char sandbox[PAT_SANDBOX_SIZE]; /* of the workers that checked pairs; as in pat_run_summary */
    pat_finding *findings;          /* bad ones first */
    size_t finding_count, finding_capacity;
    size_t bad; /* bad findings */
} pat_inspection;

/* With fewer originals than this, a model can learn little, however good the data are. */
enum { PAT_ORIGINALS_FEW = 100 };

/* A margin this small in similarity, 0.01 dB of PSNR, means that chance decides which setting
 * wins. */
#define PAT_NEAR_TIE 1e-4

PAT_API void pat_inspection_release(pat_inspection *inspection);

#endif
