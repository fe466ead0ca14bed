/* The output of `patina bench --film`. */
#include <math.h>
#include <stdio.h>

#include "bench.h"
#include "bench_film.h"
#include "console.h"

/* Above this spread, or this share of waiting, the table gets a warning. */
static const double SPREAD_MAX = 0.1, WAITING_MAX = 1.0 / 3;

/* What workers do: a stage of the library's, or a part of one. */
enum { STAGES = 6, RESTORE = 3, ENCODE };

static const struct {
    const char *name;
    int pass, number;
} stages[STAGES] = {
    {"decode", 0, 0},
    {"measure", 0, 1},
    {"decode again", 1, 0},
    [RESTORE] = {"restore", 1, 1},
    [ENCODE] = {"encode", 1, 1},
    {"write", 2, 0},
};

static const char *s_of(size_t count)
{
    return count == 1 ? "" : "s";
}

/* ---- Tables ---------------------------------------------------------------------------------- */

/* Rounded up. */
static double mebibytes(const bench_film *bench, const bench_film_row *row)
{
    return ceil(ldexp((double)row->frames_in_flight * (double)bench->summary.frame_bytes, -20));
}

static double per_second(const pat_film_time *pass)
{
    return (double)pass->frames / pass->seconds;
}

static double busy_s(const bench_film_row *row, int stage)
{
    const pat_film_time *pass = &row->pass[stages[stage].pass];
    double all_s = pass->busy_s[stages[stage].number];
    return stage == ENCODE    ? pass->encoding_s
           : stage == RESTORE ? fmax(all_s - pass->encoding_s, 0)
                              : all_s;
}

static double ms_of(const bench_film_row *row, int stage)
{
    return 1e3 * busy_s(row, stage) / (double)row->pass[stages[stage].pass].frames;
}

static int workers_of(const bench_film_row *row, int stage)
{
    return row->pass[stages[stage].pass].workers[stages[stage].number];
}

/* The share of the pass in which a worker of the stage waits. */
static double idle_of(const bench_film_row *row, int stage)
{
    const pat_film_time *pass = &row->pass[stages[stage].pass];
    double all_s = pass->seconds * workers_of(row, stage);
    return fmin(fmax(1 - pass->busy_s[stages[stage].number] / all_s, 0), 1);
}

static double speed_of(const bench_film *bench, const bench_film_row *row)
{
    return (double)bench->summary.frames / row->median_s;
}

/* Of a setting's runs, relative to their median; 0 for a single one. */
static double spread_of(const bench_film_row *row, int count)
{
    double least = row->seconds[0], most = row->seconds[0];
    for (int i = 1; i < count; i++) {
        least = fmin(least, row->seconds[i]);
        most = fmax(most, row->seconds[i]);
    }
    return (most - least) / row->median_s;
}

/*
 * The share of the passes in which no stage works at its limit: mostly, workers start. With several
 * workers the stages overlap, and the busiest counts; with one, they take turns.
 */
static double waiting_of(const bench_film_row *row)
{
    double all_s = 0, working_s = 0;
    for (int i = 0; i < PAT_FILM_PASSES; i++) {
        const pat_film_time *pass = &row->pass[i];
        double stage_s[PAT_FILM_STAGES] = {0};
        for (int k = 0; k < PAT_FILM_STAGES; k++)
            if (pass->workers[k] > 0)
                stage_s[k] = pass->busy_s[k] / pass->workers[k];
        all_s += pass->seconds;
        working_s += row->jobs > 1 ? fmax(stage_s[0], stage_s[1]) : stage_s[0] + stage_s[1];
    }
    return 1 - working_s / all_s;
}

static void print_runs(const bench_film *bench)
{
    double widest = 0;
    printf("\n                             frames/s  frames/s of each pass           at most\n"
           "workers  batch   seconds  of the run  measure  restore    write  in memory\n");
    for (size_t i = 0; i < bench->rows; i++) {
        const bench_film_row *row = &bench->row[i];
        printf("%7d  %5d  %8.3f  %10.1f  %7.1f  %7.1f  %7.1f  %5.0f MiB\n", row->jobs, row->batch,
               row->median_s, speed_of(bench, row), per_second(&row->pass[0]),
               per_second(&row->pass[1]), per_second(&row->pass[2]), mebibytes(bench, row));
        widest = fmax(widest, spread_of(row, bench->options->repeat));
    }
    if (widest > SPREAD_MAX)
        printf("The runs of one setting differ by up to %.0f%%: the machine is busy with other "
               "work, so small\ndifferences mean nothing. A higher --repeat or --frames helps.\n",
               100 * widest);
}

static void print_stages(const bench_film_row *row)
{
    printf("\nstages with %d worker%s, batch %d\npass  stage         workers  ms/frame   idle\n",
           row->jobs, s_of((size_t)row->jobs), row->batch);
    for (int stage = 0; stage < STAGES; stage++)
        printf("%4d  %-12s  %7d  %8.2f  %4.0f%%\n", stages[stage].pass + 1, stages[stage].name,
               workers_of(row, stage), ms_of(row, stage), 100 * idle_of(row, stage));
    printf("idle: the share of its pass in which a worker had nothing to do, its start included\n"
           "restore and encode are done by the same workers\n");
}

