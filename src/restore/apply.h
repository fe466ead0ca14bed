/* Apply a setting to a channel, whole or a few rows at a time; private to the library. */
#ifndef PAT_RESTORE_APPLY_H
#define PAT_RESTORE_APPLY_H

#include "restore/operator.h"

/* The operators of a setting that are not idle, in the order in which they are applied. */
typedef struct pat_steps {
    pat_setting setting;
    const pat_operator *before; /* a color operator; NULL: none */
    const pat_operator *filter; /* NULL: none */
    const pat_operator *after;  /* a color operator; NULL: none */
} pat_steps;

/* The steps of a valid setting; and of any two operators, so that tests can check combinations. */
pat_steps pat_steps_of(const pat_setting *setting);
pat_steps pat_steps_of_operators(const pat_setting *setting, const pat_operator *color,
                                 const pat_operator *filter);

/* Measure `color` on a channel. */
pat_tone pat_tone_of(const pat_operator *color, const pat_setting *setting,
                     const pat_channel *channel);

/* A color operator's lookup table for 8 bits, rounded and clipped. */
void pat_tone_table(const pat_operator *color, const pat_tone *tone, uint8_t table[256]);

/* Apply the first step, which must exist, to a whole channel. `out` may be `source`. Fails with
 * PAT_OUT_OF_MEMORY (16 bits only); `out` is then unchanged. */
PAT_MUST_CHECK pat_status pat_steps_color(const pat_steps *steps, const pat_channel *source,
                                          const pat_channel *out, pat_error *error);

/* Scratch bytes that pat_steps_rows() needs for rows of this width; may be 0. */
size_t pat_steps_scratch(const pat_steps *steps, int width);

/*
 * Apply the filter and the last step to the rows of `source` from y on, writing to `out`, which
 * must not overlap it. `source` is the result of the first step. tone: of `after`, measured on
 * `source`; ignored if there is no `after`. scratch: pat_steps_scratch() bytes, aligned for a
 * double.
 */
void pat_steps_rows(const pat_steps *steps, const pat_channel *source, const pat_tone *tone, int y,
                    const pat_channel *out, void *scratch);

/*
 * Apply all steps to a whole channel, in place. copy: a scratch channel of the same size and depth.
 * Fails with PAT_OUT_OF_MEMORY; the channel is then undefined.
 */
PAT_MUST_CHECK pat_status pat_steps_apply(const pat_steps *steps, const pat_channel *channel,
                                          const pat_channel *copy, pat_error *error);

#endif
