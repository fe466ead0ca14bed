/* Change an image pixel by pixel, in samples or in linear light; private to the library. */
#ifndef PAT_DEGRADE_PIXELS_H
#define PAT_DEGRADE_PIXELS_H

#include "patina/image.h"

/* The samples of one pixel, to be changed; x, y: its center, in pixels from the top left. */
typedef void pat_pixel_change(const void *context, double x, double y, double rgb[PAT_CHANNELS]);

/* A double to the nearest sample, clipped to 0..255. */
uint8_t pat_sample_round(double value);

/* Change every pixel. Samples are 0..255; the result is clipped and rounded once. */
void pat_pixels_change(pat_image *image, pat_pixel_change *change, const void *context);

/* The same in linear light, 0..1, by the curve of sRGB (IEC 61966-2-1). */
void pat_light_change(pat_image *image, pat_pixel_change *change, const void *context);

/* Linear light, 0..1, of a sample, 0..255, and the reverse. Both clip. */
double pat_light_of(double sample);
double pat_light_to_sample(double light);

/* Luma, 0..255, of Rec. 601. */
double pat_luma_of(const double rgb[PAT_CHANNELS]);

/* The mean of each channel's linear light. */
void pat_light_mean(const pat_image *image, double mean[PAT_CHANNELS]);

/* How much a hue adds to each channel, -1..1: 1 at 0 degrees for red, 120 green, 240 blue. */
double pat_hue_share(double hue, int channel);

int pat_shorter_side(const pat_image *image);
int pat_longer_side(const pat_image *image);

#endif
