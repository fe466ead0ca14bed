#include "dataset/labels.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/number.h"

void pat_labels_add(pat_labels *labels, const pat_grid *grid, const pat_setting *setting,
                    const pat_scores *best, const pat_scores *untouched, bool tied)
{
    labels->rows++;
    labels->tied += tied;
    for (int i = 0; i < grid->colors; i++)
        labels->color[i] += grid->color[i] == setting->color;
    for (int i = 0; i < grid->sigmas; i++)
        labels->sigma[i] += grid->sigma[i] == setting->sigma;
    for (int i = 0; i < grid->strengths; i++)
        labels->strength[i] += grid->strength[i] == setting->strength;
    if (isinf(untouched->psnr)) { /* nothing was damaged: no gain to speak of */
        labels->identical++;
        return;
    }
    labels->scored++;
    labels->harmed += best->similarity < untouched->similarity;
    if (!isinf(best->psnr))
        labels->gain_db += best->psnr - untouched->psnr;
    labels->gain_ssim += best->ssim - untouched->ssim;
}

__attribute__((format(printf, 2, 3))) static void warn(pat_label_report *report, const char *format,
                                                       ...)
{
    if (report->warning_count == PAT_LABEL_WARNINGS_MAX)
        return;
    char *text = report->warnings[report->warning_count++];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof report->warnings[0], format, args);
    va_end(args);
}

/* The value of an axis that every row has, or -1. */
static int constant_of(const size_t *wins, int count, size_t rows)
{
    for (int i = 0; i < count; i++)
        if (wins[i] == rows)
            return i;
    return -1;
}

/* A target that never varies teaches nothing; optima piled up at the end of an axis say that the
 * best value lies beyond it, unless the end is 0. advice: where to go from the least value. */
static void judge_axis(pat_label_report *report, const char *column, const double *value,
                       const size_t *wins, int count, size_t rows, const char *advice)
{
    char text[PAT_NUMBER_TEXT_SIZE];
    int constant = constant_of(wins, count, rows);
    if (constant >= 0) {
        pat_number_format(value[constant], text);
        warn(report, "%s is %s in all %zu rows: a constant target teaches nothing; %s", column,
             text, rows, count == 1 ? "the grid has no other value" : "vary the pairs or the grid");
        return;
    }
    int least = 0, greatest = 0;
    for (int i = 1; i < count; i++) {
        least = value[i] < value[least] ? i : least;
        greatest = value[i] > value[greatest] ? i : greatest;
    }
    for (int end = 0; end < 2; end++) {
        int i = end == 0 ? least : greatest;
        pat_number_format(value[i], text);
        if (2 * wins[i] >= rows && value[i] > 0)
            warn(report, "%s: %zu of %zu optima are at the grid's %s value, %s: widen the grid%s",
                 column, wins[i], rows, end == 0 ? "least" : "greatest", text,
                 end == 0 ? advice : "");
    }
}

static void judge_color(pat_label_report *report, const pat_labels *labels, const pat_grid *grid)
{
    int constant = constant_of(labels->color, grid->colors, labels->rows);
    if (constant >= 0)
        warn(report, "color_method is %s in all %zu rows: a constant target teaches nothing",
             pat_color_method_name(grid->color[constant]), labels->rows);
}

void pat_labels_report(const pat_labels *labels, const pat_grid *grid, pat_label_report *report)
{
    *report = (pat_label_report){.scored = labels->scored,
                                 .harmed = labels->harmed,
                                 .tied = labels->tied,
                                 .identical = labels->identical};
    if (labels->scored > 0) {
        report->mean_gain_db = labels->gain_db / (double)labels->scored;
        report->mean_gain_ssim = labels->gain_ssim / (double)labels->scored;
    }
    if (labels->identical > 0)
        warn(report, "%zu %s identical to the original: are the folders the right ones?",
             labels->identical, labels->identical == 1 ? "damaged image is" : "damaged images are");
    if (labels->rows >= 2) {
        judge_color(report, labels, grid);
        judge_axis(report, "sharpen_sigma", grid->sigma, labels->sigma, grid->sigmas, labels->rows,
                   "");
        judge_axis(report, "sharpen_strength", grid->strength, labels->strength, grid->strengths,
                   labels->rows, " or include 0");
    }
    if (labels->harmed > 0)
        warn(report, "in %zu of %zu pairs every setting scores below leaving the image alone",
             labels->harmed, labels->scored);
    if (labels->tied > 0)
        warn(report, "%zu of %zu optima are ties: the first of the equal settings was taken",
             labels->tied, labels->rows);
}
