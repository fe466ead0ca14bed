/* The second pass over a film: decode again, restore and encode; and the third: write. */
#include <string.h>

#include "base/error.h"
#include "run/film/work.h"
#include "tasks/task_film_restore.h"
#include "tasks/task_film_write.h"

/* ---- Restoring ------------------------------------------------------------------------------- */

static bool order_restoring(void *context, int stage, size_t item, pat_job *job)
{
    static pat_film_restore_order order;
    pat_film_work *film = context;
    pat_buffer_reset(&film->order);
    job->damaged = film->options->input;
    if (stage == 0) {
        pat_film_order_decoding(film, item, 1, job);
    } else {
        order.facts = &film->facts;
        order.coding = film->coding;
        order.count = pat_film_frames_in(film, item);
        order.shows = 0;
        for (size_t i = 0; i < order.count; i++) {
            size_t frame = item * film->batch + i;
            if (film->story != NULL && pat_film_look_at(film->story, frame) != NULL)
                order.shows |= (uint64_t)1 << i;
            order.frame[i] = film->records[frame].frame;
            pat_film_plan_lines(&film->records[frame].gains, pat_film_scene_of(film, frame),
                                order.line[i], &order.setting[i]);
        }
        pat_film_restore_order_pack(&film->order, &order);
    }
    job->order = pat_buffer_bytes(&film->order);
    return !film->order.failed;
}

static bool is_same_frame(const pat_film_frame *a, const pat_film_frame *b)
{
    return a->time == b->time && a->duration == b->duration && a->fingerprint == b->fingerprint &&
           a->flagged == b->flagged && a->interlaced == b->interlaced &&
           a->top_first == b->top_first;
}

/* Whether the frames are those that were measured. */
static bool is_same_batch(const pat_film_work *film, size_t item)
{
    const pat_film_decode_report *report = &film->decoded;
    if (report->count != pat_film_frames_in(film, item))
        return false;
    for (size_t i = 0; i < report->count; i++)
        if (!is_same_frame(&report->frame[i], &film->records[item * film->batch + i].frame))
            return false;
    /* Before its end, threads are some packets ahead. */
    return !report->ended || pat_film_is_part(film) ||
           memcmp(&report->counts, &film->counts, sizeof film->counts) == 0;
}

static pat_status fail_differently(pat_film_work *film, pat_error *error)
{
    film->differs = film->threads > 1;
    return pat_fail(error, PAT_INTERNAL,
                    "%s: gave other frames when it was read again; if it has changed, start over "
                    "with --restart",
                    film->options->input);
}

/* Keep a strip, if it is still wanted. first: frame of its item. */
static void keep_look(pat_film_story *story, size_t first, const pat_film_strip *strip)
{
    pat_film_look *look = pat_film_look_at(story, first + strip->frame);
    if (look == NULL)
        return;
    for (int i = 0; i < 2; i++) {
        pat_buffer_reset(&look->jpeg[i]);
        pat_buffer_append(&look->jpeg[i], strip->jpeg[i].data, strip->jpeg[i].size);
    }
    look->width = strip->width;
    look->height = strip->height;
}

/* False if the report cannot be right. */
static bool note_restored(pat_film_work *film, size_t item, pat_bytes report)
{
    static pat_film_restored restored[PAT_FILM_RESTORED_MAX];
    static pat_film_shown shown;
    size_t count = pat_film_frames_in(film, item);
    if (!pat_film_restored_unpack(report, count, restored, &shown))
        return false;
    for (size_t i = 0; i < shown.count && film->story != NULL; i++)
        keep_look(film->story, item * film->batch, &shown.strip[i]);
    for (size_t i = 0; i < count; i++) {
        film->records[item * film->batch + i].restored_luma = restored[i].luma;
        film->records[item * film->batch + i].packet = restored[i].packet;
    }
    film->encoding_s += shown.encoding_s;
    film->done += count;
    return true;
}

static pat_status take_restored(void *context, int stage, size_t item, pat_outcome *outcome,
                                int file, pat_line_verdict *verdict, pat_error *error)
{
    pat_film_work *film = context;
    pat_bytes report = pat_buffer_bytes(&outcome->report);
    if (outcome->status != PAT_OK)
        return pat_film_fail(outcome, error);
    if (stage == 0) {
        *verdict = pat_film_read_decoded(film, item, report);
        if (*verdict == PAT_LINE_INVALID || *verdict == PAT_LINE_AGAIN)
            return PAT_OK;
        if (!is_same_batch(film, item))
            return fail_differently(film, error);
        if (pat_film_is_part(film))
            film->counts = film->decoded.counts;
        *verdict = pat_film_is_last(film, item) ? PAT_LINE_LAST : PAT_LINE_DONE;
        return PAT_OK;
    }
    if (!note_restored(film, item, report)) {
        *verdict = PAT_LINE_INVALID;
        return PAT_OK;
    }
    return pat_film_journal_add(film->journal, PAT_FILM_ENCODED, item, report, file, error);
}

