#include "workers/collector.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"

/* A job in the window: handed out and later done with an outcome, or recalled. A job that is handed
 * out may have an outcome in the journal if its files seem to have changed. */
struct slot {
    bool done, recalled; /* recalled: done, and the outcome is only in the journal */
    bool done_before;
    pat_content before[PAT_INPUTS]; /* the state of the files when it was done */
    int attempts;
    pat_outcome outcome;
};

struct pat_collector {
    pat_collector_options of;
    struct slot *slots; /* job i is in slot i % window */
    pat_collector_state state;
};

pat_collector *pat_collector_create(const pat_collector_options *options)
{
    pat_collector *collector = calloc(1, sizeof *collector);
    struct slot *slots = calloc(options->window, sizeof *slots);
    if (collector == NULL || slots == NULL) {
        free(collector);
        free(slots);
        return NULL;
    }
    *collector = (pat_collector){.of = *options, .slots = slots};
    return collector;
}

void pat_collector_free(pat_collector *collector)
{
    if (collector == NULL)
        return;
    for (size_t i = 0; i < collector->of.window; i++)
        pat_outcome_release(&collector->slots[i].outcome);
    free(collector->slots);
    free(collector);
}

static struct slot *slot_of(const pat_collector *collector, size_t index)
{
    struct slot *slot = &collector->slots[index % collector->of.window];
    assert(index >= collector->state.settled && index < collector->state.next && !slot->done);
    return slot;
}

static pat_status write_outcome(pat_collector *collector, const pat_outcome *outcome,
                                pat_error *error)
{
    const pat_sink *sink = collector->of.sink;
    pat_status status = sink->put(sink->context, collector->state.written, outcome, error);
    collector->state.written += status == PAT_OK;
    return status;
}

/* Move the window to the first job that is not done. Outcomes that cannot be written yet are in the
 * journal. */
static pat_status settle(pat_collector *collector, pat_error *error)
{
    pat_collector_state *state = &collector->state;
    for (;;) {
        struct slot *slot = &collector->slots[state->settled % collector->of.window];
        if (!slot->done)
            return PAT_OK;
        if (state->written == state->settled && !slot->recalled) {
            pat_status status = write_outcome(collector, &slot->outcome, error);
            if (status != PAT_OK)
                return status;
        }
        pat_outcome_release(&slot->outcome);
        *slot = (struct slot){0};
        state->settled++;
    }
}

static void count(pat_collector *collector, const pat_outcome *outcome)
{
    collector->state.done++;
    collector->state.failed += outcome->status != PAT_OK;
}

/* ---- Recalling from the journal -------------------------------------------------------------- */

static bool are_same_files(const pat_job *job, const pat_content content[PAT_INPUTS])
{
    const char *const paths[PAT_INPUTS] = {job->damaged, job->undamaged};
    for (int i = 0; i < PAT_INPUTS; i++) {
        pat_content now = {0};
        if (*paths[i] != '\0')
            now = pat_content_look(paths[i]);
        if (!pat_content_same_file(&now, &content[i]))
            return false;
    }
    return true;
}

/*
 * Whether the outcome of a job that was just handed out can be taken from the journal: what it
 * wrote must still be there, and its files must not have changed. If the file system reports a
 * change, a worker checks the contents.
 */
static bool recall(pat_collector *collector, size_t index, pat_outcome *outcome)
{
    pat_job job;
    struct slot *slot = slot_of(collector, index);
    if (collector->of.journal == NULL || !pat_journal_find(collector->of.journal, index, outcome))
        return false;
    const pat_job_list *jobs = collector->of.jobs;
    bool stands = jobs->stands == NULL || jobs->stands(jobs->context, index, outcome);
    jobs->get(jobs->context, index, &job);
    if (stands && are_same_files(&job, outcome->content))
        return true;
    slot->done_before = stands;
    memcpy(slot->before, outcome->content, sizeof slot->before);
    pat_outcome_release(outcome);
    return false;
}

/* A worker found the files unchanged: use the journal's outcome, and record it again with the
 * files' current state. */
static pat_status recall_unchanged(pat_collector *collector, size_t index, pat_outcome *outcome,
                                   pat_error *error)
{
    pat_content content[PAT_INPUTS];
    memcpy(content, outcome->content, sizeof content);
    if (!slot_of(collector, index)->done_before ||
        !pat_journal_find(collector->of.journal, index, outcome))
        return pat_fail(error, PAT_INTERNAL,
                        "a worker reported files as unchanged that were never read before");
    memcpy(outcome->content, content, sizeof content);
    collector->state.recalled++;
    return PAT_OK;
}

