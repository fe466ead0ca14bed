/*
 * Find pairs of images, and compare the tables made from them.
 */
#ifndef PATINA_DATASET_H
#define PATINA_DATASET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "patina/status.h"

/* How the names of the two images of a pair match. Names that differ only in the Unicode form of
 * accented letters (NFC or NFD) count as equal; identical bytes are preferred. */
typedef enum pat_match {
    PAT_MATCH_NAME,   /* equal file names */
    PAT_MATCH_STEM,   /* equal names without the extension; equal file names are preferred */
    PAT_MATCH_PATTERN /* the first group of `pattern` matches the same text in both */
} pat_match;

/* Where pairs come from: two folders, or a manifest. */
typedef struct pat_pair_source {
    const char *damaged, *undamaged; /* folders; both NULL with a manifest */
    const char *manifest; /* CSV with the columns damaged, undamaged and optionally id and original;
                             relative paths are relative to the manifest's folder */
    pat_match match;
    /* For PAT_MATCH_PATTERN: a POSIX extended regular expression with a group. It is searched for
     * in the file name or, with `recursive`, in the path relative to the folder. Files in which the
     * group matches nothing are left out. */
    const char *pattern;
    /* For PAT_MATCH_NAME and PAT_MATCH_STEM: a suffix, such as "_damaged", that the stem of each
     * damaged image has and the stem of its original lacks. Damaged images without it are left out.
     * NULL: no suffix. */
    const char *suffix;
    bool recursive; /* enter subfolders; names are then paths relative to the folder */
    size_t limit;   /* keep only the first `limit` pairs; 0 keeps all */
    size_t sample;  /* of those, keep this number, evenly spread; 0 keeps all */
} pat_pair_source;

enum { PAT_PATH_SIZE = 4096 };

/* One pair. */
typedef struct pat_pair {
    const char *name;     /* the CSV's `filename`; owned by the pat_pairs */
    const char *original; /* as in the manifest, equal for versions of one original; owned by the
                             pat_pairs; NULL if not named */
    char damaged[PAT_PATH_SIZE], undamaged[PAT_PATH_SIZE];
} pat_pair;

/* Why a file is left out. */
typedef enum pat_left_out {
    PAT_LEFT_NO_PARTNER,      /* no file in the other folder matches it */
    PAT_LEFT_OTHER_EXTENSION, /* a file in the other folder differs only in its extension */
    PAT_LEFT_OTHER_CASE,      /* a file in the other folder differs in case */
    PAT_LEFT_AMBIGUOUS,       /* several files match it equally well */
    PAT_LEFT_NO_KEY,          /* it lacks the suffix, or the pattern does not match */
    PAT_LEFT_NO_IMAGE,        /* it does not have the extension of an image */
    PAT_LEFT_FOLDER,          /* it is a folder, and `recursive` is not set */
    PAT_LEFT_LINK,            /* it is a broken link, or a link to a folder */
    PAT_LEFT_SPECIAL,         /* it is not a regular file */
    PAT_LEFT_UNREADABLE,      /* it cannot be read, or its path is too long */
    PAT_LEFT_SYSTEM,          /* ignored: an operating system made it, for example .DS_Store */
    PAT_LEFT_KINDS
} pat_left_out;

/* Describe files that are left out for this reason: "without a partner". Static. */
PAT_API const char *pat_left_out_words(pat_left_out kind);

/* A file that belongs to no pair. All strings are owned by the pat_pairs. */
typedef struct pat_unpaired {
    const char *folder; /* as given in the source */
    const char *name;   /* relative to the folder */
    const char *reason; /* why, and how to fix it */
    pat_left_out kind;
} pat_unpaired;

/*
 * The pairs of a source in the order of the CSV: names compared as bytes; for a manifest, the
 * manifest's order. Memory is proportional to the names, not to the images.
 */
typedef struct pat_pairs pat_pairs;

