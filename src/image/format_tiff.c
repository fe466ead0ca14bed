/* TIFF: Adobe, "TIFF Revision 6.0". libvips decodes and encodes, with libtiff. */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "image/codec.h"
#include "image/jpeg.h"
#include "image/picture.h"
#include "image/source.h"
#include "image/vips.h"

/* ---- Looking --------------------------------------------------------------------------------- */

enum tag {
    BITS_PER_SAMPLE = 258,
    COMPRESSION = 259,
    PHOTOMETRIC = 262,
    ORIENTATION = 274,
    SAMPLES_PER_PIXEL = 277,
    PLANAR = 284,
    TILE_WIDTH = 322,
    INK_SET = 332,
    EXTRA_SAMPLES = 338,
    SAMPLE_FORMAT = 339,
};

enum { WHITE_IS_ZERO, BLACK_IS_ZERO, TRUE_COLOR, PALETTE, SEPARATED = 5, YCBCR };
enum { UNSPECIFIED, ASSOCIATED_ALPHA, UNASSOCIATED_ALPHA, COREL_UNASSOCIATED_ALPHA = 999 };
enum { JPEG_COMPRESSION = 7 };

enum { BITS, PACKING, MODEL, TURN, SAMPLES, PLANES, TILES, INKS, EXTRA, KIND, FIELDS };

struct field {
    enum tag tag;
    unsigned value; /* the first value; preset to the default */
    uint64_t at;    /* file offset of its low byte; 0 if the field is absent */
    uint64_t count;
};

/* Read the first value of each of `fields` from the first directory. The first of repeated fields
 * counts. */
static void read_fields(pat_reader *tiff, struct field fields[FIELDS])
{
    static const uint8_t sizes[] = {[1] = 1, [3] = 2, [4] = 4, [16] = 8};
    bool big = pat_reader_get(tiff, 2, 2) == 43;
    unsigned wide = big ? 8 : 4, entry_size = big ? 20 : 12, head = big ? 8 : 2;
    uint64_t directory = pat_reader_get(tiff, big ? 8 : 4, wide);
    uint64_t entries = pat_reader_get(tiff, directory, head);

    for (uint64_t i = 0; i < entries && !tiff->overrun; i++) {
        uint64_t entry = directory + head + i * entry_size, at = entry + 4 + wide;
        unsigned tag = (unsigned)pat_reader_get(tiff, entry, 2);
        unsigned type = (unsigned)pat_reader_get(tiff, entry + 2, 2);
        uint64_t values = pat_reader_get(tiff, entry + 4, wide);
        unsigned size = type < sizeof sizes ? sizes[type] : 0;
        for (size_t f = 0; f < FIELDS && size > 0 && values > 0; f++) {
            if (fields[f].tag != tag || fields[f].at != 0)
                continue;
            if (values > wide / size)
                at = pat_reader_get(tiff, at, wide);
            fields[f].at = tiff->little_endian ? at : at + size - 1;
            fields[f].count = values;
            fields[f].value = (unsigned)pat_reader_get(tiff, at, size);
        }
    }
}

static bool compression_is_known(unsigned compression)
{
    /* none, CCITT (3), LZW, JPEG, Deflate (2), PackBits, LZMA, Zstandard */
    static const unsigned known[] = {1, 2, 3, 4, 5, 7, 8, 32946, 32773, 34925, 50000};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (known[i] == compression)
            return true;
    return false;
}

/* With these, imread mirrors each tile but leaves it in its column: the result is useless. */
static bool mirrors_rows(unsigned orientation)
{
    return orientation == 2 || orientation == 3 || orientation == 6 || orientation == 7;
}

/* Set the recipe to give the pixels of libtiff's RGBA interface, which imread uses. Returns NULL,
 * or why that is impossible. */
static const char *choose_recipe(const struct field field[FIELDS], pat_recipe *recipe)
{
    unsigned bits = field[BITS].value, samples = field[SAMPLES].value;

    if (!compression_is_known(field[PACKING].value))
        return "its compression";
    if (field[KIND].value != 1)
        return "signed or floating-point samples";
    if (field[MODEL].at == 0)
        return "no tag says how its colors are stored";
    if (bits != 1 && bits != 8 && bits != 16)
        return "not 1, 8 or 16 bits per sample";
    if (field[EXTRA].count > 1)
        return "more than one extra channel";
    if (field[TILES].at != 0 && mirrors_rows(field[TURN].value))
        return "mirrored tiles";
    recipe->narrowing = PAT_HIGH_BYTE;
    recipe->color = PAT_RGB;
    switch (field[MODEL].value) {
    case WHITE_IS_ZERO:
    case BLACK_IS_ZERO:
        recipe->color = PAT_GREY;
        if (samples == 1 || (samples == 2 && bits >= 8 && field[PLANES].value == 1))
            return NULL;
        break;
    case TRUE_COLOR:
        recipe->narrowing = PAT_ROUNDED;
        if (samples == 4 && (field[EXTRA].value == UNASSOCIATED_ALPHA ||
                             field[EXTRA].value == COREL_UNASSOCIATED_ALPHA))
            recipe->color = PAT_RGB_TIMES_ALPHA;
        if (bits >= 8 && ((samples == 3 && field[EXTRA].count == 0) || samples == 4))
            return NULL;
        break;
    case PALETTE:
        if (samples == 1 && bits <= 8)
            return NULL;
        break;
    case SEPARATED:
        recipe->color = PAT_CMYK;
        if (samples == 4 && bits == 8 && field[INKS].value == 1)
            return NULL;
        break;
    case YCBCR:
        if (samples == 3 && bits == 8 && field[PACKING].value == JPEG_COMPRESSION)
            return NULL;
        break;
    default:
        return "its color model";
    }
    return "its combination of color model, samples and bits";
}

