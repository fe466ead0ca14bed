/* Recipes of damage: reading, writing, families, drawing. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "degrade/recipe.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static pat_error error;
static pat_recipe recipe, other; /* large */

static void check(pat_status status)
{
    if (status != PAT_OK)
        fail_msg("%s", error.message);
}

static pat_status parse(pat_recipe *read, const char *text)
{
    return pat_recipe_parse(read, text, strlen(text), "r.json", &error);
}

static pat_random *make_random(uint32_t seed)
{
    pat_random *random;
    check(pat_random_create(&random, &error));
    pat_random_seed(random, seed);
    return random;
}

static int parameter_at(int k, const char *name)
{
    for (int p = 0; p < pat_damage_parameters(k); p++)
        if (strcmp(pat_damage_kind_of(k)->parameter[p].name, name) == 0)
            return p;
    fail_msg("%s has no %s", pat_damage_kind_of(k)->name, name);
    return -1;
}

static pat_range *range_of(pat_family *family, const char *kind, const char *name)
{
    int k = pat_damage_find(kind);
    assert_true(k >= 0);
    return &family->range[k][parameter_at(k, name)];
}

static double value_of(const pat_damage *damage, const char *kind, const char *name)
{
    int k = pat_damage_find(kind);
    return damage->value[k][parameter_at(k, name)];
}

/* A family with all kinds of damage, as their rows have them. */
static void make_full(pat_recipe *full)
{
    pat_buffer text = {0};
    pat_buffer_append_text(&text, "{\"mild\": 0.1");
    for (int k = 0; k < PAT_DAMAGE_KINDS; k++) {
        pat_buffer_append_text(&text, ", \"");
        pat_buffer_append_text(&text, pat_damage_kind_of(k)->name);
        pat_buffer_append_text(&text, "\": {}");
    }
    pat_buffer_append_text(&text, "}");
    assert_false(text.failed);
    check(pat_recipe_parse(full, text.data, text.size, "full", &error));
    pat_buffer_release(&text);
}

/* ---- The table ---- */

static void test_rows_are_complete(void **state)
{
    (void)state;
    for (int k = 0; k < PAT_DAMAGE_KINDS; k++) {
        const pat_damage_kind *kind = pat_damage_kind_of(k);
        assert_int_equal(pat_damage_find(kind->name), k);
        assert_true((kind->tone == NULL) != (kind->apply == NULL));
        assert_true(kind->probability > 0 && kind->probability <= 1);
        assert_true(pat_damage_parameters(k) > 0);
        for (int p = 0; p < pat_damage_parameters(k); p++) {
            const pat_damage_parameter *parameter = &kind->parameter[p];
            assert_true(parameter->minimum <= parameter->low);
            assert_true(parameter->low < parameter->high);
            assert_true(parameter->high <= parameter->maximum);
            assert_int_equal(parameter_at(k, parameter->name), p);
        }
    }
    assert_int_equal(pat_damage_find("Blur"), -1);
}

/* ---- Reading and writing ---- */

static void assert_reads_back(const pat_recipe *written)
{
    pat_buffer text = {0}, again = {0};
    pat_recipe_put(&text, written);
    check(pat_recipe_parse(&other, text.data, text.size, "r.json", &error));
    assert_memory_equal(&other, written, sizeof other);
    pat_recipe_put(&again, &other);
    assert_int_equal(again.size, text.size);
    assert_memory_equal(again.data, text.data, text.size);
    pat_buffer_release(&text);
    pat_buffer_release(&again);
}

static void test_recipe_reads_back(void **state)
{
    (void)state;
    check(pat_recipe_read(&recipe, NULL, &error));
    assert_reads_back(&recipe);
    make_full(&recipe);
    recipe.mild = 1 / 3.0;
    range_of(&recipe.family[0], "grain", "sigma")->low = 0.1 + 0.2; /* needs all digits */
    assert_reads_back(&recipe);
}

