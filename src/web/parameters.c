#include "web/parameters.h"

#include <string.h>

#include "base/error.h"
#include "base/number.h"

static pat_status set_number(const char *name, const char *text, double minimum, double maximum,
                             double *number, pat_error *error)
{
    double value;
    if (!pat_number_parse(text, &value) || !(value >= minimum && value <= maximum))
        return pat_fail(error, PAT_INVALID_ARGUMENT, "%s: '%s' is not a number in %g..%g", name,
                        text, minimum, maximum);
    *number = value;
    return PAT_OK;
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

static pat_status set_color(pat_restore_order *order, const char *text, pat_error *error)
{
    order->color = true;
    if (pat_color_method_parse(text, &order->setting.color))
        return PAT_OK;
    return pat_fail(error, PAT_INVALID_ARGUMENT,
                    "color: '%s' is not one of white_balance, levels, none", text);
}

static pat_status set_sigma(pat_restore_order *order, const char *text, pat_error *error)
{
    order->sigma = true;
    return set_number("sigma", text, PAT_SIGMA_MIN, PAT_SIGMA_MAX, &order->setting.sigma, error);
}

static pat_status set_strength(pat_restore_order *order, const char *text, pat_error *error)
{
    order->strength = true;
    return set_number("strength", text, 0, PAT_STRENGTH_MAX, &order->setting.strength, error);
}

static pat_status set_format(pat_restore_order *order, const char *text, pat_error *error)
{
    char names[PAT_FORMAT_WORDS_SIZE];
    order->format = pat_format_find(text);
    if (order->format != PAT_FORMAT_NONE)
        return PAT_OK;
    return pat_fail(error, PAT_INVALID_ARGUMENT, "format: '%s' is not one of %s", text,
                    pat_format_words(PAT_LIST_NAMES, ", ", names));
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
    {"color", set_color},   {"sigma", set_sigma},     {"strength", set_strength},
    {"format", set_format}, {"quality", set_quality}, {"strip", set_strip},
};

pat_status pat_parameter_set(pat_restore_order *order, unsigned *given, const char *name,
                             const char *value, pat_error *error)
{
    for (size_t i = 0; i < sizeof parameters / sizeof *parameters; i++) {
        if (strcmp(name, parameters[i].name) != 0)
            continue;
        if ((*given & 1u << i) != 0)
            return pat_fail(error, PAT_INVALID_ARGUMENT, "%s: is given twice; give it once", name);
        *given |= 1u << i;
        return parameters[i].set(order, value, error);
    }
    return pat_fail(error, PAT_INVALID_ARGUMENT,
                    "'%s' is no parameter; there are color, sigma, strength, format, quality and "
                    "strip",
                    name);
}
