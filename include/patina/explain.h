/*
 * Explain one row of a data set: rebuild it from its images, and show all settings it was chosen
 * from.
 */
#ifndef PATINA_EXPLAIN_H
#define PATINA_EXPLAIN_H

#include "patina/run.h"
#include "patina/score.h"

/* What is explained. */
typedef struct pat_explain_options {
    const char *data; /* the data set x.csv; x.run.json beside it gives the grid, x.failures.csv the
                         reason why a pair has no row */
    const char *filename; /* of the row; if no row has it, it is read with \xNN and \\ as JSON shows
                             names */
    const pat_pairs *pairs; /* the images: one pair must have the name of the row */
    const char *manifest;   /* manifest of the pairs, which no page may replace; or NULL */
    const pat_grid *grid; /* the settings that were tried; NULL: taken from the record, else guessed
                             as pat_inspect() does */
    const char *model;    /* file of a model whose choice is shown as well; NULL: none */
    bool strips;          /* also make the strips, which a page needs */
    pat_run_options run;  /* `journal` is ignored */
} pat_explain_options;

/* The source of the settings that were tried. */
typedef enum pat_explained_grid {
    PAT_EXPLAINED_GRID_GIVEN,
    PAT_EXPLAINED_GRID_RECORDED,
    PAT_EXPLAINED_GRID_DEFAULT, /* the study's grid: it contains all settings of the table */
    PAT_EXPLAINED_GRID_OBSERVED /* the values in the table; the real grid may have had more */
} pat_explained_grid;

/* How a cell of the table compares with the rebuilt one. */
typedef enum pat_cell_verdict {
    PAT_CELL_SAME,      /* the same bytes */
    PAT_CELL_REWRITTEN, /* the same number, written differently: 1.0 for 1 */
    PAT_CELL_ROUNDED,   /* the rebuilt number, with fewer digits */
    PAT_CELL_OTHER,     /* another value */
    PAT_CELL_MISSING,   /* the table has no such column */
    PAT_CELL_VERDICTS
} pat_cell_verdict;

/* "same", "rewritten", "rounded", "other", "missing". Static. */
PAT_API const char *pat_cell_verdict_name(pat_cell_verdict verdict);

enum { PAT_EXPLAINED_COLUMNS_MAX = 40 + PAT_FEATURES_MAX };

typedef struct pat_explained_cell {
    char *column; /* owned, as are the others */
    char *table;  /* as it stands in the table, without quotes; "" if missing */
    char *rebuilt;
    pat_cell_verdict verdict;
} pat_explained_cell;

/* A row of the table that has the name. */
typedef struct pat_explained_row {
    size_t number; /* the first below the header is 2 */
    pat_explained_cell cell[PAT_EXPLAINED_COLUMNS_MAX];
    size_t cell_count;
    size_t differing; /* cells that are not the same */
} pat_explained_row;

/* A file. */
typedef struct pat_explained_file {
    char path[PAT_PATH_SIZE];
    uint64_t size;     /* bytes */
    char modified[24]; /* "2024-05-01T12:00:00Z"; "" if unknown */
    char sha256[65];   /* "" if unknown */
    int error_number;  /* why it cannot be read: an errno, or 0 */
} pat_explained_file;

/* The three images of a pair, small JPEG files. Treat them as untrusted bytes: a malicious image
 * may have taken over the process that made them. */
typedef struct pat_explained_strip {
    int width, height;           /* of each; 0: there is no strip */
    int full_width, full_height; /* size of the images that they show */
    unsigned mode;               /* permissions that the files of both images have, as in 0666 */
    struct {
        void *bytes; /* owned */
        size_t size;
    } picture[3]; /* damaged, restored, original */
} pat_explained_strip;

/* What a model does to the damaged image. */
typedef struct pat_explained_model {
    bool given; /* false: no model was named, or the pair fails */
    pat_setting setting;
    pat_scores scores; /* of the image so restored */
    double gain, harm; /* what the model expects, as in pat_prediction; NaN: it does not say */
    bool flagged;
} pat_explained_model;

enum {
    PAT_EXPLAINED_ROWS_MAX = 4, /* rows of the same name that are compared */
    PAT_EXPLAINED_REASONS_MAX = 8,
    PAT_EXPLAINED_REASON_SIZE = 512
};

