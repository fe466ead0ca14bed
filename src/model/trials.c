#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "dataset/table.h"
#include "model/table.h"

enum { COLOR, SIGMA, STRENGTH, SIMILARITY, COLUMNS };
static const char *const columns[COLUMNS] = {"color_method", "sharpen_sigma", "sharpen_strength",
                                             "similarity_score"};

/* What SSIM and PSNR make possible is more than this. */
#define SIMILARITY_LEAST (-1)

/* A trials file while it is read. Rows of one picture follow each other. */
struct trials_reader {
    const char *path;
    const pat_training *training;
    size_t *sorted; /* the training rows by file name */
    pat_trials *trials;

    pat_setting *setting; /* of the first picture, in its order */
    size_t settings, capacity;
    bool grid_known;

    char *picture; /* whose trials are being read; NULL at first */
    size_t row;    /* of the training, or training->rows: passed over */
    size_t next;   /* setting of this picture that comes next */
    double *score; /* of each setting of this picture */
    size_t score_capacity;
    double untouched; /* NaN until known */
    bool *complete;   /* of each training row */
};

static int compare_rows(const void *a, const void *b, void *context)
{
    const pat_names *names = context;
    return strcmp(pat_names_get(names, *(const size_t *)a),
                  pat_names_get(names, *(const size_t *)b));
}

static pat_status sort_rows(struct trials_reader *in, pat_error *error)
{
    const pat_names *names = &in->training->filename;
    in->sorted = pat_realloc_array(NULL, names->count, sizeof *in->sorted);
    in->complete = calloc(names->count + 1, sizeof *in->complete);
    if (in->sorted == NULL || in->complete == NULL)
        return pat_fail_memory(error, "the trials");
    for (size_t i = 0; i < names->count; i++)
        in->sorted[i] = i;
    qsort_r(in->sorted, names->count, sizeof *in->sorted, compare_rows, (void *)names);
    for (size_t i = 1; i < names->count; i++)
        if (compare_rows(&in->sorted[i - 1], &in->sorted[i], (void *)names) == 0)
            return pat_fail(error, PAT_MALFORMED,
                            "%s: tells pictures apart by their file names, and the training data "
                            "has two rows for '%s'; give each picture its own name",
                            in->path, pat_names_get(names, in->sorted[i]));
    return PAT_OK;
}

