/* The steps of a setting: its operators in order; private to the library. */
#ifndef PAT_RESTORE_STEPS_H
#define PAT_RESTORE_STEPS_H

#include "restore/operator.h"

typedef struct pat_scaled pat_scaled;

/* The operators of a setting that are not idle, in the order in which they are applied. */
typedef struct pat_steps {
    pat_setting setting;
    const pat_operator *before; /* a color operator; NULL: none */
    const pat_operator *filter; /* NULL: none */
    const pat_operator *after;  /* a color operator; NULL: none */
    const pat_scaled *scaled;   /* what a scaled filter changes: see restore/scaled.h */
} pat_steps;

/* The steps of a valid setting; and of any two operators, so that tests can check combinations. */
pat_steps pat_steps_of(const pat_setting *setting);
pat_steps pat_steps_of_operators(const pat_setting *setting, const pat_operator *color,
                                 const pat_operator *filter);

/* Whether the filter works on a smaller image. Set `scaled` then, before filtering. */
bool pat_steps_is_scaled(const pat_steps *steps);

/* Whether each sample depends on no other sample at full size, so that images can be changed in
 * place. */
bool pat_steps_is_pointwise(const pat_steps *steps);

/* The number of planes that the filter reads at once: 1, or PAT_CHANNELS if it reads all. */
int pat_steps_planes(const pat_steps *steps);

#endif
