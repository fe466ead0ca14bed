#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "console.h"
#include "left_out.h"
#include "options.h"

struct arguments {
    run_arguments run;
    pat_restoration_options restoration;
    const char **inputs; /* room for argc of them */
    const char *color;
    bool has_sigma, has_strength, json;
};

enum { FAILURES_SHOWN = 10 };

static const struct argp_option options[] = {
    {"model", KEY_MODEL, "FILE", 0, "Restore each image as this model says; patina train makes it",
     0},
    {"color", KEY_COLOR, "METHOD", 0,
     "Restore all images in one way instead: white_balance, none or levels (default: none), and",
     0},
    {"sigma", KEY_SIGMA, "PX", 0, "sharpen with a blur of this sigma, 0.01..20, and", 0},
    {"strength", KEY_STRENGTH, "S", 0, "of this strength, 0..100; 0: not at all (default: 0)", 0},
    {"output", 'o', "OUT", 0, "The restored image's file, or, for several images, their folder", 1},
    {"force", KEY_FORCE, NULL, 0, "Replace files that are there; never an input", 1},
    {"recursive", KEY_RECURSIVE, NULL, 0, "Enter subfolders", 1},
    {"dry-run", KEY_DRY_RUN, NULL, 0, "Write nothing; say what would be done to each image", 1},
    {"json", KEY_JSON, NULL, 0, "Print one JSON document instead of lines", 1},
    {"format", KEY_FORMAT, "NAME", 0, "Write all images in one format, not each in its own:", 2},
    {"quality", KEY_QUALITY, "N", 0, "Quality of lossy formats, 1..100 (default: 95)", 2},
    {"strip", KEY_STRIP, NULL, 0,
     "Leave out metadata, but for the color profile and the resolution", 2},
    {0},
};

static double parse_number(const struct argp_state *state, const char *option, const char *text,
                           double minimum, double maximum)
{
    char *end;
    double value = strtod(text, &end);
    if (end == text || *end != '\0' || !(value >= minimum && value <= maximum))
        argp_error(state, "%s: '%s' is not a number in %g..%g", option, text, minimum, maximum);
    return value;
}

static pat_format parse_format(const struct argp_state *state, const char *text)
{
    char made[PAT_FORMAT_WORDS_SIZE];
    pat_format format = pat_format_find(text);
    if (!pat_format_is_made(format))
        argp_error(state, "--format: '%s' is not one of %s", text,
                   pat_format_words(PAT_LIST_MADE, ", ", made));
    return format;
}

/* The help on --format names the formats. */
static char *complete_help(int key, const char *text, void *input)
{
    (void)input;
    char made[PAT_FORMAT_WORDS_SIZE], *help;
    if (key != KEY_FORMAT)
        return (char *)text;
    pat_format_words(PAT_LIST_MADE, " or ", made);
    return asprintf(&help, "%s %s", text, made) < 0 ? NULL : help;
}

static double parse_color(const struct argp_state *state, const char *text)
{
    double method = PAT_COLOR_NONE;
    char names[PAT_NAMES_TEXT_SIZE];
    if (!pat_value_parse(PAT_AXIS_COLOR, text, &method))
        argp_error(state, "--color: '%s' is not one of %s", text,
                   pat_operator_names(PAT_AXIS_COLOR, names));
    return method;
}

