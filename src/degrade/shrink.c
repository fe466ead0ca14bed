#include "degrade/shrink.h"

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
    return pat_image_reduce(image, longest_for(image, shorter), raster, out, error);
}
