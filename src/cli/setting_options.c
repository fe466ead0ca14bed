/* One restoration setting as options: a row for each axis. */
#include "shared_options.h"

static const char *color_name(int number)
{
    return number < PAT_COLOR_METHODS ? pat_color_method_name((pat_color_method)number) : NULL;
}

const option_row *setting_rows(void)
{
    static const option_row rows[] = {
        {"color", .type = OPTION_CHOICE, OPTION_TARGET(pat_setting, color), .choices = color_name,
         .standard = "none", .help = "Correct the colors of all images by this method"},
        {"sigma", .argument = "PX", .type = OPTION_NUMBER, OPTION_TARGET(pat_setting, sigma),
         .lowest = PAT_SIGMA_MIN, .highest = PAT_SIGMA_MAX,
         .help = "Sharpen all images with a blur of this sigma, 0.01..20 pixels"},
        {"strength", .argument = "S", .type = OPTION_NUMBER, OPTION_TARGET(pat_setting, strength),
         .lowest = 0, .highest = PAT_STRENGTH_MAX, .standard = "0, no sharpening",
         .help = "Sharpen all images by this strength, 0..100"},
        {0},
    };
    return rows;
}

void check_setting(const option_line *line, void *target)
{
    const pat_setting *setting = target;
    if (setting->strength > 0 && option_given(line, "sigma") == NULL)
        option_fail(line, "--strength needs --sigma, the width of the blur to sharpen with");
    option_need(line, "sigma", "strength", "give --strength too, the amount of sharpening");
}
