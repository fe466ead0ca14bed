/* EXIF metadata; private to this folder. */
#ifndef PAT_IMAGE_EXIF_H
#define PAT_IMAGE_EXIF_H

#include "image/bytes.h"

/* The orientation, normally 1..8, as OpenCV's imread reads it; 0 if imread would find none. `exif`
 * starts at the byte-order mark and may be truncated or hostile. */
unsigned pat_exif_orientation(pat_file_bytes exif);

/* Set the orientation to 1, if there is one. */
void pat_exif_set_upright(uint8_t *exif, size_t size);

#endif
