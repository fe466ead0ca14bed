/* Images with everything in their files: loading, restoring, saving; metadata; 16 bits. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "data_images.h"
#include "image/bmp.h"
#include "image/format.h"
#include "image/xmp.h"
#include "patina/search.h"
#include "ref/planes.h"
#include "restore/apply.h"
#include "restore/deep.h"
#include "restore/image.h"
#include "settings.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static pat_error error;

static void ok(pat_status status)
{
    if (status != PAT_OK)
        fail_msg("%s", error.message);
}

/* ---- Files ---- */

static const struct sample {
    pat_file_bytes file;
    bool lossless;
} files[] = {
    {{png_rgb, sizeof png_rgb}, true},
    {{png_interlaced, sizeof png_interlaced}, true},
    {{webp_lossless, sizeof webp_lossless}, true},
    {{tiff_strips, sizeof tiff_strips}, true},
    {{tiff_lzw, sizeof tiff_lzw}, true},
    {{tiff_tiles, sizeof tiff_tiles}, true},
    {{jpeg_baseline, sizeof jpeg_baseline}, false},
    {{jpeg_progressive, sizeof jpeg_progressive}, false},
    {{webp_lossy, sizeof webp_lossy}, false},
};

static void decode(const void *bytes, size_t size, pat_image *image)
{
    ok(pat_image_decode(bytes, size, "sample", PAT_MAX_PIXELS_DEFAULT, image, &error));
}

static void assert_same_image(const pat_plane planes[PAT_CHANNELS], const pat_image *want)
{
    for (int c = 0; c < PAT_CHANNELS; c++)
        assert_same_samples(&planes[c], &want->plane[c], "sample");
}

/* Loading yields the decoded pixels; restoring yields the result of pat_image_restore(); a lossless
 * format saves exactly that. */
static void pictures_are_restored_as_images_are(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(files); i++) {
        const pat_setting setting = SETTING((double)(i % (STRETCH + 1)), 1.7, 0.9);
        const pat_file_bytes *file = &files[i].file;
        pat_image image = {0}, want = {0}, got = {0};
        pat_picture picture = {0};
        pat_buffer saved = {0};
        decode(file->bytes, file->size, &image);
        ok(pat_picture_load(&picture, file->bytes, file->size, "sample", &error));
        assert_int_equal(picture.depth, 8);
        assert_int_equal(picture.channels, PAT_CHANNELS);
        assert_false(picture.has_alpha);
        assert_same_image(picture.plane, &image);
        ok(pat_image_restore(&image, &setting, &want, &error));
        ok(pat_picture_restore(&picture, &setting, &error));
        assert_same_image(picture.plane, &want);
        ok(pat_picture_save(&picture, &(pat_picture_options){0}, &saved, &error));
        assert_int_equal(picture.notes, 0);
        decode(saved.data, saved.size, &got);
        assert_int_equal(got.width, image.width);
        assert_int_equal(got.height, image.height);
        if (files[i].lossless)
            assert_same_image(got.plane, &want);
        pat_picture_release(&picture);
        pat_image_release(&image);
        pat_image_release(&want);
        pat_image_release(&got);
        pat_buffer_release(&saved);
    }
}

static void bmps_are_written_as_they_are_read(void **state)
{
    (void)state;
    uint32_t random = 5;
    for (int width = 1; width <= 9; width++) {
        guarded_plane planes[PAT_CHANNELS];
        pat_plane views[PAT_CHANNELS];
        for (int c = 0; c < PAT_CHANNELS; c++) {
            planes[c] = noise_plane(width, 3, 5, &random);
            views[c] = planes[c].plane;
        }
        pat_buffer file = {0};
        pat_image got = {0};
        pat_bmp bmp;
        const char *cause = NULL;
        const uint32_t resolution[2] = {11811, 7874};
        assert_int_equal(pat_bmp_write(views, resolution, &file, &cause), PAT_OK);
        decode(file.data, file.size, &got);
        assert_same_image(views, &got);
        assert_int_equal(pat_bmp_read_header((const uint8_t *)file.data, file.size, &bmp, &cause),
                         PAT_OK);
        assert_int_equal(bmp.bits, 24);
        assert_memory_equal(bmp.pixels_per_m, resolution, sizeof resolution);
        pat_buffer_release(&file);
        pat_image_release(&got);
        for (int c = 0; c < PAT_CHANNELS; c++)
            guarded_plane_free(&planes[c]);
    }
}

