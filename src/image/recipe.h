/*
 * How a decoder's rows become a pat_image; private to the folder. A format's inspection of a file
 * writes the recipe.
 */
#ifndef PAT_IMAGE_RECIPE_H
#define PAT_IMAGE_RECIPE_H

#include <stdbool.h>

#include "patina/image.h"

/* Zero-initialize; the inspection of the file fills it in. */
typedef struct pat_recipe {
    enum {
        PAT_RGB, /* a fourth channel is left out; one or two channels are PAT_GREY */
        PAT_GREY,
        PAT_RGB_TIMES_ALPHA,
        PAT_CMYK,
        PAT_CMYK_INVERTED, /* 255: no ink */
    } color;
    enum { PAT_HIGH_BYTE, PAT_ROUNDED } narrowing; /* of 16-bit samples */
    unsigned orientation;                          /* as in EXIF, 1..8; anything else means 1 */
    const char *unsupported; /* why not to decode, for use in a message; NULL: no reason */
    const char *damage;      /* the same */
    size_t hidden_alpha;     /* this byte must be 0 when libvips decodes; 0: none */

    /* Properties of the file, so that it can be written in the same form, or a note made if it
     * cannot. */
    unsigned bits;        /* per sample; 0: not looked at */
    bool palette;         /* the samples are indices of colors */
    bool more_images;     /* the file has more images than the first, which is decoded */
    bool compressed;      /* of a format that need not be */
    bool lossless;        /* of a format that can be either */
    bool subsampled;      /* color at half the resolution in both directions */
    bool extra_is_alpha;  /* as opposed to a channel of unspecified meaning */
    size_t extra_channel; /* where the lowest byte of that meaning is in the file; 0: nowhere */
} pat_recipe;

/* The light left of `light` (0..255) under `ink`: OpenCV's formula for CMYK, and libtiff's. */
static inline uint8_t pat_light_opencv(int light, int ink)
{
    return (uint8_t)(light - (ink * light >> 8));
}

static inline uint8_t pat_light_libtiff(int light, int ink)
{
    return (uint8_t)(light * (255 - ink) / 255);
}

/* Whether rows of `bands` 8- or 16-bit channels suit the recipe. Completes the recipe. */
bool pat_recipe_takes(pat_recipe *recipe, int bands);

/* Give `image` the size that width x height pixels have after the recipe's rotation. Fails with
 * PAT_OUT_OF_MEMORY. */
PAT_MUST_CHECK pat_status pat_recipe_make_canvas(const pat_recipe *recipe, int width, int height,
                                                 pat_image *image, pat_error *error);

/* Narrow `count` 16-bit samples to 8 bits. */
void pat_recipe_narrow(const pat_recipe *recipe, const uint16_t *wide, size_t count, uint8_t *out);

/* The conversion of one image's rows. Set by pat_recipe_begin(). */
typedef struct pat_rows {
    const pat_recipe *recipe;
    const pat_image *image;
    int width, bands;             /* of the rows: 8-bit samples, `bands` to a pixel */
    ptrdiff_t start, right, down; /* sample (x, y) goes to data[start + y * down + x * right] */
} pat_rows;

/* image: its canvas was made for height rows of this width. */
pat_rows pat_recipe_begin(const pat_recipe *recipe, int width, int height, int bands,
                          const pat_image *image);
void pat_rows_put(const pat_rows *rows, const uint8_t *row, int y);

#endif
