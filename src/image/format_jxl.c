/* JPEG XL: ISO/IEC 18181, part 1 (the code stream) and part 2 (the boxes). A module of libvips
 * decodes and encodes it, with libjxl. */
#include <string.h>

#include "image/boxes.h"
#include "image/codec.h"
#include "image/exif.h"
#include "image/picture.h"
#include "image/vips.h"

/* ---- Looking --------------------------------------------------------------------------------- */

enum { CODE_STREAM = 2 }; /* offset of the header, after the signature */

/* Reads the header of a code stream bit by bit, starting with the lowest bit of each byte. */
struct bits {
    pat_file_bytes file;
    size_t at;
};

static uint32_t take(struct bits *bits, int count)
{
    uint32_t value = 0;
    for (int i = 0; i < count; i++, bits->at++)
        if (bits->at / 8 < bits->file.size)
            value |= (uint32_t)(bits->file.bytes[bits->at / 8] >> bits->at % 8 & 1) << i;
    return value;
}

/* One of the four codes of a number, which two bits select: an offset, and the count of the bits
 * that hold what to add to it. */
struct code {
    uint32_t offset;
    int count;
};

static uint32_t take_coded(struct bits *bits, const struct code codes[4])
{
    const struct code *code = &codes[take(bits, 2)];
    return code->offset + take(bits, code->count);
}

static void pass_side(struct bits *bits, bool small)
{
    static const struct code codes[] = {{1, 9}, {1, 13}, {1, 18}, {1, 30}};
    if (small)
        take(bits, 5);
    else
        take_coded(bits, codes);
}

static void pass_size(struct bits *bits)
{
    bool small = take(bits, 1) != 0;
    pass_side(bits, small);
    if (take(bits, 3) == 0) /* the width follows; else the number stands for an aspect ratio */
        pass_side(bits, small);
}

static void pass_depth(struct bits *bits)
{
    static const struct code whole[] = {{8, 0}, {10, 0}, {12, 0}, {1, 6}};
    static const struct code real[] = {{32, 0}, {16, 0}, {24, 0}, {1, 6}};
    if (take(bits, 1) == 0) {
        take_coded(bits, whole);
    } else {
        take_coded(bits, real);
        take(bits, 4);
    }
}

/* Skip the description of an extra channel. False if it is neither alpha nor depth: what follows is
 * then unknown. */
static bool pass_channel(struct bits *bits)
{
    static const struct code kinds[] = {{0, 0}, {1, 0}, {2, 4}, {18, 6}};
    static const struct code shifts[] = {{0, 0}, {3, 0}, {4, 0}, {1, 3}};
    static const struct code lengths[] = {{0, 0}, {0, 4}, {16, 5}, {48, 10}};
    if (take(bits, 1) != 0) /* 8-bit alpha, without a description */
        return true;
    uint32_t kind = take_coded(bits, kinds);
    pass_depth(bits);
    take_coded(bits, shifts);
    for (uint32_t length = take_coded(bits, lengths); length > 0; length--)
        take(bits, 8);
    if (kind == 0)
        take(bits, 1); /* whether it is premultiplied */
    return kind <= 1;
}

/* Whether the samples are stored in their own color model instead of XYB, the conversion to which
 * is lossy. Only lossless files and losslessly converted JPEG files do that. */
static bool is_lossless(struct bits *bits)
{
    static const struct code channels[] = {{0, 0}, {1, 0}, {2, 4}, {1, 12}};
    enum { ORIENTATION_BITS = 3 };
    pass_size(bits);
    if (take(bits, 1) != 0) /* all defaults */
        return false;
    if (take(bits, 1) != 0) {
        take(bits, ORIENTATION_BITS);
        if (take(bits, 1) != 0) /* a size for display */
            pass_size(bits);
        if (take(bits, 2) != 0) /* a preview or an animation */
            return false;
    }
    pass_depth(bits);
    take(bits, 1);
    for (uint32_t count = take_coded(bits, channels); count > 0; count--)
        if (!pass_channel(bits))
            return false;
    return take(bits, 1) == 0 && bits->at <= 8 * bits->file.size;
}

static bool is_boxed(pat_file_bytes file)
{
    return file.size > 0 && file.bytes[0] == 0;
}

/* Find the code stream or, if it is split, its first part. `bytes` is NULL if there is none. */
static pat_file_bytes find_code(pat_file_bytes file)
{
    enum { NUMBER = 4 }; /* size of the number at the start of each part */
    if (!is_boxed(file))
        return file;
    pat_file_bytes whole = pat_box_find(file, "jxlc");
    return whole.bytes != NULL ? whole : pat_box_skip(pat_box_find(file, "jxlp"), NUMBER);
}

static void look(pat_file_bytes file, pat_recipe *recipe)
{
    struct bits bits = {find_code(file), 8 * CODE_STREAM};
    recipe->lossless = is_lossless(&bits);
}

/* ---- Metadata -------------------------------------------------------------------------------- */

static const char types[PAT_METADATA][5] = {
    [PAT_METADATA_EXIF] = "Exif", [PAT_METADATA_XMP] = "xml "};

/* Whether a box has this kind of metadata. A box "brob" has compressed metadata; its content begins
 * with their type. */
