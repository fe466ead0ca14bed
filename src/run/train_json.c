#include <string.h>

#include "run/evaluation_json.h"
#include "run/facts_json.h"
#include "run/train.h"

static json_t *errors_value(const pat_target_errors errors[PAT_TARGET_COUNT])
{
    json_t *targets = json_object();
    for (int t = 0; t < PAT_TARGET_COUNT; t++)
        pat_json_set(&targets, pat_target_name(t),
                     json_pack("{s:o, s:o, s:o}", "mse", pat_json_number(errors[t].mse), "mae",
                               pat_json_number(errors[t].mae), "r2",
                               pat_json_number(errors[t].r2)));
    return targets;
}

static json_t *importances_value(const pat_train_report *report, const pat_kind_report *kind)
{
    json_t *features = json_object();
    for (int i = 0; i < report->feature_count; i++)
        pat_json_set(&features, report->feature_name[i], pat_json_number(kind->importance[i]));
    return features;
}

static json_t *pixels_value(const pat_kind_report *kind, const pat_evaluation_report *report)
{
    return kind->in_pixels ? pat_evaluation_value(report) : json_null();
}

static json_t *kind_value(const pat_train_report *report, const pat_kind_report *kind)
{
    json_t *cross = json_pack("{s:o, s:o}", "targets", errors_value(kind->cross), "pixels",
                              pixels_value(kind, &kind->cross_pixels));
    json_t *held_out = json_pack("{s:o, s:o}", "targets", errors_value(kind->held_out), "pixels",
                                 pixels_value(kind, &kind->held_out_pixels));
    return json_pack("{s:s, s:o, s:o, s:o}", "kind", pat_model_kind_name(kind->kind),
                     "cross_validation", cross, "held_out", held_out, "importances",
                     importances_value(report, kind));
}

static json_t *report_value(const pat_train_report *report)
{
    json_t *kinds = json_array(), *constant = json_array(), *warnings = json_array();
    for (size_t k = 0; k < report->kind_count; k++)
        pat_json_append(&kinds, kind_value(report, &report->kinds[k]));
    for (int t = 0; t < PAT_TARGET_COUNT; t++)
        if (report->constant[t])
            pat_json_append(&constant, json_string(pat_target_name(t)));
    for (size_t i = 0; i < report->warning_count; i++)
        pat_json_append(&warnings, pat_json_text(report->warnings[i]));
    return json_pack(
        "{s:s, s:s, s:b, s:b, s:I, s:I, s:I, s:I, s:I, s:I, s:i, s:i, s:o, s:o, s:{s:o, s:o}, s:o}",
        "chosen", pat_model_kind_name(report->kinds[report->chosen].kind), "chosen_by",
        report->chosen_in_pixels ? "pixels" : "targets", "harmful", report->harmful, "written",
        report->written, "rows", (json_int_t)report->rows, "originals",
        (json_int_t)report->originals, "held_out_rows", (json_int_t)report->held_out_rows,
        "held_out_originals", (json_int_t)report->held_out_originals, "rows_without_pair",
        (json_int_t)report->rows_without_pair, "pairs_failed", (json_int_t)report->scoring.failures,
        "folds", report->folds, "features", report->feature_count, "constant_targets", constant,
        "warnings", warnings, "constant_predictor", "cross_validation",
        errors_value(report->cross_constant), "held_out", errors_value(report->held_out_constant),
        "models", kinds);
}

/* The sandbox is not part of the model, whose bytes are the same everywhere. */
char *pat_train_json(const pat_train_report *report)
{
    json_t *sandbox = json_pack("{s:o}", "sandbox", pat_fact_sandbox(report->scoring.sandbox));
    json_t *value = pat_json_join(report_value(report), sandbox);
    return pat_json_write(pat_json_document("train", 1, value), PAT_JSON_LINES);
}

char *pat_train_metrics(const pat_train_report *report)
{
    return pat_json_write(report_value(report), PAT_JSON_LINE);
}

/* A file's name without its folders, which are private. */
static json_t *name_value(const char *path)
{
    const char *slash = path == NULL ? NULL : strrchr(path, '/');
    return pat_json_text(slash == NULL ? path : slash + 1);
}

char *pat_train_provenance(const pat_train_options *options, const pat_train_report *report)
{
    json_t *value = json_pack("{s:o, s:s, s:o, s:I, s:I, s:b, s:I, s:i, s:b}", "data",
                              name_value(options->data), "data_sha256", report->data_sha256,
                              "trials", name_value(options->trials), "rows",
                              (json_int_t)report->rows, "originals", (json_int_t)report->originals,
                              "use_all", options->use_all, "seed", (json_int_t)options->seed,
                              "folds", report->folds, "judged_in_pixels", report->chosen_in_pixels);
    return pat_json_write(value, PAT_JSON_LINE);
}
