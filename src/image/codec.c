/*
 * Decoding. libvips decodes PNG, WebP and TIFF, jpeg.c and bmp.c the rest. What libvips does not
 * tell or does otherwise than OpenCV's imread (orientation, completeness, alpha, depth, the many
 * kinds of TIFF) is found in the file's bytes first, by inspect.c, and becomes a recipe for the
 * rows that libvips delivers. docs/decoding.md describes the outcome.
 */
#include "image/codec.h"

#include <assert.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "image/bmp.h"
#include "image/inspect.h"
#include "image/jpeg.h"
#include "image/vips.h"
#include "patina/image.h"

#define COUNT_OF(array) (sizeof(array) / sizeof(array)[0])

enum {
    LARGEST_SIDE = 1 << 24, /* what pat_image_resize_canvas takes */
    STRIP_ROWS = 16,        /* libvips hands the picture over in strips */
    CAUSE_SIZE = 200,
    PADDING_BYTES = 16, /* this many stray bytes in a JPEG are nothing to worry about */
};

/* A picture's bytes, borrowed, and what a message about it needs. */
struct source {
    const uint8_t *bytes;
    size_t size;
    const char *name;
    const char *format;
    uint64_t max_pixels;
    pat_error *error;
};

static bool codec_started;
static pat_vips vips; /* loaded by pat_codec_init() */

/* What libvips said while one picture was decoded: it reports some damage as a warning only. */
static struct {
    char text[CAUSE_SIZE]; /* of the first about damage, or else the first */
    bool damage;
} warnings;

/* Some cameras leave a few bytes between JPEG segments or before the end. Damaged data does that
 * too, but in passing, and before a restart marker something is missing. */
static bool is_padding(const char *message)
{
    unsigned count, marker;
    const char *extraneous = strstr(message, "Corrupt JPEG data: ");
    return extraneous != NULL &&
           sscanf(extraneous, "Corrupt JPEG data: %u extraneous bytes before marker 0x%x", &count,
                  &marker) == 2 &&
           count <= PADDING_BYTES && (marker < 0xd0 || marker > 0xd7);
}

static bool is_about_damage(const char *message)
{
    static const char *const phrases[] = {
        "Corrupt JPEG data",        /* libjpeg */
        "Premature end of",         /* libjpeg */
        "Inconsistent progression", /* libjpeg */
        "Premature EO",             /* libtiff, fax coding: of line or file */
        "Line length mismatch",     /* libtiff, fax coding */
        "Discarding",               /* libtiff, PackBits */
        "error in tile",            /* libvips */
    };
    if (is_padding(message))
        return false;
    for (size_t i = 0; i < COUNT_OF(phrases); i++)
        if (strstr(message, phrases[i]) != NULL)
            return true;
    /* Of several libjpeg warnings only the first is shown: the others may be anything. */
    long count;
    return sscanf(message, "read gave %ld warnings", &count) == 1 && count > 1;
}

static void note_warning(const char *domain, GLogLevelFlags level, const char *message, void *data)
{
    (void)domain, (void)level, (void)data;
    bool damage = is_about_damage(message) && !warnings.damage;
    if (damage || warnings.text[0] == '\0')
        snprintf(warnings.text, sizeof warnings.text, "%s", message);
    warnings.damage = warnings.damage || damage;
}

static void forget_messages(void)
{
    warnings.text[0] = '\0';
    warnings.damage = false;
    vips.error_clear();
}

/* The first thing libvips complained about, without the name of the function that did. */
static void get_cause(char cause[CAUSE_SIZE])
{
    const char *text = vips.error_buffer();
    /* libpng's own words arrive as a warning, followed by an error that only says "error". */
    if (text[0] == '\0' || strstr(text, "libpng read error") != NULL)
        text = warnings.text[0] != '\0' ? warnings.text : "no reason given";
    const char *colon = strstr(text, ": ");
    size_t prefix = strcspn(text, ": \n");
    if (colon == text + prefix)
        text = colon + 2;
    snprintf(cause, CAUSE_SIZE, "%.*s", (int)strcspn(text, "\n"), text);
}

