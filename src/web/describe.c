#include "web/describe.h"

#include <stdio.h>
#include <string.h>

#include "image/format.h"
#include "patina/model.h"
#include "web/text.h"

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
    pat_put_format(out, ", \"%s\": {\"color\": \"%s\", \"sigma\": ", name,
                   pat_color_method_name(setting->color));
    pat_put_number(out, setting->sigma);
    pat_buffer_append_text(out, ", \"strength\": ");
    pat_put_number(out, setting->strength);
}

static void put_prediction(const pat_restoration *told, pat_buffer *out)
{
    static const char *const names[] = {"color", "sigma", "strength"};
    put_setting("prediction", &told->prediction, out);
    pat_put_format(out, ", \"left_alone\": %s, \"raw\": {",
                   truth(pat_setting_is_idle(&told->prediction)));
    for (int i = 0; i < PAT_TARGET_COUNT; i++) {
        pat_put_format(out, "%s\"%s\": ", i > 0 ? ", " : "", names[i]);
        pat_put_number(out, told->raw[i]);
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
    snprintf(restored, sizeof restored, "%.*s_restored.%s", stem, name,
             pat_format_row(told->format)->extensions[0]);
    pat_put_disposition(out, stem > 0 ? restored : restored + 1);
}

static void put_list(pat_buffer *out, int count, const char *separator, const char *const *texts)
{
    for (int i = 0; i < count; i++)
        pat_put_format(out, "%s%s", i > 0 ? separator : "", texts[i]);
}

void pat_describe_picture(const pat_restoration *told, const pat_restore_order *order,
                          const char *name, pat_answer *answer)
{
    int given = order->color + order->sigma + order->strength;
    const char *unlike[PAT_UNLIKE_MAX];
    for (int i = 0; i < told->unlike_count; i++)
        unlike[i] = pat_feature_name(told->unlike[i]);
    pat_answer_begin(answer, pat_format_row(told->format)->media_type);
    put_file_name(told, name, pat_answer_field(answer, "Content-Disposition"));
    pat_buffer_append_text(pat_answer_field(answer, "Patina-Color"),
                           pat_color_method_name(told->setting.color));
    pat_put_number(pat_answer_field(answer, "Patina-Sigma"), told->setting.sigma);
    pat_put_number(pat_answer_field(answer, "Patina-Strength"), told->setting.strength);
    pat_buffer_append_text(pat_answer_field(answer, "Patina-Predicted"), given == 0   ? "yes"
                                                                         : given == 3 ? "no"
                                                                                      : "partly");
    pat_buffer_append_text(pat_answer_field(answer, "Patina-Left-Alone"),
                           told->left_alone ? "yes" : "no");
    if (told->unlike_count > 0)
        put_list(pat_answer_field(answer, "Patina-Unlike"), told->unlike_count, ",", unlike);
    if (told->note_count > 0)
        put_list(pat_answer_field(answer, "Patina-Notes"), told->note_count, "; ", told->notes);
}
