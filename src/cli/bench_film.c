#include "bench_film.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench_sweep.h"
#include "commands.h"
#include "console.h"
#include "patina/film.h"
#include "patina/json.h"
#include "shipped.h"

/* The runs with one setting. */
struct row {
    int jobs, batch; /* as ordered; `jobs` of the summary is what the film can keep busy */
    double seconds[BENCH_REPEAT_MAX];
    double median_s;
    pat_film_summary last; /* of the last run */
};

struct sweep {
    const bench_options *options;
    pat_film_options film;
    char model[PAT_PATH_SIZE], first[PAT_PATH_SIZE], output[PAT_PATH_SIZE];
    struct row *row;
    size_t rows;
    int runs, different; /* and those whose films differ from the first */
};

static const char *const stage_names[PAT_FILM_PASSES][PAT_FILM_STAGES] = {
    {"decode", "measure"}, {"decode again", "restore and encode"}, {"write", NULL}};

/* ---- Runs ------------------------------------------------------------------------------------ */

static bool is_same_file(const char *a, const char *b)
{
    FILE *left = fopen(a, "rb"), *right = fopen(b, "rb");
    static char bytes[2][1 << 16];
    bool same = left != NULL && right != NULL;
    for (size_t n = 1; same && n > 0;) {
        n = fread(bytes[0], 1, sizeof bytes[0], left);
        same =
            fread(bytes[1], 1, sizeof bytes[1], right) == n && memcmp(bytes[0], bytes[1], n) == 0;
    }
    if (left != NULL)
        fclose(left);
    if (right != NULL)
        fclose(right);
    return same;
}

static pat_status run_once(struct sweep *sweep, struct row *row, int repetition, pat_error *error)
{
    pat_film_options film = sweep->film;
    film.output = sweep->runs == 0 ? sweep->first : sweep->output;
    film.run = sweep->options->run.run;
    film.run.jobs = row->jobs;
    film.run.batch = row->batch;
    film.run.force = true;
    film.run.interrupt = sweep->options->interrupt;
    pat_status status = pat_film_run(&film, &row->last, error);
    row->seconds[repetition] = row->last.elapsed_s;
    if (status == PAT_OK && sweep->runs > 0)
        sweep->different += !is_same_file(sweep->first, sweep->output);
    sweep->runs += status == PAT_OK;
    return status;
}

/* Settings take turns, so that a change of the machine's load concerns all of them. */
static pat_status run_all(struct sweep *sweep, pat_error *error)
{
    pat_status status = PAT_OK;
    for (int i = 0; i < sweep->options->repeat; i++)
        for (size_t k = 0; k < sweep->rows && status == PAT_OK; k++)
            status = run_once(sweep, &sweep->row[k], i, error);
    for (size_t k = 0; k < sweep->rows && status == PAT_OK; k++)
        sweep->row[k].median_s = bench_median(sweep->row[k].seconds, sweep->options->repeat);
    return status;
}

/* The smallest setting that is nearly as fast as the fastest. */
static const struct row *recommended(const struct sweep *sweep)
{
    double least = sweep->row[0].median_s;
    for (size_t i = 1; i < sweep->rows; i++)
        least = sweep->row[i].median_s < least ? sweep->row[i].median_s : least;
    for (size_t i = 0; i < sweep->rows; i++)
        if (sweep->row[i].median_s <= BENCH_NEAR_BEST * least)
            return &sweep->row[i];
    return &sweep->row[0];
}

/* ---- What was measured ----------------------------------------------------------------------- */

static double ms_of(const pat_film_time *time, int stage)
{
    return time->frames > 0 ? 1e3 * time->busy_s[stage] / (double)time->frames : 0;
}

/* The share of the time in which a stage's workers waited. */
static double idle_of(const pat_film_time *time, int stage)
{
    double all = time->seconds * time->workers[stage];
    double idle = all > 0 ? 1 - time->busy_s[stage] / all : 0;
    return idle < 0 ? 0 : idle;
}

static double rate_of(size_t frames, double seconds)
{
    return seconds > 0 ? (double)frames / seconds : 0;
}

static double mebibytes(const pat_film_summary *summary)
{
    return (double)summary->frames_in_flight * (double)summary->frame_bytes / (1 << 20);
}

