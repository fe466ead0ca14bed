#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "console.h"
#include "left_out.h"
#include "options.h"

struct arguments {
    run_arguments run;
    const char *output;
    bool extended, recursive, spreadsheet_safe;
    char *label_name;          /* of the column; NULL before the first --label */
    const char *label;         /* for the inputs that follow */
    pat_feature_input *inputs; /* room for argc of them */
    size_t input_count;
};

static const struct argp_option options[] = {
    {"output", 'o', "FILE", 0, "The table (default: features.csv); failures go beside it", 0},
    {"label", KEY_LABEL, "NAME=VALUE", 0,
     "Add a column NAME with VALUE for the inputs after this option, up to the next --label; one "
     "after the last input is for the inputs that have no label yet",
     0},
    {"recursive", KEY_RECURSIVE, NULL, 0, "Enter subfolders", 0},
    EXTENDED_OPTION,
    SPREADSHEET_SAFE_OPTION,
    {0},
};

static void parse_label(const struct argp_state *state, struct arguments *arguments, char *text)
{
    char *value = strchr(text, '=');
    if (value == NULL || value == text)
        argp_error(state, "--label: '%s' is not of the form NAME=VALUE", text);
    *value++ = '\0';
    if (arguments->label_name != NULL && strcmp(arguments->label_name, text) != 0)
        argp_error(state,
                   "--label: there is one label column, and it is called '%s' already, "
                   "not '%s'",
                   arguments->label_name, text);
    arguments->label_name = text;
    arguments->label = value;
}

/* A --label that no input follows is for those without one. */
static void label_the_rest(struct arguments *arguments)
{
    for (size_t i = 0; i < arguments->input_count; i++)
        if (arguments->inputs[i].label == NULL)
            arguments->inputs[i].label = arguments->label;
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct arguments *arguments = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &arguments->run;
        state->child_inputs[1] = &arguments->run.run.journal;
        return 0;
    case 'o':
        arguments->output = argument;
        return 0;
    case KEY_LABEL:
        parse_label(state, arguments, argument);
        return 0;
    case KEY_RECURSIVE:
        arguments->recursive = true;
        return 0;
    case KEY_EXTENDED:
        arguments->extended = true;
        return 0;
    case KEY_SPREADSHEET_SAFE:
        arguments->spreadsheet_safe = true;
        return 0;
    case ARGP_KEY_ARG:
        arguments->inputs[arguments->input_count++] =
            (pat_feature_input){argument, arguments->label};
        return 0;
    case ARGP_KEY_NO_ARGS:
        argp_error(state, "name at least one image or folder");
        return 0;
    case ARGP_KEY_END:
        label_the_rest(arguments);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_child children[] = {
    {&run_argp, 0, "How the work is done:", 1},
    {&journal_argp, 0, "Of a run that was ended before it had finished, or that left failures:", 2},
    {0},
};

static const struct argp argp = {
    .options = options,
    .parser = parse,
    .args_doc = "IMAGE|DIR...",
    .doc = "Measure the 14 features of each image, or of each image in a folder."
           "\vFor example: patina features --label state=damaged old/ --label state=clean new/"
           "\n\nExit status: 0 every image gave a row, 1 something failed (the table has the "
           "rest), 2 wrong usage or nothing to do, " HELP_STOPPED ".",
    .children = children,
};

static int run_features(const struct arguments *arguments, pat_run_summary *summary)
{
    pat_error error = {0};
    struct left_out left_out = {0};
    progress_display display;
    progress_init(&display, arguments->run.quiet ? PROGRESS_NEVER : arguments->run.progress,
                  "images");
    pat_feature_options features = {
        .inputs = arguments->inputs,
        .input_count = arguments->input_count,
        .label_name = arguments->label_name,
        .recursive = arguments->recursive,
        .left_out = left_out_note,
        .left_out_context = &left_out,
        .extended = arguments->extended,
        .spreadsheet_safe = arguments->spreadsheet_safe,
        .output = arguments->output,
        .run = arguments->run.run,
    };
    features.run.progress = progress_show;
    features.run.progress_context = &display;
    features.run.interrupt = console_catch_interrupts();
    pat_status status = pat_feature_run(&features, summary, &error);
    progress_end(&display);
    int exit_status;
    if (status == PAT_INTERRUPTED)
        exit_status = console_interrupted(summary, *features.run.interrupt);
    else if (status != PAT_OK)
        exit_status = console_broken_off(&error, summary);
    else
        exit_status = console_summary(summary, "image", arguments->run.quiet);
    bool told = status == PAT_OK || status == PAT_NOTHING_TO_DO;
    left_out_end(&left_out, arguments->run.quiet || !told);
    return exit_status;
}

int cmd_features(int argc, char **argv)
{
    struct arguments arguments = {.output = "features.csv"};
    arguments.inputs = console_memory((size_t)argc, sizeof *arguments.inputs);
    pat_run_summary *summary = console_memory(1, sizeof *summary);
    /* In order: a label is for the inputs after it. */
    parse_arguments(&argp, argc, argv, ARGP_IN_ORDER, &arguments);
    int exit_status = run_features(&arguments, summary);
    free(arguments.inputs);
    free(summary);
    return exit_status;
}
