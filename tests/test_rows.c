/* Rows of the data set and of the other files, and the worth of their labels. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "data/affine_columns.h"
#include "data/labels.h"
#include "data/row.h"
#include "settings.h"
#include "workspace.h"

/* A run of the default grid, whose tables have no column for the filter; one with names that are
 * safe in spreadsheets; one with extended features; and one with filters. */
static pat_grid usual_grid, filter_grid;
static const pat_columns usual = {.grid = &usual_grid},
                         safe = {.grid = &usual_grid, .spreadsheet_safe = true},
                         extended = {.grid = &usual_grid, .extended = true},
                         filters = {.grid = &filter_grid, .extended = true};

static int set_up(void **state)
{
    (void)state;
    pat_grid_init_default(&usual_grid);
    return pat_grid_parse(&filter_grid, "color=stretch,none;filter=none,unsharp", NULL) != PAT_OK;
}

/* ---- Rows ------------------------------------------------------------------------------------ */

#define FEATURE_COLUMNS                                                                            \
    "mean,std_dev,skewness,kurtosis,low_freq_energy,high_freq_energy,energy_ratio,radial_center,"  \
    "radial_25,radial_50,radial_75,radial_edge,color_balance_need,sharpening_need"

static const double some_features[PAT_FEATURE_COUNT] = {
    102.5, 13.25, -0.1, 1e-7, 0, 1.0 / 3, 0.5, 200, 150, 120, 110, 100.125, 1, 0.25};
static const double some_colors[PAT_AFFINE_COLUMNS] = {1.25, -8, 1, 0, 0.75, 12.5, 0.875};
#define COLOR_COLUMNS                                                                              \
    "best_red_gain,best_red_offset,best_green_gain,best_green_offset,best_blue_gain,"              \
    "best_blue_offset,best_color_similarity"
#define SOME_COLORS "1.25,-8,1,0,0.75,12.5,0.875"
#define SOME_FEATURES                                                                              \
    "102.5,13.25,-0.1,1e-07,0,0.3333333333333333,0.5,200,150,120,110,100.125,1,0.25"

/* What `text` becomes if "NAMES" stands for the names of the extended features, and "NUMBERS" for
 * 14, 15, .., separated by commas. Static. */
static const char *with_extended(const char *text)
{
    static char full[4 * PAT_EXTENDED_COUNT * 32];
    char *end = full;
    while (*text != '\0') {
        bool names = strncmp(text, "NAMES", 5) == 0, numbers = strncmp(text, "NUMBERS", 7) == 0;
        for (int i = PAT_FEATURE_COUNT; i < PAT_FEATURES_MAX && (names || numbers); i++) {
            const char *comma = i == PAT_FEATURE_COUNT ? "" : ",";
            end += names ? sprintf(end, "%s%s", comma, pat_feature_name(i))
                         : sprintf(end, "%s%d", comma, i);
        }
        if (names || numbers)
            text += names ? 5 : 7;
        else
            *end++ = *text++;
    }
    *end = '\0';
    return full;
}

static void test_header_of_the_data_set(void **state)
{
    (void)state;
    pat_buffer out = {0};
    pat_row_put_header(&out, &usual);
    assert_text(&out, "filename,similarity_score,psnr,ssim," FEATURE_COLUMNS
                      ",color_method,apply_color_correction,sharpen_sigma,sharpen_strength\n");
}

