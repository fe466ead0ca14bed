#include "learn/model_header.h"

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "learn/targets.h"
#include "patina/restore.h"
#include "patina/version.h"

static json_t *features_value(const pat_model *model)
{
    json_t *array = json_array();
    for (int i = 0; i < model->feature_count; i++) {
        const pat_feature_seen *seen = &model->feature[i];
        pat_json_append(&array, json_pack("{s:s, s:f, s:f, s:f, s:f}", "name", seen->name,
                                          "minimum", seen->minimum, "maximum", seen->maximum,
                                          "mean", seen->mean, "std", seen->deviation));
    }
    return array;
}

static json_t *targets_value(const pat_model *model)
{
    json_t *array = json_array();
    for (int i = 0; i < PAT_TARGET_COUNT; i++)
        pat_json_append(&array,
                        json_pack("{s:s, s:f, s:f}", "name", pat_target_name(i), "minimum",
                                  model->target_minimum[i], "maximum", model->target_maximum[i]));
    return array;
}

static json_t *outputs_value(const pat_learner *learner)
{
    return json_pack("{s:o, s:o}", "mean",
                     pat_json_numbers(learner->mean, (size_t)learner->outputs), "scale",
                     pat_json_numbers(learner->scale, (size_t)learner->outputs));
}

static json_t *linear_value(const pat_learner *learner)
{
    const pat_linear *linear = &learner->linear;
    json_t *coefficients = json_array();
    for (int o = 0; o < learner->outputs; o++)
        pat_json_append(&coefficients,
                        pat_json_numbers(linear->coefficient[o], (size_t)learner->inputs));
    return json_pack("{s:o, s:o, s:o}", "center",
                     pat_json_numbers(linear->center, (size_t)learner->inputs), "scale",
                     pat_json_numbers(linear->scale, (size_t)learner->inputs), "coefficients",
                     coefficients);
}

static json_t *surface_value(const pat_surface *surface)
{
    json_t *basis = json_array();
    for (int k = 0; k < surface->components; k++)
        pat_json_append(&basis, pat_json_numbers(surface->basis + (size_t)k * surface->settings,
                                                 surface->settings));
    return json_pack("{s:o, s:o}", "mean", pat_json_numbers(surface->mean, surface->settings),
                     "basis", basis);
}

static json_t *learners_value(const pat_model *model)
{
    const pat_tone *tone = &model->tone;
    return json_pack("{s:o, s:o, s:o}", "colors", outputs_value(&tone->colors), "gains",
                     outputs_value(&tone->gains), "harm", outputs_value(&tone->harm));
}

static json_t *filters_value(const pat_actions *actions)
{
    json_t *array = json_array();
    for (int i = 0; i < actions->filters; i++) {
        char text[PAT_GRID_TEXT_SIZE];
        pat_grid grid;
        pat_grid_init_single(&grid, &actions->filter[i]);
        pat_grid_format(&grid, text);
        pat_json_append(&array, json_string(text));
    }
    return array;
}

/* One object for each limit on harm. */
static json_t *limits_value(const pat_tone *tone)
{
    json_t *array = json_array();
    for (int i = 0; i < PAT_TONE_LIMITS; i++) {
        const pat_tone_effect *effect = &tone->effect[i];
        pat_json_append(&array,
                        json_pack("{s:f, s:f, s:f, s:f, s:f}", "max_harm", pat_tone_limits[i],
                                  "penalty", effect->penalty, "worse", effect->worse, "acted",
                                  effect->acted, "gain", effect->gain));
    }
    return array;
}

static json_t *tone_value(const pat_model *model)
{
    const pat_tone *tone = &model->tone;
    json_t *value = json_pack("{s:o, s:o, s:f, s:o, s:o}", "filters", filters_value(&tone->actions),
                              "learners", learners_value(model), "max_harm", tone->limit, "limits",
                              limits_value(tone), "surface", surface_value(&tone->surface));
    if (tone->longest != PAT_ACTION_SIDE)
        pat_json_set(&value, "longest", json_integer(tone->longest));
    return value;
}

/* The parameters that the trees were grown with: only information. */
static json_t *growth_value(const pat_growth *growth)
{
    return json_pack("{s:s, s:i, s:i, s:i, s:f, s:f, s:f, s:f, s:f}", "tree_method",
                     growth->tree_method, "rounds", growth->rounds, "parallel_trees",
                     growth->parallel_trees, "max_depth", growth->max_depth, "eta", growth->eta,
                     "lambda", growth->lambda, "min_child_weight", growth->min_child_weight,
                     "subsample", growth->subsample, "colsample_bynode", growth->colsample_bynode);
}

