/*
 * The samples of a frame, laid out plainly: one plane after the other, Y, U, V or R, G, B, then
 * alpha, rows without padding, in bytes or native uint16_t; private to the library.
 *
 * Decoders and encoders have a hundred layouts (packed, swapped, big-endian, with padding). Frames
 * travel between processes in this one, and every layout that can be converted to it without loss
 * is accepted. Samples of fewer than 8 bits, and colors of palettes, get 8.
 */
#ifndef PAT_FILM_SAMPLES_H
#define PAT_FILM_SAMPLES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "patina/status.h"

enum { PAT_FILM_PLANES_MAX = 4 };

typedef struct pat_film_layout {
    int width, height;
    int depth;            /* bits of all samples, 8..16 */
    int planes;           /* 1: gray; 2: gray, alpha; 3; 4: with alpha */
    bool is_rgb;          /* else the first plane is luma, and two others are chroma */
    int shift_x, shift_y; /* a sample of chroma covers 2^shift pixels each way */
    bool full_range;      /* told by the layout's name: "yuvj420p" */
} pat_film_layout;

/* Size of a plane in samples. */
int pat_film_plane_width(const pat_film_layout *layout, int plane);
int pat_film_plane_height(const pat_film_layout *layout, int plane);

/* Bytes of a sample, up to a plane (`planes`: of all), and from row to row. */
size_t pat_film_sample_size(const pat_film_layout *layout);
size_t pat_film_offset(const pat_film_layout *layout, int plane);
size_t pat_film_stride(const pat_film_layout *layout, int plane);

/* For the decoder and the encoder; struct AVFrame and pixel formats are libavutil's. */
struct AVFrame;

/* The layout of a pixel format (enum AVPixelFormat) at this size. Fails with PAT_UNSUPPORTED_FORMAT
 * if there is none: floating point, unequal depths, hardware. name: of the film, for the
 * message. */
PAT_MUST_CHECK pat_status pat_film_layout_of(int pixel_format, int width, int height,
                                             const char *name, pat_film_layout *layout,
                                             pat_error *error);

/* Copy the samples of a frame, which has the layout, to or from pat_film_offset(layout, planes)
 * bytes. To: only formats with as many bits as the layout. */
void pat_film_unpack(const struct AVFrame *frame, const pat_film_layout *layout, uint8_t *samples);
void pat_film_pack(const uint8_t *samples, const pat_film_layout *layout, struct AVFrame *frame);

#endif
