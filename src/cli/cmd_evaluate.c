#include <stdio.h>
#include <stdlib.h>

#include "commands.h"
#include "console.h"
#include "evaluation_text.h"
#include "options.h"

struct arguments {
    source_arguments source;
    run_arguments run;
    const char *model, *details;
    uint64_t seed;
    bool json;
};

static const struct argp_option options[] = {
    {"details", KEY_DETAILS, "FILE", 0,
     "Also write what was chosen for each pair, and all its scores, as CSV", 0},
    {"seed", KEY_SEED, "S", 0, "Another number draws other samples for the intervals (default: 1)",
     0},
    {"json", KEY_JSON, NULL, 0, "Print one JSON document instead of a table", 0},
    {0},
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct arguments *arguments = state->input;
    const pat_pair_source *source = &arguments->source.source;
    switch (key) {
    case ARGP_KEY_INIT:
        arguments->source.optional = true; /* so that what is missing is told in order */
        state->child_inputs[0] = &arguments->source;
        state->child_inputs[1] = &arguments->run;
        return 0;
    case KEY_DETAILS:
        arguments->details = argument;
        return 0;
    case KEY_SEED:
        arguments->seed = (uint64_t)parse_whole(state, "--seed", argument, 0, INT64_MAX);
        return 0;
    case KEY_JSON:
        arguments->json = true;
        return 0;
    case ARGP_KEY_ARG:
        if (arguments->model != NULL)
            return ARGP_ERR_UNKNOWN; /* a folder, then */
        arguments->model = argument;
        return 0;
    case ARGP_KEY_END:
        if (arguments->model == NULL)
            argp_error(state, "name a model that patina train made, then the images");
        if (source->damaged == NULL && source->manifest == NULL)
            argp_error(state, "give two folders, DAMAGED and UNDAMAGED, or --manifest FILE");
        if (arguments->source.grid_given)
            argp_error(state, "--grid: the model knows the grid it was trained with");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_child children[] = {
    {&source_argp, 0, "Which images:", 1},
    {&run_argp, 0, "How the work is done:", 2},
    {0},
};

static const struct argp argp = {
    .options = options,
    .parser = parse,
    .args_doc = "MODEL DAMAGED_DIR UNDAMAGED_DIR\nMODEL --manifest FILE",
    .doc = "Restore images as a model says and compare with their originals: PSNR and SSIM of the "
           "prediction beside those of the best setting for each image (the oracle), of the best "
           "single setting, and of the untouched images. Only images that the model was not "
           "trained on tell what it is worth."
           "\vExit status: 0 every pair was scored, 1 something failed, 2 wrong usage or nothing "
           "to do, 129, 130 or 143 stopped by a signal.",
    .children = children,
};

static int print_report(const struct arguments *arguments, const pat_run_summary *summary,
                        const pat_evaluation_report *report)
{
    if (arguments->json) {
        char *text = pat_evaluation_json(report);
        if (text == NULL)
            return console_failure(&(pat_error){PAT_OUT_OF_MEMORY, "not enough memory"});
        printf("%s\n", text);
        free(text);
    } else if (!arguments->run.quiet) {
        evaluation_print(report);
        if (arguments->details != NULL)
            printf("written: %s\n", arguments->details);
    }
    return console_failures(summary, "pair");
}

static int run_evaluate(const struct arguments *arguments, const pat_pairs *pairs)
{
    pat_error error = {0};
    pat_run_summary *summary = console_memory(1, sizeof *summary);
    pat_evaluation_report *report = console_memory(1, sizeof *report);
    progress_display display;
    progress_init(&display, arguments->run.quiet ? PROGRESS_NEVER : arguments->run.progress,
                  "pairs");
    pat_evaluate_options evaluate = {
        .model = arguments->model,
        .details = arguments->details,
        .manifest = arguments->source.source.manifest,
        .seed = arguments->seed,
        .run = arguments->run.run,
    };
    evaluate.run.progress = progress_show;
    evaluate.run.progress_context = &display;
    evaluate.run.interrupt = console_catch_interrupts();
    pat_status status = pat_evaluate_run(&evaluate, pairs, summary, report, &error);
    progress_end(&display);
    int exit_status;
    if (status == PAT_INTERRUPTED) {
        fprintf(stderr, "patina: interrupted: nothing was evaluated\n");
        exit_status = 128 + abs(*evaluate.run.interrupt);
    } else if (status != PAT_OK) {
        exit_status = console_failure(&error);
    } else {
        exit_status = print_report(arguments, summary, report);
    }
    free(report);
    free(summary);
    return exit_status;
}

int cmd_evaluate(int argc, char **argv)
{
    struct arguments arguments = {.seed = 1};
    pat_error error = {0};
    pat_pairs *pairs;
    parse_arguments(&argp, argc, argv, 0, &arguments);
    if (pat_pairs_find(&arguments.source.source, &pairs, &error) != PAT_OK)
        return console_failure(&error);
    int exit_status = run_evaluate(&arguments, pairs);
    pat_pairs_free(pairs);
    return exit_status;
}
