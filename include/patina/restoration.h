/*
 * The smart restoration of images: their features are measured, a model says how they are best
 * restored (or the caller does), and the restored images are written.
 */
#ifndef PATINA_RESTORATION_H
#define PATINA_RESTORATION_H

#include "patina/features.h"
#include "patina/run.h"

enum { PAT_RESTORATION_NOTES_MAX = 16, PAT_UNLIKE_MAX = PAT_FEATURES_MAX };

/* What was done to one image. All of it is valid during the call that hands it over. */
typedef struct pat_restoration {
    const char *input, *output; /* paths; output: NULL in a dry run */
    /* A failure: the rest is then undefined, and nothing was written. */
    pat_status status;
    const char *stage, *message;

    pat_setting setting; /* sigma has no meaning where strength is 0 */
    bool left_alone;     /* the setting changes nothing */
    bool copied;         /* the output is the input, byte for byte */
    pat_format input_format;
    pat_format format;   /* of the output, or what it would be */
    int width, height;   /* in the file, before any turn that its orientation asks for */
    int depth, channels; /* 8 or 16 bits; 1 or 3 */
    bool has_alpha;
    size_t input_bytes, output_bytes;
    int note_count;
    const char *notes[PAT_RESTORATION_NOTES_MAX]; /* what could not be kept */

    int feature_count; /* PAT_FEATURE_COUNT, or with the extended ones that a model needs */
    double features[PAT_FEATURES_MAX];
    bool predicted;             /* the setting is a model's answer; the rest: only then */
    pat_setting prediction;     /* the same as `setting`, unless some of that was asked for */
    double raw[3];              /* white balance, sigma, strength, before rounding and limits */
    int unlike_count;           /* features unlike those of the training data */
    int unlike[PAT_UNLIKE_MAX]; /* their indices */
} pat_restoration;

typedef struct pat_restoration_options {
    const char *const *inputs; /* images, or folders of images */
    size_t input_count;
    bool recursive;
    void (*left_out)(void *context, const pat_unpaired *entry); /* as in pat_feature_options */
    void *left_out_context;

    const char *model;   /* a model's file; NULL: the setting */
    pat_setting setting; /* one that pat_image_restore() takes; sigma is ignored for strength 0 */

    /* A file name for one image, else a folder, which is made; names in it are relative to the
     * folders that are inputs. */
    const char *output;
    pat_format
        format;   /* PAT_FORMAT_NONE: as the input, unless the output's name asks for another */
    int quality;  /* of lossy formats, 1..100; 0: 95 */
    bool strip;   /* leave out metadata */
    bool force;   /* replace files that are there; never an input */
    bool dry_run; /* write nothing */

    /* Told of each image, in the order of the inputs. May be NULL. */
    void (*done)(void *context, const pat_restoration *restoration);
    void *done_context;
    pat_run_options run; /* its journal mode is of no account: there is none */
} pat_restoration_options;

/*
 * Restore every image. PAT_OK also when some failed: summary->failures tells. What has been
 * written stays, whole files only. Fails with PAT_NOTHING_TO_DO, PAT_NOT_FOUND, PAT_UNREADABLE,
 * PAT_INVALID_ARGUMENT (two images with one output, an output that exists, an input that would be
 * replaced; nothing has then been written), PAT_WRITE_FAILED (a folder cannot be made),
 * PAT_WORKER_DIED (workers do not start, as without a usable model), PAT_INTERRUPTED or
 * PAT_OUT_OF_MEMORY.
 */
PAT_API PAT_MUST_CHECK pat_status pat_restoration_run(const pat_restoration_options *options,
                                                      pat_run_summary *summary, pat_error *error);

/*
 * What a run does as one JSON document, patina.restore of docs/json.md, in pieces: the begin, a
 * piece for each image in turn (told: how many came before it), the end. They are written as they
 * come, so that memory does not grow with the images. Free each with free(); NULL when memory runs
 * out.
 */
PAT_API PAT_MUST_CHECK char *pat_restoration_json_begin(void);
PAT_API PAT_MUST_CHECK char *pat_restoration_json(const pat_restoration *restoration, size_t told);
PAT_API PAT_MUST_CHECK char *pat_restoration_json_end(const pat_run_summary *summary,
                                                      size_t unlike);

#endif
