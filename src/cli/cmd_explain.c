#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "commands.h"
#include "console.h"
#include "explain_text.h"
#include "options.h"

struct arguments {
    source_arguments source;
    run_arguments run;
    const char *data, *filename, *output;
    bool json;
};

static const struct argp_option options[] = {
    {"output", 'o', "FILE", 0,
     "Write a page (HTML) that needs no other file: also with the pictures, damaged, restored "
     "and original. With --json, FILE must end in .html or .htm",
     0},
    {"json", KEY_JSON, NULL, 0,
     "Print one JSON document on standard output instead of text; -o still writes the page", 0},
    {0},
};

static bool is_called_page(const char *path)
{
    const char *extension = strrchr(path, '.');
    return extension != NULL &&
           (strcasecmp(extension, ".html") == 0 || strcasecmp(extension, ".htm") == 0);
}

/* Who asks for JSON and names a file may well expect the JSON in it. */
static void check_output(const struct argp_state *state, const struct arguments *arguments)
{
    if (arguments->output == NULL)
        return;
    if (strcmp(arguments->output, "-") == 0)
        argp_error(state, "-o: the page is not written to standard output; name a file, such as "
                          "page.html (--json prints one JSON document instead of text)");
    if (arguments->json && !is_called_page(arguments->output))
        argp_error(state,
                   "-o %s: -o writes the page, whose name must end in .html with --json; the JSON "
                   "goes to standard output: --json > FILE",
                   arguments->output);
}

static void check(const struct argp_state *state, const struct arguments *arguments)
{
    const pat_pair_source *source = &arguments->source.source;
    if (arguments->data == NULL)
        argp_error(state, "name a data set, such as regression_training_data.csv");
    if (arguments->filename == NULL)
        argp_error(state, "name the row: what stands in its column filename");
    if (source->damaged == NULL && source->manifest == NULL)
        argp_error(state, "give two folders, DAMAGED and UNDAMAGED, or --manifest FILE");
    check_output(state, arguments);
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct arguments *arguments = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        arguments->source.optional = true; /* so that what is missing is told in order */
        state->child_inputs[0] = &arguments->source;
        state->child_inputs[1] = &arguments->run;
        return 0;
    case 'o':
        arguments->output = argument;
        return 0;
    case KEY_JSON:
        arguments->json = true;
        return 0;
    case ARGP_KEY_ARG:
        if (arguments->data != NULL && arguments->filename != NULL)
            return ARGP_ERR_UNKNOWN; /* a folder, then */
        *(arguments->data == NULL ? &arguments->data : &arguments->filename) = argument;
        return 0;
    case ARGP_KEY_END:
        check(state, arguments);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_child children[] = {
    {&source_argp, 0,
     "The images, and the settings that were tried (default: as the record of the "
     "run says, else guessed):",
     1},
    {&run_argp, 0, "How the work is done:", 2},
    {0},
};

static const struct argp argp = {
    .options = options,
    .parser = parse,
    .args_doc = "DATA.csv FILENAME DAMAGED_DIR UNDAMAGED_DIR\nDATA.csv FILENAME --manifest FILE",
    .doc =
        "Rebuild one row of a data set from its images, and show why it is as it is: the scores "
        "of all settings and of doing nothing, the margin of the best, and where the features "
        "stand among those of the other rows. Says whether the row comes out as it stands in "
        "the table, to the last digit, and where not, which cells differ and what the reason "
        "may be."
        "\vExit status: 0 the row, or the failure of a pair without a row, is reproduced, 1 it "
        "is not, or something failed, 2 wrong usage, no such row or unreadable input, " HELP_STOPPED
        ".",
    .children = children,
};

static int print(const struct arguments *arguments, const pat_explanation *explanation)
{
    char *text;
    pat_error error = {0};
    if (!arguments->json) {
        if (!arguments->run.quiet)
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
                const pat_explanation *explanation)
{
    pat_error error = {0};
    int exit_status = print(arguments, explanation);
    if (exit_status != EXIT_ALL_WELL)
        return exit_status;
    if (arguments->output != NULL &&
        pat_explanation_write(explanation, explain, arguments->output, &error) != PAT_OK)
        return console_failure(&error);
    if (arguments->output != NULL && !arguments->json && !arguments->run.quiet)
        printf("\nwritten: %s\n", arguments->output);
    return explanation->reproduced ? EXIT_ALL_WELL : EXIT_SOMETHING_FAILED;
}

static int run_explain(const struct arguments *arguments, const pat_pairs *pairs)
{
    pat_error error = {0};
    pat_explanation *explanation = console_memory(1, sizeof *explanation);
    pat_explain_options explain = {
        .data = arguments->data,
        .filename = arguments->filename,
        .pairs = pairs,
        .manifest = arguments->source.source.manifest,
        .grid = arguments->source.grid_given ? &arguments->source.grid : NULL,
        .strips = arguments->output != NULL,
        .run = arguments->run.run,
    };
    explain.run.interrupt = console_catch_interrupts();
    pat_status status = PAT_OK;
    if (arguments->output != NULL)
        status = pat_explain_check_output(&explain, arguments->output, &error);
    if (status == PAT_OK)
        status = pat_explain(&explain, explanation, &error);
    int exit_status;
    if (status == PAT_INTERRUPTED) {
        fprintf(stderr, "patina: interrupted: nothing was explained\n");
        exit_status = 128 + abs(*explain.run.interrupt);
    } else if (status != PAT_OK) {
        exit_status = console_failure(&error);
    } else {
        exit_status = tell(arguments, &explain, explanation);
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
    parse_arguments(&argp, argc, argv, 0, &arguments);
    if (pat_pairs_find(&arguments.source.source, &pairs, &error) != PAT_OK)
        return console_failure(&error);
    int exit_status = run_explain(&arguments, pairs);
    pat_pairs_free(pairs);
    return exit_status;
}
