/* What models learn from: tables, trials, splits and metrics. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <math.h>

#include "learn/split.h"
#include "learn/target_errors.h"
#include "patina/features.h"
#include "settings.h"
#include "training_data.h"
#include "workspace.h"

static const char notebook[] =
    "filename,similarity_score,psnr,ssim,mean,std_dev,skewness,kurtosis,low_freq_energy,"
    "high_freq_energy,energy_ratio,radial_center,radial_25,radial_50,radial_75,radial_edge,"
    "color_balance_need,sharpening_need,color_method,apply_color_correction,sharpen_sigma,"
    "sharpen_strength\n"
    "a.png,0.8,30.5,0.9,1.0,2,3,4,5,6,7,8,9,10,11,12,0.25,1e-05,white_balance,True,0.5,1.0\n"
    "d/b~1.jpg,inf,inf,1.0,2,3,4,5,6,7,8,9,10,11,12,13,0.5,0.75,none,0,2.0,0\n";

static void read_text(pat_training *training, const char *text, pat_status expected,
                      const char *const *mentioned)
{
    pat_error error = {0};
    write_text("t.csv", text);
    assert_int_equal(pat_training_read(training, "t.csv", &error), expected);
    for (; mentioned != NULL && *mentioned != NULL; mentioned++)
        assert_mentions(error.message, *mentioned);
}

static void test_a_table_of_the_notebook_reads_unchanged(void **state)
{
    (void)state;
    pat_training training = {0};
    read_text(&training, notebook, PAT_OK, NULL);
    assert_int_equal(training.rows, 2);
    assert_int_equal(training.feature_count, 14);
    assert_string_equal(training.feature_name[0], "mean");
    assert_string_equal(training.feature_name[13], "sharpening_need");
    for (size_t i = 0; i < 12; i++) {
        assert_near(training.feature[i], (double)i + 1, 0);
        assert_near(training.feature[14 + i], (double)i + 2, 0);
    }
    assert_near(training.feature[13], 1e-5, 0);
    const double targets[] = {1, 0.5, 1, 0, 2, 0};
    assert_memory_equal(training.target, targets, sizeof targets);
    assert_string_equal(pat_names_get(&training.filename, 0), "a.png");
    assert_string_equal(pat_names_get(&training.group, 0), "a.png");
    assert_string_equal(pat_names_get(&training.group, 1), "d/b");
    const char *const groups[] = {"x", "y"};
    assert_int_equal(pat_training_set_groups(&training, groups, NULL), PAT_OK);
    assert_string_equal(pat_names_get(&training.group, 1), "y");
    pat_training_release(&training);
}

static void test_features_keep_the_order_of_the_file(void **state)
{
    (void)state;
    pat_training training = {0};
    read_text(&training,
              "sharpening_need,color_balance_need,radial_edge,radial_75,radial_50,radial_25,"
              "radial_center,other,energy_ratio,high_freq_energy,low_freq_energy,kurtosis,skewness,"
              "std_dev,mean,sharpen_strength,sharpen_sigma,apply_color_correction,filename\n"
              "1,2,3,4,5,6,7,text,8,9,10,11,12,13,14,0.5,2,1,x.png\n",
              PAT_OK, NULL);
    assert_int_equal(training.feature_count, 14);
    assert_string_equal(training.feature_name[0], "sharpening_need");
    assert_string_equal(training.feature_name[13], "mean");
    for (int i = 0; i < 14; i++)
        assert_near(training.feature[i], i + 1, 0);
    const double targets[] = {1, 2, 0.5};
    assert_memory_equal(training.target, targets, sizeof targets);
    pat_training_release(&training);
}

/* The notebook's table with one text replaced. */
static void refuse_with(const char *old, const char *new, pat_status expected,
                        const char *const *mentioned)
{
    char text[2048];
    pat_training training = {0};
    const char *at = strstr(notebook, old);
    assert_non_null(at);
    snprintf(text, sizeof text, "%.*s%s%s", (int)(at - notebook), notebook, new, at + strlen(old));
    read_text(&training, text, expected, mentioned);
    pat_training_release(&training);
}

