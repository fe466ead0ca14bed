/* The boxes in which HEIF, JPEG 2000 and JPEG XL files store their parts: ISO/IEC 14496-12, section
 * 4.2. Private to this folder. */
#ifndef PAT_IMAGE_BOXES_H
#define PAT_IMAGE_BOXES_H

#include "image/bytes.h"

typedef struct pat_box {
    const uint8_t *type; /* four characters */
    pat_file_bytes content;
} pat_box;

/* Find the box at *at in `parent`, which is a file or the content of a box and may be hostile, and
 * advance *at to the next one. A box that is too long is cut off at the end of `parent`. False if
 * no box is left. */
bool pat_box_next(pat_file_bytes parent, size_t *at, pat_box *box);

bool pat_box_is(const pat_box *box, const char *type);

/* Find the first box of this type and return its content. `bytes` is NULL if there is none. */
pat_file_bytes pat_box_find(pat_file_bytes parent, const char *type);

/* Skip the first `count` bytes of a content, such as the version and flags of a full box. `bytes`
 * is NULL if there are fewer. */
pat_file_bytes pat_box_skip(pat_file_bytes content, size_t count);

#endif
