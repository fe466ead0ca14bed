#include "restore/image.h"

#include "base/error.h"
#include "kernels/kernels.h"
#include "patina/restore.h"
#include "restore/apply.h"
#include "restore/filtered.h"

void pat_plane_map(const pat_plane *src, const uint8_t table[256], const pat_plane *dst)
{
    const pat_kernels *kernels = pat_kernels_get();
    for (int y = 0; y < src->height; y++)
        kernels->map(src->data + y * src->stride, table, src->width, dst->data + y * dst->stride);
}

/* The channels of an 8-bit image. */
static pat_channels channels_of(const pat_image *image)
{
    pat_channels all = {.count = PAT_CHANNELS};
    for (int c = 0; c < PAT_CHANNELS; c++)
        all.of[c] = (pat_channel){.plane = &image->plane[c], .color = c};
    return all;
}

/* Scratch channels: planes stacked vertically. */
typedef struct copies {
    pat_channels channels;
    pat_plane plane[PAT_CHANNELS];
    pat_deep_plane deep[PAT_CHANNELS];
    pat_scratch memory;
} copies;

/* Reserve the scratch channels that the steps need for an image. False when out of memory. */
static bool reserve_copies(const pat_steps *steps, const pat_channels *image, copies *copy)
{
    if (pat_steps_is_pointwise(steps))
        return true;
    int width = pat_channel_width(&image->of[0]), height = pat_channel_height(&image->of[0]);
    int count = pat_steps_planes(steps) < image->count ? pat_steps_planes(steps) : image->count;
    size_t stride = pat_plane_stride(width), bytes = stride * (size_t)height;
    bool deep = image->of[0].deep != NULL;
    uint8_t *data = pat_scratch_get(&copy->memory, bytes * (size_t)count, deep ? 2 : 1);
    copy->channels.count = count;
    for (int c = 0; c < count && data != NULL; c++, data += deep ? 2 * bytes : bytes) {
        copy->plane[c] = (pat_plane){data, width, height, (ptrdiff_t)stride};
        copy->deep[c] = (pat_deep_plane){(void *)data, width, height, (ptrdiff_t)stride};
        copy->channels.of[c] =
            deep ? (pat_channel){.deep = &copy->deep[c]} : (pat_channel){.plane = &copy->plane[c]};
    }
    return data != NULL;
}

static pat_status apply(const pat_setting *setting, const pat_channels *image, pat_error *error)
{
    const pat_steps steps = pat_steps_of(setting);
    copies copy = {.memory = {0}};
    pat_status status = reserve_copies(&steps, image, &copy)
                            ? pat_steps_apply(&steps, image, &copy.channels, error)
                            : pat_fail_memory(error, "the restored image");
    pat_scratch_release(&copy.memory);
    return status;
}

pat_status pat_image_restore(const pat_image *damaged, const pat_setting *setting,
                             pat_image *restored, pat_error *error)
{
    pat_status status = pat_setting_check(setting, error);
    if (status == PAT_OK)
        status = pat_image_resize_canvas(restored, damaged->width, damaged->height, error);
    if (status != PAT_OK)
        return status;
    const pat_channels from = channels_of(damaged), to = channels_of(restored);
    for (int c = 0; c < PAT_CHANNELS; c++)
        pat_channel_copy_rows(&to.of[c], &from.of[c], 0, damaged->height);
    return apply(setting, &to, error);
}

/* The color channels of a picture. */
static pat_channels colors_of(const pat_picture *picture)
{
    pat_channels all = {.count = picture->channels};
    for (int c = 0; c < picture->channels; c++) {
        all.of[c] = picture->depth == 8 ? (pat_channel){.plane = &picture->plane[c]}
                                        : (pat_channel){.deep = &picture->deep[c]};
        all.of[c].color = picture->channels == 1 ? PAT_GREEN : c;
    }
    return all;
}

pat_status pat_picture_restore(pat_picture *picture, const pat_setting *setting, pat_error *error)
{
    const pat_channels all = colors_of(picture);
    pat_status status = pat_setting_check(setting, error);
    return status == PAT_OK ? apply(setting, &all, error) : status;
}

bool pat_color_measures(double color)
{
    const pat_operator *operator= pat_operator_of(PAT_AXIS_COLOR, color);
    const pat_setting setting = {{[PAT_AXIS_COLOR] = color}};
    return operator!= NULL && operator->place == PAT_COLOR_BEFORE_FILTER && operator->measure !=
        NULL && !pat_operator_is_idle(operator, & setting);
}

void pat_picture_ends(const pat_picture *picture, double color, pat_color_ends ends[PAT_CHANNELS])
{
    const pat_operator *operator= pat_operator_of(PAT_AXIS_COLOR, color);
    const pat_setting setting = {{[PAT_AXIS_COLOR] = color}};
    const pat_channels all = colors_of(picture);
    for (int c = 0; c < PAT_CHANNELS; c++) {
        const pat_tone tone = pat_tone_of(operator, & setting, &all.of[all.count == 1 ? 0 : c]);
        double zero = operator->map(&tone, 0);
        double slope = (operator->map(&tone, tone.largest) - zero) / tone.largest;
        double level = 255.0 / tone.largest; /* of a sample */
        ends[c] = slope > 0 ? (pat_color_ends){-zero / slope * level,
                                               (tone.largest - zero) / slope * level}
                            : (pat_color_ends){0, 255};
    }
}

/* ---- Numbers --------------------------------------------------------------------------------- */

/* A sink that keeps the numbers. */
typedef struct keeper {
    pat_sink sink;
    float *const *planes;
    int width;
} keeper;

static void keep_row(const pat_sink *sink, int channel, int y, double *numbers)
{
    const keeper *to = (const keeper *)(const void *)sink;
    float *row = to->planes[channel] + (size_t)y * (size_t)to->width;
    for (int x = 0; x < to->width; x++)
        row[x] = (float)numbers[x];
}

pat_status pat_filter_render(const pat_image *image, const pat_setting *setting,
                             float *const planes[PAT_CHANNELS], pat_error *error)
{
    pat_status status = pat_setting_check(setting, error);
    if (status != PAT_OK)
        return status;
    const pat_operator *none = pat_operator_of(PAT_AXIS_COLOR, PAT_COLOR_NONE);
    const pat_steps steps =
        pat_steps_of_operators(setting, none, pat_operator_in(setting, PAT_AXIS_FILTER));
    const keeper to = {{(1u << PAT_CHANNELS) - 1, keep_row}, planes, image->width};
    const pat_channels source = channels_of(image);
    return pat_steps_give(&steps, &source, &to.sink, error);
}
