/* JPEG: ITU T.81 annex B. jpeg.c decodes; libvips loads and saves images for restoration. */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "image/codec.h"
#include "image/exif.h"
#include "image/jpeg.h"
#include "image/picture.h"
#include "image/source.h"
#include "image/vips.h"
#include "image/xmp.h"

enum {
    APP0 = 0xe0,
    APP1 = 0xe1,
    APP2 = 0xe2,
    APP13 = 0xed,
    APP14 = 0xee,
    APP15 = 0xef,
    COMMENT = 0xfe
};
enum { LOSSLESS = 0xc3, LOSSLESS_ARITHMETIC = 0xcb, JPEG_LS = 0xf7 }; /* markers of frames */
enum { START_OF_SCAN = 0xda, END_OF_IMAGE = 0xd9 };
enum { UNIT = 11, ACROSS = 12, DOWN = 14 }; /* offsets in a JFIF segment: unit and resolution */
enum { STRIP_ROWS = 16 };

struct segment {
    int marker;
    const uint8_t *bytes; /* starting at the marker */
    size_t size;
};

/* Find the next segment, from *at on, that precedes the first scan. False if there is none. */
static bool next_segment(pat_file_bytes file, size_t *at, struct segment *found)
{
    while (*at + 4 <= file.size) {
        const uint8_t *bytes = file.bytes + *at;
        int marker = bytes[1];
        if (bytes[0] != 0xff || marker == 0xff) { /* stray or fill byte */
            ++*at;
            continue;
        }
        if (marker == START_OF_SCAN || marker == END_OF_IMAGE)
            return false;
        if (marker < 0xc0 || (marker >= 0xd0 && marker <= 0xd8)) { /* has no length */
            *at += 2;
            continue;
        }
        *found = (struct segment){marker, bytes, 2 + pat_get_big(bytes + 2, 2)};
        if (found->size < 4 || found->size > file.size - *at)
            return false;
        *at += found->size;
        return true;
    }
    return false;
}

static bool begins_with(const struct segment *segment, const char *text, size_t size)
{
    return segment->size >= 4 + size && memcmp(segment->bytes + 4, text, size) == 0;
}

/* ---- Looking --------------------------------------------------------------------------------- */

/* Like OpenCV, read only the first APP1 segment, and always as EXIF. */
static unsigned find_orientation(pat_file_bytes file)
{
    enum { PREFIX = 6 };
    pat_reader jpeg = {.file = file};
    for (uint64_t at = 2; !jpeg.overrun;) {
        if (pat_reader_get(&jpeg, at, 1) != 0xff) {
            at++;
            continue;
        }
        unsigned marker = (unsigned)pat_reader_get(&jpeg, at + 1, 1);
        if (marker == START_OF_SCAN || marker == END_OF_IMAGE)
            return 0;
        if (marker == 0xff || marker < 0xc0 || (marker >= 0xd0 && marker <= 0xd7)) {
            at += marker == 0xff ? 1 : 2;
            continue;
        }
        uint64_t length = pat_reader_get(&jpeg, at + 2, 2);
        if (marker == APP1)
            return length > 2 + PREFIX && length <= file.size - at - 2
                       ? pat_exif_orientation(
                             (pat_file_bytes){file.bytes + at + 4 + PREFIX, length - 2 - PREFIX})
                       : 0;
        at += 2 + length;
    }
    return 0;
}

/* Whether a segment is a frame header. Its marker is one of C0 to CF, except the tables C4 and CC
 * and the reserved C8, or F7 in JPEG-LS. */
static bool is_frame(const struct segment *segment)
{
    return (segment->marker >= 0xc0 && segment->marker <= 0xcf && segment->marker != 0xc4 &&
            segment->marker != 0xc8 && segment->marker != 0xcc) ||
           segment->marker == JPEG_LS;
}

/* If the unit is 0, the numbers are only an aspect ratio. 1 : 1 is ignored: nearly every file
 * without a resolution says so, even if EXIF has one. */