static void end_of_arguments(const struct argp_state *state, struct arguments *arguments)
{
    const pat_restoration_options *restoration = &arguments->restoration;
    bool explicit_setting =
        arguments->color != NULL || arguments->has_sigma || arguments->has_strength;
    if (restoration->model != NULL && explicit_setting)
        argp_error(state, "give either --model or a setting, not both");
    if (restoration->model == NULL && !explicit_setting)
        argp_error(state, "give --model FILE, or a setting with --color, --sigma and --strength");
    if (restoration->setting.value[PAT_AXIS_STRENGTH] > 0 && !arguments->has_sigma)
        argp_error(state, "--strength needs --sigma, how wide the blur is that it sharpens with");
    if (arguments->has_sigma && !arguments->has_strength)
        argp_error(state, "--sigma needs --strength, how much is sharpened");
    if (restoration->output == NULL && !restoration->dry_run)
        argp_error(state, "give -o OUT: a file for one image, else a folder");
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct arguments *arguments = state->input;
    pat_restoration_options *restoration = &arguments->restoration;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &arguments->run;
        return 0;
    case KEY_MODEL:
        restoration->model = argument;
        return 0;
    case KEY_COLOR:
        arguments->color = argument;
        restoration->setting.value[PAT_AXIS_COLOR] = parse_color(state, argument);
        return 0;
    case KEY_SIGMA:
        arguments->has_sigma = true;
        restoration->setting.value[PAT_AXIS_SIGMA] =
            parse_number(state, "--sigma", argument, PAT_SIGMA_MIN, PAT_SIGMA_MAX);
        return 0;
    case KEY_STRENGTH:
        arguments->has_strength = true;
        restoration->setting.value[PAT_AXIS_STRENGTH] =
            parse_number(state, "--strength", argument, 0, PAT_STRENGTH_MAX);
        return 0;
    case 'o':
        restoration->output = argument;
        return 0;
    case KEY_FORCE:
        restoration->force = true;
        return 0;
    case KEY_RECURSIVE:
        restoration->recursive = true;
        return 0;
    case KEY_DRY_RUN:
        restoration->dry_run = true;
        return 0;
    case KEY_JSON:
        arguments->json = true;
        return 0;
    case KEY_FORMAT:
        restoration->format = parse_format(state, argument);
        return 0;
    case KEY_QUALITY:
        restoration->quality = (int)parse_whole(state, "--quality", argument, 1, 100);
        return 0;
    case KEY_STRIP:
        restoration->strip = true;
        return 0;
    case ARGP_KEY_ARG:
        arguments->inputs[restoration->input_count++] = argument;
        return 0;
    case ARGP_KEY_NO_ARGS:
        argp_error(state, "name at least one image or folder");
        return 0;
    case ARGP_KEY_END:
        end_of_arguments(state, arguments);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_child children[] = {{&run_argp, 0, "How the work is done:", 3}, {0}};

static const struct argp argp = {
    .options = options,
    .parser = parse,
    .args_doc = "IMAGE|DIR...",
    .doc = "Restore images: correct their colors and sharpen them, each as a model says, or all "
           "in one way. Format, depth, alpha and metadata are kept."
           "\vFor example: patina restore old/ --model model.patina -o restored/"
           "\n\nExit status: 0 every image was restored, 1 something failed (the rest is done), "
           "2 wrong usage or nothing to do, 129, 130 or 143 stopped by a signal.",
    .children = children,
    .help_filter = complete_help,
};

/* ---- Output ---------------------------------------------------------------------------------- */

/* Where what is told goes. */
struct teller {
    bool json, quiet, dry_run;
    bool incomplete; /* memory ran out for a piece of the JSON document */
    size_t failures;
    size_t told, unlike;
};

static void print_image(const pat_restoration *done)
{
    char setting[PAT_SETTING_TEXT_SIZE];
    console_name(done->input);
    if (done->output != NULL) {
        printf(" -> ");
        console_name(done->output);
    }
    printf(": ");
    if (done->left_alone)
        printf("left alone");
    else
        printf("%s", pat_setting_describe(&done->setting, setting));
    for (int i = 0; i < done->note_count; i++)
        printf("; %s", done->notes[i]);
    printf("\n");
    if (done->unlike_count > 0)
        printf("  unlike the images the model has seen:");
    for (int i = 0; i < done->unlike_count; i++)
        printf("%s %s", i > 0 ? "," : "", pat_feature_name(done->unlike[i]));
    if (done->unlike_count > 0)
        printf("\n");
}

/* A piece of the JSON document, which is freed. */
static void print_piece(struct teller *teller, char *text)
{
    if (text == NULL)
        teller->incomplete = true;
    else
        fputs(text, stdout);
    free(text);
}

static void tell(void *context, const pat_restoration *done)
{
    struct teller *teller = context;
    teller->unlike += done->status == PAT_OK && done->unlike_count > 0;
    if (done->status != PAT_OK && teller->failures++ < FAILURES_SHOWN)
        fprintf(stderr, "patina: %s\n", done->message);
    if (teller->json)
        print_piece(teller, pat_restoration_json(done, teller->told));
    else if (!teller->quiet && done->status == PAT_OK)
        print_image(done);
    teller->told++;
}

static void print_end(struct teller *teller, const pat_run_summary *summary)
{
    if (teller->json) {
        print_piece(teller, pat_restoration_json_end(summary, teller->unlike));
        printf("\n");
        return;
    }
    if (teller->quiet || (summary->rows == 0 && summary->failures == 0))
        return;
    printf("%zu %s, %zu failed", summary->rows, teller->dry_run ? "would be restored" : "restored",
           summary->failures);
    if (teller->unlike > 0)
        printf("; %zu unlike the images the model has seen", teller->unlike);
    printf("; %.2f seconds\n", summary->elapsed_s);
}

static int end_run(pat_status status, const pat_error *error, const struct teller *teller,
                   const pat_run_summary *summary, int signal_number)
{
    if (status == PAT_INTERRUPTED) {
        fprintf(stderr, "patina: interrupted: %zu of %zu images were restored\n", summary->rows,
                summary->total);
        return 128 + abs(signal_number);
    }
    if (status != PAT_OK)
        return console_failure(error);
    if (teller->incomplete)
        return console_failure(
            &(pat_error){PAT_OUT_OF_MEMORY, "not enough memory to print all of the JSON document"});
    if (teller->failures > FAILURES_SHOWN)
        fprintf(stderr, "patina: ... and %zu more\n", teller->failures - FAILURES_SHOWN);
    if (teller->quiet && summary->failures > 0)
        fprintf(stderr, "patina: %zu of %zu images failed\n", summary->failures, summary->total);
    return summary->failures > 0 ? EXIT_SOMETHING_FAILED : EXIT_ALL_WELL;
}

static int run_restoration(struct arguments *arguments, pat_run_summary *summary)
{
    pat_error error = {0};
    struct left_out left_out = {0};
    progress_display display;
    struct teller teller = {.json = arguments->json,
                            .quiet = arguments->run.quiet,
                            .dry_run = arguments->restoration.dry_run};
    progress_init(&display, arguments->run.quiet ? PROGRESS_NEVER : arguments->run.progress,
                  "images");
    pat_restoration_options *restoration = &arguments->restoration;
    restoration->left_out = left_out_note;
    restoration->left_out_context = &left_out;
    restoration->done = tell;
    restoration->done_context = &teller;
    restoration->run = arguments->run.run;
    restoration->run.progress = progress_show;
    restoration->run.progress_context = &display;
    restoration->run.interrupt = console_catch_interrupts();
    if (teller.json)
        print_piece(&teller, pat_restoration_json_begin());
    pat_status status = pat_restoration_run(restoration, summary, &error);
    progress_end(&display);
    print_end(&teller, summary);
    left_out_end(&left_out, teller.quiet || teller.json || status != PAT_OK);
    return end_run(status, &error, &teller, summary, *restoration->run.interrupt);
}

int cmd_restore(int argc, char **argv)
{
    struct arguments arguments = {.restoration.setting = pat_setting_default()};
    arguments.inputs = console_memory((size_t)argc, sizeof *arguments.inputs);
    arguments.restoration.inputs = arguments.inputs;
    pat_run_summary *summary = console_memory(1, sizeof *summary);
    parse_arguments(&argp, argc, argv, 0, &arguments);
    int exit_status = run_restoration(&arguments, summary);
    free(arguments.inputs);
    free(summary);
    return exit_status;
}
