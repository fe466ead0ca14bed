/* patina film: measure all frames, plan, then restore, encode and write them. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/file.h"
#include "base/lock.h"
#include "base/memory.h"
#include "base/number.h"
#include "film/writer.h"
#include "patina/film.h"
#include "run/film_plan.h"
#include "tasks/predictor.h"
#include "tasks/task_film_decode.h"
#include "tasks/task_film_measure.h"
#include "tasks/task_film_restore.h"
#include "tasks/task_film_write.h"
#include "workers/line.h"
#include "workers/run.h"

enum {
    FRAMES_DEFAULT = 12, /* in a batch */
    FRAMES_MAX = 64,
    AHEAD = 2,          /* batches on the line for each worker, and this many more */
    GUESSES_APART = 12, /* frames between two predictions */
    ATTEMPTS = 3,       /* at writing, before giving up */
};

/* A film, its frames and the current pass over them. */
struct film {
    const pat_film_options *options;
    pat_film_summary *summary;
    pat_run_options run;
    pat_task_setup setup[PAT_LINE_STAGES_MAX];
    size_t batch; /* frames */
    int input, output;
    char partial[PAT_PATH_SIZE];
    const char *container;
    pat_film_facts facts;
    bool known; /* the facts */
    pat_film_counts counts;
    pat_film_record *records;
    size_t count, capacity;
    pat_film_guess *guesses;
    size_t guess_count, guess_capacity;
    pat_film_scene *scenes;
    size_t scene_count;
    uint8_t (*thumbs)[PAT_THUMB_SIZE]; /* of the frames measured; one for each record */
    size_t thumb_capacity;
    uint64_t (*sizes)[FRAMES_MAX]; /* of the encoded frames of the batches on the line */
    size_t done;                   /* frames, in this pass */
    pat_buffer order;
    pat_film_decode_report decoded; /* scratch */
    double started_s;
    unsigned losses;
    bool writer_died;
};

static size_t frames_in(const struct film *film, size_t item)
{
    size_t first = item * film->batch;
    size_t left = first < film->count ? film->count - first : 0;
    return left < film->batch ? left : film->batch;
}

static void report_progress(void *context)
{
    struct film *film = context;
    size_t total =
        film->facts.frames > (int64_t)film->count ? (size_t)film->facts.frames : film->count;
    pat_progress progress = {
        .done = film->done, .total = total, .elapsed_s = pat_clock_seconds() - film->started_s};
    if (film->options->run.progress != NULL)
        film->options->run.progress(film->options->run.progress_context, &progress);
}

/* ---- Decoding, the first stage of both passes -------------------------------------------------
 */

static pat_film_decode_order decode_order(const struct film *film, size_t item)
{
    return (pat_film_decode_order){.first = item * film->batch, .count = film->batch};
}

static void order_decoding(struct film *film, size_t item, pat_job *job)
{
    pat_film_decode_order order = decode_order(film, item);
    pat_film_decode_order_pack(&film->order, &order);
    job->input[0] = (pat_opened){.open = true, .descriptor = film->input};
}

/* A worker's report. False if it cannot be right. */
static bool read_decoded(struct film *film, size_t item, const pat_outcome *outcome)
{
    pat_film_decode_order order = decode_order(film, item);
    if (!pat_film_decode_report_unpack(pat_buffer_bytes(&outcome->report), &order, &film->decoded))
        return false;
    if (!film->known)
        return true;
    return memcmp(&film->facts, &film->decoded.facts, sizeof film->facts) == 0;
}

/* The outcome of a job that failed. */
static pat_status fail_with(const pat_outcome *outcome, pat_error *error)
{
    return pat_fail(error, outcome->status, "%s", outcome->message);
}

/* ---- Measuring --------------------------------------------------------------------------------
 */

