/* Damage an image's tones; private to the library. */
#ifndef PAT_DEGRADE_TONE_H
#define PAT_DEGRADE_TONE_H

#include "degrade/damage_kinds.h"
#include "patina/image.h"

/*
 * Fill in the new value of each sample value, per channel. Fading, darkening, cast and yellowing,
 * if applied, are computed one after the other in double; the result is clipped to 0..255 and
 * rounded once.
 */
void pat_tone_tables(const pat_damage *damage, uint8_t table[PAT_CHANNELS][256]);

#endif