/* ---- Metadata ---- */

enum { CARRIED_MAX = 4096 };

/* A file with metadata, and another file with pixels. */
struct original {
    const pat_file_format *row;
    uint8_t bytes[CARRIED_MAX];
    size_t size;
    pat_file_bytes pixels;
};

static void append(struct original *original, const void *bytes, size_t size)
{
    assert_true(original->size + size <= CARRIED_MAX);
    memcpy(original->bytes + original->size, bytes, size);
    original->size += size;
}

/* The first `head` bytes of a sample, then `inserted`, then the rest of the sample. */
static void insert(struct original *original, const void *sample, size_t size, size_t head,
                   const void *inserted, size_t inserted_size)
{
    original->size = 0;
    append(original, sample, head);
    append(original, inserted, inserted_size);
    append(original, (const uint8_t *)sample + head, size - head);
}

static const char jpeg_segments[] = "\xff\xe1\0\x0a"
                                    "Exif\0\0..\xff\xe2\0\x11"
                                    "ICC_PROFILE\0.."
                                    "\1\xff\xe2\0\x08"
                                    "MPF\0..\xff\xee\0\x0e"
                                    "Adobe\0\x64\0\0\0\0\0\xff\xfe\0\x06"
                                    "note";
static const char png_chunks[] = "\0\0\0\4gAMA\0\0\xb1\x8f\x0b\xfc\x61\x05"
                                 "\0\0\0\1bKGD\0\0\0\0\0";
static const char webp_chunks[] = "EXIF\3\0\0\0abc\0XMP \2\0\0\0de";

static void make_originals(struct original originals[3])
{
    originals[0].row = &pat_format_jpeg_row;
    originals[0].pixels = (pat_file_bytes){jpeg_progressive, sizeof jpeg_progressive};
    insert(&originals[0], jpeg_baseline, sizeof jpeg_baseline, 2, jpeg_segments,
           sizeof jpeg_segments - 1);
    originals[1].row = &pat_format_png_row;
    originals[1].pixels = (pat_file_bytes){png_interlaced, sizeof png_interlaced};
    insert(&originals[1], png_rgb, sizeof png_rgb, 33, png_chunks, sizeof png_chunks - 1);
    originals[2].row = &pat_format_webp_row;
    originals[2].pixels = (pat_file_bytes){webp_lossy, sizeof webp_lossy};
    insert(&originals[2], webp_lossless, sizeof webp_lossless, sizeof webp_lossless, webp_chunks,
           sizeof webp_chunks - 1);
}

static bool holds(const pat_buffer *file, const char *text, size_t size)
{
    return memmem(file->data, file->size, text, size) != NULL;
}

static void metadata_is_carried(void **state)
{
    (void)state;
    static const struct {
        const char *kept[3], *left[3];
    } texts[] = {{{"Exif", "ICC_PROFILE", "note"}, {"MPF", "Adobe"}},
                 {{"gAMA"}, {"bKGD"}},
                 {{"EXIF\3", "XMP \2"}, {"VP8L"}}};
    static struct original originals[3];
    make_originals(originals);
    for (size_t i = 0; i < COUNT(originals); i++) {
        const struct original *original = &originals[i];
        pat_buffer out = {0};
        pat_image got = {0}, want = {0};
        const pat_file_bytes file = {original->bytes, original->size};
        original->row->carry(file, original->pixels, true, &out);
        decode(out.data, out.size, &got);
        decode(original->pixels.bytes, original->pixels.size, &want);
        assert_same_image(got.plane, &want);
        for (int k = 0; k < 3; k++) {
            const char *kept = texts[i].kept[k], *left = texts[i].left[k];
            assert_true(kept == NULL || holds(&out, kept, strlen(kept)));
            assert_false(left != NULL && holds(&out, left, strlen(left)));
        }
        out.size = 0;
        original->row->carry(file, original->pixels, false, &out);
        assert_false(holds(&out, "ICC_PROFILE", 11));
        pat_buffer_release(&out);
        pat_image_release(&got);
        pat_image_release(&want);
    }
}

