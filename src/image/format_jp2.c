/* JPEG 2000: ITU T.800, bare code streams and the file formats of annex I. libvips decodes them
 * with OpenJPEG. */
#include <string.h>

#include "image/boxes.h"
#include "image/codec.h"
#include "image/picture.h"
#include "image/recipe.h"

/* Values in a color box: the method that names a color space by a number, and two such numbers. */
enum { ENUMERATED = 1, SRGB = 16, GREY = 17 };

static void look(pat_file_bytes file, pat_recipe *recipe)
{
    pat_file_bytes color = pat_box_find(pat_box_find(file, "jp2h"), "colr");
    if (color.size < 7 || color.bytes[0] != ENUMERATED)
        return;
    uint32_t space = pat_get_big(color.bytes + 3, 4);
    if (space == GREY)
        recipe->color = PAT_GREY;
    else if (space != SRGB)
        recipe->unsupported = "its color space is neither sRGB nor gray";
}

static bool has_metadata(pat_file_bytes file, pat_metadata kind)
{
    static const char uuids[PAT_METADATA][17] = {
        [PAT_METADATA_EXIF] = "JpgTiffExif->JP2",
        [PAT_METADATA_XMP] = "\xbe\x7a\xcf\xcb\x97\xa9\x42\xe8\x9c\x71\x99\x94\x91\xe3\xaf\xac",
        [PAT_METADATA_IPTC] = "\x33\xc7\xa4\xd2\xb8\x1d\x47\x23\xa0\xba\xf1\xa3\xe0\x97\xad\x38",
    };
    pat_box box;
    bool found = false;
    for (size_t at = 0; !found && pat_box_next(file, &at, &box);)
        found = pat_box_is(&box, "uuid") && kind != PAT_METADATA_TEXT && box.content.size >= 16 &&
                memcmp(box.content.bytes, uuids[kind], 16) == 0;
    return found;
}

const pat_file_format pat_format_jp2_row = {
    .name = "jp2",
    .title = "JPEG 2000",
    .media_type = "image/jp2",
    .extensions = {"jp2", "j2k", "j2c", "jpc", "jpf", "jpx"},
    .signatures = {{"\0\0\0\x0cjP  \r\n\x87\n", 12}, {"\xff\x4f\xff\x51", 4}},
    .look = look,
    .decode = pat_codec_decode,
    .load = pat_picture_load_source,
    .loader = "jp2kload_source",
    .loader_class = "VipsForeignLoadJp2k",
    .pages_are_sizes = true,
    .unsupported = {"components differ", "unsupported"},
    .written_as = &pat_format_tiff_row,
    .has_metadata = has_metadata,
};