static void print_sweep(const struct sweep *sweep)
{
    const pat_film_summary *film = &sweep->row[0].last;
    const struct row *best = recommended(sweep);
    printf("%zu frames of %dx%d, %s in %s; medians of %d\n\n", film->frames, film->width,
           film->height, film->codec, film->container, sweep->options->repeat);
    printf("workers  batch   seconds  frames/s  speed-up   measure  restore    write  "
           "frames in memory\n");
    for (size_t i = 0; i < sweep->rows; i++) {
        const struct row *row = &sweep->row[i];
        const pat_film_time *times = row->last.times;
        printf("%7d  %5d  %8.3f  %8.1f  %8.2f  %8.1f %8.1f %8.1f  %zu (%.0f MiB)\n", row->jobs,
               row->batch, row->median_s, rate_of(film->frames, row->median_s),
               sweep->row[0].median_s / row->median_s, rate_of(times[0].frames, times[0].seconds),
               rate_of(times[1].frames, times[1].seconds),
               rate_of(times[2].frames, times[2].seconds), row->last.frames_in_flight,
               mebibytes(&row->last));
    }
    printf("speed-up: over the first row; measure, restore, write: frames/s of the three passes\n");
    printf("\nwith %d worker%s and batch %d:\n", best->jobs, best->jobs == 1 ? "" : "s",
           best->batch);
    printf("pass  stage               workers  ms per frame   idle\n");
    for (int pass = 0; pass < PAT_FILM_PASSES; pass++)
        for (int stage = 0; stage < PAT_FILM_STAGES; stage++)
            if (stage_names[pass][stage] != NULL)
                printf("%4d  %-18s  %7d  %12.2f  %4.0f%%\n", pass + 1, stage_names[pass][stage],
                       best->last.times[pass].workers[stage], ms_of(&best->last.times[pass], stage),
                       100 * idle_of(&best->last.times[pass], stage));
    if (sweep->different == 0)
        printf("\nsame bytes in all %d runs\n", sweep->runs);
    else
        printf("\nDIFFERENT BYTES: %d of %d runs differ from the first\n", sweep->different,
               sweep->runs);
    printf("recommended: %d worker%s, batch %d (the smallest within %.0f%% of the fastest)\n",
           best->jobs, best->jobs == 1 ? "" : "s", best->batch, 100 * (BENCH_NEAR_BEST - 1));
}

static void put_stage(pat_document *document, const pat_film_time *time, int pass, int stage)
{
    pat_document_open_object(document, NULL);
    pat_document_number(document, "pass", pass + 1);
    pat_document_text(document, "stage", stage_names[pass][stage]);
    pat_document_number(document, "workers", time->workers[stage]);
    pat_document_number(document, "ms_per_frame", ms_of(time, stage));
    pat_document_number(document, "idle", idle_of(time, stage));
    pat_document_close(document);
}

static void put_row(pat_document *document, const struct sweep *sweep, const struct row *row)
{
    pat_document_open_object(document, NULL);
    pat_document_number(document, "jobs", row->jobs);
    pat_document_number(document, "batch", row->batch);
    pat_document_number(document, "seconds", row->median_s);
    pat_document_open_array(document, "runs");
    for (int i = 0; i < sweep->options->repeat; i++)
        pat_document_number(document, NULL, row->seconds[i]);
    pat_document_close(document);
    pat_document_number(document, "frames_per_second", rate_of(row->last.frames, row->median_s));
    pat_document_number(document, "speed_up", sweep->row[0].median_s / row->median_s);
    pat_document_count(document, "frames_in_flight", row->last.frames_in_flight);
    pat_document_count(document, "bytes_in_flight",
                       row->last.frames_in_flight * row->last.frame_bytes);
    pat_document_open_array(document, "stages");
    for (int pass = 0; pass < PAT_FILM_PASSES; pass++)
        for (int stage = 0; stage < PAT_FILM_STAGES; stage++)
            if (stage_names[pass][stage] != NULL)
                put_stage(document, &row->last.times[pass], pass, stage);
    pat_document_close(document);
    pat_document_close(document);
}

static int print_json(const struct sweep *sweep)
{
    const struct row *best = recommended(sweep);
    pat_document *document = pat_document_create("bench_film", 1);
    if (document == NULL)
        return console_document(NULL, EXIT_ALL_WELL);
    pat_document_text(document, "film", sweep->film.input);
    pat_document_count(document, "frames", sweep->row[0].last.frames);
    pat_document_number(document, "cpus_available", pat_available_cpus());
    pat_document_open_array(document, "settings");
    for (size_t i = 0; i < sweep->rows; i++)
        put_row(document, sweep, &sweep->row[i]);
    pat_document_close(document);
    pat_document_open_object(document, "recommended");
    pat_document_number(document, "jobs", best->jobs);
    pat_document_number(document, "batch", best->batch);
    pat_document_close(document);
    pat_document_truth(document, "same_bytes", sweep->different == 0);
    return console_document(pat_document_end(document), EXIT_ALL_WELL);
}

/* ---- The command ----------------------------------------------------------------------------- */

static void list_rows(struct sweep *sweep)
{
    const option_list *jobs = &sweep->options->jobs, *batch = &sweep->options->batch;
    for (int i = 0; i < jobs->count; i++)
        for (int k = 0; k < batch->count; k++) {
            struct row *row = &sweep->row[sweep->rows++];
            row->jobs = (int)jobs->value[i];
            row->batch = (int)batch->value[k];
        }
}

int bench_film(const bench_options *options, const char *film, const workspace *space)
{
    struct sweep sweep = {.options = options, .film.input = film};
    pat_error error = {0};
    sweep.film.model = shipped_model(sweep.model);
    if (sweep.film.model == NULL)
        return EXIT_USAGE;
    workspace_path(space, "first.mkv", sweep.first);
    workspace_path(space, "film.mkv", sweep.output);
    sweep.row = console_memory(BENCH_ROWS_MAX, sizeof *sweep.row);
    list_rows(&sweep);
    pat_status status = run_all(&sweep, &error);
    int exit_status = EXIT_ALL_WELL;
    if (status == PAT_INTERRUPTED) {
        console_error(&error);
        exit_status = 128 + abs(*options->interrupt);
    } else if (status != PAT_OK) {
        exit_status = console_failure(&error);
    } else {
        if (options->run.json)
            exit_status = print_json(&sweep);
        else
            print_sweep(&sweep);
        if (sweep.different > 0)
            exit_status = EXIT_SOMETHING_FAILED;
    }
    free(sweep.row);
    return exit_status;
}
