/* Explanations: nearest names, ranks within a column, and the explanation of a row. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "data/nearest.h"
#include "image/encode.h"
#include "inspect/places.h"
#include "patina/explain.h"
#include "workspace.h"

/* ---- Nearest names --------------------------------------------------------------------------- */

static pat_nearest nearest_to(const char *wanted)
{
    static const char *const names[] = {
        "coffee_cup.jpg", "coffee_table.png", "sub/moon.jpg", "moon_far.jpg", "x.png", ""};
    pat_nearest nearest = {.wanted = wanted};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        pat_nearest_add(&nearest, names[i]);
    return nearest;
}

static void assert_nearest(const char *wanted, const char *expected)
{
    pat_nearest nearest = nearest_to(wanted);
    pat_buffer text = {0};
    pat_nearest_append(&nearest, &text);
    assert_text(&text, expected);
}

static void test_nearest_names(void **state)
{
    (void)state;
    assert_nearest("cofee_cup.jpg", "; closest matches: 'coffee_cup.jpg'");
    assert_nearest("coffee_cpu.jpg", "; closest matches: 'coffee_cup.jpg'"); /* letters swapped */
    assert_nearest("Coffee_Cup", "; closest matches: 'coffee_cup.jpg'");
    assert_nearest("coffe_cup", "; closest matches: 'coffee_cup.jpg'");
    assert_nearest("moon.jpg", "; closest matches: 'sub/moon.jpg'");
    assert_nearest("coffee_tabl.jpg", "; closest matches: 'coffee_table.png', 'coffee_cup.jpg'");
    assert_nearest("nothing like it", "");
    assert_nearest("x.jpg", "; closest matches: 'x.png'");
    assert_int_equal(nearest_to("coffee_cpu.jpg").distance[0], 1);
}

static void test_long_names_are_no_harm(void **state)
{
    (void)state;
    char name[3000];
    memset(name, 'a', sizeof name);
    name[sizeof name - 1] = '\0';
    pat_nearest nearest = {.wanted = name};
    pat_nearest_add(&nearest, name + 1);
    assert_int_equal(nearest.count, 1);
    assert_int_equal(strlen(nearest.name[0]), PAT_NEAREST_NAME_SIZE - 1);
}

/* ---- Places ---------------------------------------------------------------------------------- */

static pat_feature_place place_in(const char *table, double value)
{
    pat_feature_place place = {.name = "mean", .value = value};
    pat_error error = {0};
    write_text("x.csv", table);
    if (pat_places_read("x.csv", &place, 1, &error) != PAT_OK)
        fail_msg("%s", error.message);
    return place;
}

static void test_place(void **state)
{
    (void)state;
    pat_feature_place place =
        place_in("filename,other,mean\na,9,4\nb,9,1\nc,9,nan\nd,9,2\ne,9,2\nf,9,inf\n", 2);
    assert_true(place.count == 4 && place.below == 1 && place.equal == 2 && place.kept == 4);
    assert_true(place.min == 1 && place.max == 4 && place.median == 2);
    assert_true(pat_feature_place_percent(&place) == 50); /* one below, two halves */
    assert_true(place.lower_quartile == 1.75 && place.upper_quartile == 2.5);
}

static void test_place_without_numbers(void **state)
{
    (void)state;
    pat_feature_place place = place_in("filename,mean\na,nan\n", 2);
    assert_true(place.count == 0 && isnan(place.min) && isnan(place.median));
    assert_true(isnan(pat_feature_place_percent(&place)));
}

/* Counts include all rows; the median is approximate. */
static void test_place_among_many(void **state)
{
    (void)state;
    enum { ROWS = 3 * PAT_PLACES_KEPT_MAX };
    pat_buffer table = {0};
    pat_buffer_append_text(&table, "filename,mean\n");
    for (int i = 0; i < ROWS; i++) {
        char line[48];
        snprintf(line, sizeof line, "%d,%d\n", i, i);
        pat_buffer_append_text(&table, line);
    }
    pat_buffer_append_char(&table, '\0');
    assert_false(table.failed);
    pat_feature_place place = place_in(table.data, 1000);
    pat_buffer_release(&table);
    assert_true(place.count == ROWS && place.below == 1000 && place.equal == 1);
    assert_true(place.min == 0 && place.max == ROWS - 1);
    assert_true(place.kept >= PAT_PLACES_KEPT_MAX / 2 && place.kept <= PAT_PLACES_KEPT_MAX);
    assert_true(fabs(place.median - ROWS / 2.0) < 8);
}

