/* TIFF: Adobe, "TIFF Revision 6.0". libvips decodes and encodes, with libtiff. */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "image/codec.h"
#include "image/jpeg.h"
#include "image/picture.h"
#include "image/source.h"
#include "image/tiff.h"
#include "image/vips.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* ---- Looking --------------------------------------------------------------------------------- */

enum tag {
    BITS_PER_SAMPLE = 258,
    COMPRESSION = 259,
    PHOTOMETRIC = 262,
    ORIENTATION = 274,
    SAMPLES_PER_PIXEL = 277,
    X_RESOLUTION = 282,
    Y_RESOLUTION = 283,
    PLANAR = 284,
    RESOLUTION_UNIT = 296,
    TILE_WIDTH = 322,
    INK_SET = 332,
    EXTRA_SAMPLES = 338,
    SAMPLE_FORMAT = 339,
    NEW_SUBFILE_TYPE = 254,
    SUB_DIRECTORIES = 330,
    DNG_VERSION = 50706,
};

enum { WHITE_IS_ZERO, BLACK_IS_ZERO, TRUE_COLOR, PALETTE, SEPARATED = 5, YCBCR };
enum { UNSPECIFIED, ASSOCIATED_ALPHA, UNASSOCIATED_ALPHA, COREL_UNASSOCIATED_ALPHA = 999 };
enum { JPEG_COMPRESSION = 7 };
enum { GREY_SAMPLES_MAX = 4 }; /* imread's limit */

enum {
    BITS,
    PACKING,
    MODEL,
    TURN,
    SAMPLES,
    PLANES,
    TILES,
    INKS,
    EXTRA,
    KIND,
    UNIT,
    SUBFILE,
    MORE,
    DNG,
    FIELDS
};

struct field {
    enum tag tag;
    unsigned value;        /* the first value; preset to the default */
    uint64_t at;           /* file offset of its low byte; 0 if the field is absent */
    uint64_t start, count; /* file offset and number of the values */
    unsigned size;         /* of each value, in bytes */
};

/* The integer types: BYTE, SHORT, LONG and LONG8, their signed versions, and the offsets IFD and
 * IFD8. As in libtiff, a field may have any of these types, and a negative value is ignored. */
static const struct number_type {
    uint8_t size;
    bool has_sign;
} number_types[] = {
    [1] = {1, false}, [3] = {2, false},  [4] = {4, false},  [6] = {1, true},  [8] = {2, true},
    [9] = {4, true},  [13] = {4, false}, [16] = {8, false}, [17] = {8, true}, [18] = {8, false}};

static void read_field(pat_reader *tiff, const struct number_type *type, uint64_t at,
                       uint64_t count, struct field *field)
{
    uint64_t value = pat_reader_get(tiff, at, type->size);
    if (type->has_sign && value >> (8 * type->size - 1) != 0)
        return;
    field->at = tiff->little_endian ? at : at + type->size - 1;
    field->start = at;
    field->count = count;
    field->size = type->size;
    field->value = (unsigned)value;
}

/* Read the first value of each of `fields` from the first directory. The first of repeated fields
 * counts. */
