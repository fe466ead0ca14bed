#include "film_frames.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "console.h"

const option_row frames_options[] = {
    {"camera", 0, "NAME", OPTION_TEXT, OPTION_TARGET(frames_arguments, camera),
     .help = "The camera of a trial, such as cam1"},
    {"all", 0, NULL, OPTION_FLAG, OPTION_TARGET(frames_arguments, all),
     .help = "All cameras of a trial, one after the other"},
    {"ingest-only", 0, NULL, OPTION_FLAG, OPTION_TARGET(frames_arguments, ingest_only),
     .help = "Restore nothing: only convert images to PNG and depth maps to meters"},
    {0},
};

void check_frames(const option_line *line, void *target)
{
    (void)target;
    option_exclude(line, "camera", "all", "one names a camera, the other takes all");
    option_exclude(line, "ingest-only", "deflicker-only keep-flicker model max-harm scenes",
                   "nothing is restored");
    option_exclude(line, "ingest-only", setting_keys(), "nothing is restored");
}

bool is_frames_folder(const option_line *line, const char *input)
{
    struct stat info;
    if (stat(input, &info) == 0)
        return S_ISDIR(info.st_mode);
    if (errno != ENOENT && errno != ENOTDIR)
        option_fail(line, "%s: cannot be read (%s); check its permissions", input, strerror(errno));
    return false;
}

/* ---- Words ----------------------------------------------------------------------------------- */

static const char *s_of(size_t count)
{
    return count == 1 ? "" : "s";
}

static void tell_more(size_t count)
{
    if (count > PAT_FRAMES_TOLD)
        printf(", and %zu more", count - PAT_FRAMES_TOLD);
    printf("\n");
}

static void tell_gaps(const pat_frames_summary *summary)
{
    if (summary->gap_count == 0)
        return;
    printf("GAPS: %zu number%s missing: ", summary->missing,
           summary->missing == 1 ? " is" : "s are");
    for (size_t i = 0; i < summary->gap_count && i < PAT_FRAMES_TOLD; i++) {
        const pat_frames_gap *gap = &summary->gaps[i];
        printf("%s%ld", i > 0 ? ", " : "", gap->first);
        if (gap->last > gap->first)
            printf("..%ld", gap->last);
    }
    tell_more(summary->gap_count);
}

static void tell_left_out(const pat_frames_summary *summary)
{
    if (summary->left_out == 0)
        return;
    printf("LEFT OUT: %zu file%s not named like the others, or %s a number that another file has: ",
           summary->left_out, summary->left_out == 1 ? " is" : "s are",
           summary->left_out == 1 ? "has" : "have");
    for (size_t i = 0; i < summary->left_out && i < PAT_FRAMES_TOLD; i++) {
        printf("%s", i > 0 ? ", " : "");
        console_name(summary->left_out_names[i]);
    }
    tell_more(summary->left_out);
}

static void tell_files(const pat_frames_summary *summary)
{
    printf("%zu frame%s, %ld to %ld: ", summary->frames, s_of(summary->frames), summary->first,
           summary->last);
    console_name(summary->color_files);
    if (*summary->depth_files != '\0') {
        printf(", ");
        console_name(summary->depth_files);
    }
    printf("\n");
    if (*summary->depth_files == '\0')
        printf("NO DEPTH: there are no depth maps beside the images\n");
    tell_gaps(summary);
    tell_left_out(summary);
    if (summary->without_color > 0)
        printf("MISSING: %zu frame%s no image\n", summary->without_color,
               summary->without_color == 1 ? " has" : "s have");
    if (summary->without_depth > 0)
        printf("MISSING: %zu frame%s no depth map\n", summary->without_depth,
               summary->without_depth == 1 ? " has" : "s have");
    if (summary->guessed > 0)
        printf("GUESSED: the size of %zu depth map%s tells no shape; the first 480x640 samples "
               "were taken (depth_guessed in frames.csv)\n",
               summary->guessed, s_of(summary->guessed));
}

static void tell_losses(const pat_frames_summary *summary)
{
    for (int i = 0; i < summary->loss_count; i++) {
        const pat_frames_loss *loss = &summary->losses[i];
        printf("LOST: %s (%zu image%s)\n", loss->what, loss->images, s_of(loss->images));
    }
}

static void tell(const pat_frames_options *options, const pat_frames_summary *summary)
{
    tell_files(summary);
    tell_losses(summary);
    printf("%zu of %zu frames written, %zu failed", summary->successful, summary->frames,
           summary->failed);
    if (summary->recalled > 0)
        printf("; %zu file%s already done", summary->recalled, s_of(summary->recalled));
    if (!options->ingest_only)
        printf("; %zu scene%s, frames restored: %zu\nflicker: brightness changes by %.2f levels "
               "from frame to frame; it was %.2f",
               summary->scenes, s_of(summary->scenes), summary->changed, summary->flicker_after,
               summary->flicker_before);
    printf("\nwritten to ");
    console_name(summary->output);
    printf("; %d worker%s, %.2f seconds\n", summary->workers, s_of((size_t)summary->workers),
           summary->elapsed_s);
}

