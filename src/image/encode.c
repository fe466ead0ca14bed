#include "image/encode.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "image/vips.h"

/* zlib's: 6 takes twice as long, and makes pictures with grain no smaller. */
enum { COMPRESSION = 3 };

/* R, G, B by turns, row after row. */
static void interleave(const pat_image *image, uint8_t *pixels)
{
    for (int y = 0; y < image->height; y++) {
        for (int c = 0; c < PAT_CHANNELS; c++) {
            const uint8_t *row = image->plane[c].data + y * image->plane[c].stride;
            for (int x = 0; x < image->width; x++)
                pixels[PAT_CHANNELS * x + c] = row[x];
        }
        pixels += (size_t)image->width * PAT_CHANNELS;
    }
}

static pat_status fail(const pat_vips *vips, const char *name, pat_error *error)
{
    const char *cause = vips->error_buffer();
    pat_fail(error, PAT_INTERNAL, "%s: libvips cannot make a PNG file (%.*s)", name,
             (int)strcspn(cause, "\n"), cause);
    vips->error_clear();
    return PAT_INTERNAL;
}

static pat_status encode(const pat_vips *vips, const pat_image *image, const uint8_t *pixels,
                         const char *name, pat_buffer *png, pat_error *error)
{
    size_t size = (size_t)image->width * (size_t)image->height * PAT_CHANNELS;
    void *bytes = NULL;
    VipsImage *picture = vips->image_new_from_memory(pixels, size, image->width, image->height,
                                                     PAT_CHANNELS, VIPS_FORMAT_UCHAR);
    if (picture == NULL)
        return fail(vips, name, error);
    int result = vips->pngsave_buffer(picture, &bytes, &size, "compression", COMPRESSION, "filter",
                                      VIPS_FOREIGN_PNG_FILTER_PAETH, "strip", TRUE, NULL);
    vips->object_unref(picture);
    if (result != 0)
        return fail(vips, name, error);
    pat_buffer_append(png, bytes, size);
    vips->free(bytes);
    return png->failed ? pat_fail_memory(error, "a PNG file") : PAT_OK;
}

pat_status pat_image_encode_png(const pat_image *image, const char *name, pat_buffer *png,
                                pat_error *error)
{
    pat_vips vips;
    pat_status status = pat_vips_load(&vips, error);
    if (status != PAT_OK)
        return status;
    uint8_t *pixels = malloc((size_t)image->width * (size_t)image->height * PAT_CHANNELS);
    if (pixels == NULL)
        return pat_fail_memory(error, "a PNG file");
    interleave(image, pixels);
    status = encode(&vips, image, pixels, name, png, error);
    free(pixels);
    return status;
}
