/*
 * XMP in JPEG: Adobe, "XMP Specification Part 3", section 1.1.3.1; private to this folder.
 *
 * A packet that is too long for a segment is split: a standard packet, in a segment of its own,
 * has the digest (GUID) of the extended packet, which continues over as many segments as it needs.
 */
#ifndef PAT_IMAGE_XMP_H
#define PAT_IMAGE_XMP_H

#include "base/buffer.h"
#include "image/bytes.h"

/* What the segments begin with, including the null byte at the end. */
#define PAT_XMP_STANDARD "http://ns.adobe.com/xap/1.0/"
#define PAT_XMP_EXTENDED "http://ns.adobe.com/xmp/extension/"

/* Offsets in a segment with a part of an extended packet. It has a marker, its size,
 * PAT_XMP_EXTENDED, the GUID, the size of the packet, the offset of this part, and the part. */
enum {
    PAT_XMP_GUID = 4 + sizeof PAT_XMP_EXTENDED,
    PAT_XMP_GUID_SIZE = 32,
    PAT_XMP_FULL_SIZE = PAT_XMP_GUID + PAT_XMP_GUID_SIZE,
    PAT_XMP_OFFSET = PAT_XMP_FULL_SIZE + 4,
    PAT_XMP_PART = PAT_XMP_OFFSET + 4
};

/* Append a packet to a JPEG as one segment or, if it is too long, as several. */
void pat_xmp_append_segments(pat_file_bytes packet, pat_buffer *out);

/* Find the GUID of the extended packet that belongs to a standard packet. NULL if there is none. */
const uint8_t *pat_xmp_find_guid(pat_file_bytes standard);

/* Join two packets, which may be hostile, into one with the properties of both, in the empty buffer
 * `out`. False if that is impossible; `out` is then undefined. */
bool pat_xmp_join(pat_file_bytes standard, pat_file_bytes extended, pat_buffer *out);

#endif