/* ---- Explanations ---------------------------------------------------------------------------- */

static const char *const real_worker[] = {FAULTY_WORKER, "real", NULL};
static const char *const faulty_worker[] = {FAULTY_WORKER, NULL};

static pat_explanation explanation;
static pat_error told;

static pat_status explain(const pat_pair_source *source, const char *filename, const char *axes,
                          const char *const *command)
{
    pat_pairs *pairs;
    pat_grid grid;
    assert_int_equal(pat_pairs_find(source, &pairs, NULL), PAT_OK);
    assert_int_equal(pat_grid_parse(&grid, axes, NULL), PAT_OK);
    const pat_explain_options options = {.data = "x.csv",
                                         .filename = filename,
                                         .pairs = pairs,
                                         .grid = &grid,
                                         .run = {.jobs = 1, .worker_command = command}};
    pat_explanation_release(&explanation);
    pat_status status = pat_explain(&options, &explanation, &told);
    pat_pairs_free(pairs);
    return status;
}

static const pat_pair_source folders = {.damaged = "d", .undamaged = "u"};

/* Writes a table with a row for `name`. Its scores and features are all 0, so they differ. */
static void write_row(const char *name)
{
    pat_buffer table = {0};
    pat_buffer_append_text(&table, "filename,similarity_score,psnr,ssim,color_method,"
                                   "apply_color_correction,sharpen_sigma,sharpen_strength");
    for (int i = 0; i < PAT_FEATURE_COUNT; i++) {
        pat_buffer_append_char(&table, ',');
        pat_buffer_append_text(&table, pat_feature_name(i));
    }
    pat_buffer_append_char(&table, '\n');
    pat_buffer_append_text(&table, name);
    pat_buffer_append_text(&table, ",0,0,0,none,0,1,1");
    for (int i = 0; i < PAT_FEATURE_COUNT; i++)
        pat_buffer_append_text(&table, ",0");
    pat_buffer_append_text(&table, "\n");
    write_bytes("x.csv", table.data, table.size);
    pat_buffer_release(&table);
}

/* If its worker dies, the pair fails. */
static void test_a_worker_that_dies(void **state)
{
    (void)state;
    mkdir("d", 0777);
    mkdir("u", 0777);
    write_text("d/abort_1.png", "");
    write_text("u/abort_1.png", "");
    write_row("abort_1.png");
    assert_int_equal(explain(&folders, "abort_1.png", "sigma=1", faulty_worker), PAT_OK);
    assert_true(explanation.fails && !explanation.reproduced && !explanation.failed_before);
    assert_int_equal(explanation.failure.reason, PAT_WORKER_DIED);
    assert_string_equal(explanation.failure.stage, "worker");
    assert_int_equal(explanation.matching, 1);
    pat_explanation_release(&explanation);
}

static const pat_pair_source sample = {.damaged = SAMPLE "/damaged",
                                       .undamaged = SAMPLE "/undamaged"};

static void test_surface(void **state)
{
    (void)state;
    write_row("skyline.png");
    if (explain(&sample, "skyline.png", "sigma=0.5,1;strength=0,0.5,2.5", real_worker) != PAT_OK)
        fail_msg("%s", told.message);
    assert_true(!explanation.reproduced && explanation.row[0].differing > 10);
    assert_true(explanation.settings == 12 && explanation.runner_up < 12);
    double best = explanation.trials[explanation.best].similarity, second = -1, worst = 1;
    for (size_t i = 0; i < explanation.settings; i++) {
        double similarity = explanation.trials[i].similarity;
        double shade = pat_explanation_shade(&explanation, i);
        assert_true(shade >= -1 && shade <= 1);
        assert_true((shade > 0) == (similarity > explanation.untouched.similarity));
        for (size_t k = 0; k < explanation.settings; k++)
            assert_true((pat_explanation_shade(&explanation, k) > shade) ==
                        (explanation.trials[k].similarity > similarity));
        worst = fmin(worst, similarity);
        if (i != explanation.best)
            second = fmax(second, similarity);
    }
    assert_true(best > second);
    assert_true(second == explanation.trials[explanation.runner_up].similarity);
    assert_true(worst == explanation.trials[explanation.worst].similarity);
    assert_true(pat_explanation_shade(&explanation, explanation.best) == 1);
    assert_true(pat_explanation_shade(&explanation, explanation.worst) == -1);
    pat_explanation_release(&explanation);
}