#define MENTION(...) ((const char *const[]){"t.csv", __VA_ARGS__, NULL})

/* `extended` before the column sharpening_need, `times` times. */
static char *with_extended(const char *extended, int times)
{
    pat_buffer text = {0};
    const char *at = strstr(notebook, "sharpening_need,");
    pat_buffer_append(&text, notebook, (size_t)(at - notebook));
    for (int i = 0; i < times; i++) {
        pat_buffer_append_text(&text, extended);
        pat_buffer_append_char(&text, ',');
    }
    const char *line = strchr(at, '\n') + 1, *cell = strstr(line, "1e-05,white");
    pat_buffer_append(&text, at, (size_t)(cell - at));
    for (int i = 0; i < times; i++)
        pat_buffer_append_text(&text, "77,");
    const char *end = strchr(cell, '\n') + 1;
    pat_buffer_append(&text, cell, (size_t)(end - cell));
    pat_buffer_append_char(&text, '\0');
    assert_false(text.failed);
    return text.data;
}

static void test_extended_features_are_taken_where_they_are(void **state)
{
    (void)state;
    for (int i = PAT_FEATURE_COUNT; i < PAT_FEATURES_MAX; i++) {
        pat_training training = {0};
        char *text = with_extended(pat_feature_name(i), 1);
        read_text(&training, text, PAT_OK, NULL);
        assert_int_equal(training.feature_count, 15);
        assert_string_equal(training.feature_name[13], pat_feature_name(i));
        assert_near(training.feature[13], 77, 0);
        assert_near(training.feature[14], 1e-5, 0);
        pat_training_release(&training);
        free(text);
    }
    pat_training training = {0};
    char *text = with_extended(pat_feature_name(PAT_FEATURE_COUNT), 200);
    read_text(&training, text, PAT_MALFORMED,
              (const char *const[]){"more than once", pat_feature_name(PAT_FEATURE_COUNT), NULL});
    pat_training_release(&training);
    free(text);
}

static void test_bad_tables_are_refused_by_row_and_column(void **state)
{
    (void)state;
    refuse_with("radial_25,", "r,", PAT_MALFORMED, MENTION("'radial_25'"));
    refuse_with("sharpen_sigma,", "x,", PAT_MALFORMED, MENTION("'sharpen_sigma'"));
    refuse_with(",10,11,12,13,", ",10,nan,12,13,", PAT_MALFORMED,
                MENTION("row 3", "d/b~1.jpg", "'radial_50'", "finite"));
    refuse_with(",1.0,2,3,", ",inf,2,3,", PAT_MALFORMED, MENTION("row 2", "a.png", "'mean'"));
    refuse_with(",1.0,2,3,", ",-1e31,2,3,", PAT_MALFORMED, MENTION("row 2", "'mean'", "at most"));
    refuse_with(",1.0,2,3,", ",1e30,2,3,", PAT_OK, NULL);
    refuse_with(",1.0,2,3,", ",,2,3,", PAT_MALFORMED, MENTION("row 2", "'mean'"));
    refuse_with(",1.0,2,3,", ",x,2,3,", PAT_MALFORMED, MENTION("row 2", "'mean'"));
    refuse_with("0.25,1e-05,white_balance", "0.25,1e-05,sepia", PAT_MALFORMED,
                MENTION("row 2", "'color_method'", "'sepia' is not"));
    refuse_with("True", "2", PAT_MALFORMED, MENTION("row 2", "'apply_color_correction'"));
    refuse_with("True,0.5", "True,nan", PAT_MALFORMED, MENTION("row 2", "'sharpen_sigma'"));
    refuse_with("True,0.5", "True,0", PAT_MALFORMED, MENTION("row 2", "'sharpen_sigma'"));
    refuse_with("True,0.5", "True,21", PAT_MALFORMED, MENTION("row 2", "'sharpen_sigma'"));
    refuse_with("0.5,1.0\n", "0.5,-1\n", PAT_MALFORMED, MENTION("row 2", "'sharpen_strength'"));
    refuse_with("0.5,1.0\n", "0.5,nan\n", PAT_MALFORMED, MENTION("row 2", "'sharpen_strength'"));
    refuse_with(strchr(notebook, '\n') + 1, "", PAT_NOTHING_TO_DO, MENTION("no rows"));
    refuse_with("2.0,0\n", "0,0\n", PAT_OK, NULL); /* untouched: no sigma is needed */
    pat_training training = {0};
    assert_int_equal(pat_training_read(&training, "gone.csv", NULL), PAT_NOT_FOUND);
    pat_training_release(&training);
}

