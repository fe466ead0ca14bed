/*
 * Pictures through libvips, which loads and saves all formats but BMP. In the format that a file
 * has, metadata.c carries over what libvips would change or drop.
 */
#include "image/picture.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "image/bmp.h"
#include "image/codec.h"
#include "image/metadata.h"
#include "image/vips.h"

enum {
    STRIP_ROWS = 16,
    QUALITY_DEFAULT = 95,
    CAUSE_SIZE = 200,
};

static const char *const note_texts[PAT_NOTES] = {
    [PAT_NOTE_PALETTE] = "the palette became full color",
    [PAT_NOTE_CMYK] = "CMYK became RGB, and its color profile was left out",
    [PAT_NOTE_LOW_DEPTH] = "samples of fewer than 8 bits became 8 bits",
    [PAT_NOTE_MULTIPLIED_ALPHA] = "colors multiplied with alpha became plain ones",
    [PAT_NOTE_FIRST_PAGE] = "only the first page was kept",
    [PAT_NOTE_BMP] = "the BMP became one of 24 bits per pixel",
    [PAT_NOTE_NO_ALPHA] = "alpha was left out, which the format does not have",
    [PAT_NOTE_NARROWED] = "16-bit samples became 8 bits, as the format has no more",
    [PAT_NOTE_GREY_TO_RGB] = "grey became RGB, as the format has no grey",
};

const char *pat_note_text(pat_note note)
{
    return note_texts[note];
}

static void note(pat_picture *picture, bool applies, pat_note which)
{
    if (applies)
        picture->notes |= 1u << which;
}

static bool became_rgb(const pat_picture *picture)
{
    return (picture->notes & 1u << PAT_NOTE_CMYK) != 0;
}

/* What libvips complained about first. */
static pat_status fail_as_libvips_says(const char *name, pat_status status, const char *what,
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
                    name, what, cause);
}

static int bands_of(const pat_picture *picture)
{
    return picture->channels + picture->has_alpha;
}

static pat_status reserve_planes(pat_picture *picture, pat_error *error)
{
    size_t stride = pat_plane_stride(picture->width * picture->depth / 8);
    size_t plane_size = stride * (size_t)picture->height;
    picture->block = aligned_alloc(64, plane_size * (size_t)bands_of(picture));
    if (picture->block == NULL)
        return pat_fail_memory(error, "a picture to change");
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
    int bands = bands_of(picture);
    for (int i = 0; i < bands && picture->depth == 8; i++) {
        uint8_t *out = picture->plane[i].data + y * picture->plane[i].stride;
        const uint8_t *in = (const uint8_t *)row + i;
        for (int x = 0; x < picture->width; x++)
            out[x] = in[x * bands];
    }
    for (int i = 0; i < bands && picture->depth == 16; i++) {
        uint16_t *out = picture->deep[i].data + y * picture->deep[i].stride;
        const uint16_t *in = (const uint16_t *)row + i;
        for (int x = 0; x < picture->width; x++)
            out[x] = in[x * bands];
    }
}

/* The formulas of codec.c; libvips delivers a JPEG's samples inverted. */
static void take_cmyk_row(const pat_picture *picture, const uint8_t *row, int y)
{
    for (int x = 0; x < picture->width; x++, row += 4)
        for (int c = 0; c < PAT_CHANNELS; c++) {
            int light = 255 - row[3];
            picture->plane[c].data[y * picture->plane[c].stride + x] =
                (uint8_t)(picture->format == PAT_FORMAT_JPEG ? light - (row[c] * light >> 8)
                                                             : light * (255 - row[c]) / 255);
        }
}

static bool take_strips(const pat_picture *picture, VipsRegion *region)
{
    for (int top = 0; top < picture->height; top += STRIP_ROWS) {
        VipsRect strip = {0, top, picture->width, VIPS_MIN(STRIP_ROWS, picture->height - top)};
        if (pat_codec_library()->region_prepare(region, &strip) != 0)
            return false;
        for (int y = top; y < top + strip.height; y++) {
            const VipsPel *row = region->data + (y - region->valid.top) * (ptrdiff_t)region->bpl;
            if (became_rgb(picture))
                take_cmyk_row(picture, row, y);
            else
                take_row(picture, row, y);
        }
    }
    return true;
}

