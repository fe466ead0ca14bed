/* An accepted recipe draws values within the limits of their kinds, and its text is parsed to the
 * same text. */
#include <string.h>

#include "degrade/recipe.h"
#include "fuzz/fuzz.h"

static void check_draws(const pat_recipe *recipe)
{
    pat_error error;
    pat_random *random;
    MUST(pat_random_create(&random, &error) == PAT_OK);
    for (uint32_t seed = 1; seed <= 3; seed++) {
        pat_damage damage;
        pat_random_seed(random, seed);
        pat_recipe_draw(recipe, random, &damage);
        MUST(damage.family >= 0 && damage.family < recipe->families);
        MUST(recipe->family[damage.family].weight > 0);
        for (int k = 0; k < PAT_DAMAGE_KINDS; k++)
            for (int p = 0; p < pat_damage_parameters(k); p++) {
                const pat_damage_parameter *parameter = &pat_damage_kind_of(k)->parameter[p];
                MUST(damage.value[k][p] >= parameter->minimum);
                MUST(damage.value[k][p] <= parameter->maximum);
            }
    }
    pat_random_free(random);
}

static void check_text(const pat_recipe *recipe)
{
    static pat_recipe again;
    pat_buffer first = {0}, second = {0};
    pat_error error = {0};
    pat_recipe_put(&first, recipe);
    MUST(pat_recipe_parse(&again, first.data, first.size, "again", &error) == PAT_OK);
    pat_recipe_put(&second, &again);
    MUST(first.size == second.size && memcmp(first.data, second.data, first.size) == 0);
    pat_buffer_release(&first);
    pat_buffer_release(&second);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static pat_recipe recipe;
    pat_error error = {0};
    pat_status status = pat_recipe_parse(&recipe, (const char *)data, size, "recipe", &error);
    MUST(status == PAT_OK || (status == PAT_MALFORMED && error.message[0] != '\0'));
    if (status == PAT_OK) {
        check_draws(&recipe);
        check_text(&recipe);
    }
    return 0;
}
