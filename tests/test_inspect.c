/* The verdict on made-up data sets with known answers. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "inspect/statistics.h"
#include "patina/run.h"
#include "patina/score.h"
#include "settings.h"
#include "workspace.h"

static const char header[] =
    "filename,similarity_score,psnr,ssim,mean,std_dev,skewness,kurtosis,low_freq_energy,"
    "high_freq_energy,energy_ratio,radial_center,radial_25,radial_50,radial_75,radial_edge,"
    "color_balance_need,sharpening_need,color_method,apply_color_correction,sharpen_sigma,"
    "sharpen_strength\n";
static const char trials_header[] =
    "filename,color_method,sharpen_sigma,sharpen_strength,similarity_score,psnr,ssim\n";

/* ---- Making tables --------------------------------------------------------------------------- */

/* A row with SSIM 0.5, whose features all differ from other rows. */
static void put_row(pat_buffer *csv, int number, double psnr, const char *color, double sigma,
                    double strength)
{
    char line[512];
    snprintf(line, sizeof line, "n%d.png,%.17g,%.17g,0.5", number, pat_similarity(psnr, 0.5), psnr);
    pat_buffer_append_text(csv, line);
    for (int i = 0; i < PAT_FEATURE_COUNT; i++) {
        bool is_need = i >= PAT_FEATURE_COUNT - 2; /* 0..1 */
        snprintf(line, sizeof line, ",%g", is_need ? number / 128.0 : 4 * number + i + 0.5);
        pat_buffer_append_text(csv, line);
    }
    snprintf(line, sizeof line, ",%s,%d,%g,%g\n", color, strcmp(color, "none") != 0, sigma,
             strength);
    pat_buffer_append_text(csv, line);
}

static void put_trial(pat_buffer *csv, int number, const char *color, double sigma, double strength,
                      double psnr)
{
    char line[256];
    snprintf(line, sizeof line, "n%d.png,%s,%g,%g,%.17g,%.17g,0.5\n", number, color, sigma,
             strength, pat_similarity(psnr, 0.5), psnr);
    pat_buffer_append_text(csv, line);
}

static void save(pat_buffer *csv, const char *path)
{
    assert_false(csv->failed);
    write_bytes(path, csv->data, csv->size);
    pat_buffer_release(csv);
}

static pat_status try_to_inspect(const char *trials, const char *grid_text,
                                 pat_inspection *inspection, pat_error *error)
{
    pat_grid grid;
    if (grid_text != NULL)
        assert_int_equal(pat_grid_parse(&grid, grid_text, NULL), PAT_OK);
    pat_inspect_options options = {
        .data = "x.csv", .trials = trials, .grid = grid_text != NULL ? &grid : NULL};
    return pat_inspect(&options, inspection, error);
}

static void inspect(const char *trials, const char *grid_text, pat_inspection *inspection)
{
    pat_error error = {0};
    pat_inspection_release(inspection);
    if (try_to_inspect(trials, grid_text, inspection, &error) != PAT_OK)
        fail_msg("%s", error.message);
}

static void assert_refused(const char *trials, const char *grid_text, pat_status status,
                           const char *mentions)
{
    pat_inspection inspection = {0};
    pat_error error = {0};
    assert_int_equal(try_to_inspect(trials, grid_text, &inspection, &error), status);
    assert_mentions(error.message, mentions);
    pat_inspection_release(&inspection);
}

/* The only finding of this kind that mentions a text. */
static const pat_finding *finding(const pat_inspection *inspection, pat_finding_kind kind,
                                  const char *mentions)
{
    const pat_finding *found = NULL;
    for (size_t i = 0; i < inspection->finding_count; i++)
        if (inspection->findings[i].kind == kind &&
            strstr(inspection->findings[i].text, mentions) != NULL) {
            assert_null(found);
            found = &inspection->findings[i];
        }
    if (found == NULL)
        fail_msg("no finding of kind %s mentions \"%s\"", pat_finding_name(kind), mentions);
    return found;
}

/* Labels spread over the default grid. */
static void save_healthy_rows(void)
{
    pat_buffer csv = {0};
    pat_buffer_append_text(&csv, header);
    put_row(&csv, 0, 30, "none", 1, 1);
    put_row(&csv, 1, 31, "white_balance", 1.5, 1.5);
    put_row(&csv, 2, 33, "none", 0.5, 2);
    put_row(&csv, 3, 32, "none", 1, 0.5);
    put_row(&csv, 4, 29, "none", 2, 2);
    save(&csv, "x.csv");
}

