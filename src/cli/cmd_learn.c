#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "console.h"
#include "evaluation_text.h"
#include "left_out.h"
#include "shared_options.h"

struct arguments {
    run_arguments run;
    pat_learn_options learn;
};

static const option_row options[] = {
    {"output", 'o', "MODEL", OPTION_OUTPUT, OPTION_TARGET(struct arguments, learn.output),
     .missing = "name the model to write with -o MODEL", .help = "The model file to write"},
    {"report", 0, "FILE", OPTION_OUTPUT, OPTION_TARGET(struct arguments, learn.report),
     .help = "Also write a web page about the damaged versions and the model"},
    {"keep-harmful", .type = OPTION_FLAG, OPTION_TARGET(struct arguments, learn.keep_harmful),
     .help = "Write the model even if it is no better than leaving images alone"},
    {"max-harm", 0, "SHARE", OPTION_SHARE, OPTION_TARGET(struct arguments, learn.max_harm),
     .standard = "2%", .help = "The share of images that a model may make worse, cross-validated"},
    {NULL, 0, "CLEAN_DIR", OPTION_FOLDER, OPTION_TARGET(struct arguments, learn.degrade.clean),
     .missing = "name the folder of clean images"},
    {0},
};

static const option_row work_options[] = {
    {"restart", .type = OPTION_FLAG, OPTION_TARGET(struct arguments, learn.restart),
     .help = "Start over: discard what is in MODEL.work"},
    {"keep", .type = OPTION_FLAG, OPTION_TARGET(struct arguments, learn.keep),
     .help = "Keep MODEL.work, with the pairs and the data set, at the end"},
    {0},
};

static const option_group groups[] = {
    {"Learning", .rows = options},
    {"Images", learn_options, OPTION_ABOUT(learn.degrade)},
    {"Images", recipe_options, OPTION_ABOUT(learn.degrade)},
    {"Images", seed_options, OPTION_ABOUT(learn.degrade.seed)},
    {"Images", recursive_options, OPTION_ABOUT(learn.degrade.recursive)},
    {"Run", force_options, OPTION_ABOUT(run.run.force)},
    {"Run", run_options, OPTION_ABOUT(run), .check = check_run},
    {"Run", output_options, OPTION_ABOUT(run)},
    {"Resuming", .rows = work_options},
    {0},
};

const option_set learn_set = {
    .usage = "CLEAN_DIR -o MODEL",
    .summary =
        "Learn a model from clean images: make damaged versions of them, find the best settings of "
        "each, train, and write a report. Each step is also a command: degrade, search, train, "
        "report.",
    .notes =
        "For example: patina learn photographs/ -o my.model --report my.html && patina restore "
        "old/ --model my.model -o restored/\n\nThe more photographs, the better: 25 make a poor "
        "model, 100 a fair one, 300 a good one. The same command continues a run that was "
        "stopped; until the end, its results are in MODEL.work.\n\nExit status: 0 the model was "
        "written, 1 something failed (if only images failed, the model was written), 2 wrong "
        "usage or unreadable input, 3 no model was written, because the best one is no better "
        "than leaving images alone, " HELP_STOPPED ".",
    .groups = groups,
};

/* ---- Progress -------------------------------------------------------------------------------- */

struct steps {
    progress_display display;
    char step[64];
};

static void begin_step(void *context, const pat_learn_step *step)
{
    struct steps *steps = context;
    snprintf(steps->step, sizeof steps->step, "step %d of %d, %s", step->number, step->count,
             step->name);
    progress_begin_step(&steps->display, steps->step, step->unit);
}

/* ---- The outcome ----------------------------------------------------------------------------- */

static void print_worth(const pat_learn_summary *summary)
{
    const pat_learn_worth *worth = &summary->worth;
    printf("%s model", pat_model_kind_name(summary->kind));
    if (!worth->known) {
        printf("; it was not tested in pixels\n");
        return;
    }
    printf(", tested on %zu versions of %zu images that it has not seen:\n"
           "share of the oracle's gain: ",
           worth->pairs, worth->originals);
    share_print(&worth->captured);
    printf("; made worse: %zu, left alone: %zu\n", worth->worse, worth->left_alone);
}

