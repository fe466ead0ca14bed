#include "image/inspect.h"

#include <string.h>

/* Numbers in the bytes of a file. */
struct reader {
    const uint8_t *bytes;
    size_t size;
    bool little_endian;
    bool overrun; /* something beyond the end was asked for; it read as 0 */
};

static uint64_t number_at(struct reader *reader, uint64_t at, unsigned length)
{
    if (at > reader->size || reader->size - at < length) {
        reader->overrun = true;
        return 0;
    }
    uint64_t value = 0;
    for (unsigned i = 0; i < length; i++)
        value = value << 8 | reader->bytes[at + (reader->little_endian ? length - 1 - i : i)];
    return value;
}

/*
 * What OpenCV reads of a directory entry besides the orientation, and gives up if it is outside:
 * `length` bytes at the offset in the entry, or (0) a text of the length in the entry.
 */
static const struct exif_field {
    unsigned tag, length;
} exif_fields[] = {
    {0x010e, 0}, {0x010f, 0}, {0x0110, 0},  {0x0131, 0},  {0x0132, 0},  {0x8298, 0},
    {0x011a, 8}, {0x011b, 8}, {0x013e, 16}, {0x013f, 48}, {0x0211, 24}, {0x0214, 48},
};

static void read_exif_field(struct reader *exif, uint64_t entry, unsigned tag)
{
    for (size_t i = 0; i < sizeof exif_fields / sizeof exif_fields[0]; i++) {
        if (exif_fields[i].tag != tag)
            continue;
        uint64_t at = number_at(exif, entry + 8, 4), length = exif_fields[i].length;
        if (length == 0) {
            length = number_at(exif, entry + 4, 4);
            at = length > 4 ? at : 8; /* sic */
        }
        exif->overrun = exif->overrun || at > exif->size || length > exif->size - at;
    }
}

/* bytes: from the byte-order mark on. 0 if there is none that OpenCV would find. */
static unsigned exif_orientation(const uint8_t *bytes, size_t size)
{
    enum { ORIENTATION = 0x0112, ENTRY_SIZE = 12 };
    struct reader exif = {.bytes = bytes, .size = size};
    exif.little_endian = size >= 2 && bytes[0] == 'I' && bytes[1] == 'I';
    if (number_at(&exif, 2, 2) != 42)
        return 0;
    uint64_t directory = number_at(&exif, 4, 4), entries = number_at(&exif, directory, 2);
    for (uint64_t i = 0; i < entries && !exif.overrun; i++) {
        uint64_t entry = directory + 2 + i * ENTRY_SIZE;
        unsigned tag = (unsigned)number_at(&exif, entry, 2);
        if (tag == ORIENTATION)
            return (unsigned)number_at(&exif, entry + 8, 2);
        read_exif_field(&exif, entry, tag);
    }
    return 0;
}

/* Like OpenCV, look into the first APP1 segment only, and take it for EXIF whatever it is. */
static unsigned jpeg_orientation(const uint8_t *bytes, size_t size)
{
    enum { APP1 = 0xe1, START_OF_SCAN = 0xda, END_OF_IMAGE = 0xd9, PREFIX = 6 };
    struct reader jpeg = {.bytes = bytes, .size = size};
    for (uint64_t at = 2; !jpeg.overrun;) {
        if (number_at(&jpeg, at, 1) != 0xff) {
            at++;
            continue;
        }
        unsigned marker = (unsigned)number_at(&jpeg, at + 1, 1);
        if (marker == START_OF_SCAN || marker == END_OF_IMAGE)
            return 0;
        if (marker == 0xff || marker < 0xc0 || (marker >= 0xd0 && marker <= 0xd7)) {
            at += marker == 0xff ? 1 : 2;
            continue;
        }
        uint64_t length = number_at(&jpeg, at + 2, 2);
        if (marker == APP1)
            return length > 2 + PREFIX && length <= jpeg.size - at - 2
                       ? exif_orientation(jpeg.bytes + at + 4 + PREFIX, length - 2 - PREFIX)
                       : 0;
        at += 2 + length;
    }
    return 0;
}

void pat_inspect_jpeg(const uint8_t *bytes, size_t size, pat_recipe *recipe)
{
    recipe->orientation = jpeg_orientation(bytes, size);
}

/* ISO 3309 CRC-32, as PNG's chunks end with. */
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

static bool is_chunk(const struct reader *png, uint64_t at, const char *type)
{
    return png->size >= 8 && at <= png->size - 8 && memcmp(png->bytes + at + 4, type, 4) == 0;
}

static bool holds_exif(const uint8_t *data, size_t length)
{
    return length >= 2 && data[0] == data[1] && (data[0] == 'I' || data[0] == 'M');
}

/*
 * libvips stops at the last row; whether the file is complete is seen here, from the checksums of
 * the last IDAT and of IEND. The orientation is in the first sound eXIf chunk.
 */
void pat_inspect_png(const uint8_t *bytes, size_t size, pat_recipe *recipe)
{
    enum { SIGNATURE = 8, HEAD = 8, FRAME = 12, BIT_DEPTH = 24, COLOR_TYPE = 25, INDEXED = 3 };
    struct reader png = {.bytes = bytes, .size = size};
    bool end = false, exif_seen = false;
    recipe->bits = (unsigned)number_at(&png, BIT_DEPTH, 1);
    recipe->palette = number_at(&png, COLOR_TYPE, 1) == INDEXED;

    for (uint64_t at = SIGNATURE, next; !end; at = next) {
        uint64_t length = number_at(&png, at, 4);
        next = at + FRAME + length;
        uint32_t checksum = (uint32_t)number_at(&png, next - 4, 4);
        if (png.overrun) {
            recipe->damage = "it ends before its IEND chunk";
            return;
        }
        end = is_chunk(&png, at, "IEND");
        recipe->animated = recipe->animated || is_chunk(&png, at, "acTL");
        bool exif = is_chunk(&png, at, "eXIf") && !exif_seen;
        bool last_data = is_chunk(&png, at, "IDAT") && !is_chunk(&png, next, "IDAT");
        if (!end && !exif && !last_data)
            continue;
        const uint8_t *data = png.bytes + at + HEAD;
        bool sound = crc32(data - 4, length + 4) == checksum;
        if (!sound && !exif)
            recipe->damage = "wrong checksum of its last chunks";
        if (exif && sound && holds_exif(data, length)) {
            exif_seen = true;
            recipe->orientation = exif_orientation(data, length);
        }
    }
}

