/*
 * Explaining one row of a data set: rebuild it from its images, and show what it was chosen from.
 */
#ifndef PATINA_EXPLAIN_H
#define PATINA_EXPLAIN_H

#include "patina/run.h"
#include "patina/score.h"

/* What is explained. */
typedef struct pat_explain_options {
    const char *data;       /* the data set; what lies beside it tells more: x.run.json of x.csv the
                               grid, x.failures.csv why a pair has no row */
    const char *filename;   /* of the row; if none has it: with \xNN and \\ as JSON shows names */
    const pat_pairs *pairs; /* the images: one of the pairs must be called like the row */
    const char *manifest;   /* that the pairs come from, which no page may replace; or NULL */
    const pat_grid *grid;   /* the settings that were tried; NULL: the record tells, or the grid is
                               guessed as pat_inspect() does */
    bool strips;            /* make those, too: for a page */
    pat_run_options run;    /* how; there is no journal */
} pat_explain_options;

/* Where the settings that were tried are known from. */
typedef enum pat_explained_grid {
    PAT_EXPLAINED_GRID_GIVEN,
    PAT_EXPLAINED_GRID_RECORDED,
    PAT_EXPLAINED_GRID_DEFAULT, /* the study's: all settings of the table lie in it */
    PAT_EXPLAINED_GRID_OBSERVED /* of the values that the table has, and may have had others */
} pat_explained_grid;

/* How a cell of the table compares with the rebuilt one. */
typedef enum pat_cell_verdict {
    PAT_CELL_SAME,      /* the same bytes */
    PAT_CELL_REWRITTEN, /* the same number, written otherwise: 1.0 for 1 */
    PAT_CELL_ROUNDED,   /* the rebuilt number, with fewer digits */
    PAT_CELL_OTHER,     /* another value */
    PAT_CELL_MISSING,   /* the table has no such column */
    PAT_CELL_VERDICTS
} pat_cell_verdict;

/* "same", "rewritten", "rounded", "other", "missing". Static. */
PAT_API const char *pat_cell_verdict_name(pat_cell_verdict verdict);

enum { PAT_EXPLAINED_COLUMNS_MAX = 8 + PAT_FEATURES_MAX };

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
    char modified[24]; /* "2024-05-01T12:00:00Z"; "" if it could not be looked at, */
    char sha256[65];   /* likewise */
} pat_explained_file;

/* The three images of a pair, small JPEG files. Those who read them should be able to take any
 * bytes: they are made by a process that an image may have taken over. */
typedef struct pat_explained_strip {
    int width, height;           /* of each; 0: there is no strip */
    int full_width, full_height; /* of the images that they show */
    struct {
        void *bytes; /* owned */
        size_t size;
    } picture[3]; /* damaged, restored, original */
} pat_explained_strip;

enum {
    PAT_EXPLAINED_ROWS_MAX = 4, /* rows of the same name that are compared */
    PAT_EXPLAINED_REASONS_MAX = 8,
    PAT_EXPLAINED_REASON_SIZE = 512
};

/* All that was found out. Zero-initialize; pat_explanation_release() when done. */
typedef struct pat_explanation {
    char *filename;  /* of the pair. Owned */
    size_t rows;     /* of the table */
    size_t matching; /* of them: with this name */
    pat_explained_row row[PAT_EXPLAINED_ROWS_MAX];
    size_t row_count;     /* the first of `matching` */
    bool extended;        /* the table has extended features */
    pat_score_set scores; /* those that the table has */

    bool failed_before; /* the table's failures have the name: */
    pat_failure recorded;
    bool fails; /* the pair could not be searched; nothing but the files is known: */
    pat_failure failure;
    bool reproduced; /* every row of the name, or the failure that stands for it, comes out again */
    char reason[PAT_EXPLAINED_REASONS_MAX][PAT_EXPLAINED_REASON_SIZE]; /* why not, perhaps */
    size_t reason_count;

    pat_explained_file damaged, undamaged;
    bool has_record; /* x.run.json was there: */
    char record_version[PAT_VERSION_SIZE], record_finished[24];

    pat_grid grid;
    pat_explained_grid grid_origin;
    pat_scores *trials; /* of every setting, in the order of the grid. Owned */
    size_t settings;
    pat_scores untouched;
    size_t best;      /* index of the setting that was chosen: the first of the best */
    size_t tied;      /* other settings with the same score that do something else */
    size_t worst;     /* index of a setting */
    size_t runner_up; /* the best of those that do something else; `settings` if there is none */
    bool identical;   /* the damaged image is the original: scores are infinite */

    pat_feature_place place[PAT_FEATURES_MAX];
    int place_count;
    pat_explained_strip whole, middle; /* shrunk; and the middle at full size */
} pat_explanation;

/*
 * Search the pair again and compare. explanation: zeroed; to be released in any case. PAT_OK also
 * when the row is not reproduced, or the pair fails. Fails with PAT_NOT_FOUND (no row and no
 * failure of this name, or no pair, the message naming those nearest to it; no such table),
 * PAT_MALFORMED (the table, its failures or its record), PAT_INVALID_ARGUMENT (more values occur
 * than a grid can have), PAT_UNREADABLE, PAT_NOT_A_FILE, PAT_OUT_OF_MEMORY, and like
 * pat_search_run() when workers do not start or the run is interrupted.
 */
PAT_API PAT_MUST_CHECK pat_status pat_explain(const pat_explain_options *options,
                                              pat_explanation *explanation, pat_error *error);
PAT_API void pat_explanation_release(pat_explanation *explanation);

/* Whether setting `index` is the chosen one, or as good and different. */
PAT_API bool pat_explanation_is_best(const pat_explanation *explanation, size_t index);

/*
 * How a setting compares with doing nothing, for an image: 1 is the best of all settings, 0 is
 * doing nothing, -1 the worst of all; in between its rank among the gains or the losses, the share
 * of them that are not beyond it, so that small differences show beside large ones. Identical
 * images: 0, or -1.
 */
PAT_API double pat_explanation_shade(const pat_explanation *explanation, size_t index);

/* All of it but the strips as a JSON document: patina.explain of docs/json.md. *text: free with
 * free(). Fails with PAT_OUT_OF_MEMORY. */
PAT_API PAT_MUST_CHECK pat_status pat_explanation_json(const pat_explanation *explanation,
                                                       char **text, pat_error *error);

/* Before the work: fail with PAT_INVALID_ARGUMENT if a page must not be written to `path`, for it
 * is the name of an image or the table, the manifest or an image of the pairs would be replaced. */
PAT_API PAT_MUST_CHECK pat_status pat_explain_check_output(const pat_explain_options *options,
                                                           const char *path, pat_error *error);

/*
 * Write it as a page that needs no other file and no network, to `path`. Fails like
 * pat_explain_check_output(), or with PAT_WRITE_FAILED or PAT_OUT_OF_MEMORY; `path` is then
 * untouched.
 */
PAT_API PAT_MUST_CHECK pat_status pat_explanation_write(const pat_explanation *explanation,
                                                        const pat_explain_options *options,
                                                        const char *path, pat_error *error);

#endif