/* Whatever the original contains, nothing outside it is read, and the pixels are kept. */
static void check_hostile(const struct original *original, const uint8_t *bytes, size_t size)
{
    uint8_t *copy = malloc(size > 0 ? size : 1);
    assert_non_null(copy);
    memcpy(copy, bytes, size);
    pat_buffer out = {0};
    pat_recipe recipe = {0};
    original->row->look((pat_file_bytes){copy, size}, &recipe);
    original->row->carry((pat_file_bytes){copy, size}, original->pixels, true, &out);
    assert_true(out.size > 16 && out.size <= original->pixels.size + size + 64);
    size_t tail = original->pixels.size / 2;
    assert_true(holds(&out, (const char *)original->pixels.bytes + tail,
                      original->pixels.size - tail - 24));
    free(copy);
    pat_buffer_release(&out);
}

static void hostile_metadata_does_no_harm(void **state)
{
    (void)state;
    static struct original originals[3];
    uint32_t random = 11;
    make_originals(originals);
    for (size_t i = 0; i < COUNT(originals); i++) {
        const struct original *original = &originals[i];
        /* The signature is intact: it selected the format. */
        for (size_t size = 12; size < original->size; size++)
            check_hostile(original, original->bytes, size);
        for (int round = 0; round < 2000; round++) {
            uint8_t mutated[CARRIED_MAX];
            memcpy(mutated, original->bytes, original->size);
            for (uint32_t n = 1 + random_below(&random, 4); n > 0; n--)
                mutated[12 + random_below(&random, (uint32_t)original->size - 12)] =
                    (uint8_t)(random_below(&random, 3) == 0 ? 0xff : random_below(&random, 256));
            check_hostile(original, mutated, original->size);
        }
    }
}

/* A copy of which nothing outside can be read unnoticed, with up to 3 bytes changed. */
static pat_file_bytes mutated(const char *text, uint32_t *random)
{
    static const char special[] = "<>=\"' /x:";
    size_t size = strlen(text);
    uint8_t *copy = malloc(size);
    assert_non_null(copy);
    memcpy(copy, text, size);
    for (uint32_t n = random_below(random, 4); n > 0; n--)
        copy[random_below(random, (uint32_t)size)] =
            (uint8_t)special[random_below(random, sizeof special)];
    return (pat_file_bytes){
        copy, random_below(random, 3) == 0 ? random_below(random, (uint32_t)size) : size};
}

static const char *const standard_xmp[] = {
    "<rdf:RDF xmlns:a='A'><b n:HasExtendedXMP=\"0123456789ABCDEF0123456789ABCDEF\"/></rdf:RDF>",
    "<rdf:RDF><n:HasExtendedXMP>0123456789ABCDEF0123456789ABCDEF</n:HasExtendedXMP></rdf:RDF>"};
static const char extended_xmp[] = "<x><rdf:RDF xmlns:a=\"A\" xmlns:c=\"C\"><c:d/></rdf:RDF></x>";

