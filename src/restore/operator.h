/*
 * Restoration operators; private to the library.
 *
 * An operator is a file op_NAME.c and a row of the table in operators.c. There are two kinds: a
 * *color* operator first measures the whole channel, then maps each sample independently; a
 * *filter* computes each sample from its neighbors. A setting names one of each kind.
 *
 * They are applied in the order of their places. A filter reads samples, so the output of a color
 * operator before it is rounded and clipped. A color operator after a filter reads the filter's
 * numbers directly; the result of both is rounded and clipped once, at the end.
 */
#ifndef PAT_RESTORE_OPERATOR_H
#define PAT_RESTORE_OPERATOR_H

#include "patina/setting.h"
#include "restore/channel.h"

typedef enum pat_place { PAT_COLOR_BEFORE_FILTER, PAT_FILTER, PAT_COLOR_AFTER_FILTER } pat_place;

typedef enum pat_rounding { PAT_HALF_TO_EVEN, PAT_TRUNCATED } pat_rounding;

/* The search's own fast path for an operator, if any. */
typedef enum pat_fused { PAT_NOT_FUSED, PAT_FUSED_UNSHARP } pat_fused;

/* What a color operator measured on a channel. Each operator defines the meaning of the
 * parameters. */
typedef struct pat_tone {
    double parameter[2];
    int largest; /* maximum sample: 255 or 65535 */
} pat_tone;

/* The samples around a row, as doubles, with the operator's border. */
typedef struct pat_neighborhood {
    const double *const *row; /* row[-halo .. halo], each with columns -halo .. width - 1 + halo */
    /* The same of all channels, for a filter that reads them all; else only the first is set. */
    const double *const *all[PAT_CHANNELS];
    int channels;
    int width;
    int largest; /* maximum sample */
} pat_neighborhood;

/* Takes the rows that a filter computes, in any order of channels. */
typedef struct pat_sink pat_sink;
struct pat_sink {
    unsigned wanted; /* the channels that it takes, a bit each; others need not be computed */
    /* numbers: row `y` of a channel, neither rounded nor clipped; may be overwritten. */
    void (*take)(const pat_sink *sink, int channel, int y, double *numbers);
};

typedef struct pat_operator {
    const char *name;  /* "white_balance": in grids, tables, options */
    const char *words; /* "white balance": in sentences */
    const char *help;  /* one line: what it does */
    pat_place place;
    /* The numeric axes that it reads, as bits 1u << PAT_AXIS_... 0 for a color operator that comes
     * before the filter: the search corrects the colors once for all numeric values. */
    unsigned axes;
    /* Whether it leaves every image unchanged with this setting. NULL: never. */
    bool (*is_idle)(const pat_setting *setting);

    /* A color operator. map: the new value of a sample, neither rounded nor clipped. */
    void (*measure)(const pat_channel *channel, const pat_setting *setting, pat_tone *tone);
    double (*map)(const pat_tone *tone, double sample);
    bool is_linear;        /* map: parameter[0] * sample + parameter[1] */
    pat_rounding rounding; /* after a filter it must be half to even */

    /* A filter. all_channels: each new sample depends on all channels; an image with one channel
     * counts as one with three equal ones. border: maps an index beyond a row of n samples to one
     * of them; NULL: pat_reflect101(). halo: the number of pixels read on each side of a sample.
     * filter: the plain form; it computes one row of new values, neither rounded nor clipped. */
    bool all_channels;
    int (*border)(int i, int n);
    int (*halo)(const pat_setting *setting);
    void (*filter)(const pat_setting *setting, const pat_neighborhood *in, double *out);
    /* The fast form. Gives the filtered rows y .. y + rows - 1 of `source` to the sink, numbered
     * from 0. scratch: scratch_bytes(setting, width) bytes, aligned for any type. */
    void (*numbers)(const pat_setting *setting, const pat_channels *source, int y, int rows,
                    const pat_sink *sink, void *scratch);
    /* A faster form still, rounded and clipped, for one channel; NULL: none. It filters the rows
     * of `source` from y on into `out`, which must not overlap it. scratch: as above.
     * gives_samples: the filter's numbers are samples already, so `rows` replaces `numbers`. */
    void (*rows)(const pat_setting *setting, const pat_channel *source, int y,
                 const pat_channel *out, void *scratch);
    bool gives_samples;
    size_t (*scratch_bytes)(const pat_setting *setting, int width);
    pat_fused fused;
} pat_operator;

/* The operator with this number along PAT_AXIS_COLOR or PAT_AXIS_FILTER; NULL if there is none. */
const pat_operator *pat_operator_of(pat_axis axis, double number);

/* The operator that a setting names. The setting must be valid. */
const pat_operator *pat_operator_in(const pat_setting *setting, pat_axis axis);

/* Whether it leaves every image unchanged with this setting. */
bool pat_operator_is_idle(const pat_operator *operator, const pat_setting * setting);

#endif
