/*
 * Worker processes: start them, set them up, send them jobs, watch them, and replace them when they
 * end. The owner supplies the jobs and handles the answers. Private to the library.
 *
 * Uses one thread. Only pat_fleet_step() and pat_fleet_free() wait or call the owner.
 */
#ifndef PAT_WORKERS_FLEET_H
#define PAT_WORKERS_FLEET_H

#include "patina/run.h"
#include "tasks/task.h"
#include "workers/death.h"

typedef struct pat_fleet pat_fleet;

typedef struct pat_fleet_owner {
    /* A worker answered its job `id`. The callee may empty the outcome. Return false if the answer
     * is invalid: the worker is then ended. */
    bool (*answered)(void *context, uint64_t id, pat_outcome *outcome);
    /* A worker ended without answering these jobs; it was working on the first. death: NULL if it
     * lacked a module for that job: the worker that replaces it can do it. */
    void (*lost)(void *context, const uint64_t *ids, int count, const pat_death *death);
    /* Whether to replace a worker that ended. */
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
    char *sandbox;         /* out, once a worker is ready: PAT_SANDBOX_SIZE bytes */
    pat_buffer *platform;  /* out, once a worker is ready: as pat_platform_put() describes it */
} pat_fleet_options;

/*
 * Start run->jobs workers. Borrows what the options point to. The process ignores SIGPIPE and does
 * not block SIGCHLD until the fleet is freed. Fails with PAT_OUT_OF_MEMORY, PAT_INVALID_ARGUMENT
 * (too few descriptors for all workers) or PAT_INTERNAL; *fleet is then NULL.
 *
 * A worker that fails to start is started again after a tenth of a second; the delay doubles each
 * time, up to 6.4 s. The fleet fails if no worker has ever been ready and each has failed three
 * times by itself (pat_death_recurs()), or if a start fails and no worker has been ready for
 * run->patience_s.
 */
PAT_MUST_CHECK pat_status pat_fleet_create(const pat_fleet_options *options, pat_fleet **fleet,
                                           pat_error *error);
/* End the workers, busy ones at once, and wait for them. Accepts NULL. */
void pat_fleet_free(pat_fleet *fleet);

/* Do the pending work. If there is none and `wait` is set, wait for some, at most a tenth of a
 * second. */
void pat_fleet_step(pat_fleet *fleet, bool wait);

/* For use in another event loop: a descriptor that is readable when a step has work to do; and the
 * milliseconds after which a step is due in any case. */
int pat_fleet_descriptor(const pat_fleet *fleet);
int pat_fleet_timeout_ms(const pat_fleet *fleet);

/* Whether worker `index`, 0 .. run->jobs - 1, is ready and holds at most `held` jobs. */
bool pat_fleet_has_room(const pat_fleet *fleet, int index, int held);

/* Send a job to a worker that has room; a worker holds at most PAT_BATCH_MAX jobs. The job's files
 * must be open, and may be closed afterwards. False if it cannot be sent now: try again at the next
 * tick. */
PAT_MUST_CHECK bool pat_fleet_give(pat_fleet *fleet, int index, uint64_t id, const pat_job *job);

/* End the worker that works on job `id`, if any. */
void pat_fleet_end_job(pat_fleet *fleet, uint64_t id);

/* The number of ready workers; of busy ones among them; and of workers that died or were killed. */
int pat_fleet_ready(const pat_fleet *fleet);
int pat_fleet_busy(const pat_fleet *fleet);
uint64_t pat_fleet_deaths(const pat_fleet *fleet);

/* Why the fleet is stalled: how the last worker failed to start ("was killed by SIGKILL"). NULL if
 * a worker is ready, or none has failed to start since one was ready. */
const char *pat_fleet_trouble(const pat_fleet *fleet);

/* No more work: let the workers exit. */
void pat_fleet_finish(pat_fleet *fleet);
/* End all workers at once because of a failure. The first failure is kept. */
void pat_fleet_stop(pat_fleet *fleet, const pat_error *why);
/* Whether one of these was called; and whether all workers have exited since. */
bool pat_fleet_is_finishing(const pat_fleet *fleet);
bool pat_fleet_is_over(const pat_fleet *fleet);
/* The failure passed to pat_fleet_stop(), or the fleet's own if no worker can be started
 * (PAT_WORKER_DIED, or an error of pat_task_create()). PAT_OK: none. */
PAT_MUST_CHECK pat_status pat_fleet_status(const pat_fleet *fleet, pat_error *error);

/* The version of libuv in use. Static. */
const char *pat_fleet_version(void);

#endif
