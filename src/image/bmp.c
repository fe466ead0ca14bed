/*
 * Format: Microsoft, "Bitmap Storage" (BITMAPFILEHEADER, BITMAPCOREHEADER, BITMAPINFOHEADER,
 * BITMAPV4HEADER, BITMAPV5HEADER, "Bitmap Compression"). All numbers are little-endian.
 */
#include "image/bmp.h"

#include <limits.h>
#include <string.h>

#include "image/bytes.h"

enum {
    FILE_HEADER = 14, /* bytes before the information header */
    CORE_HEADER = 12, /* the OS/2 1.x header: 16-bit sizes, 3-byte palette entries */
    SMALLEST_HEADER = 36,
    INFO_HEADER = 40,
    MASKS = FILE_HEADER + INFO_HEADER, /* after a small header, inside a large one */
    NOT_READABLE = 0,
};

/* The compression field. */
enum { RGB, RLE8, RLE4, BITFIELDS };

/* The second byte of a pair whose first is 0. Values above DELTA count literal pixels. */
enum { END_OF_LINE, END_OF_BITMAP, DELTA };

static const char too_short[] = "it ends inside the header";
static const char too_few_rows[] = "it ends before the last row";
static const char run_too_long[] = "a run extends past the end of its row";
static const char bad_literals[] = "literal pixels extend past the end of their row or of the file";

static uint32_t get16(const uint8_t *bytes)
{
    return pat_get_little(bytes, 2);
}

static uint32_t get32(const uint8_t *bytes)
{
    return pat_get_little(bytes, 4);
}

static pat_status corrupt(const char **cause, const char *text)
{
    *cause = text;
    return PAT_CORRUPT;
}

static pat_status unsupported(const char **cause, const char *text)
{
    *cause = text;
    return PAT_UNSUPPORTED_FORMAT;
}

/* Bytes of one uncompressed row: padded to a multiple of four. */
static size_t row_size(const pat_bmp *bmp)
{
    size_t bits = bmp->bits == 15 ? 16 : (size_t)bmp->bits;
    return ((size_t)bmp->width * bits + 31) / 32 * 4;
}

static uint8_t *row_of(const pat_bmp *bmp, const pat_image *image, int channel, int y)
{
    const pat_plane *plane = &image->plane[channel];
    return plane->data + (bmp->top_down ? y : bmp->height - 1 - y) * plane->stride;
}

static pat_status read_palette(pat_bmp *bmp, size_t start, size_t entries, size_t entry_size,
                               const char **cause)
{
    if (start > bmp->size || entries * entry_size > bmp->size - start)
        return corrupt(cause, "it ends inside the palette");
    for (size_t i = 0; i < entries; i++) {
        const uint8_t *entry = bmp->bytes + start + i * entry_size;
        bmp->palette[i][PAT_BLUE] = entry[0];
        bmp->palette[i][PAT_GREEN] = entry[1];
        bmp->palette[i][PAT_RED] = entry[2];
    }
    return PAT_OK;
}

static bool masks_are(const uint8_t *masks, uint32_t red, uint32_t green, uint32_t blue)
{
    return get32(masks) == red && get32(masks + 4) == green && get32(masks + 8) == blue;
}

/* The layout of 16- or 32-bit pixels: a value for pat_bmp.bits, or NOT_READABLE. */
static int layout_from_masks(const pat_bmp *bmp, size_t header_size)
{
    /* imread looks for the 16-bit masks after a large header and so refuses such files. */
    if (bmp->size < MASKS + 12 || (bmp->bits == 16 && header_size != INFO_HEADER))
        return NOT_READABLE;
    const uint8_t *masks = bmp->bytes + MASKS;
    if (bmp->bits == 32)
        return masks_are(masks, 0xff0000, 0xff00, 0xff) ? 32 : NOT_READABLE;
    if (masks_are(masks, 0x7c00, 0x3e0, 0x1f))
        return 15;
    return masks_are(masks, 0xf800, 0x7e0, 0x1f) ? 16 : NOT_READABLE;
}

static pat_status read_core_header(pat_bmp *bmp, const char **cause)
{
    const uint8_t *header = bmp->bytes + FILE_HEADER;
    bmp->width = (int)get16(header + 4);
    bmp->height = (int)get16(header + 6);
    bmp->bits = (int)get16(header + 10);
    if (bmp->bits <= 8)
        return read_palette(bmp, FILE_HEADER + CORE_HEADER, (size_t)1 << bmp->bits, 3, cause);
    return bmp->bits == 16 ? unsupported(cause, "16 bits per pixel in an OS/2 header") : PAT_OK;
}

