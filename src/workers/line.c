#include "workers/line.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/fingerprint.h"
#include "base/platform.h"
#include "workers/fleet.h"

enum { ATTEMPTS = 3, STEP_MS = 100 };

/* An item on the line. */
struct place {
    bool taken;
    size_t item;
    int stage;                     /* that it is at */
    bool working;                  /* a worker has it */
    int attempts;                  /* at this stage that failed */
    double given_s;                /* when the worker got it */
    int file[PAT_LINE_STAGES_MAX]; /* what each stage writes, or -1 */
};

struct line;

struct stage {
    struct line *line;
    int number;
    pat_line_stage is;
    pat_run_options run;
    pat_fleet *fleet;
    size_t next; /* item that is next, if the stage is in order */
    double busy_s;
    char decoder_version[PAT_VERSION_SIZE], sandbox[PAT_SANDBOX_SIZE];
    pat_buffer platform;
};

struct line {
    const pat_line_options *options;
    struct stage stage[PAT_LINE_STAGES_MAX];
    struct place place[PAT_LINE_ITEMS_MAX];
    size_t begun;  /* items put on the line */
    size_t passed; /* items that have passed all stages */
    bool ended;    /* no more items are put on */
    pat_error failure;
};

static void stop(struct line *line, const pat_error *why)
{
    if (line->failure.status == PAT_OK)
        line->failure = *why;
}

static struct place *find(struct line *line, size_t item)
{
    for (int i = 0; i < line->options->items; i++)
        if (line->place[i].taken && line->place[i].item == item)
            return &line->place[i];
    return NULL;
}

/* What the stage has written for the item; -1: it writes nothing. */
static int file_of(const struct stage *stage, const struct place *place)
{
    return stage->is.writes ? place->file[stage->number] : -1;
}

/* ---- Handing out work ------------------------------------------------------------------------ */

/* The item that waits for this stage and comes first; NULL: none may be begun. */
static struct place *next_waiting(struct stage *stage)
{
    struct line *line = stage->line;
    struct place *next = NULL;
    for (int i = 0; i < line->options->items; i++) {
        struct place *place = &line->place[i];
        if (place->taken && !place->working && place->stage == stage->number &&
            (next == NULL || place->item < next->item))
            next = place;
    }
    return next != NULL && stage->is.in_order && next->item != stage->next ? NULL : next;
}

/* Put the next item on the line, at the first stage. */
static void begin_item(struct line *line)
{
    for (int i = 0; i < line->options->items && !line->ended; i++) {
        struct place *place = &line->place[i];
        if (place->taken)
            continue;
        place->taken = true;
        place->item = line->begun++;
        place->stage = 0;
        place->working = false;
        place->attempts = 0;
        return;
    }
}

static pat_opened opened(int file)
{
    return (pat_opened){.open = true, .descriptor = file};
}

/* Make the job of an item at a stage, and empty its file. Fails with PAT_OUT_OF_MEMORY. */
static pat_status make_job(struct stage *stage, const struct place *place, pat_job *job,
                           pat_error *error)
{
    const pat_line_owner *owner = &stage->line->options->owner;
    *job = (pat_job){.name = "", .damaged = "", .undamaged = ""};
    if (!owner->order(owner->context, stage->number, place->item, job))
        return pat_fail_memory(error, "a worker's order");
    if (stage->number > 0)
        job->input[0] = opened(place->file[stage->number - 1]);
    if (stage->is.writes) {
        int file = place->file[stage->number];
        int cause = ftruncate(file, 0) == 0 ? 0 : errno;
        job->output[0] = (pat_opened){.open = cause == 0, .descriptor = file, .cause = cause};
    }
    return PAT_OK;
}

/* False if the job cannot be sent now. */
static bool send(struct stage *stage, int worker, const struct place *place)
{
    pat_job job;
    pat_error error;
    if (make_job(stage, place, &job, &error) == PAT_OK)
        return pat_fleet_give(stage->fleet, worker, place->item, &job);
    stop(stage->line, &error);
    return false;
}

static bool is_interrupted(const struct line *line)
{
    const volatile sig_atomic_t *interrupt = line->options->run->interrupt;
    return interrupt != NULL && *interrupt != 0;
}

static void feed(void *context)
{
    struct stage *stage = context;
    for (int i = 0; i < stage->is.workers; i++) {
        if (stage->fleet == NULL || is_interrupted(stage->line) ||
            !pat_fleet_has_room(stage->fleet, i, 0))
            continue;
        if (stage->number == 0 && next_waiting(stage) == NULL)
            begin_item(stage->line);
        struct place *place = next_waiting(stage);
        if (place == NULL)
            return;
        place->given_s = pat_clock_seconds();
        place->working = send(stage, i, place);
    }
}

/* ---- Taking in results ----------------------------------------------------------------------- */