/* ---- Statistics ------------------------------------------------------------------------------ */

static void test_statistics_of_few_numbers(void **state)
{
    (void)state;
    static const double values[] = {4, NAN, 1, INFINITY, 2, 10, -INFINITY};
    pat_statistics s;
    assert_int_equal(pat_statistics_describe(values, 7, &s, NULL), PAT_OK);
    assert_int_equal(s.count, 4);
    assert_int_equal(s.missing, 1);
    assert_int_equal(s.infinite, 2);
    assert_true(s.mean == 4.25 && s.min == 1 && s.max == 10 && s.median == 3);
    assert_true(s.lower_quartile == 1.75 && s.upper_quartile == 5.5);
    assert_true(fabs(s.std - sqrt(48.75 / 3)) < 1e-15); /* n - 1 */
    assert_int_equal(pat_statistics_describe(values, 1, &s, NULL), PAT_OK);
    assert_true(s.mean == 4 && s.min == 4 && s.upper_quartile == 4 && isnan(s.std));
    assert_int_equal(pat_statistics_describe(values, 0, &s, NULL), PAT_OK);
    assert_true(s.count == 0 && isnan(s.mean) && isnan(s.median) && isnan(s.max));
}

/* ---- Labels ---------------------------------------------------------------------------------- */

static void test_healthy_rows_get_no_finding(void **state)
{
    (void)state;
    pat_inspection inspection = {0};
    save_healthy_rows();
    inspect(NULL, NULL, &inspection);
    assert_int_equal(inspection.rows, 5);
    assert_int_equal(inspection.finding_count, 0);
    assert_int_equal(inspection.grid_origin, PAT_GRID_DEFAULT);
    assert_int_equal(inspection.column_count, 20);
    assert_string_equal(inspection.column[1].name, "psnr");
    assert_true(inspection.column[1].statistics.mean == 31);
    assert_string_equal(inspection.column[19].name, "sharpen_strength");
    assert_true(inspection.column[19].statistics.mean == 1.4);
    const pat_parameter_report *sigma = &inspection.parameter[2];
    static const size_t wins[] = {1, 2, 1, 1};
    assert_string_equal(sigma->name, "sharpen_sigma");
    assert_int_equal(sigma->value_count, 4);
    for (int i = 0; i < 4; i++) {
        assert_true(sigma->values[i].value == 0.5 * (i + 1));
        assert_int_equal(sigma->values[i].count, wins[i]);
    }
    assert_int_equal(inspection.parameter[3].value_count, 5);
    assert_int_equal(inspection.parameter[3].values[4].count, 0); /* 2.5 never wins */
    assert_int_equal(inspection.setting_count, 5);
    pat_inspection_release(&inspection);
}

/* Perfect rows are bad if they are a twentieth of all rows or more. */
static void test_few_perfect_rows_are_not_bad(void **state)
{
    (void)state;
    enum { ROWS = 41 };
    static const struct {
        int perfect;
        bool bad;
    } cases[] = {{1, false}, {2, false}, {3, true}};
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        pat_inspection inspection = {0};
        pat_buffer csv = {0};
        pat_buffer_append_text(&csv, header);
        for (int i = 0; i < ROWS; i++)
            put_row(&csv, i, i < cases[c].perfect ? INFINITY : 30, "none", 1, 1);
        save(&csv, "x.csv");
        inspect(NULL, NULL, &inspection);
        const pat_finding *perfect = finding(&inspection, PAT_FINDING_PERFECT_SCORE, "");
        assert_int_equal(perfect->count, cases[c].perfect);
        assert_int_equal(perfect->bad, cases[c].bad);
        pat_inspection_release(&inspection);
    }
}