static void test_versions_of_an_original_are_a_group(void **state)
{
    (void)state;
    static const struct {
        const char *filename, *group;
    } cases[] = {
        {"a~1.png", "a"},
        {"a~12.png", "a"},
        {"a.png", "a.png"},
        {"d~1/a.png", ""},
        {"d~1/a~b~3.png", "d~1/a~b"},
        {"~a.png", ""},
        {"d/~a.png", ""},
        {"", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t expected = strlen(*cases[i].group != '\0' ? cases[i].group : cases[i].filename);
        assert_int_equal(pat_group_of(cases[i].filename), expected);
    }
}

static void test_grid_of_the_targets(void **state)
{
    (void)state;
    pat_training training = {0};
    pat_grid grid;
    char text[PAT_GRID_TEXT_SIZE];
    read_text(&training, notebook, PAT_OK, NULL);
    assert_int_equal(pat_training_grid(&training, &grid, NULL), PAT_OK);
    pat_grid_format(&grid, text);
    assert_string_equal(text, "color=white_balance,none;sigma=0.5,2;strength=0,1");
    assert_int_equal(training.setting[0].value[PAT_AXIS_COLOR], PAT_COLOR_WHITE_BALANCE);
    assert_int_equal(training.setting[1].value[PAT_AXIS_COLOR], PAT_COLOR_NONE);
    training.setting[0].value[PAT_AXIS_COLOR] = LEVELS;
    assert_int_equal(pat_training_grid(&training, &grid, NULL), PAT_OK);
    pat_grid_format(&grid, text);
    assert_string_equal(text, "color=none,levels;sigma=0.5,2;strength=0,1");
    training.setting[0].value[PAT_AXIS_COLOR] = PAT_COLOR_WHITE_BALANCE;
    training.setting[1].value[PAT_AXIS_SIGMA] = 0; /* untouched */
    assert_int_equal(pat_training_grid(&training, &grid, NULL), PAT_OK);
    pat_grid_format(&grid, text);
    assert_string_equal(text, "color=white_balance,none;sigma=0.5;strength=0,1");
    pat_training_release(&training);

    pat_setting setting[PAT_AXIS_MAX + 1];
    for (size_t i = 0; i <= PAT_AXIS_MAX; i++)
        setting[i] = pat_setting_of(PAT_COLOR_WHITE_BALANCE, 1 + 0.125 * (double)i, 1);
    pat_error error = {0};
    pat_training many = {.rows = PAT_AXIS_MAX, .setting = setting};
    assert_int_equal(pat_training_grid(&many, &grid, &error), PAT_OK);
    assert_int_equal(grid.count[PAT_AXIS_SIGMA], PAT_AXIS_MAX);
    many.rows++;
    assert_int_equal(pat_training_grid(&many, &grid, &error), PAT_INVALID_ARGUMENT);
    assert_mentions(error.message, "'sharpen_sigma'");
}

static void test_trials_become_gains(void **state)
{
    (void)state;
    pat_training training = {0};
    pat_trials trials = {0};
    char text[PAT_GRID_TEXT_SIZE];
    read_training_data(10, &training, &trials);
    pat_grid_format(&trials.grid, text);
    assert_string_equal(text, TRIALS_GRID);
    for (size_t row = 0; row < 10; row++)
        for (size_t i = 0; i < 12; i++) {
            const double *feature = training.feature + row * 14;
            pat_setting setting = pat_grid_setting(&trials.grid, i);
            double gain = setting.value[PAT_AXIS_COLOR] == PAT_COLOR_NONE ? 0
                          : feature[2] > 0.5                              ? 0.1
                                                                          : -0.1;
            gain += setting.value[PAT_AXIS_STRENGTH] * (feature[1] > 0.5 ? 0.05 : -0.05) *
                    (setting.value[PAT_AXIS_SIGMA] == 1 ? 1 : 0.5);
            assert_near(trials.gain[row * 12 + i], gain, 1e-12);
        }
    pat_trials_release(&trials);
    pat_training_release(&training);
}

static const char trials_header[] =
    "filename,color_method,sharpen_sigma,sharpen_strength,similarity_score,psnr,ssim\n";

/* Trials of the notebook's two images, below a header. */
static pat_status read_trials_below(const char *header, pat_trials *trials, const char *text,
                                    const char *mentioned)
{
    pat_buffer all = {0};
    pat_error error = {0};
    pat_training training = {0};
    read_text(&training, notebook, PAT_OK, NULL);
    pat_buffer_append_text(&all, header);
    for (const char *line = text; *line != '\0'; line = strchr(line, '\n') + 1) {
        pat_buffer_append(&all, line, strcspn(line, "\n"));
        pat_buffer_append_text(&all, ",30,0.5\n"); /* of no account */
    }
    write_bytes("trials.csv", all.data, all.size);
    pat_status status = pat_trials_read(trials, "trials.csv", &training, &error);
    assert_mentions(error.message, mentioned);
    pat_buffer_release(&all);
    pat_training_release(&training);
    return status;
}

static pat_status read_trials(pat_trials *trials, const char *text, const char *mentioned)
{
    return read_trials_below(trials_header, trials, text, mentioned);
}

static const char filters_header[] =
    "filename,filter,color_method,sharpen_sigma,sharpen_strength,similarity_score,psnr,ssim\n";

static void test_trials_tell_the_filters(void **state)
{
    (void)state;
    pat_trials trials = {0};
    char text[PAT_GRID_TEXT_SIZE];
    assert_int_equal(read_trials_below(filters_header, &trials,
                                       "a.png,none,levels,0,0,0.75\na.png,unsharp,levels,1,2,0.5\n"
                                       "a.png,none,none,0,0,0.25\na.png,unsharp,none,1,2,0.375\n"
                                       "a.png,unsharp,none,0,0,0.25\n"
                                       "d/b~1.jpg,none,levels,0,0,0.5\n"
                                       "d/b~1.jpg,unsharp,levels,1,2,0.5\n"
                                       "d/b~1.jpg,none,none,0,0,0.25\n"
                                       "d/b~1.jpg,unsharp,none,1,2,0.25\n"
                                       "d/b~1.jpg,none,none,0,0,0.25\n",
                                       ""),
                     PAT_OK);
    pat_grid_format(&trials.grid, text);
    assert_string_equal(text, "color=levels,none;filter=none,unsharp;sigma=1;strength=2");
    const double gains[] = {0.5, 0.25, 0, 0.125, 0.25, 0.25, 0, 0};
    assert_memory_equal(trials.gain, gains, sizeof gains);
    pat_trials_release(&trials);

    assert_int_equal(read_trials_below(filters_header, &trials,
                                       "a.png,none,levels,0,0,0.75\na.png,none,none,0,0,0.5\n"
                                       "d/b~1.jpg,none,levels,0,0,0.5\n"
                                       "d/b~1.jpg,none,none,0,0,0.25\n",
                                       ""),
                     PAT_OK);
    assert_int_equal(pat_grid_count(&trials.grid), 1); /* where nothing reads them, any will do */
    assert_int_equal(trials.grid.count[PAT_AXIS_FILTER], 1);
    assert_true(trials.grid.value[PAT_AXIS_FILTER][0] == 0);
    pat_trials_release(&trials);
}

static void test_bad_filters_of_trials_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text, *mentioned;
    } cases[] = {
        {"a.png,sharp,levels,1,2,0.7\na.png,none,none,0,0,0.5\n", "filter"},
        {"a.png,none,levels,1,2,0.7\na.png,none,none,0,0,0.5\n", "are not a grid"},
        {"a.png,unsharp,levels,0,0,0.7\na.png,none,none,0,0,0.5\n", "are not a grid"},
        {"a.png,none,levels,0,0,0.7\na.png,unsharp,none,1,2,0.7\na.png,none,none,0,0,0.5\n",
         "are not a grid"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        pat_trials trials = {0};
        assert_int_equal(
            read_trials_below(filters_header, &trials, cases[i].text, cases[i].mentioned),
            PAT_MALFORMED);
        pat_trials_release(&trials);
    }
}

