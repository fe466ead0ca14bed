#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench_sweep.h"
#include "console.h"

/* With fewer pairs, most workers would be idle for much of a run, waiting for the last pairs. */
enum { PAIRS_PER_WORKER = 4 };

/* The most a list grows in one step, because a short run does not predict the time of a long one.
 */
static const double GROWTH_MAX = 8;

/* Enough to be measurable despite the varying start-up time. */
enum { IDLE_PAIRS = 2000 };

/* The state shared by all runs. */
struct runner {
    const bench_options *options;
    const workspace *space;
    pat_pairs *work, *start_up, *idle; /* lists: the pairs, one idle pair, many idle pairs */
    pat_run_summary *summary;          /* of the last run */
    progress_display display;
    size_t done, total; /* pairs in the previous runs, and in all runs; 0, 0: show only this run */
    double started_s;
    bool told; /* the first run has shown its notices; do not repeat them */
};

static void put_quoted(FILE *file, const char *text)
{
    for (; *text != '\0'; text++) {
        if (*text == '"')
            putc('"', file);
        putc(*text, file);
    }
}

/* Write a path as an absolute one, because relative paths start at the manifest's folder. */
static void put_path(FILE *file, const char *here, const char *path)
{
    putc('"', file);
    if (*path != '/') {
        put_quoted(file, here);
        putc('/', file);
    }
    put_quoted(file, path);
    fputs("\",", file);
}

static void put_pairs(FILE *file, const char *here, const pat_pairs *pairs, size_t times)
{
    size_t id = 0;
    fputs("damaged,undamaged,id\n", file);
    for (size_t cycle = 0; cycle < times; cycle++)
        for (size_t i = 0; i < pat_pairs_count(pairs); i++) {
            pat_pair pair;
            pat_pairs_get(pairs, i, &pair);
            put_path(file, here, pair.damaged);
            put_path(file, here, pair.undamaged);
            fprintf(file, "%zu\n", ++id);
        }
}

/* Write idle pairs, which need no work because their files do not exist. */
static void put_idle(FILE *file, size_t count)
{
    fputs("damaged,undamaged,id\n", file);
    for (size_t id = 1; id <= count; id++)
        fprintf(file, "nothing,nothing,%zu\n", id);
}

/* Make a list that has each pair `times` times or, with NULL, `times` idle pairs. */
static pat_status make_list(const struct runner *runner, const pat_pairs *pairs, size_t times,
                            pat_pairs **list, pat_error *error)
{
    char here[PAT_PATH_SIZE], manifest[PAT_PATH_SIZE];
    workspace_path(runner->space, "list.csv", manifest);
    FILE *file = fopen(manifest, "we");
    bool written = file != NULL && getcwd(here, sizeof here) != NULL;
    if (written && pairs == NULL)
        put_idle(file, times);
    else if (written)
        put_pairs(file, here, pairs, times);
    written = written && !ferror(file);
    if (file != NULL && fclose(file) != 0)
        written = false;
    if (!written)
        return bench_fail(error, PAT_WRITE_FAILED,
                          "%s: cannot write the list of pairs (%s); set TMPDIR to a folder with "
                          "free space",
                          manifest, strerror(errno));
    pat_pairs_free(*list);
    return pat_pairs_find(&(pat_pair_source){.manifest = manifest}, list, error);
}

static void show(void *context, const pat_progress *run)
{
    struct runner *runner = context;
    pat_progress all = {.done = runner->done + run->done,
                        .total = runner->total == 0 ? run->total : runner->total,
                        .elapsed_s = bench_clock_s() - runner->started_s};
    progress_show(&runner->display, &all);
}

static pat_status run_once(struct runner *runner, const pat_pairs *list, bench_row *row, int round,
                           pat_error *error)
{
    const bench_options *options = runner->options;
    char manifest[PAT_PATH_SIZE], output[PAT_PATH_SIZE];
    workspace_path(runner->space, "list.csv", manifest);
    workspace_path(runner->space, "run.csv", output);
    pat_search_options search = {
        .source = {.manifest = manifest},
        .grid = options->source.grid,
        .output = output,
        .run = {.journal = PAT_JOURNAL_NONE,
                .jobs = row->jobs,
                .batch = row->batch,
                .worker_command = worker_command(),
                .notice = runner->told ? NULL : console_notice,
                .interrupt = options->interrupt,
                .progress = list == runner->work ? show : NULL,
                .progress_context = runner},
    };
    pat_status status = bench_check_interrupt(options, error); /* a short run does not poll it */
    if (status == PAT_OK)
        status = pat_search_run(&search, list, runner->summary, error);
    row->seconds[round] = runner->summary->elapsed_s;
    runner->told = true;
    return status;
}

/* Lengthen the list until a run with the most workers lasts long enough to be timed. */
static pat_status find_length(struct runner *runner, const pat_pairs *pairs, bench_sweep *sweep,
                              pat_error *error)
{
    const bench_options *options = runner->options;
    bench_row trial = {.jobs = options->jobs.value[options->jobs.count - 1],
                       .batch = options->batch.value[0]};
    size_t count = pat_pairs_count(pairs), least = PAIRS_PER_WORKER * (size_t)trial.jobs;
    sweep->times = (least + count - 1) / count;
    for (;;) {
        sweep->pairs = sweep->times * count;
        runner->started_s = bench_clock_s();
        pat_status status = make_list(runner, pairs, sweep->times, &runner->work, error);
        if (status == PAT_OK)
            status = run_once(runner, runner->work, &trial, 0, error);
        if (status != PAT_OK || trial.seconds[0] >= options->seconds)
            return status;
        double growth = ceil(options->seconds / trial.seconds[0]);
        sweep->times *= (size_t)(growth < GROWTH_MAX ? growth : GROWTH_MAX);
    }
}