/* As in the study: all of 112 pairs have the weakest sharpening. */
static void test_the_degenerate_study(void **state)
{
    (void)state;
    pat_inspection inspection = {0};
    pat_buffer csv = {0};
    pat_buffer_append_text(&csv, header);
    for (int i = 0; i < 112; i++)
        put_row(&csv, i, 20 + i % 7, i % 3 == 0 ? "white_balance" : "none", 0.5, 0.5);
    save(&csv, "x.csv");
    inspect(NULL, NULL, &inspection);
    assert_int_equal(inspection.finding_count, 2);
    assert_int_equal(inspection.bad, 2);
    const pat_finding *strength =
        finding(&inspection, PAT_FINDING_CONSTANT_TARGET, "sharpen_strength");
    assert_string_equal(
        strength->text,
        "sharpen_strength is 0.5 in all 112 rows, the grid's least value: a "
        "model learns nothing from a constant target, and an R2 of 1 on it means nothing; "
        "widen the grid or include 0");
    assert_int_equal(strength->count, 112);
    assert_true(strength->bad);
    finding(&inspection, PAT_FINDING_CONSTANT_TARGET, "sharpen_sigma is 0.5 in all 112 rows");
    assert_int_equal(inspection.setting_count, 2);
    assert_int_equal(inspection.settings[0].wins, 74);
    assert_int_equal(inspection.settings[0].setting.value[PAT_AXIS_COLOR], PAT_COLOR_NONE);
    assert_int_equal(inspection.settings[1].wins, 38);
    pat_inspection_release(&inspection);
}

static void test_where_the_grid_is_from(void **state)
{
    (void)state;
    pat_inspection inspection = {0};
    pat_buffer csv = {0};
    save_healthy_rows();
    inspect(NULL, "sigma=0.5:2.5:0.5;strength=0:2:0.5", &inspection);
    assert_int_equal(inspection.grid_origin, PAT_GRID_GIVEN);
    assert_int_equal(inspection.parameter[3].value_count, 5);
    assert_true(inspection.parameter[3].values[0].value == 0);
    assert_refused(NULL, "sigma=0.5,1,2", PAT_INVALID_ARGUMENT, "row 3 (n1.png)");

    pat_buffer_append_text(&csv, header);
    for (int i = 0; i < 6; i++)
        put_row(&csv, i, 30 + i, i % 2 ? "none" : "white_balance", 0.75, 1 + i);
    save(&csv, "x.csv");
    inspect(NULL, NULL, &inspection);
    assert_int_equal(inspection.grid_origin, PAT_GRID_OBSERVED);
    assert_string_equal(
        finding(&inspection, PAT_FINDING_CONSTANT_TARGET, "sharpen_sigma")->text,
        "sharpen_sigma is 0.75 in all 6 rows: a model learns nothing from a constant target, "
        "and an R2 of 1 on it means nothing; vary the pairs or the grid");
    assert_int_equal(inspection.finding_count, 1);

    pat_buffer_append_text(&csv, header);
    for (int i = 0; i < 100; i++)
        put_row(&csv, i, 30 + i, i % 2 ? "none" : "white_balance", 0.75 + i, 0);
    save(&csv, "x.csv");
    inspect(NULL, NULL, &inspection);
    assert_int_equal(inspection.grid_origin, PAT_GRID_UNKNOWN);
    assert_int_equal(inspection.parameter[2].value_count, 100);
    assert_int_equal(finding(&inspection, PAT_FINDING_SIGMA_WITHOUT_EFFECT, "")->count, 100);
    pat_inspection_release(&inspection);
}

