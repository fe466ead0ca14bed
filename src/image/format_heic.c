/* HEIC: HEIF with HEVC, as phones write it. A module of libvips decodes, with libheif. */
#include "image/codec.h"
#include "image/heif.h"
#include "image/picture.h"

const pat_file_format pat_format_heic_row = {
    .name = "heic",
    .title = "HEIC",
    .media_type = "image/heic",
    .extensions = {"heic", "heif", "hif"},
    .signatures = {{"????ftyphei", 11},
                   {"????ftyphev", 11},
                   {"????ftypmif1", 12},
                   {"????ftypmsf1", 12}},
    .look = pat_heif_look,
    .decode = pat_codec_decode,
    .load = pat_picture_load_source,
    .loader = "heifload_source",
    .loader_class = "VipsForeignLoadHeif",
    .module = "heif",
    .loads_whole = true,
    .unsupported = {"Unsupported feature", "Unsupported file-type", "codec"},
    .written_as = &pat_format_jpeg_row,
    .has_metadata = pat_heif_has_metadata,
};
