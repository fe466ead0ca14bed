/* Depth maps: read as rigs write them, and converted to meters; private to the library. */
#ifndef PAT_RIG_DEPTH_H
#define PAT_RIG_DEPTH_H

#include <stdbool.h>

#include "base/buffer.h"
#include "image/picture.h"

/* The distance of each sample, row by row. Zero-initialize; pat_depth_map_release() when done. */
typedef struct pat_depth_map {
    int width, height;
    float *meters;
    bool divided; /* by 1000: the file has millimeters */
    bool guessed; /* the file's size tells no shape, so its first 480x640 samples were taken */
} pat_depth_map;

/*
 * Read samples without a header: 16-bit, unsigned, in the byte order of this machine. The shape
 * follows from the number of bytes: 480x640, 720x1280, 1080x1920 (height x width), or else a
 * square, or else, if there are enough, the first 480x640 samples. name: for messages. Fails with
 * PAT_EMPTY_FILE, PAT_CORRUPT (too few bytes), PAT_TOO_LARGE or PAT_OUT_OF_MEMORY.
 */
PAT_MUST_CHECK pat_status pat_depth_from_raw(const uint8_t *bytes, size_t size, const char *name,
                                             uint64_t max_pixels, pat_depth_map *map,
                                             pat_error *error);

/* Read a NumPy array. Fails like pat_npy_parse(), or with PAT_EMPTY_FILE or PAT_OUT_OF_MEMORY. */
PAT_MUST_CHECK pat_status pat_depth_from_npy(const uint8_t *bytes, size_t size, const char *name,
                                             uint64_t max_pixels, pat_depth_map *map,
                                             pat_error *error);

/* Take the samples of an image. Fails with PAT_UNSUPPORTED_FORMAT (it is not gray with 16 bits, or
 * has alpha) or PAT_OUT_OF_MEMORY. */
PAT_MUST_CHECK pat_status pat_depth_from_picture(const pat_picture *picture, const char *name,
                                                 pat_depth_map *map, pat_error *error);

void pat_depth_map_release(pat_depth_map *map);

#endif
