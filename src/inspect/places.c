#include "inspect/places.h"

#include <math.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/memory.h"
#include "data/table.h"
#include "inspect/statistics.h"

/* The numbers kept from each column: those of every `step`th row. */
struct sample {
    double *kept; /* columns x PAT_PLACES_KEPT_MAX */
    size_t rows, step;
};

static double *column_of(const struct sample *sample, size_t column)
{
    return sample->kept + column * PAT_PLACES_KEPT_MAX;
}

static void keep(struct sample *sample, const double *value, size_t count)
{
    for (size_t i = 0; i < count; i++)
        column_of(sample, i)[sample->rows] = value[i];
    if (++sample->rows < PAT_PLACES_KEPT_MAX)
        return;
    for (size_t i = 0; i < count; i++)
        for (size_t row = 0; row < PAT_PLACES_KEPT_MAX / 2; row++)
            column_of(sample, i)[row] = column_of(sample, i)[2 * row];
    sample->rows /= 2;
    sample->step *= 2;
}

static void count_value(pat_feature_place *place, double value)
{
    if (!isfinite(value))
        return;
    place->count++;
    place->below += value < place->value;
    place->equal += value == place->value;
    place->min = fmin(place->min, value); /* fmin() ignores NaN, the initial value */
    place->max = fmax(place->max, value);
}

static pat_status read_rows(pat_table_reader *reader, pat_feature_place *places, size_t count,
                            struct sample *sample, pat_error *error)
{
    for (size_t index = 0;; index++) {
        pat_table_row row;
        pat_status status = pat_table_next(reader, &row, error);
        if (status != PAT_OK || row.filename == NULL)
            return status;
        for (size_t i = 0; i < count; i++)
            count_value(&places[i], row.value[i]);
        if (index % sample->step == 0)
            keep(sample, row.value, count);
    }
}

static pat_status describe(const struct sample *sample, pat_feature_place *places, size_t count,
                           pat_error *error)
{
    for (size_t i = 0; i < count; i++) {
        pat_statistics statistics;
        pat_status status =
            pat_statistics_describe(column_of(sample, i), sample->rows, &statistics, error);
        if (status != PAT_OK)
            return status;
        places[i].kept = statistics.count;
        places[i].lower_quartile = statistics.lower_quartile;
        places[i].median = statistics.median;
        places[i].upper_quartile = statistics.upper_quartile;
    }
    return PAT_OK;
}

pat_status pat_places_read(const char *path, pat_feature_place *places, size_t count,
                           pat_error *error)
{
    const char *columns[PAT_FEATURES_MAX];
    struct sample sample = {.step = 1};
    pat_table_reader *reader = NULL;
    for (size_t i = 0; i < count; i++) {
        places[i] = (pat_feature_place){
            .name = places[i].name, .value = places[i].value, .min = NAN, .max = NAN};
        columns[i] = places[i].name;
    }
    sample.kept = pat_realloc_array(NULL, count * PAT_PLACES_KEPT_MAX, sizeof *sample.kept);
    pat_status status = sample.kept == NULL ? pat_fail_memory(error, "the columns of a table")
                                            : pat_table_open(&reader, path, columns, count, error);
    if (status == PAT_OK)
        status = read_rows(reader, places, count, &sample, error);
    if (status == PAT_OK)
        status = describe(&sample, places, count, error);
    pat_table_close(reader);
    free(sample.kept);
    return status;
}

double pat_feature_place_percent(const pat_feature_place *place)
{
    if (place->count == 0)
        return NAN;
    return 100 * ((double)place->below + (double)place->equal / 2) / (double)place->count;
}