static pat_status open_source(pat_picture *picture, pat_error *error)
{
    const pat_vips *vips = pat_codec_library();
    int result;
    void *bytes = (void *)picture->bytes; /* only read */
#define OPEN(load, ...)                                                                            \
    vips->load(bytes, picture->size, &picture->source, "access", VIPS_ACCESS_SEQUENTIAL,           \
               "fail_on", VIPS_FAIL_ON_TRUNCATED, __VA_ARGS__)
    if (picture->format == PAT_FORMAT_JPEG)
        result = OPEN(jpegload_buffer, NULL);
    else if (picture->format == PAT_FORMAT_PNG)
        result = OPEN(pngload_buffer, NULL);
    else if (picture->format == PAT_FORMAT_WEBP)
        result = OPEN(webpload_buffer, "memory", TRUE, NULL);
    else
        result = OPEN(tiffload_buffer, NULL);
#undef OPEN
    return result == 0 ? PAT_OK
                       : fail_as_libvips_says(picture->name, PAT_CORRUPT, "loading", error);
}

static bool has_pages(const pat_picture *picture)
{
    const pat_vips *vips = pat_codec_library();
    int pages = 1;
    if (picture->format == PAT_FORMAT_TIFF &&
        vips->image_get_typeof(picture->source, VIPS_META_N_PAGES) != 0 &&
        vips->image_get_int(picture->source, VIPS_META_N_PAGES, &pages) != 0)
        vips->error_clear();
    return pages > 1 || picture->recipe.animated;
}

/* The kind of samples, as libvips delivers them. */
static void describe(pat_picture *picture)
{
    const VipsImage *source = picture->source;
    bool cmyk = source->Type == VIPS_INTERPRETATION_CMYK;
    picture->width = source->Xsize;
    picture->height = source->Ysize;
    picture->depth = source->BandFmt == VIPS_FORMAT_USHORT ? 16 : 8;
    picture->channels = source->Bands <= 2 ? 1 : PAT_CHANNELS;
    picture->has_alpha = !cmyk && source->Bands > picture->channels;
    picture->pixels_per_mm[0] = source->Xres;
    picture->pixels_per_mm[1] = source->Yres;
    note(picture, cmyk, PAT_NOTE_CMYK);
    note(picture, picture->recipe.palette, PAT_NOTE_PALETTE);
    note(picture, picture->recipe.bits < 8 && picture->recipe.bits > 0 && !picture->recipe.palette,
         PAT_NOTE_LOW_DEPTH);
    note(picture, picture->recipe.hidden_alpha != 0, PAT_NOTE_MULTIPLIED_ALPHA);
    note(picture, has_pages(picture), PAT_NOTE_FIRST_PAGE);
}

static void inspect(pat_picture *picture)
{
    static void (*const inspectors[PAT_FORMAT_COUNT])(const uint8_t *, size_t, pat_recipe *) = {
        [PAT_FORMAT_JPEG] = pat_inspect_jpeg,
        [PAT_FORMAT_PNG] = pat_inspect_png,
        [PAT_FORMAT_WEBP] = pat_inspect_webp,
        [PAT_FORMAT_TIFF] = pat_inspect_tiff,
    };
    inspectors[picture->format](picture->bytes, picture->size, &picture->recipe);
}

static pat_status load_with_libvips(pat_picture *picture, pat_error *error)
{
    const pat_vips *vips = pat_codec_library();
    inspect(picture);
    pat_status status = open_source(picture, error);
    if (status != PAT_OK)
        return status;
    if (picture->source->Bands > PAT_BANDS_MAX || (picture->source->BandFmt != VIPS_FORMAT_UCHAR &&
                                                   picture->source->BandFmt != VIPS_FORMAT_USHORT))
        return pat_fail(error, PAT_UNSUPPORTED_FORMAT,
                        "%s: its kind of samples cannot be restored; convert it to a PNG first",
                        picture->name);
    describe(picture);
    status = reserve_planes(picture, error);
    if (status != PAT_OK)
        return status;
    VipsRegion *region = vips->region_new(picture->source);
    if (region == NULL || !take_strips(picture, region))
        status = fail_as_libvips_says(picture->name, PAT_CORRUPT, "loading", error);
    if (region != NULL)
        vips->object_unref(region);
    vips->error_clear();
    return status;
}