static json_t *versions_value(const pat_model *model)
{
    bool linear = model->kind == PAT_MODEL_LINEAR;
    return json_pack("{s:s, s:s}", "patina", pat_version(), linear ? "gsl" : "xgboost",
                     linear ? pat_linear_version() : pat_booster_version());
}

/* The caller's object; text NULL: none. */
static pat_status parse_object(const char *what, const char *text, json_t **value, pat_error *error)
{
    json_error_t cause = {.text = "it is none"};
    const char *object = text == NULL ? "{}" : text;
    pat_status status = pat_json_parse(value, object, strlen(object), &cause);
    if (json_is_object(*value))
        return PAT_OK;
    json_decref(*value);
    *value = NULL;
    if (status == PAT_OUT_OF_MEMORY)
        return pat_fail_memory(error, "the description of a model");
    return pat_fail(error, PAT_INVALID_ARGUMENT, "the %s of a model must be a JSON object (%s)",
                    what, cause.text);
}

/* Takes the two objects. */
static json_t *model_value(const pat_model *model, json_t *metrics, json_t *provenance)
{
    char grid[PAT_GRID_TEXT_SIZE];
    pat_grid_format(&model->grid, grid);
    const pat_growth *growth = pat_kind_growth(model->kind);
    json_t *value =
        json_pack("{s:s, s:i, s:o, s:o, s:s, s:s, s:o, s:o, s:o, s:o, s:o}", "kind",
                  pat_model_kind_name(model->kind), "definitions", PAT_DEFINITIONS_VERSION,
                  "features", features_value(model), "targets", targets_value(model), "grid", grid,
                  "correction", pat_operator_name(PAT_AXIS_COLOR, (int)model->correction),
                  "outputs", outputs_value(&model->learner), growth == NULL ? "linear" : "growth",
                  growth == NULL ? linear_value(&model->learner) : growth_value(growth), "metrics",
                  metrics, "provenance", provenance, "versions", versions_value(model));
    json_t *more = model->kind == PAT_MODEL_SURFACE ? surface_value(&model->surface)
                   : model->kind == PAT_MODEL_TONE  ? tone_value(model)
                                                    : NULL;
    if (value != NULL && more != NULL &&
        json_object_set_new(value, pat_model_kind_name(model->kind), more) != 0) {
        json_decref(value);
        return NULL;
    }
    return value;
}

pat_status pat_header_put(const pat_model *model, const char *metrics, const char *provenance,
                          pat_buffer *out, pat_error *error)
{
    json_t *metrics_value, *provenance_value;
    pat_status status = parse_object("metrics", metrics, &metrics_value, error);
    if (status != PAT_OK)
        return status;
    status = parse_object("provenance", provenance, &provenance_value, error);
    if (status != PAT_OK) {
        json_decref(metrics_value);
        return status;
    }
    json_t *value =
        pat_json_document("model", 1, model_value(model, metrics_value, provenance_value));
    pat_json_put(out, value, PAT_JSON_LINES);
    pat_buffer_append_char(out, '\n');
    json_decref(value);
    return out->failed ? pat_fail_memory(error, "the description of a model") : PAT_OK;
}

/* Reading: each function returns whether the value is valid. */

static bool get_reals(const json_t *array, double *value, int count)
{
    if (!json_is_array(array) || json_array_size(array) != (size_t)count)
        return false;
    for (int i = 0; i < count; i++) {
        const json_t *item = json_array_get(array, (size_t)i);
        if (!json_is_number(item))
            return false;
        value[i] = json_number_value(item);
    }
    return true;
}

static bool get_kind(const json_t *root, pat_model *model)
{
    const char *name = json_string_value(json_object_get(root, "kind"));
    for (int kind = 0; name != NULL && kind < PAT_MODEL_KINDS; kind++)
        if (strcmp(name, pat_model_kind_name((pat_model_kind)kind)) == 0) {
            model->kind = (pat_model_kind)kind;
            return true;
        }
    return false;
}

static bool is_known(const pat_model *model, const char *name)
{
    for (int i = 0; i < model->feature_count; i++)
        if (strcmp(model->feature[i].name, name) == 0)
            return true;
    return false;
}

static bool get_feature(json_t *value, pat_model *model)
{
    const char *name;
    pat_feature_seen seen = {0};
    if (json_unpack(value, "{s:s, s:F, s:F, s:F, s:F}", "name", &name, "minimum", &seen.minimum,
                    "maximum", &seen.maximum, "mean", &seen.mean, "std", &seen.deviation) != 0 ||
        *name == '\0' || strlen(name) >= sizeof seen.name || is_known(model, name) ||
        seen.minimum > seen.maximum)
        return false;
    strcpy(seen.name, name);
    model->feature[model->feature_count++] = seen;
    return true;
}

