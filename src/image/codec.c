/*
 * Decoding: the format's row inspects the file and decodes it, mostly with libvips. The inspection
 * finds what libvips does not report or does differently from OpenCV's imread (orientation,
 * completeness, alpha, depth), and writes a recipe for the pixels that libvips delivers.
 * docs/decoding.md describes the result.
 */
#include "image/codec.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "image/foreign.h"
#include "image/source.h"
#include "image/vips.h"

enum {
    STRIP_ROWS = 16, /* libvips delivers the image in strips */
    CAUSE_SIZE = 200,
};

static bool codec_started;
static pat_vips vips; /* loaded by pat_codec_init() */

/* libvips's warnings while decoding one image: it reports some damage only this way. */
static struct {
    const pat_file_format *format; /* of the image */
    char text[CAUSE_SIZE];         /* the first one about damage, else the first */
    bool damage;
} warnings;

static bool is_about_damage(const char *message)
{
    return strstr(message, "error in tile") != NULL || /* libvips's own, for any format */
           (warnings.format != NULL && warnings.format->warns_of_damage != NULL &&
            warnings.format->warns_of_damage(message));
}

static void note_warning(const char *domain, GLogLevelFlags level, const char *message, void *data)
{
    (void)domain, (void)level, (void)data;
    bool damage = is_about_damage(message) && !warnings.damage;
    if (damage || warnings.text[0] == '\0')
        snprintf(warnings.text, sizeof warnings.text, "%s", message);
    warnings.damage = warnings.damage || damage;
}

/* GLib is about to abort this process: set errno to ENOMEM if the reason is a failed allocation,
 * else to 0. */
static void note_fatal(const char *domain, GLogLevelFlags level, const char *message, void *data)
{
    (void)domain, (void)level, (void)data;
    errno = strstr(message, "failed to allocate") != NULL ? ENOMEM : 0;
}

static void forget_messages(void)
{
    warnings.text[0] = '\0';
    warnings.damage = false;
    vips.error_clear();
}

/* Return libvips's error messages without the leading ones that do not matter: libheif also tries
 * to read beyond the end of a file. */
static const char *find_error(void)
{
    static const char attempt[] = "source: bad seek";
    const char *text = vips.error_buffer(), *end;
    while (strncmp(text, attempt, sizeof attempt - 1) == 0 && (end = strchr(text, '\n')) != NULL)
        text = end + 1;
    return text;
}

/* libvips's first error, without the function name. */
static void get_cause(char cause[CAUSE_SIZE])
{
    const char *text = find_error();
    /* libpng's own message arrives as a warning, followed by an error that only says "error". */
    if (text[0] == '\0' || strstr(text, "libpng read error") != NULL)
        text = warnings.text[0] != '\0' ? warnings.text : "no reason given";
    const char *colon = strstr(text, ": ");
    size_t prefix = strcspn(text, ": \n");
    if (colon == text + prefix)
        text = colon + 2;
    snprintf(cause, CAUSE_SIZE, "%.*s", (int)strcspn(text, "\n"), text);
}

static pat_status fail_as_libvips_says(const pat_source *source)
{
    char cause[CAUSE_SIZE];
    get_cause(cause);
    forget_messages();
    return pat_source_fail(source, cause);
}

static bool recipe_fits(const VipsImage *loaded, pat_recipe *recipe)
{
    return loaded->Coding == VIPS_CODING_NONE &&
           (loaded->BandFmt == VIPS_FORMAT_UCHAR || loaded->BandFmt == VIPS_FORMAT_USHORT) &&
           pat_recipe_takes(recipe, loaded->Bands);
}

/* narrowed: room for a row of 16-bit samples reduced to 8 bits; NULL if they have 8 bits. */
static bool copy_strips(VipsRegion *region, const pat_rows *rows, uint8_t *narrowed)
{
    const VipsImage *loaded = region->im;
    for (int top = 0; top < loaded->Ysize; top += STRIP_ROWS) {
        VipsRect strip = {0, top, loaded->Xsize, VIPS_MIN(STRIP_ROWS, loaded->Ysize - top)};
        if (vips.region_prepare(region, &strip) != 0)
            return false;
        for (int y = top; y < top + strip.height; y++) {
            const void *row = region->data + (y - region->valid.top) * (ptrdiff_t)region->bpl;
            if (narrowed != NULL) {
                pat_recipe_narrow(rows->recipe, row, (size_t)loaded->Xsize * (size_t)loaded->Bands,
                                  narrowed);
                row = narrowed;
            }
            pat_rows_put(rows, row, y);
        }
    }
    return true;
}

