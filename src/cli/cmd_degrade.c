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
    pat_degrade_options degrade;
    bool print_recipe;
};

static const option_row options[] = {
    {"output", 'o', "DIR", OPTION_FOLDER, OPTION_TARGET(struct arguments, degrade.output),
     .help = "The output folder, for damaged/, manifest.csv and more"},
    {"print-recipe", .type = OPTION_FLAG, OPTION_TARGET(struct arguments, print_recipe),
     .help = "Print the whole recipe in use, built-in or from --recipe, and exit"},
    {NULL, 0, "CLEAN_DIR", OPTION_FOLDER, OPTION_TARGET(struct arguments, degrade.clean)},
    {0},
};

static void check(const option_line *line, void *target)
{
    const struct arguments *arguments = target;
    option_exclude(line, "print-recipe",
                   "CLEAN_DIR output per-image seed shrink crop recursive force " RUN_OPTION_NAMES,
                   "--print-recipe makes no images");
    if (arguments->print_recipe)
        return;
    if (arguments->degrade.clean == NULL)
        option_fail(line, "name the folder of clean images");
    if (arguments->degrade.output == NULL)
        option_fail(line, "name the output folder with -o DIR");
    if (stream_is_standard(arguments->degrade.output))
        option_fail(line, "-o -: the output is a folder; name it, such as pairs");
}

static const option_group groups[] = {
    {"Images", options, .check = check},
    {"Images", degrade_options, OPTION_ABOUT(degrade)},
    {"Images", recipe_options, OPTION_ABOUT(degrade)},
    {"Images", seed_options, OPTION_ABOUT(degrade.seed)},
    {"Images", force_options, OPTION_ABOUT(run.run.force)},
    {"Images", recursive_options, OPTION_ABOUT(degrade.recursive)},
    {"Run", run_options, OPTION_ABOUT(run), .check = check_run},
    {"Run", output_options, OPTION_ABOUT(run)},
    {0},
};

const option_set degrade_set = {
    .usage = "CLEAN_DIR -o DIR\n--print-recipe [--recipe FILE] [--families NAMES] [--except NAMES]",
    .summary = "Make pairs of images from clean images: damage them the way old photographs and "
               "scans are damaged, and write a manifest of the pairs.",
    .notes = "For example: patina degrade clean/ -o pairs/ && patina search --manifest "
             "pairs/manifest.csv\n\nThe same seed and recipe give the same bytes, regardless of "
             "other files in the folder.\n\nExit status: 0 all versions were made, 1 something "
             "failed (the manifest has the rest), 2 wrong usage or nothing to do, " HELP_STOPPED
             "; the same command then resumes the run.",
    .groups = groups,
};

static int print_recipe(const pat_degrade_options *degrade)
{
    pat_error error = {0};
    char *text;
    if (pat_recipe_text(degrade, &text, &error) != PAT_OK)
        return console_failure(&error);
    fputs(text, stdout);
    free(text);
    return EXIT_ALL_WELL;
}

/* Print the outcome of a run. */
static int tell(const struct arguments *arguments, const pat_run_summary *summary)
{
    if (arguments->run.json)
        return console_document(pat_degrade_json(&arguments->degrade, summary),
                                console_failures(summary, "version"));
    return console_summary(summary, "version", arguments->run.quiet);
}

static int run_degrade(struct arguments *arguments, pat_run_summary *summary)
{
    pat_error error = {0};
    struct left_out left_out = {0};
    progress_display display;
    bool quiet = arguments->run.quiet;
    progress_init(&display, quiet ? PROGRESS_NEVER : arguments->run.progress, "versions");
    pat_degrade_options *degrade = &arguments->degrade;
    degrade->left_out = left_out_note;
    degrade->left_out_context = &left_out;
    degrade->run = arguments->run.run;
    degrade->run.progress = progress_show;
    degrade->run.progress_context = &display;
    degrade->run.interrupt = console_catch_interrupts();
    pat_status status = pat_degrade_run(degrade, summary, &error);
    progress_end(&display);
    int exit_status;
    if (status == PAT_INTERRUPTED)
        exit_status = console_interrupted(summary, *degrade->run.interrupt);
    else if (status != PAT_OK)
        exit_status = console_broken_off(&error, summary);
    else
        exit_status = tell(arguments, summary);
    bool told = status == PAT_OK || status == PAT_NOTHING_TO_DO;
    left_out_end(&left_out, quiet || arguments->run.json || !told);
    return exit_status;
}

int cmd_degrade(int argc, char **argv)
{
    struct arguments arguments = {.degrade = {.seed = 1, .per_image = 5}};
    options_read(&degrade_set, argc, argv, &arguments);
    if (arguments.print_recipe)
        return print_recipe(&arguments.degrade);
    pat_run_summary *summary = console_memory(1, sizeof *summary);
    int exit_status = run_degrade(&arguments, summary);
    free(summary);
    return exit_status;
}