static bool has_kind(const pat_box *box, pat_metadata kind)
{
    return types[kind][0] != '\0' &&
           (pat_box_is(box, types[kind]) || (pat_box_is(box, "brob") && box->content.size >= 4 &&
                                             memcmp(box->content.bytes, types[kind], 4) == 0));
}

static bool has_metadata(pat_file_bytes file, pat_metadata kind)
{
    pat_box box;
    bool found = false;
    for (size_t at = 0; is_boxed(file) && !found && pat_box_next(file, &at, &box);)
        found = has_kind(&box, kind);
    return found;
}

/* ---- Writing --------------------------------------------------------------------------------- */

static int encode(const pat_picture_plan *plan, VipsImage *image, VipsTarget *target)
{
    return pat_codec_library()->call("jxlsave_target", image, target, "Q", plan->quality,
                                     "lossless", (gboolean)plan->lossless, NULL);
}

static void append_box(const char *type, pat_file_bytes content, pat_buffer *out)
{
    enum { HEAD = 8 };
    uint8_t size[4];
    for (int i = 0; i < 4; i++)
        size[i] = (uint8_t)((content.size + HEAD) >> 8 * (3 - i));
    pat_buffer_append(out, size, sizeof size);
    pat_buffer_append(out, type, 4);
    pat_buffer_append(out, content.bytes, content.size);
}

/* Append the new file, in boxes so that others can follow. */
static void append_boxed(pat_file_bytes saved, pat_buffer *out)
{
    static const uint8_t head[] = "\0\0\0\x0cJXL \r\n\x87\n"
                                  "\0\0\0\x14"
                                  "ftypjxl \0\0\0\0jxl ";
    if (is_boxed(saved)) {
        pat_buffer_append(out, saved.bytes, saved.size);
    } else {
        pat_buffer_append(out, head, sizeof head - 1);
        append_box("jxlc", saved, out);
    }
}

/* Append EXIF that libvips has read. It may begin as in a JPEG; in the box, the offset of the TIFF
 * header is in its place. */
static void append_exif(pat_file_bytes exif, pat_buffer *out)
{
    static const uint8_t jpeg[] = "Exif\0", offset[4];
    pat_buffer content = {0};
    if (exif.size >= sizeof jpeg && memcmp(exif.bytes, jpeg, sizeof jpeg) == 0)
        exif = (pat_file_bytes){exif.bytes + sizeof jpeg, exif.size - sizeof jpeg};
    pat_buffer_append(&content, offset, sizeof offset);
    pat_buffer_append(&content, exif.bytes, exif.size);
    if (!content.failed)
        pat_exif_set_upright((uint8_t *)content.data + sizeof offset, exif.size);
    append_box("Exif", (pat_file_bytes){(const uint8_t *)content.data, content.size}, out);
    out->failed = out->failed || content.failed;
    pat_buffer_release(&content);
}

/* libvips writes neither EXIF nor XMP. */
static void complete(const pat_picture *picture, const pat_picture_plan *plan, pat_file_bytes saved,
                     pat_buffer *out)
{
    pat_file_bytes exif = pat_picture_metadata(picture, VIPS_META_EXIF_NAME);
    pat_file_bytes xmp = pat_picture_metadata(picture, VIPS_META_XMP_NAME);
    bool has_exif = exif.bytes != NULL && pat_picture_exif_fits(exif.size);
    if (plan->strips || (!has_exif && xmp.bytes == NULL)) {
        pat_buffer_append(out, saved.bytes, saved.size);
        return;
    }
    append_boxed(saved, out);
    if (has_exif)
        append_exif(exif, out);
    if (xmp.bytes != NULL)
        append_box("xml ", xmp, out);
}

/* Copy EXIF and XMP. */
static void carry(pat_file_bytes original, pat_file_bytes pixels, bool profile, pat_buffer *out)
{
    pat_box box;
    (void)profile;
    bool has_any =
        has_metadata(original, PAT_METADATA_EXIF) || has_metadata(original, PAT_METADATA_XMP);
    if (has_any)
        append_boxed(pixels, out);
    else
        pat_buffer_append(out, pixels.bytes, pixels.size);
    for (size_t at = 0; has_any && pat_box_next(original, &at, &box);)
        if (has_kind(&box, PAT_METADATA_EXIF) || has_kind(&box, PAT_METADATA_XMP))
            append_box((const char *)box.type, box.content, out);
}

const pat_file_format pat_format_jxl_row = {
    .name = "jxl",
    .title = "JPEG XL",
    .media_type = "image/jxl",
    .extensions = {"jxl"},
    .signatures = {{"\xff\x0a", 2}, {"\0\0\0\x0cJXL \r\n\x87\n", 12}},
    .look = look,
    .decode = pat_codec_decode,
    .load = pat_picture_load_source,
    .loader = "jxlload_source",
    .loader_class = "VipsForeignLoadJxl",
    .module = "jxl",
    .loads_whole = true,
    .has_alpha = true,
    .has_grey = true,
    .has_16_bits = true,
    .has_quality = true,
    .save = pat_picture_save_target,
    .saver_class = "VipsForeignSaveJxl",
    .encode = encode,
    .complete = complete,
    .carry = carry,
    .has_metadata = has_metadata,
};
