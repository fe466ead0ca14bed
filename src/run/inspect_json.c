#include <jansson.h>
#include <math.h>

#include "base/error.h"
#include "patina/run.h"
#include "run/json.h"

static json_t *number_value(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

static json_t *statistics_value(const pat_statistics *s)
{
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "count",
                     pat_json_count(s->count), "missing", pat_json_count(s->missing), "infinite",
                     pat_json_count(s->infinite), "mean", number_value(s->mean), "std",
                     number_value(s->std), "min", number_value(s->min), "25%",
                     number_value(s->lower_quartile), "50%", number_value(s->median), "75%",
                     number_value(s->upper_quartile), "max", number_value(s->max));
}

static json_t *columns_value(const pat_inspection *inspection)
{
    json_t *columns = json_object();
    for (int i = 0; i < inspection->column_count; i++)
        json_object_set_new(columns, inspection->column[i].name,
                            statistics_value(&inspection->column[i].statistics));
    return columns;
}

static json_t *parameters_value(const pat_inspection *inspection)
{
    json_t *parameters = json_object();
    for (int i = 0; i < inspection->parameter_count; i++) {
        const pat_parameter_report *parameter = &inspection->parameter[i];
        json_t *values = json_array();
        for (size_t j = 0; j < parameter->value_count; j++) {
            double value = parameter->values[j].value;
            char name[PAT_VALUE_TEXT_SIZE];
            bool is_name = pat_axis_of(parameter->axis)->is_choice && !parameter->is_target;
            json_t *shown = is_name ? json_string(pat_value_format(parameter->axis, value, name))
                                    : json_real(value);
            pat_json_append(&values, json_pack("{s:o, s:o}", "value", shown, "count",
                                               pat_json_count(parameter->values[j].count)));
        }
        json_object_set_new(parameters, parameter->name, values);
    }
    return parameters;
}

static json_t *settings_value(const pat_inspection *inspection)
{
    json_t *settings = json_array();
    for (size_t i = 0; i < inspection->setting_count; i++) {
        const pat_setting_report *report = &inspection->settings[i];
        json_t *value = pat_json_setting(&report->setting);
        json_object_set_new(value, "wins", pat_json_count(report->wins));
        if (inspection->has_trials) {
            json_object_set_new(value, "harms", pat_json_count(report->harms));
            json_object_set_new(value, "mean_gain_db", json_real(report->mean_gain_db));
            json_object_set_new(value, "mean_gain_ssim", json_real(report->mean_gain_ssim));
        }
        pat_json_append(&settings, value);
    }
    return settings;
}

static json_t *grid_value(const pat_inspection *inspection)
{
    static const char *const origins[] = {
        [PAT_GRID_OF_TRIALS] = "trials", [PAT_GRID_GIVEN] = "given",
        [PAT_GRID_DEFAULT] = "default",  [PAT_GRID_OBSERVED] = "observed",
        [PAT_GRID_UNKNOWN] = "unknown",
    };
    char text[PAT_GRID_TEXT_SIZE];
    bool known = inspection->grid_origin != PAT_GRID_UNKNOWN;
    if (known)
        pat_grid_format(&inspection->grid, text);
    return json_pack("{s:s, s:o}", "origin", origins[inspection->grid_origin], "axes",
                     known ? json_string(text) : json_null());
}

static json_t *gain_value(const pat_inspection *inspection)
{
    const pat_label_report *labels = &inspection->labels;
    if (!inspection->has_trials)
        return json_null();
    return json_pack(
        "{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "scored_pairs", pat_json_count(labels->scored),
        "pairs_harmed", pat_json_count(labels->harmed), "pairs_tied", pat_json_count(labels->tied),
        "pairs_nearly_tied", pat_json_count(inspection->near_ties), "pairs_identical",
        pat_json_count(labels->identical), "psnr_db", statistics_value(&inspection->gain_db),
        "ssim", statistics_value(&inspection->gain_ssim), "margin",
        statistics_value(&inspection->margin));
}

static json_t *pairs_value(const pat_inspection *inspection)
{
    if (!inspection->has_pairs)
        return json_null();
    return json_pack("{s:o, s:o}", "checked", pat_json_count(inspection->pairs_checked), "failed",
                     pat_json_count(inspection->pairs_failed));
}

static json_t *findings_value(const pat_inspection *inspection)
{
    json_t *findings = json_array();
    for (size_t i = 0; i < inspection->finding_count; i++) {
        const pat_finding *finding = &inspection->findings[i];
        json_t *items = json_array();
        for (size_t j = 0; j < finding->item_count; j++)
            pat_json_append(&items, pat_json_text(finding->items[j]));
        pat_json_append(&findings, json_pack("{s:s, s:b, s:o, s:o, s:o}", "kind",
                                             pat_finding_name(finding->kind), "bad", finding->bad,
                                             "count", pat_json_count(finding->count), "text",
                                             pat_json_text(finding->text), "items", items));
    }
    return findings;
}

pat_status pat_inspection_json(const pat_inspection *inspection, char **text, pat_error *error)
{
    json_t *value = json_pack(
        "{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "rows", pat_json_count(inspection->rows),
        "columns", columns_value(inspection), "parameters", parameters_value(inspection), "grid",
        grid_value(inspection), "settings", settings_value(inspection), "gain",
        gain_value(inspection), "pairs", pairs_value(inspection), "findings",
        findings_value(inspection), "bad_findings", pat_json_count(inspection->bad));
    *text = value == NULL ? NULL : json_dumps(value, JSON_INDENT(2) | JSON_REAL_PRECISION(17));
    json_decref(value);
    return *text == NULL ? pat_fail_memory(error, "the report as JSON") : PAT_OK;
}
