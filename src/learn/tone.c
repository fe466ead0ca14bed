#include "learn/tone.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "learn/components.h"

static const pat_growth gain_growth = {.rounds = 200,
                                       .parallel_trees = 1,
                                       .max_depth = 4,
                                       .tree_method = "hist",
                                       .eta = 0.05,
                                       .lambda = 1,
                                       .min_child_weight = 3,
                                       .subsample = 0.6,
                                       .colsample_bynode = 0.2,
                                       .max_bin = 64};
static const pat_growth harm_growth = {.rounds = 250,
                                       .parallel_trees = 1,
                                       .max_depth = 5,
                                       .tree_method = "hist",
                                       .eta = 0.05,
                                       .lambda = 1,
                                       .min_child_weight = 8,
                                       .subsample = 0.6,
                                       .colsample_bynode = 0.5,
                                       .max_bin = 64,
                                       .is_probability = true};

/* Gains below this count as this: how bad a bad action is does not matter. */
#define GAIN_LEAST (-0.2)

/* Keep components up to this share of the variance of the gains. */
#define ENOUGH 0.999

/* Limits of the predicted gain of a channel. */
#define SLOPE_LEAST 0.3
#define SLOPE_GREATEST 6.0

enum {
    COLOR_INPUTS = 2 * PAT_TONE_CHANGES + PAT_AFFINE_NUMBERS,
    ACTION_INPUTS = 8,
    HARM_INPUTS = COLOR_INPUTS + ACTION_INPUTS
};

const double pat_tone_limits[PAT_TONE_LIMITS] = {0.0025, 0.005, 0.01, 0.02, 0.03, 0.05, 0.1};

/* ---- Colors ---------------------------------------------------------------------------------- */

const char *pat_tone_anchor_name(int anchor)
{
    static const char *const names[PAT_TONE_ANCHORS] = {"p5_r",  "p5_g",  "p5_b",
                                                        "p95_r", "p95_g", "p95_b"};
    return names[anchor];
}

static pat_status find_feature(const char *const *feature_name, int features, const char *wanted,
                               int *index, pat_error *error)
{
    for (*index = 0; *index < features; ++*index)
        if (strcmp(feature_name[*index], wanted) == 0)
            return PAT_OK;
    return pat_fail(error, PAT_INVALID_ARGUMENT,
                    "a tone model needs the feature '%s': search with --extended", wanted);
}

pat_status pat_tone_init(pat_tone *tone, const char *const *feature_name, int features,
                         pat_error *error)
{
    *tone = (pat_tone){
        .features = features, .limit = PAT_TONE_LIMIT_DEFAULT, .longest = PAT_ACTION_SIDE};
    pat_status status = find_feature(feature_name, features, PAT_TONE_CHROMA, &tone->chroma, error);
    for (int a = 0; a < PAT_TONE_ANCHORS && status == PAT_OK; a++)
        status =
            find_feature(feature_name, features, pat_tone_anchor_name(a), &tone->anchor[a], error);
    for (int row = 0; row < pat_action_row_count && status == PAT_OK; row++)
        status = pat_actions_add(&tone->actions, pat_action_rows[row], error);
    return status;
}

void pat_tone_release(pat_tone *tone)
{
    pat_learner_release(&tone->colors);
    pat_learner_release(&tone->gains);
    pat_learner_release(&tone->harm);
    pat_surface_release(&tone->surface);
    *tone = (pat_tone){0};
}

void pat_tone_shape(pat_tone *tone)
{
    tone->colors.inputs = tone->features;
    tone->colors.outputs = PAT_TONE_CHANGES;
    tone->gains.inputs = tone->features + COLOR_INPUTS;
    tone->gains.outputs = tone->surface.components;
    tone->harm.inputs = HARM_INPUTS;
    tone->harm.outputs = 1;
}

/* The anchors of a channel: distinct, so that a line goes through both. */
static void find_anchors(const pat_tone *tone, const double *features, int channel, double at[2])
{
    at[0] = features[tone->anchor[channel]];
    at[1] = fmax(features[tone->anchor[3 + channel]], at[0] + 4);
}

void pat_tone_encode(const pat_tone *tone, const double *features, pat_tone_colors *colors)
{
    double moved[2][3];
    for (int c = 0; c < 3; c++) {
        double at[2];
        find_anchors(tone, features, c, at);
        for (int i = 0; i < 2; i++)
            moved[i][c] = colors->affine[2 * c] * at[i] + colors->affine[2 * c + 1] - at[i];
    }
    for (int i = 0; i < 2; i++) {
        colors->change[3 * i] = moved[i][1];
        colors->change[3 * i + 1] = moved[i][0] - moved[i][1];
        colors->change[3 * i + 2] = moved[i][2] - moved[i][1];
    }
}