static pat_status note_decoded(struct film *film, size_t item, bool *is_last, pat_error *error)
{
    const pat_film_decode_report *report = &film->decoded;
    size_t needed = item * film->batch + report->count;
    film->facts = report->facts;
    film->known = true;
    film->counts = report->counts;
    *is_last = report->ended;
    if (!pat_array_reserve(&film->records, &film->capacity, needed, sizeof *film->records) ||
        !pat_array_reserve(&film->thumbs, &film->thumb_capacity, needed, sizeof *film->thumbs))
        return pat_fail_memory(error, "the film's frames");
    for (size_t i = 0; i < report->count; i++)
        film->records[film->count + i] =
            (pat_film_record){.frame = report->frame[i], .gains = {{1, 1, 1}}};
    film->count = needed;
    return PAT_OK;
}

static uint64_t frames_to_guess(const struct film *film, size_t item)
{
    uint64_t bits = 0;
    for (size_t i = 0; i < frames_in(film, item) && film->options->model != NULL; i++)
        if ((item * film->batch + i) % GUESSES_APART == 0)
            bits |= (uint64_t)1 << i;
    return bits;
}

static pat_film_measure_order measure_order(const struct film *film, size_t item)
{
    return (pat_film_measure_order){.facts = &film->facts,
                                    .count = frames_in(film, item),
                                    .predicts = frames_to_guess(film, item)};
}

static bool note_measured(struct film *film, size_t item, const pat_outcome *outcome)
{
    static pat_film_measured measured[PAT_FILM_MEASURED_MAX];
    pat_film_measure_order order = measure_order(film, item);
    if (!pat_film_measured_unpack(pat_buffer_bytes(&outcome->report), &order, measured))
        return false;
    for (size_t i = 0; i < order.count; i++) {
        size_t frame = item * film->batch + i;
        pat_film_record *record = &film->records[frame];
        record->quantiles = measured[i].measure.quantiles;
        record->luma = measured[i].measure.luma;
        memcpy(film->thumbs[frame], measured[i].measure.thumb, PAT_THUMB_SIZE);
        if ((order.predicts >> i & 1) == 0)
            continue;
        /* batches arrive in any order; sorted later */
        film->guesses[film->guess_count++] = (pat_film_guess){frame, measured[i].predicted};
    }
    film->done += order.count;
    return true;
}

static void order_measuring(void *context, int stage, size_t item, pat_job *job)
{
    struct film *film = context;
    pat_buffer_reset(&film->order);
    if (stage == 0) {
        order_decoding(film, item, job);
    } else {
        pat_film_measure_order order = measure_order(film, item);
        pat_film_measure_order_pack(&film->order, &order);
    }
    job->damaged = film->options->input;
    job->order = pat_buffer_bytes(&film->order);
}

static pat_status take_measured(void *context, int stage, size_t item, pat_outcome *outcome,
                                bool *is_last, bool *valid, pat_error *error)
{
    struct film *film = context;
    if (outcome->status != PAT_OK)
        return fail_with(outcome, error);
    *valid = stage == 0 ? read_decoded(film, item, outcome) : true;
    if (!*valid)
        return PAT_OK;
    if (stage == 0)
        return note_decoded(film, item, is_last, error);
    if (!pat_array_reserve(&film->guesses, &film->guess_capacity, film->guess_count + film->batch,
                           sizeof *film->guesses))
        return pat_fail_memory(error, "the film's frames");
    *valid = note_measured(film, item, outcome);
    return PAT_OK;
}

/* ---- The plan ---------------------------------------------------------------------------------
 */

static int compare_guesses(const void *a, const void *b)
{
    const pat_film_guess *left = a, *right = b;
    return (left->frame > right->frame) - (left->frame < right->frame);
}

static void find_cuts(struct film *film)
{
    pat_cut_finder finder = {.known = 0};
    pat_frame_measure now = {.luma = 0}, before = {.luma = 0};
    for (size_t i = 0; i < film->count; i++) {
        memcpy(now.thumb, film->thumbs[i], sizeof now.thumb);
        film->records[i].distance = i > 0 ? pat_frame_distance(&before, &now) : 0;
        film->records[i].begins = i == 0 || pat_cut_is_at(&finder, film->records[i].distance);
        before = now;
    }
}

