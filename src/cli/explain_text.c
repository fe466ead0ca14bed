#include "explain_text.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "console.h"

enum { CELLS_ABREAST = 10, CELL_SHOWN = 40, NAME_WIDTH = 24, BAR_WIDTH = 21 };
/* Widths in columns: a cell of the surface, its row labels, and the features table with and without
 * the bar. */
enum { CELL_WIDTH = 10, LEGEND_WIDTH = 33, FEATURES_WIDTH = 107, NO_BAR_WIDTH = 84 };

/* ---- The terminal ---------------------------------------------------------------------------- */

typedef enum shading { PLAIN, BLOCKS, COLORS } shading;

static const char *variable(const char *name)
{
    const char *value = getenv(name);
    return value == NULL ? "" : value;
}

/* Judged by the locale name; the program itself stays in the C locale. */
static bool shows_utf8(void)
{
    static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (*variable(names[i]) != '\0')
            return strcasestr(variable(names[i]), "utf-8") != NULL ||
                   strcasestr(variable(names[i]), "utf8") != NULL;
    return false;
}

static shading shading_of_stdout(void)
{
    const char *terminal = variable("TERM");
    bool many = strstr(terminal, "256color") != NULL || *variable("COLORTERM") != '\0';
    if (!isatty(STDOUT_FILENO) || *terminal == '\0' || strcmp(terminal, "dumb") == 0)
        return PLAIN;
    if (many && *variable("NO_COLOR") == '\0')
        return COLORS;
    return shows_utf8() ? BLOCKS : PLAIN;
}

/* 256-color codes, from weak to strong; text is black on all except the last. */
enum { STEPS = 4 };
static const int colors[2][STEPS] = {{194, 151, 108, 29}, {230, 223, 216, 131}}; /* gain, loss */
static const char *const blocks[STEPS + 1] = {" ", "\u2591", "\u2592", "\u2593", "\u2588"};

/* Begin a shaded cell. shade: from pat_explanation_shade(). */
static void begin_shade(shading style, double shade)
{
    int step = (int)ceil(fabs(shade) * STEPS);
    if (style == BLOCKS)
        printf("%s", blocks[shade > 0 ? step : 0]);
    else
        printf(" ");
    if (style == COLORS && step > 0)
        printf("\033[48;5;%d;38;5;%dm", colors[shade < 0][step - 1], step == STEPS ? 231 : 16);
}

static void end_shade(shading style)
{
    if (style == COLORS)
        printf("\033[0m");
}

/* Print a cell of the user's table, truncated and without control characters. */
static void print_cell(const char *text, int width)
{
    char shown[CELL_SHOWN + 4];
    bool cut = strlen(text) > CELL_SHOWN;
    snprintf(shown, sizeof shown, "%.*s%s", CELL_SHOWN, text, cut ? "..." : "");
    console_name(shown);
    for (int i = (int)strlen(shown); i < width; i++)
        putchar(' ');
}

/* The maximum number of columns of a line; unlimited without a terminal. */
static int room(void)
{
    int width = console_width(STDOUT_FILENO);
    return width > 0 ? width : INT_MAX;
}

/* Print words, wrapped at the terminal's width; further lines begin below the first word, in column
 * `at`. The terminal may still wrap long names anywhere. */
static void print_words(const char *text, int at)
{
    int column = at, width = room();
    while (*text != '\0') {
        int length = (int)strcspn(text, " ");
        char *word = strndup(text, (size_t)length);
        if (column > at && column + 1 + length > width) {
            printf("\n%*s", at, "");
            column = at;
        } else if (column > at) {
            column += printf(" ");
        }
        if (word != NULL)
            console_name(word);
        free(word);
        column += length;
        text += length + (text[length] == ' ');
    }
    printf("\n");
}

/* ---- The row --------------------------------------------------------------------------------- */

static void print_differences(const pat_explained_row *row)
{
    printf("  %-*s %-26s %-26s %s\n", NAME_WIDTH, "column", "in the table", "rebuilt", "");
    for (size_t i = 0; i < row->cell_count; i++) {
        const pat_explained_cell *cell = &row->cell[i];
        if (cell->verdict == PAT_CELL_SAME)
            continue;
        printf("  ");
        print_cell(cell->column, NAME_WIDTH + 1);
        print_cell(cell->table, 27);
        print_cell(cell->rebuilt, 27);
        printf("%s\n", pat_cell_verdict_name(cell->verdict));
    }
}

