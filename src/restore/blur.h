/* Gaussian blur of an 8- or 16-bit channel, a few rows at a time; private to the library. */
#ifndef PAT_RESTORE_BLUR_H
#define PAT_RESTORE_BLUR_H

#include "patina/restore.h"
#include "restore/channel.h"

/* Scratch bytes that pat_blur_rows() needs for a channel of this width; a multiple of 16. */
size_t pat_blur_scratch(int width);

/*
 * Write rows y .. y + height - 1 of the blurred `source` into `out`, which must not overlap it;
 * height is that of `out`. 8 bits: as pat_gaussian_blur(); 16 bits: see deep.h. scratch: aligned
 * for any type.
 */
void pat_blur_rows(const pat_gaussian *kernel, const pat_channel *source, int y,
                   const pat_channel *out, void *scratch);

#endif