static pat_status fail_corrupt(const struct source *source, const char *cause)
{
    return pat_fail(source->error, PAT_CORRUPT,
                    "%s: truncated or damaged %s (%s); copy it again from its source or leave it "
                    "out",
                    source->name, source->format, cause);
}

static pat_status fail_unsupported(const struct source *source, const char *cause)
{
    return pat_fail(source->error, PAT_UNSUPPORTED_FORMAT,
                    "%s: this kind of %s is not supported (%s); convert it to an 8-bit PNG or "
                    "leave it out",
                    source->name, source->format, cause);
}

/* cause: in the words of libvips or libjpeg. */
static pat_status fail_because(const struct source *source, const char *cause)
{
    static const char *const unsupported[] = {"Unsupported JPEG", "Maximum supported",
                                              "unsupported tiff", "not supported",
                                              "not configured"};
    if (strstr(cause, "out of memory") != NULL || strstr(cause, "Insufficient memory") != NULL)
        return pat_fail_memory(source->error, "decoding an image");
    for (size_t i = 0; i < COUNT_OF(unsupported); i++)
        if (strstr(cause, unsupported[i]) != NULL)
            return fail_unsupported(source, cause);
    return fail_corrupt(source, cause);
}

static pat_status fail_as_libvips_says(const struct source *source)
{
    char cause[CAUSE_SIZE];
    get_cause(cause);
    forget_messages();
    return fail_because(source, cause);
}

static pat_status check_size(const struct source *source, int64_t width, int64_t height)
{
    if (width < 1 || height < 1)
        return fail_corrupt(source, "it has no pixels");
    if (width <= LARGEST_SIDE && height <= LARGEST_SIDE &&
        (uint64_t)(width * height) <= source->max_pixels)
        return PAT_OK;
    return pat_fail(source->error, PAT_TOO_LARGE,
                    "%s: %lld x %lld pixels, more than the limit of %llu; scale it down%s or "
                    "leave it out",
                    source->name, (long long)width, (long long)height,
                    (unsigned long long)source->max_pixels,
                    source->max_pixels < PAT_MAX_PIXELS_DEFAULT ? ", raise --max-pixels" : "");
}

/* Where sample (x, y) of the decoded picture goes: data[start + y * down + x * right]. */
struct placement {
    ptrdiff_t start, right, down;
};

static bool swaps_sides(unsigned orientation)
{
    return orientation >= 5 && orientation <= 8;
}

static struct placement place(unsigned orientation, int width, int height, ptrdiff_t stride)
{
    bool mirror_x = orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
    bool mirror_y = orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
    ptrdiff_t right = swaps_sides(orientation) ? stride : 1;
    ptrdiff_t down = swaps_sides(orientation) ? 1 : stride;
    return (struct placement){
        .start = (mirror_x ? (width - 1) * right : 0) + (mirror_y ? (height - 1) * down : 0),
        .right = mirror_x ? -right : right,
        .down = mirror_y ? -down : down,
    };
}

typedef void color_function(const uint8_t *row, int width, int bands, ptrdiff_t right,
                            uint8_t *const out[PAT_CHANNELS]);

static void put_grey(const uint8_t *row, int width, int bands, ptrdiff_t right,
                     uint8_t *const out[PAT_CHANNELS])
{
    for (int x = 0; x < width; x++, row += bands)
        out[PAT_RED][x * right] = out[PAT_GREEN][x * right] = out[PAT_BLUE][x * right] = row[0];
}

static inline void split_rgb(const uint8_t *row, int width, int bands, ptrdiff_t right,
                             uint8_t *restrict red, uint8_t *restrict green, uint8_t *restrict blue)
{
    for (int x = 0; x < width; x++, row += bands) {
        red[x * right] = row[0];
        green[x * right] = row[1];
        blue[x * right] = row[2];
    }
}

/* The usual cases with their constants, which make them loops that the compiler vectorises. */
static void put_rgb(const uint8_t *row, int width, int bands, ptrdiff_t right,
                    uint8_t *const out[PAT_CHANNELS])
{
    uint8_t *red = out[PAT_RED], *green = out[PAT_GREEN], *blue = out[PAT_BLUE];
    if (right == 1 && bands == 4)
        split_rgb(row, width, 4, 1, red, green, blue);
    else if (right == 1 && bands == 3)
        split_rgb(row, width, 3, 1, red, green, blue);
    else
        split_rgb(row, width, bands, right, red, green, blue);
}

