#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "console.h"
#include "evaluation_text.h"
#include "shared_options.h"

enum { IMPORTANCES_SHOWN = 5 };

enum { ALL_KINDS = PAT_MODEL_KINDS };

struct arguments {
    source_arguments source;
    run_arguments run;
    pat_train_options train;
    bool no_images;
    bool kind[PAT_MODEL_KINDS + 1]; /* the last element: all kinds */
};

static const char *kind_name(int number)
{
    if (number == ALL_KINDS)
        return "all";
    return number < PAT_MODEL_KINDS ? pat_model_kind_name((pat_model_kind)number) : NULL;
}

static const option_row options[] = {
    {"output", 'o', "MODEL", OPTION_OUTPUT, OPTION_TARGET(struct arguments, train.output),
     .missing = "name the model to write with -o MODEL", .help = "The model file to write"},
    {"kind", .type = OPTION_CHOICES, OPTION_TARGET(struct arguments, kind), .choices = kind_name,
     .standard = "all that the data allow",
     .help = "A kind of model to train; may be given several times, and the best model is "
             "written"},
    {"model", .old_of = "kind"},
    {"folds", 0, "K", OPTION_WHOLE, OPTION_TARGET(struct arguments, train.folds), .least = 2,
     .greatest = PAT_FOLDS_MAX, .standard = "5",
     .help = "Number of cross-validation folds, 2..100"},
    {"use-all", .type = OPTION_FLAG, OPTION_TARGET(struct arguments, train.use_all),
     .help = "Train the model that is written on all originals, also those held out; its test "
             "results are those of the model without them"},
    {"max-harm", 0, "SHARE", OPTION_SHARE, OPTION_TARGET(struct arguments, train.max_harm),
     .standard = "2%", .help = "The share of images that a model may make worse, cross-validated"},
    {"keep-harmful", .type = OPTION_FLAG, OPTION_TARGET(struct arguments, train.keep_harmful),
     .help = "Write the model even if it is no better than leaving images alone"},
    {"no-images", .type = OPTION_FLAG, OPTION_TARGET(struct arguments, no_images),
     .help = "Do not use the images that the search's record names"},
    {0},
};

static void check(const option_line *line, void *target)
{
    struct arguments *arguments = target;
    option_exclude(line, "no-images", SOURCE_NAMES, "one leaves out what the other names");
    option_exclude(line, "no-images", "progress " RUN_OPTION_NAMES,
                   "without images it has no effect");
    option_need(line, "match recursive limit", SOURCE_NAMES,
                "has no effect on images that the search's record names; name two folders");
    for (int kind = 0; kind < PAT_MODEL_KINDS; kind++)
        arguments->train.kind[kind] = arguments->kind[kind] && !arguments->kind[ALL_KINDS];
}

static const option_group groups[] = {
    {"Training", data_options, OPTION_ABOUT(train.data)},
    {"Training", options, .check = check},
    {"Training", trials_options, OPTION_ABOUT(train.trials), .check = check_trials},
    {"Training", seed_options, OPTION_ABOUT(train.seed)},
    {"Images and settings", source_options, OPTION_ABOUT(source), .check = check_source},
    {"Images and settings", data_grid_options, OPTION_ABOUT(source)},
    {"Run", force_options, OPTION_ABOUT(run.run.force)},
    {"Run", run_options, OPTION_ABOUT(run), .check = check_run},
    {"Run", output_options, OPTION_ABOUT(run)},
    {0},
};

const option_set train_set = {
    .usage = "DATA.csv -o MODEL\nDATA.csv DAMAGED_DIR UNDAMAGED_DIR -o MODEL\nDATA.csv --manifest "
             "FILE -o MODEL",
    .summary =
        "Train models that choose the restoration settings for an image from its features. A "
        "fifth of the originals is held out; the models are cross-validated on the others "
        "and the best one is written. With images, the best is the model whose restored "
        "images come closest to the originals; without, the one with the smallest errors in "
        "the settings. Without folders or a manifest, the images are those that the search's "
        "record (DATA.run.json) names. A model that is no better than leaving images alone is not "
        "written.",
    .notes = "Exit status: 0 the model was written, 1 something failed (if only images failed, the "
             "model was written), 2 wrong usage or unreadable input, 3 no model was written, "
             "because the best one is no better than leaving images alone, " HELP_STOPPED ".",
    .groups = groups,
};