static void test_rows_of_the_data_set(void **state)
{
    (void)state;
    pat_buffer out = {0};
    pat_scores good = SCORES(0.8123, 31.5, 0.9946), equal = SCORES(INFINITY, INFINITY, 1);
    pat_row_put(&out, &usual,
                &(pat_row){"a,b.png", &good, some_features,
                           &(pat_setting)SETTING(PAT_COLOR_WHITE_BALANCE, 0.5, 2), NULL});
    pat_row_put(&out, &usual,
                &(pat_row){"c.png", &equal, some_features,
                           &(pat_setting)SETTING(PAT_COLOR_NONE, 1.5, 0), NULL});
    pat_row_put(
        &out, &usual,
        &(pat_row){"d.png", &good, some_features, &(pat_setting)SETTING(LEVELS, 1, 0.5), NULL});
    assert_text(&out, "\"a,b.png\",0.8123,31.5,0.9946," SOME_FEATURES ",white_balance,1,0.5,2\n"
                      "c.png,inf,inf,1," SOME_FEATURES ",none,0,1.5,0\n"
                      "d.png,0.8123,31.5,0.9946," SOME_FEATURES ",levels,1,1,0.5\n");
}

static void test_rows_of_the_other_files(void **state)
{
    (void)state;
    pat_buffer out = {0};
    pat_trial_put_header(&out, &usual);
    pat_trial_put(&out, &usual, "a.png", &(pat_setting)SETTING(PAT_COLOR_NONE, 0, 0),
                  &(pat_scores)SCORES(0.75, 25, 1));
    assert_text(&out, "filename,color_method,sharpen_sigma,sharpen_strength,similarity_score,psnr,"
                      "ssim\na.png,none,0,0,0.75,25,1\n");
    pat_failure_put_header(&out);
    pat_failure_put(
        &out, &(pat_failure_row){"a.png", "search", "too_small", "a.png: 3x3, \"tiny\"", false});
    assert_text(&out, "filename,stage,reason,message\n"
                      "a.png,search,too_small,\"a.png: 3x3, \"\"tiny\"\"\"\n");
    pat_feature_row_put_header(&out, false, NULL);
    pat_feature_row_put(&out, &(pat_feature_row){"a.png", some_features, false, NULL, false});
    assert_text(&out, "filename," FEATURE_COLUMNS "\na.png," SOME_FEATURES "\n");
    pat_feature_row_put_header(&out, false, "class");
    pat_feature_row_put(&out, &(pat_feature_row){"a.png", some_features, false, "", false});
    pat_feature_row_put(&out, &(pat_feature_row){"b.png", some_features, false, "scan", false});
    assert_text(&out, "filename," FEATURE_COLUMNS ",class\na.png," SOME_FEATURES ",\n"
                      "b.png," SOME_FEATURES ",scan\n");
}

static void test_extended_columns_come_last(void **state)
{
    (void)state;
    pat_buffer out = {0};
    double features[PAT_FEATURES_MAX] = {0};
    memcpy(features, some_features, sizeof some_features);
    for (int i = PAT_FEATURE_COUNT; i < PAT_FEATURES_MAX; i++)
        features[i] = i;
    pat_scores good = SCORES(0.8123, 31.5, 0.9946);
    pat_row_put_header(&out, &extended);
    pat_row_put(&out, &extended,
                &(pat_row){"a.png", &good, features,
                           &(pat_setting)SETTING(PAT_COLOR_WHITE_BALANCE, 0.5, 2), some_colors});
    assert_text(&out, with_extended("filename,similarity_score,psnr,ssim," FEATURE_COLUMNS
                                    ",color_method,apply_color_correction,sharpen_sigma,"
                                    "sharpen_strength,NAMES," COLOR_COLUMNS
                                    "\na.png,0.8123,31.5,0.9946," SOME_FEATURES
                                    ",white_balance,1,0.5,2,NUMBERS," SOME_COLORS "\n"));
    pat_feature_row_put_header(&out, true, "class");
    pat_feature_row_put(&out, &(pat_feature_row){"a.png", features, true, "scan", false});
    assert_text(&out, with_extended("filename," FEATURE_COLUMNS ",NAMES,class\na.png," SOME_FEATURES
                                    ",NUMBERS,scan\n"));
}