static void look_for_aspect(const struct segment *segment, pat_recipe *recipe)
{
    if (segment->marker != APP0 || !begins_with(segment, "JFIF", 5) || segment->size < DOWN + 2)
        return;
    uint32_t across = pat_get_big(segment->bytes + ACROSS, 2);
    uint32_t down = pat_get_big(segment->bytes + DOWN, 2);
    if (segment->bytes[UNIT] == 0 && across > 0 && down > 0 && across != down)
        pat_recipe_set_aspect(recipe, across, down);
}

static void look_at_frame(const struct segment *frame, pat_recipe *recipe)
{
    /* offsets in a frame header; the sampling factors of 4:2:0 */
    enum { COUNT = 9, FIRST = 11, TWO_BY_TWO = 0x22 };
    recipe->subsampled =
        frame->size > FIRST && frame->bytes[COUNT] == 3 && frame->bytes[FIRST] == TWO_BY_TWO;
    if (frame->marker == JPEG_LS)
        recipe->unsupported = "JPEG-LS";
    else if (frame->marker == LOSSLESS || frame->marker == LOSSLESS_ARITHMETIC)
        recipe->unsupported = "lossless JPEG";
}

static void look(pat_file_bytes file, pat_recipe *recipe)
{
    struct segment segment;
    recipe->orientation = find_orientation(file);
    recipe->has_resolution = true; /* if it is unknown, libvips reports 72 dpi */
    for (size_t at = 2; next_segment(file, &at, &segment);) {
        look_for_aspect(&segment, recipe);
        if (is_frame(&segment)) {
            look_at_frame(&segment, recipe);
            return;
        }
    }
}

/* ---- Decoding -------------------------------------------------------------------------------- */

static pat_status copy_rows(const pat_source *source, pat_jpeg *jpeg, const pat_recipe *recipe,
                            pat_image *image)
{
    pat_status status =
        pat_recipe_make_canvas(recipe, jpeg->width, jpeg->height, image, source->error);
    if (status != PAT_OK)
        return status;
    size_t row_size = (size_t)jpeg->width * (size_t)jpeg->bands;
    uint8_t *strip = malloc(STRIP_ROWS * row_size);
    if (strip == NULL)
        return pat_fail_memory(source->error, "decoding an image");
    pat_rows rows = pat_recipe_begin(recipe, jpeg->width, jpeg->height, jpeg->bands, image);
    for (int top = 0; top < jpeg->height && status == PAT_OK; top += STRIP_ROWS) {
        int count = jpeg->height - top < STRIP_ROWS ? jpeg->height - top : STRIP_ROWS;
        if (!pat_jpeg_read(jpeg, strip, count))
            status = pat_source_fail(source, jpeg->text);
        for (int i = 0; i < count && status == PAT_OK; i++)
            pat_rows_put(&rows, strip + (size_t)i * row_size, top + i);
    }
    free(strip);
    return status;
}

static pat_status decode_open(const pat_source *source, pat_jpeg *jpeg, pat_recipe *recipe,
                              pat_image *image)
{
    pat_status status = pat_source_check_size(source, jpeg->width, jpeg->height);
    if (jpeg->cmyk)
        recipe->color = PAT_CMYK_INVERTED;
    if (status == PAT_OK && !pat_recipe_takes(recipe, jpeg->bands))
        status = pat_source_fail_unsupported(source, "its number or kind of channels");
    return status == PAT_OK ? copy_rows(source, jpeg, recipe, image) : status;
}

static pat_status decode(const pat_source *source, pat_recipe *recipe, pat_image *image)
{
    pat_jpeg jpeg;
    pat_status status = pat_jpeg_open(&jpeg, source->file.bytes, source->file.size)
                            ? decode_open(source, &jpeg, recipe, image)
                            : pat_source_fail(source, jpeg.text);
    pat_jpeg_close(&jpeg);
    return status;
}

/* ---- Loading --------------------------------------------------------------------------------- */

/* Find the first APP1 segment that begins with `head`, and return what follows. `bytes` is NULL if
 * there is none. */