static bool get_features(const json_t *root, pat_model *model)
{
    json_t *array = json_object_get(root, "features");
    size_t count = json_array_size(array); /* 0 if it is not an array */
    if (count == 0 || count > PAT_MODEL_FEATURES_MAX)
        return false;
    for (size_t i = 0; i < count; i++)
        if (!get_feature(json_array_get(array, i), model))
            return false;
    model->learner.inputs = model->feature_count;
    model->learner.outputs = PAT_TARGET_COUNT; /* unless it is a surface */
    return true;
}

static bool get_targets(const json_t *root, pat_model *model)
{
    json_t *array = json_object_get(root, "targets");
    if (json_array_size(array) != PAT_TARGET_COUNT)
        return false;
    for (int i = 0; i < PAT_TARGET_COUNT; i++) {
        const char *name;
        double *minimum = &model->target_minimum[i], *maximum = &model->target_maximum[i];
        if (json_unpack(json_array_get(array, (size_t)i), "{s:s, s:F, s:F}", "name", &name,
                        "minimum", minimum, "maximum", maximum) != 0 ||
            strcmp(name, pat_target_name(i)) != 0)
            return false;
        if (!(*minimum >= 0 && *minimum <= *maximum && *maximum <= pat_target_greatest(i)))
            return false;
    }
    return true;
}

static bool get_grid(const json_t *root, pat_model *model)
{
    const char *text = json_string_value(json_object_get(root, "grid"));
    return text != NULL && pat_grid_parse(&model->grid, text, NULL) == PAT_OK;
}

static bool get_correction(const json_t *root, pat_model *model)
{
    const char *name = json_string_value(json_object_get(root, "correction"));
    return name != NULL && pat_value_parse(PAT_AXIS_COLOR, name, &model->correction) &&
           model->correction != PAT_COLOR_NONE;
}

/* The number of settings is known. */
static bool get_components(const json_t *value, pat_surface *surface)
{
    const json_t *basis = json_object_get(value, "basis");
    size_t components = json_array_size(basis);
    if (surface->settings == 0 || surface->settings > PAT_SURFACE_SETTINGS_MAX || components == 0 ||
        components > PAT_OUTPUTS_MAX || !pat_surface_reserve(surface))
        return false;
    surface->components = (int)components;
    for (size_t k = 0; k < components; k++)
        if (!get_reals(json_array_get(basis, k), surface->basis + k * surface->settings,
                       (int)surface->settings))
            return false;
    return get_reals(json_object_get(value, "mean"), surface->mean, (int)surface->settings);
}

/* After the grid, which says how many settings it has. */
static bool get_surface(const json_t *root, pat_model *model)
{
    pat_surface *surface = &model->surface;
    if (model->kind != PAT_MODEL_SURFACE)
        return true;
    surface->settings = pat_surface_settings(&model->grid);
    bool valid = get_components(json_object_get(root, "surface"), surface);
    model->learner.outputs = surface->components;
    return valid;
}

static bool all_positive(const double *value, int count)
{
    for (int i = 0; i < count; i++)
        if (!(value[i] > 0))
            return false;
    return true;
}

static bool get_learner(const json_t *value, pat_learner *learner)
{
    return get_reals(json_object_get(value, "mean"), learner->mean, learner->outputs) &&
           get_reals(json_object_get(value, "scale"), learner->scale, learner->outputs) &&
           all_positive(learner->scale, learner->outputs);
}

static bool get_outputs(const json_t *root, pat_model *model)
{
    return model->kind == PAT_MODEL_TONE ||
           get_learner(json_object_get(root, "outputs"), &model->learner);
}

/* The filters must be those that this patina would choose from, or others: each is one setting. */
static bool get_filters(const json_t *array, pat_actions *actions)
{
    size_t count = json_array_size(array);
    actions->filters = 0;
    for (size_t i = 0; i < count && count <= PAT_ACTION_FILTERS_MAX; i++) {
        const char *text = json_string_value(json_array_get(array, i));
        if (text == NULL || pat_actions_add(actions, text, NULL) != PAT_OK ||
            actions->filters != (int)i + 1)
            return false;
    }
    return actions->filters > 0 && pat_setting_is_idle(&actions->filter[0]);
}

/* The limits that this patina knows, in its order. */
static bool get_limits(json_t *array, pat_tone *tone)
{
    if (json_array_size(array) != PAT_TONE_LIMITS)
        return false;
    for (size_t i = 0; i < PAT_TONE_LIMITS; i++) {
        double limit;
        pat_tone_effect *effect = &tone->effect[i];
        if (json_unpack(json_array_get(array, i), "{s:F, s:F, s:F, s:F, s:F}", "max_harm", &limit,
                        "penalty", &effect->penalty, "worse", &effect->worse, "acted",
                        &effect->acted, "gain", &effect->gain) != 0 ||
            limit != pat_tone_limits[i] || !(effect->penalty >= 0))
            return false;
    }
    return true;
}