static void put_rgb_times_alpha(const uint8_t *row, int width, int bands, ptrdiff_t right,
                                uint8_t *const out[PAT_CHANNELS])
{
    for (int x = 0; x < width; x++, row += bands)
        for (int c = 0; c < PAT_CHANNELS; c++)
            out[c][x * right] = (uint8_t)((row[c] * row[3] + 127) / 255);
}

/* OpenCV's formula, on the samples as the file has them. */
static void put_cmyk_of_jpeg(const uint8_t *row, int width, int bands, ptrdiff_t right,
                             uint8_t *const out[PAT_CHANNELS])
{
    for (int x = 0; x < width; x++, row += bands)
        for (int c = 0; c < PAT_CHANNELS; c++)
            out[c][x * right] = (uint8_t)(row[3] - ((255 - row[c]) * row[3] >> 8));
}

static void put_cmyk_of_tiff(const uint8_t *row, int width, int bands, ptrdiff_t right,
                             uint8_t *const out[PAT_CHANNELS])
{
    for (int x = 0; x < width; x++, row += bands)
        for (int c = 0; c < PAT_CHANNELS; c++)
            out[c][x * right] = (uint8_t)((255 - row[3]) * (255 - row[c]) / 255);
}

static color_function *const color_functions[] = {
    [PAT_GREY] = put_grey,
    [PAT_RGB] = put_rgb,
    [PAT_RGB_TIMES_ALPHA] = put_rgb_times_alpha,
    [PAT_CMYK_OF_JPEG] = put_cmyk_of_jpeg,
    [PAT_CMYK_OF_TIFF] = put_cmyk_of_tiff,
};

static void narrow(const pat_recipe *recipe, const uint16_t *wide, size_t count, uint8_t *out)
{
    if (recipe->narrowing == PAT_HIGH_BYTE)
        for (size_t i = 0; i < count; i++)
            out[i] = (uint8_t)(wide[i] >> 8);
    else
        for (size_t i = 0; i < count; i++)
            out[i] = (uint8_t)((wide[i] + 128) / 257);
}

/* Whether a picture has as many bands as the recipe needs. Completes the recipe. */
static bool bands_fit(int bands, pat_recipe *recipe)
{
    if (recipe->color == PAT_RGB && bands <= 2)
        recipe->color = PAT_GREY;
    switch (recipe->color) {
    case PAT_GREY:
        return bands == 1 || bands == 2;
    case PAT_RGB:
        return bands == 3 || bands == 4;
    default:
        return bands == 4;
    }
}

static bool recipe_fits(const VipsImage *picture, pat_recipe *recipe)
{
    return picture->Coding == VIPS_CODING_NONE &&
           (picture->BandFmt == VIPS_FORMAT_UCHAR || picture->BandFmt == VIPS_FORMAT_USHORT) &&
           bands_fit(picture->Bands, recipe);
}

/* Row y of a picture of 8-bit bands goes to its place. */
static void put_row(const pat_recipe *recipe, const struct placement *placement, const uint8_t *row,
                    int y, int width, int bands, const pat_image *image)
{
    uint8_t *out[PAT_CHANNELS];
    for (int c = 0; c < PAT_CHANNELS; c++)
        out[c] = image->plane[c].data + placement->start + y * placement->down;
    color_functions[recipe->color](row, width, bands, placement->right, out);
}

static bool copy_strips(VipsRegion *region, const pat_recipe *recipe, uint8_t *narrowed,
                        const pat_image *image)
{
    const VipsImage *picture = region->im;
    struct placement placement =
        place(recipe->orientation, picture->Xsize, picture->Ysize, image->plane[0].stride);
    for (int top = 0; top < picture->Ysize; top += STRIP_ROWS) {
        VipsRect strip = {0, top, picture->Xsize, VIPS_MIN(STRIP_ROWS, picture->Ysize - top)};
        if (vips.region_prepare(region, &strip) != 0)
            return false;
        for (int y = top; y < top + strip.height; y++) {
            const void *row = region->data + (y - region->valid.top) * (ptrdiff_t)region->bpl;
            if (narrowed != NULL) {
                narrow(recipe, row, (size_t)picture->Xsize * (size_t)picture->Bands, narrowed);
                row = narrowed;
            }
            put_row(recipe, &placement, row, y, picture->Xsize, picture->Bands, image);
        }
    }
    return true;
}

