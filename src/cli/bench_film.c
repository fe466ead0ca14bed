#include "bench_film.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "console.h"
#include "shipped.h"

/* The state of the runs. */
struct runner {
    bench_film *bench;
    const workspace *space;
    pat_film_summary *summary; /* of the last run */
    progress_display display;
    size_t done, total; /* runs; 0 in all: the first, whose length is not known */
    int pass;
    double started_s;
};

/* ---- A run ----------------------------------------------------------------------------------- */

static void begin_pass(void *context, int pass)
{
    struct runner *runner = context;
    runner->pass = pass;
}

static void show(void *context, const pat_progress *run)
{
    struct runner *runner = context;
    size_t frames = runner->bench->summary.frames;
    pat_progress all = *run;
    if (runner->total > 0) {
        all.done = (PAT_FILM_PASSES * runner->done + (size_t)runner->pass - 1) * frames + run->done;
        all.total = PAT_FILM_PASSES * runner->total * frames;
        all.elapsed_s = bench_clock_s() - runner->started_s;
    }
    progress_show(&runner->display, &all);
}

/* Restore the film. name: of the new one, in the workspace. */
static pat_status run_once(struct runner *runner, int jobs, int batch, const char *name,
                           pat_error *error)
{
    const bench_film *bench = runner->bench;
    char output[PAT_PATH_SIZE];
    workspace_path(runner->space, name, output);
    const pat_film_options film = {
        .input = bench->film,
        .output = output,
        .how.model = bench->model,
        .range = {.until = bench->frames},
        .begin_pass = begin_pass,
        .pass_context = runner,
        .run = {.journal = PAT_JOURNAL_RESTART,
                .jobs = jobs,
                .batch = batch,
                .force = true,
                .worker_command = worker_command(),
                .notice = runner->total > 0 ? NULL : console_notice,
                .interrupt = bench->options->interrupt,
                .progress = show,
                .progress_context = runner},
    };
    pat_status status = bench_check_interrupt(bench->options, error);
    return status == PAT_OK ? pat_film_run(&film, runner->summary, error) : status;
}

/* Whether two files can be read and have the same bytes. */
static bool are_same(const char *a, const char *b)
{
    static unsigned char block[2][1 << 16];
    FILE *file[2] = {fopen(a, "rbe"), fopen(b, "rbe")};
    bool same = file[0] != NULL && file[1] != NULL;
    for (size_t size = sizeof block[0]; same && size > 0;) {
        size = fread(block[0], 1, sizeof block[0], file[0]);
        same = fread(block[1], 1, sizeof block[1], file[1]) == size &&
               memcmp(block[0], block[1], size) == 0 && !ferror(file[0]) && !ferror(file[1]);
    }
    for (int i = 0; i < 2; i++)
        if (file[i] != NULL)
            fclose(file[i]);
    return same;
}

static const char first_film[] = "first.mkv", later_film[] = "run.mkv";

static pat_status run_row(struct runner *runner, bench_film_row *row, int round, pat_error *error)
{
    bench_film *bench = runner->bench;
    char first[PAT_PATH_SIZE], later[PAT_PATH_SIZE];
    pat_status status = run_once(runner, row->jobs, row->batch, later_film, error);
    if (status != PAT_OK)
        return status;
    workspace_path(runner->space, first_film, first);
    workspace_path(runner->space, later_film, later);
    bench->different += !are_same(first, later);
    bench->runs++;
    runner->done++;
    row->seconds[round] = runner->summary->elapsed_s;
    memcpy(row->run[round], runner->summary->times, sizeof row->run[round]);
    row->frames_in_flight = runner->summary->frames_in_flight;
    return PAT_OK;
}

/* ---- All runs -------------------------------------------------------------------------------- */

/* The median of a number that is at `offset` in what was measured of each run. */
static double median_at(const bench_film_row *row, int count, size_t offset)
{
    double value[BENCH_REPEAT_MAX];
    for (int i = 0; i < count; i++)
        memcpy(&value[i], (const char *)row->run[i] + offset, sizeof *value);
    return bench_median(value, count);
}

