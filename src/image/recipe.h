/*
 * How to convert a decoder's rows to a pat_image; private to this folder. Each format fills in the
 * recipe when it inspects a file.
 */
#ifndef PAT_IMAGE_RECIPE_H
#define PAT_IMAGE_RECIPE_H

#include <stdbool.h>

#include "patina/image.h"

/* Zero-initialize; the format's look() fills it in. */
typedef struct pat_recipe {
    enum {
        PAT_RGB, /* a fourth channel is ignored; one or two channels become PAT_GREY */
        PAT_GREY,
        PAT_RGB_TIMES_ALPHA,
        PAT_CMYK,
        PAT_CMYK_INVERTED, /* 255: no ink */
    } color;
    enum { PAT_HIGH_BYTE, PAT_ROUNDED } narrowing; /* of 16-bit samples */
    unsigned orientation;                          /* as in EXIF, 1..8; anything else means 1 */
    const char *unsupported; /* why it cannot be decoded, as part of a message; NULL: it can */
    const char *remedy;      /* what to do with an unsupported file; NULL: convert it */
    const char *damage;      /* what is damaged, likewise; NULL: nothing found */
    bool cut_short;          /* do not decode: a library would allocate memory for missing data */
    size_t hidden_alpha;     /* offset of a byte to clear before libvips decodes; 0: none */

    /* Properties of the file, to write it in the same form or to note what changed. */
    unsigned bits;         /* per sample; 0: unknown */
    bool palette;          /* samples are palette indices */
    bool more_images;      /* only the first of several images is decoded */
    bool auxiliary_images; /* such as a depth map */
    bool untold_colors;  /* they are not sRGB, and there is no profile to say so in the new file */
    bool compressed;     /* in a format where compression is optional */
    bool lossless;       /* in a format that can be either */
    bool subsampled;     /* chroma at half resolution in both directions */
    bool extra_is_alpha; /* rather than a channel of unspecified meaning */
    bool has_resolution; /* in pixels per length; libvips reports 1 per mm if it is unknown */
    /* If the file has an aspect ratio instead of a resolution: the numbers of pixels across and
     * down that cover the same length, at most 65535. Else 0. */
    uint32_t aspect[2];
    size_t extra_channel; /* file offset of the low byte of its meaning; 0: none */
} pat_recipe;

/* The part of `light` (0..255) that `ink` lets through, by OpenCV's formula and by libtiff's. */
static inline uint8_t pat_light_opencv(int light, int ink)
{
    return (uint8_t)(light - (ink * light >> 8));
}

static inline uint8_t pat_light_libtiff(int light, int ink)
{
    return (uint8_t)(light * (255 - ink) / 255);
}

/* Whether the recipe's orientation swaps width and height. */
bool pat_recipe_swaps_sides(const pat_recipe *recipe);

/* Set the aspect ratio to across : down, reduced if it does not fit 16 bits; 1 : 1 if either is 0.
 */
void pat_recipe_set_aspect(pat_recipe *recipe, uint64_t across, uint64_t down);

/* Whether the recipe works for rows of `bands` channels. May change its color to PAT_GREY. */
bool pat_recipe_takes(pat_recipe *recipe, int bands);

/* Resize `image` to width x height pixels, swapped if the recipe's orientation swaps the sides.
 * Fails with PAT_OUT_OF_MEMORY. */
PAT_MUST_CHECK pat_status pat_recipe_make_canvas(const pat_recipe *recipe, int width, int height,
                                                 pat_image *image, pat_error *error);

/* Narrow `count` 16-bit samples to 8 bits. */
void pat_recipe_narrow(const pat_recipe *recipe, const uint16_t *wide, size_t count, uint8_t *out);

/* State for converting one image's rows; set by pat_recipe_begin(). */
typedef struct pat_rows {
    const pat_recipe *recipe;
    const pat_image *image;
    int width, bands;             /* of the rows: `bands` 8-bit samples per pixel */
    ptrdiff_t start, right, down; /* sample (x, y) goes to data[start + y * down + x * right] */
} pat_rows;

/* image: from pat_recipe_make_canvas() with the same recipe and size. */
pat_rows pat_recipe_begin(const pat_recipe *recipe, int width, int height, int bands,
                          const pat_image *image);
void pat_rows_put(const pat_rows *rows, const uint8_t *row, int y);

#endif
