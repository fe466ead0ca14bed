/* Draw the damage to one image from a recipe. */
#include <math.h>
#include <string.h>

#include "base/number.h"
#include "degrade/recipe.h"

enum { DIGITS = 4 }; /* of drawn values, to keep tables readable */
static const double mild_part = 0.1;

/* By their weights. u: 0 <= u < 1. */
static int draw_family(const pat_recipe *recipe, double u)
{
    double sum = 0, reached = 0;
    int f = 0;
    for (int i = 0; i < recipe->families; i++)
        sum += recipe->family[i].weight;
    while (f < recipe->families - 1 && u * sum >= (reached += recipe->family[f].weight))
        f++;
    return f;
}

/* u: 0 <= u < 1. */
static double draw_value(const pat_damage_parameter *parameter, const pat_range *range, bool mild,
                         double u)
{
    double low = range->low, high = range->high;
    if (mild && parameter->mild == PAT_MILD_LOW)
        u *= mild_part;
    if (mild && parameter->mild == PAT_MILD_HIGH)
        u = 1 - mild_part + mild_part * u;
    if (parameter->whole)
        return fmin(low + floor(u * (high - low + 1)), high);
    return fmin(fmax(pat_number_round(low + u * (high - low), DIGITS), low), high);
}

void pat_recipe_draw(const pat_recipe *recipe, pat_random *random, pat_damage *damage)
{
    memset(damage, 0, sizeof *damage); /* padding too: it is sent as raw memory */
    damage->seed = pat_random_bits(random);
    damage->mild = pat_random_uniform(random) < recipe->mild;
    damage->family = draw_family(recipe, pat_random_uniform(random));
    const pat_family *family = &recipe->family[damage->family];
    for (int k = 0; k < PAT_DAMAGE_KINDS; k++) {
        pat_damage_seed(random, damage->seed, k, "draw");
        damage->applied[k] = pat_random_uniform(random) < family->probability[k];
        for (int p = 0; p < pat_damage_parameters(k); p++)
            damage->value[k][p] =
                draw_value(&pat_damage_kind_of(k)->parameter[p], &family->range[k][p], damage->mild,
                           pat_random_uniform(random));
    }
}
