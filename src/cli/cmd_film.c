#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "console.h"
#include "film_frames.h"
#include "page_option.h"
#include "patina/film.h"
#include "shared_options.h"
#include "shipped.h"

struct arguments {
    run_arguments run;
    pat_film_options film;
    model_limit max_harm;
    bool deflicker_only, by_hand;
    double quality;
    const char *report; /* NULL: none */
    frames_arguments frames;
    bool is_folder; /* the input */
};

static void take_part(const option_line *line, void *target, char *text)
{
    pat_error error = {0};
    if (pat_film_range_parse(text, target, &error) != PAT_OK)
        option_fail(line, "--part: %s", error.message);
}

static const option_row options[] = {
    {"output", 'o', "OUT", OPTION_OUTPUT, OPTION_TARGET(struct arguments, film.output),
     .missing = "name the film to write (-o FILE)",
     .help =
         "The film to write, in a file that ends in .mkv (or .avi, .nut; with --codec x264: "
         ".mp4, .mov or .mkv), or a folder, in which it gets the original's name; tables of its "
         "frames and scenes are written beside it. For frames in a folder, the folder to "
         "write to"},
    {"codec", 0, NULL, OPTION_CHOICE, OPTION_TARGET(struct arguments, film.codec),
     .choices = pat_film_codec_name, .standard = "ffv1",
     .help = "How frames are stored: ffv1 keeps every sample; x264 makes small files that every "
             "player plays"},
    {"quality", 0, "Q", OPTION_NUMBER, OPTION_TARGET(struct arguments, quality), .lowest = 0,
     .highest = 51, .standard = "16",
     .help = "With x264: its constant rate factor, from 0 (without loss) to 51; lower is better "
             "and larger"},
    {"deflicker-only", 0, NULL, OPTION_FLAG, OPTION_TARGET(struct arguments, deflicker_only),
     .help = "Only remove flicker of exposure"},
    {"keep-flicker", 0, NULL, OPTION_FLAG, OPTION_TARGET(struct arguments, film.how.keep_flicker),
     .help = "Do not remove flicker of exposure"},
    {"part", 0, "FROM:TO", OPTION_TEXT, OPTION_TARGET(struct arguments, film.range),
     .take = take_part, .standard = "the whole film",
     .help = "Restore only a part: seconds, such as 10s:20s, or frames, such as 240:480; either "
             "side may be left out"},
    {"scenes", 0, "FILE", OPTION_FILE, OPTION_TARGET(struct arguments, film.how.scenes),
     .help = "A table of scenes that an earlier run wrote, edited: where scenes begin, and, unless "
             "its cells are empty, the setting of each"},
    {"report", 0, "FILE", OPTION_OUTPUT, OPTION_TARGET(struct arguments, report),
     .help =
         "Also write a web page: brightness and gains over time, the scenes and their settings, "
         "and a frame of each scene before and after"},
    {"restart", 0, NULL, OPTION_FLAG, OPTION_TARGET(struct arguments, run.run.journal),
     .stored = PAT_JOURNAL_RESTART,
     .help = "Start over instead of resuming a run that was stopped"},
    {"frames-per-batch", .old_of = "batch"},
    {NULL, 0, "FILM|DIR", OPTION_FILE, OPTION_TARGET(struct arguments, film.input),
     .missing = "name a film"},
    {0},
};

static void check(const option_line *line, void *target)
{
    struct arguments *arguments = target;
    if (option_given(line, "quality") != NULL)
        arguments->film.quality = &arguments->quality;
    arguments->by_hand = option_given(line, setting_keys()) != NULL;
    if (arguments->deflicker_only && arguments->film.how.keep_flicker)
        option_fail(line, "--deflicker-only and --keep-flicker exclude each other");
    if (arguments->deflicker_only &&
        (arguments->by_hand || option_given(line, "model max-harm") != NULL))
        option_fail(line, "--deflicker-only takes no model and no setting");
    page_check_name(line, "--report", arguments->report);
    arguments->is_folder = is_frames_folder(line, arguments->film.input);
    const char *idle = option_given(line, arguments->is_folder ? "restart codec quality report"
                                                               : "camera all ingest-only");
    if (idle != NULL)
        option_fail(line, "--%s has no effect on a %s", idle,
                    arguments->is_folder ? "folder" : "film");
}

