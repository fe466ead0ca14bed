/*
 * An image as stored in its file, to be changed and written back; private to the library.
 *
 * Unlike a pat_image, from which features and scores are computed, a pat_picture keeps what the
 * file has: gray or color, 8 or 16 bits, alpha and metadata. The orientation tag is not applied.
 */
#ifndef PAT_IMAGE_PICTURE_H
#define PAT_IMAGE_PICTURE_H

#include <stdbool.h>

#include "base/buffer.h"
#include "image/format.h"
#include "image/plane.h"

/* Notes on what could not be kept. */
typedef enum pat_note {
    PAT_NOTE_PALETTE,
    PAT_NOTE_CMYK,
    PAT_NOTE_LOW_DEPTH,
    PAT_NOTE_MULTIPLIED_ALPHA,
    PAT_NOTE_FIRST_PAGE,
    PAT_NOTE_AUXILIARY,
    PAT_NOTE_UNTOLD_COLORS,
    PAT_NOTE_24_BITS,
    PAT_NOTE_NO_ALPHA,
    PAT_NOTE_NARROWED,
    PAT_NOTE_12_BITS,
    PAT_NOTE_GREY_TO_RGB,
    PAT_NOTE_EXTRA_CHANNELS,
    PAT_NOTE_NO_ASPECT,
    PAT_NOTE_NO_EXIF, /* these four are in the order of pat_metadata */
    PAT_NOTE_NO_XMP,
    PAT_NOTE_NO_IPTC,
    PAT_NOTE_NO_TEXT,
    PAT_NOTE_PART_OF_XMP,
    PAT_NOTES
} pat_note;

/* A note in words: "the palette was converted to full color". Static. */
const char *pat_note_text(pat_note note);

enum { PAT_BANDS_MAX = PAT_CHANNELS + 1 };

/* Zero-initialize; pat_picture_release() when done. */
typedef struct pat_picture {
    pat_format format;
    int width, height;
    int depth;      /* bits per sample: 8 or 16 */
    int channels;   /* color channels: 1 (gray) or 3 (R, G, B) */
    bool has_alpha; /* as one more plane after the color planes */
    /* The samples, which may be changed in place: `plane` at 8 bits, `deep` at 16. */
    pat_plane plane[PAT_BANDS_MAX];
    pat_deep_plane deep[PAT_BANDS_MAX];
    unsigned notes;      /* bit i: pat_note i */
    bool xmp_incomplete; /* a part of the file's XMP could not be read */

    /* private: the file (borrowed) and its metadata */
    pat_file_bytes file;
    const char *name;
    const pat_file_format *row; /* the row of `format` */
    pat_recipe recipe;
    double pixels_per_mm[2];   /* across, down; 0: unknown */
    struct _VipsImage *source; /* NULL: not loaded by libvips */
    void *block;               /* what the planes point into */
} pat_picture;

/*
 * Load the file in bytes[0..size-1] into a zeroed or released pat_picture. pat_image_decode() must
 * have accepted the bytes: it checks for damage, limits and unsupported variants. They and `name`
 * (for messages) are borrowed until the release. Fails with PAT_OUT_OF_MEMORY, PAT_CORRUPT (libvips
 * finds damage that pat_image_decode() did not) or PAT_UNSUPPORTED_FORMAT; release the picture even
 * then.
 */
PAT_MUST_CHECK pat_status pat_picture_load(pat_picture *picture, const void *bytes, size_t size,
                                           const char *name, pat_error *error);

/*
 * Change a file in memory so that `page`, from 1, is the page that is decoded and loaded. count:
 * receives the number of pages or frames. name: the file's, for the message. Fails with
 * PAT_NOT_FOUND if there is no such page, or if pages of this format cannot be chosen.
 */
PAT_MUST_CHECK pat_status pat_picture_choose_page(uint8_t *bytes, size_t size, const char *name,
                                                  int page, int *count, pat_error *error);

/* How to write an image. */
typedef struct pat_picture_options {
    pat_format format; /* PAT_FORMAT_NONE: as pat_format_written_as() says */
    int quality;       /* for lossy compression, 1..100; 0: 95 */
    bool strip;        /* keep only samples, ICC profile and resolution */
} pat_picture_options;

/*
 * Append the image to `out` as a file. If its format is unchanged and it is not stripped, the
 * file's metadata is kept (docs/restore.md); otherwise the image is turned upright and only
 * metadata that libvips knows is kept. Losses are added to picture->notes. Fails with
 * PAT_OUT_OF_MEMORY, PAT_TOO_LARGE (sides too long for the format) or PAT_INTERNAL; `out` is then
 * undefined.
 */
PAT_MUST_CHECK pat_status pat_picture_save(pat_picture *picture, const pat_picture_options *options,
                                           pat_buffer *out, pat_error *error);

void pat_picture_release(pat_picture *picture);

/* ---- For the formats ------------------------------------------------------------------------- */

/* The options, translated for the output format. */
typedef struct pat_picture_plan {
    const pat_file_format *row; /* of the output format */
    int bands, depth;
    int quality;        /* for lossy compression */
    bool lossless;      /* in a format that can be either */
    bool carries;       /* the row's carry() writes the metadata, not libvips */
    bool strips;        /* keep only ICC profile and resolution */
    bool upright;       /* the orientation is applied */
    bool interlaced;    /* or progressive */
    bool subsampled;    /* chroma at half resolution */
    bool compressed;    /* in a format where compression is optional */
    uint32_t aspect[2]; /* of the pixels, as written; see recipe.h */
} pat_picture_plan;

/* Implementations of pat_file_format.load and .save with libvips. */
PAT_MUST_CHECK pat_status pat_picture_load_source(pat_picture *picture, pat_error *error);
PAT_MUST_CHECK pat_status pat_picture_save_target(const pat_picture *picture,
                                                  const pat_picture_plan *plan, pat_buffer *out,
                                                  pat_error *error);

/* Allocate the planes from the size, depth, channels and alpha. Fails with PAT_OUT_OF_MEMORY. */
PAT_MUST_CHECK pat_status pat_picture_reserve(pat_picture *picture, pat_error *error);

/* Get metadata that libvips has read: VIPS_META_XMP_NAME or VIPS_META_EXIF_NAME. Its bytes are NULL
 * if there is none. */
pat_file_bytes pat_picture_metadata(const pat_picture *picture, const char *name);

/* Whether EXIF can be written: libvips fails if it is too short, and libexif ignores it if it is
 * longer than a JPEG segment. */
bool pat_picture_exif_fits(size_t size);

/* Add a note if it applies; and whether a note has been added. */
void pat_picture_note(pat_picture *picture, bool applies, pat_note note);
bool pat_picture_has_note(const pat_picture *picture, pat_note note);

/* Fail with `status` or PAT_OUT_OF_MEMORY, with libvips's message. what: what failed, such as
 * "loading". */
pat_status pat_picture_fail(const pat_picture *picture, pat_status status, const char *what,
                            pat_error *error);

#endif