static pat_status load_bmp(pat_picture *picture, pat_error *error)
{
    pat_image image = {0};
    pat_bmp bmp;
    const char *cause;
    pat_status status = pat_bmp_read_header(picture->bytes, picture->size, &bmp, &cause);
    if (status != PAT_OK)
        return pat_fail(error, status, "%s: not a usable BMP (%s)", picture->name, cause);
    picture->width = bmp.width;
    picture->height = bmp.height;
    picture->depth = 8;
    picture->channels = PAT_CHANNELS;
    for (int i = 0; i < 2; i++)
        picture->pixels_per_mm[i] = bmp.pixels_per_m[i] / 1000.0;
    note(picture, bmp.bits != 24, PAT_NOTE_BMP);
    status = pat_image_decode(picture->bytes, picture->size, picture->name, PAT_MAX_PIXELS_DEFAULT,
                              &image, error);
    if (status == PAT_OK)
        status = reserve_planes(picture, error);
    for (int c = 0; c < PAT_CHANNELS && status == PAT_OK; c++)
        for (int y = 0; y < bmp.height; y++)
            memcpy(picture->plane[c].data + y * picture->plane[c].stride,
                   image.plane[c].data + y * image.plane[c].stride, (size_t)bmp.width);
    pat_image_release(&image);
    return status;
}

pat_status pat_picture_load(pat_picture *picture, const void *bytes, size_t size, const char *name,
                            pat_error *error)
{
    *picture = (pat_picture){
        .format = pat_codec_format(bytes, size), .bytes = bytes, .size = size, .name = name};
    assert(picture->format != PAT_FORMAT_NONE);
    return picture->format == PAT_FORMAT_BMP ? load_bmp(picture, error)
                                             : load_with_libvips(picture, error);
}

void pat_picture_release(pat_picture *picture)
{
    if (picture->source != NULL)
        pat_codec_library()->object_unref(picture->source);
    free(picture->block);
    *picture = (pat_picture){0};
}

/* ---- Saving ---------------------------------------------------------------------------------- */

/* What is to be written, in the terms of the format. */
struct plan {
    pat_format format;
    int bands, depth;
    int quality;     /* of a lossy coding */
    bool lossless;   /* WebP */
    bool carries;    /* metadata.c sees to the metadata, libvips writes none */
    bool strips;     /* nor does either */
    bool upright;    /* the orientation is applied */
    bool interlaced; /* JPEG, PNG */
    bool subsampled; /* JPEG: color at half the resolution */
    bool compressed; /* TIFF */
};

static bool source_says(const pat_picture *picture, const char *field)
{
    const pat_vips *vips = pat_codec_library();
    int value = 0;
    return picture->source != NULL && vips->image_get_typeof(picture->source, field) != 0 &&
           vips->image_get_int(picture->source, field, &value) == 0 && value != 0;
}

static struct plan make_plan(pat_picture *picture, const pat_picture_options *options)
{
    pat_format format = options->format == PAT_FORMAT_NONE ? picture->format : options->format;
    bool same = format == picture->format;
    bool has_alpha = format != PAT_FORMAT_JPEG && format != PAT_FORMAT_BMP;
    bool is_deep = format == PAT_FORMAT_PNG || format == PAT_FORMAT_TIFF;
    note(picture, picture->has_alpha && !has_alpha, PAT_NOTE_NO_ALPHA);
    note(picture, picture->depth == 16 && !is_deep, PAT_NOTE_NARROWED);
    note(picture, picture->channels == 1 && format == PAT_FORMAT_WEBP, PAT_NOTE_GREY_TO_RGB);
    return (struct plan){
        .format = format,
        .bands = picture->channels + (picture->has_alpha && has_alpha),
        .depth = is_deep ? picture->depth : 8,
        .quality = options->quality == 0 ? QUALITY_DEFAULT : options->quality,
        .lossless = same && picture->recipe.lossless && options->quality == 0,
        .carries = same && !options->strip && pat_metadata_is_carried(format),
        .strips = options->strip,
        .upright = !same || options->strip,
        .interlaced = source_says(picture, "interlaced") || source_says(picture, "jpeg-multiscan"),
        .subsampled = picture->format == PAT_FORMAT_JPEG &&
                      pat_jpeg_is_subsampled((pat_file_bytes){picture->bytes, picture->size}),
        .compressed = !same || picture->recipe.packed,
    };
}