static pat_status plan(struct film *film, pat_error *error)
{
    const pat_film_options *options = film->options;
    const pat_rational *rate = &film->facts.rate;
    find_cuts(film);
    if (film->guess_count > 0)
        qsort(film->guesses, film->guess_count, sizeof *film->guesses, compare_guesses);
    pat_status status =
        pat_film_find_scenes(film->records, film->count, &film->scenes, &film->scene_count, error);
    if (status == PAT_OK && !options->keep_flicker)
        status = pat_film_plan_gains(film->records, film->scenes, film->scene_count,
                                     (double)rate->over / rate->under, error);
    for (size_t s = 0; s < film->scene_count && status == PAT_OK; s++)
        if (options->model != NULL)
            status =
                pat_film_plan_setting(&film->scenes[s], film->guesses, film->guess_count, error);
        else
            film->scenes[s].setting = options->setting;
    return status;
}

/* ---- Restoring --------------------------------------------------------------------------------
 */

static const pat_film_scene *scene_of(const struct film *film, size_t frame)
{
    size_t low = 0, high = film->scene_count;
    while (high - low > 1) {
        size_t middle = (low + high) / 2;
        if (film->scenes[middle].first <= frame)
            low = middle;
        else
            high = middle;
    }
    return &film->scenes[low];
}

static void order_restoring_frames(struct film *film, size_t item)
{
    static pat_film_restore_order order;
    order.facts = &film->facts;
    order.count = frames_in(film, item);
    for (size_t i = 0; i < order.count; i++) {
        size_t frame = item * film->batch + i;
        order.frame[i] = film->records[frame].frame;
        order.gains[i] = film->records[frame].gains;
        order.setting[i] = scene_of(film, frame)->setting;
    }
    pat_film_restore_order_pack(&film->order, &order);
}

static bool is_last_item(const struct film *film, size_t item)
{
    return (item + 1) * film->batch >= film->count;
}

static void order_writing(struct film *film, size_t item, pat_job *job)
{
    static pat_film_write_order order;
    order.facts = &film->facts;
    order.container = film->container;
    order.first = item * film->batch;
    order.count = frames_in(film, item);
    order.is_last = is_last_item(film, item);
    for (size_t i = 0; i < order.count; i++) {
        order.frame[i] = film->records[order.first + i].frame;
        order.size[i] = film->sizes[item % PAT_LINE_ITEMS_MAX][i];
    }
    pat_film_write_order_pack(&film->order, &order);
    job->input[1] = (pat_opened){.open = true, .descriptor = film->input};
    job->output[0] = (pat_opened){.open = true, .descriptor = film->output};
    job->output_path[0] = film->options->output;
}

static void order_restoring(void *context, int stage, size_t item, pat_job *job)
{
    struct film *film = context;
    pat_buffer_reset(&film->order);
    job->damaged = film->options->input;
    if (stage == 0)
        order_decoding(film, item, job);
    else if (stage == 1)
        order_restoring_frames(film, item);
    else
        order_writing(film, item, job);
    job->order = pat_buffer_bytes(&film->order);
}

/* Whether the frames are those that were measured. */
static bool is_same_batch(const struct film *film, size_t item)
{
    const pat_film_decode_report *report = &film->decoded;
    if (report->count != frames_in(film, item))
        return false;
    for (size_t i = 0; i < report->count; i++)
        if (report->frame[i].time != film->records[item * film->batch + i].frame.time)
            return false;
    return true;
}

static bool note_restored(struct film *film, size_t item, const pat_outcome *outcome)
{
    static pat_film_restored restored[PAT_FILM_RESTORED_MAX];
    size_t count = frames_in(film, item);
    if (!pat_film_restored_unpack(pat_buffer_bytes(&outcome->report), count, restored))
        return false;
    for (size_t i = 0; i < count; i++) {
        film->records[item * film->batch + i].restored_luma = restored[i].luma;
        film->sizes[item % PAT_LINE_ITEMS_MAX][i] = restored[i].size;
    }
    film->done += count;
    return true;
}

