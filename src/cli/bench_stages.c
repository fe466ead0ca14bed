#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bench_stages.h"

/* The state that a worker keeps from pair to pair. */
struct tools {
    pat_image damaged, undamaged;
    pat_searcher *searcher;
    pat_feature_extractor *extractor;
};

/* Read a file as pat_image_load() does before decoding. pat_image_load() has already reported
 * errors. */
static void read_bytes(const char *path)
{
    struct stat info;
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (descriptor < 0)
        return;
    size_t size = fstat(descriptor, &info) == 0 ? (size_t)info.st_size : 0, filled = 0;
    char *bytes = malloc(size + 1);
    ssize_t count = 1;
    while (bytes != NULL && filled < size && count > 0) {
        count = read(descriptor, bytes + filled, size - filled);
        filled += count > 0 ? (size_t)count : 0;
    }
    free(bytes);
    close(descriptor);
}

static double lap_ms(double *at_s)
{
    double before_s = *at_s;
    *at_s = bench_clock_s();
    return 1e3 * (*at_s - before_s);
}

/* The steps in a worker's order, then the other measurements. */
static pat_status time_pair(struct tools *tools, const pat_pair *pair, double ms[BENCH_STAGES],
                            pat_error *error)
{
    pat_evaluation evaluation;
    double features[PAT_FEATURE_COUNT], at_s = bench_clock_s();
    pat_status status =
        pat_image_load(pair->damaged, PAT_MAX_PIXELS_DEFAULT, &tools->damaged, error);
    if (status == PAT_OK)
        status = pat_image_load(pair->undamaged, PAT_MAX_PIXELS_DEFAULT, &tools->undamaged, error);
    double load_ms = lap_ms(&at_s);
    if (status == PAT_OK)
        status = pat_searcher_find_best(tools->searcher, &tools->damaged, &tools->undamaged,
                                        &evaluation, error);
    ms[BENCH_GRID] = lap_ms(&at_s);
    if (status == PAT_OK)
        status = pat_features_extract(tools->extractor, &tools->damaged, features, error);
    ms[BENCH_FEATURES] = lap_ms(&at_s);
    if (status == PAT_OK)
        status = pat_searcher_evaluate(tools->searcher, &tools->damaged, &tools->undamaged,
                                       &evaluation, error);
    ms[BENCH_GRID_ALL] = lap_ms(&at_s);
    if (status == PAT_OK) {
        read_bytes(pair->damaged);
        read_bytes(pair->undamaged);
    }
    ms[BENCH_READ] = lap_ms(&at_s);
    ms[BENCH_DECODE] = load_ms - ms[BENCH_READ];
    return status;
}

static void note_failure(bench_breakdown *breakdown, const pat_pair *pair, const pat_error *error)
{
    if (breakdown->failures++ > 0)
        return;
    if (error->status == PAT_TOO_SMALL) /* from a step that does not know the file */
        snprintf(breakdown->failure, sizeof breakdown->failure, "%.500s: %.500s", pair->undamaged,
                 error->message);
    else
        memcpy(breakdown->failure, error->message, sizeof breakdown->failure);
}

/* Measure all pairs in several rounds, one pair after another as in a run: a pair repeated
 * immediately would find its images in the cache. samples: [pair][stage][round]. */
static pat_status time_pairs(const bench_options *options, const pat_pairs *pairs,
                             struct tools *tools, bench_breakdown *breakdown, double *samples,
                             pat_error *error)
{
    size_t count = pat_pairs_count(pairs), rounds = (size_t)options->repeat;
    double started_s = bench_clock_s();
    progress_display display;
    pat_status status = PAT_OK;
    progress_init(&display, options->run.progress, "pairs, stage by stage");
    for (size_t i = 0; i < rounds * count && status == PAT_OK; i++) {
        bench_pair *result = &breakdown->pair[i % count];
        double ms[BENCH_STAGES];
        pat_pair pair;
        pat_pairs_get(pairs, i % count, &pair);
        if (i >= count && result->width == 0) /* failed in the first round */
            continue;
        bool done = time_pair(tools, &pair, ms, error) == PAT_OK;
        if (!done)
            note_failure(breakdown, &pair, error);
        result->width = done ? tools->damaged.width : 0;
        result->height = done ? tools->damaged.height : 0;
        for (size_t stage = 0; stage < BENCH_STAGES; stage++)
            samples[(i % count * BENCH_STAGES + stage) * rounds + i / count] = ms[stage];
        progress_show(&display, &(pat_progress){.done = i + 1,
                                                .total = rounds * count,
                                                .failed = breakdown->failures,
                                                .elapsed_s = bench_clock_s() - started_s});
        status = bench_check_interrupt(options, error);
    }
    progress_end(&display);
    return status;
}

