/* The plan for a film: scenes, and one setting for each. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "run/film/plan.h"

enum { FRAMES = 100, AFFINE = 4 };

static pat_film_record records[FRAMES];

static void test_scenes(void **state)
{
    pat_film_scene *scenes;
    size_t count;
    (void)state;
    for (int i = 0; i < FRAMES; i++)
        records[i] = (pat_film_record){.begins = i == 0 || i == 40 || i == 41, .luma = i};
    assert_int_equal(pat_film_find_scenes(records, FRAMES, &scenes, &count, NULL), PAT_OK);
    assert_int_equal(count, 3);
    static const size_t wanted[][2] = {{0, 40}, {40, 1}, {41, 59}};
    for (int i = 0; i < 3; i++) {
        assert_int_equal(scenes[i].first, wanted[i][0]);
        assert_int_equal(scenes[i].count, wanted[i][1]);
    }
    free(scenes);
    /* brightness grows by 1 in each frame, but for cuts */
    records[40].luma = 200;
    assert_true(fabs(pat_film_flicker(records, FRAMES, false) - 1) < 1e-12);
    assert_true(pat_film_flicker(records, FRAMES, true) == 0);
    assert_int_equal(pat_film_find_scenes(records, 0, &scenes, &count, NULL), PAT_OK);
    assert_int_equal(count, 0);
    free(scenes);
}

static pat_film_guess guess(size_t frame, double filter, double gain)
{
    pat_film_guess made = {.frame = frame};
    made.setting.value[PAT_AXIS_COLOR] = gain == 0 ? 0 : AFFINE;
    made.setting.value[PAT_AXIS_FILTER] = filter;
    made.setting.value[PAT_AXIS_SIGMA] = filter == 0 ? 0 : 1;
    for (int axis = PAT_AXIS_RED_GAIN; axis < PAT_AXES; axis += 2)
        made.setting.value[axis] = gain;
    return made;
}

static const pat_film_scene *before; /* the scene before */

static pat_setting plan(const pat_film_guess *guesses, size_t count, size_t first, size_t frames)
{
    pat_film_scene scene = {.first = first, .count = frames};
    assert_int_equal(pat_film_plan_setting(&scene, guesses, count, before, NULL), PAT_OK);
    return scene.setting;
}

static void test_settings(void **state)
{
    (void)state;
    const pat_film_guess guesses[] = {guess(0, 2, 1.1),  guess(12, 2, 1.5), guess(24, 2, 1.2),
                                      guess(36, 3, 9),   guess(48, 0, 0),   guess(60, 0, 0),
                                      guess(72, 2, 1.3), guess(84, 0, 0)};
    pat_setting setting = plan(guesses, 8, 0, 48);
    assert_true(setting.value[PAT_AXIS_FILTER] == 2 && setting.value[PAT_AXIS_COLOR] == AFFINE);
    assert_true(setting.value[PAT_AXIS_RED_GAIN] == 1.2); /* the median of three */
    setting = plan(guesses, 8, 12, 24);
    assert_true(fabs(setting.value[PAT_AXIS_GREEN_GAIN] - 1.35) < 1e-12); /* of two */
    assert_true(pat_setting_is_idle(&(pat_setting){{0}}));
    setting = plan(guesses, 8, 48, 40); /* most of its guesses leave it alone */
    assert_true(pat_setting_is_idle(&setting));
    setting = plan(guesses, 8, 90, 10); /* it has none */
    assert_true(pat_setting_is_idle(&setting));
    setting = plan(NULL, 0, 0, 10);
    assert_true(pat_setting_is_idle(&setting));
    pat_film_scene earlier = {.setting = plan(guesses, 8, 0, 48)};
    before = &earlier;
    setting = plan(guesses, 8, 90, 10); /* it has none, but the scene before has a setting */
    assert_true(pat_setting_equal(&setting, &earlier.setting));
    setting = plan(guesses, 8, 48, 40);
    assert_true(pat_setting_is_idle(&setting));
}

/* A scene of samples between 50 and 200, whose brightest frames have an object at 250. */
static pat_film_scene make_held(double color, bool has_object, double drift)
{
    pat_film_scene scene = {.count = FRAMES, .setting.value[PAT_AXIS_COLOR] = color};
    for (int t = 0; t < FRAMES; t++) {
        double moved = drift * t / FRAMES;
        records[t] = (pat_film_record){.gains = {{1, 1, 1}}};
        for (int c = 0; c < PAT_CHANNELS; c++) {
            for (int i = 0; i < PAT_QUANTILES; i++)
                records[t].quantiles.channel[c][i] =
                    (uint16_t)((50 + moved + 7.5 * i) * PAT_QUANTILE_UNIT);
            records[t].ends[(int)color][c][0] = (float)(50 + moved);
            records[t].ends[(int)color][c][1] =
                (float)(has_object && t % 20 > 15 ? 250 : 200 + moved);
        }
    }
    assert_int_equal(pat_film_hold_colors(&scene, records, NULL), PAT_OK);
    return scene;
}

static void test_held_colors(void **state)
{
    (void)state;
    enum { LEVELS = 2 };
    pat_film_scene scene = make_held(LEVELS, true, 0); /* an object comes and goes */
    assert_true(scene.held);
    for (int c = 0; c < PAT_CHANNELS; c++)
        assert_true(scene.ends[c].black == 50 && scene.ends[c].white == 200);
    assert_false(make_held(LEVELS, false, 40).held); /* a camera pans: following is steadier */
    assert_false(make_held(PAT_COLOR_NONE, true, 0).held);
    assert_false(make_held(AFFINE, true, 0).held); /* it measures nothing */
    scene.count = 0;
    assert_int_equal(pat_film_hold_colors(&scene, records, NULL), PAT_OK);
    assert_false(scene.held);
}

static void test_gaps(void **state)
{
    (void)state;
    for (int i = 0; i < FRAMES; i++)
        records[i] =
            (pat_film_record){.frame = {.time = 40 * i + (i >= 50 ? 40 : i % 2), .duration = 40}};
    assert_int_equal(pat_film_gaps(records, FRAMES), 1);
    records[49].frame.duration = 0; /* unknown */
    assert_int_equal(pat_film_gaps(records, FRAMES), 0);
    records[20].frame.time = PAT_FILM_NO_TIME;
    assert_int_equal(pat_film_gaps(records, FRAMES), 0);
    assert_int_equal(pat_film_gaps(NULL, 0), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_gaps),
        cmocka_unit_test(test_held_colors),
        cmocka_unit_test(test_scenes),
        cmocka_unit_test(test_settings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