static void print_errors(const char *name, const pat_target_errors errors[PAT_TARGET_COUNT])
{
    printf("  %-20s", name);
    for (int t = 0; t < PAT_TARGET_COUNT; t++) {
        printf("  %8.4f %7.4f", errors[t].mse, errors[t].mae);
        if (isnan(errors[t].r2))
            printf("%9s", "-");
        else
            printf(" %8.3f", errors[t].r2);
    }
    printf("\n");
}

static void print_targets(const char *title, const pat_train_report *report, bool held_out)
{
    printf("\n%s: MSE, MAE and R2 of each target\n  %-20s", title, "");
    for (int t = 0; t < PAT_TARGET_COUNT; t++)
        printf("  %-25s", pat_target_name(t));
    printf("\n");
    print_errors("constant predictor",
                 held_out ? report->held_out_constant : report->cross_constant);
    for (size_t k = 0; k < report->kind_count; k++)
        print_errors(pat_model_kind_name(report->kinds[k].kind),
                     held_out ? report->kinds[k].held_out : report->kinds[k].cross);
}

static void print_pixels(const pat_train_report *report)
{
    printf("\nin pixels, cross-validated: similarity, and the share of the oracle's gain\n");
    const pat_evaluation_report *first = &report->kinds[0].cross_pixels;
    for (int way = 0; way < PAT_WAYS; way++)
        if (way != PAT_WAY_PREDICTED)
            printf("  %-12s %.4f\n", pat_way_name((pat_way)way), first->similarity[way].value);
    for (size_t k = 0; k < report->kind_count; k++) {
        const pat_evaluation_report *pixels = &report->kinds[k].cross_pixels;
        printf("  %-12s %.4f  ", pat_model_kind_name(report->kinds[k].kind),
               pixels->similarity[PAT_WAY_PREDICTED].value);
        share_print(&pixels->captured);
        printf(", made worse: %zu of %zu\n", pixels->worse, pixels->pairs);
    }
}

static void print_importances(const pat_train_report *report, const pat_kind_report *kind)
{
    bool shown[sizeof kind->importance / sizeof kind->importance[0]] = {false};
    printf("most important features:");
    for (int i = 0; i < IMPORTANCES_SHOWN && i < report->feature_count; i++) {
        int greatest = 0;
        while (shown[greatest])
            greatest++;
        for (int j = greatest + 1; j < report->feature_count; j++)
            if (!shown[j] && kind->importance[j] > kind->importance[greatest])
                greatest = j;
        shown[greatest] = true;
        printf("%s %s %.0f %%", i == 0 ? "" : ",", report->feature_name[greatest],
               100 * kind->importance[greatest]);
    }
    printf("\n");
}

/* Without images, the best kind of model may still be useless. */
static void print_use(const pat_train_report *report, const pat_kind_report *kind)
{
    bool better = false;
    for (int t = 0; t < PAT_TARGET_COUNT; t++)
        better = better || kind->cross[t].mse < report->cross_constant[t].mse;
    if (!report->chosen_in_pixels && !better)
        printf("it is useless: a constant predicts the settings just as well\n");
}

static void print_text(const struct arguments *arguments, const pat_train_report *report)
{
    const pat_kind_report *chosen = &report->kinds[report->chosen];
    if (report->chosen_in_pixels)
        worth_print(&chosen->cross_pixels, "worth, cross-validated");
    else
        printf("worth: not known, because the models were not tested on images\n");
    printf(
        "%zu rows of %zu originals, %d features; held out: %zu rows of %zu originals; %d folds\n",
        report->rows, report->originals, report->feature_count, report->held_out_rows,
        report->held_out_originals, report->folds);
    if (report->rows_without_pair > 0)
        printf("%zu row%s no images among those given and %s not judged in pixels\n",
               report->rows_without_pair, report->rows_without_pair == 1 ? " has" : "s have",
               report->rows_without_pair == 1 ? "is" : "are");
    print_targets("cross-validation", report, false);
    print_targets("held out", report, true);
    if (report->chosen_in_pixels)
        print_pixels(report);
    printf("\nchosen: %s, %s\n", pat_model_kind_name(chosen->kind),
           report->kind_count == 1    ? "the only kind trained"
           : report->chosen_in_pixels ? "by the similarity of the images it restores"
                                      : "by the errors of its targets");
    print_use(report, chosen);
    print_importances(report, chosen);
    if (report->chosen_in_pixels) {
        printf("\nin pixels, on the originals held out:\n");
        evaluation_print(&chosen->held_out_pixels);
    }
    if (report->written)
        printf("written: %s\n", arguments->train.output);
}