/* A color operator that is not in the study's grid. */
static void test_levels_are_a_method_of_their_own(void **state)
{
    (void)state;
    pat_inspection inspection = {0};
    pat_buffer csv = {0};
    pat_buffer_append_text(&csv, header);
    for (int i = 0; i < 7; i++) {
        const char *color = i < 4 ? "levels" : i < 6 ? "white_balance" : "none";
        put_row(&csv, i, 30 + i, color, 0.5 * (1 + i % 3), 0.5 * (2 + i / 3));
    }
    save(&csv, "x.csv");
    inspect(NULL, NULL, &inspection);
    assert_int_equal(inspection.grid_origin, PAT_GRID_OBSERVED);
    assert_int_equal(inspection.grid.count[PAT_AXIS_COLOR], 3);
    assert_int_equal(inspection.grid.value[PAT_AXIS_COLOR][0], LEVELS);
    assert_int_equal(inspection.grid.value[PAT_AXIS_COLOR][1], PAT_COLOR_WHITE_BALANCE);
    assert_int_equal(inspection.grid.value[PAT_AXIS_COLOR][2], PAT_COLOR_NONE);
    static const size_t methods[] = {1, 2, 4}, applied[] = {1, 6};
    assert_int_equal(inspection.parameter[0].value_count, 3);
    for (int i = 0; i < 3; i++)
        assert_int_equal(inspection.parameter[0].values[i].count, methods[i]);
    assert_int_equal(inspection.parameter[1].value_count, 2);
    for (int i = 0; i < 2; i++)
        assert_int_equal(inspection.parameter[1].values[i].count, applied[i]);
    assert_int_equal(inspection.setting_count, 7);
    for (int i = 0; i < 4; i++) /* with equal wins, levels comes last */
        assert_int_equal(inspection.settings[3 + i].setting.value[PAT_AXIS_COLOR], LEVELS);
    assert_int_equal(inspection.finding_count, 0); /* in particular no contradiction */

    inspect(NULL, "color=levels,white_balance,none;sigma=0.5:2:0.5;strength=0:2.5:0.5",
            &inspection);
    assert_int_equal(inspection.grid_origin, PAT_GRID_GIVEN);
    assert_refused(NULL, "color=white_balance,none;sigma=0.5:2:0.5;strength=0:2.5:0.5",
                   PAT_INVALID_ARGUMENT, "row 2 (n0.png)");

    pat_buffer_append_text(&csv, header);
    for (int i = 0; i < 4; i++)
        put_row(&csv, i, 30 + i, "levels", 0.5 * (2 + i % 2), 1 + 0.5 * (i / 2));
    save(&csv, "x.csv");
    inspect(NULL, "color=levels,none;sigma=0.5:2:0.5;strength=0:2.5:0.5", &inspection);
    finding(&inspection, PAT_FINDING_CONSTANT_TARGET, "color_method is levels in all 4 rows");
    assert_int_equal(inspection.finding_count, 1);
    assert_int_equal(inspection.parameter[0].value_count, 2); /* including none, which never wins */
    assert_int_equal(inspection.parameter[0].values[0].count, 0);
    assert_int_equal(inspection.parameter[1].values[1].count, 4);
    pat_inspection_release(&inspection);
}

/* ---- Rows ------------------------------------------------------------------------------------ */

static void test_impossible_numbers_are_named(void **state)
{
    (void)state;
    static const char *const items[] = {
        "row 5 (d), column similarity_score: 0.6",
        "row 4 (c), column psnr: -1",
        "row 4 (c), column ssim: 1.5",
        "row 3 (b), column mean: 1e+308",
        "row 4 (c), column sharpening_need: -0.25",
        "row 4 (c), column apply_color_correction: 2",
        "row 2 (a), column sharpen_sigma: -1",
        "row 5 (d), column sharpen_sigma: 0",
        "row 3 (b), column sharpen_strength: 1000000000",
    };
    pat_inspection inspection = {0};
    char text[4096];
    int size = snprintf(text, sizeof text,
                        "%s"
                        "a,0.5,30,0.4,1,2,3,4,5,6,7,8,9,10,11,12,0.1,0.2,none,0,-1,0\n"
                        "b,0.5,30,0.4,1e308,2,3,4,5,6,7,8,9,10,11,12,0.1,0.2,none,0,1,1e9\n"
                        "c,0.74,-1,1.5,1,2,3,4,5,6,7,8,9,10,11,12,0.1,-0.25,none,2,1,1\n"
                        "d,0.6,30,0.4,1,2,3,4,5,6,7,8,9,10,11,12,0.1,0.2,none,0,0,1\n"
                        "e,0.5003,30.02,0.4,1,2,3,4,5,6,7,8,9,10,11,12,0.1,0.2,none,0,0,0\n",
                        header);
    write_bytes("x.csv", text, (size_t)size);
    inspect(NULL, NULL, &inspection);
    const pat_finding *found = finding(&inspection, PAT_FINDING_IMPOSSIBLE, "9;");
    assert_true(found->bad);
    assert_int_equal(found->item_count, sizeof items / sizeof *items);
    for (size_t i = 0; i < found->item_count; i++)
        assert_string_equal(found->items[i], items[i]);
    pat_inspection_release(&inspection);
}