static pat_status read_info_header(pat_bmp *bmp, size_t header_size, const char **cause)
{
    const uint8_t *header = bmp->bytes + FILE_HEADER;
    uint32_t height = get32(header + 8), compression = get32(header + 16);
    uint32_t colors = get32(header + 32);

    bmp->top_down = height > INT_MAX;
    if (bmp->top_down)
        height = -height;
    if (get32(header + 4) > INT_MAX || height > INT_MAX)
        return corrupt(cause, "invalid size");
    bmp->width = (int)get32(header + 4);
    bmp->height = (int)height;
    bmp->bits = (int)get16(header + 14);
    bmp->run_length =
        (bmp->bits == 8 && compression == RLE8) || (bmp->bits == 4 && compression == RLE4);
    if (compression == BITFIELDS && (bmp->bits == 16 || bmp->bits == 32)) {
        bmp->bits = layout_from_masks(bmp, header_size);
        if (bmp->bits == NOT_READABLE)
            return unsupported(cause, "its color masks");
    } else if (compression != RGB && !bmp->run_length) {
        return unsupported(cause, "its compression");
    } else if (bmp->bits == 16) {
        bmp->bits = 15;
    }
    if (header_size >= INFO_HEADER) {
        bmp->pixels_per_m[0] = get32(header + 24);
        bmp->pixels_per_m[1] = get32(header + 28);
    }
    if (bmp->bits > 8)
        return PAT_OK;
    if (colors > PAT_BMP_PALETTE_SIZE)
        return corrupt(cause, "invalid palette size");
    return read_palette(bmp, FILE_HEADER + header_size,
                        colors == 0 ? (size_t)1 << bmp->bits : colors, 4, cause);
}

static bool depth_is_known(uint32_t bits)
{
    return bits == 1 || bits == 4 || bits == 8 || bits == 16 || bits == 24 || bits == 32;
}

pat_status pat_bmp_read_header(const uint8_t *bytes, size_t size, pat_bmp *bmp, const char **cause)
{
    if (size < FILE_HEADER + CORE_HEADER)
        return corrupt(cause, too_short);
    size_t header_size = get32(bytes + FILE_HEADER);
    if (header_size > size - FILE_HEADER)
        return corrupt(cause, too_short);
    bool core = header_size == CORE_HEADER;
    if (!core && header_size < SMALLEST_HEADER)
        return unsupported(cause, "its kind of header");
    if (!depth_is_known(get16(bytes + FILE_HEADER + (core ? 10 : 14))))
        return unsupported(cause, "its number of bits per pixel");

    *bmp = (pat_bmp){.bytes = bytes, .size = size, .pixels = get32(bytes + 10)};
    pat_status status =
        core ? read_core_header(bmp, cause) : read_info_header(bmp, header_size, cause);
    if (status != PAT_OK)
        return status;
    if (bmp->width == 0 || bmp->height == 0)
        return corrupt(cause, "it has no pixels");
    if (bmp->pixels < FILE_HEADER + header_size)
        return corrupt(cause, "its pixels start inside the header");
    if (bmp->pixels > size ||
        (!bmp->run_length && (size - bmp->pixels) / row_size(bmp) < (size_t)bmp->height))
        return corrupt(cause, too_few_rows);
    return PAT_OK;
}

/* Uncompressed rows. */

static const uint8_t *palette_entry(const pat_bmp *bmp, const uint8_t *row, int x)
{
    int per_byte = 8 / bmp->bits;
    int shift = (per_byte - 1 - x % per_byte) * bmp->bits;
    return bmp->palette[row[x / per_byte] >> shift & ((1 << bmp->bits) - 1)];
}

static void read_palette_row(const pat_bmp *bmp, const uint8_t *row, uint8_t *const out[])
{
    for (int x = 0; x < bmp->width; x++) {
        const uint8_t *color = palette_entry(bmp, row, x);
        for (int c = 0; c < PAT_CHANNELS; c++)
            out[c][x] = color[c];
    }
}

