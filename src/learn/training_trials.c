#include "data/trials.h"

#include <math.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/memory.h"
#include "learn/training_table.h"

/* A trials file being converted to gains. */
struct gathering {
    const char *path;
    const pat_training *training;
    pat_name_index rows; /* of the training, by name */
    bool *complete;      /* of each of its rows */
    pat_trials *trials;
};

static pat_status index_rows(struct gathering *in, pat_error *error)
{
    const pat_names *names = &in->training->filename;
    in->complete = calloc(names->count + 1, sizeof *in->complete);
    if (in->complete == NULL)
        return pat_fail_memory(error, "the trials");
    pat_status status = pat_name_index_make(&in->rows, names, error);
    if (status != PAT_OK)
        return status;
    size_t repeated = pat_name_index_repeated(&in->rows);
    if (repeated < names->count)
        return pat_fail(error, PAT_MALFORMED,
                        "%s: images are identified by their file names, and the training data has "
                        "two rows for '%s'; give each image its own name",
                        in->path, pat_names_get(names, repeated));
    return PAT_OK;
}

static double limited(const pat_scores *scores)
{
    return fmin(scores->similarity, PAT_SIMILARITY_LIMIT);
}

static pat_status take_image(void *context, const pat_trial_set *set, pat_error *error)
{
    struct gathering *in = context;
    size_t row = pat_name_index_find(&in->rows, set->filename),
           settings = pat_grid_count(set->grid);
    if (in->trials->gain == NULL) {
        in->trials->grid = *set->grid;
        in->trials->gain = pat_realloc_array(NULL, in->training->rows, settings * sizeof(double));
        if (in->trials->gain == NULL)
            return pat_fail_memory(error, "the trials");
    }
    if (row == in->training->rows)
        return PAT_OK;
    if (in->complete[row])
        return pat_fail(error, PAT_MALFORMED, "%s: has the trials of '%s' twice; remove one",
                        in->path, set->filename);
    for (size_t i = 0; i < settings; i++)
        in->trials->gain[row * settings + i] = limited(&set->scores[i]) - limited(&set->untouched);
    in->complete[row] = true;
    return PAT_OK;
}

static pat_status check_complete(const struct gathering *in, pat_error *error)
{
    for (size_t row = 0; row < in->training->rows; row++)
        if (!in->complete[row])
            return pat_fail(error, PAT_MALFORMED,
                            "%s: has no trials of '%s', which is in the training data; give the "
                            "trials of the same search",
                            in->path, pat_names_get(&in->training->filename, row));
    return PAT_OK;
}

pat_status pat_trials_read(pat_trials *trials, const char *path, const pat_training *training,
                           pat_error *error)
{
    struct gathering in = {.path = path, .training = training, .trials = trials};
    pat_trials_release(trials);
    pat_status status = index_rows(&in, error);
    if (status == PAT_OK)
        status = pat_trials_each(in.path, take_image, &in, error);
    if (status == PAT_OK)
        status = check_complete(&in, error);
    pat_name_index_release(&in.rows);
    free(in.complete);
    return status;
}

void pat_trials_release(pat_trials *trials)
{
    free(trials->gain);
    *trials = (pat_trials){0};
}
