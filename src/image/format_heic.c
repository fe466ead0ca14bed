/* HEIC: HEIF with HEVC compression, as phones write it. A module of libvips decodes it, with
 * libheif. */
#include "image/heif.h"

const pat_file_format pat_format_heic_row = {
    .name = "heic",
    .title = "HEIC",
    .media_type = "image/heic",
    .extensions = {"heic", "heif", "hif"},
    .signatures = {{"????ftyphei", 11},
                   {"????ftyphev", 11},
                   {"????ftypmif1", 12},
                   {"????ftypmsf1", 12}},
    PAT_HEIF_READING,
    .written_as = &pat_format_jpeg_row,
};