/* ---- Jobs and outcomes ----------------------------------------------------------------------- */

bool pat_collector_next(pat_collector *collector, size_t *index)
{
    pat_collector_state *state = &collector->state;
    const volatile sig_atomic_t *interrupt = collector->of.interrupt;
    pat_outcome outcome = {0};
    while (state->next < collector->of.jobs->count &&
           state->next < state->settled + collector->of.window &&
           (interrupt == NULL || *interrupt == 0)) {
        *index = state->next++;
        if (!recall(collector, *index, &outcome)) {
            if (collector->of.jobs->begin != NULL)
                collector->of.jobs->begin(collector->of.jobs->context, *index);
            return true;
        }
        struct slot *slot = slot_of(collector, *index);
        slot->done = slot->recalled = true;
        count(collector, &outcome);
        state->recalled++;
        pat_outcome_release(&outcome);
        if (*index == state->settled)
            settle(collector, NULL); /* cannot fail: a recalled outcome is not written here */
    }
    return false;
}

void pat_collector_job(const pat_collector *collector, size_t index, pat_job *job)
{
    const struct slot *slot = slot_of(collector, index);
    collector->of.jobs->get(collector->of.jobs->context, index, job);
    job->done_before = slot->done_before;
    memcpy(job->before, slot->before, sizeof job->before);
}

int pat_collector_attempt(pat_collector *collector, size_t index)
{
    return ++slot_of(collector, index)->attempts;
}

/* If a file could not be opened or its worker died, use the state that the file system reports. */
static void look_at_unread(const pat_collector *collector, size_t index, pat_outcome *outcome)
{
    static const pat_content unread;
    pat_job job;
    collector->of.jobs->get(collector->of.jobs->context, index, &job);
    const char *const paths[PAT_INPUTS] = {job.damaged, job.undamaged};
    for (int i = 0; i < PAT_INPUTS; i++)
        if (*paths[i] != '\0' && pat_content_same_file(&outcome->content[i], &unread))
            outcome->content[i] = pat_content_look(paths[i]);
}

static pat_status put_on_record(pat_collector *collector, size_t index, pat_outcome *outcome,
                                pat_error *error)
{
    if (collector->of.journal == NULL)
        return PAT_OK;
    if (outcome->status != PAT_OK)
        look_at_unread(collector, index, outcome);
    pat_status status = PAT_OK;
    if (collector->of.platform != NULL)
        status =
            pat_journal_check_platform(collector->of.journal, collector->of.platform->data, error);
    return status == PAT_OK ? pat_journal_append(collector->of.journal, index, outcome, error)
                            : status;
}

pat_status pat_collector_put(pat_collector *collector, size_t index, pat_outcome *outcome,
                             pat_error *error)
{
    pat_status status = PAT_OK;
    if (outcome->unchanged)
        status = recall_unchanged(collector, index, outcome, error);
    else
        collector->state.changed += slot_of(collector, index)->done_before;
    if (status == PAT_OK)
        status = put_on_record(collector, index, outcome, error);
    if (status != PAT_OK)
        return status;
    struct slot *slot = slot_of(collector, index);
    count(collector, outcome);
    slot->outcome = *outcome;
    slot->done = true;
    *outcome = (pat_outcome){0};
    return settle(collector, error);
}

pat_status pat_collector_catch_up(pat_collector *collector, size_t most, pat_error *error)
{
    pat_outcome outcome = {0};
    pat_status status = PAT_OK;
    for (; most > 0 && collector->state.written < collector->state.settled && status == PAT_OK;
         most--) {
        if (pat_journal_find(collector->of.journal, collector->state.written, &outcome))
            status = write_outcome(collector, &outcome, error);
        else
            status = pat_journal_fail(collector->of.journal, error);
    }
    pat_outcome_release(&outcome);
    return status;
}

pat_status pat_collector_sync(pat_collector *collector, pat_error *error)
{
    return collector->of.journal == NULL ? PAT_OK : pat_journal_sync(collector->of.journal, error);
}

pat_collector_state pat_collector_state_of(const pat_collector *collector)
{
    return collector->state;
}
