#include <stdio.h>
#include <stdlib.h>

#include "commands.h"
#include "console.h"
#include "inspect_text.h"
#include "options.h"

struct arguments {
    source_arguments source;
    run_arguments run;
    const char *data, *trials;
    bool json, strict;
};

static const struct argp_option options[] = {
    {"trials", KEY_TRIALS, "FILE", 0,
     "The scores of all settings, written with the data set by patina search --trials: tells gain, "
     "harm and ties",
     0},
    {"json", KEY_JSON, NULL, 0, "Print the report as JSON", 0},
    {"strict", KEY_STRICT, NULL, 0, "Exit with status 1 if the verdict is bad", 0},
    {0},
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct arguments *arguments = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        arguments->source.optional = true;
        state->child_inputs[0] = &arguments->source;
        state->child_inputs[1] = &arguments->run;
        return 0;
    case KEY_TRIALS:
        arguments->trials = argument;
        return 0;
    case KEY_JSON:
        arguments->json = true;
        return 0;
    case KEY_STRICT:
        arguments->strict = true;
        return 0;
    case ARGP_KEY_ARG:
        if (arguments->data != NULL)
            return ARGP_ERR_UNKNOWN; /* a folder, then */
        arguments->data = argument;
        return 0;
    case ARGP_KEY_END:
        if (arguments->data == NULL)
            argp_error(state, "name a data set, such as regression_training_data.csv");
        if (arguments->trials != NULL && arguments->source.grid_given)
            argp_error(state, "give either --trials, which tell the grid, or --grid, not both");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_child children[] = {
    {&source_argp, 0, "The images, to be looked at as well, and the settings that were tried:", 1},
    {&run_argp, 0, "How images are looked at:", 2},
    {0},
};

static const struct argp argp = {
    .options = options,
    .parser = parse,
    .args_doc = "DATA.csv [DAMAGED_DIR UNDAMAGED_DIR]\nDATA.csv --manifest FILE",
    .doc = "Judge a data set before anything is learnt from it: the distribution of each column, "
           "how often each setting is the best, what it gains, and what is wrong with the labels "
           "or, if images are given, with the pairs."
           "\vExit status: 0 the data set was inspected, 1 with --strict if the verdict is bad, 2 "
           "wrong usage or unreadable input, 129, 130 or 143 stopped by a signal.",
    .children = children,
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
    if (arguments->json)
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
    parse_arguments(&argp, argc, argv, 0, &arguments);
    const pat_pair_source *source = &arguments.source.source;
    if (source->damaged != NULL || source->manifest != NULL)
        if (pat_pairs_find(source, &pairs, &error) != PAT_OK)
            return console_failure(&error);
    int exit_status = run_inspect(&arguments, pairs);
    pat_pairs_free(pairs);
    return exit_status;
}
