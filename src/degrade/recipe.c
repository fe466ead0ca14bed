#include "degrade/recipe.h"

#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "base/number.h"

enum { SCHEMA_VERSION = 1 };

void pat_recipe_init_default(pat_recipe *recipe)
{
    recipe->mild = 0.1;
    for (int k = 0; k < PAT_DAMAGE_KINDS; k++)
        recipe->probability[k] = pat_damage_default_probability((pat_damage_kind)k);
    for (int p = 0; p < PAT_DAMAGE_PARAMETERS; p++) {
        const pat_parameter_info *info = pat_damage_parameter_info((pat_damage_parameter)p);
        recipe->range[p].low = info->low;
        recipe->range[p].high = info->high;
    }
}

/* ---- Reading --------------------------------------------------------------------------------- */

/* The recipe being read, with what its messages need. */
struct reading {
    pat_recipe *recipe;
    const char *name;
    pat_error *error;
};

static pat_status get_share(const struct reading *reading, const char *what, const json_t *value,
                            double *share)
{
    double number = json_number_value(value);
    if (!json_is_number(value) || !(number >= 0 && number <= 1))
        return pat_fail(reading->error, PAT_MALFORMED, "%s: '%s' must be a number from 0 to 1",
                        reading->name, what);
    *share = number;
    return PAT_OK;
}

static bool is_allowed(const pat_parameter_info *info, double value)
{
    return value >= info->minimum && value <= info->maximum &&
           (!info->whole || value == floor(value));
}

/* [low, high], or a single number for both. */
static pat_status get_range(const struct reading *reading, int p, const json_t *value)
{
    const pat_parameter_info *info = pat_damage_parameter_info((pat_damage_parameter)p);
    bool pair = json_is_array(value) && json_array_size(value) == 2;
    const json_t *first = pair ? json_array_get(value, 0) : value;
    const json_t *second = pair ? json_array_get(value, 1) : value;
    double low = json_number_value(first), high = json_number_value(second);
    if (!json_is_number(first) || !json_is_number(second) || !is_allowed(info, low) ||
        !is_allowed(info, high) || low > high) {
        char minimum[PAT_NUMBER_TEXT_SIZE], maximum[PAT_NUMBER_TEXT_SIZE];
        pat_number_format(info->minimum, minimum);
        pat_number_format(info->maximum, maximum);
        return pat_fail(reading->error, PAT_MALFORMED,
                        "%s: '%s' of '%s' must be [LOW, HIGH] or one number, %sfrom %s to %s",
                        reading->name, info->name, pat_damage_name(info->kind),
                        info->whole ? "whole, " : "", minimum, maximum);
    }
    reading->recipe->range[p].low = low;
    reading->recipe->range[p].high = high;
    return PAT_OK;
}

static pat_status get_key(const struct reading *reading, pat_damage_kind kind, const char *key,
                          const json_t *value)
{
    if (strcmp(key, "probability") == 0)
        return get_share(reading, key, value, &reading->recipe->probability[kind]);
    pat_buffer known = {0};
    for (int p = 0; p < PAT_DAMAGE_PARAMETERS; p++) {
        const pat_parameter_info *info = pat_damage_parameter_info((pat_damage_parameter)p);
        if (info->kind != kind)
            continue;
        if (strcmp(key, info->name) == 0) {
            pat_buffer_release(&known);
            return get_range(reading, p, value);
        }
        pat_buffer_append_text(&known, ", ");
        pat_buffer_append_text(&known, info->name);
    }
    pat_fail(reading->error, PAT_MALFORMED, "%s: '%s' has no '%s'; its keys are probability%.*s",
             reading->name, pat_damage_name(kind), key, (int)known.size,
             known.failed ? "" : known.data);
    pat_buffer_release(&known);
    return PAT_MALFORMED;
}

static pat_status get_damage(const struct reading *reading, pat_damage_kind kind, json_t *value)
{
    const char *key;
    json_t *entry;
    if (!json_is_object(value))
        return pat_fail(reading->error, PAT_MALFORMED,
                        "%s: '%s' must be an object, such as {\"probability\": 0.5}", reading->name,
                        pat_damage_name(kind));
    reading->recipe->probability[kind] = pat_damage_default_probability(kind);
    json_object_foreach(value, key, entry)
    {
        pat_status status = get_key(reading, kind, key, entry);
        if (status != PAT_OK)
            return status;
    }
    return PAT_OK;
}

/* A recipe need not have a schema; if it has one, it must be this one. */
static pat_status get_schema(const struct reading *reading, json_t *value)
{
    const char *name = "";
    int version = 0;
    if (json_unpack(value, "{s:s, s:i}", "name", &name, "version", &version) == 0 &&
        strcmp(name, "patina.recipe") == 0 && version == SCHEMA_VERSION)
        return PAT_OK;
    return pat_fail(
        reading->error, PAT_MALFORMED,
        "%s: its schema is not patina.recipe, version %d; use the patina version that wrote it, "
        "or remove 'schema'",
        reading->name, SCHEMA_VERSION);
}

static pat_status get_entry(const struct reading *reading, const char *key, json_t *value)
{
    if (strcmp(key, "schema") == 0)
        return get_schema(reading, value);
    if (strcmp(key, "mild") == 0)
        return get_share(reading, key, value, &reading->recipe->mild);
    for (int k = 0; k < PAT_DAMAGE_KINDS; k++)
        if (strcmp(key, pat_damage_name((pat_damage_kind)k)) == 0)
            return get_damage(reading, (pat_damage_kind)k, value);
    return pat_fail(reading->error, PAT_MALFORMED,
                    "%s: unknown damage '%s'; patina degrade --print-recipe lists all kinds",
                    reading->name, key);
}

