/*
 * Images: 8-bit planes, and reading them from files.
 *
 * A pat_image is planar: three planes R, G, B of one size. Rows are `stride` bytes apart; the
 * bytes between width and stride are padding and have no meaning.
 */
#ifndef PATINA_IMAGE_H
#define PATINA_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "patina/status.h"

/* One channel, a borrowed view: sample (x, y) is data[y * stride + x], 0..255. */
typedef struct pat_plane {
    uint8_t *data;
    int width, height; /* >= 1 */
    ptrdiff_t stride;  /* bytes, >= width */
} pat_plane;

enum { PAT_RED, PAT_GREEN, PAT_BLUE, PAT_CHANNELS };

/* Zero-initialize before first use; pat_image_release() when done. Owns its memory. */
typedef struct pat_image {
    int width, height;
    pat_plane plane[PAT_CHANNELS];
    void *block;     /* private: what the planes point into */
    size_t capacity; /* private: its size in bytes */
} pat_image;

/* The default limit on width * height: 2^28, about 268 million pixels. */
#define PAT_MAX_PIXELS_DEFAULT ((uint64_t)1 << 28)

/*
 * Give `image` the size width x height (both 1..2^24), reusing its memory if it is large enough.
 * The samples are then undefined. Fails with PAT_OUT_OF_MEMORY (image is then empty but valid).
 */
PAT_API PAT_MUST_CHECK pat_status pat_image_resize_canvas(pat_image *image, int width, int height,
                                                          pat_error *error);

/* Free the memory and zero the struct. Safe on a zero-initialized or released image. */
PAT_API void pat_image_release(pat_image *image);

/*
 * A file format: PAT_FORMAT_NONE or 1 .. pat_format_count(). The numbers may change in the next
 * version of the library; the names stay.
 */
typedef unsigned pat_format;
enum { PAT_FORMAT_NONE };
PAT_API pat_format pat_format_count(void);

/* The name of a format, such as "png"; "none". Static. */
PAT_API const char *pat_format_name(pat_format format);

/* The format of this name; PAT_FORMAT_NONE if there is none. */
PAT_API pat_format pat_format_find(const char *name);

/* The format of a file that starts with these bytes (32 suffice); PAT_FORMAT_NONE if patina does
 * not read it. */
PAT_API pat_format pat_format_of_bytes(const void *bytes, size_t size);

/* The usual extension of a format's files, without the dot. */
PAT_API const char *pat_format_extension(pat_format format);

/* Whether images of other formats can be written in this one. If not, only images that have this
 * format keep it. */
PAT_API bool pat_format_is_made(pat_format format);

/* Whether images can be written in this format. */
PAT_API bool pat_format_is_written(pat_format format);

/* The format in which images of this format are written, unless another is chosen: the same one if
 * it can be written. PAT_FORMAT_NONE for PAT_FORMAT_NONE. */
PAT_API pat_format pat_format_written_as(pat_format format);

/* Whether writing it takes a quality. True for PAT_FORMAT_NONE, because an image may have such a
 * format. */
PAT_API bool pat_format_has_quality(pat_format format);

/* What pat_format_words() lists. */
typedef enum pat_format_list {
    PAT_LIST_WRITTEN,    /* names of those for which pat_format_is_written(): "png, jpeg" */
    PAT_LIST_MADE,       /* names of those for which pat_format_is_made() */
    PAT_LIST_TITLES,     /* as written in sentences: "PNG, JPEG" */
    PAT_LIST_EXTENSIONS, /* of file names: "png, jpg, jpeg" */
    PAT_LIST_OUTPUTS,    /* of the names of files that can be written */
} pat_format_list;

enum { PAT_FORMAT_WORDS_SIZE = 256 };

/* Write a list separated by commas into `text`, and return it. last: the separator before the last
 * word, such as " or ". */
PAT_API char *pat_format_words(pat_format_list list, const char *last,
                               char text[PAT_FORMAT_WORDS_SIZE]);

/*
 * Start the image decoders. Call it once per process before the first decode, while there is only
 * one thread; further calls do nothing. Do not call it in a process that forks later or must
 * survive running out of memory: the decoding library aborts then. Fails with PAT_INTERNAL if the
 * library cannot start, or PAT_OUT_OF_MEMORY.
 */
PAT_API PAT_MUST_CHECK pat_status pat_codec_init(pat_error *error);

/*
 * Read and decode an image file; the format is found from the content, not the name. The pixels are
 * those of OpenCV 4.6's imread: EXIF orientation applied (not for WebP), alpha dropped, gray
 * repeated, 16-bit reduced to 8, no color management. See docs/decoding.md.
 *
 * path: used as given, never parsed for options. max_pixels: limit on width * height, checked in
 * the header before any pixel is decoded. image: initialized; its memory is reused. Fails with
 * PAT_NOT_FOUND, PAT_UNREADABLE, PAT_NOT_A_FILE, PAT_EMPTY_FILE, PAT_UNSUPPORTED_FORMAT,
 * PAT_CORRUPT, PAT_TOO_LARGE or PAT_OUT_OF_MEMORY; the samples are then undefined, the image still
 * valid to reuse or release. One thread at a time.
 */
PAT_API PAT_MUST_CHECK pat_status pat_image_load(const char *path, uint64_t max_pixels,
                                                 pat_image *image, pat_error *error);

/*
 * The same from memory. bytes: `size` bytes, borrowed during the call. name: of the image, for
 * messages.
 */
PAT_API PAT_MUST_CHECK pat_status pat_image_decode(const void *bytes, size_t size, const char *name,
                                                   uint64_t max_pixels, pat_image *image,
                                                   pat_error *error);

/*
 * Resize one plane as OpenCV's cv2.resize(src, INTER_LINEAR) does on 8-bit data, bit for bit.
 * The sizes are those of the planes; equal sizes copy. src and dst must not overlap. Fails with
 * PAT_OUT_OF_MEMORY (dst is then undefined). Thread-safe on distinct planes.
 */
PAT_API PAT_MUST_CHECK pat_status pat_resize_linear(const pat_plane *src, const pat_plane *dst,
                                                    pat_error *error);

#endif
