/* The decoders: exact pixels, refusals, truncation at every byte, and noise. */
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "data_images.h"
#include "patina/image.h"

enum { RAMP_WIDTH = 9, RAMP_HEIGHT = 7, SOFT_SIDE = 16, MUTATIONS = 3000 };

/* A channel's sample at (x, y) of an image in data_images.h. */
typedef int picture(int channel, int x, int y);

static int ramp(int channel, int x, int y)
{
    const int values[PAT_CHANNELS] = {28 * x, 40 * y, 255 - 16 * (x + y)};
    return values[channel];
}

static int soft(int channel, int x, int y)
{
    const int values[PAT_CHANNELS] = {60 + 8 * x, 50 + 8 * y, 120};
    return values[channel];
}

static const struct sample {
    const char *name;
    const uint8_t *bytes;
    size_t size;
    picture *expected;
    int tolerance; /* not 0 for lossy formats */
} samples[] = {
    {"png_rgb", png_rgb, sizeof png_rgb, ramp, 0},
    {"png_interlaced", png_interlaced, sizeof png_interlaced, ramp, 0},
    {"jpeg_baseline", jpeg_baseline, sizeof jpeg_baseline, soft, 30},
    {"jpeg_progressive", jpeg_progressive, sizeof jpeg_progressive, soft, 30},
    {"webp_lossless", webp_lossless, sizeof webp_lossless, ramp, 0},
    {"webp_lossy", webp_lossy, sizeof webp_lossy, soft, 30},
    {"tiff_strips", tiff_strips, sizeof tiff_strips, ramp, 0},
    {"tiff_lzw", tiff_lzw, sizeof tiff_lzw, ramp, 0},
    {"tiff_tiles", tiff_tiles, sizeof tiff_tiles, ramp, 0},
    {"tiff_jpeg", tiff_jpeg, sizeof tiff_jpeg, soft, 30},
};
enum { SAMPLE_COUNT = sizeof samples / sizeof samples[0] };

static char folder[] = "/tmp/patina-test-codec-XXXXXX";
static pat_image image;
static pat_error error;

/* Decodes a copy of exactly this size, so that sanitizers detect reads beyond it. */
static pat_status decode(const uint8_t *bytes, size_t size, uint64_t max_pixels)
{
    uint8_t *copy = malloc(size > 0 ? size : 1);
    assert_non_null(copy);
    memcpy(copy, bytes, size);
    memset(&error, 0, sizeof error);
    pat_status status = pat_image_decode(copy, size, "sample", max_pixels, &image, &error);
    free(copy);
    assert_int_equal(error.status, status);
    assert_true(status == PAT_OK || strncmp(error.message, "sample: ", 8) == 0 ||
                status == PAT_OUT_OF_MEMORY);
    return status;
}

static int sample_at(int channel, int x, int y)
{
    const pat_plane *plane = &image.plane[channel];
    return plane->data[y * plane->stride + x];
}

static void assert_size(int width, int height)
{
    assert_int_equal(image.width, width);
    assert_int_equal(image.height, height);
    for (int c = 0; c < PAT_CHANNELS; c++) {
        assert_int_equal(image.plane[c].width, width);
        assert_int_equal(image.plane[c].height, height);
    }
}

static bool is_picture(picture *expected, int tolerance)
{
    for (int c = 0; c < PAT_CHANNELS; c++)
        for (int y = 0; y < image.height; y++)
            for (int x = 0; x < image.width; x++)
                if (abs(sample_at(c, x, y) - expected(c, x, y)) > tolerance)
                    return false;
    return true;
}

static void assert_sample(const struct sample *sample)
{
    if (sample->expected == ramp)
        assert_size(RAMP_WIDTH, RAMP_HEIGHT);
    else
        assert_size(SOFT_SIDE, SOFT_SIDE);
    if (!is_picture(sample->expected, sample->tolerance))
        fail_msg("%s: wrong pixels", sample->name);
}

