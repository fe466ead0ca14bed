#include "patina/grid.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/number.h"
#include "patina/restore.h"

static const char *const color_names[] = {
    [PAT_COLOR_WHITE_BALANCE] = "white_balance",
    [PAT_COLOR_NONE] = "none",
};

const char *pat_color_method_name(pat_color_method method)
{
    return color_names[method];
}

void pat_grid_init_default(pat_grid *grid)
{
    *grid = (pat_grid){
        .colors = 2,
        .sigmas = 4,
        .strengths = 5,
        .color = {PAT_COLOR_WHITE_BALANCE, PAT_COLOR_NONE},
        .sigma = {0.5, 1.0, 1.5, 2.0},
        .strength = {0.5, 1.0, 1.5, 2.0, 2.5},
    };
}

/* A numeric axis while it is read. */
struct axis {
    const char *name;
    double minimum, maximum;
    double *value;
    int *count;
};

static pat_status axis_add(const struct axis *axis, double value, pat_error *error)
{
    if (!(value >= axis->minimum && value <= axis->maximum))
        return pat_fail(error, PAT_INVALID_ARGUMENT, "--grid: %s %g is outside %g..%g", axis->name,
                        value, axis->minimum, axis->maximum);
    for (int i = 0; i < *axis->count; i++)
        if (axis->value[i] == value)
            return pat_fail(error, PAT_INVALID_ARGUMENT, "--grid: %s %g is listed twice",
                            axis->name, value);
    if (*axis->count == PAT_AXIS_MAX)
        return pat_fail(error, PAT_INVALID_ARGUMENT, "--grid: more than %d values of %s",
                        PAT_AXIS_MAX, axis->name);
    axis->value[(*axis->count)++] = value;
    return PAT_OK;
}

/* first:last:step. Values are rounded to 12 digits, so that 0.1:0.5:0.1 gives 0.3, not
 * 0.30000000000000004. */
static pat_status axis_add_range(const struct axis *axis, char *text, pat_error *error)
{
    char *save = NULL;
    const char *part[3];
    for (int i = 0; i < 3; i++) {
        part[i] = strtok_r(i == 0 ? text : NULL, ":", &save);
        if (part[i] == NULL)
            return pat_fail(error, PAT_INVALID_ARGUMENT,
                            "--grid: a range of %s needs first:last:step, as in 0.5:2:0.5",
                            axis->name);
    }
    double first, last, step;
    if (*save != '\0' || !pat_number_parse(part[0], &first) || !pat_number_parse(part[1], &last) ||
        !pat_number_parse(part[2], &step) || !(step > 0) || !(last >= first) || isinf(last))
        return pat_fail(error, PAT_INVALID_ARGUMENT,
                        "--grid: '%s:%s:%s' is not a range first:last:step of %s with first <= "
                        "last and step > 0", part[0], part[1], part[2], axis->name);
    double steps = floor((last - first) / step + 1e-9);
    if (steps >= PAT_AXIS_MAX)
        return pat_fail(error, PAT_INVALID_ARGUMENT, "--grid: more than %d values of %s",
                        PAT_AXIS_MAX, axis->name);
    for (int i = 0; i <= (int)steps; i++) {
        pat_status status = axis_add(axis, pat_number_round(first + i * step, 12), error);
        if (status != PAT_OK)
            return status;
    }
    return PAT_OK;
}

static pat_status parse_numbers(const struct axis *axis, char *values, pat_error *error)
{
    *axis->count = 0;
    char *save = NULL;
    for (char *item = strtok_r(values, ",", &save); item; item = strtok_r(NULL, ",", &save)) {
        pat_status status;
        double value;
        if (strchr(item, ':') != NULL)
            status = axis_add_range(axis, item, error);
        else if (pat_number_parse(item, &value))
            status = axis_add(axis, value, error);
        else
            status = pat_fail(error, PAT_INVALID_ARGUMENT, "--grid: '%s' is not a number of %s",
                              item, axis->name);
        if (status != PAT_OK)
            return status;
    }
    return PAT_OK;
}

static pat_status parse_colors(pat_grid *grid, char *values, pat_error *error)
{
    grid->colors = 0;
    char *save = NULL;
    for (char *item = strtok_r(values, ",", &save); item; item = strtok_r(NULL, ",", &save)) {
        int method = strcmp(item, color_names[PAT_COLOR_WHITE_BALANCE]) == 0
                         ? PAT_COLOR_WHITE_BALANCE
                     : strcmp(item, color_names[PAT_COLOR_NONE]) == 0 ? PAT_COLOR_NONE
                                                                      : -1;
        if (method < 0)
            return pat_fail(error, PAT_INVALID_ARGUMENT,
                            "--grid: color '%s' is not one of white_balance, none", item);
        if (grid->colors > 0 && (grid->colors == 2 || grid->color[0] == (unsigned)method))
            return pat_fail(error, PAT_INVALID_ARGUMENT, "--grid: color %s is listed twice", item);
        grid->color[grid->colors++] = (pat_color_method)method;
    }
    return PAT_OK;
}