static pat_status take_restored(void *context, int stage, size_t item, pat_outcome *outcome,
                                bool *is_last, bool *valid, pat_error *error)
{
    struct film *film = context;
    unsigned losses = 0;
    film->writer_died = stage == 2 && outcome->status == PAT_WORKER_DIED;
    if (outcome->status != PAT_OK)
        return fail_with(outcome, error);
    switch (stage) {
    case 0:
        *valid = read_decoded(film, item, outcome);
        if (*valid && !is_same_batch(film, item))
            return pat_fail(error, PAT_INTERNAL,
                            "%s: gave other frames when it was read again; it may have changed",
                            film->options->input);
        *is_last = is_last_item(film, item);
        break;
    case 1:
        *valid = note_restored(film, item, outcome);
        break;
    default:
        *valid = pat_film_write_report_unpack(pat_buffer_bytes(&outcome->report), &losses);
        film->losses |= losses;
    }
    return PAT_OK;
}

/* ---- The passes -------------------------------------------------------------------------------
 */

static pat_status run_line(struct film *film, const pat_line_stage *stages, int count,
                           pat_line_owner owner, pat_error *error)
{
    pat_line_facts facts;
    int items = film->run.jobs * AHEAD + AHEAD;
    owner.context = film;
    owner.ticked = report_progress;
    film->done = 0;
    film->started_s = pat_clock_seconds();
    const pat_line_options options = {
        .stages = stages,
        .stage_count = count,
        .items = items < PAT_LINE_ITEMS_MAX ? items : PAT_LINE_ITEMS_MAX,
        .run = &film->run,
        .owner = owner,
    };
    pat_status status = pat_line_run(&options, &facts, error);
    report_progress(film);
    snprintf(film->summary->sandbox, sizeof film->summary->sandbox, "%s", facts.sandbox);
    return status;
}

static pat_status measure(struct film *film, pat_bytes extra, pat_error *error)
{
    film->setup[0].kind = PAT_TASK_FILM_DECODE;
    film->setup[1].kind = PAT_TASK_FILM_MEASURE;
    film->setup[1].extra = extra;
    film->setup[1].stays = false;
    const pat_line_stage stages[] = {
        {.setup = &film->setup[0], .workers = 1, .in_order = true, .writes = true},
        {.setup = &film->setup[1], .workers = film->run.jobs},
    };
    return run_line(film, stages, 2,
                    (pat_line_owner){.order = order_measuring, .done = take_measured}, error);
}

static pat_status restore(struct film *film, pat_error *error)
{
    film->setup[1] = film->setup[2] = film->setup[0];
    film->setup[1].kind = PAT_TASK_FILM_RESTORE;
    film->setup[1].stays = false;
    film->setup[2].kind = PAT_TASK_FILM_WRITE;
    const pat_line_stage stages[] = {
        {.setup = &film->setup[0], .workers = 1, .in_order = true, .writes = true},
        {.setup = &film->setup[1], .workers = film->run.jobs, .writes = true},
        {.setup = &film->setup[2], .workers = 1, .in_order = true},
    };
    return run_line(film, stages, 3,
                    (pat_line_owner){.order = order_restoring, .done = take_restored}, error);
}

/* ---- Tables -----------------------------------------------------------------------------------
 */

/* OUT.mkv -> OUT.frames.csv */
static void name_beside(const char *output, const char *what, char path[PAT_PATH_SIZE])
{
    const char *dot = strrchr(output, '.'), *slash = strrchr(output, '/');
    size_t length =
        dot != NULL && (slash == NULL || dot > slash) ? (size_t)(dot - output) : strlen(output);
    snprintf(path, PAT_PATH_SIZE, "%.*s.%s.csv", (int)length, output, what);
}

static void put_number(pat_buffer *line, double value)
{
    char text[PAT_NUMBER_TEXT_SIZE];
    pat_buffer_append_char(line, ',');
    pat_number_format(value, text);
    pat_buffer_append_text(line, text);
}

