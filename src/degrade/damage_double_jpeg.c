/*
 * double_jpeg: an earlier JPEG file whose blocks of 8x8 pixels lay elsewhere, because the image was
 * cropped later. The image is enlarged by `shift` columns and rows at the left and top, repeating
 * its edge, encoded and decoded, and cut back.
 */
#include <string.h>

#include "degrade/kind.h"
#include "image/jpeg.h"

enum { QUALITY, SHIFT };

static void enlarge(const pat_plane *from, int shift, const pat_plane *to)
{
    for (int y = 0; y < to->height; y++) {
        const uint8_t *row = from->data + (y < shift ? 0 : y - shift) * from->stride;
        memset(to->data + y * to->stride, row[0], (size_t)shift);
        memcpy(to->data + y * to->stride + shift, row, (size_t)from->width);
    }
}

static void cut(const pat_plane *from, int shift, const pat_plane *to)
{
    for (int y = 0; y < to->height; y++)
        memcpy(to->data + y * to->stride, from->data + (y + shift) * from->stride + shift,
               (size_t)to->width);
}

static pat_status apply(const double *value, pat_damage_work *work, pat_error *error)
{
    pat_image *image = work->image, *larger = work->scratch;
    int shift = (int)value[SHIFT], width = image->width + shift, height = image->height + shift;
    pat_status status = pat_image_resize_canvas(larger, width, height, error);
    if (status != PAT_OK)
        return status;
    for (int c = 0; c < PAT_CHANNELS; c++)
        enlarge(&image->plane[c], shift, &larger->plane[c]);
    pat_buffer_reset(work->jpeg);
    status = pat_jpeg_encode(larger, (int)value[QUALITY], PAT_JPEG_CHROMA_HALVED, work->name,
                             work->jpeg, error);
    if (status == PAT_OK)
        status = pat_image_decode(work->jpeg->data, work->jpeg->size, work->name,
                                  (uint64_t)width * (uint64_t)height, larger, error);
    for (int c = 0; c < PAT_CHANNELS && status == PAT_OK; c++)
        cut(&larger->plane[c], shift, &image->plane[c]);
    return status;
}

const pat_damage_kind pat_damage_double_jpeg = {
    .name = "double_jpeg",
    .probability = 0.3,
    .parameter = {{"quality", 1, 100, 25, 80, PAT_MILD_HIGH, true},
                  {"shift", 0, 7, 1, 7, PAT_MILD_NEITHER, true}},
    .apply = apply,
};
