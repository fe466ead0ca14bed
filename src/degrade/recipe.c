/* Recipes: their JSON form, and the choice of families. recipe_draw.c draws from them. */
#include "degrade/recipe.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/embed.h"
#include "base/error.h"
#include "base/json.h"
#include "base/number.h"
#include "degrade/builtin.h"

enum { SCHEMA_VERSION = 1 };

PAT_EMBED(pat_recipe_builtin, "degrade/recipe.json");

/* ---- Reading --------------------------------------------------------------------------------- */

/* The recipe being read, with what its messages need. */
struct reading {
    pat_recipe *recipe;
    const char *name;
    pat_error *error;
};

static pat_status get_number(const struct reading *reading, const char *what, const json_t *value,
                             double greatest, double *number)
{
    double read = json_number_value(value);
    char text[PAT_NUMBER_TEXT_SIZE];
    pat_number_format(greatest, text);
    if (!json_is_number(value) || !(read >= 0 && read <= greatest))
        return pat_fail(reading->error, PAT_MALFORMED, "%s: '%s' must be a number from 0 to %s",
                        reading->name, what, text);
    *number = read;
    return PAT_OK;
}

static bool is_allowed(const pat_damage_parameter *parameter, double value)
{
    return value >= parameter->minimum && value <= parameter->maximum &&
           (!parameter->whole || value == floor(value));
}

/* [low, high], or a single number for both. */
static pat_status get_range(const struct reading *reading, const pat_damage_kind *kind,
                            const pat_damage_parameter *parameter, const json_t *value,
                            pat_range *range)
{
    bool pair = json_is_array(value) && json_array_size(value) == 2;
    const json_t *first = pair ? json_array_get(value, 0) : value;
    const json_t *second = pair ? json_array_get(value, 1) : value;
    double low = json_number_value(first), high = json_number_value(second);
    if (!json_is_number(first) || !json_is_number(second) || !is_allowed(parameter, low) ||
        !is_allowed(parameter, high) || low > high) {
        char minimum[PAT_NUMBER_TEXT_SIZE], maximum[PAT_NUMBER_TEXT_SIZE];
        pat_number_format(parameter->minimum, minimum);
        pat_number_format(parameter->maximum, maximum);
        return pat_fail(reading->error, PAT_MALFORMED,
                        "%s: '%s' of '%s' must be [LOW, HIGH] or one number, %sfrom %s to %s",
                        reading->name, parameter->name, kind->name,
                        parameter->whole ? "whole, " : "", minimum, maximum);
    }
    *range = (pat_range){low, high};
    return PAT_OK;
}

static pat_status fail_to_know_key(const struct reading *reading, const pat_damage_kind *kind,
                                   const char *key)
{
    pat_buffer known = {0};
    for (const pat_damage_parameter *p = kind->parameter; p->name != NULL; p++) {
        pat_buffer_append_text(&known, ", ");
        pat_buffer_append_text(&known, p->name);
    }
    pat_fail(reading->error, PAT_MALFORMED, "%s: '%s' has no '%s'; its keys are probability%.*s",
             reading->name, kind->name, key, (int)known.size, known.failed ? "" : known.data);
    pat_buffer_release(&known);
    return PAT_MALFORMED;
}

static pat_status get_key(const struct reading *reading, pat_family *family, int k, const char *key,
                          const json_t *value)
{
    const pat_damage_kind *kind = pat_damage_kind_of(k);
    if (strcmp(key, "probability") == 0)
        return get_number(reading, key, value, 1, &family->probability[k]);
    for (int p = 0; p < pat_damage_parameters(k); p++)
        if (strcmp(key, kind->parameter[p].name) == 0)
            return get_range(reading, kind, &kind->parameter[p], value, &family->range[k][p]);
    return fail_to_know_key(reading, kind, key);
}

static pat_status get_damage(const struct reading *reading, pat_family *family, const char *name,
                             json_t *value)
{
    const char *key;
    json_t *entry;
    int k = pat_damage_find(name);
    if (k < 0)
        return pat_fail(reading->error, PAT_MALFORMED,
                        "%s: unknown damage '%s'; docs/degrade.md lists all kinds", reading->name,
                        name);
    if (!json_is_object(value))
        return pat_fail(reading->error, PAT_MALFORMED,
                        "%s: '%s' must be an object, such as {\"probability\": 0.5}", reading->name,
                        name);
    family->probability[k] = pat_damage_kind_of(k)->probability;
    json_object_foreach(value, key, entry)
    {
        pat_status status = get_key(reading, family, k, key, entry);
        if (status != PAT_OK)
            return status;
    }
    return PAT_OK;
}