/*
 * Find the pairs. No image is opened. Fails with PAT_INVALID_ARGUMENT (the pattern or suffix),
 * PAT_NOT_FOUND, PAT_UNREADABLE (a folder or the manifest), PAT_MALFORMED (the manifest) or
 * PAT_OUT_OF_MEMORY; *pairs is then NULL. Finding no pair is not a failure. Free with
 * pat_pairs_free(), which accepts NULL.
 */
PAT_API PAT_MUST_CHECK pat_status pat_pairs_find(const pat_pair_source *source, pat_pairs **pairs,
                                                 pat_error *error);
PAT_API void pat_pairs_free(pat_pairs *pairs);

PAT_API size_t pat_pairs_count(const pat_pairs *pairs);
/* Pair `index`, 0 .. count - 1. */
PAT_API void pat_pairs_get(const pat_pairs *pairs, size_t index, pat_pair *pair);

/* Files in the folders that are in no pair, damaged side first. Ignored files, and pairs dropped by
 * `limit` or `sample`, are not counted. */
PAT_API size_t pat_pairs_unpaired_count(const pat_pairs *pairs);
PAT_API pat_unpaired pat_pairs_unpaired(const pat_pairs *pairs, size_t index);
/* The number of ignored files and folders (PAT_LEFT_SYSTEM). */
PAT_API size_t pat_pairs_ignored_count(const pat_pairs *pairs);

enum { PAT_LABEL_WARNINGS_MAX = 9 };

/* What a warning about labels is about. */
typedef enum pat_label_problem {
    PAT_LABEL_IDENTICAL,
    PAT_LABEL_CONSTANT,
    PAT_LABEL_EDGE,
    PAT_LABEL_HARMED,
    PAT_LABEL_TIED,
    PAT_LABEL_SHAPE
} pat_label_problem;

/* How good the labels of a data set are; docs/definitions.md defines each figure. */
typedef struct pat_label_report {
    size_t scored;         /* rows whose damaged image differs from the original */
    double mean_gain_db;   /* best PSNR minus untouched PSNR, mean over `scored` */
    double mean_gain_ssim; /* the same for SSIM */
    size_t harmed;         /* rows in which every setting scores below the untouched image */
    size_t tied;           /* rows in which settings with different effects share the best score */
    size_t identical;      /* rows whose damaged image equals the original */
    size_t other_shape;    /* rows whose images differ in shape; 0 if no images were read */
    char warnings[PAT_LABEL_WARNINGS_MAX][256];         /* one sentence each */
    pat_label_problem problems[PAT_LABEL_WARNINGS_MAX]; /* what each warning is about */
    size_t warning_count;
} pat_label_report;

typedef enum pat_difference {
    PAT_IDENTICAL,        /* the same bytes */
    PAT_WITHIN_TOLERANCE, /* the same cells, numbers within the tolerance */
    PAT_DIFFERENT
} pat_difference;

/*
 * Compare two CSV files cell by cell, rows by position: numbers a (of the first file) and b agree
 * when |a - b| <= atol + rtol * |b|, other cells agree when their bytes are equal. nan agrees with
 * nan, and inf with inf; neither agrees with a number, whatever the tolerance. Writes a report to
 * `report` (NULL: no report): what differs, where, and the largest difference per column. rtol,
 * atol: >= 0. Fails as pat_pairs_find() does for a manifest; *result is then undefined.
 */
PAT_API PAT_MUST_CHECK pat_status pat_csv_compare(const char *path_a, const char *path_b,
                                                  double rtol, double atol, FILE *report,
                                                  pat_difference *result, pat_error *error);

/* The same with the report as a JSON document, patina.compare of docs/json.md. Free *json with
 * free(); it is NULL on failure. */
PAT_API PAT_MUST_CHECK pat_status pat_csv_compare_json(const char *path_a, const char *path_b,
                                                       double rtol, double atol, char **json,
                                                       pat_difference *result, pat_error *error);

#endif