static pat_status parse_axis(pat_grid *grid, char *text, pat_error *error)
{
    char *values = strchr(text, '=');
    if (values == NULL || values[1] == '\0')
        return pat_fail(error, PAT_INVALID_ARGUMENT,
                        "--grid: '%s' is not of the form axis=value,value with the axes color, "
                        "sigma, strength", text);
    *values++ = '\0';
    if (strcmp(text, "color") == 0)
        return parse_colors(grid, values, error);
    if (strcmp(text, "sigma") == 0)
        return parse_numbers(&(struct axis){"sigma", PAT_SIGMA_MIN, PAT_SIGMA_MAX, grid->sigma,
                                     &grid->sigmas}, values, error);
    if (strcmp(text, "strength") == 0)
        return parse_numbers(&(struct axis){"strength", 0, PAT_STRENGTH_MAX, grid->strength,
                                     &grid->strengths}, values, error);
    return pat_fail(error, PAT_INVALID_ARGUMENT,
                    "--grid: no axis is called '%s'; the axes are color, sigma, strength", text);
}

pat_status pat_grid_parse(pat_grid *grid, const char *text, pat_error *error)
{
    char copy[PAT_GRID_TEXT_SIZE];
    if (strlen(text) >= sizeof copy)
        return pat_fail(error, PAT_INVALID_ARGUMENT, "--grid: the text is longer than %zu bytes",
                        sizeof copy - 1);
    memcpy(copy, text, strlen(text) + 1);
    pat_grid_init_default(grid);
    unsigned seen = 0;
    char *save = NULL;
    char *part = strtok_r(copy, ";", &save);
    if (part == NULL)
        return pat_fail(error, PAT_INVALID_ARGUMENT,
                        "--grid: the text is empty; try 'sigma=0.5:2:0.5;strength=0,0.5,1'");
    for (; part != NULL; part = strtok_r(NULL, ";", &save)) {
        pat_status status = parse_axis(grid, part, error);
        if (status != PAT_OK)
            return status;
        unsigned bit = 1u << (part[0] == 'c' ? 0 : part[1] == 'i' ? 1 : 2);
        if (seen & bit)
            return pat_fail(error, PAT_INVALID_ARGUMENT, "--grid: axis %s is given twice", part);
        seen |= bit;
    }
    if (grid->colors == 0 || grid->sigmas == 0 || grid->strengths == 0)
        return pat_fail(error, PAT_INVALID_ARGUMENT, "--grid: an axis in '%s' has no value", text);
    return PAT_OK;
}

static char *append_numbers(char *at, const char *name, const double *value, int count)
{
    at = stpcpy(at, name);
    for (int i = 0; i < count; i++) {
        char number[PAT_NUMBER_TEXT_SIZE];
        pat_number_format(value[i], number);
        at = stpcpy(stpcpy(at, i == 0 ? "=" : ","), number);
    }
    return at;
}

void pat_grid_format(const pat_grid *grid, char text[PAT_GRID_TEXT_SIZE])
{
    _Static_assert(PAT_GRID_TEXT_SIZE > 2 * PAT_AXIS_MAX * 26 + 64, "every grid fits");
    char *at = stpcpy(text, "color");
    for (int i = 0; i < grid->colors; i++)
        at = stpcpy(stpcpy(at, i == 0 ? "=" : ","), pat_color_method_name(grid->color[i]));
    at = append_numbers(at, ";sigma", grid->sigma, grid->sigmas);
    append_numbers(at, ";strength", grid->strength, grid->strengths);
}

size_t pat_grid_count(const pat_grid *grid)
{
    return (size_t)grid->colors * (size_t)grid->sigmas * (size_t)grid->strengths;
}

pat_setting pat_grid_setting(const pat_grid *grid, size_t index)
{
    size_t strengths = (size_t)grid->strengths, sigmas = (size_t)grid->sigmas;
    return (pat_setting){
        .color = grid->color[index / (strengths * sigmas)],
        .sigma = grid->sigma[index / strengths % sigmas],
        .strength = grid->strength[index % strengths],
    };
}
