#include "patina/grid.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/number.h"
#include "patina/restore.h"

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

static pat_status axis_fail(const struct axis *axis, double value, const char *complaint,
                            pat_error *error)
{
    char text[PAT_NUMBER_TEXT_SIZE];
    pat_number_format(value, text);
    return pat_fail(error, PAT_INVALID_ARGUMENT, "--grid: %s %s %s", axis->name, text, complaint);
}

static pat_status axis_fail_crowded(const struct axis *axis, pat_error *error)
{
    return pat_fail(error, PAT_INVALID_ARGUMENT, "--grid: more than %d values of %s", PAT_AXIS_MAX,
                    axis->name);
}

static pat_status axis_add(const struct axis *axis, double value, pat_error *error)
{
    char complaint[64];
    snprintf(complaint, sizeof complaint, "is outside %g..%g", axis->minimum, axis->maximum);
    if (!(value >= axis->minimum && value <= axis->maximum))
        return axis_fail(axis, value, complaint, error);
    for (int i = 0; i < *axis->count; i++)
        if (axis->value[i] == value)
            return axis_fail(axis, value, "is listed twice", error);
    if (*axis->count == PAT_AXIS_MAX)
        return axis_fail_crowded(axis, error);
    axis->value[(*axis->count)++] = value;
    return PAT_OK;
}

/* "first:last:step" as three numbers that make a range. */
static bool parse_range(const char *text, double range[3])
{
    char copy[PAT_GRID_TEXT_SIZE], *rest = copy;
    strcpy(copy, text);
    for (int i = 0; i < 3; i++) {
        const char *part = strsep(&rest, ":");
        if (part == NULL || !pat_number_parse(part, &range[i]) || !isfinite(range[i]))
            return false;
    }
    return rest == NULL && range[1] >= range[0] && range[2] > 0;
}

/* Values are rounded to 12 digits, so that 0.1:0.5:0.1 gives 0.3, not 0.30000000000000004. */
static pat_status axis_add_range(const struct axis *axis, const char *text, pat_error *error)
{
    double range[3];
    if (!parse_range(text, range))
        return pat_fail(error, PAT_INVALID_ARGUMENT,
                        "--grid: '%s' of %s is not a range first:last:step, with first <= last "
                        "and step > 0, such as 0.5:2:0.5",
                        text, axis->name);
    double steps = floor((range[1] - range[0]) / range[2] + 1e-9);
    if (steps >= PAT_AXIS_MAX)
        return axis_fail_crowded(axis, error);
    pat_status status = PAT_OK;
    for (int i = 0; i <= (int)steps && status == PAT_OK; i++)
        status = axis_add(axis, pat_number_round(range[0] + i * range[2], 12), error);
    return status;
}

static pat_status axis_add_text(const struct axis *axis, const char *text, pat_error *error)
{
    double value;
    if (strchr(text, ':') != NULL)
        return axis_add_range(axis, text, error);
    if (pat_number_parse(text, &value))
        return axis_add(axis, value, error);
    return pat_fail(error, PAT_INVALID_ARGUMENT, "--grid: '%s' is not a number of %s", text,
                    axis->name);
}

static pat_status add_color(pat_grid *grid, const char *name, pat_error *error)
{
    pat_color_method method;
    if (!pat_color_method_parse(name, &method))
        return pat_fail(error, PAT_INVALID_ARGUMENT,
                        "--grid: color '%s' is not one of white_balance, none, levels", name);
    for (int i = 0; i < grid->colors; i++)
        if (grid->color[i] == method)
            return pat_fail(error, PAT_INVALID_ARGUMENT, "--grid: color %s is listed twice", name);
    grid->color[grid->colors++] = method;
    return PAT_OK;
}

enum { COLOR, SIGMA, STRENGTH, AXES };

/* "name=value,value,...". `seen` has a bit for each axis read. */
static pat_status parse_axis(pat_grid *grid, char *text, unsigned *seen, pat_error *error)
{
    static const char *const names[AXES] = {"color", "sigma", "strength"};
    const struct axis numeric[AXES] = {
        [SIGMA] = {"sigma", PAT_SIGMA_MIN, PAT_SIGMA_MAX, grid->sigma, &grid->sigmas},
        [STRENGTH] = {"strength", 0, PAT_STRENGTH_MAX, grid->strength, &grid->strengths},
    };
    char *values = strchr(text, '=');
    if (values == NULL)
        return pat_fail(error, PAT_INVALID_ARGUMENT,
                        "--grid: '%s' is not of the form axis=value,value with the axes color, "
                        "sigma, strength",
                        text);
    *values++ = '\0';
    int axis = 0;
    while (axis < AXES && strcmp(text, names[axis]) != 0)
        axis++;
    if (axis == AXES)
        return pat_fail(error, PAT_INVALID_ARGUMENT,
                        "--grid: no axis is called '%s'; the axes are color, sigma, strength",
                        text);
    if (*seen & 1u << axis)
        return pat_fail(error, PAT_INVALID_ARGUMENT, "--grid: axis %s is given twice", text);
    *seen |= 1u << axis;

    *(axis == COLOR ? &grid->colors : numeric[axis].count) = 0;
    pat_status status = PAT_OK;
    for (char *item; status == PAT_OK && (item = strsep(&values, ",")) != NULL;)
        status = axis == COLOR ? add_color(grid, item, error)
                               : axis_add_text(&numeric[axis], item, error);
    return status;
}

pat_status pat_grid_parse(pat_grid *grid, const char *text, pat_error *error)
{
    char copy[PAT_GRID_TEXT_SIZE], *rest = copy;
    if (strlen(text) >= sizeof copy)
        return pat_fail(error, PAT_INVALID_ARGUMENT, "--grid: the text is longer than %zu bytes",
                        sizeof copy - 1);
    if (*text == '\0')
        return pat_fail(error, PAT_INVALID_ARGUMENT,
                        "--grid: the text is empty; try 'sigma=0.5:2:0.5;strength=0,0.5,1'");
    strcpy(copy, text);
    pat_grid_init_default(grid);
    unsigned seen = 0;
    pat_status status = PAT_OK;
    for (char *part; status == PAT_OK && (part = strsep(&rest, ";")) != NULL;)
        status = parse_axis(grid, part, &seen, error);
    return status;
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

bool pat_setting_equal(const pat_setting *a, const pat_setting *b)
{
    return a->color == b->color && a->sigma == b->sigma && a->strength == b->strength;
}

bool pat_setting_same_effect(const pat_setting *a, const pat_setting *b)
{
    return a->color == b->color && a->strength == b->strength &&
           (a->sigma == b->sigma || a->strength == 0);
}

bool pat_setting_is_idle(const pat_setting *setting)
{
    return setting->color == PAT_COLOR_NONE && setting->strength == 0;
}
