/*
 * Recipes: how often each kind of damage occurs and how strong it is; private to the library. A
 * recipe file is JSON, described in docs/degrade.md.
 */
#ifndef PAT_DEGRADE_RECIPE_H
#define PAT_DEGRADE_RECIPE_H

#include "degrade/damage.h"

typedef struct pat_recipe {
    double mild;                          /* share of images that are only slightly damaged */
    double probability[PAT_DAMAGE_KINDS]; /* of each kind, 0..1, independent of the others */
    struct {
        double low, high;
    } range[PAT_DAMAGE_PARAMETERS]; /* within the parameter's limits; low <= high */
} pat_recipe;

/* Set the default recipe, for images like old photographs and scans. */
void pat_recipe_init_default(pat_recipe *recipe);

/*
 * Read a recipe from the file `path`. A kind of damage that is not named does not occur; omitted
 * parameters of a named one are as in the default recipe. Fails with PAT_NOT_FOUND, PAT_UNREADABLE,
 * PAT_MALFORMED (invalid JSON, an unknown name, a wrong type, a value outside its limits) or
 * PAT_OUT_OF_MEMORY; the recipe is then undefined.
 */
PAT_MUST_CHECK pat_status pat_recipe_read(pat_recipe *recipe, const char *path, pat_error *error);

/* The same from `size` bytes of text. name: the recipe's name, for messages. */
PAT_MUST_CHECK pat_status pat_recipe_parse(pat_recipe *recipe, const char *text, size_t size,
                                           const char *name, pat_error *error);

/* Append the recipe as JSON, which parses back to the same recipe. */
void pat_recipe_put(pat_buffer *text, const pat_recipe *recipe);

/*
 * Draw the damage to one image. Each kind takes the same number of random numbers whether or not it
 * is applied, so changing one kind in a recipe does not change the others.
 */
void pat_recipe_draw(const pat_recipe *recipe, pat_random *random, pat_damage *damage);

#endif
