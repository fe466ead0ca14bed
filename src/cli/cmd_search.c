#include <stdio.h>
#include <stdlib.h>

#include "commands.h"
#include "console.h"
#include "left_out.h"
#include "shared_options.h"

struct arguments {
    source_arguments source;
    run_arguments run;
    table_arguments table;
    const char *output, *trials;
    pat_score_set scores;
    bool dry_run;
};

static void take_scores(const option_line *line, void *target, char *text)
{
    pat_error error = {0};
    if (pat_score_set_parse(target, text, &error) != PAT_OK)
        option_fail(line, "%s", error.message);
}

static const option_row options[] = {
    {"output", 'o', "FILE", OPTION_OUTPUT, OPTION_TARGET(struct arguments, output),
     .standard = "regression_training_data.csv",
     .help = "The data set to write; its failures and the run record are written next to it"},
    {"trials", 0, "FILE", OPTION_OUTPUT, OPTION_TARGET(struct arguments, trials),
     .help = "Also write the scores of all settings and of the untouched images"},
    {"scores", 0, "NAMES", OPTION_TEXT, OPTION_TARGET(struct arguments, scores),
     .take = take_scores, .standard = "psnr,ssim",
     .help = "Add further scores as columns, such as ms_ssim,delta_e; they do not affect which "
             "setting is the best"},
    {0},
};

static void check_dry_run(const option_line *line, void *target)
{
    (void)target;
    option_exclude(line, "dry-run", "json", "the plan is printed as text");
    option_exclude(line, "dry-run", "restart retry-failed", "a dry run starts nothing");
}

static const option_group groups[] = {
    {"Output", .rows = options},
    {"Output", dry_run_options, OPTION_ABOUT(dry_run), .check = check_dry_run},
    {"Output", table_options, OPTION_ABOUT(table)},
    {"Output", force_options, OPTION_ABOUT(run.run.force)},
    {"Images and settings", source_options, OPTION_ABOUT(source), .check = check_source_needed},
    {"Images and settings", grid_options, OPTION_ABOUT(source)},
    {"Run", run_options, OPTION_ABOUT(run), .check = check_run},
    {"Run", output_options, OPTION_ABOUT(run)},
    {"Resuming", journal_options, OPTION_ABOUT(run.run.journal), .check = check_journal},
    {0},
};

const option_set search_set = {
    .usage = "DAMAGED_DIR UNDAMAGED_DIR\n--manifest FILE",
    .summary = "Find the restoration settings that bring each damaged image closest to its "
               "undamaged original, measure the features of the damaged image, and write both as "
               "a data set.",
    .notes = "Exit status: 0 every pair has a row, 1 something failed (the data set has the "
             "rest), 2 wrong usage or nothing to do, " HELP_STOPPED ".",
    .groups = groups,
};

static void print_unpaired(const pat_pairs *pairs)
{
    struct left_out left_out = {0};
    for (size_t i = 0; i < pat_pairs_unpaired_count(pairs); i++) {
        pat_unpaired unpaired = pat_pairs_unpaired(pairs, i);
        left_out_note(&left_out, &unpaired);
    }
    left_out.of[PAT_LEFT_SYSTEM].count = pat_pairs_ignored_count(pairs);
    left_out_end(&left_out, false);
}

static void list_unpaired(const pat_pairs *pairs)
{
    size_t count = pat_pairs_unpaired_count(pairs), ignored = pat_pairs_ignored_count(pairs);
    if (count > 0)
        printf("left out:\n");
    for (size_t i = 0; i < count; i++) {
        pat_unpaired unpaired = pat_pairs_unpaired(pairs, i);
        printf("  ");
        console_name(unpaired.folder);
        printf("/");
        console_name(unpaired.name);
        printf(": ");
        console_name(unpaired.reason);
        printf("\n");
    }
    if (ignored > 0)
        printf("ignored: %zu %s\n", ignored, pat_left_out_words(PAT_LEFT_SYSTEM));
}

static void print_plan(const pat_search_options *search, const pat_pairs *pairs)
{
    char grid[PAT_GRID_TEXT_SIZE];
    pat_grid_format(&search->grid, grid);
    int workers = search->run.jobs == 0 ? pat_available_cpus() : search->run.jobs;
    printf("%zu pairs, %zu settings each (%s)\n", pat_pairs_count(pairs),
           pat_grid_count(&search->grid), grid);
    printf("%d worker%s, output to %s\n", workers, workers == 1 ? "" : "s", search->output);
    for (size_t i = 0; i < pat_pairs_count(pairs); i++) {
        pat_pair pair;
        pat_pairs_get(pairs, i, &pair);
        printf("  ");
        console_name(pair.name);
        printf(": ");
        console_name(pair.damaged);
        printf(", ");
        console_name(pair.undamaged);
        printf("\n");
    }
    list_unpaired(pairs);
}

/* Print the outcome of a run. */
static int tell(const pat_search_options *search, const pat_pairs *pairs,
                const pat_run_summary *summary, const run_arguments *run)
{
    if (run->json)
        return console_document(pat_search_json(search, pairs, summary),
                                console_failures(summary, "pair"));
    int exit_status = console_summary(summary, "pair", run->quiet);
    if (!run->quiet && search->trials != NULL)
        printf("         %s\n", search->trials);
    if (!run->quiet)
        print_unpaired(pairs);
    return exit_status;
}

static int run_search(pat_search_options *search, const pat_pairs *pairs, const run_arguments *run)
{
    pat_error error = {0};
    progress_display display;
    progress_init(&display, run->quiet ? PROGRESS_NEVER : run->progress, "pairs");
    search->run.progress = progress_show;
    search->run.progress_context = &display;
    search->run.interrupt = console_catch_interrupts();

    pat_run_summary *summary = console_memory(1, sizeof *summary);
    pat_status status = pat_search_run(search, pairs, summary, &error);
    progress_end(&display);
    int exit_status;
    if (status == PAT_INTERRUPTED) {
        exit_status = console_interrupted(summary, *search->run.interrupt);
    } else if (status != PAT_OK) {
        exit_status = console_broken_off(&error, summary);
        if (status == PAT_NOTHING_TO_DO)
            print_unpaired(pairs);
    } else {
        exit_status = tell(search, pairs, summary, run);
    }
    free(summary);
    return exit_status;
}

int cmd_search(int argc, char **argv)
{
    struct arguments arguments = {.output = "regression_training_data.csv"};
    pat_error error = {0};
    pat_pairs *pairs;
    options_read(&search_set, argc, argv, &arguments);
    pat_search_options search = {
        .source = arguments.source.source,
        .grid = arguments.source.grid,
        .output = arguments.output,
        .trials = arguments.trials,
        .extended = arguments.table.extended,
        .scores = arguments.scores,
        .spreadsheet_safe = arguments.table.spreadsheet_safe,
        .run = arguments.run.run,
    };
    if (pat_pairs_find(&search.source, &pairs, &error) != PAT_OK)
        return console_failure(&error);
    int exit_status;
    if (arguments.dry_run) {
        if (!arguments.run.quiet)
            print_plan(&search, pairs);
        exit_status = pat_pairs_count(pairs) > 0 ? EXIT_ALL_WELL : EXIT_USAGE;
    } else {
        exit_status = run_search(&search, pairs, &arguments.run);
    }
    pat_pairs_free(pairs);
    return exit_status;
}
