/* BMP, read and written by bmp.c. */
#include <math.h>
#include <string.h>

#include "base/error.h"
#include "image/bmp.h"
#include "image/picture.h"
#include "image/source.h"

static pat_status decode(const pat_source *source, pat_recipe *recipe, pat_image *image)
{
    (void)recipe;
    pat_bmp bmp;
    const char *cause = NULL;
    pat_status status = pat_bmp_read_header(source->file.bytes, source->file.size, &bmp, &cause);
    if (status == PAT_OK) {
        status = pat_source_check_size(source, bmp.width, bmp.height);
        if (status == PAT_OK)
            status = pat_image_resize_canvas(image, bmp.width, bmp.height, source->error);
        if (status != PAT_OK)
            return status;
        status = pat_bmp_read_pixels(&bmp, image, &cause);
    }
    if (status == PAT_UNSUPPORTED_FORMAT)
        return pat_source_fail_unsupported(source, cause);
    return status == PAT_OK ? PAT_OK : pat_source_fail_corrupt(source, cause);
}

static pat_status load(pat_picture *picture, pat_error *error)
{
    pat_image image = {0};
    pat_bmp bmp;
    const char *cause;
    pat_status status = pat_bmp_read_header(picture->file.bytes, picture->file.size, &bmp, &cause);
    if (status != PAT_OK)
        return pat_fail(error, status, "%s: cannot read this BMP (%s); convert it to a PNG first",
                        picture->name, cause);
    picture->width = bmp.width;
    picture->height = bmp.height;
    picture->depth = 8;
    picture->channels = PAT_CHANNELS;
    for (int i = 0; i < 2; i++)
        picture->pixels_per_mm[i] = bmp.pixels_per_m[i] / 1000.0;
    picture->recipe.has_resolution = bmp.pixels_per_m[0] > 0 && bmp.pixels_per_m[1] > 0;
    pat_picture_note(picture, bmp.bits != 24, PAT_NOTE_24_BITS);
    status = pat_image_decode(picture->file.bytes, picture->file.size, picture->name,
                              PAT_MAX_PIXELS_DEFAULT, &image, error);
    if (status == PAT_OK)
        status = pat_picture_reserve(picture, error);
    for (int c = 0; c < PAT_CHANNELS && status == PAT_OK; c++)
        for (int y = 0; y < bmp.height; y++)
            memcpy(picture->plane[c].data + y * picture->plane[c].stride,
                   image.plane[c].data + y * image.plane[c].stride, (size_t)bmp.width);
    pat_image_release(&image);
    return status;
}

static pat_status save(const pat_picture *picture, const pat_picture_plan *plan, pat_buffer *out,
                       pat_error *error)
{
    (void)plan;
    uint32_t pixels_per_m[2];
    const char *cause;
    for (int i = 0; i < 2; i++)
        pixels_per_m[i] = (uint32_t)lrint(1000 * picture->pixels_per_mm[i]);
    pat_status status = pat_bmp_write(picture->plane, pixels_per_m, out, &cause);
    if (status == PAT_OUT_OF_MEMORY)
        return pat_fail_memory(error, "the restored file");
    return status == PAT_OK
               ? PAT_OK
               : pat_fail(error, status, "%s: cannot be saved as BMP (%s); choose another --format",
                          picture->name, cause);
}

const pat_file_format pat_format_bmp_row = {
    .name = "bmp",
    .title = "BMP",
    .media_type = "image/bmp",
    .extensions = {"bmp"},
    .signatures = {{"BM", 2}},
    .decode = decode,
    .load = load,
    .only_kept = true,
    .save = save,
};