/* The explanation. Zero-initialize; pat_explanation_release() when done. */
typedef struct pat_explanation {
    char *filename;  /* of the pair. Owned */
    size_t rows;     /* of the table */
    size_t matching; /* of them: with this name */
    pat_explained_row row[PAT_EXPLAINED_ROWS_MAX];
    size_t row_count;     /* the first of `matching` */
    bool extended;        /* the table has extended features */
    pat_score_set scores; /* those that the table has */

    bool failed_before; /* the table's failures contain the name, as `recorded` */
    pat_failure recorded;
    bool fails; /* the pair could not be searched, as `failure` says; only the files are known */
    pat_failure failure;
    bool reproduced; /* every row of this name, or its failure, was reproduced exactly */
    char reason[PAT_EXPLAINED_REASONS_MAX][PAT_EXPLAINED_REASON_SIZE]; /* possible reasons if not */
    size_t reason_count;

    pat_explained_file damaged, undamaged;
    bool has_record; /* x.run.json exists; it has the next two */
    char record_version[PAT_VERSION_SIZE], record_finished[24];

    pat_grid grid;
    pat_explained_grid grid_origin;
    pat_scores *trials; /* of every setting, in the order of the grid. Owned */
    size_t settings;
    char sandbox[PAT_SANDBOX_SIZE]; /* of the search; as in pat_run_summary */
    pat_scores untouched;
    size_t best;      /* index of the setting that was chosen: the first of the best */
    size_t tied;      /* other settings with the same score but another effect */
    size_t worst;     /* index of a setting */
    size_t runner_up; /* the best setting with another effect; `settings` if there is none */
    bool identical;   /* the damaged image equals the original: scores are infinite */

    pat_explained_model model;

    pat_feature_place place[PAT_FEATURES_MAX];
    int place_count;
    pat_explained_strip whole, middle; /* the whole, reduced; and the center at full size */
} pat_explanation;

/*
 * Search the pair again and compare. explanation: zeroed; release it in any case. Returns PAT_OK
 * also when the row is not reproduced or the pair fails. Fails with PAT_NOT_FOUND (no row, failure
 * or pair of this name: the message lists the nearest names; no such table), PAT_MALFORMED (the
 * table, its failures or its record), PAT_INVALID_ARGUMENT (more values occur than a grid can
 * have), PAT_UNREADABLE, PAT_NOT_A_FILE, PAT_OUT_OF_MEMORY, and like pat_search_run() when workers
 * do not start or the run is interrupted.
 */
PAT_API PAT_MUST_CHECK pat_status pat_explain(const pat_explain_options *options,
                                              pat_explanation *explanation, pat_error *error);
PAT_API void pat_explanation_release(pat_explanation *explanation);

/* Whether setting `index` is the chosen one, or is equally good with another effect. */
PAT_API bool pat_explanation_is_best(const pat_explanation *explanation, size_t index);

/*
 * How a setting compares with doing nothing, for a chart: 1 for the best of all settings, 0 for
 * doing nothing, -1 for the worst. In between, its rank among the gains or the losses: the share of
 * them that it reaches, so that small differences show beside large ones. Identical images: 0 or
 * -1.
 */
PAT_API double pat_explanation_shade(const pat_explanation *explanation, size_t index);

/* All but the strips as a JSON document: patina.explain of docs/json.md. Free *text with free().
 * Fails with PAT_OUT_OF_MEMORY. */
PAT_API PAT_MUST_CHECK pat_status pat_explanation_json(const pat_explanation *explanation,
                                                       char **text, pat_error *error);

/* Check before the work starts whether a page may be written to `path`. Fails with
 * PAT_INVALID_ARGUMENT if `path` names an image format, or would replace the table, the manifest or
 * an image of the pairs. */
PAT_API PAT_MUST_CHECK pat_status pat_explain_check_output(const pat_explain_options *options,
                                                           const char *path, pat_error *error);

/*
 * Write the explanation to `path` as a page that needs no other file and no network. Fails like
 * pat_explain_check_output(), or with PAT_WRITE_FAILED or PAT_OUT_OF_MEMORY; `path` is then
 * untouched.
 */
PAT_API PAT_MUST_CHECK pat_status pat_explanation_write(const pat_explanation *explanation,
                                                        const pat_explain_options *options,
                                                        const char *path, pat_error *error);

#endif