/* After the extended columns; what no operator of a setting reads is 0 there. */
static void test_the_column_of_the_filter_comes_last(void **state)
{
    (void)state;
    pat_buffer out = {0};
    double features[PAT_FEATURES_MAX] = {0};
    memcpy(features, some_features, sizeof some_features);
    for (int i = PAT_FEATURE_COUNT; i < PAT_FEATURES_MAX; i++)
        features[i] = i;
    const pat_scores good = SCORES(0.8123, 31.5, 0.9946);
    const pat_setting stretched = {{STRETCH, 0, 0, 0}}, sharpened = SETTING(PAT_COLOR_NONE, 1, 2);
    pat_row_put_header(&out, &filters);
    pat_row_put(&out, &filters, &(pat_row){"a.png", &good, features, &stretched, some_colors});
    pat_row_put(&out, &filters, &(pat_row){"b.png", &good, features, &sharpened, some_colors});
    assert_text(&out, with_extended("filename,similarity_score,psnr,ssim," FEATURE_COLUMNS
                                    ",color_method,apply_color_correction,sharpen_sigma,"
                                    "sharpen_strength,NAMES," COLOR_COLUMNS ",filter\n"
                                    "a.png,0.8123,31.5,0.9946," SOME_FEATURES
                                    ",stretch,1,0,0,NUMBERS," SOME_COLORS ",none\n"
                                    "b.png,0.8123,31.5,0.9946," SOME_FEATURES
                                    ",none,0,1,2,NUMBERS," SOME_COLORS ",unsharp\n"));
    pat_trial_put_header(&out, &filters);
    pat_trial_put(&out, &filters, "a.png", &stretched, &good);
    pat_trial_put(&out, &filters, "a.png", &sharpened, &good);
    assert_text(&out, "filename,color_method,sharpen_sigma,sharpen_strength,similarity_score,psnr,"
                      "ssim,filter\n"
                      "a.png,stretch,0,0,0.8123,31.5,0.9946,none\n"
                      "a.png,none,1,2,0.8123,31.5,0.9946,unsharp\n");
}

/* Names that spreadsheets take for formulas; numbers are left alone, as are the columns' own. */
static void test_rows_for_spreadsheets(void **state)
{
    (void)state;
    pat_buffer out = {0};
    pat_scores bad = SCORES(-0.5, 1, -1);
    pat_row_put(&out, &safe,
                &(pat_row){"=1+2.png", &bad, some_features,
                           &(pat_setting)SETTING(PAT_COLOR_NONE, 1.5, 0), NULL});
    assert_text(&out, "'=1+2.png,-0.5,1,-1," SOME_FEATURES ",none,0,1.5,0\n");
    pat_trial_put(&out, &safe, "@a", &(pat_setting)SETTING(PAT_COLOR_NONE, 0, 0), &bad);
    pat_trial_put(&out, &safe, "-5", &(pat_setting)SETTING(PAT_COLOR_NONE, 0, 0), &bad);
    pat_trial_put(&out, &safe, "", &(pat_setting)SETTING(PAT_COLOR_NONE, 0, 0), &bad);
    assert_text(&out, "'@a,none,0,0,-0.5,1,-1\n-5,none,0,0,-0.5,1,-1\n\"\",none,0,0,-0.5,1,-1\n");
    pat_failure_put(&out, &(pat_failure_row){"\ta;=2.png", "search", "too_small", "+a, b", true});
    pat_failure_put(&out, &(pat_failure_row){"a;=2.png", "search", "too_small", "-", true});
    pat_failure_put(&out, &(pat_failure_row){"\r.png", "search", "too_small", "\n\"", true});
    pat_failure_put(&out, &(pat_failure_row){"'=2.png", "search", "too_small", "a+b", true});
    assert_text(&out, "\"'\ta;=2.png\",search,too_small,\"'+a, b\"\n"
                      "\"a;=2.png\",search,too_small,'-\n"
                      "\"'\r.png\",search,too_small,\"'\n\"\"\"\n"
                      "''=2.png,search,too_small,a+b\n");
    pat_feature_row_put(&out, &(pat_feature_row){"-a.png", some_features, false, "=b", true});
    pat_feature_row_put(&out, &(pat_feature_row){"a.png", some_features, false, "-1", true});
    assert_text(&out, "'-a.png," SOME_FEATURES ",'=b\na.png," SOME_FEATURES ",-1\n");
}

