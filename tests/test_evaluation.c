/* The report of an evaluation in pixels, for known scores. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <math.h>

#include "base/json.h"
#include "learn/originals.h"
#include "learn/summarize.h"
#include "settings.h"

enum { SETTINGS = 2, PAIRS_MAX = 64 };
#define TOLERANCE 1e-12

/* Pairs, with their scores for both settings of the grid. */
struct data {
    pat_grid grid;
    size_t count;
    pat_evaluated_pair pair[PAIRS_MAX];
    pat_scores trials[PAIRS_MAX][SETTINGS];
    char name[PAIRS_MAX][16];
};

static void begin(struct data *data)
{
    *data = (struct data){0};
    assert_int_equal(pat_grid_parse(&data->grid, "color=none;sigma=1;strength=1,2", NULL), PAT_OK);
}

/* The other scores are functions of the similarity, but not proportional to it. */
static pat_scores similar(double similarity)
{
    if (isinf(similarity))
        return (pat_scores)SCORES(INFINITY, INFINITY, 1);
    return (pat_scores)SCORES(similarity, 10 + 40 * similarity * similarity, similarity / 2);
}

/* Adds a pair with these similarities: untouched, for both settings, and for the predicted setting,
 * which is (none, 1, 1) unless the caller changes it. */
static pat_evaluated_pair *add_pair(struct data *data, const char *original, double untouched,
                                    double first, double second, double predicted)
{
    size_t i = data->count++;
    snprintf(data->name[i], sizeof data->name[i], "%s~%zu", original, i);
    data->trials[i][0] = similar(first);
    data->trials[i][1] = similar(second);
    data->pair[i] = (pat_evaluated_pair){
        .name = data->name[i],
        .original = original,
        .untouched = similar(untouched),
        .predicted = similar(predicted),
        .trials = data->trials[i],
        .setting = SETTING(PAT_COLOR_NONE, 1, 1),
    };
    return &data->pair[i];
}

static pat_evaluation_report *summarize(const struct data *data, uint64_t seed)
{
    pat_evaluation_report *report = malloc(sizeof *report);
    assert_non_null(report);
    memset(report, 0xff, sizeof *report); /* all of it must be overwritten */
    assert_int_equal(
        pat_evaluation_summarize(data->pair, data->count, &data->grid, seed, report, NULL), PAT_OK);
    return report;
}

static void assert_close(double value, double expected)
{
    if (!(fabs(value - expected) <= TOLERANCE))
        fail_msg("%.17g instead of %.17g", value, expected);
}

static void assert_estimate(const pat_estimate *estimate, double value, double low, double high)
{
    assert_close(estimate->value, value);
    assert_close(estimate->low, low);
    assert_close(estimate->high, high);
}

/* Three pairs: the prediction is the best setting, every setting does harm, the prediction misses
 * the best setting. */
static void add_three(struct data *data)
{
    add_pair(data, "a", 0.5, 0.6, 0.4, 0.6);
    add_pair(data, "a", 0.7, 0.6, 0.65, 0.65);
    add_pair(data, "b", 0.4, 0.5, 0.8, 0.5);
}

static void test_means_and_shares(void **state)
{
    (void)state;
    struct data data;
    begin(&data);
    add_three(&data);
    pat_evaluation_report *report = summarize(&data, 1);
    assert_int_equal(report->pairs, 3);
    assert_int_equal(report->originals, 2);
    assert_close(report->similarity[PAT_WAY_UNTOUCHED].value, 1.6 / 3);
    assert_close(report->similarity[PAT_WAY_FIXED].value, 1.85 / 3);
    assert_close(report->similarity[PAT_WAY_PREDICTED].value, 1.75 / 3);
    assert_close(report->similarity[PAT_WAY_ORACLE].value, 2.1 / 3);
    assert_close(report->ssim[PAT_WAY_ORACLE].value, 2.1 / 6);
    assert_close(report->psnr[PAT_WAY_UNTOUCHED].value, 10 + 40 * (0.25 + 0.49 + 0.16) / 3);
    assert_close(report->psnr[PAT_WAY_ORACLE].value, 10 + 40 * (0.36 + 0.49 + 0.64) / 3);
    assert_int_equal(report->fixed.value[PAT_AXIS_COLOR], PAT_COLOR_NONE);
    assert_close(report->fixed.value[PAT_AXIS_STRENGTH], 2);
    assert_close(report->captured.value, 0.15 / 0.5);
    assert_close(report->captured_ssim.value, 0.15 / 0.5);
    assert_close(report->captured_psnr.value,
                 (0.36 + 0.4225 + 0.25 - 0.9) / (0.36 + 0.49 + 0.64 - 0.9));
    assert_close(report->fixed_captured.value, 0.25 / 0.5);
    assert_close(report->gain.value, 0.15 / 3);
    assert_close(report->gain_ssim.value, 0.15 / 6);
    assert_close(report->gain_psnr.value, 40 * (0.36 + 0.4225 + 0.25 - 0.9) / 3);
    assert_close(report->over_fixed.value, -0.1 / 3);
    free(report);
}

