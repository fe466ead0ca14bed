/* The first pass over a film: decode and measure all frames. */
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "run/film/work.h"
#include "tasks/task_film_measure.h"

static pat_status note_decoded(pat_film_work *film, size_t item, pat_error *error)
{
    const pat_film_decode_report *report = &film->decoded;
    size_t needed = item * film->batch + report->count;
    film->facts = report->facts;
    film->known = true;
    film->counts = report->counts;
    film->ended = report->ended;
    if (!pat_array_reserve(&film->records, &film->capacity, needed, sizeof *film->records) ||
        !pat_array_reserve(&film->thumbs, &film->thumb_capacity, needed, sizeof *film->thumbs) ||
        !pat_array_reserve(&film->guesses, &film->guess_capacity, needed, sizeof *film->guesses))
        return pat_fail_memory(error, "the film's frames");
    for (size_t i = 0; i < report->count; i++)
        film->records[film->count + i] =
            (pat_film_record){.frame = report->frame[i], .gains = {{1, 1, 1}}};
    film->count = needed;
    return PAT_OK;
}

static pat_film_measure_order measure_order(const pat_film_work *film, size_t item)
{
    pat_film_measure_order order = {.facts = &film->facts, .count = pat_film_frames_in(film, item)};
    for (size_t i = 0; i < order.count && film->options->how.model != NULL; i++)
        if ((item * film->batch + i) % PAT_FILM_GUESSES_APART == 0)
            order.predicts |= (uint64_t)1 << i;
    order.colors = pat_film_colors_to_measure(&film->options->how);
    return order;
}

/* False if the report cannot be right. */
static bool note_measured(pat_film_work *film, size_t item, pat_bytes report)
{
    static pat_measured measured[PAT_FILM_MEASURED_MAX];
    pat_film_measure_order order = measure_order(film, item);
    if (!pat_measured_unpack(report, order.colors, measured, order.count))
        return false;
    for (size_t i = 0; i < order.count; i++) {
        size_t frame = item * film->batch + i;
        pat_film_note_measured(&measured[i], &film->records[frame]);
        memcpy(film->thumbs[frame], measured[i].measure.thumb, PAT_THUMB_SIZE);
        if ((order.predicts >> i & 1) != 0) /* in the order of arrival */
            film->guesses[film->guess_count++] = pat_film_guess_of(frame, &measured[i]);
    }
    film->done += order.count;
    return true;
}

static bool order(void *context, int stage, size_t item, pat_job *job)
{
    pat_film_work *film = context;
    pat_buffer_reset(&film->order);
    if (stage == 0) {
        pat_film_order_decoding(film, item, film->threads, job);
    } else {
        pat_film_measure_order measures = measure_order(film, item);
        pat_film_measure_order_pack(&film->order, &measures);
    }
    job->damaged = film->options->input;
    job->order = pat_buffer_bytes(&film->order);
    return !film->order.failed;
}

static pat_status take(void *context, int stage, size_t item, pat_outcome *outcome, int file,
                       pat_line_verdict *verdict, pat_error *error)
{
    pat_film_work *film = context;
    pat_bytes report = pat_buffer_bytes(&outcome->report);
    pat_status status = PAT_OK;
    (void)file;
    if (outcome->status != PAT_OK)
        return pat_film_fail(outcome, error);
    if (stage == 0)
        *verdict = pat_film_read_decoded(film, item, report);
    else if (!note_measured(film, item, report))
        *verdict = PAT_LINE_INVALID;
    if (*verdict == PAT_LINE_INVALID || *verdict == PAT_LINE_AGAIN)
        return PAT_OK;
    if (stage == 0)
        status = note_decoded(film, item, error);
    return status == PAT_OK
               ? pat_film_journal_add(film->journal,
                                      stage == 0 ? PAT_FILM_DECODED : PAT_FILM_MEASURED, item,
                                      report, -1, error)
               : status;
}

/* Take an item from the journal. */
static pat_status recall(pat_film_work *film, size_t item, pat_error *error)
{
    pat_buffer report = {0};
    pat_status status =
        pat_film_journal_read(film->journal, PAT_FILM_DECODED, item, &report, error);
    pat_line_verdict verdict = PAT_LINE_INVALID;
    if (status == PAT_OK)
        verdict = pat_film_read_decoded(film, item, pat_buffer_bytes(&report));
    bool valid = verdict == PAT_LINE_DONE || verdict == PAT_LINE_LAST;
    if (valid)
        status = note_decoded(film, item, error);
    pat_buffer_reset(&report);
    if (status == PAT_OK && valid)
        status = pat_film_journal_read(film->journal, PAT_FILM_MEASURED, item, &report, error);
    valid = valid && status == PAT_OK && note_measured(film, item, pat_buffer_bytes(&report));
    pat_buffer_release(&report);
    if (status == PAT_OK && !valid)
        status = pat_fail(error, PAT_MALFORMED,
                          "%s: its journal has an invalid record; start over with --restart",
                          film->summary->output_path);
    return status;
}

pat_status pat_film_measure_all(pat_film_work *film, pat_bytes model, pat_error *error)
{
    pat_task_setup decoding = film->setup, measuring = film->setup;
    size_t decoded = pat_film_journal_count(film->journal, PAT_FILM_DECODED);
    size_t measured = pat_film_journal_count(film->journal, PAT_FILM_MEASURED);
    size_t known = decoded < measured ? decoded : measured;
    pat_status status = PAT_OK;
    film->done = film->count = film->guess_count = 0;
    film->ended = false;
    for (size_t item = 0; item < known && status == PAT_OK; item++)
        status = recall(film, item, error);
    if (status != PAT_OK || film->ended)
        return status;
    decoding.kind = PAT_TASK_FILM_DECODE;
    decoding.stays = true;
    measuring.kind = PAT_TASK_FILM_MEASURE;
    measuring.extra = model;
    const pat_line_stage stages[] = {
        {.setup = &decoding, .workers = 1, .in_order = true, .writes = true},
        {.setup = &measuring, .workers = film->run.jobs},
    };
    return pat_film_run_line(film, stages, 2, known, (pat_line_owner){.order = order, .done = take},
                             &film->summary->times[0], error);
}
