/* WebP: RFC 9649 section 2. libvips decodes and encodes. */
#include <string.h>

#include "image/codec.h"
#include "image/picture.h"
#include "image/vips.h"

enum { RIFF_HEADER = 12, RIFF_FRAME = 8, EXTENDED_SIZE = 10 };
enum { IS_ANIMATED = 0x02, HAS_XMP = 0x04, HAS_EXIF = 0x08, HAS_ALPHA = 0x10, HAS_PROFILE = 0x20 };

/* Sets no orientation: imread ignores EXIF in WebP. */
static void look(pat_file_bytes file, pat_recipe *recipe)
{
    enum { KIND = RIFF_HEADER, FLAGS = 20 };
    if (file.size > FLAGS && memcmp(file.bytes + KIND, "VP8X", 4) == 0 &&
        file.bytes[FLAGS] & IS_ANIMATED)
        recipe->unsupported = "an animation";
    pat_reader webp = {.file = file, .little_endian = true};
    for (uint64_t at = KIND; at + RIFF_FRAME <= file.size && !recipe->lossless;) {
        uint64_t length = pat_reader_get(&webp, at + 4, 4);
        recipe->lossless = memcmp(file.bytes + at, "VP8L", 4) == 0;
        at += RIFF_FRAME + length + length % 2;
    }
}

/* ---- Writing --------------------------------------------------------------------------------- */

static int encode(const pat_picture_plan *plan, VipsImage *image, VipsTarget *target)
{
    return pat_codec_library()->call("webpsave_target", image, target, "Q", plan->quality,
                                     "lossless", (gboolean)plan->lossless, "strip",
                                     (gboolean)plan->carries, NULL);
}

/* The first chunk of this type, with its header but without padding; bytes is NULL if there is
 * none. */
static pat_file_bytes find_chunk(pat_file_bytes file, const char *type)
{
    for (size_t at = RIFF_HEADER; at + RIFF_FRAME <= file.size;) {
        size_t length = pat_get_little(file.bytes + at + 4, 4);
        if (length > file.size - at - RIFF_FRAME)
            break;
        if (memcmp(file.bytes + at, type, 4) == 0)
            return (pat_file_bytes){file.bytes + at, length + RIFF_FRAME};
        at += RIFF_FRAME + length + length % 2;
    }
    return (pat_file_bytes){NULL, 0};
}

static bool has_metadata(pat_file_bytes file, pat_metadata kind)
{
    static const char *const types[PAT_METADATA] = {
        [PAT_METADATA_EXIF] = "EXIF", [PAT_METADATA_XMP] = "XMP "};
    return types[kind] != NULL && find_chunk(file, types[kind]).bytes != NULL;
}

static void append_chunk(pat_file_bytes chunk, pat_buffer *out)
{
    pat_buffer_append(out, chunk.bytes, chunk.size);
    if (chunk.size % 2 != 0)
        pat_buffer_append_char(out, '\0');
}

/* Write width and height minus one, as in the extended header, taken from the image data. */
static void put_canvas(pat_file_bytes vp8, pat_file_bytes vp8l, uint8_t canvas[6])
{
    uint32_t width, height;
    if (vp8.bytes != NULL) {
        width = (pat_get_little(vp8.bytes + RIFF_FRAME + 6, 2) & 0x3fff) - 1;
        height = (pat_get_little(vp8.bytes + RIFF_FRAME + 8, 2) & 0x3fff) - 1;
    } else {
        uint32_t sides = pat_get_little(vp8l.bytes + RIFF_FRAME + 1, 4);
        width = sides & 0x3fff;
        height = sides >> 14 & 0x3fff;
    }
    pat_put_little(canvas, 3, width);
    pat_put_little(canvas + 3, 3, height);
}

static bool has_alpha(pat_file_bytes alpha, pat_file_bytes vp8l)
{
    return alpha.bytes != NULL || (vp8l.bytes != NULL && (vp8l.bytes[RIFF_FRAME + 4] & 0x10) != 0);
}

/* Carries ICC profile, EXIF and XMP. */
static void carry(pat_file_bytes original, pat_file_bytes pixels, bool profile, pat_buffer *out)
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
        pat_put_little((uint8_t *)out->data + start + 4, 4, (uint32_t)(out->size - start - 8));
}

const pat_file_format pat_format_webp_row = {
    .name = "webp",
    .title = "WebP",
    .media_type = "image/webp",
    .extensions = {"webp"},
    .signatures = {{"RIFF????WEBP", 12}},
    .look = look,
    .decode = pat_codec_decode,
    .load = pat_picture_load_source,
    .loader = "webpload_source",
    .loader_class = "VipsForeignLoadWebp",
    .loads_whole = true,
    .has_alpha = true,
    .has_quality = true,
    .longest_side = 16383,
    .save = pat_picture_save_target,
    .encode = encode,
    .carry = carry,
    .has_metadata = has_metadata,
};
