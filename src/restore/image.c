#include "restore/image.h"

#include "base/error.h"
#include "kernels/kernels.h"
#include "patina/restore.h"
#include "restore/apply.h"

void pat_plane_map(const pat_plane *src, const uint8_t table[256], const pat_plane *dst)
{
    const pat_kernels *kernels = pat_kernels_get();
    for (int y = 0; y < src->height; y++)
        kernels->map(src->data + y * src->stride, table, src->width, dst->data + y * dst->stride);
}

pat_status pat_image_restore(const pat_image *damaged, const pat_setting *setting,
                             pat_image *restored, pat_error *error)
{
    pat_scratch memory = {0};
    pat_plane copy;
    pat_status status = pat_setting_check(setting, error);
    if (status == PAT_OK)
        status = pat_image_resize_canvas(restored, damaged->width, damaged->height, error);
    if (status != PAT_OK)
        return status;
    if (!pat_plane_reserve(&memory, damaged->width, damaged->height, &copy))
        return pat_fail_memory(error, "the restored image");
    const pat_steps steps = pat_steps_of(setting);
    for (int c = 0; c < PAT_CHANNELS && status == PAT_OK; c++) {
        const pat_channel channel = {.plane = &restored->plane[c], .color = c};
        pat_channel_copy_rows(&channel, &(pat_channel){.plane = &damaged->plane[c]}, 0,
                              damaged->height);
        status = pat_steps_apply(&steps, &channel, &(pat_channel){.plane = &copy}, error);
    }
    pat_scratch_release(&memory);
    return status;
}

/* Reserve a channel in `memory` with the image's size and depth. False when out of memory. */
static bool reserve_copy(const pat_picture *picture, pat_scratch *memory, pat_plane *plane,
                         pat_deep_plane *deep)
{
    if (picture->depth == 8)
        return pat_plane_reserve(memory, picture->width, picture->height, plane);
    size_t width = (size_t)picture->width;
    uint16_t *samples =
        pat_scratch_get(memory, width * (size_t)picture->height, sizeof *deep->data);
    *deep = (pat_deep_plane){samples, picture->width, picture->height, picture->width};
    return samples != NULL;
}

pat_status pat_picture_restore(pat_picture *picture, const pat_setting *setting, pat_error *error)
{
    pat_scratch memory = {0};
    pat_plane plane;
    pat_deep_plane deep;
    pat_status status = pat_setting_check(setting, error);
    if (status != PAT_OK)
        return status;
    if (!reserve_copy(picture, &memory, &plane, &deep))
        return pat_fail_memory(error, "the restored image");
    const pat_steps steps = pat_steps_of(setting);
    const pat_channel copy =
        picture->depth == 8 ? (pat_channel){.plane = &plane} : (pat_channel){.deep = &deep};
    for (int c = 0; c < picture->channels && status == PAT_OK; c++) {
        pat_channel channel = picture->depth == 8 ? (pat_channel){.plane = &picture->plane[c]}
                                                  : (pat_channel){.deep = &picture->deep[c]};
        channel.color = picture->channels == 1 ? PAT_GREEN : c;
        status = pat_steps_apply(&steps, &channel, &copy, error);
    }
    pat_scratch_release(&memory);
    return status;
}
