/* Rigs: how folders and files are named, and depth maps. What NumPy makes of the same files is
 * compared in film/check_frames.py. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "rig/depth.h"
#include "rig/layout.h"
#include "rig/npy.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

enum { PIXELS = 1 << 22 };

/* ---- Names ---- */

static void test_folders(void **state)
{
    (void)state;
    const char *const rig[] = {"Depth", "_Color", "color", "depth", "notes"};
    const char *const none[] = {"colors", "COLOR", "cam1"};
    assert_string_equal(pat_rig_find_folders(rig, 5)->name[PAT_RIG_DEPTH], "depth");
    assert_string_equal(pat_rig_find_folders(rig, 2)->name[PAT_RIG_DEPTH], "_Depth");
    assert_null(pat_rig_find_folders(none, COUNT(none)));
    assert_null(pat_rig_find_folders(NULL, 0));
    assert_true(pat_rig_is_camera("cam1"));
    assert_true(pat_rig_is_camera("cam_left"));
    assert_false(pat_rig_is_camera("ca"));
}

static const struct {
    pat_rig_part part;
    const char *camera, *names[4], *prefix;
    int digits;
} patterns[] = {
    {PAT_RIG_COLOR, "cam1", {"frame_000001.png"}, "frame_", 6},
    {PAT_RIG_COLOR, "cam1", {"Color_000001.JPG"}, "Color_", 6},
    {PAT_RIG_COLOR, "cam1", {"cam1_000001.bmp"}, "cam1_", 6},
    {PAT_RIG_COLOR, "cam1", {"cam_left_000001.bmp", "a.png"}, "cam_left_", 6},
    {PAT_RIG_COLOR, "cam1", {"_Color_0001.jpeg"}, "_Color_", 4},
    {PAT_RIG_DEPTH, "cam1", {"Depth_000001.raw"}, "Depth_", 6},
    {PAT_RIG_DEPTH, "cam1", {"_Depth_0001.npy", "frame_000001.tif"}, "_Depth_", 4},
    {PAT_RIG_DEPTH, "cam1", {"cam1_000001.png"}, "cam1_", 6},
    /* most files count; of as many, the first row of the table */
    {PAT_RIG_COLOR, "c", {"Color_000001.png", "frame_000001.png", "Color_000002.png"}, "Color_", 6},
    {PAT_RIG_COLOR, "c", {"Color_000001.png", "frame_000001.png"}, "frame_", 6},
    /* none */
    {PAT_RIG_COLOR, "cam1", {"frame_00001.png"}, NULL, 0},
    {PAT_RIG_COLOR, "cam1", {"frame_000001.raw"}, NULL, 0},
    {PAT_RIG_COLOR, "cam1", {"frame_.png", "frame_000001", "frame_000001.png.txt"}, NULL, 0},
    {PAT_RIG_DEPTH, "cam1", {"Color_000001.png"}, NULL, 0},
    {PAT_RIG_COLOR, "cam1", {"camera.png", "cam_.png", "cam_12.png", "cam"}, NULL, 0},
};

static void test_patterns(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(patterns); i++) {
        pat_rig_pattern pattern;
        size_t count = 0;
        while (count < 4 && patterns[i].names[count] != NULL)
            count++;
        bool found = pat_rig_find_pattern(patterns[i].names, count, patterns[i].part,
                                          patterns[i].camera, &pattern);
        assert_int_equal(found, patterns[i].prefix != NULL);
        if (!found)
            continue;
        assert_string_equal(pattern.prefix, patterns[i].prefix);
        assert_int_equal(pattern.digits, patterns[i].digits);
    }
}

