#include "patina/grid.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/number.h"
#include "restore/operator.h"

/* ---- Reading --------------------------------------------------------------------------------- */

static const char *key_of(pat_axis axis)
{
    return pat_axis_of(axis)->key;
}

static pat_status fail_crowded(pat_axis axis, pat_error *error)
{
    return pat_fail(error, PAT_INVALID_ARGUMENT, "--grid: more than %d values of %s; list fewer",
                    PAT_AXIS_MAX, key_of(axis));
}

static pat_status fail_value(pat_axis axis, double value, const char *complaint, pat_error *error)
{
    char text[PAT_VALUE_TEXT_SIZE];
    return pat_fail(error, PAT_INVALID_ARGUMENT, "--grid: %s %s %s", key_of(axis),
                    pat_value_format(axis, value, text), complaint);
}

static pat_status add_value(pat_grid *grid, pat_axis axis, double value, pat_error *error)
{
    const pat_axis_row *row = pat_axis_of(axis);
    char complaint[64];
    snprintf(complaint, sizeof complaint, "is outside %g..%g", row->least, row->greatest);
    if (!pat_axis_allows(axis, value))
        return fail_value(axis, value, complaint, error);
    for (int i = 0; i < grid->count[axis]; i++)
        if (grid->value[axis][i] == value)
            return fail_value(axis, value, "is listed twice", error);
    if (grid->count[axis] == PAT_AXIS_MAX)
        return fail_crowded(axis, error);
    grid->value[axis][grid->count[axis]++] = value;
    return PAT_OK;
}

/* Parse "first:last:step" as three numbers. False if they are not a valid range. */
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

/* Round values to 12 digits, so that 0.1:0.5:0.1 gives 0.3, not 0.30000000000000004. */
static pat_status add_range(pat_grid *grid, pat_axis axis, const char *text, pat_error *error)
{
    double range[3];
    if (!parse_range(text, range))
        return pat_fail(error, PAT_INVALID_ARGUMENT,
                        "--grid: '%s' for %s is not a range first:last:step, with first <= last "
                        "and step > 0, such as 0.5:2:0.5",
                        text, key_of(axis));
    double steps = floor((range[1] - range[0]) / range[2] + 1e-9);
    if (steps >= PAT_AXIS_MAX)
        return fail_crowded(axis, error);
    pat_status status = PAT_OK;
    for (int i = 0; i <= (int)steps && status == PAT_OK; i++)
        status = add_value(grid, axis, pat_number_round(range[0] + i * range[2], 12), error);
    return status;
}

static pat_status add_text(pat_grid *grid, pat_axis axis, const char *text, pat_error *error)
{
    double value;
    char names[PAT_NAMES_TEXT_SIZE];
    bool is_choice = pat_axis_of(axis)->is_choice;
    if (!is_choice && strchr(text, ':') != NULL)
        return add_range(grid, axis, text, error);
    if (pat_value_parse(axis, text, &value))
        return add_value(grid, axis, value, error);
    if (is_choice)
        return pat_fail(error, PAT_INVALID_ARGUMENT, "--grid: %s '%s' is not one of %s",
                        key_of(axis), text, pat_operator_names(axis, names));
    return pat_fail(error, PAT_INVALID_ARGUMENT, "--grid: '%s' is not a number for %s", text,
                    key_of(axis));
}

/* Replace the values of an axis. text: "value,value,...", which is overwritten. */
static pat_status set_values(pat_grid *grid, pat_axis axis, char *text, pat_error *error)
{
    pat_status status = PAT_OK;
    grid->count[axis] = 0;
    for (char *item; status == PAT_OK && (item = strsep(&text, ",")) != NULL;)
        status = add_text(grid, axis, item, error);
    return status;
}

void pat_grid_init_default(pat_grid *grid)
{
    *grid = (pat_grid){0};
    for (pat_axis axis = 0; axis < PAT_AXES; axis++) {
        char tried[PAT_GRID_TEXT_SIZE];
        snprintf(tried, sizeof tried, "%s", pat_axis_of(axis)->tried);
        pat_status status = set_values(grid, axis, tried, NULL);
        assert(status == PAT_OK);
        (void)status;
    }
}

