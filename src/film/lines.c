#include "film/lines.h"

#include <math.h>

#include "kernels/kernels.h"

bool pat_film_lines_are_idle(const pat_film_line lines[PAT_CHANNELS])
{
    for (int c = 0; c < PAT_CHANNELS; c++)
        if (lines[c].gain != 1 || lines[c].offset != 0)
            return false;
    return true;
}

/* A new sample, from 0 to the largest. */
static double apply(const pat_film_line *line, double sample, double largest)
{
    return fmin(fmax(rint(line->gain * sample + line->offset * (largest / 255)), 0), largest);
}

static void change_row(const uint16_t *in, const pat_film_line *line, int n, uint16_t *out)
{
    for (int x = 0; x < n; x++)
        out[x] = (uint16_t)apply(line, in[x], 65535);
}

void pat_film_lines_apply(const pat_film_line lines[PAT_CHANNELS], const pat_picture *before,
                          const pat_picture *after)
{
    for (int c = 0; c < before->channels; c++) {
        const pat_film_line *line = &lines[before->channels == 1 ? PAT_GREEN : c];
        uint8_t table[256];
        for (int i = 0; i < 256; i++)
            table[i] = (uint8_t)apply(line, i, 255);
        for (int y = 0; y < before->height; y++)
            if (before->depth == 8)
                pat_kernels_get()->map(before->plane[c].data + before->plane[c].stride * y, table,
                                       before->width,
                                       after->plane[c].data + after->plane[c].stride * y);
            else
                change_row(before->deep[c].data + before->deep[c].stride * y, line, before->width,
                           after->deep[c].data + after->deep[c].stride * y);
    }
}
