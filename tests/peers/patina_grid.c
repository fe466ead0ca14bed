/*
 * patina as a benchmark peer, using its public API. See driver.py for the protocol.
 *
 *     patina_grid DAMAGED_DIR UNDAMAGED_DIR
 *
 * Tasks: best (only the winner), all (every setting), features, decode (both files), and pair
 * (decode, best and features: the work for one row).
 */
#include <patina/patina.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct loaded_pair {
    pat_pair paths;
    pat_image damaged, undamaged;
};

struct bench {
    pat_pairs *pairs;
    struct loaded_pair *loaded;
    size_t count;
    pat_searcher *searcher;
    pat_feature_extractor *extractor;
    pat_image damaged, undamaged; /* for tasks that decode; reused, as in a worker */
    pat_grid grid;
};

struct outcome {
    double ms, cpu_ms;
    bool searched;
    pat_evaluation evaluation;
    double features[PAT_FEATURE_COUNT];
};

typedef pat_status task_function(struct bench *bench, const struct loaded_pair *pair,
                                 struct outcome *outcome, pat_error *error);

static pat_status task_best(struct bench *bench, const struct loaded_pair *pair,
                            struct outcome *outcome, pat_error *error)
{
    outcome->searched = true;
    return pat_searcher_find_best(bench->searcher, &pair->damaged, &pair->undamaged,
                                  &outcome->evaluation, error);
}

static pat_status task_all(struct bench *bench, const struct loaded_pair *pair,
                           struct outcome *outcome, pat_error *error)
{
    outcome->searched = true;
    return pat_searcher_evaluate(bench->searcher, &pair->damaged, &pair->undamaged,
                                 &outcome->evaluation, error);
}

static pat_status task_features(struct bench *bench, const struct loaded_pair *pair,
                                struct outcome *outcome, pat_error *error)
{
    return pat_features_extract(bench->extractor, &pair->damaged, outcome->features, error);
}

static pat_status load(const pat_pair *paths, pat_image *damaged, pat_image *undamaged,
                       pat_error *error)
{
    pat_status status = pat_image_load(paths->damaged, PAT_MAX_PIXELS_DEFAULT, damaged, error);
    if (status == PAT_OK)
        status = pat_image_load(paths->undamaged, PAT_MAX_PIXELS_DEFAULT, undamaged, error);
    return status;
}

static pat_status task_decode(struct bench *bench, const struct loaded_pair *pair,
                              struct outcome *outcome, pat_error *error)
{
    (void)outcome;
    return load(&pair->paths, &bench->damaged, &bench->undamaged, error);
}

static pat_status task_pair(struct bench *bench, const struct loaded_pair *pair,
                            struct outcome *outcome, pat_error *error)
{
    outcome->searched = true;
    pat_status status = load(&pair->paths, &bench->damaged, &bench->undamaged, error);
    if (status == PAT_OK)
        status = pat_searcher_find_best(bench->searcher, &bench->damaged, &bench->undamaged,
                                        &outcome->evaluation, error);
    if (status == PAT_OK)
        status = pat_features_extract(bench->extractor, &bench->damaged, outcome->features, error);
    return status;
}

static const struct {
    const char *name;
    task_function *run;
} tasks[] = {
    {"best", task_best},     {"all", task_all},   {"features", task_features},
    {"decode", task_decode}, {"pair", task_pair},
};

static task_function *find_task(const char *name)
{
    for (size_t i = 0; i < sizeof tasks / sizeof *tasks; i++)
        if (strcmp(tasks[i].name, name) == 0)
            return tasks[i].run;
    return NULL;
}

