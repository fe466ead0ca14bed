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

static void describe_origin(const json_t *origin, char *text, size_t size)
{
    const char *data = json_string_value(json_object_get(origin, "data"));
    json_int_t rows = json_integer_value(json_object_get(origin, "rows"));
    json_int_t originals = json_integer_value(json_object_get(origin, "originals"));
    if (rows > 0 && data != NULL)
        snprintf(text, size, ", learned from %lld images of %lld originals (%.200s)",
                 (long long)rows, (long long)originals, data);
    make_printable(text);
}

void pat_model_summarize(const pat_model *model, char text[PAT_MODEL_SUMMARY_SIZE])
{
    const char *description = pat_model_description(model);
    int length = snprintf(text, PAT_MODEL_SUMMARY_SIZE, "%s",
                          pat_model_kind_name(pat_model_get_kind(model)));
    json_t *value;
    json_error_t cause;
    if (pat_json_parse(&value, description, strlen(description), &cause) != PAT_OK)
        return;
    describe_origin(json_object_get(value, "provenance"), text + length,
                    (size_t)(PAT_MODEL_SUMMARY_SIZE - length));
    json_decref(value);
}