static void look(pat_file_bytes file, pat_recipe *recipe)
{
    pat_reader tiff = {.file = file, .little_endian = file.bytes[0] == 'I'};
    struct field field[FIELDS] = {
        [BITS] = {BITS_PER_SAMPLE, 1, 0, 0},      [PACKING] = {COMPRESSION, 1, 0, 0},
        [MODEL] = {PHOTOMETRIC, 0, 0, 0},         [TURN] = {ORIENTATION, 1, 0, 0},
        [SAMPLES] = {SAMPLES_PER_PIXEL, 1, 0, 0}, [PLANES] = {PLANAR, 1, 0, 0},
        [TILES] = {TILE_WIDTH, 0, 0, 0},          [INKS] = {INK_SET, 1, 0, 0},
        [EXTRA] = {EXTRA_SAMPLES, 0, 0, 0},       [KIND] = {SAMPLE_FORMAT, 1, 0, 0},
    };
    read_fields(&tiff, field);
    if (tiff.overrun) {
        recipe->damage = "it ends inside its directory";
        return;
    }
    recipe->orientation = field[TURN].value;
    recipe->bits = field[BITS].value;
    recipe->palette = field[MODEL].value == PALETTE;
    recipe->compressed = field[PACKING].value != 1;
    recipe->extra_channel = field[EXTRA].at;
    recipe->extra_is_alpha = field[EXTRA].at != 0 && field[EXTRA].value != UNSPECIFIED;
    recipe->unsupported = choose_recipe(field, recipe);
    if (field[EXTRA].value == ASSOCIATED_ALPHA)
        recipe->hidden_alpha = field[EXTRA].at;
}

/* ---- Decoding -------------------------------------------------------------------------------- */

/*
 * libvips divides colors by an associated alpha, which loses precision and which imread does not
 * do. So decode such a file from a copy in which the alpha channel is marked as unspecified.
 */
static pat_status decode(const pat_source *source, pat_recipe *recipe, pat_image *image)
{
    if (recipe->hidden_alpha == 0)
        return pat_codec_decode(source, recipe, image);
    uint8_t *copy = malloc(source->file.size);
    if (copy == NULL)
        return pat_fail_memory(source->error, "decoding an image");
    memcpy(copy, source->file.bytes, source->file.size);
    copy[recipe->hidden_alpha] = UNSPECIFIED;
    pat_source changed = *source;
    changed.file.bytes = copy;
    pat_status status = pat_codec_decode(&changed, recipe, image);
    free(copy);
    return status;
}

static bool warns_of_damage(const char *message)
{
    static const char *const phrases[] = {
        "Premature EO",         /* fax coding: end of line or file */
        "Line length mismatch", /* fax coding */
        "Discarding",           /* PackBits */
    };
    for (size_t i = 0; i < sizeof phrases / sizeof *phrases; i++)
        if (strstr(message, phrases[i]) != NULL)
            return true;
    return pat_jpeg_warns_of_damage(message); /* the file may contain JPEG data */
}

/* ---- Writing --------------------------------------------------------------------------------- */

static int encode(const pat_picture_plan *plan, VipsImage *image, VipsTarget *target)
{
    return pat_codec_library()->call("tiffsave_target", image, target, "compression",
                                     plan->compressed ? VIPS_FOREIGN_TIFF_COMPRESSION_DEFLATE
                                                      : VIPS_FOREIGN_TIFF_COMPRESSION_NONE,
                                     "predictor", VIPS_FOREIGN_TIFF_PREDICTOR_HORIZONTAL, NULL);
}

/* libvips marks every fourth (or second) channel as alpha. If the original did not, neither may the
 * new file, or programs would multiply the colors by it. */
static void finish(const pat_picture *picture, uint8_t *bytes, size_t size)
{
    pat_recipe saved = {0};
    if (picture->row != &pat_format_tiff_row || picture->recipe.extra_is_alpha)
        return;
    look((pat_file_bytes){bytes, size}, &saved);
    if (saved.extra_channel != 0)
        bytes[saved.extra_channel] = UNSPECIFIED;
}

const pat_file_format pat_format_tiff_row = {
    .name = "tiff",
    .title = "TIFF",
    .media_type = "image/tiff",
    .extensions = {"tif", "tiff"},
    .signatures = {{"II*\0", 4}, {"MM\0*", 4}, {"II+\0", 4}, {"MM\0+", 4}},
    .look = look,
    .decode = decode,
    .load = pat_picture_load_source,
    .loader = "tiffload_source",
    .loader_class = "VipsForeignLoadTiff",
    .goes_on_after_errors = true,
    .warns_of_damage = warns_of_damage,
    .unsupported = {"unsupported tiff", "Unsupported JPEG", "Maximum supported"},
    .light = pat_light_libtiff,
    .has_alpha = true,
    .has_grey = true,
    .has_16_bits = true,
    .save = pat_picture_save_target,
    .encode = encode,
    .finish = finish,
};
