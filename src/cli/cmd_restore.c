#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "commands.h"
#include "console.h"
#include "left_out.h"
#include "page_option.h"
#include "shared_options.h"
#include "sheet_list.h"
#include "shipped.h"
#include "standard_input.h"
#include "stream.h"

struct arguments {
    run_arguments run;
    pat_restoration_options restoration;
    model_limit max_harm;
    bool names_model;    /* the model is not named: print which it is */
    bool by_hand;        /* a setting is given: no model is used */
    const char **inputs; /* room for argc of them */
    bool null_ended;     /* names on the standard input end with a null byte */
    const char *sheet;   /* NULL: none */
};

enum { FAILURES_SHOWN = 10 };

/* The formats that other formats can be converted to. */
static const char *format_name(int number)
{
    const pat_format format = (pat_format)number;
    if (format > pat_format_count())
        return NULL;
    return pat_format_is_made(format) ? pat_format_name(format) : "";
}

static void take_input(const option_line *line, void *target, char *text)
{
    (void)line;
    struct arguments *arguments = target;
    arguments->inputs[arguments->restoration.input_count++] = text;
}

static const option_row options[] = {
    {"output", 'o', "OUT", OPTION_STREAM, OPTION_TARGET(struct arguments, restoration.output),
     .help = "The file to write or, for several images, the folder; - writes one image to the "
             "standard output"},
    {"format", .type = OPTION_CHOICE, OPTION_TARGET(struct arguments, restoration.format),
     .choices = format_name, .standard = "the format of each image",
     .help = "The file format to write"},
    {"quality", 0, "N", OPTION_WHOLE, OPTION_TARGET(struct arguments, restoration.quality),
     .least = 1, .greatest = 100, .standard = "95", .help = "Quality of lossy formats, 1..100"},
    {"sheet", 0, "FILE", OPTION_OUTPUT, OPTION_TARGET(struct arguments, sheet),
     .help =
         "Also write a web page that shows each restored image beside the one it was made from, "
         "the most doubtful first"},
    {"strip", .type = OPTION_FLAG, OPTION_TARGET(struct arguments, restoration.strip),
     .help = "Drop metadata except the color profile and resolution"},
    {"pages", 0, "N", OPTION_WHOLE, OPTION_TARGET(struct arguments, restoration.page), .least = 1,
     .greatest = 65535, .standard = "1", .help = "Which page of TIFF files to restore"},
    {"skip-existing", .type = OPTION_FLAG,
     OPTION_TARGET(struct arguments, restoration.skip_existing),
     .help = "Skip images whose output already exists"},
    {"null", '0', .type = OPTION_FLAG, OPTION_TARGET(struct arguments, null_ended),
     .help = "With - as IMAGE: names end with a null byte, as in the output of 'find -print0'"},
    {NULL, 0, "IMAGE|DIR", OPTION_FILE, .take = take_input, .repeated = true,
     .missing = "name at least one image or folder"},
    {0},
};

static void check_stream(const option_line *line, const struct arguments *arguments)
{
    struct stat info;
    const char *input = arguments->inputs[0];
    const char *idle = option_given(line, "dry-run force skip-existing null");
    if (idle != NULL)
        option_fail(line, "--%s has no effect with -o -", idle);
    if (arguments->run.json)
        option_fail(line, "-o - and --json would both write to the standard output; name a file");
    if (arguments->sheet != NULL)
        option_fail(line, "--sheet shows images in files; name an output file instead of -");
    if (arguments->restoration.input_count > 1 ||
        (stat(input, &info) == 0 && S_ISDIR(info.st_mode)))
        option_fail(line, "-o -: only one image can go to the standard output; name a folder");
}

static bool is_standard(const char *input)
{
    return strcmp(input, "-") == 0;
}

static void check(const option_line *line, void *target)
{
    struct arguments *arguments = target;
    const pat_restoration_options *restoration = &arguments->restoration;
    option_exclude(line, "model", setting_keys(), "the model chooses the setting");
    option_exclude(line, "max-harm", setting_keys(), "without a model it has no effect");
    if (restoration->output == NULL && !restoration->dry_run)
        option_fail(line, "name the output with -o OUT: a file for one image, else a folder");
    if (restoration->quality != 0 && !pat_format_has_quality(restoration->format))
        option_fail(line, "--quality has no effect on %s, which is lossless",
                    pat_format_name(restoration->format));
    if (stream_is_standard(restoration->output))
        check_stream(line, arguments);
    option_exclude(line, "sheet", "dry-run", "it shows restored images");
    option_exclude(line, "sheet", "pages", "it shows the first page of each file");
    option_exclude(line, "skip-existing", "force",
                   "one keeps existing files, the other replaces them");
    bool listed = arguments->restoration.input_count == 1 && is_standard(arguments->inputs[0]);
    for (size_t i = 0; i < arguments->restoration.input_count && !listed; i++)
        if (is_standard(arguments->inputs[i]))
            option_fail(line, "-: cannot be combined with other images; name all of them on the "
                              "standard input");
    if (arguments->null_ended && !listed)
        option_fail(line, "--null has no effect without - as IMAGE");
    page_check_name(line, "--sheet", arguments->sheet);
    arguments->by_hand = option_given(line, setting_keys()) != NULL;
}