static void samples_decode(void **state)
{
    (void)state;
    for (size_t i = 0; i < SAMPLE_COUNT; i++) {
        if (decode(samples[i].bytes, samples[i].size, PAT_MAX_PIXELS_DEFAULT) != PAT_OK)
            fail_msg("%s: %s", samples[i].name, error.message);
        assert_sample(&samples[i]);
    }
}

/* The canvas grows and is reused; a failure in between does no harm. */
static void canvas_is_reused(void **state)
{
    (void)state;
    assert_int_equal(decode(jpeg_baseline, sizeof jpeg_baseline, 1 << 20), PAT_OK);
    void *block = image.block;
    assert_int_equal(decode(png_rgb, sizeof png_rgb, 1 << 20), PAT_OK);
    assert_ptr_equal(image.block, block);
    assert_int_equal(decode(jpeg_baseline, 200, 1 << 20), PAT_CORRUPT);
    assert_int_equal(decode(webp_lossless, sizeof webp_lossless, 1 << 20), PAT_OK);
    assert_ptr_equal(image.block, block);
    assert_true(is_picture(ramp, 0));
    pat_image_release(&image);
    pat_image_release(&image);
    assert_int_equal(decode(png_rgb, sizeof png_rgb, 1 << 20), PAT_OK);
    assert_true(is_picture(ramp, 0));
}

static void the_error_may_be_null(void **state)
{
    (void)state;
    assert_int_equal(pat_image_decode("x", 1, "sample", 100, &image, NULL), PAT_UNSUPPORTED_FORMAT);
    assert_int_equal(pat_image_decode(jpeg_baseline, 100, "sample", 1000, &image, NULL),
                     PAT_CORRUPT);
}

static int ramp_turned(unsigned orientation, int channel, int x, int y)
{
    const int right = RAMP_WIDTH - 1, bottom = RAMP_HEIGHT - 1;
    const int from[9][2] = {{x, y},          {x, y}, {right - x, y},  {right - x, bottom - y},
                            {x, bottom - y}, {y, x}, {y, bottom - x}, {right - y, bottom - x},
                            {right - y, x}};
    return ramp(channel, from[orientation][0], from[orientation][1]);
}

static void orientation_is_applied(void **state)
{
    (void)state;
    static const uint8_t tag[] = {0x12, 0x01, 0x03, 0x00, 0x01, 0x00, 0x00, 0x00};
    uint8_t *bytes = malloc(sizeof tiff_strips);
    assert_non_null(bytes);
    memcpy(bytes, tiff_strips, sizeof tiff_strips);
    uint8_t *value = memmem(bytes, sizeof tiff_strips, tag, sizeof tag);
    assert_non_null(value);
    for (unsigned orientation = 0; orientation <= 9; orientation++) {
        value[sizeof tag] = (uint8_t)orientation;
        unsigned meant = orientation > 8 ? 1 : orientation;
        assert_int_equal(decode(bytes, sizeof tiff_strips, 1000), PAT_OK);
        assert_size(meant < 5 ? RAMP_WIDTH : RAMP_HEIGHT, meant < 5 ? RAMP_HEIGHT : RAMP_WIDTH);
        for (int c = 0; c < PAT_CHANNELS; c++)
            for (int y = 0; y < image.height; y++)
                for (int x = 0; x < image.width; x++)
                    assert_int_equal(sample_at(c, x, y), ramp_turned(meant, c, x, y));
    }
    free(bytes);
}

/* Images that are too large by their headers. */

static void the_limit_is_on_pixels(void **state)
{
    (void)state;
    for (size_t i = 0; i < SAMPLE_COUNT; i++) {
        const struct sample *s = &samples[i];
        uint64_t pixels = s->expected == ramp ? RAMP_WIDTH * RAMP_HEIGHT : SOFT_SIDE * SOFT_SIDE;
        assert_int_equal(decode(s->bytes, s->size, pixels), PAT_OK);
        assert_int_equal(decode(s->bytes, s->size, pixels - 1), PAT_TOO_LARGE);
        assert_int_equal(decode(s->bytes, s->size, 0), PAT_TOO_LARGE);
    }
}

