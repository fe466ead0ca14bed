/* What the kinds of tasks tell each other: setups, and reports from workers that may lie. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "settings.h"
#include "tasks/pack.h"
#include "tasks/task.h"
#include "tasks/task_actions.h"
#include "tasks/task_evaluate.h"
#include "tasks/task_features.h"
#include "tasks/task_search.h"

enum { SETTINGS = 2 * 2 * 3 };

static pat_grid some_grid(void)
{
    pat_grid grid;
    assert_int_equal(
        pat_grid_parse(&grid, "color=none,white_balance;sigma=0.5,2;strength=0,0.25,1", NULL),
        PAT_OK);
    assert_int_equal(pat_grid_count(&grid), SETTINGS);
    return grid;
}

static void assert_same_grid(const pat_grid *a, const pat_grid *b)
{
    char text_a[PAT_GRID_TEXT_SIZE], text_b[PAT_GRID_TEXT_SIZE];
    pat_grid_format(a, text_a);
    pat_grid_format(b, text_b);
    assert_string_equal(text_a, text_b);
}

/* The first bytes in a block of exactly their size, so that a sanitizer sees a read beyond. */
static pat_bytes exact_copy(const pat_buffer *bytes, size_t size)
{
    void *copy = malloc(size + 1);
    assert_non_null(copy);
    memcpy(copy, bytes->data, size < bytes->size ? size : bytes->size);
    if (size > bytes->size)
        memset((char *)copy + bytes->size, 0, size - bytes->size);
    return (pat_bytes){realloc(copy, size == 0 ? 1 : size), size};
}

static void release(pat_bytes bytes)
{
    free((void *)bytes.data);
}

/* ---- Values ---------------------------------------------------------------------------------- */

static void test_values_come_back(void **state)
{
    (void)state;
    pat_buffer bytes = {0};
    const double numbers[] = {-INFINITY, 1e-300, -0.0};
    const pat_setting setting = SETTING(LEVELS, 1.5, 0.1);
    const pat_scores scores = scores_of(INFINITY, -1);
    pat_grid grid = some_grid(), got_grid;
    pat_pack_u64(&bytes, UINT64_MAX);
    pat_pack_text(&bytes, "a\nb");
    pat_pack_doubles(&bytes, numbers, 3);
    pat_pack_block(&bytes, (pat_bytes){"a\0b", 3});
    pat_pack_setting(&bytes, &setting);
    pat_pack_scores(&bytes, &scores, 0);
    pat_pack_grid(&bytes, &grid);

    double got_numbers[3];
    pat_setting got_setting;
    pat_scores got_scores;
    pat_unpacker in = pat_unpacker_of(pat_buffer_bytes(&bytes));
    assert_true(pat_unpack_u64(&in) == UINT64_MAX);
    assert_string_equal(pat_unpack_text(&in), "a\nb");
    pat_unpack_doubles(&in, got_numbers, 3);
    assert_memory_equal(got_numbers, numbers, sizeof numbers);
    pat_bytes block = pat_unpack_block(&in);
    assert_int_equal(block.size, 3);
    assert_memory_equal(block.data, "a\0b", 3);
    pat_unpack_setting(&in, &got_setting);
    assert_true(pat_setting_equal(&got_setting, &setting));
    pat_unpack_scores(&in, &got_scores, 0);
    assert_memory_equal(&got_scores, &scores, sizeof scores);
    assert_false(pat_unpacker_finished(&in));
    pat_unpack_grid(&in, &got_grid);
    assert_same_grid(&got_grid, &grid);
    assert_true(pat_unpacker_finished(&in));
    pat_buffer_release(&bytes);
}

/* What follows a missing value is as harmless as that value. */
static void test_missing_values_are_bad_and_harmless(void **state)
{
    (void)state;
    pat_buffer bytes = {0};
    pat_pack_u64(&bytes, 1000);
    pat_unpacker in = pat_unpacker_of(pat_buffer_bytes(&bytes));
    pat_bytes block = pat_unpack_block(&in);
    assert_true(in.bad && block.size == 0);
    assert_true(pat_unpack_u64(&in) == 0);
    assert_true(pat_unpack_range(&in, 3, 5) == 3);
    assert_string_equal(pat_unpack_text(&in), "");
    pat_grid grid;
    pat_unpack_grid(&in, &grid);
    assert_int_equal(pat_grid_count(&grid), 1);
    assert_false(pat_unpacker_finished(&in));

    in = pat_unpacker_of((pat_bytes){"no end", 6});
    assert_string_equal(pat_unpack_text(&in), "");
    assert_true(in.bad);
    in = pat_unpacker_of((pat_bytes){NULL, 0});
    assert_true(pat_unpacker_finished(&in));
    pat_buffer_release(&bytes);
}