void pat_tone_decode(const pat_tone *tone, const double *features, pat_tone_colors *colors)
{
    bool monochrome = features[tone->chroma] <= PAT_TONE_MONOCHROME;
    for (int i = 0; i < PAT_TONE_CHANGES && monochrome; i++)
        colors->change[i] = i % 3 == 0 ? colors->change[i] : 0;
    for (int c = 0; c < 3; c++) {
        double at[2], moved[2];
        find_anchors(tone, features, monochrome ? 1 : c, at);
        for (int i = 0; i < 2; i++) {
            const double *change = colors->change + 3 * i;
            moved[i] = at[i] + change[0] + (c == 0 ? change[1] : c == 2 ? change[2] : 0);
        }
        double gain = (moved[1] - moved[0]) / (at[1] - at[0]);
        gain = fmin(fmax(gain, SLOPE_LEAST), SLOPE_GREATEST);
        colors->affine[2 * c] = gain;
        colors->affine[2 * c + 1] = moved[0] - gain * at[0];
    }
}

pat_status pat_tone_fit_colors(pat_tone *tone, const pat_tone_rows *rows,
                               const pat_tone_colors *truth, pat_error *error)
{
    double *change = pat_realloc_array(NULL, rows->rows, sizeof truth->change);
    if (change == NULL)
        return pat_fail_memory(error, "the training data");
    for (size_t i = 0; i < rows->rows; i++)
        memcpy(change + i * PAT_TONE_CHANGES, truth[i].change, sizeof truth->change);
    const pat_samples samples = {rows->rows, tone->features, PAT_TONE_CHANGES, rows->feature,
                                 change};
    pat_status status = pat_learner_fit(&tone->colors, pat_kind_growth(PAT_MODEL_TONE), &samples,
                                        rows->seed, error);
    free(change);
    return status;
}

pat_status pat_tone_predict_colors(const pat_tone *tone, const double *features,
                                   pat_tone_colors *colors, pat_error *error)
{
    pat_status status = pat_learner_predict(&tone->colors, features, 1, colors->change, error);
    if (status == PAT_OK)
        pat_tone_decode(tone, features, colors);
    return status;
}

/* Write the predicted colors as COLOR_INPUTS inputs. */
static void put_colors(const pat_tone_colors *colors, double *at)
{
    for (int i = 0; i < PAT_TONE_CHANGES; i++) {
        *at++ = colors->change[i];
        *at++ = fabs(colors->change[i]);
    }
    memcpy(at, colors->affine, sizeof colors->affine);
}

/* ---- Gains ----------------------------------------------------------------------------------- */

/* Write the inputs of the learner of gains: the features and the predicted colors. */
static void put_image(const pat_tone *tone, const double *features, const pat_tone_colors *colors,
                      double *input)
{
    memcpy(input, features, (size_t)tone->features * sizeof *input);
    put_colors(colors, input + tone->features);
}

static pat_status learn_gains(pat_tone *tone, const pat_tone_rows *rows, double *input,
                              double *gain, double *score, pat_error *error)
{
    pat_surface *surface = &tone->surface;
    size_t inputs = (size_t)tone->features + COLOR_INPUTS;
    for (size_t i = 0; i < rows->rows; i++)
        put_image(tone, rows->feature + i * (size_t)tone->features, &rows->colors[i],
                  input + i * inputs);
    for (size_t i = 0; i < rows->rows * surface->settings; i++)
        gain[i] = fmax(rows->gain[i], GAIN_LEAST);
    pat_status status =
        pat_components_find(gain, rows->rows, surface->settings, ENOUGH, PAT_OUTPUTS_MAX,
                            surface->mean, surface->basis, &surface->components, error);
    if (status != PAT_OK)
        return status;
    pat_surface_project(surface, gain, rows->rows, score);
    const pat_samples samples = {rows->rows, (int)inputs, surface->components, input, score};
    return pat_learner_fit(&tone->gains, &gain_growth, &samples, rows->seed, error);
}

pat_status pat_tone_fit_gains(pat_tone *tone, const pat_tone_rows *rows, pat_error *error)
{
    size_t inputs = (size_t)tone->features + COLOR_INPUTS;
    tone->surface.settings = (size_t)pat_actions_count(&tone->actions);
    double *input = pat_realloc_array(NULL, rows->rows, inputs * sizeof *input);
    double *gain = pat_realloc_array(NULL, rows->rows, tone->surface.settings * sizeof *gain);
    double *score = pat_realloc_array(NULL, rows->rows, PAT_OUTPUTS_MAX * sizeof *score);
    bool enough = input != NULL && gain != NULL && score != NULL;
    pat_status status = enough && pat_surface_reserve(&tone->surface)
                            ? learn_gains(tone, rows, input, gain, score, error)
                            : pat_fail_memory(error, "the gains to learn from");
    free(input);
    free(gain);
    free(score);
    return status;
}

