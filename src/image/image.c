#include "patina/image.h"

#include <assert.h>
#include <stdlib.h>

#include "base/error.h"
#include "image/plane.h"

enum { ROW_ALIGNMENT = 64 };

size_t pat_plane_stride(int width)
{
    return ((size_t)width + ROW_ALIGNMENT - 1) / ROW_ALIGNMENT * ROW_ALIGNMENT;
}

bool pat_plane_reserve(pat_scratch *scratch, int width, int height, pat_plane *plane)
{
    size_t stride = pat_plane_stride(width);
    uint8_t *data = pat_scratch_get(scratch, (size_t)height, stride);
    *plane = (pat_plane){data, width, height, (ptrdiff_t)stride};
    return data != NULL;
}

pat_status pat_image_resize_canvas(pat_image *image, int width, int height, pat_error *error)
{
    assert(width >= 1 && height >= 1 && width <= 1 << 24 && height <= 1 << 24);
    size_t stride = pat_plane_stride(width);
    size_t plane_size = stride * (size_t)height;
    size_t needed = plane_size * PAT_CHANNELS;

    if (image->capacity < needed) {
        pat_image_release(image);
        image->block = aligned_alloc(ROW_ALIGNMENT, needed);
        if (image->block == NULL)
            return pat_fail(error, PAT_OUT_OF_MEMORY,
                            "not enough memory for an image of %dx%d pixels; free some memory, "
                            "run fewer workers, or leave it out",
                            width, height);
        image->capacity = needed;
    }
    image->width = width;
    image->height = height;
    for (int c = 0; c < PAT_CHANNELS; c++)
        image->plane[c] = (pat_plane){.data = (uint8_t *)image->block + (size_t)c * plane_size,
                                      .width = width,
                                      .height = height,
                                      .stride = (ptrdiff_t)stride};
    return PAT_OK;
}

void pat_image_release(pat_image *image)
{
    free(image->block);
    *image = (pat_image){0};
}
