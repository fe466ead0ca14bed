#include "run/collector.h"

#include <assert.h>
#include <stdlib.h>

struct slot {
    bool done;
    int attempts;
    pat_outcome outcome;
};

struct pat_collector {
    const pat_sink *sink;
    struct slot *slots; /* job i is in slot i % window */
    size_t window;
    size_t written; /* jobs before this one have left */
    size_t done, failed;
};

pat_collector *pat_collector_create(const pat_sink *sink, size_t window)
{
    pat_collector *collector = calloc(1, sizeof *collector);
    struct slot *slots = calloc(window, sizeof *slots);
    if (collector == NULL || slots == NULL) {
        free(collector);
        free(slots);
        return NULL;
    }
    *collector = (pat_collector){.sink = sink, .slots = slots, .window = window};
    return collector;
}

void pat_collector_free(pat_collector *collector)
{
    if (collector == NULL)
        return;
    for (size_t i = 0; i < collector->window; i++)
        pat_outcome_release(&collector->slots[i].outcome);
    free(collector->slots);
    free(collector);
}

size_t pat_collector_limit(const pat_collector *collector)
{
    return collector->written + collector->window;
}

static struct slot *slot_of(pat_collector *collector, size_t index)
{
    struct slot *slot = &collector->slots[index % collector->window];
    assert(index >= collector->written && index < pat_collector_limit(collector) && !slot->done);
    return slot;
}

int pat_collector_attempt(pat_collector *collector, size_t index)
{
    return ++slot_of(collector, index)->attempts;
}

pat_status pat_collector_put(pat_collector *collector, size_t index, pat_outcome *outcome,
                             pat_error *error)
{
    struct slot *slot = slot_of(collector, index);
    slot->outcome = *outcome;
    slot->done = true;
    collector->done++;
    collector->failed += outcome->status != PAT_OK;
    *outcome = (pat_outcome){0};

    for (;;) {
        struct slot *next = &collector->slots[collector->written % collector->window];
        if (!next->done)
            return PAT_OK;
        pat_status status = collector->sink->put(collector->sink->context, collector->written,
                                                 &next->outcome, error);
        if (status != PAT_OK)
            return status;
        pat_outcome_release(&next->outcome);
        *next = (struct slot){0};
        collector->written++;
    }
}

size_t pat_collector_done(const pat_collector *collector)
{
    return collector->done;
}

size_t pat_collector_failed(const pat_collector *collector)
{
    return collector->failed;
}

size_t pat_collector_written(const pat_collector *collector)
{
    return collector->written;
}
