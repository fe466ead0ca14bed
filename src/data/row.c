#include "data/row.h"

#include "data/csv.h"

static void put_texts(pat_buffer *out, const char *const *texts, size_t count)
{
    for (size_t i = 0; i < count; i++)
        pat_csv_text(out, texts[i]);
}

/* A text from outside: a file name, a message that holds one, a label. */
static void put_foreign(pat_buffer *out, const char *text, bool spreadsheet_safe)
{
    (spreadsheet_safe ? pat_csv_spreadsheet_text : pat_csv_text)(out, text);
}

/* Features first .. end - 1. */
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

void pat_row_put_header(pat_buffer *out, bool extended)
{
    put_texts(out, (const char *[]){"filename", "similarity_score", "psnr", "ssim"}, 4);
    put_feature_names(out, 0, PAT_FEATURE_COUNT);
    put_texts(out,
              (const char *[]){"color_method", "apply_color_correction", "sharpen_sigma",
                               "sharpen_strength"},
              4);
    put_feature_names(out, PAT_FEATURE_COUNT, feature_count(extended));
    pat_csv_end_row(out);
}

void pat_row_put(pat_buffer *out, const pat_row *row)
{
    put_foreign(out, row->name, row->spreadsheet_safe);
    put_scores(out, row->scores);
    put_features(out, row->features, 0, PAT_FEATURE_COUNT);
    pat_csv_text(out, pat_color_method_name(row->setting->color));
    pat_csv_number(out, row->setting->color == PAT_COLOR_NONE ? 0 : 1);
    pat_csv_number(out, row->setting->sigma);
    pat_csv_number(out, row->setting->strength);
    put_features(out, row->features, PAT_FEATURE_COUNT, feature_count(row->extended));
    pat_csv_end_row(out);
}

void pat_trial_put_header(pat_buffer *out)
{
    put_texts(out,
              (const char *[]){"filename", "color_method", "sharpen_sigma", "sharpen_strength",
                               "similarity_score", "psnr", "ssim"},
              7);
    pat_csv_end_row(out);
}

void pat_trial_put(pat_buffer *out, const char *name, const pat_setting *setting,
                   const pat_scores *scores, bool spreadsheet_safe)
{
    put_foreign(out, name, spreadsheet_safe);
    pat_csv_text(out, pat_color_method_name(setting->color));
    pat_csv_number(out, setting->sigma);
    pat_csv_number(out, setting->strength);
    put_scores(out, scores);
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