static void check_no_operator(pat_axis axis, double number)
{
    pat_buffer bytes = {0};
    pat_setting setting = SETTING(PAT_COLOR_NONE, 1, 1);
    setting.value[axis] = number;
    pat_pack_setting(&bytes, &setting);
    pat_unpacker in = pat_unpacker_of(pat_buffer_bytes(&bytes));
    pat_unpack_setting(&in, &setting);
    assert_true(in.bad && pat_setting_is_idle(&setting));

    pat_grid grid = some_grid();
    grid.value[axis][grid.count[axis] - 1] = number;
    pat_buffer_reset(&bytes);
    pat_pack_grid(&bytes, &grid);
    in = pat_unpacker_of(pat_buffer_bytes(&bytes));
    pat_unpack_grid(&in, &grid);
    assert_true(in.bad);
    pat_buffer_release(&bytes);
}

static void test_settings_and_grids_that_do_not_exist_are_bad(void **state)
{
    (void)state;
    static const double no_numbers[] = {-1, 0.5, 1e300, NAN, INFINITY};
    check_no_operator(PAT_AXIS_COLOR, AFFINE + 1);
    check_no_operator(PAT_AXIS_FILTER, WIENER + 1);
    for (size_t i = 0; i < sizeof no_numbers / sizeof *no_numbers; i++) {
        check_no_operator(PAT_AXIS_COLOR, no_numbers[i]);
        check_no_operator(PAT_AXIS_FILTER, no_numbers[i]);
    }
    pat_buffer bytes = {0};
    pat_grid grid;
    pat_unpacker in;
    pat_buffer_reset(&bytes);
    pat_pack_u64(&bytes, UINT32_MAX); /* colors */
    in = pat_unpacker_of(pat_buffer_bytes(&bytes));
    pat_unpack_grid(&in, &grid);
    assert_true(in.bad);
    pat_buffer_release(&bytes);
}

/* ---- Searches -------------------------------------------------------------------------------- */

static pat_search_setup some_setup(bool trials)
{
    return (pat_search_setup){.grid = some_grid(), .trials = trials, .extended = !trials};
}

static pat_search_report some_report(void)
{
    const pat_grid grid = some_grid();
    pat_search_report report = {.setting = pat_grid_setting(&grid, SETTINGS - 1),
                                .best = scores_of(INFINITY, 1),
                                .untouched = scores_of(0, -0.5),
                                .ties = SETTINGS - 1,
                                .other_shape = true};
    for (int i = 0; i < PAT_FEATURES_MAX; i++)
        report.features[i] = 1.0 / (i + 3);
    return report;
}

static void fill_trials(pat_scores trials[SETTINGS])
{
    for (int i = 0; i < SETTINGS; i++)
        trials[i] = scores_of(20 + i, 0.5);
}

static void test_search_setup_comes_back(void **state)
{
    (void)state;
    for (int trials = 0; trials <= 1; trials++) {
        pat_buffer bytes = {0};
        pat_search_setup setup = some_setup(trials), got;
        pat_search_setup_pack(&bytes, &setup);
        assert_true(pat_search_setup_unpack(pat_buffer_bytes(&bytes), &got));
        assert_true(got.trials == setup.trials && got.extended == setup.extended);
        assert_same_grid(&got.grid, &setup.grid);
        bytes.size--;
        assert_false(pat_search_setup_unpack(pat_buffer_bytes(&bytes), &got));
        pat_buffer_release(&bytes);
    }
}

