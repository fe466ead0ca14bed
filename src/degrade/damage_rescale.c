/* rescale: scaled down and up again, bilinear, as cv2.resize. */
#include <math.h>

#include "degrade/kind.h"

enum { FACTOR };

static int shrink(int side, double factor)
{
    int shrunk = (int)lrint(side * factor);
    return shrunk < 1 ? 1 : shrunk;
}

static pat_status apply(const double *value, pat_damage_work *work, pat_error *error)
{
    const pat_image *image = work->image, *small = work->scratch;
    pat_status status = pat_image_resize_canvas(work->scratch, shrink(image->width, value[FACTOR]),
                                                shrink(image->height, value[FACTOR]), error);
    for (int c = 0; c < PAT_CHANNELS && status == PAT_OK; c++) {
        status = pat_resize_linear(&image->plane[c], &small->plane[c], error);
        if (status == PAT_OK)
            status = pat_resize_linear(&small->plane[c], &image->plane[c], error);
    }
    return status;
}

const pat_damage_kind pat_damage_rescale = {
    .name = "rescale",
    .probability = 0.25,
    .parameter = {{"factor", 0.01, 1, 0.5, 0.9, PAT_MILD_HIGH, false}},
    .apply = apply,
};
