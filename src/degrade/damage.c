#include "degrade/damage.h"

#include <math.h>

#include "base/error.h"
#include "degrade/marks.h"
#include "degrade/tone.h"
#include "image/jpeg.h"
#include "patina/restore.h"

void pat_damager_release(pat_damager *damager)
{
    pat_random_free(damager->random);
    pat_image_release(&damager->other);
    pat_buffer_release(&damager->jpeg);
    *damager = (pat_damager){0};
}

static void change_tones(const pat_damage *damage, pat_image *image)
{
    uint8_t table[PAT_CHANNELS][256];
    pat_tone_tables(damage, table);
    for (int c = 0; c < PAT_CHANNELS; c++)
        pat_plane_map(&image->plane[c], table[c], &image->plane[c]);
}

static pat_status blur(pat_damager *damager, double sigma, pat_image *image, pat_error *error)
{
    pat_image *blurred = &damager->other;
    pat_gaussian kernel;
    if (sigma < PAT_SIGMA_MIN)
        return PAT_OK;
    pat_gaussian_init(&kernel, sigma);
    pat_status status = pat_image_resize_canvas(blurred, image->width, image->height, error);
    for (int c = 0; c < PAT_CHANNELS && status == PAT_OK; c++)
        status = pat_gaussian_blur(&kernel, &image->plane[c], &blurred->plane[c], error);
    pat_image sharp = *image;
    *image = *blurred;
    *blurred = sharp;
    return status;
}

static int shrink(int side, double factor)
{
    int shrunk = (int)lrint(side * factor);
    return shrunk < 1 ? 1 : shrunk;
}

/* Scale down, then up again. */
static pat_status rescale(pat_damager *damager, double factor, pat_image *image, pat_error *error)
{
    pat_image *small = &damager->other;
    pat_status status = pat_image_resize_canvas(small, shrink(image->width, factor),
                                                shrink(image->height, factor), error);
    for (int c = 0; c < PAT_CHANNELS && status == PAT_OK; c++) {
        status = pat_resize_linear(&image->plane[c], &small->plane[c], error);
        if (status == PAT_OK)
            status = pat_resize_linear(&small->plane[c], &image->plane[c], error);
    }
    return status;
}

static pat_status compress(pat_damager *damager, int quality, const char *name, pat_image *image,
                           pat_error *error)
{
    pat_buffer *jpeg = &damager->jpeg;
    pat_buffer_reset(jpeg);
    pat_status status = pat_jpeg_encode(image, quality, PAT_JPEG_CHROMA_HALVED, name, jpeg, error);
    if (status != PAT_OK)
        return status;
    uint64_t pixels = (uint64_t)image->width * (uint64_t)image->height;
    return pat_image_decode(jpeg->data, jpeg->size, name, pixels, image, error);
}

/* Each kind has its own random series, so that more stains do not change the grain. */
static pat_random *series(pat_damager *damager, const pat_damage *damage, pat_damage_kind kind)
{
    pat_random_seed(damager->random, damage->seed + (uint32_t)kind);
    return damager->random;
}

static void put_marks(pat_damager *damager, const pat_damage *damage, pat_image *image)
{
    if (damage->applied[PAT_STAINS])
        pat_stain(damage, series(damager, damage, PAT_STAINS), image);
    if (damage->applied[PAT_SCRATCHES])
        pat_scratch(damage, series(damager, damage, PAT_SCRATCHES), image);
    if (damage->applied[PAT_GRAIN])
        pat_grain(damage, series(damager, damage, PAT_GRAIN), image);
}

pat_status pat_damage_apply(pat_damager *damager, const pat_damage *damage, const char *name,
                            pat_image *image, pat_error *error)
{
    pat_status status = PAT_OK;
    if (damager->random == NULL)
        status = pat_random_create(&damager->random, error);
    if (status != PAT_OK)
        return status;
    change_tones(damage, image);
    if (damage->applied[PAT_BLUR])
        status = blur(damager, damage->value[PAT_BLUR_SIGMA], image, error);
    if (status == PAT_OK)
        put_marks(damager, damage, image);
    if (status == PAT_OK && damage->applied[PAT_RESCALE])
        status = rescale(damager, damage->value[PAT_RESCALE_FACTOR], image, error);
    if (status == PAT_OK && damage->applied[PAT_JPEG])
        status = compress(damager, (int)damage->value[PAT_JPEG_QUALITY], name, image, error);
    return status;
}
