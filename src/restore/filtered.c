#include "restore/filtered.h"

#include "base/error.h"
#include "base/memory.h"
#include "image/plane.h"
#include "patina/restore.h"

pat_status pat_filter_render(const pat_image *image, const pat_setting *setting,
                             float *const planes[PAT_CHANNELS], pat_error *error)
{
    pat_gaussian kernel;
    pat_scratch memory = {0};
    pat_plane blurred;
    bool unsharp = pat_setting_uses(setting, PAT_AXIS_FILTER);
    float k = (float)setting->value[PAT_AXIS_STRENGTH];
    if (unsharp)
        pat_gaussian_init(&kernel, setting->value[PAT_AXIS_SIGMA]);
    if (!pat_plane_reserve(&memory, image->width, image->height, &blurred))
        return pat_fail_memory(error, "a filtered image");
    pat_status status = PAT_OK;
    for (int c = 0; c < PAT_CHANNELS && status == PAT_OK; c++) {
        const pat_plane *plane = &image->plane[c];
        if (unsharp)
            status = pat_gaussian_blur(&kernel, plane, &blurred, error);
        for (int y = 0; y < image->height; y++)
            for (int x = 0; x < image->width; x++) {
                float v = plane->data[y * plane->stride + x];
                float b = unsharp ? blurred.data[y * blurred.stride + x] : v;
                planes[c][(ptrdiff_t)y * image->width + x] = v * (1 + k) - b * k;
            }
    }
    pat_scratch_release(&memory);
    return status;
}