/* Each pair gains the same, however much the pairs differ. */
static void test_gains_are_paired(void **state)
{
    (void)state;
    struct data data;
    begin(&data);
    add_pair(&data, "a", 0.2, 0.25, 0.1, 0.3);
    add_pair(&data, "b", 0.5, 0.55, 0.1, 0.6);
    add_pair(&data, "c", 0.8, 0.85, 0.1, 0.9);
    pat_evaluation_report *report = summarize(&data, 1);
    assert_estimate(&report->gain, 0.1, 0.1, 0.1);
    assert_estimate(&report->over_fixed, 0.05, 0.05, 0.05);
    assert_true(report->similarity[PAT_WAY_PREDICTED].high -
                    report->similarity[PAT_WAY_PREDICTED].low >
                0.1);
    free(report);
}

static void test_counts(void **state)
{
    (void)state;
    struct data data;
    begin(&data);
    add_three(&data);
    add_pair(&data, "c", 0.5, 0.4, 0.3, 0.5)->setting = (pat_setting)SETTING(PAT_COLOR_NONE, 2, 0);
    add_pair(&data, "c", 0.5, 0.4, 0.3, 0.5)->setting =
        (pat_setting)SETTING(PAT_COLOR_WHITE_BALANCE, 2, 0);
    add_pair(&data, "d", INFINITY, 0.9, 0.8, 0.9)->flagged = true;
    pat_evaluation_report *report = summarize(&data, 1);
    assert_int_equal(report->worse, 2); /* the second, and the identical one */
    assert_int_equal(report->left_alone, 1);
    assert_int_equal(report->flagged, 1);
    assert_int_equal(report->worse_flagged, 1);
    assert_int_equal(report->identical, 1);
    free(report);
}

static void test_infinite_scores_are_limited(void **state)
{
    (void)state;
    struct data data;
    begin(&data);
    add_pair(&data, "a", INFINITY, 0.9, 0.8, 0.8);
    add_pair(&data, "b", 0.5, INFINITY, INFINITY, INFINITY);
    pat_evaluation_report *report = summarize(&data, 1);
    assert_close(report->similarity[PAT_WAY_UNTOUCHED].value, (PAT_SIMILARITY_OF_LIMIT + 0.5) / 2);
    assert_close(report->psnr[PAT_WAY_ORACLE].value, PAT_PSNR_LIMIT);
    assert_close(report->similarity[PAT_WAY_ORACLE].value, PAT_SIMILARITY_OF_LIMIT);
    assert_close(report->ssim[PAT_WAY_ORACLE].value, 1);
    assert_close(report->fixed.value[PAT_AXIS_STRENGTH], 1);
    assert_close(report->captured.value, (0.5 - 0.2) / 0.5);
    assert_int_equal(report->worse, 1);
    assert_close(report->worst[0].gain, 0.8 - PAT_SIMILARITY_OF_LIMIT);
    assert_close(report->best[0].gain, PAT_SIMILARITY_OF_LIMIT - 0.5);
    free(report);
}

static void test_the_fixed_setting_is_the_first_of_equals(void **state)
{
    (void)state;
    struct data data;
    begin(&data);
    add_pair(&data, "a", 0.25, 0.5, 0.5, 0.5);
    pat_evaluation_report *report = summarize(&data, 1);
    assert_close(report->fixed.value[PAT_AXIS_STRENGTH], 1);
    assert_close(report->fixed_captured.value, 1);
    free(report);
    begin(&data); /* doing nothing comes before all settings */
    add_pair(&data, "a", 0.5, 0.25, 0.5, 0.25);
    add_pair(&data, "b", 0.5, 0.75, 0.5, 0.5);
    report = summarize(&data, 1);
    assert_close(report->fixed.value[PAT_AXIS_STRENGTH], 0);
    assert_int_equal(report->fixed.value[PAT_AXIS_COLOR], PAT_COLOR_NONE);
    assert_close(report->fixed_captured.value, 0);
    assert_close(report->captured.value, -1);
    free(report);
}