/* The low bits stay 0, as in imread: the greatest 5-bit sample becomes 248. */
static void read_16_bit_row(const pat_bmp *bmp, const uint8_t *row, uint8_t *const out[])
{
    int green_bits = bmp->bits - 10;
    for (int x = 0; x < bmp->width; x++) {
        uint32_t pixel = get16(row + 2 * x);
        out[PAT_BLUE][x] = (uint8_t)(pixel << 3 & 0xf8);
        out[PAT_GREEN][x] = (uint8_t)(pixel >> 5 << (8 - green_bits));
        out[PAT_RED][x] = (uint8_t)(pixel >> (5 + green_bits) << 3);
    }
}

static void read_24_or_32_bit_row(const pat_bmp *bmp, const uint8_t *row, uint8_t *const out[])
{
    int step = bmp->bits / 8;
    for (int x = 0; x < bmp->width; x++, row += step) {
        out[PAT_BLUE][x] = row[0];
        out[PAT_GREEN][x] = row[1];
        out[PAT_RED][x] = row[2];
    }
}

static void read_rows(const pat_bmp *bmp, const pat_image *image)
{
    const uint8_t *row = bmp->bytes + bmp->pixels;
    for (int y = 0; y < bmp->height; y++, row += row_size(bmp)) {
        uint8_t *const out[PAT_CHANNELS] = {row_of(bmp, image, PAT_RED, y),
                                            row_of(bmp, image, PAT_GREEN, y),
                                            row_of(bmp, image, PAT_BLUE, y)};
        if (bmp->bits <= 8)
            read_palette_row(bmp, row, out);
        else if (bmp->bits <= 16)
            read_16_bit_row(bmp, row, out);
        else
            read_24_or_32_bit_row(bmp, row, out);
    }
}

/* Run-length coding. Skipped pixels get color 0, as in imread. */

struct pen {
    const pat_bmp *bmp;
    const pat_image *image;
    size_t at; /* next byte to read */
    int x, y;  /* next pixel; 0 <= x <= width; y counts rows in file order; done when y = height */
};

static void put(struct pen *pen, unsigned index)
{
    for (int c = 0; c < PAT_CHANNELS; c++)
        row_of(pen->bmp, pen->image, c, pen->y)[pen->x] = pen->bmp->palette[index][c];
    pen->x++;
}

/* Put `count` pixels of one color, wrapping to the next row. A full row is left at once, even if
 * `count` is 0. */
static void fill(struct pen *pen, int64_t count, unsigned index)
{
    do {
        for (; count > 0 && pen->x < pen->bmp->width; count--)
            put(pen, index);
        if (pen->x == pen->bmp->width) {
            pen->x = 0;
            if (++pen->y == pen->bmp->height)
                return;
        }
    } while (count > 0);
}

/* The next two bytes; NULL at the end of the file. */
static const uint8_t *next_pair(struct pen *pen)
{
    if (pen->bmp->size - pen->at < 2)
        return NULL;
    pen->at += 2;
    return pen->bmp->bytes + pen->at - 2;
}

static unsigned nibble(uint8_t byte, int i)
{
    return i % 2 ? byte & 15U : byte >> 4U;
}

/* Put `count` literal pixels, stored in an even number of bytes. False if they do not fit. */
static bool put_literals(struct pen *pen, int count)
{
    size_t bytes = ((size_t)count * (size_t)pen->bmp->bits + 15) / 16 * 2;
    if (count > pen->bmp->width - pen->x || bytes > pen->bmp->size - pen->at)
        return false;
    const uint8_t *data = pen->bmp->bytes + pen->at;
    for (int i = 0; i < count; i++)
        put(pen, pen->bmp->bits == 8 ? data[i] : nibble(data[i / 2], i));
    pen->at += bytes;
    return true;
}

static pat_status read_rle8(struct pen *pen, const char **cause)
{
    int width = pen->bmp->width, height = pen->bmp->height;
    bool row_left = false; /* by a run that filled it: an end of line after it is redundant */

    while (pen->y < height) {
        const uint8_t *pair = next_pair(pen);
        if (pair == NULL)
            return corrupt(cause, too_few_rows);
        int count = pair[0], code = pair[1], row = pen->y;
        if (count > width - pen->x)
            return corrupt(cause, run_too_long);
        if (count > 0) {
            fill(pen, count, (unsigned)code);
        } else if (code > DELTA) {
            if (!put_literals(pen, code))
                return corrupt(cause, bad_literals);
        } else if (code == DELTA) {
            const uint8_t *move = next_pair(pen);
            if (move == NULL)
                return corrupt(cause, too_few_rows);
            fill(pen, move[0] + (int64_t)move[1] * width, 0);
        } else if (code == END_OF_BITMAP) {
            fill(pen, width - pen->x + (int64_t)(height - pen->y) * width, 0);
        } else if (!row_left || pen->x > 0) {
            fill(pen, width - pen->x, 0);
        }
        row_left = count > 0 && pen->y > row;
    }
    return PAT_OK;
}