static void read_fields(pat_reader *tiff, struct field fields[FIELDS])
{
    bool big = pat_reader_get(tiff, 2, 2) == 43;
    unsigned wide = big ? 8 : 4, entry_size = big ? 20 : 12, head = big ? 8 : 2;
    uint64_t directory = pat_reader_get(tiff, big ? 8 : 4, wide);
    uint64_t entries = pat_reader_get(tiff, directory, head);

    for (uint64_t i = 0; i < entries && !tiff->overrun; i++) {
        uint64_t entry = directory + head + i * entry_size, at = entry + 4 + wide;
        unsigned tag = (unsigned)pat_reader_get(tiff, entry, 2);
        unsigned type = (unsigned)pat_reader_get(tiff, entry + 2, 2);
        uint64_t values = pat_reader_get(tiff, entry + 4, wide);
        unsigned size = type < COUNT(number_types) ? number_types[type].size : 0;
        for (size_t f = 0; f < FIELDS && size > 0 && values > 0; f++) {
            if (fields[f].tag != tag || fields[f].at != 0)
                continue;
            if (values > wide / size)
                at = pat_reader_get(tiff, at, wide);
            read_field(tiff, &number_types[type], at, values, &fields[f]);
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

static bool is_unassociated(unsigned extra)
{
    return extra == UNASSOCIATED_ALPHA || extra == COREL_UNASSOCIATED_ALPHA;
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
    bool is_separate = field[PLANES].value == 2;

    if (!compression_is_known(field[PACKING].value))
        return "its compression";
    if (field[KIND].value != 1)
        return "signed or floating-point samples";
    if (field[MODEL].at == 0)
        return "no tag says how its colors are stored";
    if (bits != 1 && bits != 8 && bits != 16)
        return "not 1, 8 or 16 bits per sample";
    if (field[TILES].at != 0 && mirrors_rows(field[TURN].value))
        return "mirrored tiles";
    recipe->narrowing = PAT_HIGH_BYTE;
    recipe->color = PAT_RGB;
    switch (field[MODEL].value) {
    case WHITE_IS_ZERO:
    case BLACK_IS_ZERO:
        recipe->color = PAT_GREY;
        if (samples > 1 && is_separate)
            return "gray and other channels in separate planes";
        if (samples == 1 || (samples <= GREY_SAMPLES_MAX && bits >= 8))
            return NULL;
        break;
    case TRUE_COLOR:
        recipe->narrowing = PAT_ROUNDED;
        if (field[EXTRA].count > 1)
            return "more than one extra channel";
        if (samples == 4 && is_unassociated(field[EXTRA].value))
            recipe->color = PAT_RGB_TIMES_ALPHA;
        if (bits >= 8 && ((samples == 3 && field[EXTRA].count == 0) || samples == 4))
            return NULL;
        break;
    case PALETTE:
        if (samples == 1 ? bits <= 8 : samples == 2 && bits == 8 && !is_separate)
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

/* Whether an extra channel after the first is premultiplied alpha. libvips divides the colors by
 * it, and decode() hides only the first extra channel from libvips. */
static bool has_later_alpha(pat_reader *tiff, const struct field *extra)
{
    bool found = false;
    for (uint64_t i = 1; i < extra->count && !tiff->overrun; i++)
        found = found || pat_reader_get(tiff, extra->start + i * extra->size, extra->size) ==
                             ASSOCIATED_ALPHA;
    return found;
}

/* Whether the file is a camera raw file: DNG has a tag of its own, Canon CR2 a signature. Nikon,
 * Sony and others put the full image into a subdirectory, beside a reduced one. Pentax, Samsung and
 * others store the samples of a color filter array. */
static bool is_camera_raw(pat_file_bytes file, const struct field field[FIELDS])
{
    enum { REDUCED = 1, CANON = 8, COLOR_FILTER = 32803, LINEAR_RAW = 34892 };
    return field[DNG].at != 0 || ((field[SUBFILE].value & REDUCED) != 0 && field[MORE].at != 0) ||
           (file.size >= CANON + 3 && memcmp(file.bytes + CANON, "CR\2", 3) == 0) ||
           field[MODEL].value == COLOR_FILTER || field[MODEL].value == LINEAR_RAW;
}

/* Read a RATIONAL. {0, 0} if the entry has another type. */
static struct rational {
    uint64_t numerator, denominator;
} read_rational(pat_reader *tiff, const pat_tiff_entry *entry)
{
    enum { RATIONAL = 5 };
    uint64_t at = (uint64_t)(entry->value.bytes - tiff->file.bytes);
    if (entry->type != RATIONAL || entry->count == 0)
        return (struct rational){0};
    return (struct rational){pat_reader_get(tiff, at, 4), pat_reader_get(tiff, at + 4, 4)};
}

/* Without a unit, the numbers are only an aspect ratio, but libvips takes them as pixels per mm. */
static void look_for_resolution(pat_reader *tiff, unsigned unit, pat_recipe *recipe)
{
    enum { NO_UNIT = 1, INCH, CENTIMETER };
    pat_tiff_entry across, down;
    if (!pat_tiff_find(tiff->file, X_RESOLUTION, &across) ||
        !pat_tiff_find(tiff->file, Y_RESOLUTION, &down))
        return;
    recipe->has_resolution = unit == INCH || unit == CENTIMETER;
    struct rational x = read_rational(tiff, &across), y = read_rational(tiff, &down);
    if (unit == NO_UNIT)
        pat_recipe_set_aspect(recipe, x.numerator * y.denominator, y.numerator * x.denominator);
}

static void look(pat_file_bytes file, pat_recipe *recipe)
{
    pat_reader tiff = {.file = file, .little_endian = file.bytes[0] == 'I'};
    struct field field[FIELDS] = {
        [BITS] = {.tag = BITS_PER_SAMPLE, .value = 1},
        [PACKING] = {.tag = COMPRESSION, .value = 1},
        [MODEL] = {.tag = PHOTOMETRIC},
        [TURN] = {.tag = ORIENTATION, .value = 1},
        [SAMPLES] = {.tag = SAMPLES_PER_PIXEL, .value = 1},
        [PLANES] = {.tag = PLANAR, .value = 1},
        [TILES] = {.tag = TILE_WIDTH},
        [INKS] = {.tag = INK_SET, .value = 1},
        [EXTRA] = {.tag = EXTRA_SAMPLES},
        [KIND] = {.tag = SAMPLE_FORMAT, .value = 1},
        [UNIT] = {.tag = RESOLUTION_UNIT, .value = 2},
        [SUBFILE] = {.tag = NEW_SUBFILE_TYPE},
        [MORE] = {.tag = SUB_DIRECTORIES},
        [DNG] = {.tag = DNG_VERSION},
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
    look_for_resolution(&tiff, field[UNIT].value, recipe);
    recipe->extra_channel = field[EXTRA].at;
    recipe->extra_is_alpha = field[EXTRA].at != 0 && field[EXTRA].value != UNSPECIFIED;
    recipe->unsupported = choose_recipe(field, recipe);
    if (has_later_alpha(&tiff, &field[EXTRA]))
        recipe->unsupported = "premultiplied alpha after another extra channel";
    if (is_camera_raw(file, field)) {
        recipe->unsupported = "a camera raw file";
        recipe->remedy = "develop it to TIFF, for example with darktable-cli or dcraw -T";
    }
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
static void unmark_alpha(const pat_picture *picture, uint8_t *bytes, size_t size)
{
    pat_recipe saved = {0};
    if (picture->row != &pat_format_tiff_row || picture->recipe.extra_is_alpha)
        return;
    look((pat_file_bytes){bytes, size}, &saved);
    if (saved.extra_channel != 0)
        bytes[saved.extra_channel] = UNSPECIFIED;
}

/* Overwrite the value of a SHORT or a RATIONAL with an integer. The file is little-endian. */
static void overwrite(uint8_t *bytes, size_t size, enum tag tag, uint32_t number)
{
    enum { SHORT_SIZE = 2, RATIONAL_SIZE = 8 };
    pat_tiff_entry entry;
    if (!pat_tiff_find((pat_file_bytes){bytes, size}, tag, &entry))
        return;
    uint8_t *value = bytes + (entry.value.bytes - bytes);
    pat_put_little(value, entry.value.size == RATIONAL_SIZE ? 4 : SHORT_SIZE, number);
    if (entry.value.size == RATIONAL_SIZE)
        pat_put_little(value + 4, 4, 1);
}

/* libvips makes up a resolution if there is none. Put the aspect ratio there, if there is one. */
static void finish(const pat_picture *picture, const pat_picture_plan *plan, uint8_t *bytes,
                   size_t size)
{
    unmark_alpha(picture, bytes, size);
    if (plan->aspect[0] == 0 || bytes[0] != 'I')
        return;
    overwrite(bytes, size, RESOLUTION_UNIT, 1); /* none */
    overwrite(bytes, size, X_RESOLUTION, plan->aspect[0]);
    overwrite(bytes, size, Y_RESOLUTION, plan->aspect[1]);
}

/* ---- Metadata -------------------------------------------------------------------------------- */

enum {
    DOCUMENT_NAME = 269,
    DESCRIPTION,
    MAKE,
    CAMERA_MODEL,
    SOFTWARE = 305,
    DATE_TIME,
    ARTIST = 315,
    HOST_COMPUTER,
    XMP = 700,
    COPYRIGHT = 33432,
    IPTC = 33723,
    EXIF_DIRECTORY = 34665,
    GPS_DIRECTORY = 34853
};
enum { ENTRY_SIZE = 12, ASCII = 2 };

static bool has_metadata(pat_file_bytes file, pat_metadata kind)
{
    static const unsigned tags[PAT_METADATA][6] = {
        [PAT_METADATA_EXIF] = {EXIF_DIRECTORY, GPS_DIRECTORY},
        [PAT_METADATA_XMP] = {XMP},
        [PAT_METADATA_IPTC] = {IPTC},
        [PAT_METADATA_TEXT] = {DESCRIPTION, MAKE, CAMERA_MODEL, DATE_TIME, ARTIST, COPYRIGHT},
    };
    pat_tiff_entry entry;
    bool found = false;
    for (size_t i = 0; i < COUNT(tags[kind]) && tags[kind][i] != 0 && !found; i++)
        found = pat_tiff_find(file, tags[kind][i], &entry);
    return found;
}

/* Add an entry to a TIFF directory. A value that does not fit into the entry is first appended to
 * the file. */
static void put_entry(const pat_tiff_entry *entry, size_t start, pat_buffer *out,
                      pat_buffer *directory)
{
    uint8_t bytes[ENTRY_SIZE] = {0};
    pat_put_little(bytes, 2, entry->tag);
    pat_put_little(bytes + 2, 2, entry->type);
    pat_put_little(bytes + 4, 4, (uint32_t)entry->count);
    if (entry->value.size <= 4)
        memcpy(bytes + 8, entry->value.bytes, entry->value.size);
    else
        pat_put_little(bytes + 8, 4, (uint32_t)(out->size - start));
    if (entry->value.size > 4) {
        pat_buffer_append(out, entry->value.bytes, entry->value.size);
        if (entry->value.size % 2 != 0)
            pat_buffer_append_char(out, '\0');
    }
    pat_buffer_append(directory, bytes, sizeof bytes);
}

/* Tags of the entries that are copied from the original, in ascending order. Their values are texts
 * or, for IPTC, bytes, which are the same in either byte order. */
static const unsigned carried[] = {DOCUMENT_NAME, MAKE,          CAMERA_MODEL, SOFTWARE, DATE_TIME,
                                   ARTIST,        HOST_COMPUTER, COPYRIGHT,    IPTC};

static bool find_carried(pat_file_bytes original, size_t index, pat_tiff_entry *entry)
{
    return pat_tiff_find(original, carried[index], entry) &&
           (entry->type == ASCII || entry->tag == IPTC);
}

/* Put the entries of the new file, and those carried, into the directory by ascending tag. start:
 * where the new file begins in `out`. */
static void merge(pat_file_bytes original, pat_file_bytes pixels, size_t start, pat_buffer *out,
                  pat_buffer *directory)
{
    size_t i = 0;
    pat_tiff_entry entry, own;
    pat_tiff_walk walk = pat_tiff_begin(pixels);
    bool more = pat_tiff_next(&walk, &entry);
    while (more || i < COUNT(carried)) {
        bool due = i < COUNT(carried) && (!more || carried[i] <= entry.tag);
        bool found = due && find_carried(original, i, &own);
        if (found)
            put_entry(&own, start, out, directory);
        bool passed = more && (!due || entry.tag == carried[i]);
        if (passed && !found)
            put_entry(&entry, start, out, directory);
        if (passed)
            more = pat_tiff_next(&walk, &entry);
        i += due;
    }
}

/*
 * libvips writes a wrong size for IPTC metadata, and drops the texts. So append the original's to
 * the new file, and a new first directory that refers to them. The new file is little-endian.
 */
static void carry(pat_file_bytes original, pat_file_bytes pixels, bool profile, pat_buffer *out)
{
    (void)profile;
    pat_tiff_entry entry;
    size_t start = out->size;
    bool has_any = false;
    for (size_t i = 0; i < COUNT(carried) && !has_any; i++)
        has_any = find_carried(original, i, &entry);
    pat_buffer directory = {0};
    pat_buffer_append(out, pixels.bytes, pixels.size);
    if (!has_any || pixels.bytes[0] != 'I')
        return;
    if (pixels.size % 2 != 0) /* values and directories begin at even offsets */
        pat_buffer_append_char(out, '\0');
    merge(original, pixels, start, out, &directory);
    uint8_t count[2], link[4];
    pat_put_little(count, 2, (uint32_t)(directory.size / ENTRY_SIZE));
    pat_put_little(link, 4, (uint32_t)(out->size - start));
    pat_buffer_append(out, count, sizeof count);
    pat_buffer_append(out, directory.data, directory.size);
    pat_buffer_append(out, "\0\0\0\0", 4);
    out->failed = out->failed || directory.failed;
    if (!out->failed)
        memcpy(out->data + start + 4, link, sizeof link);
    pat_buffer_release(&directory);
}

const pat_file_format pat_format_tiff_row = {
    .name = "tiff",
    .title = "TIFF",
    .media_type = "image/tiff",
    .extensions = {"tif", "tiff"},
    .signatures = {{"II*\0", 4}, {"MM\0*", 4}, {"II+\0", 4}, {"MM\0+", 4}},
    .look = look,
    .count_pages = pat_tiff_count_pages,
    .put_first = pat_tiff_put_first,
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
    .has_aspect = true,
    .save = pat_picture_save_target,
    .encode = encode,
    .finish = finish,
    .carry = carry,
    .has_metadata = has_metadata,
};