static const option_group groups[] = {
    {"Restoration", model_options, OPTION_ABOUT(film.how.model)},
    {"Restoration", max_harm_options, OPTION_ABOUT(max_harm), .check = check_max_harm},
    {"Restoration", .make = setting_rows, OPTION_ABOUT(film.how.setting), .check = check_setting},
    {"Film", options, .check = check},
    {"Film", force_options, OPTION_ABOUT(run.run.force)},
    {"Folders of frames", frames_options, OPTION_ABOUT(frames), .check = check_frames},
    {"Run", run_options, OPTION_ABOUT(run), .check = check_run},
    {"Run", output_options, OPTION_ABOUT(run)},
    {0},
};

const option_set film_set = {
    .usage = "-o OUT.mkv FILM\n--deflicker-only -o OUT.mkv FILM\n--color METHOD --sigma PX "
             "--strength S -o OUT.mkv FILM\n--camera NAME -o OUT_DIR TRIAL_DIR\n--all "
             "--ingest-only -o OUT_DIR TRIAL_DIR",
    .summary = "Restore a film: remove flicker of exposure, then restore each scene with the "
               "setting that a model chooses for it, or with one setting for all. Frames are "
               "stored without loss, unless --codec says otherwise; sound, subtitles, chapters "
               "and tags are kept.",
    .notes =
        "For example: patina film old.mp4 -o restored.mkv\n\nA folder is taken for frames as rigs "
        "with cameras record them, with images in cam1/color, or color, and depth maps in "
        "cam1/depth, or depth.\n\nA run that was stopped is resumed by "
        "the same command.\n\nExit status: 0 the film was "
        "written, 1 it was not, 2 wrong usage, " HELP_STOPPED ".",
    .groups = groups,
};

static void tell_model(void *context, const pat_model *model)
{
    const struct arguments *arguments = context;
    char words[SHIPPED_WORDS_SIZE];
    shipped_describe(model, words);
    if (!arguments->run.quiet && !arguments->run.json)
        printf("%s\n", words);
}

static const char *s_of(size_t count)
{
    return count == 1 ? "" : "s";
}

static void tell_remark(void *context, pat_film_remark kind, const char *sentence)
{
    static const char *const labels[] = {"DAMAGE: ", "LOST: ", ""};
    (void)context;
    printf("%s%s\n", labels[kind], sentence);
}

static void tell(const pat_film_summary *summary)
{
    printf("%s in %s, %s, %dx%d, %.6g frames/s\n", summary->codec, summary->container,
           summary->samples, summary->width, summary->height, summary->rate);
    printf("%zu packet%s, %zu frame%s in %zu scene%s; frames restored: %zu\n", summary->packets,
           s_of(summary->packets), summary->frames, s_of(summary->frames), summary->scenes,
           s_of(summary->scenes), summary->changed);
    pat_film_remarks(summary, tell_remark, NULL);
    printf("flicker: brightness changes by %.2f levels from frame to frame; it was %.2f\n",
           summary->flicker_after, summary->flicker_before);
    printf("drift: within a scene, brightness slowly changes by up to %.1f levels; it was %.1f\n",
           summary->drift_after, summary->drift_before);
    printf("%d worker%s; at most %zu frame%s (%zu MiB) in memory at a time\n", summary->workers,
           s_of((size_t)summary->workers), summary->frames_in_flight,
           s_of(summary->frames_in_flight),
           (summary->frames_in_flight * summary->frame_bytes + (1 << 20) - 1) >> 20);
    printf("written to ");
    console_name(summary->output_path);
    printf(" as %s in %s; tables: ", summary->stored_as, summary->written_as);
    console_name(summary->frames_path);
    printf(", ");
    console_name(summary->scenes_path);
    printf("; %.2f seconds\n", summary->elapsed_s);
}