pat_status pat_tone_predict_gains(const pat_tone *tone, const double *features,
                                  const pat_tone_colors *colors, double *expected, pat_error *error)
{
    double input[PAT_INPUTS_MAX], score[PAT_OUTPUTS_MAX];
    put_image(tone, features, colors, input);
    pat_status status = pat_learner_predict(&tone->gains, input, 1, score, error);
    if (status == PAT_OK)
        pat_surface_expect(&tone->surface, score, expected);
    return status;
}

/* ---- Harm ------------------------------------------------------------------------------------ */

static bool is_harm(double gain)
{
    return gain < 0;
}

static double operator_of(const pat_tone *tone, int action)
{
    return tone->actions.filter[action / PAT_ACTION_SHARES].value[PAT_AXIS_FILTER];
}

/* For each operator and share, the action with the greatest expected gain, if that is above 0. */
static int list_candidates(const pat_tone *tone, const double *expected,
                           pat_tone_candidate list[PAT_TONE_CANDIDATES_MAX])
{
    int count = 0, actions = pat_actions_count(&tone->actions);
    for (int action = 0; action < actions; action++) {
        int i = 0;
        while (i < count && (operator_of(tone, list[i].action) != operator_of(tone, action) ||
                             list[i].action % PAT_ACTION_SHARES != action % PAT_ACTION_SHARES))
            i++;
        if (expected[action] <= 0 || action == 0 || i == PAT_TONE_CANDIDATES_MAX)
            continue;
        if (i == count || expected[action] > list[i].gain)
            list[i] = (pat_tone_candidate){.action = action, .gain = expected[action]};
        count += i == count;
    }
    return count;
}

static double greatest(const double *expected, int filters, int share)
{
    double most = expected[share];
    for (int filter = 1; filter < filters; filter++)
        most = fmax(most, expected[filter * PAT_ACTION_SHARES + share]);
    return most;
}

/* Write the inputs of the learner of harm: the predicted colors and the action. Given the features
 * of the image as well, it would memorize the originals on which an action does harm. */
static void put_action(const pat_tone *tone, const pat_tone_colors *colors, const double *expected,
                       int action, double at[HARM_INPUTS])
{
    put_colors(colors, at);
    at += COLOR_INPUTS;
    int share = action % PAT_ACTION_SHARES, filters = tone->actions.filters;
    double gain = expected[action];
    *at++ = gain;
    *at++ = operator_of(tone, action);
    *at++ = action / PAT_ACTION_SHARES;
    *at++ = share;
    *at++ = greatest(expected, filters, 0);
    *at++ = greatest(expected, filters, PAT_ACTION_SHARES - 1);
    *at++ = gain - expected[share];
    *at++ = gain - expected[action - share];
}

/* Rows for the harm learner, growing. */
struct harm_rows {
    size_t count, input_room, label_room;
    double *input, *label;
};

static bool add_harm(const pat_tone *tone, const pat_tone_rows *rows, size_t row,
                     struct harm_rows *harm)
{
    pat_tone_candidate list[PAT_TONE_CANDIDATES_MAX];
    size_t actions = (size_t)pat_actions_count(&tone->actions);
    const double *expected = rows->expected + row * actions;
    int count = list_candidates(tone, expected, list);
    size_t total = harm->count + (size_t)count;
    if (!pat_array_reserve(&harm->input, &harm->input_room, total * HARM_INPUTS, sizeof(double)) ||
        !pat_array_reserve(&harm->label, &harm->label_room, total, sizeof(double)))
        return false;
    for (int i = 0; i < count; i++, harm->count++) {
        put_action(tone, &rows->colors[row], expected, list[i].action,
                   harm->input + harm->count * HARM_INPUTS);
        harm->label[harm->count] = is_harm(rows->gain[row * actions + (size_t)list[i].action]);
    }
    return true;
}

pat_status pat_tone_fit_harm(pat_tone *tone, const pat_tone_rows *rows, pat_error *error)
{
    struct harm_rows harm = {0};
    bool enough = true;
    for (size_t row = 0; row < rows->rows && enough; row++)
        enough = add_harm(tone, rows, row, &harm);
    pat_status status = PAT_OK;
    if (!enough)
        status = pat_fail_memory(error, "the harm to learn from");
    else if (harm.count == 0)
        status = pat_fail(error, PAT_NOTHING_TO_DO,
                          "no restoration is expected to improve any image; vary the damage");
    const pat_samples samples = {harm.count, HARM_INPUTS, 1, harm.input, harm.label};
    if (status == PAT_OK)
        status = pat_learner_fit(&tone->harm, &harm_growth, &samples, rows->seed, error);
    free(harm.input);
    free(harm.label);
    return status;
}