static double clock_ms(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static size_t setting_index(const pat_grid *grid, const pat_setting *wanted)
{
    size_t index = 0;
    for (; index < pat_grid_count(grid); index++) {
        const pat_setting setting = pat_grid_setting(grid, index);
        if (setting.value[PAT_AXIS_COLOR] == wanted->value[PAT_AXIS_COLOR] &&
            setting.value[PAT_AXIS_SIGMA] == wanted->value[PAT_AXIS_SIGMA] &&
            setting.value[PAT_AXIS_STRENGTH] == wanted->value[PAT_AXIS_STRENGTH])
            break;
    }
    return index;
}

/* Prints the scores of every setting, or only the winner's if the others are unknown. */
static void print_outcome(const pat_grid *grid, const struct outcome *outcome)
{
    const pat_evaluation *evaluation = &outcome->evaluation;
    printf("%.6f %.6f", outcome->ms, outcome->cpu_ms);
    if (outcome->searched) {
        printf(" %zu", setting_index(grid, &evaluation->setting));
        if (evaluation->trials == NULL)
            printf(" %.17g %.17g", evaluation->best.psnr, evaluation->best.ssim);
        else
            for (size_t i = 0; i < pat_grid_count(grid); i++)
                printf(" %.17g %.17g", evaluation->trials[i].psnr, evaluation->trials[i].ssim);
    }
    printf("\n");
    fflush(stdout);
}

static pat_status load_pairs(struct bench *bench, char **folders, pat_error *error)
{
    const pat_pair_source source = {.damaged = folders[0], .undamaged = folders[1]};
    pat_status status = pat_pairs_find(&source, &bench->pairs, error);
    if (status != PAT_OK)
        return status;
    bench->count = pat_pairs_count(bench->pairs);
    bench->loaded = calloc(bench->count + 1, sizeof *bench->loaded);
    if (bench->loaded == NULL)
        return PAT_OUT_OF_MEMORY;
    for (size_t i = 0; i < bench->count && status == PAT_OK; i++) {
        struct loaded_pair *pair = &bench->loaded[i];
        pat_pairs_get(bench->pairs, i, &pair->paths);
        status = load(&pair->paths, &pair->damaged, &pair->undamaged, error);
        if (status == PAT_OK)
            printf("pair %d %d %s\n", pair->undamaged.width, pair->undamaged.height,
                   pair->paths.name);
    }
    printf("ready\n");
    fflush(stdout);
    return status;
}

static pat_status serve(struct bench *bench, pat_error *error)
{
    char name[16];
    size_t index;
    while (scanf("%15s %zu", name, &index) == 2) {
        task_function *run = find_task(name);
        if (run == NULL || index >= bench->count) {
            snprintf(error->message, sizeof error->message, "bad request: %s %zu", name, index);
            return PAT_INVALID_ARGUMENT;
        }
        struct outcome outcome = {0};
        const double start = clock_ms(CLOCK_MONOTONIC);
        const double cpu_start = clock_ms(CLOCK_PROCESS_CPUTIME_ID);
        pat_status status = run(bench, &bench->loaded[index], &outcome, error);
        outcome.cpu_ms = clock_ms(CLOCK_PROCESS_CPUTIME_ID) - cpu_start;
        outcome.ms = clock_ms(CLOCK_MONOTONIC) - start;
        if (status != PAT_OK)
            return status;
        print_outcome(&bench->grid, &outcome);
    }
    return PAT_OK;
}

static void release(struct bench *bench)
{
    for (size_t i = 0; i < bench->count && bench->loaded != NULL; i++) {
        pat_image_release(&bench->loaded[i].damaged);
        pat_image_release(&bench->loaded[i].undamaged);
    }
    free(bench->loaded);
    pat_pairs_free(bench->pairs);
    pat_image_release(&bench->damaged);
    pat_image_release(&bench->undamaged);
    pat_searcher_free(bench->searcher);
    pat_feature_extractor_free(bench->extractor);
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        fprintf(stderr, "usage: patina_grid DAMAGED_DIR UNDAMAGED_DIR\n");
        return 2;
    }
    pat_error error = {.message = "not enough memory"};
    struct bench bench = {0};
    pat_grid_init_default(&bench.grid);
    bench.searcher = pat_searcher_create(&bench.grid);
    bench.extractor = pat_feature_extractor_create();
    pat_status status = PAT_OUT_OF_MEMORY;
    if (bench.searcher != NULL && bench.extractor != NULL)
        status = pat_codec_init(&error);
    if (status == PAT_OK)
        status = load_pairs(&bench, argv + 1, &error);
    if (status == PAT_OK)
        status = serve(&bench, &error);
    if (status != PAT_OK)
        fprintf(stderr, "patina_grid: %s\n", error.message);
    release(&bench);
    return status == PAT_OK ? 0 : 1;
}
