/*
 * Formats: JPEG, ITU T.81 annex B; PNG, W3C "Portable Network Graphics" (chunks); WebP, RFC 9649
 * section 2.
 */
#include "image/metadata.h"

#include <string.h>

static uint32_t get_big(const uint8_t *bytes, int length)
{
    uint32_t value = 0;
    for (int i = 0; i < length; i++)
        value = value << 8 | bytes[i];
    return value;
}

static uint32_t get_little(const uint8_t *bytes, int length)
{
    uint32_t value = 0;
    for (int i = length - 1; i >= 0; i--)
        value = value << 8 | bytes[i];
    return value;
}

static void put_little(uint8_t *bytes, int length, uint32_t value)
{
    for (int i = 0; i < length; i++)
        bytes[i] = (uint8_t)(value >> 8 * i);
}

/* ---- JPEG ------------------------------------------------------------------------------------ */

enum { APP0 = 0xe0, APP2 = 0xe2, APP14 = 0xee, APP15 = 0xef, COMMENT = 0xfe };
enum { START_OF_SCAN = 0xda, END_OF_IMAGE = 0xd9 };

struct segment {
    int marker;
    const uint8_t *bytes; /* from the marker on */
    size_t size;
};

/* The next segment from *at on, before the first scan. False when there is none. */
static bool next_segment(pat_file_bytes file, size_t *at, struct segment *found)
{
    while (*at + 4 <= file.size) {
        const uint8_t *bytes = file.bytes + *at;
        int marker = bytes[1];
        if (bytes[0] != 0xff || marker == 0xff) { /* stray or filling */
            ++*at;
            continue;
        }
        if (marker == START_OF_SCAN || marker == END_OF_IMAGE)
            return false;
        if (marker < 0xc0 || (marker >= 0xd0 && marker <= 0xd8)) { /* without a length */
            *at += 2;
            continue;
        }
        *found = (struct segment){marker, bytes, 2 + get_big(bytes + 2, 2)};
        if (found->size < 4 || found->size > file.size - *at)
            return false;
        *at += found->size;
        return true;
    }
    return false;
}

/* A frame header: any SOF marker, which are C0 to CF but for tables and an extension. */
static bool is_frame(const struct segment *segment)
{
    return segment->marker >= 0xc0 && segment->marker <= 0xcf && segment->marker != 0xc4 &&
           segment->marker != 0xc8 && segment->marker != 0xcc;
}

bool pat_jpeg_is_subsampled(pat_file_bytes jpeg)
{
    enum { COUNT = 9, FIRST = 11, TWO_BY_TWO = 0x22 }; /* places in a frame header */
    struct segment segment;
    for (size_t at = 2; next_segment(jpeg, &at, &segment);)
        if (is_frame(&segment))
            return segment.size > FIRST && segment.bytes[COUNT] == 3 &&
                   segment.bytes[FIRST] == TWO_BY_TWO;
    return false;
}

static bool begins_with(const struct segment *segment, const char *text, size_t size)
{
    return segment->size >= 4 + size && memcmp(segment->bytes + 4, text, size) == 0;
}

static bool is_metadata(const struct segment *segment)
{
    return (segment->marker >= APP0 && segment->marker <= APP15) || segment->marker == COMMENT;
}

/* Not Adobe's, which tells how the samples are coded, nor a table of further pictures at offsets
 * that are no longer right. */
static bool is_carried(const struct segment *segment, bool profile)
{
    if (segment->marker == APP2)
        return begins_with(segment, "ICC_PROFILE", 12) ? profile : !begins_with(segment, "MPF", 4);
    return is_metadata(segment) && segment->marker != APP14;
}

static void carry_jpeg(pat_file_bytes original, pat_file_bytes pixels, bool profile,
                       pat_buffer *out)
{
    struct segment segment;
    pat_buffer_append(out, "\xff\xd8", 2);
    for (size_t at = 2; next_segment(original, &at, &segment);)
        if (is_carried(&segment, profile))
            pat_buffer_append(out, segment.bytes, segment.size);
    size_t at = 2;
    while (next_segment(pixels, &at, &segment))
        if (!is_metadata(&segment))
            pat_buffer_append(out, segment.bytes, segment.size);
    pat_buffer_append(out, pixels.bytes + at, pixels.size - at);
}

/* ---- PNG ------------------------------------------------------------------------------------- */

enum { PNG_SIGNATURE = 8, PNG_FRAME = 12, PNG_HEADER = PNG_FRAME + 13 };

static const char png_carried[][5] = {"cICP", "cHRM", "gAMA", "iCCP", "sRGB", "pHYs",
                                      "eXIf", "tIME", "tEXt", "zTXt", "iTXt"};

static bool is_one_of(const uint8_t *type, const char (*types)[5], size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (memcmp(type, types[i], 4) == 0)
            return true;
    return false;
}

static void append_png_chunks(pat_file_bytes file, bool carried, pat_buffer *out)
{
    for (size_t at = PNG_SIGNATURE; file.size - at >= PNG_FRAME;) {
        size_t length = get_big(file.bytes + at, 4);
        if (length > file.size - at - PNG_FRAME)
            return;
        const uint8_t *type = file.bytes + at + 4;
        bool wanted = carried ? is_one_of(type, png_carried, sizeof png_carried / 5)
                              : memcmp(type, "IHDR", 4) != 0 && (type[0] & 0x20) == 0;
        if (wanted)
            pat_buffer_append(out, file.bytes + at, length + PNG_FRAME);
        at += length + PNG_FRAME;
    }
}