static pat_status copy_loaded(const pat_source *source, VipsImage *loaded, const pat_recipe *recipe,
                              pat_image *image)
{
    pat_status status =
        pat_recipe_make_canvas(recipe, loaded->Xsize, loaded->Ysize, image, source->error);
    if (status != PAT_OK)
        return status;
    uint8_t *narrowed = NULL;
    if (loaded->BandFmt == VIPS_FORMAT_USHORT) {
        narrowed = malloc((size_t)loaded->Xsize * (size_t)loaded->Bands);
        if (narrowed == NULL)
            return pat_fail_memory(source->error, "decoding an image");
    }
    pat_rows rows = pat_recipe_begin(recipe, loaded->Xsize, loaded->Ysize, loaded->Bands, image);
    VipsRegion *region = vips.region_new(loaded);
    if (region == NULL || !copy_strips(region, &rows, narrowed))
        status = fail_as_libvips_says(source);
    if (region != NULL)
        vips.object_unref(region);
    free(narrowed);
    return status;
}

/* Whether `after` has a line that `before` lacks. */
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

struct _VipsImage *pat_codec_open(const pat_file_format *format, pat_file_bytes file)
{
    VipsImage *loaded = NULL;
    VipsSource *bytes = vips.source_new_from_memory(file.bytes, file.size);
    if (bytes == NULL)
        return NULL;
    if (vips.call(format->loader, bytes, &loaded, "access", VIPS_ACCESS_SEQUENTIAL, "fail_on",
                  VIPS_FAIL_ON_TRUNCATED, "memory", (gboolean)format->loads_whole, NULL) != 0)
        loaded = NULL;
    vips.object_unref(bytes);
    return loaded;
}

pat_status pat_codec_decode(const pat_source *source, pat_recipe *recipe, pat_image *image)
{
    warnings.format = source->format;
    forget_messages();
    if (recipe->cut_short)
        return pat_source_fail_corrupt(source, recipe->damage);
    VipsImage *loaded = pat_codec_open(source->format, source->file);
    if (loaded == NULL)
        return fail_as_libvips_says(source);

    char *about_header = vips.error_buffer_copy(); /* this clears the buffer */
    int sample_bytes = loaded->BandFmt == VIPS_FORMAT_USHORT ? 2 : 1;
    pat_status status = pat_source_check_size(source, loaded->Xsize, loaded->Ysize);
    if (status == PAT_OK)
        status = pat_source_check_bytes(source, loaded->Xsize, loaded->Ysize,
                                        loaded->Bands * sample_bytes);
    if (status == PAT_OK && recipe->damage != NULL)
        status = pat_source_fail_corrupt(source, recipe->damage);
    if (status == PAT_OK && !recipe_fits(loaded, recipe))
        status = pat_source_fail_unsupported(source, "its number or kind of channels");
    if (status == PAT_OK)
        status = copy_loaded(source, loaded, recipe, image);
    /* Decoding reports errors in the header a second time: ignore those. */
    bool damage =
        source->format->goes_on_after_errors && says_more(about_header, vips.error_buffer());
    vips.free(about_header);
    vips.object_unref(loaded);
    if (status == PAT_OK && (damage || warnings.damage))
        status = fail_as_libvips_says(source);
    forget_messages();
    return status;
}

static pat_status fail_as_unknown(pat_file_bytes file, const char *name, pat_error *error)
{
    const pat_foreign *foreign = pat_foreign_of_file(file);
    char titles[PAT_FORMAT_WORDS_SIZE];
    if (foreign != NULL)
        return pat_fail(error, PAT_UNSUPPORTED_FORMAT,
                        "%s: this is %s, which patina does not read; %s, or leave it out", name,
                        foreign->title, foreign->remedy);
    return pat_fail(error, PAT_UNSUPPORTED_FORMAT,
                    "%s: its content is not a %s image; convert it or leave it out", name,
                    pat_format_words(PAT_LIST_TITLES, " or ", titles));
}