static void print_reasons(const pat_explanation *explanation)
{
    if (explanation->reason_count > 0)
        printf("  possible reasons:\n");
    for (size_t i = 0; i < explanation->reason_count; i++) {
        printf("  - ");
        print_words(explanation->reason[i], 4);
    }
}

static void print_rows(const char *data, const pat_explanation *explanation)
{
    if (explanation->matching > explanation->row_count)
        printf("%zu rows have this name; the first %zu:\n", explanation->matching,
               explanation->row_count);
    for (size_t i = 0; i < explanation->row_count; i++) {
        const pat_explained_row *row = &explanation->row[i];
        printf("row %zu of ", row->number);
        console_name(data);
        if (row->differing == 0) {
            printf(": reproduced to the last digit (%zu cells)\n", row->cell_count);
            continue;
        }
        printf(": NOT reproduced, %zu of %zu cells differ\n", row->differing, row->cell_count);
        print_differences(row);
    }
}

static void print_failure(const char *what, const pat_failure *failure)
{
    printf("%s (%s, %s):\n  ", what, failure->stage, pat_status_name(failure->reason));
    print_words(failure->message, 2);
}

static void print_verdict(const char *data, const pat_explanation *explanation)
{
    console_name(explanation->filename);
    printf("\n");
    if (!explanation->fails)
        print_rows(data, explanation);
    for (size_t i = 0; i < explanation->row_count && explanation->fails; i++)
        printf("row %zu cannot be reproduced\n", explanation->row[i].number);
    if (explanation->failed_before)
        print_failure(explanation->matching == 0 ? "it has no row, because it failed in the search"
                                                 : "it is also among the failures",
                      &explanation->recorded);
    if (explanation->fails)
        print_failure(explanation->reproduced ? "it failed again" : "it fails now",
                      &explanation->failure);
    else if (explanation->matching == 0)
        printf("it no longer fails: patina search --retry-failed adds its row\n");
    print_reasons(explanation);
}

/* ---- Scores ---------------------------------------------------------------------------------- */

static void print_scores(const char *what, const pat_scores *scores)
{
    printf("  %-24s %10.6f %9.4f %10.6f", what, scores->similarity, scores->psnr, scores->ssim);
}

static void print_setting(const char *what, const pat_scores *scores, const pat_setting *setting)
{
    char words[PAT_SETTING_TEXT_SIZE];
    print_scores(what, scores);
    printf("  %s\n",
           pat_setting_is_idle(setting) ? "nothing done" : pat_setting_describe(setting, words));
}

static void print_trial(const pat_explanation *explanation, const char *what, size_t index)
{
    pat_setting setting = pat_grid_setting(&explanation->grid, index);
    print_setting(what, &explanation->trials[index], &setting);
}

/* Print a difference, but never as "-0.000000". */
static void print_difference(int width, int digits, double value)
{
    if (value != 0 && fabs(value) < 0.5 * pow(10, -digits))
        printf(" %+*.0e", width, value);
    else
        printf(" %+*.*f", width, digits, value);
}

/* Print the margin of the chosen setting over another. Infinite scores have no difference. */
static void print_margin(const char *what, const pat_scores *best, const pat_scores *other)
{
    if (!isfinite(best->psnr) || !isfinite(other->psnr))
        return;
    printf("  %-24s", what);
    print_difference(10, 6, best->similarity - other->similarity);
    print_difference(9, 4, best->psnr - other->psnr);
    print_difference(10, 6, best->ssim - other->ssim);
    printf("\n");
}

static void print_expectation(const pat_explained_model *model)
{
    if (!model->given || isnan(model->gain) || pat_setting_is_idle(&model->setting))
        return;
    printf("  the model expects a gain of %+.6f", model->gain);
    if (!isnan(model->harm))
        printf("; the probability of harm is %.1f %%", 100 * model->harm);
    printf("%s\n", model->flagged ? "; check the result" : "");
}

static void print_remarks(const pat_explanation *explanation, const pat_scores *runner_up)
{
    const pat_scores *best = &explanation->trials[explanation->best];
    if (explanation->identical)
        printf("  the damaged image equals the original: no setting improves it\n");
    else if (best->similarity < explanation->untouched.similarity)
        printf("  every setting makes it worse; the chosen one is the least bad\n");
    if (explanation->tied > 0)
        printf("  a tie: %zu other setting%s exactly as good; the first in the grid was chosen\n",
               explanation->tied, explanation->tied == 1 ? " is" : "s are");
    else if (runner_up != NULL && best->similarity - runner_up->similarity < PAT_NEAR_TIE)
        printf("  nearly a tie: a margin this small is chance\n");
}

