#include "image/encode.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "image/vips.h"

/* zlib level: 6 takes twice as long and does not make grainy images smaller. */
enum { COMPRESSION = 3 };

/* R, G, B interleaved, row after row. */
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
    pat_fail(error, PAT_INTERNAL, "%s: libvips cannot encode a PNG file (%.*s)", name,
             (int)strcspn(cause, "\n"), cause);
    vips->error_clear();
    return PAT_INTERNAL;
}

static pat_status encode(const pat_vips *vips, VipsImage *packed, VipsTarget *target,
                         const char *name, pat_buffer *png, pat_error *error)
{
    VipsArea *file = NULL;
    if (packed == NULL || target == NULL ||
        vips->call("pngsave_target", packed, target, "compression", COMPRESSION, "filter",
                   VIPS_FOREIGN_PNG_FILTER_PAETH, "strip", TRUE, NULL) != 0)
        return fail(vips, name, error);
    vips->object_get(target, "blob", &file, NULL);
    if (file == NULL)
        return fail(vips, name, error);
    pat_buffer_append(png, file->data, file->length);
    vips->area_unref(file);
    return png->failed ? pat_fail_memory(error, "a PNG file") : PAT_OK;
}

pat_status pat_image_encode_png(const pat_image *image, const char *name, pat_buffer *png,
                                pat_error *error)
{
    pat_vips vips;
    pat_status status = pat_vips_load(&vips, error);
    if (status != PAT_OK)
        return status;
    size_t size = (size_t)image->width * (size_t)image->height * PAT_CHANNELS;
    uint8_t *pixels = malloc(size);
    if (pixels == NULL)
        return pat_fail_memory(error, "a PNG file");
    interleave(image, pixels);
    VipsImage *packed = vips.image_new_from_memory(pixels, size, image->width, image->height,
                                                   PAT_CHANNELS, VIPS_FORMAT_UCHAR);
    VipsTarget *target = vips.target_new_to_memory();
    status = encode(&vips, packed, target, name, png, error);
    if (packed != NULL)
        vips.object_unref(packed);
    if (target != NULL)
        vips.object_unref(target);
    free(pixels);
    return status;
}