static void name_pass(void *context, int pass)
{
    static const char *const names[] = {"pass 1 of 3, measuring", "pass 2 of 3, restoring",
                                        "pass 3 of 3, writing"};
    progress_begin_step(context, names[pass - 1], "frames");
}

/* --range FROM:TO is --part FROM:TO; --range LEVELS is the filter's. */
static void accept_range(int argc, char **argv)
{
    static char part[] = "--part";
    for (int i = 1; i + 1 < argc && strcmp(argv[i], "--") != 0; i++)
        if (strcmp(argv[i], "--range") == 0 && strchr(argv[i + 1], ':') != NULL)
            argv[i] = part;
}

static int run_folder(const struct arguments *arguments)
{
    const pat_film_options *film = &arguments->film;
    pat_frames_options frames = {
        .folder = film->input,
        .output = film->output,
        .how = film->how,
        .range = film->range,
    };
    return film_frames(&arguments->frames, &frames, &arguments->run);
}

int cmd_film(int argc, char **argv)
{
    struct arguments arguments = {.film.how.setting = pat_setting_default()};
    pat_film_story *story = NULL;
    progress_display display;
    pat_error error = {0};
    char model[PAT_PATH_SIZE];
    accept_range(argc, argv);
    options_read(&film_set, argc, argv, &arguments);
    pat_film_options *film = &arguments.film;
    film->how.max_harm = arguments.max_harm.given ? &arguments.max_harm.share : NULL;
    if (!arguments.by_hand)
        film->how.setting = (pat_setting){0};
    if (!arguments.by_hand && !arguments.deflicker_only && !arguments.frames.ingest_only &&
        film->how.model == NULL) {
        film->how.model = shipped_model(model);
        film->how.model_read = tell_model;
        film->how.model_read_context = &arguments;
        if (film->how.model == NULL)
            return EXIT_USAGE;
    }
    if (arguments.is_folder)
        return run_folder(&arguments);
    pat_film_summary *summary = console_memory(1, sizeof *summary);
    progress_init(&display, arguments.run.quiet ? PROGRESS_NEVER : arguments.run.progress,
                  "frames");
    film->run = arguments.run.run;
    film->run.progress = progress_show;
    film->run.progress_context = &display;
    film->begin_pass = name_pass;
    film->pass_context = &display;
    film->run.interrupt = console_catch_interrupts();
    if (arguments.report != NULL) {
        film->story = &story;
        if (!page_is_writable("--report", arguments.report, film->run.force)) {
            free(summary);
            return EXIT_USAGE;
        }
    }
    pat_status status = pat_film_run(film, summary, &error);
    progress_end(&display);
    bool is_written = status == PAT_OK;
    if (is_written && arguments.report != NULL)
        status = pat_film_page(film, summary, story, arguments.report, film->run.force, &error);
    pat_film_story_free(story);
    int exit_status = EXIT_ALL_WELL;
    if (status == PAT_INTERRUPTED) {
        fprintf(stderr, "patina: interrupted: no film was written; the same command resumes the "
                        "run\n");
        exit_status = 128 + abs(*film->run.interrupt);
    } else if (status != PAT_OK) {
        exit_status = console_failure(&error);
        if (is_written)
            fprintf(stderr, "patina: the film and its tables are complete; only the page is "
                            "missing\n");
    } else if (arguments.run.json) {
        exit_status = console_document(pat_film_json(film, summary), EXIT_ALL_WELL);
    } else if (!arguments.run.quiet) {
        tell(summary);
    }
    free(summary);
    return exit_status;
}
