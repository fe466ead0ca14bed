/* PNG: W3C, "Portable Network Graphics". libvips decodes and encodes. */
#include <string.h>

#include "image/codec.h"
#include "image/exif.h"
#include "image/picture.h"
#include "image/vips.h"

enum { SIGNATURE = 8, HEAD = 8, FRAME = 12, HEADER = FRAME + 13, PHYS = 9 };

/* ---- Reading --------------------------------------------------------------------------------- */

/* ISO 3309 CRC-32, the checksum at the end of each chunk. */
static uint32_t crc32(const uint8_t *bytes, size_t size)
{
    static uint32_t table[256];
    if (table[1] == 0)
        for (uint32_t i = 0; i < 256; i++) {
            uint32_t value = i;
            for (int bit = 0; bit < 8; bit++)
                value = value & 1 ? value >> 1 ^ 0xedb88320 : value >> 1;
            table[i] = value;
        }
    uint32_t crc = 0xffffffff;
    for (size_t i = 0; i < size; i++)
        crc = table[(crc ^ bytes[i]) & 0xff] ^ crc >> 8;
    return ~crc;
}

static bool is_chunk(pat_file_bytes file, uint64_t at, const char *type)
{
    return file.size >= HEAD && at <= file.size - HEAD && memcmp(file.bytes + at + 4, type, 4) == 0;
}

static bool holds_exif(pat_file_bytes data)
{
    return data.size >= 2 && data.bytes[0] == data.bytes[1] &&
           (data.bytes[0] == 'I' || data.bytes[0] == 'M');
}

/* phys: pixels per unit across and down, and the unit: 1 is the meter; 0 means that the numbers are
 * only an aspect ratio. */
static void look_for_resolution(const uint8_t phys[PHYS], pat_recipe *recipe)
{
    recipe->has_resolution = phys[PHYS - 1] == 1;
    if (!recipe->has_resolution)
        pat_recipe_set_aspect(recipe, pat_get_big(phys, 4), pat_get_big(phys + 4, 4));
}

/*
 * libvips stops reading at the last row, so check here that the file is complete: verify the
 * checksums of the last IDAT and of IEND. The orientation is in the first valid eXIf chunk.
 */
static void look(pat_file_bytes file, pat_recipe *recipe)
{
    enum { BIT_DEPTH = 24, COLOR_TYPE = 25, INDEXED = 3 };
    pat_reader png = {.file = file};
    bool end = false, exif_seen = false;
    recipe->bits = (unsigned)pat_reader_get(&png, BIT_DEPTH, 1);
    recipe->palette = pat_reader_get(&png, COLOR_TYPE, 1) == INDEXED;
    if (is_chunk(file, SIGNATURE, "CgBI")) {
        recipe->unsupported = "Xcode converted it for iPhones: it has a CgBI chunk";
        recipe->remedy = "use the original PNG";
        return;
    }

    for (uint64_t at = SIGNATURE, next; !end; at = next) {
        uint64_t length = pat_reader_get(&png, at, 4);
        next = at + FRAME + length;
        uint32_t checksum = (uint32_t)pat_reader_get(&png, next - 4, 4);
        if (png.overrun) {
            recipe->damage = "it ends before its IEND chunk";
            recipe->cut_short = true;
            return;
        }
        end = is_chunk(file, at, "IEND");
        if (is_chunk(file, at, "pHYs") && length == PHYS)
            look_for_resolution(file.bytes + at + HEAD, recipe);
        recipe->more_images = recipe->more_images || is_chunk(file, at, "acTL");
        bool exif = is_chunk(file, at, "eXIf") && !exif_seen;
        bool last_data = is_chunk(file, at, "IDAT") && !is_chunk(file, next, "IDAT");
        if (!end && !exif && !last_data)
            continue;
        pat_file_bytes data = {file.bytes + at + HEAD, length};
        bool sound = crc32(data.bytes - 4, length + 4) == checksum;
        if (!sound && !exif)
            recipe->damage = "checksum mismatch in its last chunks";
        if (exif && sound && holds_exif(data)) {
            exif_seen = true;
            recipe->orientation = pat_exif_orientation(data);
        }
    }
}

static const char xmp_keyword[] = "XML:com.adobe.xmp"; /* with the null byte after it */

/* Whether the text chunk at `at`, which is complete, has the keyword of XMP. */
static bool holds_xmp(pat_file_bytes file, size_t at)
{
    return pat_get_big(file.bytes + at, 4) >= sizeof xmp_keyword &&
           memcmp(file.bytes + at + HEAD, xmp_keyword, sizeof xmp_keyword) == 0;
}

static bool has_metadata(pat_file_bytes file, pat_metadata kind)
{
    static const char types[PAT_METADATA][3][5] = {[PAT_METADATA_EXIF] = {"eXIf"},
                                                   [PAT_METADATA_XMP] = {"iTXt"},
                                                   [PAT_METADATA_TEXT] = {"tEXt", "zTXt", "iTXt"}};
    bool end = false, found = false;
    for (size_t at = SIGNATURE; at + FRAME <= file.size && !end && !found;) {
        size_t length = pat_get_big(file.bytes + at, 4);
        if (length > file.size - at - FRAME)
            break;
        end = is_chunk(file, at, "IEND");
        bool is_xmp = is_chunk(file, at, "iTXt") && holds_xmp(file, at);
        for (int i = 0; i < 3 && is_xmp == (kind == PAT_METADATA_XMP); i++)
            found = found || (types[kind][i][0] != '\0' && is_chunk(file, at, types[kind][i]));
        at += length + FRAME;
    }
    return found;
}