static void test_numbers(void **state)
{
    (void)state;
    const pat_rig_pattern pattern = {"frame_", 6};
    static const struct {
        const char *name;
        long number;
        int extension;
    } names[] = {
        {"frame_000000.png", 0, 0},
        {"frame_000012.jpg", 12, 1},
        {"frame_123456.jpeg", 123456, 2},
        {"frame_1234567.BMP", 1234567, 3},
        {"frame_123456789.png", 123456789, 0},
        {"frame_0123456.png", -1, 0},
        {"frame_1234567890.png", -1, 0},
        {"frame_00000a.png", -1, 0},
        {"frame_000001.pn", -1, 0},
        {"Frame_000001.png", -1, 0},
        {"frame_-00001.png", -1, 0},
        {"", -1, 0},
    };
    for (size_t i = 0; i < COUNT(names); i++) {
        long number;
        int extension;
        bool is = pat_rig_number(&pattern, names[i].name, PAT_RIG_COLOR, &number, &extension);
        assert_int_equal(is, names[i].number >= 0);
        if (is) {
            assert_int_equal(number, names[i].number);
            assert_int_equal(extension, names[i].extension);
        }
    }
}

/* ---- NumPy's files ---- */

static size_t make_npy(uint8_t *file, const char *header, const void *samples, size_t size)
{
    size_t length = strlen(header);
    memcpy(file, "\x93NUMPY\1\0", 8);
    file[8] = (uint8_t)length;
    file[9] = (uint8_t)(length >> 8);
    memcpy(file + 10, header, length);
    memcpy(file + 10 + length, samples, size);
    return 10 + length + size;
}

static void test_round_trip(void **state)
{
    (void)state;
    const float samples[6] = {0, -1.5f, INFINITY, 3e-40f, 65504, 7};
    float read[6];
    pat_npy npy;
    pat_buffer file = {0};
    pat_npy_put(&file, samples, 3, 2);
    assert_int_equal(file.size, 128 + sizeof samples);
    assert_int_equal(pat_npy_parse((const uint8_t *)file.data, file.size, "a", 6, &npy, NULL),
                     PAT_OK);
    assert_int_equal(npy.width, 3);
    assert_int_equal(npy.height, 2);
    pat_npy_samples(&npy, (const uint8_t *)file.data, read);
    assert_memory_equal(read, samples, sizeof samples);
    assert_int_equal(pat_npy_parse((const uint8_t *)file.data, file.size, "a", 5, &npy, NULL),
                     PAT_TOO_LARGE);
    pat_buffer_release(&file);
}

static const struct {
    const char *header;
    pat_status status;
} headers[] = {
    {"{'descr': '<u2', 'fortran_order': False, 'shape': (2, 2), }", PAT_OK},
    {"{\"shape\":(2,2),\"descr\":\"|u1\",\"fortran_order\":True}\n", PAT_OK},
    {"{'descr': '<u2', 'fortran_order': False, 'shape': (2L, 2L, 1), }", PAT_OK},
    {"{'descr': '<u2', 'fortran_order': False, 'shape': (1, 1), }", PAT_OK},
    {"{'descr': '<c8', 'fortran_order': False, 'shape': (2, 2), }", PAT_UNSUPPORTED_FORMAT},
    {"{'descr': '|O', 'fortran_order': False, 'shape': (2, 2), }", PAT_UNSUPPORTED_FORMAT},
    {"{'descr': '<f1', 'fortran_order': False, 'shape': (2, 2), }", PAT_UNSUPPORTED_FORMAT},
    {"{'descr': [('a', '<u2'), ('b', [('c', '<u2')])], 'fortran_order': False, 'shape': (2, 2)}",
     PAT_UNSUPPORTED_FORMAT},
    {"{'descr': '<u2', 'fortran_order': False, 'shape': (4,), }", PAT_UNSUPPORTED_FORMAT},
    {"{'descr': '<u2', 'fortran_order': False, 'shape': (), }", PAT_UNSUPPORTED_FORMAT},
    {"{'descr': '<u2', 'fortran_order': False, 'shape': (2, 0), }", PAT_UNSUPPORTED_FORMAT},
    {"{'descr': '<u2', 'fortran_order': False, 'shape': (2, 2, 3), }", PAT_UNSUPPORTED_FORMAT},
    {"{'descr': '<u2', 'fortran_order': False, 'shape': (2, 3), }", PAT_CORRUPT},
    {"{'descr': '<u8', 'fortran_order': False, 'shape': (2, 2), }", PAT_CORRUPT},
    {"{'descr': '<u2', 'fortran_order': False, 'shape': (4294967296, 4294967296), }",
     PAT_TOO_LARGE},
    {"{'descr': '<u2', 'fortran_order': False, 'shape': (2, 2147483647), }", PAT_TOO_LARGE},
    {"{'descr': '<u2', 'fortran_order': False, 'shape': (99999999999999999999999, 2), }",
     PAT_CORRUPT},
    {"{'descr': '<u2', 'fortran_order': False, 'shape': (-2, 2), }", PAT_CORRUPT},
    {"{'descr': '<u2', 'fortran_order': Maybe, 'shape': (2, 2), }", PAT_CORRUPT},
    {"{'descr': '<u2', 'fortran_order': False}", PAT_CORRUPT},
    {"{'descr': '<u2', 'fortran_order': False, 'shape': (2, 2)", PAT_CORRUPT},
    {"{'descr': [[[, 'fortran_order': False, 'shape': (2, 2)}", PAT_CORRUPT},
    {"{'descr': '<u2 and a long word', 'fortran_order': False, 'shape': (2, 2)}", PAT_CORRUPT},
    {"{'a': 1}", PAT_CORRUPT},
    {"", PAT_CORRUPT},
};

