/* Scatter plots of features against chosen parameters, for a sample of the rows. */
#include <math.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/random.h"
#include "inspect/rows.h"
#include "inspect/statistics.h"
#include "report/report.h"

/* The most that a panel shows. */
enum { POINTS = 800 };

struct sample {
    size_t *row; /* ascending */
    size_t count, usable;
};

static const double *axis_column(const pat_table *table, pat_axis axis)
{
    return table->value[pat_data_column_of(axis)];
}

static bool has_setting(const pat_table *table, size_t row)
{
    for (pat_axis axis = 0; axis < PAT_AXES; axis++)
        if (!pat_axis_of(axis)->is_optional && !isfinite(axis_column(table, axis)[row]))
            return false;
    return true;
}

/* Draw rows with equal probability, the same ones every time: Knuth's algorithm S. (Evenly spaced
 * rows could be the same version of every image.) */
static pat_status draw(const pat_table *table, struct sample *sample, pat_error *error)
{
    pat_random *random;
    sample->row = pat_realloc_array(NULL, POINTS, sizeof *sample->row);
    if (sample->row == NULL)
        return pat_fail_memory(error, "the points of a chart");
    pat_status status = pat_random_create(&random, error);
    if (status != PAT_OK)
        return status;
    pat_random_seed(random, 1);
    for (size_t i = 0; i < table->rows; i++)
        sample->usable += has_setting(table, i);
    size_t left = sample->usable;
    for (size_t i = 0; i < table->rows && sample->count < POINTS; i++) {
        if (!has_setting(table, i))
            continue;
        if (pat_random_uniform(random) * (double)left < (double)(POINTS - sample->count))
            sample->row[sample->count++] = i;
        left--;
    }
    pat_random_free(random);
    return PAT_OK;
}

static json_t *column_value(const double *column, const struct sample *sample, pat_shown *shown)
{
    json_t *values = json_array();
    for (size_t i = 0; i < sample->count; i++) {
        double value = column[sample->row[i]];
        pat_show_next(shown, values, isfinite(value) ? json_real(value) : json_null());
    }
    return values;
}

static json_t *colors_value(const pat_table *table, const struct sample *sample, pat_shown *shown)
{
    json_t *values = json_array();
    for (size_t i = 0; i < sample->count; i++)
        pat_show_next(
            shown, values,
            json_string(pat_color_words(axis_column(table, PAT_AXIS_COLOR)[sample->row[i]])));
    return values;
}

/* All color operators, in order. */
static json_t *color_names(pat_shown *shown)
{
    json_t *names = json_array();
    for (int i = 0; i <= (int)pat_axis_greatest(PAT_AXIS_COLOR); i++)
        pat_show_next(shown, names, json_string(pat_color_words(i)));
    return names;
}

/* Rank correlations of a feature with the parameters. */
struct ranks {
    double color, sigma, strength;
};

static const char *strength_of(double correlation)
{
    double size = fabs(correlation);
    return size > 0.5 ? "strong" : size > 0.3 ? "moderate" : size > 0.1 ? "weak" : "hardly any";
}

static pat_status rank(const pat_table *table, const struct sample *sample, int column,
                       struct ranks *ranks, pat_error *error)
{
    const double *feature = table->value[column];
    pat_status status =
        pat_statistics_rank_correlation(feature, table->value[pat_data_target_of(PAT_AXIS_COLOR)],
                                        sample->row, sample->count, &ranks->color, error);
    if (status == PAT_OK)
        status = pat_statistics_rank_correlation(feature, axis_column(table, PAT_AXIS_SIGMA),
                                                 sample->row, sample->count, &ranks->sigma, error);
    if (status == PAT_OK)
        status =
            pat_statistics_rank_correlation(feature, axis_column(table, PAT_AXIS_STRENGTH),
                                            sample->row, sample->count, &ranks->strength, error);
    return status;
}