pat_status pat_tone_find_candidates(const pat_tone *tone, const pat_tone_colors *colors,
                                    const double *expected,
                                    pat_tone_candidate list[PAT_TONE_CANDIDATES_MAX], int *count,
                                    pat_error *error)
{
    double input[PAT_TONE_CANDIDATES_MAX * HARM_INPUTS], harm[PAT_TONE_CANDIDATES_MAX];
    *count = list_candidates(tone, expected, list);
    for (int i = 0; i < *count; i++)
        put_action(tone, colors, expected, list[i].action, input + (ptrdiff_t)i * HARM_INPUTS);
    pat_status status = pat_learner_predict(&tone->harm, input, (size_t)*count, harm, error);
    for (int i = 0; i < *count && status == PAT_OK; i++)
        list[i].harm = harm[i];
    return status;
}

/* ---- Choice ---------------------------------------------------------------------------------- */

const pat_tone_candidate *pat_tone_best(const pat_tone_candidate *list, int count, double penalty)
{
    const pat_tone_candidate *best = NULL;
    double most = 0;
    for (int i = 0; i < count; i++) {
        double worth = list[i].gain - penalty * list[i].harm;
        if (worth > most) {
            most = worth;
            best = &list[i];
        }
    }
    return best;
}

/* What a penalty does to the cases. */
static pat_tone_effect effect_of(const pat_tone_case *cases, size_t count, double penalty)
{
    pat_tone_effect effect = {.penalty = penalty};
    for (size_t i = 0; i < count; i++) {
        const pat_tone_candidate *best = pat_tone_best(cases[i].candidate, cases[i].count, penalty);
        if (best == NULL)
            continue;
        double gain = cases[i].truth[best - cases[i].candidate];
        effect.acted++;
        effect.worse += is_harm(gain);
        effect.gain += gain;
    }
    effect.acted /= (double)count;
    effect.worse /= (double)count;
    effect.gain /= (double)count;
    return effect;
}

/* Penalties are tried from a great one down, by a twentieth each. */
void pat_tone_calibrate(pat_tone *tone, const pat_tone_case *cases, size_t count)
{
    const double first = 50, last = 0.001;
    bool is_open[PAT_TONE_LIMITS];
    for (int i = 0; i < PAT_TONE_LIMITS; i++) {
        tone->effect[i] = effect_of(cases, count, first);
        is_open[i] = true;
    }
    for (double penalty = first; penalty > last; penalty *= 0.95) {
        const pat_tone_effect effect = effect_of(cases, count, penalty);
        for (int i = 0; i < PAT_TONE_LIMITS; i++) {
            is_open[i] = is_open[i] && effect.worse <= pat_tone_limits[i];
            if (is_open[i])
                tone->effect[i] = effect;
        }
    }
}

double pat_tone_penalty(const pat_tone *tone, double limit)
{
    if (limit >= 1)
        return 0;
    int i = PAT_TONE_LIMITS - 1;
    while (i >= 0 && pat_tone_limits[i] > limit)
        i--;
    return i < 0 ? INFINITY : tone->effect[i].penalty;
}

/* The least limit at which one of the candidates would be taken; NaN: none. */
static double find_limit(const pat_tone *tone, const pat_tone_candidate *list, int count)
{
    for (int i = 0; i < PAT_TONE_LIMITS; i++)
        if (pat_tone_best(list, count, tone->effect[i].penalty) != NULL)
            return pat_tone_limits[i];
    return NAN;
}

pat_status pat_tone_choose(const pat_tone *tone, const double *features, pat_setting *setting,
                           pat_tone_choice *choice, pat_error *error)
{
    pat_tone_colors colors;
    double expected[PAT_ACTIONS_MAX];
    pat_tone_candidate list[PAT_TONE_CANDIDATES_MAX];
    int count = 0;
    *choice = (pat_tone_choice){.restored_at = NAN};
    pat_status status = pat_tone_predict_colors(tone, features, &colors, error);
    if (status == PAT_OK)
        status = pat_tone_predict_gains(tone, features, &colors, expected, error);
    if (status == PAT_OK)
        status = pat_tone_find_candidates(tone, &colors, expected, list, &count, error);
    if (status != PAT_OK)
        return status;
    const pat_tone_candidate *best =
        pat_tone_best(list, count, pat_tone_penalty(tone, tone->limit));
    if (best != NULL)
        choice->chosen = *best;
    else
        choice->restored_at = find_limit(tone, list, count);
    *setting = pat_action_setting(&tone->actions, choice->chosen.action, colors.affine);
    return PAT_OK;
}
