#include "workflow/learn_worth.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/json.h"

/* Of the training results, those of the kind that was chosen; NULL if there are none. */
static const json_t *chosen_results(const json_t *metrics)
{
    const json_t *models = json_object_get(metrics, "models"), *model;
    const char *chosen = json_string_value(json_object_get(metrics, "chosen"));
    size_t i;
    json_array_foreach(models, i, model)
    {
        const char *kind = json_string_value(json_object_get(model, "kind"));
        if (chosen != NULL && kind != NULL && strcmp(kind, chosen) == 0)
            return model;
    }
    return NULL;
}

static size_t count_at(const json_t *object, const char *name)
{
    json_int_t count = json_integer_value(json_object_get(object, name));
    return count > 0 ? (size_t)count : 0;
}

/* NaN for null. */
static double number_at(const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);
    return json_is_number(value) ? json_number_value(value) : NAN;
}

static pat_learn_worth worth_of(const json_t *description)
{
    const json_t *results = chosen_results(json_object_get(description, "metrics"));
    const json_t *pixels = json_object_get(json_object_get(results, "held_out"), "pixels");
    const json_t *captured = json_object_get(json_object_get(pixels, "captured"), "similarity");
    return (pat_learn_worth){
        .known = json_is_object(pixels),
        .pairs = count_at(pixels, "pairs"),
        .originals = count_at(pixels, "originals"),
        .worse = count_at(pixels, "made_worse"),
        .left_alone = count_at(pixels, "left_alone"),
        .captured = {number_at(captured, "value"), number_at(captured, "low"),
                     number_at(captured, "high")},
    };
}

/* Take the warnings from the model, which an earlier run may have trained. */
static void read_warnings(const json_t *metrics, pat_train_report *training)
{
    const json_t *warnings = json_object_get(metrics, "warnings");
    training->warning_count = 0;
    for (size_t i = 0; i < json_array_size(warnings) && i < PAT_TRAIN_WARNINGS_MAX; i++) {
        const char *text = json_string_value(json_array_get(warnings, i));
        if (text != NULL)
            snprintf(training->warnings[training->warning_count++], PAT_TRAIN_WARNING_SIZE, "%s",
                     text);
    }
}

pat_status pat_learn_worth_read(const char *path, pat_learn_summary *summary, pat_error *error)
{
    pat_model *model;
    pat_status status = pat_model_load(path, &model, error);
    if (status != PAT_OK)
        return status;
    json_t *description = json_loads(pat_model_description(model), 0, NULL);
    summary->description = strdup(pat_model_description(model));
    if (description == NULL || summary->description == NULL) /* valid JSON, so memory ran out */
        status = pat_fail_memory(error, "the model description");
    summary->kind = pat_model_get_kind(model);
    summary->worth = worth_of(description);
    summary->rows = count_at(json_object_get(description, "metrics"), "rows");
    read_warnings(json_object_get(description, "metrics"), &summary->training);
    json_decref(description);
    pat_model_free(model);
    return status;
}

char *pat_learn_json(const pat_learn_options *options, const pat_learn_summary *summary)
{
    json_t *description =
        summary->description == NULL ? NULL : json_loads(summary->description, 0, NULL);
    json_t *training = json_incref(json_object_get(description, "metrics"));
    const char *work = summary->work[0] == '\0' ? NULL : summary->work;
    json_t *value = json_pack(
        "{s:o, s:o, s:o, s:o, s:i, s:s, s:o, s:o, s:o, s:o}", "images",
        pat_json_count(summary->images), "versions", pat_json_count(summary->versions), "pairs",
        pat_json_count(summary->pairs), "rows", pat_json_count(summary->rows), "steps_resumed",
        summary->resumed, "kind", pat_model_kind_name(summary->kind), "output",
        pat_json_text(options->output), "report", pat_json_text(options->report), "work",
        pat_json_text(work), "training", training);
    json_decref(description);
    return pat_json_write(pat_json_document("learn", 1, value), PAT_JSON_LINES);
}
