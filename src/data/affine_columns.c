#include "data/affine_columns.h"

#include <string.h>

const char *pat_affine_column(int index)
{
    static const char *const names[PAT_AFFINE_COLUMNS] = {
        "best_red_gain",  "best_red_offset",  "best_green_gain",       "best_green_offset",
        "best_blue_gain", "best_blue_offset", "best_color_similarity",
    };
    return names[index];
}

bool pat_is_affine_column(const char *name)
{
    for (int i = 0; i < PAT_AFFINE_COLUMNS; i++)
        if (strcmp(name, pat_affine_column(i)) == 0)
            return true;
    return false;
}
