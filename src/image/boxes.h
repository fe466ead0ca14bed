/* The boxes in which HEIF, JPEG 2000 and JPEG XL files store their parts: ISO/IEC 14496-12, section
 * 4.2. Private to this folder. */
#ifndef PAT_IMAGE_BOXES_H
#define PAT_IMAGE_BOXES_H

#include "image/bytes.h"

typedef struct pat_box {
    const uint8_t *type; /* four characters */
    pat_file_bytes content;
} pat_box;

/* Find the next box of `parent` (a file, or a box's content, which may be hostile), from *at on,
 * and move *at behind it. A box that is too long is cut at the end of `parent`. False at the end.
 */
bool pat_box_next(pat_file_bytes parent, size_t *at, pat_box *box);

bool pat_box_is(const pat_box *box, const char *type);

/* The content of the first box of this type; its bytes are NULL if there is none. */
pat_file_bytes pat_box_find(pat_file_bytes parent, const char *type);

/* The content after the first `count` bytes, such as the version and flags of a full box. */
pat_file_bytes pat_box_skip(pat_file_bytes content, size_t count);

#endif
