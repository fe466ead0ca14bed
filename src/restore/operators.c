/* The table of operators. A new one needs a row here and a file op_NAME.c. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "restore/operator.h"

/* In the order of their numbers, which are stored in models: add new ones at the end. */
#define COLOR_OPERATORS(row) row(none) row(white_balance) row(levels) row(stretch) row(affine)

#define FILTERS(row)                                                                               \
    row(no_filter) row(unsharp) row(gaussian) row(median) row(bilateral) row(wiener)

#define DECLARE(name) extern const pat_operator pat_op_##name;
#define LIST(name) &pat_op_##name,

COLOR_OPERATORS(DECLARE)
FILTERS(DECLARE)

static const pat_operator *const colors[] = {COLOR_OPERATORS(LIST)};
static const pat_operator *const filters[] = {FILTERS(LIST)};

const pat_operator *pat_operator_of(pat_axis axis, double number)
{
    const pat_operator *const *table = axis == PAT_AXIS_COLOR ? colors : filters;
    size_t count = axis == PAT_AXIS_COLOR ? sizeof colors / sizeof colors[0]
                                          : sizeof filters / sizeof filters[0];
    bool is_number = number >= 0 && number < (double)count && number == floor(number);
    return is_number ? table[(size_t)number] : NULL;
}

const pat_operator *pat_operator_in(const pat_setting *setting, pat_axis axis)
{
    return pat_operator_of(axis, setting->value[axis]);
}

bool pat_operator_is_idle(const pat_operator *operator, const pat_setting * setting)
{
    return operator->is_idle != NULL && operator->is_idle(setting);
}

const char *pat_operator_name(pat_axis axis, int number)
{
    const pat_operator *operator= pat_operator_of(axis, number);
    return operator== NULL ? NULL : operator->name;
}

const char *pat_operator_words(pat_axis axis, int number)
{
    const pat_operator *operator= pat_operator_of(axis, number);
    return operator== NULL ? NULL : operator->words;
}

const char *pat_operator_help(pat_axis axis, int number)
{
    const pat_operator *operator= pat_operator_of(axis, number);
    return operator== NULL ? NULL : operator->help;
}

const char *pat_operator_names(pat_axis axis, char text[PAT_NAMES_TEXT_SIZE])
{
    size_t length = 0;
    *text = '\0';
    for (int i = 0; pat_operator_of(axis, i) != NULL && length < PAT_NAMES_TEXT_SIZE; i++)
        length += (size_t)snprintf(text + length, PAT_NAMES_TEXT_SIZE - length, "%s%s",
                                   i == 0 ? "" : ", ", pat_operator_name(axis, i));
    return text;
}
