/*
 * Worker processes: started, set up, sent jobs, watched, and replaced when they end. What the jobs
 * are and what becomes of the answers is the owner's business. Private to the library.
 *
 * One thread, and nothing but pat_fleet_step() waits. All calls to the owner come from there.
 */
#ifndef PAT_WORKERS_FLEET_H
#define PAT_WORKERS_FLEET_H

#include "patina/run.h"
#include "tasks/task.h"

typedef struct pat_fleet pat_fleet;

typedef struct pat_fleet_owner {
    /* A worker answered job `id`, which it had. False if that cannot be an answer: the worker is
     * then ended. The outcome may be emptied. */
    bool (*answered)(void *context, uint64_t id, pat_outcome *outcome);
    /* A worker ended with jobs unanswered; it was at the first. death: "was killed by SIGSEGV". */
    void (*lost)(void *context, const uint64_t *ids, int count, const char *death);
    /* Whether a worker that ended is to be replaced. */
    bool (*wants_more)(void *context);
    void (*feed)(void *context);   /* workers may have room for jobs */
    void (*ticked)(void *context); /* a tenth of a second has passed */
    void *context;
} pat_fleet_owner;

typedef struct pat_fleet_options {
    const pat_task_setup *setup;
    const pat_run_options *run; /* jobs, timeout_s, patience_s and worker_command set */
    pat_fleet_owner owner;
    char *decoder_version; /* out, once a worker is ready: PAT_VERSION_SIZE bytes */
    char *sandbox;         /* likewise: PAT_SANDBOX_SIZE bytes */
} pat_fleet_options;

/*
 * Start the workers, run->jobs of them. Borrows what the options point to. Until it is freed the
 * process ignores SIGPIPE. Fails with PAT_OUT_OF_MEMORY or PAT_INTERNAL; *fleet is then NULL.
 *
 * A worker that does not start is started again: after a tenth of a second, then after twice as
 * long each time, up to 6.4 s. The fleet fails if no worker has ever been ready and each has failed
 * three times by itself (pat_death_recurs()), or if a start fails when no worker has been ready for
 * run->patience_s.
 */
PAT_MUST_CHECK pat_status pat_fleet_create(const pat_fleet_options *options, pat_fleet **fleet,
                                           pat_error *error);
/* End the workers, at once those that are at something, and wait for them. Accepts NULL. */
void pat_fleet_free(pat_fleet *fleet);

/* Do what there is to do; if that is nothing and `wait` is set, wait for it, a tenth of a second at
 * most. */
void pat_fleet_step(pat_fleet *fleet, bool wait);

/* To wait for it elsewhere: readable when a step has something to do; and the milliseconds after
 * which one is due even so. */
int pat_fleet_descriptor(const pat_fleet *fleet);
int pat_fleet_timeout_ms(const pat_fleet *fleet);

/* Whether worker `index`, 0 .. run->jobs - 1, is ready and has no more than `held` jobs. */
bool pat_fleet_has_room(const pat_fleet *fleet, int index, int held);

/* Give a job, whose files are open and may be closed afterwards, to a worker that has room, which
 * holds at most PAT_BATCH_MAX. False if it cannot be sent now: again at the next tick. */
PAT_MUST_CHECK bool pat_fleet_give(pat_fleet *fleet, int index, uint64_t id, const pat_job *job);

/* End the worker that is at job `id`, if one is. */
void pat_fleet_end_job(pat_fleet *fleet, uint64_t id);

/* Workers that are ready; those of them with a job in hand; and the ends of workers so far. */
int pat_fleet_ready(const pat_fleet *fleet);
int pat_fleet_busy(const pat_fleet *fleet);
uint64_t pat_fleet_deaths(const pat_fleet *fleet);

/* Why nothing is done at present: how the last worker ended that was to start ("was killed by
 * SIGKILL"). NULL where a worker is ready, or none has failed to start since one was. */
const char *pat_fleet_trouble(const pat_fleet *fleet);

/* No more work: the workers leave. */
void pat_fleet_finish(pat_fleet *fleet);
/* The same at once, for a failure, of which the first is kept. */
void pat_fleet_stop(pat_fleet *fleet, const pat_error *why);
/* Whether one of these has been called; and whether all workers have left since. */
bool pat_fleet_is_finishing(const pat_fleet *fleet);
bool pat_fleet_is_over(const pat_fleet *fleet);
/* That failure, or one of its own, as when no worker can be started (PAT_WORKER_DIED, or what
 * pat_task_create() says); PAT_OK: none. */
PAT_MUST_CHECK pat_status pat_fleet_status(const pat_fleet *fleet, pat_error *error);

/* The version of libuv in use. Static. */
const char *pat_fleet_version(void);

#endif