static void print_margins(const pat_explanation *explanation)
{
    const pat_scores *best = &explanation->trials[explanation->best], *runner_up = NULL;
    if (explanation->runner_up < explanation->settings)
        runner_up = &explanation->trials[explanation->runner_up];
    printf("\n  %-24s %10s %9s %10s\n", "", "similarity", "PSNR, dB", "SSIM");
    print_trial(explanation, "chosen", explanation->best);
    if (runner_up != NULL)
        print_trial(explanation, "runner-up", explanation->runner_up);
    if (explanation->model.given)
        print_setting("the model", &explanation->model.scores, &explanation->model.setting);
    print_scores("doing nothing", &explanation->untouched);
    printf("\n");
    if (runner_up != NULL)
        print_margin("margin to the runner-up", best, runner_up);
    print_margin("gain over doing nothing", best, &explanation->untouched);
    print_expectation(&explanation->model);
    print_remarks(explanation, runner_up);
}

enum { COLOR_NAME_WIDTH = 13, FILTER_NAME_WIDTH = 25 };

static void print_shaded(const pat_explanation *explanation, shading style, size_t index)
{
    begin_shade(style, pat_explanation_shade(explanation, index));
    printf("%8.4f%c", explanation->trials[index].similarity,
           pat_explanation_is_best(explanation, index) ? '*' : ' ');
    end_shade(style);
}

/* "white_balance      0.5", with the filter and its further numbers if they are not the default. */
static void print_row_name(const pat_setting *setting, int width)
{
    char text[PAT_VALUE_TEXT_SIZE], name[2 * PAT_VALUE_TEXT_SIZE + 1];
    snprintf(name, sizeof name, "%s",
             pat_value_format(PAT_AXIS_COLOR, setting->value[PAT_AXIS_COLOR], text));
    if (pat_setting_shows(setting, PAT_AXIS_FILTER)) {
        size_t length = strlen(name);
        snprintf(name + length, sizeof name - length, " %s",
                 pat_value_format(PAT_AXIS_FILTER, setting->value[PAT_AXIS_FILTER], text));
    }
    for (pat_axis axis = PAT_AXIS_STRENGTH + 1; axis < PAT_AXES; axis++) {
        size_t length = strlen(name);
        if (pat_setting_reads(setting, axis) && pat_setting_shows(setting, axis))
            snprintf(name + length, sizeof name - length, " %s %g", pat_axis_of(axis)->key,
                     setting->value[axis]);
    }
    if (pat_setting_reads(setting, PAT_AXIS_SIGMA))
        printf("  %-*s %6g  ", width, name, setting->value[PAT_AXIS_SIGMA]);
    else
        printf("  %-*s %6s  ", width, name, "-");
}

/* Print strengths first .. end - 1 for each combination of the other axes; settings without a
 * strength are in the first part. */
static void print_part(const pat_explanation *explanation, shading style, int first, int end)
{
    const pat_grid *grid = &explanation->grid;
    int width = pat_grid_shows(grid, PAT_AXIS_FILTER) ? FILTER_NAME_WIDTH : COLOR_NAME_WIDTH;
    printf("  %-*s %6s  ", width, "color_method", "sigma");
    for (int i = first; i < end; i++)
        printf(" %8g ", grid->value[PAT_AXIS_STRENGTH][i]);
    printf(" strength\n");
    for (size_t index = 0; index < explanation->settings; index++) {
        const pat_setting setting = pat_grid_setting(grid, index);
        int place[PAT_AXES];
        pat_grid_place(grid, index, place);
        size_t step = pat_grid_step(grid, index, PAT_AXIS_STRENGTH);
        if (place[PAT_AXIS_STRENGTH] != 0 || (step == 0 && first > 0))
            continue;
        print_row_name(&setting, width);
        for (int i = first; i < (step == 0 ? 1 : end); i++)
            print_shaded(explanation, style, index + (size_t)i * step);
        printf("\n");
    }
}

static const char *origin_of(pat_explained_grid origin)
{
    static const char *const texts[] = {
        [PAT_EXPLAINED_GRID_GIVEN] = "as given",
        [PAT_EXPLAINED_GRID_RECORDED] = "from the run record",
        [PAT_EXPLAINED_GRID_DEFAULT] = "the study's, which contains all settings in the table",
        [PAT_EXPLAINED_GRID_OBSERVED] = "the values in the table; --grid sets those tried",
    };
    return texts[origin];
}