/* Rows name the filter; where there is no such column it is unsharp masking. */
static void test_filters_of_rows(void **state)
{
    (void)state;
    pat_training training = {0};
    pat_buffer text = {0};
    read_text(&training, notebook, PAT_OK, NULL);
    assert_true(training.setting[0].value[PAT_AXIS_FILTER] == UNSHARP);
    assert_true(training.setting[1].value[PAT_AXIS_FILTER] == UNSHARP);
    static const char *const ends[] = {",filter\n", ",unsharp\n", ",none\n"};
    const char *line = notebook;
    for (size_t i = 0; i < 3; i++, line = strchr(line, '\n') + 1) {
        pat_buffer_append(&text, line, strcspn(line, "\n"));
        pat_buffer_append_text(&text, ends[i]);
    }
    pat_buffer_append_char(&text, '\0');
    assert_false(text.failed);
    read_text(&training, text.data, PAT_OK, NULL);
    assert_true(training.setting[0].value[PAT_AXIS_FILTER] == UNSHARP);
    assert_true(training.setting[1].value[PAT_AXIS_FILTER] == 0);
    pat_buffer_release(&text);
    pat_training_release(&training);
}

static void test_trials_of_identical_and_foreign_pictures(void **state)
{
    (void)state;
    pat_trials trials = {0};
    assert_int_equal(read_trials(&trials,
                                 "d/b~1.jpg,none,1,2,0.75\nd/b~1.jpg,none,0,0,inf\n"
                                 "z.png,none,1,2,0.75\nz.png,none,0,0,0.5\n"
                                 "a.png,none,1,2,inf\na.png,none,0,0,0.5\n",
                                 ""),
                     PAT_OK);
    assert_near(trials.gain[0], 0.5, 0);
    assert_near(trials.gain[1], -0.25, 0);
    pat_trials_release(&trials);
}

