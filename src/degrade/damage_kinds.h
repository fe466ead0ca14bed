/* The kinds of damage, their parameters, and the damage to one image; private to the library. */
#ifndef PAT_DEGRADE_DAMAGE_KINDS_H
#define PAT_DEGRADE_DAMAGE_KINDS_H

#include <stdbool.h>
#include <stdint.h>

/* The kinds of damage, in the order in which they are applied. */
typedef enum pat_damage_kind {
    PAT_FADE,
    PAT_DARKEN,
    PAT_CAST,
    PAT_YELLOWING,
    PAT_BLUR,
    PAT_STAINS,
    PAT_SCRATCHES,
    PAT_GRAIN,
    PAT_RESCALE,
    PAT_JPEG,
    PAT_DAMAGE_KINDS
} pat_damage_kind;

/* The parameters, grouped by kind of damage. */
typedef enum pat_damage_parameter {
    PAT_FADE_AMOUNT, /* 0: no change .. 1: every sample becomes `level` */
    PAT_FADE_LEVEL,  /* the value, 0..255, that all samples move toward */
    PAT_DARKEN_AMOUNT,
    PAT_DARKEN_LEVEL,
    PAT_CAST_AMOUNT, /* 0..1 */
    PAT_CAST_HUE,    /* degrees: 0 red, 120 green, 240 blue */
    PAT_YELLOWING_AMOUNT,
    PAT_BLUR_SIGMA, /* of the Gaussian, in pixels; no blur below PAT_SIGMA_MIN */
    PAT_STAINS_COUNT,
    PAT_STAINS_RADIUS, /* relative to the shorter side */
    PAT_STAINS_DEPTH,  /* 0..1 */
    PAT_SCRATCHES_COUNT,
    PAT_SCRATCHES_WIDTH,   /* pixels */
    PAT_SCRATCHES_LENGTH,  /* relative to the longer side */
    PAT_SCRATCHES_OPACITY, /* 0..1 */
    PAT_SCRATCHES_LEVEL,   /* their sample value, 0..255 */
    PAT_GRAIN_SIGMA,       /* standard deviation, in sample values */
    PAT_RESCALE_FACTOR,    /* 0..1: scale of each side, in between */
    PAT_JPEG_QUALITY,      /* libjpeg's, 1..100 */
    PAT_DAMAGE_PARAMETERS
} pat_damage_parameter;

/* The damage to one image. It has no pointers, so it can be sent as raw memory within a machine. */
typedef struct pat_damage {
    bool mild; /* drawn from the mild ends of the recipe's ranges; only recorded */
    bool applied[PAT_DAMAGE_KINDS];
    uint32_t seed;                       /* for all damage that varies from pixel to pixel */
    double value[PAT_DAMAGE_PARAMETERS]; /* within its parameter's limits */
} pat_damage;

/* The end of the range that changes an image least. */
typedef enum pat_mild_end { PAT_MILD_LOW, PAT_MILD_HIGH, PAT_MILD_NEITHER } pat_mild_end;

/* A parameter: its kind of damage, its limits, and its range in the default recipe. */
typedef struct pat_parameter_info {
    pat_damage_kind kind;
    const char *name;        /* within its damage: "amount" */
    const char *column;      /* "fade_amount" */
    double minimum, maximum; /* the limits in any recipe */
    double low, high;        /* in the default recipe */
    bool whole;              /* only whole numbers */
    pat_mild_end mild;
} pat_parameter_info;

/* The kind's name, such as "fade". Static. */
const char *pat_damage_name(pat_damage_kind kind);
double pat_damage_default_probability(pat_damage_kind kind);
const pat_parameter_info *pat_damage_parameter_info(pat_damage_parameter parameter);

#endif
