/* Canvases, scratch planes, and resizing, compared with a naive version. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "image/plane.h"
#include "ref/naive_resize.h"
#include "ref/planes.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* Makes AddressSanitizer's allocator return NULL on failure, like malloc. */
PAT_API const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
    return "allocator_may_return_null=1";
}

enum { MAX_SIDE = 1 << 24 };

static void resize_canvas(pat_image *image, int width, int height)
{
    pat_error error = {0};
    if (pat_image_resize_canvas(image, width, height, &error) != PAT_OK)
        fail_msg("%s", error.message);
}

/* ---- canvas ---- */

static void assert_usable(const pat_image *image, int width, int height)
{
    assert_int_equal(image->width, width);
    assert_int_equal(image->height, height);
    for (int c = 0; c < PAT_CHANNELS; c++) {
        const pat_plane *plane = &image->plane[c];
        assert_int_equal(plane->width, width);
        assert_int_equal(plane->height, height);
        assert_true(plane->stride >= width);
        assert_int_equal(plane->stride % 64, 0);
        assert_int_equal((uintptr_t)plane->data % 64, 0);
        fill_plane(plane, 10 + c);
    }
    for (int c = 0; c < PAT_CHANNELS; c++) /* planes do not overlap */
        for (int y = 0; y < height; y++)
            for (int x = 0; x < width; x++)
                assert_int_equal(sample_at(&image->plane[c], x, y), 10 + c);
}

static void test_canvas_sizes(void **state)
{
    (void)state;
    static const int side[] = {1, 2, 7, 63, 64, 65, 128, 200};
    for (size_t i = 0; i < COUNT(side); i++)
        for (size_t j = 0; j < COUNT(side); j++) {
            pat_image image = {0};
            resize_canvas(&image, side[i], side[j]);
            assert_usable(&image, side[i], side[j]);
            pat_image_release(&image);
        }
}

static void test_canvas_reuses_its_memory(void **state)
{
    (void)state;
    pat_image image = {0};
    resize_canvas(&image, 300, 200);
    void *block = image.block;
    static const int smaller[][2] = {{1, 1}, {64, 900}, {200, 200}, {320, 200}, {300, 200}};
    for (size_t i = 0; i < COUNT(smaller); i++) {
        resize_canvas(&image, smaller[i][0], smaller[i][1]);
        assert_ptr_equal(image.block, block);
        assert_usable(&image, smaller[i][0], smaller[i][1]);
    }
    resize_canvas(&image, 301, 201);
    assert_usable(&image, 301, 201);
    pat_image_release(&image);
}

static void assert_empty(const pat_image *image)
{
    static const pat_image empty;
    assert_int_equal(image->width, 0);
    assert_int_equal(image->height, 0);
    assert_null(image->block);
    assert_int_equal(image->capacity, 0);
    for (int c = 0; c < PAT_CHANNELS; c++)
        assert_memory_equal(&image->plane[c], &empty.plane[c], sizeof empty.plane[c]);
}

static void test_released_image_is_empty_and_reusable(void **state)
{
    (void)state;
    pat_image image = {0};
    pat_image_release(&image);
    assert_empty(&image);
    resize_canvas(&image, 5, 6);
    pat_image_release(&image);
    assert_empty(&image);
    pat_image_release(&image);
    resize_canvas(&image, 6, 5);
    assert_usable(&image, 6, 5);
    pat_image_release(&image);
}

static void test_canvas_too_large_for_memory(void **state)
{
    (void)state;
    pat_image image = {0};
    pat_error error = {0};
    resize_canvas(&image, 5, 6);
    assert_int_equal(pat_image_resize_canvas(&image, MAX_SIDE, MAX_SIDE, &error),
                     PAT_OUT_OF_MEMORY);
    assert_int_equal(error.status, PAT_OUT_OF_MEMORY);
    assert_non_null(strstr(error.message, "16777216x16777216"));
    assert_empty(&image);
    assert_int_equal(pat_image_resize_canvas(&image, MAX_SIDE, MAX_SIDE, NULL), PAT_OUT_OF_MEMORY);
    resize_canvas(&image, 5, 6);
    assert_usable(&image, 5, 6);
    pat_image_release(&image);
}

static void test_scratch_planes(void **state)
{
    (void)state;
    static const int widths[][2] = {{1, 64}, {63, 64}, {64, 64}, {65, 128}, {MAX_SIDE, MAX_SIDE}};
    for (size_t i = 0; i < COUNT(widths); i++)
        assert_int_equal(pat_plane_stride(widths[i][0]), widths[i][1]);

    pat_scratch scratch = {0};
    pat_plane plane;
    assert_true(pat_plane_reserve(&scratch, 65, 9, &plane));
    assert_ptr_equal(plane.data, scratch.data);
    assert_int_equal(plane.width, 65);
    assert_int_equal(plane.height, 9);
    assert_int_equal(plane.stride, 128);
    fill_plane(&plane, 1);
    assert_false(pat_plane_reserve(&scratch, MAX_SIDE, MAX_SIDE, &plane));
    assert_true(pat_plane_reserve(&scratch, 3, 3, &plane));
    fill_plane(&plane, 1);
    pat_scratch_release(&scratch);
}

/* ---- resize ---- */

static void resize(const pat_plane *src, const pat_plane *dst)
{
    pat_error error = {0};
    if (pat_resize_linear(src, dst, &error) != PAT_OK)
        fail_msg("%s", error.message);
}

