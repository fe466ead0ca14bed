#include "report/words.h"

#include "base/json.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

pat_digits pat_digits_of(size_t count)
{
    char plain[32];
    pat_digits digits = {0};
    int length = snprintf(plain, sizeof plain, "%zu", count), at = 0;
    for (int i = 0; i < length; i++) {
        if (i > 0 && (length - i) % 3 == 0)
            digits.text[at++] = ',';
        digits.text[at++] = plain[i];
    }
    return digits;
}

pat_digits pat_percent_of(size_t part, size_t whole)
{
    double percent = whole == 0 ? 0 : 100 * (double)part / (double)whole;
    pat_digits digits;
    if (part > 0 && percent < 0.1)
        strcpy(digits.text, "under 0.1 %");
    else if (part < whole && percent > 99.9)
        strcpy(digits.text, "over 99.9 %");
    else if (percent < 10 || percent > 99)
        snprintf(digits.text, sizeof digits.text, "%.3g %%", round(10 * percent) / 10);
    else
        snprintf(digits.text, sizeof digits.text, "%.0f %%", percent);
    return digits;
}

const char *pat_name_of_path(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash == NULL ? path : slash + 1;
}

const char *pat_color_words(double number)
{
    return pat_operator_words(PAT_AXIS_COLOR, (int)number);
}

pat_setting_words pat_choice_words(const pat_setting *setting)
{
    pat_setting_words words;
    const double filter = setting->value[PAT_AXIS_FILTER];
    bool is_usual = filter == pat_setting_default().value[PAT_AXIS_FILTER];
    snprintf(words.text, sizeof words.text, "%s%s%s",
             pat_color_words(setting->value[PAT_AXIS_COLOR]), is_usual ? "" : ", ",
             is_usual ? "" : pat_operator_words(PAT_AXIS_FILTER, (int)filter));
    return words;
}

pat_setting_words pat_words_of(const pat_setting *setting)
{
    pat_setting_words words = pat_choice_words(setting);
    size_t length = strlen(words.text);
    if (pat_setting_is_idle(setting))
        snprintf(words.text, sizeof words.text, "nothing done");
    else if (!pat_setting_uses(setting, PAT_AXIS_FILTER))
        snprintf(words.text + length, sizeof words.text - length, ", no sharpening");
    for (pat_axis axis = 0; axis < PAT_AXES; axis++) {
        if (pat_axis_of(axis)->is_choice || !pat_setting_tells(setting, axis))
            continue;
        length = strlen(words.text);
        snprintf(words.text + length, sizeof words.text - length, ", %s %.4g",
                 pat_axis_of(axis)->key, setting->value[axis]);
    }
    return words;
}

json_t *pat_words(const char *format, ...)
{
    char *text;
    va_list arguments;
    va_start(arguments, format);
    int length = vasprintf(&text, format, arguments);
    va_end(arguments);
    if (length < 0)
        return NULL;
    json_t *value = pat_json_text(text);
    free(text);
    return value;
}

void pat_show(pat_shown *shown, json_t *object, const char *name, json_t *value)
{
    if (json_object_set_new(object, name, value) != 0)
        shown->failed = true;
}

void pat_show_next(pat_shown *shown, json_t *array, json_t *value)
{
    if (json_array_append_new(array, value) != 0)
        shown->failed = true;
}

json_t *pat_show_figure(pat_shown *shown, json_t *figures, const char *id, json_t *title,
                        json_t *alt, json_t *chart)
{
    pat_show(shown, shown->charts, id, chart);
    json_t *figure = json_pack("{s:s, s:o, s:o}", "id", id, "title", title, "alt", alt);
    pat_show_next(shown, figures, figure);
    return shown->failed ? NULL : figure;
}

void pat_show_table(pat_shown *shown, json_t *object, const char *name, json_t *columns,
                    json_t *rows)
{
    pat_show(shown, object, name, json_pack("{s:o, s:o}", "columns", columns, "rows", rows));
}

void pat_show_row(pat_shown *shown, json_t *rows, size_t count, json_t **cells)
{
    json_t *row = json_array();
    for (size_t i = 0; i < count; i++)
        pat_show_next(shown, row, cells[i]);
    pat_show_next(shown, rows, json_pack("{s:o}", "cells", row));
}