static pat_file_bytes find_xmp(pat_file_bytes file, const char *head, size_t head_size)
{
    struct segment segment;
    for (size_t at = 2; next_segment(file, &at, &segment);)
        if (segment.marker == APP1 && begins_with(&segment, head, head_size))
            return (pat_file_bytes){segment.bytes + 4 + head_size, segment.size - 4 - head_size};
    return (pat_file_bytes){NULL, 0};
}

/* Assemble an extended packet from its parts, which may be in any order. False if their sizes do
 * not add up to that of the packet. */
static bool collect_parts(pat_file_bytes file, const uint8_t *guid, pat_buffer *packet)
{
    struct segment segment;
    size_t sum = 0;
    for (size_t at = 2; next_segment(file, &at, &segment);) {
        if (segment.marker != APP1 || segment.size < PAT_XMP_PART ||
            !begins_with(&segment, PAT_XMP_EXTENDED, sizeof PAT_XMP_EXTENDED) ||
            memcmp(segment.bytes + PAT_XMP_GUID, guid, PAT_XMP_GUID_SIZE) != 0)
            continue;
        size_t full = pat_get_big(segment.bytes + PAT_XMP_FULL_SIZE, 4);
        size_t offset = pat_get_big(segment.bytes + PAT_XMP_OFFSET, 4);
        size_t size = segment.size - PAT_XMP_PART;
        if (packet->size == 0 && full <= file.size && pat_buffer_room(packet, full) != NULL)
            packet->size = full;
        if (full == 0 || packet->size != full || offset > full || size > full - offset)
            return false;
        if (sum == 0)
            memset(packet->data, 0, full);
        memcpy(packet->data + offset, segment.bytes + PAT_XMP_PART, size);
        sum += size;
    }
    return sum > 0 && sum == packet->size;
}

/* Replace the XMP that libvips has read: it reads only the first segment. */
static void set_xmp(pat_picture *picture, pat_file_bytes packet)
{
    const pat_vips *vips = pat_codec_library();
    if (packet.bytes != NULL)
        vips->image_set_blob_copy(picture->source, VIPS_META_XMP_NAME, packet.bytes, packet.size);
    else
        vips->image_remove(picture->source, VIPS_META_XMP_NAME);
}

/* Load the image. If its XMP is split, join it into one packet. */
static pat_status load(pat_picture *picture, pat_error *error)
{
    pat_status status = pat_picture_load_source(picture, error);
    pat_file_bytes file = picture->file;
    pat_buffer extended = {0}, joined = {0};
    if (status != PAT_OK || find_xmp(file, PAT_XMP_EXTENDED, sizeof PAT_XMP_EXTENDED).bytes == NULL)
        return status;
    pat_file_bytes standard = find_xmp(file, PAT_XMP_STANDARD, sizeof PAT_XMP_STANDARD);
    const uint8_t *guid = standard.bytes == NULL ? NULL : pat_xmp_find_guid(standard);
    picture->xmp_incomplete =
        guid == NULL || !collect_parts(file, guid, &extended) ||
        !pat_xmp_join(standard, (pat_file_bytes){(uint8_t *)extended.data, extended.size}, &joined);
    set_xmp(picture, picture->xmp_incomplete
                         ? standard
                         : (pat_file_bytes){(uint8_t *)joined.data, joined.size});
    if (extended.failed || joined.failed)
        status = pat_fail_memory(error, "an image to restore");
    pat_buffer_release(&extended);
    pat_buffer_release(&joined);
    return status;
}

/* ---- Writing --------------------------------------------------------------------------------- */

static int encode(const pat_picture_plan *plan, VipsImage *image, VipsTarget *target)
{
    return pat_codec_library()->call(
        "jpegsave_target", image, target, "Q", plan->quality, "optimize_coding", TRUE, "interlace",
        (gboolean)plan->interlaced, "strip", (gboolean)plan->carries, "subsample_mode",
        plan->subsampled ? VIPS_FOREIGN_SUBSAMPLE_ON : VIPS_FOREIGN_SUBSAMPLE_OFF, NULL);
}