/* A TIFF file of 4 x 4 pixels with 16-bit RGB samples. */
static void the_limit_bounds_bytes_too(void **state)
{
    (void)state;
    enum { ENTRIES = 9, BITS = 8 + 2 + ENTRIES * 12 + 4, DATA = BITS + 6, SIZE = DATA + 4 * 4 * 6 };
    const uint16_t entries[ENTRIES][2] = {{256, 4}, {257, 4}, {258, BITS},
                                          {259, 1}, {262, 2}, {273, DATA},
                                          {277, 3}, {278, 4}, {279, SIZE - DATA}};
    uint8_t file[SIZE] = "II*\0\10\0\0\0\11";
    for (int i = 0; i < ENTRIES; i++) { /* tag, SHORT, count, value */
        const uint16_t field[6] = {entries[i][0], 3, entries[i][0] == 258 ? 3 : 1, 0,
                                   entries[i][1]};
        memcpy(file + 10 + 12 * i, field, sizeof field);
    }
    memcpy(file + BITS, (const uint16_t[]){16, 16, 16}, 6);
    assert_int_equal(decode(file, SIZE, 24), PAT_OK); /* 24 * 4 bytes */
    assert_int_equal(decode(file, SIZE, 23), PAT_TOO_LARGE);
    assert_non_null(strstr(error.message, "4 x 4 pixels of 6 bytes"));
    assert_int_equal(decode(file, SIZE, 15), PAT_TOO_LARGE);
}

static void a_huge_header_allocates_nothing(void **state)
{
    (void)state;
    pat_image_release(&image);
    assert_int_equal(decode(png_huge, sizeof png_huge, PAT_MAX_PIXELS_DEFAULT), PAT_TOO_LARGE);
    assert_non_null(strstr(error.message, "100000 x 100000"));

    uint8_t *jpeg = malloc(sizeof jpeg_baseline);
    assert_non_null(jpeg);
    memcpy(jpeg, jpeg_baseline, sizeof jpeg_baseline);
    uint8_t *frame = memmem(jpeg, sizeof jpeg_baseline, "\xff\xc0", 2);
    assert_non_null(frame);
    memcpy(frame + 5, "\xfd\xe8\xfd\xe8", 4);
    assert_int_equal(decode(jpeg, sizeof jpeg_baseline, PAT_MAX_PIXELS_DEFAULT), PAT_TOO_LARGE);
    assert_null(image.block);
    free(jpeg);
}

/* Truncation and noise. */

/* A prefix may only be decoded if it lacks at most bytes that no pixel needs. */
static void assert_prefixes_fail(const uint8_t *bytes, size_t size, picture *expected,
                                 int tolerance)
{
    for (size_t length = 0; length < size; length++) {
        pat_status status = decode(bytes, length, 1 << 20);
        if (status != PAT_OK) {
            assert_true(status == PAT_CORRUPT || status == PAT_UNSUPPORTED_FORMAT ||
                        (length == 0 && status == PAT_EMPTY_FILE));
            continue;
        }
        if (!is_picture(expected, tolerance))
            fail_msg("the first %zu of %zu bytes were decoded to wrong pixels", length, size);
        assert_true(size - length <= 4);
    }
}

static void prefixes_fail(void **state)
{
    (void)state;
    for (size_t i = 0; i < SAMPLE_COUNT; i++)
        assert_prefixes_fail(samples[i].bytes, samples[i].size, samples[i].expected,
                             samples[i].tolerance);
}

static uint32_t noise_state = 1;

static uint32_t noise(uint32_t below)
{
    noise_state = noise_state * 1664525 + 1013904223;
    return (noise_state >> 8) % below;
}

/* Changes some bytes, often to values that might overflow or underflow. */
static void mutate(uint8_t *bytes, size_t size)
{
    static const uint8_t edges[] = {0x00, 0x01, 0x7f, 0x80, 0xfe, 0xff};
    for (uint32_t count = 1 + noise(6); count > 0; count--) {
        uint8_t *byte = &bytes[noise((uint32_t)size)];
        switch (noise(3)) {
        case 0:
            *byte = (uint8_t)noise(256);
            break;
        case 1:
            *byte = edges[noise(sizeof edges)];
            break;
        default:
            *byte ^= (uint8_t)(1U << noise(8));
        }
    }
}