static pat_status make_canvas(const struct source *source, const pat_recipe *recipe, int width,
                              int height, pat_image *image)
{
    bool swap = swaps_sides(recipe->orientation);
    return pat_image_resize_canvas(image, swap ? height : width, swap ? width : height,
                                   source->error);
}

static pat_status copy_picture(const struct source *source, VipsImage *picture,
                               const pat_recipe *recipe, pat_image *image)
{
    pat_status status = make_canvas(source, recipe, picture->Xsize, picture->Ysize, image);
    if (status != PAT_OK)
        return status;
    uint8_t *narrowed = NULL;
    if (picture->BandFmt == VIPS_FORMAT_USHORT) {
        narrowed = malloc((size_t)picture->Xsize * (size_t)picture->Bands);
        if (narrowed == NULL)
            return pat_fail_memory(source->error, "decoding an image");
    }
    VipsRegion *region = vips.region_new(picture);
    if (region == NULL || !copy_strips(region, recipe, narrowed, image))
        status = fail_as_libvips_says(source);
    if (region != NULL)
        vips.object_unref(region);
    free(narrowed);
    return status;
}

/* Whether `after` has a line that `before` has not. */
static bool says_more(const char *before, const char *after)
{
    char line[CAUSE_SIZE];
    while (*after != '\0') {
        size_t length = strcspn(after, "\n");
        snprintf(line, sizeof line, "%.*s", (int)length, after);
        if (strstr(before, line) == NULL)
            return true;
        after += length;
        after += *after == '\n';
    }
    return false;
}

typedef int load_function(void *bytes, size_t size, VipsImage **out, ...);

static pat_status decode_with(load_function *load, const struct source *source, pat_recipe *recipe,
                              pat_image *image)
{
    VipsImage *picture = NULL;
    /* WebP comes only whole: into memory then, a large one would go to a temporary file. */
    gboolean memory = load == vips.webpload_buffer;
    forget_messages();
    if (load((void *)source->bytes, source->size, &picture, "access", VIPS_ACCESS_SEQUENTIAL,
             "fail_on", VIPS_FAIL_ON_TRUNCATED, "memory", memory, NULL) != 0)
        return fail_as_libvips_says(source);

    char *about_header = vips.error_buffer_copy(); /* and cleared */
    pat_status status = check_size(source, picture->Xsize, picture->Ysize);
    if (status == PAT_OK && recipe->damage != NULL)
        status = fail_corrupt(source, recipe->damage);
    if (status == PAT_OK && !recipe_fits(picture, recipe))
        status = fail_unsupported(source, "its number or kind of channels");
    if (status == PAT_OK)
        status = copy_picture(source, picture, recipe, image);
    /* libtiff goes on after some errors, and those about the header come a second time. */
    bool damage = load == vips.tiffload_buffer && says_more(about_header, vips.error_buffer());
    vips.free(about_header);
    vips.object_unref(picture);
    if (status == PAT_OK && (damage || warnings.damage))
        status = fail_as_libvips_says(source);
    forget_messages();
    return status;
}

/*
 * libvips divides by an associated alpha, which imread does not and which loses precision: such a
 * file is decoded from a copy in which the alpha is called unspecified.
 */
static pat_status decode_tiff_copy(const struct source *source, pat_recipe *recipe,
                                   pat_image *image)
{
    uint8_t *copy = malloc(source->size);
    if (copy == NULL)
        return pat_fail_memory(source->error, "decoding an image");
    memcpy(copy, source->bytes, source->size);
    copy[recipe->hidden_alpha] = 0;
    struct source changed = *source;
    changed.bytes = copy;
    pat_status status = decode_with(vips.tiffload_buffer, &changed, recipe, image);
    free(copy);
    return status;
}

