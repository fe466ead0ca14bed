#include <stdio.h>
#include <stdlib.h>

#include "commands.h"
#include "console.h"
#include "options.h"

enum { UNPAIRED_SHOWN = 10 };

struct arguments {
    source_arguments source;
    run_arguments run;
    const char *output, *trials;
    pat_score_set scores;
    bool extended, dry_run, spreadsheet_safe;
};

static const struct argp_option options[] = {
    {"output", 'o', "FILE", 0,
     "The data set (default: regression_training_data.csv); failures and the record of the run "
     "go beside it",
     0},
    {"trials", KEY_TRIALS, "FILE", 0,
     "Also write the scores of every setting and of the untouched image", 0},
    {"dry-run", KEY_DRY_RUN, NULL, 0,
     "Only say what would be done, and which files have no partner and why", 0},
    EXTENDED_OPTION,
    {"scores", KEY_SCORES, "NAMES", 0, "Further scores", 0},
    SPREADSHEET_SAFE_OPTION,
    {0},
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct arguments *arguments = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &arguments->source;
        state->child_inputs[1] = &arguments->run;
        state->child_inputs[2] = &arguments->run.run.journal;
        return 0;
    case 'o':
        arguments->output = argument;
        return 0;
    case KEY_TRIALS:
        arguments->trials = argument;
        return 0;
    case KEY_DRY_RUN:
        arguments->dry_run = true;
        return 0;
    case KEY_SCORES:
        if (pat_score_set_parse(&arguments->scores, argument, &(pat_error){0}) != PAT_OK)
            argp_error(state, "scores");
        return 0;
    case KEY_EXTENDED:
        arguments->extended = true;
        return 0;
    case KEY_SPREADSHEET_SAFE:
        arguments->spreadsheet_safe = true;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_child children[] = {
    {&source_argp, 0, "Which images, which settings:", 1},
    {&run_argp, 0, "How the work is done:", 2},
    {&journal_argp, 0, "Of a run that was ended before it had finished, or that left failures:", 3},
    {0},
};

static const struct argp argp = {
    .options = options,
    .parser = parse,
    .args_doc = "DAMAGED_DIR UNDAMAGED_DIR\n--manifest FILE",
    .doc = "Find, for each pair of a damaged image and its undamaged original, the restoration "
           "settings that bring the one closest to the other; measure the damaged image's "
           "features; write both as a data set."
           "\vExit status: 0 every pair gave a row, 1 something failed (the data set has the "
           "rest), 2 wrong usage or nothing to do, " HELP_STOPPED ".",
    .children = children,
};

static void print_unpaired(const pat_pairs *pairs, size_t shown)
{
    size_t count = pat_pairs_unpaired_count(pairs);
    if (count == 0)
        return;
    printf("left out:\n");
    for (size_t i = 0; i < count && i < shown; i++) {
        pat_unpaired unpaired = pat_pairs_unpaired(pairs, i);
        printf("  ");
        console_name(unpaired.folder);
        printf("/");
        console_name(unpaired.name);
        printf(": ");
        console_name(unpaired.reason);
        printf("\n");
    }
    if (count > shown)
        printf("  ... and %zu more; --dry-run lists them all\n", count - shown);
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
    print_unpaired(pairs, pat_pairs_unpaired_count(pairs));
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
            print_unpaired(pairs, UNPAIRED_SHOWN);
    } else {
        exit_status = console_summary(summary, "pair", run->quiet);
        if (!run->quiet && search->trials != NULL)
            printf("         %s\n", search->trials);
        if (!run->quiet)
            print_unpaired(pairs, UNPAIRED_SHOWN);
    }
    free(summary);
    return exit_status;
}

int cmd_search(int argc, char **argv)
{
    struct arguments arguments = {.output = "regression_training_data.csv"};
    pat_error error = {0};
    pat_pairs *pairs;
    parse_arguments(&argp, argc, argv, 0, &arguments);
    pat_search_options search = {
        .source = arguments.source.source,
        .grid = arguments.source.grid,
        .output = arguments.output,
        .trials = arguments.trials,
        .extended = arguments.extended,
        .scores = arguments.scores,
        .spreadsheet_safe = arguments.spreadsheet_safe,
        .run = arguments.run.run,
    };
    if (pat_pairs_find(&search.source, &pairs, &error) != PAT_OK)
        return console_failure(&error);
    int exit_status;
    if (arguments.dry_run) {
        print_plan(&search, pairs);
        exit_status = pat_pairs_count(pairs) > 0 ? EXIT_ALL_WELL : EXIT_USAGE;
    } else {
        exit_status = run_search(&search, pairs, &arguments.run);
    }
    pat_pairs_free(pairs);
    return exit_status;
}
