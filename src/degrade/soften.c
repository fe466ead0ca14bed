#include "degrade/soften.h"

#include <math.h>

#include "degrade/pixels.h"
#include "patina/restore.h"

enum { MIDDLE = 128 };

pat_status pat_soften(const pat_image *image, double sigma, pat_image *out, pat_error *error)
{
    pat_gaussian kernel;
    pat_gaussian_init(&kernel, sigma);
    pat_status status = pat_image_resize_canvas(out, image->width, image->height, error);
    for (int c = 0; c < PAT_CHANNELS && status == PAT_OK; c++)
        status = pat_gaussian_blur(&kernel, &image->plane[c], &out->plane[c], error);
    return status;
}

static double deviation(const pat_plane *plane)
{
    double squares = 0;
    for (int y = 0; y < plane->height; y++)
        for (int x = 0; x < plane->width; x++) {
            double d = plane->data[y * plane->stride + x] - MIDDLE;
            squares += d * d;
        }
    return sqrt(squares / ((double)plane->width * plane->height));
}

pat_status pat_noise_fill(pat_random *random, double sigma, const pat_plane *raw,
                          const pat_plane *out, double *gain, pat_error *error)
{
    const double raw_sigma = 40; /* large, as blurring leaves less; few samples are clipped */
    const pat_plane *first = sigma < PAT_SIGMA_MIN ? out : raw;
    pat_status status = PAT_OK;
    for (int y = 0; y < first->height; y++)
        for (int x = 0; x < first->width; x++)
            first->data[y * first->stride + x] =
                pat_sample_round(MIDDLE + pat_random_normal(random, raw_sigma));
    if (first == raw) {
        pat_gaussian kernel;
        pat_gaussian_init(&kernel, sigma);
        status = pat_gaussian_blur(&kernel, raw, out, error);
    }
    if (status != PAT_OK)
        return status;
    double measured = deviation(out);
    *gain = measured > 0 ? 1 / measured : 0;
    return PAT_OK;
}