/* Add a family without damage, whose ranges are those of the rows. NULL if there is no room. */
static pat_family *add_family(pat_recipe *recipe, const char *name)
{
    if (recipe->families == PAT_FAMILIES_MAX || strlen(name) >= PAT_FAMILY_NAME_SIZE)
        return NULL;
    pat_family *family = &recipe->family[recipe->families++];
    memcpy(family->name, name, strlen(name));
    family->weight = 1;
    for (int k = 0; k < PAT_DAMAGE_KINDS; k++)
        for (int p = 0; p < pat_damage_parameters(k); p++) {
            const pat_damage_parameter *parameter = &pat_damage_kind_of(k)->parameter[p];
            family->range[k][p] = (pat_range){parameter->low, parameter->high};
        }
    return family;
}

/* Lower-case letters, digits and '_': safe in --families, CSV and file names. */
static bool is_name(const char *name)
{
    size_t length = strlen(name);
    return length > 0 && length < PAT_FAMILY_NAME_SIZE &&
           strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") == length;
}

static pat_status get_family(const struct reading *reading, const char *name, json_t *value)
{
    enum { WEIGHT_MAX = 1000000 };
    const char *key;
    json_t *entry;
    if (!is_name(name))
        return pat_fail(reading->error, PAT_MALFORMED,
                        "%s: '%s' cannot name a family; use up to %d of a-z, 0-9 and _",
                        reading->name, name, PAT_FAMILY_NAME_SIZE - 1);
    if (!json_is_object(value))
        return pat_fail(
            reading->error, PAT_MALFORMED,
            "%s: the family '%s' must be an object, such as {\"weight\": 1, \"blur\": {}}",
            reading->name, name);
    pat_family *family = add_family(reading->recipe, name);
    if (family == NULL)
        return pat_fail(reading->error, PAT_MALFORMED, "%s: more than %d families", reading->name,
                        PAT_FAMILIES_MAX);
    json_object_foreach(value, key, entry)
    {
        pat_status status = strcmp(key, "weight") == 0
                                ? get_number(reading, key, entry, WEIGHT_MAX, &family->weight)
                                : get_damage(reading, family, key, entry);
        if (status != PAT_OK)
            return status;
    }
    return PAT_OK;
}

