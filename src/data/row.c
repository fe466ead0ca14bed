#include "data/row.h"

#include "data/affine_columns.h"
#include "data/csv.h"
#include "data/settings.h"

static void put_texts(pat_buffer *out, const char *const *texts, size_t count)
{
    for (size_t i = 0; i < count; i++)
        pat_csv_text(out, texts[i]);
}

/* Append text from outside: a file name, a label, or a message that may contain one. */
static void put_foreign(pat_buffer *out, const char *text, bool spreadsheet_safe)
{
    (spreadsheet_safe ? pat_csv_spreadsheet_text : pat_csv_text)(out, text);
}

/* Append features first .. end - 1. */
static void put_feature_names(pat_buffer *out, int first, int end)
{
    for (int i = first; i < end; i++)
        pat_csv_text(out, pat_feature_name(i));
}

static void put_features(pat_buffer *out, const double *features, int first, int end)
{
    for (int i = first; i < end; i++)
        pat_csv_number(out, features[i]);
}

static int feature_count(bool extended)
{
    return extended ? PAT_FEATURES_MAX : PAT_FEATURE_COUNT;
}

static void put_scores(pat_buffer *out, const pat_scores *scores)
{
    pat_csv_number(out, scores->similarity);
    pat_csv_number(out, scores->psnr);
    pat_csv_number(out, scores->ssim);
}

static void put_further_header(pat_buffer *out, pat_score_set set)
{
    for (int i = 0; i < pat_score_count(); i++)
        if (pat_score_set_has_further(set, i))
            pat_csv_text(out, pat_score_row(i)->column);
}

static void put_further(pat_buffer *out, pat_score_set set, const pat_scores *scores)
{
    for (int i = 0; i < pat_score_count(); i++)
        if (pat_score_set_has_further(set, i))
            pat_csv_number(out, scores->further[i]);
}

void pat_row_put_header(pat_buffer *out, const pat_columns *columns)
{
    put_texts(out, (const char *[]){"filename", "similarity_score", "psnr", "ssim"}, 4);
    put_feature_names(out, 0, PAT_FEATURE_COUNT);
    pat_settings_put_header(out, true);
    put_feature_names(out, PAT_FEATURE_COUNT, feature_count(columns->extended));
    for (int i = 0; columns->extended && i < PAT_AFFINE_COLUMNS; i++)
        pat_csv_text(out, pat_affine_column(i));
    pat_settings_put_optional_header(out, columns->grid);
    put_further_header(out, columns->scores);
    pat_csv_end_row(out);
}

void pat_row_put(pat_buffer *out, const pat_columns *columns, const pat_row *row)
{
    put_foreign(out, row->name, columns->spreadsheet_safe);
    put_scores(out, row->scores);
    put_features(out, row->features, 0, PAT_FEATURE_COUNT);
    pat_settings_put(out, row->setting, true);
    put_features(out, row->features, PAT_FEATURE_COUNT, feature_count(columns->extended));
    for (int i = 0; columns->extended && i < PAT_AFFINE_COLUMNS; i++)
        pat_csv_number(out, row->colors[i]);
    pat_settings_put_optional(out, columns->grid, row->setting);
    put_further(out, columns->scores, row->scores);
    pat_csv_end_row(out);
}

void pat_trial_put_header(pat_buffer *out, const pat_columns *columns)
{
    pat_csv_text(out, "filename");
    pat_settings_put_header(out, false);
    put_texts(out, (const char *[]){"similarity_score", "psnr", "ssim"}, 3);
    pat_settings_put_optional_header(out, columns->grid);
    put_further_header(out, columns->scores);
    pat_csv_end_row(out);
}

void pat_trial_put(pat_buffer *out, const pat_columns *columns, const char *name,
                   const pat_setting *setting, const pat_scores *scores)
{
    put_foreign(out, name, columns->spreadsheet_safe);
    pat_settings_put(out, setting, false);
    put_scores(out, scores);
    pat_settings_put_optional(out, columns->grid, setting);
    put_further(out, columns->scores, scores);
    pat_csv_end_row(out);
}

void pat_failure_put_header(pat_buffer *out)
{
    put_texts(out, (const char *[]){"filename", "stage", "reason", "message"}, 4);
    pat_csv_end_row(out);
}

void pat_failure_put(pat_buffer *out, const pat_failure_row *row)
{
    put_foreign(out, row->name, row->spreadsheet_safe);
    put_texts(out, (const char *[]){row->stage, row->reason}, 2);
    put_foreign(out, row->message, row->spreadsheet_safe);
    pat_csv_end_row(out);
}

void pat_feature_row_put_header(pat_buffer *out, bool extended, const char *label_name)
{
    pat_csv_text(out, "filename");
    put_feature_names(out, 0, feature_count(extended));
    if (label_name != NULL)
        pat_csv_text(out, label_name);
    pat_csv_end_row(out);
}

void pat_feature_row_put(pat_buffer *out, const pat_feature_row *row)
{
    put_foreign(out, row->name, row->spreadsheet_safe);
    put_features(out, row->features, 0, feature_count(row->extended));
    if (row->label != NULL)
        put_foreign(out, row->label, row->spreadsheet_safe);
    pat_csv_end_row(out);
}
