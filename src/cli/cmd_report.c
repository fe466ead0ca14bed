#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "console.h"
#include "shared_options.h"
#include "stream.h"

struct arguments {
    source_arguments source;
    run_arguments run;
    const char *data, *trials, *model, *output;
    uint64_t seed;
};

static void take_folders(const option_line *line, void *target, char *text)
{
    pat_pair_source *source = target;
    if (source->damaged != NULL)
        option_fail(line, "name the image folders only once");
    source->damaged = text;
    source->undamaged = option_next_word(line);
    if (source->undamaged == NULL)
        option_fail(line, "--pairs needs two folders, DAMAGED_DIR and UNDAMAGED_DIR");
}

static const option_row options[] = {
    {"output", 'o', "FILE", OPTION_STREAM, OPTION_TARGET(struct arguments, output),
     .missing = "name the page to write with -o FILE, such as -o report.html",
     .help = "The HTML page to write; - writes to the standard output"},
    {0},
};

static const option_row pairs_options[] = {
    {"pairs", 0, "DAMAGED_DIR UNDAMAGED_DIR", OPTION_FOLDER,
     OPTION_TARGET(struct arguments, source.source), .take = take_folders,
     .help = "The images: show some of them and, with a model, how well it restores them"},
    {0},
};

static void check(const option_line *line, void *target)
{
    (void)target;
    option_need(line, "seed", "model", "has no effect without --model and images");
    option_need(line, "seed", SOURCE_NAMES, "has no effect without --model and images");
}

static const option_group groups[] = {
    {"Data", data_options, OPTION_ABOUT(data)},
    {"Data", options, .check = check},
    {"Data", trials_options, OPTION_ABOUT(trials), .check = check_trials},
    {"Data", named_model_options, OPTION_ABOUT(model)},
    {"Data", seed_options, OPTION_ABOUT(seed)},
    {"Images and settings", .rows = pairs_options},
    {"Images and settings", source_options, OPTION_ABOUT(source),
     .without = "DAMAGED_DIR UNDAMAGED_DIR", .check = check_source_optional},
    {"Images and settings", data_grid_options, OPTION_ABOUT(source)},
    {"Run", force_options, OPTION_ABOUT(run.run.force)},
    {"Run", run_options, OPTION_ABOUT(run), .check = check_run},
    {"Run", output_options, OPTION_ABOUT(run)},
    {0},
};

const option_set report_set = {
    .usage = "DATA.csv -o FILE",
    .summary =
        "Write a web page about a data set: what can be learned from it, its distributions, what "
        "each setting gains, how well a model does, some of its pairs, what failed, and where it "
        "comes from. The page is one self-contained file.",
    .notes =
        "For example: patina report data.csv --trials-from trials.csv --model my.model --pairs "
        "old/ clean/ -o report.html\n\nExit status: 0 the page was written, 1 it was written, "
        "but some pairs could not be read, 2 it was not written: wrong usage, unreadable "
        "input or a failure to write, " HELP_STOPPED ".",
    .groups = groups,
};

static int tell(const struct arguments *arguments, const pat_report_options *report,
                const pat_report_summary *summary)
{
    if (arguments->run.json &&
        console_document(pat_report_json(report, summary), EXIT_ALL_WELL) != EXIT_ALL_WELL)
        return EXIT_SOMETHING_FAILED;
    if (!arguments->run.json && !arguments->run.quiet && !stream_is_standard(arguments->output)) {
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
    if (summary->images.failures == 0 && summary->strips_failed > 0) {
        fprintf(stderr, "patina: %zu pair%s could not be shown; the page says why\n",
                summary->strips_failed, summary->strips_failed == 1 ? "" : "s");
        return EXIT_SOMETHING_FAILED;
    }
    return console_failures(&summary->images, "pair");
}

static int run_report(const struct arguments *arguments, const pat_pairs *pairs, const char *page)
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
        .output = page,
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
        exit_status = tell(arguments, &report, summary);
    }
    free(summary);
    return exit_status;
}

int cmd_report(int argc, char **argv)
{
    struct arguments arguments = {.seed = 1};
    pat_error error = {0};
    pat_pairs *pairs = NULL;
    options_read(&report_set, argc, argv, &arguments);
    const pat_pair_source *source = &arguments.source.source;
    if (source->damaged != NULL || source->manifest != NULL)
        if (pat_pairs_find(source, &pairs, &error) != PAT_OK)
            return console_failure(&error);
    struct stream page;
    int exit_status = EXIT_USAGE; /* 1 means that the page was written */
    if (stream_begin(&page, arguments.output, "report", "report.html"))
        exit_status = stream_end(&page, run_report(&arguments, pairs, page.path));
    pat_pairs_free(pairs);
    return exit_status;
}
