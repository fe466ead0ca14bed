/*
 * A pool of workers that answers requests as they come; private to the library. Everything happens
 * in the thread that calls, none of it waits.
 */
#ifndef PAT_WORKERS_SERVICE_H
#define PAT_WORKERS_SERVICE_H

#include "patina/run.h"
#include "tasks/task.h"

typedef struct pat_service pat_service;

typedef struct pat_service_options {
    const pat_task_setup *setup; /* kind and extra set; what it points to is borrowed until the
                                    end */
    const pat_run_options *run;  /* jobs, max_pixels, timeout_s, memory_bytes and worker_command,
                                    which is needed and borrowed likewise */
    int queue;                   /* requests that may wait while all workers are busy, >= 0 */
} pat_service_options;

/* Told once what came of a request, unless it was withdrawn. outcome: may be emptied by the callee;
 * NULL: the worker died, and `death` says of what ("was killed by SIGSEGV"). False if the outcome
 * cannot be one: the worker is then ended. */
typedef bool pat_service_done(void *context, pat_outcome *outcome, const char *death);

/* Start the workers. Fails with PAT_INVALID_ARGUMENT (options out of
 * range), PAT_INTERNAL or PAT_OUT_OF_MEMORY; *service is then NULL. While
 * it lives the process ignores SIGPIPE. */
PAT_MUST_CHECK pat_status pat_service_create(const pat_service_options *options,
                                             pat_service **service, pat_error *error);

/* End it, killing workers that are still at something; their requests are dropped without a word.
 * Accepts NULL. */
void pat_service_free(pat_service *service);

/* To wait for, along with whatever else: readable when pat_service_step() has something to do.
 * -1 or the milliseconds after which it is to be called even so. */
int pat_service_descriptor(const pat_service *service);
int pat_service_timeout_ms(const pat_service *service);

/*
 * Do what there is to do. Call it whenever the descriptor or the time says so, and after every
 * pat_service_submit(). Fails when no worker can be started, with PAT_WORKER_DIED, or as the task
 * does in pat_task_create(): the service is then of no more use.
 */
PAT_MUST_CHECK pat_status pat_service_step(pat_service *service, pat_error *error);

/*
 * Hand in a request: a job whose input and output files are open. All of it is borrowed until
 * done() is called or the request is withdrawn. `id`, not 0, is the caller's and names the request.
 * False if the queue is full.
 */
PAT_MUST_CHECK bool pat_service_submit(pat_service *service, uint64_t id, const pat_job *job,
                                       pat_service_done *done, void *context);

/* Forget a request: done() will not be called. A worker that is at it is ended and replaced. */
void pat_service_withdraw(pat_service *service, uint64_t id);

/* How it is doing. */
typedef struct pat_service_state {
    int workers, ready, busy, waiting; /* ready: able to work, busy ones included */
    uint64_t deaths;                   /* workers that ended by themselves or were ended */
    char decoder_version[PAT_VERSION_SIZE], sandbox[PAT_SANDBOX_SIZE]; /* once one was ready */
} pat_service_state;

pat_service_state pat_service_state_of(const pat_service *service);

#endif
