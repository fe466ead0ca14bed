#include "score/affine_fit.h"

#include <assert.h>
#include <math.h>

enum { SIDE = 64 };

/* A flat image would otherwise be stretched by its rounding errors. */
static const double LEAST_VARIANCE = 0.5, LEAST_SCALE = 0.3, MOST_SCALE = 6;

static double mean(const float *samples, size_t count)
{
    double sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += (double)samples[i];
    return sum / (double)count;
}

static void fit_channel(const float *damaged, const float *original, size_t count, double *scale,
                        double *offset)
{
    double from = mean(damaged, count), to = mean(original, count), variance = 0, covariance = 0;
    for (size_t i = 0; i < count; i++) {
        double distance = (double)damaged[i] - from;
        variance += distance * distance;
        covariance += distance * ((double)original[i] - to);
    }
    variance = fmax(variance / (double)count, LEAST_VARIANCE);
    covariance /= (double)count;
    *scale = fmin(fmax(covariance / variance, LEAST_SCALE), MOST_SCALE);
    *offset = to - *scale * from;
}

pat_status pat_affine_fit_find(pat_affine_fit *fit, const pat_image *damaged,
                               const pat_image *original, pat_affine_work *work, pat_error *error)
{
    assert(damaged->width == original->width && damaged->height == original->height);
    pat_area all = pat_area_of(original);
    pat_status status = pat_standard_size(damaged, all, SIDE, &work->damaged, error);
    if (status == PAT_OK)
        status = pat_standard_size(original, all, SIDE, &work->original, error);
    if (status != PAT_OK)
        return status;
    size_t count = (size_t)work->original.width * (size_t)work->original.height;
    for (int c = 0; c < PAT_CHANNELS; c++)
        fit_channel(work->damaged.plane[c], work->original.plane[c], count, &fit->scale[c],
                    &fit->offset[c]);
    return PAT_OK;
}

void pat_affine_work_release(pat_affine_work *work)
{
    pat_raster_release(&work->damaged);
    pat_raster_release(&work->original);
}