static void test_where_nothing_can_be_gained_there_is_no_share(void **state)
{
    (void)state;
    struct data data;
    begin(&data);
    add_pair(&data, "a", 0.7, 0.6, 0.7, 0.6);
    add_pair(&data, "b", 0.3, 0.1, 0.2, 0.3);
    pat_evaluation_report *report = summarize(&data, 1);
    const pat_estimate *const shares[] = {&report->captured, &report->captured_psnr,
                                          &report->captured_ssim, &report->fixed_captured};
    for (int i = 0; i < 4; i++) {
        assert_true(isnan(shares[i]->value));
        assert_true(isnan(shares[i]->low));
        assert_true(isnan(shares[i]->high));
    }
    assert_close(report->similarity[PAT_WAY_PREDICTED].value, 0.45);
    char *text = pat_evaluation_json(report);
    assert_non_null(text);
    json_t *told = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    assert_int_equal(json_unpack(told, "{s:{s:{s:n, s:n, s:n !}}}", "captured", "similarity",
                                 "value", "low", "high"),
                     0);
    json_decref(told);
    free(text);
    free(report);
}

static void test_samples_without_a_gain_do_not_count(void **state)
{
    (void)state;
    struct data data;
    begin(&data);
    add_pair(&data, "a", 0.5, 0.25, 0.25, 0.5);
    add_pair(&data, "b", 0.5, 0.75, 0.25, 0.625);
    pat_evaluation_report *report = summarize(&data, 1);
    assert_estimate(&report->captured, 0.5, 0.5, 0.5);
    free(report);
}

static void test_the_interval_of_one_original_is_a_point(void **state)
{
    (void)state;
    struct data data;
    begin(&data);
    add_pair(&data, "a", 0.1, 0.6, 0.4, 0.6);
    add_pair(&data, "a", 0.2, 0.6, 0.4, 0.3);
    add_pair(&data, "a", 0.9, 0.6, 0.4, 0.4);
    pat_evaluation_report *report = summarize(&data, 1);
    assert_int_equal(report->originals, 1);
    assert_estimate(&report->similarity[PAT_WAY_UNTOUCHED], 0.4, 0.4, 0.4);
    assert_estimate(&report->captured, 0.1 / 0.9, 0.1 / 0.9, 0.1 / 0.9);
    free(report);
}

/* Two originals have three possible samples, all frequent: "a" twice, "b" twice, or one of each.
 * Drawing pairs instead would split the three versions of "a". */
static void test_versions_are_drawn_together(void **state)
{
    (void)state;
    struct data data;
    begin(&data);
    add_pair(&data, "a", 0.1, 0.4, 0.4, 0.4);
    add_pair(&data, "b", 0.9, 1.0, 0.4, 0.95);
    add_pair(&data, "a", 0.2, 0.4, 0.4, 0.4);
    add_pair(&data, "a", 0.3, 0.4, 0.4, 0.2);
    pat_evaluation_report *report = summarize(&data, 7);
    assert_int_equal(report->originals, 2);
    assert_estimate(&report->similarity[PAT_WAY_UNTOUCHED], 1.5 / 4, 0.2, 0.9);
    assert_estimate(&report->captured, 0.45 / 0.7, 0.5, 0.4 / 0.6);
    free(report);
}

/* One of four originals is drawn four times in 0.4 % of the samples, and at least three times in
 * 5 %: at the limits of 2.5 and 97.5 %, it is drawn three times. */
static void test_an_interval_leaves_out_what_is_rare(void **state)
{
    (void)state;
    struct data data;
    begin(&data);
    add_pair(&data, "a", 0.2, 0.9, 0.9, 0.6);
    add_pair(&data, "b", 0.6, 0.9, 0.9, 0.2);
    add_pair(&data, "c", 0.6, 0.9, 0.9, 0.2);
    add_pair(&data, "d", 0.6, 0.9, 0.9, 0.2);
    pat_evaluation_report *report = summarize(&data, 3);
    assert_estimate(&report->similarity[PAT_WAY_UNTOUCHED], 0.5, 0.3, 0.6);
    assert_estimate(&report->similarity[PAT_WAY_PREDICTED], 0.3, 0.2, 0.5);
    free(report);
}

/* Many originals, not in the order of their names. */
static void add_many(struct data *data, size_t first)
{
    static char original[PAIRS_MAX][8];
    for (size_t i = 0; i < 40; i++) {
        size_t n = (i * 7 + first) % 40;
        double untouched = 0.2 + 0.001 * (double)(n * n % 37);
        snprintf(original[n], sizeof original[n], "o%zu", n / 2);
        add_pair(data, original[n], untouched, untouched + 0.01 * (double)(n % 5), 0.3,
                 untouched + 0.004 * (double)(n % 3));
    }
}

static void assert_same_estimates(const pat_evaluation_report *a, const pat_evaluation_report *b)
{
    for (int way = 0; way < PAT_WAYS; way++)
        assert_estimate(&a->similarity[way], b->similarity[way].value, b->similarity[way].low,
                        b->similarity[way].high);
    assert_estimate(&a->captured, b->captured.value, b->captured.low, b->captured.high);
}

