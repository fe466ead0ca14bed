#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "bench.h"
#include "commands.h"
#include "console.h"
#include "sample.h"

/* Enough to be typical of a folder; whoever knows better says --sample. */
enum { SAMPLE_DEFAULT = 24, REPEAT_DEFAULT = 3, SECONDS_DEFAULT = 1, SECONDS_MAX = 3600 };

static const struct argp_option argp_options[] = {
    {"sample", KEY_SAMPLE, "K", 0, "Only K pairs, evenly spread over the folders (default: 24)", 0},
    {"jobs", 'j', "LIST", 0,
     "Numbers of workers to compare, such as 1,2,4 (default: doubled up to the CPUs this process "
     "may use, and a few more)",
     0},
    {"batch", KEY_BATCH, "LIST", 0,
     "Numbers of requests that a worker holds at once to compare (default: 1,2,4)", 0},
    {"repeat", KEY_REPEAT, "N", 0,
     "Take each time so often, 1..100; the median counts (default: 3)", 0},
    {"seconds", KEY_SECONDS, "S", 0,
     "Repeat the pairs until a run with most workers lasts S seconds, 0..3600 (default: 1)", 0},
    {"single", KEY_SINGLE, NULL, 0, "Only the cost of a pair, stage by stage; no workers", 0},
    {"json", KEY_JSON, NULL, 0, "Print one JSON document instead of tables", 0},
    {"progress", KEY_PROGRESS, "WHEN", 0, "Show progress: auto, always or never (default: auto)",
     0},
    {0},
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
    bench_options *options = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &options->source;
        return 0;
    case KEY_SAMPLE:
        options->source.source.sample =
            (size_t)parse_whole(state, "--sample", argument, 1, INT_MAX);
        return 0;
    case 'j':
        parse_list(state, "--jobs", argument, PAT_JOBS_MAX, &options->jobs);
        return 0;
    case KEY_BATCH:
        parse_list(state, "--batch", argument, PAT_BATCH_MAX, &options->batch);
        return 0;
    case KEY_REPEAT:
        options->repeat = (int)parse_whole(state, "--repeat", argument, 1, BENCH_REPEAT_MAX);
        return 0;
    case KEY_SECONDS:
        options->seconds = (double)parse_whole(state, "--seconds", argument, 0, SECONDS_MAX);
        return 0;
    case KEY_SINGLE:
        options->single = true;
        return 0;
    case KEY_JSON:
        options->json = true;
        return 0;
    case KEY_PROGRESS:
        options->progress = parse_progress(state, argument);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_child children[] = {
    {&source_argp, 0, "Which images, which settings:", 1},
    {0},
};

static const struct argp argp = {
    .options = argp_options,
    .parser = parse,
    .args_doc = "[DAMAGED_DIR UNDAMAGED_DIR]\n--manifest FILE",
    .doc = "Measure the search on this machine: with several numbers of workers, and stage by "
           "stage. Without folders, on the sample that comes with patina."
           "\vExit status: 0 all well, 1 runs gave different bytes or something failed, 2 wrong "
           "usage or nothing to do, " HELP_STOPPED ".",
    .children = children,
};

pat_status bench_fail(pat_error *error, pat_status status, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    error->status = status;
    vsnprintf(error->message, sizeof error->message, format, arguments);
    va_end(arguments);
    return status;
}

pat_status bench_check_interrupt(const bench_options *options, pat_error *error)
{
    return *options->interrupt == 0 ? PAT_OK : bench_fail(error, PAT_INTERRUPTED, "interrupted");
}

double bench_clock_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static int compare_doubles(const void *a, const void *b)
{
    double first = *(const double *)a, second = *(const double *)b;
    return (first > second) - (first < second);
}

double bench_median(const double *value, int count)
{
    double sorted[BENCH_REPEAT_MAX];
    memcpy(sorted, value, (size_t)count * sizeof *sorted);
    qsort(sorted, (size_t)count, sizeof *sorted, compare_doubles);
    return (sorted[(count - 1) / 2] + sorted[count / 2]) / 2;
}

/* 1, 2, 4, ... up to the CPUs, and a quarter more, to see that more do not help: on 2 CPUs
 * 1, 2, 3, on 8 CPUs 1, 2, 4, 8, 10. */
static void default_jobs(option_list *jobs)
{
    int cpus = pat_available_cpus(), more = cpus + (cpus + 3) / 4;
    for (int count = 1; count < cpus && jobs->count < OPTION_LIST_MAX - 2; count *= 2)
        jobs->value[jobs->count++] = count;
    jobs->value[jobs->count++] = cpus < PAT_JOBS_MAX ? cpus : PAT_JOBS_MAX;
    if (more <= PAT_JOBS_MAX)
        jobs->value[jobs->count++] = more;
}

static bool find_sample(pat_pair_source *source)
{
    static char damaged[PAT_PATH_SIZE], undamaged[PAT_PATH_SIZE];
    source->damaged = damaged;
    source->undamaged = undamaged;
    if (sample_folder("damaged", damaged) && sample_folder("undamaged", undamaged))
        return true;
    fprintf(stderr,
            "patina: the sample of patina is not beside this program (%s); name two folders, "
            "DAMAGED_DIR and UNDAMAGED_DIR\n",
            damaged);
    return false;
}

/* What went wrong in the runs, on stderr; the exit status. */
static int judge(const bench_sweep *sweep, const bench_breakdown *breakdown)
{
    const char *failure = sweep != NULL && sweep->failures > 0 ? sweep->failure
                          : breakdown->failures > 0            ? breakdown->failure
                                                               : NULL;
    if (failure != NULL)
        fprintf(stderr, "patina: not every pair gave a row: %s\n", failure);
    if (sweep != NULL && sweep->different > 0)
        fprintf(stderr,
                "patina: %zu of %zu runs do not give the bytes that the first gave; if no image "
                "was changed meanwhile, this is a defect: see patina verify\n",
                sweep->different, sweep->runs);
    bool well = failure == NULL && (sweep == NULL || sweep->different == 0);
    return well ? EXIT_ALL_WELL : EXIT_SOMETHING_FAILED;
}

/* The runs come first: this process loads the decoding library only after them. Without `sweep`
 * there are none, and no need of `space`. */
static int bench(const bench_options *options, const pat_pairs *pairs, const workspace *space,
                 bench_sweep *sweep)
{
    pat_error error = {0};
    bench_breakdown breakdown = {0};
    pat_status status = PAT_OK;
    if (!options->json)
        bench_table_begin(options, pairs);
    if (sweep != NULL)
        status = bench_sweep_run(options, pairs, space, sweep, &error);
    if (status == PAT_OK && sweep != NULL && !options->json)
        bench_table_sweep(options, sweep);
    if (status == PAT_OK)
        status = bench_stages_run(options, pairs, &breakdown, &error);
    int exit_status;
    if (status == PAT_INTERRUPTED) {
        console_error(&error);
        exit_status = 128 + abs(*options->interrupt);
    } else if (status != PAT_OK) {
        exit_status = console_failure(&error);
    } else {
        exit_status = judge(sweep, &breakdown);
        if (!options->json)
            bench_table_breakdown(&breakdown, sweep);
        else if (bench_json(options, pairs, sweep, &breakdown) != EXIT_ALL_WELL)
            exit_status = EXIT_SOMETHING_FAILED;
    }
    free(breakdown.pair);
    return exit_status;
}

static int bench_with_runs(const bench_options *options, const pat_pairs *pairs)
{
    workspace space;
    int exit_status = EXIT_SOMETHING_FAILED;
    bench_sweep *sweep = console_memory(1, sizeof *sweep);
    if (workspace_create(&space, "bench")) {
        exit_status = bench(options, pairs, &space, sweep);
        workspace_remove(&space);
    }
    free(sweep);
    return exit_status;
}

int cmd_bench(int argc, char **argv)
{
    bench_options options = {
        .source = {.optional = true, .source = {.sample = SAMPLE_DEFAULT}},
        .batch = {3, {1, 2, 4}},
        .repeat = REPEAT_DEFAULT,
        .seconds = SECONDS_DEFAULT,
    };
    pat_error error = {0};
    pat_pairs *pairs;
    parse_arguments(&argp, argc, argv, 0, &options);
    pat_pair_source *source = &options.source.source;
    if (options.jobs.count == 0)
        default_jobs(&options.jobs);
    if (source->damaged == NULL && source->manifest == NULL && !find_sample(source))
        return EXIT_USAGE;
    if (pat_pairs_find(source, &pairs, &error) != PAT_OK)
        return console_failure(&error);
    options.interrupt = console_catch_interrupts();
    int exit_status = EXIT_USAGE;
    if (pat_pairs_count(pairs) > 0)
        exit_status =
            options.single ? bench(&options, pairs, NULL, NULL) : bench_with_runs(&options, pairs);
    else
        fprintf(stderr, "patina: no pair to measure; patina search --dry-run lists the files and "
                        "why they have no partner\n");
    pat_pairs_free(pairs);
    return exit_status;
}
