/* What the extended features are computed from; private to this folder. */
#ifndef PAT_FEATURES_VIEWS_H
#define PAT_FEATURES_VIEWS_H

#include "base/memory.h"
#include "features/fourier.h"
#include "image/histogram.h"
#include "image/standard_size.h"

enum {
    PAT_TONES_SIDE = 128,  /* the longer side of the view for colors, in pixels */
    PAT_DETAIL_SIDE = 640, /* of the view for sharpness and noise */
    PAT_WORK_BUFFERS = 3
};

/* What is known of each pixel of the view for colors. */
typedef enum pat_tone {
    PAT_TONE_R, /* 0..255, as are Y, the least, the most and the chroma */
    PAT_TONE_G,
    PAT_TONE_B,
    PAT_TONE_Y,          /* 0.299 R + 0.587 G + 0.114 B */
    PAT_TONE_LEAST,      /* of R, G and B */
    PAT_TONE_MOST,       /* of R, G and B */
    PAT_TONE_CHROMA,     /* most - least */
    PAT_TONE_SATURATION, /* chroma / (most + 5) */
    PAT_TONE_CAST_RG,    /* ln((R + 8) / (G + 8)) */
    PAT_TONE_CAST_BG,    /* ln((B + 8) / (G + 8)) */
    PAT_TONE_COUNT
} pat_tone;

/* The view for colors: rows of `width` pixels, without padding. */
typedef struct pat_tones {
    int width, height;
    size_t count;
    const float *at[PAT_TONE_COUNT];     /* in the order of the pixels */
    const float *sorted[PAT_TONE_COUNT]; /* ascending */
} pat_tones;

/* The view for sharpness and noise, in the same arrangement. */
typedef struct pat_detail {
    int width, height;
    size_t count;
    const float *channel[PAT_CHANNELS];
    const float *luma;
    const double *spectrum;        /* complex: rows of width / 2 + 1 frequencies */
    double window_energy;          /* |F|^2 of white noise is its variance times this */
    float *work[PAT_WORK_BUFFERS]; /* `count` floats each, for any use */
} pat_detail;

typedef struct pat_views {
    const pat_image *image; /* whole, at full size; so is its gray version */
    const pat_plane *grey;
    int32_t *reduced;                      /* one number per 2x2 pixels of the image, for any use */
    pat_area content;                      /* inside the border; the following show only that */
    pat_histogram histogram[PAT_CHANNELS]; /* at full size */
    pat_tones tones;
    pat_detail detail;
} pat_views;

/* Zero-initialize; pat_view_memory_release() when done. Reused from image to image. */
typedef struct pat_view_memory {
    pat_raster tones, detail;
    pat_scratch reduced, tone_samples, detail_samples, spectrum;
    pat_fourier fourier;
} pat_view_memory;

/*
 * Prepare the views of an image; they point into `memory`. grey: its gray version. Fails with
 * PAT_OUT_OF_MEMORY or PAT_INTERNAL; the views are then undefined. One thread at a time: FFTW's
 * planner is shared.
 */
PAT_MUST_CHECK pat_status pat_views_prepare(pat_views *views, const pat_image *image,
                                            const pat_plane *grey, pat_view_memory *memory,
                                            pat_error *error);

void pat_view_memory_release(pat_view_memory *memory);

/* A part of the table of extended features: names, in the order of the columns, and the function
 * that measures these features of an image. */
typedef struct pat_feature_part {
    const char *const *names;
    int count;
    void (*measure)(const pat_views *views, double *features);
} pat_feature_part;

typedef struct pat_feature_group {
    const pat_feature_part *parts;
    int count;
} pat_feature_group;

#define PAT_PART(array, function)                                                                  \
    {                                                                                              \
        (array), (int)(sizeof(array) / sizeof *(array)), (function)                                \
    }
#define PAT_GROUP(array)                                                                           \
    {                                                                                              \
        (array), (int)(sizeof(array) / sizeof *(array))                                            \
    }

/* The groups, one file each. */
extern const pat_feature_group pat_overview_features; /* ranges, noise, detail, blocks */
extern const pat_feature_group pat_tone_features;     /* brightness of the channels */
extern const pat_feature_group pat_cast_features;     /* colors */
extern const pat_feature_group pat_grain_features;    /* noise, detail by octave */
extern const pat_feature_group pat_blur_features;     /* edges, spectrum, blocks */

#endif
