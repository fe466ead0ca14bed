#include "degrade/marks.h"

#include <math.h>

#include "degrade/pixels.h"

void pat_span_find(double low, double high, int count, int *first, int *last)
{
    *first = (int)fmin(fmax(ceil(low - 0.5), 0), count);
    *last = (int)fmax(fmin(floor(high - 0.5), count - 1), -1);
}

uint8_t *pat_sample_at(pat_image *image, int channel, int x, int y)
{
    return &image->plane[channel].data[y * image->plane[channel].stride + x];
}

/* Move a pixel part of the way toward the ink. */
static void cover(const pat_ink *ink, double share, int x, int y, pat_image *image)
{
    for (int c = 0; c < PAT_CHANNELS && share > 0; c++) {
        uint8_t *sample = pat_sample_at(image, c, x, y);
        *sample = pat_sample_round(*sample + ink->opacity * share * (ink->level - *sample));
    }
}

/* ---- Lines ----------------------------------------------------------------------------------- */

static double distance_to(const pat_segment *segment, double x, double y)
{
    double dx = segment->x[1] - segment->x[0], dy = segment->y[1] - segment->y[0];
    double from_x = x - segment->x[0], from_y = y - segment->y[0];
    double square = dx * dx + dy * dy;
    double along = square > 0 ? fmin(fmax((from_x * dx + from_y * dy) / square, 0), 1) : 0;
    return hypot(from_x - along * dx, from_y - along * dy);
}

/* Find the columns of row y that a segment may touch, by its extent and its distance. */
static void find_columns(const pat_segment *segment, double reach, double y, double *low,
                         double *high)
{
    double dx = segment->x[1] - segment->x[0], dy = segment->y[1] - segment->y[0];
    double length = hypot(dx, dy);
    *low = fmin(segment->x[0], segment->x[1]) - reach;
    *high = fmax(segment->x[0], segment->x[1]) + reach;
    if (fabs(dy) > 1e-3 * length) {
        double crossing = segment->x[0] + (y - segment->y[0]) * dx / dy;
        *low = fmax(*low, crossing - reach * length / fabs(dy));
        *high = fmin(*high, crossing + reach * length / fabs(dy));
    }
}

static void draw_row(const pat_segment *segment, int count, const pat_ink *ink, int y,
                     pat_image *image)
{
    double reach = ink->width / 2 + 0.5, low = INFINITY, high = -INFINITY;
    int left, right;
    for (int i = 0; i < count; i++) {
        double first, last;
        if (y + 0.5 < fmin(segment[i].y[0], segment[i].y[1]) - reach ||
            y + 0.5 > fmax(segment[i].y[0], segment[i].y[1]) + reach)
            continue;
        find_columns(&segment[i], reach, y + 0.5, &first, &last);
        low = fmin(low, first);
        high = fmax(high, last);
    }
    pat_span_find(low - 1, high + 1, image->width, &left, &right);
    for (int x = left; x <= right; x++) {
        double distance = INFINITY;
        for (int i = 0; i < count; i++)
            distance = fmin(distance, distance_to(&segment[i], x + 0.5, y + 0.5));
        cover(ink, fmin(reach - distance, fmin(ink->width, 1)), x, y, image);
    }
}

void pat_line_draw(const pat_segment *segment, int count, const pat_ink *ink, pat_image *image)
{
    double reach = ink->width / 2 + 0.5, low = INFINITY, high = -INFINITY;
    int top, bottom;
    for (int i = 0; i < count; i++) {
        low = fmin(low, fmin(segment[i].y[0], segment[i].y[1]));
        high = fmax(high, fmax(segment[i].y[0], segment[i].y[1]));
    }
    pat_span_find(low - reach, high + reach, image->height, &top, &bottom);
    for (int y = top; y <= bottom; y++)
        draw_row(segment, count, ink, y, image);
}

/* ---- Spots ----------------------------------------------------------------------------------- */

void pat_spot_draw(const pat_spot *spot, const pat_ink *ink, pat_image *image)
{
    double half = sqrt(spot->half_width * spot->half_height);
    double full = fmin(M_PI * half * half, 1); /* what one pixel can be covered by */
    double wide = fmax(spot->half_width, 0.5), high = fmax(spot->half_height, 0.5);
    int left, right, top, bottom;
    pat_span_find(spot->x - wide - 1, spot->x + wide + 1, image->width, &left, &right);
    pat_span_find(spot->y - high - 1, spot->y + high + 1, image->height, &top, &bottom);
    for (int y = top; y <= bottom; y++)
        for (int x = left; x <= right; x++) {
            double from = hypot((x + 0.5 - spot->x) / wide, (y + 0.5 - spot->y) / high);
            double inside = (1 - from) * fmin(wide, high) + 0.5;
            cover(ink, fmin(fmax(inside, 0), 1) * full, x, y, image);
        }
}
