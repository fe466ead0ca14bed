#include "restore/sharpened.h"

#include <math.h>

#include "restore/blur.h"

pat_sharpening pat_sharpening_of(const pat_setting *setting)
{
    pat_sharpening sharpening = {.strength = setting->value[PAT_AXIS_STRENGTH]};
    pat_gaussian_init(&sharpening.kernel, setting->value[PAT_AXIS_SIGMA]);
    return sharpening;
}

double pat_sharpened(double sample, double blurred, double strength, int largest)
{
    if (largest == 255)
        return fmaf((float)sample, (float)(1 + strength), (float)blurred * (float)-strength);
    return sample * (1 + strength) - blurred * strength;
}

/* Two rows: one of numbers, one of samples. */
size_t pat_sharpened_scratch(int width)
{
    return 2 * ((size_t)width + 1) * sizeof(double) + pat_blur_scratch(width);
}

void pat_sharpened_row(const pat_sharpening *sharpening, const pat_channel *source, int y,
                       double *out, void *scratch)
{
    int width = pat_channel_width(source), largest = pat_channel_largest(source);
    char *rest = (char *)scratch + pat_blur_scratch(width);
    double *blurred = (double *)(void *)rest;
    void *samples = blurred + width;
    const pat_plane plane = {samples, width, 1, width};
    const pat_deep_plane deep = {samples, width, 1, width};
    const pat_channel row =
        source->plane != NULL ? (pat_channel){.plane = &plane} : (pat_channel){.deep = &deep};
    pat_blur_rows(&sharpening->kernel, source, y, &row, scratch);
    pat_channel_get_row(&row, 0, blurred);
    pat_channel_get_row(source, y, out);
    for (int x = 0; x < width; x++)
        out[x] = pat_sharpened(out[x], blurred[x], sharpening->strength, largest);
}