static void assert_mutations_are_survived(const uint8_t *bytes, size_t size, int count)
{
    uint8_t *copy = malloc(size);
    assert_non_null(copy);
    for (int i = 0; i < count; i++) {
        memcpy(copy, bytes, size);
        mutate(copy, size);
        size_t length = noise(8) == 0 ? noise((uint32_t)size) : size;
        if (decode(copy, length, 1 << 16) == PAT_OK)
            assert_true(image.width >= 1 && image.height >= 1);
    }
    free(copy);
}

static void mutations_are_survived(void **state)
{
    (void)state;
    for (size_t i = 0; i < SAMPLE_COUNT; i++)
        assert_mutations_are_survived(samples[i].bytes, samples[i].size, MUTATIONS / SAMPLE_COUNT);
}

/* Images that are refused. */

static void an_animation_is_refused(void **state)
{
    (void)state;
    assert_int_equal(decode(webp_animated, sizeof webp_animated, 1000), PAT_UNSUPPORTED_FORMAT);
    assert_non_null(strstr(error.message, "animation"));
}

static void unknown_content_is_refused(void **state)
{
    (void)state;
    static const char *const contents[] = {
        "x",  "this is text",    "GIF8",   "RIFF1234WAVE", "P6 1 1 255 abc", "\xff\xd8",
        "II", "\x89PNG\r\n\x1a", "<svg/>", "%PDF-1.4"};
    for (size_t i = 0; i < sizeof contents / sizeof contents[0]; i++)
        assert_int_equal(decode((const uint8_t *)contents[i], strlen(contents[i]), 1000),
                         PAT_UNSUPPORTED_FORMAT);
}

static void foreign_files_are_named(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t size;
        const char *name;
    } files[] = {
        {"\0\0\0\x18"
         "ftypcrx \0\0\0\0",
         16, "camera raw"},
        {"\0\0\0\x14"
         "ftypqt  \0\0\0\0",
         16, "video"},
        {"8BPS\0\1", 6, "Photoshop"},
        {"%PDF-1.4", 8, "pdfimages"},
        {"%!PS-Adobe-3.0", 14, "PostScript"},
        {"<svg width='1'/>", 16, "SVG"},
        {"\xef\xbb\xbf<?xml version='1.0'?>", 24, "SVG"},
        {"<!DOCTYPE html>", 15, "download it again"},
        {"version https://git-lfs.github.com/spec/v1", 42, "git lfs pull"},
        {"\0\5\x16\7\0\2\0\0", 8, "macOS"},
        {"PK\3\4\x14\0", 6, "extract"},
        {"FUJIFILMCCD-RAW 0201", 20, "dcraw"},
        {"P6\n1 1\n255\nabc", 14, "Netpbm"},
    };
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        assert_int_equal(decode((const uint8_t *)files[i].bytes, files[i].size, 1000),
                         PAT_UNSUPPORTED_FORMAT);
        assert_non_null(strstr(error.message, files[i].name));
        assert_non_null(strstr(error.message, "or leave it out"));
    }
}

/* Leave out the third component, in the frame header and in that of the scan. */
static void two_color_components_are_refused(void **state)
{
    (void)state;
    uint8_t bytes[sizeof jpeg_baseline];
    size_t size = sizeof bytes;
    memcpy(bytes, jpeg_baseline, size);
    uint8_t *frame = memmem(bytes, size, "\xff\xc0", 2);
    frame[3] = 14;
    frame[9] = 2;
    size -= 3;
    memmove(frame + 16, frame + 19, size - (size_t)(frame + 16 - bytes));
    uint8_t *scan = memmem(bytes, size, "\xff\xda", 2);
    scan[3] = 10;
    scan[4] = 2;
    size -= 2;
    memmove(scan + 9, scan + 11, size - (size_t)(scan + 9 - bytes));
    assert_int_equal(decode(bytes, size, PAT_MAX_PIXELS_DEFAULT), PAT_UNSUPPORTED_FORMAT);
    assert_non_null(strstr(error.message, "2 color components"));
}

