/* An accepted grid has valid, distinct values, and its text is parsed to the same grid. */
#include <stdlib.h>
#include <string.h>

#include "fuzz/fuzz.h"
#include "patina/grid.h"

static void check_axis(const pat_grid *grid, pat_axis axis)
{
    const double *value = grid->value[axis];
    MUST(grid->count[axis] >= 1 && grid->count[axis] <= PAT_AXIS_MAX);
    for (int i = 0; i < grid->count[axis]; i++) {
        MUST(pat_axis_allows(axis, value[i]));
        for (int j = 0; j < i; j++)
            MUST(value[i] != value[j]);
    }
}

static void check_grid(const pat_grid *grid)
{
    size_t count = pat_grid_count(grid);
    MUST(count >= 1);
    for (pat_axis axis = 0; axis < PAT_AXES; axis++)
        check_axis(grid, axis);
    pat_setting last = pat_grid_setting(grid, count - 1);
    MUST(pat_setting_is_valid(&last));
    MUST(pat_grid_find(grid, &last) == count - 1);
    for (pat_axis axis = 0; axis < PAT_AXES; axis++)
        MUST(last.value[axis] ==
             (pat_setting_reads(&last, axis) ? grid->value[axis][grid->count[axis] - 1] : 0));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = fuzz_text(data, size), first[PAT_GRID_TEXT_SIZE], second[PAT_GRID_TEXT_SIZE];
    pat_grid grid, again;
    pat_error error = {0};
    pat_status status = pat_grid_parse(&grid, text, &error);
    MUST(status == PAT_OK || (status == PAT_INVALID_ARGUMENT && error.message[0] != '\0'));
    if (status == PAT_OK) {
        check_grid(&grid);
        pat_grid_format(&grid, first);
        MUST(strlen(first) < sizeof first);
        MUST(pat_grid_parse(&again, first, NULL) == PAT_OK);
        pat_grid_format(&again, second);
        MUST(strcmp(first, second) == 0);
    }
    free(text);
    return 0;
}
