#include "degrade/pixels.h"

#include <math.h>

uint8_t pat_sample_round(double value)
{
    return (uint8_t)lrint(fmin(fmax(value, 0), 255));
}

double pat_light_of(double sample)
{
    double v = fmin(fmax(sample / 255, 0), 1);
    return v <= 0.04045 ? v / 12.92 : pow((v + 0.055) / 1.055, 2.4);
}

double pat_light_to_sample(double light)
{
    double v = fmin(fmax(light, 0), 1);
    return 255 * (v <= 0.0031308 ? 12.92 * v : 1.055 * pow(v, 1 / 2.4) - 0.055);
}

static void change_pixels(pat_image *image, pat_pixel_change *change, const void *context,
                          const double before[256], double (*after)(double))
{
    for (int y = 0; y < image->height; y++)
        for (int x = 0; x < image->width; x++) {
            double rgb[PAT_CHANNELS];
            for (int c = 0; c < PAT_CHANNELS; c++)
                rgb[c] = before[image->plane[c].data[y * image->plane[c].stride + x]];
            change(context, x + 0.5, y + 0.5, rgb);
            for (int c = 0; c < PAT_CHANNELS; c++)
                image->plane[c].data[y * image->plane[c].stride + x] =
                    pat_sample_round(after(rgb[c]));
        }
}

static double same(double value)
{
    return value;
}

void pat_pixels_change(pat_image *image, pat_pixel_change *change, const void *context)
{
    double before[256];
    for (int v = 0; v < 256; v++)
        before[v] = v;
    change_pixels(image, change, context, before, same);
}

void pat_light_change(pat_image *image, pat_pixel_change *change, const void *context)
{
    double before[256];
    for (int v = 0; v < 256; v++)
        before[v] = pat_light_of(v);
    change_pixels(image, change, context, before, pat_light_to_sample);
}

double pat_luma_of(const double rgb[PAT_CHANNELS])
{
    return 0.299 * rgb[PAT_RED] + 0.587 * rgb[PAT_GREEN] + 0.114 * rgb[PAT_BLUE];
}

void pat_light_mean(const pat_image *image, double mean[PAT_CHANNELS])
{
    for (int c = 0; c < PAT_CHANNELS; c++) {
        double count[256] = {0};
        mean[c] = 0;
        for (int y = 0; y < image->height; y++)
            for (int x = 0; x < image->width; x++)
                count[image->plane[c].data[y * image->plane[c].stride + x]]++;
        for (int v = 0; v < 256; v++)
            mean[c] += count[v] * pat_light_of(v);
        mean[c] /= (double)image->width * image->height;
    }
}

double pat_hue_share(double hue, int channel)
{
    return cos((hue - 120.0 * channel) * (M_PI / 180));
}

int pat_shorter_side(const pat_image *image)
{
    return image->width < image->height ? image->width : image->height;
}

int pat_longer_side(const pat_image *image)
{
    return image->width > image->height ? image->width : image->height;
}