static void put_setting(pat_buffer *line, const pat_setting *setting)
{
    for (pat_axis axis = 0; axis < PAT_AXES; axis++) {
        char text[PAT_VALUE_TEXT_SIZE];
        pat_buffer_append_char(line, ',');
        pat_buffer_append_text(line, pat_value_format(axis, setting->value[axis], text));
    }
}

static void put_axes(pat_buffer *line)
{
    for (pat_axis axis = 0; axis < PAT_AXES; axis++) {
        pat_buffer_append_char(line, ',');
        pat_buffer_append_text(line, pat_axis_of(axis)->column);
    }
    pat_buffer_append_char(line, '\n');
}

static void put_count(pat_buffer *line, const char *before, int64_t value)
{
    char text[32];
    snprintf(text, sizeof text, "%s%" PRId64, before, value);
    pat_buffer_append_text(line, text);
}

static void put_frames(const struct film *film, pat_buffer *table)
{
    double unit = (double)film->facts.time_base.over / film->facts.time_base.under;
    pat_buffer_append_text(table, "frame,pts,pts_time,scene,flagged,luma,distance,red_gain_applied,"
                                  "green_gain_applied,blue_gain_applied,restored_luma");
    put_axes(table);
    for (size_t i = 0; i < film->count; i++) {
        const pat_film_record *record = &film->records[i];
        const pat_film_scene *scene = scene_of(film, i);
        bool timed = record->frame.time != PAT_FILM_NO_TIME;
        put_count(table, "", (int64_t)i);
        pat_buffer_append_char(table, ',');
        if (timed)
            put_count(table, "", record->frame.time);
        if (timed)
            put_number(table, (double)record->frame.time * unit);
        else
            pat_buffer_append_char(table, ',');
        put_count(table, ",", scene - film->scenes);
        put_count(table, ",", record->frame.flagged);
        put_number(table, record->luma);
        put_number(table, record->distance);
        for (int c = 0; c < PAT_CHANNELS; c++)
            put_number(table, record->gains.channel[c]);
        put_number(table, record->restored_luma);
        put_setting(table, &scene->setting);
        pat_buffer_append_char(table, '\n');
    }
}

static void put_scenes(const struct film *film, pat_buffer *table)
{
    pat_buffer_append_text(table, "scene,first_frame,frames,flicker_before,flicker_after");
    put_axes(table);
    for (size_t s = 0; s < film->scene_count; s++) {
        const pat_film_scene *scene = &film->scenes[s];
        put_count(table, "", (int64_t)s);
        put_count(table, ",", (int64_t)scene->first);
        put_count(table, ",", (int64_t)scene->count);
        put_number(table, pat_film_flicker(film->records + scene->first, scene->count, false));
        put_number(table, pat_film_flicker(film->records + scene->first, scene->count, true));
        put_setting(table, &scene->setting);
        pat_buffer_append_char(table, '\n');
    }
}

static pat_status finish_table(pat_file *file, const pat_buffer *table, pat_error *error)
{
    if (table->failed)
        return pat_fail_memory(error, "the table of frames");
    pat_status status = pat_file_append(file, table->data, table->size, error);
    return status == PAT_OK ? pat_file_finish(file, NULL, error) : status;
}

/* ---- The run ----------------------------------------------------------------------------------
 */

/* FFmpeg's name of a kind of file, by the output's extension; NULL: none that holds FFV1 well. */
static const char *container_of(const char *output)
{
    static const char *const kinds[][2] = {{".mkv", "matroska"}, {".avi", "avi"}, {".nut", "nut"}};
    size_t length = strlen(output);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (length > 4 && strcasecmp(output + length - 4, kinds[i][0]) == 0)
            return kinds[i][1];
    return NULL;
}

