#include "image/picture.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "image/codec.h"
#include "image/vips.h"

enum { STRIP_ROWS = 16, CAUSE_SIZE = 200 };

static const char *const note_texts[PAT_NOTES] = {
    [PAT_NOTE_PALETTE] = "the palette was converted to full color",
    [PAT_NOTE_CMYK] = "CMYK was converted to RGB, and its color profile was dropped",
    [PAT_NOTE_LOW_DEPTH] = "samples of fewer than 8 bits were expanded to 8 bits",
    [PAT_NOTE_MULTIPLIED_ALPHA] = "premultiplied alpha was converted to straight alpha",
    [PAT_NOTE_FIRST_PAGE] = "only the first page or frame was kept",
    [PAT_NOTE_AUXILIARY] = "auxiliary images, such as a depth map, were dropped",
    [PAT_NOTE_UNTOLD_COLORS] = "the colors are not those of sRGB, which the new file does not say",
    [PAT_NOTE_24_BITS] = "the image was converted to 24 bits per pixel",
    [PAT_NOTE_NO_ALPHA] = "alpha was dropped: the format does not support it",
    [PAT_NOTE_NARROWED] = "16-bit samples were reduced to 8 bits, the most the format supports",
    [PAT_NOTE_12_BITS] = "16-bit samples were reduced to 12 bits, the most the format supports",
    [PAT_NOTE_GREY_TO_RGB] =
        "gray was converted to RGB, without its color profile: the format does not support gray",
    [PAT_NOTE_EXTRA_CHANNELS] = "channels other than color and alpha were dropped",
    [PAT_NOTE_NO_ASPECT] =
        "the aspect ratio of the pixels was dropped: the format does not support it",
    [PAT_NOTE_NO_EXIF] = "EXIF was dropped: patina cannot transfer it to the new file",
    [PAT_NOTE_NO_XMP] = "XMP was dropped: patina cannot transfer it to the new file",
    [PAT_NOTE_NO_IPTC] = "IPTC was dropped: patina cannot transfer it to the new file",
    [PAT_NOTE_PART_OF_XMP] = "extended XMP was dropped: it is incomplete or not in RDF",
    [PAT_NOTE_NO_TEXT] = "comments were dropped: patina cannot transfer them to the new file",
};

const char *pat_note_text(pat_note note)
{
    return note_texts[note];
}

void pat_picture_note(pat_picture *picture, bool applies, pat_note note)
{
    if (applies)
        picture->notes |= 1u << note;
}

bool pat_picture_has_note(const pat_picture *picture, pat_note note)
{
    return (picture->notes & 1u << note) != 0;
}

pat_file_bytes pat_picture_metadata(const pat_picture *picture, const char *name)
{
    const pat_vips *vips = pat_codec_library();
    const void *data = NULL;
    size_t size = 0;
    bool found = picture->source != NULL && vips->image_get_typeof(picture->source, name) != 0 &&
                 vips->image_get_blob(picture->source, name, &data, &size) == 0;
    return found ? (pat_file_bytes){data, size} : (pat_file_bytes){0};
}

bool pat_picture_exif_fits(size_t size)
{
    enum { SHORTEST = 4, LONGEST = 0xfff0 };
    return size >= SHORTEST && size <= LONGEST;
}

pat_status pat_picture_fail(const pat_picture *picture, pat_status status, const char *what,
                            pat_error *error)
{
    const pat_vips *vips = pat_codec_library();
    const char *text = vips->error_buffer();
    char cause[CAUSE_SIZE];
    snprintf(cause, sizeof cause, "%.*s", (int)strcspn(text, "\n"), text);
    bool memory = strstr(cause, "out of memory") != NULL;
    vips->error_clear();
    if (memory)
        return pat_fail_memory(error, what);
    return pat_fail(error, status, "%s: %s failed (%s); convert it to a PNG first, or leave it out",
                    picture->name, what, cause);
}

