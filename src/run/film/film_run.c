/* patina film: measure all frames, plan, then restore, encode and write them. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/file.h"
#include "base/lock.h"
#include "patina/version.h"
#include "run/film/setup.h"
#include "run/film/work.h"
#include "workers/run.h"

enum {
    ATTEMPTS = 3,         /* at writing, before giving up */
    ITEM_BYTES = 40 << 20 /* of the frames that go through the workers together */
};

/* ---- Tables ---------------------------------------------------------------------------------- */

/* OUT.mkv -> OUT.frames.csv */
static void name_beside(const char *output, const char *what, char path[PAT_PATH_SIZE])
{
    const char *dot = strrchr(output, '.'), *slash = strrchr(output, '/');
    size_t length =
        dot != NULL && (slash == NULL || dot > slash) ? (size_t)(dot - output) : strlen(output);
    snprintf(path, PAT_PATH_SIZE, "%.*s.%s.csv", (int)length, output, what);
}

static pat_status finish_table(pat_file *file, const pat_buffer *table, pat_error *error)
{
    if (table->failed)
        return pat_fail_memory(error, "the table of frames");
    pat_status status = pat_file_append(file, table->data, table->size, error);
    return status == PAT_OK ? pat_file_finish(file, NULL, error) : status;
}

/* ---- The run --------------------------------------------------------------------------------- */

static pat_status open_input(pat_film_work *film, pat_error *error)
{
    const char *path = film->options->input;
    film->input = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat info;
    if (film->input < 0 && (errno == ENOENT || errno == ENOTDIR))
        return pat_fail(error, PAT_NOT_FOUND, "%s: no such film; check the path", path);
    if (film->input < 0 || fstat(film->input, &info) != 0)
        return pat_fail(error, PAT_UNREADABLE, "%s: cannot be read (%s); check its permissions",
                        path, strerror(errno));
    if (S_ISDIR(info.st_mode))
        return pat_fail(error, PAT_NOT_A_FILE,
                        "%s: is a folder; name a film, or restore a folder of images with patina "
                        "restore",
                        path);
    if (!S_ISREG(info.st_mode))
        return pat_fail(error, PAT_NOT_A_FILE, "%s: is not a regular file; name a film", path);
    return PAT_OK;
}

/*
 * Where to write. In a folder, the film gets the original's name: its extension, too, if such files
 * can hold the codec; else .mkv.
 */
static pat_status choose_path(pat_film_work *film, pat_error *error)
{
    const pat_film_options *options = film->options;
    const char *output = options->output, *slash = strrchr(options->input, '/');
    const char *name = slash == NULL ? options->input : slash + 1, *dot = strrchr(name, '.');
    const pat_film_codec *codec = pat_film_codec_at(options->codec);
    size_t length = strlen(output);
    struct stat info;
    bool is_folder = (length > 0 && output[length - 1] == '/') ||
                     (stat(output, &info) == 0 && S_ISDIR(info.st_mode));
    bool keeps = dot != NULL && dot > name && codec != NULL && pat_film_codec_fits(codec, dot);
    int stem = dot != NULL && dot > name ? (int)(dot - name) : (int)strlen(name);
    int used =
        is_folder ? snprintf(film->summary->output_path, PAT_PATH_SIZE, "%s%s%.*s%s", output,
                             output[length - 1] == '/' ? "" : "/", stem, name, keeps ? dot : ".mkv")
                  : snprintf(film->summary->output_path, PAT_PATH_SIZE, "%s", output);
    return used < PAT_PATH_SIZE
               ? PAT_OK
               : pat_fail(error, PAT_INVALID_ARGUMENT, "%s: the name is too long", output);
}