static void test_search_report_comes_back(void **state)
{
    (void)state;
    pat_scores trials[SETTINGS], got_trials[SETTINGS];
    fill_trials(trials);
    for (int all = 0; all <= 1; all++) {
        pat_buffer bytes = {0};
        pat_search_setup setup = some_setup(all);
        pat_search_report report = some_report(), got;
        pat_search_report_pack(&bytes, &setup, &report, trials);
        assert_true(pat_search_report_unpack(pat_buffer_bytes(&bytes), &setup, &got,
                                             all ? got_trials : NULL));
        assert_true(pat_setting_equal(&got.setting, &report.setting));
        assert_memory_equal(&got.best, &report.best, sizeof got.best);
        assert_memory_equal(&got.untouched, &report.untouched, sizeof got.untouched);
        assert_true(got.ties == report.ties && got.other_shape);
        assert_memory_equal(got.features, report.features, sizeof got.features);
        if (all)
            assert_memory_equal(got_trials, trials, sizeof trials);
        pat_buffer_release(&bytes);
    }
}

/* A report one byte or one score too short or too long, of any length, or of a run without the
 * scores of all settings, is none. */
static void test_search_reports_of_another_size_are_refused(void **state)
{
    (void)state;
    pat_scores trials[SETTINGS], got_trials[SETTINGS];
    pat_search_report report = some_report(), got;
    pat_search_setup setup = some_setup(true), without = some_setup(false);
    pat_buffer bytes = {0};
    fill_trials(trials);
    pat_search_report_pack(&bytes, &setup, &report, trials);
    for (size_t size = 0; size <= bytes.size + 64; size++) {
        pat_bytes cut = exact_copy(&bytes, size);
        assert_int_equal(pat_search_report_unpack(cut, &setup, &got, got_trials),
                         size == bytes.size);
        assert_int_equal(pat_search_report_unpack(cut, &setup, &got, NULL), size == bytes.size);
        release(cut);
    }
    assert_false(pat_search_report_unpack(pat_buffer_bytes(&bytes), &without, &got, NULL));
    pat_buffer_release(&bytes);
}