/* A recipe without families has one, custom. */
static void test_recipe_in_part(void **state)
{
    (void)state;
    make_full(&other);
    check(parse(&recipe, "{\"blur\": {\"sigma\": 2}, \"grain\": {\"probability\": 1}}"));
    int blur = pat_damage_find("blur"), grain = pat_damage_find("grain");
    pat_family *family = &recipe.family[0];
    assert_int_equal(recipe.families, 1);
    assert_string_equal(family->name, "custom");
    assert_true(recipe.mild == 0.1 && family->weight == 1);
    assert_true(range_of(family, "blur", "sigma")->low == 2);
    assert_true(range_of(family, "blur", "sigma")->high == 2);
    assert_true(family->probability[blur] == pat_damage_kind_of(blur)->probability);
    assert_true(family->probability[grain] == 1);
    assert_true(range_of(family, "grain", "sigma")->high ==
                range_of(&other.family[0], "grain", "sigma")->high);
    for (int k = 0; k < PAT_DAMAGE_KINDS; k++)
        assert_true(k == blur || k == grain || family->probability[k] == 0);
    check(parse(&recipe, "{}"));
    for (int k = 0; k < PAT_DAMAGE_KINDS; k++)
        assert_true(recipe.family[0].probability[k] == 0);
}

static void test_recipe_with_families(void **state)
{
    (void)state;
    check(parse(&recipe, "{\"families\": {\"soft\": {\"weight\": 3, \"blur\": {\"sigma\": 2}}, "
                         "\"as_is\": {}}, \"mild\": 0}"));
    assert_int_equal(recipe.families, 2);
    assert_string_equal(recipe.family[0].name, "soft");
    assert_true(recipe.family[0].weight == 3);
    assert_true(range_of(&recipe.family[0], "blur", "sigma")->high == 2);
    assert_string_equal(recipe.family[1].name, "as_is");
    assert_true(recipe.family[1].weight == 1);
    assert_true(range_of(&recipe.family[1], "blur", "sigma")->high == 2.5); /* the row's */
    assert_true(recipe.family[1].probability[pat_damage_find("blur")] == 0);
}

static void test_recipes_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text, *message;
    } cases[] = {
        {"", "r.json:1: invalid JSON"},
        {"{\n\"blur\": }", "r.json:2: invalid JSON"},
        {"{\"mild\": 0, \"mild\": 1}", "duplicate"},
        {"[]", "r.json: not a recipe"},
        {"{\"blurr\": {}}", "unknown damage 'blurr'"},
        {"{\"mild\": 1.5}", "'mild' must be a number from 0 to 1"},
        {"{\"mild\": \"0.5\"}", "'mild' must be a number"},
        {"{\"blur\": 1}", "'blur' must be an object"},
        {"{\"blur\": {\"sigmas\": 1}}", "'blur' has no 'sigmas'; its keys are probability, sigma"},
        {"{\"blur\": {\"probability\": -0.1}}", "'probability' must be a number from 0 to 1"},
        {"{\"blur\": {\"sigma\": true}}", "'sigma' of 'blur' must be [LOW, HIGH]"},
        {"{\"blur\": {\"sigma\": [1]}}", "[LOW, HIGH] or one number, from 0 to 20"},
        {"{\"blur\": {\"sigma\": [1, 2, 3]}}", "'sigma' of 'blur'"},
        {"{\"blur\": {\"sigma\": [1, \"2\"]}}", "'sigma' of 'blur'"},
        {"{\"blur\": {\"sigma\": [2, 1]}}", "'sigma' of 'blur'"},
        {"{\"blur\": {\"sigma\": [1, 21]}}", "from 0 to 20"},
        {"{\"blur\": {\"sigma\": [-1, 1]}}", "from 0 to 20"},
        {"{\"jpeg\": {\"quality\": [0, 50]}}", "whole, from 1 to 100"},
        {"{\"jpeg\": {\"quality\": [30, 50.5]}}", "whole, from 1 to 100"},
        {"{\"blur\": {}} x", "invalid JSON"},
        {"{\"schema\": 1}", "its schema is not patina.recipe, version 1"},
        {"{\"schema\": {\"name\": \"patina.model\", \"version\": 1}}", "its schema is not"},
        {"{\"schema\": {\"name\": \"patina.recipe\", \"version\": 2}}", "its schema is not"},
        {"{\"families\": []}", "'families' must be an object"},
        {"{\"families\": {}}", "no family has a weight"},
        {"{\"families\": {\"a\": {\"weight\": 0}}}", "no family has a weight"},
        {"{\"families\": {\"a\": {\"weight\": -1}}}",
         "'weight' must be a number from 0 to 1000000"},
        {"{\"families\": {\"a\": 1}}", "the family 'a' must be an object"},
        {"{\"families\": {\"a,b\": {}}}", "'a,b' cannot name a family"},
        {"{\"families\": {\"\": {}}}", "'' cannot name a family"},
        {"{\"families\": {\"a23456789_123456789_123456789_12\": {}}}", "cannot name a family"},
        {"{\"families\": {\"a\": {\"blurr\": {}}}}", "unknown damage 'blurr'"},
        {"{\"families\": {\"a\": {}, \"a\": {}}}", "duplicate"},
        {"{\"families\": {\"a\": {}}, \"blur\": {}}", "'blur' is beside 'families'"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        error.message[0] = '\0';
        assert_int_equal(parse(&recipe, cases[i].text), PAT_MALFORMED);
        if (strstr(error.message, cases[i].message) == NULL)
            fail_msg("%s: '%s' does not mention '%s'", cases[i].text, error.message,
                     cases[i].message);
    }
    assert_int_equal(pat_recipe_read(&recipe, "/missing/r.json", &error), PAT_NOT_FOUND);
    assert_int_equal(pat_recipe_read(&recipe, "/", &error), PAT_MALFORMED);
}

