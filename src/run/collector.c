#include "run/collector.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"

struct slot {
    bool done, done_before;
    int attempts;
    pat_content before[PAT_INPUTS]; /* of the files, where done_before */
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
    assert(index >= collector->state.written && index < collector->state.next && !slot->done);
    return slot;
}

/* Take an outcome that is on record, and write what is in order. */
static pat_status put(pat_collector *collector, size_t index, pat_outcome *outcome,
                      pat_error *error)
{
    pat_collector_state *state = &collector->state;
    struct slot *slot = slot_of(collector, index);
    slot->outcome = *outcome;
    slot->done = true;
    state->done++;
    state->failed += outcome->status != PAT_OK;
    *outcome = (pat_outcome){0};

    for (;;) {
        struct slot *next = &collector->slots[state->written % collector->of.window];
        if (!next->done)
            return PAT_OK;
        const pat_sink *sink = collector->of.sink;
        pat_status status = sink->put(sink->context, state->written, &next->outcome, error);
        if (status != PAT_OK)
            return status;
        pat_outcome_release(&next->outcome);
        *next = (struct slot){0};
        state->written++;
    }
}

/* ---- What the journal has ----------------------------------------------------------------------
 */

static bool are_same_files(const pat_job *job, const pat_content content[PAT_INPUTS])
{
    const char *const paths[PAT_INPUTS] = {job->damaged, job->undamaged};
    for (int i = 0; i < PAT_INPUTS; i++) {
        pat_content now = *paths[i] == '\0' ? (pat_content){0} : pat_content_look(paths[i]);
        if (!pat_content_same_file(&now, &content[i]))
            return false;
    }
    return true;
}

/* Whether the outcome of a job that has just been handed out can be taken from the journal. Where
 * the file system says that the files are others now, a worker has to look into them. */
static bool recall(pat_collector *collector, size_t index, pat_outcome *outcome)
{
    pat_job job;
    struct slot *slot = slot_of(collector, index);
    if (collector->of.journal == NULL || !pat_journal_find(collector->of.journal, index, outcome))
        return false;
    collector->of.jobs->get(collector->of.jobs->context, index, &job);
    if (are_same_files(&job, outcome->content))
        return true;
    slot->done_before = true;
    memcpy(slot->before, outcome->content, sizeof slot->before);
    pat_outcome_release(outcome);
    return false;
}

/* A worker found the files as they were: the outcome is what the journal has, and is put on record
 * again with what the file system says of the files now. */
static pat_status recall_unchanged(pat_collector *collector, size_t index, pat_outcome *outcome,
                                   pat_error *error)
{
    pat_content content[PAT_INPUTS];
    memcpy(content, outcome->content, sizeof content);
    if (!slot_of(collector, index)->done_before ||
        !pat_journal_find(collector->of.journal, index, outcome))
        return pat_fail(error, PAT_INTERNAL, "a worker calls files unchanged that were never read");
    memcpy(outcome->content, content, sizeof content);
    collector->state.recalled++;
    return PAT_OK;
}

/* ---- Jobs and outcomes
 * --------------------------------------------------------------------------- */

pat_status pat_collector_next(pat_collector *collector, size_t *index, bool *found,
                              pat_error *error)
{
    pat_collector_state *state = &collector->state;
    const volatile sig_atomic_t *interrupt = collector->of.interrupt;
    pat_outcome outcome = {0};
    *found = false;
    while (state->next < collector->of.jobs->count &&
           state->next < state->written + collector->of.window &&
           (interrupt == NULL || *interrupt == 0)) {
        *index = state->next++;
        if (!recall(collector, *index, &outcome)) {
            *found = true;
            return PAT_OK;
        }
        state->recalled++;
        pat_status status = put(collector, *index, &outcome, error);
        if (status != PAT_OK)
            return status;
    }
    return PAT_OK;
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

pat_status pat_collector_put(pat_collector *collector, size_t index, pat_outcome *outcome,
                             pat_error *error)
{
    pat_status status = PAT_OK;
    if (outcome->unchanged)
        status = recall_unchanged(collector, index, outcome, error);
    else
        collector->state.changed += slot_of(collector, index)->done_before;
    if (status == PAT_OK && collector->of.journal != NULL)
        status = pat_journal_append(collector->of.journal, index, outcome, error);
    return status == PAT_OK ? put(collector, index, outcome, error) : status;
}

pat_collector_state pat_collector_state_of(const pat_collector *collector)
{
    return collector->state;
}