static void give_row(const pat_picture *picture, const struct plan *plan, int y, void *row)
{
    for (int i = 0; i < plan->bands; i++) {
        const pat_plane *plane = &picture->plane[i];
        const pat_deep_plane *deep = &picture->deep[i];
        for (int x = 0; x < picture->width; x++)
            if (picture->depth == 8)
                ((uint8_t *)row)[x * plan->bands + i] = plane->data[y * plane->stride + x];
            else if (plan->depth == 16)
                ((uint16_t *)row)[x * plan->bands + i] = deep->data[y * deep->stride + x];
            else
                ((uint8_t *)row)[x * plan->bands + i] =
                    (uint8_t)(deep->data[y * deep->stride + x] >> 8);
    }
}

static void set_header(VipsImage *image, const pat_picture *picture, const struct plan *plan)
{
    const double dpi_72 = 72 / 25.4; /* what EXIF takes for unknown; 1 is libvips's unknown */
    bool grey = picture->channels == 1, deep = plan->depth == 16;
    bool known = picture->pixels_per_mm[0] > 0 && picture->pixels_per_mm[1] > 0 &&
                 (picture->pixels_per_mm[0] != 1 || picture->pixels_per_mm[1] != 1);
    pat_codec_library()->image_init_fields(
        image, picture->width, picture->height, plan->bands,
        deep ? VIPS_FORMAT_USHORT : VIPS_FORMAT_UCHAR, VIPS_CODING_NONE,
        grey   ? deep ? VIPS_INTERPRETATION_GREY16 : VIPS_INTERPRETATION_B_W
        : deep ? VIPS_INTERPRETATION_RGB16
               : VIPS_INTERPRETATION_sRGB,
        known ? picture->pixels_per_mm[0] : dpi_72, known ? picture->pixels_per_mm[1] : dpi_72);
}

/* The fields that are no longer true, or not wanted. */
static void remove_fields(VipsImage *image, const pat_picture *picture, const struct plan *plan)
{
    const pat_vips *vips = pat_codec_library();
    vips->image_remove(image, VIPS_META_N_PAGES);
    vips->image_remove(image, VIPS_META_PAGE_HEIGHT);
    if (became_rgb(picture))
        vips->image_remove(image, VIPS_META_ICC_NAME);
    char **fields = plan->strips ? vips->image_get_fields(image) : NULL;
    for (char **field = fields; field != NULL && *field != NULL; field++)
        if (strcmp(*field, VIPS_META_ICC_NAME) != 0 && strcmp(*field, VIPS_META_ORIENTATION) != 0 &&
            strcmp(*field, VIPS_META_RESOLUTION_UNIT) != 0)
            vips->image_remove(image, *field); /* does nothing for width and the like */
    vips->strfreev(fields);
}

static bool fill(VipsImage *image, const pat_picture *picture, const struct plan *plan)
{
    const pat_vips *vips = pat_codec_library();
    if (picture->source != NULL &&
        vips->image_pipelinev(image, VIPS_DEMAND_STYLE_ANY, picture->source, NULL) != 0)
        return false;
    set_header(image, picture, plan);
    remove_fields(image, picture, plan);
    uint16_t *row = malloc((size_t)picture->width * (size_t)plan->bands * sizeof *row);
    bool filled = row != NULL;
    for (int y = 0; y < picture->height && filled; y++) {
        give_row(picture, plan, y, row);
        filled = vips->image_write_line(image, y, (VipsPel *)row) == 0;
    }
    free(row);
    return filled;
}

static int encode(VipsImage *image, const struct plan *plan, void **bytes, size_t *size)
{
    const pat_vips *vips = pat_codec_library();
    gboolean strip = plan->carries;
    switch (plan->format) {
    case PAT_FORMAT_JPEG:
        return vips->jpegsave_buffer(
            image, bytes, size, "Q", plan->quality, "optimize_coding", TRUE, "interlace",
            (gboolean)plan->interlaced, "strip", strip, "subsample_mode",
            plan->subsampled ? VIPS_FOREIGN_SUBSAMPLE_ON : VIPS_FOREIGN_SUBSAMPLE_OFF, NULL);
    case PAT_FORMAT_PNG:
        return vips->pngsave_buffer(image, bytes, size, "filter", VIPS_FOREIGN_PNG_FILTER_ALL,
                                    "interlace", (gboolean)plan->interlaced, "strip", strip, NULL);
    case PAT_FORMAT_WEBP:
        return vips->webpsave_buffer(image, bytes, size, "Q", plan->quality, "lossless",
                                     (gboolean)plan->lossless, "strip", strip, NULL);
    default:
        return vips->tiffsave_buffer(image, bytes, size, "compression",
                                     plan->compressed ? VIPS_FOREIGN_TIFF_COMPRESSION_DEFLATE
                                                      : VIPS_FOREIGN_TIFF_COMPRESSION_NONE,
                                     "predictor", VIPS_FOREIGN_TIFF_PREDICTOR_HORIZONTAL, NULL);
    }
}

