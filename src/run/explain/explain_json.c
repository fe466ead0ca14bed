#include "base/error.h"
#include "patina/explain.h"
#include "run/facts_json.h"

static json_t *trial_value(const pat_explanation *explanation, size_t index)
{
    if (index >= explanation->settings)
        return json_null();
    pat_setting setting = pat_grid_setting(&explanation->grid, index);
    return pat_json_join(pat_fact_scores(&explanation->trials[index]), pat_fact_setting(&setting));
}

static json_t *rows_value(const pat_explanation *explanation)
{
    json_t *rows = json_array();
    for (size_t i = 0; i < explanation->row_count; i++) {
        const pat_explained_row *row = &explanation->row[i];
        json_t *cells = json_array();
        for (size_t k = 0; k < row->cell_count; k++) {
            const pat_explained_cell *cell = &row->cell[k];
            pat_json_append(&cells,
                            json_pack("{s:o, s:o, s:o, s:s}", "column", pat_json_text(cell->column),
                                      "table", pat_json_text(cell->table), "rebuilt",
                                      pat_json_text(cell->rebuilt), "verdict",
                                      pat_cell_verdict_name(cell->verdict)));
        }
        pat_json_append(&rows,
                        json_pack("{s:o, s:o, s:o}", "row", pat_json_count(row->number),
                                  "differing", pat_json_count(row->differing), "cells", cells));
    }
    return rows;
}

static json_t *failure_value(bool known, const pat_failure *failure)
{
    return known ? pat_fact_failure(failure) : json_null();
}

static json_t *file_value(const pat_explained_file *file)
{
    return json_pack("{s:o, s:o, s:s, s:s}", "path", pat_json_text(file->path), "bytes",
                     pat_json_count(file->size), "modified", file->modified, "sha256",
                     file->sha256);
}

static json_t *grid_value(const pat_explanation *explanation)
{
    static const char *const origins[] = {
        [PAT_EXPLAINED_GRID_GIVEN] = "given",
        [PAT_EXPLAINED_GRID_RECORDED] = "recorded",
        [PAT_EXPLAINED_GRID_DEFAULT] = "default",
        [PAT_EXPLAINED_GRID_OBSERVED] = "observed",
    };
    return json_pack("{s:s, s:o}", "origin", origins[explanation->grid_origin], "axes",
                     pat_fact_grid_text(&explanation->grid));
}

static json_t *surface_value(const pat_explanation *explanation)
{
    if (explanation->fails)
        return json_null();
    json_t *trials = json_array();
    for (size_t i = 0; i < explanation->settings; i++)
        pat_json_append(&trials, trial_value(explanation, i));
    return json_pack(
        "{s:o, s:o, s:o, s:o, s:b, s:o}", "untouched", pat_fact_scores(&explanation->untouched),
        "best", trial_value(explanation, explanation->best), "runner_up",
        trial_value(explanation, explanation->runner_up), "tied", pat_json_count(explanation->tied),
        "identical", explanation->identical, "settings", trials);
}

static json_t *model_value(const pat_explained_model *model)
{
    if (!model->given)
        return json_null();
    return pat_json_join(
        pat_json_join(pat_fact_scores(&model->scores), pat_fact_setting(&model->setting)),
        json_pack("{s:o, s:o, s:b}", "expected_gain", pat_json_number(model->gain), "harm",
                  pat_json_number(model->harm), "flagged", model->flagged));
}

static json_t *features_value(const pat_explanation *explanation)
{
    json_t *features = json_object();
    for (int i = 0; i < explanation->place_count; i++) {
        const pat_feature_place *place = &explanation->place[i];
        pat_json_set(
            &features, place->name,
            json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "value",
                      pat_json_number(place->value), "percent",
                      pat_json_number(pat_feature_place_percent(place)), "rows",
                      pat_json_count(place->count), "below", pat_json_count(place->below), "min",
                      pat_json_number(place->min), "25%", pat_json_number(place->lower_quartile),
                      "50%", pat_json_number(place->median), "75%",
                      pat_json_number(place->upper_quartile), "max", pat_json_number(place->max),
                      "quartiles_of", pat_json_count(place->kept)));
    }
    return features;
}

static json_t *reasons_value(const pat_explanation *explanation)
{
    json_t *reasons = json_array();
    for (size_t i = 0; i < explanation->reason_count; i++)
        pat_json_append(&reasons, pat_json_text(explanation->reason[i]));
    return reasons;
}

pat_status pat_explanation_json(const pat_explanation *explanation, char **text, pat_error *error)
{
    json_t *value = json_pack(
        "{s:o, s:b, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "filename",
        pat_json_text(explanation->filename), "reproduced", explanation->reproduced, "reasons",
        reasons_value(explanation), "table_rows", pat_json_count(explanation->rows), "matching",
        pat_json_count(explanation->matching), "rows", rows_value(explanation), "recorded_failure",
        failure_value(explanation->failed_before, &explanation->recorded), "failure",
        failure_value(explanation->fails, &explanation->failure), "files",
        json_pack("{s:o, s:o}", "damaged", file_value(&explanation->damaged), "undamaged",
                  file_value(&explanation->undamaged)),
        "grid", grid_value(explanation), "scores", surface_value(explanation), "model",
        model_value(&explanation->model), "features", features_value(explanation), "sandbox",
        pat_fact_sandbox(explanation->sandbox));
    *text = pat_json_write(pat_json_document("explain", 1, value), PAT_JSON_LINES);
    return *text == NULL ? pat_fail_memory(error, "the explanation as JSON") : PAT_OK;
}
