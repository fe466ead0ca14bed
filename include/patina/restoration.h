/*
 * Smart restoration of images: measure the features of each, let a model (or the caller) choose the
 * setting, and write the restored images.
 */
#ifndef PATINA_RESTORATION_H
#define PATINA_RESTORATION_H

#include "patina/features.h"
#include "patina/model.h"
#include "patina/run.h"

enum { PAT_RESTORATION_NOTES_MAX = 24, PAT_UNLIKE_MAX = PAT_FEATURES_MAX };

/* What was done to one image. Valid only during the call that passes it. */
typedef struct pat_restoration {
    const char *input, *output; /* paths; output: NULL in a dry run */
    /* On failure the rest is undefined, and nothing was written. */
    pat_status status;
    const char *stage, *message;

    pat_setting setting; /* sigma has no meaning where strength is 0 */
    bool left_alone;     /* the setting changes nothing */
    bool copied;         /* the output is the input, byte for byte */
    pat_format input_format;
    pat_format format;   /* of the output, or what it would be in a dry run */
    int width, height;   /* in the file, before the rotation that its orientation tag asks for */
    int depth, channels; /* 8 or 16 bits; 1 or 3 */
    bool has_alpha;
    size_t input_bytes, output_bytes;
    int note_count;
    const char *notes[PAT_RESTORATION_NOTES_MAX]; /* what could not be preserved */

    int feature_count; /* PAT_FEATURE_COUNT, or with the extended ones that a model needs */
    double features[PAT_FEATURES_MAX];
    bool predicted;             /* a model chose the setting; only then the members below are set */
    pat_setting prediction;     /* the model's choice, before the caller's changes */
    double raw[3];              /* white balance, sigma, strength, before rounding and limits */
    double gain, harm;          /* expected, as in pat_prediction; NaN: not known */
    double restored_at;         /* as in pat_prediction */
    bool flagged;               /* as in pat_prediction */
    int unlike_count;           /* features unlike those of the training data */
    int unlike[PAT_UNLIKE_MAX]; /* their indices */
} pat_restoration;

typedef struct pat_restoration_options {
    const char *const *inputs; /* images, or folders of images */
    size_t input_count;
    bool recursive;
    void (*left_out)(void *context, const pat_unpaired *entry); /* as in pat_feature_options */
    void *left_out_context;

    const char *model;      /* a model's file; NULL: the setting */
    const double *max_harm; /* as pat_model_set_max_harm(); NULL: the model's own limit */
    /* Called once the model is read, before the first image. May be NULL. */
    void (*model_read)(void *context, const pat_model *model);
    void *model_read_context;
    pat_setting setting; /* one that pat_image_restore() accepts; sigma is ignored for strength 0 */

    /* A file name for one image; else a folder, which is created. Names in it are relative to the
     * input folders. */
    const char *output;
    pat_format format; /* PAT_FORMAT_NONE: that of the input, unless the output's extension asks for
                          another */
    int quality;       /* of lossy formats, 1..100; 0: 95 */
    bool strip;        /* drop metadata */
    int page;     /* of TIFF files with several, 1 for the first; 0: the first, or the only one */
    bool dry_run; /* write nothing */

    /* Called for each image, in the order of the inputs. May be NULL. */
    void (*done)(void *context, const pat_restoration *restoration);
    void *done_context;
    bool skip_existing;  /* leave out images whose output exists */
    pat_run_options run; /* `journal` is ignored */
} pat_restoration_options;

/*
 * Restore every image. Returns PAT_OK also when some failed: summary->failures counts them. Files
 * written before a failure stay; all of them are complete. Fails with PAT_NOTHING_TO_DO,
 * PAT_NOT_FOUND, PAT_UNREADABLE, PAT_INVALID_ARGUMENT (two images with the same output, an output
 * that exists, an input that would be replaced; nothing is written then), PAT_WRITE_FAILED (a
 * folder cannot be made), PAT_WORKER_DIED (workers do not start, for example without a usable
 * model), PAT_INTERRUPTED or PAT_OUT_OF_MEMORY.
 */
PAT_API PAT_MUST_CHECK pat_status pat_restoration_run(const pat_restoration_options *options,
                                                      pat_run_summary *summary, pat_error *error);

/* Numbers of images. */
typedef struct pat_restoration_counts {
    size_t left_alone, flagged;
} pat_restoration_counts;

/*
 * A run as one JSON document, patina.restore of docs/json.md, in pieces: the beginning, one piece
 * for each image in turn (told: the number of images before it), the end (model: which one it was,
 * in words; NULL: the caller named it, or none). Write each piece when it comes; then memory does
 * not grow with the number of images. Free each with free(); NULL when memory runs out.
 */
PAT_API PAT_MUST_CHECK char *pat_restoration_json_begin(void);
PAT_API PAT_MUST_CHECK char *pat_restoration_json(const pat_restoration *restoration, size_t told);
PAT_API PAT_MUST_CHECK char *pat_restoration_json_end(const pat_run_summary *summary,
                                                      const pat_restoration_counts *counts,
                                                      const char *model);

#endif
