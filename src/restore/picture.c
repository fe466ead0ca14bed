#include "restore/picture.h"

#include "base/error.h"
#include "restore/deep.h"

static pat_status restore_plane(const pat_plane *plane, const pat_treatment *treatment,
                                const pat_gaussian *kernel, const pat_plane *blurred,
                                pat_error *error)
{
    if (treatment->color != PAT_COLOR_NONE) {
        uint8_t table[256];
        pat_color_table(treatment->color, plane, table);
        pat_plane_map(plane, table, plane);
    }
    if (treatment->strength == 0)
        return PAT_OK;
    pat_status status = pat_gaussian_blur(kernel, plane, blurred, error);
    if (status == PAT_OK)
        pat_sharpen(plane, blurred, treatment->strength, plane);
    return status;
}

static pat_status restore_deep(const pat_deep_plane *plane, const pat_treatment *treatment,
                               const pat_gaussian *kernel, pat_error *error)
{
    pat_deep_correct(plane, treatment->color);
    return treatment->strength == 0 ? PAT_OK
                                    : pat_deep_sharpen(plane, kernel, treatment->strength, error);
}

pat_status pat_picture_restore(pat_picture *picture, const pat_treatment *treatment,
                               pat_error *error)
{
    pat_gaussian kernel = {0};
    pat_scratch memory = {0};
    pat_plane blurred;
    pat_status status = PAT_OK;
    if (treatment->strength != 0)
        pat_gaussian_init(&kernel, treatment->sigma);
    if (picture->depth == 8 &&
        !pat_plane_reserve(&memory, picture->width, picture->height, &blurred))
        return pat_fail_memory(error, "the restored picture");
    for (int c = 0; c < picture->channels && status == PAT_OK; c++)
        status = picture->depth == 8
                     ? restore_plane(&picture->plane[c], treatment, &kernel, &blurred, error)
                     : restore_deep(&picture->deep[c], treatment, &kernel, error);
    pat_scratch_release(&memory);
    return status;
}