/* Create the partial file, which no other process may be writing. */
static pat_status open_output(pat_film_work *film, pat_error *error)
{
    const char *path = film->summary->output_path;
    bool replace = film->options->run.force;
    pat_status status = pat_film_choose_coding(film, error);
    if (status != PAT_OK)
        return status;
    if (pat_same_file(film->options->input, path))
        return pat_fail(error, PAT_INVALID_ARGUMENT, "%s: is the film itself; name another output",
                        path);
    status = pat_check_free(path, replace, error);
    if (status == PAT_OK)
        status = pat_make_folder_of(path, error);
    if (status != PAT_OK)
        return status;
    if ((size_t)snprintf(film->partial, sizeof film->partial, "%s.partial", path) >=
        sizeof film->partial)
        return pat_fail(error, PAT_INVALID_ARGUMENT, "%s: the name is too long", path);
    status = pat_lock_open(film->partial, O_RDWR, &film->output, error);
    if (status == PAT_OK && ftruncate(film->output, 0) != 0)
        return pat_fail_to_write("write", film->partial, error);
    return status;
}

static uint64_t fingerprint_of_scenes(const pat_film_work *film)
{
    const pat_film_wanted *wanted = &film->wanted;
    const pat_fingerprint both[] = {
        pat_fingerprint_of(wanted->scenes, wanted->count * sizeof *wanted->scenes),
        pat_fingerprint_of(wanted->has_setting, wanted->count * sizeof *wanted->has_setting)};
    return pat_fingerprint_of(both, sizeof both).low;
}

/* Everything that affects the frames. */
static pat_status describe(const pat_film_work *film, pat_buffer *identity, pat_error *error)
{
    const pat_film_options *options = film->options;
    struct stat info;
    char text[512];
    pat_fingerprint of_setting =
        pat_fingerprint_of(&options->how.setting, sizeof options->how.setting);
    if (fstat(film->input, &info) != 0)
        return pat_fail(error, PAT_UNREADABLE, "%s: %s", options->input, strerror(errno));
    snprintf(text, sizeof text,
             "version=%s %d\nsize=%lld\nmodified=%lld.%09ld\nmodel=%016" PRIx64
             "\nsetting=%016" PRIx64 "\nkeep_flicker=%d\nrange=%.17g:%.17g %d\nscenes=%016" PRIx64
             "\nplatform=%016" PRIx64 "\ncodec=%s %.17g %zu\n",
             pat_version(), PAT_DEFINITIONS_VERSION, (long long)info.st_size,
             (long long)info.st_mtim.tv_sec, info.st_mtim.tv_nsec, film->setup_identity,
             of_setting.low, options->how.keep_flicker, options->range.from, options->range.until,
             options->range.in_seconds, fingerprint_of_scenes(film), film->platform,
             film->coding.codec->name, film->coding.quality,
             pat_film_segment_frames(&film->facts.layout));
    pat_buffer_append_text(identity, text);
    return identity->failed ? pat_fail_memory(error, "the journal") : PAT_OK;
}

enum { JOURNAL_PATH_SIZE = PAT_PATH_SIZE + 16 };

static void name_journal(const pat_film_work *film, char path[JOURNAL_PATH_SIZE])
{
    snprintf(path, JOURNAL_PATH_SIZE, "%s.journal", film->summary->output_path);
}

static pat_status open_journal(pat_film_work *film, pat_error *error)
{
    char path[JOURNAL_PATH_SIZE];
    pat_buffer identity = {0};
    name_journal(film, path);
    pat_status status = describe(film, &identity, error);
    pat_buffer_append_char(&identity, '\0');
    if (status == PAT_OK)
        status = identity.failed
                     ? pat_fail_memory(error, "the journal")
                     : pat_film_journal_open(path, identity.data,
                                             film->options->run.journal == PAT_JOURNAL_RESTART,
                                             &film->batch, &film->journal, error);
    pat_buffer_release(&identity);
    return status;
}

/* If the worker dies, what it wrote is lost with its state: begin again. */
static pat_status write_all(pat_film_work *film, pat_error *error)
{
    for (int i = 0; i < ATTEMPTS; i++) {
        if (ftruncate(film->output, 0) != 0)
            return pat_fail_to_write("write", film->partial, error);
        pat_status status = pat_film_write_all(film, error);
        if (!film->writer_died)
            return status;
    }
    return pat_fail(error, PAT_WORKER_DIED,
                    "%s: %d worker processes that wrote it died; run the same command again",
                    film->summary->output_path, ATTEMPTS);
}

