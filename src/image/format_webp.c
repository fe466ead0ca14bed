/* WebP: RFC 9649 section 2. libvips decodes and encodes. */
#include <string.h>

#include "base/error.h"
#include "image/codec.h"
#include "image/picture.h"
#include "image/source.h"
#include "image/vips.h"

enum { RIFF_HEADER = 12, RIFF_FRAME = 8, EXTENDED_SIZE = 10 };
enum { IS_ANIMATED = 0x02, HAS_XMP = 0x04, HAS_EXIF = 0x08, HAS_ALPHA = 0x10, HAS_PROFILE = 0x20 };

/* ---- Chunks ---------------------------------------------------------------------------------- */

static bool is_chunk(pat_file_bytes chunk, const char *type)
{
    return memcmp(chunk.bytes, type, 4) == 0;
}

static bool is_image(pat_file_bytes chunk)
{
    return is_chunk(chunk, "VP8 ") || is_chunk(chunk, "VP8L");
}

/* Find the chunk at *at, with its header but without padding, and advance to the next one. Some
 * programs do not write the padding, a zero byte after an odd size. False if no chunk is left or
 * the file ends inside it. */
static bool next_chunk(pat_file_bytes file, size_t *at, pat_file_bytes *chunk)
{
    if (*at + RIFF_FRAME > file.size)
        return false;
    size_t length = pat_get_little(file.bytes + *at + 4, 4);
    if (length > file.size - *at - RIFF_FRAME)
        return false;
    *chunk = (pat_file_bytes){file.bytes + *at, length + RIFF_FRAME};
    *at += chunk->size;
    *at += length % 2 != 0 && *at < file.size && file.bytes[*at] == 0;
    return true;
}

/* Find the first chunk of this type, as next_chunk() does. `bytes` is NULL if there is none. */
static pat_file_bytes find_chunk(pat_file_bytes file, const char *type)
{
    pat_file_bytes chunk;
    for (size_t at = RIFF_HEADER; next_chunk(file, &at, &chunk);)
        if (is_chunk(chunk, type))
            return chunk;
    return (pat_file_bytes){NULL, 0};
}

static void append_chunk(pat_file_bytes chunk, pat_buffer *out)
{
    pat_buffer_append(out, chunk.bytes, chunk.size);
    if (chunk.size % 2 != 0)
        pat_buffer_append_char(out, '\0');
}

/* Write the size of the RIFF that starts at out->data + start. */
static void put_riff_size(pat_buffer *out, size_t start)
{
    if (!out->failed)
        pat_put_little((uint8_t *)out->data + start + 4, 4, (uint32_t)(out->size - start - 8));
}

/* ---- Reading --------------------------------------------------------------------------------- */

/* Sets no orientation: imread ignores EXIF in WebP. */
static void look(pat_file_bytes file, pat_recipe *recipe)
{
    enum { FLAGS = RIFF_FRAME };
    pat_file_bytes chunk;
    bool found = false;
    for (size_t at = RIFF_HEADER; !found && next_chunk(file, &at, &chunk);) {
        found = is_image(chunk);
        recipe->lossless = found && is_chunk(chunk, "VP8L");
        if (is_chunk(chunk, "VP8X") && chunk.size > FLAGS && chunk.bytes[FLAGS] & IS_ANIMATED)
            recipe->unsupported = "an animation";
    }
}

/* The offset at which the RIFF ends. */
static size_t riff_end(pat_file_bytes file)
{
    return 8 + (size_t)pat_get_little(file.bytes + 4, 4);
}

/* Whether the file consists of complete, padded chunks, one of which is an image. libvips refuses
 * other files. */
static bool is_regular(pat_file_bytes file)
{
    size_t end = riff_end(file), at = RIFF_HEADER;
    int images = 0;
    while (at + RIFF_FRAME <= end) {
        pat_file_bytes chunk = {file.bytes + at,
                                RIFF_FRAME + (size_t)pat_get_little(file.bytes + at + 4, 4)};
        images += is_image(chunk);
        at += chunk.size + chunk.size % 2;
    }
    return at == end && images == 1;
}

/*
 * imread ignores everything after the first image. So that libvips does the same, copy the chunks
 * up to that image, and the metadata after it, into `copy`, and return that. A file that is regular
 * or whose image is incomplete is returned as it is.
 */
static pat_file_bytes regular(pat_file_bytes file, pat_buffer *copy)
{
    size_t at = RIFF_HEADER;
    bool seen = false;
    if (file.size < RIFF_HEADER || riff_end(file) > file.size || is_regular(file))
        return file;
    pat_buffer_append(copy, file.bytes, RIFF_HEADER);
    for (pat_file_bytes chunk; next_chunk(file, &at, &chunk);) {
        if (!seen && (size_t)(chunk.bytes - file.bytes) + chunk.size > riff_end(file))
            return file;
        if (!seen || is_chunk(chunk, "EXIF") || is_chunk(chunk, "XMP "))
            append_chunk(chunk, copy);
        seen = seen || is_image(chunk);
    }
    put_riff_size(copy, 0);
    return seen && !copy->failed ? (pat_file_bytes){(const uint8_t *)copy->data, copy->size} : file;
}

static pat_status decode(const pat_source *source, pat_recipe *recipe, pat_image *image)
{
    pat_buffer copy = {0};
    pat_source changed = *source;
    changed.file = regular(source->file, &copy);
    pat_status status = copy.failed ? pat_fail_memory(source->error, "decoding an image")
                                    : pat_codec_decode(&changed, recipe, image);
    pat_buffer_release(&copy);
    return status;
}

static pat_status load(pat_picture *picture, pat_error *error)
{
    pat_buffer copy = {0};
    const pat_file_bytes original = picture->file;
    picture->file = regular(original, &copy);
    pat_status status = copy.failed ? pat_fail_memory(error, "an image to restore")
                                    : pat_picture_load_source(picture, error);
    picture->file = original;
    pat_buffer_release(&copy);
    return status;
}

/* ---- Writing --------------------------------------------------------------------------------- */

static int encode(const pat_picture_plan *plan, VipsImage *image, VipsTarget *target)
{
    return pat_codec_library()->call("webpsave_target", image, target, "Q", plan->quality,
                                     "lossless", (gboolean)plan->lossless, "strip",
                                     (gboolean)plan->carries, NULL);
}

static bool has_metadata(pat_file_bytes file, pat_metadata kind)
{
    static const char *const types[PAT_METADATA] = {
        [PAT_METADATA_EXIF] = "EXIF", [PAT_METADATA_XMP] = "XMP "};
    return types[kind] != NULL && find_chunk(file, types[kind]).bytes != NULL;
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
    put_riff_size(out, start);
}

const pat_file_format pat_format_webp_row = {
    .name = "webp",
    .title = "WebP",
    .media_type = "image/webp",
    .extensions = {"webp"},
    .signatures = {{"RIFF????WEBP", 12}},
    .look = look,
    .decode = decode,
    .load = load,
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
