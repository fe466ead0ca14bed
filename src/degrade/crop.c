#include "degrade/crop.h"

#include <string.h>

#include "base/error.h"

pat_status pat_crop_cut(const pat_crop *crop, const pat_image *image, const char *name,
                        pat_image *out, pat_error *error)
{
    if (image->width < crop->width || image->height < crop->height)
        return pat_fail(
            error, PAT_TOO_SMALL,
            "%s: the image (%dx%d) is smaller than the crop window (%dx%d); choose a smaller "
            "--crop or leave the image out",
            name, image->width, image->height, crop->width, crop->height);
    pat_status status = pat_image_resize_canvas(out, crop->width, crop->height, error);
    if (status != PAT_OK)
        return status;
    int left = (int)(crop->x * (image->width - crop->width + 1));
    int top = (int)(crop->y * (image->height - crop->height + 1));
    for (int c = 0; c < PAT_CHANNELS; c++) {
        const pat_plane *from = &image->plane[c], *to = &out->plane[c];
        for (int y = 0; y < crop->height; y++)
            memcpy(to->data + y * to->stride, from->data + (top + y) * from->stride + left,
                   (size_t)crop->width);
    }
    return PAT_OK;
}