static pat_status open_input(struct film *film, pat_error *error)
{
    const char *path = film->options->input;
    film->input = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat info;
    if (film->input < 0)
        return pat_fail(error, errno == ENOENT ? PAT_NOT_FOUND : PAT_UNREADABLE, "%s: %s", path,
                        strerror(errno));
    if (fstat(film->input, &info) != 0 || !S_ISREG(info.st_mode))
        return pat_fail(error, PAT_NOT_A_FILE, "%s: is not a regular file; name a film", path);
    return PAT_OK;
}

/* Create the partial file, which no other process may be writing. */
static pat_status open_output(struct film *film, pat_error *error)
{
    const char *path = film->options->output;
    bool replace = film->options->run.force;
    film->container = container_of(path);
    if (film->container == NULL)
        return pat_fail(error, PAT_INVALID_ARGUMENT,
                        "%s: name a file that ends in .mkv (or .avi, .nut), which can hold a film "
                        "without loss",
                        path);
    if (pat_same_file(film->options->input, path))
        return pat_fail(error, PAT_INVALID_ARGUMENT, "%s: is the film itself; name another output",
                        path);
    pat_status status = pat_check_free(path, replace, error);
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

/* The workers' setup for measuring: the model, if there is one. */
static pat_status read_model(const struct film *film, pat_buffer *extra, pat_error *error)
{
    const pat_film_options *options = film->options;
    pat_buffer model = {0};
    pat_predictor predictor = {.model = NULL};
    pat_status status = PAT_OK;
    if (options->model != NULL) {
        status = pat_predictor_read(&predictor, options->model, &model, error);
        if (status == PAT_OK && options->max_harm != NULL)
            status =
                pat_predictor_limit_harm(&predictor, *options->max_harm, options->model, error);
        if (status == PAT_OK && options->model_read != NULL)
            options->model_read(options->model_read_context, predictor.model);
    }
    const pat_film_measure_setup setup = {
        .model_name = options->model != NULL ? options->model : "",
        .max_harm = options->max_harm != NULL ? *options->max_harm : NAN,
        .model = pat_buffer_bytes(&model),
    };
    pat_film_measure_setup_pack(extra, &setup);
    pat_predictor_release(&predictor);
    pat_buffer_release(&model);
    if (status == PAT_OK && extra->failed)
        return pat_fail_memory(error, "the workers' setup");
    return status;
}

static void put_text(char text[PAT_FILM_TEXT_SIZE], const char *value)
{
    snprintf(text, PAT_FILM_TEXT_SIZE, "%s", value);
}

static void summarize(struct film *film)
{
    pat_film_summary *summary = film->summary;
    const pat_film_facts *facts = &film->facts;
    put_text(summary->container, facts->container);
    put_text(summary->codec, facts->codec);
    put_text(summary->samples, facts->samples);
    put_text(summary->written_as, film->container);
    summary->width = facts->layout.width;
    summary->height = facts->layout.height;
    summary->rate = (double)facts->rate.over / facts->rate.under;
    summary->packets = (size_t)film->counts.packets;
    summary->frames = film->count;
    summary->flagged = (size_t)film->counts.flagged;
    summary->refused = (size_t)film->counts.refused;
    summary->odd = (size_t)film->counts.odd;
    summary->scenes = film->scene_count;
    summary->flicker_before = pat_film_flicker(film->records, film->count, false);
    summary->flicker_after = pat_film_flicker(film->records, film->count, true);
    summary->workers = film->run.jobs;
    for (size_t i = 0; i < film->count; i++) {
        const double *gain = film->records[i].gains.channel;
        summary->changed += gain[0] != 1 || gain[1] != 1 || gain[2] != 1 ||
                            !pat_setting_is_idle(&scene_of(film, i)->setting);
    }
    for (int i = 0; i < PAT_FILM_LOSSES; i++)
        if ((film->losses >> i & 1) != 0)
            summary->losses[summary->loss_count++] = pat_film_loss_text((pat_film_loss)i);
}

static pat_status run_passes(struct film *film, pat_error *error)
{
    pat_buffer extra = {0};
    pat_status status = read_model(film, &extra, error);
    if (status == PAT_OK)
        status = measure(film, pat_buffer_bytes(&extra), error);
    pat_buffer_release(&extra);
    if (status == PAT_OK)
        status = plan(film, error);
    for (int i = 0; i < ATTEMPTS && status == PAT_OK; i++) {
        film->writer_died = false;
        status = restore(film, error);
        if (!film->writer_died)
            return status;
        /* What it wrote is lost with its state; begin again. */
        status = ftruncate(film->output, 0) == 0 ? PAT_OK
                                                 : pat_fail_to_write("write", film->partial, error);
    }
    if (status == PAT_OK)
        status = pat_fail(error, PAT_WORKER_DIED,
                          "%s: %d worker processes that wrote it died; run the same command again",
                          film->options->output, ATTEMPTS);
    return status;
}

/* Write the tables, and move everything into place. */
static pat_status finish(struct film *film, pat_file *frames, pat_file *scenes, pat_error *error)
{
    pat_buffer table = {0};
    put_frames(film, &table);
    pat_status status = finish_table(frames, &table, error);
    pat_buffer_reset(&table);
    put_scenes(film, &table);
    if (status == PAT_OK)
        status = finish_table(scenes, &table, error);
    pat_buffer_release(&table);
    if (status == PAT_OK)
        status = pat_place(film->partial, film->options->output, film->options->run.force, error);
    if (status == PAT_OK)
        status = pat_file_place(frames, error);
    return status == PAT_OK ? pat_file_place(scenes, error) : status;
}

static void release(struct film *film)
{
    if (film->input >= 0)
        close(film->input);
    if (film->output >= 0)
        close(film->output);
    free(film->records);
    free(film->thumbs);
    free(film->guesses);
    free(film->scenes);
    free(film->sizes);
    pat_buffer_release(&film->order);
    free(film);
}

static pat_status begin(struct film *film, pat_file *frames, pat_file *scenes, pat_error *error)
{
    pat_film_summary *summary = film->summary;
    const pat_film_options *options = film->options;
    film->sizes = calloc(PAT_LINE_ITEMS_MAX, sizeof *film->sizes);
    if (film->sizes == NULL)
        return pat_fail_memory(error, "the film's frames");
    film->run = options->run;
    film->batch = options->run.batch > 0 && options->run.batch <= FRAMES_MAX
                      ? (size_t)options->run.batch
                      : FRAMES_DEFAULT;
    film->run.batch = 0;
    pat_status status = pat_run_fill(&film->run, &film->setup[0], error);
    film->setup[0].stays = true;
    film->setup[1] = film->setup[0];
    if (status == PAT_OK)
        status = open_input(film, error);
    if (status == PAT_OK)
        status = open_output(film, error);
    name_beside(options->output, "frames", summary->frames_path);
    name_beside(options->output, "scenes", summary->scenes_path);
    if (status == PAT_OK)
        status = pat_file_open(frames, summary->frames_path, options->run.force, error);
    if (status == PAT_OK)
        status = pat_file_open(scenes, summary->scenes_path, options->run.force, error);
    return status;
}

pat_status pat_film_run(const pat_film_options *options, pat_film_summary *summary,
                        pat_error *error)
{
    double started_s = pat_clock_seconds();
    pat_file frames = {0}, scenes = {0};
    *summary = (pat_film_summary){0};
    struct film *film = calloc(1, sizeof *film);
    if (film == NULL)
        return pat_fail_memory(error, "the film");
    film->options = options;
    film->summary = summary;
    film->input = film->output = -1;
    pat_status status = begin(film, &frames, &scenes, error);
    if (status == PAT_OK)
        status = run_passes(film, error);
    if (status == PAT_OK)
        status = finish(film, &frames, &scenes, error);
    if (status == PAT_OK)
        summarize(film);
    else if (film->output >= 0)
        unlink(film->partial);
    pat_file_abandon(&frames, false);
    pat_file_abandon(&scenes, false);
    release(film);
    summary->elapsed_s = pat_clock_seconds() - started_s;
    return status;
}
