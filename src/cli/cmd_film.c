#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "commands.h"
#include "console.h"
#include "patina/film.h"
#include "shared_options.h"
#include "shipped.h"

struct arguments {
    run_arguments run;
    pat_film_options film;
    model_limit max_harm;
    bool deflicker_only, by_hand;
};

static const option_row options[] = {
    {"output", 'o', "FILE", OPTION_OUTPUT, OPTION_TARGET(struct arguments, film.output),
     .missing = "name the film to write (-o FILE)",
     .help = "The film to write, in a file that ends in .mkv (or .avi, .nut); tables of its frames "
             "and scenes are written beside it"},
    {"deflicker-only", 0, NULL, OPTION_FLAG, OPTION_TARGET(struct arguments, deflicker_only),
     .help = "Only remove flicker of exposure"},
    {"keep-flicker", 0, NULL, OPTION_FLAG, OPTION_TARGET(struct arguments, film.keep_flicker),
     .help = "Do not remove flicker of exposure"},
    {"scenes", 0, "FILE", OPTION_FILE, OPTION_TARGET(struct arguments, film.scenes),
     .help = "A table of scenes that an earlier run wrote, edited: where scenes begin, and, unless "
             "its cells are empty, the setting of each"},
    {"restart", 0, NULL, OPTION_FLAG, OPTION_TARGET(struct arguments, run.run.journal),
     .stored = PAT_JOURNAL_RESTART,
     .help = "Start over instead of resuming a run that was stopped"},
    {NULL, 0, "FILM", OPTION_FILE, OPTION_TARGET(struct arguments, film.input),
     .missing = "name a film"},
    {0},
};

static void check(const option_line *line, void *target)
{
    struct arguments *arguments = target;
    arguments->by_hand = option_given(line, setting_keys()) != NULL;
    if (arguments->deflicker_only && arguments->film.keep_flicker)
        option_fail(line, "--deflicker-only and --keep-flicker exclude each other");
    if (arguments->deflicker_only &&
        (arguments->by_hand || option_given(line, "model max-harm") != NULL))
        option_fail(line, "--deflicker-only takes no model and no setting");
}

static const option_group groups[] = {
    {"Restoration", model_options, OPTION_ABOUT(film.model)},
    {"Restoration", max_harm_options, OPTION_ABOUT(max_harm), .check = check_max_harm},
    {"Restoration", .make = setting_rows, OPTION_ABOUT(film.setting), .check = check_setting},
    {"Film", options, .check = check},
    {"Film", force_options, OPTION_ABOUT(run.run.force)},
    {"Run", run_options, OPTION_ABOUT(run), .check = check_run},
    {"Run", output_options, OPTION_ABOUT(run)},
    {0},
};

const option_set film_set = {
    .usage = "-o OUT.mkv FILM\n--deflicker-only -o OUT.mkv FILM\n--color METHOD --sigma PX "
             "--strength S -o OUT.mkv FILM",
    .summary = "Restore a film: remove flicker of exposure, then restore each scene with the "
               "setting that a model chooses for it, or with one setting for all. Frames are "
               "stored without loss; sound, subtitles, chapters and tags are kept.",
    .notes =
        "For example: patina film old.mp4 -o restored.mkv\n\nA run that was stopped is resumed by "
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

static void tell(const pat_film_summary *summary)
{
    printf("%s in %s, %s, %dx%d, %.6g frames/s\n", summary->codec, summary->container,
           summary->samples, summary->width, summary->height, summary->rate);
    printf("%zu packets, %zu frames in %zu scenes, %zu of them restored\n", summary->packets,
           summary->frames, summary->scenes, summary->changed);
    if (summary->broken)
        printf("DAMAGE: the file cannot be read to its end\n");
    if (summary->corrupt > 0)
        printf("DAMAGE: %zu packets are damaged\n", summary->corrupt);
    if (summary->told > summary->frames + summary->odd)
        printf("DAMAGE: the file says that it has %zu frames\n", summary->told);
    if (summary->packets > summary->frames + summary->refused + summary->odd)
        printf("%zu packets gave no frame: they are damaged, or not meant to be shown\n",
               summary->packets - summary->frames - summary->refused - summary->odd);
    if (summary->gaps > 0)
        printf("%zu gaps: after so many frames, the next one comes late\n", summary->gaps);
    if (summary->flagged + summary->refused + summary->odd > 0)
        printf("DAMAGE: %zu frames are damaged, %zu packets could not be decoded, %zu frames of "
               "another size were left out\n",
               summary->flagged, summary->refused, summary->odd);
    printf("flicker: luma changes by %.2f levels from frame to frame, before %.2f\n",
           summary->flicker_after, summary->flicker_before);
    for (int i = 0; i < summary->loss_count; i++)
        printf("LOST: %s\n", summary->losses[i]);
    printf("%d workers; at most %zu frames (%zu MiB) in memory at a time\n", summary->workers,
           summary->frames_in_flight,
           (summary->frames_in_flight * summary->frame_bytes + (1 << 20) - 1) >> 20);
    printf("written as FFV1 in %s; tables: ", summary->written_as);
    console_name(summary->frames_path);
    printf(", ");
    console_name(summary->scenes_path);
    printf("; %.2f seconds\n", summary->elapsed_s);
}

int cmd_film(int argc, char **argv)
{
    struct arguments arguments = {.film.setting = pat_setting_default()};
    pat_film_summary *summary = console_memory(1, sizeof *summary);
    progress_display display;
    pat_error error = {0};
    char model[PAT_PATH_SIZE];
    options_read(&film_set, argc, argv, &arguments);
    pat_film_options *film = &arguments.film;
    if (!arguments.by_hand)
        film->setting = (pat_setting){0};
    if (!arguments.by_hand && !arguments.deflicker_only && film->model == NULL) {
        film->model = shipped_model(model);
        film->model_read = tell_model;
        film->model_read_context = &arguments;
        if (film->model == NULL) {
            free(summary);
            return EXIT_USAGE;
        }
    }
    progress_init(&display, arguments.run.quiet ? PROGRESS_NEVER : arguments.run.progress,
                  "frames");
    film->max_harm = arguments.max_harm.given ? &arguments.max_harm.share : NULL;
    film->run = arguments.run.run;
    film->run.progress = progress_show;
    film->run.progress_context = &display;
    film->run.interrupt = console_catch_interrupts();
    pat_status status = pat_film_run(film, summary, &error);
    progress_end(&display);
    int exit_status = EXIT_ALL_WELL;
    if (status == PAT_INTERRUPTED) {
        fprintf(stderr, "patina: interrupted: no film was written; the same command resumes the "
                        "run\n");
        exit_status = 128 + abs(*film->run.interrupt);
    } else if (status != PAT_OK) {
        exit_status = console_failure(&error);
    } else if (arguments.run.json) {
        exit_status = console_document(pat_film_json(film, summary), EXIT_ALL_WELL);
    } else if (!arguments.run.quiet) {
        tell(summary);
    }
    free(summary);
    return exit_status;
}