static double area(const bench_pair *pair)
{
    return (double)pair->width * pair->height;
}

static int compare_areas(const void *a, const void *b)
{
    double first = area(*(const bench_pair *const *)a),
           second = area(*(const bench_pair *const *)b);
    return (first > second) - (first < second);
}

static void find_typical(bench_breakdown *breakdown, size_t count, const bench_pair **measured)
{
    size_t found = 0;
    for (size_t i = 0; i < count; i++)
        if (breakdown->pair[i].width > 0)
            measured[found++] = &breakdown->pair[i];
    breakdown->measured = found;
    if (found == 0)
        return;
    qsort(measured, found, sizeof *measured, compare_areas);
    breakdown->typical_width = measured[found / 2]->width;
    breakdown->typical_height = measured[found / 2]->height;
}

static void summarize(const bench_options *options, size_t count, const double *samples,
                      bench_breakdown *breakdown)
{
    double pixels = 0;
    for (size_t i = 0; i < count; i++) {
        bench_pair *pair = &breakdown->pair[i];
        for (size_t stage = 0; stage < BENCH_STAGES && pair->width > 0; stage++) {
            size_t at = (i * BENCH_STAGES + stage) * (size_t)options->repeat;
            pair->ms[stage] = bench_median(samples + at, options->repeat);
            breakdown->mean_ms[stage] += pair->ms[stage] / (double)breakdown->measured;
        }
        pixels += area(pair) / (double)breakdown->measured;
    }
    for (int step = 0; step < BENCH_STEPS; step++)
        breakdown->steps_ms += breakdown->mean_ms[step];
    double cells = pixels * PAT_CHANNELS * (double)pat_grid_count(&options->source.grid);
    breakdown->megapixels_per_s = 1e-3 * pixels / breakdown->steps_ms;
    breakdown->ns_per_cell = 1e6 * breakdown->mean_ms[BENCH_GRID] / cells;
    breakdown->ns_per_cell_all = 1e6 * breakdown->mean_ms[BENCH_GRID_ALL] / cells;
}

pat_status bench_stages_run(const bench_options *options, const pat_pairs *pairs,
                            bench_breakdown *breakdown, pat_error *error)
{
    size_t count = pat_pairs_count(pairs);
    struct tools tools = {.searcher = pat_searcher_create(&options->source.grid),
                          .extractor = pat_feature_extractor_create()};
    double *samples = calloc(count * (size_t)options->repeat, BENCH_STAGES * sizeof *samples);
    const bench_pair **measured = calloc(count, sizeof(bench_pair *));
    *breakdown = (bench_breakdown){.pair = calloc(count, sizeof *breakdown->pair)};
    pat_status status = pat_codec_init(error);
    if (tools.searcher == NULL || tools.extractor == NULL || samples == NULL || measured == NULL ||
        breakdown->pair == NULL)
        status = bench_fail(error, PAT_OUT_OF_MEMORY,
                            "not enough memory for the measurements; use a smaller --sample");
    if (status == PAT_OK)
        status = time_pairs(options, pairs, &tools, breakdown, samples, error);
    if (status == PAT_OK)
        find_typical(breakdown, count, measured);
    if (status == PAT_OK && breakdown->measured > 0)
        summarize(options, count, samples, breakdown);
    pat_image_release(&tools.damaged);
    pat_image_release(&tools.undamaged);
    pat_searcher_free(tools.searcher);
    pat_feature_extractor_free(tools.extractor);
    free(samples);
    free(measured);
    return status;
}
