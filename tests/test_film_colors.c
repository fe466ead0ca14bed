/* The colors of frames: every kind of samples, whole and by fields. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "film/colors.h"
#include "tiers/patterns.h"

enum { WIDTH = 30, HEIGHT = 24, BYTES = 4 * WIDTH * HEIGHT * 2 };

static const pat_film_layout layouts[] = {
    {.depth = 8, .planes = 1},
    {.depth = 10, .planes = 1},
    {.depth = 8, .planes = 3, .is_rgb = true},
    {.depth = 9, .planes = 3, .is_rgb = true},
    {.depth = 12, .planes = 4, .is_rgb = true},
    {.depth = 16, .planes = 3, .is_rgb = true},
    {.depth = 8, .planes = 3, .shift_x = 1, .shift_y = 1},
    {.depth = 10, .planes = 3, .shift_x = 1},
    {.depth = 16, .planes = 4},
};
enum { LAYOUTS = sizeof layouts / sizeof *layouts };

static uint16_t frame[BYTES / 2], original[BYTES / 2];
static pat_picture before, after;
static pat_scratch scratch;

static pat_film_facts fill(int which, uint64_t *random)
{
    pat_film_facts facts = {.layout = layouts[which]};
    facts.layout.width = WIDTH;
    facts.layout.height = HEIGHT;
    size_t bytes = pat_film_offset(&facts.layout, facts.layout.planes);
    for (size_t i = 0; i < bytes / 2; i++)
        frame[i] = facts.layout.depth > 8 ? (uint16_t)next_random(random, 1U << facts.layout.depth)
                                          : (uint16_t)next_random(random, 1U << 16);
    memcpy(original, frame, sizeof original);
    return facts;
}

static void convert(const pat_film_facts *facts, pat_part part, pat_picture *rgb)
{
    assert_int_equal(pat_frame_to_rgb(facts, part, (uint8_t *)frame, rgb, &scratch, NULL), PAT_OK);
}

static void change(const pat_film_facts *facts, pat_part part)
{
    assert_int_equal(
        pat_frame_change(facts, part, (uint8_t *)frame, &before, &after, &scratch, NULL), PAT_OK);
}

static void test_untouched(void **state)
{
    uint64_t random = 1;
    (void)state;
    for (int i = 0; i < LAYOUTS; i++)
        for (pat_part part = PAT_PART_TOP; part <= PAT_PART_WHOLE; part++) {
            pat_film_facts facts = fill(i, &random);
            convert(&facts, part, &before);
            convert(&facts, part, &after);
            assert_int_equal(after.height, part == PAT_PART_WHOLE ? HEIGHT : HEIGHT / 2);
            change(&facts, part);
            assert_memory_equal(frame, original, sizeof frame);
        }
}

/* Set a row of the changed image to its brightest. */
static void brighten(int row)
{
    for (int c = 0; c < after.channels; c++)
        for (int x = 0; x < WIDTH; x++)
            if (after.depth == 8)
                after.plane[c].data[after.plane[c].stride * row + x] = 255;
            else
                after.deep[c].data[after.deep[c].stride * row + x] = 65535;
}

static int sample_at(const pat_film_layout *layout, int plane, int x, int y)
{
    const uint8_t *row = (const uint8_t *)frame + pat_film_offset(layout, plane) +
                         (size_t)y * pat_film_stride(layout, plane);
    return layout->depth > 8 ? ((const uint16_t *)(const void *)row)[x] : row[x];
}

/* A change of row 3 of a part changes its row of the frame, and with it at most its chroma. */
static void test_changed(void **state)
{
    uint64_t random = 2;
    (void)state;
    for (int i = 0; i < LAYOUTS; i++)
        for (pat_part part = PAT_PART_TOP; part <= PAT_PART_WHOLE; part++) {
            pat_film_facts facts = fill(i, &random);
            const pat_film_layout *layout = &facts.layout;
            int row = part == PAT_PART_WHOLE ? 3 : 6 + (int)part;
            bool exact = layout->is_rgb || layout->planes == 1;
            convert(&facts, part, &before);
            convert(&facts, part, &after);
            brighten(3);
            change(&facts, part);
            for (int x = 0; x < WIDTH && exact; x++)
                assert_int_equal(sample_at(layout, 0, x, row), (1 << layout->depth) - 1);
            memcpy((uint8_t *)original + (size_t)row * pat_film_stride(layout, 0),
                   (uint8_t *)frame + (size_t)row * pat_film_stride(layout, 0),
                   pat_film_stride(layout, 0));
            /* the first plane is as it was elsewhere, and so is alpha */
            assert_memory_equal(frame, original, pat_film_offset(layout, 1));
            if (layout->planes == 4)
                assert_memory_equal((uint8_t *)frame + pat_film_offset(layout, 3),
                                    (uint8_t *)original + pat_film_offset(layout, 3),
                                    pat_film_stride(layout, 3) * HEIGHT);
        }
}

static void test_guesses(void **state)
{
    pat_film_facts facts = {.layout = {.height = 576}, .colors = {.matrix = 2}};
    (void)state;
    assert_int_equal(pat_film_matrix(&facts), PAT_YUV_BT601);
    assert_false(pat_film_is_full_range(&facts));
    facts.layout.height = 720;
    assert_int_equal(pat_film_matrix(&facts), PAT_YUV_BT709);
    facts.colors.matrix = 9;
    assert_int_equal(pat_film_matrix(&facts), PAT_YUV_BT2020);
    facts.colors.range = 2;
    assert_true(pat_film_is_full_range(&facts));
    facts.layout = (pat_film_layout){.height = 6, .planes = 3, .shift_y = 1};
    assert_false(pat_film_has_fields(&facts)); /* of 3 rows of chroma */
    facts.layout.height = 8;
    assert_true(pat_film_has_fields(&facts));
}

static int release(void **state)
{
    (void)state;
    pat_picture_release(&before);
    pat_picture_release(&after);
    pat_scratch_release(&scratch);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_untouched),
        cmocka_unit_test(test_changed),
        cmocka_unit_test(test_guesses),
    };
    return cmocka_run_group_tests(tests, NULL, release);
}
