#include "data/trials.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "data/settings.h"
#include "data/table.h"

enum { SIMILARITY, PSNR, SSIM, SETTING, COLUMNS = SETTING + PAT_AXES };

/* Below any similarity, which is at least -0.5. */
#define SIMILARITY_LEAST (-1)

struct reader {
    const char *path;
    const char *columns[COLUMNS];
    pat_table_reader *table;
    pat_grid grid; /* empty until the first image is read */
    char *name;    /* of the last image read, or the one being read */
    /* Its trials, including the untouched image. */
    pat_setting *setting;
    pat_scores *scores;
    size_t count, setting_capacity, scores_capacity;
    bool ended;
    /* The next row, already read. */
    char *next_name;
    pat_setting next_setting;
    pat_scores next_scores;
};

/* Read one row ahead. */
static pat_status read_row(struct reader *reader, pat_error *error)
{
    pat_table_row row;
    pat_status status = pat_table_next(reader->table, &row, error);
    if (status != PAT_OK)
        return status;
    reader->ended = row.filename == NULL;
    if (reader->ended)
        return PAT_OK;
    const double *value = row.value;
    if (!(value[SIMILARITY] >= SIMILARITY_LEAST))
        return pat_fail(
            error, PAT_MALFORMED,
            "%s: row %zu (%s), column 'similarity_score' is not a score; write the file "
            "again with patina search --trials",
            reader->path, row.number, row.filename);
    reader->next_setting = pat_settings_read(value + SETTING);
    reader->next_scores =
        (pat_scores){.similarity = value[SIMILARITY], .psnr = value[PSNR], .ssim = value[SSIM]};
    free(reader->next_name);
    reader->next_name = strdup(row.filename);
    return reader->next_name != NULL ? PAT_OK : pat_fail_memory(error, "the trials");
}

static pat_status take_row(struct reader *reader, pat_error *error)
{
    size_t wanted = reader->count + 1;
    if (!pat_array_reserve(&reader->setting, &reader->setting_capacity, wanted,
                           sizeof *reader->setting) ||
        !pat_array_reserve(&reader->scores, &reader->scores_capacity, wanted,
                           sizeof *reader->scores))
        return pat_fail_memory(error, "the trials");
    reader->setting[reader->count] = reader->next_setting;
    reader->scores[reader->count++] = reader->next_scores;
    return PAT_OK;
}

static bool add_value(double *axis, int *count, double value)
{
    for (int i = 0; i < *count; i++)
        if (axis[i] == value)
            return true;
    if (*count == PAT_AXIS_MAX)
        return false;
    axis[(*count)++] = value;
    return true;
}

/* Whether a grid is within all limits, which only parsing its text checks. */
static bool is_valid(const pat_grid *grid)
{
    char text[PAT_GRID_TEXT_SIZE];
    pat_grid parsed;
    pat_grid_format(grid, text);
    return pat_grid_parse(&parsed, text, NULL) == PAT_OK;
}

/* Infer the grid from an image's settings: the values of each axis in order of appearance. An axis
 * that no setting reads keeps its default. */
static bool infer_grid(const pat_setting *setting, size_t count, pat_grid *grid)
{
    pat_grid usual;
    pat_grid_init_default(&usual);
    *grid = (pat_grid){0};
    for (pat_axis axis = 0; axis < PAT_AXES; axis++) {
        for (size_t i = 0; i < count; i++)
            if (pat_setting_reads(&setting[i], axis) &&
                !add_value(grid->value[axis], &grid->count[axis], setting[i].value[axis]))
                return false;
        if (grid->count[axis] == 0) {
            grid->count[axis] = usual.count[axis];
            memcpy(grid->value[axis], usual.value[axis], sizeof usual.value[axis]);
        }
    }
    return count > 0 && is_valid(grid);
}

static bool fits_grid(const pat_setting *setting, size_t count, const pat_grid *grid)
{
    if (count != pat_grid_count(grid))
        return false;
    for (size_t i = 0; i < count; i++) {
        pat_setting expected = pat_grid_setting(grid, i);
        if (!pat_setting_equal(&expected, &setting[i]))
            return false;
    }
    return true;
}

/* "none,0,0", with any values of the optional axes. */
static bool is_untouched(const pat_setting *setting)
{
    for (pat_axis axis = 0; axis < PAT_AXES; axis++)
        if (!pat_axis_of(axis)->is_optional && setting->value[axis] != 0)
            return false;
    return true;
}

/* Check the trials of the image; those of the first image define the grid. */
static pat_status check_image(struct reader *reader, pat_error *error)
{
    size_t count = reader->count - 1;
    if (!is_untouched(&reader->setting[count]))
        return pat_fail(error, PAT_MALFORMED,
                        "%s: the trials of %s do not end with the untouched image (none,0,0); was "
                        "the file written by patina search --trials?",
                        reader->path, reader->name);
    if (reader->grid.count[0] == 0 && (!infer_grid(reader->setting, count, &reader->grid) ||
                                       !fits_grid(reader->setting, count, &reader->grid)))
        return pat_fail(error, PAT_MALFORMED,
                        "%s: the settings of the first image (%s) are not a grid: every "
                        "combination of their values; was the file written by patina search "
                        "--trials?",
                        reader->path, reader->name);
    if (!fits_grid(reader->setting, count, &reader->grid))
        return pat_fail(error, PAT_MALFORMED,
                        "%s: %s was not tried with the settings of the first image; use the file "
                        "as patina search --trials wrote it",
                        reader->path, reader->name);
    return PAT_OK;
}

/* Read the trials of the next image, whose first row has been read. */
static pat_status read_image(struct reader *reader, pat_error *error)
{
    free(reader->name);
    reader->name = strdup(reader->next_name);
    if (reader->name == NULL)
        return pat_fail_memory(error, "the trials");
    reader->count = 0;
    pat_status status;
    do {
        status = take_row(reader, error);
        if (status == PAT_OK)
            status = read_row(reader, error);
    } while (status == PAT_OK && !reader->ended && strcmp(reader->next_name, reader->name) == 0);
    return status == PAT_OK ? check_image(reader, error) : status;
}

static pat_status open_file(struct reader *reader, pat_error *error)
{
    memcpy(reader->columns, (const char *[]){"similarity_score", "psnr", "ssim"},
           SETTING * sizeof *reader->columns);
    pat_settings_columns(reader->columns + SETTING);
    pat_status status =
        pat_table_open(&reader->table, reader->path, reader->columns, COLUMNS, error);
    return status == PAT_OK ? read_row(reader, error) : status;
}

static void release(struct reader *reader)
{
    pat_table_close(reader->table);
    free(reader->name);
    free(reader->next_name);
    free(reader->setting);
    free(reader->scores);
}

pat_status pat_trials_each(const char *path, pat_trials_visit *visit, void *context,
                           pat_error *error)
{
    struct reader reader = {.path = path};
    pat_status status = open_file(&reader, error);
    while (status == PAT_OK && !reader.ended) {
        status = read_image(&reader, error);
        if (status != PAT_OK)
            break;
        pat_trial_set set = {reader.name, &reader.grid, reader.scores,
                             reader.scores[reader.count - 1]};
        status = visit(context, &set, error);
    }
    release(&reader);
    return status;
}