static void print_surface(const pat_explanation *explanation)
{
    shading style = shading_of_stdout();
    const pat_grid *grid = &explanation->grid;
    char title[160];
    snprintf(title, sizeof title, "similarity of all %zu settings (grid: %s); * marks the best",
             explanation->settings, origin_of(explanation->grid_origin));
    printf("\n");
    print_words(title, 0);
    int abreast = (room() - LEGEND_WIDTH) / CELL_WIDTH;
    abreast = abreast < 1 ? 1 : abreast > CELLS_ABREAST ? CELLS_ABREAST : abreast;
    int strengths = grid->count[PAT_AXIS_STRENGTH];
    for (int first = 0; first < strengths; first += abreast) {
        int end = first + abreast;
        print_part(explanation, style, first, end < strengths ? end : strengths);
    }
    printf("  %-20s    %8.4f", "doing nothing", explanation->untouched.similarity);
    bool gains = pat_explanation_shade(explanation, explanation->best) > 0;
    if (style == COLORS)
        printf("\n  green: better than that, red: worse, shaded by rank");
    else if (style == BLOCKS && gains)
        printf("\n  shaded: better than that, darker for a higher rank");
    printf("\n");
}

/* ---- Features -------------------------------------------------------------------------------- */

static void print_bar(double percent, bool utf8)
{
    int at = isfinite(percent) ? (int)lrint(percent / 100 * (BAR_WIDTH - 1)) : -1;
    for (int i = 0; i < BAR_WIDTH; i++)
        printf("%s", i == at ? (utf8 ? "\u25cf" : "o") : (utf8 ? "\u2500" : "-"));
}

/* If the terminal is too narrow, first omit the bar, then the min, median and max. */
static void print_feature(const pat_feature_place *place, bool utf8)
{
    double percent = pat_feature_place_percent(place);
    printf("%-*s %12.6g  ", NAME_WIDTH, place->name, place->value);
    if (room() >= FEATURES_WIDTH)
        print_bar(percent, utf8);
    printf(" %5.1f", percent);
    if (room() >= NO_BAR_WIDTH)
        printf(" %12.6g %12.6g %12.6g", place->min, place->median, place->max);
    printf("\n");
}

static void print_features(const pat_explanation *explanation)
{
    bool utf8 = shading_of_stdout() != PLAIN && shows_utf8();
    size_t kept = explanation->place[0].kept;
    char note[200];
    printf("\n%-*s %12s  ", NAME_WIDTH, "feature", "value");
    if (room() >= FEATURES_WIDTH)
        printf("%-*s", BAR_WIDTH, "among all rows");
    printf(" %5s", "%");
    if (room() >= NO_BAR_WIDTH)
        printf(" %12s %12s %12s", "min", "median", "max");
    printf("\n");
    for (int i = 0; i < explanation->place_count; i++)
        print_feature(&explanation->place[i], utf8);
    int length = snprintf(note, sizeof note, "%zu rows; %% is the share with a smaller value",
                          explanation->rows);
    if (kept < explanation->place[0].count)
        snprintf(note + length, sizeof note - (size_t)length,
                 "; medians are those of %zu evenly spaced rows", kept);
    print_words(note, 0);
}

/* ---- The explanation ------------------------------------------------------------------------- */

static void print_file(const char *what, const pat_explained_file *file)
{
    printf("%-9s ", what);
    console_name(file->path);
    if (file->sha256[0] != '\0')
        printf("\n          %llu bytes, %s,%sSHA-256 %s\n", (unsigned long long)file->size,
               file->modified, room() < FEATURES_WIDTH ? "\n          " : " ", file->sha256);
    else
        printf("\n          cannot be read (%s)\n",
               file->error_number != 0 ? strerror(file->error_number) : "not a file");
}

static void print_line(const pat_explanation *explanation)
{
    const pat_explained_row *row = &explanation->row[0];
    printf("\nthe rebuilt row\n");
    for (size_t i = 0; i < row->cell_count; i++) {
        printf("  ");
        print_cell(row->cell[i].column, NAME_WIDTH + 1);
        print_cell(row->cell[i].rebuilt, 0);
        printf("\n");
    }
}

void explain_print(const char *data, const pat_explanation *explanation)
{
    print_verdict(data, explanation);
    if (!explanation->fails) {
        print_margins(explanation);
        print_surface(explanation);
        print_features(explanation);
        if (explanation->row_count > 0)
            print_line(explanation);
    }
    printf("\n");
    print_file("damaged", &explanation->damaged);
    print_file("original", &explanation->undamaged);
}