static void test_bad_trials_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text, *mentioned;
    } cases[] = {
        {"", "a.png"},
        {"a.png,none,1,2,0.7\na.png,none,0,0,0.5\n", "d/b~1.jpg"},
        {"a.png,none,1,2,0.7\n", "a.png"},
        {"a.png,none,0,0,0.7\n", "are not a grid"},
        {"a.png,none,1,2,0.7\na.png,white_balance,1,3,0.7\na.png,none,0,0,0.5\n", "are not a grid"},
        {"a.png,none,1,2,0.7\na.png,none,1,3,0.7\na.png,white_balance,1,2,0.7\n"
         "a.png,none,0,0,0.5\n",
         "are not a grid"},
        {"a.png,none,1,2,0.7\na.png,none,1,2,0.7\na.png,none,0,0,0.5\n", "are not a grid"},
        {"a.png,none,99,2,0.7\na.png,none,0,0,0.5\n", "are not a grid"},
        {"a.png,none,1,2,nan\na.png,none,0,0,0.5\n", "row 2 (a.png), column 'similarity_score'"},
        {"a.png,none,1,2,-1e300\na.png,none,0,0,0.5\n", "row 2 (a.png), column 'similarity_score'"},
        {"a.png,none,1,2,0.7\na.png,none,0,0,0.5\nd/b~1.jpg,none,1,3,0.7\n"
         "d/b~1.jpg,none,0,0,0.7\n",
         "d/b~1.jpg was not tried"},
        {"a.png,none,1,2,0.7\na.png,none,0,0,0.5\nd/b~1.jpg,none,0,0,0.7\n",
         "was not tried with the settings"},
        {"a.png,none,1,2,0.7\na.png,none,0,0,0.5\nz,none,1,2,1\nz,none,0,0,1\n"
         "a.png,none,1,2,0.7\na.png,none,0,0,0.5\n",
         "twice"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        pat_trials trials = {0};
        assert_int_equal(read_trials(&trials, cases[i].text, cases[i].mentioned), PAT_MALFORMED);
        pat_trials_release(&trials);
    }
}

