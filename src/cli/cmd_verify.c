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
    {"Images and settings", grid_options, OPTION_ABOUT(source)},
    {"Run", run_options, OPTION_ABOUT(run), .without = "in-process", .check = check_run},
    {"Run", output_options, OPTION_ABOUT(run)},
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

enum { SEQUENTIAL, PARALLEL, RUNS = PAT_VERIFY_RUNS };

static const char *const run_names[RUNS] = {"sequential", "parallel"};
static const char *const suffixes[PAT_VERIFY_FILES] = {".csv", ".trials.csv", ".failures.csv"};

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

/* The outcome of the two runs. */
struct comparison {
    pat_run_summary summary[RUNS];
    bool same;                    /* all files hold the same bytes */
    char *json[PAT_VERIFY_FILES]; /* with --json; owned */
};

static pat_status compare_file(const char *const path[RUNS], const run_arguments *arguments,
                               char **json, pat_difference *difference, pat_error *error)
{
    if (arguments->json)
        return pat_csv_compare_json(path[SEQUENTIAL], path[PARALLEL], 0, 0, json, difference,
                                    error);
    return pat_csv_compare(path[SEQUENTIAL], path[PARALLEL], 0, 0, arguments->quiet ? NULL : stdout,
                           difference, error);
}

static pat_status compare_files(const workspace *space, const run_arguments *arguments,
                                struct comparison *comparison, pat_error *error)
{
    comparison->same = true;
    for (int i = 0; i < PAT_VERIFY_FILES; i++) {
        char sequential[PAT_PATH_SIZE], parallel[PAT_PATH_SIZE];
        pat_difference difference;
        file_path(sequential, space, SEQUENTIAL, suffixes[i]);
        file_path(parallel, space, PARALLEL, suffixes[i]);
        pat_status status = compare_file((const char *const[]){sequential, parallel}, arguments,
                                         &comparison->json[i], &difference, error);
        if (status != PAT_OK)
            return status;
        comparison->same = comparison->same && difference == PAT_IDENTICAL;
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
                  const run_arguments *arguments, struct comparison *comparison)
{
    pat_run_summary *summary = comparison->summary;
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
    if (status == PAT_OK)
        status = compare_files(space, arguments, comparison, &error);
    if (status == PAT_INTERRUPTED) {
        console_error(&error);
        return 128 + abs(*search->run.interrupt);
    }
    if (status != PAT_OK)
        return console_failure(&error);
    bool proved = comparison->same && summary[SEQUENTIAL].rows > 0;
    int exit_status = proved ? EXIT_ALL_WELL : EXIT_SOMETHING_FAILED;
    if (arguments->json)
        return console_document(pat_verify_json(summary, (const char *const *)comparison->json),
                                exit_status);
    if (!arguments->quiet)
        report(summary, comparison->same);
    return exit_status;
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
    struct comparison *comparison = console_memory(1, sizeof *comparison);
    int exit_status = EXIT_SOMETHING_FAILED;
    search.run.interrupt = console_catch_interrupts(); /* from here on, there are files to remove */
    if (workspace_create(&space, "verify")) {
        exit_status = verify(&search, pairs, &space, &arguments.run, comparison);
        workspace_remove(&space);
    }
    for (int i = 0; i < PAT_VERIFY_FILES; i++)
        free(comparison->json[i]);
    free(comparison);
    pat_pairs_free(pairs);
    return exit_status;
}