static void test_flaws_of_rows_are_named(void **state)
{
    (void)state;
    pat_inspection inspection = {0};
    char text[4096];
    int size = snprintf(text, sizeof text,
                        "%.*s,extra\r\n"
                        "a.png,0.5,30,0.4,1,nan,3,4,5,6,7,8,9,10,11,12,0.1,0.2,none,0.0,1,1,x\r\n"
                        "b.png,inf,inf,0.4,2,2,3,4,5,9,,8,9,1,1,2,0.2,0.3,none,True,1.0,1.5,\r\n"
                        "a.png,0.51,31,0.4,3,5,3,5,6,-inf,8,7,8,9,10,11,.2,.1,white_balance,True,2,"
                        "0.5,\r\n",
                        (int)strlen(header) - 1, header);
    write_bytes("x.csv", text, (size_t)size);
    inspect(NULL, NULL, &inspection);
    const pat_finding *numbers = finding(&inspection, PAT_FINDING_NON_FINITE, "infinite: 3;");
    assert_true(numbers->bad);
    assert_int_equal(numbers->item_count, 3);
    assert_string_equal(numbers->items[0], "row 2 (a.png), column std_dev: nan");
    assert_string_equal(numbers->items[1], "row 4 (a.png), column high_freq_energy: -inf");
    assert_string_equal(numbers->items[2], "row 3 (b.png), column energy_ratio: nan");
    assert_string_equal(finding(&inspection, PAT_FINDING_PERFECT_SCORE, "1;")->items[0],
                        "row 3 (b.png)");
    assert_string_equal(finding(&inspection, PAT_FINDING_CONTRADICTION, "1;")->items[0],
                        "row 3 (b.png)");
    assert_string_equal(finding(&inspection, PAT_FINDING_REPEATED_NAME, "1;")->items[0],
                        "rows 2 and 4 (a.png)");
    assert_string_equal(finding(&inspection, PAT_FINDING_CONSTANT_FEATURE, "1;")->items[0],
                        "skewness: 3");
    assert_string_equal(finding(&inspection, PAT_FINDING_UNKNOWN_COLUMN, "1;")->items[0], "extra");
    assert_int_equal(inspection.finding_count, 6);
    assert_int_equal(inspection.bad, 4);
    assert_true(inspection.findings[3].bad && !inspection.findings[4].bad); /* in this order */
    pat_inspection_release(&inspection);
    write_text("t.csv", trials_header);
    assert_refused("t.csv", NULL, PAT_MALFORMED, "rows 2 and 4 (a.png)");
}

static void test_what_is_no_data_set_is_refused(void **state)
{
    (void)state;
    assert_refused(NULL, NULL, PAT_NOT_FOUND, "x.csv");
    write_text("x.csv", header);
    assert_refused(NULL, NULL, PAT_NOTHING_TO_DO, "no row");
    write_text("x.csv", "filename,psnr\na.png,1\n");
    assert_refused(NULL, NULL, PAT_MALFORMED, "'similarity_score', 'ssim', 'mean'");
    write_text("x.csv", "filename,psnr\na.png,\"1\n");
    assert_refused(NULL, NULL, PAT_MALFORMED, "x.csv");
}

/* ---- Trials ---------------------------------------------------------------------------------- */

/* Grid: both colors, sigma 1 and 2, strength 0 and 1. Gains of the best setting: 2, 3, -1, 0 dB (an
 * identical pair), 4. The last pair has a tie. The second has none: at strength 0, sigma makes no
 * difference. */
static const struct {
    double psnr[8], untouched;
    int best;
} pairs[] = {
    {{20, 20, 20, 21, 28, 30, 28, 29}, 28, 5},
    {{33, 31, 33, 30, 30, 29, 30, 29}, 30, 0},
    {{20, 21, 20, 22, 30, 38.999, 30, 39}, 40, 7},
    {{20, 21, 20, 22, INFINITY, 31, INFINITY, 33}, INFINITY, 4},
    {{20, 34, 20, 34, 30, 31, 30, 33}, 30, 1},
};
enum { PAIRS = sizeof pairs / sizeof *pairs };

static const char *color_of(int i)
{
    return i < 4 ? "white_balance" : "none";
}

static void save_pairs(int first_trial, int last_trial)
{
    pat_buffer csv = {0}, trials = {0};
    pat_buffer_append_text(&csv, header);
    pat_buffer_append_text(&trials, trials_header);
    for (int n = 0; n < PAIRS; n++) {
        int best = pairs[n].best;
        put_row(&csv, n, pairs[n].psnr[best], color_of(best), 1 + best / 2 % 2, best % 2);
        for (int i = 0; i < 8 && n >= first_trial && n <= last_trial; i++)
            put_trial(&trials, n, color_of(i), 1 + i / 2 % 2, i % 2, pairs[n].psnr[i]);
        if (n >= first_trial && n <= last_trial)
            put_trial(&trials, n, "none", 0, 0, pairs[n].untouched);
    }
    save(&csv, "x.csv");
    save(&trials, "t.csv");
}