static void note_result(bench_sweep *sweep, const pat_run_summary *summary)
{
    memcpy(sweep->sandbox, summary->sandbox, sizeof sweep->sandbox);
    if (sweep->runs++ == 0)
        memcpy(sweep->sha256, summary->sha256, sizeof sweep->sha256);
    else if (strcmp(sweep->sha256, summary->sha256) != 0)
        sweep->different++;
    if (summary->failures > 0 && sweep->failures == 0)
        memcpy(sweep->failure, summary->first_failures[0].message, sizeof sweep->failure);
    if (summary->failures > sweep->failures)
        sweep->failures = summary->failures;
}

/* Run all settings in turn, alternately forward and backward, so that slow changes in the machine,
 * such as its temperature, affect all of them equally. */
static pat_status run_round(struct runner *runner, int round, bench_sweep *sweep, pat_error *error)
{
    pat_status status = run_once(runner, runner->start_up, &sweep->start_up, round, error);
    if (status == PAT_OK)
        status = run_once(runner, runner->idle, &sweep->idle, round, error);
    for (size_t i = 0; i < sweep->rows && status == PAT_OK; i++) {
        bench_row *row = &sweep->row[round % 2 == 0 ? i : sweep->rows - 1 - i];
        status = run_once(runner, runner->work, row, round, error);
        if (status == PAT_OK)
            note_result(sweep, runner->summary);
        runner->done += sweep->pairs;
    }
    return status;
}

static void list_settings(const bench_options *options, bench_sweep *sweep)
{
    for (int i = 0; i < options->jobs.count; i++)
        for (int j = 0; j < options->batch.count; j++) {
            bench_row *row = &sweep->row[sweep->rows++];
            row->jobs = options->jobs.value[i];
            row->batch = options->batch.value[j];
        }
    sweep->start_up.jobs = sweep->start_up.batch = 1;
    sweep->idle.jobs = sweep->idle.batch = 1;
}

static pat_status run_all(struct runner *runner, const pat_pairs *pairs, bench_sweep *sweep,
                          pat_error *error)
{
    const bench_options *options = runner->options;
    progress_init(&runner->display, options->run.progress, "warm-up pairs");
    pat_status status = make_list(runner, NULL, 1, &runner->start_up, error);
    if (status == PAT_OK)
        status = make_list(runner, NULL, 1 + IDLE_PAIRS, &runner->idle, error);
    if (status == PAT_OK)
        status = find_length(runner, pairs, sweep, error);
    progress_end(&runner->display);
    progress_init(&runner->display, options->run.progress, "pairs");
    runner->total = (size_t)options->repeat * sweep->rows * sweep->pairs;
    runner->started_s = bench_clock_s();
    for (int round = 0; round < options->repeat && status == PAT_OK; round++)
        status = run_round(runner, round, sweep, error);
    progress_end(&runner->display);
    pat_pairs_free(runner->work);
    pat_pairs_free(runner->start_up);
    pat_pairs_free(runner->idle);
    return status;
}

pat_status bench_sweep_run(const bench_options *options, const pat_pairs *pairs,
                           const workspace *space, bench_sweep *sweep, pat_error *error)
{
    struct runner runner = {
        .options = options, .space = space, .summary = calloc(1, sizeof *runner.summary)};
    if (runner.summary == NULL)
        return bench_fail(error, PAT_OUT_OF_MEMORY,
                          "not enough memory for the runs; free some memory and run again");
    *sweep = (bench_sweep){0};
    list_settings(options, sweep);
    pat_status status = run_all(&runner, pairs, sweep, error);
    free(runner.summary);
    if (status != PAT_OK)
        return status;
    for (size_t i = 0; i < sweep->rows; i++)
        sweep->row[i].median_s = bench_median(sweep->row[i].seconds, options->repeat);
    sweep->start_up.median_s = bench_median(sweep->start_up.seconds, options->repeat);
    sweep->idle.median_s = bench_median(sweep->idle.seconds, options->repeat);
    return PAT_OK;
}

/* The fastest of the first `count` rows. */
static const bench_row *fastest(const bench_sweep *sweep, size_t count)
{
    const bench_row *best = sweep->row;
    for (size_t i = 1; i < count; i++)
        if (sweep->row[i].median_s < best->median_s)
            best = &sweep->row[i];
    return best;
}

const bench_row *bench_baseline(const bench_sweep *sweep)
{
    size_t count = 1;
    while (count < sweep->rows && sweep->row[count].jobs == sweep->row[0].jobs)
        count++;
    return fastest(sweep, count);
}

double bench_speed_up(const bench_sweep *sweep, const bench_row *row)
{
    return bench_baseline(sweep)->median_s / row->median_s;
}

double bench_efficiency(const bench_sweep *sweep, const bench_row *row)
{
    return bench_speed_up(sweep, row) * bench_baseline(sweep)->jobs / row->jobs;
}

const bench_row *bench_recommended(const bench_sweep *sweep)
{
    const bench_row *row = sweep->row, *best = fastest(sweep, sweep->rows);
    while (row->median_s > BENCH_NEAR_BEST * best->median_s)
        row++;
    return row;
}

double bench_pool_ms(const bench_sweep *sweep)
{
    return 1e3 * (sweep->idle.median_s - sweep->start_up.median_s) / IDLE_PAIRS;
}

bool bench_worker_ms(const bench_sweep *sweep, double *ms)
{
    const bench_row *baseline = bench_baseline(sweep);
    if (baseline->jobs != 1 || sweep->failures > 0)
        return false;
    *ms = 1e3 * (baseline->median_s - sweep->start_up.median_s) / (double)sweep->pairs;
    return true;
}
