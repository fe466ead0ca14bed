#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "console.h"
#include "options.h"

struct arguments {
    source_arguments source;
    run_arguments run;
    const char *data, *trials, *model, *output;
    uint64_t seed;
};

static const struct argp_option options[] = {
    {"output", 'o', "FILE", 0, "The page: a file, - is refused", 0},
    {"trials", KEY_TRIALS, "FILE", 0,
     "The scores of all settings, written with the data set by patina search --trials: tells what "
     "each setting gains",
     0},
    {"model", KEY_MODEL, "FILE", 0, "A model that patina train made: tells what it looks at", 0},
    {"pairs", KEY_PAIRS, "DAMAGED UNDAMAGED", 0,
     "The images: shows some of them and, with a model, what its restorations are worth", 0},
    {"seed", KEY_SEED, "S", 0, "Another number draws other samples for the intervals (default: 1)",
     0},
    {0},
};

/* An option with two values: argp knows one. */
static void take_folders(struct argp_state *state, pat_pair_source *source, const char *damaged)
{
    if (state->next >= state->argc)
        argp_error(state, "--pairs needs two folders, DAMAGED and UNDAMAGED");
    if (source->damaged != NULL)
        argp_error(state, "give the folders of images once");
    source->damaged = damaged;
    source->undamaged = state->argv[state->next++];
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct arguments *arguments = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        arguments->source.optional = true;
        state->child_inputs[0] = &arguments->source;
        state->child_inputs[1] = &arguments->run;
        return 0;
    case 'o':
        arguments->output = argument;
        return 0;
    case KEY_TRIALS:
        arguments->trials = argument;
        return 0;
    case KEY_MODEL:
        arguments->model = argument;
        return 0;
    case KEY_PAIRS:
        take_folders(state, &arguments->source.source, argument);
        return 0;
    case KEY_SEED:
        arguments->seed = (uint64_t)parse_whole(state, "--seed", argument, 0, INT64_MAX);
        return 0;
    case ARGP_KEY_ARG:
        if (arguments->data != NULL)
            argp_error(state, "'%s' is one data set too many; name folders with --pairs", argument);
        arguments->data = argument;
        return 0;
    case ARGP_KEY_END:
        if (arguments->data == NULL)
            argp_error(state, "name a data set, such as regression_training_data.csv");
        if (arguments->output == NULL)
            argp_error(state, "give -o FILE, the page to write, such as report.html");
        else if (strcmp(arguments->output, "-") == 0)
            argp_error(state, "-o -: the page goes to a file, not to the standard output; name "
                              "one, such as report.html");
        if (arguments->trials != NULL && arguments->source.grid_given)
            argp_error(state, "give either --trials, which tell the grid, or --grid, not both");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_child children[] = {
    {&source_argp, 0, "The images by other means, and the settings that were tried:", 1},
    {&run_argp, 0, "How images are looked at:", 2},
    {0},
};

static const struct argp argp = {
    .options = options,
    .parser = parse,
    .args_doc = "DATA.csv -o FILE",
    .doc =
        "Show a data set as a page to read: what it can teach, its distributions, what each "
        "setting gains, what a model makes of it, some of its pairs, what failed, where it is "
        "from. The page is one file and needs nothing else."
        "\vFor example: patina report data.csv --trials trials.csv --model my.model --pairs "
        "old/ clean/ -o report.html"
        "\n\nExit status: 0 the page was written, 1 it was, but some pairs could not be read, 2 "
        "none was: wrong usage, unreadable input, or the page cannot be written, " HELP_STOPPED ".",
    .children = children,
};

static int tell(const struct arguments *arguments, const pat_report_summary *summary)
{
    if (!arguments->run.quiet) {
        printf("%zu row%s, %zu bad finding%s, %zu pair%s shown\nwritten: ", summary->rows,
               summary->rows == 1 ? "" : "s", summary->bad, summary->bad == 1 ? "" : "s",
               summary->strips, summary->strips == 1 ? "" : "s");
        console_name(arguments->output);
        printf(" (%zu KB)\n", (summary->bytes + 1023) / 1024);
    }
    if (summary->pairs > 0 && summary->pairs_without_row == summary->pairs) {
        fprintf(stderr,
                "patina: none of the %zu pair%s has a row in %s; are these the right "
                "folders?\n",
                summary->pairs, summary->pairs == 1 ? "" : "s", arguments->data);
    }
    if (summary->images.failures == 0 && summary->pairs_failed > 0) {
        fprintf(stderr, "patina: %zu of %zu pairs could not be read; the page names them\n",
                summary->pairs_failed, summary->pairs);
        return EXIT_SOMETHING_FAILED;
    }
    return console_failures(&summary->images, "pair");
}

static int run_report(const struct arguments *arguments, const pat_pairs *pairs)
{
    pat_error error = {0};
    pat_report_summary *summary = console_memory(1, sizeof *summary);
    progress_display display;
    progress_init(&display, arguments->run.quiet ? PROGRESS_NEVER : arguments->run.progress,
                  "pairs");
    pat_report_options report = {
        .data = arguments->data,
        .trials = arguments->trials,
        .grid = arguments->source.grid_given ? &arguments->source.grid : NULL,
        .model = arguments->model,
        .pairs = pairs,
        .manifest = arguments->source.source.manifest,
        .seed = arguments->seed,
        .output = arguments->output,
        .run = arguments->run.run,
    };
    report.run.progress = progress_show;
    report.run.progress_context = &display;
    if (pairs != NULL)
        report.run.interrupt = console_catch_interrupts();
    pat_status status = pat_report_run(&report, summary, &error);
    progress_end(&display);
    int exit_status;
    if (status == PAT_INTERRUPTED) {
        fprintf(stderr, "patina: interrupted: no page was written\n");
        exit_status = 128 + abs(*report.run.interrupt);
    } else if (status != PAT_OK) {
        console_error(&error);
        exit_status = EXIT_USAGE; /* 1 means that the page was written */
    } else {
        exit_status = tell(arguments, summary);
    }
    free(summary);
    return exit_status;
}

int cmd_report(int argc, char **argv)
{
    struct arguments arguments = {.seed = 1};
    pat_error error = {0};
    pat_pairs *pairs = NULL;
    parse_arguments(&argp, argc, argv, 0, &arguments);
    const pat_pair_source *source = &arguments.source.source;
    if (source->damaged != NULL || source->manifest != NULL)
        if (pat_pairs_find(source, &pairs, &error) != PAT_OK)
            return console_failure(&error);
    int exit_status = run_report(&arguments, pairs);
    pat_pairs_free(pairs);
    return exit_status;
}
