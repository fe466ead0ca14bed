/*
 * The file formats, a row each; private to the library.
 *
 * A format is a file format_NAME.c, which defines its row, and its name in PAT_FORMATS. All other
 * code reads the rows: the format's names, how it is recognized, decoded and written, and what it
 * keeps of an image.
 */
#ifndef PAT_IMAGE_FORMAT_H
#define PAT_IMAGE_FORMAT_H

#include <stdbool.h>

#include "base/buffer.h"
#include "image/bytes.h"
#include "image/recipe.h"
#include "patina/image.h"

/* In the order in which texts list them. */
#define PAT_FORMATS(X) X(png) X(jpeg) X(webp) X(tiff) X(bmp)

enum { PAT_EXTENSIONS_MAX = 2, PAT_SIGNATURES_MAX = 4, PAT_PHRASES_MAX = 3 };

struct pat_source;
struct pat_picture;
struct pat_picture_plan;
struct _VipsImage;
struct _VipsTarget;

/* Pointers and texts may be NULL only where this is stated; lists that are not full end with
 * NULL. */
typedef struct pat_file_format {
    const char *name;                           /* in options and JSON: "jpeg" */
    const char *title;                          /* in messages: "JPEG" */
    const char *media_type;                     /* "image/jpeg" */
    const char *extensions[PAT_EXTENSIONS_MAX]; /* lower case; the usual one first */

    /* Signatures: a file begins with one of these; '?' matches any byte. */
    struct {
        const char *bytes;
        size_t size;
    } signatures[PAT_SIGNATURES_MAX];

    /* ---- Reading ---- */

    /* Inspect a file that begins with a signature and may be truncated or hostile; complete the
     * zeroed recipe. One thread at a time. NULL: nothing to inspect. */
    void (*look)(pat_file_bytes file, pat_recipe *recipe);
    /* As pat_image_decode(), after the inspection. pat_codec_decode(): with libvips. */
    pat_status (*decode)(const struct pat_source *source, pat_recipe *recipe, pat_image *image);
    /* As pat_picture_load(), after the inspection. pat_picture_load_source(): with libvips. */
    pat_status (*load)(struct pat_picture *picture, pat_error *error);

    /* libvips's operation that loads a VipsSource, and its class, which is unblocked. NULL: libvips
     * does not load the format. */
    const char *loader, *loader_class;
    bool loads_whole;          /* libvips has all pixels at once: in memory, not in a file */
    bool goes_on_after_errors; /* the library reports an error and continues decoding */
    const char *interlaced;    /* libvips's field for this; NULL: none */
    /* Whether a warning of the library is about damage. NULL: only libvips's own warnings are. */
    bool (*warns_of_damage)(const char *message);
    const char *unsupported[PAT_PHRASES_MAX]; /* parts of errors about kinds of the format */
    /* How to convert CMYK from libvips: see recipe.h. NULL: the format has no CMYK. */
    uint8_t (*light)(int light, int ink);

    /* ---- Writing ---- */

    bool only_kept; /* written only for files of the same format */
    bool has_alpha, has_grey, has_16_bits;
    bool has_quality; /* it can lose detail for a smaller file */
    int longest_side; /* maximum side in pixels; 0: that of an image */
    /* As pat_picture_save(), by plan. pat_picture_save_target(): with libvips and the rest. */
    pat_status (*save)(const struct pat_picture *picture, const struct pat_picture_plan *plan,
                       pat_buffer *out, pat_error *error);
    /* Call libvips's save operation; returns its result. */
    int (*encode)(const struct pat_picture_plan *plan, struct _VipsImage *image,
                  struct _VipsTarget *target);
    /* Change the new file. NULL: no change needed. */
    void (*finish)(const struct pat_picture *picture, uint8_t *bytes, size_t size);
    /*
     * Append to `out` the file `pixels`, with the metadata of `original` in place of its own.
     * profile: whether the ICC profile still applies. `original` may be hostile: nothing outside of
     * it is read, and invalid parts are left out. `pixels` is new, so its structure is trusted.
     * NULL: libvips copies what it knows.
     */
    void (*carry)(pat_file_bytes original, pat_file_bytes pixels, bool profile, pat_buffer *out);
} pat_file_format;

#define PAT_FORMAT_DECLARE(name) extern const pat_file_format pat_format_##name##_row;
PAT_FORMATS(PAT_FORMAT_DECLARE)
#undef PAT_FORMAT_DECLARE

/* The row of a format; that of PAT_FORMAT_NONE has only texts. Static. */
const pat_file_format *pat_format_row(pat_format format);

/* The format of a file by its first bytes; or by its extension, ignoring case. PAT_FORMAT_NONE if
 * unknown. */
pat_format pat_format_of_file(pat_file_bytes file);
pat_format pat_format_of_name(const char *name);

#endif