/* "color, filter, sigma, strength" */
static const char *all_keys(char text[PAT_NAMES_TEXT_SIZE])
{
    char *at = stpcpy(text, key_of(0));
    for (pat_axis axis = 1; axis < PAT_AXES; axis++)
        at = stpcpy(stpcpy(at, ", "), key_of(axis));
    return text;
}

/* Parse "name=value,value,...". `seen` has a bit for each axis parsed so far. */
static pat_status parse_axis(pat_grid *grid, char *text, unsigned *seen, pat_error *error)
{
    char keys[PAT_NAMES_TEXT_SIZE];
    char *values = strchr(text, '=');
    if (values == NULL)
        return pat_fail(error, PAT_INVALID_ARGUMENT,
                        "--grid: '%s' is not of the form axis=value,value with the axes %s", text,
                        all_keys(keys));
    *values++ = '\0';
    pat_axis axis = 0;
    while (axis < PAT_AXES && strcmp(text, key_of(axis)) != 0)
        axis++;
    if (axis == PAT_AXES)
        return pat_fail(error, PAT_INVALID_ARGUMENT,
                        "--grid: there is no axis '%s'; the axes are %s", text, all_keys(keys));
    if (*seen & 1u << axis)
        return pat_fail(error, PAT_INVALID_ARGUMENT, "--grid: axis %s appears twice", text);
    *seen |= 1u << axis;
    return set_values(grid, axis, values, error);
}

/* The axes of numbers that any operator of the grid reads, a bit each. */
static unsigned axes_read_by_any(const pat_grid *grid)
{
    unsigned axes = 0;
    for (pat_axis axis = 0; axis < PAT_AXES; axis++)
        for (int i = 0; i < grid->count[axis] && pat_axis_of(axis)->is_choice; i++)
            axes |= pat_operator_of(axis, grid->value[axis][i])->axes;
    return axes;
}

/* Fail if an axis of numbers was given values that no operator of the grid reads. */
static pat_status check_read(const pat_grid *grid, unsigned given, pat_error *error)
{
    unsigned read = axes_read_by_any(grid);
    for (pat_axis axis = 0; axis < PAT_AXES; axis++)
        if (!pat_axis_of(axis)->is_choice && (given & ~read & 1u << axis) != 0)
            return pat_fail(error, PAT_INVALID_ARGUMENT,
                            "--grid: %s has no effect with these operators; leave it out, or add "
                            "an operator that uses it",
                            key_of(axis));
    return PAT_OK;
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
    return status == PAT_OK ? check_read(grid, seen, error) : status;
}

/* ---- Writing --------------------------------------------------------------------------------- */

static bool is_default(const pat_grid *grid, pat_axis axis)
{
    pat_grid usual;
    pat_grid_init_default(&usual);
    bool same = grid->count[axis] == usual.count[axis];
    for (int i = 0; same && i < grid->count[axis]; i++)
        same = grid->value[axis][i] == usual.value[axis][i];
    return same;
}

bool pat_grid_shows(const pat_grid *grid, pat_axis axis)
{
    return !pat_axis_of(axis)->is_optional || !is_default(grid, axis);
}

void pat_grid_format(const pat_grid *grid, char text[PAT_GRID_TEXT_SIZE])
{
    _Static_assert(PAT_GRID_TEXT_SIZE > PAT_AXES * PAT_AXIS_MAX * 26 + 512, "every grid fits");
    char *at = text;
    unsigned read = axes_read_by_any(grid);
    for (pat_axis axis = 0; axis < PAT_AXES; axis++) {
        bool is_read = pat_axis_of(axis)->is_choice || (read & 1u << axis) != 0;
        if (!is_read || !pat_grid_shows(grid, axis))
            continue;
        at = stpcpy(stpcpy(at, at == text ? "" : ";"), key_of(axis));
        for (int i = 0; i < grid->count[axis]; i++) {
            char value[PAT_VALUE_TEXT_SIZE];
            at = stpcpy(at, i == 0 ? "=" : ",");
            at = stpcpy(at, pat_value_format(axis, grid->value[axis][i], value));
        }
    }
}