static const option_group groups[] = {
    {"Restoration", model_options, OPTION_ABOUT(restoration.model)},
    {"Restoration", max_harm_options, OPTION_ABOUT(max_harm), .check = check_max_harm},
    {"Restoration", .make = setting_rows, OPTION_ABOUT(restoration.setting),
     .check = check_setting},
    {"Files", options, .check = check},
    {"Files", force_options, OPTION_ABOUT(run.run.force)},
    {"Files", dry_run_options, OPTION_ABOUT(restoration.dry_run)},
    {"Files", recursive_options, OPTION_ABOUT(restoration.recursive)},
    {"Run", run_options, OPTION_ABOUT(run), .check = check_run},
    {"Run", output_options, OPTION_ABOUT(run)},
    {0},
};

const option_set restore_set = {
    .usage = "-o OUT IMAGE|DIR...\n--model FILE -o OUT IMAGE|DIR...\n--color METHOD --sigma PX "
             "--strength S -o OUT "
             "IMAGE|DIR...",
    .summary =
        "Restore images: correct their colors and sharpen them, with the setting that a model "
        "chooses for each image, or with one setting for all. Without --model, it is the model "
        "that comes with patina; the environment variable PATINA_MODEL names another. File format, "
        "bit depth, alpha "
        "and metadata are kept.",
    .notes = "For example: patina restore old/ -o restored/\n\nIf the command is repeated, it does "
             "only what is missing. If IMAGE is -, the names of images are read from the standard "
             "input, one per line; with -o -, the image itself is.\n\nExit status: 0 "
             "all images were restored, 1 something failed (the rest was restored), 2 wrong usage "
             "or nothing to do, " HELP_STOPPED ".",
    .groups = groups,
};

/* ---- Output ---------------------------------------------------------------------------------- */

/* Limits on harm that are suggested if they would restore more images. */
static const double suggested[] = {0.05, 0.1};
enum { SUGGESTED = sizeof suggested / sizeof *suggested };

/* The state of the output. */
struct teller {
    bool json, quiet, dry_run;
    bool incomplete;    /* memory ran out for a piece of the JSON document */
    const char *hidden; /* the folder of temporary files, which messages leave out; NULL: none */
    size_t failures;
    size_t told, flagged, left_alone;
    size_t restorable[SUGGESTED]; /* images left alone that a limit of `suggested` would restore */
    sheet_list *sheet;            /* NULL: none is wanted */
    bool names_model;             /* print which model is used */
    char model[SHIPPED_WORDS_SIZE]; /* "": named by the user, or none */
};

static void tell_model(void *context, const pat_model *model)
{
    struct teller *teller = context;
    if (!teller->names_model)
        return;
    shipped_describe(model, teller->model);
    if (!teller->json && !teller->quiet)
        printf("%s\n", teller->model);
}

/* Why a result should be looked at. */
static void print_flag(const pat_restoration *done)
{
    if (done->harm >= PAT_HARM_FLAGGED)
        printf("  look at the result: it may be worse than the image\n");
    if (done->unlike_count > 0)
        printf("  unlike the images the model has seen:");
    for (int i = 0; i < done->unlike_count; i++)
        printf("%s %s", i > 0 ? "," : "", pat_feature_name(done->unlike[i]));
    if (done->unlike_count > 0)
        printf("\n");
}

/* Whether a limit on harm of at most `limit` would restore an image that was left alone. */
static bool is_restorable(const pat_restoration *done, double limit)
{
    return done->left_alone && done->predicted && done->restored_at <= limit; /* false for NaN */
}

