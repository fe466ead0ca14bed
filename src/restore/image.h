/* Restore an image while keeping the rest of its file; private to the library. */
#ifndef PAT_RESTORE_IMAGE_H
#define PAT_RESTORE_IMAGE_H

#include "image/picture.h"
#include "patina/setting.h"

/*
 * Restore the colors in place, without changing alpha: 8-bit channels exactly as
 * pat_image_restore() does, 16-bit ones with the same operators. Fails with PAT_INVALID_ARGUMENT
 * (as pat_setting_check()) or PAT_OUT_OF_MEMORY; some channels may then be restored, others not.
 */
PAT_MUST_CHECK pat_status pat_picture_restore(pat_picture *picture, const pat_setting *setting,
                                              pat_error *error);

#endif
