#include "data/labels.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/number.h"

static void count_axis(pat_labels *labels, const pat_grid *grid, const pat_setting *setting,
                       pat_axis axis)
{
    bool is_idle = !pat_setting_depends_on(setting, axis);
    labels->read[axis] += pat_setting_reads(setting, axis);
    for (int i = 0; i < grid->count[axis]; i++) {
        bool won = grid->value[axis][i] == setting->value[axis];
        labels->wins[axis][i] += won;
        labels->idle[axis][i] += won && is_idle;
    }
}

void pat_labels_add(pat_labels *labels, const pat_grid *grid, const pat_setting *setting,
                    const pat_scores *best, const pat_scores *untouched, bool tied)
{
    labels->rows++;
    labels->tied += tied;
    for (pat_axis axis = 0; axis < PAT_AXES; axis++)
        count_axis(labels, grid, setting, axis);
    if (untouched == NULL)
        return;
    if (isinf(untouched->psnr)) { /* nothing was damaged, so there is no gain */
        labels->identical++;
        return;
    }
    labels->scored++;
    labels->harmed += best->similarity < untouched->similarity;
    if (!isinf(best->psnr))
        labels->gain_db += best->psnr - untouched->psnr;
    labels->gain_ssim += best->ssim - untouched->ssim;
}

void pat_labels_add_shape(pat_labels *labels, const char *name)
{
    enum { NAMED = 3 };
    size_t length = strlen(labels->shapes), room = sizeof labels->shapes - length;
    if (labels->other_shape++ < NAMED)
        snprintf(labels->shapes + length, room, "%s%.28s", length == 0 ? "" : ", ", name);
    else if (labels->other_shape == NAMED + 1)
        snprintf(labels->shapes + length, room, ", ...");
}

__attribute__((format(printf, 3, 4))) static void
warn(pat_label_report *report, pat_label_problem problem, const char *format, ...)
{
    if (report->warning_count == PAT_LABEL_WARNINGS_MAX)
        return;
    report->problems[report->warning_count] = problem;
    char *text = report->warnings[report->warning_count++];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof report->warnings[0], format, args);
    va_end(args);
}

/* The index of the value that all rows have, or -1. */
static int constant_of(const size_t *wins, int count, size_t rows)
{
    for (int i = 0; i < count; i++)
        if (wins[i] == rows)
            return i;
    return -1;
}

#define TEACHES_NOTHING                                                                            \
    "a model learns nothing from a constant target, and an R2 of 1 on it means nothing"

/* An axis of the grid to check. */
struct axis {
    const char *column;
    const double *value;
    const size_t *wins, *idle; /* idle: wins in which the value makes no difference */
    int count;
    size_t rows;
    const char *below; /* added to the advice to widen the grid below its least value */
    bool observed;     /* the real grid may have more values */
};

/* The index of the least (end 0) or greatest (end 1) value. */
static int end_of(const struct axis *axis, int end)
{
    int found = 0;
    for (int i = 1; i < axis->count; i++)
        if (end == 0 ? axis->value[i] < axis->value[found] : axis->value[i] > axis->value[found])
            found = i;
    return found;
}

static const char *const end_names[] = {"least", "greatest"};

/* The end of the axis that a value is at, 0 or 1; -1 if it is at neither, or if nothing lies beyond
 * it. */
static int which_end(const struct axis *axis, int index)
{
    for (int end = 0; end < 2 && axis->count > 1; end++)
        if (end_of(axis, end) == index && axis->value[index] > 0)
            return end;
    return -1;
}

static void warn_of_constant(pat_label_report *report, const struct axis *axis, int constant)
{
    char text[PAT_NUMBER_TEXT_SIZE];
    pat_number_format(axis->value[constant], text);
    int end = which_end(axis, constant);
    if (end >= 0)
        warn(report, PAT_LABEL_CONSTANT,
             "%s is %s in all %zu rows, the grid's %s value: " TEACHES_NOTHING "; widen the grid%s",
             axis->column, text, axis->rows, end_names[end], end == 0 ? axis->below : "");
    else
        warn(report, PAT_LABEL_CONSTANT, "%s is %s in all %zu rows: " TEACHES_NOTHING "; %s",
             axis->column, text, axis->rows,
             axis->count == 1 && !axis->observed ? "the grid has no other value"
                                                 : "vary the pairs or the grid");
}