pat_status pat_image_decode(const void *bytes, size_t size, const char *name, uint64_t max_pixels,
                            pat_image *image, pat_error *error)
{
    assert(codec_started);
    if (size == 0)
        return pat_fail(error, PAT_EMPTY_FILE,
                        "%s: the file is empty; copy it again from its source or leave it out",
                        name);
    pat_file_bytes file = {bytes, size};
    pat_format format = pat_format_of_file(file);
    if (format == PAT_FORMAT_NONE)
        return fail_as_unknown(file, name, error);
    pat_source source = {file, name, pat_format_row(format), max_pixels, error};
    pat_recipe recipe = {0};
    if (source.format->look != NULL)
        source.format->look(file, &recipe);
    if (recipe.unsupported != NULL)
        return pat_source_fail_unfit(&source, recipe.unsupported, recipe.remedy);
    pat_status status = pat_codec_need(source.format, name, error);
    if (status != PAT_OK)
        return status;
    return source.format->decode(&source, &recipe, image);
}

/* ---- Starting, and loading modules ----------------------------------------------------------- */

enum { MODULES_MAX = 8 };

static struct {
    const char *loaded[MODULES_MAX];
    int count;
    bool lacking; /* an image needed a module that could not be loaded */
} modules;

/* Block all loaders, and the savers that libvips does not trust; then allow those of our formats.
 */
static void allow_formats(void)
{
    vips.block_untrusted_set(TRUE);
    vips.operation_block_set("VipsForeignLoad", TRUE);
    for (pat_format i = 1; i <= pat_format_count(); i++) {
        const pat_file_format *row = pat_format_row(i);
        if (row->loader_class != NULL)
            vips.operation_block_set(row->loader_class, FALSE);
        if (row->saver_class != NULL)
            vips.operation_block_set(row->saver_class, FALSE);
    }
}

static bool load_module(const char *name)
{
    for (int i = 0; i < modules.count; i++)
        if (strcmp(modules.loaded[i], name) == 0)
            return true;
    if (modules.count == MODULES_MAX || !pat_vips_load_module(&vips, name))
        return false;
    modules.loaded[modules.count++] = name;
    allow_formats();
    return true;
}

void pat_codec_load_modules(void)
{
    for (pat_format i = 1; i <= pat_format_count(); i++)
        if (pat_format_row(i)->module != NULL)
            (void)load_module(pat_format_row(i)->module);
}

bool pat_codec_lacks_module(void)
{
    bool lacking = modules.lacking;
    modules.lacking = false;
    return lacking;
}

pat_status pat_codec_need(const pat_file_format *format, const char *name, pat_error *error)
{
    if (format->module == NULL || load_module(format->module))
        return PAT_OK;
    modules.lacking = true;
    return pat_fail(error, PAT_UNSUPPORTED_FORMAT,
                    "%s: %s needs the module vips-%s of libvips, which cannot be loaded; reinstall "
                    "libvips, convert the image to PNG, or leave it out",
                    name, format->title, format->module);
}

/* Start libvips without its modules. It would load all of them from VIPSHOME, with fifty libraries,
 * although some are for formats that we block, such as PDF. */
static int start_without_modules(void)
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
    if (codec_started)
        return PAT_OK;
    pat_status status = pat_vips_load(&vips, error);
    if (status != PAT_OK)
        return status;
    if (start_without_modules() != 0)
        return pat_fail(error, PAT_INTERNAL,
                        "the image library libvips failed to start (%s); reinstall it",
                        vips.error_buffer());
    vips.concurrency_set(1);
    vips.cache_set_max(0);
    allow_formats();
    vips.log_set_handler("VIPS", G_LOG_LEVEL_WARNING, note_warning, NULL);
    vips.log_set_handler("GLib", G_LOG_LEVEL_ERROR | G_LOG_FLAG_FATAL, note_fatal, NULL);
    codec_started = true;
    return PAT_OK;
}

const pat_vips *pat_codec_library(void)
{
    return &vips;
}

const char *pat_codec_version(void)
{
    return vips.version_string != NULL ? vips.version_string() : "none";
}