static void test_too_many_families(void **state)
{
    (void)state;
    for (int count = PAT_FAMILIES_MAX; count <= PAT_FAMILIES_MAX + 1; count++) {
        pat_buffer text = {0};
        pat_buffer_append_text(&text, "{\"families\": {");
        for (int i = 0; i < count; i++) {
            char family[40];
            snprintf(family, sizeof family, "%s\"f%d\": {}", i == 0 ? "" : ", ", i);
            pat_buffer_append_text(&text, family);
        }
        pat_buffer_append_text(&text, "}}");
        pat_status status = pat_recipe_parse(&recipe, text.data, text.size, "r.json", &error);
        assert_int_equal(status, count == PAT_FAMILIES_MAX ? PAT_OK : PAT_MALFORMED);
        pat_buffer_release(&text);
    }
    assert_non_null(strstr(error.message, "more than 64 families"));
}

/* ---- Choice of families ---- */

static const char abc[] =
    "{\"families\": {\"a\": {\"weight\": 1}, \"b\": {\"weight\": 2}, \"c\": {\"weight\": 0}}}";

/* The names of the families that are left, one after the other. */
static const char *left_of(const char *only, const char *except)
{
    static char names[PAT_FAMILIES_MAX * PAT_FAMILY_NAME_SIZE];
    names[0] = '\0';
    check(parse(&recipe, abc));
    check(pat_recipe_select(&recipe, only, except, &error));
    for (int f = 0; f < recipe.families; f++)
        strcat(names, recipe.family[f].name);
    return names;
}

static void test_families_are_chosen(void **state)
{
    (void)state;
    assert_string_equal(left_of(NULL, NULL), "abc");
    assert_string_equal(left_of("b", NULL), "b");
    assert_string_equal(left_of("b,a", NULL), "ab");
    assert_string_equal(left_of(NULL, "a"), "bc");
    assert_string_equal(left_of("a,b", "a"), "b");
    assert_true(recipe.family[0].weight == 2);
}

static void test_wrong_choices_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *only, *except, *message;
    } cases[] = {
        {"d", NULL, "--families: no family 'd' in the recipe; it has a, b, c"},
        {"a,d", NULL, "--families: no family 'd'"},
        {"a,,b", NULL, "--families: no family ''"},
        {"", NULL, "--families: no family ''"},
        {NULL, "e", "--except: no family 'e' in the recipe; it has a, b, c"},
        {NULL, "a,b,c", "leave no family"},
        {"a", "a", "leave no family"},
        {"c", NULL, "leave no family"}, /* its weight is 0 */
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        check(parse(&recipe, abc));
        other = recipe;
        assert_int_equal(pat_recipe_select(&recipe, cases[i].only, cases[i].except, &error),
                         PAT_INVALID_ARGUMENT);
        if (strstr(error.message, cases[i].message) == NULL)
            fail_msg("'%s' does not mention '%s'", error.message, cases[i].message);
        assert_memory_equal(&recipe, &other, sizeof recipe);
    }
}