static void print_text(const pat_learn_options *learn, const pat_learn_summary *summary)
{
    if (summary->resumed > 0)
        printf("%d step%s had already been done\n", summary->resumed,
               summary->resumed == 1 ? "" : "s");
    printf("%zu images, %zu damaged versions", summary->images, summary->rows);
    if (summary->rows < summary->versions)
        printf("; %zu more failed", summary->versions - summary->rows);
    printf("\n");
    print_worth(summary);
    printf("written: %s\n", learn->output);
    if (learn->report != NULL)
        printf("         %s\n", learn->report);
    if (summary->work[0] != '\0')
        printf("         %s/\n", summary->work);
}

static void warn(const pat_learn_summary *summary)
{
    for (size_t i = 0; i < summary->training.warning_count; i++)
        fprintf(stderr, "patina: WARNING: %s\n", summary->training.warnings[i]);
    if (summary->images < PAT_LEARN_IMAGES_FAIR)
        fprintf(stderr,
                "patina: WARNING: %zu images make a poor model; use at least %d, better %d\n",
                summary->images, PAT_LEARN_IMAGES_FAIR, PAT_LEARN_IMAGES_GOOD);
}

static int tell(const struct arguments *arguments, const pat_learn_summary *summary)
{
    const pat_learn_options *learn = &arguments->learn;
    warn(summary);
    console_failures(&summary->degrade, "version");
    console_failures(&summary->search, "pair");
    int exit_status = summary->rows < summary->versions ? EXIT_SOMETHING_FAILED : EXIT_ALL_WELL;
    if (arguments->run.json)
        return console_document(pat_learn_json(learn, summary), exit_status);
    if (!arguments->run.quiet)
        print_text(learn, summary);
    return exit_status;
}

static void print_how_to_continue(const pat_learn_summary *summary)
{
    if (summary->work[0] != '\0')
        fprintf(stderr, "patina: the same command resumes the run; finished work is in %s\n",
                summary->work);
}

/* ---- The command ----------------------------------------------------------------------------- */

static int run_learn(struct arguments *arguments, pat_learn_summary *summary)
{
    pat_error error = {0};
    struct left_out left_out = {0};
    struct steps steps;
    bool quiet = arguments->run.quiet;
    progress_init(&steps.display, quiet ? PROGRESS_NEVER : arguments->run.progress, "versions");
    pat_learn_options *learn = &arguments->learn;
    learn->degrade.left_out = left_out_note;
    learn->degrade.left_out_context = &left_out;
    learn->begin_step = begin_step;
    learn->step_context = &steps;
    learn->run = arguments->run.run;
    learn->run.progress = progress_show;
    learn->run.progress_context = &steps.display;
    learn->run.interrupt = console_catch_interrupts();
    pat_status status = pat_learn_run(learn, summary, &error);
    progress_end(&steps.display);
    int exit_status;
    if (status == PAT_INTERRUPTED) {
        fprintf(stderr, "patina: interrupted: %s was not finished\n", learn->output);
        exit_status = 128 + abs(*learn->run.interrupt);
    } else if (status != PAT_OK) {
        bool refused = summary->training.harmful && !summary->training.written;
        exit_status = console_failure(&error);
        exit_status = refused ? EXIT_HARMFUL : exit_status;
    } else {
        exit_status = tell(arguments, summary);
    }
    if (status != PAT_OK)
        print_how_to_continue(summary);
    left_out_end(&left_out, quiet || arguments->run.json || status != PAT_OK);
    return exit_status;
}

int cmd_learn(int argc, char **argv)
{
    struct arguments arguments = {.learn = {.degrade = {.seed = 1,
                                                        .per_image = PAT_LEARN_PER_IMAGE,
                                                        .shrink = PAT_LEARN_SHRINK,
                                                        .shrink_to = PAT_LEARN_SHRINK_TO,
                                                        .crop_width = PAT_LEARN_CROP,
                                                        .crop_height = PAT_LEARN_CROP},
                                            .max_harm = PAT_MAX_HARM_DEFAULT}};
    options_read(&learn_set, argc, argv, &arguments);
    pat_learn_summary *summary = console_memory(1, sizeof *summary);
    int exit_status = run_learn(&arguments, summary);
    pat_learn_summary_release(summary);
    free(summary);
    return exit_status;
}
