#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "learn/originals.h"
#include "learn/summarize.h"
#include "run/pixels.h"
#include "run/train.h"

/* ---- The images of the rows ------------------------------------------------------------------ */

struct named_pair {
    const char *name;
    size_t index;
};

static int by_name(const void *a, const void *b)
{
    const struct named_pair *left = a, *right = b;
    return strcmp(left->name, right->name);
}

static void find_pairs(pat_train *train, struct named_pair *names, size_t count)
{
    for (size_t row = 0; row < train->training.rows; row++) {
        struct named_pair key = {.name = pat_names_get(&train->training.filename, row)};
        const struct named_pair *found = bsearch(&key, names, count, sizeof key, by_name);
        train->pair_of[row] = found == NULL ? SIZE_MAX : found->index;
        train->report->rows_without_pair += found == NULL;
    }
}

/* List the names of the rows and the keys of their originals; "" where there is no pair. */
static bool list_rows(const pat_train *train, pat_names *names, pat_names *images)
{
    bool enough = true;
    for (size_t row = 0; row < train->training.rows && enough; row++) {
        pat_pair pair = {.undamaged = ""};
        if (train->pair_of[row] != SIZE_MAX)
            pat_pairs_get(train->options->pairs, train->pair_of[row], &pair);
        enough = pat_names_add(names, pat_names_get(&train->training.filename, row)) &&
                 pat_names_add(images, pat_pixels_original(&pair));
    }
    return enough;
}

/* Rows whose pairs share an original belong together, whatever their names. */
static pat_status group_rows(pat_train *train, pat_error *error)
{
    pat_names names = {0}, images = {0}, originals = {0};
    const char **group = pat_realloc_array(NULL, train->training.rows, sizeof *group);
    pat_status status = group != NULL && list_rows(train, &names, &images)
                            ? pat_originals_find(&names, &images, &originals, error)
                            : pat_fail_memory(error, "the originals");
    for (size_t row = 0; status == PAT_OK && row < originals.count; row++)
        group[row] = pat_names_get(&originals, row);
    if (status == PAT_OK)
        status = pat_training_set_groups(&train->training, group, error);
    pat_names_release(&names);
    pat_names_release(&images);
    pat_names_release(&originals);
    free(group);
    return status;
}

pat_status pat_train_match(pat_train *train, pat_error *error)
{
    const pat_pairs *pairs = train->options->pairs;
    size_t count = pat_pairs_count(pairs);
    struct named_pair *names = pat_realloc_array(NULL, count, sizeof *names);
    train->pair_of = pat_realloc_array(NULL, train->training.rows, sizeof *train->pair_of);
    if (names == NULL || train->pair_of == NULL) {
        free(names);
        return pat_fail_memory(error, "the pairs");
    }
    for (size_t i = 0; i < count; i++) {
        pat_pair pair;
        pat_pairs_get(pairs, i, &pair);
        names[i] = (struct named_pair){pair.name, i};
    }
    qsort(names, count, sizeof *names, by_name);
    find_pairs(train, names, count);
    free(names);
    if (train->report->rows_without_pair == train->training.rows)
        return pat_fail(
            error, PAT_NOTHING_TO_DO,
            "%s: none of its %zu rows matches a pair; specify the folders or the manifest "
            "that it was made from",
            train->options->data, train->training.rows);
    return group_rows(train, error);
}

/* ---- Scores ---------------------------------------------------------------------------------- */

/* The scored rows of one part: those for cross-validation, or those held out. */
struct judged {
    pat_evaluated_pair *pair;
    size_t count;
};

/* Collect the pairs of one part, as restored by kind number k. row_of: the row of each job. */
static void collect(const pat_train *train, const pat_pixels *pixels, const size_t *row_of,
                    size_t k, bool held_out, struct judged *judged)
{
    judged->count = 0;
    for (size_t i = 0; i < pixels->count; i++) {
        size_t row = row_of[i];
        if (!pixels->scored[i] || (train->fold[row] < 0) != held_out)
            continue;
        const pat_choice *choice = &pixels->choice[i * pixels->choices + k];
        judged->pair[judged->count++] = (pat_evaluated_pair){
            .name = pat_names_get(&train->training.filename, row),
            .original = pat_names_get(&train->training.group, row),
            .untouched = pixels->untouched[i],
            .predicted = choice->scores,
            .trials = pixels->trials + i * pixels->settings,
            .setting = choice->setting,
            .flagged = train->flagged[row * train->report->kind_count + k],
        };
    }
}

