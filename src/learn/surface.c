#include "learn/surface.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "learn/components.h"

/* Keep components up to this share of the variance of the gains. */
#define ENOUGH 0.995

/* Whether the setting has a value that makes no difference and is not the first of its axis. */
static bool may_repeat(const pat_grid *grid, size_t index, const pat_setting *setting)
{
    int place[PAT_AXES];
    pat_grid_place(grid, index, place);
    for (pat_axis axis = 0; axis < PAT_AXES; axis++)
        if (place[axis] != 0 && !pat_setting_depends_on(setting, axis))
            return true;
    return false;
}

/* Whether setting `index` of a grid does something that none before it does. */
static bool is_choice(const pat_grid *grid, size_t index)
{
    const pat_setting setting = pat_grid_setting(grid, index);
    if (pat_setting_is_idle(&setting))
        return false;
    for (size_t i = may_repeat(grid, index, &setting) ? index : 0; i-- > 0;) {
        const pat_setting earlier = pat_grid_setting(grid, i);
        if (pat_setting_same_effect(&earlier, &setting))
            return false;
    }
    return true;
}

size_t pat_surface_settings(const pat_grid *grid)
{
    size_t settings = 0;
    for (size_t i = 0; i < pat_grid_count(grid); i++)
        settings += is_choice(grid, i);
    return settings;
}

bool pat_surface_reserve(pat_surface *surface)
{
    free(surface->mean);
    free(surface->basis);
    surface->mean = calloc(surface->settings, sizeof *surface->mean);
    surface->basis = calloc(surface->settings * PAT_OUTPUTS_MAX, sizeof *surface->basis);
    return surface->mean != NULL && surface->basis != NULL;
}

void pat_surface_release(pat_surface *surface)
{
    free(surface->mean);
    free(surface->basis);
    *surface = (pat_surface){0};
}

/* The gains of the lesson's rows, rows x settings. */
static void gather_gains(const pat_lesson *lesson, double *gain)
{
    const pat_trials *trials = lesson->trials;
    size_t count = pat_grid_count(&trials->grid);
    for (size_t i = 0; i < lesson->rows; i++)
        for (size_t setting = 0; setting < count; setting++)
            if (is_choice(&trials->grid, setting))
                *gain++ = trials->gain[lesson->row[i] * count + setting];
}

void pat_surface_project(const pat_surface *surface, const double *gain, size_t rows, double *score)
{
    for (size_t row = 0; row < rows; row++, gain += surface->settings)
        for (int k = 0; k < surface->components; k++) {
            const double *basis = surface->basis + (size_t)k * surface->settings;
            double sum = 0;
            for (size_t i = 0; i < surface->settings; i++)
                sum += basis[i] * (gain[i] - surface->mean[i]);
            *score++ = sum;
        }
}

static double expected_gain(const pat_surface *surface, const double *score, size_t i)
{
    double gain = surface->mean[i];
    for (int k = 0; k < surface->components; k++)
        gain += score[k] * surface->basis[(size_t)k * surface->settings + i];
    return gain;
}

void pat_surface_expect(const pat_surface *surface, const double *score, double *gain)
{
    for (size_t i = 0; i < surface->settings; i++)
        gain[i] = expected_gain(surface, score, i);
}

static pat_status learn(pat_surface *surface, pat_learner *learner, const pat_lesson *lesson,
                        const double *features, double *gain, double *score, pat_error *error)
{
    gather_gains(lesson, gain);
    pat_status status =
        pat_components_find(gain, lesson->rows, surface->settings, ENOUGH, PAT_OUTPUTS_MAX,
                            surface->mean, surface->basis, &surface->components, error);
    if (status != PAT_OK)
        return status;
    pat_surface_project(surface, gain, lesson->rows, score);
    pat_samples samples = {.rows = lesson->rows,
                           .inputs = lesson->training->feature_count,
                           .outputs = surface->components,
                           .input = features,
                           .output = score};
    return pat_learner_fit(learner, pat_kind_growth(PAT_MODEL_SURFACE), &samples, lesson->seed,
                           error);
}

pat_status pat_surface_fit(pat_surface *surface, pat_learner *learner, const pat_lesson *lesson,
                           const double *features, pat_error *error)
{
    surface->settings = pat_surface_settings(&lesson->trials->grid);
    if (surface->settings == 0 || surface->settings > PAT_SURFACE_SETTINGS_MAX)
        return pat_fail(error, PAT_INVALID_ARGUMENT,
                        "a surface model needs a grid of 1 to %d settings that do something, and "
                        "this one has %zu; search another grid, or train another kind of model",
                        PAT_SURFACE_SETTINGS_MAX, surface->settings);
    double *gain = pat_realloc_array(NULL, lesson->rows, surface->settings * sizeof *gain);
    double *score = pat_realloc_array(NULL, lesson->rows, PAT_OUTPUTS_MAX * sizeof *score);
    pat_status status;
    if (gain == NULL || score == NULL || !pat_surface_reserve(surface))
        status = pat_fail_memory(error, "the trials to learn from");
    else
        status = learn(surface, learner, lesson, features, gain, score, error);
    free(gain);
    free(score);
    return status;
}

pat_status pat_surface_choose(const pat_surface *surface, const pat_learner *learner,
                              const pat_grid *grid, const double *features, pat_setting *setting,
                              double *gain, pat_error *error)
{
    double score[PAT_OUTPUTS_MAX];
    pat_status status = pat_learner_predict(learner, features, 1, score, error);
    *setting = pat_setting_of(PAT_COLOR_NONE, 0, 0);
    *gain = 0;
    if (status != PAT_OK)
        return status;
    for (size_t index = 0, i = 0; index < pat_grid_count(grid); index++) {
        if (!is_choice(grid, index))
            continue;
        double expected = expected_gain(surface, score, i);
        if (expected > *gain) {
            *gain = expected;
            *setting = pat_grid_setting(grid, index);
        }
        i++;
    }
    return PAT_OK;
}
