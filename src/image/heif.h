/* HEIF, the file format of HEIC and AVIF: ISO/IEC 23008-12. Private to this folder. */
#ifndef PAT_IMAGE_HEIF_H
#define PAT_IMAGE_HEIF_H

#include "image/codec.h"
#include "image/picture.h"

/* The members of a row for reading. */
#define PAT_HEIF_READING                                                                           \
    .look = pat_heif_look, .decode = pat_codec_decode, .load = pat_heif_load,                      \
    .loader = "heifload_source", .loader_class = "VipsForeignLoadHeif", .module = "heif",          \
    .loads_whole = true, .unsupported = {"Unsupported feature", "Unsupported file-type", "codec"}, \
    .has_metadata = pat_heif_has_metadata

/* Implementations of pat_file_format.look, .load and .has_metadata. */
void pat_heif_look(pat_file_bytes file, pat_recipe *recipe);
PAT_MUST_CHECK pat_status pat_heif_load(pat_picture *picture, pat_error *error);
bool pat_heif_has_metadata(pat_file_bytes file, pat_metadata kind);

#endif
