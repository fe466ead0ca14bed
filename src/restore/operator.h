/*
 * Restoration operators; private to the library.
 *
 * An operator is a file op_NAME.c and a row of the table in operators.c. There are two kinds: a
 * *color* operator changes each sample by itself, after a look at the whole channel; a *filter*
 * makes each sample from those around it. A setting names one of each kind.
 *
 * They are applied in the order of their places. A filter works on samples, so what a color
 * operator makes before it is rounded and clipped. A color operator that comes after a filter is
 * given the filter's numbers as they are; both together are rounded and clipped once, at the end.
 */
#ifndef PAT_RESTORE_OPERATOR_H
#define PAT_RESTORE_OPERATOR_H

#include "patina/setting.h"
#include "restore/channel.h"

typedef enum pat_place { PAT_COLOR_BEFORE_FILTER, PAT_FILTER, PAT_COLOR_AFTER_FILTER } pat_place;

typedef enum pat_rounding { PAT_HALF_TO_EVEN, PAT_TRUNCATED } pat_rounding;

/* Where the search has a fast path of its own for an operator. */
typedef enum pat_fused { PAT_NOT_FUSED, PAT_FUSED_UNSHARP } pat_fused;

/* What a color operator measured of a channel. The meaning of the parameters is its own. */
typedef struct pat_tone {
    double parameter[2];
    int largest; /* value of a sample: 255 or 65535 */
} pat_tone;

/* The samples around a row, as numbers; the border is reflect101. */
typedef struct pat_neighborhood {
    const double *const *row; /* row[-halo .. halo]; in each, columns -halo .. width - 1 + halo */
    int width;
    int largest; /* value of a sample */
} pat_neighborhood;

typedef struct pat_operator {
    const char *name;  /* "white_balance": in grids, tables, options */
    const char *words; /* "white balance": in sentences */
    const char *help;  /* one line: what it does */
    pat_place place;
    unsigned axes; /* those that it reads: 1u << PAT_AXIS_... */
    /* Whether it leaves every image as it is with this setting. NULL: never. */
    bool (*is_idle)(const pat_setting *setting);

    /* A color operator. map: the new value of a sample, neither rounded nor clipped. */
    void (*measure)(const pat_channel *channel, const pat_setting *setting, pat_tone *tone);
    double (*map)(const pat_tone *tone, double sample);
    pat_rounding rounding;

    /* A filter. halo: how many pixels around a sample matter. filter: the plain form, one row of
     * new values, neither rounded nor clipped. */
    int (*halo)(const pat_setting *setting);
    void (*filter)(const pat_setting *setting, const pat_neighborhood *in, double *out);
    /* The same, rounded and clipped, and faster; NULL: there is no faster form. Rows y .. of
     * `source` into `out`, which is no part of it. scratch: of scratch_bytes(width). */
    void (*rows)(const pat_setting *setting, const pat_channel *source, int y,
                 const pat_channel *out, void *scratch);
    size_t (*scratch_bytes)(int width);
    pat_fused fused;
} pat_operator;

/* The operator with this number along PAT_AXIS_COLOR or PAT_AXIS_FILTER; NULL if there is none. */
const pat_operator *pat_operator_of(pat_axis axis, double number);

/* The operator that a setting names. The setting is valid. */
const pat_operator *pat_operator_in(const pat_setting *setting, pat_axis axis);

/* Whether it changes no image with this setting. */
bool pat_operator_is_idle(const pat_operator *operator, const pat_setting *setting);

#endif
