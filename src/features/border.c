#include "features/border.h"

#include <math.h>

#include "features/variance.h"

enum {
    SHORTEST = 16,   /* in pixels: a shorter line is of one color by chance */
    THICKEST = 12,   /* percent of the side */
    DEVIATION = 6,   /* the largest standard deviation of a line of the border, in any channel */
    DIFFERENCE = 6,  /* the largest difference of its mean from that of the outermost line */
    STEP = 24,       /* the least mean difference across the end of a border, in some channel */
    STEP_WIDTH = 100 /* the step may take 1 / 100 of the side, and a pixel */
};

/* A row or a column of the image, counted from one of its edges. */
typedef struct line {
    const uint8_t *sample[PAT_CHANNELS];
    ptrdiff_t step;
    int count;
} line;

/* Where the lines of one edge are: row or column first + i * direction. */
typedef struct edge {
    bool rows;
    int first, direction;
    int lines; /* the side's length */
} edge;

static line line_at(const pat_image *image, pat_area area, edge from, int index)
{
    line found = {.count = from.rows ? area.width : area.height};
    int at = from.first + index * from.direction;
    for (int c = 0; c < PAT_CHANNELS; c++) {
        const pat_plane *plane = &image->plane[c];
        found.sample[c] =
            plane->data + (from.rows ? at : area.y) * plane->stride + (from.rows ? area.x : at);
        found.step = from.rows ? 1 : plane->stride;
    }
    return found;
}

/* Its mean color. Returns whether the line is of one color. */
static bool measure_line(const line *measured, double mean[PAT_CHANNELS])
{
    for (int c = 0; c < PAT_CHANNELS; c++) {
        uint64_t sum = 0, squares = 0, count = (uint64_t)measured->count;
        for (int i = 0; i < measured->count; i++) {
            unsigned sample = measured->sample[c][i * measured->step];
            sum += sample;
            squares += sample * sample;
        }
        mean[c] = (double)sum / (double)count;
        if (pat_integer_variance(count, (int64_t)sum, squares) > DEVIATION * DEVIATION)
            return false;
    }
    return true;
}

static bool is_border(const line *measured, const double color[PAT_CHANNELS])
{
    double mean[PAT_CHANNELS];
    if (!measure_line(measured, mean))
        return false;
    for (int c = 0; c < PAT_CHANNELS; c++)
        if (fabs(mean[c] - color[c]) > DIFFERENCE)
            return false;
    return true;
}

static bool differs(const line *measured, const double color[PAT_CHANNELS])
{
    double largest = 0;
    for (int c = 0; c < PAT_CHANNELS; c++) {
        double sum = 0;
        for (int i = 0; i < measured->count; i++)
            sum += fabs(measured->sample[c][i * measured->step] - color[c]);
        largest = fmax(largest, sum / measured->count);
    }
    return largest >= STEP;
}

/* The number of lines of the border at this edge. */
static int thickness(const pat_image *image, pat_area area, edge from)
{
    int most = (int)((int64_t)from.lines * THICKEST / 100), count = 0;
    double color[PAT_CHANNELS];
    line outermost = line_at(image, area, from, 0);
    if (most == 0 || outermost.count < SHORTEST || !measure_line(&outermost, color))
        return 0;
    for (line next = outermost; is_border(&next, color); next = line_at(image, area, from, count))
        if (++count > most)
            return 0;
    line beyond = line_at(image, area, from, count + from.lines / STEP_WIDTH);
    return differs(&beyond, color) ? count : 0;
}

pat_area pat_find_content(const pat_image *image)
{
    pat_area area = pat_area_of(image);
    int top = thickness(image, area, (edge){true, 0, 1, image->height});
    int bottom = thickness(image, area, (edge){true, image->height - 1, -1, image->height});
    area.y = top;
    area.height -= top + bottom;
    int left = thickness(image, area, (edge){false, 0, 1, image->width});
    int right = thickness(image, area, (edge){false, image->width - 1, -1, image->width});
    area.x = left;
    area.width -= left + right;
    return area;
}