/* Many optima at one end of an axis suggest a better value beyond it, unless that end is 0. */
static void warn_of_edges(pat_label_report *report, const struct axis *axis)
{
    char text[PAT_NUMBER_TEXT_SIZE];
    size_t rows = axis->rows;
    for (int i = 0; i < axis->count; i++)
        rows -= axis->idle[i];
    for (int end = 0; end < 2 && rows > 0; end++) {
        int i = end_of(axis, end);
        size_t wins = axis->wins[i] - axis->idle[i];
        pat_number_format(axis->value[i], text);
        if (2 * wins >= rows && axis->value[i] > 0)
            warn(report, PAT_LABEL_EDGE,
                 "%s: %zu of %zu optima are at the grid's %s value, %s: widen the grid%s",
                 axis->column, wins, rows, end_names[end], text, end == 0 ? axis->below : "");
    }
}

/* A model learns nothing from a target that never varies. */
static void judge_axis(pat_label_report *report, const struct axis *axis)
{
    int constant = constant_of(axis->wins, axis->count, axis->rows);
    if (constant >= 0)
        warn_of_constant(report, axis, constant);
    else
        warn_of_edges(report, axis);
}

static void judge_choice(pat_label_report *report, const pat_labels *labels, const pat_grid *grid,
                         pat_axis axis)
{
    char name[PAT_VALUE_TEXT_SIZE];
    int constant = constant_of(labels->wins[axis], grid->count[axis], labels->read[axis]);
    if (constant >= 0)
        warn(report, PAT_LABEL_CONSTANT, "%s is %s in all %zu rows: " TEACHES_NOTHING,
             pat_axis_of(axis)->column, pat_value_format(axis, grid->value[axis][constant], name),
             labels->rows);
}

static void judge_targets(pat_label_report *report, const pat_labels *labels, const pat_grid *grid)
{
    for (pat_axis axis = 0; axis < PAT_AXES; axis++) {
        const pat_axis_row *row = pat_axis_of(axis);
        if (row->target == NULL || labels->read[axis] == 0)
            continue;
        if (row->is_choice)
            judge_choice(report, labels, grid, axis);
        else
            judge_axis(report, &(struct axis){
                                   row->column, grid->value[axis], labels->wins[axis],
                                   labels->idle[axis], grid->count[axis], labels->read[axis],
                                   row->least == 0 ? " or include 0" : "", labels->grid_observed});
    }
}

void pat_labels_report(const pat_labels *labels, const pat_grid *grid, pat_label_report *report)
{
    *report = (pat_label_report){.scored = labels->scored,
                                 .harmed = labels->harmed,
                                 .tied = labels->tied,
                                 .identical = labels->identical,
                                 .other_shape = labels->other_shape};
    if (labels->scored > 0) {
        report->mean_gain_db = labels->gain_db / (double)labels->scored;
        report->mean_gain_ssim = labels->gain_ssim / (double)labels->scored;
    }
    if (labels->identical > 0)
        warn(report, PAT_LABEL_IDENTICAL,
             "%zu %s identical to the original: are these the right folders?", labels->identical,
             labels->identical == 1 ? "damaged image is" : "damaged images are");
    if (labels->other_shape > 0)
        warn(report, PAT_LABEL_SHAPE,
             "in %zu of %zu pairs the images differ in shape (%s), so one is stretched to fit "
             "the other: crop both the same way",
             labels->other_shape, labels->rows, labels->shapes);
    if (labels->rows >= 2)
        judge_targets(report, labels, grid);
    if (labels->harmed > 0)
        warn(report, PAT_LABEL_HARMED,
             "in %zu of %zu pairs every setting scores worse than leaving the image alone",
             labels->harmed, labels->scored);
    if (labels->tied > 0)
        warn(report, PAT_LABEL_TIED,
             "%zu of %zu optima are ties: the first of the equal settings was chosen", labels->tied,
             labels->rows);
}