/* Stray bytes after the first segment (20 bytes with SOI): a few are padding, many are damage. */
static void a_few_stray_bytes_in_a_jpeg_are_passed_over(void **state)
{
    (void)state;
    enum { JFIF_END = 20, MOST = 17 };
    uint8_t bytes[sizeof jpeg_baseline + MOST] = {0};
    for (size_t stray = 15; stray <= MOST; stray++) {
        memset(bytes, 0, sizeof bytes);
        memcpy(bytes, jpeg_baseline, JFIF_END);
        memcpy(bytes + JFIF_END + stray, jpeg_baseline + JFIF_END, sizeof jpeg_baseline - JFIF_END);
        assert_int_equal(decode(bytes, sizeof jpeg_baseline + stray, PAT_MAX_PIXELS_DEFAULT),
                         stray <= 16 ? PAT_OK : PAT_CORRUPT);
    }
}

static void a_wrong_last_checksum_fails(void **state)
{
    (void)state;
    uint8_t bytes[sizeof png_rgb];
    memcpy(bytes, png_rgb, sizeof bytes);
    bytes[sizeof bytes - 14] ^= 1; /* in the last IDAT's checksum; IEND has 12 bytes */
    assert_int_equal(decode(bytes, sizeof bytes, 1000), PAT_CORRUPT);
}

/* BMP. */

struct bmp {
    uint8_t bytes[2048];
    size_t size;
};

static void append(struct bmp *bmp, const void *bytes, size_t size)
{
    assert_true(size <= sizeof bmp->bytes - bmp->size);
    memcpy(bmp->bytes + bmp->size, bytes, size);
    bmp->size += size;
}

static void append_number(struct bmp *bmp, uint32_t value, size_t bytes)
{
    const uint8_t little_endian[12] = {(uint8_t)value, (uint8_t)(value >> 8),
                                       (uint8_t)(value >> 16), (uint8_t)(value >> 24)};
    append(bmp, little_endian, bytes);
}

struct bmp_header {
    int width, height; /* height < 0: top row first */
    uint32_t bits, compression, colors;
    uint32_t size;  /* 0 means 40 */
    uint32_t extra; /* bytes between the header and the pixels */
};

static void begin_bmp(struct bmp *bmp, struct bmp_header header)
{
    bmp->size = 0;
    uint32_t size = header.size != 0 ? header.size : 40;
    append(bmp, "BM", 2);
    append_number(bmp, 0, 8);
    append_number(bmp, 14 + size + header.extra, 4);
    append_number(bmp, size, 4);
    append_number(bmp, (uint32_t)header.width, size == 12 ? 2 : 4);
    append_number(bmp, (uint32_t)header.height, size == 12 ? 2 : 4);
    append_number(bmp, 1, 2);
    append_number(bmp, header.bits, 2);
    if (size == 12)
        return;
    append_number(bmp, header.compression, 4);
    append_number(bmp, 0, 12);
    append_number(bmp, header.colors, 4);
    append_number(bmp, 0, 4);
}

static const uint8_t four_colors[] = {1, 2, 3, 0, 11, 12, 13, 0, 21, 22, 23, 0, 31, 32, 33, 0};

/* Each digit is an index i into four_colors, where red is 3 + 10 i. */
static void assert_indices(int width, int height, const char *digits)
{
    assert_size(width, height);
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++)
            for (int c = 0; c < PAT_CHANNELS; c++)
                assert_int_equal(sample_at(c, x, y), 3 - c + 10 * (digits[y * width + x] - '0'));
}

static void assert_bmp(const struct bmp *bmp, int width, int height, const char *digits)
{
    if (decode(bmp->bytes, bmp->size, 1 << 16) != PAT_OK)
        fail_msg("%s", error.message);
    assert_indices(width, height, digits);
    for (size_t length = 0; length < bmp->size; length++)
        assert_int_not_equal(decode(bmp->bytes, length, 1 << 16), PAT_OK);
    assert_mutations_are_survived(bmp->bytes, bmp->size, MUTATIONS / 20);
}