/* How many frames go through the workers together: few, if they are large; or a segment. */
static size_t choose_batch(const pat_film_work *film)
{
    if (film->coding.codec->in_segments)
        return pat_film_segment_frames(&film->facts.layout);
    size_t given = (size_t)film->options->run.batch;
    if (given > 0)
        return given < PAT_FILM_BATCH_LIMIT ? given : PAT_FILM_BATCH_LIMIT;
    size_t fits = ITEM_BYTES / pat_film_frame_size(&film->facts.layout);
    return fits < 1 ? 1 : fits < PAT_FILM_BATCH ? fits : PAT_FILM_BATCH;
}

static void begin_pass(const pat_film_work *film, int pass)
{
    if (film->options->begin_pass != NULL)
        film->options->begin_pass(film->options->pass_context, pass);
}

/* Learn what the film is, and find what an earlier run has done. */
static pat_status prepare(pat_film_work *film, pat_error *error)
{
    pat_status status = pat_film_probe(film, error);
    if (status == PAT_OK)
        status =
            pat_film_codec_check(film->coding.codec, &film->facts, film->options->input, error);
    if (status != PAT_OK)
        return status;
    film->batch = choose_batch(film);
    status = open_journal(film, error);
    pat_film_limit_workers(film);
    return status;
}

static pat_status measure(pat_film_work *film, pat_bytes model, pat_error *error)
{
    begin_pass(film, 1);
    pat_status status = pat_film_measure_all(film, model, error);
    if (status == PAT_OK && film->count == 0)
        status = pat_fail(error, PAT_INVALID_ARGUMENT,
                          "%s: has no frames in that part; it has %lld frames up to there",
                          film->options->input, (long long)film->counts.frames);
    return status;
}

static pat_status measure_and_restore(pat_film_work *film, pat_bytes model, pat_error *error)
{
    pat_status status = measure(film, model, error);
    if (status == PAT_OK)
        status = pat_film_plan_all(film, error);
    if (status != PAT_OK)
        return status;
    pat_film_choose_fields(film);
    begin_pass(film, 2);
    return pat_film_restore_all(film, error);
}

static pat_status run_passes(pat_film_work *film, pat_error *error)
{
    pat_buffer extra = {0};
    pat_status status =
        pat_film_read_setup(&film->options->how, &extra, &film->setup_identity, error);
    pat_bytes model = pat_buffer_bytes(&extra);
    if (status == PAT_OK)
        status = prepare(film, error);
    film->threads = film->run.jobs;
    if (status == PAT_OK)
        status = measure_and_restore(film, model, error);
    if (status != PAT_OK && film->differs) { /* damage without a sign, of which threads made other
                                              * frames: once more, with one */
        film->threads = 1;
        film->differs = false;
        status = pat_film_journal_clear(film->journal, error);
        if (status == PAT_OK)
            status = measure_and_restore(film, model, error);
    }
    pat_buffer_release(&extra);
    if (status != PAT_OK)
        return status;
    begin_pass(film, 3);
    return write_all(film, error);
}

/* Write the tables, and move everything into place, the film last: where it is, all is. */
static pat_status finish(pat_film_work *film, pat_file *frames, pat_file *scenes, pat_error *error)
{
    pat_buffer table = {0};
    pat_film_put_frames(film, &table);
    pat_status status = finish_table(frames, &table, error);
    pat_buffer_reset(&table);
    pat_film_put_scenes(film, &table);
    if (status == PAT_OK)
        status = finish_table(scenes, &table, error);
    pat_buffer_release(&table);
    if (status == PAT_OK)
        status = pat_file_place(frames, error);
    if (status == PAT_OK)
        status = pat_file_place(scenes, error);
    return status == PAT_OK ? pat_place(film->partial, film->summary->output_path,
                                        film->options->run.force, error)
                            : status;
}

