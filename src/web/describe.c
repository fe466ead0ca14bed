#include "web/describe.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "image/format.h"
#include "patina/model.h"
#include "run/facts_json.h"
#include "web/text.h"

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
    char restored[2 * PAT_IMAGE_NAME_SIZE];
    snprintf(restored, sizeof restored, "%.*s_restored.%s", stem, name,
             pat_format_row(told->format)->extensions[0]);
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

/* What the model expects of its prediction, if it knows. */
static void put_expected(const pat_restoration *told, pat_answer *answer)
{
    if (!isnan(told->gain))
        pat_put_number(pat_answer_field(answer, "Patina-Expected-Gain"), told->gain);
    if (!isnan(told->harm))
        pat_put_number(pat_answer_field(answer, "Patina-Harm"), told->harm);
    pat_buffer_append_text(pat_answer_field(answer, "Patina-Flagged"),
                           told->flagged ? "yes" : "no");
}

void pat_describe_image(const pat_restoration *told, const pat_restore_order *order,
                        const char *name, pat_answer *answer)
{
    int given = 0, shown = 0;
    const char *unlike[PAT_UNLIKE_MAX];
    for (int i = 0; i < told->unlike_count; i++)
        unlike[i] = pat_feature_name(told->unlike[i]);
    pat_answer_begin(answer, pat_format_row(told->format)->media_type);
    put_file_name(told, name, pat_answer_field(answer, "Content-Disposition"));
    for (pat_axis axis = 0; axis < PAT_AXES; axis++) {
        bool shows = pat_setting_shows(&told->setting, axis);
        if (!pat_setting_reads(&told->setting, axis))
            continue;
        given += order->given[axis];
        shown += shows || order->given[axis];
        if (shows)
            put_axis_header(&told->setting, axis, answer);
    }
    pat_buffer_append_text(pat_answer_field(answer, "Patina-Predicted"), given == 0 ? "yes"
                                                                         : given == shown
                                                                             ? "no"
                                                                             : "partly");
    pat_buffer_append_text(pat_answer_field(answer, "Patina-Left-Alone"),
                           told->left_alone ? "yes" : "no");
    if (given == 0)
        put_expected(told, answer);
    if (told->unlike_count > 0)
        put_list(pat_answer_field(answer, "Patina-Unlike"), told->unlike_count, ",", unlike);
    if (told->note_count > 0)
        put_list(pat_answer_field(answer, "Patina-Notes"), told->note_count, "; ", told->notes);
}