static pat_status copy_jpeg(const struct source *source, pat_jpeg *jpeg, const pat_recipe *recipe,
                            pat_image *image)
{
    pat_status status = make_canvas(source, recipe, jpeg->width, jpeg->height, image);
    if (status != PAT_OK)
        return status;
    size_t row_size = (size_t)jpeg->width * (size_t)jpeg->bands;
    uint8_t *strip = malloc(STRIP_ROWS * row_size);
    if (strip == NULL)
        return pat_fail_memory(source->error, "decoding an image");
    struct placement placement =
        place(recipe->orientation, jpeg->width, jpeg->height, image->plane[0].stride);
    for (int top = 0; top < jpeg->height && status == PAT_OK; top += STRIP_ROWS) {
        int rows = jpeg->height - top < STRIP_ROWS ? jpeg->height - top : STRIP_ROWS;
        if (!pat_jpeg_read(jpeg, strip, rows))
            status = fail_because(source, jpeg->text);
        for (int i = 0; i < rows && status == PAT_OK; i++)
            put_row(recipe, &placement, strip + (size_t)i * row_size, top + i, jpeg->width,
                    jpeg->bands, image);
    }
    free(strip);
    return status;
}

static pat_status decode_open_jpeg(const struct source *source, pat_jpeg *jpeg, pat_recipe *recipe,
                                   pat_image *image)
{
    pat_status status = check_size(source, jpeg->width, jpeg->height);
    if (jpeg->cmyk)
        recipe->color = PAT_CMYK_OF_JPEG;
    if (status == PAT_OK && !bands_fit(jpeg->bands, recipe))
        status = fail_unsupported(source, "its number or kind of channels");
    if (status == PAT_OK)
        status = copy_jpeg(source, jpeg, recipe, image);
    if (status == PAT_OK && is_about_damage(jpeg->text))
        status = fail_because(source, jpeg->text);
    return status;
}

static pat_status decode_jpeg(const struct source *source, pat_recipe *recipe, pat_image *image)
{
    pat_jpeg jpeg;
    pat_status status = pat_jpeg_open(&jpeg, source->bytes, source->size)
                            ? decode_open_jpeg(source, &jpeg, recipe, image)
                            : fail_because(source, jpeg.text);
    pat_jpeg_close(&jpeg);
    return status;
}

static pat_status decode_bmp(const struct source *source, pat_recipe *recipe, pat_image *image)
{
    (void)recipe;
    pat_bmp bmp;
    const char *cause = NULL;
    pat_status status = pat_bmp_read_header(source->bytes, source->size, &bmp, &cause);
    if (status == PAT_OK) {
        status = check_size(source, bmp.width, bmp.height);
        if (status == PAT_OK)
            status = pat_image_resize_canvas(image, bmp.width, bmp.height, source->error);
        if (status != PAT_OK)
            return status;
        status = pat_bmp_read_pixels(&bmp, image, &cause);
    }
    if (status == PAT_UNSUPPORTED_FORMAT)
        return fail_unsupported(source, cause);
    return status == PAT_OK ? PAT_OK : fail_corrupt(source, cause);
}

/* Formats by their first bytes; '?' stands for any byte. */
static const struct format {
    pat_format format;
    const char *name, *magic;
    size_t magic_size;
    void (*inspect)(const uint8_t *bytes, size_t size, pat_recipe *recipe);
    load_function **load; /* with libvips, or else: */
    pat_status (*decode)(const struct source *source, pat_recipe *recipe, pat_image *image);
} formats[] = {
    {PAT_FORMAT_JPEG, "JPEG", "\xff\xd8\xff", 3, pat_inspect_jpeg, NULL, decode_jpeg},
    {PAT_FORMAT_PNG, "PNG", "\x89PNG\r\n\x1a\n", 8, pat_inspect_png, &vips.pngload_buffer, NULL},
    {PAT_FORMAT_WEBP, "WebP", "RIFF????WEBP", 12, pat_inspect_webp, &vips.webpload_buffer, NULL},
    {PAT_FORMAT_TIFF, "TIFF", "II*\0", 4, pat_inspect_tiff, &vips.tiffload_buffer, NULL},
    {PAT_FORMAT_TIFF, "TIFF", "MM\0*", 4, pat_inspect_tiff, &vips.tiffload_buffer, NULL},
    {PAT_FORMAT_TIFF, "TIFF", "II+\0", 4, pat_inspect_tiff, &vips.tiffload_buffer, NULL},
    {PAT_FORMAT_TIFF, "TIFF", "MM\0+", 4, pat_inspect_tiff, &vips.tiffload_buffer, NULL},
    {PAT_FORMAT_BMP, "BMP", "BM", 2, NULL, NULL, decode_bmp},
};