/* A profile would only have to go where CMYK became RGB, which PNG does not have. */
static void carry_png(pat_file_bytes original, pat_file_bytes pixels, pat_buffer *out)
{
    pat_buffer_append(out, pixels.bytes, PNG_SIGNATURE + PNG_HEADER);
    append_png_chunks(original, true, out);
    append_png_chunks(pixels, false, out); /* critical chunks have a capital letter first */
}

/* ---- WebP ------------------------------------------------------------------------------------ */

enum { RIFF_HEADER = 12, RIFF_FRAME = 8, EXTENDED_SIZE = 10 };
enum { HAS_XMP = 0x04, HAS_EXIF = 0x08, HAS_ALPHA = 0x10, HAS_PROFILE = 0x20 };

/* A chunk with its head, unpadded; bytes is NULL if there is none of this type. */
static pat_file_bytes find_chunk(pat_file_bytes file, const char *type)
{
    for (size_t at = RIFF_HEADER; at + RIFF_FRAME <= file.size;) {
        size_t length = get_little(file.bytes + at + 4, 4);
        if (length > file.size - at - RIFF_FRAME)
            break;
        if (memcmp(file.bytes + at, type, 4) == 0)
            return (pat_file_bytes){file.bytes + at, length + RIFF_FRAME};
        at += RIFF_FRAME + length + length % 2;
    }
    return (pat_file_bytes){NULL, 0};
}

static void append_chunk(pat_file_bytes chunk, pat_buffer *out)
{
    pat_buffer_append(out, chunk.bytes, chunk.size);
    if (chunk.size % 2 != 0)
        pat_buffer_append_char(out, '\0');
}

/* Width and height less one, as the extended header has them, from the picture's own. */
static void put_canvas(pat_file_bytes vp8, pat_file_bytes vp8l, uint8_t canvas[6])
{
    uint32_t width, height;
    if (vp8.bytes != NULL) {
        width = (get_little(vp8.bytes + RIFF_FRAME + 6, 2) & 0x3fff) - 1;
        height = (get_little(vp8.bytes + RIFF_FRAME + 8, 2) & 0x3fff) - 1;
    } else {
        uint32_t sides = get_little(vp8l.bytes + RIFF_FRAME + 1, 4);
        width = sides & 0x3fff;
        height = sides >> 14 & 0x3fff;
    }
    put_little(canvas, 3, width);
    put_little(canvas + 3, 3, height);
}

static bool has_alpha(pat_file_bytes alpha, pat_file_bytes vp8l)
{
    return alpha.bytes != NULL || (vp8l.bytes != NULL && (vp8l.bytes[RIFF_FRAME + 4] & 0x10) != 0);
}

static void carry_webp(pat_file_bytes original, pat_file_bytes pixels, bool profile,
                       pat_buffer *out)
{
    pat_file_bytes icc = profile ? find_chunk(original, "ICCP") : (pat_file_bytes){NULL, 0};
    pat_file_bytes exif = find_chunk(original, "EXIF"), xmp = find_chunk(original, "XMP ");
    pat_file_bytes alpha = find_chunk(pixels, "ALPH"), vp8 = find_chunk(pixels, "VP8 ");
    pat_file_bytes vp8l = find_chunk(pixels, "VP8L");
    uint8_t extended[RIFF_FRAME + EXTENDED_SIZE] = {'V', 'P', '8', 'X', EXTENDED_SIZE};
    extended[RIFF_FRAME] =
        (uint8_t)((icc.bytes != NULL ? HAS_PROFILE : 0) | (exif.bytes != NULL ? HAS_EXIF : 0) |
                  (xmp.bytes != NULL ? HAS_XMP : 0) | (has_alpha(alpha, vp8l) ? HAS_ALPHA : 0));
    put_canvas(vp8, vp8l, extended + RIFF_FRAME + 4);
    size_t start = out->size;
    pat_buffer_append(out, "RIFF\0\0\0\0WEBP", RIFF_HEADER);
    pat_buffer_append(out, extended, sizeof extended);
    const pat_file_bytes chunks[] = {icc, alpha, vp8, vp8l, exif, xmp};
    for (size_t i = 0; i < sizeof chunks / sizeof *chunks; i++)
        if (chunks[i].bytes != NULL)
            append_chunk(chunks[i], out);
    if (!out->failed)
        put_little((uint8_t *)out->data + start + 4, 4, (uint32_t)(out->size - start - 8));
}

/* ---- All ------------------------------------------------------------------------------------- */

bool pat_metadata_is_carried(pat_format format)
{
    return format == PAT_FORMAT_JPEG || format == PAT_FORMAT_PNG || format == PAT_FORMAT_WEBP;
}

void pat_metadata_carry(pat_format format, pat_file_bytes original, pat_file_bytes pixels,
                        bool profile, pat_buffer *out)
{
    if (format == PAT_FORMAT_JPEG)
        carry_jpeg(original, pixels, profile, out);
    else if (format == PAT_FORMAT_PNG)
        carry_png(original, pixels, out);
    else
        carry_webp(original, pixels, profile, out);
}