static void bmp_palettes(void **state)
{
    (void)state;
    struct bmp bmp;
    begin_bmp(&bmp, (struct bmp_header){3, 2, 8, 0, 4, 0, 16});
    append(&bmp, four_colors, 16);
    append(&bmp, "\0\1\2\0\3\2\1\0", 8);
    assert_bmp(&bmp, 3, 2, "321012");

    begin_bmp(&bmp, (struct bmp_header){3, -2, 4, 0, 4, 0, 16}); /* top row first */
    append(&bmp, four_colors, 16);
    append(&bmp, "\x01\x20\0\0\x32\x10\0\0", 8);
    assert_bmp(&bmp, 3, 2, "012321");

    begin_bmp(&bmp, (struct bmp_header){9, 1, 1, 0, 0, 0, 8});
    append(&bmp, four_colors, 8);
    append(&bmp, "\xa5\x80\0\0", 4);
    assert_bmp(&bmp, 9, 1, "101001011");

    begin_bmp(&bmp, (struct bmp_header){9, 1, 1, 0, 0, 12, 6}); /* OS/2 header */
    append(&bmp, "\1\2\3\x0b\x0c\x0d", 6);
    append(&bmp, "\xa5\x80\0\0", 4);
    assert_bmp(&bmp, 9, 1, "101001011");

    begin_bmp(&bmp, (struct bmp_header){3, 2, 8, 0, 4, 124, 16}); /* version 5 */
    append(&bmp, (uint8_t[84]){0}, 84);
    append(&bmp, four_colors, 16);
    append(&bmp, "\0\1\2\0\3\2\1\0", 8);
    assert_bmp(&bmp, 3, 2, "321012");
}

static void bmp_true_color(void **state)
{
    (void)state;
    struct bmp bmp;
    begin_bmp(&bmp, (struct bmp_header){1, 2, 24, 0, 0, 0, 0});
    append(&bmp, "\1\2\3\0\x0b\x0c\x0d\0", 8);
    assert_bmp(&bmp, 1, 2, "10");

    begin_bmp(&bmp, (struct bmp_header){1, -2, 32, 0, 0, 0, 0});
    append(&bmp, "\1\2\3\x77\x0b\x0c\x0d\x77", 8);
    assert_bmp(&bmp, 1, 2, "01");

    begin_bmp(&bmp, (struct bmp_header){1, 1, 32, 3, 0, 0, 12});
    append(&bmp, "\0\0\xff\0\0\xff\0\0\xff\0\0\0", 12);
    append(&bmp, "\x15\x16\x17\x77", 4);
    assert_bmp(&bmp, 1, 1, "2");
}

static void assert_pixel(int red, int green, int blue)
{
    assert_int_equal(sample_at(PAT_RED, 0, 0), red);
    assert_int_equal(sample_at(PAT_GREEN, 0, 0), green);
    assert_int_equal(sample_at(PAT_BLUE, 0, 0), blue);
}

static void bmp_16_bits(void **state)
{
    (void)state;
    struct bmp bmp;
    begin_bmp(&bmp, (struct bmp_header){1, 1, 16, 0, 0, 0, 0});
    append_number(&bmp, 31 << 10 | 17 << 5 | 1, 4);
    assert_int_equal(decode(bmp.bytes, bmp.size, 100), PAT_OK);
    assert_pixel(248, 136, 8);

    begin_bmp(&bmp, (struct bmp_header){1, 1, 16, 3, 0, 0, 12});
    append(&bmp, "\0\xf8\0\0\xe0\7\0\0\x1f\0\0\0", 12);
    append_number(&bmp, 1 << 11 | 63 << 5 | 31, 4);
    assert_int_equal(decode(bmp.bytes, bmp.size, 100), PAT_OK);
    assert_pixel(8, 252, 248);

    bmp.bytes[55] = 0x0f; /* 12-bit masks */
    assert_int_equal(decode(bmp.bytes, bmp.size, 100), PAT_UNSUPPORTED_FORMAT);
}