/* ---- Writing --------------------------------------------------------------------------------- */

static int encode(const pat_picture_plan *plan, VipsImage *image, VipsTarget *target)
{
    return pat_codec_library()->call(
        "pngsave_target", image, target, "filter", VIPS_FOREIGN_PNG_FILTER_ALL, "interlace",
        (gboolean)plan->interlaced, "strip", (gboolean)plan->carries, NULL);
}

/* libvips makes up a resolution if there is none. Put the aspect ratio there, if there is one. */
static void finish(const pat_picture *picture, const pat_picture_plan *plan, uint8_t *bytes,
                   size_t size)
{
    (void)picture;
    const pat_file_bytes file = {bytes, size};
    for (size_t at = SIGNATURE; at + FRAME <= size && plan->aspect[0] > 0;
         at += pat_get_big(bytes + at, 4) + FRAME) {
        if (!is_chunk(file, at, "pHYs"))
            continue;
        uint8_t *phys = bytes + at + HEAD;
        pat_put_big(phys, 4, plan->aspect[0]);
        pat_put_big(phys + 4, 4, plan->aspect[1]);
        phys[PHYS - 1] = 0;
        pat_put_big(phys + PHYS, 4, crc32(phys - 4, PHYS + 4));
        return;
    }
}

/* Append XMP as an uncompressed iTXt chunk without a language. */
static void append_xmp(pat_file_bytes packet, pat_buffer *out)
{
    static const char head[] = "iTXtXML:com.adobe.xmp\0\0\0\0"; /* and the last null byte */
    uint8_t number[4];
    size_t start = out->size + 4;
    pat_put_big(number, 4, (uint32_t)(sizeof head - 4 + packet.size));
    pat_buffer_append(out, number, 4);
    pat_buffer_append(out, head, sizeof head);
    pat_buffer_append(out, packet.bytes, packet.size);
    if (out->failed)
        return;
    pat_put_big(number, 4, crc32((const uint8_t *)out->data + start, out->size - start));
    pat_buffer_append(out, number, 4);
}

/* libvips writes XMP in a zTXt chunk, where few programs look for it, and writes EXIF twice: mend
 * both. */
static void complete(const pat_picture *picture, const pat_picture_plan *plan, pat_file_bytes saved,
                     pat_buffer *out)
{
    bool exif_seen = false;
    pat_file_bytes xmp = pat_picture_metadata(picture, VIPS_META_XMP_NAME);
    pat_buffer_append(out, saved.bytes, SIGNATURE + HEADER);
    if (!plan->strips && xmp.bytes != NULL)
        append_xmp(xmp, out);
    for (size_t at = SIGNATURE + HEADER, next; at + FRAME <= saved.size; at = next) {
        next = at + pat_get_big(saved.bytes + at, 4) + FRAME;
        bool exif = is_chunk(saved, at, "eXIf");
        bool replaced = is_chunk(saved, at, "zTXt") && holds_xmp(saved, at);
        if (!replaced && !(exif && exif_seen))
            pat_buffer_append(out, saved.bytes + at, next - at);
        exif_seen = exif_seen || exif;
    }
}

static const char carried_types[][5] = {"cICP", "cHRM", "gAMA", "iCCP", "sRGB", "pHYs",
                                        "eXIf", "tIME", "tEXt", "zTXt", "iTXt"};

static bool is_carried(const uint8_t *type)
{
    for (size_t i = 0; i < sizeof carried_types / sizeof *carried_types; i++)
        if (memcmp(type, carried_types[i], 4) == 0)
            return true;
    return false;
}

/* Chunks with pixel data: critical ones, whose types start with a capital letter. */
static bool is_of_pixels(const uint8_t *type)
{
    return memcmp(type, "IHDR", 4) != 0 && (type[0] & 0x20) == 0;
}

/* Append the wanted chunks up to IEND. What follows IEND is not part of the image. */
static void append_chunks(pat_file_bytes file, bool (*is_wanted)(const uint8_t *type),
                          pat_buffer *out)
{
    bool end = false;
    for (size_t at = SIGNATURE; at + FRAME <= file.size && !end;) {
        size_t length = pat_get_big(file.bytes + at, 4);
        if (length > file.size - at - FRAME)
            return;
        end = is_chunk(file, at, "IEND");
        if (is_wanted(file.bytes + at + 4))
            pat_buffer_append(out, file.bytes + at, length + FRAME);
        at += length + FRAME;
    }
}

/* Carries the chunks with color, resolution, EXIF, time and text. `profile` is false only after a
 * conversion from CMYK, which PNG does not have. */
static void carry(pat_file_bytes original, pat_file_bytes pixels, bool profile, pat_buffer *out)
{
    (void)profile;
    pat_buffer_append(out, pixels.bytes, SIGNATURE + HEADER);
    append_chunks(original, is_carried, out);
    append_chunks(pixels, is_of_pixels, out);
}

const pat_file_format pat_format_png_row = {
    .name = "png",
    .title = "PNG",
    .media_type = "image/png",
    .extensions = {"png"},
    .signatures = {{"\x89PNG\r\n\x1a\n", 8}},
    .look = look,
    .decode = pat_codec_decode,
    .load = pat_picture_load_source,
    .loader = "pngload_source",
    .loader_class = "VipsForeignLoadPng",
    .interlaced = "interlaced",
    .has_alpha = true,
    .has_grey = true,
    .has_16_bits = true,
    .has_aspect = true,
    .save = pat_picture_save_target,
    .encode = encode,
    .finish = finish,
    .complete = complete,
    .carry = carry,
    .has_metadata = has_metadata,
};
