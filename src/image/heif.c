#include "image/heif.h"

#include <string.h>

#include "image/boxes.h"
#include "image/vips.h"

enum { FULL_BOX = 4 }; /* version and flags, at the start of a full box */

/* Color primaries and transfer functions, by their numbers in ITU-T H.273. */
enum { BT_709 = 1, UNSPECIFIED = 2, PQ = 16, HLG = 18 };

/* Whether a null-terminated text ends with `end`. */
static bool ends_with(pat_file_bytes text, const char *end)
{
    size_t length = text.size == 0 ? 0 : strnlen((const char *)text.bytes, text.size);
    return length >= strlen(end) &&
           memcmp(text.bytes + length - strlen(end), end, strlen(end)) == 0;
}

/* Whether the property is that of an auxiliary image other than alpha, such as a depth map or a
 * gain map. */
static bool is_other_auxiliary(const pat_box *property)
{
    pat_file_bytes type = pat_box_skip(property->content, FULL_BOX);
    return pat_box_is(property, "auxC") && !ends_with(type, ":alpha") &&
           !ends_with(type, "auxid:1");
}

static bool is_profile(const pat_box *property)
{
    return pat_box_is(property, "colr") && property->content.size > 4 &&
           (memcmp(property->content.bytes, "prof", 4) == 0 ||
            memcmp(property->content.bytes, "rICC", 4) == 0);
}

/* Whether the property gives the colors as numbers instead of a profile, and they are not sRGB. */
static bool is_wide(const pat_box *property)
{
    enum { TRANSFER = 6, SIZE = 11 };
    const uint8_t *color = property->content.bytes;
    if (!pat_box_is(property, "colr") || property->content.size < SIZE ||
        memcmp(color, "nclx", 4) != 0)
        return false;
    uint32_t primaries = pat_get_big(color + 4, 2), transfer = pat_get_big(color + TRANSFER, 2);
    return (primaries != BT_709 && primaries != UNSPECIFIED) || transfer == PQ || transfer == HLG;
}

static pat_file_bytes find_meta(pat_file_bytes file)
{
    return pat_box_skip(pat_box_find(file, "meta"), FULL_BOX);
}

/* The number of bits per sample, from the first property that has it; 0: none has. */
static unsigned find_bits(pat_file_bytes properties)
{
    pat_file_bytes depths = pat_box_skip(pat_box_find(properties, "pixi"), FULL_BOX);
    return depths.size > 1 ? depths.bytes[1] : 0; /* after the number of channels */
}

void pat_heif_look(pat_file_bytes file, pat_recipe *recipe)
{
    pat_file_bytes meta = find_meta(file);
    pat_file_bytes properties = pat_box_find(pat_box_find(meta, "iprp"), "ipco");
    pat_box property;
    bool wide = false, has_profile = false;
    recipe->bits = find_bits(properties);
    for (size_t at = 0; pat_box_next(properties, &at, &property);) {
        recipe->auxiliary_images = recipe->auxiliary_images || is_other_auxiliary(&property);
        wide = wide || is_wide(&property);
        has_profile = has_profile || is_profile(&property);
    }
    recipe->untold_colors = wide && !has_profile;
    if (meta.bytes == NULL && pat_box_find(file, "moov").bytes != NULL) {
        recipe->unsupported = "a sequence of images";
        recipe->remedy = "extract the images that you need";
    }
}

/* Whether the entry of an item has this type. text: what it must also contain, such as a media
 * type; NULL: nothing. */
static bool is_item(const pat_box *entry, const char *type, const char *text)
{
    pat_file_bytes content = entry->content;
    enum { VERSION_2 = 2, VERSION_3 };
    if (content.size < FULL_BOX || !pat_box_is(entry, "infe"))
        return false;
    size_t number_size = content.bytes[0] == VERSION_3 ? 4 : 2;
    pat_file_bytes kind = pat_box_skip(content, FULL_BOX + number_size + 2 /* protection index */);
    return content.bytes[0] >= VERSION_2 && kind.size >= 4 && memcmp(kind.bytes, type, 4) == 0 &&
           (text == NULL || memmem(kind.bytes, kind.size, text, strlen(text)) != NULL);
}

bool pat_heif_has_metadata(pat_file_bytes file, pat_metadata kind)
{
    static const struct {
        const char *type, *text;
    } items[PAT_METADATA] = {
        [PAT_METADATA_EXIF] = {"Exif", NULL},
        [PAT_METADATA_XMP] = {"mime", "application/rdf+xml"},
    };
    pat_file_bytes list = pat_box_find(find_meta(file), "iinf");
    bool found = false;
    if (list.size == 0 || items[kind].type == NULL)
        return false;
    pat_file_bytes entries = pat_box_skip(list, FULL_BOX + (list.bytes[0] == 0 ? 2 : 4));
    pat_box entry;
    for (size_t at = 0; !found && pat_box_next(entries, &at, &entry);)
        found = is_item(&entry, items[kind].type, items[kind].text);
    return found;
}

/* ---- Loading --------------------------------------------------------------------------------- */

/* libvips takes only metadata that begins with "<x:xmpmeta" for XMP, but a packet may also begin
 * with a processing instruction. Give it its name. */
pat_status pat_heif_load(pat_picture *picture, pat_error *error)
{
    static const char other[] = "heif-mime-", start[] = "<?xpacket";
    pat_status status = pat_picture_load_source(picture, error);
    if (status != PAT_OK || pat_picture_metadata(picture, VIPS_META_XMP_NAME).bytes != NULL)
        return status;
    const pat_vips *vips = pat_codec_library();
    char **names = vips->image_get_fields(picture->source);
    for (char **name = names; name != NULL && *name != NULL; name++) {
        pat_file_bytes packet = {0};
        if (strncmp(*name, other, sizeof other - 1) == 0)
            packet = pat_picture_metadata(picture, *name);
        if (packet.size >= sizeof start && memcmp(packet.bytes, start, sizeof start - 1) == 0)
            vips->image_set_blob_copy(picture->source, VIPS_META_XMP_NAME, packet.bytes,
                                      packet.size);
    }
    vips->strfreev(names);
    return PAT_OK;
}
