#include "patina/setting.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "restore/operator.h"

pat_setting pat_setting_default(void)
{
    pat_setting setting = {{0}};
    for (int numbers = 0; numbers < 2; numbers++)
        for (pat_axis axis = 0; axis < PAT_AXES; axis++)
            if (pat_axis_of(axis)->is_choice == (numbers == 0))
                setting.value[axis] = pat_setting_left_out(&setting, axis);
    return setting;
}

double pat_setting_left_out(const pat_setting *setting, pat_axis axis)
{
    double value;
    bool has_meaning = pat_axis_of(axis)->is_choice || pat_setting_reads(setting, axis);
    if (has_meaning && pat_value_parse(axis, pat_axis_of(axis)->tried, &value))
        return value;
    return 0; /* `tried` is a list of values, or nothing reads the axis */
}

pat_setting pat_setting_of(double color, double sigma, double strength)
{
    pat_setting setting = pat_setting_default();
    setting.value[PAT_AXIS_COLOR] = color;
    setting.value[PAT_AXIS_SIGMA] = sigma;
    setting.value[PAT_AXIS_STRENGTH] = strength;
    return setting;
}

pat_setting pat_setting_affine(const double number[6])
{
    pat_setting setting = {{0}};
    bool known = pat_value_parse(PAT_AXIS_COLOR, "affine", &setting.value[PAT_AXIS_COLOR]);
    assert(known);
    (void)known;
    for (int i = 0; i < 6; i++)
        setting.value[PAT_AXIS_RED_GAIN + i] = number[i];
    return setting;
}

bool pat_setting_reads(const pat_setting *setting, pat_axis axis)
{
    for (pat_axis choice = 0; choice < PAT_AXES; choice++) {
        if (!pat_axis_of(choice)->is_choice)
            continue;
        const pat_operator *operator= pat_operator_in(setting, choice);
        if (choice == axis || (operator!= NULL &&(operator->axes & 1u << axis) != 0))
            return true;
    }
    return false;
}

bool pat_setting_uses(const pat_setting *setting, pat_axis axis)
{
    for (pat_axis choice = 0; choice < PAT_AXES; choice++) {
        if (!pat_axis_of(choice)->is_choice)
            continue;
        const pat_operator *operator= pat_operator_in(setting, choice);
        if (operator!= NULL &&(choice == axis || (operator->axes & 1u << axis) != 0) &&
            !pat_operator_is_idle(operator, setting))
            return true;
    }
    return false;
}

bool pat_setting_depends_on(const pat_setting *setting, pat_axis axis)
{
    if (pat_axis_of(axis)->is_choice)
        return true;
    pat_setting least = *setting, greatest = *setting;
    least.value[axis] = pat_axis_of(axis)->least;
    greatest.value[axis] = pat_axis_greatest(axis);
    return !pat_setting_same_effect(setting, &least) ||
           !pat_setting_same_effect(setting, &greatest);
}

static pat_status fail_outside(pat_axis axis, double value, pat_error *error)
{
    const pat_axis_row *row = pat_axis_of(axis);
    if (row->is_choice)
        return pat_fail(error, PAT_INVALID_ARGUMENT, "%s: %g is not an operator number", row->key,
                        value);
    return pat_fail(error, PAT_INVALID_ARGUMENT, "%s: %g is outside %g..%g", row->key, value,
                    row->least, row->greatest);
}

pat_status pat_setting_check(const pat_setting *setting, pat_error *error)
{
    for (pat_axis axis = 0; axis < PAT_AXES; axis++) {
        double value = setting->value[axis];
        bool has_meaning = pat_axis_of(axis)->is_choice || pat_setting_uses(setting, axis);
        if (has_meaning ? !pat_axis_allows(axis, value) : !isfinite(value))
            return fail_outside(axis, value, error);
    }
    return PAT_OK;
}

bool pat_setting_is_valid(const pat_setting *setting)
{
    return pat_setting_check(setting, NULL) == PAT_OK;
}

bool pat_setting_shows(const pat_setting *setting, pat_axis axis)
{
    return !pat_axis_of(axis)->is_optional ||
           setting->value[axis] != pat_setting_left_out(setting, axis);
}

bool pat_setting_tells(const pat_setting *setting, pat_axis axis)
{
    return pat_setting_uses(setting, axis) &&
           (!pat_axis_of(axis)->is_tacit || pat_setting_shows(setting, axis));
}

bool pat_setting_equal(const pat_setting *a, const pat_setting *b)
{
    for (int axis = 0; axis < PAT_AXES; axis++)
        if (a->value[axis] != b->value[axis])
            return false;
    return true;
}

bool pat_setting_same_effect(const pat_setting *a, const pat_setting *b)
{
    for (pat_axis axis = 0; axis < PAT_AXES; axis++) {
        bool used = pat_setting_uses(a, axis);
        if (used != pat_setting_uses(b, axis) || (used && a->value[axis] != b->value[axis]))
            return false;
    }
    return true;
}

bool pat_setting_is_idle(const pat_setting *setting)
{
    for (pat_axis axis = 0; axis < PAT_AXES; axis++)
        if (pat_setting_uses(setting, axis))
            return false;
    return true;
}

/* A value's rank for sorting: operators in the order of the default grid, then the others by
 * number; numeric values by size. */
static double rank(pat_axis axis, double value)
{
    const pat_axis_row *row = pat_axis_of(axis);
    char name[PAT_VALUE_TEXT_SIZE];
    if (!row->is_choice)
        return value;
    pat_value_format(axis, value, name);
    size_t length = strlen(name);
    int place = 0;
    for (const char *at = row->tried; *at != '\0'; place++) {
        size_t tried = strcspn(at, ",");
        if (tried == length && memcmp(at, name, length) == 0)
            return place;
        at += tried + (at[tried] == ',');
    }
    return place + value;
}

int pat_setting_compare(const pat_setting *a, const pat_setting *b)
{
    for (pat_axis axis = 0; axis < PAT_AXES; axis++) {
        double left = rank(axis, a->value[axis]), right = rank(axis, b->value[axis]);
        if (left != right)
            return left < right ? -1 : 1;
    }
    return 0;
}

static char *append(char *at, const char *end, const char *separator, const char *text)
{
    int length = snprintf(at, (size_t)(end - at), "%s%s", separator, text);
    return length < end - at ? at + length : at + strlen(at);
}

/* Append the numbers that sentences name, such as " (sigma 1, strength 1.5)", if any. */
static char *append_numbers(char *at, const char *end, const pat_setting *setting)
{
    const char *separator = " (";
    for (pat_axis axis = 0; axis < PAT_AXES; axis++) {
        if (pat_axis_of(axis)->is_choice || !pat_setting_tells(setting, axis))
            continue;
        char value[PAT_VALUE_TEXT_SIZE];
        at = append(at, end, separator, pat_axis_of(axis)->key);
        snprintf(value, sizeof value, "%.4g", setting->value[axis]);
        at = append(at, end, " ", value);
        separator = ", ";
    }
    return strcmp(separator, " (") == 0 ? at : append(at, end, ")", "");
}

const char *pat_setting_describe(const pat_setting *setting, char text[PAT_SETTING_TEXT_SIZE])
{
    char *at = text;
    const char *end = text + PAT_SETTING_TEXT_SIZE;
    *text = '\0';
    for (pat_axis axis = 0; axis < PAT_AXES; axis++)
        if (pat_axis_of(axis)->is_choice && pat_setting_uses(setting, axis))
            at = append(at, end, at == text ? "" : ", ", pat_operator_in(setting, axis)->words);
    append_numbers(at, end, setting);
    return text;
}
