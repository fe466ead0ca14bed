#include "web/describe.h"

#include <stdio.h>
#include <string.h>

#include "patina/model.h"
#include "run/facts_json.h"
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

void pat_describe_features(const pat_restoration *told, pat_answer *answer)
{
    pat_answer_begin_json(answer, "image", pat_fact_restoration(told));
}

void pat_describe_restored(const pat_restoration *told, pat_answer *answer)
{
    json_t *value = pat_fact_restoration(told);
    json_t *output = json_object_get(value, "output");
    if (json_object_set_new(output, "base64", json_string("")) != 0) {
        json_decref(value);
        value = NULL;
    }
    pat_answer_begin_json(answer, "image", value);
    pat_answer_leave_open(answer);
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

void pat_describe_picture(const pat_restoration *told, const pat_restore_order *order,
                          const char *name, pat_answer *answer)
{
    int given = order->color + order->sigma + order->strength;
    const char *unlike[PAT_UNLIKE_MAX];
    for (int i = 0; i < told->unlike_count; i++)
        unlike[i] = pat_feature_name(told->unlike[i]);
    pat_answer_begin(answer, formats[told->format].type);
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
