/*
 * Make pairs from clean images: damage each image several times, by random amounts, as old
 * photographs and scans are damaged. A manifest pairs the results with the clean images.
 */
#ifndef PATINA_DEGRADE_H
#define PATINA_DEGRADE_H

#include "patina/run.h"

enum { PAT_PER_IMAGE_MAX = 10000, PAT_CROP_MAX = 1 << 24 };

typedef struct pat_degrade_options {
    const char *clean;  /* a folder of images */
    const char *output; /* the folder to write; created if it is missing */
    bool recursive;     /* enter subfolders of `clean`; `output` must then be outside it */
    uint64_t seed;
    int per_image;        /* versions of each image, 1..PAT_PER_IMAGE_MAX */
    const char *recipe;   /* a JSON file, see docs/degrade.md; NULL: the built-in recipe */
    const char *families; /* use only these families, separated by commas; NULL: all */
    const char *except;   /* leave these families out; NULL: none */
    int shrink; /* shrink each image first by area averaging, so that its shorter side has so many
                   pixels, 1..PAT_CROP_MAX; smaller images stay as they are. 0: do not shrink */
    int shrink_to; /* above `shrink`, which is then at least 1 and the shorter side of the window:
                      each version is shrunk to a size of its own, drawn from `shrink` to this on a
                      logarithmic scale. 0: all are shrunk to `shrink` */
    int crop_width, crop_height; /* size in pixels, 1..PAT_CROP_MAX, of the window cut from each
                                    image, at a different place for each version; 0, 0: no window */
    /* Called before the work starts for each entry of `clean` that is not an image, with the
     * reason; the entry is valid during the call. NULL: not reported. */
    void (*left_out)(void *context, const pat_unpaired *entry);
    void *left_out_context;
    pat_run_options run; /* `journal` is ignored */
} pat_degrade_options;

/* Check per_image, shrink and the crop window, as pat_degrade_run() does before it starts. Fails
 * with PAT_INVALID_ARGUMENT. */
PAT_API PAT_MUST_CHECK pat_status pat_degrade_check(const pat_degrade_options *options,
                                                    pat_error *error);

/*
 * Write output/damaged/NAME~K.png for each image NAME and K = 1 .. per_image; if images are shrunk
 * or cropped also output/undamaged/NAME~K.png; and at the end output/manifest.csv, which
 * pat_pairs_find() reads. Version K of an image depends only on its pixels, its name, K, the seed
 * and the recipe. Returns PAT_OK also when images failed: manifest.failures.csv names them, and
 * summary->failures counts the versions. Fails as pat_feature_run(), and with PAT_INVALID_ARGUMENT
 * (a file exists already and `run.force` is not set) and the errors of pat_recipe_text(). Images
 * finished before the failure stay; there is then no manifest.
 */
PAT_API PAT_MUST_CHECK pat_status pat_degrade_run(const pat_degrade_options *options,
                                                  pat_run_summary *summary, pat_error *error);

/* The result as a JSON document: patina.degrade of docs/json.md. Free with free(); NULL when memory
 * runs out. */
PAT_API PAT_MUST_CHECK char *pat_degrade_json(const pat_degrade_options *options,
                                              const pat_run_summary *summary);

/*
 * A complete recipe as JSON text: that of options->recipe, families and except; other options have
 * no effect. Free it with free(). Fails with PAT_NOT_FOUND, PAT_MALFORMED (the message names what
 * is wrong), PAT_INVALID_ARGUMENT (an unknown family, or none left) or PAT_OUT_OF_MEMORY; *text is
 * then NULL.
 */
PAT_API PAT_MUST_CHECK pat_status pat_recipe_text(const pat_degrade_options *options, char **text,
                                                  pat_error *error);

#endif