static bool is_metadata(const struct segment *segment)
{
    return (segment->marker >= APP0 && segment->marker <= APP15) || segment->marker == COMMENT;
}

/* All metadata except Adobe's segment, which describes how the samples are encoded, and the index
 * of further images (MPF), whose offsets are no longer right. */
static bool is_carried(const struct segment *segment, bool profile)
{
    if (segment->marker == APP2)
        return begins_with(segment, "ICC_PROFILE", 12) ? profile : !begins_with(segment, "MPF", 4);
    return is_metadata(segment) && segment->marker != APP14;
}

static bool has_metadata(pat_file_bytes file, pat_metadata kind)
{
    static const struct {
        int marker;
        const char *text;
        size_t size;
    } heads[PAT_METADATA] = {
        [PAT_METADATA_EXIF] = {APP1, "Exif\0", 6},
        [PAT_METADATA_XMP] = {APP1, PAT_XMP_STANDARD, sizeof PAT_XMP_STANDARD},
        [PAT_METADATA_IPTC] = {APP13, "Photoshop 3.0", 14},
        [PAT_METADATA_TEXT] = {COMMENT, "", 0},
    };
    struct segment segment;
    for (size_t at = 2; next_segment(file, &at, &segment);)
        if (segment.marker == heads[kind].marker &&
            begins_with(&segment, heads[kind].text, heads[kind].size))
            return true;
    return false;
}

/* Append a JFIF segment with an aspect ratio and no thumbnail. */
static void append_jfif(const uint32_t aspect[2], pat_buffer *out)
{
    uint8_t jfif[18] = "\xff\xe0\0\x10JFIF\0\1\2";
    pat_put_big(jfif + ACROSS, 2, aspect[0]);
    pat_put_big(jfif + DOWN, 2, aspect[1]);
    pat_buffer_append(out, jfif, sizeof jfif);
}

/* libvips writes no JFIF segment next to EXIF, and drops XMP that is too long for one segment. The
 * EXIF stays the first APP1 segment: some programs look only there. */
static void complete(const pat_picture *picture, const pat_picture_plan *plan, pat_file_bytes saved,
                     pat_buffer *out)
{
    struct segment segment;
    size_t at = 2, rest = 2;
    pat_file_bytes xmp = pat_picture_metadata(picture, VIPS_META_XMP_NAME);
    pat_buffer_append(out, saved.bytes, 2);
    if (plan->aspect[0] > 0)
        append_jfif(plan->aspect, out);
    while (next_segment(saved, &at, &segment) && segment.marker >= APP0 && segment.marker <= APP1) {
        if (segment.marker == APP1 || plan->aspect[0] == 0)
            pat_buffer_append(out, segment.bytes, segment.size);
        rest = at;
    }
    if (!plan->strips && !has_metadata(saved, PAT_METADATA_XMP) && xmp.bytes != NULL)
        pat_xmp_append_segments(xmp, out);
    pat_buffer_append(out, saved.bytes + rest, saved.size - rest);
}

/* Carries application segments and comments. */
static void carry(pat_file_bytes original, pat_file_bytes pixels, bool profile, pat_buffer *out)
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

const pat_file_format pat_format_jpeg_row = {
    .name = "jpeg",
    .title = "JPEG",
    .media_type = "image/jpeg",
    .extensions = {"jpg", "jpeg"},
    .signatures = {{"\xff\xd8\xff", 3}},
    .look = look,
    .decode = decode,
    .load = load,
    .loader = "jpegload_source",
    .loader_class = "VipsForeignLoadJpeg",
    .interlaced = "jpeg-multiscan",
    .unsupported = {"Unsupported JPEG", "Maximum supported"},
    .light = pat_light_opencv,
    .has_grey = true,
    .has_aspect = true,
    .has_quality = true,
    .longest_side = 65500,
    .save = pat_picture_save_target,
    .encode = encode,
    .complete = complete,
    .carry = carry,
    .has_metadata = has_metadata,
};