static pat_status get_families(const struct reading *reading, json_t *value)
{
    const char *key;
    json_t *entry;
    double sum = 0;
    if (!json_is_object(value))
        return pat_fail(reading->error, PAT_MALFORMED,
                        "%s: 'families' must be an object, such as {\"soft\": {\"blur\": {}}}",
                        reading->name);
    json_object_foreach(value, key, entry)
    {
        pat_status status = get_family(reading, key, entry);
        if (status != PAT_OK)
            return status;
        sum += reading->recipe->family[reading->recipe->families - 1].weight;
    }
    if (sum == 0)
        return pat_fail(reading->error, PAT_MALFORMED,
                        "%s: no family has a weight; give one a weight above 0", reading->name);
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

static bool is_heading(const char *key)
{
    return strcmp(key, "schema") == 0 || strcmp(key, "mild") == 0;
}

/* The flat form: the kinds of damage of the only family stand beside `mild`. */
static pat_status get_only_family(const struct reading *reading, json_t *root)
{
    const char *key;
    json_t *value;
    pat_family *family = add_family(reading->recipe, "custom");
    json_object_foreach(root, key, value)
    {
        pat_status status = is_heading(key) ? PAT_OK : get_damage(reading, family, key, value);
        if (status != PAT_OK)
            return status;
    }
    return PAT_OK;
}

/* The form with families has nothing else beside `mild`. */
static pat_status get_named_families(const struct reading *reading, json_t *root)
{
    const char *key;
    json_t *value;
    json_object_foreach(root, key, value)
    {
        if (!is_heading(key) && strcmp(key, "families") != 0)
            return pat_fail(reading->error, PAT_MALFORMED,
                            "%s: '%s' is beside 'families'; move it into a family", reading->name,
                            key);
    }
    return get_families(reading, json_object_get(root, "families"));
}

static pat_status get_recipe(const struct reading *reading, json_t *root)
{
    if (!json_is_object(root))
        return pat_fail(reading->error, PAT_MALFORMED,
                        "%s: not a recipe: it must be a JSON object, such as {\"blur\": {}}",
                        reading->name);
    json_t *schema = json_object_get(root, "schema"), *mild = json_object_get(root, "mild");
    memset(reading->recipe, 0, sizeof *reading->recipe);
    reading->recipe->mild = 0.1;
    pat_status status = schema == NULL ? PAT_OK : get_schema(reading, schema);
    if (status == PAT_OK && mild != NULL)
        status = get_number(reading, "mild", mild, 1, &reading->recipe->mild);
    if (status != PAT_OK)
        return status;
    return json_object_get(root, "families") == NULL ? get_only_family(reading, root)
                                                     : get_named_families(reading, root);
}

static pat_status fail_to_parse(pat_status status, const char *name, const json_error_t *cause,
                                pat_error *error)
{
    if (status == PAT_OUT_OF_MEMORY)
        return pat_fail_memory(error, "a recipe");
    if (cause->line > 0)
        return pat_fail(error, PAT_MALFORMED, "%s:%d: invalid JSON (%s); correct it", name,
                        cause->line, cause->text);
    return pat_fail(error, status, "%s: not a recipe (%s); check the path", name, cause->text);
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
    if (path == NULL)
        return pat_recipe_parse(recipe, pat_recipe_builtin,
                                (size_t)(pat_recipe_builtin_end - pat_recipe_builtin),
                                "the built-in recipe", error);
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

/* ---- Choice of families ---------------------------------------------------------------------- */

static int find_family(const pat_recipe *recipe, const char *name)
{
    for (int f = 0; f < recipe->families; f++)
        if (strcmp(recipe->family[f].name, name) == 0)
            return f;
    return -1;
}

static pat_status fail_to_know(const pat_recipe *recipe, const char *option, const char *name,
                               pat_error *error)
{
    pat_buffer known = {0};
    for (int f = 0; f < recipe->families; f++) {
        pat_buffer_append_text(&known, f == 0 ? "" : ", ");
        pat_buffer_append_text(&known, recipe->family[f].name);
    }
    pat_fail(error, PAT_INVALID_ARGUMENT, "%s: no family '%s' in the recipe; it has %.*s", option,
             name, (int)known.size, known.failed ? "" : known.data);
    pat_buffer_release(&known);
    return PAT_INVALID_ARGUMENT;
}

/* Mark the families that are named. */
static pat_status find_families(const pat_recipe *recipe, const char *option, const char *names,
                                bool named[PAT_FAMILIES_MAX], pat_error *error)
{
    char *copy = strdup(names), *rest = copy;
    pat_status status = copy == NULL ? pat_fail_memory(error, "the names of families") : PAT_OK;
    for (char *name; status == PAT_OK && (name = strsep(&rest, ",")) != NULL;) {
        int f = find_family(recipe, name);
        if (f < 0)
            status = fail_to_know(recipe, option, name, error);
        else
            named[f] = true;
    }
    free(copy);
    return status;
}

pat_status pat_recipe_select(pat_recipe *recipe, const char *only, const char *except,
                             pat_error *error)
{
    bool wanted[PAT_FAMILIES_MAX] = {false}, unwanted[PAT_FAMILIES_MAX] = {false};
    pat_status status = PAT_OK;
    double sum = 0;
    if (only != NULL)
        status = find_families(recipe, "--families", only, wanted, error);
    if (except != NULL && status == PAT_OK)
        status = find_families(recipe, "--except", except, unwanted, error);
    if (status != PAT_OK)
        return status;
    for (int f = 0; f < recipe->families; f++) {
        wanted[f] = (only == NULL || wanted[f]) && !unwanted[f];
        sum += wanted[f] ? recipe->family[f].weight : 0;
    }
    if (sum == 0)
        return pat_fail(error, PAT_INVALID_ARGUMENT,
                        "--families and --except leave no family with a weight; name others");
    int kept = 0;
    for (int f = 0; f < recipe->families; f++)
        if (wanted[f])
            recipe->family[kept++] = recipe->family[f];
    memset(&recipe->family[kept], 0, (size_t)(recipe->families - kept) * sizeof *recipe->family);
    recipe->families = kept;
    return PAT_OK;
}

/* ---- Writing --------------------------------------------------------------------------------- */

static json_t *damage_value(const pat_family *family, int k)
{
    json_t *damage = json_pack("{s:o}", "probability", pat_json_number(family->probability[k]));
    for (int p = 0; p < pat_damage_parameters(k); p++) {
        const double range[] = {family->range[k][p].low, family->range[k][p].high};
        pat_json_set(&damage, pat_damage_kind_of(k)->parameter[p].name, pat_json_numbers(range, 2));
    }
    return damage;
}

static json_t *family_value(const pat_family *family)
{
    json_t *value = json_pack("{s:o}", "weight", pat_json_number(family->weight));
    for (int k = 0; k < PAT_DAMAGE_KINDS; k++)
        if (family->probability[k] > 0)
            pat_json_set(&value, pat_damage_kind_of(k)->name, damage_value(family, k));
    return value;
}

void pat_recipe_put(pat_buffer *text, const pat_recipe *recipe)
{
    enum { LEVELS = 3 }; /* each kind of damage has its line */
    json_t *families = json_object();
    for (int f = 0; f < recipe->families; f++)
        pat_json_set(&families, recipe->family[f].name, family_value(&recipe->family[f]));
    json_t *value = json_pack("{s:o}", "mild", pat_json_number(recipe->mild));
    pat_json_set(&value, "families", families);
    value = pat_json_document("recipe", SCHEMA_VERSION, value);
    pat_json_put(text, value, LEVELS);
    pat_buffer_append_char(text, '\n');
    json_decref(value);
}
