#include "run/film/work.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"

/* Items on the line for each worker, and this many more. With one worker there is one item, so that
 * one process works at a time, on one core. */
enum { AHEAD = 2 };

size_t pat_film_frames_in(const pat_film_work *film, size_t item)
{
    size_t first = item * film->batch;
    size_t left = first < film->count ? film->count - first : 0;
    return left < film->batch ? left : film->batch;
}

bool pat_film_is_last(const pat_film_work *film, size_t item)
{
    return (item + 1) * film->batch >= film->count;
}

bool pat_film_is_part(const pat_film_work *film)
{
    const pat_film_range *range = &film->options->range;
    return range->from > 0 || range->until > 0;
}

const pat_film_scene *pat_film_scene_of(const pat_film_work *film, size_t frame)
{
    return pat_film_scene_at(film->scenes, film->scene_count, frame);
}

static pat_film_decode_order decode_order(const pat_film_work *film, size_t item, int threads)
{
    pat_film_decode_order order = {
        .first = item * film->batch, .count = film->batch, .threads = threads};
    if (film->known) { /* before that, the first frame will do */
        order.from = film->options->range.from;
        order.until = film->options->range.until;
        order.in_seconds = film->options->range.in_seconds;
    }
    return order;
}

void pat_film_order_decoding(pat_film_work *film, size_t item, int threads, pat_job *job)
{
    pat_film_decode_order order = decode_order(film, item, threads);
    pat_film_decode_order_pack(&film->order, &order);
    job->input[0] = (pat_opened){.open = true, .descriptor = film->input};
}

pat_line_verdict pat_film_read_decoded(pat_film_work *film, size_t item, pat_bytes report)
{
    pat_film_decode_order order = decode_order(film, item, 1);
    if (!pat_film_decode_report_unpack(report, &order, &film->decoded) ||
        (film->known && memcmp(&film->facts, &film->decoded.facts, sizeof film->facts) != 0))
        return PAT_LINE_INVALID;
    return film->decoded.again   ? PAT_LINE_AGAIN
           : film->decoded.ended ? PAT_LINE_LAST
                                 : PAT_LINE_DONE;
}

pat_status pat_film_fail(const pat_outcome *outcome, pat_error *error)
{
    return pat_fail(error, outcome->status, "%s", outcome->message);
}

int pat_film_items(const pat_film_work *film)
{
    int items = film->run.jobs > 1 ? film->run.jobs * AHEAD + AHEAD : 1;
    return items < PAT_LINE_ITEMS_MAX ? items : PAT_LINE_ITEMS_MAX;
}

static void report_progress(void *context)
{
    const pat_film_work *film = context;
    size_t expected = (size_t)film->facts.expected;
    bool counts = film->ended || pat_film_is_part(film) || expected < film->count;
    pat_progress progress = {.done = film->done,
                             .total = counts ? film->count : expected,
                             .elapsed_s = pat_clock_seconds() - film->started_s};
    if (film->options->run.progress != NULL && progress.total > 0)
        film->options->run.progress(film->options->run.progress_context, &progress);
}

pat_status pat_film_run_line(pat_film_work *film, const pat_line_stage *stages, int count,
                             size_t first, pat_line_owner owner, pat_film_time *time,
                             pat_error *error)
{
    pat_line_facts facts;
    size_t done = film->done;
    owner.context = film;
    owner.ticked = report_progress;
    film->started_s = pat_clock_seconds();
    const pat_line_options options = {
        .stages = stages,
        .stage_count = count,
        .items = pat_film_items(film),
        .first = first,
        .run = &film->run,
        .owner = owner,
    };
    pat_status status = pat_line_run(&options, &facts, error);
    report_progress(film);
    snprintf(film->summary->sandbox, sizeof film->summary->sandbox, "%s", facts.sandbox);
    film->platform = facts.platform;
    if (time == NULL)
        return status;
    time->seconds += facts.seconds;
    time->frames += film->done - done;
    for (int i = 0; i < count; i++) {
        time->workers[i] = stages[i].workers;
        time->busy_s[i] += facts.busy_s[i];
    }
    return status;
}

/* ---- The first frame ------------------------------------------------------------------------- */

static bool order_probing(void *context, int stage, size_t item, pat_job *job)
{
    pat_film_work *film = context;
    (void)stage;
    pat_buffer_reset(&film->order);
    pat_film_order_decoding(film, item, 1, job);
    job->damaged = film->options->input;
    job->order = pat_buffer_bytes(&film->order);
    return !film->order.failed;
}

static pat_status take_probed(void *context, int stage, size_t item, pat_outcome *outcome, int file,
                              pat_line_verdict *verdict, pat_error *error)
{
    pat_film_work *film = context;
    (void)stage;
    (void)file;
    if (outcome->status != PAT_OK)
        return pat_film_fail(outcome, error);
    *verdict = pat_film_read_decoded(film, item, pat_buffer_bytes(&outcome->report));
    if (*verdict == PAT_LINE_DONE)
        *verdict = PAT_LINE_LAST;
    return PAT_OK;
}

pat_status pat_film_probe(pat_film_work *film, pat_error *error)
{
    pat_task_setup decoding = film->setup;
    decoding.kind = PAT_TASK_FILM_DECODE;
    const pat_line_stage stage = {
        .setup = &decoding, .workers = 1, .in_order = true, .writes = true};
    film->batch = 1;
    pat_status status = pat_film_run_line(
        film, &stage, 1, 0, (pat_line_owner){.order = order_probing, .done = take_probed}, NULL,
        error);
    if (status == PAT_OK && film->platform == 0)
        status = pat_fail_memory(error, "a film");
    film->facts = film->decoded.facts;
    film->known = status == PAT_OK;
    return status;
}

void pat_film_limit_workers(pat_film_work *film)
{
    size_t most = PAT_LINE_ITEMS_MAX / AHEAD - AHEAD;
    size_t expected = (size_t)film->facts.expected, batches = expected / film->batch + 1;
    if (expected > 0 && batches < most)
        most = batches;
    if ((size_t)film->run.jobs > most)
        film->run.jobs = (int)most;
}
