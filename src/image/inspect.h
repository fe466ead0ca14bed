/*
 * What is found in a file's bytes before libvips decodes it: what libvips does not tell, or does
 * otherwise than OpenCV's imread. Private to the library.
 */
#ifndef PAT_IMAGE_INSPECT_H
#define PAT_IMAGE_INSPECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How the rows that libvips delivers become R, G and B. Zero-initialise; inspection fills it. */
typedef struct pat_recipe {
    enum { PAT_RGB, PAT_GREY, PAT_RGB_TIMES_ALPHA, PAT_CMYK_OF_JPEG, PAT_CMYK_OF_TIFF } color;
    enum { PAT_HIGH_BYTE, PAT_ROUNDED } narrowing; /* of 16-bit samples */

    unsigned orientation;    /* as in EXIF, 1..8; anything else means 1 */
    unsigned bits;           /* PNG, TIFF: per sample */
    bool palette;            /* PNG, TIFF: the samples are indices of colours */
    bool packed;             /* TIFF: compressed */
    bool extra_is_alpha;     /* TIFF: as opposed to a channel of unspecified meaning */
    size_t extra_channel;    /* TIFF: where the lowest byte of that meaning is; 0: nowhere */
    bool lossless;           /* WebP */
    bool animated;           /* PNG; of others it is a reason not to decode */
    size_t hidden_alpha;     /* TIFF: this byte is to be 0 when libvips decodes; 0: none */
    const char *unsupported; /* why not to decode, for use in a message; NULL: no reason */
    const char *damage;      /* the same */
} pat_recipe;

/*
 * Each looks into bytes[0..size-1], which begin with the format's signature and may be truncated
 * or hostile: nothing outside is read. No failure but what the recipe says. PNG: one thread at a
 * time.
 */
void pat_inspect_jpeg(const uint8_t *bytes, size_t size, pat_recipe *recipe);
void pat_inspect_png(const uint8_t *bytes, size_t size, pat_recipe *recipe);
void pat_inspect_webp(const uint8_t *bytes, size_t size, pat_recipe *recipe);
void pat_inspect_tiff(const uint8_t *bytes, size_t size, pat_recipe *recipe);

#endif
