#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench.h"
#include "bench_film.h"
#include "commands.h"
#include "console.h"
#include "shipped.h"

/* The sample is large enough to be typical of a folder. */
enum { SAMPLE_DEFAULT = 24, REPEAT_DEFAULT = 3, SECONDS_DEFAULT = 1, SECONDS_MAX = 3600 };

/* Ten seconds of most films. */
enum { FRAMES_DEFAULT = 240, FRAMES_MAX = 1000000 };

struct arguments {
    bench_options bench;
    bool single;
    const char *film; /* NULL: pairs are measured */
    int frames;       /* of the film */
};

/* A film lasts longer than pairs, and a worker gets more frames at a time. */
static const option_list film_batches = {3, {4, 12, 24}};

static const option_row measurement_options[] = {
    {"workers", 0, "LIST", OPTION_LIST, OPTION_TARGET(struct arguments, bench.jobs), .least = 1,
     .greatest = PAT_JOBS_MAX,
     .standard = "1,2,4 and so on up to the number of available CPUs, and a quarter more",
     .help = "Numbers of workers to compare, such as 1,2,4"},
    {"jobs", 'j', .old_of = "workers"},
    {"batches", 0, "LIST", OPTION_LIST, OPTION_TARGET(struct arguments, bench.batch), .least = 1,
     .greatest = PAT_BATCH_MAX, .standard = "1,2,4",
     .help = "Numbers of requests per worker to compare"},
    {"batch", .old_of = "batches"},
    {"repeat", 0, "N", OPTION_WHOLE, OPTION_TARGET(struct arguments, bench.repeat), .least = 1,
     .greatest = BENCH_REPEAT_MAX, .standard = "3",
     .help = "Number of repetitions of each measurement, 1..100; the median is reported"},
    {"seconds", 0, "S", OPTION_WHOLE, OPTION_TARGET(struct arguments, bench.seconds), .least = 0,
     .greatest = SECONDS_MAX, .standard = "1",
     .help = "Minimum duration of a run with the most workers, 0..3600; pairs are repeated as "
             "needed"},
    {"single", .type = OPTION_FLAG, OPTION_TARGET(struct arguments, single),
     .help = "Only time the stages of a pair, in one process"},
    {"film", 0, "FILM", OPTION_FILE, OPTION_TARGET(struct arguments, film),
     .help =
         "Restore this film instead, with the default model: frames per second, stage by stage, "
         "and the memory that frames take; by default with batches of 4, 12 and 24 frames, "
         "once each"},
    {"frames", 0, "N", OPTION_WHOLE, OPTION_TARGET(struct arguments, frames), .least = 1,
     .greatest = FRAMES_MAX, .standard = "240", .help = "With --film: use only the first N frames"},
    {0},
};

static void check(const option_line *line, void *target)
{
    struct arguments *arguments = target;
    option_exclude(line, "film", "single seconds sample limit grid " SOURCE_NAMES,
                   "a film is not made of pairs");
    option_need(line, "frames", "film", "has an effect only on films");
    if (arguments->film != NULL && option_given(line, "batches batch") == NULL)
        arguments->bench.batch = film_batches;
    if (arguments->film != NULL && option_given(line, "repeat") == NULL)
        arguments->bench.repeat = 1;
    option_exclude(line, "single", "workers batches seconds", "--single starts no workers");
}

static const option_group groups[] = {
    {"Measurement", measurement_options, .check = check},
    {"Images and settings", sample_options, OPTION_ABOUT(bench.source.source)},
    {"Images and settings", source_options, OPTION_ABOUT(bench.source), .check = check_source},
    {"Images and settings", grid_options, OPTION_ABOUT(bench.source)},
    {"Output", output_options, OPTION_ABOUT(bench.run), .without = "quiet"},
    {0},
};

const option_set bench_set = {
    .usage = "[DAMAGED_DIR UNDAMAGED_DIR]\n--manifest FILE\n--film FILM",
    .summary = "Measure the speed of the search on this machine, with several numbers of workers "
               "and stage by stage. Without folders, patina's own sample is used.",
    .notes = "Exit status: 0 success, 1 runs gave different bytes or something failed, 2 wrong "
             "usage or nothing to do, " HELP_STOPPED ".",
    .groups = groups,
};

