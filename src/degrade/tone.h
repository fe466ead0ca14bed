/* Damage the tones of an image; private to the library. */
#ifndef PAT_DEGRADE_TONE_H
#define PAT_DEGRADE_TONE_H

#include "degrade/damage_kinds.h"
#include "patina/image.h"

/*
 * The new value of each sample, per channel: fading, darkening, cast and yellowing, if applied, one
 * after the other in double, then clipped to 0..255 and rounded once.
 */
void pat_tone_tables(const pat_damage *damage, uint8_t table[PAT_CHANNELS][256]);

#endif