static void test_intervals_follow_from_the_seed_alone(void **state)
{
    (void)state;
    struct data data, turned;
    begin(&data);
    add_many(&data, 0);
    pat_evaluation_report *one = summarize(&data, 1), *again = summarize(&data, 1),
                          *other = summarize(&data, 2);
    assert_memory_equal(one->similarity, again->similarity, sizeof one->similarity);
    assert_memory_equal(&one->captured, &again->captured, sizeof one->captured);
    assert_true(one->captured.low < one->captured.value);
    assert_true(one->captured.high > one->captured.value);
    assert_close(one->captured.value, other->captured.value);
    assert_true(one->captured.low != other->captured.low);
    begin(&turned); /* the order of the pairs does not matter */
    add_many(&turned, 13);
    pat_evaluation_report *moved = summarize(&turned, 1);
    assert_same_estimates(moved, one);
    free(one);
    free(again);
    free(other);
    free(moved);
}

static void test_extremes(void **state)
{
    (void)state;
    static const double gain[] = {0.01, -0.03, 0.05, 0.01, -0.02, 0.04};
    static const size_t best[] = {2, 5, 0}, worst[] = {1, 4, 0};
    struct data data;
    begin(&data);
    for (size_t i = 0; i < 6; i++)
        add_pair(&data, "a", 0.5, 0.6, 0.4, 0.5 + gain[i])->setting.value[PAT_AXIS_SIGMA] =
            (double)i + 1;
    pat_evaluation_report *report = summarize(&data, 1);
    assert_int_equal(report->extremes, 3);
    for (size_t i = 0; i < 3; i++) {
        assert_string_equal(report->best[i].name, data.name[best[i]]);
        assert_close(report->best[i].gain, gain[best[i]]);
        assert_close(report->best[i].oracle_gain, 0.1);
        assert_close(report->best[i].setting.value[PAT_AXIS_SIGMA], (double)best[i] + 1);
        assert_string_equal(report->worst[i].name, data.name[worst[i]]);
    }
    free(report);
    for (data.count = 1; data.count <= 2; data.count++) { /* all, if there are few pairs */
        report = summarize(&data, 1);
        assert_int_equal(report->extremes, data.count);
        assert_string_equal(report->best[0].name, data.name[0]);
        assert_string_equal(report->worst[data.count - 1].name, data.name[0]);
        if (data.count == 2) {
            assert_string_equal(report->best[1].name, data.name[1]);
            assert_string_equal(report->worst[0].name, data.name[1]);
        }
        free(report);
    }
}

/* ---- Originals ------------------------------------------------------------------------------- */

static void test_versions_share_a_name_or_an_image(void **state)
{
    (void)state;
    static const struct {
        const char *name, *image, *original;
    } cases[] = {
        {"x~2.png", "u/x.png", "x"},
        {"plain.png", "u/plain.png", "plain.png"},
        {"x~1.png", "u/other.png", "x"}, /* same name */
        {"soft.png", "u/p.png", "grainy.png"},
        {"grainy.png", "u/p.png", "grainy.png"}, /* same image */
        {"m~1", "u/c~1.png", "l"},
        {"l~1", "u/c~2.png", "l"}, /* cut from the same image */
        {"m~2", "", "l"},          /* linked by the two above */
        {"none.png", "", "none.png"},
        {"nothing.png", "", "nothing.png"}, /* unknown images are not shared */
    };
    pat_names name = {0}, image = {0}, original = {0};
    size_t count = sizeof cases / sizeof *cases;
    for (size_t i = 0; i < count; i++)
        assert_true(pat_names_add(&name, cases[i].name) && pat_names_add(&image, cases[i].image));
    assert_int_equal(pat_originals_find(&name, &image, &original, NULL), PAT_OK);
    assert_int_equal(original.count, count);
    for (size_t i = 0; i < count; i++)
        assert_string_equal(pat_names_get(&original, i), cases[i].original);
    pat_names_release(&name);
    pat_names_release(&image);
    pat_names_release(&original);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_means_and_shares),
        cmocka_unit_test(test_gains_are_paired),
        cmocka_unit_test(test_counts),
        cmocka_unit_test(test_infinite_scores_are_limited),
        cmocka_unit_test(test_the_fixed_setting_is_the_first_of_equals),
        cmocka_unit_test(test_where_nothing_can_be_gained_there_is_no_share),
        cmocka_unit_test(test_samples_without_a_gain_do_not_count),
        cmocka_unit_test(test_the_interval_of_one_original_is_a_point),
        cmocka_unit_test(test_versions_are_drawn_together),
        cmocka_unit_test(test_an_interval_leaves_out_what_is_rare),
        cmocka_unit_test(test_intervals_follow_from_the_seed_alone),
        cmocka_unit_test(test_extremes),
        cmocka_unit_test(test_versions_share_a_name_or_an_image),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