static pat_status get_recipe(const struct reading *reading, json_t *root)
{
    const char *key;
    json_t *value;
    if (!json_is_object(root))
        return pat_fail(reading->error, PAT_MALFORMED,
                        "%s: not a recipe: it must be a JSON object, such as {\"blur\": {}}",
                        reading->name);
    pat_recipe_init_default(reading->recipe);
    memset(reading->recipe->probability, 0, sizeof reading->recipe->probability);
    json_object_foreach(root, key, value)
    {
        pat_status status = get_entry(reading, key, value);
        if (status != PAT_OK)
            return status;
    }
    return PAT_OK;
}

static pat_status fail_to_parse(pat_status status, const char *name, const json_error_t *cause,
                                pat_error *error)
{
    if (status == PAT_OUT_OF_MEMORY)
        return pat_fail_memory(error, "a recipe");
    if (status == PAT_NOT_FOUND)
        return pat_fail(error, PAT_NOT_FOUND, "%s: cannot open the recipe; check the path", name);
    if (cause->line > 0)
        return pat_fail(error, PAT_MALFORMED, "%s:%d: invalid JSON (%s); correct it", name,
                        cause->line, cause->text);
    return pat_fail(error, PAT_MALFORMED, "%s: not a recipe (%s); check the path", name,
                    cause->text);
}

/* Takes ownership of `root`. */
static pat_status take_root(pat_recipe *recipe, json_t *root, const char *name, pat_error *error)
{
    pat_status status = get_recipe(&(struct reading){recipe, name, error}, root);
    json_decref(root);
    return status;
}

pat_status pat_recipe_read(pat_recipe *recipe, const char *path, pat_error *error)
{
    enum { BYTES_MAX = 1 << 20 };
    json_error_t cause;
    json_t *root;
    pat_status status = pat_json_read(&root, path, BYTES_MAX, &cause);
    if (status != PAT_OK)
        return fail_to_parse(status, path, &cause, error);
    return take_root(recipe, root, path, error);
}

pat_status pat_recipe_parse(pat_recipe *recipe, const char *text, size_t size, const char *name,
                            pat_error *error)
{
    json_error_t cause;
    json_t *root;
    pat_status status = pat_json_parse(&root, text, size, &cause);
    if (status != PAT_OK)
        return fail_to_parse(status, name, &cause, error);
    return take_root(recipe, root, name, error);
}

/* ---- Writing --------------------------------------------------------------------------------- */

static json_t *damage_value(const pat_recipe *recipe, pat_damage_kind kind)
{
    json_t *damage = json_pack("{s:o}", "probability", pat_json_number(recipe->probability[kind]));
    for (int p = 0; p < PAT_DAMAGE_PARAMETERS; p++) {
        const pat_parameter_info *info = pat_damage_parameter_info((pat_damage_parameter)p);
        const double range[] = {recipe->range[p].low, recipe->range[p].high};
        if (info->kind == kind)
            pat_json_set(&damage, info->name, pat_json_numbers(range, 2));
    }
    return damage;
}

void pat_recipe_put(pat_buffer *text, const pat_recipe *recipe)
{
    json_t *value = json_pack("{s:o}", "mild", pat_json_number(recipe->mild));
    for (int k = 0; k < PAT_DAMAGE_KINDS; k++)
        pat_json_set(&value, pat_damage_name((pat_damage_kind)k),
                     damage_value(recipe, (pat_damage_kind)k));
    value = pat_json_document("recipe", SCHEMA_VERSION, value);
    pat_json_put(text, value, 1);
    pat_buffer_append_char(text, '\n');
    json_decref(value);
}

/* ---- Drawing --------------------------------------------------------------------------------- */

enum { DIGITS = 4 }; /* of drawn values, to keep tables readable */
static const double mild_part = 0.1;

/* u: 0 <= u < 1. */
static double draw_value(const pat_recipe *recipe, int p, bool mild, double u)
{
    const pat_parameter_info *info = pat_damage_parameter_info((pat_damage_parameter)p);
    double low = recipe->range[p].low, high = recipe->range[p].high;
    if (mild && info->mild == PAT_MILD_LOW)
        u *= mild_part;
    if (mild && info->mild == PAT_MILD_HIGH)
        u = 1 - mild_part + mild_part * u;
    if (info->whole)
        return fmin(low + floor(u * (high - low + 1)), high);
    return fmin(fmax(pat_number_round(low + u * (high - low), DIGITS), low), high);
}

void pat_recipe_draw(const pat_recipe *recipe, pat_random *random, pat_damage *damage)
{
    memset(damage, 0, sizeof *damage); /* padding too: it is sent as raw memory */
    damage->seed = pat_random_bits(random);
    damage->mild = pat_random_uniform(random) < recipe->mild;
    for (int k = 0; k < PAT_DAMAGE_KINDS; k++)
        damage->applied[k] = pat_random_uniform(random) < recipe->probability[k];
    for (int p = 0; p < PAT_DAMAGE_PARAMETERS; p++)
        damage->value[p] = draw_value(recipe, p, damage->mild, pat_random_uniform(random));
}
