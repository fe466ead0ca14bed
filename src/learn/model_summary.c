#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "patina/model.h"

/* Control characters could redraw a terminal. */
static void make_printable(char *text)
{
    for (; *text != '\0'; text++)
        if ((unsigned char)*text < ' ' || *text == 0x7f)
            *text = '?';
}

/* 0 if there is no such number, or a negative one. */
static json_int_t number_of(const json_t *object, const char *name)
{
    json_int_t value = json_integer_value(json_object_get(object, name));
    return value > 0 ? value : 0;
}

/* Older models do not say whether they learned from the rows held out for the tests, too. */
static bool learned_from_all(const json_t *origin)
{
    return !json_is_false(json_object_get(origin, "use_all"));
}

static void describe_origin(const json_t *description, bool with_data, char *text, size_t size)
{
    const json_t *origin = json_object_get(description, "provenance");
    const json_t *metrics = json_object_get(description, "metrics");
    const char *data = json_string_value(json_object_get(origin, "data"));
    json_int_t rows = number_of(origin, "rows"), originals = number_of(origin, "originals");
    if (!learned_from_all(origin)) {
        rows -= number_of(metrics, "held_out_rows");
        originals -= number_of(metrics, "held_out_originals");
    }
    if (rows <= 0)
        return;
    int length = snprintf(text, size, ", learned from %lld images of %lld originals",
                          (long long)rows, (long long)originals);
    if (with_data && data != NULL)
        snprintf(text + length, size - (size_t)length, " (%.200s)", data);
    make_printable(text);
}

void pat_model_summarize(const pat_model *model, bool with_data, char text[PAT_MODEL_SUMMARY_SIZE])
{
    const char *description = pat_model_description(model);
    int length = snprintf(text, PAT_MODEL_SUMMARY_SIZE, "%s",
                          pat_model_kind_name(pat_model_get_kind(model)));
    json_t *value;
    json_error_t cause;
    if (pat_json_parse(&value, description, strlen(description), &cause) != PAT_OK)
        return;
    describe_origin(value, with_data, text + length, (size_t)(PAT_MODEL_SUMMARY_SIZE - length));
    json_decref(value);
}