static bool answered(void *context, uint64_t id, pat_outcome *outcome)
{
    struct stage *stage = context;
    struct line *line = stage->line;
    const pat_line_owner *owner = &line->options->owner;
    struct place *place = find(line, (size_t)id);
    pat_error error = {0};
    pat_line_verdict verdict = PAT_LINE_DONE;
    if (place == NULL || outcome->unchanged || !pat_task_accepts(stage->is.setup, outcome))
        return false;
    stage->busy_s += pat_clock_seconds() - place->given_s;
    pat_status status = owner->done(owner->context, stage->number, place->item, outcome,
                                    file_of(stage, place), &verdict, &error);
    if (verdict == PAT_LINE_INVALID)
        return false;
    if (status != PAT_OK)
        stop(line, &error);
    place->working = false;
    place->attempts = 0;
    if (verdict == PAT_LINE_AGAIN) {
        feed(stage);
        return true;
    }
    place->stage++;
    stage->next++;
    line->ended = line->ended || verdict == PAT_LINE_LAST;
    if (place->stage < line->options->stage_count) {
        feed(&line->stage[place->stage]);
    } else {
        place->taken = false;
        line->passed++;
        feed(&line->stage[0]); /* there is room for another item */
    }
    return true;
}

static void lost(void *context, const uint64_t *ids, int count, const pat_death *death)
{
    struct stage *stage = context;
    for (int i = 0; i < count; i++) {
        struct place *place = find(stage->line, (size_t)ids[i]);
        if (place == NULL)
            continue;
        place->working = false;
        if (death == NULL || ++place->attempts < ATTEMPTS)
            continue;
        char text[PAT_DEATH_SIZE];
        pat_error error;
        pat_job job = {.damaged = ""};
        const pat_line_owner *owner = &stage->line->options->owner;
        (void)owner->order(owner->context, stage->number, place->item, &job); /* for its name */
        pat_death_describe(death, text);
        (void)pat_fail(&error, pat_death_is_of_memory(death) ? PAT_OUT_OF_MEMORY : PAT_WORKER_DIED,
                       "%s: %d worker processes in a row died on a part of it; the last one %s; "
                       "retry with more time or memory (--timeout, --memory)",
                       job.damaged, ATTEMPTS, text);
        stop(stage->line, &error);
    }
}

static bool wants_more(void *context)
{
    const struct stage *stage = context;
    const struct line *line = stage->line;
    return line->failure.status == PAT_OK && !(line->ended && line->passed == line->begun);
}

static void ticked(void *context)
{
    const struct stage *stage = context;
    const pat_line_owner *owner = &stage->line->options->owner;
    if (stage->number == 0 && owner->ticked != NULL)
        owner->ticked(owner->context);
}

/* ---- The line -------------------------------------------------------------------------------- */

static pat_status open_files(struct line *line, pat_error *error)
{
    for (int i = 0; i < line->options->items; i++)
        for (int s = 0; s < line->options->stage_count; s++) {
            if (!line->stage[s].is.writes)
                continue;
            int file = memfd_create("patina", MFD_CLOEXEC);
            if (file < 0)
                return pat_fail(error, PAT_INTERNAL,
                                "cannot create a file in memory (%s); raise the limit on open "
                                "files (ulimit -n)",
                                strerror(errno));
            line->place[i].file[s] = file;
        }
    return PAT_OK;
}

static pat_status start(struct line *line, pat_error *error)
{
    pat_status status = open_files(line, error);
    for (int s = 0; s < line->options->stage_count && status == PAT_OK; s++) {
        struct stage *stage = &line->stage[s];
        stage->run = *line->options->run;
        stage->run.jobs = stage->is.workers;
        const pat_fleet_options options = {
            .setup = stage->is.setup,
            .run = &stage->run,
            .owner = {answered, lost, wants_more, feed, ticked, stage},
            .decoder_version = stage->decoder_version,
            .sandbox = stage->sandbox,
            .platform = &stage->platform,
        };
        status = pat_fleet_create(&options, &stage->fleet, error);
    }
    return status;
}

/* Wait until a fleet has something to do, and let all do it. */
static void step(struct line *line)
{
    struct pollfd waiting[PAT_LINE_STAGES_MAX];
    int count = line->options->stage_count, wait_ms = STEP_MS;
    for (int s = 0; s < count; s++) {
        const pat_fleet *fleet = line->stage[s].fleet;
        int timeout_ms = pat_fleet_timeout_ms(fleet);
        waiting[s] = (struct pollfd){.fd = pat_fleet_descriptor(fleet), .events = POLLIN};
        if (timeout_ms >= 0 && timeout_ms < wait_ms)
            wait_ms = timeout_ms;
    }
    poll(waiting, (nfds_t)count, wait_ms);
    for (int s = 0; s < count; s++)
        pat_fleet_step(line->stage[s].fleet, false);
}

/* Whether all workers wait for work. */
static bool is_idle(const struct line *line)
{
    for (int s = 0; s < line->options->stage_count; s++)
        if (pat_fleet_busy(line->stage[s].fleet) > 0)
            return false;
    return true;
}

static void check(struct line *line)
{
    pat_error error = {0};
    for (int s = 0; s < line->options->stage_count; s++)
        if (pat_fleet_status(line->stage[s].fleet, &error) != PAT_OK)
            stop(line, &error);
    if (is_interrupted(line) && (*line->options->run->interrupt < 0 || is_idle(line))) {
        (void)pat_fail(&error, PAT_INTERRUPTED, "interrupted");
        stop(line, &error);
    }
}