/* 1, 2, 4, ... up to the number of CPUs, then a quarter more to show that more do not help: on 2
 * CPUs 1, 2, 3, on 8 CPUs 1, 2, 4, 8, 10. */
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
    if (shipped_find("sample/damaged", damaged) && shipped_find("sample/undamaged", undamaged))
        return true;
    fprintf(stderr,
            "patina: the sample is not installed with this program (%s is missing); name two "
            "folders, DAMAGED_DIR and UNDAMAGED_DIR\n",
            damaged);
    return false;
}

/* Report problems of the runs on stderr. Returns the exit status. */
static int judge(const bench_sweep *sweep, const bench_breakdown *breakdown)
{
    const char *failure = sweep != NULL && sweep->failures > 0 ? sweep->failure
                          : breakdown->failures > 0            ? breakdown->failure
                                                               : NULL;
    if (failure != NULL)
        fprintf(stderr, "patina: some pairs failed, the first with: %s\n", failure);
    if (sweep != NULL && sweep->different > 0)
        fprintf(stderr,
                "patina: %zu of %zu runs gave other bytes than the first; unless an image was "
                "changed in the meantime, this is a bug: check with patina verify\n",
                sweep->different, sweep->runs);
    bool well = failure == NULL && (sweep == NULL || sweep->different == 0);
    return well ? EXIT_ALL_WELL : EXIT_SOMETHING_FAILED;
}

/* Do the runs first, because this process must not load the decoding library before them. Without
 * `sweep` there are no runs, and `space` is not used. */
static int bench(const bench_options *options, const pat_pairs *pairs, const workspace *space,
                 bench_sweep *sweep)
{
    pat_error error = {0};
    bench_breakdown breakdown = {0};
    pat_status status = PAT_OK;
    if (!options->run.json)
        bench_table_begin(options, pairs);
    if (sweep != NULL)
        status = bench_sweep_run(options, pairs, space, sweep, &error);
    if (status == PAT_OK && sweep != NULL && !options->run.json)
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
        if (!options->run.json)
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

static int bench_with_film(bench_options *options, const char *film, int frames)
{
    workspace space;
    options->interrupt = console_catch_interrupts();
    if (!workspace_create(&space, "bench"))
        return EXIT_SOMETHING_FAILED;
    int exit_status = bench_film_run(options, film, frames, &space);
    workspace_remove(&space);
    return exit_status;
}

int cmd_bench(int argc, char **argv)
{
    struct arguments arguments = {.bench =
                                      {
                                          .source.source.sample = SAMPLE_DEFAULT,
                                          .batch = {3, {1, 2, 4}},
                                          .repeat = REPEAT_DEFAULT,
                                          .seconds = SECONDS_DEFAULT,
                                      },
                                  .frames = FRAMES_DEFAULT};
    bench_options *options = &arguments.bench;
    pat_error error = {0};
    pat_pairs *pairs;
    options_read(&bench_set, argc, argv, &arguments);
    pat_pair_source *source = &options->source.source;
    if (options->jobs.count == 0)
        default_jobs(&options->jobs);
    if (arguments.film != NULL)
        return bench_with_film(options, arguments.film, arguments.frames);
    if (source->damaged == NULL && source->manifest == NULL && !find_sample(source))
        return EXIT_USAGE;
    if (pat_pairs_find(source, &pairs, &error) != PAT_OK)
        return console_failure(&error);
    options->interrupt = console_catch_interrupts();
    int exit_status = EXIT_USAGE;
    if (pat_pairs_count(pairs) > 0)
        exit_status =
            arguments.single ? bench(options, pairs, NULL, NULL) : bench_with_runs(options, pairs);
    else
        fprintf(stderr, "patina: no pairs to measure; patina search --dry-run lists the files and "
                        "why they have no partner\n");
    pat_pairs_free(pairs);
    return exit_status;
}
