/* The colors of a film's frames, as images that can be restored; private to the library. */
#ifndef PAT_FILM_COLORS_H
#define PAT_FILM_COLORS_H

#include "film/reader.h"
#include "film/yuv.h"
#include "image/picture.h"

/*
 * The matrix and range by which the film's YUV becomes RGB. What the film does not tell is what
 * players take it for: BT.709 from 720 rows on, BT.601 below; limited range.
 */
pat_yuv_matrix pat_film_matrix(const pat_film_facts *facts);
bool pat_film_is_full_range(const pat_film_facts *facts);

/*
 * What of a frame is taken for an image. The fields of an interlaced frame show different moments,
 * so filters must not mix them. Frames whose rows, of chroma too, do not fall into two equal fields
 * have none.
 */
typedef enum pat_part {
    PAT_PART_TOP,    /* rows 0, 2, 4 .. */
    PAT_PART_BOTTOM, /* rows 1, 3, 5 .. */
    PAT_PART_WHOLE
} pat_part;
bool pat_film_has_fields(const pat_film_facts *facts);

/*
 * Convert the samples of a frame, in the film's layout, to an image of 8 bits if they have 8, else
 * of 16; gray stays gray, and alpha is left out. rgb: of an earlier frame of the film, or
 * zero-initialized; pat_picture_release() when done. Fails with PAT_OUT_OF_MEMORY.
 */
PAT_MUST_CHECK pat_status pat_frame_to_rgb(const pat_film_facts *facts, pat_part part,
                                           uint8_t *samples, pat_picture *rgb, pat_scratch *scratch,
                                           pat_error *error);

/* Make room for such an image, with undefined samples, unless it has it. Fails with
 * PAT_OUT_OF_MEMORY. */
PAT_MUST_CHECK pat_status pat_frame_reserve(const pat_film_facts *facts, pat_part part,
                                            pat_picture *rgb, pat_error *error);

/*
 * Change the samples by what changing `before`, which pat_frame_to_rgb() gave, into `after` makes
 * of them. Pixels that are the same in both keep their samples to the bit. Fails with
 * PAT_OUT_OF_MEMORY.
 */
PAT_MUST_CHECK pat_status pat_frame_change(const pat_film_facts *facts, pat_part part,
                                           uint8_t *samples, const pat_picture *before,
                                           const pat_picture *after, pat_scratch *scratch,
                                           pat_error *error);

#endif
