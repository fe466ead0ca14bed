#include "web/parameters.h"

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/number.h"

/* Set the value of an axis. */
static pat_status set_axis(pat_restore_order *order, pat_axis axis, const char *text,
                           pat_error *error)
{
    const pat_axis_row *row = pat_axis_of(axis);
    char names[PAT_NAMES_TEXT_SIZE];
    double *value = &order->setting.value[axis];
    order->given[axis] = true;
    if (pat_value_parse(axis, text, value) && pat_axis_allows(axis, *value))
        return PAT_OK;
    if (row->is_choice)
        return pat_fail(error, PAT_INVALID_ARGUMENT, "%s: '%s' is not one of %s", row->key, text,
                        pat_operator_names(axis, names));
    return pat_fail(error, PAT_INVALID_ARGUMENT, "%s: '%s' is not a number in %g..%g", row->key,
                    text, row->least, row->greatest);
}

static pat_status set_whole(const char *name, const char *text, int minimum, int maximum,
                            int *number, pat_error *error)
{
    double value;
    if (!pat_number_parse(text, &value) || !(value >= minimum && value <= maximum) ||
        value != (int)value)
        return pat_fail(error, PAT_INVALID_ARGUMENT, "%s: '%s' is not a whole number in %d..%d",
                        name, text, minimum, maximum);
    *number = (int)value;
    return PAT_OK;
}

static pat_status set_format(pat_restore_order *order, const char *text, pat_error *error)
{
    char names[PAT_FORMAT_WORDS_SIZE];
    order->format = pat_format_find(text);
    if (pat_format_is_written(order->format))
        return PAT_OK;
    return pat_fail(error, PAT_INVALID_ARGUMENT, "format: '%s' is not one of %s", text,
                    pat_format_words(PAT_LIST_WRITTEN, ", ", names));
}

static pat_status set_quality(pat_restore_order *order, const char *text, pat_error *error)
{
    return set_whole("quality", text, 1, 100, &order->quality, error);
}

static pat_status set_strip(pat_restore_order *order, const char *text, pat_error *error)
{
    int value = 0;
    pat_status status = set_whole("strip", text, 0, 1, &value, error);
    order->strip = value == 1;
    return status;
}

static const struct parameter {
    const char *name;
    pat_status (*set)(pat_restore_order *order, const char *text, pat_error *error);
} parameters[] = {
    {"format", set_format},
    {"quality", set_quality},
    {"strip", set_strip},
};

/* The name of parameter `i`: first the axes, then the others; NULL beyond the last. */
static const char *name_of(size_t i)
{
    if (i < PAT_AXES)
        return pat_axis_of((pat_axis)i)->key;
    return i - PAT_AXES < sizeof parameters / sizeof *parameters ? parameters[i - PAT_AXES].name
                                                                 : NULL;
}

static pat_status fail_unknown(const char *name, pat_error *error)
{
    char names[256];
    size_t length = 0;
    for (size_t i = 0; name_of(i) != NULL && length < sizeof names; i++)
        length += (size_t)snprintf(names + length, sizeof names - length, "%s%s",
                                   i == 0                   ? ""
                                   : name_of(i + 1) == NULL ? " and "
                                                            : ", ",
                                   name_of(i));
    return pat_fail(error, PAT_INVALID_ARGUMENT, "unknown parameter '%s'; the parameters are %s",
                    name, names);
}

pat_status pat_parameter_set(pat_restore_order *order, unsigned *given, const char *name,
                             const char *value, pat_error *error)
{
    for (size_t i = 0; name_of(i) != NULL; i++) {
        if (strcmp(name, name_of(i)) != 0)
            continue;
        if ((*given & 1u << i) != 0)
            return pat_fail(error, PAT_INVALID_ARGUMENT, "%s: given twice; give it once", name);
        *given |= 1u << i;
        return i < PAT_AXES ? set_axis(order, (pat_axis)i, value, error)
                            : parameters[i - PAT_AXES].set(order, value, error);
    }
    return fail_unknown(name, error);
}