static void find_medians(bench_film_row *row, int count)
{
    static const size_t numbers[] = {
        offsetof(pat_film_time, seconds),
        offsetof(pat_film_time, encoding_s),
        offsetof(pat_film_time, busy_s),
        offsetof(pat_film_time, busy_s) + sizeof(double),
    };
    row->median_s = bench_median(row->seconds, count);
    memcpy(row->pass, row->run[0], sizeof row->pass);
    for (size_t pass = 0; pass < PAT_FILM_PASSES; pass++)
        for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
            double median = median_at(row, count, pass * sizeof *row->pass + numbers[i]);
            memcpy((char *)&row->pass[pass] + numbers[i], &median, sizeof median);
        }
}

static pat_status run_all(struct runner *runner, pat_error *error)
{
    bench_film *bench = runner->bench;
    const bench_options *options = bench->options;
    const bench_film_row *last = &bench->row[bench->rows - 1];
    progress_init(&runner->display, options->run.progress, "warm-up frames");
    pat_status status = run_once(runner, last->jobs, last->batch, first_film, error);
    progress_end(&runner->display);
    bench->summary = *runner->summary;
    progress_init(&runner->display, options->run.progress, "frames");
    runner->total = (size_t)options->repeat * bench->rows;
    runner->started_s = bench_clock_s();
    for (int round = 0; round < options->repeat && status == PAT_OK; round++)
        for (size_t i = 0; i < bench->rows && status == PAT_OK; i++)
            status = run_row(runner, &bench->row[i], round, error);
    progress_end(&runner->display);
    for (size_t i = 0; i < bench->rows && status == PAT_OK; i++)
        find_medians(&bench->row[i], options->repeat);
    return status;
}

static void list_rows(bench_film *bench)
{
    const bench_options *options = bench->options;
    for (int j = 0; j < options->jobs.count; j++)
        for (int b = 0; b < options->batch.count; b++)
            bench->row[bench->rows++] = (bench_film_row){
                .jobs = options->jobs.value[j],
                .batch = options->batch.value[b],
                .seconds = console_memory((size_t)options->repeat, sizeof(double)),
                .run = console_memory((size_t)options->repeat, sizeof *bench->row->run),
            };
}

const bench_film_row *bench_film_recommended(const bench_film *bench)
{
    const bench_film_row *row = bench->row;
    double best_s = row->median_s;
    for (size_t i = 1; i < bench->rows; i++)
        best_s = bench->row[i].median_s < best_s ? bench->row[i].median_s : best_s;
    while (row->median_s > BENCH_NEAR_BEST * best_s)
        row++;
    return row;
}

static int tell(const bench_film *bench)
{
    int exit_status = bench->different == 0 ? EXIT_ALL_WELL : EXIT_SOMETHING_FAILED;
    if (bench->different > 0)
        fprintf(stderr,
                "patina: %zu of %zu runs gave another film than the first; unless %s was changed "
                "in the meantime, this is a bug\n",
                bench->different, bench->runs, bench->film);
    if (!bench->options->run.json)
        bench_film_table(bench);
    else if (bench_film_json(bench) != EXIT_ALL_WELL)
        exit_status = EXIT_SOMETHING_FAILED;
    return exit_status;
}

static int run_and_tell(struct runner *runner)
{
    pat_error error = {0};
    pat_status status = run_all(runner, &error);
    if (status == PAT_OK)
        return tell(runner->bench);
    if (status != PAT_INTERRUPTED)
        return console_failure(&error);
    console_error(&error);
    return 128 + abs(*runner->bench->options->interrupt);
}

int bench_film_run(const bench_options *options, const char *film, int frames,
                   const workspace *space)
{
    bench_film *bench = console_memory(1, sizeof *bench);
    struct runner runner = {
        .bench = bench, .space = space, .summary = console_memory(1, sizeof *runner.summary)};
    bench->options = options;
    bench->film = film;
    bench->frames = frames;
    list_rows(bench);
    int exit_status = shipped_model(bench->model) != NULL ? run_and_tell(&runner) : EXIT_USAGE;
    for (size_t i = 0; i < bench->rows; i++) {
        free(bench->row[i].seconds);
        free(bench->row[i].run);
    }
    free(runner.summary);
    free(bench);
    return exit_status;
}