/* imread ignores EXIF in WebP. */
void pat_inspect_webp(const uint8_t *bytes, size_t size, pat_recipe *recipe)
{
    enum { KIND = 12, FLAGS = 20, ANIMATED = 2 };
    if (size > FLAGS && memcmp(bytes + KIND, "VP8X", 4) == 0 && bytes[FLAGS] & ANIMATED)
        recipe->unsupported = "an animation";
    struct reader webp = {.bytes = bytes, .size = size, .little_endian = true};
    for (uint64_t at = KIND; at + 8 <= size && !recipe->lossless;) {
        uint64_t length = number_at(&webp, at + 4, 4);
        recipe->lossless = memcmp(bytes + at, "VP8L", 4) == 0;
        at += 8 + length + length % 2;
    }
}

enum tiff_tag {
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

struct tiff_field {
    enum tiff_tag tag;
    unsigned value; /* the first one; preset to the default */
    uint64_t at;    /* where its lowest byte is in the file; 0 if the field is absent */
    uint64_t count;
};

/* First value of each of `fields` in the first directory. Of a repeated field the first counts. */
static void read_tiff_fields(struct reader *tiff, struct tiff_field fields[FIELDS])
{
    static const uint8_t sizes[] = {[1] = 1, [3] = 2, [4] = 4, [16] = 8};
    bool big = number_at(tiff, 2, 2) == 43;
    unsigned wide = big ? 8 : 4, entry_size = big ? 20 : 12, head = big ? 8 : 2;
    uint64_t directory = number_at(tiff, big ? 8 : 4, wide);
    uint64_t entries = number_at(tiff, directory, head);

    for (uint64_t i = 0; i < entries && !tiff->overrun; i++) {
        uint64_t entry = directory + head + i * entry_size, at = entry + 4 + wide;
        unsigned tag = (unsigned)number_at(tiff, entry, 2);
        unsigned type = (unsigned)number_at(tiff, entry + 2, 2);
        uint64_t values = number_at(tiff, entry + 4, wide);
        unsigned size = type < sizeof sizes ? sizes[type] : 0;
        for (size_t f = 0; f < FIELDS && size > 0 && values > 0; f++) {
            if (fields[f].tag != tag || fields[f].at != 0)
                continue;
            if (values > wide / size)
                at = number_at(tiff, at, wide);
            fields[f].at = tiff->little_endian ? at : at + size - 1;
            fields[f].count = values;
            fields[f].value = (unsigned)number_at(tiff, at, size);
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

/* Then imread mirrors each tile but leaves it in its column: not a picture worth having. */
static bool mirrors_rows(unsigned orientation)
{
    return orientation == 2 || orientation == 3 || orientation == 6 || orientation == 7;
}

/* NULL if the recipe gives the pixels of libtiff's RGBA interface (imread's way), or why not. */
static const char *choose_tiff_recipe(const struct tiff_field field[FIELDS], pat_recipe *recipe)
{
    unsigned bits = field[BITS].value, samples = field[SAMPLES].value;

    if (!compression_is_known(field[PACKING].value))
        return "its compression";
    if (field[KIND].value != 1)
        return "signed or floating-point samples";
    if (field[MODEL].at == 0)
        return "it does not say how colors are stored";
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
        recipe->color = PAT_CMYK_OF_TIFF;
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

void pat_inspect_tiff(const uint8_t *bytes, size_t size, pat_recipe *recipe)
{
    struct reader tiff = {.bytes = bytes, .size = size};
    struct tiff_field field[FIELDS] = {
        [BITS] = {BITS_PER_SAMPLE, 1, 0, 0},      [PACKING] = {COMPRESSION, 1, 0, 0},
        [MODEL] = {PHOTOMETRIC, 0, 0, 0},         [TURN] = {ORIENTATION, 1, 0, 0},
        [SAMPLES] = {SAMPLES_PER_PIXEL, 1, 0, 0}, [PLANES] = {PLANAR, 1, 0, 0},
        [TILES] = {TILE_WIDTH, 0, 0, 0},          [INKS] = {INK_SET, 1, 0, 0},
        [EXTRA] = {EXTRA_SAMPLES, 0, 0, 0},       [KIND] = {SAMPLE_FORMAT, 1, 0, 0},
    };
    tiff.little_endian = tiff.bytes[0] == 'I';
    read_tiff_fields(&tiff, field);
    if (tiff.overrun) {
        recipe->damage = "it ends inside its directory";
        return;
    }
    recipe->orientation = field[TURN].value;
    recipe->bits = field[BITS].value;
    recipe->palette = field[MODEL].value == PALETTE;
    recipe->packed = field[PACKING].value != 1;
    recipe->extra_channel = field[EXTRA].at;
    recipe->extra_is_alpha = field[EXTRA].at != 0 && field[EXTRA].value != UNSPECIFIED;
    recipe->unsupported = choose_tiff_recipe(field, recipe);
    if (field[EXTRA].value == ASSOCIATED_ALPHA)
        recipe->hidden_alpha = field[EXTRA].at;
}