/* The training row of a picture, or their number. */
static size_t find_row(const struct trials_reader *in, const char *filename)
{
    const pat_names *names = &in->training->filename;
    size_t low = 0, high = names->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(pat_names_get(names, in->sorted[middle]), filename);
        if (order == 0)
            return in->sorted[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return names->count;
}

static bool same_setting(const pat_setting *a, const pat_setting *b)
{
    return a->color == b->color && a->sigma == b->sigma && a->strength == b->strength;
}

/* The grid whose settings the first picture's are: their product in their order, or nothing. */
static bool grid_of(const struct trials_reader *in, pat_grid *grid)
{
    *grid = (pat_grid){0};
    for (size_t i = 0; i < in->settings; i++) {
        const pat_setting *setting = &in->setting[i];
        int c = 0, g = 0, s = 0;
        while (c < grid->colors && grid->color[c] != setting->color)
            c++;
        while (g < grid->sigmas && grid->sigma[g] != setting->sigma)
            g++;
        while (s < grid->strengths && grid->strength[s] != setting->strength)
            s++;
        if (c == PAT_COLOR_METHODS || g == PAT_AXIS_MAX || s == PAT_AXIS_MAX)
            return false;
        grid->color[c] = setting->color;
        grid->sigma[g] = setting->sigma;
        grid->strength[s] = setting->strength;
        grid->colors += c == grid->colors;
        grid->sigmas += g == grid->sigmas;
        grid->strengths += s == grid->strengths;
    }
    if (in->settings == 0 || pat_grid_count(grid) != in->settings)
        return false;
    for (size_t i = 0; i < in->settings; i++) {
        pat_setting expected = pat_grid_setting(grid, i);
        if (!same_setting(&expected, &in->setting[i]))
            return false;
    }
    /* Also within the limits of a grid? Its text tells. */
    char text[PAT_GRID_TEXT_SIZE];
    pat_grid parsed;
    pat_grid_format(grid, text);
    return pat_grid_parse(&parsed, text, NULL) == PAT_OK;
}

static pat_status learn_grid(struct trials_reader *in, pat_error *error)
{
    pat_trials *trials = in->trials;
    if (!grid_of(in, &trials->grid))
        return pat_fail(error, PAT_MALFORMED,
                        "%s: the settings tried on '%s' are not those of a grid, in its order; "
                        "name the file that 'patina search --trials' wrote",
                        in->path, in->picture);
    trials->gain = pat_realloc_array(NULL, in->training->rows, in->settings * sizeof(double));
    if (trials->gain == NULL)
        return pat_fail_memory(error, "the trials");
    in->grid_known = true;
    return PAT_OK;
}

/* The trials of a picture have all been read. */
static pat_status end_picture(struct trials_reader *in, pat_error *error)
{
    if (in->picture == NULL)
        return PAT_OK;
    if (!in->grid_known) {
        pat_status status = learn_grid(in, error);
        if (status != PAT_OK)
            return status;
    }
    if (in->next != in->settings || isnan(in->untouched))
        return pat_fail(error, PAT_MALFORMED,
                        "%s: '%s' has %zu settings%s where the first picture has %zu and the "
                        "untouched one (none,0,0); search again with --trials",
                        in->path, in->picture, in->next,
                        isnan(in->untouched) ? " and no untouched one" : "", in->settings);
    if (in->row == in->training->rows)
        return PAT_OK;
    double *gain = in->trials->gain + in->row * in->settings;
    for (size_t i = 0; i < in->settings; i++)
        gain[i] = in->score[i] - in->untouched;
    in->complete[in->row] = true;
    return PAT_OK;
}

static pat_status begin_picture(struct trials_reader *in, const pat_table_row *row,
                                pat_error *error)
{
    free(in->picture);
    in->picture = strdup(row->filename);
    if (in->picture == NULL)
        return pat_fail_memory(error, "the trials");
    in->row = find_row(in, row->filename);
    if (in->row < in->training->rows && in->complete[in->row])
        return pat_fail(error, PAT_MALFORMED,
                        "%s: row %zu: the trials of '%s' come a second time; leave one out",
                        in->path, row->number, row->filename);
    in->next = 0;
    in->untouched = NAN;
    return PAT_OK;
}

static pat_status add_trial(struct trials_reader *in, const pat_table_row *row, pat_error *error)
{
    const double *value = row->value;
    double score = fmin(value[SIMILARITY], PAT_SIMILARITY_LIMIT);
    pat_setting setting = {pat_method_of_number(value[COLOR]), value[SIGMA], value[STRENGTH]};
    if (!(value[SIMILARITY] >= SIMILARITY_LEAST))
        return pat_fail(error, PAT_MALFORMED,
                        "%s: row %zu (%s), column 'similarity_score' is not a score; search again "
                        "with --trials",
                        in->path, row->number, row->filename);
    if (same_setting(&setting, &(pat_setting){PAT_COLOR_NONE, 0, 0})) {
        in->untouched = score;
        return PAT_OK;
    }
    if (!pat_array_reserve(&in->score, &in->score_capacity, in->next + 1, sizeof *in->score))
        return pat_fail_memory(error, "the trials");
    if (!in->grid_known) {
        if (!pat_array_reserve(&in->setting, &in->capacity, in->next + 1, sizeof *in->setting))
            return pat_fail_memory(error, "the trials");
        in->setting[in->settings++] = setting;
    } else if (in->next == in->settings || !same_setting(&setting, &in->setting[in->next])) {
        return pat_fail(error, PAT_MALFORMED,
                        "%s: row %zu (%s): the setting is not the one that came in this place for "
                        "the first picture; search again with --trials",
                        in->path, row->number, row->filename);
    }
    in->score[in->next++] = score;
    return PAT_OK;
}

static pat_status read_rows(struct trials_reader *in, pat_table_reader *reader, pat_error *error)
{
    for (;;) {
        pat_table_row row;
        pat_status status = pat_table_next(reader, &row, error);
        bool same =
            row.filename != NULL && in->picture != NULL && strcmp(row.filename, in->picture) == 0;
        if (status == PAT_OK && !same)
            status = end_picture(in, error);
        if (status != PAT_OK || row.filename == NULL)
            return status;
        if (!same)
            status = begin_picture(in, &row, error);
        if (status == PAT_OK)
            status = add_trial(in, &row, error);
        if (status != PAT_OK)
            return status;
    }
}

static pat_status check_complete(const struct trials_reader *in, pat_error *error)
{
    for (size_t row = 0; row < in->training->rows; row++)
        if (!in->complete[row])
            return pat_fail(error, PAT_MALFORMED,
                            "%s: has no trials of '%s', which is in the training data; name the "
                            "trials of the same search",
                            in->path, pat_names_get(&in->training->filename, row));
    return PAT_OK;
}

pat_status pat_trials_read(pat_trials *trials, const char *path, const pat_training *training,
                           pat_error *error)
{
    struct trials_reader in = {.path = path, .training = training, .trials = trials};
    pat_table_reader *reader = NULL;
    pat_trials_release(trials);
    pat_status status = sort_rows(&in, error);
    if (status == PAT_OK)
        status = pat_table_open(&reader, path, columns, COLUMNS, error);
    if (status == PAT_OK)
        status = read_rows(&in, reader, error);
    if (status == PAT_OK)
        status = check_complete(&in, error);
    pat_table_close(reader);
    free(in.sorted);
    free(in.complete);
    free(in.setting);
    free(in.score);
    free(in.picture);
    return status;
}

void pat_trials_release(pat_trials *trials)
{
    free(trials->gain);
    *trials = (pat_trials){0};
}