/* A number of a report, or of the scores of its last setting, that no search finds. */
static void test_search_reports_that_are_impossible_are_refused(void **state)
{
    (void)state;
    pat_search_report report;
    pat_scores trials[SETTINGS];
    const struct {
        double *number, value;
        bool extended;
    } cases[] = {
        {&report.best.ssim, 1e9, false},
        {&report.best.ssim, NAN, false},
        {&report.best.psnr, -1, false},
        {&report.best.psnr, NAN, false},
        {&report.best.similarity, 0.75, false}, /* not that of its PSNR and SSIM */
        {&report.best.similarity, NAN, false},
        {&report.best.further[pat_score_find("ms_ssim")], 1.5, false},
        {&report.best.further[pat_score_find("ms_ssim")], NAN, false},
        {&report.untouched.ssim, -1.5, false},
        {&report.untouched.psnr, -INFINITY, false},
        {&trials[SETTINGS - 1].ssim, 1e9, false},
        {&trials[SETTINGS - 1].psnr, NAN, false},
        {&report.setting.value[PAT_AXIS_SIGMA], 0.75, false}, /* not in the grid */
        {&report.setting.value[PAT_AXIS_STRENGTH], 2, false},
        {&report.setting.value[PAT_AXIS_COLOR], LEVELS, false},
        {&report.features[0], 1e308, false},
        {&report.features[0], NAN, false},
        {&report.features[PAT_FEATURE_COUNT - 1], -0.5, false},
        {&report.features[PAT_FEATURES_MAX - 1], INFINITY, false},
        {&report.colors[0], NAN, true},
        {&report.colors[1], 1e4, true},
        {&report.colors[PAT_AFFINE_NUMBERS], -1, true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (int wrong = 0; wrong <= 1; wrong++) {
            pat_search_setup setup = some_setup(true);
            pat_search_report got;
            pat_buffer bytes = {0};
            report = some_report();
            fill_trials(trials);
            setup.extended = cases[i].extended;
            setup.scores = 1u << pat_score_find("ms_ssim");
            if (wrong)
                *cases[i].number = cases[i].value;
            pat_search_report_pack(&bytes, &setup, &report, trials);
            if (pat_search_report_unpack(pat_buffer_bytes(&bytes), &setup, &got, NULL) == wrong)
                fail_msg("case %zu, wrong %d", i, wrong);
            pat_buffer_release(&bytes);
        }
    pat_search_setup setup = some_setup(true);
    pat_search_report got;
    pat_buffer bytes = {0};
    report = some_report();
    report.ties = SETTINGS;
    pat_search_report_pack(&bytes, &setup, &report, trials);
    assert_false(pat_search_report_unpack(pat_buffer_bytes(&bytes), &setup, &got, NULL));
    pat_buffer_release(&bytes);
}

static void test_features_that_are_impossible_are_refused(void **state)
{
    (void)state;
    static const double wrong[] = {NAN, INFINITY, -1e13, 1e13};
    double features[PAT_FEATURES_MAX], got[PAT_FEATURES_MAX];
    for (size_t w = 0; w < sizeof wrong / sizeof *wrong; w++)
        for (int i = 0; i < PAT_FEATURES_MAX; i++) {
            pat_buffer bytes = {0};
            memset(features, 0, sizeof features);
            pat_features_report_pack(&bytes, features);
            assert_true(pat_features_report_unpack(pat_buffer_bytes(&bytes), got));
            pat_buffer_reset(&bytes);
            features[i] = wrong[w];
            pat_features_report_pack(&bytes, features);
            assert_false(pat_features_report_unpack(pat_buffer_bytes(&bytes), got));
            pat_buffer_release(&bytes);
        }
}

/* ---- Evaluations ----------------------------------------------------------------------------- */

static void test_evaluate_setup_comes_back(void **state)
{
    (void)state;
    pat_buffer bytes = {0};
    pat_evaluate_setup setup = {some_grid(), 0.25, {"name\0bytes", 10}}, got;
    pat_evaluate_setup_pack(&bytes, &setup);
    assert_true(pat_evaluate_setup_unpack(pat_buffer_bytes(&bytes), &got));
    assert_same_grid(&got.grid, &setup.grid);
    assert_true(got.max_harm == 0.25);
    assert_int_equal(got.model.size, 10);
    assert_memory_equal(got.model.data, "name\0bytes", 10);
    bytes.size--;
    assert_false(pat_evaluate_setup_unpack(pat_buffer_bytes(&bytes), &got));
    pat_buffer_release(&bytes);
}

static void test_evaluate_report_comes_back_in_its_own_size_only(void **state)
{
    (void)state;
    const pat_scores trials[2] = {scores_of(2, 0.3), scores_of(5, 0.6)};
    const pat_choice choices[2] = {{SETTING(LEVELS, 1, 2), scores_of(8, 0.9), 0.25, 0.5, 1},
                                   {SETTING(PAT_COLOR_NONE, 3, 4), scores_of(0, -1), NAN, NAN, 0}};
    const pat_evaluate_report report = {scores_of(20, 0.25), 2, 2, .other_shape = true};
    pat_scores got_trials[2];
    pat_choice got_choices[2];
    pat_buffer bytes = {0};
    pat_evaluate_report_pack(&bytes, &report, trials, choices);
    for (size_t size = bytes.size + 1; size-- > 0;) {
        pat_evaluate_report got = {.trials = 2, .choices = 2};
        pat_bytes cut = exact_copy(&bytes, size);
        assert_int_equal(pat_evaluate_report_unpack(cut, &got, got_trials, got_choices),
                         size == bytes.size);
        release(cut);
        if (size < bytes.size)
            continue;
        assert_memory_equal(&got.untouched, &report.untouched, sizeof got.untouched);
        assert_true(got.other_shape);
        assert_memory_equal(got_trials, trials, sizeof trials);
        for (int i = 0; i < 2; i++) {
            assert_true(pat_setting_equal(&got_choices[i].setting, &choices[i].setting));
            assert_memory_equal(&got_choices[i].scores, &choices[i].scores, sizeof(pat_scores));
            assert_memory_equal(&got_choices[i].gain, &choices[i].gain, 2 * sizeof(double));
            assert_true(got_choices[i].flagged == choices[i].flagged);
        }
    }
    pat_evaluate_report fewer = {.trials = 2, .choices = 1};
    assert_false(
        pat_evaluate_report_unpack(pat_buffer_bytes(&bytes), &fewer, got_trials, got_choices));
    pat_buffer_release(&bytes);
}

/* ---- Outcomes from workers ------------------------------------------------------------------- */

static bool accepts(pat_task_kind kind, const pat_buffer *extra, pat_outcome outcome,
                    const pat_buffer *report)
{
    const pat_task_setup setup = {.kind = kind, .extra = pat_buffer_bytes(extra)};
    outcome.report = *report;
    return pat_task_accepts(&setup, &outcome);
}

static void test_outcomes_that_are_none_are_refused(void **state)
{
    (void)state;
    const pat_outcome done = {.status = PAT_OK}, failed = {.status = PAT_CORRUPT},
                      unchanged = {.unchanged = true};
    pat_scores trials[SETTINGS] = {0};
    pat_search_setup setup = some_setup(true);
    pat_search_report report = some_report();
    pat_buffer extra = {0}, bytes = {0}, none = {0};
    pat_search_setup_pack(&extra, &setup);
    pat_search_report_pack(&bytes, &setup, &report, trials);
    assert_true(accepts(PAT_TASK_SEARCH, &extra, done, &bytes));
    assert_false(accepts(PAT_TASK_SEARCH, &extra, done, &none));
    assert_false(accepts(PAT_TASK_SEARCH, &extra, failed, &bytes));
    assert_false(accepts(PAT_TASK_SEARCH, &extra, unchanged, &bytes));
    assert_true(accepts(PAT_TASK_SEARCH, &extra, failed, &none));
    assert_true(accepts(PAT_TASK_SEARCH, &extra, unchanged, &none));

    const double features[PAT_FEATURES_MAX] = {0};
    pat_buffer_reset(&extra);
    pat_buffer_reset(&bytes);
    pat_features_setup_pack(&extra, false);
    pat_features_report_pack(&bytes, features);
    assert_true(accepts(PAT_TASK_FEATURES, &extra, done, &bytes));
    assert_false(accepts(PAT_TASK_FEATURES, &extra, done, &extra));
    assert_false(accepts(PAT_TASK_FEATURES, &extra, failed, &bytes));

    /* Of others only the command knows what it ordered. */
    assert_true(accepts(PAT_TASK_RESTORE, &none, done, &bytes));
    assert_false(accepts(PAT_TASK_RESTORE, &none, failed, &bytes));
    pat_buffer_release(&extra);
    pat_buffer_release(&bytes);
}

/* ---- Actions --------------------------------------------------------------------------------- */

static pat_actions some_actions(void)
{
    pat_actions actions = {0};
    assert_int_equal(pat_actions_add(&actions, "filter=none", NULL), PAT_OK);
    assert_int_equal(pat_actions_add(&actions, "filter=median", NULL), PAT_OK);
    return actions;
}

static void run_on_grass(const pat_task_setup *setup, const void *order, size_t order_size,
                         pat_outcome *outcome)
{
    pat_task *task;
    pat_job job = {.name = "grass.bmp",
                   .damaged = SAMPLE "/damaged/grass.bmp",
                   .undamaged = SAMPLE "/undamaged/grass.bmp",
                   .order = {order, order_size}};
    assert_int_equal(pat_task_create(setup, &task, NULL), PAT_OK);
    pat_job_open(&job);
    pat_task_run(task, &job, outcome);
    pat_job_close(&job);
    pat_task_free(task);
}

/* Settings whose scale is open get the one that fits the image: 1 for a small one. */
static void test_ordered_scales_fit_the_image(void **state)
{
    (void)state;
    pat_setting order[2] = {SETTING(PAT_COLOR_NONE, 1, 2), SETTING(PAT_COLOR_NONE, 1, 2)};
    order[0].value[PAT_AXIS_SCALE] = 1;
    order[1].value[PAT_AXIS_SCALE] = PAT_SCALE_TO_FIT;
    pat_buffer extra = {0};
    const pat_evaluate_setup evaluate = {.grid = some_grid(), .max_harm = NAN};
    pat_evaluate_setup_pack(&extra, &evaluate);
    const pat_task_setup setup = {.kind = PAT_TASK_EVALUATE,
                                  .max_pixels = PAT_MAX_PIXELS_DEFAULT,
                                  .extra = pat_buffer_bytes(&extra)};
    pat_outcome outcome = {0};
    run_on_grass(&setup, order, sizeof order, &outcome);
    assert_int_equal(outcome.status, PAT_OK);
    size_t settings = pat_grid_count(&evaluate.grid);
    pat_scores *trials = calloc(settings, sizeof *trials);
    pat_choice choices[2];
    pat_evaluate_report report = {.trials = settings, .choices = 2};
    assert_non_null(trials);
    assert_true(
        pat_evaluate_report_unpack(pat_buffer_bytes(&outcome.report), &report, trials, choices));
    assert_true(pat_setting_equal(&choices[0].setting, &choices[1].setting));
    assert_true(choices[1].scores.ssim == choices[0].scores.ssim);
    free(trials);
    pat_outcome_release(&outcome);
    pat_buffer_release(&extra);
}

/* A share of colors that change nothing gains nothing. */
static void test_actions_are_scored(void **state)
{
    (void)state;
    const double none[PAT_AFFINE_NUMBERS] = {1, 0, 1, 0, 1, 0};
    const double dark[PAT_AFFINE_NUMBERS] = {0.2, 0, 0.2, 0, 0.2, 0};
    const pat_actions actions = some_actions();
    const pat_task_setup setup = {.kind = PAT_TASK_ACTIONS,
                                  .max_pixels = PAT_MAX_PIXELS_DEFAULT,
                                  .extra = {&actions, sizeof actions}};
    for (int change = 0; change <= 1; change++) {
        double gain[2 * PAT_ACTION_SHARES + 1];
        pat_outcome outcome = {0};
        run_on_grass(&setup, change ? dark : none, sizeof none, &outcome);
        assert_int_equal(outcome.status, PAT_OK);
        assert_true(pat_task_accepts(&setup, &outcome));
        assert_int_equal(outcome.report.size, sizeof gain);
        memcpy(gain, outcome.report.data, sizeof gain);
        assert_true(gain[0] == 0);
        assert_in_range(gain[2 * PAT_ACTION_SHARES], 7, 2000);
        assert_true(gain[PAT_ACTION_SHARES] != 0);
        for (int i = 1; i < 2 * PAT_ACTION_SHARES; i++)
            if (i % PAT_ACTION_SHARES != 0)
                assert_true(change ? gain[i] < gain[i - 1] : gain[i] == gain[i - 1]);
        pat_outcome_release(&outcome);
    }
}

static void test_actions_of_a_wrong_size_are_refused(void **state)
{
    (void)state;
    const double affine[PAT_AFFINE_NUMBERS + 1] = {1, 0, 1, 0, 1, 0, 0};
    const pat_actions actions = some_actions();
    pat_task_setup setup = {.kind = PAT_TASK_ACTIONS,
                            .max_pixels = PAT_MAX_PIXELS_DEFAULT,
                            .extra = {&actions, sizeof actions}};
    static const size_t sizes[] = {0, sizeof affine - sizeof(double) - 1, sizeof affine};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        pat_outcome outcome = {0};
        run_on_grass(&setup, affine, sizes[i], &outcome);
        assert_int_equal(outcome.status, PAT_INTERNAL);
        assert_non_null(strstr(outcome.message, "cannot read an order"));
        assert_int_equal(outcome.report.size, 0);
        pat_outcome_release(&outcome);
    }
    pat_buffer extra = {0}, report = {0};
    pat_buffer_append(&extra, &actions, sizeof actions);
    const double gains[2 * PAT_ACTION_SHARES + 2] = {[2 * PAT_ACTION_SHARES] = 300};
    for (size_t size = 0; size <= sizeof gains; size++) {
        pat_buffer_reset(&report);
        pat_buffer_append(&report, gains, size);
        assert_int_equal(
            accepts(PAT_TASK_ACTIONS, &extra, (pat_outcome){.status = PAT_OK}, &report),
            size == (2 * PAT_ACTION_SHARES + 1) * sizeof(double));
    }
    setup.extra.size--;
    pat_task *task;
    assert_int_equal(pat_task_create(&setup, &task, NULL), PAT_INTERNAL);
    assert_null(task);
    pat_buffer_release(&extra);
    pat_buffer_release(&report);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values_come_back),
        cmocka_unit_test(test_missing_values_are_bad_and_harmless),
        cmocka_unit_test(test_settings_and_grids_that_do_not_exist_are_bad),
        cmocka_unit_test(test_search_setup_comes_back),
        cmocka_unit_test(test_search_report_comes_back),
        cmocka_unit_test(test_search_reports_of_another_size_are_refused),
        cmocka_unit_test(test_search_reports_that_are_impossible_are_refused),
        cmocka_unit_test(test_features_that_are_impossible_are_refused),
        cmocka_unit_test(test_evaluate_setup_comes_back),
        cmocka_unit_test(test_evaluate_report_comes_back_in_its_own_size_only),
        cmocka_unit_test(test_outcomes_that_are_none_are_refused),
        cmocka_unit_test(test_ordered_scales_fit_the_image),
        cmocka_unit_test(test_actions_are_scored),
        cmocka_unit_test(test_actions_of_a_wrong_size_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
