#include "restore/blur.h"

#include "restore/deep.h"
#include "restore/gaussian.h"

size_t pat_blur_scratch(int width)
{
    size_t plain = pat_gaussian_scratch(width) * sizeof(int16_t), deep = pat_deep_scratch(width);
    return ((plain > deep ? plain : deep) + 15) / 16 * 16;
}

void pat_blur_rows(const pat_gaussian *kernel, const pat_channel *source, int y,
                   const pat_channel *out, void *scratch)
{
    if (source->plane != NULL)
        pat_gaussian_blur_rows(kernel, source->plane, y, out->plane, scratch);
    else
        pat_deep_blur_rows(kernel, source->deep, y, out->deep, scratch);
}
