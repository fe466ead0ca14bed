#include "web/axes.h"

#include "patina/grid.h"
#include "restore/operator.h"
#include "run/facts_json.h"

/* Whether the operator does nothing when this axis has its least value. */
static bool is_off_at_least(pat_axis choice, int number, pat_axis axis)
{
    pat_setting setting = pat_setting_default();
    for (pat_axis i = 0; i < PAT_AXES; i++)
        if (!pat_axis_of(i)->is_choice)
            setting.value[i] = pat_axis_greatest(i);
    setting.value[choice] = number;
    setting.value[axis] = pat_axis_of(axis)->least;
    return pat_operator_is_idle(pat_operator_of(choice, number), &setting);
}

static json_t *operator_value(pat_axis choice, int number)
{
    const pat_operator *operator= pat_operator_of(choice, number);
    json_t *reads = json_array(), *off = json_array();
    for (pat_axis axis = 0; axis < PAT_AXES; axis++) {
        if ((operator->axes & 1u << axis) == 0)
            continue;
        pat_json_append(&reads, json_string(pat_axis_of(axis)->key));
        if (is_off_at_least(choice, number, axis))
            pat_json_append(&off, json_string(pat_axis_of(axis)->key));
    }
    return json_pack("{s:s, s:s, s:s, s:b, s:o, s:o}", "name", operator->name,
                     "words", operator->words, "help", operator->help, "default",
                     pat_setting_default().value[choice] == number, "reads", reads, "off_at_least",
                     off);
}

static json_t *operators_value(pat_axis axis)
{
    json_t *operators = json_array();
    for (int i = 0; pat_operator_of(axis, i) != NULL; i++)
        pat_json_append(&operators, operator_value(axis, i));
    return operators;
}

static json_t *axis_value(pat_axis axis, const pat_grid *grid)
{
    const pat_axis_row *row = pat_axis_of(axis);
    json_t *value = json_pack("{s:s, s:s, s:s, s:s, s:b, s:b, s:b, s:o}", "key", row->key, "column",
                              row->column, "header", row->header, "help", row->help, "choice",
                              row->is_choice, "optional", row->is_optional, "tacit", row->is_tacit,
                              "tried", pat_fact_axis(grid, axis));
    if (row->is_choice) {
        pat_json_set(&value, "operators", operators_value(axis));
        return value;
    }
    pat_json_set(&value, "unit", json_string(row->unit));
    pat_json_set(&value, "least", pat_json_number(row->least));
    pat_json_set(&value, "greatest", pat_json_number(row->greatest));
    return value;
}

json_t *pat_axes_value(void)
{
    pat_grid grid;
    pat_grid_init_default(&grid);
    json_t *axes = json_array();
    for (pat_axis axis = 0; axis < PAT_AXES; axis++)
        pat_json_append(&axes, axis_value(axis, &grid));
    return json_pack("{s:o}", "axes", axes);
}