pat_status pat_film_restore_all(pat_film_work *film, pat_error *error)
{
    pat_task_setup decoding = film->setup, restoring = film->setup;
    size_t known = pat_film_journal_count(film->journal, PAT_FILM_ENCODED);
    size_t items = (film->count + film->batch - 1) / film->batch;
    film->done = 0;
    for (size_t item = 0; item < known; item++) {
        pat_buffer report = {0};
        pat_status status =
            pat_film_journal_read(film->journal, PAT_FILM_ENCODED, item, &report, error);
        if (status == PAT_OK && !note_restored(film, item, pat_buffer_bytes(&report)))
            status = pat_fail(error, PAT_MALFORMED,
                              "%s: its journal has an invalid record; start over with --restart",
                              film->summary->output_path);
        pat_buffer_release(&report);
        if (status != PAT_OK)
            return status;
    }
    if (known >= items)
        return PAT_OK;
    decoding.kind = PAT_TASK_FILM_DECODE;
    decoding.stays = true;
    restoring.kind = PAT_TASK_FILM_RESTORE;
    const pat_line_stage stages[] = {
        {.setup = &decoding, .workers = 1, .in_order = true, .writes = true},
        {.setup = &restoring, .workers = film->run.jobs, .writes = true},
    };
    film->encoding_s = 0;
    pat_status status = pat_film_run_line(
        film, stages, 2, known, (pat_line_owner){.order = order_restoring, .done = take_restored},
        &film->summary->times[1], error);
    film->summary->times[1].encoding_s += film->encoding_s;
    return status;
}

/* ---- Writing --------------------------------------------------------------------------------- */

static int64_t time_or_zero(const pat_film_frame *frame)
{
    return frame->time == PAT_FILM_NO_TIME ? 0 : frame->time;
}

static bool order_writing(void *context, int stage, size_t item, pat_job *job)
{
    static pat_film_write_order order;
    pat_film_work *film = context;
    (void)stage;
    const pat_film_frame *last = &film->records[film->count - 1].frame;
    order.facts = &film->facts;
    order.coding = film->coding;
    order.muxer = film->muxer;
    order.is_part = pat_film_is_part(film);
    order.from = time_or_zero(&film->records[0].frame);
    order.until = time_or_zero(last) + (last->duration > 0 ? last->duration : 1);
    order.first = item * film->batch;
    order.count = pat_film_frames_in(film, item);
    order.is_last = pat_film_is_last(film, item);
    order.offset = pat_film_journal_payload(film->journal, item);
    for (size_t i = 0; i < order.count; i++) {
        order.frame[i] = film->records[order.first + i].frame;
        order.packet[i] = film->records[order.first + i].packet;
    }
    pat_buffer_reset(&film->order);
    pat_film_write_order_pack(&film->order, &order);
    job->damaged = film->options->input;
    job->order = pat_buffer_bytes(&film->order);
    job->input[0] = (pat_opened){.open = true, .descriptor = pat_film_journal_file(film->journal)};
    job->input[1] = (pat_opened){.open = true, .descriptor = film->input};
    job->output[0] = (pat_opened){.open = true, .descriptor = film->output};
    job->output_path[0] = film->summary->output_path;
    return !film->order.failed;
}

static pat_status take_written(void *context, int stage, size_t item, pat_outcome *outcome,
                               int file, pat_line_verdict *verdict, pat_error *error)
{
    pat_film_work *film = context;
    unsigned losses = 0;
    (void)stage;
    (void)file;
    film->writer_died = outcome->status == PAT_WORKER_DIED;
    if (outcome->status != PAT_OK)
        return pat_film_fail(outcome, error);
    *verdict = pat_film_is_last(film, item) ? PAT_LINE_LAST : PAT_LINE_DONE;
    if (!pat_film_write_report_unpack(pat_buffer_bytes(&outcome->report), &losses))
        *verdict = PAT_LINE_INVALID;
    film->losses |= losses;
    film->done += pat_film_frames_in(film, item);
    return PAT_OK;
}

pat_status pat_film_write_all(pat_film_work *film, pat_error *error)
{
    pat_task_setup writing = film->setup;
    writing.kind = PAT_TASK_FILM_WRITE;
    writing.stays = true;
    const pat_line_stage stage = {.setup = &writing, .workers = 1, .in_order = true};
    film->done = 0;
    film->losses = 0;
    film->writer_died = false;
    return pat_film_run_line(film, &stage, 1, 0,
                             (pat_line_owner){.order = order_writing, .done = take_written},
                             &film->summary->times[2], error);
}