static int bands_of(const pat_picture *picture)
{
    return picture->channels + picture->has_alpha;
}

pat_status pat_picture_reserve(pat_picture *picture, pat_error *error)
{
    size_t stride = pat_plane_stride(picture->width * picture->depth / 8);
    size_t plane_size = stride * (size_t)picture->height;
    picture->block = aligned_alloc(64, plane_size * (size_t)bands_of(picture));
    if (picture->block == NULL)
        return pat_fail_memory(error, "an image to restore");
    for (int i = 0; i < bands_of(picture); i++) {
        uint8_t *data = (uint8_t *)picture->block + (size_t)i * plane_size;
        if (picture->depth == 8)
            picture->plane[i] =
                (pat_plane){data, picture->width, picture->height, (ptrdiff_t)stride};
        else
            picture->deep[i] = (pat_deep_plane){(uint16_t *)(void *)data, picture->width,
                                                picture->height, (ptrdiff_t)(stride / 2)};
    }
    return PAT_OK;
}

/* ---- Loading --------------------------------------------------------------------------------- */

static void take_row(const pat_picture *picture, const void *row, int y)
{
    int taken = bands_of(picture), bands = picture->source->Bands;
    for (int i = 0; i < taken && picture->depth == 8; i++) {
        uint8_t *out = picture->plane[i].data + y * picture->plane[i].stride;
        const uint8_t *in = (const uint8_t *)row + i;
        for (int x = 0; x < picture->width; x++)
            out[x] = in[x * bands];
    }
    for (int i = 0; i < taken && picture->depth == 16; i++) {
        uint16_t *out = picture->deep[i].data + y * picture->deep[i].stride;
        const uint16_t *in = (const uint16_t *)row + i;
        for (int x = 0; x < picture->width; x++)
            out[x] = in[x * bands];
    }
}

static void take_cmyk_row(const pat_picture *picture, const uint8_t *row, int y)
{
    for (int x = 0; x < picture->width; x++, row += 4)
        for (int c = 0; c < PAT_CHANNELS; c++)
            picture->plane[c].data[y * picture->plane[c].stride + x] =
                picture->row->light(255 - row[3], row[c]);
}

static bool take_strips(const pat_picture *picture, VipsRegion *region)
{
    for (int top = 0; top < picture->height; top += STRIP_ROWS) {
        VipsRect strip = {0, top, picture->width, VIPS_MIN(STRIP_ROWS, picture->height - top)};
        if (pat_codec_library()->region_prepare(region, &strip) != 0)
            return false;
        for (int y = top; y < top + strip.height; y++) {
            const VipsPel *row = region->data + (y - region->valid.top) * (ptrdiff_t)region->bpl;
            if (pat_picture_has_note(picture, PAT_NOTE_CMYK))
                take_cmyk_row(picture, row, y);
            else
                take_row(picture, row, y);
        }
    }
    return true;
}

static bool has_more_images(const pat_picture *picture)
{
    const pat_vips *vips = pat_codec_library();
    int pages = 1;
    if (!picture->row->pages_are_sizes &&
        vips->image_get_typeof(picture->source, VIPS_META_N_PAGES) != 0 &&
        vips->image_get_int(picture->source, VIPS_META_N_PAGES, &pages) != 0)
        vips->error_clear();
    return pages > 1 || picture->recipe.more_images;
}

