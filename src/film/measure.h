/* What is measured of every frame of a film; private to the library. */
#ifndef PAT_FILM_MEASURE_H
#define PAT_FILM_MEASURE_H

#include "film/exposure.h"
#include "image/picture.h"

enum { PAT_THUMB_WIDTH = 32, PAT_THUMB_HEIGHT = 18, PAT_THUMB_SIZE = 32 * 18 };

typedef struct pat_frame_measure {
    pat_quantiles quantiles;
    double luma;                   /* mean of 0.299 R + 0.587 G + 0.114 B, 0..255 */
    uint8_t thumb[PAT_THUMB_SIZE]; /* luma of the frame, shrunk; smaller frames are stretched */
} pat_frame_measure;

/* Measure a frame, gray or color, 8 or 16 bits. Fails with PAT_OUT_OF_MEMORY. */
PAT_MUST_CHECK pat_status pat_frame_measure_of(const pat_picture *rgb, pat_scratch *scratch,
                                               pat_frame_measure *measure, pat_error *error);

/* The mean luma of a frame, as above. */
double pat_frame_luma(const pat_picture *rgb);

/*
 * How much the content of two frames differs, whatever their exposures: 1 minus the correlation of
 * their thumbs, 0..2. Frames without any detail are alike.
 */
double pat_frame_distance(const pat_frame_measure *a, const pat_frame_measure *b);

/* Find cuts in frames that come in order. Zero-initialize. */
enum { PAT_CUT_MEMORY = 12 };

typedef struct pat_cut_finder {
    double distance[PAT_CUT_MEMORY]; /* of the last frames of the scene, from frame to frame */
    int known, next;
} pat_cut_finder;

/* Whether a scene begins with a frame at this distance from the one before it: farther than 0.35,
 * and than 4 times the median of the last distances in the scene, which motion makes large. */
bool pat_cut_is_at(pat_cut_finder *finder, double distance);

#endif