static void print_image(const pat_restoration *done)
{
    char setting[PAT_SETTING_TEXT_SIZE];
    console_name(done->input);
    if (done->output != NULL) {
        printf(" -> ");
        console_name(done->output);
    }
    printf(": ");
    if (!done->left_alone)
        printf("%s", pat_setting_describe(&done->setting, setting));
    else if (done->predicted && !isnan(done->harm))
        printf("left alone: no restoration is worth its risk");
    else
        printf("left alone");
    if (is_restorable(done, 1))
        printf("; --max-harm %g%% would restore it", 100 * done->restored_at);
    if (!done->left_alone && done->predicted && !isnan(done->harm))
        printf("; expected gain %+.4f, probability of harm %.1f %%", done->gain, 100 * done->harm);
    for (int i = 0; i < done->note_count; i++)
        printf("; %s", done->notes[i]);
    printf("\n");
    if (done->predicted && done->flagged)
        print_flag(done);
}

/* Print and free a piece of the JSON document. */
static void print_piece(struct teller *teller, char *text)
{
    if (text == NULL)
        teller->incomplete = true;
    else
        fputs(text, stdout);
    free(text);
}

/* Print why an image was not restored. */
static void print_failure(const struct teller *teller, const char *message)
{
    size_t length = teller->hidden == NULL ? 0 : strlen(teller->hidden);
    if (length > 0 && strncmp(message, teller->hidden, length) == 0 && message[length] == '/')
        message += length + 1;
    fprintf(stderr, "patina: %s\n", message);
}

static void tell(void *context, const pat_restoration *done)
{
    struct teller *teller = context;
    teller->flagged += done->status == PAT_OK && done->predicted && done->flagged;
    teller->left_alone += done->status == PAT_OK && done->left_alone;
    for (int i = 0; i < SUGGESTED; i++)
        teller->restorable[i] += done->status == PAT_OK && is_restorable(done, suggested[i]);
    if (done->status != PAT_OK && teller->failures++ < FAILURES_SHOWN)
        print_failure(teller, done->message);
    if (teller->json)
        print_piece(teller, pat_restoration_json(done, teller->told));
    else if (!teller->quiet && done->status == PAT_OK)
        print_image(done);
    if (teller->sheet != NULL && done->status == PAT_OK)
        sheet_list_note(teller->sheet, done);
    teller->told++;
}

static void print_end(struct teller *teller, const pat_run_summary *summary)
{
    if (teller->json) {
        const pat_restoration_counts counts = {teller->left_alone, teller->flagged};
        print_piece(teller, pat_restoration_json_end(summary, &counts,
                                                     *teller->model ? teller->model : NULL));
        printf("\n");
        return;
    }
    if (teller->quiet || summary->rows + summary->failures + summary->skipped == 0)
        return;
    printf("%zu %s, %zu left alone, %zu failed", summary->rows - teller->left_alone,
           teller->dry_run ? "would be restored" : "restored", teller->left_alone,
           summary->failures);
    if (summary->recalled > 0)
        printf("; %zu already done", summary->recalled);
    if (summary->skipped > 0)
        printf("; %zu skipped, because their output exists", summary->skipped);
    if (teller->flagged > 0)
        printf("; %zu flagged", teller->flagged);
    printf("; %.2f seconds\n", summary->elapsed_s);
    int i = 0;
    while (i < SUGGESTED && teller->restorable[i] == 0)
        i++;
    if (i < SUGGESTED)
        printf("--max-harm %g%% would restore %zu more, at a greater risk; use another output "
               "folder\n",
               100 * suggested[i], teller->restorable[i]);
}

