/* The study's six histograms. */
#include <math.h>
#include <string.h>

#include "base/json.h"
#include "inspect/rows.h"
#include "report/bins.h"
#include "report/report.h"

/* A column of scores. */
struct score {
    int column; /* in the table; the same in the inspection, as no operator precedes it */
    const char *id, *title, *unit;
    int digits;   /* decimals, in words */
    double limit; /* the greatest possible value */
};

static const struct score scores[] = {
    {PAT_DATA_SIMILARITY, "score", "Similarity score", "", 3, INFINITY},
    {PAT_DATA_PSNR, "psnr", "PSNR", " dB", 1, INFINITY},
    {PAT_DATA_SSIM, "ssim", "SSIM", "", 3, 1},
};

static json_t *score_alt(const struct score *score, const pat_statistics *of)
{
    if (of->count == 0)
        return pat_words("Histogram of %s: no finite number.", score->title);
    return pat_words("Histogram of %s: %s %s, median %.*f%s, half of them between %.*f and "
                     "%.*f%s, all between %.*f and %.*f%s.",
                     score->title, pat_digits_of(of->count).text, PAT_PLURAL(of->count, "row"),
                     score->digits, of->median, score->unit, score->digits, of->lower_quartile,
                     score->digits, of->upper_quartile, score->unit, score->digits, of->min,
                     score->digits, of->max, score->unit);
}

static json_t *score_caption(const pat_statistics *of, const pat_bins *bins)
{
    size_t left_out = of->missing + of->infinite;
    if (left_out == 0)
        return pat_words("%d %s of width %.4g; the line is the median.", bins->count,
                         PAT_PLURAL(bins->count, "bin"), bins->width);
    return pat_words(
        "%d %s of width %.4g; the line is the median. %s %s without a finite number %s not "
        "shown.",
        bins->count, PAT_PLURAL(bins->count, "bin"), bins->width, pat_digits_of(left_out).text,
        PAT_PLURAL(left_out, "row"), left_out == 1 ? "is" : "are");
}

static void show_score(const pat_report *report, const struct score *score, pat_shown *shown,
                       json_t *figures)
{
    const pat_statistics *of = &report->inspection.column[score->column].statistics;
    pat_bins bins;
    pat_bins_fill(report->table.value[score->column], report->table.rows, of, score->limit, &bins);
    json_t *values = json_array(), *rows = json_array();
    for (int i = 0; i < bins.count; i++) {
        double from = (bins.first + i) * bins.width, to = (bins.first + i + 1) * bins.width;
        pat_show_next(
            shown, values,
            json_pack("{s:f, s:f, s:I}", "from", from, "to", to, "count", (json_int_t)bins.in[i]));
        PAT_ROW(shown, rows, pat_words("%.4g to %.4g", from, to),
                pat_words("%s", pat_digits_of(bins.in[i]).text),
                pat_words("%s", pat_percent_of(bins.in[i], of->count).text));
    }
    json_t *chart = json_pack("{s:s, s:s, s:s, s:o}", "kind", "histogram", "title", score->title,
                              "unit", score->unit, "values", values);
    if (of->count > 0)
        pat_show(shown, chart, "median", json_real(of->median));
    json_t *figure = pat_show_figure(shown, figures, score->id, pat_words("%s", score->title),
                                     score_alt(score, of), chart);
    pat_show(shown, figure, "caption", score_caption(of, &bins));
    pat_show_table(shown, figure, "table", json_pack("[s, s, s]", score->title, "rows", "share"),
                   rows);
}

/* A parameter of the best settings. */
struct parameter {
    pat_axis axis;
    const char *id, *title;
};

static const struct parameter parameters[] = {
    {PAT_AXIS_COLOR, "color", "Color correction"},
    {PAT_AXIS_SIGMA, "sigma", "Sigma"},
    {PAT_AXIS_STRENGTH, "strength", "Strength"},
};

static json_t *value_words(const struct parameter *parameter, double value)
{
    return parameter->axis == PAT_AXIS_COLOR ? pat_words("%s", pat_color_words(value))
                                             : pat_words("%.6g", value);
}

static json_t *parameter_alt(const struct parameter *parameter, const pat_parameter_report *of,
                             size_t rows)
{
    const pat_value_count *most = &of->values[0];
    for (size_t i = 1; i < of->value_count; i++)
        if (of->values[i].count > most->count)
            most = &of->values[i];
    json_t *value = value_words(parameter, most->value);
    json_t *alt =
        pat_words("How often each %s is best, %s %s: most often %s, in %s (%s).",
                  parameter->axis == PAT_AXIS_COLOR ? "color correction" : parameter->id,
                  pat_digits_of(rows).text, PAT_PLURAL(rows, "row"), json_string_value(value),
                  pat_digits_of(most->count).text, pat_percent_of(most->count, rows).text);
    json_decref(value);
    return alt;
}

/* A parameter that does not come from a grid may have any number of values. */
enum { VALUES_SHOWN = 64 };

/* The report on an axis, which every table must have. */
static const pat_parameter_report *parameter_of(const pat_inspection *in, pat_axis axis)
{
    int i = 0;
    while (in->parameter[i].axis != axis || in->parameter[i].is_target)
        i++;
    return &in->parameter[i];
}

static void show_parameter(const pat_report *report, const struct parameter *parameter,
                           pat_shown *shown, json_t *figures)
{
    const pat_parameter_report *of = parameter_of(&report->inspection, parameter->axis);
    size_t rows = report->inspection.rows;
    json_t *values = json_array(), *table = json_array();
    for (size_t i = 0; i < of->value_count && i < VALUES_SHOWN; i++) {
        const pat_value_count *value = &of->values[i];
        pat_show_next(shown, values,
                      json_pack("{s:o, s:I}", "value", value_words(parameter, value->value),
                                "count", (json_int_t)value->count));
        PAT_ROW(shown, table, value_words(parameter, value->value),
                pat_words("%s", pat_digits_of(value->count).text),
                pat_words("%s", pat_percent_of(value->count, rows).text));
    }
    json_t *alt = of->value_count == 0 ? pat_words("No row has a %s.", parameter->id)
                                       : parameter_alt(parameter, of, rows);
    json_t *figure =
        pat_show_figure(shown, figures, parameter->id, pat_words("%s", parameter->title), alt,
                        json_pack("{s:s, s:s, s:o}", "kind", "values", "title", parameter->title,
                                  "values", values));
    if (of->value_count > VALUES_SHOWN)
        pat_show(shown, figure, "caption",
                 pat_words("The first %d of %zu values.", VALUES_SHOWN, of->value_count));
    else
        pat_show(shown, figure, "caption",
                 parameter->axis == PAT_AXIS_SIGMA
                     ? pat_words("Where the strength is 0, sigma has no effect.")
                     : pat_words("Among the best settings."));
    pat_show_table(shown, figure, "table",
                   json_pack("[s, s, s]", parameter->title, "rows", "share"), table);
}

void pat_report_distributions(const pat_report *report, pat_shown *shown)
{
    json_t *figures = json_array();
    for (size_t i = 0; i < sizeof scores / sizeof *scores; i++)
        show_score(report, &scores[i], shown, figures);
    for (size_t i = 0; i < sizeof parameters / sizeof *parameters; i++)
        show_parameter(report, &parameters[i], shown, figures);
    pat_show(shown, shown->words, "distributions", json_pack("{s:o}", "figures", figures));
}
