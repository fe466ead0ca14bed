/* One restoration setting as options: a row for each axis. */
#include <stdio.h>
#include <string.h>

#include "shared_options.h"

static const char *color_name(int number)
{
    return pat_operator_name(PAT_AXIS_COLOR, number);
}

static const char *filter_name(int number)
{
    return pat_operator_name(PAT_AXIS_FILTER, number);
}

static const char *(*const names[PAT_AXES])(int number) = {
    [PAT_AXIS_COLOR] = color_name,
    [PAT_AXIS_FILTER] = filter_name,
};

enum { HELP_SIZE = 160 };

/* "For all images: " and the axis's help, with the limits if it is a number. */
static const char *make_help(const pat_axis_row *axis, char help[HELP_SIZE])
{
    int length = snprintf(help, HELP_SIZE, "For all images: %s", axis->help);
    if (!axis->is_choice)
        snprintf(help + length, (size_t)(HELP_SIZE - length), ", %g..%g%s%s", axis->least,
                 axis->greatest, *axis->unit == '\0' ? "" : " ", axis->unit);
    return help;
}

static option_row make_row(pat_axis axis, char help[HELP_SIZE])
{
    const pat_axis_row *row = pat_axis_of(axis);
    return (option_row){
        .name = row->key,
        .argument = row->is_choice ? NULL : row->argument,
        .type = row->is_choice ? OPTION_NAMED_NUMBER : OPTION_NUMBER,
        .offset = offsetof(pat_setting, value) + (size_t)axis * sizeof(double),
        .size = sizeof(double),
        .choices = names[axis],
        .lowest = row->least,
        .highest = row->greatest,
        .help = make_help(row, help),
    };
}

const option_row *setting_rows(void)
{
    static option_row rows[PAT_AXES + 1];
    static char help[PAT_AXES][HELP_SIZE];
    for (pat_axis axis = 0; axis < PAT_AXES; axis++)
        rows[axis] = make_row(axis, help[axis]);
    return rows;
}

const char *setting_keys(void)
{
    static char keys[PAT_AXES * 16];
    size_t length = 0;
    for (pat_axis axis = 0; axis < PAT_AXES && length < sizeof keys; axis++)
        length += (size_t)snprintf(keys + length, sizeof keys - length, "%s%s",
                                   axis == 0 ? "" : " ", pat_axis_of(axis)->key);
    return keys;
}

/* Whether the setting's operator of this choice reads the axis. */
static bool operator_reads(const pat_setting *setting, pat_axis choice, pat_axis axis)
{
    pat_setting alone = {{0}};
    alone.value[choice] = setting->value[choice];
    return pat_setting_reads(&alone, axis);
}

/* If a number that an operator reads is given, its others must be given too, unless the operator
 * does something without them. */
static void check_operator(const option_line *line, const pat_setting *setting, pat_axis choice)
{
    const char *given = NULL;
    for (pat_axis axis = 0; axis < PAT_AXES; axis++)
        if (!pat_axis_of(axis)->is_choice && operator_reads(setting, choice, axis) &&
            option_given(line, pat_axis_of(axis)->key) != NULL)
            given = pat_axis_of(axis)->key;
    for (pat_axis axis = 0; axis < PAT_AXES && given != NULL; axis++) {
        const pat_axis_row *row = pat_axis_of(axis);
        if (!row->is_choice && option_given(line, row->key) == NULL && !row->is_optional &&
            operator_reads(setting, choice, axis) && pat_setting_depends_on(setting, axis) &&
            (!pat_setting_uses(setting, choice) || !pat_axis_allows(axis, setting->value[axis])))
            option_fail(line, "--%s needs --%s, the %s", given, row->key, row->help);
    }
}

/* Refuse an operator that does nothing because none of its numbers, all optional, is given. */
static void check_idle(const option_line *line, const pat_setting *setting, pat_axis choice)
{
    char numbers[PAT_NAMES_TEXT_SIZE] = "";
    bool reads = false;
    if (option_given(line, pat_axis_of(choice)->key) == NULL || pat_setting_uses(setting, choice))
        return;
    for (pat_axis axis = 0; axis < PAT_AXES; axis++) {
        const pat_axis_row *row = pat_axis_of(axis);
        if (row->is_choice || !operator_reads(setting, choice, axis))
            continue;
        if (option_given(line, row->key) != NULL)
            return; /* the user gave a number with which it does nothing */
        size_t length = strlen(numbers);
        snprintf(numbers + length, sizeof numbers - length, "%s--%s", reads ? ", " : "", row->key);
        reads = true;
    }
    if (reads)
        option_fail(line, "--%s %s does nothing without a number; give at least one of %s",
                    pat_axis_of(choice)->key,
                    pat_operator_name(choice, (int)setting->value[choice]), numbers);
}

/* A filter may need a number even if none is given. */
static void check_used(const option_line *line, const pat_setting *setting)
{
    for (pat_axis axis = 0; axis < PAT_AXES; axis++) {
        const pat_axis_row *row = pat_axis_of(axis);
        if (!row->is_choice && pat_setting_uses(setting, axis) &&
            !pat_axis_allows(axis, setting->value[axis]))
            option_fail(line, "--filter needs --%s, the %s", row->key, row->help);
    }
}

void check_setting(const option_line *line, void *target)
{
    pat_setting *setting = target;
    for (pat_axis axis = 0; axis < PAT_AXES; axis++) {
        const pat_axis_row *row = pat_axis_of(axis);
        if (row->is_choice)
            continue;
        if (option_given(line, row->key) == NULL)
            setting->value[axis] = pat_setting_left_out(setting, axis);
        else if (!pat_setting_reads(setting, axis))
            option_fail(line, "--%s has no effect with these operators; leave it out", row->key);
    }
    for (pat_axis choice = 0; choice < PAT_AXES; choice++)
        if (pat_axis_of(choice)->is_choice) {
            check_operator(line, setting, choice);
            check_idle(line, setting, choice);
        }
    check_used(line, setting);
}
