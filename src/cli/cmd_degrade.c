#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "console.h"
#include "left_out.h"
#include "options.h"

struct arguments {
    run_arguments run;
    pat_degrade_options degrade;
    bool print_recipe;
};

static const struct argp_option options[] = {
    {"output", 'o', "DIR", 0, "The folder to write: damaged/, manifest.csv and more", 0},
    {"per-image", KEY_PER_IMAGE, "K", 0, "Damaged versions of each image, 1..10000 (default: 5)",
     0},
    {"seed", KEY_SEED, "S", 0, "Another number draws other damage (default: 1)", 0},
    {"recipe", KEY_RECIPE, "FILE", 0,
     "What damage happens, how often and how strongly, as JSON (default: like old photographs)", 0},
    {"print-recipe", KEY_PRINT_RECIPE, NULL, 0,
     "Print the recipe in full, the default or that of --recipe, and do nothing else", 0},
    {"crop", KEY_CROP, "WxH", 0,
     "Cut a window of W by H pixels out of each image, at another place for each version, and "
     "write it to undamaged/ too",
     0},
    {"recursive", KEY_RECURSIVE, NULL, 0, "Enter subfolders", 0},
    {"force", KEY_FORCE, NULL, 0, "Replace what an earlier run wrote to the folder", 0},
    {0},
};

static void parse_crop(const struct argp_state *state, char *text, pat_degrade_options *degrade)
{
    char *height = text;
    strsep(&height, "x");
    if (height == NULL)
        argp_error(state, "--crop: '%s' is not of the form WxH, such as 512x512", text);
    degrade->crop_width = (int)parse_whole(state, "--crop", text, 1, PAT_CROP_MAX);
    degrade->crop_height = (int)parse_whole(state, "--crop", height, 1, PAT_CROP_MAX);
}

static void check_arguments(const struct argp_state *state, const struct arguments *arguments)
{
    if (arguments->print_recipe)
        return;
    if (arguments->degrade.clean == NULL)
        argp_error(state, "name the folder of clean images");
    if (arguments->degrade.output == NULL)
        argp_error(state, "name the folder to write with -o DIR");
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct arguments *arguments = state->input;
    pat_degrade_options *degrade = &arguments->degrade;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &arguments->run;
        return 0;
    case 'o':
        degrade->output = argument;
        return 0;
    case KEY_PER_IMAGE:
        degrade->per_image = (int)parse_whole(state, "--per-image", argument, 1, PAT_PER_IMAGE_MAX);
        return 0;
    case KEY_SEED:
        degrade->seed = (uint64_t)parse_whole(state, "--seed", argument, 0, LLONG_MAX);
        return 0;
    case KEY_RECIPE:
        degrade->recipe = argument;
        return 0;
    case KEY_PRINT_RECIPE:
        arguments->print_recipe = true;
        return 0;
    case KEY_CROP:
        parse_crop(state, argument, degrade);
        return 0;
    case KEY_RECURSIVE:
        degrade->recursive = true;
        return 0;
    case KEY_FORCE:
        degrade->force = true;
        return 0;
    case ARGP_KEY_ARG:
        if (degrade->clean != NULL)
            argp_error(state, "'%s' is one folder too many: give one", argument);
        degrade->clean = argument;
        return 0;
    case ARGP_KEY_END:
        check_arguments(state, arguments);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_child children[] = {
    {&run_argp, 0, "How the work is done:", 1},
    {0},
};

static const struct argp argp = {
    .options = options,
    .parser = parse,
    .args_doc = "CLEAN_DIR",
    .doc = "Make pairs from clean images: damage each as old photographs and scans are damaged, "
           "and write a manifest of the pairs."
           "\vFor example: patina degrade clean/ -o pairs/ && patina search --manifest "
           "pairs/manifest.csv"
           "\n\nThe same seed and recipe make the same bytes, whatever else is in the folder."
           "\n\nExit status: 0 every version was made, 1 something failed (the manifest has the "
           "rest), 2 wrong usage or nothing to do, 129, 130 or 143 stopped by a signal; the same "
           "command with --force then makes the same images.",
    .children = children,
};

static int print_recipe(const char *path)
{
    pat_error error = {0};
    char *text;
    if (pat_recipe_text(path, &text, &error) != PAT_OK)
        return console_failure(&error);
    fputs(text, stdout);
    free(text);
    return EXIT_ALL_WELL;
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
        exit_status = console_summary(summary, "version", quiet);
    left_out_end(&left_out, quiet || (status != PAT_OK && status != PAT_NOTHING_TO_DO));
    return exit_status;
}

int cmd_degrade(int argc, char **argv)
{
    struct arguments arguments = {.degrade = {.seed = 1, .per_image = 5}};
    parse_arguments(&argp, argc, argv, 0, &arguments);
    if (arguments.print_recipe)
        return print_recipe(arguments.degrade.recipe);
    pat_run_summary *summary = console_memory(1, sizeof *summary);
    int exit_status = run_degrade(&arguments, summary);
    free(summary);
    return exit_status;
}