/* ---- The worth of labels --------------------------------------------------------------------- */

/* One pair of a made-up data set. */
struct label {
    pat_setting setting;
    double best_psnr, best_ssim, untouched_psnr, untouched_ssim;
    bool tied;
};

/* Settings all over the default grid, gains of 2 dB and 0.125. */
static const struct label healthy[] = {
    {SETTING(PAT_COLOR_NONE, 1.0, 1.0), 30, 0.875, 28, 0.75, false},
    {SETTING(PAT_COLOR_WHITE_BALANCE, 1.5, 1.5), 31, 0.875, 30, 0.75, false},
    {SETTING(PAT_COLOR_NONE, 0.5, 2.0), 32, 0.875, 29, 0.75, false},
    {SETTING(PAT_COLOR_NONE, 2.0, 0.5), 33, 0.875, 31, 0.75, false},
    {SETTING(PAT_COLOR_NONE, 1.5, 2.5), 34, 0.875, 32, 0.75, false},
};
enum { HEALTHY = sizeof healthy / sizeof *healthy };

static void judge(const struct label *labels, size_t count, const char *grid_text,
                  pat_label_report *report)
{
    pat_labels sums = {0};
    pat_grid grid;
    assert_int_equal(pat_grid_parse(&grid, grid_text, NULL), PAT_OK);
    for (size_t i = 0; i < count; i++) {
        const struct label *label = &labels[i];
        pat_scores best = SCORES(pat_similarity(label->best_psnr, label->best_ssim),
                                 label->best_psnr, label->best_ssim);
        pat_scores untouched = SCORES(pat_similarity(label->untouched_psnr, label->untouched_ssim),
                                      label->untouched_psnr, label->untouched_ssim);
        pat_labels_add(&sums, &grid, &label->setting, &best, &untouched, label->tied);
    }
    memset(report, 0x55, sizeof *report);
    pat_labels_report(&sums, &grid, report);
}

/* Exactly one warning mentions `part`, and there are `count` in all. */
static void assert_warns(const pat_label_report *report, size_t count, const char *part)
{
    size_t found = 0;
    for (size_t i = 0; i < report->warning_count; i++)
        found += strstr(report->warnings[i], part) != NULL;
    if (found != 1 || report->warning_count != count)
        fail_msg("%zu of %zu warnings mention \"%s\"; the first is \"%s\"", found,
                 report->warning_count, part, report->warnings[0]);
}

static const char default_grid[] = "sigma=0.5:2:0.5;strength=0.5:2.5:0.5";

static void test_healthy_labels_get_no_warning(void **state)
{
    (void)state;
    pat_label_report report;
    judge(healthy, HEALTHY, default_grid, &report);
    assert_int_equal(report.warning_count, 0);
    assert_int_equal(report.scored, HEALTHY);
    assert_true(report.mean_gain_db == 2);
    assert_true(report.mean_gain_ssim == 0.125);
    assert_int_equal(report.harmed + report.tied + report.identical, 0);
}

static void test_no_labels_and_one_label(void **state)
{
    (void)state;
    pat_label_report report;
    judge(healthy, 0, default_grid, &report);
    assert_int_equal(report.warning_count + report.scored, 0);
    assert_true(report.mean_gain_db == 0 && report.mean_gain_ssim == 0);
    judge(healthy, 1, default_grid, &report); /* every target of one row is constant */
    assert_int_equal(report.warning_count, 0);
    assert_true(report.mean_gain_db == 2);
}