static pat_status summarize(const pat_train *train, const struct judged *judged, bool held_out,
                            pat_evaluation_report *report, pat_error *error)
{
    const pat_run_summary *scoring = &train->report->scoring;
    if (judged->count == 0)
        return pat_fail(
            error, PAT_NOTHING_TO_DO, "%s: no image of the %s originals could be scored; %s%s",
            train->options->data, held_out ? "held-out" : "cross-validation",
            scoring->failures > 0 ? "the first failure: " : "specify images for all rows, or none",
            scoring->failures > 0 ? scoring->first_failures[0].message : "");
    return pat_evaluation_summarize(judged->pair, judged->count, &train->grid, train->options->seed,
                                    report, error);
}

static pat_status judge(pat_train *train, const pat_pixels *pixels, const size_t *row_of,
                        pat_error *error)
{
    struct judged judged = {.pair = pat_realloc_array(NULL, pixels->count, sizeof *judged.pair)};
    pat_status status =
        judged.pair == NULL ? pat_fail_memory(error, "the scores of the images") : PAT_OK;
    for (size_t k = 0; k < train->report->kind_count && status == PAT_OK; k++) {
        pat_kind_report *kind = &train->report->kinds[k];
        collect(train, pixels, row_of, k, false, &judged);
        status = summarize(train, &judged, false, &kind->cross_pixels, error);
        if (status == PAT_OK) {
            collect(train, pixels, row_of, k, true, &judged);
            status = summarize(train, &judged, true, &kind->held_out_pixels, error);
        }
        kind->in_pixels = status == PAT_OK;
    }
    free(judged.pair);
    return status;
}

/* Keep the models even if the images to test them are missing. */
static pat_status judge_if_possible(pat_train *train, const pat_pixels *pixels,
                                    const size_t *row_of, pat_error *error)
{
    pat_train_report *report = train->report;
    pat_error cause = {0};
    pat_status status = judge(train, pixels, row_of, &cause);
    if (status == PAT_OK)
        return PAT_OK;
    if (status != PAT_NOTHING_TO_DO)
        return pat_fail(error, status, "%s", cause.message);
    for (size_t k = 0; k < report->kind_count; k++)
        report->kinds[k].in_pixels = false;
    if (report->warning_count < PAT_TRAIN_WARNINGS_MAX)
        snprintf(report->warnings[report->warning_count++], PAT_TRAIN_WARNING_SIZE,
                 "models were not tested in pixels: %.400s", cause.message);
    return PAT_OK;
}

pat_status pat_train_score(pat_train *train, pat_error *error)
{
    size_t rows = train->training.rows, kinds = train->report->kind_count, count = 0;
    pat_pixel_job *jobs = pat_realloc_array(NULL, rows, sizeof *jobs);
    size_t *row_of = pat_realloc_array(NULL, rows, sizeof *row_of);
    pat_pixels pixels = {0};
    for (size_t row = 0; jobs != NULL && row_of != NULL && row < rows; row++)
        if (train->pair_of[row] != SIZE_MAX) {
            jobs[count] = (pat_pixel_job){train->pair_of[row], train->setting + row * kinds};
            row_of[count++] = row;
        }
    pat_pixel_options options = {
        .pairs = train->options->pairs,
        .jobs = jobs,
        .count = count,
        .orders = kinds,
        .grid = &train->grid,
        .run = &train->options->run,
    };
    pat_status status = count == 0 /* pat_train_match() found pairs, so there are no arrays */
                            ? pat_fail_memory(error, "the images")
                            : pat_pixels_run(&options, &pixels, &train->report->scoring, error);
    if (status == PAT_OK)
        status = judge_if_possible(train, &pixels, row_of, error);
    pat_pixels_release(&pixels);
    free(jobs);
    free(row_of);
    return status;
}