static const struct format *find_format(const uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i < COUNT_OF(formats); i++) {
        size_t same = 0;
        while (same < formats[i].magic_size && same < size &&
               (bytes[same] == (uint8_t)formats[i].magic[same] || formats[i].magic[same] == '?'))
            same++;
        if (same == formats[i].magic_size)
            return &formats[i];
    }
    return NULL;
}

pat_format pat_codec_format(const uint8_t *bytes, size_t size)
{
    const struct format *format = find_format(bytes, size);
    return format == NULL ? PAT_FORMAT_NONE : format->format;
}

const char *pat_format_name(pat_format format)
{
    static const char *const names[PAT_FORMAT_COUNT] = {"none", "jpeg", "png",
                                                        "webp", "tiff", "bmp"};
    return names[format];
}

pat_status pat_image_decode(const void *bytes, size_t size, const char *name, uint64_t max_pixels,
                            pat_image *image, pat_error *error)
{
    assert(codec_started);
    if (size == 0)
        return pat_fail(error, PAT_EMPTY_FILE,
                        "%s: the file is empty; copy it again from its source or leave it out",
                        name);
    const struct format *format = find_format(bytes, size);
    if (format == NULL)
        return pat_fail(error, PAT_UNSUPPORTED_FORMAT,
                        "%s: not a PNG, JPEG, WebP, TIFF or BMP image, whatever its name says; "
                        "convert it or leave it out",
                        name);
    struct source source = {bytes, size, name, format->name, max_pixels, error};
    pat_recipe recipe = {0};
    if (format->inspect != NULL)
        format->inspect(bytes, size, &recipe);
    if (recipe.unsupported != NULL)
        return fail_unsupported(&source, recipe.unsupported);
    if (recipe.hidden_alpha != 0)
        return decode_tiff_copy(&source, &recipe, image);
    return format->decode != NULL ? format->decode(&source, &recipe, image)
                                  : decode_with(*format->load, &source, &recipe, image);
}

/*
 * Starting, libvips loads all plug-ins it finds below VIPSHOME: decoders for PDF, HEIF and others
 * that we block, with fifty libraries of theirs. Those that we use are never plug-ins.
 */
static int start_without_plugins(void)
{
    const char *home = getenv("VIPSHOME");
    char *previous = home == NULL ? NULL : strdup(home);
    setenv("VIPSHOME", "/dev/null", true);
    int result = vips.init("patina");
    if (previous != NULL)
        setenv("VIPSHOME", previous, true);
    else
        unsetenv("VIPSHOME");
    free(previous);
    return result;
}

pat_status pat_codec_init(pat_error *error)
{
    static const char *const allowed[] = {"VipsForeignLoadJpeg", "VipsForeignLoadPng",
                                          "VipsForeignLoadWebp", "VipsForeignLoadTiff"};
    if (codec_started)
        return PAT_OK;
    pat_status status = pat_vips_load(&vips, error);
    if (status != PAT_OK)
        return status;
    if (start_without_plugins() != 0)
        return pat_fail(error, PAT_INTERNAL,
                        "the image library libvips does not start (%s); reinstall it",
                        vips.error_buffer());
    vips.concurrency_set(1);
    vips.cache_set_max(0);
    vips.block_untrusted_set(TRUE);
    vips.operation_block_set("VipsForeignLoad", TRUE);
    for (size_t i = 0; i < COUNT_OF(allowed); i++)
        vips.operation_block_set(allowed[i], FALSE);
    vips.log_set_handler("VIPS", G_LOG_LEVEL_WARNING, note_warning, NULL);
    codec_started = true;
    return PAT_OK;
}

const pat_vips *pat_codec_library(void)
{
    return &vips;
}

const char *pat_codec_version(void)
{
    return vips.version_string();
}
