/* Grids: what is accepted lies in range, has no value twice, and is its own text read back. */
#include <stdlib.h>
#include <string.h>

#include "fuzz/fuzz.h"
#include "patina/grid.h"
#include "patina/restore.h"

static void check_axis(const double *value, int count, double minimum, double maximum)
{
    MUST(count >= 1 && count <= PAT_AXIS_MAX);
    for (int i = 0; i < count; i++) {
        MUST(value[i] >= minimum && value[i] <= maximum);
        for (int j = 0; j < i; j++)
            MUST(value[i] != value[j]);
    }
}

static void check_grid(const pat_grid *grid)
{
    MUST(grid->count[PAT_AXIS_COLOR] >= 1 && grid->count[PAT_AXIS_COLOR] <= PAT_COLOR_METHODS);
    check_axis(grid->sigma, grid->count[PAT_AXIS_SIGMA], PAT_SIGMA_MIN, PAT_SIGMA_MAX);
    check_axis(grid->strength, grid->count[PAT_AXIS_STRENGTH], 0, PAT_STRENGTH_MAX);
    pat_setting last = pat_grid_setting(grid, pat_grid_count(grid) - 1);
    MUST(last.color == grid->value[PAT_AXIS_COLOR][grid->count[PAT_AXIS_COLOR] - 1]);
    MUST(last.sigma == grid->value[PAT_AXIS_SIGMA][grid->count[PAT_AXIS_SIGMA] - 1]);
    MUST(last.strength == grid->value[PAT_AXIS_STRENGTH][grid->count[PAT_AXIS_STRENGTH] - 1]);
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
