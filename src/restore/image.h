/* The restoration of a whole image with all that its file holds; private to the library. */
#ifndef PAT_RESTORE_IMAGE_H
#define PAT_RESTORE_IMAGE_H

#include "image/picture.h"
#include "patina/setting.h"

/*
 * Restore the colors in place, leaving alpha alone: 8-bit channels exactly as pat_image_restore(),
 * 16-bit ones by the same operators. Fails with PAT_INVALID_ARGUMENT (as pat_setting_check()) or
 * PAT_OUT_OF_MEMORY; some channels are then restored, some not.
 */
PAT_MUST_CHECK pat_status pat_picture_restore(pat_picture *picture, const pat_setting *setting,
                                              pat_error *error);

#endif
