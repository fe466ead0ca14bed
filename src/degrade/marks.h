/* Draw lines and spots; private to the library. All functions change `image` in place. */
#ifndef PAT_DEGRADE_MARKS_H
#define PAT_DEGRADE_MARKS_H

#include "patina/image.h"

/* An ellipse, in pixels. */
typedef struct pat_spot {
    double x, y, half_width, half_height;
} pat_spot;

/* A line from one end to another, in pixels. */
typedef struct pat_segment {
    double x[2], y[2];
} pat_segment;

/* How a mark covers what is below it: part of the way, `opacity`, toward the sample `level`. */
typedef struct pat_ink {
    double width; /* of a line, in pixels */
    double opacity, level;
} pat_ink;

/* Find the pixels, *first to *last of `count`, whose centers lie in low..high. */
void pat_span_find(double low, double high, int count, int *first, int *last);

uint8_t *pat_sample_at(pat_image *image, int channel, int x, int y);

/* Draw a line of straight segments with round ends and smooth edges; where its segments meet it is
 * drawn once. */
void pat_line_draw(const pat_segment *segment, int count, const pat_ink *ink, pat_image *image);

/* Cover a spot with smooth edges; one smaller than a pixel covers its share of the area. */
void pat_spot_draw(const pat_spot *spot, const pat_ink *ink, pat_image *image);

#endif
