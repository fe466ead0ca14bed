/*
 * What a kind of damage is: a row that its own file, damage_NAME.c, defines. The table in kinds.h
 * lists all kinds; recipes, manifests and messages follow from the rows. Private to the library.
 */
#ifndef PAT_DEGRADE_KIND_H
#define PAT_DEGRADE_KIND_H

#include <stdbool.h>

#include "base/buffer.h"
#include "base/random.h"
#include "patina/image.h"

/* The end of a range that changes an image least. */
typedef enum pat_mild_end { PAT_MILD_LOW, PAT_MILD_HIGH, PAT_MILD_NEITHER } pat_mild_end;

/* A parameter, such as "amount". In a recipe it may have any range within its limits. */
typedef struct pat_damage_parameter {
    const char *name;
    double minimum, maximum; /* the limits */
    double low, high;        /* the range if a recipe names none */
    pat_mild_end mild;
    bool whole; /* only whole numbers */
} pat_damage_parameter;

enum { PAT_DAMAGE_PARAMETERS_MAX = 6 }; /* of one kind */

/* One image being damaged, and memory that is reused from image to image. */
typedef struct pat_damage_work {
    pat_image *image;   /* changed in place; keeps its size */
    pat_image *scratch; /* another image, of any size, with any samples */
    pat_buffer *jpeg;   /* scratch */
    pat_random *random; /* seeded for this kind alone */
    const char *name;   /* the image's, for messages */
} pat_damage_work;

/*
 * A kind of damage has one of the two functions. value: its parameters, in the order of the row.
 * Both functions depend on nothing but their arguments.
 */
typedef struct pat_damage_kind {
    const char *name;
    double probability; /* if a recipe that names the kind gives none */
    pat_damage_parameter parameter[PAT_DAMAGE_PARAMETERS_MAX + 1]; /* the last has no name */

    /* The new value of a sample, both on the scale 0..255 but possibly outside it. Tones that
     * follow one another are combined in double precision, and rounded and clipped once. */
    double (*tone)(const double *value, int channel, double sample);

    /* Change work->image. Fails as pat_damage_apply(). */
    pat_status (*apply)(const double *value, pat_damage_work *work, pat_error *error);
} pat_damage_kind;

#endif
