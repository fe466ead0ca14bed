#include "image/thumbnail.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "image/vips.h"

static void copy_rows(const pat_plane *src, int x, int y, const pat_plane *dst)
{
    for (int row = 0; row < dst->height; row++)
        memcpy(dst->data + row * dst->stride, src->data + (y + row) * src->stride + x,
               (size_t)dst->width);
}

static int at_most(int size, int most)
{
    return size < most ? size : most;
}

pat_status pat_image_cut_middle(const pat_image *image, int max_side, pat_image *middle,
                                pat_error *error)
{
    int width = at_most(image->width, max_side), height = at_most(image->height, max_side);
    pat_status status = pat_image_resize_canvas(middle, width, height, error);
    for (int c = 0; c < PAT_CHANNELS && status == PAT_OK; c++)
        copy_rows(&image->plane[c], (image->width - width) / 2, (image->height - height) / 2,
                  &middle->plane[c]);
    return status;
}

static pat_status fail(const pat_vips *vips, pat_error *error)
{
    const char *cause = vips->error_buffer();
    pat_fail(error, PAT_INTERNAL, "libvips cannot shrink an image (%.*s)",
             (int)strcspn(cause, "\n"), cause);
    vips->error_clear();
    return PAT_INTERNAL;
}

/* packed: the source plane without padding between its rows. */
static pat_status shrink_packed(const pat_vips *vips, const pat_plane *packed, const pat_plane *dst,
                                pat_error *error)
{
    size_t size = (size_t)packed->width * (size_t)packed->height;
    VipsImage *small = NULL,
              *large = vips->image_new_from_memory(packed->data, size, packed->width,
                                                   packed->height, 1, VIPS_FORMAT_UCHAR);
    if (large == NULL)
        return fail(vips, error);
    int result = vips->resize(large, &small, (double)dst->width / packed->width, "vscale",
                              (double)dst->height / packed->height, NULL);
    vips->object_unref(large);
    if (result != 0)
        return fail(vips, error);
    uint8_t *samples = vips->image_write_to_memory(small, &size);
    vips->object_unref(small);
    if (samples == NULL)
        return fail(vips, error);
    pat_status status = PAT_OK;
    if (size == (size_t)dst->width * (size_t)dst->height)
        copy_rows(&(pat_plane){samples, dst->width, dst->height, dst->width}, 0, 0, dst);
    else
        status = pat_fail(error, PAT_INTERNAL, "libvips made an image of the wrong size");
    vips->free(samples);
    return status;
}

static pat_status shrink_plane(const pat_vips *vips, const pat_plane *src, const pat_plane *dst,
                               pat_error *error)
{
    pat_plane packed = {malloc((size_t)src->width * (size_t)src->height), src->width, src->height,
                        src->width};
    if (packed.data == NULL)
        return pat_fail_memory(error, "a smaller image");
    copy_rows(src, 0, 0, &packed);
    pat_status status = shrink_packed(vips, &packed, dst, error);
    free(packed.data);
    return status;
}

static int scaled(int size, double scale)
{
    int result = (int)lrint(size * scale);
    return result > 1 ? result : 1;
}

pat_status pat_image_shrink(const pat_image *image, int max_side, pat_image *small,
                            pat_error *error)
{
    int longest = image->width > image->height ? image->width : image->height;
    if (longest <= max_side)
        return pat_image_cut_middle(image, max_side, small, error);
    double scale = (double)max_side / longest;
    pat_vips vips;
    pat_status status = pat_vips_load(&vips, error);
    if (status == PAT_OK)
        status = pat_image_resize_canvas(small, scaled(image->width, scale),
                                         scaled(image->height, scale), error);
    if (status != PAT_OK)
        return status;
    /* libvips compiles vector code at run time, which the sandbox forbids, and it rounds
     * differently. */
    vips.vector_set_enabled(FALSE);
    for (int c = 0; c < PAT_CHANNELS && status == PAT_OK; c++)
        status = shrink_plane(&vips, &image->plane[c], &small->plane[c], error);
    return status;
}