/* Resizes noise with padded rows; the guard bytes and the source must not change. */
static void check_resize(int src_width, int src_height, int dst_width, int dst_height,
                         uint32_t *state)
{
    guarded_plane src = noise_plane(src_width, src_height, (int)random_below(state, 20), state);
    guarded_plane copy = guarded_plane_create(src_width, src_height, 0);
    guarded_plane got = noise_plane(dst_width, dst_height, (int)random_below(state, 20), state);
    guarded_plane want = guarded_plane_create(dst_width, dst_height, 0);
    char what[64];
    snprintf(what, sizeof what, "resized from %dx%d", src_width, src_height);
    copy_samples(&src.plane, &copy.plane);

    resize(&src.plane, &got.plane);
    naive_resize(&src.plane, &want.plane);
    assert_same_samples(&got.plane, &want.plane, what);
    assert_same_samples(&src.plane, &copy.plane, "the source");
    assert_true(guards_intact(&src) && guards_intact(&got));
    guarded_plane_free(&src);
    guarded_plane_free(&copy);
    guarded_plane_free(&got);
    guarded_plane_free(&want);
}

static void test_resize_of_special_sizes(void **state)
{
    (void)state;
    static const int sizes[][4] = {
        {1, 1, 1, 1},     {1, 1, 5, 7},     {5, 7, 1, 1},     {1, 9, 1, 4},        {1, 4, 1, 9},
        {9, 1, 4, 1},     {4, 1, 9, 1},     {1, 9, 9, 1},     {2, 2, 1, 1},        {4, 6, 2, 3},
        {64, 48, 32, 24}, {62, 48, 31, 24}, {4, 6, 2, 6},     {4, 6, 4, 3},        {4, 6, 2, 4},
        {5, 7, 2, 3},     {5, 7, 3, 4},     {32, 24, 64, 48}, {13, 17, 13, 17},    {13, 17, 13, 18},
        {13, 17, 14, 17}, {200, 3, 3, 200}, {3, 200, 200, 3}, {100, 100, 99, 101}, {9, 9, 3, 3},
        {3, 3, 9, 9},     {256, 2, 255, 2}, {2, 2, 199, 211}, {1, 2, 2, 1},        {2, 1, 1, 1}};
    uint32_t seed = 1;
    for (size_t i = 0; i < COUNT(sizes); i++)
        for (int repeat = 0; repeat < 5; repeat++)
            check_resize(sizes[i][0], sizes[i][1], sizes[i][2], sizes[i][3], &seed);
}

static int random_side(int limit, uint32_t *state)
{
    return 1 + (int)random_below(state, (uint32_t)limit);
}

static void test_resize_of_random_sizes(void **state)
{
    (void)state;
    uint32_t seed = 2;
    for (int i = 0; i < 800; i++) {
        int limit = i % 4 == 0 ? 150 : 20;
        int width = random_side(limit, &seed), height = random_side(limit, &seed);
        check_resize(width, height, random_side(limit, &seed), random_side(limit, &seed), &seed);
    }
}

static void test_resize_by_exactly_two(void **state)
{
    (void)state;
    uint32_t seed = 3;
    for (int i = 0; i < 100; i++) {
        int width = random_side(40, &seed), height = random_side(40, &seed);
        check_resize(2 * width, 2 * height, width, height, &seed);
        check_resize(width, height, 2 * width, 2 * height, &seed);
        check_resize(2 * width, height, width, height, &seed);
        check_resize(width, 2 * height, width, height, &seed);
    }
}

/* cv2.resize(np.uint8([[0, 255]]), (4, 1)) and its transpose */
static void test_resize_by_hand(void **state)
{
    (void)state;
    uint8_t pair[] = {0, 255}, row[4], column[4];
    resize(&(pat_plane){pair, 2, 1, 2}, &(pat_plane){row, 4, 1, 4});
    assert_memory_equal(row, "\0\x40\xbf\xff", 4);
    resize(&(pat_plane){pair, 1, 2, 1}, &(pat_plane){column, 1, 4, 1});
    assert_memory_equal(column, "\0\x40\xbf\xff", 4);

    uint8_t square[] = {1, 2, 3, 4}, half;
    resize(&(pat_plane){square, 2, 2, 2}, &(pat_plane){&half, 1, 1, 1});
    assert_int_equal(half, 3); /* 2.5 rounds up */
}

static void test_resized_constant_stays_constant(void **state)
{
    (void)state;
    uint32_t seed = 4;
    for (int value = 0; value < 256; value++) {
        guarded_plane src = guarded_plane_create(random_side(20, &seed), random_side(20, &seed), 0);
        guarded_plane dst = guarded_plane_create(random_side(40, &seed), random_side(40, &seed), 0);
        guarded_plane want = guarded_plane_create(dst.plane.width, dst.plane.height, 0);
        fill_plane(&src.plane, value);
        fill_plane(&want.plane, value);
        resize(&src.plane, &dst.plane);
        assert_same_samples(&dst.plane, &want.plane, "one value");
        guarded_plane_free(&src);
        guarded_plane_free(&dst);
        guarded_plane_free(&want);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_canvas_sizes),
        cmocka_unit_test(test_canvas_reuses_its_memory),
        cmocka_unit_test(test_released_image_is_empty_and_reusable),
        cmocka_unit_test(test_canvas_too_large_for_memory),
        cmocka_unit_test(test_scratch_planes),
        cmocka_unit_test(test_resize_of_special_sizes),
        cmocka_unit_test(test_resize_of_random_sizes),
        cmocka_unit_test(test_resize_by_exactly_two),
        cmocka_unit_test(test_resize_by_hand),
        cmocka_unit_test(test_resized_constant_stays_constant),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
