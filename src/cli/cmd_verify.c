#include <stdio.h>
#include <stdlib.h>

#include "commands.h"
#include "console.h"
#include "shared_options.h"
#include "workspace.h"

struct arguments {
    source_arguments source;
    run_arguments run;
};

static const option_group groups[] = {
    {"Images and settings", sample_options, OPTION_ABOUT(source.source)},
    {"Images and settings", source_options, OPTION_ABOUT(source), .check = check_source_needed},
    {"Run", run_options, OPTION_ABOUT(run), .without = "in-process", .check = check_run},
    {"Run", output_options, OPTION_ABOUT(run), .without = "json"},
    {0},
};

const option_set verify_set = {
    .usage = "DAMAGED_DIR UNDAMAGED_DIR\n--manifest FILE",
    .summary = "Run the search twice, with one worker and with --jobs workers (at least two), and "
               "compare the data sets, the scores of all settings and the failures byte by byte.",
    .notes =
        "Exit status: 0 the same bytes, 1 different bytes, no row to compare, or a failed run, "
        "2 wrong usage or nothing to do, " HELP_STOPPED ".",
    .groups = groups,
};

enum { SEQUENTIAL, PARALLEL, RUNS };

static const char *const run_names[RUNS] = {"sequential", "parallel"};
static const char *const suffixes[] = {".csv", ".trials.csv", ".failures.csv"};
enum { COMPARED_FILES = sizeof suffixes / sizeof *suffixes };

static void file_path(char path[PAT_PATH_SIZE], const workspace *space, int run, const char *suffix)
{
    char name[64];
    snprintf(name, sizeof name, "%s%s", run_names[run], suffix);
    workspace_path(space, name, path);
}

static pat_status run_once(pat_search_options *search, const pat_pairs *pairs,
                           const workspace *space, int run, pat_run_summary *summary,
                           pat_error *error)
{
    char output[PAT_PATH_SIZE], trials[PAT_PATH_SIZE];
    file_path(output, space, run, suffixes[0]);
    file_path(trials, space, run, suffixes[1]);
    search->run.journal = PAT_JOURNAL_NONE;
    search->output = output;
    search->trials = trials;
    return pat_search_run(search, pairs, summary, error);
}

/* Whether the files of the two runs hold the same bytes. */
static pat_status compare_files(const workspace *space, bool quiet, bool *same, pat_error *error)
{
    *same = true;
    for (int i = 0; i < COMPARED_FILES; i++) {
        char path[RUNS][PAT_PATH_SIZE];
        pat_difference difference;
        for (int run = 0; run < RUNS; run++)
            file_path(path[run], space, run, suffixes[i]);
        pat_status status = pat_csv_compare(path[SEQUENTIAL], path[PARALLEL], 0, 0,
                                            quiet ? NULL : stdout, &difference, error);
        if (status != PAT_OK)
            return status;
        *same = *same && difference == PAT_IDENTICAL;
    }
    return PAT_OK;
}

static void report(const pat_run_summary summary[RUNS], bool same)
{
    for (int run = 0; run < RUNS; run++)
        printf("%-10s  %d worker%s  %8.2f s  %zu rows, %zu failures  sha256 %s\n", run_names[run],
               summary[run].workers, summary[run].workers == 1 ? " " : "s", summary[run].elapsed_s,
               summary[run].rows, summary[run].failures, summary[run].sha256);
    printf("speed-up %.2f\n", summary[SEQUENTIAL].elapsed_s / summary[PARALLEL].elapsed_s);
    if (summary[SEQUENTIAL].rows == 0)
        printf("nothing was compared: no pair gave a row\n");
    else
        printf("%s\n",
               same ? "identical: data set, scores of all settings, failures" : "different");
}

static int verify(pat_search_options *search, const pat_pairs *pairs, const workspace *space,
                  const run_arguments *arguments, pat_run_summary summary[RUNS])
{
    pat_error error = {0};
    progress_display display;
    int parallel_jobs = search->run.jobs != 0 ? search->run.jobs : pat_available_cpus();
    search->run.progress = progress_show;
    search->run.progress_context = &display;
    pat_status status = PAT_OK;
    for (int run = 0; run < RUNS && status == PAT_OK; run++) {
        search->run.jobs = run == SEQUENTIAL ? 1 : parallel_jobs < 2 ? 2 : parallel_jobs;
        progress_init(&display, arguments->quiet ? PROGRESS_NEVER : arguments->progress, "pairs");
        status = run_once(search, pairs, space, run, &summary[run], &error);
        progress_end(&display);
    }
    bool same = false;
    if (status == PAT_OK)
        status = compare_files(space, arguments->quiet, &same, &error);
    if (status == PAT_INTERRUPTED) {
        console_error(&error);
        return 128 + abs(*search->run.interrupt);
    }
    if (status != PAT_OK)
        return console_failure(&error);
    if (!arguments->quiet)
        report(summary, same);
    return same && summary[SEQUENTIAL].rows > 0 ? EXIT_ALL_WELL : EXIT_SOMETHING_FAILED;
}

int cmd_verify(int argc, char **argv)
{
    struct arguments arguments = {0};
    pat_error error = {0};
    pat_pairs *pairs;
    workspace space;
    options_read(&verify_set, argc, argv, &arguments);
    pat_search_options search = {
        .source = arguments.source.source,
        .grid = arguments.source.grid,
        .run = arguments.run.run,
    };
    if (pat_pairs_find(&search.source, &pairs, &error) != PAT_OK)
        return console_failure(&error);
    pat_run_summary *summary = console_memory(RUNS, sizeof *summary);
    int exit_status = EXIT_SOMETHING_FAILED;
    search.run.interrupt =
        console_catch_interrupts(); /* from here on there is something to remove */
    if (workspace_create(&space, "verify")) {
        exit_status = verify(&search, pairs, &space, &arguments.run, summary);
        workspace_remove(&space);
    }
    free(summary);
    pat_pairs_free(pairs);
    return exit_status;
}
