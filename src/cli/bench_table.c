#include <math.h>
#include <stdio.h>

#include "bench.h"
#include "console.h"

/* Above this spread, the table gets a warning. */
static const double SPREAD_MAX = 0.1;

static const char *plural(size_t count)
{
    return count == 1 ? "" : "s";
}

void bench_table_begin(const bench_options *options, const pat_pairs *pairs)
{
    char processor[256];
    size_t count = pat_pairs_count(pairs), settings = pat_grid_count(&options->source.grid);
    int cpus = pat_available_cpus();
    pat_processor_name(processor, sizeof processor);
    printf("patina %s on %s, %d CPU%s available, %s\n", pat_version(), processor, cpus,
           plural((size_t)cpus), pat_instruction_tier());
    printf("%zu pair%s, %zu setting%s; medians of %d\n", count, plural(count), settings,
           plural(settings), options->repeat);
    console_push(); /* the rest takes a while */
}

/* The spread of a setting's runs relative to their median; nan for a single run. */
static double spread(const bench_row *row, int repeat)
{
    if (repeat == 1)
        return NAN;
    double least = row->seconds[0], most = row->seconds[0];
    for (int i = 1; i < repeat; i++) {
        least = row->seconds[i] < least ? row->seconds[i] : least;
        most = row->seconds[i] > most ? row->seconds[i] : most;
    }
    return (most - least) / row->median_s;
}

static void print_recommendation(const bench_sweep *sweep)
{
    const bench_row *row = bench_recommended(sweep);
    printf("recommended: %d worker%s, batch %d (the smallest within %.0f%% of the fastest)\n",
           row->jobs, plural((size_t)row->jobs), row->batch, 100 * (BENCH_NEAR_BEST - 1));
    printf("  patina search DAMAGED_DIR UNDAMAGED_DIR --jobs %d --batch %d\n", row->jobs,
           row->batch);
}

void bench_table_sweep(const bench_options *options, const bench_sweep *sweep)
{
    const bench_row *baseline = bench_baseline(sweep);
    double widest = 0;
    printf("\nA run has %zu pairs, each pair %zu time%s.\n", sweep->pairs, sweep->times,
           plural(sweep->times));
    printf("workers  batch   seconds  spread  pairs/s  speed-up  efficiency\n");
    for (size_t i = 0; i < sweep->rows; i++) {
        const bench_row *row = &sweep->row[i];
        printf("%7d  %5d  %8.3f  %5.1f%%  %7.1f  %8.2f  %9.0f%%\n", row->jobs, row->batch,
               row->median_s, 100 * spread(row, options->repeat),
               (double)sweep->pairs / row->median_s, bench_speed_up(sweep, row),
               100 * bench_efficiency(sweep, row));
        widest = fmax(widest, spread(row, options->repeat));
    }
    if (widest > SPREAD_MAX)
        printf(
            "The runs of one setting differ by up to %.0f%%: the machine is busy with other work, "
            "so small\ndifferences mean nothing. A higher --repeat or --seconds helps.\n",
            100 * widest);
    printf("speed-up: over %d worker%s with batch %d; starting and ending a run: %.0f ms\n",
           baseline->jobs, plural((size_t)baseline->jobs), baseline->batch,
           1e3 * sweep->start_up.median_s);
    if (sweep->different == 0)
        printf("same bytes in all %zu runs, sha256 %s\n", sweep->runs, sweep->sha256);
    else
        printf("DIFFERENT BYTES: %zu of %zu runs differ from the first\n", sweep->different,
               sweep->runs);
    print_recommendation(sweep);
    console_push();
}

static void print_stage(const char *name, double ms, double total_ms)
{
    printf("%-28s  %9.3f  %5.1f%%\n", name, ms, 100 * ms / total_ms);
}

void bench_table_breakdown(const bench_breakdown *breakdown, const bench_sweep *sweep)
{
    static const char *const names[BENCH_STEPS] = {
        [BENCH_READ] = "read both files",
        [BENCH_DECODE] = "decode both images",
        [BENCH_GRID] = "grid, only the winner",
        [BENCH_FEATURES] = "features",
    };
    if (breakdown->measured == 0)
        return;
    double pool_ms = sweep == NULL ? 0 : bench_pool_ms(sweep), worker_ms;
    double total_ms = breakdown->steps_ms + pool_ms;
    printf("\none pair: mean of %zu, typically %d x %d pixels\n", breakdown->measured,
           breakdown->typical_width, breakdown->typical_height);
    printf("stage                                ms   share\n");
    for (int step = 0; step < BENCH_STEPS; step++)
        print_stage(names[step], breakdown->mean_ms[step], total_ms);
    if (sweep != NULL)
        print_stage("pool", pool_ms, total_ms);
    print_stage("total", total_ms, total_ms);
    if (sweep != NULL && bench_worker_ms(sweep, &worker_ms))
        printf("%-28s  %9.3f\n", "in a run with one worker", worker_ms);
    printf("%-28s  %9.3f\n", "grid, all scores (--trials)", breakdown->mean_ms[BENCH_GRID_ALL]);
    printf("%.3f megapixels/s in one process\n", breakdown->megapixels_per_s);
    printf("%.3f ns per pixel, channel and setting (all scores: %.3f)\n", breakdown->ns_per_cell,
           breakdown->ns_per_cell_all);
}
