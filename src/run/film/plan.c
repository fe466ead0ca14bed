#include "run/film/plan.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "film/running_median.h"

enum { RADIUS_DEFAULT = 24, RADIUS_MIN = 12, RADIUS_MAX = 120 };

uint64_t pat_film_colors_to_measure(const pat_film_how *how)
{
    bool any = how->model != NULL || how->scenes != NULL;
    uint64_t colors = 0;
    for (int i = 0; i < PAT_FILM_COLORS && !how->keep_flicker; i++)
        if (pat_color_measures(i) && (any || how->setting.value[PAT_AXIS_COLOR] == i))
            colors |= (uint64_t)1 << i;
    return colors;
}

pat_film_guess pat_film_guess_of(size_t frame, const pat_measured *measured)
{
    pat_film_guess guess = {.frame = frame, .setting = measured->predicted};
    memcpy(guess.features, measured->features, sizeof guess.features);
    return guess;
}

const pat_film_scene *pat_film_scene_at(const pat_film_scene *scenes, size_t count, size_t frame)
{
    size_t low = 0, high = count;
    while (high - low > 1) {
        size_t middle = (low + high) / 2;
        if (scenes[middle].first <= frame)
            low = middle;
        else
            high = middle;
    }
    return &scenes[low];
}

void pat_film_note_measured(const pat_measured *measured, pat_film_record *record)
{
    record->quantiles = measured->measure.quantiles;
    record->luma = measured->measure.luma;
    for (int i = 0; i < PAT_FILM_COLORS; i++)
        for (int c = 0; c < PAT_CHANNELS; c++) {
            record->ends[i][c][0] = (float)measured->ends[i][c].black;
            record->ends[i][c][1] = (float)measured->ends[i][c].white;
        }
}

void pat_film_find_cuts(pat_film_record *records, uint8_t (*thumbs)[PAT_THUMB_SIZE], size_t count)
{
    pat_cut_finder finder = {.known = 0};
    pat_frame_measure now = {.luma = 0}, before = {.luma = 0};
    for (size_t i = 0; i < count; i++) {
        memcpy(now.thumb, thumbs[i], sizeof now.thumb);
        records[i].distance = i > 0 ? pat_frame_distance(&before, &now) : 0;
        records[i].begins = i == 0 || pat_cut_is_at(&finder, records[i].distance);
        before = now;
    }
}

pat_status pat_film_find_scenes(const pat_film_record *records, size_t count,
                                pat_film_scene **scenes, size_t *scene_count, pat_error *error)
{
    size_t found = 0;
    for (size_t i = 0; i < count; i++)
        found += records[i].begins;
    *scene_count = 0;
    *scenes = calloc(found > 0 ? found : 1, sizeof **scenes);
    if (*scenes == NULL)
        return pat_fail_memory(error, "the film's scenes");
    for (size_t i = 0; i < count; i++) {
        if (records[i].begins)
            (*scenes)[(*scene_count)++].first = i;
        (*scenes)[*scene_count - 1].count++;
    }
    return PAT_OK;
}

int pat_film_radius(double rate)
{
    return rate > 0 ? (int)fmin(fmax(rint(rate), RADIUS_MIN), RADIUS_MAX) : RADIUS_DEFAULT;
}

pat_status pat_film_plan_gains(pat_film_record *records, const pat_film_scene *scenes,
                               size_t scene_count, double rate, pat_error *error)
{
    int radius = pat_film_radius(rate);
    size_t longest = 0;
    for (size_t s = 0; s < scene_count; s++)
        longest = scenes[s].count > longest ? scenes[s].count : longest;
    pat_quantiles *quantiles = calloc(longest > 0 ? longest : 1, sizeof *quantiles);
    pat_gains *gains = calloc(longest > 0 ? longest : 1, sizeof *gains);
    pat_status status = quantiles != NULL && gains != NULL
                            ? PAT_OK
                            : pat_fail_memory(error, "the film's exposures");
    for (size_t s = 0; s < scene_count && status == PAT_OK; s++) {
        pat_film_record *scene = records + scenes[s].first;
        for (size_t i = 0; i < scenes[s].count; i++)
            quantiles[i] = scene[i].quantiles;
        status = pat_exposure_gains(quantiles, scenes[s].count, radius, gains, error);
        for (size_t i = 0; i < scenes[s].count && status == PAT_OK; i++)
            scene[i].gains = gains[i];
    }
    free(quantiles);
    free(gains);
    return status;
}

/* Whether two settings do the same, but for the numbers of affine colors. */
static bool is_alike(const pat_setting *a, const pat_setting *b)
{
    for (int axis = 0; axis < PAT_AXIS_RED_GAIN; axis++)
        if (a->value[axis] != b->value[axis])
            return false;
    return true;
}

static int compare(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;
    return (left > right) - (left < right);
}

/* The median of one axis of the settings that are like `which`. */
static double median_of(const pat_film_guess *guesses, size_t count, const pat_setting *which,
                        int axis, double *scratch)
{
    size_t n = 0;
    for (size_t i = 0; i < count; i++)
        if (is_alike(&guesses[i].setting, which))
            scratch[n++] = guesses[i].setting.value[axis];
    qsort(scratch, n, sizeof *scratch, compare);
    return (scratch[(n - 1) / 2] + scratch[n / 2]) / 2;
}

