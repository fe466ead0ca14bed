#include "web/describe.h"

#include <stdio.h>
#include <string.h>

#include "patina/model.h"
#include "web/text.h"

static const struct {
    const char *type, *extension;
} formats[PAT_FORMAT_COUNT] = {
    [PAT_FORMAT_NONE] = {"application/octet-stream", ""},
    [PAT_FORMAT_JPEG] = {"image/jpeg", ".jpg"},
    [PAT_FORMAT_PNG] = {"image/png", ".png"},
    [PAT_FORMAT_WEBP] = {"image/webp", ".webp"},
    [PAT_FORMAT_TIFF] = {"image/tiff", ".tif"},
    [PAT_FORMAT_BMP] = {"image/bmp", ".bmp"},
};

static const char *truth(bool value)
{
    return value ? "true" : "false";
}

static void put_input(const pat_restoration *told, pat_buffer *out)
{
    pat_put_format(out,
                   "\"input\": {\"format\": \"%s\", \"width\": %d, \"height\": %d, \"depth\": %d, "
                   "\"channels\": %d, \"alpha\": %s, \"bytes\": %zu}",
                   pat_format_name(told->input_format), told->width, told->height, told->depth,
                   told->channels, truth(told->has_alpha), told->input_bytes);
}

static void put_features(const pat_restoration *told, pat_buffer *out)
{
    pat_buffer_append_text(out, ", \"features\": {");
    for (int i = 0; i < told->feature_count; i++) {
        pat_put_format(out, "%s\"%s\": ", i > 0 ? ", " : "", pat_feature_name(i));
        pat_put_number(out, told->features[i]);
    }
    pat_buffer_append_text(out, "}");
}

/* Left open. */
static void put_setting(const char *name, const pat_setting *setting, pat_buffer *out)
{
    const char *separator = "";
    pat_put_format(out, ", \"%s\": {", name);
    for (pat_axis axis = 0; axis < PAT_AXES; axis++) {
        char text[PAT_VALUE_TEXT_SIZE];
        if (!pat_setting_shows(setting, axis))
            continue;
        pat_put_format(out, "%s\"%s\": ", separator, pat_axis_of(axis)->key);
        if (pat_axis_of(axis)->is_choice)
            pat_put_format(out, "\"%s\"", pat_value_format(axis, setting->value[axis], text));
        else
            pat_put_number(out, setting->value[axis]);
        separator = ", ";
    }
}

static void put_prediction(const pat_restoration *told, pat_buffer *out)
{
    int target = 0;
    put_setting("prediction", &told->prediction, out);
    pat_put_format(out, ", \"left_alone\": %s, \"raw\": {",
                   truth(pat_setting_is_idle(&told->prediction)));
    for (pat_axis axis = 0; axis < PAT_AXES; axis++) {
        if (pat_axis_of(axis)->target == NULL)
            continue;
        pat_put_format(out, "%s\"%s\": ", target > 0 ? ", " : "", pat_axis_of(axis)->key);
        pat_put_number(out, told->raw[target++]);
    }
    pat_buffer_append_text(out, "}}, \"unlike\": [");
    for (int i = 0; i < told->unlike_count; i++)
        pat_put_format(out, "%s\"%s\"", i > 0 ? ", " : "", pat_feature_name(told->unlike[i]));
    pat_buffer_append_text(out, "]");
}

void pat_describe_json(const pat_restoration *told, pat_buffer *out)
{
    put_input(told, out);
    put_features(told, out);
    put_prediction(told, out);
    put_setting("setting", &told->setting, out);
    pat_put_format(out, ", \"left_alone\": %s}", truth(told->left_alone));
}

void pat_describe_output(const pat_restoration *told, pat_buffer *out)
{
    pat_put_format(out,
                   ", \"output\": {\"format\": \"%s\", \"bytes\": %zu, \"copied\": %s, "
                   "\"notes\": [",
                   pat_format_name(told->format), told->output_bytes, truth(told->copied));
    for (int i = 0; i < told->note_count; i++) {
        pat_buffer_append_text(out, i > 0 ? ", " : "");
        pat_put_string(out, told->notes[i]);
    }
    pat_buffer_append_text(out, "], \"base64\": \"");
}

/* "photo.jpeg" becomes "photo_restored.jpg". */
static void put_file_name(const pat_restoration *told, const char *name, pat_buffer *out)
{
    const char *dot = strrchr(name, '.');
    int stem = (int)(dot == NULL ? strlen(name) : (size_t)(dot - name));
    char restored[2 * PAT_PICTURE_NAME_SIZE];
    snprintf(restored, sizeof restored, "%.*s_restored%s", stem, name,
             formats[told->format].extension);
    pat_put_disposition(out, stem > 0 ? restored : restored + 1);
}

static void put_list(pat_buffer *out, int count, const char *separator, const char *const *texts)
{
    for (int i = 0; i < count; i++)
        pat_put_format(out, "%s%s", i > 0 ? separator : "", texts[i]);
}

/* "Patina-Sigma: 1.5" */
static void put_axis_header(const pat_setting *setting, pat_axis axis, pat_answer *answer)
{
    char text[PAT_VALUE_TEXT_SIZE];
    pat_buffer *field = pat_answer_field(answer, pat_axis_of(axis)->header);
    if (pat_axis_of(axis)->is_choice)
        pat_buffer_append_text(field, pat_value_format(axis, setting->value[axis], text));
    else
        pat_put_number(field, setting->value[axis]);
}

void pat_describe_picture(const pat_restoration *told, const pat_restore_order *order,
                          const char *name, pat_answer *answer)
{
    int given = 0, shown = 0;
    const char *unlike[PAT_UNLIKE_MAX];
    for (int i = 0; i < told->unlike_count; i++)
        unlike[i] = pat_feature_name(told->unlike[i]);
    pat_answer_begin(answer, formats[told->format].type);
    put_file_name(told, name, pat_answer_field(answer, "Content-Disposition"));
    for (pat_axis axis = 0; axis < PAT_AXES; axis++) {
        if (!pat_setting_shows(&told->setting, axis))
            continue;
        given += order->given[axis];
        shown++;
        put_axis_header(&told->setting, axis, answer);
    }
    pat_buffer_append_text(pat_answer_field(answer, "Patina-Predicted"), given == 0 ? "yes"
                                                                         : given == shown
                                                                             ? "no"
                                                                             : "partly");
    pat_buffer_append_text(pat_answer_field(answer, "Patina-Left-Alone"),
                           told->left_alone ? "yes" : "no");
    if (told->unlike_count > 0)
        put_list(pat_answer_field(answer, "Patina-Unlike"), told->unlike_count, ",", unlike);
    if (told->note_count > 0)
        put_list(pat_answer_field(answer, "Patina-Notes"), told->note_count, "; ", told->notes);
}
