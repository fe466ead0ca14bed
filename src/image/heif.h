/* HEIF, the file format of HEIC and AVIF: ISO/IEC 23008-12. Private to this folder. */
#ifndef PAT_IMAGE_HEIF_H
#define PAT_IMAGE_HEIF_H

#include "image/format.h"

/* Implementations of pat_file_format.look and .has_metadata. */
void pat_heif_look(pat_file_bytes file, pat_recipe *recipe);
bool pat_heif_has_metadata(pat_file_bytes file, pat_metadata kind);

#endif