static bool has_kind(const pat_train_report *report, pat_model_kind kind)
{
    for (size_t k = 0; k < report->kind_count; k++)
        if (report->kinds[k].kind == kind)
            return true;
    return false;
}

/* Why no model was written, and what to do. */
static int report_harm(const struct arguments *arguments, const pat_train_report *report)
{
    fprintf(stderr,
            "patina: %s was not written: the best model, %s, is no better than leaving images "
            "alone; ",
            arguments->train.output, pat_model_kind_name(report->kinds[report->chosen].kind));
    if (!has_kind(report, PAT_MODEL_TONE))
        fprintf(stderr, "search with --extended and let train use all kinds");
    else
        fprintf(stderr, "train on more originals (these are %zu, and hundreds are needed)",
                report->originals);
    fprintf(stderr, ", or write it all the same with --keep-harmful\n");
    return EXIT_HARMFUL;
}

static void print_warnings(const struct arguments *arguments, const pat_train_report *report)
{
    bool constant = false;
    for (int t = 0; t < PAT_TARGET_COUNT; t++)
        constant = constant || report->constant[t];
    for (size_t i = 0; i < report->warning_count; i++) {
        fprintf(stderr, "patina: WARNING: %s\n", report->warnings[i]);
        if (i + 1 == report->data_warning_count)
            fprintf(stderr, "patina: WARNING: %s; patina inspect %s gives details\n",
                    constant ? "a model trained on such data is unreliable" : "look at these first",
                    arguments->train.data);
    }
}

static int report_training(const struct arguments *arguments, const pat_train_report *report)
{
    print_warnings(arguments, report);
    if (arguments->run.json) {
        char *text = pat_train_json(report);
        if (text == NULL)
            return console_failure(&(pat_error){PAT_OUT_OF_MEMORY, CONSOLE_NO_MEMORY});
        printf("%s\n", text);
        free(text);
    } else if (!arguments->run.quiet) {
        print_text(arguments, report);
    }
    int exit_status = console_failures(&report->scoring, "pair");
    return report->written ? exit_status : report_harm(arguments, report);
}

static int run_train(struct arguments *arguments, const pat_pairs *pairs)
{
    pat_error error = {0};
    pat_train_report report = {0};
    progress_display display;
    progress_init(&display, arguments->run.quiet ? PROGRESS_NEVER : arguments->run.progress,
                  "pairs");
    pat_train_options *train = &arguments->train;
    train->pairs = pairs;
    train->grid = arguments->source.grid_given ? &arguments->source.grid : NULL;
    train->run = arguments->run.run;
    train->run.progress = progress_show;
    train->run.progress_context = &display;
    train->run.interrupt = console_catch_interrupts();
    pat_status status = pat_train_run(train, &report, &error);
    progress_end(&display);
    int exit_status;
    if (status == PAT_INTERRUPTED) {
        fprintf(stderr, "patina: interrupted: %s was not written\n", train->output);
        exit_status = 128 + abs(*train->run.interrupt);
    } else if (status != PAT_OK) {
        exit_status = console_failure(&error);
    } else {
        exit_status = report_training(arguments, &report);
    }
    pat_train_report_release(&report);
    return exit_status;
}

/* Find the pairs that are named on the command line, or else in the search's record. */
static pat_status find_pairs(struct arguments *arguments, pat_recorded_pairs *found,
                             pat_error *error)
{
    const pat_pair_source *source = &arguments->source.source;
    pat_status status = PAT_OK;
    arguments->train.manifest = source->manifest;
    if (source->damaged != NULL || source->manifest != NULL)
        return pat_pairs_find(source, &found->pairs, error);
    if (!arguments->no_images)
        status = pat_recorded_pairs_find(arguments->train.data, found, error);
    if (*found->missing != '\0')
        fprintf(stderr, "patina: WARNING: %s\n", found->missing);
    if (*found->manifest != '\0')
        arguments->train.manifest = found->manifest;
    return status;
}

int cmd_train(int argc, char **argv)
{
    struct arguments arguments = {.train.seed = 1, .train.max_harm = PAT_MAX_HARM_DEFAULT};
    pat_error error = {0};
    options_read(&train_set, argc, argv, &arguments);
    pat_recorded_pairs *found = console_memory(1, sizeof *found);
    int exit_status = find_pairs(&arguments, found, &error) == PAT_OK
                          ? run_train(&arguments, found->pairs)
                          : console_failure(&error);
    pat_recorded_pairs_release(found);
    free(found);
    return exit_status;
}