pat_status pat_film_plan_setting(pat_film_scene *scene, const pat_film_guess *guesses, size_t count,
                                 const pat_film_scene *before, pat_error *error)
{
    while (count > 0 && guesses->frame < scene->first) {
        guesses++;
        count--;
    }
    while (count > 0 && guesses[count - 1].frame >= scene->first + scene->count)
        count--;
    scene->setting = count == 0 && before != NULL ? before->setting : (pat_setting){0};
    size_t idle = 0, most = 0;
    const pat_setting *chosen = NULL;
    for (size_t i = 0; i < count; i++) {
        const pat_setting *setting = &guesses[i].setting;
        size_t votes = 0;
        if (pat_setting_is_idle(setting)) {
            idle++;
            continue;
        }
        for (size_t k = 0; k < count; k++)
            votes += is_alike(&guesses[k].setting, setting);
        if (votes > most) {
            most = votes;
            chosen = setting;
        }
    }
    if (chosen == NULL || 2 * idle >= count)
        return PAT_OK;
    double *scratch = calloc(count, sizeof *scratch);
    if (scratch == NULL)
        return pat_fail_memory(error, "the film's scenes");
    scene->setting = *chosen;
    for (int axis = PAT_AXIS_RED_GAIN; axis < PAT_AXES; axis++)
        scene->setting.value[axis] = median_of(guesses, count, chosen, axis, scratch);
    free(scratch);
    return PAT_OK;
}

void pat_film_plan_lines(const pat_gains *gains, const pat_film_scene *scene,
                         pat_film_line lines[PAT_CHANNELS], pat_setting *setting)
{
    *setting = scene->setting;
    for (int c = 0; c < PAT_CHANNELS; c++) {
        const pat_color_ends *ends = &scene->ends[c];
        double slope = scene->held ? 255 / (ends->white - ends->black) : 1;
        lines[c].gain = gains->channel[c] * slope;
        lines[c].offset = scene->held ? -ends->black * slope : 0;
    }
    if (scene->held)
        setting->value[PAT_AXIS_COLOR] = PAT_COLOR_NONE;
}

pat_status pat_film_settle_scene(pat_film_scene *scene, const pat_film_scene *before,
                                 const pat_film_how *how, const pat_setting *wanted,
                                 const pat_film_evidence *evidence, pat_error *error)
{
    pat_status status = PAT_OK;
    if (wanted != NULL)
        scene->setting = *wanted;
    else if (how->model != NULL)
        status =
            pat_film_plan_setting(scene, evidence->guesses, evidence->guess_count, before, error);
    else
        scene->setting = how->setting;
    return status == PAT_OK && !how->keep_flicker
               ? pat_film_hold_colors(scene, evidence->records + scene->first, error)
               : status;
}

double pat_film_flicker(const pat_film_record *records, size_t count, bool restored)
{
    double sum = 0, steps = 0;
    for (size_t i = 1; i < count; i++) {
        if (records[i].begins)
            continue;
        double change = restored ? records[i].restored_luma - records[i - 1].restored_luma
                                 : records[i].luma - records[i - 1].luma;
        sum += change * change;
        steps++;
    }
    return steps > 0 ? sqrt(sum / steps) : 0;
}

enum { DRIFT_UNIT = 256 }; /* of a level */

static uint16_t drift_level(const pat_film_record *record, bool restored)
{
    double luma = restored ? record->restored_luma : record->luma;
    return (uint16_t)fmin(fmax(rint(luma * DRIFT_UNIT), 0), UINT16_MAX);
}

pat_status pat_film_drift(const pat_film_record *records, size_t count, int radius, bool restored,
                          double *drift, pat_error *error)
{
    size_t reach = (size_t)radius, added = 0;
    uint32_t least = UINT32_MAX, most = 0;
    pat_running_median *median = pat_running_median_create(UINT16_MAX + 1);
    *drift = 0;
    if (median == NULL)
        return pat_fail_memory(error, "the film's scenes");
    for (size_t t = 0; t < count; t++) {
        for (; added < count && added <= t + reach; added++)
            pat_running_median_add(median, drift_level(&records[added], restored));
        if (t > reach)
            pat_running_median_remove(median, drift_level(&records[t - reach - 1], restored));
        uint32_t twice = pat_running_median_twice(median);
        least = twice < least ? twice : least;
        most = twice > most ? twice : most;
    }
    pat_running_median_free(median);
    *drift = count > 0 ? (most - least) / 2.0 / DRIFT_UNIT : 0;
    return PAT_OK;
}

size_t pat_film_gaps(const pat_film_record *records, size_t count)
{
    size_t gaps = 0;
    for (size_t i = 1; i < count; i++) {
        const pat_film_frame *frame = &records[i].frame, *before = &records[i - 1].frame;
        if (before->duration <= 0 || before->time == PAT_FILM_NO_TIME ||
            frame->time == PAT_FILM_NO_TIME)
            continue;
        gaps += (double)frame->time - (double)before->time > 1.5 * (double)before->duration + 1;
    }
    return gaps;
}
