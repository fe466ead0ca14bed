/* EXIF metadata; private to the folder. */
#ifndef PAT_IMAGE_EXIF_H
#define PAT_IMAGE_EXIF_H

#include "image/bytes.h"

/* The orientation, normally 1..8, that OpenCV's imread finds. exif: starts at the byte-order mark;
 * may be truncated or hostile. 0 if there is none that imread would find. */
unsigned pat_exif_orientation(pat_file_bytes exif);

#endif