/* One packet with the contents and the namespaces of both, and without the name of the other. */
static void xmp_is_joined(void **state)
{
    (void)state;
    static const char *const wanted[] = {"<rdf:RDF xmlns:a='A' xmlns:c=\"C\"><b /><c:d/></rdf:RDF>",
                                         "<rdf:RDF xmlns:a=\"A\" xmlns:c=\"C\"> <c:d/></rdf:RDF>"};
    for (size_t i = 0; i < COUNT(standard_xmp); i++) {
        const uint8_t *standard = (const uint8_t *)standard_xmp[i];
        const uint8_t *extended = (const uint8_t *)extended_xmp;
        pat_buffer out = {0};
        assert_true(pat_xmp_join((pat_file_bytes){standard, strlen(standard_xmp[i])},
                                 (pat_file_bytes){extended, strlen(extended_xmp)}, &out));
        size_t kept = 0; /* of several spaces, keep one */
        for (size_t k = 0; k < out.size; k++)
            if (out.data[k] != ' ' || out.data[k - 1] != ' ')
                out.data[kept++] = out.data[k];
        assert_int_equal(kept, strlen(wanted[i]));
        assert_memory_equal(out.data, wanted[i], kept);
        pat_buffer_release(&out);
    }
}

static void hostile_xmp_does_no_harm(void **state)
{
    (void)state;
    uint32_t random = 17;
    int count = 0;
    for (int round = 0; round < 20000; round++) {
        pat_file_bytes standard = mutated(standard_xmp[round % 2], &random);
        pat_file_bytes extended = mutated(extended_xmp, &random);
        pat_buffer out = {0};
        bool is_joined = pat_xmp_join(standard, extended, &out);
        count += is_joined;
        assert_true(!is_joined || out.size <= standard.size + 2 * extended.size);
        const uint8_t *guid = pat_xmp_find_guid(standard);
        assert_true(guid == NULL || guid + PAT_XMP_GUID_SIZE <= standard.bytes + standard.size);
        pat_buffer_release(&out);
        free((void *)(uintptr_t)standard.bytes);
        free((void *)(uintptr_t)extended.bytes);
    }
    assert_in_range(count, 2000, 18000);
}

/* ---- 16 bits ---- */

enum { DEEP_MAX = 69 * 29 };

static int mirrored(int i, int n)
{
    while (n > 1 && (i < 0 || i >= n))
        i = i < 0 ? -i : 2 * (n - 1) - i;
    return n == 1 ? 0 : i;
}

/* The formula in deep.h, for one sample. */
static uint16_t naive_sharp(const uint16_t *samples, int width, int height, int x, int y,
                            const pat_gaussian *kernel, double strength)
{
    uint64_t sum = 32768;
    int radius = kernel->taps / 2;
    for (int j = -radius; j <= radius; j++)
        for (int i = -radius; i <= radius; i++)
            sum += (uint64_t)kernel->weight[j + radius] * kernel->weight[i + radius] *
                   samples[mirrored(y + j, height) * width + mirrored(x + i, width)];
    double sharp = rint(samples[y * width + x] * (1 + strength) - (double)(sum >> 16) * strength);
    return (uint16_t)fmin(fmax(sharp, 0), 65535);
}

/* A directory that is its own successor is one of many pages. */
static void pages_of_hostile_files_are_counted(void **state)
{
    (void)state;
    enum { ENTRY = 12, LINK = 4, MOST = 65535 };
    uint8_t bytes[sizeof tiff_lzw];
    int count;
    memcpy(bytes, tiff_lzw, sizeof bytes);
    size_t directory = pat_get_little(bytes + LINK, 4);
    size_t next = directory + 2 + ENTRY * pat_get_little(bytes + directory, 2);
    ok(pat_picture_choose_page(bytes, sizeof bytes, "sample", 1, &count, &error));
    assert_int_equal(count, 1);
    assert_int_equal(pat_picture_choose_page(bytes, sizeof bytes, "sample", 2, &count, &error),
                     PAT_NOT_FOUND);
    pat_put_little(bytes + next, 4, (uint32_t)directory);
    ok(pat_picture_choose_page(bytes, sizeof bytes, "sample", MOST, &count, &error));
    assert_int_equal(count, MOST);
    assert_memory_equal(bytes, tiff_lzw, LINK + 4);

    /* Every offset may lead anywhere. */
    for (size_t i = 0; i + 4 <= sizeof bytes; i++) {
        memcpy(bytes, tiff_lzw, sizeof bytes);
        pat_put_little(bytes + next, 4, (uint32_t)i);
        if (pat_picture_choose_page(bytes, sizeof bytes, "sample", 2, &count, &error) == PAT_OK)
            assert_int_equal(pat_get_little(bytes + LINK, 4), i);
    }
}

