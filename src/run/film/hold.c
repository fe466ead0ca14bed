/* Whether a color operator that measures the image is held over a scene. */
#include <math.h>
#include <stdlib.h>

#include "base/error.h"
#include "run/film/plan.h"

static const double weight[PAT_CHANNELS] = {0.299, 0.587, 0.114}; /* of luma */

static int compare(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;
    return (left > right) - (left < right);
}

/* The median over the scene of what becomes black (0) or white (1), once the flicker is gone. */
static double median_of(const pat_film_record *records, size_t count, int color, int c, int end,
                        double *scratch)
{
    for (size_t i = 0; i < count; i++)
        scratch[i] = (double)records[i].ends[color][c][end] * records[i].gains.channel[c];
    qsort(scratch, count, sizeof *scratch, compare);
    return (scratch[(count - 1) / 2] + scratch[count / 2]) / 2;
}

static double mean_of(const pat_quantiles *quantiles, int c)
{
    double sum = 0;
    for (int i = 0; i < PAT_QUANTILES; i++)
        sum += quantiles->channel[c][i];
    return sum / PAT_QUANTILES / PAT_QUANTILE_UNIT;
}

/* About the luma that a frame will have. held: NULL if it is measured by itself, which undoes its
 * gains, too. */
static double luma_of(const pat_film_record *record, int color, const pat_color_ends *held)
{
    double luma = 0;
    for (int c = 0; c < PAT_CHANNELS; c++) {
        double mean = mean_of(&record->quantiles, c);
        double black = (double)record->ends[color][c][0], white = (double)record->ends[color][c][1];
        if (held != NULL) {
            mean *= record->gains.channel[c];
            black = held[c].black;
            white = held[c].white;
        }
        luma += weight[c] * 255 * (mean - black) / (white - black);
    }
    return luma;
}

/* How much luma changes from frame to frame, summed up as squares. */
static double unrest(const pat_film_record *records, size_t count, int color,
                     const pat_color_ends *held)
{
    double sum = 0, before = luma_of(&records[0], color, held);
    for (size_t i = 1; i < count; i++) {
        double now = luma_of(&records[i], color, held);
        sum += (now - before) * (now - before);
        before = now;
    }
    return sum;
}

pat_status pat_film_hold_colors(pat_film_scene *scene, const pat_film_record *records,
                                pat_error *error)
{
    int color = (int)scene->setting.value[PAT_AXIS_COLOR];
    scene->held = false;
    if (!pat_color_measures(color) || color >= PAT_FILM_COLORS || scene->count == 0)
        return PAT_OK;
    double *scratch = calloc(scene->count, sizeof *scratch);
    if (scratch == NULL)
        return pat_fail_memory(error, "the film's scenes");
    for (int c = 0; c < PAT_CHANNELS; c++) {
        scene->ends[c].black = median_of(records, scene->count, color, c, 0, scratch);
        scene->ends[c].white = median_of(records, scene->count, color, c, 1, scratch);
    }
    free(scratch);
    scene->held = unrest(records, scene->count, color, scene->ends) <
                  unrest(records, scene->count, color, NULL);
    return PAT_OK;
}