static void tell_failures(const pat_frames_summary *summary)
{
    for (size_t i = 0; i < summary->failures && i < PAT_FRAMES_TOLD; i++)
        fprintf(stderr, "patina: %s\n", summary->first_failures[i].message);
    if (summary->failures > PAT_FRAMES_TOLD)
        fprintf(stderr, "patina: ... and %zu more, in failures.csv\n",
                summary->failures - PAT_FRAMES_TOLD);
}

/* ---- The run --------------------------------------------------------------------------------- */

static void name_pass(void *context, int pass)
{
    progress_begin_step(context, pass == 1 ? "pass 1 of 2, measuring" : "pass 2 of 2, writing",
                        pass == 1 ? "images" : "files");
}

static void name_conversion(void *context, int pass)
{
    (void)pass;
    progress_begin_step(context, "converting", "files");
}

/* Whether the other cameras may be restored after this one: a failure is of this one alone. */
static bool may_go_on(pat_status status)
{
    return status == PAT_OK || status == PAT_NOTHING_TO_DO || status == PAT_NOT_FOUND ||
           status == PAT_UNREADABLE || status == PAT_INVALID_ARGUMENT;
}

static void tell_trial(const pat_frames_trial *trial)
{
    for (size_t i = 0; i < trial->left_out_count; i++) {
        printf("LEFT OUT: ");
        console_name(trial->left_out[i]);
        printf(" has no folder of images\n");
    }
}

/* Restore one camera, and say what came of it. Returns the exit status. */
static int run_camera(const pat_frames_options *options, const run_arguments *run,
                      const progress_display *display, pat_frames_result *result)
{
    bool talks = !run->quiet && !run->json;
    result->camera = options->camera;
    if (talks) {
        console_name(options->camera);
        printf(":\n");
        console_push();
    }
    pat_status status = pat_frames_run(options, &result->summary, &result->error);
    progress_end(display);
    if (status == PAT_INTERRUPTED) {
        fprintf(stderr, "patina: interrupted: the same command resumes the run\n");
        return 128 + abs(*options->run.interrupt);
    }
    if (status != PAT_OK)
        return console_failure(&result->error);
    if (talks)
        tell(options, &result->summary);
    console_push();
    tell_failures(&result->summary);
    return result->summary.failed > 0 ? EXIT_SOMETHING_FAILED : EXIT_ALL_WELL;
}

static int run_cameras(const pat_frames_trial *trial, size_t first, size_t count,
                       pat_frames_options *options, const run_arguments *run)
{
    pat_frames_result *results = console_memory(count, sizeof *results);
    progress_display display;
    pat_status status = PAT_OK;
    size_t done = 0;
    int exit_status = EXIT_ALL_WELL;
    progress_init(&display, run->quiet ? PROGRESS_NEVER : run->progress, "files");
    options->begin_pass = options->ingest_only ? name_conversion : name_pass;
    options->pass_context = &display;
    options->run = run->run;
    options->run.progress = progress_show;
    options->run.progress_context = &display;
    options->run.interrupt = console_catch_interrupts();
    while (done < count && may_go_on(status)) {
        options->camera = trial->camera[first + done];
        int its_status = run_camera(options, run, &display, &results[done]);
        options->how.model_read = NULL; /* the model is named once */
        status = results[done++].error.status;
        if (exit_status == EXIT_ALL_WELL || status == PAT_INTERRUPTED)
            exit_status = its_status;
    }
    if (run->json && status != PAT_INTERRUPTED)
        exit_status = console_document(pat_frames_json(options, trial, results, done), exit_status);
    free(results);
    return exit_status;
}

int film_frames(const frames_arguments *arguments, pat_frames_options *options,
                const run_arguments *run)
{
    pat_frames_trial trial;
    pat_error error = {0};
    size_t first = 0;
    options->ingest_only = arguments->ingest_only;
    if (pat_frames_find(options->folder, &trial, &error) != PAT_OK)
        return console_failure(&error);
    int exit_status;
    if (!arguments->all && pat_frames_choose(&trial, arguments->camera, &first, &error) != PAT_OK) {
        exit_status = console_failure(&error);
    } else {
        if (!run->quiet && !run->json)
            tell_trial(&trial);
        exit_status = run_cameras(&trial, first, arguments->all ? trial.count : 1, options, run);
    }
    pat_frames_trial_release(&trial);
    return exit_status;
}
