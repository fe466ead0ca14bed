/* AVIF: HEIF with AV1 compression. A module of libvips decodes and encodes it, with libheif. */
#include "image/codec.h"
#include "image/heif.h"
#include "image/vips.h"

enum { DEEP_BITS = 12 }; /* the most that AV1 stores */

static int encode(const pat_picture_plan *plan, VipsImage *image, VipsTarget *target)
{
    return pat_codec_library()->call(
        "heifsave_target", image, target, "compression", VIPS_FOREIGN_HEIF_COMPRESSION_AV1,
        "encoder", VIPS_FOREIGN_HEIF_ENCODER_AOM, "Q", plan->quality, "bitdepth",
        plan->depth == 8 ? 8 : DEEP_BITS, "subsample_mode", VIPS_FOREIGN_SUBSAMPLE_OFF, NULL);
}

const pat_file_format pat_format_avif_row = {
    .name = "avif",
    .title = "AVIF",
    .media_type = "image/avif",
    .extensions = {"avif"},
    .signatures = {{"????ftypavi", 11}},
    PAT_HEIF_READING,
    .has_alpha = true,
    .has_16_bits = true,
    .has_12_of_16 = true,
    .has_quality = true,
    .longest_side = 16384,
    .save = pat_picture_save_target,
    .encode = encode,
};
