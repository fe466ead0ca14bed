#include "base/error.h"
#include "patina/run.h"
#include "run/facts_json.h"

static json_t *statistics_value(const pat_statistics *s)
{
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "count",
                     pat_json_count(s->count), "missing", pat_json_count(s->missing), "infinite",
                     pat_json_count(s->infinite), "mean", pat_json_number(s->mean), "std",
                     pat_json_number(s->std), "min", pat_json_number(s->min), "25%",
                     pat_json_number(s->lower_quartile), "50%", pat_json_number(s->median), "75%",
                     pat_json_number(s->upper_quartile), "max", pat_json_number(s->max));
}

static json_t *columns_value(const pat_inspection *inspection)
{
    json_t *columns = json_object();
    for (int i = 0; i < inspection->column_count; i++)
        pat_json_set(&columns, inspection->column[i].name,
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
        pat_json_set(&parameters, parameter->name, values);
    }
    return parameters;
}

static json_t *settings_value(const pat_inspection *inspection)
{
    json_t *settings = json_array();
    for (size_t i = 0; i < inspection->setting_count; i++) {
        const pat_setting_report *report = &inspection->settings[i];
        json_t *value = pat_json_join(pat_fact_setting(&report->setting),
                                      json_pack("{s:o}", "wins", pat_json_count(report->wins)));
        if (inspection->has_trials) {
            pat_json_set(&value, "harms", pat_json_count(report->harms));
            pat_json_set(&value, "mean_gain_db", pat_json_number(report->mean_gain_db));
            pat_json_set(&value, "mean_gain_ssim", pat_json_number(report->mean_gain_ssim));
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
    bool known = inspection->grid_origin != PAT_GRID_UNKNOWN;
    return json_pack("{s:s, s:o}", "origin", origins[inspection->grid_origin], "axes",
                     known ? pat_fact_grid_text(&inspection->grid) : json_null());
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
    return json_pack("{s:o, s:o, s:o}", "checked", pat_json_count(inspection->pairs_checked),
                     "failed", pat_json_count(inspection->pairs_failed), "sandbox",
                     pat_fact_sandbox(inspection->sandbox));
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
    *text = pat_json_write(pat_json_document("inspect", 1, value), PAT_JSON_LINES);
    return *text == NULL ? pat_fail_memory(error, "the report as JSON") : PAT_OK;
}
