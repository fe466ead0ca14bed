/* jpeg: encoded with libjpeg at half chroma resolution, and decoded. */
#include "degrade/kind.h"
#include "image/jpeg.h"

enum { QUALITY };

static pat_status apply(const double *value, pat_damage_work *work, pat_error *error)
{
    pat_image *image = work->image;
    pat_buffer_reset(work->jpeg);
    pat_status status = pat_jpeg_encode(image, (int)value[QUALITY], PAT_JPEG_CHROMA_HALVED,
                                        work->name, work->jpeg, error);
    if (status != PAT_OK)
        return status;
    uint64_t pixels = (uint64_t)image->width * (uint64_t)image->height;
    return pat_image_decode(work->jpeg->data, work->jpeg->size, work->name, pixels, image, error);
}

const pat_damage_kind pat_damage_jpeg = {
    .name = "jpeg",
    .probability = 0.5,
    .parameter = {{"quality", 1, 100, 30, 95, PAT_MILD_HIGH, true}},
    .apply = apply,
};
