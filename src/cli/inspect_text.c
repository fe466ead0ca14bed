#include "inspect_text.h"

#include <stdio.h>

#include "console.h"

enum { VALUES_SHOWN = 12, SETTINGS_SHOWN = 10, ITEMS_SHOWN = 10, NAME_WIDTH = 22 };

static void print_statistics_header(const char *first)
{
    printf("%-*s %7s %9s %9s %9s %9s %9s %9s %9s\n", NAME_WIDTH, first, "count", "mean", "std",
           "min", "25%", "50%", "75%", "max");
}

static void print_statistics(const char *name, const pat_statistics *s)
{
    printf("%-*s %7zu %9.5g %9.5g %9.5g %9.5g %9.5g %9.5g %9.5g", NAME_WIDTH, name, s->count,
           s->mean, s->std, s->min, s->lower_quartile, s->median, s->upper_quartile, s->max);
    if (s->missing > 0)
        printf("  and %zu nan", s->missing);
    if (s->infinite > 0)
        printf("  and %zu infinite", s->infinite);
    printf("\n");
}

static double percent(size_t part, size_t whole)
{
    return whole == 0 ? 0 : 100 * (double)part / (double)whole;
}

static void print_parameters(const pat_inspection *inspection)
{
    printf("\nrows in which each value is the best:\n");
    for (int i = 0; i < inspection->parameter_count; i++) {
        const pat_parameter_report *parameter = &inspection->parameter[i];
        printf("%-*s", NAME_WIDTH, parameter->name);
        for (size_t j = 0; j < parameter->value_count && j < VALUES_SHOWN; j++) {
            const pat_value_count *value = &parameter->values[j];
            printf(j == 0 ? " " : ", ");
            if (pat_axis_of(parameter->axis)->is_choice && !parameter->is_target)
                printf("%s", pat_operator_name(parameter->axis, (int)value->value));
            else
                printf("%.6g", value->value);
            printf(": %zu", value->count);
        }
        if (parameter->value_count > VALUES_SHOWN)
            printf(" ... and %zu more values", parameter->value_count - VALUES_SHOWN);
        printf("\n");
    }
}

static void print_grid(const pat_inspection *inspection)
{
    static const char *const origins[] = {
        [PAT_GRID_OF_TRIALS] = "from the trials",
        [PAT_GRID_GIVEN] = "as given",
        [PAT_GRID_DEFAULT] = "the study's, which contains all settings; --grid sets another",
        [PAT_GRID_OBSERVED] = "the values that occur; --grid sets those that were tried",
        [PAT_GRID_UNKNOWN] = "",
    };
    char text[PAT_GRID_TEXT_SIZE];
    if (inspection->grid_origin == PAT_GRID_UNKNOWN) {
        printf("\ngrid: none, because the settings have more values than a grid can have\n");
        return;
    }
    pat_grid_format(&inspection->grid, text);
    printf("\ngrid: %s\n      (%s)\n", text, origins[inspection->grid_origin]);
}

static size_t count_winners(const pat_inspection *inspection)
{
    size_t count = 0;
    while (count < inspection->setting_count && inspection->settings[count].wins > 0)
        count++;
    return count;
}

static void print_settings(const pat_inspection *inspection)
{
    size_t winners = count_winners(inspection);
    printf("\n%zu settings win; the most frequent:\n", winners);
    printf("%8s %6s  %-13s %6s %9s", "wins", "%", "color_method", "sigma", "strength");
    bool has_filter = inspection->grid_origin != PAT_GRID_UNKNOWN &&
                      pat_grid_shows(&inspection->grid, PAT_AXIS_FILTER);
    if (has_filter)
        printf(" %-9s", "filter");
    if (inspection->has_trials)
        printf(" %9s %9s %10s", "harms", "gain, dB", "gain, SSIM");
    printf("\n");
    for (size_t i = 0; i < winners && i < SETTINGS_SHOWN; i++) {
        const pat_setting_report *report = &inspection->settings[i];
        const double *value = report->setting.value;
        char name[PAT_VALUE_TEXT_SIZE];
        printf("%8zu %6.1f  %-13s %6.4g %9.4g", report->wins,
               percent(report->wins, inspection->rows),
               pat_value_format(PAT_AXIS_COLOR, value[PAT_AXIS_COLOR], name), value[PAT_AXIS_SIGMA],
               value[PAT_AXIS_STRENGTH]);
        if (has_filter)
            printf(" %-9s", pat_value_format(PAT_AXIS_FILTER, value[PAT_AXIS_FILTER], name));
        if (inspection->has_trials)
            printf(" %9zu %+9.3f %+10.4f", report->harms, report->mean_gain_db,
                   report->mean_gain_ssim);
        printf("\n");
    }
}

static void print_gain(const pat_inspection *inspection)
{
    const pat_label_report *labels = &inspection->labels;
    if (!inspection->has_trials) {
        printf("\ngain over doing nothing: unknown without --trials-from\n");
        return;
    }
    printf("\n");
    print_statistics_header("gain over nothing");
    print_statistics("PSNR, dB", &inspection->gain_db);
    print_statistics("SSIM", &inspection->gain_ssim);
    print_statistics("margin over the second", &inspection->margin);
    printf("of %zu pairs: %zu harmed by every setting, %zu ties, %zu near ties, %zu identical\n",
           inspection->rows, labels->harmed, labels->tied, inspection->near_ties,
           labels->identical);
}

static void print_finding(const pat_finding *finding)
{
    printf("  %-4s  %s: %s\n", finding->bad ? "BAD" : "note", pat_finding_name(finding->kind),
           finding->text);
    for (size_t i = 0; i < finding->item_count && i < ITEMS_SHOWN; i++) {
        printf("          ");
        console_name(finding->items[i]);
        printf("\n");
    }
    if (finding->item_count > ITEMS_SHOWN)
        printf("          ... and %zu more\n", finding->count - ITEMS_SHOWN);
}

static void print_verdict(const pat_inspection *inspection)
{
    if (inspection->has_pairs)
        printf("\n%zu pairs checked, %zu could not be checked\n", inspection->pairs_checked,
               inspection->pairs_failed);
    printf("\nverdict: %s", inspection->bad > 0              ? "not fit for training as it is"
                            : inspection->finding_count == 0 ? "no problems found"
                                                             : "usable");
    if (inspection->bad == 0 && inspection->originals < PAT_ORIGINALS_FEW)
        printf(", but only %zu original%s: use hundreds", inspection->originals,
               inspection->originals == 1 ? "" : "s");
    printf("\n");
    for (size_t i = 0; i < inspection->finding_count; i++)
        print_finding(&inspection->findings[i]);
}

void inspect_print(const char *data, const pat_inspection *inspection)
{
    console_name(data);
    printf(": %zu row%s\n\n", inspection->rows, inspection->rows == 1 ? "" : "s");
    print_statistics_header("column");
    for (int i = 0; i < inspection->column_count; i++)
        print_statistics(inspection->column[i].name, &inspection->column[i].statistics);
    print_parameters(inspection);
    print_grid(inspection);
    print_settings(inspection);
    print_gain(inspection);
    print_verdict(inspection);
}
