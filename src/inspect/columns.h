/* The columns of a data set, in memory; private to the library. */
#ifndef PAT_INSPECT_COLUMNS_H
#define PAT_INSPECT_COLUMNS_H

#include "data/table.h"
#include "patina/inspect.h"

/* The columns of a data set except `filename`: scores, features, parameters, extended features. */
enum {
    PAT_DATA_SIMILARITY,
    PAT_DATA_PSNR,
    PAT_DATA_SSIM,
    PAT_DATA_FEATURE,                                          /* the first feature */
    PAT_DATA_PARAMETER = PAT_DATA_FEATURE + PAT_FEATURE_COUNT, /* the first parameter */
    PAT_DATA_COLUMNS = PAT_DATA_PARAMETER + PAT_PARAMETERS_MAX,
    PAT_DATA_EXTENDED = PAT_DATA_COLUMNS, /* the first extended feature, if there are any */
    PAT_DATA_COLUMNS_MAX = PAT_DATA_COLUMNS + PAT_EXTENDED_COUNT
};

/* What a parameter column holds: the values of an axis or, with is_target, whether the operator of
 * a choice does anything. */
typedef struct pat_data_parameter {
    pat_axis axis;
    bool is_target;
} pat_data_parameter;

/* Parameter 0 .. PAT_PARAMETERS_MAX - 1, in column order: the axes that every table has, each
 * choice followed by its target; then the optional axes. */
pat_data_parameter pat_data_parameter_of(int parameter);

/* The column of an axis, and the target column of a choice. */
int pat_data_column_of(pat_axis axis);
int pat_data_target_of(pat_axis axis);

/* Whether the file has the column. One of an optional axis may be missing; it is then all NaN. */
bool pat_data_has_column(const pat_table *table, size_t column);

/* The setting of a row. It may be invalid, because the file may contain any numbers. */
pat_setting pat_data_setting(const pat_table *table, size_t row);

/* The names of all columns, extended features last. Static. */
const char *const *pat_data_columns(void);

#endif
