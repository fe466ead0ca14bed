#include <jansson.h>
#include <math.h>

#include "base/error.h"
#include "patina/explain.h"
#include "run/json.h"

static json_t *number_value(double value)
{
    if (isinf(value))
        return json_string(value > 0 ? "inf" : "-inf");
    return isnan(value) ? json_null() : json_real(value);
}

static json_t *scores_value(const pat_scores *scores)
{
    return json_pack("{s:o, s:o, s:o}", "similarity_score", number_value(scores->similarity),
                     "psnr", number_value(scores->psnr), "ssim", number_value(scores->ssim));
}

static json_t *setting_value(const pat_explanation *explanation, size_t index)
{
    if (index >= explanation->settings)
        return json_null();
    pat_setting setting = pat_grid_setting(&explanation->grid, index);
    json_t *value = scores_value(&explanation->trials[index]), *told = pat_json_setting(&setting);
    json_object_update(value, told);
    json_decref(told);
    return value;
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
    if (!known)
        return json_null();
    return json_pack("{s:s, s:s, s:o}", "stage", failure->stage, "reason",
                     pat_status_name(failure->reason), "message", pat_json_text(failure->message));
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
    char text[PAT_GRID_TEXT_SIZE];
    pat_grid_format(&explanation->grid, text);
    return json_pack("{s:s, s:s}", "origin", origins[explanation->grid_origin], "axes", text);
}

static json_t *surface_value(const pat_explanation *explanation)
{
    if (explanation->fails)
        return json_null();
    json_t *trials = json_array();
    for (size_t i = 0; i < explanation->settings; i++)
        pat_json_append(&trials, setting_value(explanation, i));
    return json_pack(
        "{s:o, s:o, s:o, s:o, s:b, s:o}", "untouched", scores_value(&explanation->untouched),
        "best", setting_value(explanation, explanation->best), "runner_up",
        setting_value(explanation, explanation->runner_up), "tied",
        pat_json_count(explanation->tied), "identical", explanation->identical, "settings", trials);
}

static json_t *features_value(const pat_explanation *explanation)
{
    json_t *features = json_object();
    for (int i = 0; i < explanation->place_count; i++) {
        const pat_feature_place *place = &explanation->place[i];
        json_object_set_new(
            features, place->name,
            json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "value",
                      number_value(place->value), "percent",
                      number_value(pat_feature_place_percent(place)), "rows",
                      pat_json_count(place->count), "below", pat_json_count(place->below), "min",
                      number_value(place->min), "25%", number_value(place->lower_quartile), "50%",
                      number_value(place->median), "75%", number_value(place->upper_quartile),
                      "max", number_value(place->max), "quartiles_of",
                      pat_json_count(place->kept)));
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
        "{s:o, s:b, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "filename",
        pat_json_text(explanation->filename), "reproduced", explanation->reproduced, "reasons",
        reasons_value(explanation), "table_rows", pat_json_count(explanation->rows), "matching",
        pat_json_count(explanation->matching), "rows", rows_value(explanation), "recorded_failure",
        failure_value(explanation->failed_before, &explanation->recorded), "failure",
        failure_value(explanation->fails, &explanation->failure), "files",
        json_pack("{s:o, s:o}", "damaged", file_value(&explanation->damaged), "undamaged",
                  file_value(&explanation->undamaged)),
        "grid", grid_value(explanation), "scores", surface_value(explanation), "features",
        features_value(explanation));
    *text = value == NULL ? NULL : json_dumps(value, JSON_INDENT(2) | JSON_REAL_PRECISION(17));
    json_decref(value);
    return *text == NULL ? pat_fail_memory(error, "the explanation as JSON") : PAT_OK;
}
