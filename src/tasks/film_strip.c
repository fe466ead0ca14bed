#include "tasks/film_strip.h"

#include <math.h>

#include "base/error.h"
#include "image/jpeg.h"
#include "image/standard_size.h"

enum { QUALITY = 90, JPEG_MAX = 1 << 20 };

void pat_film_stripper_release(pat_film_stripper *stripper)
{
    pat_picture_release(&stripper->rgb);
    pat_image_release(&stripper->small);
    pat_scratch_release(&stripper->scratch);
}

/* Shrink a channel of the picture to a plane of the small image. */
static void shrink(const pat_picture *rgb, int c, const pat_plane *plane, float *numbers,
                   void *scratch)
{
    int n = plane->width * plane->height;
    if (rgb->depth == 8)
        pat_plane_shrink(&rgb->plane[c], plane->width, plane->height, numbers, scratch);
    else
        pat_deep_plane_shrink(&rgb->deep[c], plane->width, plane->height, numbers, scratch);
    for (int i = 0; i < n; i++) {
        float level = rgb->depth == 8 ? numbers[i] : numbers[i] / 257;
        plane->data[i / plane->width * plane->stride + i % plane->width] =
            (uint8_t)fminf(fmaxf(rintf(level), 0), 255);
    }
}

pat_status pat_film_strip_make(pat_film_stripper *stripper, const pat_film_facts *facts,
                               uint8_t *samples, pat_buffer *jpeg, pat_error *error)
{
    pat_picture *rgb = &stripper->rgb;
    pat_image *small = &stripper->small;
    pat_status status =
        pat_frame_to_rgb(facts, PAT_PART_WHOLE, samples, rgb, &stripper->scratch, error);
    if (status != PAT_OK)
        return status;
    int longer = rgb->width > rgb->height ? rgb->width : rgb->height;
    int side = longer < PAT_FILM_STRIP_SIDE ? longer : PAT_FILM_STRIP_SIDE;
    int width = pat_shrunk_side(rgb->width, longer, side);
    int height = pat_shrunk_side(rgb->height, longer, side);
    size_t numbers = (size_t)width * (size_t)height * sizeof(float);
    float *scratch =
        pat_scratch_get(&stripper->scratch, 1, numbers + pat_shrink_scratch(rgb->width, width));
    if (scratch == NULL)
        return pat_fail_memory(error, "the small image of a frame");
    status = pat_image_resize_canvas(small, width, height, error);
    for (int c = 0; c < PAT_CHANNELS && status == PAT_OK; c++)
        shrink(rgb, rgb->channels == 1 ? 0 : c, &small->plane[c], scratch,
               scratch + (size_t)width * (size_t)height);
    return status == PAT_OK
               ? pat_jpeg_encode(small, QUALITY, PAT_JPEG_CHROMA_FULL, "a frame", jpeg, error)
               : status;
}

void pat_pack_film_strip(pat_buffer *out, const pat_film_strip *strip)
{
    pat_pack_u64(out, strip->frame);
    pat_pack_u64(out, (uint64_t)strip->width);
    pat_pack_u64(out, (uint64_t)strip->height);
    pat_pack_block(out, strip->jpeg[0]);
    pat_pack_block(out, strip->jpeg[1]);
}

static bool is_jpeg(pat_bytes file)
{
    const uint8_t *bytes = file.data;
    return file.size > 4 && file.size <= JPEG_MAX && bytes[0] == 0xff && bytes[1] == 0xd8 &&
           bytes[file.size - 2] == 0xff && bytes[file.size - 1] == 0xd9;
}

void pat_unpack_film_strip(pat_unpacker *in, size_t count, pat_film_strip *strip)
{
    strip->frame = (size_t)pat_unpack_range(in, 0, count > 0 ? count - 1 : 0);
    strip->width = (int)pat_unpack_range(in, 1, PAT_FILM_STRIP_SIDE);
    strip->height = (int)pat_unpack_range(in, 1, PAT_FILM_STRIP_SIDE);
    for (int i = 0; i < 2; i++) {
        strip->jpeg[i] = pat_unpack_block(in);
        in->bad = in->bad || !is_jpeg(strip->jpeg[i]);
    }
}