static int end_run(pat_status status, const pat_error *error, const struct teller *teller,
                   const pat_run_summary *summary, int signal_number)
{
    if (status == PAT_INTERRUPTED) {
        fprintf(stderr,
                "patina: interrupted: %zu of %zu images were restored; the same command resumes "
                "the run\n",
                summary->rows, summary->total);
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

/* hidden: as in the teller. */
static int run_restoration(const struct arguments *arguments, const char *output,
                           const char *hidden, pat_run_summary *summary)
{
    if (arguments->sheet != NULL &&
        !page_is_writable("--sheet", arguments->sheet, arguments->run.run.force))
        return EXIT_USAGE;
    pat_error error = {0};
    struct left_out left_out = {0};
    progress_display display;
    const char *named = arguments->restoration.output;
    sheet_list sheet = {0};
    struct teller teller = {.sheet = arguments->sheet == NULL ? NULL : &sheet,
                            .json = arguments->run.json,
                            .quiet = arguments->run.quiet || stream_is_standard(named),
                            .dry_run = arguments->restoration.dry_run,
                            .hidden = hidden,
                            .names_model = arguments->names_model};
    progress_init(&display, arguments->run.quiet ? PROGRESS_NEVER : arguments->run.progress,
                  "images");
    pat_restoration_options restoration = arguments->restoration;
    restoration.output = output;
    restoration.max_harm = arguments->max_harm.given ? &arguments->max_harm.share : NULL;
    restoration.model_read = tell_model;
    restoration.model_read_context = &teller;
    restoration.left_out = left_out_note;
    restoration.left_out_context = &left_out;
    restoration.done = tell;
    restoration.done_context = &teller;
    restoration.run = arguments->run.run;
    restoration.run.progress = progress_show;
    restoration.run.progress_context = &display;
    restoration.run.interrupt = console_catch_interrupts();
    if (teller.json)
        print_piece(&teller, pat_restoration_json_begin());
    pat_status status = pat_restoration_run(&restoration, summary, &error);
    progress_end(&display);
    print_end(&teller, summary);
    left_out_end(&left_out, teller.quiet || teller.json || status != PAT_OK);
    int exit_status = end_run(status, &error, &teller, summary, *restoration.run.interrupt);
    if (arguments->sheet != NULL && status == PAT_OK) {
        sheet.model = *teller.model == '\0' ? NULL : teller.model;
        sheet.failures = summary->failures;
        int written = sheet_list_write(&sheet, arguments->sheet, &restoration.run, &display,
                                       teller.quiet || teller.json);
        exit_status = exit_status == EXIT_ALL_WELL ? written : exit_status;
    }
    sheet_list_release(&sheet);
    return exit_status;
}

/* Detect the format of a file from its first bytes. */
static pat_format format_of(const char *path)
{
    unsigned char start[32];
    FILE *file = fopen(path, "rbe");
    size_t count = file == NULL ? 0 : fread(start, 1, sizeof start, file);
    if (file != NULL)
        fclose(file);
    return pat_format_of_bytes(start, count);
}

/* The format in which the image is written. If it is no image, any: the restoration then fails, and
 * says why. */
static pat_format format_to_write(const struct arguments *arguments)
{
    pat_format format = arguments->restoration.format;
    if (format == PAT_FORMAT_NONE)
        format = pat_format_written_as(format_of(arguments->inputs[0]));
    for (int i = 1; format == PAT_FORMAT_NONE && format_name(i) != NULL; i++)
        if (*format_name(i) != '\0')
            format = (pat_format)i;
    return format;
}

static int run_streamed(struct arguments *arguments, pat_run_summary *summary)
{
    struct stream image;
    char input[PAT_PATH_SIZE];
    bool is_read = !is_standard(arguments->inputs[0]);
    if (!stream_begin(&image, arguments->restoration.output, "restore",
                      is_read ? basename(arguments->inputs[0]) : "restored"))
        return EXIT_SOMETHING_FAILED;
    if (!is_read && image.standard) {
        is_read = standard_image_read(&image.space, input);
        arguments->inputs[0] = input;
    }
    if (is_read && image.standard)
        stream_name_format(&image, format_to_write(arguments));
    const char *hidden = image.standard ? image.space.folder : NULL;
    return stream_end(&image, is_read ? run_restoration(arguments, image.path, hidden, summary)
                                      : EXIT_SOMETHING_FAILED);
}

/* Restore the images; if IMAGE is -, read their names from the standard input. */
static int run_with_inputs(struct arguments *arguments, pat_run_summary *summary)
{
    name_list list = {0};
    if (!is_standard(arguments->inputs[0]) || stream_is_standard(arguments->restoration.output))
        return run_streamed(arguments, summary);
    if (!name_list_read(&list, arguments->null_ended ? '\0' : '\n'))
        return EXIT_SOMETHING_FAILED;
    arguments->restoration.inputs = list.name;
    arguments->restoration.input_count = list.count;
    int exit_status = run_restoration(arguments, arguments->restoration.output, NULL, summary);
    name_list_release(&list);
    return exit_status;
}

int cmd_restore(int argc, char **argv)
{
    struct arguments arguments = {.restoration.setting = pat_setting_default()};
    arguments.inputs = console_memory((size_t)argc, sizeof *arguments.inputs);
    arguments.restoration.inputs = arguments.inputs;
    pat_run_summary *summary = console_memory(1, sizeof *summary);
    options_read(&restore_set, argc, argv, &arguments);
    char model[PAT_PATH_SIZE];
    if (!arguments.by_hand && arguments.restoration.model == NULL) {
        arguments.names_model = true;
        arguments.restoration.model = shipped_model(model);
        if (arguments.restoration.model == NULL) {
            free(summary);
            free(arguments.inputs);
            return EXIT_USAGE;
        }
    }
    int exit_status = run_with_inputs(&arguments, summary);
    free(arguments.inputs);
    free(summary);
    return exit_status;
}
