/*
 * Recipes: families of images that are damaged alike, with how often each kind of damage occurs and
 * how strong it is; private to the library. A recipe file is JSON, described in docs/degrade.md.
 */
#ifndef PAT_DEGRADE_RECIPE_H
#define PAT_DEGRADE_RECIPE_H

#include "degrade/damage.h"

enum { PAT_FAMILIES_MAX = 64, PAT_FAMILY_NAME_SIZE = 32 };

typedef struct pat_range {
    double low, high; /* within the parameter's limits; low <= high */
} pat_range;

typedef struct pat_family {
    char name[PAT_FAMILY_NAME_SIZE];
    double weight;                        /* how many images it has beside the other families */
    double probability[PAT_DAMAGE_KINDS]; /* of each kind, 0..1, independent of the others */
    pat_range range[PAT_DAMAGE_KINDS][PAT_DAMAGE_PARAMETERS_MAX];
} pat_family;

typedef struct pat_recipe {
    double mild; /* share of images that are only slightly damaged */
    int families;
    pat_family family[PAT_FAMILIES_MAX];
} pat_recipe;

/*
 * Read a recipe from the file `path`, or the built-in one if NULL. A kind of damage that a family
 * does not name does not occur in it; omitted parameters of a named one are those of its row. Fails
 * with PAT_NOT_FOUND, PAT_UNREADABLE, PAT_MALFORMED (invalid JSON, an unknown name, a wrong type, a
 * value outside its limits) or PAT_OUT_OF_MEMORY; the recipe is then undefined.
 */
PAT_MUST_CHECK pat_status pat_recipe_read(pat_recipe *recipe, const char *path, pat_error *error);

/* The same from `size` bytes of text. name: the recipe's name, for messages. */
PAT_MUST_CHECK pat_status pat_recipe_parse(pat_recipe *recipe, const char *text, size_t size,
                                           const char *name, pat_error *error);

/*
 * Keep only the families that are named in `only`, and not those in `except`: names separated by
 * commas, or NULL to leave none out. Fails with PAT_INVALID_ARGUMENT (a name is unknown; no family
 * is left) or PAT_OUT_OF_MEMORY; the recipe is then unchanged.
 */
PAT_MUST_CHECK pat_status pat_recipe_select(pat_recipe *recipe, const char *only,
                                            const char *except, pat_error *error);

/* Append the recipe as JSON, which parses back to a recipe that draws the same. */
void pat_recipe_put(pat_buffer *text, const pat_recipe *recipe);

/*
 * Draw the damage to one image. Each kind is drawn from a sequence of its own, so that changing one
 * kind in a recipe does not change the others.
 */
void pat_recipe_draw(const pat_recipe *recipe, pat_random *random, pat_damage *damage);

#endif
