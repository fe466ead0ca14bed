#include <stdio.h>
#include <stdlib.h>

#include "commands.h"
#include "console.h"
#include "inspect_text.h"
#include "shared_options.h"

struct arguments {
    source_arguments source;
    run_arguments run;
    const char *data, *trials;
    bool strict;
};

static const option_row options[] = {
    {"strict", .type = OPTION_FLAG, OPTION_TARGET(struct arguments, strict),
     .help = "Exit with status 1 if the verdict is bad"},
    {0},
};

static const option_group groups[] = {
    {"Data", data_options, OPTION_ABOUT(data)},
    {"Data", trials_options, OPTION_ABOUT(trials), .check = check_trials},
    {"Data", .rows = options},
    {"Images and settings", source_options, OPTION_ABOUT(source), .check = check_source_optional},
    {"Images and settings", data_grid_options, OPTION_ABOUT(source)},
    {"Run", run_options, OPTION_ABOUT(run), .check = check_run},
    {"Run", output_options, OPTION_ABOUT(run)},
    {0},
};

const option_set inspect_set = {
    .usage = "DATA.csv [DAMAGED_DIR UNDAMAGED_DIR]\nDATA.csv --manifest FILE",
    .summary = "Check a data set before training on it: the distribution of each column, how often "
               "each setting is the best and what it gains (with --trials-from), and any problems "
               "with the labels or, if images are given, with the pairs.",
    .notes = "Exit status: 0 the data set was inspected, 1 the verdict is bad (with --strict), 2 "
             "wrong usage or unreadable input, " HELP_STOPPED ".",
    .groups = groups,
};

static int print_json(const pat_inspection *inspection)
{
    char *text;
    pat_error error = {0};
    if (pat_inspection_json(inspection, &text, &error) != PAT_OK)
        return console_failure(&error);
    printf("%s\n", text);
    free(text);
    return EXIT_ALL_WELL;
}

static int report(const struct arguments *arguments, const pat_inspection *inspection)
{
    int exit_status = EXIT_ALL_WELL;
    if (arguments->run.json)
        exit_status = print_json(inspection);
    else if (!arguments->run.quiet)
        inspect_print(arguments->data, inspection);
    if (exit_status == EXIT_ALL_WELL && arguments->strict && inspection->bad > 0)
        exit_status = EXIT_SOMETHING_FAILED;
    return exit_status;
}

static int run_inspect(const struct arguments *arguments, const pat_pairs *pairs)
{
    pat_inspection inspection = {0};
    pat_error error = {0};
    progress_display display;
    progress_init(&display, arguments->run.quiet ? PROGRESS_NEVER : arguments->run.progress,
                  "pairs");
    pat_inspect_options inspect = {
        .data = arguments->data,
        .trials = arguments->trials,
        .grid = arguments->source.grid_given ? &arguments->source.grid : NULL,
        .pairs = pairs,
        .run = arguments->run.run,
    };
    inspect.run.progress = progress_show;
    inspect.run.progress_context = &display;
    if (pairs != NULL)
        inspect.run.interrupt = console_catch_interrupts();
    pat_status status = pat_inspect(&inspect, &inspection, &error);
    progress_end(&display);
    int exit_status;
    if (status == PAT_INTERRUPTED)
        exit_status = 128 + abs(*inspect.run.interrupt);
    else if (status != PAT_OK)
        exit_status = console_failure(&error);
    else
        exit_status = report(arguments, &inspection);
    pat_inspection_release(&inspection);
    return exit_status;
}

int cmd_inspect(int argc, char **argv)
{
    struct arguments arguments = {0};
    pat_error error = {0};
    pat_pairs *pairs = NULL;
    options_read(&inspect_set, argc, argv, &arguments);
    const pat_pair_source *source = &arguments.source.source;
    if (source->damaged != NULL || source->manifest != NULL)
        if (pat_pairs_find(source, &pairs, &error) != PAT_OK)
            return console_failure(&error);
    int exit_status = run_inspect(&arguments, pairs);
    pat_pairs_free(pairs);
    return exit_status;
}