static void deep_planes_follow_the_formula(void **state)
{
    (void)state;
    static const int sizes[][2] = {{1, 1}, {1, 9}, {7, 1}, {2, 3}, {40, 30}};
    static const double sigmas[] = {0.3, 1, 2.7};
    static uint16_t samples[DEEP_MAX], got[DEEP_MAX];
    uint32_t random = 3;
    for (size_t s = 0; s < COUNT(sizes); s++)
        for (size_t k = 0; k < COUNT(sigmas); k++) {
            int width = sizes[s][0], height = sizes[s][1];
            for (int i = 0; i < width * height; i++) /* noise, often 0 or 65535 */
                samples[i] =
                    (uint16_t)(random_below(&random, 4) == 0 ? random_below(&random, 2) * 65535
                                                             : random_below(&random, 65536));
            void *scratch = malloc(pat_deep_scratch(width));
            assert_non_null(scratch);
            pat_gaussian kernel;
            pat_gaussian_init(&kernel, sigmas[k]);
            const pat_deep_plane source = {samples, width, height, width};
            for (int y = 0; y < height; y += 7) { /* in bands */
                int rows = height - y < 7 ? height - y : 7;
                const pat_deep_plane band = {got + y * width, width, rows, width};
                pat_deep_sharpen_rows(&kernel, 1.37, &source, y, &band, scratch);
            }
            for (int i = 0; i < width * height; i++)
                assert_int_equal(got[i], naive_sharp(samples, width, height, i % width, i / width,
                                                     &kernel, 1.37));
            free(scratch);
        }
}

/* A 16-bit sample 257 v corresponds to an 8-bit v. In 8 bits, white balance loses up to one level
 * by truncation, which sharpening amplifies. */
static void check_agreement(double color, int tolerance)
{
    enum { WIDTH = 40, HEIGHT = 30 };
    static uint8_t low[DEEP_MAX];
    static uint16_t high[DEEP_MAX];
    uint32_t random = 4;
    for (int i = 0; i < WIDTH * HEIGHT; i++) {
        low[i] = (uint8_t)(60 + i % WIDTH * 2 + (int)random_below(&random, 40));
        high[i] = (uint16_t)(257 * low[i]);
    }
    pat_picture picture = {.width = WIDTH, .height = HEIGHT, .depth = 8, .channels = 1};
    picture.plane[0] = (pat_plane){low, WIDTH, HEIGHT, WIDTH};
    const pat_setting setting = SETTING(color, 1.2, 0.5);
    ok(pat_picture_restore(&picture, &setting, &error));
    picture.depth = 16;
    picture.deep[0] = (pat_deep_plane){high, WIDTH, HEIGHT, WIDTH};
    ok(pat_picture_restore(&picture, &setting, &error));
    for (int i = 0; i < WIDTH * HEIGHT; i++)
        assert_true(abs((high[i] >> 8) - low[i]) <= tolerance);
}

static void deep_planes_agree_with_8_bits(void **state)
{
    (void)state;
    check_agreement(PAT_COLOR_NONE, 1);
    check_agreement(PAT_COLOR_WHITE_BALANCE, 2);
    check_agreement(LEVELS, 2);
    check_agreement(STRETCH, 2);
}

/* Apply a color operator to a 16-bit channel. */
static void correct(const pat_deep_plane *plane, int number)
{
    const pat_setting setting = SETTING(number, 1, 0);
    const pat_steps steps = pat_steps_of(&setting);
    ok(pat_steps_apply(&steps, &(pat_channels){{{.deep = plane}}, 1}, NULL, &error));
}

static int by_value(const void *a, const void *b)
{
    return *(const uint16_t *)a - *(const uint16_t *)b;
}