/*
 * imread ignores the vertical part of a move and treats an end of bitmap as an end of line; a file
 * in which that matters is rejected.
 */
static pat_status read_rle4(struct pen *pen, const char **cause)
{
    int width = pen->bmp->width, height = pen->bmp->height;

    while (pen->y < height) {
        const uint8_t *pair = next_pair(pen);
        if (pair == NULL)
            return corrupt(cause, too_few_rows);
        int count = pair[0], code = pair[1];
        if (count > width - pen->x)
            return corrupt(cause, run_too_long);
        if (count > 0) {
            for (int i = 0; i < count; i++)
                put(pen, nibble(pair[1], i));
        } else if (code > DELTA) {
            if (!put_literals(pen, code))
                return corrupt(cause, bad_literals);
        } else if (code == DELTA) {
            const uint8_t *move = next_pair(pen);
            if (move == NULL)
                return corrupt(cause, too_few_rows);
            if (move[1] != 0)
                return unsupported(cause, "a vertical move in 4-bit run-length coding");
            fill(pen, move[0], 0);
        } else {
            if (code == END_OF_BITMAP && pen->y < height - 1)
                return corrupt(cause, too_few_rows);
            fill(pen, width - pen->x, 0);
        }
    }
    return PAT_OK;
}

pat_status pat_bmp_read_pixels(const pat_bmp *bmp, pat_image *image, const char **cause)
{
    if (!bmp->run_length) {
        read_rows(bmp, image);
        return PAT_OK;
    }
    struct pen pen = {.bmp = bmp, .image = image, .at = bmp->pixels};
    return bmp->bits == 8 ? read_rle8(&pen, cause) : read_rle4(&pen, cause);
}

static void put_headers(uint8_t head[MASKS], const pat_plane *plane, uint32_t size,
                        const uint32_t pixels_per_m[2])
{
    memset(head, 0, MASKS);
    head[0] = 'B';
    head[1] = 'M';
    pat_put_little(head + 2, 4, size);
    pat_put_little(head + 10, 4, MASKS); /* the pixels follow the headers */
    uint8_t *info = head + FILE_HEADER;
    pat_put_little(info, 4, INFO_HEADER);
    pat_put_little(info + 4, 4, (uint32_t)plane->width);
    pat_put_little(info + 8, 4, (uint32_t)plane->height);
    pat_put_little(info + 12, 2, 1);
    pat_put_little(info + 14, 2, 24);
    pat_put_little(info + 20, 4, size - MASKS);
    pat_put_little(info + 24, 4, pixels_per_m[0]);
    pat_put_little(info + 28, 4, pixels_per_m[1]);
}

pat_status pat_bmp_write(const pat_plane planes[PAT_CHANNELS], const uint32_t pixels_per_m[2],
                         pat_buffer *out, const char **cause)
{
    const pat_bmp bmp = {.width = planes[0].width, .height = planes[0].height, .bits = 24};
    size_t row = row_size(&bmp), size = MASKS + row * (size_t)bmp.height;
    if (size > INT32_MAX) {
        *cause = "more than 2 GiB";
        return PAT_TOO_LARGE;
    }
    uint8_t *file = (uint8_t *)pat_buffer_room(out, size);
    if (file == NULL) {
        *cause = "out of memory";
        return PAT_OUT_OF_MEMORY;
    }
    put_headers(file, &planes[0], (uint32_t)size, pixels_per_m);
    out->size += size;
    file += MASKS;
    for (int y = bmp.height - 1; y >= 0; y--, file += row) {
        memset(file + row - 4, 0, 4); /* padding; the rest is overwritten */
        for (int x = 0; x < bmp.width; x++)
            for (int c = 0; c < PAT_CHANNELS; c++)
                file[3 * x + 2 - c] = planes[c].data[y * planes[c].stride + x];
    }
    return PAT_OK;
}