/* Hand over what a page needs. */
static pat_film_story *tell_story(pat_film_work *film)
{
    pat_film_story *story = film->story;
    const pat_film_facts *facts = &film->facts;
    struct stat info;
    story->mode = fstat(film->input, &info) == 0 ? info.st_mode & 0666 : 0600;
    story->records = film->records;
    story->count = film->count;
    story->scenes = film->scenes;
    story->has_times = film->count > 0;
    for (size_t i = 0; i < film->count; i++)
        story->has_times = story->has_times && film->records[i].frame.time != PAT_FILM_NO_TIME;
    story->scene_count = film->scene_count;
    story->unit = (double)facts->time_base.over / facts->time_base.under;
    story->pixel_aspect =
        facts->aspect.over > 0 ? (double)facts->aspect.over / facts->aspect.under : 1;
    story->radius = pat_film_radius((double)facts->rate.over / facts->rate.under);
    film->records = NULL;
    film->scenes = NULL;
    film->story = NULL;
    return story;
}

static void release(pat_film_work *film)
{
    pat_film_story_free(film->story);
    if (film->input >= 0)
        close(film->input);
    if (film->output >= 0)
        close(film->output);
    free(film->records);
    free(film->thumbs);
    free(film->guesses);
    free(film->scenes);
    pat_film_scenes_release(&film->wanted);
    pat_buffer_release(&film->order);
    free(film);
}

static pat_status read_scenes(pat_film_work *film, pat_error *error)
{
    const char *path = film->options->how.scenes;
    if (pat_same_file(path, film->summary->scenes_path))
        return pat_fail(error, PAT_INVALID_ARGUMENT,
                        "%s: would be replaced; copy it to another name, or name another output",
                        path);
    return pat_film_scenes_read(path, true, &film->wanted, error);
}

static pat_status begin(pat_film_work *film, pat_file *frames, pat_file *scenes, pat_error *error)
{
    pat_film_summary *summary = film->summary;
    const pat_film_options *options = film->options;
    char journal[JOURNAL_PATH_SIZE];
    film->run = options->run;
    film->run.batch = 0;
    pat_status status = choose_path(film, error);
    if (status != PAT_OK)
        return status;
    name_journal(film, journal);
    /* Beside a journal, tables without their film are those of the run that is resumed. */
    bool replace = options->run.force || access(journal, F_OK) == 0;
    status = pat_run_fill(&film->run, &film->setup, error);
    if (status == PAT_OK)
        status = open_input(film, error);
    name_beside(summary->output_path, "frames", summary->frames_path);
    name_beside(summary->output_path, "scenes", summary->scenes_path);
    if (status == PAT_OK && options->how.scenes != NULL)
        status = read_scenes(film, error);
    if (status == PAT_OK)
        status = open_output(film, error);
    if (status == PAT_OK)
        status = pat_file_open(frames, summary->frames_path, replace, error);
    if (status == PAT_OK)
        status = pat_file_open(scenes, summary->scenes_path, replace, error);
    return status;
}

/* Whether running the same command again may help. */
static bool is_worth_resuming(pat_status status)
{
    return status == PAT_INTERRUPTED || status == PAT_WRITE_FAILED || status == PAT_OUT_OF_MEMORY ||
           status == PAT_WORKER_DIED;
}

pat_status pat_film_run(const pat_film_options *options, pat_film_summary *summary,
                        pat_error *error)
{
    double started_s = pat_clock_seconds();
    pat_file frames = {0}, scenes = {0};
    *summary = (pat_film_summary){0};
    pat_film_work *film = calloc(1, sizeof *film);
    if (film == NULL)
        return pat_fail_memory(error, "the film");
    film->options = options;
    film->summary = summary;
    film->input = film->output = -1;
    if (options->story != NULL)
        film->story = calloc(1, sizeof *film->story);
    pat_status status = options->story != NULL && film->story == NULL
                            ? pat_fail_memory(error, "the film's story")
                            : begin(film, &frames, &scenes, error);
    if (status == PAT_OK)
        status = run_passes(film, error);
    if (status == PAT_OK)
        status = pat_film_summarize(film, error);
    if (status == PAT_OK)
        status = finish(film, &frames, &scenes, error);
    if (status != PAT_OK && film->output >= 0)
        unlink(film->partial);
    if (status == PAT_OK && options->story != NULL)
        *options->story = tell_story(film);
    pat_file_abandon(&frames, false);
    pat_file_abandon(&scenes, false);
    pat_film_journal_close(film->journal, !is_worth_resuming(status));
    release(film);
    summary->elapsed_s = pat_clock_seconds() - started_s;
    return status;
}
