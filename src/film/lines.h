/* What is done to the channels of a frame before its setting is applied; private to the library. */
#ifndef PAT_FILM_LINES_H
#define PAT_FILM_LINES_H

#include "image/picture.h"

/* What is done to the samples of a channel, in levels of 0..255: gain * sample + offset. */
typedef struct pat_film_line {
    double gain, offset;
} pat_film_line;

/* Whether they change nothing. */
bool pat_film_lines_are_idle(const pat_film_line lines[PAT_CHANNELS]);

/* after = before, with each channel changed by its line (gray: that of green), rounded and clipped.
 * Alpha is not changed. Both have the same shape, and may be the same. */
void pat_film_lines_apply(const pat_film_line lines[PAT_CHANNELS], const pat_picture *before,
                          const pat_picture *after);

#endif