/* ---- Drawing ---- */

enum { DRAWS = 4000 };

/* Within five standard deviations of a binomial distribution. */
static void assert_binomial(int count, double p, const char *what)
{
    if (fabs(count - DRAWS * p) > 5 * sqrt(DRAWS * p * (1 - p)))
        fail_msg("%s: %d of %d, with a probability of %g", what, count, DRAWS, p);
}

static void test_draws_follow_the_recipe(void **state)
{
    (void)state;
    make_full(&recipe);
    pat_family *family = &recipe.family[0];
    family->probability[pat_damage_find("fade")] = 0;
    family->probability[pat_damage_find("blur")] = 1;
    static int applied[PAT_DAMAGE_KINDS];
    static double least[PAT_DAMAGE_KINDS][PAT_DAMAGE_PARAMETERS_MAX],
        greatest[PAT_DAMAGE_KINDS][PAT_DAMAGE_PARAMETERS_MAX];
    pat_random *random = make_random(3);
    int mild = 0;
    for (int i = 0; i < DRAWS; i++) {
        pat_damage damage;
        pat_random_seed(random, (uint32_t)i);
        pat_recipe_draw(&recipe, random, &damage);
        mild += damage.mild;
        for (int k = 0; k < PAT_DAMAGE_KINDS; k++) {
            applied[k] += damage.applied[k];
            for (int p = 0; p < pat_damage_parameters(k); p++) {
                double value = damage.value[k][p];
                least[k][p] = i == 0 ? value : fmin(least[k][p], value);
                greatest[k][p] = i == 0 ? value : fmax(greatest[k][p], value);
                if (pat_damage_kind_of(k)->parameter[p].whole)
                    assert_true(value == floor(value));
            }
        }
    }
    assert_binomial(mild, 0.1, "mild");
    for (int k = 0; k < PAT_DAMAGE_KINDS; k++) {
        assert_binomial(applied[k], family->probability[k], pat_damage_kind_of(k)->name);
        for (int p = 0; p < pat_damage_parameters(k); p++) {
            double low = family->range[k][p].low, high = family->range[k][p].high;
            assert_true(least[k][p] >= low && least[k][p] < low + 0.02 * (high - low));
            assert_true(greatest[k][p] <= high && greatest[k][p] > high - 0.02 * (high - low));
        }
    }
    pat_random_free(random);
}

static void test_families_follow_their_weights(void **state)
{
    (void)state;
    check(pat_recipe_read(&recipe, NULL, &error));
    recipe.family[1].weight = 0;
    int drawn[PAT_FAMILIES_MAX] = {0};
    double sum = 0;
    pat_random *random = make_random(6);
    for (int i = 0; i < DRAWS; i++) {
        pat_damage damage;
        pat_random_seed(random, (uint32_t)i);
        pat_recipe_draw(&recipe, random, &damage);
        drawn[damage.family]++;
        for (int k = 0; k < PAT_DAMAGE_KINDS; k++)
            assert_true(!damage.applied[k] || recipe.family[damage.family].probability[k] > 0);
    }
    for (int f = 0; f < recipe.families; f++)
        sum += recipe.family[f].weight;
    for (int f = 0; f < recipe.families; f++)
        assert_binomial(drawn[f], recipe.family[f].weight / sum, recipe.family[f].name);
    assert_int_equal(drawn[1], 0);
    pat_random_free(random);
}

