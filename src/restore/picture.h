/* The restoration of a whole picture; private to the library. */
#ifndef PAT_RESTORE_PICTURE_H
#define PAT_RESTORE_PICTURE_H

#include "image/picture.h"
#include "patina/restore.h"

/* What is done to each plane. */
typedef struct pat_treatment {
    pat_color_method color;
    double sigma;    /* PAT_SIGMA_MIN..PAT_SIGMA_MAX; of no account without sharpening */
    double strength; /* 0..PAT_STRENGTH_MAX; 0: no sharpening */
} pat_treatment;

/*
 * Restore the colours in place, leaving alpha alone: 8-bit planes exactly as pat_image_restore(),
 * 16-bit ones as restore/deep.h says. Fails with PAT_OUT_OF_MEMORY; some planes are then restored,
 * some not.
 */
PAT_MUST_CHECK pat_status pat_picture_restore(pat_picture *picture, const pat_treatment *treatment,
                                              pat_error *error);

#endif
