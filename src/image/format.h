/*
 * The file formats, a row each; private to the library.
 *
 * A format is a file format_NAME.c, which defines its row, and its name in PAT_FORMATS. Everything
 * else asks the rows: what a format is called, how it is recognized, decoded and written, and what
 * it keeps of an image.
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

/* Pointers and texts may be NULL where this is said; lists that are not full end with NULL. */
typedef struct pat_file_format {
    const char *name;                           /* in options and JSON: "jpeg" */
    const char *title;                          /* in messages: "JPEG" */
    const char *media_type;                     /* "image/jpeg" */
    const char *extensions[PAT_EXTENSIONS_MAX]; /* lower case; the usual one first */

    /* What files begin with, one of these; '?' stands for any byte. */
    struct {
        const char *bytes;
        size_t size;
    } signatures[PAT_SIGNATURES_MAX];

    /* ---- Reading ---- */

    /* Look into a file that begins with a signature and may be truncated or hostile; complete the
     * zeroed recipe. One thread at a time. NULL: there is nothing to find. */
    void (*look)(pat_file_bytes file, pat_recipe *recipe);
    /* As pat_image_decode(), after the look. pat_codec_decode(): with libvips. */
    pat_status (*decode)(const struct pat_source *source, pat_recipe *recipe, pat_image *image);
    /* As pat_picture_load(), after the look. pat_picture_load_source(): with libvips. */
    pat_status (*load)(struct pat_picture *picture, pat_error *error);

    /* libvips's operation that loads a VipsSource, and the class of it to be allowed. NULL: libvips
     * does not load the format. */
    const char *loader, *loader_class;
    bool loads_whole;          /* libvips has all pixels at once: in memory, not in a file */
    bool goes_on_after_errors; /* the library reports an error and goes on decoding */
    const char *interlaced;    /* libvips's field that says so; NULL: it has none */
    /* Whether a warning of the library is about damage. NULL: none is but libvips's own. */
    bool (*warns_of_damage)(const char *message);
    const char *unsupported[PAT_PHRASES_MAX]; /* parts of errors about kinds of the format */
    /* What CMYK as libvips delivers it becomes: see recipe.h. NULL: the format has no CMYK. */
    uint8_t (*light)(int light, int ink);

    /* ---- Writing ---- */

    bool only_kept; /* written for files of the same format alone */
    bool has_alpha, has_grey, has_16_bits;
    bool has_quality; /* it can lose detail for a smaller file */
    int longest_side; /* pixels; 0: as an image may have */
    /* As pat_picture_save(), by plan. pat_picture_save_target(): with libvips and the rest. */
    pat_status (*save)(const struct pat_picture *picture, const struct pat_picture_plan *plan,
                       pat_buffer *out, pat_error *error);
    /* Call the operation of libvips that saves; returns its result. */
    int (*encode)(const struct pat_picture_plan *plan, struct _VipsImage *image,
                  struct _VipsTarget *target);
    /* Change the file just made. NULL: it is right as it is. */
    void (*finish)(const struct pat_picture *picture, uint8_t *bytes, size_t size);
    /*
     * Append to `out` the file `pixels`, with the metadata of `original` in place of its own.
     * profile: whether the ICC profile still applies. `original` may be hostile: nothing outside of
     * it is read, and what does not fit is left out. For `pixels`, just made, the structure is
     * relied on. NULL: libvips carries over what it knows.
     */
    void (*carry)(pat_file_bytes original, pat_file_bytes pixels, bool profile, pat_buffer *out);
} pat_file_format;

#define PAT_FORMAT_DECLARE(name) extern const pat_file_format pat_format_##name##_row;
PAT_FORMATS(PAT_FORMAT_DECLARE)
#undef PAT_FORMAT_DECLARE

/* The row of a format; of PAT_FORMAT_NONE one with texts alone. Static. */
const pat_file_format *pat_format_row(pat_format format);

/* The format of a file by its first bytes, or by the extension of its name in any letter case;
 * PAT_FORMAT_NONE if it is none of ours. */
pat_format pat_format_of_file(pat_file_bytes file);
pat_format pat_format_of_name(const char *name);

#endif
