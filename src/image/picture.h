/*
 * An image as its file has it, to be changed and written again; private to the library.
 *
 * Unlike a pat_image, which is what features and scores are taken of, a pat_picture keeps what the
 * file has: gray or color, 8 or 16 bits, alpha, and the data around the samples. The orientation
 * tag is not applied.
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
    PAT_NOTE_24_BITS,
    PAT_NOTE_NO_ALPHA,
    PAT_NOTE_NARROWED,
    PAT_NOTE_GREY_TO_RGB,
    PAT_NOTES
} pat_note;

/* A note in words: "the palette became full color". Static. */
const char *pat_note_text(pat_note note);

enum { PAT_BANDS_MAX = PAT_CHANNELS + 1 };

/* Zero-initialize; pat_picture_release() when done. */
typedef struct pat_picture {
    pat_format format;
    int width, height;
    int depth;      /* bits per sample: 8 or 16 */
    int channels;   /* of color: 1 (gray) or 3 (R, G, B) */
    bool has_alpha; /* one more plane, after the color planes */
    /* The samples, to be changed in place; one of the two, by the depth. */
    pat_plane plane[PAT_BANDS_MAX];
    pat_deep_plane deep[PAT_BANDS_MAX];
    unsigned notes; /* bit i: pat_note i */

    /* private: the file (borrowed), and its data besides the samples */
    pat_file_bytes file;
    const char *name;
    const pat_file_format *row; /* of its format */
    pat_recipe recipe;
    double pixels_per_mm[2];   /* across, down; 0: not known */
    struct _VipsImage *source; /* NULL: libvips has not loaded it */
    void *block;               /* what the planes point into */
} pat_picture;

/*
 * Load the file in bytes[0..size-1] into a zeroed or released image. The bytes must have passed
 * pat_image_decode(), which checks damage, limits and unsupported kinds; they and `name`, for
 * messages, stay borrowed until the image is released. Fails with PAT_OUT_OF_MEMORY or PAT_CORRUPT
 * (libvips finds damage that pat_image_decode() did not); the image is then to be released.
 */
PAT_MUST_CHECK pat_status pat_picture_load(pat_picture *picture, const void *bytes, size_t size,
                                           const char *name, pat_error *error);

/* How an image is written. */
typedef struct pat_picture_options {
    pat_format format; /* PAT_FORMAT_NONE: the image's own */
    int quality;       /* of a lossy coding, 1..100; 0: 95 */
    bool strip;        /* keep only samples, ICC profile and resolution */
} pat_picture_options;

/*
 * Append the image as a file to `out`. In its own format and not stripped it keeps what the file
 * has besides the samples (docs/restore.md); otherwise it is turned upright and keeps what libvips
 * knows. What is lost on the way is added to image->notes. Fails with PAT_OUT_OF_MEMORY,
 * PAT_INVALID_ARGUMENT (sides too long for the format) or PAT_INTERNAL; `out` is then undefined.
 */
PAT_MUST_CHECK pat_status pat_picture_save(pat_picture *picture, const pat_picture_options *options,
                                           pat_buffer *out, pat_error *error);

void pat_picture_release(pat_picture *picture);

/* ---- For the formats ------------------------------------------------------------------------- */

/* The options for writing, in the terms of the format. */
typedef struct pat_picture_plan {
    const pat_file_format *row; /* of the format to write */
    int bands, depth;
    int quality;     /* of a lossy coding */
    bool lossless;   /* of a format that can be either */
    bool carries;    /* the row's carry() writes the metadata, not libvips */
    bool strips;     /* nor does either */
    bool upright;    /* the orientation is applied */
    bool interlaced; /* or progressive */
    bool subsampled; /* color at half the resolution */
    bool compressed; /* of a format that need not be */
} pat_picture_plan;

/* With libvips: values for pat_file_format.load and .save. */
PAT_MUST_CHECK pat_status pat_picture_load_source(pat_picture *picture, pat_error *error);
PAT_MUST_CHECK pat_status pat_picture_save_target(const pat_picture *picture,
                                                  const pat_picture_plan *plan, pat_buffer *out,
                                                  pat_error *error);

/* Make the planes, by size, depth, channels and alpha. Fails with PAT_OUT_OF_MEMORY. */
PAT_MUST_CHECK pat_status pat_picture_reserve(pat_picture *picture, pat_error *error);

/* Add a note if it applies. Returns whether it was added. */
void pat_picture_note(pat_picture *picture, bool applies, pat_note note);
bool pat_picture_has_note(const pat_picture *picture, pat_note note);

/* Fail with `status` or PAT_OUT_OF_MEMORY, with libvips's message. what: "loading". */
pat_status pat_picture_fail(const pat_picture *picture, pat_status status, const char *what,
                            pat_error *error);

#endif