void bench_film_table(const bench_film *bench)
{
    const pat_film_summary *film = &bench->summary;
    const bench_film_row *best = bench_film_recommended(bench);
    char processor[256];
    int cpus = pat_available_cpus();
    pat_processor_name(processor, sizeof processor);
    printf("patina %s on %s, %d CPU%s available, %s\n", pat_version(), processor, cpus,
           s_of((size_t)cpus), pat_instruction_tier());
    console_name(bench->film);
    printf(": %s, %s, %dx%d; %zu frame%s; medians of %d\n", film->codec, film->samples, film->width,
           film->height, film->frames, s_of(film->frames), bench->options->repeat);
    print_runs(bench);
    if (bench->different == 0)
        printf("same bytes in all %zu runs\n", bench->runs + 1);
    else
        printf("DIFFERENT BYTES: %zu of %zu runs differ from the first\n", bench->different,
               bench->runs);
    print_stages(best);
    printf("\nrecommended: %d worker%s, batch %d (the smallest within %.0f%% of the fastest)\n",
           best->jobs, s_of((size_t)best->jobs), best->batch, 100 * (BENCH_NEAR_BEST - 1));
    printf("  patina film FILM -o OUT.mkv --jobs %d --batch %d\n", best->jobs, best->batch);
    if (waiting_of(best) > WAITING_MAX)
        printf("much of the time is the start of workers; for longer films, measure a longer one, "
               "or more --frames\n");
    printf("at most %zu frame%s of %.2f MiB are in memory at a time: %.0f MiB\n",
           best->frames_in_flight, s_of(best->frames_in_flight),
           ldexp((double)film->frame_bytes, -20), mebibytes(bench, best));
}

/* ---- JSON ------------------------------------------------------------------------------------ */

static void put_film(pat_document *document, const bench_film *bench)
{
    const pat_film_summary *film = &bench->summary;
    pat_document_open_object(document, "film");
    pat_document_text(document, "container", film->container);
    pat_document_text(document, "codec", film->codec);
    pat_document_text(document, "samples", film->samples);
    pat_document_number(document, "width", film->width);
    pat_document_number(document, "height", film->height);
    pat_document_count(document, "frames", film->frames);
    pat_document_count(document, "frame_bytes", film->frame_bytes);
    pat_document_close(document);
}

static void put_options(pat_document *document, const bench_film *bench)
{
    pat_document_open_object(document, "options");
    pat_document_text(document, "film", bench->film);
    pat_document_number(document, "frames", bench->frames);
    pat_document_text(document, "model", bench->model);
    bench_json_list(document, "jobs", &bench->options->jobs);
    bench_json_list(document, "batch", &bench->options->batch);
    pat_document_number(document, "repeat", bench->options->repeat);
    pat_document_close(document);
}

static void put_passes(pat_document *document, const bench_film_row *row)
{
    static const char *const names[PAT_FILM_PASSES] = {"measure", "restore", "write"};
    pat_document_open_array(document, "passes");
    for (int pass = 0; pass < PAT_FILM_PASSES; pass++) {
        pat_document_open_object(document, NULL);
        pat_document_text(document, "pass", names[pass]);
        pat_document_number(document, "seconds", row->pass[pass].seconds);
        pat_document_number(document, "frames_per_second", per_second(&row->pass[pass]));
        pat_document_close(document);
    }
    pat_document_close(document);
}

static void put_stages(pat_document *document, const bench_film_row *row)
{
    pat_document_open_array(document, "stages");
    for (int stage = 0; stage < STAGES; stage++) {
        pat_document_open_object(document, NULL);
        pat_document_number(document, "pass", stages[stage].pass + 1);
        pat_document_text(document, "stage", stages[stage].name);
        pat_document_number(document, "workers", workers_of(row, stage));
        pat_document_number(document, "busy_seconds", busy_s(row, stage));
        pat_document_number(document, "ms_per_frame", ms_of(row, stage));
        pat_document_number(document, "idle", idle_of(row, stage));
        pat_document_close(document);
    }
    pat_document_close(document);
}

static void put_row(pat_document *document, const bench_film *bench, const bench_film_row *row)
{
    pat_document_open_object(document, NULL);
    pat_document_number(document, "jobs", row->jobs);
    pat_document_number(document, "batch", row->batch);
    pat_document_number(document, "seconds", row->median_s);
    pat_document_open_array(document, "runs");
    for (int i = 0; i < bench->options->repeat; i++)
        pat_document_number(document, NULL, row->seconds[i]);
    pat_document_close(document);
    pat_document_number(document, "frames_per_second", speed_of(bench, row));
    pat_document_number(document, "speed_up", bench->row[0].median_s / row->median_s);
    put_passes(document, row);
    put_stages(document, row);
    pat_document_count(document, "frames_in_flight", row->frames_in_flight);
    pat_document_count(document, "bytes_in_flight",
                       row->frames_in_flight * bench->summary.frame_bytes);
    pat_document_close(document);
}

int bench_film_json(const bench_film *bench)
{
    const bench_film_row *best = bench_film_recommended(bench);
    pat_document *document = bench_json_begin("bench_film", bench->summary.sandbox);
    put_options(document, bench);
    put_film(document, bench);
    pat_document_open_array(document, "settings");
    for (size_t i = 0; i < bench->rows; i++)
        put_row(document, bench, &bench->row[i]);
    pat_document_close(document);
    pat_document_open_object(document, "recommended");
    pat_document_number(document, "jobs", best->jobs);
    pat_document_number(document, "batch", best->batch);
    pat_document_close(document);
    pat_document_truth(document, "same_bytes", bench->different == 0);
    return console_document(pat_document_end(document), EXIT_ALL_WELL);
}