static void bmp_run_lengths(void **state)
{
    (void)state;
    struct bmp bmp;
    /* A full run, an end of line after the full line, literals, a short line, a move, the end. */
    begin_bmp(&bmp, (struct bmp_header){4, 5, 8, 1, 4, 0, 16});
    append(&bmp, four_colors, 16);
    append(&bmp,
           "\4\1\0\0"
           "\0\3\1\2\3\0\1\2\0\0"
           "\1\3\0\0"
           "\0\2\2\1\2\2\0\1",
           26);
    assert_int_equal(decode(bmp.bytes, bmp.size, 100), PAT_OK);
    assert_indices(4, 5,
                   "0022"
                   "0000"
                   "3000"
                   "1232"
                   "1111");
    for (size_t length = 0; length + 2 < bmp.size; length++) /* the end marker may be missing */
        assert_int_not_equal(decode(bmp.bytes, length, 100), PAT_OK);
    assert_mutations_are_survived(bmp.bytes, bmp.size, MUTATIONS);

    begin_bmp(&bmp, (struct bmp_header){5, 2, 4, 2, 4, 0, 16});
    append(&bmp, four_colors, 16);
    append(&bmp,
           "\5\x12\0\0"
           "\0\3\x32\x10\1\x33\0\1",
           12);
    assert_int_equal(decode(bmp.bytes, bmp.size, 100), PAT_OK);
    assert_indices(5, 2,
                   "32130"
                   "12121");
    assert_mutations_are_survived(bmp.bytes, bmp.size, MUTATIONS);
}

static void bad_bmps_are_refused(void **state)
{
    (void)state;
    struct bmp bmp;
    static const struct {
        struct bmp_header header;
        pat_status status;
    } cases[] = {
        {{0, 1, 24, 0, 0, 0, 0}, PAT_CORRUPT},
        {{1, 0, 24, 0, 0, 0, 0}, PAT_CORRUPT},
        {{-1, 1, 24, 0, 0, 0, 0}, PAT_CORRUPT},
        {{1, INT32_MIN, 24, 0, 0, 0, 0}, PAT_CORRUPT},
        {{1, 1, 24, 0, 0, 0, 0xffffff00}, PAT_CORRUPT}, /* pixels start before the header's end */
        {{1, 1, 8, 0, 257, 0, 0}, PAT_CORRUPT},
        {{1 << 20, 1 << 20, 24, 0, 0, 0, 0}, PAT_CORRUPT},
        {{1 << 14, 1 << 14, 8, 1, 1, 0, 0}, PAT_TOO_LARGE}, /* run lengths: known from the header */
        {{1, 1, 2, 0, 0, 0, 0}, PAT_UNSUPPORTED_FORMAT},
        {{1, 1, 24, 4, 0, 0, 0}, PAT_UNSUPPORTED_FORMAT}, /* JPEG inside */
        {{1, 1, 24, 1, 0, 0, 0}, PAT_UNSUPPORTED_FORMAT},
        {{1, 1, 16, 0, 0, 12, 0}, PAT_UNSUPPORTED_FORMAT},
        {{1, 1, 24, 0, 0, 16, 0}, PAT_UNSUPPORTED_FORMAT},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        begin_bmp(&bmp, cases[i].header);
        append(&bmp, (uint8_t[1100]){0}, 1100);
        pat_status status = decode(bmp.bytes, bmp.size, 1 << 16);
        if (status != cases[i].status)
            fail_msg("case %zu: %s", i, pat_status_name(status));
    }
}

/* Files. */