static void release(struct line *line, pat_line_facts *facts)
{
    for (int s = line->options->stage_count - 1; s >= 0; s--) {
        struct stage *stage = &line->stage[s];
        facts->busy_s[s] = stage->busy_s;
        if (stage->fleet != NULL)
            facts->deaths += pat_fleet_deaths(stage->fleet);
        if (stage->sandbox[0] != '\0')
            memcpy(facts->sandbox, stage->sandbox, sizeof facts->sandbox);
        if (s == 0 && stage->platform.size > 1) /* without its null */
            facts->platform =
                pat_fingerprint_of(stage->platform.data, stage->platform.size - 1).low;
        pat_fleet_free(stage->fleet);
        pat_buffer_release(&stage->platform);
    }
    for (int i = 0; i < line->options->items; i++)
        for (int s = 0; s < line->options->stage_count; s++)
            if (line->place[i].file[s] >= 0)
                close(line->place[i].file[s]);
}

/* ---- In this process ------------------------------------------------------------------------- */

/* Send one item through all stages. */
static pat_status pass(struct line *line, pat_task *const *tasks, struct place *place,
                       pat_error *error)
{
    const pat_line_owner *owner = &line->options->owner;
    pat_outcome outcome = {0};
    pat_status status = PAT_OK;
    for (int s = 0; s < line->options->stage_count && status == PAT_OK;) {
        pat_job job;
        pat_line_verdict verdict = PAT_LINE_DONE;
        status = make_job(&line->stage[s], place, &job, error);
        if (status != PAT_OK)
            break;
        double began_s = pat_clock_seconds();
        pat_task_run(tasks[s], &job, &outcome);
        line->stage[s].busy_s += pat_clock_seconds() - began_s;
        status = owner->done(owner->context, s, place->item, &outcome,
                             file_of(&line->stage[s], place), &verdict, error);
        if (status == PAT_OK && verdict == PAT_LINE_INVALID)
            status = pat_fail(error, PAT_INTERNAL, "%s: an outcome is invalid", job.damaged);
        if (status == PAT_OK && is_interrupted(line))
            status = pat_fail(error, PAT_INTERRUPTED, "interrupted");
        line->ended = line->ended || verdict == PAT_LINE_LAST;
        s += verdict != PAT_LINE_AGAIN;
    }
    pat_outcome_release(&outcome);
    return status;
}

static uint64_t platform_here(void)
{
    pat_buffer platform = {0};
    pat_platform_put(&platform);
    uint64_t fingerprint =
        platform.failed ? 0 : pat_fingerprint_of(platform.data, platform.size).low;
    pat_buffer_release(&platform);
    return fingerprint;
}

static pat_status run_here(struct line *line, pat_line_facts *facts, pat_error *error)
{
    pat_task *tasks[PAT_LINE_STAGES_MAX] = {NULL};
    pat_status status = open_files(line, error);
    for (int s = 0; s < line->options->stage_count && status == PAT_OK; s++)
        status = pat_task_create(line->stage[s].is.setup, &tasks[s], error);
    while (status == PAT_OK && !line->ended) {
        struct place *place = &line->place[0];
        place->item = line->begun++;
        status = pass(line, tasks, place, error);
        if (status == PAT_OK && line->options->owner.ticked != NULL)
            line->options->owner.ticked(line->options->owner.context);
    }
    facts->platform = platform_here();
    for (int s = 0; s < line->options->stage_count; s++)
        pat_task_free(tasks[s]);
    snprintf(facts->sandbox, sizeof facts->sandbox, "none (in one process)");
    return status;
}

pat_status pat_line_run(const pat_line_options *options, pat_line_facts *facts, pat_error *error)
{
    double began_s = pat_clock_seconds();
    *facts = (pat_line_facts){0};
    struct line *line = calloc(1, sizeof *line);
    if (line == NULL)
        return pat_fail_memory(error, "the workers' table");
    line->options = options;
    for (int s = 0; s < options->stage_count; s++)
        line->stage[s] = (struct stage){
            .line = line, .number = s, .is = options->stages[s], .next = options->first};
    line->begun = line->passed = options->first;
    for (int i = 0; i < options->items; i++)
        for (int s = 0; s < PAT_LINE_STAGES_MAX; s++)
            line->place[i].file[s] = -1;
    if (options->run->worker_command == NULL) {
        pat_status here = run_here(line, facts, error);
        release(line, facts);
        facts->seconds = pat_clock_seconds() - began_s;
        free(line);
        return here;
    }
    pat_status status = start(line, error);
    while (status == PAT_OK && line->failure.status == PAT_OK &&
           !(line->ended && line->passed == line->begun)) {
        step(line);
        check(line);
    }
    if (status == PAT_OK && line->failure.status != PAT_OK) {
        status = line->failure.status;
        if (error != NULL)
            *error = line->failure;
    }
    release(line, facts);
    facts->seconds = pat_clock_seconds() - began_s;
    free(line);
    return status;
}