static void test_mild_draws_keep_to_the_mild_end(void **state)
{
    (void)state;
    make_full(&recipe);
    recipe.mild = 1;
    pat_random *random = make_random(4);
    for (int i = 0; i < DRAWS; i++) {
        pat_damage damage;
        pat_recipe_draw(&recipe, random, &damage);
        assert_true(damage.mild);
        assert_true(value_of(&damage, "blur", "sigma") <= 0.4 + 0.1 * 2.1 + 1e-9);
        assert_true(value_of(&damage, "scratches", "count") <= 2);
        assert_true(value_of(&damage, "rescale", "factor") >= 0.9 - 0.1 * 0.4 - 1e-9);
        assert_true(value_of(&damage, "jpeg", "quality") >= 89);
    }
    pat_random_free(random);
}

/* Changing one damage's probability or range does not change the others. */
static void test_draws_do_not_disturb_each_other(void **state)
{
    (void)state;
    make_full(&recipe);
    other = recipe;
    int fade = pat_damage_find("fade"), blur = pat_damage_find("blur");
    other.family[0].probability[fade] = 1;
    range_of(&other.family[0], "blur", "sigma")->high = 20;
    pat_random *random = make_random(1);
    for (uint32_t seed = 1; seed < 200; seed++) {
        pat_damage damage, changed, again;
        pat_random_seed(random, seed);
        pat_recipe_draw(&recipe, random, &damage);
        pat_random_seed(random, seed);
        pat_recipe_draw(&other, random, &changed);
        pat_random_seed(random, seed);
        pat_recipe_draw(&recipe, random, &again);
        assert_memory_equal(&again, &damage, sizeof damage);
        assert_true(changed.applied[fade]);
        changed.applied[fade] = damage.applied[fade];
        assert_true(changed.value[blur][0] > damage.value[blur][0]);
        changed.value[blur][0] = damage.value[blur][0];
        assert_memory_equal(&changed, &damage, sizeof damage);
    }
    pat_random_free(random);
}

/* What is drawn for a kind depends on its name, not on the kinds before it in the table. */
static void test_kinds_are_drawn_on_their_own(void **state)
{
    (void)state;
    make_full(&recipe);
    pat_random *random = make_random(2);
    pat_damage damage;
    pat_recipe_draw(&recipe, random, &damage);
    for (int k = 0; k < PAT_DAMAGE_KINDS; k++) {
        const pat_range *range = &recipe.family[0].range[k][0];
        pat_damage_seed(random, damage.seed, k, "draw");
        bool applied = pat_random_uniform(random) < recipe.family[0].probability[k];
        assert_int_equal(damage.applied[k], applied);
        double value = range->low + pat_random_uniform(random) * (range->high - range->low);
        if (!damage.mild && !pat_damage_kind_of(k)->parameter[0].whole)
            assert_true(fabs(damage.value[k][0] - value) <= 1e-3 * range->high); /* rounded */
    }
    pat_random_free(random);
}

/* Each kind has a sequence of its own, for each purpose. */
static void test_sequences_differ(void **state)
{
    (void)state;
    pat_random *random = make_random(1);
    uint32_t first[2 * PAT_DAMAGE_KINDS + 1];
    size_t count = 0;
    for (int k = 0; k < PAT_DAMAGE_KINDS; k++)
        for (int purpose = 0; purpose < 2; purpose++) {
            pat_damage_seed(random, 7, k, purpose == 0 ? "draw" : "apply");
            first[count++] = pat_random_bits(random);
        }
    pat_damage_seed(random, 8, 0, "draw");
    first[count++] = pat_random_bits(random);
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < i; j++)
            assert_true(first[i] != first[j]);
    pat_random_free(random);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows_are_complete),
        cmocka_unit_test(test_recipe_reads_back),
        cmocka_unit_test(test_recipe_in_part),
        cmocka_unit_test(test_recipe_with_families),
        cmocka_unit_test(test_recipes_refused),
        cmocka_unit_test(test_too_many_families),
        cmocka_unit_test(test_families_are_chosen),
        cmocka_unit_test(test_wrong_choices_are_refused),
        cmocka_unit_test(test_draws_follow_the_recipe),
        cmocka_unit_test(test_families_follow_their_weights),
        cmocka_unit_test(test_mild_draws_keep_to_the_mild_end),
        cmocka_unit_test(test_draws_do_not_disturb_each_other),
        cmocka_unit_test(test_kinds_are_drawn_on_their_own),
        cmocka_unit_test(test_sequences_differ),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