/* Few values and many, which differ in the upper byte, the lower or both. For levels, 200 samples
 * have a tail of 1, and 201 a tail of 2. With 250 samples, an outlier is clipped at each end. */
static void check_deep_stretch(int number, double share)
{
    static const int sizes[][2] = {{1, 1},   {2, 1},   {20, 10}, {67, 3},
                                   {25, 10}, {40, 30}, {50, 40}, {69, 29}};
    static const struct {
        uint32_t first, range;
    } noises[] = {{0, 65536}, {1000, 2}, {511, 3}, {20000, 700}, {65535, 1}};
    static uint16_t samples[DEEP_MAX], sorted[DEEP_MAX], got[DEEP_MAX];
    uint32_t random = 6;
    for (size_t s = 0; s < COUNT(sizes); s++)
        for (size_t k = 0; k < COUNT(noises); k++) {
            int width = sizes[s][0], height = sizes[s][1], count = width * height;
            for (int i = 0; i < count; i++)
                samples[i] = (uint16_t)(noises[k].first + random_below(&random, noises[k].range));
            samples[0] = count == 250 ? 0 : samples[0];
            samples[1] = count == 250 ? 65535 : samples[1];
            memcpy(sorted, samples, sizeof sorted);
            qsort(sorted, (size_t)count, sizeof *sorted, by_value);
            int tail = (int)ceil(count / share);
            double low = sorted[tail - 1], high = sorted[count - tail];
            memcpy(got, samples, sizeof got);
            pat_deep_plane plane = {got, width, height, width};
            correct(&plane, number);
            for (int i = 0; i < count; i++) {
                double want =
                    high > low ? rint((samples[i] - low) * 65535 / (high - low)) : samples[i];
                assert_int_equal(got[i], (uint16_t)fmin(fmax(want, 0), 65535));
            }
        }
}

static void deep_levels_follow_the_formula(void **state)
{
    (void)state;
    check_deep_stretch(LEVELS, 200);
}

static void deep_stretch_follows_the_formula(void **state)
{
    (void)state;
    check_deep_stretch(STRETCH, 2000);
}

static void a_deep_plane_of_zeros_stays(void **state)
{
    (void)state;
    uint16_t zeros[6] = {0};
    pat_deep_plane plane = {zeros, 3, 2, 3};
    correct(&plane, PAT_COLOR_WHITE_BALANCE);
    for (int i = 0; i < 6; i++)
        assert_int_equal(zeros[i], 0);
    uint16_t constant[6] = {1000, 1000, 1000, 1000, 1000, 1000};
    plane.data = constant;
    correct(&plane, PAT_COLOR_NONE);
    correct(&plane, LEVELS);
    correct(&plane, STRETCH);
    for (int i = 0; i < 6; i++)
        assert_int_equal(constant[i], 1000);
    correct(&plane, PAT_COLOR_WHITE_BALANCE);
    for (int i = 0; i < 6; i++)
        assert_in_range(constant[i], 128 * 257 - 1, 128 * 257);
}

static int set_up(void **state)
{
    (void)state;
    return pat_codec_init(&error) != PAT_OK;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pictures_are_restored_as_images_are),
        cmocka_unit_test(bmps_are_written_as_they_are_read),
        cmocka_unit_test(metadata_is_carried),
        cmocka_unit_test(hostile_metadata_does_no_harm),
        cmocka_unit_test(xmp_is_joined),
        cmocka_unit_test(hostile_xmp_does_no_harm),
        cmocka_unit_test(pages_of_hostile_files_are_counted),
        cmocka_unit_test(deep_planes_follow_the_formula),
        cmocka_unit_test(deep_planes_agree_with_8_bits),
        cmocka_unit_test(deep_levels_follow_the_formula),
        cmocka_unit_test(deep_stretch_follows_the_formula),
        cmocka_unit_test(a_deep_plane_of_zeros_stays),
    };
    return cmocka_run_group_tests_name("picture", tests, set_up, NULL);
}