static void test_constant_targets_are_warned_of(void **state)
{
    (void)state;
    struct label labels[HEALTHY];
    pat_label_report report;
    memcpy(labels, healthy, sizeof labels);
    labels[1].setting.value[PAT_AXIS_COLOR] = PAT_COLOR_NONE;
    judge(labels, HEALTHY, default_grid, &report);
    assert_warns(&report, 1, "color_method is none in all 5 rows");
    for (size_t i = 0; i < HEALTHY; i++)
        labels[i].setting.value[PAT_AXIS_COLOR] = LEVELS;
    judge(labels, HEALTHY, "color=white_balance,none,levels", &report);
    assert_warns(&report, 1, "color_method is levels in all 5 rows");
    for (size_t i = 0; i < HEALTHY; i++)
        labels[i].setting =
            (pat_setting)SETTING(PAT_COLOR_NONE, 1.5, labels[i].setting.value[PAT_AXIS_STRENGTH]);
    judge(labels, HEALTHY, default_grid, &report);
    assert_warns(&report, 2, "sharpen_sigma is 1.5 in all 5 rows");
    for (size_t i = 0; i < HEALTHY; i++)
        labels[i].setting.value[PAT_AXIS_STRENGTH] = 0.5;
    judge(labels, HEALTHY, default_grid, &report);
    assert_warns(
        &report, 3,
        "sharpen_strength is 0.5 in all 5 rows, the grid's least value: a model learns nothing "
        "from a constant target, and an R2 of 1 on it means nothing; widen the grid or include 0");
    judge(labels, HEALTHY, "color=none;sigma=1.5;strength=0.5", &report);
    assert_warns(&report, 3,
                 "sharpen_strength is 0.5 in all 5 rows: a model learns nothing from a constant "
                 "target, and an R2 of 1 on it means nothing; the grid has no other value");
    assert_int_equal(report.problems[0], PAT_LABEL_CONSTANT);
}

/* Half of the optima at one end are too many, fewer are not; the axis may be in any order. */
static void test_optima_at_the_edges_are_warned_of(void **state)
{
    (void)state;
    struct label labels[HEALTHY];
    pat_label_report report;
    for (int end = 0; end < 2; end++) {
        memcpy(labels, healthy, sizeof labels);
        for (size_t i = 0; i < 2; i++)
            labels[i].setting.value[PAT_AXIS_STRENGTH] = end == 0 ? 0.5 : 2.5;
        judge(labels, HEALTHY, "strength=1,2.5,2,0.5,1.5", &report);
        assert_warns(&report, 1,
                     end == 0 ? "sharpen_strength: 3 of 5 optima are at the grid's "
                                "least value, 0.5"
                              : "sharpen_strength: 3 of 5 optima are at the grid's "
                                "greatest value, 2.5");
        assert_warns(&report, 1, end == 0 ? "widen the grid or include 0" : "widen the grid");
        labels[0].setting.value[PAT_AXIS_SIGMA] = labels[1].setting.value[PAT_AXIS_SIGMA] =
            end == 0 ? 0.5 : 2;
        judge(labels, 4, default_grid, &report);
        assert_warns(&report, 2,
                     end == 0 ? "sharpen_sigma: 3 of 4 optima are at the grid's "
                                "least value, 0.5"
                              : "sharpen_sigma: 3 of 4 optima are at the grid's "
                                "greatest value, 2");
        if (end == 0)
            assert_warns(&report, 2, "include 0"); /* no sigma is 0 */
    }
}

