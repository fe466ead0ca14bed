#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "commands.h"
#include "console.h"
#include "explain_text.h"
#include "shared_options.h"
#include "stream.h"

struct arguments {
    source_arguments source;
    run_arguments run;
    const char *data, *filename, *output, *model;
};

static bool is_called_page(const char *path)
{
    const char *extension = strrchr(path, '.');
    return extension != NULL &&
           (strcasecmp(extension, ".html") == 0 || strcasecmp(extension, ".htm") == 0);
}

static void check(const option_line *line, void *target)
{
    const struct arguments *arguments = target;
    if (arguments->output == NULL || !arguments->run.json)
        return;
    if (stream_is_standard(arguments->output))
        option_fail(line, "-o - and --json would both write to the standard output; name a file");
    /* With --json and a file name, the user may expect the JSON in that file. */
    if (!is_called_page(arguments->output))
        option_fail(line,
                    "-o %s: with --json, the name of the page must end in .html; the JSON goes to "
                    "the standard output: --json > FILE",
                    arguments->output);
}

static const option_row options[] = {
    {"output", 'o', "FILE", OPTION_STREAM, OPTION_TARGET(struct arguments, output),
     .help = "Write a self-contained HTML page that also shows the damaged, restored and original "
             "images; with --json, its name must end in .html or .htm; - writes only the page, to "
             "the standard output"},
    {NULL, 0, "FILENAME", OPTION_TEXT, OPTION_TARGET(struct arguments, filename),
     .missing = "name the row by its value in the column filename"},
    {0},
};

static const option_group groups[] = {
    {NULL, data_options, OPTION_ABOUT(data)},
    {"Data", named_model_options, OPTION_ABOUT(model)},
    {"Output", options, .check = check},
    {"Images and settings", source_options, OPTION_ABOUT(source), .check = check_source_needed},
    {"Images and settings", data_grid_options, OPTION_ABOUT(source)},
    {"Run", force_options, OPTION_ABOUT(run.run.force)},
    {"Run", run_options, OPTION_ABOUT(run), .check = check_run},
    {"Run", output_options, OPTION_ABOUT(run), .without = "progress"},
    {0},
};

const option_set explain_set = {
    .usage = "DATA.csv FILENAME DAMAGED_DIR UNDAMAGED_DIR\nDATA.csv FILENAME --manifest FILE",
    .summary = "Recompute one row of a data set from its images and explain it: the scores of all "
               "settings and of the untouched image, the margin of the best setting, and how the "
               "features compare with those of the other rows; with --model, also what the model "
               "does to the image and expects of it. Report whether the row is "
               "reproduced to the last digit and, if not, which cells differ and possibly why.",
    .notes = "Exit status: 0 the row, or the failure of a pair without a row, was reproduced, 1 it "
             "was not, or something failed, 2 wrong usage, no such row or unreadable "
             "input, " HELP_STOPPED ".",
    .groups = groups,
};

static int print(const struct arguments *arguments, const pat_explanation *explanation)
{
    char *text;
    pat_error error = {0};
    if (!arguments->run.json) {
        if (!arguments->run.quiet && !stream_is_standard(arguments->output))
            explain_print(arguments->data, explanation);
        return EXIT_ALL_WELL;
    }
    if (pat_explanation_json(explanation, &text, &error) != PAT_OK)
        return console_failure(&error);
    printf("%s\n", text);
    free(text);
    return EXIT_ALL_WELL;
}

static int tell(const struct arguments *arguments, const pat_explain_options *explain,
                const struct stream *page, const pat_explanation *explanation)
{
    pat_error error = {0};
    int exit_status = print(arguments, explanation);
    if (exit_status != EXIT_ALL_WELL)
        return exit_status;
    if (page->path != NULL &&
        pat_explanation_write(explanation, explain, page->path, &error) != PAT_OK)
        return console_failure(&error);
    if (page->path != NULL && !page->standard && !arguments->run.json && !arguments->run.quiet)
        printf("\nwritten: %s\n", arguments->output);
    return explanation->reproduced ? EXIT_ALL_WELL : EXIT_SOMETHING_FAILED;
}

static int run_explain(const struct arguments *arguments, const pat_pairs *pairs,
                       const struct stream *page)
{
    pat_error error = {0};
    pat_explanation *explanation = console_memory(1, sizeof *explanation);
    pat_explain_options explain = {
        .data = arguments->data,
        .filename = arguments->filename,
        .pairs = pairs,
        .manifest = arguments->source.source.manifest,
        .grid = arguments->source.grid_given ? &arguments->source.grid : NULL,
        .model = arguments->model,
        .strips = page->path != NULL,
        .run = arguments->run.run,
    };
    explain.run.interrupt = console_catch_interrupts();
    pat_status status = PAT_OK;
    if (page->path != NULL)
        status = pat_explain_check_output(&explain, page->path, &error);
    if (status == PAT_OK)
        status = pat_explain(&explain, explanation, &error);
    int exit_status;
    if (status == PAT_INTERRUPTED) {
        fprintf(stderr, "patina: interrupted: nothing was explained\n");
        exit_status = 128 + abs(*explain.run.interrupt);
    } else if (status != PAT_OK) {
        exit_status = console_failure(&error);
    } else {
        exit_status = tell(arguments, &explain, page, explanation);
    }
    pat_explanation_release(explanation);
    free(explanation);
    return exit_status;
}

int cmd_explain(int argc, char **argv)
{
    struct arguments arguments = {0};
    pat_error error = {0};
    pat_pairs *pairs;
    options_read(&explain_set, argc, argv, &arguments);
    if (pat_pairs_find(&arguments.source.source, &pairs, &error) != PAT_OK)
        return console_failure(&error);
    struct stream page;
    int exit_status = EXIT_SOMETHING_FAILED;
    if (stream_begin(&page, arguments.output, "explain", "page.html"))
        exit_status = stream_end(&page, run_explain(&arguments, pairs, &page));
    pat_pairs_free(pairs);
    return exit_status;
}
