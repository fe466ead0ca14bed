/* The axes of settings: one row each. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/number.h"
#include "restore/operator.h"

static const pat_axis_row axes[PAT_AXES] = {
    [PAT_AXIS_COLOR] = {.key = "color",
                        .column = "color_method",
                        .header = "Patina-Color",
                        .target = "apply_color_correction",
                        .unit = "",
                        .is_choice = true,
                        .tried = "white_balance,none",
                        .help = "color correction"},
    [PAT_AXIS_FILTER] = {.key = "filter",
                         .column = "filter",
                         .header = "Patina-Filter",
                         .unit = "",
                         .is_choice = true,
                         .is_optional = true,
                         .tried = "unsharp",
                         .help = "the filter"},
    [PAT_AXIS_SIGMA] = {.key = "sigma",
                        .column = "sharpen_sigma",
                        .header = "Patina-Sigma",
                        .target = "sharpen_sigma",
                        .argument = "PX",
                        .unit = "px",
                        .least = PAT_SIGMA_MIN,
                        .greatest = PAT_SIGMA_MAX,
                        .tried = "0.5:2:0.5",
                        .help = "standard deviation of the filter's Gaussian blur"},
    [PAT_AXIS_STRENGTH] = {.key = "strength",
                           .column = "sharpen_strength",
                           .header = "Patina-Strength",
                           .target = "sharpen_strength",
                           .argument = "S",
                           .unit = "",
                           .least = 0,
                           .greatest = PAT_STRENGTH_MAX,
                           .tried = "0.5:2.5:0.5",
                           .help = "sharpening strength"},
    [PAT_AXIS_RANGE] = {.key = "range",
                        .column = "filter_range",
                        .header = "Patina-Range",
                        .argument = "LEVELS",
                        .unit = "gray levels",
                        .is_optional = true,
                        .least = 1,
                        .greatest = 255,
                        .tried = "20",
                        .help = "colors closer than about this are averaged (bilateral)"},
    [PAT_AXIS_NOISE] = {.key = "noise",
                        .column = "filter_noise",
                        .header = "Patina-Noise",
                        .argument = "RATIO",
                        .unit = "",
                        .is_optional = true,
                        .least = 0.0001,
                        .greatest = 10,
                        .tried = "0.01",
                        .help = "noise power divided by signal power (wiener)"},
    [PAT_AXIS_SCALE] = {.key = "scale",
                        .column = "filter_scale",
                        .header = "Patina-Scale",
                        .argument = "S",
                        .unit = "",
                        .is_optional = true,
                        .is_tacit = true,
                        .least = PAT_SCALE_MIN,
                        .greatest = 1,
                        .tried = "1",
                        .help = "scale at which the filter works; 1: full size"},
    [PAT_AXIS_RED_GAIN] = {.key = "red-gain",
                           .column = "red_gain",
                           .header = "Patina-Red-Gain",
                           .argument = "A",
                           .unit = "",
                           .is_optional = true,
                           .least = 0,
                           .greatest = PAT_AFFINE_GAIN_MAX,
                           .tried = "1",
                           .help = "factor of the red channel"},
    [PAT_AXIS_RED_OFFSET] = {.key = "red-offset",
                             .column = "red_offset",
                             .header = "Patina-Red-Offset",
                             .argument = "B",
                             .unit = "",
                             .is_optional = true,
                             .least = -PAT_AFFINE_OFFSET_MAX,
                             .greatest = PAT_AFFINE_OFFSET_MAX,
                             .tried = "0",
                             .help = "addition to the red channel, on a scale of 255"},
    [PAT_AXIS_GREEN_GAIN] = {.key = "green-gain",
                             .column = "green_gain",
                             .header = "Patina-Green-Gain",
                             .argument = "A",
                             .unit = "",
                             .is_optional = true,
                             .least = 0,
                             .greatest = PAT_AFFINE_GAIN_MAX,
                             .tried = "1",
                             .help = "factor of the green channel"},
    [PAT_AXIS_GREEN_OFFSET] = {.key = "green-offset",
                               .column = "green_offset",
                               .header = "Patina-Green-Offset",
                               .argument = "B",
                               .unit = "",
                               .is_optional = true,
                               .least = -PAT_AFFINE_OFFSET_MAX,
                               .greatest = PAT_AFFINE_OFFSET_MAX,
                               .tried = "0",
                               .help = "addition to the green channel, on a scale of 255"},
    [PAT_AXIS_BLUE_GAIN] = {.key = "blue-gain",
                            .column = "blue_gain",
                            .header = "Patina-Blue-Gain",
                            .argument = "A",
                            .unit = "",
                            .is_optional = true,
                            .least = 0,
                            .greatest = PAT_AFFINE_GAIN_MAX,
                            .tried = "1",
                            .help = "factor of the blue channel"},
    [PAT_AXIS_BLUE_OFFSET] = {.key = "blue-offset",
                              .column = "blue_offset",
                              .header = "Patina-Blue-Offset",
                              .argument = "B",
                              .unit = "",
                              .is_optional = true,
                              .least = -PAT_AFFINE_OFFSET_MAX,
                              .greatest = PAT_AFFINE_OFFSET_MAX,
                              .tried = "0",
                              .help = "addition to the blue channel, on a scale of 255"},
};

const pat_axis_row *pat_axis_of(pat_axis axis)
{
    return &axes[axis];
}

double pat_axis_greatest(pat_axis axis)
{
    if (!axes[axis].is_choice)
        return axes[axis].greatest;
    int number = 0;
    while (pat_operator_of(axis, number + 1) != NULL)
        number++;
    return number;
}

bool pat_axis_allows(pat_axis axis, double value)
{
    if (axes[axis].is_choice)
        return pat_operator_of(axis, value) != NULL;
    return value >= axes[axis].least && value <= axes[axis].greatest;
}

const char *pat_value_format(pat_axis axis, double value, char text[PAT_VALUE_TEXT_SIZE])
{
    _Static_assert((int)PAT_VALUE_TEXT_SIZE >= (int)PAT_NUMBER_TEXT_SIZE, "numbers fit");
    const pat_operator *operator= axes[axis].is_choice ? pat_operator_of(axis, value) : NULL;
    if (operator!= NULL)
        snprintf(text, PAT_VALUE_TEXT_SIZE, "%s", operator->name);
    else
        pat_number_format(value, text);
    return text;
}

bool pat_value_parse(pat_axis axis, const char *text, double *value)
{
    if (!axes[axis].is_choice)
        return pat_number_parse(text, value);
    for (int number = 0; number <= pat_axis_greatest(axis); number++)
        if (strcmp(text, pat_operator_name(axis, number)) == 0) {
            *value = number;
            return true;
        }
    return false;
}