static void test_headers(void **state)
{
    (void)state;
    const uint16_t samples[4] = {1, 2, 3, 4};
    uint8_t file[512];
    for (size_t i = 0; i < COUNT(headers); i++) {
        pat_npy npy;
        pat_error error = {0};
        size_t size = make_npy(file, headers[i].header, samples, sizeof samples);
        pat_status status = pat_npy_parse(file, size, "depth.npy", PIXELS, &npy, &error);
        if (status != headers[i].status)
            fail_msg("%s: %s (%s)", headers[i].header, pat_status_name(status), error.message);
        assert_true(status == PAT_OK || strstr(error.message, "depth.npy: ") == error.message);
    }
}

/* Random bytes in random places, and every length: no header makes it read outside the file, which
 * AddressSanitizer would see, because the file is a block of its own. */
static void test_damage(void **state)
{
    (void)state;
    const uint16_t samples[4] = {1, 2, 3, 4};
    uint8_t whole[512];
    uint32_t random = 1;
    for (size_t i = 0; i < COUNT(headers); i++) {
        size_t size = make_npy(whole, headers[i].header, samples, sizeof samples);
        for (size_t k = 0; k < 2000; k++) {
            size_t length = k < size ? k : size;
            uint8_t *file = malloc(length + (length == 0));
            pat_depth_map map = {0};
            memcpy(file, whole, length);
            for (size_t n = 0; n < k % 4 && length > 0; n++) {
                random = random * 1664525 + 1013904223;
                file[random >> 8 & 0xffff ? (random >> 8 & 0xffff) % length : 0] =
                    (uint8_t)(random >> 24);
            }
            pat_status status = pat_depth_from_npy(file, length, "a", PIXELS, &map, NULL);
            assert_int_equal(status == PAT_OK, map.meters != NULL);
            pat_depth_map_release(&map);
            free(file);
        }
    }
}