/* ---- Counting -------------------------------------------------------------------------------- */

/* The numeric axes that the operators at `place` read, as a set of bits. */
static unsigned axes_read(const pat_grid *grid, const int place[PAT_AXES])
{
    unsigned axes = 0;
    for (pat_axis axis = 0; axis < PAT_AXES; axis++)
        if (pat_axis_of(axis)->is_choice)
            axes |= pat_operator_of(axis, grid->value[axis][place[axis]])->axes;
    return axes;
}

/* Choose combination number `choice` of operators, varying the last axis fastest, and set every
 * other place to 0. Returns the number of combinations. */
static size_t choose(const pat_grid *grid, size_t choice, int place[PAT_AXES])
{
    size_t choices = 1;
    for (int axis = PAT_AXES - 1; axis >= 0; axis--) {
        size_t count = pat_axis_of((pat_axis)axis)->is_choice ? (size_t)grid->count[axis] : 1;
        place[axis] = (int)(choice / choices % count);
        choices *= count;
    }
    return choices;
}

/* The number of settings with the operators at `place`. */
static size_t count_of_choice(const pat_grid *grid, const int place[PAT_AXES])
{
    unsigned axes = axes_read(grid, place);
    size_t count = 1;
    for (int axis = 0; axis < PAT_AXES; axis++)
        count *= (axes & 1u << axis) != 0 ? (size_t)grid->count[axis] : 1;
    return count;
}

size_t pat_grid_count(const pat_grid *grid)
{
    int place[PAT_AXES];
    size_t count = 0, choices = choose(grid, 0, place);
    for (size_t choice = 0; choice < choices; choice++) {
        choose(grid, choice, place);
        count += count_of_choice(grid, place);
    }
    return count;
}

void pat_grid_place(const pat_grid *grid, size_t index, int place[PAT_AXES])
{
    size_t choice = 0;
    choose(grid, choice, place);
    for (size_t count; index >= (count = count_of_choice(grid, place)); index -= count)
        choose(grid, ++choice, place);
    unsigned axes = axes_read(grid, place);
    for (int axis = PAT_AXES - 1; axis >= 0; axis--) {
        if ((axes & 1u << axis) == 0)
            continue;
        place[axis] = (int)(index % (size_t)grid->count[axis]);
        index /= (size_t)grid->count[axis];
    }
}

size_t pat_grid_step(const pat_grid *grid, const int place[PAT_AXES], pat_axis axis)
{
    unsigned axes = axes_read(grid, place);
    size_t step = 1;
    for (pat_axis inner = axis + 1; inner < PAT_AXES; inner++)
        step *= (axes & 1u << inner) != 0 ? (size_t)grid->count[inner] : 1;
    return step;
}

pat_setting pat_grid_setting(const pat_grid *grid, size_t index)
{
    pat_setting setting = {{0}};
    int place[PAT_AXES];
    pat_grid_place(grid, index, place);
    unsigned axes = axes_read(grid, place);
    for (pat_axis axis = 0; axis < PAT_AXES; axis++)
        if (pat_axis_of(axis)->is_choice || (axes & 1u << axis) != 0)
            setting.value[axis] = grid->value[axis][place[axis]];
    return setting;
}

size_t pat_grid_find(const pat_grid *grid, const pat_setting *setting)
{
    size_t count = pat_grid_count(grid), index = 0;
    for (; index < count; index++) {
        pat_setting tried = pat_grid_setting(grid, index);
        if (pat_setting_equal(&tried, setting))
            break;
    }
    return index;
}

void pat_grid_init_single(pat_grid *grid, const pat_setting *setting)
{
    *grid = (pat_grid){0};
    for (pat_axis axis = 0; axis < PAT_AXES; axis++) {
        const pat_axis_row *row = pat_axis_of(axis);
        bool counts = row->is_choice || pat_setting_uses(setting, axis);
        grid->count[axis] = 1;
        grid->value[axis][0] = counts ? setting->value[axis] : row->least;
    }
}