static const pat_setting_report *setting(const pat_inspection *inspection, double color,
                                         double sigma, double strength)
{
    for (size_t i = 0; i < inspection->setting_count; i++) {
        const pat_setting wanted = SETTING(color, sigma, strength);
        if (pat_setting_equal(&inspection->settings[i].setting, &wanted))
            return &inspection->settings[i];
    }
    fail_msg("a setting is missing");
    return NULL;
}

static void test_gain_harm_and_ties_of_trials(void **state)
{
    (void)state;
    pat_inspection inspection = {0};
    save_pairs(0, PAIRS);
    inspect("t.csv", NULL, &inspection);
    assert_int_equal(inspection.grid_origin, PAT_GRID_OF_TRIALS);
    assert_int_equal(pat_grid_count(&inspection.grid), 8);
    assert_int_equal(inspection.setting_count, 8);
    const pat_label_report *labels = &inspection.labels;
    assert_int_equal(labels->scored, 4);
    assert_int_equal(labels->identical, 1);
    assert_int_equal(labels->harmed, 1);
    assert_int_equal(labels->tied, 1);
    assert_true(fabs(labels->mean_gain_db - 2) < 1e-12);
    assert_int_equal(inspection.gain_db.count, 4);
    assert_true(fabs(inspection.gain_db.mean - 2) < 1e-12);
    assert_true(fabs(inspection.gain_db.min + 1) < 1e-12);
    assert_true(fabs(inspection.gain_db.max - 4) < 1e-12);

    /* Margins in similarity, which is dB / 100: 1 dB, 2 dB (not 0: the equal settings make the same
     * image), 0.001 dB, none, 0. */
    assert_int_equal(inspection.margin.count, 4);
    assert_true(fabs(inspection.margin.max - 0.02) < 1e-12);
    assert_true(fabs(inspection.margin.min) < 1e-12);
    assert_true(fabs(inspection.margin.mean - (0.01 + 0.02 + 0.00001 + 0) / 4) < 1e-12);
    assert_int_equal(inspection.near_ties, 2);

    const pat_setting_report *report = setting(&inspection, PAT_COLOR_NONE, 1, 1);
    assert_int_equal(report->wins, 1);
    assert_int_equal(report->harms, 2); /* the second and third; identical pairs do not count */
    assert_true(fabs(report->mean_gain_db - (2 - 1 - 1.001 + 1) / 4) < 1e-12);
    assert_int_equal(setting(&inspection, PAT_COLOR_NONE, 2, 1)->harms, 2);
    assert_int_equal(setting(&inspection, PAT_COLOR_NONE, 1, 0)->harms, 1); /* equal is no harm */
    assert_int_equal(setting(&inspection, PAT_COLOR_WHITE_BALANCE, 2, 0)->wins, 0);

    finding(&inspection, PAT_FINDING_IDENTICAL, "1 damaged image is identical");
    assert_false(finding(&inspection, PAT_FINDING_HARMED, "in 1 of 4 pairs every")->bad);
    assert_false(finding(&inspection, PAT_FINDING_TIES, "1 of 5 optima are ties")->bad);
    assert_true(finding(&inspection, PAT_FINDING_NEAR_TIES, "in 2 of 4 pairs")->bad);
    assert_int_equal(finding(&inspection, PAT_FINDING_SIGMA_WITHOUT_EFFECT, "in 2 of 5")->count, 2);
    pat_inspection_release(&inspection);
}

