/* The border that a scan shows around an image; private to the library. */
#ifndef PAT_FEATURES_BORDER_H
#define PAT_FEATURES_BORDER_H

#include "image/standard_size.h"

/*
 * The area of `image` inside its border: the whole image if it has none. A border is at most 12 %
 * of the side at each edge, of one color, and ends in a sharp step (docs/features.md). Rows are
 * removed first, then columns. Flat sky is kept: it either goes further or ends softly.
 */
pat_area pat_find_content(const pat_image *image);

#endif