static void test_types(void **state)
{
    (void)state;
    static const struct {
        const char *type;
        uint8_t bytes[8];
        float value;
    } cases[] = {
        {"|u1", {200}, 200},
        {"|i1", {200}, -56},
        {"<u2", {0x34, 0x12}, 0x1234},
        {">u2", {0x12, 0x34}, 0x1234},
        {"<i2", {0xff, 0xff}, -1},
        {"<i4", {0xff, 0xff, 0xff, 0xff}, -1},
        {">u4", {0xff, 0xff, 0xff, 0xff}, 4294967296.0f},
        {"<i8", {0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}, -2},
        {"<u8", {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}, 18446744073709551616.0f},
        {"<f2", {0x00, 0x3c}, 1},
        {"<f2", {0x00, 0xfc}, -INFINITY},
        {"<f2", {0x01, 0x00}, 5.9604645e-8f},
        {">f2", {0x7b, 0xff}, 65504},
        {"<f4", {0x00, 0x00, 0xc0, 0x3f}, 1.5f},
        {">f4", {0x3f, 0xc0, 0x00, 0x00}, 1.5f},
        {"<f8", {0x9a, 0x99, 0x99, 0x99, 0x99, 0x99, 0xb9, 0x3f}, 0.1f},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        char header[128];
        uint8_t file[256];
        float value;
        pat_npy npy;
        snprintf(header, sizeof header,
                 "{'descr': '%s', 'fortran_order': False, 'shape': (1, 1), }", cases[i].type);
        size_t size = make_npy(file, header, cases[i].bytes, (size_t)(cases[i].type[2] - '0'));
        assert_int_equal(pat_npy_parse(file, size, "a", 1, &npy, NULL), PAT_OK);
        pat_npy_samples(&npy, file, &value);
        if (value != cases[i].value)
            fail_msg("%s: %g, not %g", cases[i].type, (double)value, (double)cases[i].value);
    }
}

/* ---- Depth maps ---- */

static pat_status read_raw(size_t bytes, uint64_t max_pixels, pat_depth_map *map)
{
    uint8_t *file = calloc(1, bytes + 1);
    pat_status status = pat_depth_from_raw(file, bytes, "a.raw", max_pixels, map, NULL);
    free(file);
    return status;
}

static void test_raw_shapes(void **state)
{
    (void)state;
    static const struct {
        size_t bytes;
        pat_status status;
        int height, width;
        bool guessed;
    } cases[] = {
        {2 * 480 * 640, PAT_OK, 480, 640, false},
        {2 * 720 * 1280, PAT_OK, 720, 1280, false},
        {2 * 1080 * 1920, PAT_OK, 1080, 1920, false},
        {2 * 300 * 300, PAT_OK, 300, 300, false},
        {2, PAT_OK, 1, 1, false},
        {2 * 480 * 640 + 1, PAT_OK, 480, 640, true},
        {2 * 500 * 640, PAT_OK, 480, 640, true},
        {2 * 480 * 640 - 1, PAT_CORRUPT, 0, 0, false},
        {2 * 300 * 300 + 1, PAT_CORRUPT, 0, 0, false},
        {3, PAT_CORRUPT, 0, 0, false},
        {1, PAT_CORRUPT, 0, 0, false},
        {0, PAT_EMPTY_FILE, 0, 0, false},
        {2 * 2100 * 2100, PAT_TOO_LARGE, 0, 0, false},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        pat_depth_map map = {0};
        assert_int_equal(read_raw(cases[i].bytes, PIXELS, &map), cases[i].status);
        assert_int_equal(map.height, cases[i].height);
        assert_int_equal(map.width, cases[i].width);
        assert_int_equal(map.guessed, cases[i].guessed);
        pat_depth_map_release(&map);
    }
}

static void assert_meters(const float *samples, float want, bool divided)
{
    uint8_t file[256];
    pat_depth_map map = {0};
    size_t size = make_npy(file, "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 4), }",
                           samples, 4 * sizeof *samples);
    assert_int_equal(pat_depth_from_npy(file, size, "a", 4, &map, NULL), PAT_OK);
    assert_int_equal(map.divided, divided);
    assert_true(map.meters[0] == want);
    pat_depth_map_release(&map);
}

static void test_meters(void **state)
{
    (void)state;
    assert_meters((const float[]){1.7f, 100, 0, 0}, 1.7f, false);
    assert_meters((const float[]){1.7f, 100.25f, 0, 0}, 1.7f / 1000, true);
    /* what was not measured does not count */
    assert_meters((const float[]){1.7f, INFINITY, NAN, -500}, 1.7f, false);
    assert_meters((const float[]){170, NAN, 0, 0}, 0.17f, true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_folders), cmocka_unit_test(test_patterns),
        cmocka_unit_test(test_numbers), cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_headers), cmocka_unit_test(test_damage),
        cmocka_unit_test(test_types),   cmocka_unit_test(test_raw_shapes),
        cmocka_unit_test(test_meters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