static json_t *correlation_words(const char *name, double value)
{
    return isnan(value) ? pat_words("%s –", name)
                        : pat_words("%s %s%.2f", name, value < 0 ? "−" : "+", fabs(value));
}

static void show_feature(const pat_report *report, const struct sample *sample, int column,
                         const struct ranks *ranks, pat_shown *shown, json_t *features,
                         json_t *figures)
{
    const char *name = report->table.columns[column];
    char id[64];
    snprintf(id, sizeof id, "points-%s", name);
    pat_show(shown, features, name, column_value(report->table.value[column], sample, shown));
    json_t *alt = isnan(ranks->strength)
                      ? pat_words("%s of %zu %s against their best parameters; the strength or the "
                                  "feature does not vary.",
                                  name, sample->count, PAT_PLURAL(sample->count, "row"))
                      : pat_words("%s of %zu %s against their best parameters: %s relation with "
                                  "strength (rank correlation %+.2f).",
                                  name, sample->count, PAT_PLURAL(sample->count, "row"),
                                  strength_of(ranks->strength), ranks->strength);
    json_t *figure = pat_show_figure(shown, figures, id, pat_words("%s", name), alt,
                                     json_pack("{s:s, s:s}", "kind", "points", "feature", name));
    json_t *ranked = json_array();
    pat_show_next(shown, ranked, correlation_words("color", ranks->color));
    pat_show_next(shown, ranked, correlation_words("sigma", ranks->sigma));
    pat_show_next(shown, ranked, correlation_words("strength", ranks->strength));
    pat_show(shown, figure, "ranked", ranked);
}

static pat_status show_features(const pat_report *report, const struct sample *sample, int first,
                                int end, pat_shown *shown, json_t *features, json_t *figures,
                                pat_error *error)
{
    pat_status status = PAT_OK;
    for (int column = first; column < end && status == PAT_OK; column++) {
        struct ranks ranks;
        status = rank(&report->table, sample, column, &ranks, error);
        if (status == PAT_OK)
            show_feature(report, sample, column, &ranks, shown, features, figures);
    }
    return status;
}

static void show_sample(const pat_table *table, const struct sample *sample, pat_shown *shown,
                        json_t *section, json_t *features)
{
    json_t *points = json_pack(
        "{s:o, s:o, s:o, s:o, s:O}", "colors", color_names(shown), "color",
        colors_value(table, sample, shown), "sigma",
        column_value(axis_column(table, PAT_AXIS_SIGMA), sample, shown), "strength",
        column_value(axis_column(table, PAT_AXIS_STRENGTH), sample, shown), "features", features);
    pat_show(shown, shown->charts, "points", points);
    pat_show(shown, section, "note",
             sample->count < sample->usable
                 ? pat_words("A sample of %zu of the %s rows, drawn at random but always the same.",
                             sample->count, pat_digits_of(sample->usable).text)
                 : pat_words("All rows that have a setting: %zu.", sample->count));
}

pat_status pat_report_points(const pat_report *report, pat_shown *shown, pat_error *error)
{
    const pat_table *table = &report->table;
    struct sample sample = {0};
    json_t *section = json_object(), *figures = json_array(), *extended = json_array(),
           *features = json_object();
    pat_show(shown, shown->words, "points", section);
    pat_show(shown, section, "figures", figures);
    if (table->column_count > PAT_DATA_EXTENDED)
        pat_show(shown, section, "extended", json_pack("{s:O}", "figures", extended));
    pat_status status = draw(table, &sample, error);
    if (status == PAT_OK)
        status =
            show_features(report, &sample, PAT_DATA_FEATURE, PAT_DATA_FEATURE + PAT_FEATURE_COUNT,
                          shown, features, figures, error);
    if (status == PAT_OK)
        status = show_features(report, &sample, PAT_DATA_EXTENDED, (int)table->column_count, shown,
                               features, extended, error);
    if (status == PAT_OK)
        show_sample(table, &sample, shown, section, features);
    json_decref(features);
    json_decref(extended);
    free(sample.row);
    return status;
}