/* At strength 0, each pair has three restored images, one per color operator. */
static void test_trials_with_levels(void **state)
{
    (void)state;
    static const char *const methods[] = {"white_balance", "none", "levels"};
    static const double psnr[][3] = {{20, 26, 30}, {21, 19, 25}, {24, 22, 20}};
    static const int best[] = {2, 2, 0};
    pat_inspection inspection = {0};
    pat_buffer csv = {0}, trials = {0};
    pat_buffer_append_text(&csv, header);
    pat_buffer_append_text(&trials, trials_header);
    for (int n = 0; n < 3; n++) {
        put_row(&csv, n, psnr[n][best[n]], methods[best[n]], 1, 0);
        for (int i = 0; i < 3; i++)
            put_trial(&trials, n, methods[i], 1, 0, psnr[n][i]);
        put_trial(&trials, n, "none", 0, 0, psnr[n][1]);
    }
    save(&csv, "x.csv");
    save(&trials, "t.csv");
    inspect("t.csv", NULL, &inspection);
    char text[PAT_GRID_TEXT_SIZE];
    pat_grid_format(&inspection.grid, text);
    assert_string_equal(text, "color=white_balance,none,levels;sigma=1;strength=0");
    assert_int_equal(inspection.setting_count, 3);
    const pat_setting_report *report = setting(&inspection, LEVELS, 1, 0);
    assert_int_equal(report->wins, 2);
    assert_int_equal(report->harms, 1);
    assert_true(fabs(report->mean_gain_db - (4 + 6 - 2) / 3.0) < 1e-12);
    report = setting(&inspection, PAT_COLOR_WHITE_BALANCE, 1, 0);
    assert_int_equal(report->wins, 1);
    assert_int_equal(report->harms, 1);
    assert_true(fabs(report->mean_gain_db - (-6 + 2 + 2) / 3.0) < 1e-12);
    assert_int_equal(setting(&inspection, PAT_COLOR_NONE, 1, 0)->wins, 0);
    assert_true(fabs(inspection.margin.min - 0.02) < 1e-12); /* 2 dB, in the last pair */
    pat_inspection_release(&inspection);
}

/* Append a field to the last line. */
static void add_field(pat_buffer *csv, const char *text)
{
    csv->size--; /* the end of the line */
    pat_buffer_append_text(csv, text);
    pat_buffer_append_char(csv, '\n');
}

/* Two pairs; the best setting is without a filter in the first, and with one in the second. */
static void save_filters(void)
{
    static const double psnr[2][3] = {{30, 28, 25}, {20, 27, 24}};
    pat_buffer csv = {0}, trials = {0};
    pat_buffer_append_text(&csv, header);
    add_field(&csv, ",filter");
    pat_buffer_append_text(&trials, trials_header);
    add_field(&trials, ",filter");
    for (int n = 0; n < 2; n++) {
        put_row(&csv, n, psnr[n][n], "levels", n == 0 ? 0 : 1.5, n == 0 ? 0 : 2);
        add_field(&csv, n == 0 ? ",none" : ",unsharp");
        for (int i = 0; i < 2; i++) {
            put_trial(&trials, n, "levels", i == 0 ? 0 : 1.5, i == 0 ? 0 : 2, psnr[n][i]);
            add_field(&trials, i == 0 ? ",none" : ",unsharp");
        }
        put_trial(&trials, n, "none", 0, 0, psnr[n][2]);
        add_field(&trials, ",none");
    }
    save(&csv, "x.csv");
    save(&trials, "t.csv");
}

static void test_rows_and_trials_with_filters(void **state)
{
    (void)state;
    pat_inspection inspection = {0};
    char text[PAT_GRID_TEXT_SIZE];
    save_filters();
    for (int with_trials = 0; with_trials < 2; with_trials++) {
        inspect(with_trials ? "t.csv" : NULL, NULL, &inspection);
        pat_grid_format(&inspection.grid, text);
        assert_string_equal(text, "color=levels;filter=none,unsharp;sigma=1.5;strength=2");
        assert_int_equal(inspection.grid_origin,
                         with_trials ? PAT_GRID_OF_TRIALS : PAT_GRID_OBSERVED);
        assert_int_equal(inspection.parameter_count, 5);
        const pat_parameter_report *filter = &inspection.parameter[4];
        assert_string_equal(filter->name, "filter");
        assert_int_equal(filter->axis, PAT_AXIS_FILTER);
        assert_int_equal(filter->value_count, 2);
        assert_true(filter->values[0].value == 0 && filter->values[1].value == UNSHARP);
        assert_int_equal(filter->values[0].count, 1);
        assert_int_equal(filter->values[1].count, 1);
    }
    assert_int_equal(inspection.setting_count, 2);
    const pat_setting bare = {{LEVELS, 0, 0, 0}}, sharp = SETTING(LEVELS, 1.5, 2);
    for (size_t i = 0; i < 2; i++) {
        const pat_setting_report *report = &inspection.settings[i];
        bool is_bare = pat_setting_equal(&report->setting, &bare);
        assert_true(is_bare || pat_setting_equal(&report->setting, &sharp));
        assert_int_equal(report->wins, 1);
        assert_int_equal(report->harms, is_bare ? 1 : 0);
        assert_true(fabs(report->mean_gain_db - (is_bare ? 0.5 : 3)) < 1e-12);
    }
    pat_buffer csv = {0}; /* nothing reads sigma and strength */
    pat_buffer_append_text(&csv, header);
    add_field(&csv, ",filter");
    for (int n = 0; n < 2; n++) {
        put_row(&csv, n, 30, n == 0 ? "levels" : "none", 0, 0);
        add_field(&csv, ",none");
    }
    save(&csv, "x.csv");
    inspect(NULL, NULL, &inspection);
    assert_int_equal(inspection.grid_origin, PAT_GRID_OBSERVED);
    assert_int_equal(pat_grid_count(&inspection.grid), 2);
    save_healthy_rows(); /* no filter column: no such parameter */
    inspect(NULL, NULL, &inspection);
    assert_int_equal(inspection.parameter_count, 4);
    pat_inspection_release(&inspection);
}

