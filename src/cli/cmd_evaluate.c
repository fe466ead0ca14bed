#include <stdio.h>
#include <stdlib.h>

#include "commands.h"
#include "console.h"
#include "evaluation_text.h"
#include "shared_options.h"
#include "stream.h"

struct arguments {
    source_arguments source;
    run_arguments run;
    const char *model, *details;
    model_limit max_harm;
    uint64_t seed;
};

static const option_row options[] = {
    {"details", 0, "FILE", OPTION_STREAM, OPTION_TARGET(struct arguments, details),
     .help = "Also write the setting chosen for each pair, and all its scores, as CSV; - writes "
             "only this, to the standard output"},
    {NULL, 0, "MODEL", OPTION_FILE, OPTION_TARGET(struct arguments, model),
     .missing = "name a model written by patina train, then the images"},
    {0},
};

static void check(const option_line *line, void *target)
{
    const struct arguments *arguments = target;
    if (stream_is_standard(arguments->details) && arguments->run.json)
        option_fail(line, "--details - and --json would both write to the standard output; name a "
                          "file");
}

static const option_group groups[] = {
    {"Output", options, .check = check},
    {"Output", max_harm_options, OPTION_ABOUT(max_harm), .check = check_max_harm},
    {"Output", seed_options, OPTION_ABOUT(seed)},
    {"Output", force_options, OPTION_ABOUT(run.run.force)},
    {"Images", source_options, OPTION_ABOUT(source), .check = check_source_needed},
    {"Run", run_options, OPTION_ABOUT(run), .check = check_run},
    {"Run", output_options, OPTION_ABOUT(run)},
    {0},
};

const option_set evaluate_set = {
    .usage = "MODEL DAMAGED_DIR UNDAMAGED_DIR\nMODEL --manifest FILE",
    .summary = "Restore images as a model chooses and compare them with their originals: PSNR and "
               "SSIM of the prediction next to those of the best setting for each image (the "
               "oracle), of the best single setting, and of the untouched images. Use images that "
               "the model was not trained on; otherwise the results are too optimistic.",
    .notes = "Exit status: 0 all pairs were scored, 1 something failed, 2 wrong usage or nothing "
             "to do, " HELP_STOPPED ".",
    .groups = groups,
};

static int print_report(const struct arguments *arguments, const pat_run_summary *summary,
                        const pat_evaluation_report *report)
{
    if (arguments->run.json) {
        char *text = pat_evaluation_json(report);
        if (text == NULL)
            return console_failure(&(pat_error){PAT_OUT_OF_MEMORY, CONSOLE_NO_MEMORY});
        printf("%s\n", text);
        free(text);
    } else if (!arguments->run.quiet && !stream_is_standard(arguments->details)) {
        evaluation_print(report);
        for (size_t i = 0; i < summary->labels.warning_count; i++)
            printf("warning: %s\n", summary->labels.warnings[i]);
        if (arguments->details != NULL)
            printf("written: %s\n", arguments->details);
    }
    return console_failures(summary, "pair");
}

static int run_evaluate(const struct arguments *arguments, const pat_pairs *pairs,
                        const char *details)
{
    pat_error error = {0};
    pat_run_summary *summary = console_memory(1, sizeof *summary);
    pat_evaluation_report *report = console_memory(1, sizeof *report);
    progress_display display;
    progress_init(&display, arguments->run.quiet ? PROGRESS_NEVER : arguments->run.progress,
                  "pairs");
    pat_evaluate_options evaluate = {
        .model = arguments->model,
        .details = details,
        .manifest = arguments->source.source.manifest,
        .max_harm = arguments->max_harm.given ? &arguments->max_harm.share : NULL,
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
    options_read(&evaluate_set, argc, argv, &arguments);
    if (pat_pairs_find(&arguments.source.source, &pairs, &error) != PAT_OK)
        return console_failure(&error);
    struct stream details;
    int exit_status = EXIT_SOMETHING_FAILED;
    if (stream_begin(&details, arguments.details, "evaluate", "details.csv"))
        exit_status = stream_end(&details, run_evaluate(&arguments, pairs, details.path));
    pat_pairs_free(pairs);
    return exit_status;
}