static const char *path_of(const char *name)
{
    static char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static void write_file(const char *name, const void *bytes, size_t size)
{
    FILE *file = fopen(path_of(name), "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

static void assert_load_fails(const char *path, pat_status status)
{
    memset(&error, 0, sizeof error);
    assert_int_equal(pat_image_load(path, PAT_MAX_PIXELS_DEFAULT, &image, &error), status);
    assert_int_equal(error.status, status);
    assert_int_equal(strncmp(error.message, path, strlen(path)), 0);
}

static void files_that_cannot_be_read(void **state)
{
    (void)state;
    assert_load_fails(path_of("missing.png"), PAT_NOT_FOUND);
    assert_load_fails(folder, PAT_NOT_A_FILE);
    assert_load_fails("/dev/null", PAT_NOT_A_FILE);

    assert_int_equal(mkfifo(path_of("pipe.png"), 0600), 0);
    assert_load_fails(path_of("pipe.png"), PAT_NOT_A_FILE);

    write_file("empty.png", "", 0);
    assert_load_fails(path_of("empty.png"), PAT_EMPTY_FILE);

    write_file("text.png", "no picture\n", 11);
    assert_load_fails(path_of("text.png"), PAT_UNSUPPORTED_FORMAT);
    assert_load_fails(path_of("text.png/inside"), PAT_NOT_FOUND);

    char long_name[300];
    memset(long_name, 'x', sizeof long_name);
    long_name[sizeof long_name - 1] = '\0';
    assert_load_fails(path_of(long_name), PAT_UNREADABLE);
}

/* A sparse file, far larger than any image within the limit, is not read into memory. */
static void a_huge_file_is_not_read(void **state)
{
    (void)state;
    write_file("huge.png", png_rgb, sizeof png_rgb);
    assert_int_equal(truncate(path_of("huge.png"), (off_t)1 << 40), 0);
    assert_load_fails(path_of("huge.png"), PAT_TOO_LARGE);
}

static void names_are_only_names(void **state)
{
    (void)state;
    static const char *const names[] = {
        "a.jpg[shrink=8]", "b.png",           "no extension",          "-",
        "%s%n.jpg",        "line\nbreak.jpg", "\xc3\xa9t\xc3\xa9.jpg", "invalid\xff.jpg"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        write_file(names[i], jpeg_baseline, sizeof jpeg_baseline);
        assert_int_equal(pat_image_load(path_of(names[i]), 1000, &image, &error), PAT_OK);
        assert_size(SOFT_SIDE, SOFT_SIDE);
        assert_true(is_picture(soft, 30));
    }
}

static void initialising_again_does_nothing(void **state)
{
    (void)state;
    assert_int_equal(pat_codec_init(NULL), PAT_OK);
    assert_int_equal(pat_codec_init(&error), PAT_OK);
}

static int set_up(void **state)
{
    (void)state;
    return pat_codec_init(&error) != PAT_OK || mkdtemp(folder) == NULL;
}

static int tear_down(void **state)
{
    (void)state;
    char command[4096];
    snprintf(command, sizeof command, "rm -r '%s'", folder);
    pat_image_release(&image);
    return system(command);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(samples_decode),
        cmocka_unit_test(canvas_is_reused),
        cmocka_unit_test(the_error_may_be_null),
        cmocka_unit_test(orientation_is_applied),
        cmocka_unit_test(the_limit_is_on_pixels),
        cmocka_unit_test(the_limit_bounds_bytes_too),
        cmocka_unit_test(a_huge_header_allocates_nothing),
        cmocka_unit_test(prefixes_fail),
        cmocka_unit_test(mutations_are_survived),
        cmocka_unit_test(an_animation_is_refused),
        cmocka_unit_test(unknown_content_is_refused),
        cmocka_unit_test(foreign_files_are_named),
        cmocka_unit_test(two_color_components_are_refused),
        cmocka_unit_test(a_few_stray_bytes_in_a_jpeg_are_passed_over),
        cmocka_unit_test(a_wrong_last_checksum_fails),
        cmocka_unit_test(bmp_palettes),
        cmocka_unit_test(bmp_true_color),
        cmocka_unit_test(bmp_16_bits),
        cmocka_unit_test(bmp_run_lengths),
        cmocka_unit_test(bad_bmps_are_refused),
        cmocka_unit_test(files_that_cannot_be_read),
        cmocka_unit_test(a_huge_file_is_not_read),
        cmocka_unit_test(names_are_only_names),
        cmocka_unit_test(initialising_again_does_nothing),
    };
    return cmocka_run_group_tests_name("codec", tests, set_up, tear_down);
}