/* Scores that are close together differ by one shade, no matter how far the others are. */
static void test_shades_by_rank(void **state)
{
    (void)state;
    pat_scores trials[] = {{.similarity = 0.9}, {.similarity = 0.8999}, {.similarity = 0.5},
                           {.similarity = 0.1}, {.similarity = 0.4999}, {.similarity = 0.9}};
    pat_explanation surface = {.trials = trials, .settings = 6, .best = 0, .worst = 3};
    const double shades[] = {1, 1.0 / 3, 0, -1, -0.5, 1};
    surface.untouched.similarity = 0.5;
    for (size_t i = 0; i < surface.settings; i++)
        assert_true(pat_explanation_shade(&surface, i) == shades[i]);
}

/* Writes a uniform gray image. */
static void write_grey(const char *path, int value)
{
    pat_image image = {0};
    pat_buffer png = {0};
    assert_int_equal(pat_codec_init(NULL), PAT_OK);
    assert_int_equal(pat_image_resize_canvas(&image, 16, 16, NULL), PAT_OK);
    for (int c = 0; c < PAT_CHANNELS; c++)
        memset(image.plane[c].data, value, (size_t)image.plane[c].stride * 16);
    assert_int_equal(pat_image_encode_png(&image, path, &png, NULL), PAT_OK);
    write_bytes(path, png.data, png.size);
    pat_buffer_release(&png);
    pat_image_release(&image);
}

/* Sharpening does not change a uniform image: strengths tie. At strength 0, sigmas do not count. */
static void test_ties(void **state)
{
    (void)state;
    mkdir("d", 0777);
    mkdir("u", 0777);
    write_grey("d/grey.png", 100);
    write_grey("u/grey.png", 120);
    write_row("grey.png");
    assert_int_equal(explain(&folders, "grey.png", "color=none;sigma=1;strength=0,1,2", NULL),
                     PAT_OK);
    assert_true(explanation.best == 0 && explanation.tied == 2);
    assert_true(pat_explanation_is_best(&explanation, explanation.runner_up));
    assert_true(pat_explanation_shade(&explanation, 0) == 0);
    assert_int_equal(explain(&folders, "grey.png", "color=none;sigma=1,2;strength=0", NULL),
                     PAT_OK);
    assert_true(explanation.tied == 0 && explanation.runner_up == explanation.settings);
    pat_explanation_release(&explanation);
}

static void test_identical_images(void **state)
{
    (void)state;
    mkdir("d", 0777);
    mkdir("u", 0777);
    write_grey("d/grey.png", 100);
    write_grey("u/grey.png", 100);
    write_row("grey.png");
    assert_int_equal(explain(&folders, "grey.png", "sigma=1;strength=0", NULL), PAT_OK);
    assert_true(explanation.identical && isinf(explanation.trials[explanation.best].psnr));
    assert_true(pat_explanation_shade(&explanation, explanation.best) == 0);
    assert_true(pat_explanation_shade(&explanation, explanation.worst) == -1);
    char *json;
    assert_int_equal(pat_explanation_json(&explanation, &json, NULL), PAT_OK);
    assert_mentions(json, "\"psnr\": null"); /* it is infinite */
    free(json);
    pat_explanation_release(&explanation);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nearest_names),
        cmocka_unit_test(test_long_names_are_no_harm),
        IN_FOLDER(test_place),
        IN_FOLDER(test_place_without_numbers),
        IN_FOLDER(test_place_among_many),
        IN_FOLDER(test_a_worker_that_dies), /* workers first, before this process decodes */
        IN_FOLDER(test_surface),
        cmocka_unit_test(test_shades_by_rank),
        IN_FOLDER(test_ties),
        IN_FOLDER(test_identical_images),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
