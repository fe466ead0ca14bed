/* Small images of frames: which frames are shown, and what of a worker's answer is believed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "run/film/story.h"
#include "tasks/film_strip.h"

enum { SIZE = 9, FRAMES = 4 };

static uint8_t file[2][SIZE];

static pat_film_strip strip(void)
{
    static const uint8_t jpeg[SIZE] = {0xff, 0xd8, 1, 2, 3, 4, 5, 0xff, 0xd9};
    memcpy(file[0], jpeg, SIZE);
    memcpy(file[1], jpeg, SIZE);
    return (pat_film_strip){
        .frame = 3, .width = 480, .height = 1, .jpeg = {{file[0], SIZE}, {file[1], SIZE}}};
}

/* Send a strip, all of whose bytes but so many arrive. */
static bool is_believed(const pat_film_strip *sent, size_t missing)
{
    pat_buffer bytes = {0};
    pat_film_strip got;
    pat_pack_film_strip(&bytes, sent);
    assert_false(bytes.failed);
    pat_unpacker in = pat_unpacker_of((pat_bytes){bytes.data, bytes.size - missing});
    pat_unpack_film_strip(&in, FRAMES, &got);
    bool believed = pat_unpacker_finished(&in);
    if (believed) {
        assert_int_equal(got.frame, sent->frame);
        assert_int_equal(got.width, sent->width);
        assert_int_equal(got.height, sent->height);
        for (int i = 0; i < 2; i++) {
            assert_int_equal(got.jpeg[i].size, SIZE);
            assert_memory_equal(got.jpeg[i].data, file[i], SIZE);
        }
    }
    pat_buffer_release(&bytes);
    return believed;
}

static void test_answers(void **state)
{
    (void)state;
    pat_film_strip sent = strip();
    assert_true(is_believed(&sent, 0));
    for (size_t missing = 1; missing < SIZE; missing++)
        assert_false(is_believed(&sent, missing));
    sent.frame = FRAMES;
    assert_false(is_believed(&sent, 0));
    static const int sides[][2] = {{0, 1}, {1, 0}, {481, 1}, {1, 481}, {-1, 1}};
    for (size_t i = 0; i < sizeof sides / sizeof *sides; i++) {
        sent = strip();
        sent.width = sides[i][0];
        sent.height = sides[i][1];
        assert_false(is_believed(&sent, 0));
    }
    for (int which = 0; which < 2; which++) {
        static const size_t marks[] = {0, 1, SIZE - 2, SIZE - 1};
        for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
            sent = strip();
            file[which][marks[i]] ^= 1;
            assert_false(is_believed(&sent, 0));
        }
        sent = strip();
        sent.jpeg[which].size = 0;
        assert_false(is_believed(&sent, 0));
    }
    /* longer than any image of that size is */
    size_t long_size = ((size_t)1 << 20) + 1;
    uint8_t *large = calloc(long_size, 1);
    assert_non_null(large);
    sent = strip();
    memcpy(large, file[0], 2);
    memcpy(large + long_size - 2, file[0] + SIZE - 2, 2);
    sent.jpeg[1] = (pat_bytes){large, long_size};
    assert_false(is_believed(&sent, 0));
    free(large);
}

/* Scenes of 1, 2, .. frames. */
static void check_choice(size_t scene_count)
{
    static struct pat_film_story story;
    pat_film_scene *scenes = calloc(scene_count, sizeof *scenes);
    assert_non_null(scenes);
    for (size_t s = 0; s < scene_count; s++) {
        scenes[s].count = s + 1;
        scenes[s].first = s == 0 ? 0 : scenes[s - 1].first + scenes[s - 1].count;
    }
    pat_film_choose_looks(&story, scenes, scene_count);
    assert_int_equal(story.look_count, scene_count < 24 ? scene_count : 24);
    for (size_t i = 0; i < story.look_count; i++) {
        const pat_film_look *look = &story.looks[i];
        const pat_film_scene *scene = &scenes[look->scene];
        assert_true(i == 0 || look->scene > look[-1].scene);
        assert_int_equal(look->frame, scene->first + scene->count / 2);
        assert_int_equal(look->width, 0);
        assert_ptr_equal(pat_film_look_at(&story, look->frame), look);
    }
    assert_null(pat_film_look_at(&story, SIZE_MAX));
    free(scenes);
}

static void test_choice(void **state)
{
    static const size_t counts[] = {1, 2, 23, 24, 25, 47, 1000};
    (void)state;
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
        check_choice(counts[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_answers),
        cmocka_unit_test(test_choice),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