/* libvips calls every fourth (or second) channel of a TIFF alpha; where the file did not, the new
 * one is not to either, or programs would multiply it into the colors. */
static void unname_alpha(uint8_t *bytes, size_t size)
{
    pat_recipe saved = {0};
    pat_inspect_tiff(bytes, size, &saved);
    if (saved.extra_channel != 0)
        bytes[saved.extra_channel] = 0;
}

static void append(const pat_picture *picture, const struct plan *plan, pat_file_bytes saved,
                   pat_buffer *out)
{
    if (plan->carries)
        pat_metadata_carry(plan->format, (pat_file_bytes){picture->bytes, picture->size}, saved,
                           !became_rgb(picture), out);
    else
        pat_buffer_append(out, saved.bytes, saved.size);
}

static pat_status save_with_libvips(const pat_picture *picture, const struct plan *plan,
                                    pat_buffer *out, pat_error *error)
{
    const pat_vips *vips = pat_codec_library();
    VipsImage *image = vips->image_new_memory(), *upright = NULL;
    void *bytes = NULL;
    size_t size = 0;
    bool saved = image != NULL && fill(image, picture, plan) &&
                 (!plan->upright || vips->autorot(image, &upright, NULL) == 0) &&
                 encode(upright != NULL ? upright : image, plan, &bytes, &size) == 0;
    pat_status status = PAT_OK;
    if (saved && plan->format == PAT_FORMAT_TIFF && picture->format == PAT_FORMAT_TIFF &&
        !picture->recipe.extra_is_alpha)
        unname_alpha(bytes, size);
    if (saved)
        append(picture, plan, (pat_file_bytes){bytes, size}, out);
    else
        status =
            fail_as_libvips_says(picture->name, PAT_INTERNAL, "saving the restored picture", error);
    vips->free(bytes);
    if (upright != NULL)
        vips->object_unref(upright);
    if (image != NULL)
        vips->object_unref(image);
    vips->error_clear();
    return status == PAT_OK && out->failed ? pat_fail_memory(error, "the restored file") : status;
}

static pat_status save_bmp(const pat_picture *picture, pat_buffer *out, pat_error *error)
{
    uint32_t pixels_per_m[2];
    const char *cause;
    for (int i = 0; i < 2; i++)
        pixels_per_m[i] = (uint32_t)lrint(1000 * picture->pixels_per_mm[i]);
    pat_status status = pat_bmp_write(picture->plane, pixels_per_m, out, &cause);
    if (status == PAT_OUT_OF_MEMORY)
        return pat_fail_memory(error, "the restored file");
    return status == PAT_OK
               ? PAT_OK
               : pat_fail(error, status, "%s: cannot be saved as BMP (%s); choose another --format",
                          picture->name, cause);
}

pat_status pat_picture_save(pat_picture *picture, const pat_picture_options *options,
                            pat_buffer *out, pat_error *error)
{
    static const int longest_side[PAT_FORMAT_COUNT] = {
        [PAT_FORMAT_JPEG] = 65500, [PAT_FORMAT_WEBP] = 16383};
    struct plan plan = make_plan(picture, options);
    int limit = longest_side[plan.format];
    assert(plan.format != PAT_FORMAT_BMP || picture->format == PAT_FORMAT_BMP);
    if (limit > 0 && (picture->width > limit || picture->height > limit))
        return pat_fail(error, PAT_TOO_LARGE,
                        "%s: %dx%d pixels are too many for a %s, which has at most %d a side; "
                        "choose another --format",
                        picture->name, picture->width, picture->height,
                        pat_format_name(plan.format), limit);
    return plan.format == PAT_FORMAT_BMP ? save_bmp(picture, out, error)
                                         : save_with_libvips(picture, &plan, out, error);
}
