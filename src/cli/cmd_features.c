#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "console.h"
#include "left_out.h"
#include "shared_options.h"
#include "stream.h"

struct arguments {
    run_arguments run;
    table_arguments table;
    const char *output;
    bool recursive;
    char *label_name;          /* of the column; NULL before the first --label */
    const char *label;         /* for the inputs that follow */
    pat_feature_input *inputs; /* room for argc of them */
    size_t input_count;
};

static void take_label(const option_line *line, void *target, char *text)
{
    struct arguments *arguments = target;
    char *value = strchr(text, '=');
    if (value == NULL || value == text)
        option_fail(line, "--label: '%s' is not of the form NAME=VALUE", text);
    *value++ = '\0';
    if (arguments->label_name != NULL && strcmp(arguments->label_name, text) != 0)
        option_fail(line, "--label: there is only one label column; its name is '%s', not '%s'",
                    arguments->label_name, text);
    arguments->label_name = text;
    arguments->label = value;
}

static void take_input(const option_line *line, void *target, char *text)
{
    (void)line;
    struct arguments *arguments = target;
    arguments->inputs[arguments->input_count++] = (pat_feature_input){text, arguments->label};
}

static const option_row options[] = {
    {"output", 'o', "FILE", OPTION_STREAM, OPTION_TARGET(struct arguments, output),
     .standard = "features.csv",
     .help = "The table to write; failures are written next to it; - writes to the standard "
             "output"},
    {"label", 0, "NAME=VALUE", OPTION_TEXT, .take = take_label,
     .help = "Add a column NAME with VALUE for the inputs after this option, up to the next "
             "--label; a --label after the last input applies to the inputs without one"},
    {NULL, 0, "IMAGE|DIR", OPTION_FILE, .take = take_input, .repeated = true,
     .missing = "name at least one image or folder"},
    {0},
};

/* A --label after the last input applies to the inputs without one. A stream cannot be resumed or
 * retried. */
static void check(const option_line *line, void *target)
{
    struct arguments *arguments = target;
    for (size_t i = 0; i < arguments->input_count; i++)
        if (arguments->inputs[i].label == NULL)
            arguments->inputs[i].label = arguments->label;
    if (!stream_is_standard(arguments->output))
        return;
    if (arguments->run.json)
        option_fail(line, "-o - and --json would both write to the standard output; name a file");
    const char *idle = option_given(line, "restart retry-failed");
    if (idle != NULL)
        option_fail(line, "--%s has no effect with -o -, which has no journal", idle);
    arguments->run.run.journal = PAT_JOURNAL_NONE;
}

static const option_group groups[] = {
    {"Output", options, .check = check},
    {"Output", table_options, OPTION_ABOUT(table)},
    {"Output", recursive_options, OPTION_ABOUT(recursive)},
    {"Output", force_options, OPTION_ABOUT(run.run.force)},
    {"Run", run_options, OPTION_ABOUT(run), .check = check_run},
    {"Run", output_options, OPTION_ABOUT(run)},
    {"Resuming", journal_options, OPTION_ABOUT(run.run.journal), .check = check_journal},
    {0},
};

const option_set features_set = {
    .usage = "IMAGE|DIR...",
    .summary = "Measure the 14 features of images, named or in folders, and write them as CSV.",
    .notes = "For example: patina features --label state=damaged old/ --label state=clean new/"
             "\n\nExit status: 0 every image has a row, 1 something failed (the table has the "
             "rest), 2 wrong usage or nothing to do, " HELP_STOPPED ".",
    .groups = groups,
};

/* Print the outcome of a run. */
static int tell(const struct arguments *arguments, const pat_feature_options *features,
                const pat_run_summary *summary)
{
    if (arguments->run.json)
        return console_document(pat_feature_json(features, summary),
                                console_failures(summary, "image"));
    if (stream_is_standard(arguments->output))
        return console_failures(summary, "image");
    return console_summary(summary, "image", arguments->run.quiet);
}

static int run_features(const struct arguments *arguments, const struct stream *table,
                        pat_run_summary *summary)
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
        .extended = arguments->table.extended,
        .spreadsheet_safe = arguments->table.spreadsheet_safe,
        .output = table->path,
        .run = arguments->run.run,
    };
    features.run.progress = progress_show;
    features.run.progress_context = &display;
    features.run.interrupt = console_catch_interrupts();
    pat_status status = pat_feature_run(&features, summary, &error);
    progress_end(&display);
    int exit_status;
    if (status == PAT_INTERRUPTED && table->standard)
        exit_status = 128 + abs(*features.run.interrupt);
    else if (status == PAT_INTERRUPTED)
        exit_status = console_interrupted(summary, *features.run.interrupt);
    else if (status != PAT_OK)
        exit_status = console_broken_off(&error, summary);
    else
        exit_status = tell(arguments, &features, summary);
    bool told = status == PAT_OK || status == PAT_NOTHING_TO_DO;
    bool quiet = arguments->run.quiet || arguments->run.json || table->standard;
    left_out_end(&left_out, quiet || !told);
    return exit_status;
}

int cmd_features(int argc, char **argv)
{
    struct arguments arguments = {.output = "features.csv"};
    arguments.inputs = console_memory((size_t)argc, sizeof *arguments.inputs);
    pat_run_summary *summary = console_memory(1, sizeof *summary);
    options_read(&features_set, argc, argv, &arguments);
    struct stream table;
    int exit_status = EXIT_SOMETHING_FAILED;
    if (stream_begin(&table, arguments.output, "features", "features.csv"))
        exit_status = stream_end(&table, run_features(&arguments, &table, summary));
    free(arguments.inputs);
    free(summary);
    return exit_status;
}