/* Describe the samples that libvips delivers, and note what it converts. */
static void describe(pat_picture *picture)
{
    const VipsImage *source = picture->source;
    bool cmyk = source->Type == VIPS_INTERPRETATION_CMYK;
    picture->width = source->Xsize;
    picture->height = source->Ysize;
    picture->depth = source->BandFmt == VIPS_FORMAT_USHORT ? 16 : 8;
    bool grey = source->Bands <= 2 || picture->recipe.color == PAT_GREY;
    picture->channels = grey ? 1 : PAT_CHANNELS;
    picture->has_alpha = !cmyk && source->Bands > picture->channels;
    bool has_unit = picture->recipe.aspect[0] == 0;
    picture->pixels_per_mm[0] = has_unit ? source->Xres : 0;
    picture->pixels_per_mm[1] = has_unit ? source->Yres : 0;
    pat_picture_note(picture, cmyk, PAT_NOTE_CMYK);
    pat_picture_note(picture, !cmyk && source->Bands > bands_of(picture), PAT_NOTE_EXTRA_CHANNELS);
    pat_picture_note(picture, picture->recipe.palette, PAT_NOTE_PALETTE);
    pat_picture_note(
        picture, picture->recipe.bits < 8 && picture->recipe.bits > 0 && !picture->recipe.palette,
        PAT_NOTE_LOW_DEPTH);
    pat_picture_note(picture, picture->recipe.hidden_alpha != 0, PAT_NOTE_MULTIPLIED_ALPHA);
    pat_picture_note(picture, has_more_images(picture), PAT_NOTE_FIRST_PAGE);
    pat_picture_note(picture, picture->recipe.auxiliary_images, PAT_NOTE_AUXILIARY);
    pat_picture_note(picture, picture->recipe.untold_colors, PAT_NOTE_UNTOLD_COLORS);
}

pat_status pat_picture_load_source(pat_picture *picture, pat_error *error)
{
    const pat_vips *vips = pat_codec_library();
    picture->source = pat_codec_open(picture->row, picture->file);
    if (picture->source == NULL)
        return pat_picture_fail(picture, PAT_CORRUPT, "loading", error);
    if (picture->source->Bands > PAT_BANDS_MAX || (picture->source->BandFmt != VIPS_FORMAT_UCHAR &&
                                                   picture->source->BandFmt != VIPS_FORMAT_USHORT))
        return pat_fail(error, PAT_UNSUPPORTED_FORMAT,
                        "%s: its sample format cannot be restored; convert it to a PNG first",
                        picture->name);
    describe(picture);
    pat_status status = pat_picture_reserve(picture, error);
    if (status != PAT_OK)
        return status;
    VipsRegion *region = vips->region_new(picture->source);
    if (region == NULL || !take_strips(picture, region))
        status = pat_picture_fail(picture, PAT_CORRUPT, "loading", error);
    if (region != NULL)
        vips->object_unref(region);
    vips->error_clear();
    return status;
}

pat_status pat_picture_load(pat_picture *picture, const void *bytes, size_t size, const char *name,
                            pat_error *error)
{
    const pat_file_bytes file = {bytes, size};
    pat_format format = pat_format_of_file(file);
    assert(format != PAT_FORMAT_NONE);
    *picture =
        (pat_picture){.format = format, .file = file, .name = name, .row = pat_format_row(format)};
    if (picture->row->look != NULL)
        picture->row->look(file, &picture->recipe);
    return picture->row->load(picture, error);
}

pat_status pat_picture_choose_page(uint8_t *bytes, size_t size, const char *name, int page,
                                   int *count, pat_error *error)
{
    const pat_file_bytes file = {bytes, size};
    const pat_file_format *row = pat_format_row(pat_format_of_file(file));
    *count = row->count_pages == NULL ? 1 : row->count_pages(file);
    if (page == 1)
        return PAT_OK;
    if (row->put_first == NULL)
        return pat_fail(error, PAT_NOT_FOUND,
                        "%s: %s files have no pages to choose from; leave it out, or do not use "
                        "--pages",
                        name, row->title);
    if (page > *count)
        return pat_fail(error, PAT_NOT_FOUND,
                        "%s: has %d page%s; choose another with --pages, or leave it out", name,
                        *count, *count == 1 ? "" : "s");
    row->put_first(bytes, size, page);
    return PAT_OK;
}

void pat_picture_release(pat_picture *picture)
{
    if (picture->source != NULL)
        pat_codec_library()->object_unref(picture->source);
    free(picture->block);
    *picture = (pat_picture){0};
}
