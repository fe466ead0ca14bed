#include "degrade/marks.h"

#include <math.h>

/* The share of each channel that remains where a stain is deepest. */
static const double brown[PAT_CHANNELS] = {0.75, 0.55, 0.35};

static int least(int a, int b)
{
    return a < b ? a : b;
}

static int greatest(int a, int b)
{
    return a > b ? a : b;
}

static uint8_t to_sample(double value)
{
    return (uint8_t)lrint(fmin(fmax(value, 0), 255));
}

static uint8_t *sample_at(pat_image *image, int channel, int x, int y)
{
    return &image->plane[channel].data[y * image->plane[channel].stride + x];
}

/* Find the pixels, *first to *last of `count`, whose centers lie in low..high. */
static void find_span(double low, double high, int count, int *first, int *last)
{
    *first = (int)fmax(ceil(low - 0.5), 0);
    *last = (int)fmin(floor(high - 0.5), count - 1);
}

/* ---- Stains ---------------------------------------------------------------------------------- */

/* An ellipse, in pixels. */
struct spot {
    double x, y, half_width, half_height;
};

static void put_spot(const struct spot *spot, double depth, pat_image *image)
{
    int left, right, top, bottom;
    find_span(spot->x - spot->half_width, spot->x + spot->half_width, image->width, &left, &right);
    find_span(spot->y - spot->half_height, spot->y + spot->half_height, image->height, &top,
              &bottom);
    for (int y = top; y <= bottom; y++) {
        double dy = (y + 0.5 - spot->y) / spot->half_height;
        for (int x = left; x <= right; x++) {
            double dx = (x + 0.5 - spot->x) / spot->half_width;
            double inside = fmax(1 - dx * dx - dy * dy, 0);
            for (int c = 0; c < PAT_CHANNELS; c++) {
                uint8_t *sample = sample_at(image, c, x, y);
                *sample = to_sample(*sample * (1 - depth * inside * inside * (1 - brown[c])));
            }
        }
    }
}

void pat_stain(const pat_damage *damage, pat_random *random, pat_image *image)
{
    double radius = damage->value[PAT_STAINS_RADIUS] * least(image->width, image->height);
    if (radius == 0)
        return;
    for (int i = 0; i < (int)damage->value[PAT_STAINS_COUNT]; i++) {
        struct spot spot;
        spot.x = image->width * pat_random_uniform(random);
        spot.y = image->height * pat_random_uniform(random);
        spot.half_width = radius * (0.5 + 0.5 * pat_random_uniform(random));
        spot.half_height = radius * (0.5 + 0.5 * pat_random_uniform(random));
        put_spot(&spot, damage->value[PAT_STAINS_DEPTH], image);
    }
}

/* ---- Scratches ------------------------------------------------------------------------------- */

/* A line, in pixels. */
struct line {
    double x, y;               /* the middle */
    double along_x, along_y;   /* a unit vector */
    double half_length, width; /* the ends are round */
};

/* How much of a pixel the line covers, 0..1, from the distance to the pixel's center. */
static double coverage(const struct line *line, double x, double y)
{
    double dx = x + 0.5 - line->x, dy = y + 0.5 - line->y;
    double along = dx * line->along_x + dy * line->along_y;
    along = fmin(fmax(along, -line->half_length), line->half_length);
    double rest_x = dx - along * line->along_x, rest_y = dy - along * line->along_y;
    double distance = sqrt(rest_x * rest_x + rest_y * rest_y);
    return fmax(fmin(line->width / 2 + 0.5 - distance, fmin(line->width, 1)), 0);
}

/* Find the columns of row y that the line may touch, by its extent and its distance. */
static void find_columns(const struct line *line, int y, int width, int *first, int *last)
{
    double reach = line->width / 2 + 0.5;
    double half = fabs(line->along_x) * line->half_length + reach;
    double low = line->x - half, high = line->x + half;
    if (fabs(line->along_y) > 1e-3) {
        double crossing = line->x + (y + 0.5 - line->y) * line->along_x / line->along_y;
        low = fmax(low, crossing - reach / fabs(line->along_y));
        high = fmin(high, crossing + reach / fabs(line->along_y));
    }
    find_span(low - 1, high + 1, width, first, last);
}

static void put_line(const struct line *line, double opacity, double level, pat_image *image)
{
    double half = fabs(line->along_y) * line->half_length + line->width / 2 + 0.5;
    int top, bottom, left, right;
    find_span(line->y - half, line->y + half, image->height, &top, &bottom);
    for (int y = top; y <= bottom; y++) {
        find_columns(line, y, image->width, &left, &right);
        for (int x = left; x <= right; x++) {
            double share = opacity * coverage(line, x, y);
            for (int c = 0; c < PAT_CHANNELS && share > 0; c++) {
                uint8_t *sample = sample_at(image, c, x, y);
                *sample = to_sample(*sample + share * (level - *sample));
            }
        }
    }
}

void pat_scratch(const pat_damage *damage, pat_random *random, pat_image *image)
{
    const double *value = damage->value;
    int side = greatest(image->width, image->height);
    for (int i = 0; i < (int)value[PAT_SCRATCHES_COUNT]; i++) {
        struct line line = {.half_length = value[PAT_SCRATCHES_LENGTH] * side / 2,
                            .width = value[PAT_SCRATCHES_WIDTH]};
        line.x = image->width * pat_random_uniform(random);
        line.y = image->height * pat_random_uniform(random);
        double angle = M_PI * pat_random_uniform(random);
        line.along_x = cos(angle);
        line.along_y = sin(angle);
        put_line(&line, value[PAT_SCRATCHES_OPACITY], value[PAT_SCRATCHES_LEVEL], image);
    }
}

/* ---- Grain ----------------------------------------------------------------------------------- */

void pat_grain(const pat_damage *damage, pat_random *random, pat_image *image)
{
    double sigma = damage->value[PAT_GRAIN_SIGMA];
    for (int y = 0; y < image->height; y++)
        for (int x = 0; x < image->width; x++) {
            double grain = pat_random_normal(random, sigma);
            for (int c = 0; c < PAT_CHANNELS; c++) {
                uint8_t *sample = sample_at(image, c, x, y);
                *sample = to_sample(*sample + grain);
            }
        }
}