/* Read the longest side. If the member is missing, keep the default. */
static bool get_longest(const json_t *value, pat_tone *tone)
{
    json_int_t side = json_integer_value(value);
    if (value == NULL)
        return true;
    tone->longest = (int)side;
    return side >= PAT_ACTION_SIDE && side <= INT_MAX;
}

static bool get_tone(const json_t *root, pat_model *model)
{
    const char *name[PAT_MODEL_FEATURES_MAX];
    pat_tone *tone = &model->tone;
    if (model->kind != PAT_MODEL_TONE)
        return true;
    for (int i = 0; i < model->feature_count; i++)
        name[i] = model->feature[i].name;
    const json_t *value = json_object_get(root, "tone");
    const json_t *learners = json_object_get(value, "learners");
    if (pat_tone_init(tone, name, model->feature_count, NULL) != PAT_OK ||
        !get_filters(json_object_get(value, "filters"), &tone->actions))
        return false;
    tone->surface.settings = (size_t)pat_actions_count(&tone->actions);
    if (!get_components(json_object_get(value, "surface"), &tone->surface))
        return false;
    pat_tone_shape(tone);
    const json_t *limit = json_object_get(value, "max_harm");
    tone->limit = json_number_value(limit);
    return get_learner(json_object_get(learners, "colors"), &tone->colors) &&
           get_learner(json_object_get(learners, "gains"), &tone->gains) &&
           get_learner(json_object_get(learners, "harm"), &tone->harm) &&
           get_limits(json_object_get(value, "limits"), tone) && json_is_number(limit) &&
           tone->limit >= 0 && get_longest(json_object_get(value, "longest"), tone);
}

static bool get_linear(const json_t *root, pat_model *model)
{
    pat_learner *learner = &model->learner;
    if (model->kind != PAT_MODEL_LINEAR)
        return true;
    const json_t *value = json_object_get(root, "linear");
    const json_t *coefficients = json_object_get(value, "coefficients");
    if (!get_reals(json_object_get(value, "center"), learner->linear.center, learner->inputs) ||
        !get_reals(json_object_get(value, "scale"), learner->linear.scale, learner->inputs) ||
        !all_positive(learner->linear.scale, learner->inputs) ||
        json_array_size(coefficients) != (size_t)learner->outputs)
        return false;
    for (int o = 0; o < learner->outputs; o++)
        if (!get_reals(json_array_get(coefficients, (size_t)o), learner->linear.coefficient[o],
                       learner->inputs))
            return false;
    return true;
}

static pat_status get_model(pat_model *model, const json_t *root, const char *name,
                            pat_error *error)
{
    static const struct {
        const char *member;
        bool (*get)(const json_t *root, pat_model *model);
    } part[] = {
        {"kind", get_kind},
        {"features", get_features},
        {"targets", get_targets},
        {"grid", get_grid},
        {"correction", get_correction},
        {"surface", get_surface},
        {"outputs", get_outputs},
        {"tone", get_tone},
        {"linear", get_linear},
    };
    json_int_t definitions = json_integer_value(json_object_get(root, "definitions"));
    if (definitions != PAT_DEFINITIONS_VERSION)
        return pat_fail(error, PAT_MALFORMED,
                        "%s: the model was trained on features of definitions version %lld, and "
                        "this patina computes those of version %d; train it again",
                        name, (long long)definitions, PAT_DEFINITIONS_VERSION);
    for (size_t i = 0; i < sizeof part / sizeof *part; i++) {
        errno = 0;
        if (part[i].get(root, model))
            continue;
        if (errno == ENOMEM)
            return pat_fail_memory(error, "the description of a model");
        return pat_fail(error, PAT_MALFORMED,
                        "%s: '%s' in the model's description is missing or invalid; train it "
                        "again, or use the patina that made it",
                        name, part[i].member);
    }
    return PAT_OK;
}

pat_status pat_header_get(pat_model *model, const char *text, size_t size, const char *name,
                          pat_error *error)
{
    json_error_t cause;
    json_t *root;
    pat_status status = pat_json_parse(&root, text, size, &cause);
    if (status == PAT_OUT_OF_MEMORY)
        return pat_fail_memory(error, "the description of a model");
    if (status != PAT_OK)
        return pat_fail(error, PAT_MALFORMED,
                        "%s: the model's description is not JSON (%s); train it again", name,
                        cause.text);
    status = get_model(model, root, name, error);
    json_decref(root);
    return status;
}