/* A filter that reads no sigma says nothing about sigma: such rows do not count for it. */
static void test_axes_are_judged_by_the_rows_that_read_them(void **state)
{
    (void)state;
    struct label labels[HEALTHY];
    pat_label_report report;
    const char *grid = "color=white_balance,none;filter=none,unsharp;sigma=0.5,1,2;strength=1,2,3";
    memcpy(labels, healthy, sizeof labels);
    for (size_t i = 0; i < 3; i++)
        labels[i].setting = (pat_setting){{(double)(i % 2), 0, 0, 0}};
    labels[3].setting = (pat_setting)SETTING(PAT_COLOR_NONE, 2, 2);
    labels[4].setting = (pat_setting)SETTING(PAT_COLOR_NONE, 1, 2);
    judge(labels, HEALTHY, grid, &report);
    assert_warns(&report, 2, "sharpen_sigma: 1 of 2 optima are at the grid's greatest value, 2");
    assert_warns(&report, 2, "sharpen_strength is 2 in all 2 rows");
    for (size_t i = 0; i < HEALTHY; i++)
        labels[i].setting = (pat_setting){{0}};
    judge(labels, HEALTHY, grid, &report);
    assert_warns(&report, 1, "color_method is none in all 5 rows"); /* nobody predicts the filter */
}

/* Below strength 0 there is nothing, and at it no sigma is better than another. */
static void test_optima_at_zero_are_not_warned_of(void **state)
{
    (void)state;
    struct label labels[HEALTHY];
    pat_label_report report;
    memcpy(labels, healthy, sizeof labels);
    for (size_t i = 0; i < 3; i++)
        labels[i].setting = (pat_setting)SETTING(PAT_COLOR_NONE, 0.5, 0);
    labels[3].setting = (pat_setting)SETTING(PAT_COLOR_WHITE_BALANCE, 1, 0.5);
    judge(labels, HEALTHY, "strength=0,0.5,2.5,3", &report);
    assert_int_equal(report.warning_count, 0);
    labels[3].setting.value[PAT_AXIS_SIGMA] = 2;
    judge(labels, HEALTHY, "strength=0,0.5,2.5,3", &report);
    assert_warns(&report, 1, "sharpen_sigma: 1 of 2 optima are at the grid's greatest value, 2");
}

static void test_ties_harm_and_identical_images_are_warned_of(void **state)
{
    (void)state;
    struct label labels[HEALTHY];
    pat_label_report report;
    memcpy(labels, healthy, sizeof labels);
    labels[2].tied = labels[3].tied = true;
    judge(labels, HEALTHY, default_grid, &report);
    assert_int_equal(report.tied, 2);
    assert_warns(&report, 1, "2 of 5 optima are ties");

    labels[0].untouched_psnr = 40; /* 10 dB worse where it was 2 dB better */
    judge(labels, HEALTHY, default_grid, &report);
    assert_int_equal(report.harmed, 1);
    assert_true(fabs(report.mean_gain_db - (2.0 - 12.0 / 5)) < 1e-12);
    assert_warns(&report, 2, "in 1 of 5 pairs every setting scores worse");

    labels[4].untouched_psnr = INFINITY;
    labels[4].untouched_ssim = 1;
    judge(labels, HEALTHY, default_grid, &report);
    assert_int_equal(report.identical, 1);
    assert_int_equal(report.scored, HEALTHY - 1);
    assert_true(fabs(report.mean_gain_db - (2 - 12.0 / 4)) < 1e-12);
    assert_warns(&report, 3, "1 damaged image is identical to the original");
    assert_warns(&report, 3, "in 1 of 4 pairs every setting scores worse");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_header_of_the_data_set),
        cmocka_unit_test(test_rows_of_the_data_set),
        cmocka_unit_test(test_rows_of_the_other_files),
        cmocka_unit_test(test_extended_columns_come_last),
        cmocka_unit_test(test_the_column_of_the_filter_comes_last),
        cmocka_unit_test(test_rows_for_spreadsheets),
        cmocka_unit_test(test_healthy_labels_get_no_warning),
        cmocka_unit_test(test_no_labels_and_one_label),
        cmocka_unit_test(test_constant_targets_are_warned_of),
        cmocka_unit_test(test_optima_at_the_edges_are_warned_of),
        cmocka_unit_test(test_axes_are_judged_by_the_rows_that_read_them),
        cmocka_unit_test(test_optima_at_zero_are_not_warned_of),
        cmocka_unit_test(test_ties_harm_and_identical_images_are_warned_of),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