enum { ROWS = 500, GROUPS = 125 };

/* The same rows for every step, in another order; groups of several sizes. */
static void make_groups(pat_names *group, size_t step)
{
    *group = (pat_names){0};
    for (size_t i = 0; i < ROWS; i++) {
        char name[32];
        size_t j = i * step % ROWS;
        snprintf(name, sizeof name, "group %zu", j * j % GROUPS);
        assert_true(pat_names_add(group, name));
    }
}

/* The fold of a group, the same for all its rows. */
static void folds_of_groups(const pat_names *group, const int *fold, int of_group[GROUPS])
{
    for (int i = 0; i < GROUPS; i++)
        of_group[i] = -1;
    for (size_t row = 0; row < ROWS; row++) {
        int index = atoi(pat_names_get(group, row) + strlen("group "));
        assert_true(of_group[index] == -1 || of_group[index] == fold[row]);
        of_group[index] = fold[row];
    }
}

static void test_groups_stay_together_in_any_order_of_rows(void **state)
{
    (void)state;
    pat_names group[2];
    int fold[2][ROWS], of_group[2][GROUPS], other[ROWS], count[5] = {0}, groups = 0;
    make_groups(&group[0], 1);
    make_groups(&group[1], 7);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(pat_split_folds(&group[i], 42, 5, fold[i], NULL), PAT_OK);
        folds_of_groups(&group[i], fold[i], of_group[i]);
    }
    assert_memory_equal(of_group[0], of_group[1], sizeof of_group[0]);
    assert_memory_not_equal(fold[0], fold[1], sizeof fold[0]);
    for (int i = 0; i < GROUPS; i++)
        if (of_group[0][i] >= 0) {
            assert_in_range(of_group[0][i], 0, 4);
            count[of_group[0][i]]++;
            groups++;
        }
    for (int i = 0; i < 5; i++)
        assert_in_range(count[i], groups / 5, groups / 5 + 1);
    assert_int_equal(pat_split_folds(&group[0], 43, 5, other, NULL), PAT_OK);
    assert_memory_not_equal(fold[0], other, sizeof other);
    size_t counted;
    assert_int_equal(pat_split_count_groups(&group[0], &counted, NULL), PAT_OK);
    assert_int_equal(counted, groups);

    for (int i = 0; i < 2; i++) {
        assert_int_equal(pat_split_holdout(&group[i], 42, 0.2, fold[i], NULL), PAT_OK);
        folds_of_groups(&group[i], fold[i], of_group[i]);
        pat_names_release(&group[i]);
    }
    assert_memory_equal(of_group[0], of_group[1], sizeof of_group[0]);
    int tested = 0;
    for (int i = 0; i < GROUPS; i++)
        tested += of_group[0][i] == 0;
    assert_int_equal(tested, (int)round(0.2 * groups));
    size_t row[ROWS];
    size_t inside = pat_split_rows(fold[0], ROWS, 0, true, row);
    for (size_t i = 0; i < inside; i++)
        assert_int_equal(fold[0][row[i]], 0);
    assert_int_equal(inside + pat_split_rows(fold[0], ROWS, 0, false, row), ROWS);
    assert_int_equal(fold[0][row[0]], 1);
}