static void remove_line(const char *path, int number)
{
    char text[16384];
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    size_t size = fread(text, 1, sizeof text - 1, file);
    fclose(file);
    text[size] = '\0';
    char *line = text;
    for (int i = 1; i < number; i++)
        line = strchr(line, '\n') + 1;
    const char *next = strchr(line, '\n') + 1;
    memmove(line, next, strlen(next) + 1);
    write_text(path, text);
}

/* Rows may have been removed from the data set; trials may not. */
static void test_trials_that_do_not_belong_are_refused(void **state)
{
    (void)state;
    pat_inspection inspection = {0};
    save_pairs(0, PAIRS);
    remove_line("x.csv", 3);
    inspect("t.csv", NULL, &inspection);
    assert_int_equal(inspection.rows, 4);
    assert_int_equal(inspection.labels.scored, 3);
    pat_inspection_release(&inspection);

    save_pairs(0, PAIRS - 2);
    assert_refused("t.csv", NULL, PAT_MALFORMED, "it has no trials of n4.png (row 6 there)");
    save_pairs(0, PAIRS);
    remove_line("t.csv", 10);
    assert_refused("t.csv", NULL, PAT_MALFORMED, "of n0.png do not end with the untouched image");
    save_pairs(0, PAIRS);
    remove_line("t.csv", 12);
    assert_refused("t.csv", NULL, PAT_MALFORMED, "n1.png was not tried with the settings");
    save_pairs(0, PAIRS);
    remove_line("t.csv", 4);
    assert_refused("t.csv", NULL, PAT_MALFORMED, "(n0.png) are not a grid");

    save_pairs(0, PAIRS);
    pat_buffer csv = {0};
    pat_buffer_append_text(&csv, header);
    put_row(&csv, 0, 30, "none", 2, 1); /* 29 in the trials */
    save(&csv, "x.csv");
    assert_refused("t.csv", NULL, PAT_MALFORMED,
                   "does not belong to the data set: the best setting of n0.png");
    write_text("t.csv", "filename,psnr\n");
    assert_refused("t.csv", NULL, PAT_MALFORMED, "t.csv");
    write_text("t.csv", trials_header);
    assert_refused("t.csv", NULL, PAT_MALFORMED, "no trials of n0.png");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_statistics_of_few_numbers),
        IN_FOLDER(test_healthy_rows_get_no_finding),
        IN_FOLDER(test_few_perfect_rows_are_not_bad),
        IN_FOLDER(test_the_degenerate_study),
        IN_FOLDER(test_where_the_grid_is_from),
        IN_FOLDER(test_levels_are_a_method_of_their_own),
        IN_FOLDER(test_impossible_numbers_are_named),
        IN_FOLDER(test_flaws_of_rows_are_named),
        IN_FOLDER(test_what_is_no_data_set_is_refused),
        IN_FOLDER(test_gain_harm_and_ties_of_trials),
        IN_FOLDER(test_trials_with_levels),
        IN_FOLDER(test_rows_and_trials_with_filters),
        IN_FOLDER(test_trials_that_do_not_belong_are_refused),
    };
    return cmocka_run_group_tests_name("inspect", tests, NULL, NULL);
}
