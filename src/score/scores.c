/* The table of scores. */
#include <assert.h>
#include <string.h>

#include "base/error.h"
#include "score/score.h"

#define LIST(name) &pat_score_##name,

static const pat_score_entry *const rows[] = {PAT_SCORE_TABLE(LIST)};

enum { ROWS = sizeof rows / sizeof *rows };

_Static_assert((int)ROWS <= (int)PAT_SCORES_MAX, "a set has a bit for each score");

int pat_score_count(void)
{
    return ROWS;
}

const pat_score *pat_score_row(int index)
{
    assert(index >= 0 && index < ROWS);
    return &rows[index]->score;
}

int pat_score_find(const char *name)
{
    for (int i = 0; i < ROWS; i++)
        if (strcmp(rows[i]->score.name, name) == 0)
            return i;
    return -1;
}

pat_status pat_score_compute(int index, const pat_image *restored, const pat_image *original,
                             double *value, pat_error *error)
{
    const pat_score *score = pat_score_row(index);
    int width = original->width, height = original->height;
    if (restored->width != width || restored->height != height)
        return pat_fail(
            error, PAT_INVALID_ARGUMENT,
            "cannot compare an image of %dx%d pixels with one of %dx%d; resize one of them first",
            restored->width, restored->height, width, height);
    if (width < score->smallest_side || height < score->smallest_side)
        return pat_fail(error, PAT_TOO_SMALL,
                        "an image of %dx%d pixels is too small to score: %s needs at least %d "
                        "pixels a side",
                        width, height, score->name, score->smallest_side);
    return rows[index]->compute(restored, original, value, error);
}
