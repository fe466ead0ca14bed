/*
 * The file formats, one row each; private to the library.
 *
 * To add a format, define its row in format_NAME.c and add NAME to PAT_FORMATS. All other code
 * reads the rows: a format's names, how to recognize, decode and write it, and what it can store.
 */
#ifndef PAT_IMAGE_FORMAT_H
#define PAT_IMAGE_FORMAT_H

#include <stdbool.h>

#include "base/buffer.h"
#include "image/bytes.h"
#include "image/recipe.h"
#include "patina/image.h"

/* In the order in which messages list them. */
#define PAT_FORMATS(X) X(png) X(jpeg) X(webp) X(tiff) X(bmp) X(avif) X(jxl) X(heic) X(gif) X(jp2)

enum { PAT_EXTENSIONS_MAX = 6, PAT_SIGNATURES_MAX = 4, PAT_PHRASES_MAX = 3 };

/* Kinds of metadata that a file may have. */
typedef enum pat_metadata {
    PAT_METADATA_EXIF,
    PAT_METADATA_XMP,
    PAT_METADATA_IPTC,
    PAT_METADATA_TEXT, /* comments and descriptions */
    PAT_METADATA
} pat_metadata;

struct pat_source;
struct pat_picture;
struct pat_picture_plan;
struct _VipsImage;
struct _VipsTarget;

/* Pointers may be NULL only where stated; lists end with NULL unless they are full. */
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

    /* Inspect a file, which has a matching signature but may be truncated or hostile, and fill in
     * the zeroed recipe. One thread at a time. NULL: nothing to inspect. */
    void (*look)(pat_file_bytes file, pat_recipe *recipe);
    /* Count the pages. The file may be hostile. NULL: there is one. */
    int (*count_pages)(pat_file_bytes file);
    /* Change the file so that `page`, 2 .. count_pages(), is its first page. NULL: impossible. */
    void (*put_first)(uint8_t *bytes, size_t size, int page);
    /* Implements pat_image_decode(), after look(). With libvips: pat_codec_decode(). */
    pat_status (*decode)(const struct pat_source *source, pat_recipe *recipe, pat_image *image);
    /* Implements pat_picture_load(), after look(). With libvips: pat_picture_load_source(). */
    pat_status (*load)(struct pat_picture *picture, pat_error *error);

    /* The libvips operation that loads a VipsSource, and its class, to unblock. NULL: libvips does
     * not load the format. */
    const char *loader, *loader_class;
    const char *module; /* the module of libvips that loads and saves the format; NULL: none */
    bool loads_whole;   /* libvips decodes all pixels at once: in memory, not in a file */
    bool goes_on_after_errors; /* the library reports an error and continues decoding */
    bool pages_are_sizes;      /* what libvips counts as pages are smaller versions of one image */
    const char *interlaced;    /* the libvips field for this; NULL: none */
    /* Whether a warning from the format's library reports damage. NULL: only libvips's own do. */
    bool (*warns_of_damage)(const char *message);
    const char *unsupported[PAT_PHRASES_MAX]; /* phrases in errors about unsupported variants */
    /* How to convert CMYK from libvips: see recipe.h. NULL: the format has no CMYK. */
    uint8_t (*light)(int light, int ink);

    /* ---- Writing ---- */

    /* The format in which restored images are written by default. NULL: this one. If it is another,
     * this format is never written, and only has_metadata is used of the fields below. */
    const struct pat_file_format *written_as;
    bool only_kept; /* written only when the input has this format */
    bool has_alpha, has_grey, has_16_bits;
    bool has_aspect;   /* it can store the pixels' aspect ratio without a resolution */
    bool has_12_of_16; /* it keeps only the upper 12 bits of 16-bit samples */
    bool has_quality;  /* it has lossy compression */
    int longest_side;  /* maximum side in pixels; 0: that of pat_image */
    /* Implements pat_picture_save() by `plan`. With libvips and the functions below:
     * pat_picture_save_target(). */
    pat_status (*save)(const struct pat_picture *picture, const struct pat_picture_plan *plan,
                       pat_buffer *out, pat_error *error);
    const char *saver_class; /* to unblock; NULL: libvips trusts it */
    /* Call libvips's save operation and return its result. */
    int (*encode)(const struct pat_picture_plan *plan, struct _VipsImage *image,
                  struct _VipsTarget *target);
    /* Patch the new file. NULL: no patch needed. */
    void (*finish)(const struct pat_picture *picture, const struct pat_picture_plan *plan,
                   uint8_t *bytes, size_t size);
    /* Append the new file `saved` to `out`, adding what libvips does not write. Not called if
     * carry() is. NULL: nothing to add. */
    void (*complete)(const struct pat_picture *picture, const struct pat_picture_plan *plan,
                     pat_file_bytes saved, pat_buffer *out);
    /*
     * Append the new file `pixels` to `out`, with the metadata of `original` instead of its own.
     * profile: whether the ICC profile still applies. `original` may be hostile: never read outside
     * it, and skip invalid parts. The structure of `pixels` is trusted. NULL: libvips copies the
     * metadata it knows.
     */
    void (*carry)(pat_file_bytes original, pat_file_bytes pixels, bool profile, pat_buffer *out);
    /* Whether the file has metadata of this kind. The file may be hostile. NULL: the format has
     * none. */
    bool (*has_metadata)(pat_file_bytes file, pat_metadata kind);
} pat_file_format;

#define PAT_FORMAT_DECLARE(name) extern const pat_file_format pat_format_##name##_row;
PAT_FORMATS(PAT_FORMAT_DECLARE)
#undef PAT_FORMAT_DECLARE

/* A format's row; that of PAT_FORMAT_NONE has only names. Static. */
const pat_file_format *pat_format_row(pat_format format);

/* The row of the format in which images of this format are written by default: see written_as. */
const pat_file_format *pat_format_row_written(const pat_file_format *row);

/* Whether a file begins with the signature; '?' in it matches any byte. */
bool pat_format_matches(pat_file_bytes file, const char *signature, size_t size);

/* A file's format, from its first bytes or from its extension, ignoring case. PAT_FORMAT_NONE if
 * unknown. */
pat_format pat_format_of_file(pat_file_bytes file);
pat_format pat_format_of_name(const char *name);

#endif
