/* Damage an image, by the kinds of the table in their order; private to the library. */
#ifndef PAT_DEGRADE_DAMAGE_H
#define PAT_DEGRADE_DAMAGE_H

#include "degrade/kinds.h"

/* The damage to one image. It has no pointers, so it can be sent as raw memory within a machine. */
typedef struct pat_damage {
    int family; /* of the recipe; only recorded */
    bool mild;  /* drawn from the mild ends of the recipe's ranges; only recorded */
    bool applied[PAT_DAMAGE_KINDS];
    uint32_t seed; /* for all damage that varies from pixel to pixel */
    double value[PAT_DAMAGE_KINDS][PAT_DAMAGE_PARAMETERS_MAX]; /* within the limits */
} pat_damage;

/* Scratch memory reused from image to image. Zero-initialize; pat_damager_release() when
 * done. */
typedef struct pat_damager {
    pat_random *random;
    pat_image scratch;
    pat_buffer jpeg;
} pat_damager;

void pat_damager_release(pat_damager *damager);

/*
 * Start the random sequence of one kind for one purpose ("draw", "apply"). It depends on these
 * names and `seed` alone, so that neither other kinds nor the order of the table change it.
 */
void pat_damage_seed(pat_random *random, uint32_t seed, int kind, const char *purpose);

/*
 * Apply `damage` to `image`, which keeps its size. name: the image's name, for messages. Call
 * pat_codec_init() first. The same image and damage give the same samples. Fails with
 * PAT_OUT_OF_MEMORY, or with PAT_TOO_LARGE or PAT_INTERNAL (as pat_jpeg_encode()); the samples are
 * then undefined.
 */
PAT_MUST_CHECK pat_status pat_damage_apply(pat_damager *damager, const pat_damage *damage,
                                           const char *name, pat_image *image, pat_error *error);

#endif
