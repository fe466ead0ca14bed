#include "degrade/shrink.h"

#include <math.h>

/* The length of the longer side that gives the shorter one `shorter` pixels: rounding it moves the
 * shorter side by less than half a pixel. */
static int longest_for(const pat_image *image, int shorter)
{
    int64_t longer = image->width > image->height ? image->width : image->height;
    int64_t side = image->width < image->height ? image->width : image->height;
    return (int)(side <= shorter ? longer : (2 * longer * shorter + side) / (2 * side));
}

pat_status pat_shrink(const pat_image *image, int shorter, pat_raster *raster, pat_image *out,
                      pat_error *error)
{
    pat_status status =
        pat_standard_size(image, pat_area_of(image), longest_for(image, shorter), raster, error);
    if (status == PAT_OK)
        status = pat_image_resize_canvas(out, raster->width, raster->height, error);
    for (int c = 0; c < PAT_CHANNELS && status == PAT_OK; c++) {
        const pat_plane *to = &out->plane[c];
        const float *from = raster->plane[c];
        for (int y = 0; y < to->height; y++, from += to->width)
            for (int x = 0; x < to->width; x++)
                to->data[y * to->stride + x] = (uint8_t)lrintf(from[x]);
    }
    return status;
}
