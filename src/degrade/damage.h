/*
 * Damage an image, in this order: change tones, blur, add stains, scratches and grain, scale down
 * and up, compress; private to the library. docs/degrade.md has the formulas.
 */
#ifndef PAT_DEGRADE_DAMAGE_H
#define PAT_DEGRADE_DAMAGE_H

#include "base/buffer.h"
#include "base/random.h"
#include "degrade/damage_kinds.h"
#include "patina/image.h"

/* Scratch memory reused from image to image. Zero-initialize; pat_damager_release() when
 * done. */
typedef struct pat_damager {
    pat_random *random;
    pat_image other;
    pat_buffer jpeg;
} pat_damager;

void pat_damager_release(pat_damager *damager);

/*
 * Apply `damage` to `image`, which keeps its size. name: the image's name, for messages. Call
 * pat_codec_init() first. The same image and damage give the same samples. Fails with
 * PAT_OUT_OF_MEMORY, or with PAT_TOO_LARGE or PAT_INTERNAL (as pat_jpeg_encode()); the samples are
 * then undefined.
 */
PAT_MUST_CHECK pat_status pat_damage_apply(pat_damager *damager, const pat_damage *damage,
                                           const char *name, pat_image *image, pat_error *error);

#endif