static void test_too_few_groups_cannot_be_divided(void **state)
{
    (void)state;
    pat_names group = {0};
    pat_error error = {0};
    int fold[3];
    for (int i = 0; i < 3; i++)
        assert_true(pat_names_add(&group, i == 0 ? "a" : "b"));
    assert_int_equal(pat_split_folds(&group, 1, 3, fold, &error), PAT_INVALID_ARGUMENT);
    assert_mentions(error.message, "3 folds");
    assert_int_equal(pat_split_folds(&group, 1, 1, fold, &error), PAT_INVALID_ARGUMENT);
    assert_int_equal(pat_split_folds(&group, 1, 2, fold, &error), PAT_OK);
    assert_true(fold[0] != fold[1] && fold[1] == fold[2]);
    const double shares[] = {0, 0.2, 1}; /* one group at least on each side */
    for (int i = 0; i < 3; i++) {
        assert_int_equal(pat_split_holdout(&group, 1, shares[i], fold, &error), PAT_OK);
        assert_true(fold[0] != fold[1] && fold[1] == fold[2]);
    }
    pat_names_release(&group);
    assert_true(pat_names_add(&group, "a"));
    assert_int_equal(pat_split_holdout(&group, 1, 0.2, fold, &error), PAT_INVALID_ARGUMENT);
    pat_names_release(&group);
}

static void test_metrics(void **state)
{
    (void)state;
    const double truth[] = {1, 9, 2, 9, 4, 9}, predicted[] = {2, 9, 2, 8, 2, 9};
    pat_metrics metrics = pat_metrics_of(truth, predicted, 3, 2);
    assert_near(metrics.mse, 5.0 / 3, 1e-15);
    assert_near(metrics.mae, 1, 1e-15);
    assert_near(metrics.r2, 1 - 5 / (14.0 / 3), 1e-15);
    metrics = pat_metrics_of_constant(truth, 7.0 / 3, 3, 2);
    assert_near(metrics.mse, 14.0 / 9, 1e-15);
    assert_near(metrics.r2, 0, 1e-15);
    assert_near(pat_metrics_of(truth + 1, predicted + 1, 3, 2).r2, 0, 0);
    assert_near(pat_metrics_of_constant(truth + 1, 9, 3, 2).r2, 1, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(test_a_table_of_the_notebook_reads_unchanged),
        IN_FOLDER(test_features_keep_the_order_of_the_file),
        IN_FOLDER(test_extended_features_are_taken_where_they_are),
        IN_FOLDER(test_bad_tables_are_refused_by_row_and_column),
        cmocka_unit_test(test_versions_of_an_original_are_a_group),
        IN_FOLDER(test_grid_of_the_targets),
        IN_FOLDER(test_trials_become_gains),
        IN_FOLDER(test_trials_of_identical_and_foreign_pictures),
        IN_FOLDER(test_bad_trials_are_refused),
        IN_FOLDER(test_trials_tell_the_filters),
        IN_FOLDER(test_bad_filters_of_trials_are_refused),
        IN_FOLDER(test_filters_of_rows),
        cmocka_unit_test(test_groups_stay_together_in_any_order_of_rows),
        cmocka_unit_test(test_too_few_groups_cannot_be_divided),
        cmocka_unit_test(test_metrics),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
